/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mailbox for tests of the store: one stream that follows, one that lists,
 * and short words for their pages. One mailbox at a time, each of a user of
 * its own in one database.
 */
#ifndef SL_TEST_BOX_KIT_H
#define SL_TEST_BOX_KIT_H

#include "tests/support/store_kit.h"

#define KIT_HOUR (INT64_C(3600) * SL_US_PER_S)

extern struct sl_kit box;

/** For cmocka: the database of a group, the mailbox of a test. */
int box_setup_all(void **state);
int box_teardown_all(void **state);
int box_setup(void **state);
int box_teardown(void **state);

struct sl_stream_row *box_changes(void);
struct sl_stream_row *box_backfill(void);

/** The first page of what follows; it opens what lists, or walks it anew. */
void box_begin(void);

/* On the page under way, of any kit. */
struct sl_artifact *box_in(struct sl_kit *k, const char *id, int64_t version,
			   const char *const *labels);
struct sl_patch *box_patch_in(struct sl_kit *k, const char *id,
			      int64_t version);
/* On that of box. */
struct sl_artifact *box_mail(const char *id, int64_t version,
			     const char *const *labels);
struct sl_patch *box_patch(const char *id, int64_t version);
void box_ref(const char *id);

/** A page of answers to what a stream wanted, begun. */
void box_answers(struct sl_stream_row *stream, const char *const *ids);

/* Whole pages. */
void box_walk_begins(void);
void box_list(const char *const *ids);
void box_walk_ends(void);
void box_reject(struct sl_stream_row *stream, const char *id);
void box_leave_out(struct sl_stream_row *stream, const char *id);

/* What the database says; until the next question. */
const char *box_wants(const char *kind); /* "a b c"                      */
const char *box_stored(const char *id);  /* "labels version", "-" before a
					   * tombstone, or "absent"      */
const char *box_ledger(const char *id);  /* "kind state", or ""          */

extern const char *const box_inbox[]; /* { "INBOX", NULL } */
extern const char *const box_none[];  /* { NULL }          */

#endif
