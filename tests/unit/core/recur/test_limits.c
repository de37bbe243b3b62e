/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each cap, at it and one past it; hostile rules, which must not take time;
 * and many threads at once.
 */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/mem.h"

#include "core/recur/dates.h"
#include "core/recur/days.h"
#include "core/recur/recur.h"
#include "core/recur/rule.h"

#include "tests/support/recur_kit.h"
#include "tests/support/unit.h"

/* None takes more than 30 ms; valgrind is some thirty times slower. */
#define CPU_MAX_US          SL_US_PER_S
#define CPU_MAX_VALGRIND_US (20 * SL_US_PER_S)

#define THREADS 8
#define ROUNDS  40

static void
expand(struct sl_arena *arena, const char *start, const char *const *lines,
       struct sl_recur_set *set)
{
	struct sl_recur_series series = {
		.start_us = recur_moment(start),
		.end_us = SL_NO_TIME,
		.all_day = strchr(start, 'T') == NULL,
		.zone = "UTC",
		.lines = lines,
	};
	struct sl_recur_window window = { recur_moment("2020-01-01"),
					  recur_moment("2040-01-01") };

	sl_recur_expand(&series, window, arena, set);
}

static void
check_reason(const char *why, const char *const *lines, const char *reason)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_recur_set set;

	expand(arena, "2026-01-05T09:00:00Z", lines, &set);
	if (reason == NULL)
		CHECK(why, set.verdict != SL_RECUR_ELSEWHERE);
	else
		CHECK(why, set.verdict == SL_RECUR_ELSEWHERE &&
				   strcmp(set.reason, reason) == 0);
}

static void
a_window_holds_no_more_than_its_most_instances(void **state)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const char *lines[] = { NULL, NULL };
	struct sl_recur_set set;

	(void)state;
	lines[0] = sl_arena_printf(arena, "RRULE:FREQ=DAILY;COUNT=%d",
				   SL_RECUR_INSTANCES_MAX);
	expand(arena, "2026-01-05", lines, &set);
	assert_int_equal(set.verdict, SL_RECUR_DONE);
	assert_int_equal(set.count, SL_RECUR_INSTANCES_MAX);
	lines[0] = sl_arena_printf(arena, "RRULE:FREQ=DAILY;COUNT=%d",
				   SL_RECUR_INSTANCES_MAX + 1);
	expand(arena, "2026-01-05", lines, &set);
	assert_int_equal(set.verdict, SL_RECUR_CUT);
	assert_int_equal(set.count, SL_RECUR_INSTANCES_MAX);
	assert_int_equal(set.instances[0].start_us, recur_moment("2026-01-05"));
}

/* One that is added early pushes the last one out. */
static void
the_first_ones_stay_wherever_they_come_from(void **state)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const char *lines[] = { "RRULE:FREQ=DAILY", "RDATE:20250101",
				"RDATE:20390101", NULL };
	struct sl_recur_set set;

	(void)state;
	expand(arena, "2026-01-05", lines, &set);
	assert_int_equal(set.verdict, SL_RECUR_CUT);
	assert_int_equal(set.count, SL_RECUR_INSTANCES_MAX);
	assert_int_equal(set.instances[0].start_us, recur_moment("2025-01-01"));
	assert_int_equal(set.instances[set.count - 1].start_us,
			 recur_moment("2026-01-05") +
				 (SL_RECUR_INSTANCES_MAX - 2) * 86400 *
					 SL_US_PER_S);
}

