/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Masters and their instances: bounded transactions, what is due, what the
 * provider is asked and answers.
 */
#include <stdio.h>
#include <string.h>

#include "core/recur/recur.h"

#include "tests/support/store_kit.h"
#include "tests/support/unit.h"

#define DAILY_PER_WINDOW 1125 /* days of the window of KIT_NOW */

static struct sl_kit kit;
static const char *const daily[] = { "RRULE:FREQ=DAILY", NULL };
static const char *const weekly[] = { "RRULE:FREQ=WEEKLY", NULL };
static const char *const three[] = { "RRULE:FREQ=DAILY;COUNT=3", NULL };
static const char *const foreign[] = { "RRULE:FREQ=HOURLY", NULL };

static int
setup(void **state)
{
	(void)state;
	kit_init(&kit);
	kit_claim(&kit);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	kit_release(&kit);
	return 0;
}

/* A master of the page that began long ago; its hash is its version's. */
static void
master(const char *id, int64_t version, const char *const *lines)
{
	char title[64];
	struct sl_artifact *a;

	(void)snprintf(title, sizeof(title), "%s v%d", id, (int)version);
	a = kit_event(&kit, id, version, title,
		      KIT_NOW - INT64_C(1000) * KIT_DAY);
	a->time_zone = "UTC";
	a->recurrence = lines;
	memset(a->series_hash, (int)version, sizeof(a->series_hash));
}

static void
masters(size_t count, int64_t version, const char *const *lines)
{
	char id[16];

	for (size_t i = 0; i < count; i++) {
		(void)snprintf(id, sizeof(id), "m%03zu", i);
		master(id, version, lines);
	}
}

static int64_t
occurrences(const char *id)
{
	return sl_test_db_i64(kit.db,
			      "SELECT count(*) AS v "
			      "FROM public.calendar_occurrences o "
			      "JOIN public.artifacts a ON a.id = o.artifact_id "
			      "WHERE a.source_id = '%s'",
			      id);
}

static int64_t
series(const char *where)
{
	return kit_count(&kit, "public.calendar_series", where);
}

/* Changes when any row of both tables is written. */
static const char *
written(void)
{
	return sl_test_db_text(
		kit.db, "SELECT md5(string_agg(x, ',' ORDER BY x)) AS v FROM ("
			"SELECT artifact_id::text || starts_at || xmin AS x "
			"FROM public.calendar_occurrences UNION ALL "
			"SELECT artifact_id::text || xmin "
			"FROM public.calendar_series) y");
}

static struct sl_expand_outcome
expand(struct sl_stream_row *stream, bool lists_instances)
{
	const struct sl_expand_request request = {
		.lease = &kit.account.lease,
		.stream = stream,
		.lists_instances = lists_instances,
		.now_us = kit.now_us,
	};
	struct sl_expand_outcome out;

	if (kit.store->expand(kit.store, &request, kit.keep, &out, &kit.err) !=
	    SL_OK)
		fail_msg("expand: %s", kit.err.text);
	return out;
}

static void
a_page_expands_what_fits_and_the_rest_is_due(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "many");
	int64_t first;
	int calls = 1;

	(void)state;
	kit_page(&kit, s);
	masters(50, 1, daily);
	kit_commit(&kit);
	assert_true(kit.outcome.stream.series_due);
	first = kit_count(&kit, "public.calendar_occurrences", "true");
	assert_true(first >= 20000 && first <= 20000 + DAILY_PER_WINDOW);
	kit_reload(&kit);
	s = kit_stream(&kit, "events", "many");
	assert_true(s->series_due);
	while (expand(s, true).answer == SL_EXPAND_MORE)
		calls++;
	assert_true(calls >= 2);
	assert_int_equal(kit_count(&kit, "public.calendar_occurrences", "true"),
			 50 * DAILY_PER_WINDOW);
	assert_int_equal(series("expansion = 'local'"), 50);
	kit_reload(&kit);
	assert_false(kit_stream(&kit, "events", "many")->series_due);
}

static void
what_is_due_later_shows_nothing_wrong_until_then(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "stale");

	(void)state;
	kit_page(&kit, s);
	masters(50, 1, weekly);
	kit_commit(&kit);
	assert_false(kit.outcome.stream.series_due);
	kit.now_us += SL_US_PER_S;
	kit_page(&kit, s);
	masters(50, 2, daily);
	kit_commit(&kit);
	assert_int_equal(occurrences("m000"), DAILY_PER_WINDOW);
	assert_int_equal(occurrences("m049"), 0);
	assert_int_equal(series("expansion = 'due' AND occurrences = 0") > 0,
			 1);
}

