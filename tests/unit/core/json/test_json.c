/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/json/json.h"

#include "tests/support/unit.h"

static json_t *
own(const char *text)
{
	json_t *value = NULL;
	struct sl_error err;

	assert_int_equal(sl_json_parse_own(text, &value, &err), SL_OK);
	return value;
}

static void
own_text_must_be_right(void **state SL_UNUSED)
{
	static const struct {
		const char *text, *why;
	} rows[] = {
		{ "", "empty" },
		{ NULL, "nothing" },
		{ "{\"a\":1", "cut" },
		{ "{\"a\":1,\"a\":2}", "a key twice is never ours" },
		{ "{\"a\":\"\\u0000\"}", "no repair here" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_error err = { .status = SL_OK };
		json_t *value = NULL;

		CHECK(rows[i].why,
		      sl_json_parse_own(rows[i].text, &value, &err) == SL_BUG);
		CHECK(rows[i].why, value == NULL);
	}
}

static void
optional_readers_fall_back(void **state SL_UNUSED)
{
	json_auto_t *o = own("{\"t\":\"x\",\"n\":null,\"b\":true,\"f\":false,"
			     "\"o\":{\"k\":1},\"a\":[1],\"i\":5}");

	assert_string_equal(sl_json_text(o, "t"), "x");
	assert_null(sl_json_text(o, "n"));
	assert_null(sl_json_text(o, "i"));
	assert_null(sl_json_text(o, "absent"));
	assert_null(sl_json_text(NULL, "t"));
	assert_null(sl_json_text(json_object_get(o, "a"), "t"));
	assert_true(sl_json_bool(o, "b"));
	assert_false(sl_json_bool(o, "f"));
	assert_false(sl_json_bool(o, "t"));
	assert_false(sl_json_bool(NULL, "b"));
	assert_non_null(sl_json_object(o, "o"));
	assert_null(sl_json_object(o, "a"));
	assert_null(sl_json_object(o, "n"));
	assert_non_null(sl_json_array(o, "a"));
	assert_null(sl_json_array(o, "o"));
}

static void
integers_come_as_numbers_and_as_strings(void **state SL_UNUSED)
{
	static const struct {
		const char *text;
		bool ok;
		int64_t value;
		const char *why;
	} rows[] = {
		{ "{\"v\":-7}", true, -7, "a number" },
		{ "{\"v\":\"1732096800000\"}", true, INT64_C(1732096800000),
		  "a string of digits" },
		{ "{\"v\":\"9223372036854775808\"}", false, 0,
		  "digits past 64 bits" },
		{ "{\"v\":1.5}", false, 0, "a real" },
		{ "{\"v\":\"x\"}", false, 0, "a word" },
		{ "{\"v\":\"\"}", false, 0, "an empty string" },
		{ "{\"v\":true}", false, 0, "a truth value" },
		{ "{\"v\":null}", false, 0, "null" },
		{ "{}", false, 0, "absent" },
		{ "[]", false, 0, "no object" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		json_auto_t *o = own(rows[i].text);
		int64_t value = 99;

		CHECK(rows[i].why, sl_json_i64(o, "v", &value) == rows[i].ok);
		CHECK(rows[i].why, value == (rows[i].ok ? rows[i].value : 99));
	}
}

static void
required_readers_name_the_path(void **state SL_UNUSED)
{
	static const struct {
		const char *path, *key;
		bool object;
		const char *text;
	} rows[] = {
		{ "items[3]", "n", false, "items[3].n: missing" },
		{ "items[3].start", "i", false,
		  "items[3].start.i: not a string" },
		{ "", "absent", false, "absent: missing" },
		{ NULL, "i", true, "i: not an object" },
		{ "items[0]", "a", true, "items[0].a: not an object" },
	};

	json_auto_t *o = own("{\"n\":null,\"i\":5,\"a\":[]}");

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		const char *text = "untouched";
		const json_t *value = o;
		struct sl_error err;
		sl_status status;

		if (rows[i].object)
			status = sl_json_need_object(o, rows[i].path,
						     rows[i].key, &value, &err);
		else
			status = sl_json_need_text(o, rows[i].path, rows[i].key,
						   &text, &err);
		assert_int_equal(status, SL_REJECTED);
		assert_int_equal(err.scope, SL_ITEM);
		assert_string_equal(err.text, rows[i].text);
		assert_string_equal(text, "untouched");
		assert_ptr_equal(value, o);
	}
}

static void
required_readers_give_what_is_there(void **state SL_UNUSED)
{
	json_auto_t *o = own("{\"t\":\"\",\"o\":{}}");
	const char *text = NULL;
	const json_t *object = NULL;
	struct sl_error err;

	assert_int_equal(sl_json_need_text(o, "", "t", &text, &err), SL_OK);
	assert_string_equal(text, "");
	assert_int_equal(sl_json_need_object(o, "", "o", &object, &err), SL_OK);
	assert_non_null(object);
}

static void
damage_is_found_wherever_it_stands(void **state SL_UNUSED)
{
	static const struct {
		const char *text;
		bool damaged;
	} rows[] = {
		{ "{\"a\":[\"x\",{\"b\":\"y\"}],\"n\":1}", false },
		{ "\"\xef\xbf\xbd\"", true },
		{ "{\"a\":[1,{\"b\":\"y\\ufffd\"}]}", true },
		{ "{\"a\":{\"x\\ufffdy\":null}}", true },
		{ "[[],{},null,true,1.5,\"\\ufffc\"]", false },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		json_auto_t *value = own(rows[i].text);

		CHECK(rows[i].text,
		      sl_json_is_damaged(value) == rows[i].damaged);
	}
	assert_false(sl_json_is_damaged(NULL));
}

static void
equal_values_have_equal_text(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	json_auto_t *a =
		own(" {\"b\": [1, {\"y\":0,\"x\":null}], \"a\":\"\u00e9\"}");
	json_auto_t *b =
		own("{\"a\":\"\\u00e9\",\"b\":[1,{\"x\":null,\"y\":0}]}");

	assert_string_equal(
		sl_json_canonical(arena, a),
		"{\"a\":\"\u00e9\",\"b\":[1,{\"x\":null,\"y\":0}]}");
	assert_string_equal(sl_json_canonical(arena, a),
			    sl_json_canonical(arena, b));
	assert_string_equal(sl_json_canonical(arena, NULL), "null");
}

static void
put_text_leaves_null_out_and_repairs(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	json_auto_t *o = json_object();

	sl_json_put_text(o, "a", "x");
	sl_json_put_text(o, "b", NULL);
	sl_json_put_text(o, "c", "\xff");
	assert_string_equal(sl_json_canonical(arena, o),
			    "{\"a\":\"x\",\"c\":\"\ufffd\"}");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_text_must_be_right),
		cmocka_unit_test(optional_readers_fall_back),
		cmocka_unit_test(integers_come_as_numbers_and_as_strings),
		cmocka_unit_test(required_readers_name_the_path),
		cmocka_unit_test(required_readers_give_what_is_there),
		cmocka_unit_test(damage_is_found_wherever_it_stands),
		cmocka_unit_test(equal_values_have_equal_text),
		cmocka_unit_test(put_text_leaves_null_out_and_repairs),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