static void
lines_are_so_many_and_so_long(void **state)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const char *lines[SL_RECUR_LINES_MAX + 2] = { NULL };
	char *text = sl_arena_alloc(arena, SL_RECUR_LINE_MAX + 2);

	(void)state;
	for (size_t i = 0; i < SL_RECUR_LINES_MAX; i++)
		lines[i] = "EXDATE:20260106T090000Z";
	check_reason("lines at the cap", lines, NULL);
	lines[SL_RECUR_LINES_MAX] = "";
	check_reason("one past it", lines, "lines-many");

	memset(text, ' ', SL_RECUR_LINE_MAX);
	memcpy(text, "RRULE:FREQ=DAILY", 16);
	lines[0] = text;
	lines[1] = NULL;
	check_reason("a line at the cap", lines, NULL);
	text[SL_RECUR_LINE_MAX] = ' ';
	check_reason("a byte past it", lines, "line-long");
}

/* "NAME=1,2,3": `count` numbers from 1 on. */
static const char *
numbers(struct sl_arena *arena, const char *head, int count)
{
	SL_AUTO_BUF buf;

	sl_buf_init(&buf, 65536);
	sl_buf_adds(&buf, head);
	for (int i = 1; i <= count; i++)
		sl_buf_addf(&buf, "%s%d", i == 1 ? "" : ",", i);
	return sl_arena_strdup(arena, sl_buf_text(&buf));
}

static void
lists_hold_so_many_values(void **state)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const char *lines[] = { NULL, NULL };

	(void)state;
	lines[0] = numbers(arena,
			   "RRULE:FREQ=YEARLY;BYYEARDAY=", SL_RULE_VALUES_MAX);
	check_reason("values at the cap", lines, NULL);
	lines[0] = numbers(
		arena, "RRULE:FREQ=YEARLY;BYYEARDAY=", SL_RULE_VALUES_MAX + 1);
	check_reason("one past it", lines, "rule-long");
	lines[0] = numbers(arena, "RRULE:FREQ=MONTHLY;BYMONTHDAY=", 31);
	check_reason("all days of a month", lines, NULL);
	lines[0] = numbers(arena, "RRULE:FREQ=MONTHLY;BYMONTHDAY=-1,", 31);
	check_reason("and one more", lines, "rule-long");
}

static void
dates_are_so_many(void **state)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const char *lines[] = { NULL, "EXDATE:20260107T090000Z", NULL };
	SL_AUTO_BUF buf;

	(void)state;
	/* The line's length allows what the count does not. */
	sl_buf_init(&buf, 1 << 20);
	sl_buf_adds(&buf, "EXDATE:20260106");
	for (int i = 1; i < SL_DATES_MAX; i++)
		sl_buf_adds(&buf, ",20260106");
	lines[0] = sl_buf_text(&buf);
	assert_true(buf.len <= SL_RECUR_LINE_MAX);
	check_reason("one past the cap", lines, "dates-many");
	lines[1] = NULL;
	check_reason("dates at the cap", lines, NULL);
}

