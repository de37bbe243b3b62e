/* SPDX-License-Identifier: Apache-2.0 */
/* What is printed as JSON: nothing in it moves a terminal's cursor. */
#include <jansson.h>

#include "cli/output.h"
#include "tests/unit/cli/kit.h"

static const char *
printed(struct sl_arena *arena, const char *text)
{
	struct sl_cli cli = { .arena = arena, .out = tmpfile() };
	const char *line;

	assert_non_null(cli.out);
	sl_out_json(&cli, json_pack("{s:s}", "t", text));
	line = kit_read(arena, cli.out);
	(void)fclose(cli.out);
	return line;
}

static void
control_characters_are_escaped_and_mean_the_same(void **state SL_UNUSED)
{
	static const struct {
		const char *text, *line;
	} rows[] = {
		{ "plain", "{\"t\":\"plain\"}\n" },
		{ "a\x1b[31mb", "{\"t\":\"a\\u001B[31mb\"}\n" },
		{ "\x7f", "{\"t\":\"\\u007f\"}\n" },
		{ "a\xc2\x9b", "{\"t\":\"a\\u009b\"}\n" },
		{ "\xc2\x80\xc2\x9f!", "{\"t\":\"\\u0080\\u009f!\"}\n" },
		{ "\xc2\xa0\xc3\x9f", "{\"t\":\"\xc2\xa0\xc3\x9f\"}\n" },
	};

	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		const char *line = printed(arena, rows[i].text);
		json_auto_t *again = json_loads(line, 0, NULL);

		assert_string_equal(line, rows[i].line);
		assert_string_equal(
			json_string_value(json_object_get(again, "t")),
			rows[i].text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			control_characters_are_escaped_and_mean_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
