/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"

#include "tests/support/unit.h"

static void
an_empty_buffer_reads_as_empty_text(void **state SL_UNUSED)
{
	SL_AUTO_BUF buf = { .max = 10 };

	assert_string_equal(sl_buf_text(&buf), "");
	sl_buf_adds(&buf, NULL);
	assert_int_equal(buf.len, 0);
	sl_buf_adds(&buf, "");
	assert_non_null(buf.data);
	assert_string_equal(buf.data, "");
}

static void
appends_follow_each_other(void **state SL_UNUSED)
{
	SL_AUTO_BUF buf = { .max = 1000 };

	sl_buf_adds(&buf, "a");
	sl_buf_addc(&buf, 'b');
	sl_buf_addf(&buf, "%03d", 7);
	sl_buf_add(&buf, "x\0y", 3);
	assert_int_equal(buf.len, 8);
	assert_memory_equal(buf.data, "ab007x\0y", 9);
	assert_false(buf.overflow);
}

static void
the_maximum_fits_and_one_more_does_not(void **state SL_UNUSED)
{
	SL_AUTO_BUF buf = { .max = 100 };

	sl_buf_addf(&buf, "%100d", 1);
	assert_int_equal(buf.len, 100);
	assert_false(buf.overflow);
	sl_buf_addc(&buf, 'x');
	assert_true(buf.overflow);
	assert_int_equal(buf.len, 100);
	assert_int_equal(strlen(buf.data), 100);
}

static void
after_an_overflow_nothing_is_stored(void **state SL_UNUSED)
{
	SL_AUTO_BUF buf = { .max = 10 };

	sl_buf_adds(&buf, "12345");
	sl_buf_addf(&buf, "%s", "678901");
	assert_true(buf.overflow);
	assert_string_equal(buf.data, "12345");
	sl_buf_addc(&buf, 'x'); /* would fit, but a hole would be a lie */
	assert_string_equal(buf.data, "12345");

	sl_buf_clear(&buf);
	assert_false(buf.overflow);
	sl_buf_adds(&buf, "ok");
	assert_string_equal(buf.data, "ok");
}

static void
capacity_never_passes_the_maximum(void **state SL_UNUSED)
{
	SL_AUTO_BUF buf = { .max = 1000 };

	for (int i = 0; i < 1000; i++)
		sl_buf_addc(&buf, 'x');
	assert_int_equal(buf.len, 1000);
	assert_true(buf.cap <= 1001);
}

static void
clear_keeps_the_capacity_release_does_not(void **state SL_UNUSED)
{
	struct sl_buf buf;

	sl_buf_init(&buf, 1000);
	sl_buf_addf(&buf, "%500d", 1);
	sl_buf_clear(&buf);
	assert_true(buf.cap >= 501);
	assert_string_equal(sl_buf_text(&buf), "");
	sl_buf_release(&buf);
	assert_int_equal(buf.cap, 0);
	assert_null(buf.data);
	sl_buf_release(&buf);
}

static void
detach_hands_the_bytes_over(void **state SL_UNUSED)
{
	SL_AUTO_BUF buf = { .max = 10 };
	char *text;

	sl_buf_adds(&buf, "mine");
	text = sl_buf_detach(&buf);
	assert_string_equal(text, "mine");
	sl_free(text);
	assert_int_equal(buf.len, 0);

	text = sl_buf_detach(&buf);
	assert_string_equal(text, "");
	sl_free(text);
	sl_buf_adds(&buf, "0123456789");
	assert_false(buf.overflow);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_buffer_reads_as_empty_text),
		cmocka_unit_test(appends_follow_each_other),
		cmocka_unit_test(the_maximum_fits_and_one_more_does_not),
		cmocka_unit_test(after_an_overflow_nothing_is_stored),
		cmocka_unit_test(capacity_never_passes_the_maximum),
		cmocka_unit_test(clear_keeps_the_capacity_release_does_not),
		cmocka_unit_test(detach_hands_the_bytes_over),
	};

	return cmocka_run_group_tests_name("buf", tests, NULL, NULL);
}
