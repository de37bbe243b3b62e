/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers that are no use: refused cursors, pages that lead nowhere, too large
 * or no JSON, refusals of one list.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/engine_bench.h"
#include "tests/support/unit.h"

static void
a_refused_cursor_walks_that_stream_again(void **state)
{
	struct bench *b = *state;

	b->scenario = 410;
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"old\"}");
	b->net.answer = bench_once_then_good;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_true(b->store.commits[0].starts_walk);
	assert_true(b->store.commits[0].resynced);
	assert_true(b->store.commits[1].walk_done);
}

static void
a_cursor_refused_again_and_again_stops_the_stream(void **state)
{
	struct bench *b = *state;
	struct sl_stream_row *row;

	b->scenario = 410;
	row = fake_store_stream(&b->store, "items", "k", "{\"after\":\"old\"}");
	row->resyncs = SL_RESYNCS_MAX;
	row->walk_started_us = BENCH_NOW_US - SL_US_PER_S;
	b->net.answer = bench_once_then_good;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "failed");
	assert_int_equal(b->store.commit_count, 0);
}

static void
a_cursor_that_grew_old_long_after_its_walk_is_walked_again(void **state)
{
	struct bench *b = *state;
	struct sl_stream_row *row;

	b->scenario = 410;
	row = fake_store_stream(&b->store, "items", "k", "{\"after\":\"old\"}");
	row->resyncs = SL_RESYNCS_MAX;
	row->walk_started_us = BENCH_NOW_US - 30 * 86400 * SL_US_PER_S;
	b->net.answer = bench_once_then_good;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_true(b->store.commits[0].resynced);
}

static void
looping(void *ctx, const struct sl_request *request,
	struct sl_response *response)
{
	struct bench *b = ctx;
	char body[128];

	(void)request;
	if (b->scenario == 0) /* A, B, A, B, ... */
		(void)snprintf(body, sizeof(body),
			       "{\"items\":[\"x\"],\"next\":"
			       "\"%c\",\"more\":true}",
			       "AB"[b->turn++ % 2]);
	else /* a new token for ever: on empty pages, or on one and the same */
		(void)snprintf(
			body, sizeof(body),
			"{\"items\":[%s],\"next\":\"t%d\",\"more\":true}",
			b->scenario == 1 ? "" : "\"a\",\"b\"", b->turn++);
	fake_reply(response, 200, body);
}

static void
page_loops_end(void **state)
{
	(void)bench_teardown(state);
	for (int scenario = 0; scenario < 3; scenario++) {
		struct bench *b;

		(void)bench_setup(state);
		b = *state;
		b->scenario = scenario;
		fake_store_stream(&b->store, "items", "k", NULL);
		b->net.answer = looping;
		bench_run(b, "manual");
		assert_string_equal(b->report_status, "failed");
		assert_non_null(strstr(b->report_error.text, "page loop"));
		assert_true(b->store.commit_count <= SL_STALE_PAGES_MAX + 2);
		(void)bench_teardown(state);
	}
	(void)bench_setup(state);
}

static void
too_large_until_shrunk(void *ctx, const struct sl_request *request,
		       struct sl_response *response)
{
	if (bench_last_shrink < 2) {
		response->failure = SL_NET_TOO_LARGE;
		return;
	}
	bench_two_pages(ctx, request, response);
}

static void
a_too_large_page_is_asked_for_in_halves(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	b->net.answer = too_large_until_shrunk;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->net.submitted, 3);
}

static void
no_json_until_shrunk(void *ctx, const struct sl_request *request,
		     struct sl_response *response)
{
	if (bench_last_shrink < 3) {
		fake_reply(response, 200, " {\"items\":[\"a\",nil,\"c\"]}\n");
		return;
	}
	bench_two_pages(ctx, request, response);
}

static void
a_page_that_is_no_json_twice_is_asked_for_in_halves(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	b->net.answer = no_json_until_shrunk;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	/* whole twice, then three halvings */
	assert_int_equal(b->net.submitted, 5);
}

static void
never_json(void *ctx, const struct sl_request *request,
	   struct sl_response *response)
{
	if (!bench_token_call(ctx, request, response))
		fake_reply(response, 200, "{\"items\":[nil]}");
}

static void
a_provider_without_any_json_is_left_alone(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	b->net.answer = never_json;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "failed");
	assert_int_equal(b->store.commit_count, 0);
	assert_int_equal(b->store.failed_streams, 1);
	assert_true(b->net.submitted <= SL_SHRINK_MAX + 2);
}

static void
one_stream_forbidden(void *ctx, const struct sl_request *request,
		     struct sl_response *response)
{
	if (strstr(request->url, "/items/bad"))
		fake_reply(response, 403, "{}");
	else
		bench_two_pages(ctx, request, response);
}

static void
one_bad_stream_does_not_hurt_the_others(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "list", "", "{\"after\":\"p2\"}");
	fake_store_stream(&b->store, "items", "bad", "{\"after\":\"p2\"}");
	fake_store_stream(&b->store, "items", "good", NULL);
	b->net.answer = one_stream_forbidden;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "partial");
	assert_int_equal(b->store.failed_streams, 1);
	assert_int_equal(b->report.tally.created, 1 + 3);
	assert_string_equal(b->store.commits[0].key, "");
}

/* The second page is a refusal. */
static void
second_page_is_404(void *ctx, const struct sl_request *request,
		   struct sl_response *response)
{
	if (strstr(request->url, "after="))
		fake_reply(response, 404, "no more");
	else
		bench_two_pages(ctx, request, response);
}

static void
a_refusal_ends_a_listing_that_hears_of_it(void **state)
{
	struct bench *b = *state;

	bench_tells_refused = true;
	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = second_page_is_404;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->report.tally.created, 2);
	assert_int_equal(b->store.commit_count, 2);
	assert_true(b->store.commits[1].walk_done);
}

static void
another_listing_fails_by_it(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "items", "k", NULL);
	b->net.answer = second_page_is_404;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "failed");
	assert_int_equal(b->store.failed_streams, 1);
	assert_int_equal(b->store.commit_count, 1);
	assert_false(b->store.commits[0].walk_done);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_refused_cursor_walks_that_stream_again),
		T(a_cursor_refused_again_and_again_stops_the_stream),
		T(a_cursor_that_grew_old_long_after_its_walk_is_walked_again),
		T(page_loops_end),
		T(a_too_large_page_is_asked_for_in_halves),
		T(a_page_that_is_no_json_twice_is_asked_for_in_halves),
		T(a_provider_without_any_json_is_left_alone),
		T(one_bad_stream_does_not_hurt_the_others),
		T(a_refusal_ends_a_listing_that_hears_of_it),
		T(another_listing_fails_by_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
