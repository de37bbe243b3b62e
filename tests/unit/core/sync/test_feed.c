/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An engine that is fed: what it takes, when it asks, and how it is drained.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "tests/support/engine_bench.h"
#include "tests/support/unit.h"

#define PIECES_MAX 32
#define CALLS_MAX  64

/** A feed that hands out pieces in order, as many as there is room for. */
struct larder {
	struct bench *b;
	struct sl_work pieces[PIECES_MAX];
	size_t count, next;
	int64_t wait_us; /* -1: there will be no more when all is gone */
	int calls;
	struct sl_room rooms[CALLS_MAX];
	size_t toys[CALLS_MAX]; /* that might have begun */
	int64_t at_us[CALLS_MAX];
	sl_status fails; /* SL_OK = never */
	int fail_from, fail_times;
	int64_t fail_wait_us;
	void (*on_take)(struct larder *l);
	char text[24]; /* what the pieces' strings point to */
};

static struct larder larder;

static void
stock(struct bench *b, size_t count, int64_t wait_us)
{
	larder = (struct larder){ .b = b, .count = count, .wait_us = wait_us };
	for (size_t i = 0; i < count; i++) {
		larder.pieces[i] = (struct sl_work){
			.target = { .provider = "toy" },
			.trigger = "schedule",
			.run_id = "77777777-7777-4777-8777-777777777777",
			.fence = (int64_t)i + 1,
			.lane = SL_LANE_CHANGES,
		};
		(void)snprintf(larder.pieces[i].target.integration_id, 37,
			       "%08zu-0000-4000-8000-000000000000", i);
	}
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}")
		->checked_us = BENCH_NOW_US;
	b->net.answer = bench_two_pages;
}

static sl_status
take(void *ctx, const struct sl_room *room, struct sl_work *out, size_t *count,
     int64_t *wait_us, struct sl_error *err)
{
	struct larder *l = ctx;
	int call = l->calls++;

	SL_ASSERT(call < CALLS_MAX);
	l->rooms[call] = *room;
	l->toys[call] = room->of[0].runs;
	l->at_us[call] = l->b->clock.mono_us;
	*wait_us = l->wait_us;
	if (l->fails != SL_OK && call >= l->fail_from && l->fail_times-- > 0) {
		*wait_us = l->fail_wait_us;
		return sl_fail(err, l->fails, SL_CLIENT, "no answer");
	}
	(void)snprintf(l->text, sizeof(l->text), "account %d", call);
	while (*count < room->runs && l->next < l->count) {
		out[*count] = l->pieces[l->next++];
		out[*count].target.account = l->text;
		++*count;
	}
	if (l->next < l->count && *wait_us < 0)
		*wait_us = SL_US_PER_S;
	if (l->on_take)
		l->on_take(l);
	return SL_OK;
}

static void
serve(struct bench *b)
{
	bench_serve_feed(b, &(struct sl_feed){ .take = take, .ctx = &larder });
}

static void
all_that_is_handed_out_is_done(void **state)
{
	struct bench *b = *state;

	stock(b, 20, -1);
	b->config.runs_at_once = 3;
	serve(b);
	assert_int_equal(b->engine_status, SL_OK);
	assert_int_equal(b->reports, 20);
	assert_int_equal(b->store.finishes, 20);
	assert_string_equal(b->report_status, "ok");
	for (int i = 0; i < larder.calls; i++)
		assert_in_range(larder.rooms[i].runs, 1, 3);
	assert_true(larder.rooms[0].idle);
	assert_string_equal(b->store.claim_run, larder.pieces[0].run_id);
	assert_in_range(b->store.claim_fence, 1, 20);
	assert_int_equal(b->store.end_lane, SL_LANE_CHANGES);
}

static void
one_that_has_no_more_is_asked_when_its_time_has_come(void **state)
{
	struct bench *b = *state;

	stock(b, 1, 10 * SL_US_PER_S);
	fake_transport_delay(&b->net, 1000);
	larder.fails = SL_CONFIG; /* the fourth call ends it */
	larder.fail_from = 3;
	larder.fail_times = 1;
	larder.fail_wait_us = -1;
	serve(b);
	assert_int_equal(larder.calls, 4);
	assert_int_equal(b->engine_status, SL_CONFIG);
	assert_int_equal(b->reports, 1);
	/* once more when all is over, ... */
	assert_true(larder.at_us[1] - larder.at_us[0] < SL_US_PER_S);
	/* ... and then in its own time */
	assert_int_equal(larder.at_us[2] - larder.at_us[1], 10 * SL_US_PER_S);
	assert_int_equal(larder.at_us[3] - larder.at_us[2], 10 * SL_US_PER_S);
}

