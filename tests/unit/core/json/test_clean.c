/* SPDX-License-Identifier: Apache-2.0 */
/* sl_json_parse(): what is repaired, what is refused. */
#include <string.h>

#include "core/base/mem.h"

#include "core/json/clean.h"
#include "core/json/json.h"

#include "tests/support/unit.h"

#define BYTES(s) (s), sizeof(s) - 1
#define FFFD     "\xef\xbf\xbd"

/* Parses an exact heap copy, so that any read past the end is found. */
static sl_status
parse(const char *bytes, size_t len, bool *repaired, json_t **out,
      struct sl_error *err)
{
	char *copy = sl_realloc(NULL, len, 1);
	sl_status status;

	if (len > 0)
		memcpy(copy, bytes, len);
	status = sl_json_parse(copy, len, repaired, out, err);
	sl_free(copy);
	return status;
}

struct repair_row {
	const char *in;
	size_t len;
	const char *want; /* canonical text after the repair */
	const char *why;
};

static void
check_rows(const struct repair_row *rows, size_t count, bool want_repaired)
{
	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < count; i++) {
		const struct repair_row *r = &rows[i];
		bool repaired = !want_repaired;
		json_t *value = NULL;
		struct sl_error err;

		CHECK(r->why,
		      parse(r->in, r->len, &repaired, &value, &err) == SL_OK);
		CHECK(r->why, repaired == want_repaired);
		CHECK(r->why,
		      strcmp(sl_json_canonical(arena, value), r->want) == 0);
		json_decref(value);
	}
}

static void
clean_documents_pass_untouched(void **state SL_UNUSED)
{
	static const struct repair_row rows[] = {
		{ BYTES("{}"), "{}", "the least object" },
		{ BYTES("\xef\xbb\xbf{\"a\":1}"), "{\"a\":1}", "a BOM" },
		{ BYTES(" [1 , \"x\"]\n"), "[1,\"x\"]", "white space" },
		{ BYTES("\"alone\""), "\"alone\"", "a string alone" },
		{ BYTES("[\"\\ud83d\\ude00\"]"), "[\"\U0001f600\"]", "a pair" },
		{ BYTES("[\"\\uD83D\\uDE00\"]"), "[\"\U0001f600\"]",
		  "a pair in capitals" },
		{ BYTES("[\"\\\\u0000\"]"), "[\"\\\\u0000\"]",
		  "an escaped backslash, then letters" },
		{ BYTES("[\"\\\\\\\"\\n\\u0041\"]"), "[\"\\\\\\\"\\nA\"]",
		  "ordinary escapes" },
		{ BYTES("[\"\x7f\u00e9\u20ac\U0001f600\"]"),
		  "[\"\x7f\u00e9\u20ac\U0001f600\"]", "raw UTF-8 and DEL" },
		{ BYTES("[9223372036854775807,-9223372036854775808]"),
		  "[9223372036854775807,-9223372036854775808]",
		  "the widest integers" },
		{ BYTES("[0.5,1E+2,1e-400]"), "[0.5,100.0,0.0]", "reals" },
		{ BYTES("{\"a\":1,\"a\":2}"), "{\"a\":2}",
		  "of duplicate keys the last wins" },
		{ BYTES("[\"1e999 [[ {\"]"), "[\"1e999 [[ {\"]",
		  "numbers and brackets inside a string" },
	};

	check_rows(rows, SL_ARRAY_LEN(rows), false);
}

