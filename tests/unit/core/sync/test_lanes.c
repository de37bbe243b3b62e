/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lanes: what a run leaves to the other one, slices, patience, and when an
 * account is due again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/sync/schedule.h"

#include "tests/support/engine_bench.h"
#include "tests/support/unit.h"

#define SLICE_US    (60 * SL_US_PER_S)
#define PATIENCE_US (10 * SL_US_PER_S)

static struct sl_stream_row *
known(struct bench *b, const char *key)
{
	struct sl_stream_row *row = fake_store_stream(&b->store, "items", key,
						      "{\"after\":\"p2\"}");

	row->walk_started_us = BENCH_NOW_US - SL_DAY_US;
	row->checked_us = BENCH_NOW_US - 300 * SL_US_PER_S;
	return row;
}

static size_t
commits_of(const struct bench *b, const char *key)
{
	size_t n = 0;

	for (size_t i = 0; i < b->store.commit_count; i++)
		n += strcmp(b->store.commits[i].key, key) == 0;
	return n;
}

static int64_t
now(const struct bench *b)
{
	return BENCH_NOW_US + b->clock.mono_us;
}

/* --- what is left to the other lane ------------------------------------------ */

static void
walks(struct sl_stream_row *row)
{
	row->state = SL_STREAM_WALKING;
}

static void
is_new(struct sl_stream_row *row)
{
	row->state = SL_STREAM_NEW;
	row->cursor = NULL;
}

static void
is_asked_to_walk(struct sl_stream_row *row)
{
	row->rewalk_us = BENCH_NOW_US - 5;
}

static void
has_other_options(struct sl_stream_row *row)
{
	row->fingerprint = "other";
}

static void
walks_are_left_to_the_other_lane(void **state)
{
	static const struct {
		const char *why;
		void (*is)(struct sl_stream_row *row);
	} rows[] = {
		{ "a walk is under way", walks },
		{ "it was opened meanwhile", is_new },
		{ "another stream asked for a walk", is_asked_to_walk },
		{ "the options changed", has_other_options },
	};

	(void)bench_teardown(state);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct bench *b;

		(void)bench_setup(state);
		b = *state;
		(void)known(b, "live");
		rows[i].is(known(b, "other"));
		b->net.answer = bench_two_pages;
		bench_serve(b, SL_LANE_CHANGES);
		CHECK(rows[i].why, strcmp(b->report_status, "ok") == 0);
		CHECK(rows[i].why, b->report.streams == 1);
		CHECK(rows[i].why, strcmp(b->report.mode, "incremental") == 0);
		CHECK(rows[i].why, commits_of(b, "live") == 1);
		CHECK(rows[i].why, commits_of(b, "other") == 0);
		CHECK(rows[i].why, b->net.submitted == 1);
		CHECK(rows[i].why, b->store.end_backfill_us == now(b));
		CHECK(rows[i].why, b->store.end_left_walks);
		CHECK(rows[i].why, b->store.end_next_us != now(b));
		(void)bench_teardown(state);
	}
	(void)bench_setup(state);
}

static void
the_other_lane_does_all(void **state)
{
	struct bench *b = *state;

	(void)known(b, "live");
	walks(known(b, "other"));
	b->net.answer = bench_two_pages;
	bench_serve(b, SL_LANE_BACKFILL);
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(commits_of(b, "live"), 1);
	assert_int_equal(commits_of(b, "other"), 1);
	assert_int_equal(b->store.end_backfill_us, SL_NO_TIME);
	assert_int_equal(b->store.end_lane, SL_LANE_BACKFILL);
}

static void
a_walk_that_waits_is_due_when_it_may_go_on(void **state)
{
	struct bench *b = *state;
	struct sl_stream_row *row;

	(void)known(b, "live");
	row = known(b, "other");
	walks(row);
	row->not_before_us = BENCH_NOW_US + 120 * SL_US_PER_S;
	b->net.answer = bench_two_pages;
	bench_serve(b, SL_LANE_BACKFILL);
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->store.end_backfill_us,
			 BENCH_NOW_US + 120 * SL_US_PER_S);
}

static void
a_new_account_does_everything(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = bench_two_pages;
	bench_serve(b, SL_LANE_CHANGES);
	assert_string_equal(b->report_status, "ok");
	assert_string_equal(b->report.mode, "full");
	assert_int_equal(commits_of(b, "k"), 2);
	assert_int_equal(b->store.end_backfill_us, SL_NO_TIME);
}

