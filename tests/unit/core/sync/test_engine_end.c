/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's decisions: how runs end, wanted items, deadlines, resyncs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/engine_bench.h"
#include "tests/support/unit.h"

static void
stop_in_the_middle(void *ctx, const struct sl_request *request,
		   struct sl_response *response)
{
	struct bench *b = ctx;

	bench_two_pages(ctx, request, response);
	if (b->turn++ == 0)
		sl_engine_stop(b->engine);
}

static void
a_stop_leaves_what_was_committed_and_says_interrupted(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = stop_in_the_middle;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "interrupted");
	assert_string_equal(b->store.end_status, "interrupted");
	assert_int_equal(b->store.finishes, 1);
	assert_true(b->store.commit_count <= 1);
}

static void
a_stop_ends_streams_that_never_began(void **state)
{
	static const char *const keys[] = { "a", "b", "c", "d", "e",
					    "f", "g", "h", "i", "j" };
	struct bench *b = *state;

	for (size_t i = 0; i < SL_ARRAY_LEN(keys); i++)
		fake_store_stream(&b->store, "items", keys[i], NULL);
	b->net.answer = stop_in_the_middle;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "interrupted");
	assert_int_equal(b->store.finishes, 1);
}

static void
the_window_moves_on_before_anything_is_asked(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}")
		->series_due = true;
	b->store.expand_answers[0] = SL_EXPAND_MORE;
	b->store.expand_answers[1] = SL_EXPANDED;
	b->net.answer = bench_two_pages;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->store.expands, 2);
	assert_int_equal(b->store.expands_before, 2);
}

static void
nothing_due_costs_nothing(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	b->net.answer = bench_two_pages;
	bench_run(b, "manual");
	assert_int_equal(b->store.expands, 0);
}

static void
items_or_pages(void *ctx, const struct sl_request *request,
	       struct sl_response *response)
{
	if (strstr(request->url, "/item/"))
		fake_reply(response, 200, "{\"items\":[\"x\"],\"more\":true}");
	else
		bench_two_pages(ctx, request, response);
}

static void
series_or_pages(void *ctx, const struct sl_request *request,
		struct sl_response *response)
{
	if (strstr(request->url, "/item/"))
		fake_reply(response, 200, "{\"items\":[]}");
	else
		bench_two_pages(ctx, request, response);
}

static void
what_cannot_be_expanded_is_asked_when_the_stream_rests(void **state)
{
	struct bench *b = *state;
	bool asked = false;

	fake_store_stream(&b->store, "items", "k", NULL);
	b->store.series_due = true;
	b->store.expand_answers[0] = SL_EXPAND_ASKS;
	b->store.expand_answers[1] = SL_EXPANDED;
	b->net.answer = series_or_pages;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->store.expands, 2);
	assert_int_equal(b->store.expands_before, 0);
	for (size_t i = 0; i < b->store.commit_count; i++)
		asked = asked ||
			strcmp(b->store.commits[i].answered, "series") == 0;
	assert_true(asked);
}

static void
wanted_items_wait_until_each_was_read(void **state)
{
	static const struct sl_ref third = { .source_id = "w3" };
	static const struct sl_ref second = { .next = NULL, .source_id = "w2" };
	static struct sl_ref refs[2];
	struct bench *b = *state;

	refs[0] = second;
	refs[0].next = &refs[1];
	refs[1] = third;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}")
		->pending = refs;
	b->net.answer = items_or_pages;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_true(b->store.commit_count >= 3);
	assert_string_equal(b->store.commits[0].answered, "w2");
	assert_string_equal(b->store.commits[1].answered, "w3");
	assert_string_equal(b->store.commits[2].answered, "");
}

static void
a_page_that_cannot_be_stored_is_not_asked_for_again(void **state)
{
	struct bench *b = *state;

	b->store.commit_fails = SL_RETRY;
	b->store.commit_fail_times = 1000;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	b->net.answer = bench_two_pages;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "failed");
	assert_int_equal(b->net.submitted, 1);
}

static void
far_deadline(void *ctx, const struct sl_request *request,
	     struct sl_response *response)
{
	(void)ctx, (void)request;
	fake_reply(response, 429, "{}");
	response->retry_after_ms = 3600000;
}