static void
poisoned_strings_are_repaired(void **state SL_UNUSED)
{
	static const struct repair_row rows[] = {
		{ BYTES("[\"a\\u0000b\"]"), "[\"a" FFFD "b\"]", "escaped NUL" },
		{ BYTES("{\"a\\u0000\":1}"), "{\"a" FFFD "\":1}",
		  "escaped NUL in a key" },
		{ BYTES("{\"a\0\":\"b\0\"}"), "{\"a" FFFD "\":\"b" FFFD "\"}",
		  "raw NUL: the text grows" },
		{ BYTES("[\"\\ud800\"]"), "[\"" FFFD "\"]", "high alone" },
		{ BYTES("[\"\\udc00\"]"), "[\"" FFFD "\"]", "low alone" },
		{ BYTES("[\"\\udc00\\ud800\"]"), "[\"" FFFD FFFD "\"]",
		  "the wrong way round" },
		{ BYTES("[\"\\ud800\\ud83d\\ude00\"]"),
		  "[\"" FFFD "\U0001f600\"]", "high before a pair" },
		{ BYTES("[\"\\ud800\\u0041\"]"), "[\"" FFFD "A\"]",
		  "high before a letter" },
		{ BYTES("[\"\\ud800\\u0000\"]"), "[\"" FFFD FFFD "\"]",
		  "high before NUL" },
		{ BYTES("[\"\\ud800\\n\"]"), "[\"" FFFD "\\n\"]",
		  "high before an escape" },
		{ BYTES("[\"\\\\\\ud800\"]"), "[\"\\\\" FFFD "\"]",
		  "high behind an escaped backslash" },
		{ BYTES("[\"caf\xe9\"]"), "[\"caf" FFFD "\"]", "Latin-1" },
		{ BYTES("[\"\xff\xfe\xc0\x80\"]"),
		  "[\"" FFFD FFFD FFFD FFFD "\"]", "each byte by itself" },
		{ BYTES("[\"\xed\xa0\x80\"]"), "[\"" FFFD FFFD FFFD "\"]",
		  "a surrogate in UTF-8" },
		{ BYTES("{\"\xe2\x82\":\"\xe2\x82\"}"),
		  "{\"" FFFD FFFD "\":\"" FFFD FFFD "\"}", "cut characters" },
		{ BYTES("[\"a\nb\tc\x1b"
			"d\"]"),
		  "[\"a b c d\"]", "raw control characters become spaces" },
		{ BYTES("[\"\\u0000\",\"\xff\",1,\"\\u0000\xff\"]"),
		  "[\"" FFFD "\",\"" FFFD "\",1,\"" FFFD FFFD "\"]",
		  "in place, then in the second buffer" },
	};

	check_rows(rows, SL_ARRAY_LEN(rows), true);
}

static void
numbers_too_large_become_strings(void **state SL_UNUSED)
{
	static const struct repair_row rows[] = {
		{ BYTES("[9223372036854775808]"), "[\"9223372036854775808\"]",
		  "one past 2^63-1" },
		{ BYTES("[-9223372036854775809]"), "[\"-9223372036854775809\"]",
		  "one past -2^63" },
		{ BYTES("{\"a\":123456789012345678901234567890}"),
		  "{\"a\":\"123456789012345678901234567890\"}", "30 digits" },
		{ BYTES("18446744073709551616"), "\"18446744073709551616\"",
		  "a whole document" },
		{ BYTES("[1e400,-1e400]"), "[\"1e400\",\"-1e400\"]",
		  "past double" },
		{ BYTES("[1E+99999999999999999999]"),
		  "[\"1E+99999999999999999999\"]", "an endless exponent" },
		{ BYTES("[ 1e309 , 1]"), "[\"1e309\",1]", "spaces around" },
		{ BYTES("[\"\\u0000\",1e400,1]"), "[\"" FFFD "\",\"1e400\",1]",
		  "behind another repair" },
		{ BYTES("[\"\x01\",1e400,\"\xff\"]"),
		  "[\" \",\"1e400\",\"" FFFD "\"]", "between two repairs" },
	};

	check_rows(rows, SL_ARRAY_LEN(rows), true);
}