static void
an_outage_of_the_feed_is_waited_out(void **state)
{
	struct bench *b = *state;

	stock(b, 2, -1);
	fake_transport_delay(&b->net, 1000);
	larder.fails = SL_RETRY;
	larder.fail_times = 3;
	larder.fail_wait_us = 5 * SL_US_PER_S;
	serve(b);
	assert_int_equal(b->engine_status, SL_OK);
	assert_int_equal(b->reports, 2);
	assert_int_equal(larder.at_us[3] - larder.at_us[0], 15 * SL_US_PER_S);
}

static void
what_is_under_way_survives_a_feed_that_fails_for_good(void **state)
{
	struct bench *b = *state;

	stock(b, 2, SL_US_PER_S);
	fake_transport_delay(&b->net, 5 * SL_US_PER_S);
	larder.fails = SL_RETRY;
	larder.fail_from = 1;
	larder.fail_times = 1;
	larder.fail_wait_us = -1;
	serve(b);
	assert_int_equal(b->engine_status, SL_RETRY);
	assert_int_equal(b->reports, 2);
	assert_string_equal(b->report_status, "ok");
}

static void
nudge_once(struct larder *l)
{
	if (l->calls == 1)
		sl_engine_nudge(l->b->engine);
	if (l->calls == 2)
		l->wait_us = -1;
}

static void
news_are_asked_for_at_once(void **state)
{
	struct bench *b = *state;

	stock(b, 0, 3600 * SL_US_PER_S);
	larder.on_take = nudge_once;
	serve(b);
	assert_int_equal(larder.calls, 3);
	assert_int_equal(larder.at_us[1], larder.at_us[0]);
}

static void
each_connector_has_its_limit(void **state)
{
	static const struct sl_cap caps[] = { { "toy", 2 }, { NULL, 0 } };
	struct bench *b = *state;

	stock(b, 2, 3600 * SL_US_PER_S);
	fake_transport_delay(&b->net, 1000);
	b->config.runs_at_once = 8;
	b->config.caps = caps;
	larder.on_take = nudge_once;
	serve(b);
	assert_int_equal(larder.toys[0], 2);
	assert_int_equal(larder.rooms[0].runs, 8);
	assert_int_equal(larder.toys[1], 0);
	assert_int_equal(larder.rooms[1].runs, 6);
	/* one is over, and the feed may have more: after an hour else */
	assert_true(larder.at_us[2] - larder.at_us[0] < SL_US_PER_S);
	assert_true(larder.toys[2] >= 1);
}

/** No two readings are the same. */
static int64_t
ticking_us(void *ctx)
{
	struct sl_fake_clock *fake = ctx;

	return ++fake->mono_us;
}

static void
a_connector_without_runs_has_room(void **state)
{
	struct bench *b = *state;

	stock(b, 6, -1);
	b->config.runs_at_once = 2;
	b->config.patience_us = 10 * SL_US_PER_S;
	b->clock.clock.mono_us = ticking_us;
	serve(b);
	assert_int_equal(b->reports, 6);
	assert_int_equal(larder.toys[0], 2);
	for (int i = 0; i < larder.calls; i++)
		assert_in_range(larder.toys[i], 1, 2);
}

static void
changes_always_find_room(void **state)
{
	struct bench *b = *state;

	stock(b, 3, -1);
	fake_transport_delay(&b->net, 1000);
	b->config.runs_at_once = 8;
	larder.wait_us = 10;
	for (int i = 0; i < 3; i++)
		larder.pieces[i].lane = SL_LANE_BACKFILL;
	larder.on_take = nudge_once;
	serve(b);
	assert_int_equal(larder.rooms[0].backfills, 6);
	assert_int_equal(larder.rooms[1].backfills, 3);
	assert_int_equal(larder.rooms[1].runs, 5);
	assert_int_equal(b->store.end_lane, SL_LANE_BACKFILL);
}

