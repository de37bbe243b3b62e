/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The refresh of an access token: whose turn it is, who waits, what is stored
 * before it is used, and who is told when a grant is dead.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/engine_bench.h"
#include "tests/support/unit.h"

#define MINUTE_US (60 * SL_US_PER_S)

/* An access token that has run out, and one stream. */
static struct bench *
ran_out(void **state)
{
	struct bench *b = *state;

	b->store.account.grant.access_expires_us = BENCH_NOW_US;
	fake_transport_delay(&b->net, SL_US_PER_S / 100);
	fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}");
	return b;
}

static void
good(void *ctx, const struct sl_request *request, struct sl_response *response)
{
	if (!bench_token_call(ctx, request, response))
		bench_two_pages(ctx, request, response);
}

static void
other_has_stored(struct fake_store *s)
{
	s->account.grant.version++;
	s->account.grant.access_expires_us = BENCH_NOW_US + 60 * MINUTE_US;
}

static void
who_finds_another_at_it_waits_and_takes_what_was_stored(void **state)
{
	struct bench *b = ran_out(state);

	b->store.others_lease = 5;
	b->store.after_other = other_has_stored;
	b->net.answer = good;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->tokens_asked, 0);
	assert_int_equal(b->net.submitted, 1);
	assert_int_equal(b->store.leases, 6);
	assert_int_equal(b->store.saved_tokens, 0);
	assert_true(b->clock.mono_us < 5 * SL_US_PER_S);
}

static void
who_finds_the_other_gone_refreshes(void **state)
{
	struct bench *b = ran_out(state);

	b->store.others_lease = 3; /* then the lease is free, nothing stored */
	b->net.answer = good;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->tokens_asked, 1);
	assert_int_equal(b->store.saved_tokens, 1);
	assert_false(b->store.leased);
}

static void
nobody_waits_for_ever(void **state)
{
	struct bench *b = ran_out(state);

	b->store.others_lease = -1;
	b->net.answer = good;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "failed");
	assert_int_equal(b->report_error.status, SL_RETRY);
	assert_int_equal(b->report_error.scope, SL_GRANT);
	assert_int_equal(b->net.submitted, 0);
	assert_in_range(b->clock.mono_us, MINUTE_US, 2 * MINUTE_US);
	assert_string_equal(b->store.end_integration, "");
	assert_int_equal(b->stops, 0);
	/* and asks no oftener than twice a second */
	assert_in_range(b->store.leases, 100, 150);
}

static void
other_stored_long_ago(struct fake_store *s)
{
	s->account.grant.version++;
}

static void
stored_tokens_that_ran_out_as_well_are_the_next_to_be_refreshed(void **state)
{
	struct bench *b = ran_out(state);

	b->store.others_lease = 2;
	b->store.after_other = other_stored_long_ago;
	b->net.answer = good;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->tokens_asked, 1);
	assert_int_equal(b->store.account.grant.version, 3);
}

static void
other_found_it_dead(struct fake_store *s)
{
	s->account.grant.status = "needs_reauth";
	s->account.grant.last_error = "connect again, because";
}

static void
a_grant_that_another_found_dead_makes_no_call_and_is_not_told_again(
	void **state)
{
	struct bench *b = ran_out(state);

	b->store.others_lease = 2;
	b->store.after_other = other_found_it_dead;
	b->net.answer = good;
	bench_run(b, "manual");
	assert_int_equal(b->net.submitted, 0);
	assert_int_equal(b->report_error.status, SL_REAUTH);
	assert_string_equal(b->report_error.text, "connect again, because");
	assert_int_equal(b->store.dead_grants, 0);
	assert_int_equal(b->stops, 0);
}

static void
refuse_refresh(void *ctx, const struct sl_request *request,
	       struct sl_response *response)
{
	struct bench *b = ctx;

	(void)request;
	b->tokens_asked++;
	fake_reply(response, 400,
		   "{\"error\":\"invalid_grant\",\"error_description\":"
		   "\"Token has been expired or revoked.\"}");
}

static void
a_dead_grant_is_told_once_for_each_account_that_lives_by_it(void **state)
{
	struct bench *b = ran_out(state);

	b->net.answer = refuse_refresh;
	bench_run(b, "manual");
	assert_int_equal(b->net.submitted, 1);
	assert_int_equal(b->store.dead_grants, 1);
	assert_int_equal(b->stops, 2);
	assert_string_equal(b->stop_texts[0], "toy: needs_reauth");
	assert_string_equal(b->stop_texts[1], "toy_mail: needs_reauth");
	assert_string_equal(b->store.death_text, b->report_error.text);
	assert_non_null(strstr(b->store.death_text,
			       "ana@example.com must be connected again: run "
			       "`sluice connect toy --user "));
	assert_non_null(strstr(b->store.death_text,
			       "invalid_grant: Token has been expired or "
			       "revoked."));
	assert_false(b->store.leased);
}

