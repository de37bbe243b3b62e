/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/option.h"

#include "tests/support/unit.h"

static const char *const colours[] = { "red", "green", "blue", NULL };

static const struct sl_option table[] = {
	{ .name = "label", .type = SL_OPT_TEXT, .fallback = "", .max = 6 },
	{ .name = "count",
	  .type = SL_OPT_NUMBER,
	  .fallback = "5",
	  .min = -1,
	  .max = 25 },
	{ .name = "colour",
	  .type = SL_OPT_CHOICE,
	  .fallback = "red",
	  .choices = colours },
	{ .name = "colours",
	  .type = SL_OPT_LIST,
	  .fallback = "",
	  .choices = colours },
	{ .name = "since", .type = SL_OPT_DATE, .fallback = "" },
	{ .name = NULL },
};

static void
rows_are_found_by_name(void **state SL_UNUSED)
{
	assert_ptr_equal(sl_option_find(table, "label"), &table[0]);
	assert_ptr_equal(sl_option_find(table, "since"), &table[4]);
	assert_null(sl_option_find(table, "nothing"));
	assert_null(sl_option_find(table, ""));
	assert_null(sl_option_find(table, NULL));
	assert_null(sl_option_find(NULL, "label"));
}

static void
values_are_checked_against_their_row(void **state SL_UNUSED)
{
	static const struct {
		const char *name, *value;
		bool ok;
		const char *why;
	} rows[] = {
		{ "label", "", true, "text may be empty" },
		{ "label", "123456", true, "as many bytes as allowed" },
		{ "label", "1234567", false, "one byte more" },
		{ "label", "\u20ac\u20ac\u20ac", false, "bytes, not letters" },
		{ "label", "a\xff", false, "text is UTF-8" },
		{ "count", "-1", true, "the minimum" },
		{ "count", "25", true, "the maximum" },
		{ "count", "-2", false, "below the minimum" },
		{ "count", "26", false, "above the maximum" },
		{ "count", "", false, "no number" },
		{ "count", "7x", false, "not a whole number" },
		{ "colour", "green", true, "a choice" },
		{ "colour", "Green", false, "case counts" },
		{ "colour", "", false, "a choice must be made" },
		{ "colour", "red,blue", false, "one only" },
		{ "colours", "", true, "an empty list" },
		{ "colours", "red", true, "one" },
		{ "colours", "blue,red", true, "two in any order" },
		{ "colours", "red,", false, "an empty entry at the end" },
		{ "colours", ",red", false, "an empty entry at the start" },
		{ "colours", ",", false, "two empty entries" },
		{ "colours", "red, blue", false, "no spaces" },
		{ "colours", "red,pink", false, "one unknown entry" },
		{ "colours", "redd", false, "a prefix is no match" },
		{ "since", "", true, "no date" },
		{ "since", "2026-12-01", true, "a date" },
		{ "since", "2026-02-30", false, "a day that does not exist" },
		{ "since", "yesterday", false, "words" },
		{ "since", NULL, false, "no value at all" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		const struct sl_option *row =
			sl_option_find(table, rows[i].name);
		struct sl_error err = { .status = SL_OK };
		sl_status status = sl_option_check(row, rows[i].value, &err);

		CHECK(rows[i].why, (status == SL_OK) == rows[i].ok);
		CHECK(rows[i].why, rows[i].ok || (status == SL_CONFIG &&
						  err.scope == SL_INTEGRATION));
		CHECK(rows[i].why,
		      rows[i].ok || strstr(err.text, rows[i].name) != NULL);
	}
}

static void
the_error_says_what_would_fit(void **state SL_UNUSED)
{
	static const struct {
		const char *name, *value, *text;
	} rows[] = {
		{ "count", "99",
		  "option count: \"99\" is not a whole number from -1 to 25" },
		{ "colour", "pink",
		  "option colour: \"pink\" is not one of red, green, blue" },
		{ "colours", "red,pink",
		  "option colours: \"red,pink\" is not a comma-separated list "
		  "of red, green, blue" },
		{ "since", "x",
		  "option since: \"x\" is not a date as 2026-12-01, or empty" },
		{ "label", "1234567", "option label: longer than 6 bytes" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_error err;

		assert_int_equal(
			sl_option_check(sl_option_find(table, rows[i].name),
					rows[i].value, &err),
			SL_CONFIG);
		assert_string_equal(err.text, rows[i].text);
	}
}

static void
a_long_value_is_shown_in_part(void **state SL_UNUSED)
{
	char value[200];
	struct sl_error err;

	memset(value, 'x', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	assert_int_equal(sl_option_check(&table[2], value, &err), SL_CONFIG);
	assert_non_null(strstr(err.text, "x...\" is not one of red"));
	assert_true(strlen(err.text) < 150);
}

static void
lists_are_searched_by_whole_entries(void **state SL_UNUSED)
{
	assert_true(sl_option_list_has("red,blue", "red"));
	assert_true(sl_option_list_has("red,blue", "blue"));
	assert_false(sl_option_list_has("red,blue", "re"));
	assert_false(sl_option_list_has("red,blue", "red,blue"));
	assert_false(sl_option_list_has("red,blue", ""));
	assert_false(sl_option_list_has("", ""));
	assert_false(sl_option_list_has("", "red"));
	assert_false(sl_option_list_has(NULL, "red"));
	assert_false(sl_option_list_has("red", NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rows_are_found_by_name),
		cmocka_unit_test(values_are_checked_against_their_row),
		cmocka_unit_test(the_error_says_what_would_fit),
		cmocka_unit_test(a_long_value_is_shown_in_part),
		cmocka_unit_test(lists_are_searched_by_whole_entries),
	};

	return cmocka_run_group_tests_name("option", tests, NULL, NULL);
}