static void
the_rest_is_alone_no_more(struct larder *l)
{
	assert_true(l->calls != 2 || l->rooms[1].idle);
	l->next = (size_t)l->calls;
	l->wait_us = l->calls < 2 ? 10 : -1;
}

static void
what_is_to_run_alone_runs_alone(void **state)
{
	struct bench *b = *state;

	stock(b, 2, 10);
	fake_transport_delay(&b->net, SL_US_PER_S);
	b->config.runs_at_once = 4;
	larder.pieces[0].alone = true;
	larder.count = 1;
	larder.on_take = the_rest_is_alone_no_more;
	serve(b);
	assert_true(larder.at_us[1] - larder.at_us[0] >= SL_US_PER_S);
	assert_true(larder.calls >= 2);
}

static void
drain_at_once(struct larder *l)
{
	if (l->calls == 1)
		sl_engine_drain(l->b->engine, 3600 * SL_US_PER_S);
}

static void
what_was_leased_and_cannot_begin_is_given_back(void **state)
{
	struct bench *b = *state;

	stock(b, 3, 10);
	larder.on_take = drain_at_once;
	serve(b);
	assert_int_equal(b->engine_status, SL_OK);
	assert_int_equal(larder.calls, 1);
	assert_int_equal(b->store.claims, 0);
	assert_int_equal(b->store.given_back, 3);
	assert_in_range(b->store.claim_fence, 1, 3);
	assert_int_equal(b->reports, 3);
	assert_string_equal(b->report_status, "handed-back");
}

/** Two pages; the engine is drained as the first one comes. */
static void
drained_meanwhile(void *ctx, const struct sl_request *request,
		  struct sl_response *response)
{
	struct bench *b = ctx;

	if (b->turn++ == 0)
		sl_engine_drain(b->engine, b->scenario * SL_US_PER_S);
	bench_two_pages(ctx, request, response);
}

static void
a_drained_engine_ends_what_is_under_way(void **state)
{
	static const struct {
		const char *why;
		int grace_s;
		const char *status;
		size_t commits;
	} rows[] = {
		{ "there is time", 60, "ok", 2 },
		{ "there is not", 5, "handed-back", 1 },
		{ "there is none", 0, "handed-back", 1 },
	};

	(void)bench_teardown(state);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct bench *b;

		(void)bench_setup(state);
		b = *state;
		stock(b, 1, 3600 * SL_US_PER_S);
		b->store.rows[0].cursor = "{\"after\":\"p1\"}";
		fake_transport_delay(&b->net, 10 * SL_US_PER_S);
		b->scenario = rows[i].grace_s;
		b->net.answer = drained_meanwhile;
		serve(b);
		CHECK(rows[i].why, b->reports == 1);
		CHECK(rows[i].why,
		      strcmp(b->report_status, rows[i].status) == 0);
		CHECK(rows[i].why, b->store.commit_count == rows[i].commits);
		CHECK(rows[i].why, b->store.given_back == 0);
		(void)bench_teardown(state);
	}
	(void)bench_setup(state);
}

static void
a_lease_that_is_gone_is_no_failure(void **state)
{
	struct bench *b = *state;

	stock(b, 1, -1);
	b->store.lost = true;
	serve(b);
	assert_int_equal(b->engine_status, SL_OK);
	assert_string_equal(b->report_status, "busy");
	assert_int_equal(b->store.finishes, 0);
	assert_int_equal(b->net.submitted, 0);
}

static void
a_database_that_is_away_when_runs_begin_is_waited_for(void **state)
{
	struct bench *b = *state;

	stock(b, 3, -1);
	fake_transport_delay(&b->net, 1000);
	b->config.runs_at_once = 2;
	b->store.claim_fails = 7;
	serve(b);
	assert_int_equal(b->engine_status, SL_OK);
	assert_int_equal(b->reports, 3);
	assert_int_equal(b->store.finishes, 3);
	assert_int_equal(b->store.claims, 10);
	assert_in_range(b->clock.mono_us, SL_US_PER_S, 10 * SL_US_PER_S);
}

static void
but_not_for_ever(void **state)
{
	struct bench *b = *state;

	stock(b, 1, -1);
	fake_transport_delay(&b->net, 1000);
	b->store.claim_fails = 100;
	serve(b);
	assert_int_equal(b->reports, 1);
	assert_string_equal(b->report_status, "failed");
	assert_in_range(b->store.claims, 5, 10);
	assert_in_range(b->clock.mono_us, 20 * SL_US_PER_S, 60 * SL_US_PER_S);
}

