/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Each code that the connector's README names is explained, and no other.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#include "connectors/google_calendar/google_calendar.h"
#include "tests/support/unit.h"

#define README     "connectors/google_calendar/README.md"
#define README_MAX 65536

static char *
readme(struct sl_arena *arena)
{
	FILE *file = fopen(README, "re");
	char *text = sl_arena_alloc(arena, README_MAX);
	size_t len;

	if (file == NULL)
		fail_msg("no " README ": start this at the top of the tree");
	len = fread(text, 1, README_MAX - 1, file);
	text[len] = '\0';
	(void)fclose(file);
	return text;
}

static bool
is_explained(const char *code)
{
	const struct sl_code *row = sl_google_calendar.codes;

	while (row->code != NULL && strcmp(row->code, code) != 0)
		row++;
	return row->code != NULL;
}

static void
the_readme_names_every_code(void **state SL_UNUSED)
{
	struct sl_arena *arena = sl_arena_new();
	const char *text = readme(arena);

	for (const struct sl_code *row = sl_google_calendar.codes;
	     row->code != NULL; row++)
		if (strstr(text, sl_arena_printf(arena, "`%s`", row->code)) ==
		    NULL)
			fail_msg("%s", row->code);
	sl_arena_free(&arena);
}

/* Words in backquotes with a dash are codes. */
static void
every_code_of_the_readme_has_words(void **state SL_UNUSED)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz-";
	struct sl_arena *arena = sl_arena_new();
	const char *at = readme(arena);
	int codes = 0;

	while ((at = strchr(at, '`')) != NULL) {
		size_t len = strspn(++at, letters);
		const char *word = sl_arena_strndup(arena, at, len);

		at += len;
		if (*at != '`' || strchr(word, '-') == NULL)
			continue;
		codes++;
		if (!is_explained(word))
			fail_msg("%s has no words", word);
	}
	assert_true(codes > 10);
	sl_arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_readme_names_every_code),
		cmocka_unit_test(every_code_of_the_readme_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