static void
a_far_deadline_is_kept_for_whoever_comes_next(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	b->net.answer = far_deadline;
	bench_run(b, "schedule");
	assert_int_equal(b->net.submitted, 1);
	assert_true(b->store.end_not_before_us >=
		    BENCH_NOW_US + 3600 * SL_US_PER_S);
}

/* Short enough to be waited for in the run; but the run ends first. */
static void
near_deadline_and_stop(void *ctx, const struct sl_request *request,
		       struct sl_response *response)
{
	struct bench *b = ctx;

	(void)request;
	fake_reply(response, 429, "{}");
	response->retry_after_ms = 90000;
	sl_engine_stop(b->engine);
}

static void
a_near_deadline_outlives_a_run_that_is_stopped(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	b->net.answer = near_deadline_and_stop;
	bench_run(b, "schedule");
	assert_string_equal(b->report_status, "interrupted");
	assert_int_equal(b->net.submitted, 1);
	assert_true(b->store.end_not_before_us >=
		    BENCH_NOW_US + 90 * SL_US_PER_S);
}

static void
a_person_does_not_ask_before_a_deadline_either(void **state)
{
	static const struct {
		const char *why;
		int wait_s, took_s;
		bool asks;
	} rows[] = {
		{ "none", 0, 0, true },
		{ "it is over", -10, 0, true },
		{ "a backoff of our own", 50, 0, true },
		{ "short enough to be waited for", 90, 90, true },
		{ "an hour", 3600, 0, false },
	};

	(void)bench_teardown(state);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct bench *b;

		(void)bench_setup(state);
		b = *state;
		fake_transport_delay(&b->net, 1);
		fake_store_stream(&b->store, "items", "k",
				  "{\"after\":\"p2\"}");
		if (rows[i].wait_s != 0)
			b->store.account.not_before_us =
				BENCH_NOW_US + rows[i].wait_s * SL_US_PER_S;
		b->net.answer = bench_two_pages;
		bench_run(b, "manual");
		CHECK(rows[i].why, (b->net.submitted > 0) == rows[i].asks);
		CHECK(rows[i].why,
		      b->report.duration_us / SL_US_PER_S == rows[i].took_s);
		CHECK(rows[i].why,
		      (b->store.end_not_before_us ==
		       BENCH_NOW_US + INT64_C(3600) * SL_US_PER_S) ==
			      !rows[i].asks);
		(void)bench_teardown(state);
	}
	(void)bench_setup(state);
}

static void
time_is_up_by_whatever_clock(void **state)
{
	struct bench *b = *state;

	fake_transport_delay(&b->net, 30 * SL_US_PER_S);
	b->config.max_time_us = 45 * SL_US_PER_S;
	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = bench_two_pages;
	bench_run(b, "schedule");
	assert_string_equal(b->report_status, "handed-back");
	assert_int_equal(b->report.duration_us, 45 * SL_US_PER_S);
	assert_int_equal(b->store.commit_count, 1);
}

static void
a_resync_is_not_done_while_a_stream_waits(void **state)
{
	struct bench *b = *state;

	b->store.account.resync = true;
	b->store.account.resync_no = 1;
	fake_store_stream(&b->store, "items", "a", "{\"after\":\"p2\"}");
	fake_store_stream(&b->store, "items", "b", "{\"after\":\"p2\"}")
		->not_before_us = BENCH_NOW_US + SL_US_PER_S;
	b->net.answer = bench_two_pages;
	bench_run(b, "schedule");
	assert_string_equal(b->report_status, "ok");
	assert_true(b->store.commits[0].starts_walk);
	assert_false(b->store.end_resync_done);
}

/* Whatever the clock said when they were walked: a number tells which walks
 * are from before the request. */