static void
numbers_have_a_range(void **state)
{
	static const struct {
		const char *line, *reason;
	} rows[] = {
		{ "RRULE:FREQ=DAILY;INTERVAL=9999", NULL },
		{ "RRULE:FREQ=DAILY;INTERVAL=10000", "rule-malformed" },
		{ "RRULE:FREQ=YEARLY;INTERVAL=9999", NULL },
		{ "RRULE:FREQ=DAILY;COUNT=999999", NULL },
		{ "RRULE:FREQ=DAILY;COUNT=1000000", "rule-malformed" },
		{ "RRULE:FREQ=MONTHLY;BYMONTHDAY=-31,31", NULL },
		{ "RRULE:FREQ=MONTHLY;BYMONTHDAY=32", "rule-malformed" },
		{ "RRULE:FREQ=MONTHLY;BYMONTHDAY=-32", "rule-malformed" },
		{ "RRULE:FREQ=YEARLY;BYYEARDAY=-366,366", NULL },
		{ "RRULE:FREQ=YEARLY;BYYEARDAY=367", "rule-malformed" },
		{ "RRULE:FREQ=YEARLY;BYMONTH=12", NULL },
		{ "RRULE:FREQ=YEARLY;BYMONTH=13", "rule-malformed" },
		{ "RRULE:FREQ=YEARLY;BYMONTH=-1", "rule-malformed" },
		{ "RRULE:FREQ=YEARLY;BYDAY=53MO,-53TU", NULL },
		{ "RRULE:FREQ=YEARLY;BYDAY=54MO", "rule-malformed" },
		{ "RRULE:FREQ=MONTHLY;BYDAY=5MO,-5TU", NULL },
		{ "RRULE:FREQ=MONTHLY;BYDAY=6MO", "rule-shape" },
		{ "RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-6MO", "rule-shape" },
		{ "RRULE:FREQ=YEARLY;BYWEEKNO=2,51;BYDAY=MO", NULL },
		{ "RRULE:FREQ=YEARLY;BYWEEKNO=1;BYDAY=MO", "rule-byweekno" },
		{ "RRULE:FREQ=YEARLY;BYWEEKNO=52;BYDAY=MO", "rule-byweekno" },
		{ "RRULE:FREQ=YEARLY;BYWEEKNO=-2;BYDAY=MO", "rule-byweekno" },
		{ "RRULE:FREQ=YEARLY;BYWEEKNO=20", "rule-byweekno" },
		{ "RRULE:FREQ=MONTHLY;BYWEEKNO=20;BYDAY=MO", "rule-byweekno" },
		{ "RRULE:FREQ=MONTHLY;BYMONTH=2;INTERVAL=2", "rule-shape" },
		{ "RRULE:FREQ=DAILY;BYDAY=MO;BYSETPOS=1", "rule-bysetpos" },
		{ "RRULE:FREQ=WEEKLY;BYDAY=MO,TU;BYSETPOS=1", "rule-bysetpos" },
		{ "RRULE:FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1", NULL },
		{ "RRULE:FREQ=MONTHLY;BYDAY=1MO,2TU", NULL },
		{ "RRULE:FREQ=MONTHLY;BYDAY=1MO,TU", "rule-shape" },
		{ "RRULE:FREQ=WEEKLY;BYMONTHDAY=13", "rule-shape" },
		{ "RRULE:FREQ=YEARLY;BYYEARDAY=1;BYMONTH=1", "rule-shape" },
	};

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		const char *lines[] = { rows[i].line, NULL };

		check_reason(rows[i].line, lines, rows[i].reason);
	}
}

/* COUNT is counted from the start, here a Monday: one step a day. */
static void
steps_before_the_window_are_so_many(void **state)
{
	const char *lines[] = {
		"RRULE:FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;COUNT=999999",
		NULL
	};
	struct sl_recur_series series = { .start_us =
						  recur_moment("2001-01-01"),
					  .end_us = SL_NO_TIME,
					  .all_day = true,
					  .lines = lines };

	(void)state;
	for (int64_t past = 0; past <= 1; past++) {
		SL_AUTO_ARENA arena = sl_arena_new();
		int64_t day_us = 86400 * SL_US_PER_S;
		/* The day that ends the window is seen as well. */
		int64_t to_us = series.start_us +
				(SL_DAYS_STEPS_MAX - 1 + past) * day_us;
		struct sl_recur_window window = { to_us - day_us, to_us };
		struct sl_recur_set set;

		sl_recur_expand(&series, window, arena, &set);
		if (past == 0)
			assert_int_equal(set.count, 1);
		else
			assert_string_equal(set.reason, "rule-steps");
	}
}

