/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's decisions: pages, retries, tokens, budget, sweeps, stop. What it
 * makes of answers that are no use is in test_answers.c.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/engine_bench.h"
#include "tests/support/unit.h"

static void
a_new_stream_is_walked_to_its_end(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = bench_two_pages;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_string_equal(b->report.mode, "full");
	assert_int_equal(b->store.commit_count, 2);
	assert_true(b->store.commits[0].starts_walk);
	assert_false(b->store.commits[0].walk_done);
	assert_string_equal(b->store.commits[0].cursor, "{\"after\":\"p2\"}");
	assert_false(b->store.commits[1].starts_walk);
	assert_true(b->store.commits[1].walk_done);
	assert_true(b->store.commits[1].rests);
	assert_int_equal(b->report.tally.created, 3);
	assert_int_equal(b->report.tally.requests, 2);
	assert_int_equal(b->store.written.requests, 2);
	assert_string_equal(b->store.end_integration, "");
}

static void
a_live_stream_asks_once_and_commits_once(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	b->net.answer = bench_two_pages;
	bench_run(b, "manual");
	assert_int_equal(b->net.submitted, 1);
	assert_int_equal(b->store.commit_count, 1);
	assert_false(b->store.commits[0].starts_walk);
	assert_string_equal(b->report.mode, "incremental");
}

struct reply_row {
	const char *why;
	int status; /* of every answer */
	const char *body;
	enum sl_net_failure failure;
	const char *run_status;
	sl_status class;
	int failed_streams;
	const char *integration;
};

static const struct reply_row reply_rows[] = {
	{ "5xx for ever: retried, then the stream waits", 500, "{}",
	  SL_NET_NONE, "failed", SL_RETRY, 1, "" },
	{ "403 hurts one stream", 403, "{}", SL_NET_NONE, "failed", SL_REJECTED,
	  1, "" },
	{ "an operator must act: the whole client", 503, "{}", SL_NET_NONE,
	  "failed", SL_CONFIG, 0, "" },
	{ "a portal's page is no answer", 200, "<html>", SL_NET_NONE, "failed",
	  SL_RETRY, 1, "" },
	{ "a cut document is no answer", 200, "{\"items\":[\"a\"", SL_NET_NONE,
	  "failed", SL_RETRY, 1, "" },
	{ "the network is cut", 0, "", SL_NET_CUT, "failed", SL_RETRY, 1, "" },
	{ "a certificate is wrong: no retry storm", 0, "", SL_NET_TLS, "failed",
	  SL_CONFIG, 0, "" },
	{ "401 again after a refresh", 401, "{}", SL_NET_NONE, "failed",
	  SL_REAUTH, 0, "needs_reauth" },
	{ "410 on a fresh walk too", 410, "{}", SL_NET_NONE, "failed",
	  SL_RESYNC, 1, "" },
};

static void
same_for_ever(void *ctx, const struct sl_request *request,
	      struct sl_response *response)
{
	struct bench *b = ctx;
	const struct reply_row *row = &reply_rows[b->scenario];

	if (bench_token_call(b, request, response))
		return;
	fake_reply(response, row->status, row->body);
	response->failure = row->failure;
}

static void
trouble_leaves_the_cursor_and_names_its_remedy(void **state)
{
	(void)bench_teardown(state); /* each row has a bench of its own */
	for (size_t i = 0; i < SL_ARRAY_LEN(reply_rows); i++) {
		const struct reply_row *row = &reply_rows[i];
		struct bench *b;

		(void)bench_setup(state);
		b = *state;
		b->scenario = (int)i;
		fake_store_stream(&b->store, "items", "k",
				  "{\"after\":\"p2\"}");
		b->net.answer = same_for_ever;
		bench_run(b, "manual");
		print_message("  %s\n", row->why);
		assert_int_equal(b->store.commit_count, 0);
		assert_string_equal(b->report_status, row->run_status);
		assert_int_equal(b->report_error.status, row->class);
		assert_int_equal(b->store.failed_streams, row->failed_streams);
		assert_string_equal(b->store.end_integration, row->integration);
		assert_true(b->net.submitted <= 14);
		(void)bench_teardown(state);
	}
	(void)bench_setup(state);
}

