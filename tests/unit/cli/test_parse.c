/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "tests/unit/cli/kit.h"

#define ARGS_MAX 8

static sl_status
parse(struct sl_cli *cli, const char *const *words, struct sl_error *err)
{
	char *argv[ARGS_MAX + 2] = { NULL };
	int argc = 1;

	argv[0] = sl_arena_strdup(cli->arena, "sluice");
	for (; *words != NULL; words++)
		argv[argc++] = sl_arena_strdup(cli->arena, *words);
	return sl_cli_parse(cli, argc, argv, err);
}

struct bad_row {
	const char *words[ARGS_MAX];
	const char *text;
	const char *why;
};

static const struct bad_row bad_rows[] = {
	{ { NULL }, "no command", "nothing at all" },
	{ { "fly" }, "unknown command fly", "no such command" },
	{ { "--fly" }, "unknown option --fly", "before a command" },
	{ { "sync", "--fly" }, "sync: unknown option --fly", "after it" },
	{ { "sync", "-x" }, "unknown option -x", "a short one" },
	{ { "sync", "--fly=secret" }, "option --fly (", "values are not told" },
	{ { "sync", "--user" }, "--user needs a value", "cut short" },
	{ { "--key-file" }, "--key-file needs a value", "before a command" },
	{ { "sync", "--due=1" }, "--due takes no value", "a switch" },
	{ { "sync", "--user", "a", "--user", "b" }, "given twice", "twice" },
	{ { "sync", "now" }, "what is now?", "a word too many" },
	{ { "connect" }, "PROVIDER is missing", "a word too few" },
	{ { "sync", "--us", "x" }, "unknown option --us", "no short forms" },
	{ { "sync", "--us=x" }, "unknown option --us", "with a value" },
	{ { "sync", "--du" }, "unknown option --du", "of a switch" },
	{ { "sync", "--enable", "x" }, "unknown option", "another's option" },
};

static void
what_makes_no_sense_is_refused_in_one_line(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(bad_rows); i++) {
		struct sl_cli cli = { .arena = sl_arena_new() };
		struct sl_error err = { .text = "" };

		assert_int_equal(parse(&cli, bad_rows[i].words, &err),
				 SL_CONFIG);
		if (strstr(err.text, bad_rows[i].text) == NULL ||
		    strstr(err.text, "secret") != NULL)
			fail_msg("%s: %s", bad_rows[i].why, err.text);
		sl_arena_free(&cli.arena);
	}
}

static void
options_stand_before_and_after_words(void **state SL_UNUSED)
{
	static const char *const words[] = { "--key-file",   "k", "connect",
					     "--user",       "u", "gmail",
					     "--no-browser", NULL };
	struct sl_cli cli = { .arena = sl_arena_new() };
	struct sl_error err;

	assert_int_equal(parse(&cli, words, &err), SL_OK);
	assert_string_equal(cli.command->name, "connect");
	assert_string_equal(cli.flags[SL_FLAG_KEY_FILE], "k");
	assert_string_equal(cli.flags[SL_FLAG_USER], "u");
	assert_true(sl_cli_has(&cli, SL_FLAG_NO_BROWSER));
	assert_false(sl_cli_has(&cli, SL_FLAG_LISTEN));
	assert_int_equal(cli.word_count, 1);
	assert_string_equal(cli.words[0], "gmail");
	assert_null(cli.words[1]);
	sl_arena_free(&cli.arena);
}

static void
two_dashes_end_the_options(void **state SL_UNUSED)
{
	static const char *const words[] = { "help", "--", "--user", NULL };
	struct sl_cli cli = { .arena = sl_arena_new() };
	struct sl_error err;

	assert_int_equal(parse(&cli, words, &err), SL_OK);
	assert_string_equal(cli.words[0], "--user");
	sl_arena_free(&cli.arena);
}

static void
help_needs_no_words(void **state SL_UNUSED)
{
	static const char *const after[] = { "connect", "--help", NULL };
	static const char *const alone[] = { "-h", NULL };
	struct sl_cli cli = { .arena = sl_arena_new() };
	struct sl_cli other = { .arena = cli.arena };
	struct sl_error err;

	assert_int_equal(parse(&cli, after, &err), SL_OK);
	assert_true(sl_cli_has(&cli, SL_FLAG_HELP));
	assert_int_equal(parse(&other, alone, &err), SL_OK);
	assert_string_equal(other.command->name, "help");
	sl_arena_free(&cli.arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_makes_no_sense_is_refused_in_one_line),
		cmocka_unit_test(options_stand_before_and_after_words),
		cmocka_unit_test(two_dashes_end_the_options),
		cmocka_unit_test(help_needs_no_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