static void
times_far_away_are_handed_on(void **state)
{
	static const struct {
		const char *why, *start, *end, *to, *reason;
	} rows[] = {
		{ "the first year", "1601-01-01", "1601-01-02", "2028-01-01",
		  NULL },
		{ "before it", "1600-12-31", "1601-01-01", "2028-01-01",
		  "time-far" },
		{ "the last year", "2499-12-31", "2499-12-31", "2499-12-31",
		  NULL },
		{ "after it", "2500-01-01", "2500-01-01", "2028-01-01",
		  "time-far" },
		{ "a window beyond it", "2026-01-01", "2026-01-01",
		  "2500-01-01", "time-far" },
		{ "an end beyond it", "2026-01-01", "2500-01-01", "2028-01-01",
		  "time-far" },
		{ "an all-day start within a day", "2026-01-01T01:00:00Z",
		  "2026-01-02", "2028-01-01", "start-malformed" },
	};

	const char *lines[] = { "RRULE:FREQ=YEARLY", NULL };

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		SL_AUTO_ARENA arena = sl_arena_new();
		struct sl_recur_series series = {
			.start_us = recur_moment(rows[i].start),
			.end_us = recur_moment(rows[i].end),
			.all_day = true,
			.lines = lines,
		};
		struct sl_recur_window window = { INT64_MIN,
						  recur_moment(rows[i].to) };
		struct sl_recur_set set;

		sl_recur_expand(&series, window, arena, &set);
		CHECK(rows[i].why,
		      rows[i].reason == NULL
			      ? set.verdict != SL_RECUR_ELSEWHERE
			      : set.reason != NULL &&
					strcmp(set.reason, rows[i].reason) ==
						0);
	}
}

static int64_t
cpu_us(void)
{
	struct timespec ts;

	assert_int_equal(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts), 0);
	return ts.tv_sec * SL_US_PER_S + ts.tv_nsec / 1000;
}

/* Rules that match never, rarely, or far too often. */
static const char *const hostile[] = {
	"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
	"FREQ=DAILY;BYMONTH=2;BYMONTHDAY=-31;COUNT=3",
	"FREQ=DAILY;INTERVAL=7;BYDAY=TU,WE",
	"FREQ=DAILY;INTERVAL=9999;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO",
	"FREQ=DAILY;COUNT=999999",
	"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;COUNT=999999",
	"FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYMONTH=5;COUNT=9999",
	"FREQ=WEEKLY;BYMONTH=1;INTERVAL=52;BYDAY=MO",
	"FREQ=WEEKLY;BYMONTH=1;INTERVAL=9999;BYDAY=MO",
	"FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30",
	"FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=-30",
	"FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO",
	"FREQ=MONTHLY;BYMONTH=2;BYDAY=5MO",
	"FREQ=MONTHLY;INTERVAL=12;BYMONTHDAY=31;BYDAY=MO",
	"FREQ=MONTHLY;INTERVAL=24;BYMONTHDAY=29;BYDAY=MO",
	"FREQ=MONTHLY;INTERVAL=84;BYMONTHDAY=29;BYDAY=MO",
	"FREQ=MONTHLY;BYDAY=6MO",
	"FREQ=MONTHLY;BYDAY=MO;BYSETPOS=40",
	"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;COUNT=999999",
	"FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366",
	"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
	"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;INTERVAL=2",
	"FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO;INTERVAL=2",
	"FREQ=YEARLY;BYMONTH=2;BYDAY=5MO;INTERVAL=2",
	"FREQ=YEARLY;BYYEARDAY=366;INTERVAL=2",
	"FREQ=YEARLY;BYDAY=53MO;INTERVAL=7",
	"FREQ=YEARLY;BYWEEKNO=20;BYDAY=MO;COUNT=999999",
	"FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;COUNT=999999",
	"FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=366,-366",
	"FREQ=YEARLY;INTERVAL=9999",
	"FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30",
	"FREQ=HOURLY;BYYEARDAY=366;BYHOUR=23",
	"FREQ=MINUTELY;BYDAY=20MO",
};

