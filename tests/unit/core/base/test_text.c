/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "tests/support/unit.h"

struct bytes_row {
	const char *in;
	size_t len;
	const char *repaired; /* NULL = valid as it is */
	const char *why;
};

#define BYTES(s) (s), sizeof(s) - 1
#define FFFD     "\xef\xbf\xbd"

static const struct bytes_row utf8_rows[] = {
	{ BYTES(""), NULL, "nothing is valid" },
	{ BYTES("plain text, longer than eight"), NULL, "ASCII" },
	{ BYTES("\u00e9\u20ac\U0001f600"), NULL, "two, three, four bytes" },
	{ BYTES("\x7f\xc2\x80\xdf\xbf"), NULL, "edges of two bytes" },
	{ BYTES("\xe0\xa0\x80\xef\xbf\xbf"), NULL, "edges of three" },
	{ BYTES("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"), NULL, "edges of four" },
	{ BYTES("\xed\x9f\xbf\xee\x80\x80"), NULL, "around surrogates" },
	{ BYTES("a\0b"), "a" FFFD "b", "PostgreSQL refuses NUL" },
	{ BYTES("12345678\0"), "12345678" FFFD, "NUL behind a full word" },
	{ BYTES("1234567\0"
		"9abcdefg"),
	  "1234567" FFFD "9abcdefg", "NUL as the last byte of a word" },
	{ BYTES("\x01\0\x01"), "\x01" FFFD "\x01", "NUL behind SOH" },
	{ BYTES("\xc0\x80"), FFFD FFFD, "overlong NUL" },
	{ BYTES("\xc1\xbf"), FFFD FFFD, "overlong two" },
	{ BYTES("\xe0\x9f\xbf"), FFFD FFFD FFFD, "overlong three" },
	{ BYTES("\xf0\x8f\xbf\xbf"), FFFD FFFD FFFD FFFD, "overlong four" },
	{ BYTES("\xed\xa0\x80"), FFFD FFFD FFFD, "a surrogate" },
	{ BYTES("\xf4\x90\x80\x80"), FFFD FFFD FFFD FFFD, "past U+10FFFF" },
	{ BYTES("\xf5\x80"), FFFD FFFD, "no such lead byte" },
	{ BYTES("\x80x"), FFFD "x", "a tail byte alone" },
	{ BYTES("\xe2\x82"), FFFD FFFD, "cut at the end" },
	{ BYTES("\xe2\x82z"), FFFD FFFD "z", "cut by another character" },
	{ BYTES("abcdefgh\xff"
		"abcdefgh"),
	  "abcdefgh" FFFD "abcdefgh", "in the middle of a long run" },
	{ BYTES("caf\xe9"), "caf" FFFD, "Latin-1" },
};

static void
utf8_is_recognised(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(utf8_rows); i++) {
		const struct bytes_row *r = &utf8_rows[i];

		CHECK(r->why,
		      sl_utf8_valid(r->in, r->len) == (r->repaired == NULL));
	}
}

static void
utf8_is_repaired_byte_by_byte(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(utf8_rows); i++) {
		const struct bytes_row *r = &utf8_rows[i];
		const char *want = r->repaired == NULL ? r->in : r->repaired;
		bool repaired = false;
		char *out = sl_utf8_repair(arena, r->in, r->len, &repaired);

		CHECK(r->why, strcmp(out, want) == 0);
		CHECK(r->why, repaired == (r->repaired != NULL));
		CHECK(r->why, sl_utf8_valid(out, strlen(out)));
	}
	assert_string_equal(sl_utf8_repair(arena, "\xff", 1, NULL), FFFD);
}

static void
a_code_point_has_a_length_and_a_number(void **state SL_UNUSED)
{
	assert_int_equal(sl_utf8_length("", 0), 0);
	assert_int_equal(sl_utf8_length("\0", 1), 0);
	assert_int_equal(sl_utf8_length("ab", 2), 1);
	assert_int_equal(sl_utf8_length("\u00e9", 2), 2);
	assert_int_equal(sl_utf8_length("\u00e9", 1), 0);
	assert_int_equal(sl_utf8_length("\u20ac", 3), 3);
	assert_int_equal(sl_utf8_length("\u20ac", 2), 0);
	assert_int_equal(sl_utf8_length("\U0001f600", 4), 4);
	assert_int_equal(sl_utf8_length("\U0001f600", 3), 0);
	assert_int_equal(sl_utf8_point("a", 1), 'a');
	assert_int_equal(sl_utf8_point("\u00e9", 2), 0xe9);
	assert_int_equal(sl_utf8_point("\u20ac", 3), 0x20ac);
	assert_int_equal(sl_utf8_point("\U0010ffff", 4), 0x10ffff);
}

