/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams that follow changes: no walk, a walk of another stream that they ask
 * for, polling in long runs; and erasing before all else.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/mail_bench.h"
#include "tests/support/unit.h"

#define INTERVAL_US (300 * SL_US_PER_S)

static void
two_pages(void *ctx, const struct sl_request *request,
	  struct sl_response *response)
{
	struct bench *b = ctx;

	b->turn++;
	if (strstr(request->url, "/list"))
		mail_list_page(response, mail_number(request, "page="), 2, 6,
			       3);
	else
		assert_true(mail_plain_call(request, response));
}

static const struct fake_commit *
first_of(const struct bench *b, const char *kind)
{
	size_t i = 0;

	while (i < b->store.commit_count &&
	       strcmp(b->store.commits[i].kind, kind) != 0)
		i++;
	assert_true(i < b->store.commit_count);
	return &b->store.commits[i];
}

static size_t
walks(const struct bench *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->store.commit_count; i++)
		n += b->store.commits[i].starts_walk;
	return n;
}

static size_t
ends_of_walks(const struct bench *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->store.commit_count; i++)
		n += b->store.commits[i].walk_done;
	return n;
}

static void
a_new_mailbox_takes_its_position_and_walks_the_other(void **state)
{
	struct bench *b = *state;
	const struct fake_commit *c;

	fake_store_stream(&b->store, "changes", "", NULL);
	b->net.answer = two_pages;
	bench_run(b, "connect");
	assert_string_equal(b->report_status, "ok");
	c = first_of(b, "changes");
	assert_ptr_equal(c, &b->store.commits[0]);
	assert_true(c->follows && c->begins);
	assert_false(c->starts_walk || c->walk_done || c->resynced);
	assert_string_equal(c->cursor, "{\"at\":\"h0\"}");
	assert_false(b->store.commits[1].begins);
	assert_true(first_of(b, "backfill")->starts_walk);
	assert_false(first_of(b, "backfill")->follows);
	assert_int_equal(walks(b), 1);
	assert_int_equal(ends_of_walks(b), 1);
	/* profile, labels, sendas; history; 2 lists and 2 threads of each */
	assert_int_equal(b->net.submitted, 3 + 1 + 2 + 4);
}

static void
the_parts_of_a_listing_find_room_together(void **state)
{
	struct bench *b = *state;

	b->config.body_budget = 100000; /* of one, not of two */
	fake_store_stream(&b->store, "changes", "a", NULL);
	fake_store_stream(&b->store, "changes", "b", NULL);
	fake_store_stream(&b->store, "changes", "c", NULL);
	b->net.answer = two_pages;
	bench_run(b, "connect");
	assert_string_equal(b->report_status, "ok");
	assert_true(b->net.reserved_max <= b->config.body_budget);
}

static void
all_is_known(struct bench *b)
{
	struct sl_stream_row *row;

	row = fake_store_stream(&b->store, "changes", "", "{\"at\":\"h1\"}");
	row->walk_started_us = BENCH_NOW_US - INT64_C(900) * SL_US_PER_S;
	row = fake_store_stream(&b->store, "backfill", "", "{\"at\":\"done\"}");
	row->walk_started_us = BENCH_NOW_US - INT64_C(900) * SL_US_PER_S;
	b->net.answer = two_pages;
}

static void
nothing_new_costs_one_request(void **state)
{
	struct bench *b = *state;

	all_is_known(b);
	b->store.account.interval_us = INTERVAL_US;
	bench_run(b, "schedule");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->net.submitted, 1);
	assert_int_equal(b->store.commit_count, 1);
	assert_false(b->store.commits[0].begins);
	assert_int_equal(b->report.duration_us, 100000);
}

static void
changed_options_and_a_resync_leave_its_position(void **state)
{
	struct bench *b = *state;

	all_is_known(b);
	b->store.rows[0].fingerprint = "other";
	b->store.rows[1].fingerprint = "other";
	b->store.account.resync = true;
	b->store.account.resync_no = 1;
	bench_run(b, "resync");
	assert_string_equal(b->report_status, "ok");
	assert_false(first_of(b, "changes")->begins);
	assert_true(first_of(b, "backfill")->starts_walk);
	assert_int_equal(walks(b), 1);
	assert_true(b->store.end_resync_done);
}

