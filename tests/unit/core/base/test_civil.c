/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calendar: days to dates and back, over all of it.
 */
#include "core/base/attr.h"
#include "core/base/civil.h"

#include "tests/support/unit.h"

static void
known_days_are_where_they_should_be(void **state)
{
	static const struct {
		const char *why;
		struct sl_date date;
		int64_t days;
		int weekday;
	} rows[] = {
		{ "the epoch was a Thursday", { 1970, 1, 1 }, 0, 4 },
		{ "the day before", { 1969, 12, 31 }, -1, 3 },
		{ "a leap day", { 2024, 2, 29 }, 19782, 4 },
		{ "2000 was a leap year", { 2000, 3, 1 }, 11017, 3 },
		{ "1900 was none", { 1900, 3, 1 }, -25508, 4 },
		{ "the first day PostgreSQL and we share",
		  { 1, 1, 1 },
		  -719162,
		  1 },
		{ "the last", { 9999, 12, 31 }, 2932896, 5 },
	};

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_date back = sl_date_of_days(rows[i].days);

		CHECK(rows[i].why, sl_date_exists(&rows[i].date));
		CHECK(rows[i].why,
		      sl_date_to_days(&rows[i].date) == rows[i].days);
		CHECK(rows[i].why, back.year == rows[i].date.year &&
					   back.month == rows[i].date.month &&
					   back.day == rows[i].date.day);
		CHECK(rows[i].why, sl_weekday(rows[i].days) == rows[i].weekday);
	}
}

static void
each_day_is_the_one_after_the_day_before(void **state)
{
	struct sl_date date = { -1, 1, 1 };
	int64_t first = sl_date_to_days(&date);

	(void)state;
	for (int64_t day = first; date.year < 2500; day++) {
		struct sl_date found = sl_date_of_days(day);

		assert_int_equal(sl_date_to_days(&date), day);
		assert_int_equal(found.year, date.year);
		assert_int_equal(found.month, date.month);
		assert_int_equal(found.day, date.day);
		if (++date.day > sl_month_days(date.year, date.month)) {
			date.day = 1;
			if (++date.month > 12) {
				date.month = 1;
				date.year++;
			}
		}
	}
}

static void
days_that_no_month_has_do_not_exist(void **state)
{
	static const struct sl_date none[] = {
		{ 2026, 2, 29 }, { 1900, 2, 29 }, { 2026, 4, 31 },
		{ 2026, 0, 1 },  { 2026, 13, 1 }, { 2026, 1, 0 },
		{ 0, 1, 1 },     { 10000, 1, 1 },
	};

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(none); i++)
		assert_false(sl_date_exists(&none[i]));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_days_are_where_they_should_be),
		cmocka_unit_test(each_day_is_the_one_after_the_day_before),
		cmocka_unit_test(days_that_no_month_has_do_not_exist),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