static void
a_resync_begins_at_once_and_goes_on_in_slices(void **state)
{
	static const struct {
		const char *why;
		int64_t walked_for;
		bool all;
	} rows[] = {
		{ "its walk has not begun", 1, true },
		{ "it has", 2, false },
	};

	(void)bench_teardown(state);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct bench *b;
		struct sl_stream_row *row;

		(void)bench_setup(state);
		b = *state;
		b->store.account.resync = true;
		b->store.account.resync_no = 2;
		row = known(b, "k");
		walks(row);
		row->walk_resync_no = rows[i].walked_for;
		b->net.answer = bench_two_pages;
		bench_serve(b, SL_LANE_CHANGES);
		CHECK(rows[i].why, (commits_of(b, "k") > 0) == rows[i].all);
		CHECK(rows[i].why, b->store.end_resync_done == rows[i].all);
		CHECK(rows[i].why,
		      (b->store.end_backfill_us == SL_NO_TIME) == rows[i].all);
		(void)bench_teardown(state);
	}
	(void)bench_setup(state);
}

static void
cursor_is_old(void *ctx, const struct sl_request *request,
	      struct sl_response *response)
{
	(void)ctx, (void)request;
	fake_reply(response, 410, "{}");
}

static void
a_cursor_that_is_refused_walks_in_the_other_lane(void **state)
{
	struct bench *b = *state;

	(void)known(b, "k");
	b->net.answer = cursor_is_old;
	bench_serve(b, SL_LANE_CHANGES);
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->net.submitted, 1);
	assert_int_equal(b->store.commit_count, 0);
	assert_int_equal(b->store.failed_streams, 0);
	assert_int_equal(b->store.end_backfill_us, now(b));
}

static void
a_failed_run_leaves_its_walks_for_the_next_one(void **state)
{
	struct bench *b = *state;

	walks(known(b, "k"));
	b->store.account.status = "needs_reauth";
	b->store.account.interval_us = 300 * SL_US_PER_S;
	b->net.answer = bench_two_pages;
	bench_serve(b, SL_LANE_BACKFILL);
	assert_string_equal(b->report_status, "failed");
	assert_true(b->store.end_backfill_us >= now(b) + 150 * SL_US_PER_S);
}

#define INTERVAL_US (300 * SL_US_PER_S)

static void
each_account_is_due_by_its_own_grid(void **state)
{
	static const char *const ids[] = {
		"88888888-8888-4888-8888-888888888888",
		"99999999-9999-4999-8999-999999999999",
	};
	int64_t due[2] = { 0, 0 };

	(void)bench_teardown(state);
	for (size_t i = 0; i < SL_ARRAY_LEN(ids); i++) {
		struct bench *b;

		(void)bench_setup(state);
		b = *state;
		(void)known(b, "k");
		(void)snprintf(b->store.account.lease.integration_id, 37, "%s",
			       ids[i]);
		b->store.account.interval_us = INTERVAL_US;
		b->net.answer = bench_two_pages;
		bench_serve(b, SL_LANE_CHANGES);
		due[i] = b->store.end_next_us;
		assert_int_equal(
			due[i],
			sl_schedule_next_us(ids[i], BENCH_NOW_US, INTERVAL_US));
		(void)bench_teardown(state);
	}
	assert_true(due[0] != due[1]);
	(void)bench_setup(state);
}

/** Its connector asks nothing for now, though it walks. */
static void
a_walk_that_rests_is_not_looked_at_all_the_time(void **state)
{
	struct bench *b = *state;
	struct sl_stream_row *row = known(b, "k");

	walks(row);
	row->cursor = "{\"after\":\"later\"}";
	b->store.account.interval_us = INTERVAL_US;
	b->net.answer = bench_two_pages;
	bench_serve(b, SL_LANE_BACKFILL);
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->net.submitted, 0);
	assert_false(b->store.end_left_walks);
	assert_in_range(b->store.end_backfill_us, now(b) + SL_SCHEDULE_GAP_US,
			now(b) + INTERVAL_US + SL_SCHEDULE_GAP_US);
}

static void
who_fails_again_and_again_waits_longer(void **state)
{
	static const int failures[] = { 0, 30 };
	int64_t wait_us[2] = { 0, 0 };

	(void)bench_teardown(state);
	for (size_t i = 0; i < SL_ARRAY_LEN(failures); i++) {
		struct bench *b;

		(void)bench_setup(state);
		b = *state;
		(void)known(b, "k");
		b->store.account.interval_us = INTERVAL_US;
		b->store.account.failures = failures[i];
		b->store.account.grant.status = "needs_reauth";
		bench_serve(b, SL_LANE_CHANGES);
		assert_string_equal(b->store.end_status, "failed");
		wait_us[i] = b->store.end_next_us - now(b);
		(void)bench_teardown(state);
	}
	assert_in_range(wait_us[0], INTERVAL_US / 2, INTERVAL_US * 3 / 2);
	assert_in_range(wait_us[1], INTERVAL_US * 3 / 2, 3600 * SL_US_PER_S);
	(void)bench_setup(state);
}