static void
an_end_that_was_known_is_named_as_the_likely_cause(void **state)
{
	struct bench *b = ran_out(state);

	b->store.account.connected_us = BENCH_NOW_US - 7 * SL_DAY_US;
	b->store.account.grant.refresh_expires_us = BENCH_NOW_US - SL_US_PER_S;
	b->net.answer = refuse_refresh;
	bench_run(b, "manual");
	assert_non_null(
		strstr(b->store.death_text, "most likely: it was for a week"));
}

static void
refuse_in_its_own_words(void *ctx, const struct sl_request *request,
			struct sl_response *response)
{
	const struct bench *b = ctx;

	(void)request;
	fake_reply(response, b->turn,
		   "{\"error\":\"invalid_request\",\"error_description\":"
		   "\"refresh token is invalid, expired or revoked\"}");
}

static void
a_provider_may_call_a_dead_grant_by_another_name(void **state)
{
	struct bench *b = ran_out(state);

	b->turn = 400;
	b->net.answer = refuse_in_its_own_words;
	bench_run(b, "manual");
	assert_int_equal(b->report_error.status, SL_REAUTH);
	assert_int_equal(b->store.dead_grants, 1);
}

static void
and_with_that_status_alone(void **state)
{
	struct bench *b = ran_out(state);

	b->turn = 401;
	b->net.answer = refuse_in_its_own_words;
	bench_run(b, "manual");
	assert_int_equal(b->report_error.status, SL_CONFIG);
	assert_int_equal(b->store.dead_grants, 0);
}

static void
an_operators_mistake(void *ctx, const struct sl_request *request,
		     struct sl_response *response)
{
	(void)ctx, (void)request;
	fake_reply(response, 401, "{\"error\":\"invalid_client\"}");
}

static void
an_operators_mistake_marks_no_user_and_holds_nobody_up(void **state)
{
	struct bench *b = ran_out(state);

	b->net.answer = an_operators_mistake;
	bench_run(b, "manual");
	assert_int_equal(b->report_error.status, SL_CONFIG);
	assert_int_equal(b->store.dead_grants, 0);
	assert_int_equal(b->stops, 0);
	assert_string_equal(b->store.end_integration, "");
	assert_int_equal(b->store.unleases, 1);
}

static void
down_then_good(void *ctx, const struct sl_request *request,
	       struct sl_response *response)
{
	struct bench *b = ctx;

	if (strstr(request->url, "/token") && b->turn++ < 3)
		fake_reply(response, 503, "{\"error\":\"internal_failure\"}");
	else
		good(ctx, request, response);
}

static void
a_passing_failure_is_tried_again_under_the_lease(void **state)
{
	struct bench *b = ran_out(state);

	b->net.answer = down_then_good;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->tokens_asked, 1);
	assert_int_equal(b->store.leases, 4);
	assert_int_equal(b->report.tally.retries, 3);
}

static void
down(void *ctx, const struct sl_request *request, struct sl_response *response)
{
	(void)ctx, (void)request;
	fake_reply(response, 503, "{}");
}

static void
an_endpoint_that_stays_down_kills_nothing_and_its_lease_runs_out(void **state)
{
	struct bench *b = ran_out(state);

	b->net.answer = down;
	bench_run(b, "manual");
	assert_int_equal(b->report_error.status, SL_RETRY);
	assert_int_equal(b->store.dead_grants, 0);
	assert_int_equal(b->net.submitted, sl_retry_default.max_attempts);
	/* whoever waits for it is not to ask at once */
	assert_int_equal(b->store.unleases, 0);
}

static void
a_database_that_is_away_for_a_moment_loses_no_token(void **state)
{
	struct bench *b = ran_out(state);

	b->store.lease_fails = 3;
	b->store.save_fails = 3;
	b->net.answer = good;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->tokens_asked, 1);
	assert_int_equal(b->store.saved_tokens, 1);
}

/* Tokens of one minute, each with the next refresh token. */
static void
minutes(void *ctx, const struct sl_request *request,
	struct sl_response *response)
{
	struct bench *b = ctx;
	char wanted[32], body[200];

