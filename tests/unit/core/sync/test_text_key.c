/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/sync/record.h"

#include "tests/support/unit.h"

#define SECOND INT64_C(1793610845000000)

static void
same(const char *a, const char *b, bool expected)
{
	char one[SL_TEXT_KEY], other[SL_TEXT_KEY];

	sl_text_key("2-abc", SECOND, a, one);
	sl_text_key("2-abc", SECOND, b, other);
	assert_int_equal(strcmp(one, other) == 0, expected);
}

static void
test_line_ends_and_last_blanks_do_not_count(void **state)
{
	(void)state;
	same("a\nb", "a\r\nb", true);
	same("a\nb", "a\rb", true);
	same("a\n\nb", "a\r\n\r\nb", true);
	same("a\n\nb", "a\nb", false);
	same("a", "a \t\r\n", true);
	same("a", " a", false);
	same("", NULL, true);
	same("", " ", true);
	same("a", "A", false);
}

static void
test_thread_second_and_text_count(void **state)
{
	char one[SL_TEXT_KEY], other[SL_TEXT_KEY];

	(void)state;
	sl_text_key("2-abc", SECOND, "x", one);
	assert_int_equal(strlen(one), SL_TEXT_KEY - 1);
	assert_memory_equal(one, "m:", 2);
	sl_text_key("2-abc", SECOND + 999999, "x", other);
	assert_string_equal(one, other);
	sl_text_key("2-abc", SECOND + 1000000, "x", other);
	assert_string_not_equal(one, other);
	sl_text_key("2-abd", SECOND, "x", other);
	assert_string_not_equal(one, other);
	/* no two of thread and text run into one another */
	sl_text_key("2-abc;1793610845;x", SECOND, "", other);
	assert_string_not_equal(one, other);
}

static void
test_fields_count_in_their_order(void **state)
{
	const char *const rows[][4] = {
		{ "a", "b", NULL },     { "b", "a", NULL }, { "ab", "", NULL },
		{ "a", "b", "", NULL }, { "1:a", NULL },    { NULL },
	};
	char keys[SL_ARRAY_LEN(rows)][SL_FIELDS_KEY];

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		sl_fields_key(rows[i], keys[i]);
		assert_int_equal(strlen(keys[i]), SL_FIELDS_KEY - 1);
		for (size_t k = 0; k < i; k++)
			assert_string_not_equal(keys[i], keys[k]);
	}
	sl_fields_key(rows[0], keys[1]);
	assert_string_equal(keys[0], keys[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line_ends_and_last_blanks_do_not_count),
		cmocka_unit_test(test_thread_second_and_text_count),
		cmocka_unit_test(test_fields_count_in_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
