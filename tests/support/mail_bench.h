/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A toy mailbox on the engine's bench: `changes` follows (history?start=H) and
 * opens `backfill`, which lists pages of refs (list?page=N); wanted items are
 * read by message/ID, those of one group by thread/GROUP.
 */
#ifndef SL_TESTS_SUPPORT_MAIL_BENCH_H
#define SL_TESTS_SUPPORT_MAIL_BENCH_H

#include "tests/support/engine_bench.h"

/** How its asks look; set back by mail_setup. */
extern struct mail_shape {
	int calls;       /* most of one ask                     */
	size_t max_body; /* of a message                        */
	bool tell_too_large;
	int64_t refused_now_us; /* what the last refusal was told */
} mail_shape;

/** The bench with this connector, delayed answers (100 ms) and both streams'
 *  rows as a claim would open them: `changes` only. */
int mail_setup(void **state);

/** Answers the mailbox's small calls: profile, labels, sendas, an empty
 *  history, messages and threads; false: another one. */
bool mail_plain_call(const struct sl_request *request,
		     struct sl_response *response);

/** The same, where there are no others. */
void mail_plain(void *ctx, const struct sl_request *request,
		struct sl_response *response);

/** Wanted items that commits say were read. */
size_t mail_answered(const struct bench *b);

/** A page of the listing: `size` refs, `group` of them in a thread. */
void mail_list_page(struct sl_response *response, int page, int pages, int size,
		    int group);

/** `count` refs w0, w1, ..., in threads of `group` (1 = none), on the bench's
 *  arena. */
const struct sl_ref *mail_wanted(struct bench *b, int count, int group);

/** A live backfill that wants those, with nothing left to list. */
void mail_wants(struct bench *b, int count, int group);

/** The number behind `name` in a URL, or -1. */
int mail_number(const struct sl_request *request, const char *name);

#endif