/* --- slices ------------------------------------------------------------------- */

static void
endless(void *ctx, const struct sl_request *request,
	struct sl_response *response)
{
	struct bench *b = ctx;
	char body[96];

	(void)request;
	(void)snprintf(body, sizeof(body),
		       "{\"items\":[\"i%d\"],\"next\":\"n%d\",\"more\":true}",
		       b->turn, b->turn);
	b->turn++;
	fake_reply(response, 200, body);
}

static void
a_slice_ends_and_its_last_page_is_kept(void **state)
{
	static const enum sl_lane lanes[] = { SL_LANE_BACKFILL,
					      SL_LANE_CHANGES };

	(void)bench_teardown(state);
	for (size_t i = 0; i < SL_ARRAY_LEN(lanes); i++) {
		struct bench *b;

		(void)bench_setup(state);
		b = *state;
		fake_store_stream(&b->store, "items", "k", NULL);
		b->net.answer = endless;
		b->config.slice_us = SLICE_US;
		fake_transport_delay(&b->net, 7 * SL_US_PER_S);
		bench_serve(b, lanes[i]);
		assert_string_equal(b->report_status, "handed-back");
		assert_string_equal(b->store.end_status, "ok");
		assert_true(b->store.end_detailed);
		/* the ninth was under way when the minute was over */
		assert_int_equal(b->net.submitted, 9);
		assert_int_equal(b->store.commit_count, 9);
		assert_int_equal(b->report.duration_us, 63 * SL_US_PER_S);
		assert_int_equal(b->store.end_backfill_us, now(b));
		assert_true(b->store.end_next_us == SL_NO_TIME ||
			    b->store.end_next_us > now(b));
		(void)bench_teardown(state);
	}
	(void)bench_setup(state);
}

static void
changes_that_a_slice_cuts_are_due_at_once(void **state)
{
	struct bench *b = *state;

	(void)known(b, "k");
	b->net.answer = endless;
	b->config.slice_us = SLICE_US;
	fake_transport_delay(&b->net, 7 * SL_US_PER_S);
	bench_serve(b, SL_LANE_CHANGES);
	assert_string_equal(b->report_status, "handed-back");
	assert_int_equal(b->store.end_next_us, now(b));
	assert_int_equal(b->store.end_backfill_us, SL_NO_TIME);
}

static void
hundred_pages(void *ctx, const struct sl_request *request,
	      struct sl_response *response)
{
	struct bench *b = ctx;

	if (b->turn == 99)
		fake_reply(response, 200, "{\"items\":[],\"next\":\"s\"}");
	else
		endless(ctx, request, response);
}

static void
a_person_waits_for_no_slice(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = hundred_pages;
	b->config.slice_us = SLICE_US;
	b->config.patience_us = PATIENCE_US;
	fake_transport_delay(&b->net, 7 * SL_US_PER_S);
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->store.commit_count, 100);
	assert_int_equal(b->store.end_lane, SL_LANE_ALL);
}

static void
stop_at_once(void *ctx, const struct sl_request *request,
	     struct sl_response *response)
{
	struct bench *b = ctx;

	(void)request;
	fake_reply(response, 500, "{}");
	sl_engine_stop(b->engine);
}

static void
a_first_run_that_is_interrupted_was_a_full_one(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = stop_at_once;
	bench_run(b, "connect");
	assert_string_equal(b->report_status, "interrupted");
	assert_string_equal(b->report.mode, "full");
	assert_int_equal(b->store.end_backfill_us, now(b));
}

/* --- patience ----------------------------------------------------------------- */

/** A minute's quota of the toy is 6 requests, one each ten seconds. */
static void
one_that_waits_for_its_quota_steps_aside(void **state)
{
	static const struct {
		const char *why;
		int patience_s;
		bool aside;
	} rows[] = {
		{ "it would wait too long", 9, true },
		{ "it waits", 40, false },
	};

	(void)bench_teardown(state);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct bench *b;

		(void)bench_setup(state);
		b = *state;
		b->config.quota = true;
		b->config.patience_us = rows[i].patience_s * SL_US_PER_S;
		fake_store_stream(&b->store, "items", "k", NULL);
		b->net.answer = bench_two_pages;
		fake_transport_delay(&b->net, 1000);
		bench_serve(b, SL_LANE_BACKFILL);
		CHECK(rows[i].why, (strcmp(b->report_status, "handed-back") ==
				    0) == rows[i].aside);
		CHECK(rows[i].why,
		      (b->store.commit_count < 2) == rows[i].aside);
		CHECK(rows[i].why,
		      !rows[i].aside || b->store.end_backfill_us >
						now(b) + 9 * SL_US_PER_S);
		CHECK(rows[i].why,
		      rows[i].aside || b->store.end_backfill_us == SL_NO_TIME);
		(void)bench_teardown(state);
	}
	(void)bench_setup(state);
}

