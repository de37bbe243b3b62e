/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/attr.h"
#include "core/base/clock.h"
#include "core/base/text.h"

#include "tests/support/unit.h"

static void
date_times_become_utc(void **state SL_UNUSED)
{
	/* Each expectation is written as its own UTC text. */
	static const struct {
		const char *text, *utc, *why;
	} rows[] = {
		{ "1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z",
		  "the epoch" },
		{ "2026-11-20T10:00:00.5+01:00", "2026-11-20T09:00:00.500000Z",
		  "an offset and half a second" },
		{ "2026-11-20T10:00:00-00:00", "2026-11-20T10:00:00.000000Z",
		  "unknown local offset counts as UTC" },
		{ "2026-11-20t10:00:00z", "2026-11-20T10:00:00.000000Z",
		  "small letters" },
		{ "2026-11-20 10:00:00Z", "2026-11-20T10:00:00.000000Z",
		  "a space between" },
		{ "2026-11-20T10:00:00.1234567899Z",
		  "2026-11-20T10:00:00.123456Z", "digits past six" },
		{ "2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z",
		  "leap second" },
		{ "2016-12-31T18:59:60.25-05:00", "2017-01-01T00:00:00.250000Z",
		  "leap second elsewhere" },
		{ "2024-02-29T12:00:00Z", "2024-02-29T12:00:00.000000Z",
		  "a leap day" },
		{ "2000-02-29T12:00:00Z", "2000-02-29T12:00:00.000000Z",
		  "2000 was a leap year" },
		{ "2024-03-01T00:30:00+01:00", "2024-02-29T23:30:00.000000Z",
		  "back over the end of February" },
		{ "1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z",
		  "before the epoch" },
		{ "0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z",
		  "the first" },
		{ "9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999Z",
		  "the last" },
		{ "2026-06-30T23:30:00+23:59", "2026-06-29T23:31:00.000000Z",
		  "the largest offset" },
		{ "2026-06-30T23:30:00-23:59", "2026-07-01T23:29:00.000000Z",
		  "the smallest offset" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		char out[SL_RFC3339_TEXT];
		int64_t us = 0;

		CHECK(rows[i].why, sl_rfc3339_parse(rows[i].text, &us));
		sl_rfc3339_format(us, out);
		CHECK(rows[i].why, strcmp(out, rows[i].utc) == 0);
	}
}

static void
known_instants_have_known_numbers(void **state SL_UNUSED)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} rows[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2001-09-09T01:46:40Z", 1000000000 },
		{ "2038-01-19T03:14:08Z", INT64_C(2147483648) },
		{ "1900-03-01T00:00:00Z", INT64_C(-2203891200) },
		{ "0001-01-01T00:00:00Z", INT64_C(-62135596800) },
		{ "9999-12-31T23:59:59Z", INT64_C(253402300799) },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		int64_t us = -1;

		assert_true(sl_rfc3339_parse(rows[i].text, &us));
		assert_true(us == rows[i].seconds * SL_US_PER_S);
	}
}

