/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connector between a feed and a database, all of it real: the engine, the
 * HTTP client over sockets, the store on PostgreSQL. Only the time is ours: it
 * stands still while anything is on its way, and jumps over every wait.
 *
 * The subject meets what a case does; its twin syncs the same feed and is left
 * in peace. In the end their tables must be equal.
 */
#ifndef SL_TESTS_CONTRACT_WORLD_H
#define SL_TESTS_CONTRACT_WORLD_H

#include "core/auth/seal.h"
#include "core/sync/engine.h"

#include "state/pg.h"
#include "tests/contract/feed.h"
#include "tests/support/db.h"
#include "tests/support/unit.h"

/** 2026-11-20 12:00:00 UTC */
#define WORLD_NOW_US INT64_C(1795176000000000)

struct contract_account {
	char user[37];
	char integration[37];
};

/** How the last run ended. */
struct contract_run {
	char status[32];
	struct sl_error error; /* .status SL_OK = none */
	struct sl_tally tally;
	int64_t waited_us; /* by the clock that jumps */
};

/** Time, and the transport that knows when it must stand still. */
struct contract_time {
	struct sl_transport transport; /* first; around the real one */
	struct sl_clock clock;
	struct sl_transport *real;
	pthread_mutex_t mutex; /* guards all below */
	pthread_cond_t landing;
	int64_t now_us, mono_us;
	int flying;
	uint64_t landed, landed_seen;
	size_t largest_body; /* bytes held of one answer */
};

struct contract_world {
	const struct contract_row *row;
	void (*run)(struct contract_world *w); /* the case */
	const void *arg;
	const struct sl_connector *registry[2];
	struct sl_test_db *db;
	struct sl_pg *pg; /* as the login of the command line */
	struct sl_keyring *keys;
	struct contract_feed feed;
	struct contract_time time;
	struct contract_account subject, twin;
	struct contract_run last;
	struct sl_engine *engine; /* while a run is under way */
	size_t body_budget;       /* 0 = the usual            */
	int64_t max_time_us;      /* of a run; 0 = no end     */
	uint32_t slow_seconds;    /* 0 = the usual            */
};

/** One named case; every connector gets it. */
struct contract_case {
	const char *name; /* NULL ends a table */
	void (*run)(struct contract_world *w);
	const void *arg;
};

extern const struct contract_case contract_listing_cases[];
extern const struct contract_case contract_refusal_cases[];
extern const struct contract_case contract_transport_cases[];
extern const struct contract_case contract_item_cases[];
extern const struct contract_case contract_reading_cases[];
/** For each refusal of a kit; the refusal is its argument. */
void contract_refused(struct contract_world *w);

/** The database of the whole program. */
void world_open(void);
void world_close(void);

void world_init(struct contract_world *w, const struct contract_row *row);
void world_release(struct contract_world *w);

/** Connect once more: fresh tokens, a grant that lives. */
void world_connect(struct contract_world *w, struct contract_account *account);

/** One run of the subject; counts of the feed begin anew. */
void world_run(struct contract_world *w);
void world_run_full(struct contract_world *w);
/** As cron does: leaves alone what asked for time. */
void world_run_scheduled(struct contract_world *w);

/** Subject and twin walk the feed as it is. */
void world_begin(struct contract_world *w);
/** The twin takes note of a change of the feed. */
void world_twin(struct contract_world *w);

/**
 * The trouble is over: one run puts everything right, a second finds nothing,
 * and the tables equal the twin's.
 */
void world_settle(struct contract_world *w);
/** The same, when more than the trouble's end is needed before. */
void world_equal(struct contract_world *w);

/** Did the run end so? Status of a failure of one stream is "stream". */
void world_ended(const struct contract_world *w, const char *status,
		 sl_status remedy, sl_scope scope);
void world_listings(const struct contract_world *w, int wanted);
/** The run asked once whether there is anything new, and no more. */
void world_asked_once(const struct contract_world *w);
/** Nobody was asked for anything. */
void world_silent(const struct contract_world *w);
/** Where the n-th listing (from 1) of the last run stood; "" = the start. */
const char *world_position(const struct contract_world *w, int n);

/** The kind of stream that follows changes. */
const char *world_follower(const struct contract_world *w);

/**
 * Versions of one item meet where its contents are: in the pages of a walk, or,
 * where those hold refs alone, in the changes after a walk that found nothing.
 */
void world_open_versions(struct contract_world *w);
/** What the item's title has become. */
const char *world_title(struct contract_world *w, const char *id);

/** One value; `$user` in the query is the subject. */
int64_t world_i64(struct contract_world *w, const char *fmt, ...)
	SL_PRINTF(2, 3);
const char *world_text(struct contract_world *w, const char *fmt, ...)
	SL_PRINTF(2, 3);

/** Live artifacts of the subject, and items in quarantine. */
int64_t world_live(struct contract_world *w);
int64_t world_quarantined(struct contract_world *w);

#endif
