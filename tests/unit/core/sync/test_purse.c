/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's quota in chunks: what is asked of the fleet, and when there is
 * none. A minute of the toy's mail has 6,000 units, of the toy 6; a request
 * costs one.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/engine_bench.h"
#include "tests/support/unit.h"

/** So many pages, one after the other. */
static void
pages(void *ctx, const struct sl_request *request, struct sl_response *response)
{
	struct bench *b = ctx;
	char body[96];

	(void)request;
	b->turn++;
	(void)snprintf(body, sizeof(body),
		       "{\"items\":[],\"next\":\"n%d\",\"more\":%s}", b->turn,
		       b->turn < b->scenario ? "true" : "false");
	fake_reply(response, 200, body);
}

static int
setup(void **state)
{
	struct bench *b;

	if (bench_setup(state) != 0)
		return -1;
	b = *state;
	b->config.quota = true;
	b->net.answer = pages;
	fake_transport_delay(&b->net, 1000);
	fake_store_shares_quota(&b->store, &b->clock);
	return 0;
}

static void
run_mail(struct bench *b)
{
	static const char *const once[] = { "toy_mail", NULL };

	bench_run_each(b, once);
}

static void
chunks_are_few_and_small_at_first(void **state)
{
	struct bench *b = *state;

	b->scenario = 190;
	fake_store_stream(&b->store, "items", "k", NULL);
	run_mail(b);
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->net.submitted, 190);
	/* 30, 60, 120 */
	assert_int_equal(b->store.quota_asks, 3);
	assert_int_equal(b->store.quota_ask.per_minute, 6000);
	assert_string_equal(b->store.quota_ask.api, "toy_mail");
	assert_string_equal(b->store.quota_ask.oauth_client_row,
			    b->store.account.grant.oauth_client_row);
}

static void
a_quota_changes_when_its_day_has_come(void **state)
{
	struct bench *b = *state;

	b->scenario = 1;
	b->store.account.grant.access_expires_us = INT64_C(1) << 52;
	fake_store_stream(&b->store, "items", "k", NULL);
	run_mail(b);
	assert_int_equal(b->store.quota_ask.per_minute, 6000);
	sl_fake_clock_advance(&b->clock, 14 * SL_DAY_US);
	run_mail(b);
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->store.quota_ask.per_minute, 3000);
	assert_int_equal(b->store.quota_ask.most, 15);
}

static void
no_minute_has_more_than_its_quota(void **state)
{
	struct bench *b = *state;

	b->scenario = 20;
	b->store.quota_others = 3;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->net.submitted, 20);
	assert_true(b->store.quota_taken_max <= 3);
	assert_true(b->report.duration_us >= 6 * 60 * SL_US_PER_S);
	assert_true(b->report.duration_us <= 8 * 60 * SL_US_PER_S);
	/* nobody asks while there is nothing */
	assert_in_range(b->store.quota_asks, 20, 20 + 8 * 2);
}

static void
walks_leave_some_to_changes(void **state)
{
	struct bench *b = *state;

	b->scenario = 20;
	fake_store_stream(&b->store, "items", "k", NULL);
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_true(b->store.quota_ask.backfill);
	assert_int_equal(b->store.quota_taken_max, 4); /* of 6 */
}

static void
changes_may_take_all(void **state)
{
	struct bench *b = *state;

	b->scenario = 20;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	bench_run(b, "manual");
	assert_false(b->store.quota_ask.backfill);
	assert_in_range(b->store.quota_taken_max, 5, 6);
}

static void
a_database_that_is_away_is_asked_again(void **state)
{
	struct bench *b = *state;

	b->scenario = 1;
	b->store.quota_fails = 3;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->store.quota_asks, 4);
	/* behind its own pace, which lets the first one go after seven */
	assert_in_range(b->report.duration_us, 10 * SL_US_PER_S,
			11 * SL_US_PER_S);
}

static void
a_run_with_a_lane_does_not_wait_for_the_next_minute(void **state)
{
	struct bench *b = *state;

	b->scenario = 20;
	b->store.quota_others = 6;
	b->config.patience_us = 10 * SL_US_PER_S;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	bench_serve(b, SL_LANE_CHANGES);
	assert_string_equal(b->report_status, "handed-back");
	assert_int_equal(b->net.submitted, 0);
	assert_int_equal(b->store.quota_asks, 1);
	assert_int_equal(b->store.end_next_us, BENCH_NOW_US + 60 * SL_US_PER_S);
}

/** Hands out one account after the other, of which there is no end. */
static struct {
	struct bench *b;
	int calls, pieces;
	int64_t closed_at_us, opened_at_us;
} fleet;

static sl_status
take_of_fleet(void *ctx, const struct sl_room *room, struct sl_work *out,
	      size_t *count, int64_t *wait_us, struct sl_error *err)
{
	int64_t at = fleet.b->clock.mono_us;

	(void)ctx, (void)err;
	SL_ASSERT(fleet.calls++ < 100);
	if (room->of[0].runs == 0 && fleet.closed_at_us == 0)
		fleet.closed_at_us = at;
	if (room->of[0].runs > 0 && fleet.closed_at_us > 0)
		fleet.opened_at_us = at;
	if (room->of[0].runs > 0) {
		out[0] = (struct sl_work){
			.target = { .provider = "toy", .account = "ana" },
			.trigger = "schedule",
			.run_id = BENCH_USER,
			.fence = 1,
			.lane = SL_LANE_CHANGES,
		};
		*count = 1;
		fleet.pieces++;
	}
	*wait_us = fleet.opened_at_us > 0 ? -1 : 3600 * SL_US_PER_S;
	return SL_OK;
}