static void
a_resync_walks_what_was_not_walked_for_it(void **state)
{
	struct bench *b = *state;
	struct sl_stream_row *row;

	b->store.account.resync = true;
	b->store.account.resync_no = 2;
	row = fake_store_stream(&b->store, "items", "a", "{\"after\":\"p2\"}");
	row->walk_started_us = BENCH_NOW_US + SL_DAY_US;
	row->walk_resync_no = 1;
	row = fake_store_stream(&b->store, "items", "b", "{\"after\":\"p2\"}");
	row->walk_started_us = BENCH_NOW_US - SL_DAY_US;
	row->walk_resync_no = 2;
	b->net.answer = bench_two_pages;
	bench_run(b, "schedule");
	assert_string_equal(b->report_status, "ok");
	for (size_t i = 0; i < b->store.commit_count; i++)
		if (strcmp(b->store.commits[i].key, "b") == 0)
			assert_false(b->store.commits[i].starts_walk);
	assert_int_equal(b->store.rows[0].walk_resync_no, 2);
	assert_true(b->store.end_resync_done);
}

static void
long_cursor(void *ctx, const struct sl_request *request,
	    struct sl_response *response)
{
	struct bench *b = ctx;
	SL_AUTO_BUF body = { 0 };

	(void)request;
	sl_buf_init(&body, 70000);
	sl_buf_adds(&body, "{\"items\":[],\"next\":\"");
	for (int i = 0; i < b->scenario; i++)
		sl_buf_addc(&body, 'n');
	sl_buf_adds(&body, "\"}");
	fake_reply(response, 200, sl_buf_text(&body));
}

static void
cursors_have_a_cap(void **state)
{
	/* the cursor's text is {"after":"..."}: 12 bytes more */
	static const struct {
		int length;
		const char *status;
		size_t commits;
	} rows[] = { { 65536 - 12, "ok", 1 }, { 65536 - 11, "failed", 0 } };

	(void)bench_teardown(state);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct bench *b;

		(void)bench_setup(state);
		b = *state;
		b->scenario = rows[i].length;
		fake_store_stream(&b->store, "items", "k",
				  "{\"after\":\"p2\"}");
		b->net.answer = long_cursor;
		bench_run(b, "manual");
		assert_string_equal(b->report_status, rows[i].status);
		assert_int_equal(b->store.commit_count, rows[i].commits);
		(void)bench_teardown(state);
	}
	(void)bench_setup(state);
}

static void
an_account_to_be_connected_again_makes_no_call(void **state)
{
	struct bench *b = *state;

	b->store.account.status = "needs_reauth";
	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = bench_two_pages;
	bench_run(b, "manual");
	assert_int_equal(b->net.submitted, 0);
	assert_string_equal(b->report_status, "failed");
	assert_int_equal(b->report_error.status, SL_REAUTH);
}

/* 503 is "the API is off" here; the token is refused in scenario 1. */
static void
an_operator_must_act(void *ctx, const struct sl_request *request,
		     struct sl_response *response)
{
	struct bench *b = ctx;

	if (strstr(request->url, "/token"))
		fake_reply(response, 401, "{\"error\":\"invalid_client\"}");
	else
		fake_reply(response, b->scenario == 1 ? 401 : 503, "{}");
}

static void
an_api_that_is_off_stops_no_other_api_of_its_client(void **state)
{
	static const char *const runs[] = { "toy", "toy", "toy_mail",
					    "toy_mail", NULL };
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = an_operator_must_act;
	bench_run_each(b, runs);
	assert_int_equal(b->reports, 4);
	assert_int_equal(b->net.submitted, 2); /* one an API */
	assert_int_equal(b->report_error.status, SL_CONFIG);
}

static void
a_client_that_is_refused_stops_all_its_apis(void **state)
{
	static const char *const runs[] = { "toy", "toy_mail", "toy", NULL };
	struct bench *b = *state;

	b->scenario = 1;
	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = an_operator_must_act;
	bench_run_each(b, runs);
	assert_int_equal(b->reports, 3);
	assert_int_equal(b->net.submitted, 2); /* the call, the token's */
	assert_int_equal(b->report_error.scope, SL_CLIENT);
}

