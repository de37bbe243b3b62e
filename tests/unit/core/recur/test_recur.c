/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a series means, as a table: UNTIL and COUNT, RDATE and EXDATE, zones
 * and their changes, all-day series, windows.
 */
#include <string.h>

#include "core/base/arena.h"
#include "core/base/clock.h"

#include "core/recur/recur.h"

#include "tests/support/recur_kit.h"
#include "tests/support/unit.h"

#define BERLIN  "Europe/Berlin"
#define NEWYORK "America/New_York"

struct row {
	const char *why;
	struct recur_text series;
	const char *wanted;
};

static void
check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		SL_AUTO_ARENA arena = sl_arena_new();
		struct sl_recur_set set;
		const char *text;

		recur_expand_text(arena, &rows[i].series, &set);
		text = recur_set_text(arena, &set, rows[i].series.zone == NULL);
		if (strcmp(text, rows[i].wanted) != 0)
			fail_msg("%s: %s gives\n  %s\ninstead of\n  %s",
				 rows[i].why, rows[i].series.lines, text,
				 rows[i].wanted);
	}
}

#define CHECK_ROWS(rows) check_rows((rows), SL_ARRAY_LEN(rows))

static void
a_skipped_time_takes_the_offset_before_and_a_repeated_one_is_the_first(
	void **state)
{
	static const struct row rows[] = {
		{ "02:30 is skipped on 29 March",
		  { "2026-03-28T02:30:00+01:00", BERLIN,
		    "RRULE:FREQ=DAILY;COUNT=3", NULL, NULL },
		  "2026-03-28T01:30:00Z 2026-03-29T01:30:00Z "
		  "2026-03-30T00:30:00Z" },
		{ "02:30 occurs twice on 25 October",
		  { "2026-10-24T02:30:00+02:00", BERLIN,
		    "RRULE:FREQ=DAILY;COUNT=3", NULL, NULL },
		  "2026-10-24T00:30:00Z 2026-10-25T00:30:00Z "
		  "2026-10-26T01:30:00Z" },
		{ "a start in the second 02:30 stays there, the next year's "
		  "is the first",
		  { "2026-10-25T02:30:00+01:00", BERLIN,
		    "RRULE:FREQ=YEARLY;COUNT=2;BYMONTH=10;BYDAY=-1SU", NULL,
		    NULL },
		  "2026-10-25T01:30:00Z 2027-10-31T00:30:00Z" },
		{ "the south changes the other way round",
		  { "2026-10-03T02:30:00+10:00", "Australia/Sydney",
		    "RRULE:FREQ=DAILY;COUNT=3", NULL, NULL },
		  "2026-10-02T16:30:00Z 2026-10-03T16:30:00Z "
		  "2026-10-04T15:30:00Z" },
		{ "Lord Howe changes by half an hour",
		  { "2026-10-03T02:15:00+10:30", "Australia/Lord_Howe",
		    "RRULE:FREQ=DAILY;COUNT=3", NULL, NULL },
		  "2026-10-02T15:45:00Z 2026-10-03T15:45:00Z "
		  "2026-10-04T15:15:00Z" },
		{ "Kathmandu is at 5:45 all year",
		  { "2026-01-01T09:00:00+05:45", "Asia/Kathmandu",
		    "RRULE:FREQ=YEARLY;BYMONTH=1,7;BYMONTHDAY=1;COUNT=2", NULL,
		    NULL },
		  "2026-01-01T03:15:00Z 2026-07-01T03:15:00Z" },
		{ "Casablanca leaves its offset for Ramadan",
		  { "2026-01-15T09:00:00+01:00", "Africa/Casablanca",
		    "RRULE:FREQ=MONTHLY;COUNT=4", NULL, NULL },
		  "2026-01-15T08:00:00Z 2026-02-15T09:00:00Z "
		  "2026-03-15T09:00:00Z 2026-04-15T08:00:00Z" },
		{ "Sao Paulo gave up its summer time in 2019",
		  { "2018-01-15T09:00:00-02:00", "America/Sao_Paulo",
		    "RRULE:FREQ=YEARLY;COUNT=3", "2018-01-01", NULL },
		  "2018-01-15T11:00:00Z 2019-01-15T11:00:00Z "
		  "2020-01-15T12:00:00Z" },
		{ "the rule goes on after the last change that is listed",
		  { "2038-03-27T02:30:00+01:00", BERLIN,
		    "RRULE:FREQ=MONTHLY;INTERVAL=4;COUNT=3", NULL, NULL },
		  "2038-03-27T01:30:00Z 2038-07-27T00:30:00Z "
		  "2038-11-27T01:30:00Z" },
		{ "a day that a zone left out gives the day after it",
		  { "2011-12-29T09:00:00-10:00", "Pacific/Apia",
		    "RRULE:FREQ=DAILY;COUNT=3", "2011-01-01", NULL },
		  "2011-12-29T19:00:00Z 2011-12-30T19:00:00Z" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void
until_is_inclusive_in_each_form(void **state)
{
	static const struct row rows[] = {
		{ "a moment in UTC",
		  { "2026-01-01T20:00:00-05:00", NEWYORK,
		    "RRULE:FREQ=DAILY;UNTIL=20260103T010000Z", NULL, NULL },
		  "2026-01-02T01:00:00Z 2026-01-03T01:00:00Z" },
		{ "a second before it is too early",
		  { "2026-01-01T20:00:00-05:00", NEWYORK,
		    "RRULE:FREQ=DAILY;UNTIL=20260103T005959Z", NULL, NULL },
		  "2026-01-02T01:00:00Z" },
		{ "a local time",
		  { "2026-01-01T20:00:00-05:00", NEWYORK,
		    "RRULE:FREQ=DAILY;UNTIL=20260102T200000", NULL, NULL },
		  "2026-01-02T01:00:00Z 2026-01-03T01:00:00Z" },
		{ "a date is the whole local day, which ends late in the west",
		  { "2026-01-01T20:00:00-05:00", NEWYORK,
		    "RRULE:FREQ=DAILY;UNTIL=20260102", NULL, NULL },
		  "2026-01-02T01:00:00Z 2026-01-03T01:00:00Z" },
		{ "and early in the east",
		  { "2026-01-02T08:00:00+14:00", "Pacific/Kiritimati",
		    "RRULE:FREQ=DAILY;UNTIL=20260103", NULL, NULL },
		  "2026-01-01T18:00:00Z 2026-01-02T18:00:00Z" },
		{ "a moment in UTC, far in the east",
		  { "2026-01-02T08:00:00+14:00", "Pacific/Kiritimati",
		    "RRULE:FREQ=DAILY;UNTIL=20260102T180000Z", NULL, NULL },
		  "2026-01-01T18:00:00Z 2026-01-02T18:00:00Z" },
		{ "an all-day series ends on a date",
		  { "2026-01-01", NULL, "RRULE:FREQ=DAILY;UNTIL=20260103", NULL,
		    NULL },
		  "2026-01-01 2026-01-02 2026-01-03" },
		{ "or on the date of a time",
		  { "2026-01-01", NULL,
		    "RRULE:FREQ=DAILY;UNTIL=20260102T225959Z", NULL, NULL },
		  "2026-01-01 2026-01-02" },
		{ "before the start: nothing is left",
		  { "2026-01-01", NULL, "RRULE:FREQ=DAILY;UNTIL=20251231", NULL,
		    NULL },
		  "out" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void
count_begins_with_the_first_instance_wherever_the_window_is(void **state)
{
	static const struct row rows[] = {
		{ "before the window",
		  { "2019-12-30", NULL, "RRULE:FREQ=DAILY;COUNT=4", NULL,
		    NULL },
		  "2020-01-01 2020-01-02" },
		{ "all of it before the window",
		  { "2019-12-30", NULL, "RRULE:FREQ=DAILY;COUNT=2", NULL,
		    NULL },
		  "" },
		{ "weeks",
		  { "2019-12-02", NULL,
		    "RRULE:FREQ=WEEKLY;BYDAY=MO,WE;COUNT=10", NULL, NULL },
		  "2020-01-01" },
		{ "an instance that is taken away was counted",
		  { "2026-01-01", NULL,
		    "RRULE:FREQ=DAILY;COUNT=3|EXDATE;VALUE=DATE:20260102", NULL,
		    NULL },
		  "2026-01-01 2026-01-03" },
		{ "an instance that is added was not",
		  { "2026-01-01", NULL,
		    "RRULE:FREQ=DAILY;COUNT=2|RDATE;VALUE=DATE:20260110", NULL,
		    NULL },
		  "2026-01-01 2026-01-02 2026-01-10" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void
exdates_take_away_in_each_form(void **state)
{
	static const struct row rows[] = {
		{ "with a zone",
		  { "2026-03-28T09:00:00+01:00", BERLIN,
		    "EXDATE;TZID=Europe/Berlin:20260329T090000|"
		    "RRULE:FREQ=DAILY;COUNT=3",
		    NULL, NULL },
		  "2026-03-28T08:00:00Z 2026-03-30T07:00:00Z" },
		{ "with another zone",
		  { "2026-03-28T09:00:00+01:00", BERLIN,
		    "RRULE:FREQ=DAILY;COUNT=3|"
		    "EXDATE;TZID=America/New_York:20260329T030000",
		    NULL, NULL },
		  "2026-03-28T08:00:00Z 2026-03-30T07:00:00Z" },
		{ "in UTC",
		  { "2026-03-28T09:00:00+01:00", BERLIN,
		    "RRULE:FREQ=DAILY;COUNT=3|EXDATE:20260329T070000Z", NULL,
		    NULL },
		  "2026-03-28T08:00:00Z 2026-03-30T07:00:00Z" },
		{ "in UTC, whatever TZID says",
		  { "2026-03-28T09:00:00+01:00", BERLIN,
		    "RRULE:FREQ=DAILY;COUNT=3|"
		    "EXDATE;TZID=America/New_York:20260329T070000Z",
		    NULL, NULL },
		  "2026-03-28T08:00:00Z 2026-03-30T07:00:00Z" },
		{ "floating: in the zone of the series",
		  { "2026-03-28T09:00:00+01:00", BERLIN,
		    "RRULE:FREQ=DAILY;COUNT=3|EXDATE:20260329T090000", NULL,
		    NULL },
		  "2026-03-28T08:00:00Z 2026-03-30T07:00:00Z" },
		{ "a date takes away that local day",
		  { "2026-01-01T20:00:00-05:00", NEWYORK,
		    "RRULE:FREQ=DAILY;COUNT=3|EXDATE;VALUE=DATE:20260102", NULL,
		    NULL },
		  "2026-01-02T01:00:00Z 2026-01-04T01:00:00Z" },
		{ "several in one line",
		  { "2026-01-01", NULL,
		    "RRULE:FREQ=DAILY;COUNT=4|"
		    "EXDATE;VALUE=DATE:20260102, 20260103",
		    NULL, NULL },
		  "2026-01-01 2026-01-04" },
		{ "a midnight stands for its date in an all-day series",
		  { "2026-01-01", NULL,
		    "RRULE:FREQ=DAILY;COUNT=3|EXDATE:20260102T000000Z", NULL,
		    NULL },
		  "2026-01-01 2026-01-03" },
		{ "the start",
		  { "2026-01-01", NULL,
		    "RRULE:FREQ=DAILY;COUNT=2|EXDATE:20260101", NULL, NULL },
		  "2026-01-02" },
		{ "what is none of the instances is without effect",
		  { "2026-01-01T20:00:00-05:00", NEWYORK,
		    "RRULE:FREQ=DAILY;COUNT=1|EXDATE:20260101T200001", NULL,
		    NULL },
		  "2026-01-02T01:00:00Z" },
		{ "the first 02:30 of the two",
		  { "2026-10-24T02:30:00+02:00", BERLIN,
		    "RRULE:FREQ=DAILY;COUNT=2|EXDATE:20261025T023000", NULL,
		    NULL },
		  "2026-10-24T00:30:00Z" },
		{ "what an RDATE adds too",
		  { "2026-01-01", NULL,
		    "RRULE:FREQ=DAILY;COUNT=1|RDATE:20260105|EXDATE:20260105",
		    NULL, NULL },
		  "2026-01-01" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void
rdates_add_in_order_and_once(void **state)
{
	static const struct row rows[] = {
		{ "without a rule the start is the first",
		  { "2026-01-05", NULL, "RDATE;VALUE=DATE:20260110,20260107",
		    NULL, NULL },
		  "2026-01-05 2026-01-07 2026-01-10" },
		{ "no line at all: the start",
		  { "2026-01-05", NULL, "", NULL, NULL },
		  "2026-01-05" },
		{ "an instance that the rule has too comes once",
		  { "2026-01-05", NULL,
		    "RRULE:FREQ=DAILY;COUNT=2|RDATE:20260106,20260106", NULL,
		    NULL },
		  "2026-01-05 2026-01-06" },
		{ "times with a zone, in UTC and floating",
		  { "2026-01-05T09:00:00+01:00", BERLIN,
		    "RDATE;TZID=America/New_York:20260106T090000|"
		    "RDATE:20260107T090000Z|RDATE:20260108T090000",
		    NULL, NULL },
		  "2026-01-05T08:00:00Z 2026-01-06T14:00:00Z "
		  "2026-01-07T09:00:00Z 2026-01-08T08:00:00Z" },
		{ "before the start",
		  { "2026-01-05", NULL, "RDATE:20260101", NULL, NULL },
		  "2026-01-01 2026-01-05" },
		{ "outside of the window",
		  { "2026-01-05", NULL, "RDATE:20190101,20500101", NULL, NULL },
		  "2026-01-05" },
		{ "midnights in an all-day series",
		  { "2026-01-05", NULL, "RDATE:20260106T000000", NULL, NULL },
		  "2026-01-05 2026-01-06" },
		{ "periods are not expanded",
		  { "2026-01-05T09:00:00Z", "UTC",
		    "RDATE;VALUE=PERIOD:20260106T090000Z/PT2H", NULL, NULL },
		  "elsewhere rdate-period" },
		{ "a date has no time to start at",
		  { "2026-01-05T09:00:00Z", "UTC", "RDATE;VALUE=DATE:20260106",
		    NULL, NULL },
		  "elsewhere rdate-date" },
		{ "a time has no place in an all-day series",
		  { "2026-01-05", NULL, "RDATE:20260106T230000Z", NULL, NULL },
		  "elsewhere date-type" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void
lines_come_in_any_dress(void **state)
{
	static const struct row rows[] = {
		{ "lower case",
		  { "2026-01-05T09:00:00Z", "UTC",
		    "rrule:freq=weekly;byday=mo,we;until=20260107t090000z",
		    NULL, NULL },
		  "2026-01-05T09:00:00Z 2026-01-07T09:00:00Z" },
		{ "spaces around the parts",
		  { "2026-01-05", NULL,
		    "  RRULE : FREQ = WEEKLY ; BYDAY = MO , WE ; COUNT = 2  ",
		    NULL, NULL },
		  "2026-01-05 2026-01-07" },
		{ "folded, as in a file",
		  { "2026-01-05", NULL,
		    "RRULE:FREQ=WEEKLY;BYD\r\n AY=MO,WE;COUNT=\n\t2\r\n", NULL,
		    NULL },
		  "2026-01-05 2026-01-07" },
		{ "empty lines between",
		  { "2026-01-05", NULL, "|RRULE:FREQ=DAILY;COUNT=1||\r\n", NULL,
		    NULL },
		  "2026-01-05" },
		{ "quoted parameters",
		  { "2026-01-05T09:00:00Z", "UTC",
		    "RRULE:FREQ=DAILY;COUNT=2|"
		    "EXDATE;TZID=\"Europe/Berlin\":20260106T100000",
		    NULL, NULL },
		  "2026-01-05T09:00:00Z" },
		{ "a value said twice",
		  { "2026-01-05", NULL,
		    "RRULE:FREQ=WEEKLY;BYDAY=MO,MO,MO;COUNT=2", NULL, NULL },
		  "2026-01-05 2026-01-12" },
		{ "the start's time of the day, said once more",
		  { "2026-01-05T09:30:00+01:00", BERLIN,
		    "RRULE:FREQ=DAILY;BYHOUR=9;BYMINUTE=30;BYSECOND=0;COUNT=1",
		    NULL, NULL },
		  "2026-01-05T08:30:00Z" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void
what_is_not_expanded_says_why(void **state)
{
#define TIMED(lines)                                                           \
	{                                                                      \
		"2026-01-05T09:00:00Z", "UTC", lines, NULL, NULL               \
	}
	static const struct row rows[] = {
		{ "junk", TIMED("RRULE:BANANA"), "elsewhere rule-malformed" },
		{ "empty", TIMED("RRULE:"), "elsewhere rule-malformed" },
		{ "no FREQ", TIMED("RRULE:COUNT=3"),
		  "elsewhere rule-malformed" },
		{ "an unknown part", TIMED("RRULE:FREQ=DAILY;X-FOO=1"),
		  "elsewhere rule-malformed" },
		{ "another calendar", TIMED("RRULE:RSCALE=HEBREW;FREQ=YEARLY"),
		  "elsewhere rule-malformed" },
		{ "a part twice", TIMED("RRULE:FREQ=DAILY;COUNT=3;COUNT=4"),
		  "elsewhere rule-malformed" },
		{ "COUNT and UNTIL",
		  TIMED("RRULE:FREQ=DAILY;COUNT=3;UNTIL=20270101"),
		  "elsewhere rule-malformed" },
		{ "COUNT of none", TIMED("RRULE:FREQ=DAILY;COUNT=0"),
		  "elsewhere rule-malformed" },
		{ "INTERVAL of none", TIMED("RRULE:FREQ=DAILY;INTERVAL=0"),
		  "elsewhere rule-malformed" },
		{ "a negative INTERVAL", TIMED("RRULE:FREQ=DAILY;INTERVAL=-1"),
		  "elsewhere rule-malformed" },
		{ "an INTERVAL beyond 64 bits",
		  TIMED("RRULE:FREQ=DAILY;INTERVAL=99999999999999999999"),
		  "elsewhere rule-malformed" },
		{ "a day that is none", TIMED("RRULE:FREQ=WEEKLY;BYDAY=XX"),
		  "elsewhere rule-malformed" },
		{ "day 0", TIMED("RRULE:FREQ=MONTHLY;BYMONTHDAY=0"),
		  "elsewhere rule-malformed" },
		{ "a list that ends in nothing",
		  TIMED("RRULE:FREQ=WEEKLY;BYDAY=MO,"),
		  "elsewhere rule-malformed" },
		{ "UNTIL of a day that is none",
		  TIMED("RRULE:FREQ=DAILY;UNTIL=20260230"),
		  "elsewhere rule-malformed" },
		{ "UNTIL in a year of five digits",
		  TIMED("RRULE:FREQ=DAILY;UNTIL=999990101"),
		  "elsewhere rule-malformed" },
		{ "hours", TIMED("RRULE:FREQ=HOURLY"), "elsewhere rule-freq" },
		{ "two times a day", TIMED("RRULE:FREQ=DAILY;BYHOUR=9,17"),
		  "elsewhere rule-clock" },
		{ "another time of the day", TIMED("RRULE:FREQ=DAILY;BYHOUR=8"),
		  "elsewhere rule-clock" },
		{ "weeks of the year", TIMED("RRULE:FREQ=YEARLY;BYWEEKNO=1"),
		  "elsewhere rule-byweekno" },
		{ "positions of nothing",
		  TIMED("RRULE:FREQ=MONTHLY;BYSETPOS=1"),
		  "elsewhere rule-bysetpos" },
		{ "days of a month without a month",
		  TIMED("RRULE:FREQ=YEARLY;BYMONTHDAY=29"),
		  "elsewhere rule-shape" },
		{ "the second Monday of a week",
		  TIMED("RRULE:FREQ=WEEKLY;BYDAY=2MO"),
		  "elsewhere rule-shape" },
		{ "two rules", TIMED("RRULE:FREQ=DAILY|RRULE:FREQ=WEEKLY"),
		  "elsewhere rule-several" },
		{ "a rule that takes away",
		  TIMED("RRULE:FREQ=DAILY|EXRULE:FREQ=WEEKLY"),
		  "elsewhere exrule" },
		{ "a line of another kind",
		  TIMED("RRULE:FREQ=DAILY|DTSTART:20260105T090000Z"),
		  "elsewhere line-unknown" },
		{ "no line of a calendar", TIMED("hello"),
		  "elsewhere line-malformed" },
		{ "a parameter that might mean something",
		  TIMED("RRULE:FREQ=DAILY|EXDATE;RANGE=X:20260106T090000Z"),
		  "elsewhere line-parameter" },
		{ "a date that is none",
		  TIMED("RRULE:FREQ=DAILY|EXDATE:tomorrow"),
		  "elsewhere date-malformed" },
		{ "a date that is none of those announced",
		  TIMED("EXDATE;VALUE=DATE:20260106T090000"),
		  "elsewhere date-malformed" },
		{ "a zone of nowhere",
		  { "2026-01-05T09:00:00Z", "Europe/Atlantis",
		    "RRULE:FREQ=DAILY", NULL, NULL },
		  "elsewhere zone-unknown" },
		{ "a zone of nowhere in a line",
		  TIMED("RRULE:FREQ=DAILY|EXDATE;TZID=X:20260106T090000"),
		  "elsewhere zone-unknown" },
		{ "a way out of the directory of zones",
		  { "2026-01-05T09:00:00Z", "Europe/../../../../etc/passwd",
		    "RRULE:FREQ=DAILY", NULL, NULL },
		  "elsewhere zone-unknown" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void
a_start_that_the_rule_does_not_have_is_told_of(void **state)
{
	static const struct row rows[] = {
		{ "a Tuesday",
		  { "2026-01-06", NULL, "RRULE:FREQ=WEEKLY;BYDAY=MO;COUNT=2",
		    NULL, NULL },
		  "out 2026-01-12 2026-01-19" },
		{ "not a Friday 13th",
		  { "2026-01-06", NULL,
		    "RRULE:FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13;COUNT=1", NULL,
		    NULL },
		  "out 2026-02-13" },
		{ "a day in the wrong month",
		  { "2026-01-06", NULL, "RRULE:FREQ=DAILY;BYMONTH=2;COUNT=1",
		    NULL, NULL },
		  "out 2026-02-01" },
		{ "a day that never comes",
		  { "2026-01-06", NULL,
		    "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", NULL, NULL },
		  "out" },
		{ "known long before the window",
		  { "1990-01-02", NULL, "RRULE:FREQ=YEARLY;BYMONTH=3",
		    "2026-01-01", "2027-01-01" },
		  "out 2026-03-02" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void
windows_begin_inclusive_and_end_exclusive(void **state)
{
	static const struct row rows[] = {
		{ "on the edges",
		  { "2026-01-01", NULL, "RRULE:FREQ=DAILY", "2026-02-01",
		    "2026-02-03" },
		  "2026-02-01 2026-02-02" },
		{ "to the second",
		  { "2026-01-01T09:00:00Z", "UTC", "RRULE:FREQ=DAILY",
		    "2026-02-01T09:00:01Z", "2026-02-03T09:00:01Z" },
		  "2026-02-02T09:00:00Z 2026-02-03T09:00:00Z" },
		{ "before the start",
		  { "2026-01-01", NULL, "RRULE:FREQ=DAILY", "2020-01-01",
		    "2026-01-01" },
		  "" },
		{ "empty",
		  { "2026-01-01", NULL, "RRULE:FREQ=DAILY", "2026-02-01",
		    "2026-02-01" },
		  "" },
		{ "far from the start, in the rhythm that it set",
		  { "1990-01-01", NULL, "RRULE:FREQ=DAILY;INTERVAL=10",
		    "2026-01-01", "2026-01-15" },
		  "2026-01-02 2026-01-12" },
		{ "weeks in their rhythm",
		  { "1990-01-01", NULL,
		    "RRULE:FREQ=WEEKLY;INTERVAL=3;BYDAY=MO,SU", "2026-01-01",
		    "2026-01-31" },
		  "2026-01-04 2026-01-19 2026-01-25" },
		{ "months in their rhythm",
		  { "1990-01-31", NULL, "RRULE:FREQ=MONTHLY;INTERVAL=5",
		    "2026-01-01", "2027-12-31" },
		  "2027-07-31" },
		{ "leap days",
		  { "1996-02-29", NULL, "RRULE:FREQ=YEARLY", NULL, NULL },
		  "2020-02-29 2024-02-29 2028-02-29 2032-02-29 2036-02-29" },
	};

	(void)state;
	CHECK_ROWS(rows);
}

static void
instances_are_as_long_as_the_first_to_the_microsecond(void **state)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const char *lines[] = { "RRULE:FREQ=DAILY;COUNT=2", NULL };
	struct sl_recur_series series = {
		.start_us = recur_moment("2026-03-28T09:00:00.25+01:00"),
		.end_us = recur_moment("2026-03-29T12:00:00.75+02:00"),
		.zone = BERLIN,
		.lines = lines,
	};
	struct sl_recur_window window = { recur_moment("2026-01-01"),
					  recur_moment("2027-01-01") };
	struct sl_recur_set set;

	(void)state;
	sl_recur_expand(&series, window, arena, &set);
	assert_int_equal(set.count, 2);
	assert_int_equal(set.instances[0].start_us, series.start_us);
	assert_int_equal(set.instances[0].end_us, series.end_us);
	assert_int_equal(set.instances[1].start_us,
			 recur_moment("2026-03-29T09:00:00.25+02:00"));
	assert_int_equal(set.instances[1].end_us - set.instances[1].start_us,
			 series.end_us - series.start_us);
	series.end_us = SL_NO_TIME;
	sl_recur_expand(&series, window, arena, &set);
	assert_int_equal(set.instances[1].end_us, set.instances[1].start_us);
	series.end_us = series.start_us - 1;
	sl_recur_expand(&series, window, arena, &set);
	assert_int_equal(set.instances[0].end_us, set.instances[0].start_us);
}

static void
the_window_runs_from_two_years_back_over_a_whole_year_ahead(void **state)
{
	static const struct {
		const char *now, *from, *to;
	} rows[] = {
		{ "2026-11-25T12:00:00Z", "2024-11-01", "2027-12-01" },
		{ "2026-11-01T00:00:00Z", "2024-11-01", "2027-12-01" },
		{ "2026-11-30T23:59:59Z", "2024-11-01", "2027-12-01" },
		{ "2026-12-01T00:00:00Z", "2024-12-01", "2028-01-01" },
		{ "2026-01-31T00:00:00Z", "2024-01-01", "2027-02-01" },
	};

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_recur_window window =
			sl_recur_window_at(recur_moment(rows[i].now));

		CHECK(rows[i].now,
		      window.from_us == recur_moment(rows[i].from));
		CHECK(rows[i].now, window.to_us == recur_moment(rows[i].to));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_skipped_time_takes_the_offset_before_and_a_repeated_one_is_the_first),
		cmocka_unit_test(until_is_inclusive_in_each_form),
		cmocka_unit_test(
			count_begins_with_the_first_instance_wherever_the_window_is),
		cmocka_unit_test(exdates_take_away_in_each_form),
		cmocka_unit_test(rdates_add_in_order_and_once),
		cmocka_unit_test(lines_come_in_any_dress),
		cmocka_unit_test(what_is_not_expanded_says_why),
		cmocka_unit_test(
			a_start_that_the_rule_does_not_have_is_told_of),
		cmocka_unit_test(windows_begin_inclusive_and_end_exclusive),
		cmocka_unit_test(
			instances_are_as_long_as_the_first_to_the_microsecond),
		cmocka_unit_test(
			the_window_runs_from_two_years_back_over_a_whole_year_ahead),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