static void
what_is_no_date_time_is_refused(void **state SL_UNUSED)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "2026-11-20T10:00:00", "no offset" },
		{ "2026-11-20", "a date" },
		{ "2026-11-20T10:00Z", "no seconds" },
		{ "2026-11-20T10:00:00.Z", "a point without digits" },
		{ "2026-11-20T10:00:00,5Z", "a comma" },
		{ "2026-11-20T10:00:00+0100", "offset without colon" },
		{ "2026-11-20T10:00:00+01", "offset without minutes" },
		{ "2026-11-20T10:00:00+24:00", "offset of a day" },
		{ "2026-11-20T10:00:00+01:60", "offset minutes" },
		{ "2026-11-20T24:00:00Z", "hour 24" },
		{ "2026-11-20T10:60:00Z", "minute 60" },
		{ "2026-11-20T10:00:61Z", "second 61" },
		{ "2026-02-30T10:00:00Z", "30 February" },
		{ "2025-02-29T10:00:00Z", "no leap year" },
		{ "1900-02-29T10:00:00Z", "a century without leap day" },
		{ "2026-04-31T10:00:00Z", "31 April" },
		{ "2026-00-10T10:00:00Z", "month 0" },
		{ "2026-13-10T10:00:00Z", "month 13" },
		{ "2026-10-00T10:00:00Z", "day 0" },
		{ "0000-01-01T00:00:00Z", "year 0000" },
		{ "10000-01-01T00:00:00Z", "year 10000" },
		{ "-001-01-01T00:00:00Z", "a negative year" },
		{ "0001-01-01T00:00:00+00:01", "UTC before the first year" },
		{ "9999-12-31T23:59:00-00:01", "UTC past the last year" },
		{ "9999-12-31T23:59:60Z", "leap second into 10000" },
		{ "2026-11-20T10:00:00Z ", "space behind" },
		{ " 2026-11-20T10:00:00Z", "space before" },
		{ "2026-11-20T10:00:00ZZ", "more behind" },
		{ "2026-11-20_10:00:00Z", "another separator" },
		{ "2026-1-20T10:00:00Z", "one digit" },
		{ "", "empty" },
		{ NULL, "nothing" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		int64_t us = 42;

		CHECK(rows[i].why, !sl_rfc3339_parse(rows[i].text, &us));
		CHECK(rows[i].why, us == 42);
	}
}

static void
dates_are_whole_and_exist(void **state SL_UNUSED)
{
	static const struct {
		const char *text;
		bool ok;
		const char *why;
	} rows[] = {
		{ "2026-12-01", true, "a date" },
		{ "0001-01-01", true, "the first" },
		{ "9999-12-31", true, "the last" },
		{ "2024-02-29", true, "a leap day" },
		{ "2023-02-29", false, "no leap day" },
		{ "2026-02-30", false, "30 February" },
		{ "0000-01-01", false, "year 0000" },
		{ "2026-12-01T00:00:00Z", false, "a time too" },
		{ "2026-12-01 ", false, "space behind" },
		{ "2026-12", false, "a month" },
		{ "20261201", false, "basic form" },
		{ "10000-01-01", false, "five digits" },
		{ "", false, "empty" },
		{ NULL, false, "nothing" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		CHECK(rows[i].why,
		      sl_rfc3339_is_date(rows[i].text) == rows[i].ok);
}

static void
a_date_begins_at_midnight_utc(void **state SL_UNUSED)
{
	int64_t us = 1;

	assert_true(sl_rfc3339_date_us("1970-01-02", &us));
	assert_true(us == 86400 * SL_US_PER_S);
	assert_false(sl_rfc3339_date_us("1970-02-30", &us));
	assert_true(us == 86400 * SL_US_PER_S);
}

static void
every_day_of_nine_centuries_comes_back(void **state SL_UNUSED)
{
	int64_t first = 0, last = 0;

	assert_true(sl_rfc3339_date_us("1600-01-01", &first));
	assert_true(sl_rfc3339_date_us("2500-12-31", &last));
	for (int64_t us = first; us <= last; us += 86400 * SL_US_PER_S) {
		char out[SL_RFC3339_TEXT];
		int64_t back = 0;

		sl_rfc3339_format(us, out);
		assert_true(sl_rfc3339_parse(out, &back));
		assert_true(back == us);
	}
}

static void
format_clamps_what_has_no_year(void **state SL_UNUSED)
{
	char out[SL_RFC3339_TEXT];

	sl_rfc3339_format(SL_NO_TIME, out);
	assert_string_equal(out, "0001-01-01T00:00:00.000000Z");
	sl_rfc3339_format(INT64_MAX, out);
	assert_string_equal(out, "9999-12-31T23:59:59.999999Z");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(date_times_become_utc),
		cmocka_unit_test(known_instants_have_known_numbers),
		cmocka_unit_test(what_is_no_date_time_is_refused),
		cmocka_unit_test(dates_are_whole_and_exist),
		cmocka_unit_test(a_date_begins_at_midnight_utc),
		cmocka_unit_test(every_day_of_nine_centuries_comes_back),
		cmocka_unit_test(format_clamps_what_has_no_year),
	};

	return cmocka_run_group_tests_name("rfc3339", tests, NULL, NULL);
}
