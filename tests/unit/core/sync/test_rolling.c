/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rolling flights: many wanted items an ask, a page from what has landed.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/mail_bench.h"
#include "tests/support/unit.h"

static void
a_flood_of_small_items_is_not_bound_by_round_trips(void **state)
{
	struct bench *b = *state;

	mail_wants(b, 400, 10); /* 40 threads, 4 at once, 100 ms each */
	b->net.answer = mail_plain;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->net.submitted, 40);
	assert_int_equal(mail_answered(b), 400);
	assert_int_equal(b->store.commit_count, 1);
	assert_int_equal(b->report.duration_us, SL_US_PER_S);
}

static void
pages_roll_one_behind_the_other(void **state)
{
	struct bench *b = *state;

	mail_wants(b, 1000, 1);
	b->net.answer = mail_plain;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->net.submitted, 1000);
	assert_int_equal(mail_answered(b), 1000);
	assert_int_equal(b->store.commit_count, 10);
	assert_int_equal(b->report.duration_us, 25 * SL_US_PER_S);
}

static void
thread_is_gone(void *ctx, const struct sl_request *request,
	       struct sl_response *response)
{
	if (strstr(request->url, "/thread/g0"))
		fake_reply(response, 404, "{}");
	else
		mail_plain(ctx, request, response);
}

static void
a_refused_answer_counts_for_all_that_it_was_to_hold(void **state)
{
	struct bench *b = *state;

	mail_wants(b, 6, 3);
	b->net.answer = thread_is_gone;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->net.submitted, 2);
	assert_int_equal(b->store.commits[0].answered_count, 6);
	assert_int_equal(b->store.commits[0].tombstones, 1);
	assert_int_equal(b->store.commits[0].artifacts, 1);
}

static void
no_more_than_may_be_are_under_way(void **state)
{
	struct bench *b = *state;

	mail_wants(b, 50, 1);
	fake_store_stream(&b->store, "changes", "", "{\"at\":\"h1\"}")
		->pending = mail_wanted(b, 50, 1);
	b->net.answer = mail_plain;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(mail_answered(b), 100);
	assert_int_equal(b->net.airborne_max, 4);
}

/* The 9th request is one too many; scenario: the most under way since, the
 * turn: how many were answered after that. */
static void
too_many_once(void *ctx, const struct sl_request *request,
	      struct sl_response *response)
{
	struct bench *b = ctx;

	if (++b->turn == 9) {
		fake_reply(response, 429, "{}");
		response->retry_after_ms = 1000;
		return;
	}
	if (b->turn > 14 && b->turn < 55 &&
	    (int)b->net.airborne_count + 1 > b->scenario)
		b->scenario = (int)b->net.airborne_count + 1;
	if (b->turn == 200)
		b->net.airborne_max = 0; /* of the rest */
	mail_plain(ctx, request, response);
}

static void
fewer_at_once_after_a_429_and_one_by_one_more_later(void **state)
{
	struct bench *b = *state;

	mail_wants(b, 400, 1);
	b->net.answer = too_many_once;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(mail_answered(b), 400);
	assert_int_equal(b->scenario, 2);
	assert_int_equal(b->net.airborne_max, 4);
}

static void
large_enough(void *ctx, const struct sl_request *request,
	     struct sl_response *response)
{
	static char body[5000] = "{";

	(void)ctx, (void)request;
	memset(body + 1, ' ', sizeof(body) - 3);
	body[sizeof(body) - 2] = '}';
	fake_reply(response, 200, body);
}

static void
large(void *ctx, const struct sl_request *request, struct sl_response *response)
{
	static char body[600000];

	if (!strstr(request->url, "/message/")) {
		mail_plain(ctx, request, response);
		return;
	}
	if (!body[0]) {
		memset(body, ' ', sizeof(body) - 1);
		body[0] = '{';
		body[sizeof(body) - 2] = '}';
	}
	fake_reply(response, 200, body);
}

static void
a_flight_is_cut_when_its_answers_grow_large(void **state)
{
	struct bench *b = *state;

	mail_shape.max_body = 1024 * 1024;
	b->config.body_budget = 8 * 1024 * 1024;
	mail_wants(b, 40, 1);
	b->net.answer = large;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(mail_answered(b), 40);
	assert_true(b->store.commit_count >= 8);
	for (size_t i = 0; i < b->store.commit_count; i++)
		assert_true(b->store.commits[i].answered_count <= 8);
}

static void
answers_of_all_streams_fit_the_budget(void **state)
{
	struct bench *b = *state;

	mail_shape.max_body = 1024 * 1024;
	b->config.body_budget = 2 * 1024 * 1024 + 512 * 1024;
	mail_wants(b, 20, 1);
	fake_store_stream(&b->store, "changes", "", "{\"at\":\"h1\"}")
		->pending = mail_wanted(b, 20, 1);
	b->net.answer = large;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(mail_answered(b), 40);
	assert_true(b->net.reserved_max <= b->config.body_budget);
}

static void
one_that_finds_no_room_beside_its_answers_goes_on_later(void **state)
{
	struct bench *b = *state;

	mail_shape.max_body = 1024 * 1024;
	b->config.body_budget = 1024 * 1024 + 1024;
	mail_wants(b, 5, 1);
	b->net.answer = large_enough;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(mail_answered(b), 5);
	assert_int_equal(b->store.commit_count, 5);
}

static void
streams_with_little_room_fill_their_pages_in_turn(void **state)
{
	struct bench *b = *state;

	mail_shape.max_body = 1024 * 1024;
	b->config.body_budget = 1024 * 1024 + 65536;
	mail_wants(b, 20, 1);
	fake_store_stream(&b->store, "backfill", "b", "{\"at\":\"done\"}")
		->pending = mail_wanted(b, 20, 1);
	b->store.rows[1].walk_started_us = BENCH_NOW_US - SL_US_PER_S;
	b->net.answer = mail_plain;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(mail_answered(b), 40);
	assert_int_equal(b->store.commit_count, 2);
}