static void
a_429_waits_as_long_as_it_says(void **state)
{
	struct bench *b = *state;

	b->scenario = 429;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	b->net.answer = bench_once_then_good;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->report.tally.retries, 1);
	assert_true(b->clock.mono_us >= 30 * SL_US_PER_S);
}

static void
a_401_refreshes_once_and_repeats_the_request(void **state)
{
	struct bench *b = *state;

	b->scenario = 401;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	b->net.answer = bench_once_then_good;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->tokens_asked, 1);
	assert_int_equal(b->store.saved_tokens, 1);
	assert_int_equal(b->store.commit_count, 1);
}

static void
an_expiring_token_is_refreshed_before_the_first_call(void **state)
{
	struct bench *b = *state;

	b->store.account.grant.access_expires_us = BENCH_NOW_US + SL_US_PER_S;
	b->turn = 1;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	b->net.answer = bench_once_then_good;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->tokens_asked, 1);
	assert_int_equal(b->net.submitted, 2);
}

static void
dead_grant(void *ctx, const struct sl_request *request,
	   struct sl_response *response)
{
	(void)ctx, (void)request;
	fake_reply(response, 400, "{\"error\":\"invalid_grant\"}");
}

static void
a_dead_grant_stops_all_calls_and_is_told_once(void **state)
{
	struct bench *b = *state;

	b->store.account.grant.access_expires_us = BENCH_NOW_US;
	fake_store_stream(&b->store, "items", "a", "{\"after\":\"p2\"}");
	fake_store_stream(&b->store, "items", "b", "{\"after\":\"p2\"}");
	b->net.answer = dead_grant;
	bench_run(b, "manual");
	assert_int_equal(b->net.submitted, 1);
	assert_int_equal(b->store.dead_grants, 1);
	assert_int_equal(b->report_error.status, SL_REAUTH);
	assert_string_equal(b->store.end_integration, "");
}

static void
a_turn_knows_when_it_last_rested_and_who_consented(void **state)
{
	struct bench *b = *state;
	struct sl_stream_row *row = fake_store_stream(&b->store, "items", "k",
						      "{\"after\":\"end\"}");

	row->checked_us = BENCH_NOW_US - 5;
	b->store.account.connected_us = BENCH_NOW_US - 7;
	b->net.answer = bench_two_pages;
	bench_run(b, "manual");
	assert_true(bench_last_checked_us == BENCH_NOW_US - 5);
	assert_true(bench_last_connected_us == BENCH_NOW_US - 7);
}

static void
bodies_wait_for_the_budget_and_all_arrive(void **state)
{
	static const char *const keys[] = { "a", "b", "c", "d", "e", "f" };
	struct bench *b = *state;

	b->config.body_budget = 1024 * 1024; /* one body at a time */
	for (size_t i = 0; i < SL_ARRAY_LEN(keys); i++)
		fake_store_stream(&b->store, "items", keys[i], NULL);
	b->net.answer = bench_two_pages;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->report.tally.created, 18);
}

static void
sample_is_gone(void *ctx, const struct sl_request *request,
	       struct sl_response *response)
{
	if (strstr(request->url, "/item/sample"))
		fake_reply(response, 404, "{}");
	else
		bench_two_pages(ctx, request, response);
}

static void
the_breaker_reads_its_samples_before_it_sweeps(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", NULL);
	b->store.sweep_answers[0] = SL_SWEEP_ASKS;
	b->store.sweep_answers[1] = SL_SWEPT;
	b->net.answer = sample_is_gone;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->store.sweeps, 2);
	assert_int_equal(b->store.commit_count, 3);
	assert_string_equal(b->store.commits[2].answered, "sample");
	assert_int_equal(b->store.commits[2].tombstones, 1);
}

