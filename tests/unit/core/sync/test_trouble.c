/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A provider in trouble: with one item, with all of them, with us.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include "tests/support/mail_bench.h"
#include "tests/support/unit.h"

#define PENALTY_US (30 * SL_US_PER_S)
#define LATENCY_US 100000

/* The 20th request is one too many, and the provider says how long; scenario:
 * requests that left before that. */
static void
too_many_until(void *ctx, const struct sl_request *request,
	       struct sl_response *response)
{
	static int64_t told_us;
	struct bench *b = ctx;
	int64_t now = b->clock.mono_us;

	if (++b->turn == 20) {
		told_us = now;
		fake_reply(response, 429, "{}");
		response->retry_after_ms = PENALTY_US / 1000;
		return;
	}
	if (b->turn > 20 && now > told_us + LATENCY_US &&
	    now < told_us + PENALTY_US)
		b->scenario++;
	mail_plain(ctx, request, response);
}

static void
nobody_asks_before_a_deadline(void **state)
{
	static const bool quotas[] = { false, true };

	(void)bench_teardown(state);
	for (size_t i = 0; i < SL_ARRAY_LEN(quotas); i++) {
		struct bench *b;

		(void)mail_setup(state);
		b = *state;
		b->config.quota = quotas[i];
		mail_wants(b, 80, 1);
		fake_store_stream(&b->store, "changes", "", "{\"at\":\"h1\"}")
			->pending = mail_wanted(b, 80, 1);
		b->net.answer = too_many_until;
		bench_run(b, "manual");
		assert_string_equal(b->report_status, "ok");
		assert_int_equal(mail_answered(b), 160);
		assert_int_equal(b->scenario, 0);
		(void)bench_teardown(state);
	}
	(void)mail_setup(state);
}

static void
one_fails_for_ever(void *ctx, const struct sl_request *request,
		   struct sl_response *response)
{
	if (strstr(request->url, "/message/w3"))
		fake_reply(response, 500, "{}");
	else
		mail_plain(ctx, request, response);
}

static size_t
rejected_of(const struct bench *b)
{
	size_t sum = 0;

	for (size_t i = 0; i < b->store.commit_count; i++)
		sum += b->store.commits[i].rejected;
	return sum;
}

static void
one_that_fails_for_ever_holds_no_other(void **state)
{
	struct bench *b = *state;

	mail_wants(b, 30, 1);
	b->net.answer = one_fails_for_ever;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(mail_answered(b), 30);
	assert_int_equal(rejected_of(b), 1);
	assert_int_equal(b->net.submitted, 29 + 6);
}

/* 10 pages; in each the message m?-7 answers 500. */
static void
one_a_page_fails(void *ctx, const struct sl_request *request,
		 struct sl_response *response)
{
	int page = mail_number(request, "page=");

	if (page >= 0)
		mail_list_page(response, page, 10, 70, 1);
	else if (strstr(request->url, "-7"))
		fake_reply(response, 500, "{}");
	else
		mail_plain(ctx, request, response);
}

static void
a_walk_goes_on_past_those_that_fail(void **state)
{
	static const bool quotas[] = { false, true };

	(void)bench_teardown(state);
	for (size_t i = 0; i < SL_ARRAY_LEN(quotas); i++) {
		struct bench *b;

		(void)mail_setup(state);
		b = *state;
		b->config.quota = quotas[i]; /* flights are cut before then */
		fake_store_stream(&b->store, "backfill", "", NULL);
		b->net.answer = one_a_page_fails;
		bench_run(b, "manual");
		assert_string_equal(b->report_status, "ok");
		assert_int_equal(mail_answered(b), 700);
		assert_int_equal(rejected_of(b), 10);
		assert_int_equal(b->store.failed_streams, 0);
		(void)bench_teardown(state);
	}
	(void)mail_setup(state);
}