static void
no_run_begins_that_would_step_aside(void **state)
{
	struct bench *b = *state;

	memset(&fleet, 0, sizeof(fleet));
	fleet.b = b;
	b->scenario = 1;
	b->store.quota_others = 6;
	b->config.runs_at_once = 1;
	b->config.patience_us = 10 * SL_US_PER_S;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	bench_serve_feed(b, &(struct sl_feed){ .take = take_of_fleet });
	assert_int_equal(fleet.pieces, 2);
	assert_int_equal(b->reports, 2);
	assert_true(fleet.closed_at_us < 11 * SL_US_PER_S);
	assert_int_equal(fleet.opened_at_us, 60 * SL_US_PER_S);
}

static void
all_slow_down(void *ctx, const struct sl_request *request,
	      struct sl_response *response)
{
	(void)ctx, (void)request;
	fake_reply(response, 420, "{}");
	response->retry_after_ms = 90000;
}

static void
what_the_provider_tells_one_all_are_told(void **state)
{
	struct bench *b = *state;

	b->config.patience_us = 10 * SL_US_PER_S;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	b->net.answer = all_slow_down;
	bench_serve(b, SL_LANE_CHANGES);
	assert_string_equal(b->report_status, "failed");
	bench_serve(b, SL_LANE_CHANGES); /* another account of that client */
	assert_string_equal(b->report_status, "handed-back");
	assert_int_equal(b->net.submitted, 1);
	assert_int_equal(b->store.quota_blocks, 1);
	assert_in_range(b->store.quota_block_us, 89 * SL_US_PER_S,
			90 * SL_US_PER_S);
	assert_true(b->store.end_next_us >= BENCH_NOW_US + 90 * SL_US_PER_S);
}

/* A page a second, three of them at once. */
static void
an_account_is_paced_as_the_installation_says(void **state)
{
	struct bench *b = *state;

	b->scenario = 20;
	b->store.account.user_per_minute = 60;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	run_mail(b);
	assert_string_equal(b->report_status, "ok");
	assert_in_range(b->report.duration_us, 17 * SL_US_PER_S,
			18 * SL_US_PER_S);
	sl_engine_free(&b->engine);
	b->config.quota = false;
	run_mail(b);
	assert_in_range(b->report.duration_us, 0, SL_US_PER_S);
}

/** One account, and then there is time. */
static sl_status
take_one_and_stay(void *ctx, const struct sl_room *room, struct sl_work *out,
		  size_t *count, int64_t *wait_us, struct sl_error *err)
{
	int *calls = ctx;

	(void)room, (void)err;
	out[0] = (struct sl_work){
		.target = { .provider = "toy", .account = "ana" },
		.trigger = "schedule",
		.run_id = BENCH_USER,
		.fence = 1,
		.lane = SL_LANE_CHANGES,
	};
	*count = *calls == 0;
	*wait_us = ++*calls < 3 ? 10 * SL_US_PER_S : -1;
	return SL_OK;
}

static void
what_could_not_be_told_is_told_later(void **state)
{
	struct bench *b = *state;
	int calls = 0;

	b->config.patience_us = 10 * SL_US_PER_S;
	b->store.block_fails = 2;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	b->net.answer = all_slow_down;
	bench_serve_feed(b, &(struct sl_feed){ .take = take_one_and_stay,
					       .ctx = &calls });
	assert_string_equal(b->report_status, "failed");
	assert_int_equal(b->store.quota_blocks, 1);
	assert_in_range(b->store.quota_block_us, 80 * SL_US_PER_S,
			89 * SL_US_PER_S);
}

static void
who_paces_nothing_asks_for_nothing(void **state)
{
	struct bench *b = *state;

	b->config.quota = false;
	b->scenario = 20;
	fake_store_stream(&b->store, "items", "k", NULL);
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->store.quota_asks, 0);
}

static void
a_stop_ends_who_waits_for_a_chunk(void **state)
{
	struct bench *b = *state;

	b->scenario = 20;
	b->store.quota_others = 6;
	b->config.max_time_us = 30 * SL_US_PER_S;
	fake_store_stream(&b->store, "items", "a", "{\"after\":\"p2\"}");
	fake_store_stream(&b->store, "items", "b", "{\"after\":\"p2\"}");
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "handed-back");
	assert_int_equal(b->report.duration_us, 30 * SL_US_PER_S);
	assert_int_equal(b->net.submitted, 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, bench_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(chunks_are_few_and_small_at_first),
		T(a_quota_changes_when_its_day_has_come),
		T(no_minute_has_more_than_its_quota),
		T(walks_leave_some_to_changes),
		T(changes_may_take_all),
		T(a_database_that_is_away_is_asked_again),
		T(a_run_with_a_lane_does_not_wait_for_the_next_minute),
		T(no_run_begins_that_would_step_aside),
		T(what_the_provider_tells_one_all_are_told),
		T(an_account_is_paced_as_the_installation_says),
		T(what_could_not_be_told_is_told_later),
		T(who_paces_nothing_asks_for_nothing),
		T(a_stop_ends_who_waits_for_a_chunk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