static void
a_cut_ends_on_a_boundary(void **state SL_UNUSED)
{
	static const struct {
		const char *text;
		size_t max, cut;
		const char *why;
	} rows[] = {
		{ "abc", 5, 3, "shorter than allowed" },
		{ "abc", 3, 3, "exactly as long" },
		{ "abc", 2, 2, "ASCII splits anywhere" },
		{ "abc", 0, 0, "nothing allowed" },
		{ "a\u20ac", 3, 1, "two bytes of three" },
		{ "a\u20ac", 2, 1, "one byte of three" },
		{ "a\u20acb", 4, 4, "behind the whole character" },
		{ "\U0001f600\U0001f600", 7, 4, "three of four" },
		{ "\U0001f600", 1, 0, "not even one fits" },
		{ "\x80\x80\x80\x80\x80\x80", 5, 5, "no UTF-8: no boundary" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		size_t len = strlen(rows[i].text);

		CHECK(rows[i].why, sl_utf8_cut(rows[i].text, len,
					       rows[i].max) == rows[i].cut);
	}
}

static void
signed_numbers_are_strict(void **state SL_UNUSED)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
		const char *why;
	} rows[] = {
		{ "0", true, 0, "zero" },
		{ "-0", true, 0, "zero with a sign" },
		{ "+7", true, 7, "one plus sign" },
		{ "007", true, 7, "leading zeros are decimal" },
		{ "9223372036854775807", true, INT64_MAX, "largest" },
		{ "-9223372036854775808", true, INT64_MIN, "smallest" },
		{ "9223372036854775808", false, 0, "one past the largest" },
		{ "-9223372036854775809", false, 0, "one past the smallest" },
		{ "99999999999999999999", false, 0, "past 64 bits" },
		{ "", false, 0, "empty" },
		{ "-", false, 0, "a sign alone" },
		{ "-+1", false, 0, "two signs" },
		{ "--1", false, 0, "two signs" },
		{ " 1", false, 0, "space before" },
		{ "1 ", false, 0, "space behind" },
		{ "1e3", false, 0, "an exponent" },
		{ "1.0", false, 0, "a fraction" },
		{ "0x10", false, 0, "hexadecimal" },
		{ "\xd9\xa1", false, 0, "an Arabic digit" },
		{ NULL, false, 0, "nothing" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		int64_t value = -77;

		CHECK(rows[i].why,
		      sl_parse_i64(rows[i].text, &value) == rows[i].ok);
		CHECK(rows[i].why, value == (rows[i].ok ? rows[i].value : -77));
	}
}

static void
unsigned_numbers_are_strict(void **state SL_UNUSED)
{
	uint64_t value = 5;

	assert_true(sl_parse_u64("18446744073709551615", &value));
	assert_true(value == UINT64_MAX);
	assert_false(sl_parse_u64("18446744073709551616", &value));
	assert_false(sl_parse_u64("-1", &value));
	assert_false(sl_parse_u64("-0", &value));
	assert_false(sl_parse_u64("", &value));
	assert_false(sl_parse_u64(NULL, &value));
	assert_true(value == UINT64_MAX);
}