static void
no_rule_takes_noticeable_time(void **state)
{
	static const char *const starts[] = { "1601-01-01", "1999-02-01",
					      "2026-01-07", "2027-02-28" };
	int64_t most_us =
		getenv("RUNNER") != NULL ? CPU_MAX_VALGRIND_US : CPU_MAX_US;
	int64_t slowest_us = 0;
	const char *slowest = "";

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(hostile) * SL_ARRAY_LEN(starts);
	     i++) {
		SL_AUTO_ARENA arena = sl_arena_new();
		const char *rule = hostile[i / SL_ARRAY_LEN(starts)];
		const char *lines[] = {
			sl_arena_printf(arena, "RRULE:%s", rule), NULL
		};
		struct sl_recur_set set;
		int64_t began_us = cpu_us(), took_us;

		expand(arena, starts[i % SL_ARRAY_LEN(starts)], lines, &set);
		took_us = cpu_us() - began_us;
		CHECK(rule, took_us < most_us);
		if (took_us > slowest_us) {
			slowest_us = took_us;
			slowest = rule;
		}
	}
	print_message("slowest: %.1f ms, %s\n", (double)slowest_us / 1000,
		      slowest);
}

static const struct recur_text texts[] = {
	{ "2026-01-05T09:00:00+01:00", "Europe/Berlin",
	  "RRULE:FREQ=WEEKLY;BYDAY=MO,WE|"
	  "EXDATE;TZID=America/New_York:20260107T030000",
	  NULL, NULL },
	{ "2026-01-05T09:00:00-05:00", "America/New_York",
	  "RRULE:FREQ=MONTHLY;BYDAY=-1FR|RDATE:20260201T090000Z", NULL, NULL },
	{ "2026-01-05", NULL, "RRULE:FREQ=YEARLY", NULL, NULL },
	{ "2026-01-05T09:00:00Z", "Australia/Lord_Howe", "RRULE:FREQ=DAILY",
	  "2026-01-01", "2027-01-01" },
	{ "2026-01-05T09:00:00Z", "Nowhere/Else", "RRULE:FREQ=DAILY", NULL,
	  NULL },
};

/* All texts of the table, as one. */
static char *
expand_all(void)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_BUF buf;

	sl_buf_init(&buf, 1 << 22);
	for (size_t i = 0; i < SL_ARRAY_LEN(texts); i++) {
		struct sl_recur_set set;

		recur_expand_text(arena, &texts[i], &set);
		sl_buf_adds(&buf,
			    recur_set_text(arena, &set, texts[i].zone == NULL));
		sl_buf_adds(&buf, sl_recur_zones_version());
	}
	return sl_buf_detach(&buf);
}

static void *
expand_often(void *wanted)
{
	bool same = true;

	for (int i = 0; i < ROUNDS; i++) {
		char *found = expand_all();

		same = same && strcmp(found, wanted) == 0;
		sl_free(found);
	}
	return same ? wanted : NULL;
}

static void
many_threads_expand_at_once(void **state)
{
	char *wanted = expand_all();
	pthread_t threads[THREADS];

	(void)state;
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, expand_often, wanted),
			0);
	for (size_t i = 0; i < THREADS; i++) {
		void *same;

		assert_int_equal(pthread_join(threads[i], &same), 0);
		assert_non_null(same);
	}
	sl_free(wanted);
}

static void
the_edition_of_the_zone_rules_has_a_name(void **state)
{
	const char *version = sl_recur_zones_version();

	(void)state;
	assert_true(strlen(version) >= 5);
	assert_ptr_equal(version, sl_recur_zones_version());
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_window_holds_no_more_than_its_most_instances),
		cmocka_unit_test(the_first_ones_stay_wherever_they_come_from),
		cmocka_unit_test(lines_are_so_many_and_so_long),
		cmocka_unit_test(lists_hold_so_many_values),
		cmocka_unit_test(dates_are_so_many),
		cmocka_unit_test(numbers_have_a_range),
		cmocka_unit_test(steps_before_the_window_are_so_many),
		cmocka_unit_test(times_far_away_are_handed_on),
		cmocka_unit_test(no_rule_takes_noticeable_time),
		cmocka_unit_test(many_threads_expand_at_once),
		cmocka_unit_test(the_edition_of_the_zone_rules_has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