/* The provider may be away for hours: until it answers the series stands in
 * the agenda once, where it begins now. */
static void
what_the_provider_must_tell_shows_nothing_wrong_until_then(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "unanswered");

	(void)state;
	kit_page(&kit, s);
	master("x", 1, daily);
	kit_commit(&kit);
	assert_int_equal(occurrences("x"), DAILY_PER_WINDOW);
	kit.now_us += SL_US_PER_S;
	kit_page(&kit, s);
	kit.commit.lists_instances = true;
	master("x", 2, foreign);
	kit_commit(&kit);
	assert_int_equal(occurrences("x"), 0);
	assert_int_equal(
		kit_count(&kit, "public.calendar_agenda", "kind = 'series'"),
		1);
	assert_true(kit.outcome.stream.series_due);
}

static void
what_depends_on_nothing_new_writes_nothing(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "same");
	struct sl_artifact *a;
	char before[64];

	(void)state;
	kit_page(&kit, s);
	master("x", 1, daily);
	kit_commit(&kit);
	(void)snprintf(before, sizeof(before), "%s", written());
	kit.now_us += SL_US_PER_S;
	kit_page(&kit, s);
	master("x", 1, daily);
	a = kit.page.artifacts.first;
	a->source_version = 2;
	a->title = "another title";
	kit_commit(&kit);
	assert_int_equal(kit.outcome.counts.updated, 1);
	assert_string_equal(written(), before);
	assert_int_equal(expand(s, true).answer, SL_EXPANDED);
	assert_string_equal(written(), before);
}

static void
a_month_later_all_are_due_and_only_the_edges_are_written(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "month");
	int64_t kept;

	(void)state;
	kit_page(&kit, s);
	master("x", 1, daily);
	kit_commit(&kit);
	sl_test_db_exec(kit.db, "CREATE TABLE before_month AS SELECT starts_at,"
				" xmin::text AS x "
				"FROM public.calendar_occurrences");
	kit.now_us += 31 * KIT_DAY;
	assert_int_equal(expand(s, true).answer, SL_EXPANDED);
	kept = sl_test_db_i64(kit.db,
			      "SELECT count(*) AS v FROM before_month b JOIN "
			      "public.calendar_occurrences o ON o.starts_at = "
			      "b.starts_at AND o.xmin::text = b.x");
	assert_int_equal(kept, DAILY_PER_WINDOW - 30); /* November is over */
	assert_int_equal(occurrences("x"), kept + 31); /* December 2027 */
}

static void
foreign_rules_are_asked_fifty_at_a_time(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "foreign");
	struct sl_expand_outcome out;
	size_t asked = 0;

	(void)state;
	kit_page(&kit, s);
	kit.commit.lists_instances = true;
	masters(60, 1, foreign);
	kit_commit(&kit);
	assert_true(kit.outcome.stream.series_due);
	out = expand(s, true);
	assert_int_equal(out.answer, SL_EXPAND_ASKS);
	for (const struct sl_ref *r = out.pending; r != NULL; r = r->next) {
		assert_non_null(r->instances);
		asked++;
	}
	assert_int_equal(asked, 50);
	assert_int_equal(series("expansion = 'asked'"), 50);
	assert_int_equal(series("expansion = 'due'"), 10);
	kit_reload(&kit); /* they wait in the stream's row, with their window */
	s = kit_stream(&kit, "events", "foreign");
	assert_non_null(s->pending);
	assert_true(s->pending->instances->span.to_us ==
		    sl_recur_window_at(kit.now_us).to_us);
}

static size_t
length(const struct sl_ref *refs)
{
	size_t n = 0;

	for (; refs != NULL; refs = refs->next)
		n++;
	return n;
}

/* Run after run failed before the provider answered, and a month went by. */
static void
masters_that_wait_are_waited_for_and_no_more_are_asked(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "patience");
	struct sl_expand_outcome out;

	(void)state;
	kit_page(&kit, s);
	kit.commit.lists_instances = true;
	masters(510, 1, foreign);
	kit_commit(&kit);
	for (int run = 0; run < 11; run++) {
		out = expand(s, true);
		assert_int_equal(out.answer, SL_EXPAND_ASKS);
		assert_int_equal(length(out.pending), 50);
	}
	assert_int_equal(series("expansion = 'asked'"), 50);
	/* what waits may be more: asked by an edition that asked for more */
	sl_test_db_exec(kit.db,
			"WITH s AS (UPDATE public.sync_state SET pending = ("
			"SELECT jsonb_agg(jsonb_build_object('id', source_id, "
			"'from', 1, 'to', 2)) FROM public.artifacts) "
			"WHERE key = 'patience') UPDATE public.calendar_series "
			"SET expansion = 'asked', expanded_to = now()");
	kit.now_us += 31 * KIT_DAY;
	out = expand(s, true);
	assert_int_equal(out.answer, SL_EXPAND_ASKS);
	assert_int_equal(length(out.pending), 510);
}

