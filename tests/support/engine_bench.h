/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bench for the engine's decisions: a toy connector (GET /items/KEY?after=),
 * an account with sealed tokens, and plain fakes. Time stands still unless a
 * request has to wait, so nothing sleeps.
 */
#ifndef SL_TESTS_SUPPORT_ENGINE_BENCH_H
#define SL_TESTS_SUPPORT_ENGINE_BENCH_H

#include "core/auth/seal.h"
#include "core/sync/engine.h"

#include "tests/support/fakes.h"

#define BENCH_USER   "33333333-3333-4333-8333-333333333333"
#define BENCH_NOW_US INT64_C(1795168800000000)

/** From then on an API's client has less. */
#define BENCH_LESS_MAIL "2026-12-01"

struct bench {
	struct sl_fake_clock clock;
	struct sl_seeded_rng rng;
	struct fake_transport net;
	struct fake_store store;
	struct sl_keyring *keys;
	struct sl_arena *arena;
	struct sl_engine *engine;
	struct sl_engine_config config;
	struct sl_run_report report;
	char report_status[32];
	struct sl_error report_error;
	sl_status engine_status;
	int reports;
	int stops;               /* accounts that stopped, as told */
	char stop_texts[2][128]; /* provider: status */
	int turn;                /* of the scripted answers */
	int tokens_asked;
	int scenario;
	int looks; /* for the test's answers */
};

/** cmocka fixtures; `*state` is the bench. */
int bench_setup(void **state);
int bench_teardown(void **state);

/** One run of the toy account; the report is in the bench afterwards. */
void bench_run(struct bench *b, const char *trigger);

/** One run that a feed hands out, of that lane. */
void bench_serve(struct bench *b, enum sl_lane lane);

/** Serves what a feed of the test hands out; reports are counted. */
void bench_serve_feed(struct bench *b, const struct sl_feed *feed);

#define BENCH_RUNS_MAX 8

/** A run after the other, of "toy" or of "toy_mail", another API of the same
 *  client; NULL-ended. */
void bench_run_each(struct bench *b, const char *const *connectors);

/** Answers a refresh at the token endpoint; false: it is another call. */
bool bench_token_call(struct bench *b, const struct sl_request *request,
		      struct sl_response *response);

/** Answers a walk of two pages: a, b, then c after "p2". */
void bench_two_pages(void *ctx, const struct sl_request *request,
		     struct sl_response *response);

/** Answers the first call with the status `scenario`, to be tried again after 30
 *  seconds, and then that walk. */
void bench_once_then_good(void *ctx, const struct sl_request *request,
			  struct sl_response *response);

/** How often the last ask was told to halve its page, and when the stream last
 *  rested and a person last consented. */
extern _Atomic int bench_last_shrink;
extern _Atomic int64_t bench_last_checked_us, bench_last_connected_us;

/** Do the toy's listings hear of a 404? It ends their walk. Back to false with
 *  each bench. */
extern bool bench_tells_refused;

#endif