/* The history expired: once, or for ever (scenario). */
static void
expired(void *ctx, const struct sl_request *request,
	struct sl_response *response)
{
	struct bench *b = ctx;

	if (strstr(request->url, "/history") && b->scenario-- > 0)
		fake_reply(response, 404, "{}");
	else
		two_pages(ctx, request, response);
}

static void
an_expired_position_is_taken_anew_and_the_other_walks(void **state)
{
	struct bench *b = *state;
	const struct fake_commit *c;

	all_is_known(b);
	b->scenario = 1;
	b->store.rows[0].pending = mail_wanted(b, 2, 1);
	b->store.rows[0].walk_started_us = SL_NO_TIME;
	b->net.answer = expired;
	bench_run(b, "schedule");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->store.commits[0].answered_count, 2);
	c = &b->store.commits[1];
	assert_true(c->begins && c->resynced);
	assert_int_equal(walks(b), 1);
	assert_int_equal(ends_of_walks(b), 1);
}

static void
what_it_wanted_is_read_after_it_began_anew(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "changes", "", NULL)->pending =
		mail_wanted(b, 2, 1);
	b->net.answer = two_pages;
	bench_run(b, "schedule");
	assert_string_equal(b->report_status, "ok");
	assert_true(b->store.commits[0].begins);
	assert_int_equal(b->store.commits[0].answered_count, 0);
	assert_string_equal(b->store.commits[0].cursor, "{\"at\":\"h0\"}");
}

/* Each position names an item, so that pages come between the refusals. */
static void
expired_with_items(void *ctx, const struct sl_request *request,
		   struct sl_response *response)
{
	if (strstr(request->url, "/profile"))
		fake_reply(response, 200, "{\"ids\":[\"x\"]}");
	else
		expired(ctx, request, response);
}

static void
pages_of_items_hide_no_circle(void **state)
{
	struct bench *b = *state;

	all_is_known(b);
	b->scenario = 1000;
	b->net.answer = expired_with_items;
	bench_run(b, "schedule");
	assert_string_equal(b->report_status, "partial");
	assert_true(b->net.submitted < 60);
}

static void
a_position_refused_again_and_again_stops_the_stream(void **state)
{
	struct bench *b = *state;

	all_is_known(b);
	b->scenario = 1000;
	b->net.answer = expired;
	bench_run(b, "schedule");
	assert_string_equal(b->report_status, "partial");
	assert_int_equal(b->store.failed_streams, 1);
	assert_true(b->net.submitted < 40);
}

/* Six pages of 400 messages: 4 in 100 ms, ten seconds a page. The look at the
 * history of number `scenario` finds it expired. */
static void
six_pages(void *ctx, const struct sl_request *request,
	  struct sl_response *response)
{
	struct bench *b = ctx;
	int page = mail_number(request, "page=");

	b->turn += page >= 0;
	if (strstr(request->url, "/history") && ++b->looks == b->scenario)
		fake_reply(response, 404, "{}");
	else if (page >= 0)
		mail_list_page(response, page, 6, 400, 1);
	else
		assert_true(mail_plain_call(request, response));
}

static void
a_walk_begins_after_the_position_that_it_serves(void **state)
{
	struct bench *b = *state;

	fake_store_stream(&b->store, "changes", "", "{\"at\":\"h1\"}");
	fake_store_stream(&b->store, "backfill", "", NULL);
	b->store.account.interval_us = 20 * SL_US_PER_S;
	b->scenario = 1; /* before the walk began: it does */
	b->net.answer = six_pages;
	bench_run(b, "schedule");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(walks(b), 1);
	assert_int_equal(ends_of_walks(b), 1);
	assert_int_equal(b->turn, 6);
	assert_in_range(b->looks, 4, 6);
}

static void
a_walk_that_is_asked_for_meanwhile_is_not_lost(void **state)
{
	struct bench *b = *state;
	size_t done = 0;

	fake_store_stream(&b->store, "changes", "", "{\"at\":\"h1\"}")
		->walk_started_us = BENCH_NOW_US - SL_US_PER_S;
	fake_store_stream(&b->store, "backfill", "", NULL);
	b->store.account.interval_us = 20 * SL_US_PER_S;
	b->scenario = 2;
	b->net.answer = six_pages;
	bench_run(b, "schedule");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(walks(b), 2);
	assert_int_equal(ends_of_walks(b), 1);
	for (size_t i = 0; i < b->store.commit_count; i++)
		done = b->store.commits[i].walk_done ? i : done;
	for (size_t i = done + 1; i < b->store.commit_count; i++)
		assert_false(b->store.commits[i].starts_walk);
	/* two pages of the first walk, at most three, and all of the second */
	assert_in_range(b->turn, 6 + 2, 6 + 3);
}

