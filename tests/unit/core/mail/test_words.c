/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/text.h"

#include "core/mail/words.h"

#include "tests/support/unit.h"

static void
complete_words_are_decoded_and_nothing_else(void **state SL_UNUSED)
{
	static const struct {
		const char *in, *out, *why;
	} rows[] = {
		{ NULL, NULL, "nothing" },
		{ "", "", "an empty value" },
		{ "Contract", "Contract", "plain text" },
		{ " Re: x \r\n", "Re: x", "white space around" },
		{ "a\r\n b", "a b", "a fold" },
		{ "a\r\n\t  b", "a b", "a fold with more white space" },
		{ "a  b\tc", "a  b\tc", "white space inside stays" },
		{ "J\u00f6rg \u2603", "J\u00f6rg \u2603", "decoded already" },
		{ "=?utf-8?Q?J=C3=B6rg?=", "J\u00f6rg", "Q" },
		{ "=?UTF-8?q?J=c3=b6rg?=", "J\u00f6rg", "q, small digits" },
		{ "=?utf-8?B?SsO2cmc=?=", "J\u00f6rg", "B" },
		{ "=?iso-8859-1?Q?a_b=5F?=", "a b_", "_ is a space" },
		{ "=?utf-8*en?Q?a?=", "a", "a language" },
		{ "Re: =?utf-8?Q?a?= and =?utf-8?Q?b?=", "Re: a and b",
		  "between other text" },
		{ "=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab", "neighbours" },
		{ "=?utf-8?Q?a?=\r\n =?utf-8?Q?b?=", "ab", "over a fold" },
		{ "=?utf-8?Q?J=C3?= =?utf-8?Q?=B6rg?=", "J\u00f6rg",
		  "a character in two words" },
		{ "=?iso-2022-jp?B?GyRCJCIbKEI=?=", "\u3042", "ISO-2022-JP" },
		{ "=?gb18030?Q?=D6=D0?=", "\u4e2d", "GB 18030" },
		{ "[x]=?utf-8?Q?a?=", "[x]a", "right behind other text" },
		{ "=?utf-8?Q?a?= b", "a b", "before other text" },
		{ "=?utf-8?Q?a b?=", "a b", "a space inside" },
		{ "=?", "=?", "the beginning of none" },
		{ "=?utf-8?Q?a", "=?utf-8?Q?a", "one without end" },
		{ "=?utf-8?X?a?=", "=?utf-8?X?a?=", "another encoding" },
		{ "a =? b ?= c", "a =? b ?= c", "marks alone" },
		{ "1+1=?=2", "1+1=?=2", "arithmetic" },
		{ "=?utf-8?Q?=00a?=", "?a", "a NUL" },
		{ "\xff=", "\ufffd=", "no UTF-8" },
	};

	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		char *out = sl_mail_words(arena, rows[i].in);

		if (!sl_text_equal(out, rows[i].out))
			printf("%s: %s\n", rows[i].why, out);
		CHECK(rows[i].why, sl_text_equal(out, rows[i].out));
	}
}

static void
what_a_charset_cannot_say_is_still_text(void **state SL_UNUSED)
{
	static const char *const rows[] = {
		"=?x-nobody?Q?J=F6rg?=", "=?utf-8?Q?=FF=FE?=",
		"=?utf-16?B?2D0=?=",     "=?us-ascii?Q?J=F6rg?=",
		"=?//IGNORE?Q?=F6?=",    "=?utf-8?B?!!!?=",
	};

	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		char *out = sl_mail_words(arena, rows[i]);

		CHECK(rows[i], sl_utf8_valid(out, strlen(out)));
	}
}

static void
a_value_is_read_as_far_as_the_cap(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	char *value = sl_arena_alloc(arena, SL_MAIL_WORDS_BYTES_MAX + 2);

	memset(value, 'a', SL_MAIL_WORDS_BYTES_MAX);
	assert_int_equal(strlen(sl_mail_words(arena, value)),
			 SL_MAIL_WORDS_BYTES_MAX);
	value[SL_MAIL_WORDS_BYTES_MAX] = 'b';
	assert_int_equal(strlen(sl_mail_words(arena, value)),
			 SL_MAIL_WORDS_BYTES_MAX);
	/* Not in the middle of a character. */
	memcpy(value + SL_MAIL_WORDS_BYTES_MAX - 1, "\u00e9", 2);
	assert_int_equal(strlen(sl_mail_words(arena, value)),
			 SL_MAIL_WORDS_BYTES_MAX - 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(complete_words_are_decoded_and_nothing_else),
		cmocka_unit_test(what_a_charset_cannot_say_is_still_text),
		cmocka_unit_test(a_value_is_read_as_far_as_the_cap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