static void
foreign_rules_are_marked_where_nobody_can_be_asked(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "alone");

	(void)state;
	kit_page(&kit, s);
	master("x", 1, foreign);
	kit_commit(&kit);
	assert_int_equal(series("expansion = 'unexpanded' AND reason <> ''"),
			 1);
	assert_int_equal(expand(s, false).answer, SL_EXPANDED);
}

/* An answer with two slots, one of them twice. */
static void
answer(struct sl_stream_row *s, const char *id)
{
	static int64_t slots[] = { KIT_NOW, KIT_NOW + KIT_DAY, KIT_NOW };
	static const char *ids[] = { "x", NULL };
	struct sl_expansion *e;

	kit_page(&kit, s);
	kit.commit.lists_instances = true;
	kit.commit.answered = ids;
	e = sl_page_expansion(&kit.page);
	e->source_id = id;
	e->span = (struct sl_span){ sl_recur_window_at(kit.now_us).from_us,
				    sl_recur_window_at(kit.now_us).to_us };
	e->slots = slots;
	e->count = SL_ARRAY_LEN(slots);
}

static void
an_answer_becomes_occurrences_as_long_as_the_master(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "answer");

	(void)state;
	kit_page(&kit, s);
	kit.commit.lists_instances = true;
	master("x", 1, foreign);
	kit_commit(&kit);
	assert_int_equal(expand(s, true).answer, SL_EXPAND_ASKS);
	kit_reload(&kit);
	s = kit_stream(&kit, "events", "answer");
	answer(s, "x");
	kit_commit(&kit);
	assert_null(kit.outcome.pending);
	assert_int_equal(occurrences("x"), 2);
	assert_int_equal(series("expansion = 'provider' AND occurrences = 2"),
			 1);
	assert_int_equal(kit_count(&kit, "public.calendar_occurrences",
				   "ends_at - starts_at = interval '1 s'"),
			 2);
	assert_int_equal(expand(s, true).answer, SL_EXPANDED);
}

/* Access may come back: not only a month later is asked again. */
static void
who_did_not_tell_is_asked_again_tomorrow(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "tomorrow");

	(void)state;
	kit_page(&kit, s);
	kit.commit.lists_instances = true;
	master("x", 1, foreign);
	kit_commit(&kit);
	assert_int_equal(expand(s, true).answer, SL_EXPAND_ASKS);
	answer(s, "x");
	kit.page.expansions.first->failure = "refused";
	kit.page.expansions.first->count = 0;
	kit_commit(&kit);
	assert_int_equal(series("expansion = 'unexpanded' AND "
				"reason = 'refused' AND expanded_from IS NULL"),
			 1);
	kit.now_us += KIT_DAY / 2;
	assert_int_equal(expand(s, true).answer, SL_EXPANDED);
	kit.now_us += KIT_DAY;
	assert_int_equal(expand(s, true).answer, SL_EXPAND_ASKS);
	answer(s, "x");
	kit_commit(&kit);
	assert_int_equal(series("expansion = 'provider' AND occurrences = 2 "
				"AND expanded_from IS NOT NULL"),
			 1);
}

static void
an_answer_of_several_pages_is_put_together(void **state)
{
	static int64_t second[] = { KIT_NOW + KIT_DAY, KIT_NOW + 2 * KIT_DAY };
	struct sl_stream_row *s = kit_open(&kit, "pages");
	struct sl_instances instances = { .pages = 1 };
	struct sl_ref *next;

	(void)state;
	kit_page(&kit, s);
	kit.commit.lists_instances = true;
	master("x", 1, foreign);
	kit_commit(&kit);
	assert_int_equal(expand(s, true).answer, SL_EXPAND_ASKS);
	kit_reload(&kit);
	s = kit_stream(&kit, "events", "pages");
	answer(s, "x");
	kit.page.expansions.first->more = true;
	instances.span = kit.page.expansions.first->span;
	next = sl_page_ref(&kit.page);
	next->source_id = "x";
	next->version = "P";
	next->instances = &instances;
	kit_commit(&kit);
	assert_int_equal(occurrences("x"), 2);
	assert_int_equal(series("expansion = 'asked' AND occurrences = 2"), 1);
	kit_reload(&kit); /* where the list goes on waits in the row */
	s = kit_stream(&kit, "events", "pages");
	assert_string_equal(s->pending->version, "P");
	assert_int_equal(s->pending->instances->pages, 1);
	answer(s, "x");
	kit.page.expansions.first->continues = true;
	kit.page.expansions.first->slots = second;
	kit.page.expansions.first->count = SL_ARRAY_LEN(second);
	kit_commit(&kit);
	assert_null(kit.outcome.pending);
	assert_int_equal(occurrences("x"), 3);
	assert_int_equal(series("expansion = 'provider' AND occurrences = 3"),
			 1);
}