static void
a_lost_lease_drops_everything(void **state)
{
	struct bench *b = *state;

	b->store.commit_fails = SL_LOST;
	b->store.commit_fail_times = 1;
	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = bench_two_pages;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "failed");
	assert_int_equal(b->report_error.status, SL_LOST);
	assert_int_equal(b->store.commit_count, 0);
}

static void
a_database_away_for_a_moment_is_ridden_out(void **state)
{
	struct bench *b = *state;

	b->store.commit_fails = SL_RETRY;
	b->store.commit_fail_times = 1;
	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = bench_two_pages;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->report.tally.created, 3);
}

static void
a_busy_integration_is_skipped_when_asked_to(void **state)
{
	struct bench *b = *state;

	b->store.busy = true;
	b->net.answer = bench_two_pages;
	bench_run(b, "schedule");
	assert_string_equal(b->report_status, "busy");
	assert_int_equal(b->net.submitted, 0);
	assert_int_equal(b->store.finishes, 0);
}

struct pages_row {
	const char *why;
	int pages_max;
	int sample; /* the breaker asks for one */
	size_t commits;
	int submitted, sweeps;
	bool limited;
};

static const struct pages_row pages_rows[] = {
	{ "no limit", 0, 0, 4, 4, 0, false },
	{ "two streams share the pages", 3, 0, 3, 3, 0, true },
	{ "just enough is no limit", 4, 0, 4, 4, 0, false },
	{ "a walk cut short is not swept", 1, 1, 1, 1, 0, true },
	{ "samples are pages, too", 2, 1, 2, 2, 1, true },
	{ "and are read if there are some left", 3, 1, 3, 3, 2, false },
};

static void
a_run_ends_when_it_has_had_its_pages(void **state)
{
	(void)bench_teardown(state); /* each row has a bench of its own */
	for (size_t i = 0; i < SL_ARRAY_LEN(pages_rows); i++) {
		const struct pages_row *row = &pages_rows[i];
		struct bench *b;

		(void)bench_setup(state);
		b = *state;
		b->config.pages_max = row->pages_max;
		b->config.streams_at_once = 1;
		fake_store_stream(&b->store, "items", "k", NULL);
		if (row->sample)
			b->store.sweep_answers[0] = SL_SWEEP_ASKS;
		else
			fake_store_stream(&b->store, "items", "l", NULL);
		b->net.answer = sample_is_gone;
		bench_run(b, "manual");
		CHECK(row->why, strcmp(b->report_status, "ok") == 0);
		CHECK(row->why, b->report.limited == row->limited);
		CHECK(row->why, b->store.commit_count == row->commits);
		CHECK(row->why, b->net.submitted == row->submitted);
		CHECK(row->why, b->store.sweeps == row->sweeps);
		CHECK(row->why, b->store.failed_streams == 0);
		(void)bench_teardown(state);
	}
	(void)bench_setup(state);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_new_stream_is_walked_to_its_end),
		T(a_live_stream_asks_once_and_commits_once),
		T(trouble_leaves_the_cursor_and_names_its_remedy),
		T(a_429_waits_as_long_as_it_says),
		T(a_401_refreshes_once_and_repeats_the_request),
		T(an_expiring_token_is_refreshed_before_the_first_call),
		T(a_dead_grant_stops_all_calls_and_is_told_once),
		T(a_turn_knows_when_it_last_rested_and_who_consented),
		T(bodies_wait_for_the_budget_and_all_arrive),
		T(the_breaker_reads_its_samples_before_it_sweeps),
		T(a_lost_lease_drops_everything),
		T(a_database_away_for_a_moment_is_ridden_out),
		T(a_busy_integration_is_skipped_when_asked_to),
		T(a_run_ends_when_it_has_had_its_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
