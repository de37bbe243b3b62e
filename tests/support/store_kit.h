/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store with one user, one integration and a lease, and short words for
 * making pages. Everything lives in one struct; failures end the test.
 */
#ifndef SL_TEST_STORE_KIT_H
#define SL_TEST_STORE_KIT_H

#include "core/sync/store.h"

#include "tests/support/db.h"

/** 2026-11-20 12:00:00 UTC: what the kit starts with. */
#define KIT_NOW INT64_C(1795176000000000)
#define KIT_DAY (INT64_C(86400) * SL_US_PER_S)

struct sl_kit {
	struct sl_test_db *db;
	struct sl_store *store;
	struct sl_arena *arena; /* of the page; kit_page resets it */
	struct sl_arena *keep;  /* of account and streams          */
	const struct sl_connector *connector;
	char user[37];
	char integration[37];
	struct sl_account account;
	struct sl_page page;
	struct sl_commit commit; /* what the next kit_commit sends */
	struct sl_outcome outcome;
	struct sl_error err;
	int64_t now_us;
};

/** One root kind "calendars" that opens "events". */
extern const struct sl_connector kit_connector;

/** "changes" follows and opens "backfill", of the same key. */
extern const struct sl_connector kit_mail_connector;

/** This process, as it is. */
struct sl_owner kit_owner(void);

void kit_init(struct sl_kit *kit);
void kit_init_of(struct sl_kit *kit, const struct sl_connector *connector);
void kit_release(struct sl_kit *kit);

/** A second user or integration of the same database: shares kit->db. */
void kit_init_beside(struct sl_kit *kit, const struct sl_kit *other,
		     const char *user_id, const char *account);
void kit_release_beside(struct sl_kit *kit);

/** The same run on a connection of its own: shares kit->db and the lease. */
void kit_init_twin(struct sl_kit *kit, const struct sl_kit *other);

/** Claim by a fresh run id; must succeed. */
void kit_claim(struct sl_kit *kit);
sl_status kit_try_claim(struct sl_kit *kit, const struct sl_owner *owner,
			const char *run_id, bool *busy);

/** The row of a stream as loaded last; NULL when there is none. */
struct sl_stream_row *kit_stream(struct sl_kit *kit, const char *kind,
				 const char *key);
void kit_reload(struct sl_kit *kit);

/** Opens the events stream of a calendar through the calendars stream. */
struct sl_stream_row *kit_open(struct sl_kit *kit, const char *key);

/** Begin a page for a stream: an empty one, cursor kept. */
void kit_page(struct sl_kit *kit, struct sl_stream_row *stream);

struct sl_artifact *kit_event(struct sl_kit *kit, const char *id,
			      int64_t version, const char *title,
			      int64_t begins_us);
void kit_person(struct sl_kit *kit, struct sl_artifact *event,
		const char *address, const char *role, const char *response);
void kit_tombstone(struct sl_kit *kit, const char *id);

/** Seal hashes and send; the stream row follows when it succeeds. */
sl_status kit_try_commit(struct sl_kit *kit);
void kit_commit(struct sl_kit *kit);

/** The words of a walk: first page, last page, both. */
void kit_starts(struct sl_kit *kit);
void kit_ends(struct sl_kit *kit);

/** Count of rows of a table of this user that match. */
int64_t kit_count(struct sl_kit *kit, const char *table, const char *where);

#endif