static void
drain_at_the_second(struct larder *l)
{
	if (l->calls == 2)
		sl_engine_drain(l->b->engine, 3600 * SL_US_PER_S);
}

static void
nor_by_an_engine_that_is_drained(void **state)
{
	struct bench *b = *state;

	stock(b, 1, SL_US_PER_S / 2);
	fake_transport_delay(&b->net, 1000);
	b->store.claim_fails = 3;
	larder.on_take = drain_at_the_second;
	serve(b);
	assert_int_equal(b->reports, 1);
	assert_string_equal(b->report_status, "handed-back");
	assert_int_equal(b->store.given_back, 1);
}

/** Long enough for the worker to be done with what is over. */
static void
end_slowly(struct larder *l)
{
	const struct timespec pause = { .tv_nsec = 20000000 };

	if (l->calls > 1)
		(void)nanosleep(&pause, NULL);
	l->wait_us = -1; /* the next time */
}

static void
a_feed_that_is_slow_to_end_holds_nobody_up(void **state)
{
	struct bench *b = *state;

	stock(b, 1, 3600 * SL_US_PER_S);
	fake_transport_delay(&b->net, 1000);
	b->config.max_time_us = 240 * SL_US_PER_S;
	larder.on_take = end_slowly;
	serve(b);
	assert_int_equal(b->reports, 1);
	assert_true(b->clock.mono_us < 240 * SL_US_PER_S);
}

static void
time_is_up_for_a_feed_too(void **state)
{
	struct bench *b = *state;

	stock(b, 1, 10 * SL_US_PER_S);
	fake_transport_delay(&b->net, 1000);
	b->config.max_time_us = 45 * SL_US_PER_S;
	serve(b);
	assert_int_equal(b->engine_status, SL_OK);
	assert_int_equal(larder.calls, 6);
}

static _Atomic bool quiet;

static void *
nudge_on(void *engine)
{
	const struct timespec pause = { .tv_nsec = 1000000 };

	while (!quiet) {
		sl_engine_nudge(engine);
		(void)nanosleep(&pause, NULL);
	}
	return NULL;
}

/** By the machine's clock: a quarter of a second after the first try. */
static void
events_of_others_do_not_hurry_a_commit(void **state)
{
	struct bench *b = *state;
	struct sl_error err;
	pthread_t nudger;
	int64_t began;

	stock(b, 1, -1);
	b->config.clock = &sl_system_clock;
	b->store.account.grant.access_expires_us = INT64_C(1) << 52;
	b->store.commit_fails = SL_RETRY;
	b->store.commit_fail_times = 1;
	assert_int_equal(sl_engine_new(&b->config, &b->engine, &err), SL_OK);
	quiet = false;
	assert_int_equal(pthread_create(&nudger, NULL, nudge_on, b->engine), 0);
	began = sl_mono_us(&sl_system_clock);
	larder.b = b;
	serve(b);
	began = sl_mono_us(&sl_system_clock) - began;
	quiet = true;
	(void)pthread_join(nudger, NULL);
	assert_string_equal(b->report_status, "ok");
	assert_true(began >= SL_US_PER_S / 4);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(all_that_is_handed_out_is_done),
		T(one_that_has_no_more_is_asked_when_its_time_has_come),
		T(an_outage_of_the_feed_is_waited_out),
		T(what_is_under_way_survives_a_feed_that_fails_for_good),
		T(news_are_asked_for_at_once),
		T(each_connector_has_its_limit),
		T(a_connector_without_runs_has_room),
		T(changes_always_find_room),
		T(what_is_to_run_alone_runs_alone),
		T(what_was_leased_and_cannot_begin_is_given_back),
		T(a_drained_engine_ends_what_is_under_way),
		T(a_lease_that_is_gone_is_no_failure),
		T(a_database_that_is_away_when_runs_begin_is_waited_for),
		T(but_not_for_ever),
		T(nor_by_an_engine_that_is_drained),
		T(a_feed_that_is_slow_to_end_holds_nobody_up),
		T(time_is_up_for_a_feed_too),
		T(events_of_others_do_not_hurry_a_commit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