static void
a_walk_that_had_ended_is_begun_again(void **state)
{
	struct bench *b = *state;

	/* the second look comes while the items of `changes` are read */
	all_is_known(b);
	fake_store_stream(&b->store, "backfill", "slow", NULL);
	b->store.account.interval_us = 20 * SL_US_PER_S;
	b->scenario = 2;
	b->net.answer = six_pages;
	bench_run(b, "schedule");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(walks(b), 2); /* the slow one, and the one asked for */
	assert_int_equal(ends_of_walks(b), 2);
	assert_int_equal(b->report.streams, 3);
	assert_int_equal(b->turn, 12);
}

/* --- a backfill of a million ------------------------------------------------- */

#define MILLION   1000000
#define PAGE      500
#define THREAD    10
#define MAIL_US   (INT64_C(37) * SL_US_PER_S)
#define NEW_MAILS 100000

static struct {
	struct bench *bench;
	int64_t told;      /* new mails that a history named */
	int64_t latest_us; /* longest way of one into the store */
	int64_t stored, old, units;
	int64_t minute, minute_units, minute_max;
} box;

static void
spend(int units)
{
	int64_t minute = box.bench->clock.mono_us / (60 * SL_US_PER_S);

	box.units += units;
	if (minute != box.minute)
		box.minute_units = 0;
	box.minute = minute;
	box.minute_units += units;
	if (box.minute_units > box.minute_max)
		box.minute_max = box.minute_units;
}

/* New mail number n comes at (n + 1) * MAIL_US. */
static void
history(struct sl_response *response)
{
	int64_t now = box.bench->clock.mono_us;
	SL_AUTO_BUF body = { 0 };
	const char *comma = "";

	sl_buf_init(&body, 1 << 20);
	sl_buf_adds(&body, "{\"at\":\"h\",\"ids\":[");
	for (; (box.told + 1) * MAIL_US <= now; box.told++) {
		sl_buf_addf(&body, "%s\"new-%lld\"", comma,
			    (long long)box.told);
		comma = ",";
	}
	sl_buf_adds(&body, "]}");
	fake_reply(response, 200, sl_buf_text(&body));
}

static void
mailbox(void *ctx, const struct sl_request *request,
	struct sl_response *response)
{
	(void)ctx;
	if (strstr(request->url, "/history")) {
		spend(2);
		history(response);
		return;
	}
	if (strstr(request->url, "/list")) {
		spend(5);
		mail_list_page(response, mail_number(request, "page="),
			       MILLION / PAGE, PAGE, THREAD);
		return;
	}
	spend(strstr(request->url, "/thread/")    ? 40
	      : strstr(request->url, "/message/") ? 20
						  : 1);
	assert_true(mail_plain_call(request, response));
}

static void
on_commit(void *ctx, const struct sl_commit *c)
{
	int64_t now = box.bench->clock.mono_us;

	(void)ctx;
	for (const char *const *id = c->answered; *id; id++) {
		int64_t n = strncmp(*id, "new-", 4) == 0
				    ? strtoll(*id + 4, NULL, 10)
				    : -1;

		if (n < 0) {
			box.old++;
			continue;
		}
		box.stored++;
		if (now - (n + 1) * MAIL_US > box.latest_us)
			box.latest_us = now - (n + 1) * MAIL_US;
	}
}