static struct bench *committing;

static void
count_airborne(void *ctx, const struct sl_commit *c)
{
	struct bench *b = committing;

	(void)ctx;
	if (c->answered[0] && b->net.airborne_count == 0)
		b->scenario++; /* nothing was under way meanwhile */
	b->turn++;
}

static void
the_next_batch_is_under_way_while_one_commits(void **state)
{
	struct bench *b = *state;

	mail_shape.calls = 10;
	mail_wants(b, 50, 1);
	b->net.answer = mail_plain;
	committing = b;
	b->store.on_commit = count_airborne;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->turn, 5);
	assert_int_equal(b->scenario, 1); /* the last one */
}

static void
one_too_large(void *ctx, const struct sl_request *request,
	      struct sl_response *response)
{
	if (strstr(request->url, "/message/w1"))
		response->failure = SL_NET_TOO_LARGE;
	else
		mail_plain(ctx, request, response);
}

static void
an_item_too_large_is_told_and_read_otherwise(void **state)
{
	struct bench *b = *state;

	mail_shape.tell_too_large = true;
	mail_wants(b, 3, 1);
	b->net.answer = one_too_large;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->store.commits[0].answered_count, 3);
	assert_int_equal(b->store.commits[0].artifacts, 2);
	assert_string_equal(b->store.commits[1].answered, "light-w1");
	assert_int_equal(b->net.submitted, 4);
}

static void
slow_quota_commits_what_is_there(void **state)
{
	struct bench *b = *state;

	b->config.quota = true; /* 5 messages a second after the first 15 */
	mail_wants(b, 300, 1);
	b->net.answer = mail_plain;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(mail_answered(b), 300);
	assert_true(b->store.commit_count > 5);
	/* the next run goes on with an empty bucket */
	assert_in_range(b->store.end_bucket_units + 100, 0, 200);
	assert_int_equal(b->store.end_bucket_at_us,
			 BENCH_NOW_US + b->report.duration_us);
	for (size_t i = 2; i + 1 < b->store.commit_count; i++)
		assert_in_range(b->store.commits[i].answered_count, 40, 60);
}

static void
stop_later(void *ctx, const struct sl_request *request,
	   struct sl_response *response)
{
	struct bench *b = ctx;

	mail_plain(ctx, request, response);
	if (++b->turn == 20)
		sl_engine_stop(b->engine);
}

static void
what_landed_before_a_stop_is_kept(void **state)
{
	struct bench *b = *state;

	mail_wants(b, 100, 1);
	b->net.answer = stop_later;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "interrupted");
	assert_int_equal(mail_answered(b), 20);
}

/* scenario: hours from now */
static void
until_in_words(void *ctx, const struct sl_request *request,
	       struct sl_response *response)
{
	struct bench *b = ctx;
	char body[64];

	(void)request;
	if (++b->turn <= 10) {
		fake_reply(response, 200, "{}");
		return;
	}
	(void)snprintf(body, sizeof(body), "{\"until_us\":%lld}",
		       (long long)(BENCH_NOW_US +
				   b->scenario * INT64_C(3600) * SL_US_PER_S));
	fake_reply(response, 429, body);
}

static void
a_deadline_in_words_ends_the_run_and_is_kept(void **state)
{
	static const int hours[][2] = { { 1, 1 }, { 23, 23 }, { 200, 24 } };

	(void)bench_teardown(state);
	for (size_t i = 0; i < SL_ARRAY_LEN(hours); i++) {
		struct bench *b;
		int64_t want = BENCH_NOW_US +
			       hours[i][1] * INT64_C(3600) * SL_US_PER_S;

		(void)mail_setup(state);
		b = *state;
		b->scenario = hours[i][0];
		mail_wants(b, 50, 1);
		b->net.answer = until_in_words;
		bench_run(b, "schedule");
		assert_string_equal(b->report_status, "failed");
		assert_int_equal(b->report_error.status, SL_RETRY);
		assert_int_equal(b->report_error.scope, SL_INTEGRATION);
		/* what was read before is kept, and nobody asked again */
		assert_int_equal(mail_answered(b), 10);
		assert_true(b->net.submitted <= 14);
		assert_true(mail_shape.refused_now_us >= BENCH_NOW_US);
		assert_true(b->store.end_not_before_us >= want - SL_US_PER_S);
		assert_true(b->store.end_not_before_us <=
			    want + 10 * SL_US_PER_S);
		(void)bench_teardown(state);
	}
	(void)mail_setup(state);
}

#define T(f) cmocka_unit_test_setup_teardown(f, mail_setup, bench_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_flood_of_small_items_is_not_bound_by_round_trips),
		T(pages_roll_one_behind_the_other),
		T(a_refused_answer_counts_for_all_that_it_was_to_hold),
		T(no_more_than_may_be_are_under_way),
		T(fewer_at_once_after_a_429_and_one_by_one_more_later),
		T(a_flight_is_cut_when_its_answers_grow_large),
		T(answers_of_all_streams_fit_the_budget),
		T(one_that_finds_no_room_beside_its_answers_goes_on_later),
		T(streams_with_little_room_fill_their_pages_in_turn),
		T(the_next_batch_is_under_way_while_one_commits),
		T(an_item_too_large_is_told_and_read_otherwise),
		T(slow_quota_commits_what_is_there),
		T(what_landed_before_a_stop_is_kept),
		T(a_deadline_in_words_ends_the_run_and_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