	if (!strstr(request->url, "/token")) {
		b->turn++;
		fake_reply(response, 200,
			   b->turn < 6 ? "{\"items\":[],\"next\":\"p\","
					 "\"more\":true}"
				       : "{\"items\":[],\"next\":\"s\"}");
		return;
	}
	b->tokens_asked++;
	(void)snprintf(wanted, sizeof(wanted), "refresh_token=rt-%d",
		       b->tokens_asked);
	assert_non_null(strstr((const char *)request->form->bytes, wanted));
	(void)snprintf(body, sizeof(body),
		       "{\"access_token\":\"at\",\"refresh_token\":\"rt-%d\","
		       "\"expires_in\":60}",
		       b->tokens_asked + 1);
	fake_reply(response, 200, body);
}

static void
a_run_that_outlasts_its_tokens_refreshes_with_the_newest(void **state)
{
	struct bench *b = ran_out(state);

	fake_transport_delay(&b->net, 20 * SL_US_PER_S);
	b->net.answer = minutes;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_in_range(b->tokens_asked, 2, 4);
	assert_int_equal(b->store.saved_tokens, b->tokens_asked);
}

/* The first call with the new token comes after it was committed. */
static void
stored_first(void *ctx, const struct sl_request *request,
	     struct sl_response *response)
{
	struct bench *b = ctx;

	if (bench_token_call(b, request, response))
		return;
	assert_int_equal(b->store.saved_tokens, 1);
	bench_two_pages(ctx, request, response);
}

static void
new_tokens_are_stored_before_they_are_used(void **state)
{
	struct bench *b = ran_out(state);

	b->net.answer = stored_first;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->net.submitted, 2);
}

static void
stop_at_backoff(void *ctx, const struct sl_request *request,
		struct sl_response *response)
{
	struct bench *b = ctx;

	(void)request;
	fake_reply(response, 503, "{}");
	if (b->turn++ == 1)
		sl_engine_stop(b->engine);
}

static void
a_run_that_is_stopped_gives_the_lease_back(void **state)
{
	struct bench *b = ran_out(state);

	b->net.answer = stop_at_backoff;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "interrupted");
	assert_false(b->store.leased);
}

static void
an_end_that_is_near_is_warned_of(void **state)
{
	static const struct {
		int64_t left_days, checked_days; /* of consent, ago */
		int warnings;
	} rows[] = { { 30, 0, 0 },  { 15, 0, 0 },  { 13, 0, 1 }, { 0, 0, 1 },
		     { 30, 13, 0 }, { 30, 15, 1 }, { 30, 40, 1 } };

	(void)bench_teardown(state);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct bench *b;

		(void)bench_setup(state);
		b = *state;
		b->store.account.grant.refresh_expires_us =
			BENCH_NOW_US + rows[i].left_days * SL_DAY_US;
		fake_store_stream(&b->store, "items", "k", "{\"after\":\"p2\"}")
			->checked_us =
			BENCH_NOW_US - rows[i].checked_days * SL_DAY_US;
		b->net.answer = good;
		bench_run(b, "manual");
		assert_int_equal(b->store.warnings, rows[i].warnings);
		(void)bench_teardown(state);
	}
	(void)bench_setup(state);
}

#define T(f) cmocka_unit_test_setup_teardown(f, bench_setup, bench_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(who_finds_another_at_it_waits_and_takes_what_was_stored),
		T(who_finds_the_other_gone_refreshes),
		T(nobody_waits_for_ever),
		T(stored_tokens_that_ran_out_as_well_are_the_next_to_be_refreshed),
		T(a_grant_that_another_found_dead_makes_no_call_and_is_not_told_again),
		T(a_dead_grant_is_told_once_for_each_account_that_lives_by_it),
		T(an_end_that_was_known_is_named_as_the_likely_cause),
		T(a_provider_may_call_a_dead_grant_by_another_name),
		T(and_with_that_status_alone),
		T(an_operators_mistake_marks_no_user_and_holds_nobody_up),
		T(a_passing_failure_is_tried_again_under_the_lease),
		T(an_endpoint_that_stays_down_kills_nothing_and_its_lease_runs_out),
		T(a_database_that_is_away_for_a_moment_loses_no_token),
		T(a_run_that_outlasts_its_tokens_refreshes_with_the_newest),
		T(new_tokens_are_stored_before_they_are_used),
		T(a_run_that_is_stopped_gives_the_lease_back),
		T(an_end_that_is_near_is_warned_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