static void
durations_have_one_unit(void **state SL_UNUSED)
{
	static const struct {
		const char *text;
		int64_t us; /* -1 = refused */
		const char *why;
	} rows[] = {
		{ "90s", 90 * SL_US_PER_S, "seconds" },
		{ "90", 90 * SL_US_PER_S, "a bare number" },
		{ "4m", 240 * SL_US_PER_S, "minutes" },
		{ "2h", 7200 * SL_US_PER_S, "hours" },
		{ "7d", 604800 * SL_US_PER_S, "days" },
		{ "0", 0, "no time at all" },
		{ "9223372036854", INT64_C(9223372036854000000), "largest" },
		{ "9223372036855", -1, "past 64 bits of microseconds" },
		{ "999999999999d", -1, "overflows through the unit" },
		{ "-5s", -1, "a time back" },
		{ "+5s", -1, "a sign" },
		{ "5S", -1, "capital" },
		{ "5 s", -1, "space" },
		{ "1h30m", -1, "two units" },
		{ "1.5h", -1, "a fraction" },
		{ "5ms", -1, "no such unit" },
		{ "s", -1, "no number" },
		{ "", -1, "empty" },
		{ NULL, -1, "nothing" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		int64_t us = -1;

		CHECK(rows[i].why, sl_parse_duration(rows[i].text, &us) ==
					   (rows[i].us >= 0));
		CHECK(rows[i].why, us == rows[i].us);
	}
}

static void
uuids_have_their_shape(void **state SL_UNUSED)
{
	static const struct {
		const char *text;
		bool ok;
		const char *why;
	} rows[] = {
		{ "0f8fad5b-d9cb-469f-a165-70867728950e", true, "lower" },
		{ "0F8FAD5B-D9CB-469F-A165-70867728950E", true, "upper" },
		{ "00000000-0000-0000-0000-000000000000", true, "nil" },
		{ "0f8fad5b-d9cb-469f-a165-70867728950", false, "short" },
		{ "0f8fad5b-d9cb-469f-a165-70867728950ef", false, "long" },
		{ "0f8fad5bd9cb469fa16570867728950e", false, "no hyphens" },
		{ "0f8fad5b-d9cb-469f-a165-70867728950g", false, "no digit" },
		{ "{f8fad5b-d9cb-469f-a165-70867728950}", false, "braces" },
		{ "", false, "empty" },
		{ NULL, false, "nothing" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		CHECK(rows[i].why, sl_is_uuid(rows[i].text) == rows[i].ok);
}

static void
ascii_case_only_is_ignored(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();

	assert_string_equal(sl_ascii_lower(arena, "AZaz@[\u00c9"),
			    "azaz@[\u00c9");
	assert_null(sl_ascii_lower(arena, NULL));
	assert_true(sl_ascii_iequal("Content-Type", "content-TYPE"));
	assert_false(sl_ascii_iequal("\u00c9", "\u00e9"));
	assert_false(sl_ascii_iequal("a", "ab"));
	assert_false(sl_ascii_iequal("ab", "a"));
	assert_false(sl_ascii_iequal("@", "`"));
	assert_true(sl_ascii_iequal(NULL, NULL));
	assert_false(sl_ascii_iequal(NULL, ""));
	assert_true(sl_text_equal("a", "a"));
	assert_false(sl_text_equal("a", "A"));
	assert_true(sl_text_equal(NULL, NULL));
	assert_false(sl_text_equal("", NULL));
	assert_true(sl_text_iends("x@Group.Calendar", "@group.calendar"));
	assert_true(sl_text_iends("abc", ""));
	assert_false(sl_text_iends("bc", "abc"));
	assert_false(sl_text_iends(NULL, "a"));
	assert_false(sl_text_iends("a", NULL));
}

static void
lines_become_one(void **state SL_UNUSED)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "", "" },
		{ " \n\t", "" },
		{ "one line\n", "one line" },
		{ "\n  two \t words ", "two words" },
		/* libpq */
		{ "connection refused\n\tIs the server running?\n",
		  "connection refused; Is the server running?" },
		{ "to \"a\": refused\nto \"b\": refused\n",
		  "to \"a\": refused; to \"b\": refused" },
		{ "It ended.\nThis means:\r\n\n\tmore,\nor less",
		  "It ended. This means: more, or less" },
		/* to forty-nine bytes and the NUL */
		{ "this is as much as there is any room for in here.",
		  "this is as much as there is any room for in here." },
		{ "this is as much as there is any room for in here.!",
		  "this is as much as there is any room for in here." },
		{ "this is as much as there is any room for in here\nx",
		  "this is as much as there is any room for in here;" },
	};

	char out[50];

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		sl_text_one_line(out, sizeof(out), rows[i].in);
		assert_string_equal(out, rows[i].out);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(utf8_is_recognised),
		cmocka_unit_test(utf8_is_repaired_byte_by_byte),
		cmocka_unit_test(a_code_point_has_a_length_and_a_number),
		cmocka_unit_test(a_cut_ends_on_a_boundary),
		cmocka_unit_test(signed_numbers_are_strict),
		cmocka_unit_test(unsigned_numbers_are_strict),
		cmocka_unit_test(durations_have_one_unit),
		cmocka_unit_test(uuids_have_their_shape),
		cmocka_unit_test(ascii_case_only_is_ignored),
		cmocka_unit_test(lines_become_one),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