static void
numbers_are_judged_by_their_digits(void **state SL_UNUSED)
{
	static const struct {
		const char *token;
		enum sl_json_number want;
		const char *why;
	} rows[] = {
		{ "0", SL_NUMBER_FITS, "zero" },
		{ "-0", SL_NUMBER_FITS, "minus zero" },
		{ "9223372036854775807", SL_NUMBER_FITS, "largest" },
		{ "9223372036854775808", SL_NUMBER_TOO_LARGE, "one more" },
		{ "-9223372036854775808", SL_NUMBER_FITS, "smallest" },
		{ "-9223372036854775809", SL_NUMBER_TOO_LARGE, "one less" },
		{ "1.7976931348623157e308", SL_NUMBER_FITS, "DBL_MAX" },
		{ "1.7976931348623158e308", SL_NUMBER_FITS, "rounds to it" },
		{ "1.7976931348623159e308", SL_NUMBER_TOO_LARGE, "infinity" },
		{ "1e308", SL_NUMBER_FITS, "a short one in its range" },
		{ "1e309", SL_NUMBER_TOO_LARGE, "a short one past it" },
		{ "0.0001e312", SL_NUMBER_FITS, "zeros before the digits" },
		{ "0.001e312", SL_NUMBER_TOO_LARGE, "one zero fewer" },
		{ "1000e305", SL_NUMBER_FITS, "digits before the point" },
		{ "1000e306", SL_NUMBER_TOO_LARGE, "one more" },
		{ "0e999999999999", SL_NUMBER_FITS, "still zero" },
		{ "0.000e999", SL_NUMBER_FITS, "still zero" },
		{ "1e-99999", SL_NUMBER_FITS, "underflow is zero" },
		{ "123456789012345678901.5", SL_NUMBER_FITS, "a real" },
		{ "01", SL_NUMBER_MALFORMED, "leading zero" },
		{ "-", SL_NUMBER_MALFORMED, "a sign" },
		{ "+1", SL_NUMBER_MALFORMED, "plus" },
		{ "1.", SL_NUMBER_MALFORMED, "no fraction" },
		{ ".5", SL_NUMBER_MALFORMED, "no whole part" },
		{ "1e", SL_NUMBER_MALFORMED, "no exponent" },
		{ "1e+", SL_NUMBER_MALFORMED, "a sign of nothing" },
		{ "1e5.5", SL_NUMBER_MALFORMED, "a broken exponent" },
		{ "1-2", SL_NUMBER_MALFORMED, "a sum" },
		{ "", SL_NUMBER_MALFORMED, "nothing" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		CHECK(rows[i].why,
		      sl_json_number_check(rows[i].token,
					   strlen(rows[i].token)) ==
			      rows[i].want);
}

static void
broken_documents_are_refused(void **state SL_UNUSED)
{
	static const struct repair_row rows[] = {
		{ BYTES(""), NULL, "empty" },
		{ BYTES("\xef\xbb\xbf"), NULL, "a BOM alone" },
		{ BYTES("  "), NULL, "white space" },
		{ BYTES("{\"a\":1"), NULL, "cut in an object" },
		{ BYTES("[\"abc"), NULL, "cut in a string" },
		{ BYTES("[\"abc\\"), NULL, "cut behind a backslash" },
		{ BYTES("[\"\\u00"), NULL, "cut in an escape" },
		{ BYTES("[\"\\ud800\\"), NULL, "cut behind half a pair" },
		{ BYTES("[\"\\u00\"]"), NULL, "a short escape" },
		{ BYTES("[\"\\x\"]"), NULL, "an unknown escape" },
		{ BYTES("{}{}"), NULL, "two documents" },
		{ BYTES("{} x"), NULL, "something behind" },
		{ BYTES("[1]\0"), NULL, "NUL behind" },
		{ BYTES("123\0"), NULL, "NUL behind a number" },
		{ BYTES("[1\0]"), NULL, "NUL inside" },
		{ BYTES("[1e999,]"), NULL, "a comma too many" },
		{ BYTES("{1e999:1}"), NULL, "a number as key" },
		{ BYTES("{1e999 \n:1}"), NULL, "the same with space" },
		{ BYTES("[012345678901234567890123]"), NULL, "leading zero" },
		{ BYTES("[1e999e9]"), NULL, "two exponents" },
		{ BYTES("[\xff]"), NULL, "garbage outside strings" },
		{ BYTES("<html>"), NULL, "a web page" },
		{ BYTES("{\0\"\0a\0\"\0"), NULL, "UTF-16" },
		{ BYTES("\x1f\x8b\x08"), NULL, "gzip" },
		{ BYTES("]]]]"), NULL, "only closing" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		const struct repair_row *r = &rows[i];
		json_t *value = NULL;
		bool repaired = false;
		struct sl_error err = { .status = SL_OK };

		CHECK(r->why, parse(r->in, r->len, &repaired, &value, &err) ==
				      SL_RETRY);
		CHECK(r->why, err.scope == SL_STREAM);
		CHECK(r->why, value == NULL && !repaired);
	}
}

static void
an_error_does_not_quote_the_document(void **state SL_UNUSED)
{
	json_t *value = NULL;
	struct sl_error err;

	assert_int_equal(parse(BYTES("{\"access_token\":\"ya29.sesame\" x}"),
			       NULL, &value, &err),
			 SL_RETRY);
	assert_null(strstr(err.text, "ya29"));
	assert_null(strstr(err.text, "access"));
}

static size_t
nested(char *text, size_t depth, const char *open, const char *close)
{
	size_t n = 0;

	for (size_t i = 0; i < depth; i++, n += strlen(open))
		memcpy(text + n, open, strlen(open));
	text[n++] = '1';
	for (size_t i = 0; i < depth; i++, n += strlen(close))
		memcpy(text + n, close, strlen(close));
	return n;
}

/* How deep a parsed value goes; `*innermost` is what stands at the bottom. */
static size_t
depth_of(json_t *value, json_t **innermost)
{
	size_t depth = 0;

	while (json_is_array(value) || json_is_object(value)) {
		value = json_is_array(value) ? json_array_get(value, 0)
					     : json_object_iter_value(
						       json_object_iter(value));
		depth++;
	}
	*innermost = value;
	return depth;
}

static void
what_nests_past_the_cap_is_cut_out(void **state SL_UNUSED)
{
	static const struct {
		const char *open, *close, *why;
		size_t step; /* levels an opening text adds */
		size_t more; /* levels past the cap         */
	} rows[] = {
		{ "[", "]", "arrays at the cap", 1, 0 },
		{ "{\"a\":", "}", "objects at the cap", 1, 0 },
		{ "[{\"[\":", "}]", "a bracket in the key", 2, 0 },
		{ "[", "]", "arrays past it", 1, 1 },
		{ "{\"a\":", "}", "objects past it", 1, 1 },
		{ "[{\"\\\"]\":", "}]", "quote and bracket in the key", 2, 1 },
		{ "[", "]", "a hundred thousand", 1, 100000 },
	};

	char *text = sl_alloc(300000);

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		size_t depth = SL_JSON_DEPTH_MAX / rows[i].step + rows[i].more;
		json_t *value = NULL, *innermost = NULL;
		bool repaired = false;
		struct sl_error err = { .status = SL_OK };
		size_t len = nested(text, depth, rows[i].open, rows[i].close);

		CHECK(rows[i].why,
		      parse(text, len, &repaired, &value, &err) == SL_OK);
		CHECK(rows[i].why, repaired == (rows[i].more > 0));
		CHECK(rows[i].why,
		      depth_of(value, &innermost) == SL_JSON_DEPTH_MAX);
		CHECK(rows[i].why,
		      rows[i].more > 0 ? strcmp(json_string_value(innermost),
						"\xef\xbf\xbd") == 0
				       : json_integer_value(innermost) == 1);
		json_decref(value);
	}
	sl_free(text);
}

static void
siblings_of_what_is_cut_out_stay(void **state SL_UNUSED)
{
	SL_AUTO_BUF text = { .max = 10000 };
	json_t *value = NULL;
	struct sl_error err;

	sl_buf_adds(&text, "[1,");
	for (int i = 0; i < 400; i++)
		sl_buf_adds(&text, i % 2 == 0 ? "[" : "{\"}]\":");
	for (int i = 0; i < 400; i++)
		sl_buf_adds(&text, i % 2 == 0 ? "}" : "]");
	sl_buf_adds(&text, ",2]");
	assert_int_equal(parse(text.data, text.len, NULL, &value, &err), SL_OK);
	assert_int_equal(json_array_size(value), 3);
	assert_int_equal(json_integer_value(json_array_get(value, 2)), 2);
	json_decref(value);
}

static void
depth_without_end_is_a_cut_document(void **state SL_UNUSED)
{
	static char text[100000];
	json_t *value = NULL;
	struct sl_error err;

	memset(text, '[', sizeof(text));
	assert_int_equal(parse(text, sizeof(text), NULL, &value, &err),
			 SL_RETRY);
	assert_null(value);
}

static void
many_siblings_are_not_deep(void **state SL_UNUSED)
{
	SL_AUTO_BUF text = { .max = 10000 };
	json_t *value = NULL;
	struct sl_error err;

	sl_buf_addc(&text, '[');
	for (int i = 0; i < 1000; i++)
		sl_buf_adds(&text, "[{}],");
	sl_buf_adds(&text, "1]");
	assert_int_equal(parse(text.data, text.len, NULL, &value, &err), SL_OK);
	assert_int_equal(json_array_size(value), 1001);
	json_decref(value);
}

static void
a_document_of_garbage_grows_no_further_than_three_times(void **state SL_UNUSED)
{
	char text[2002];
	json_t *value = NULL;
	bool repaired = false;
	struct sl_error err;

	memset(text, 0xff, sizeof(text));
	text[0] = '"';
	text[sizeof(text) - 1] = '"';
	assert_int_equal(parse(text, sizeof(text), &repaired, &value, &err),
			 SL_OK);
	assert_true(repaired);
	assert_int_equal(json_string_length(value), 6000);
	json_decref(value);
}

/* Each of the special bytes at each place in an eight-byte word. */
static void
a_repair_is_found_at_every_offset(void **state SL_UNUSED)
{
	static const char bad[] = { '\0', '\n', '\x1f', '\x80', '\xff' };

	for (size_t pad = 0; pad < 20; pad++) {
		for (size_t i = 0; i < sizeof(bad); i++) {
			SL_AUTO_BUF text = { .max = 100 };
			json_t *value = NULL;
			bool repaired = false;
			struct sl_error err;

			sl_buf_addf(&text, "\"%.*s", (int)pad,
				    "abcdefghijklmnopqrst");
			sl_buf_addc(&text, bad[i]);
			sl_buf_adds(&text, "tail of the text\"");
			assert_int_equal(parse(text.data, text.len, &repaired,
					       &value, &err),
					 SL_OK);
			assert_true(repaired);
			json_decref(value);
		}
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(clean_documents_pass_untouched),
		cmocka_unit_test(poisoned_strings_are_repaired),
		cmocka_unit_test(numbers_too_large_become_strings),
		cmocka_unit_test(numbers_are_judged_by_their_digits),
		cmocka_unit_test(broken_documents_are_refused),
		cmocka_unit_test(an_error_does_not_quote_the_document),
		cmocka_unit_test(what_nests_past_the_cap_is_cut_out),
		cmocka_unit_test(siblings_of_what_is_cut_out_stay),
		cmocka_unit_test(depth_without_end_is_a_cut_document),
		cmocka_unit_test(many_siblings_are_not_deep),
		cmocka_unit_test(
			a_document_of_garbage_grows_no_further_than_three_times),
		cmocka_unit_test(a_repair_is_found_at_every_offset),
	};

	return cmocka_run_group_tests_name("json clean", tests, NULL, NULL);
}
