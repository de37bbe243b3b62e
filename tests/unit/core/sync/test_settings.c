/* SPDX-License-Identifier: Apache-2.0 */
/* What an account's settings may say, and what is said of those that may not. */
#include <string.h>

#include "core/json/json.h"
#include "core/sync/settings.h"

#include "tests/support/unit.h"

static const char *const contents[] = { "full", "subject", NULL };
static const char *const kinds[] = { "a", "b", NULL };

static const struct sl_option table[] = {
	{ .name = "since", .type = SL_OPT_DATE, .fallback = "" },
	{ .name = "content",
	  .type = SL_OPT_CHOICE,
	  .fallback = "full",
	  .choices = contents },
	{ .name = "kinds",
	  .type = SL_OPT_LIST,
	  .fallback = "a",
	  .choices = kinds },
	{ .name = "most",
	  .type = SL_OPT_NUMBER,
	  .fallback = "25",
	  .min = 2,
	  .max = 1000 },
	{ .name = "block", .type = SL_OPT_TEXT, .fallback = "", .max = 16384 },
	{ .name = NULL },
};

static void
each_document_is_resolved_or_refused_with_its_reason(void **state SL_UNUSED)
{
	static const struct {
		const char *given, *settings, *error;
	} rows[] = {
		{ "{}",
		  "{\"block\":\"\",\"content\":\"full\",\"kinds\":\"a\","
		  "\"most\":\"25\",\"since\":\"\"}",
		  NULL },
		{ "{\"since\":\"2026-01-01\",\"content\":\"subject\","
		  "\"kinds\":[\"b\",\"a\"],\"most\":3,\"block\":null}",
		  "{\"block\":\"\",\"content\":\"subject\",\"kinds\":\"b,a\","
		  "\"most\":\"3\",\"since\":\"2026-01-01\"}",
		  NULL },
		{ "{\"most\":\"7\",\"block\":[\"x.example\",\"y@z.example\"]}",
		  "{\"block\":\"x.example,y@z.example\",\"content\":\"full\","
		  "\"kinds\":\"a\",\"most\":\"7\",\"since\":\"\"}",
		  NULL },
		{ "[]", NULL, "settings are no JSON object" },
		{ "{\"Content\":\"subject\"}", NULL,
		  "setting Content: there is none of that name (`sluice "
		  "connectors` lists them)" },
		{ "{\"content\":\"everything\"}", NULL,
		  "option content: \"everything\" is not one of full, "
		  "subject" },
		{ "{\"since\":\"yesterday\"}", NULL,
		  "option since: \"yesterday\" is not a date as 2026-12-01, "
		  "or empty" },
		{ "{\"most\":1}", NULL,
		  "option most: \"1\" is not a whole number from 2 to 1000" },
		{ "{\"most\":2.5}", NULL,
		  "setting most: a text, a whole number or a list of texts is "
		  "wanted (64 KiB at most)" },
		{ "{\"block\":[\"x.example\",5]}", NULL,
		  "setting block: a text, a whole number or a list of texts "
		  "is wanted (64 KiB at most)" },
		{ "{\"block\":true}", NULL,
		  "setting block: a text, a whole number or a list of texts "
		  "is wanted (64 KiB at most)" },
	};
	struct sl_arena *arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		json_t *out = NULL;
		struct sl_error err;
		sl_status status =
			sl_settings_resolve(table, rows[i].given, &out, &err);

		if (rows[i].error == NULL) {
			assert_int_equal(status, SL_OK);
			assert_string_equal(sl_json_canonical(arena, out),
					    rows[i].settings);
		} else {
			assert_int_equal(status, SL_CONFIG);
			assert_int_equal(err.scope, SL_INTEGRATION);
			assert_string_equal(err.text, rows[i].error);
		}
		json_decref(out);
	}
	sl_arena_free(&arena);
}

/** A document whose list holds `count` addresses of 16 bytes each, its comma included. */
static const char *
listing(struct sl_arena *arena, int count)
{
	json_t *list = json_array();
	json_t *given = json_pack("{s:o}", "block", list);
	const char *text;

	for (int i = 0; i < count; i++)
		(void)json_array_append_new(list,
					    json_sprintf("a%04d@x.example", i));
	text = sl_json_canonical(arena, given);
	json_decref(given);
	return text;
}

static void
a_list_is_taken_whole_up_to_its_cap_and_refused_past_it(void **state SL_UNUSED)
{
	static const struct {
		int addresses;
		sl_status status;
	} rows[] = { { 1, SL_OK },
		     { 1024, SL_OK },
		     { 1025, SL_CONFIG },
		     { 10000, SL_CONFIG } };
	struct sl_arena *arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		json_t *out = NULL;
		struct sl_error err;

		assert_int_equal(
			sl_settings_resolve(table,
					    listing(arena, rows[i].addresses),
					    &out, &err),
			rows[i].status);
		if (rows[i].status == SL_OK)
			assert_int_equal(
				strlen(json_string_value(
					json_object_get(out, "block"))),
				16 * rows[i].addresses - 1);
		json_decref(out);
	}
	sl_arena_free(&arena);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			each_document_is_resolved_or_refused_with_its_reason),
		cmocka_unit_test(
			a_list_is_taken_whole_up_to_its_cap_and_refused_past_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
