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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line_ends_and_last_blanks_do_not_count),
		cmocka_unit_test(test_thread_second_and_text_count),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
