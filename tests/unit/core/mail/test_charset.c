/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/text.h"

#include "core/mail/charset.h"

#include "tests/support/unit.h"

#define BYTES(text) (text), sizeof(text) - 1

static void
valid_utf8_wins_then_the_declared_charset_then_loss(void **state SL_UNUSED)
{
	static const struct {
		const char *in;
		size_t len;
		const char *declared, *out;
		enum sl_charset_way way;
		const char *why;
	} rows[] = {
		{ BYTES(""), NULL, "", SL_CHARSET_UTF8, "nothing" },
		{ BYTES("abc"), NULL, "abc", SL_CHARSET_UTF8, "ASCII" },
		{ BYTES("abc"), "utf-16", "abc", SL_CHARSET_UTF8,
		  "valid, whatever is declared" },
		{ BYTES("J\u00f6rg"), "iso-8859-1", "J\u00f6rg",
		  SL_CHARSET_UTF8, "converted, the declaration left behind" },
		{ BYTES("\u3042"), "iso-2022-jp", "\u3042", SL_CHARSET_UTF8,
		  "the same, as seen with ISO-2022-JP" },
		{ BYTES("\ufeffabc"), "utf-8", "abc", SL_CHARSET_UTF8,
		  "a byte order mark" },
		{ BYTES("a\0b"), NULL, "ab", SL_CHARSET_UTF8, "a NUL" },
		{ BYTES("\u00e4\0b"), "iso-8859-1", "\u00e4b", SL_CHARSET_UTF8,
		  "a NUL makes no other charset" },
		{ BYTES("\x1b[1mx"), NULL, "\x1b[1mx", SL_CHARSET_UTF8,
		  "an escape that is none of a charset" },
		{ BYTES("J\xf6rg"), "ISO-8859-1", "J\u00f6rg",
		  SL_CHARSET_DECLARED, "Latin 1" },
		{ BYTES("\x93x\x94 \x80"), "iso-8859-1", "\u201cx\u201d \u20ac",
		  SL_CHARSET_DECLARED, "which is Windows-1252" },
		{ BYTES("J\xf6rg"), "us-ascii", "J\u00f6rg",
		  SL_CHARSET_DECLARED, "and so is what is no ASCII" },
		{ BYTES("\x1b$B$\"\x1b(B"), "ISO-2022-JP", "\u3042",
		  SL_CHARSET_DECLARED, "escape sequences" },
		{ BYTES("\x82\xa0"), "Shift_JIS", "\u3042", SL_CHARSET_DECLARED,
		  "Shift JIS" },
		{ BYTES("\xcf\xf0\xe8"), "windows-1251", "\u041f\u0440\u0438",
		  SL_CHARSET_DECLARED, "Cyrillic" },
		{ BYTES("\xcf\xf0\xe8"), "cp1251", "\u041f\u0440\u0438",
		  SL_CHARSET_DECLARED, "its other name" },
		{ BYTES("\xd0\xd2\xc9"), "koi8-r", "\u043f\u0440\u0438",
		  SL_CHARSET_DECLARED, "KOI8" },
		{ BYTES("\xd6\xd0"), "gb2312", "\u4e2d", SL_CHARSET_DECLARED,
		  "GB 2312" },
		{ BYTES("\xff\xfe\x42\x30"), "utf-16", "\u3042",
		  SL_CHARSET_DECLARED, "UTF-16 with its mark" },
		{ BYTES("a\0b\0"), "utf-16le", "ab", SL_CHARSET_DECLARED,
		  "NULs that are halves" },
		{ BYTES("J\xf6rg"), NULL, "J\ufffdrg", SL_CHARSET_LOSSY,
		  "nothing declared" },
		{ BYTES("J\xf6rg"), "utf-8", "J\ufffdrg", SL_CHARSET_LOSSY,
		  "declared what it is not" },
		{ BYTES("J\xf6rg"), "x-nobody", "J\ufffdrg", SL_CHARSET_LOSSY,
		  "a charset nobody knows" },
		{ BYTES("J\xf6rg"), "iso-8859-1//IGNORE", "J\ufffdrg",
		  SL_CHARSET_LOSSY, "iconv's options are no name" },
		{ BYTES("J\xf6rg"), "", "J\ufffdrg", SL_CHARSET_LOSSY,
		  "an empty name" },
		{ BYTES("\x82\xa0\xffx"), "shift_jis", "\u3042\ufffdx",
		  SL_CHARSET_LOSSY, "one wrong byte" },
		{ BYTES("\x82\xa0\x82"), "shift_jis", "\u3042\ufffd",
		  SL_CHARSET_LOSSY, "cut in a character" },
		{ BYTES("\x1b$B$"), "iso-2022-jp", "\ufffd", SL_CHARSET_LOSSY,
		  "cut in an escaped one" },
	};

	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_charset_text out;

		sl_charset_to_utf8(arena, rows[i].in, rows[i].len,
				   rows[i].declared, &out);
		if (strcmp(out.text, rows[i].out) != 0)
			printf("%s: %s\n", rows[i].why, out.text);
		CHECK(rows[i].why, strcmp(out.text, rows[i].out) == 0);
		CHECK(rows[i].why, out.len == strlen(rows[i].out));
		CHECK(rows[i].why, out.way == rows[i].way);
	}
}

static void
a_name_may_be_so_long(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_charset_text out;
	char name[SL_CHARSET_NAME_MAX + 2] = "";

	memset(name, 'x', SL_CHARSET_NAME_MAX + 1);
	sl_charset_to_utf8(arena, "\xf6", 1, name, &out);
	assert_int_equal(out.way, SL_CHARSET_LOSSY);
}

static void
long_texts_are_converted_whole(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_charset_text out;
	const size_t len = 100000;
	char *bytes = sl_arena_alloc(arena, len);

	memset(bytes, 0xf6, len);
	sl_charset_to_utf8(arena, bytes, len, "iso-8859-1", &out);
	assert_int_equal(out.len, 2 * len);
	sl_charset_to_utf8(arena, bytes, len, NULL, &out);
	assert_int_equal(out.len, 3 * len);
}

static void
ways_have_names(void **state SL_UNUSED)
{
	assert_string_equal(sl_charset_way_name(SL_CHARSET_UTF8), "utf-8");
	assert_string_equal(sl_charset_way_name(SL_CHARSET_DECLARED),
			    "declared");
	assert_string_equal(sl_charset_way_name(SL_CHARSET_LOSSY), "lossy");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			valid_utf8_wins_then_the_declared_charset_then_loss),
		cmocka_unit_test(a_name_may_be_so_long),
		cmocka_unit_test(long_texts_are_converted_whole),
		cmocka_unit_test(ways_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