static void
new_mail_comes_within_an_interval_through_a_backfill_of_a_million(void **state)
{
	struct bench *b = *state;
	int64_t hours;

	memset(&box, 0, sizeof(box));
	box.bench = b;
	b->config.quota = true;
	b->store.account.interval_us = INTERVAL_US;
	b->store.on_commit = on_commit;
	fake_store_stream(&b->store, "changes", "", NULL);
	b->net.answer = mailbox;
	bench_run(b, "connect");
	assert_string_equal(b->report_status, "ok");
	hours = b->report.duration_us / SL_US_PER_S / 3600;
	print_message("  %lld hours, %lld requests, %lld units, at most %lld a "
		      "minute, %lld new mails, the latest after %lld s\n",
		      (long long)hours, (long long)b->report.tally.requests,
		      (long long)box.units, (long long)box.minute_max,
		      (long long)box.stored,
		      (long long)(box.latest_us / SL_US_PER_S));
	assert_int_equal(box.old, MILLION);
	assert_true(hours >= 10);
	assert_true(box.stored >= hours * 3600 / 37 - 20);
	assert_true(box.latest_us <= INTERVAL_US);
	assert_true(box.minute_max <= 6000);
	assert_int_equal(b->net.airborne_max, 4);
	/* no round trip, no commit keeps it below what a burst leaves of the
	 * quota */
	assert_true(box.units * 60 * SL_US_PER_S >=
		    b->report.duration_us * 5650);
}

/* --- what may no longer be kept --------------------------------------------- */

static void
what_may_not_be_kept_goes_before_anything_is_asked(void **state)
{
	struct bench *b = *state;

	all_is_known(b);
	b->store.rows[0].fingerprint = "other";
	b->store.account.settings = "{\"content\":\"subject\"}";
	b->store.chunks = 3;
	bench_run(b, "schedule");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->store.erases, 3);
	assert_int_equal(b->store.erases_before, 3);
	assert_false(first_of(b, "changes")->begins);
}

static void
nothing_is_erased_without_a_reason(void **state)
{
	static const struct {
		const char *why, *settings, *fingerprint;
		bool enabled;
	} rows[] = {
		{ "the options are those of the stream", "subject", NULL,
		  true },
		{ "they forbid nothing", "full", "other", true },
		{ "a stream that is off has other ones", "subject", "other",
		  false },
	};

	(void)bench_teardown(state);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct bench *b;
		char settings[64];

		(void)mail_setup(state);
		b = *state;
		all_is_known(b);
		(void)snprintf(settings, sizeof(settings),
			       "{\"content\":\"%s\"}", rows[i].settings);
		b->store.account.settings = settings;
		b->store.rows[1].fingerprint = rows[i].fingerprint;
		b->store.rows[1].enabled = rows[i].enabled;
		bench_run(b, "schedule");
		CHECK(rows[i].why, strcmp(b->report_status, "ok") == 0);
		CHECK(rows[i].why, b->store.erases == 0);
		(void)bench_teardown(state);
	}
	(void)mail_setup(state);
}

static void
an_erasure_that_a_stop_interrupts_is_taken_up_again(void **state)
{
	struct bench *b = *state;

	all_is_known(b);
	b->store.rows[1].fingerprint = "other";
	b->store.account.settings = "{\"content\":\"subject\"}";
	b->store.chunks = 5;
	b->store.stop_at_chunk = 2;
	b->store.engine = &b->engine;
	bench_run(b, "schedule");
	assert_string_equal(b->report_status, "interrupted");
	assert_int_equal(b->store.erases, 2);
	assert_int_equal(b->store.commit_count, 0);
	assert_int_equal(b->net.submitted, 0);
	assert_int_equal(b->store.finishes, 1);
	sl_engine_free(&b->engine);
	b->store.erases = 0;
	b->store.stop_at_chunk = 0;
	bench_run(b, "schedule");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(b->store.erases_before, 2 + 5);
	assert_true(first_of(b, "backfill")->starts_walk);
}

#define T(f) cmocka_unit_test_setup_teardown(f, mail_setup, bench_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_new_mailbox_takes_its_position_and_walks_the_other),
		T(the_parts_of_a_listing_find_room_together),
		T(nothing_new_costs_one_request),
		T(changed_options_and_a_resync_leave_its_position),
		T(an_expired_position_is_taken_anew_and_the_other_walks),
		T(what_it_wanted_is_read_after_it_began_anew),
		T(a_position_refused_again_and_again_stops_the_stream),
		T(pages_of_items_hide_no_circle),
		T(a_walk_begins_after_the_position_that_it_serves),
		T(a_walk_that_is_asked_for_meanwhile_is_not_lost),
		T(a_walk_that_had_ended_is_begun_again),
		T(new_mail_comes_within_an_interval_through_a_backfill_of_a_million),
		T(what_may_not_be_kept_goes_before_anything_is_asked),
		T(nothing_is_erased_without_a_reason),
		T(an_erasure_that_a_stop_interrupts_is_taken_up_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
