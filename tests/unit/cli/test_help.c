/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/help.h"
#include "tests/unit/cli/kit.h"

#define MAN_PAGE  "docs/sluice.1"
#define LINE_MAX_ 79

static const char *
help_text(struct sl_arena *arena, const struct sl_command *command)
{
	FILE *file = tmpfile();
	const char *text;

	assert_non_null(file);
	if (command == NULL)
		sl_help_all(file);
	else
		sl_help_command(file, command);
	text = kit_read(arena, file);
	(void)fclose(file);
	return text;
}

static void
every_command_is_in_the_help(void **state SL_UNUSED)
{
	struct sl_arena *arena = sl_arena_new();
	const char *all = help_text(arena, NULL);

	for (const struct sl_command *c = sl_commands; c->name != NULL; c++) {
		const char *entry = sl_arena_printf(arena, "\n  %s ", c->name);

		if ((strstr(all, entry) != NULL) == c->hidden)
			fail_msg("%s: hidden %d", c->name, c->hidden);
		assert_non_null(c->run);
		assert_true(c->words_min <= c->words_max);
	}
	sl_arena_free(&arena);
}

static void
every_option_of_a_command_is_in_its_help(void **state SL_UNUSED)
{
	struct sl_arena *arena = sl_arena_new();

	for (const struct sl_command *c = sl_commands; c->name != NULL; c++) {
		const char *text = help_text(arena, c);

		for (const enum sl_flag *f = c->flags; *f != SL_FLAGS; f++) {
			const char *option = sl_arena_printf(
				arena, "--%s", sl_flag_rows[*f].name);

			if (strstr(text, option) == NULL)
				fail_msg("%s: %s", c->name, option);
		}
	}
	sl_arena_free(&arena);
}

static void
every_option_has_a_row_and_a_user(void **state SL_UNUSED)
{
	for (int f = 0; f < SL_FLAGS; f++) {
		bool used = false;

		assert_non_null(sl_flag_rows[f].name);
		assert_non_null(sl_flag_rows[f].help);
		for (const enum sl_flag *c = sl_common_flags; *c != SL_FLAGS;
		     c++)
			used = used || (int)*c == f;
		for (const struct sl_command *c = sl_commands; c->name != NULL;
		     c++)
			for (const enum sl_flag *own = c->flags;
			     *own != SL_FLAGS; own++)
				used = used || (int)*own == f;
		if (!used)
			fail_msg("--%s", sl_flag_rows[f].name);
	}
}

static void
help_fits_a_terminal(void **state SL_UNUSED)
{
	struct sl_arena *arena = sl_arena_new();

	for (const struct sl_command *c = sl_commands; c->name != NULL; c++) {
		const char *at = help_text(arena, c);

		while (*at != '\0') {
			size_t len = strcspn(at, "\n");

			if (len > LINE_MAX_)
				fail_msg("%s: %.*s", c->name, (int)len, at);
			at += len + (at[len] == '\n');
		}
	}
	sl_arena_free(&arena);
}

static const char *
read_file(struct sl_arena *arena, const char *path)
{
	FILE *file = fopen(path, "re");
	const char *text;

	if (file == NULL)
		return NULL;
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	text = kit_read(arena, file);
	(void)fclose(file);
	return text;
}

static const char *
man_text(struct sl_arena *arena)
{
	FILE *file = tmpfile();
	const char *text;

	assert_non_null(file);
	sl_help_man(file);
	text = kit_read(arena, file);
	(void)fclose(file);
	return text;
}

static void
the_man_page_says_what_the_table_says(void **state SL_UNUSED)
{
	struct sl_arena *arena = sl_arena_new();
	const char *page = read_file(arena, MAN_PAGE);

	if (page == NULL)
		fail_msg("no " MAN_PAGE ": start this at the top of the tree");
	else if (strstr(page, man_text(arena)) == NULL)
		fail_msg("put the output of `sluice help-man` into " MAN_PAGE);
	sl_arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_command_is_in_the_help),
		cmocka_unit_test(every_option_of_a_command_is_in_its_help),
		cmocka_unit_test(every_option_has_a_row_and_a_user),
		cmocka_unit_test(help_fits_a_terminal),
		cmocka_unit_test(the_man_page_says_what_the_table_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