static void
slow_down(void *ctx, const struct sl_request *request,
	  struct sl_response *response)
{
	struct bench *b = ctx;

	if (b->turn++ < b->scenario) {
		bench_two_pages(ctx, request, response);
		return;
	}
	fake_reply(response, 429, "{}");
	response->retry_after_ms = 50000;
}

static void
a_deadline_is_left_to_the_next_run(void **state)
{
	static const struct {
		const char *why;
		int answered;
		const char *status;
	} rows[] = {
		{ "nothing came of it", 0, "failed" },
		{ "it has got somewhere", 1, "handed-back" },
	};

	(void)bench_teardown(state);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct bench *b;

		(void)bench_setup(state);
		b = *state;
		b->config.patience_us = PATIENCE_US;
		b->scenario = rows[i].answered;
		fake_store_stream(&b->store, "items", "k", NULL);
		b->net.answer = slow_down;
		fake_transport_delay(&b->net, 1000);
		bench_serve(b, SL_LANE_BACKFILL);
		CHECK(rows[i].why,
		      strcmp(b->report_status, rows[i].status) == 0);
		CHECK(rows[i].why, b->net.submitted == rows[i].answered + 1);
		CHECK(rows[i].why, b->report.duration_us < SL_US_PER_S);
		CHECK(rows[i].why,
		      b->store.end_not_before_us >= now(b) + 49 * SL_US_PER_S);
		CHECK(rows[i].why,
		      (int)b->store.commit_count == rows[i].answered);
		CHECK(rows[i].why,
		      b->store.end_backfill_us >= b->store.end_not_before_us);
		(void)bench_teardown(state);
	}
	(void)bench_setup(state);
}

/** The first stream is told to wait while the other's last page is under way. */
static void
slow_down_the_first(void *ctx, const struct sl_request *request,
		    struct sl_response *response)
{
	if (strstr(request->url, "/a?after=") == NULL) {
		bench_two_pages(ctx, request, response);
		return;
	}
	fake_reply(response, 429, "{}");
	response->retry_after_ms = 50000;
}

static void
who_waits_alone_in_the_end_steps_aside(void **state)
{
	struct bench *b = *state;

	b->config.patience_us = PATIENCE_US;
	b->config.slice_us = SLICE_US / 2;
	fake_store_stream(&b->store, "items", "a", NULL);
	fake_store_stream(&b->store, "items", "b", NULL);
	b->net.answer = slow_down_the_first;
	fake_transport_delay(&b->net, SL_US_PER_S);
	bench_serve(b, SL_LANE_BACKFILL);
	assert_string_equal(b->report_status, "handed-back");
	assert_int_equal(commits_of(b, "a"), 1);
	assert_int_equal(commits_of(b, "b"), 2);
	assert_in_range(b->report.duration_us, 2 * SL_US_PER_S,
			4 * SL_US_PER_S);
	assert_true(b->store.end_backfill_us >= now(b) + 45 * SL_US_PER_S);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(walks_are_left_to_the_other_lane),
		T(the_other_lane_does_all),
		T(a_walk_that_waits_is_due_when_it_may_go_on),
		T(a_new_account_does_everything),
		T(a_resync_begins_at_once_and_goes_on_in_slices),
		T(a_cursor_that_is_refused_walks_in_the_other_lane),
		T(a_failed_run_leaves_its_walks_for_the_next_one),
		T(each_account_is_due_by_its_own_grid),
		T(a_walk_that_rests_is_not_looked_at_all_the_time),
		T(who_fails_again_and_again_waits_longer),
		T(a_slice_ends_and_its_last_page_is_kept),
		T(changes_that_a_slice_cuts_are_due_at_once),
		T(a_person_waits_for_no_slice),
		T(a_first_run_that_is_interrupted_was_a_full_one),
		T(one_that_waits_for_its_quota_steps_aside),
		T(a_deadline_is_left_to_the_next_run),
		T(who_waits_alone_in_the_end_steps_aside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
