/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/secret.h"

#include "tests/support/unit.h"

static void
a_secret_holds_a_terminated_copy(void **state SL_UNUSED)
{
	SL_AUTO_SECRET secret = { NULL, 0 };
	char source[] = "token-1";

	assert_false(sl_secret_is_set(&secret));
	sl_secret_set(&secret, source, 7);
	memset(source, 'x', 7);
	assert_true(sl_secret_is_set(&secret));
	assert_int_equal(secret.len, 7);
	assert_memory_equal(secret.bytes, "token-1", 8);
}

static void
setting_nothing_empties(void **state SL_UNUSED)
{
	struct sl_secret secret = { NULL, 0 };

	sl_secret_set(&secret, "abc", 3);
	sl_secret_set(&secret, "abc", 0);
	assert_false(sl_secret_is_set(&secret));
	sl_secret_set(&secret, "abc", 3);
	sl_secret_set(&secret, NULL, 0);
	assert_null(secret.bytes);
	sl_secret_release(&secret);
	sl_secret_release(&secret);
	assert_int_equal(secret.len, 0);
}

static void
a_secret_may_be_set_from_itself(void **state SL_UNUSED)
{
	SL_AUTO_SECRET secret = { NULL, 0 };

	sl_secret_set(&secret, "prefix:value", 12);
	sl_secret_set(&secret, secret.bytes + 7, 5);
	assert_memory_equal(secret.bytes, "value", 6);
	sl_secret_copy(&secret, &secret);
	assert_memory_equal(secret.bytes, "value", 6);
}

static void
equality_looks_at_every_byte(void **state SL_UNUSED)
{
	static const struct {
		const char *a, *b;
		bool equal;
		const char *why;
	} rows[] = {
		{ "abc", "abc", true, "same bytes" },
		{ "abc", "abd", false, "last byte differs" },
		{ "xbc", "abc", false, "first byte differs" },
		{ "abc", "abcd", false, "a prefix is not equal" },
		{ "", "", true, "nothing equals nothing" },
		{ "", "a", false, "nothing is not something" },
		{ "\x80", "\x00", false, "one bit, and no NUL semantics" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		SL_AUTO_SECRET a = { NULL, 0 };
		SL_AUTO_SECRET b = { NULL, 0 };

		sl_secret_set(&a, rows[i].a, strlen(rows[i].a));
		sl_secret_set(&b, rows[i].b, strlen(rows[i].b));
		CHECK(rows[i].why, sl_secret_equal(&a, &b) == rows[i].equal);
		CHECK(rows[i].why, sl_secret_equal(&b, &a) == rows[i].equal);
	}
}

static void
wipe_overwrites(void **state SL_UNUSED)
{
	char bytes[8] = "secret!";

	sl_wipe(bytes, 6);
	assert_memory_equal(bytes, "\0\0\0\0\0\0!", 8);
	sl_wipe(NULL, 0);
}

static void
a_secret_is_taken_out_of_a_text(void **state SL_UNUSED)
{
	static const struct {
		const char *text, *expect;
	} rows[] = {
		{ "", "" },
		{ "hush-hush-7", "[...]" },
		{ "bad token hush-hush-7.", "bad token [...]." },
		{ "hush-hush-7hush-hush-7 and hush-hush-7",
		  "[...][...] and [...]" },
		{ "hush-hush-hush-hush-7", "hush-hush-[...]" },
		{ "cut off: hush-hush", "cut off: [...]" },
		{ "cut off: hush-hus", "cut off: [...]" },
		{ "cut off: hush-hu", "cut off: hush-hu" },
		{ "hush-hush-8", "hush-hush-8" },
	};

	SL_AUTO_SECRET secret = { 0 };
	SL_AUTO_SECRET none = { 0 };

	sl_secret_set(&secret, "hush-hush-7", 11);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		char text[64];

		memcpy(text, rows[i].text, strlen(rows[i].text) + 1);
		sl_secret_hide(&none, text);
		assert_string_equal(text, rows[i].text);
		sl_secret_hide(&secret, text);
		assert_string_equal(text, rows[i].expect);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_secret_holds_a_terminated_copy),
		cmocka_unit_test(setting_nothing_empties),
		cmocka_unit_test(a_secret_may_be_set_from_itself),
		cmocka_unit_test(equality_looks_at_every_byte),
		cmocka_unit_test(wipe_overwrites),
		cmocka_unit_test(a_secret_is_taken_out_of_a_text),
	};

	return cmocka_run_group_tests_name("secret", tests, NULL, NULL);
}