/* 6 requests a minute of the one, 6,000 of the other. */
static void
each_api_has_the_quota_that_is_its_own(void **state)
{
	static const struct {
		const char *why, *runs[4];
		bool waits;
	} rows[] = {
		{ "the narrow one", { "toy", NULL }, true },
		{ "the wide one behind it",
		  { "toy", "toy_mail", NULL },
		  false },
		{ "the narrow one behind the wide one",
		  { "toy_mail", "toy", NULL },
		  true },
		{ "the narrow one is not full again",
		  { "toy", "toy_mail", "toy", NULL },
		  true },
	};

	(void)bench_teardown(state);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct bench *b;

		(void)bench_setup(state);
		b = *state;
		fake_transport_delay(&b->net, 1);
		b->config.quota = true;
		fake_store_stream(&b->store, "items", "k", NULL);
		b->net.answer = bench_two_pages;
		bench_run_each(b, rows[i].runs);
		CHECK(rows[i].why, strcmp(b->report_status, "ok") == 0);
		CHECK(rows[i].why,
		      (b->report.duration_us > SL_US_PER_S) == rows[i].waits);
		(void)bench_teardown(state);
	}
	(void)bench_setup(state);
}

static int64_t (*steady_mono_us)(void *ctx);
static _Atomic int readings, stall_at;

/** The process stands still for ten seconds before one of its readings. */
static int64_t
stalling_mono_us(void *ctx)
{
	int reading = ++readings;

	SL_ASSERT(reading < 10000); /* it hangs: heartbeats alone go on */
	if (reading == stall_at)
		sl_fake_clock_advance(ctx, 10 * SL_US_PER_S);
	return steady_mono_us(ctx);
}

static void
trouble_once(void *ctx, const struct sl_request *request,
	     struct sl_response *response)
{
	struct bench *b = ctx;

	if (b->looks++ == 0)
		fake_reply(response, 500, "{}");
	else
		bench_two_pages(ctx, request, response);
}

/** A time that is waited for may come between any two readings. */
static void
wherever_it_stands_still_it_goes_on(void **state)
{
	int last;

	(void)bench_teardown(state); /* each has a bench of its own */
	for (int at = 1, all = 1; at <= all; at++, all = last) {
		struct bench *b;

		(void)bench_setup(state);
		b = *state;
		steady_mono_us = b->clock.clock.mono_us;
		b->clock.clock.mono_us = stalling_mono_us;
		readings = 0;
		stall_at = at;
		fake_store_stream(&b->store, "items", "k", NULL);
		b->net.answer = trouble_once;
		bench_run(b, "manual");
		last = readings;
		assert_string_equal(b->report_status, "ok");
		assert_int_equal(b->store.commit_count, 2);
		(void)bench_teardown(state);
	}
	print_message("  %d readings\n", last);
	(void)bench_setup(state);
}

/* What changes while the answer is on its way is not known. */
static void
a_stream_is_as_complete_as_when_it_was_asked_for(void **state)
{
	struct bench *b = *state;
	const struct fake_commit *c = b->store.commits;

	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = bench_two_pages;
	fake_transport_delay(&b->net, 3 * SL_US_PER_S);
	bench_run(b, "manual");
	assert_int_equal(b->store.commit_count, 2);
	assert_true(c[1].rests);
	assert_true(c[1].asked_us >= c[0].asked_us + 3 * SL_US_PER_S);
	assert_true(c[1].now_us >= c[1].asked_us + 3 * SL_US_PER_S);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_stop_leaves_what_was_committed_and_says_interrupted),
		T(a_stop_ends_streams_that_never_began),
		T(the_window_moves_on_before_anything_is_asked),
		T(nothing_due_costs_nothing),
		T(what_cannot_be_expanded_is_asked_when_the_stream_rests),
		T(wanted_items_wait_until_each_was_read),
		T(a_page_that_cannot_be_stored_is_not_asked_for_again),
		T(a_far_deadline_is_kept_for_whoever_comes_next),
		T(a_near_deadline_outlives_a_run_that_is_stopped),
		T(a_person_does_not_ask_before_a_deadline_either),
		T(time_is_up_by_whatever_clock),
		T(wherever_it_stands_still_it_goes_on),
		T(a_resync_is_not_done_while_a_stream_waits),
		T(a_resync_walks_what_was_not_walked_for_it),
		T(cursors_have_a_cap),
		T(an_account_to_be_connected_again_makes_no_call),
		T(an_api_that_is_off_stops_no_other_api_of_its_client),
		T(a_client_that_is_refused_stops_all_its_apis),
		T(each_api_has_the_quota_that_is_its_own),
		T(a_stream_is_as_complete_as_when_it_was_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