static void
an_answer_for_a_master_that_changed_meanwhile_is_dropped(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "late");

	(void)state;
	kit_page(&kit, s);
	kit.commit.lists_instances = true;
	master("x", 1, foreign);
	kit_commit(&kit);
	assert_int_equal(expand(s, true).answer, SL_EXPAND_ASKS);
	kit_page(&kit, s);
	kit.commit.lists_instances = true;
	master("x", 2, three);
	kit_commit(&kit);
	answer(s, "x");
	kit_commit(&kit);
	assert_int_equal(series("expansion = 'local'"), 1);
	answer(s, "never heard of");
	kit_commit(&kit);
}

static void
a_walk_makes_due_what_was_asked(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "walk");

	(void)state;
	kit_page(&kit, s);
	kit.commit.lists_instances = true;
	master("x", 1, foreign);
	kit_commit(&kit);
	assert_int_equal(expand(s, true).answer, SL_EXPAND_ASKS);
	kit_page(&kit, s);
	kit_starts(&kit);
	kit_commit(&kit);
	assert_null(kit.outcome.pending);
	assert_true(kit.outcome.stream.series_due);
	assert_int_equal(series("expansion = 'due'"), 1);
}

static void
who_lost_the_lease_expands_nothing(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "lost");
	const struct sl_expand_request request = {
		.lease = &kit.account.lease,
		.stream = s,
		.now_us = kit.now_us,
	};
	struct sl_expand_outcome out;

	(void)state;
	kit_page(&kit, s);
	masters(20, 1, daily);
	kit_commit(&kit);
	sl_test_db_exec(kit.db, "UPDATE sluice.schedule SET fence = fence + 1");
	assert_int_equal(kit.store->expand(kit.store, &request, kit.keep, &out,
					   &kit.err),
			 SL_LOST);
}

/* Nothing of the schema refuses instances that were computed here; if ever
 * something does, one series is told and its neighbours are there. */
static void
a_series_that_is_refused_holds_no_other(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "refused");

	(void)state;
	sl_test_db_exec(
		kit.db,
		"CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE "
		"plpgsql AS $f$ BEGIN IF EXISTS (SELECT FROM public.artifacts "
		"a WHERE a.id = NEW.artifact_id AND a.source_id = 'm001') THEN "
		"RAISE EXCEPTION 'no' USING ERRCODE = '22008'; END IF; RETURN "
		"NEW; END $f$; CREATE TRIGGER refuse BEFORE INSERT ON "
		"public.calendar_occurrences FOR EACH ROW EXECUTE FUNCTION "
		"public.refuse()");
	kit_page(&kit, s);
	masters(3, 1, daily);
	kit_commit(&kit);
	assert_int_equal(kit_count(&kit, "public.artifacts", "true"), 3);
	assert_int_equal(kit_count(&kit, "public.sync_items",
				   "source_id = 'm001' AND "
				   "state = 'quarantined'"),
			 1);
	sl_test_db_exec(kit.db, "DROP TRIGGER refuse ON "
				"public.calendar_occurrences");
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_page_expands_what_fits_and_the_rest_is_due),
		T(what_is_due_later_shows_nothing_wrong_until_then),
		T(what_the_provider_must_tell_shows_nothing_wrong_until_then),
		T(what_depends_on_nothing_new_writes_nothing),
		T(a_month_later_all_are_due_and_only_the_edges_are_written),
		T(foreign_rules_are_asked_fifty_at_a_time),
		T(masters_that_wait_are_waited_for_and_no_more_are_asked),
		T(foreign_rules_are_marked_where_nobody_can_be_asked),
		T(an_answer_becomes_occurrences_as_long_as_the_master),
		T(who_did_not_tell_is_asked_again_tomorrow),
		T(an_answer_of_several_pages_is_put_together),
		T(an_answer_for_a_master_that_changed_meanwhile_is_dropped),
		T(a_walk_makes_due_what_was_asked),
		T(who_lost_the_lease_expands_nothing),
		T(a_series_that_is_refused_holds_no_other),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