/* scenario: so many answers are good, then the provider is down. */
static void
down_later(void *ctx, const struct sl_request *request,
	   struct sl_response *response)
{
	struct bench *b = ctx;

	if (++b->turn > b->scenario)
		fake_reply(response, 500, "{}");
	else
		mail_plain(ctx, request, response);
}

static void
an_outage_is_no_trouble_of_items(void **state)
{
	static const int good[] = { 0, 1, 20, 29 };

	(void)bench_teardown(state);
	for (size_t i = 0; i < SL_ARRAY_LEN(good); i++) {
		struct bench *b;

		(void)mail_setup(state);
		b = *state;
		b->scenario = good[i];
		mail_wants(b, 30, 1);
		b->store.rows[0].failures = 5;
		b->net.answer = down_later;
		bench_run(b, "manual");
		assert_string_equal(b->report_status, "failed");
		assert_int_equal(mail_answered(b), good[i]);
		assert_int_equal(rejected_of(b), 0);
		assert_int_equal(b->store.failed_streams, 1);
		(void)bench_teardown(state);
	}
	(void)mail_setup(state);
}

static void
messages_fail(void *ctx, const struct sl_request *request,
	      struct sl_response *response)
{
	if (strstr(request->url, "/message/"))
		fake_reply(response, 500, "{}");
	else
		mail_plain(ctx, request, response);
}

/* The only one that is wanted: does the provider answer anything else? */
static void
one_alone_that_fails_is_told_from_an_outage(void **state)
{
	static const struct {
		const char *why, *stream;
		int failures;
		const char *status;
		size_t rejected;
	} rows[] = {
		{ "the history is answered", "changes", 0, "ok", 1 },
		{ "nothing is left to list: it may pass", "backfill", 0,
		  "partial", 0 },
		{ "for the third time", "backfill", 2, "ok", 1 },
	};

	(void)bench_teardown(state);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_stream_row *row;
		struct bench *b;

		(void)mail_setup(state);
		b = *state;
		mail_wants(b, 0, 1);
		fake_store_stream(&b->store, "changes", "", "{\"at\":\"h1\"}");
		row = &b->store.rows[strcmp(rows[i].stream, "changes") == 0];
		row->pending = mail_wanted(b, 1, 1);
		row->failures = rows[i].failures;
		b->net.answer = messages_fail;
		bench_run(b, "manual");
		CHECK(rows[i].why,
		      strcmp(b->report_status, rows[i].status) == 0);
		CHECK(rows[i].why, rejected_of(b) == rows[i].rejected);
		(void)bench_teardown(state);
	}
	(void)mail_setup(state);
}

/* The second look at the history finds it locked for an hour; scenario: good
 * answers. */
static void
locked_later(void *ctx, const struct sl_request *request,
	     struct sl_response *response)
{
	struct bench *b = ctx;

	if (strstr(request->url, "/history") && ++b->looks == 2) {
		fake_reply(response, 429, "{}");
		response->retry_after_ms = 3600000;
		return;
	}
	b->scenario += strstr(request->url, "/message/") != NULL;
	mail_plain(ctx, request, response);
}

static void
what_one_stream_had_read_when_another_met_a_lock_is_kept(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "changes", "", "{\"at\":\"h1\"}");
	mail_wants(b, 1000, 1);
	b->store.account.interval_us = 20 * SL_US_PER_S;
	b->net.answer = locked_later;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "failed");
	assert_in_range(b->scenario, 650, 800);
	assert_int_equal(mail_answered(b), b->scenario);
}

#define T(f) cmocka_unit_test_setup_teardown(f, mail_setup, bench_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(nobody_asks_before_a_deadline),
		T(one_that_fails_for_ever_holds_no_other),
		T(a_walk_goes_on_past_those_that_fail),
		T(an_outage_is_no_trouble_of_items),
		T(one_alone_that_fails_is_told_from_an_outage),
		T(what_one_stream_had_read_when_another_met_a_lock_is_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
