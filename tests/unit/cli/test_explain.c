/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/text.h"

#include "cli/explain.h"
#include "connectors/registry.h"
#include "tests/unit/cli/kit.h"

/* One connector of two codes; "cancelled" is the house's as well. */
static const struct sl_code codes[] = {
	{ "too-blue", "It is too blue." },
	{ "cancelled", "The sky took it back." },
	{ .code = NULL },
};
static const struct sl_option options[] = {
	{ .name = "since", .fallback = "", .help = "Leave out older skies." },
	{ .name = NULL },
};
static const struct sl_connector sky = { .name = "sky",
					 .codes = codes,
					 .options = options };
static const struct sl_connector bare = { .name = "bare" };
static const struct sl_connector *const skies[] = { &sky, &bare, NULL };

static json_t *
document(const char *text)
{
	json_error_t error;
	json_t *made = json_loads(text, 0, &error);

	if (made == NULL)
		fail_msg("%s: %s", error.text, text);
	return made;
}

static const char *
told(struct sl_arena *arena, const char *text)
{
	json_t *made = document(text);
	FILE *file = tmpfile();
	const char *out;

	assert_non_null(file);
	sl_explain_decorate(skies, made);
	sl_explain_print(file, arena, made);
	out = kit_read(arena, file);
	(void)fclose(file);
	json_decref(made);
	return out;
}

static void
a_code_has_the_words_of_its_connector_else_the_houses(void **state SL_UNUSED)
{
	static const struct {
		const struct sl_connector *connector;
		const char *code, *words;
	} rows[] = {
		{ &sky, "too-blue", "It is too blue." },
		{ &sky, "cancelled", "The sky took it back." },
		{ &bare, "cancelled",
		  "It was cancelled or deleted at the provider." },
		{ NULL, "series-gone",
		  "The series it belongs to is gone, and it went along." },
		{ NULL, "too-blue", NULL },
		{ &sky, "never-heard-of", NULL },
		{ &sky, NULL, NULL },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		const char *words =
			sl_explain_words(rows[i].connector, rows[i].code);

		if (!sl_text_equal(words, rows[i].words))
			fail_msg("%s: %s", rows[i].code, words);
	}
}

static void
every_code_of_every_connector_is_a_sentence(void **state SL_UNUSED)
{
	for (const struct sl_connector *const *c = sl_registry; *c != NULL;
	     c++) {
		assert_non_null((*c)->codes);
		for (const struct sl_code *code = (*c)->codes;
		     code->code != NULL; code++) {
			size_t len = strlen(code->words);

			if (len < 10 || code->words[len - 1] != '.')
				fail_msg("%s: %s", code->code, code->words);
			for (const struct sl_code *d = (*c)->codes; d != code;
			     d++)
				if (strcmp(d->code, code->code) == 0)
					fail_msg("%s: twice", code->code);
		}
	}
}

/* core/recur says in its header which reasons it gives. */
static void
every_reason_not_to_expand_has_words(void **state SL_UNUSED)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz-";
	struct sl_arena *arena = sl_arena_new();
	FILE *file = fopen("core/recur/recur.h", "re");
	const char *at, *end;
	int count = 0;

	if (file == NULL)
		fail_msg("start this at the top of the tree");
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	at = strstr(kit_read(arena, file), "Not expanded are");
	(void)fclose(file);
	assert_non_null(at);
	end = strstr(at, "*/");
	while ((at = strchr(at, '"')) != NULL && at < end) {
		size_t len = strspn(++at, letters);
		const char *code = sl_arena_strndup(arena, at, len);

		at += len;
		if (*at != '"' || len == 0)
			continue;
		count++;
		if (sl_explain_words(NULL, code) == NULL)
			fail_msg("%s has no words", code);
	}
	assert_true(count > 20);
	sl_arena_free(&arena);
}

/* What is printed of one document. */
static const struct {
	const char *document, *text;
} told_rows[] = {
	{ "{\"items\": [{\"id\": \"1\", \"type\": \"t\"}]}",
	  "  state         stored\n" },
	{ "{\"items\": [{\"provider\": \"sky\", \"deleted_at\": "
	  "\"2026-11-20T09:58:11.000000Z\", \"deleted_reason\": "
	  "\"cancelled\"}]}",
	  "  state         gone, kept as a tombstone since "
	  "2026-11-20T09:58:11Z\n"
	  "  why           The sky took it back. (cancelled)\n" },
	{ "{\"items\": [{\"deleted_at\": \"2026-11-20T09:58:11.000000Z"
	  "\", \"deleted_reason\": \"odd-one\"}]}",
	  "  why           odd-one (odd-one)\n" },
	{ "{\"items\": [{\"all_day\": true, \"start_date\": "
	  "\"2026-01-01\", \"end_date\": \"2026-01-03\"}]}",
	  "all day, 2026-01-01 up to and without 2026-01-03\n" },
	{ "{\"items\": [{}]}", "  when          it has no time\n" },
	{ "{\"items\": [{\"occurred_at\": \"2026-01-01T00:00:00Z\"}]}",
	  "  when          2026-01-01T00:00:00Z\n" },
	{ "{\"items\": [{\"occurred_at\": \"2026-01-01T00:00:00Z\", "
	  "\"ends_at\": \"2026-01-01T01:00:00Z\"}]}",
	  "  when          2026-01-01T00:00:00Z to 2026-01-01T01:00:00Z\n" },
	{ "{\"items\": [{\"settings\": {\"a\": {\"value\": \"1\", "
	  "\"default\": \"1\", \"help\": \"A.\"}, \"b\": {\"value\": "
	  "\"2\", \"default\": \"1\", \"help\": \"B.\"}}}]}",
	  "  settings      b = 2: B.\n" },
	{ "{\"items\": [{}]}", "the log of the run that wrote it is "
			       "not there any more\n" },
	{ "{\"items\": [{\"provider\": \"sky\", \"notes\": "
	  "[\"too-blue\", \"new-one\"]}]}",
	  "  odd           It is too blue. (too-blue)\n"
	  "                new-one (new-one)\n" },
	{ "{\"items\": [{\"series\": {\"role\": "
	  "\"cancelled_instance\", \"parent_source_id\": \"m\", "
	  "\"original_start_date\": \"2026-02-03\"}}]}",
	  "a cancelled instance of the series m; its slot is "
	  "2026-02-03\n"
	  "                the series itself is not stored" },
	{ "{\"items\": [{\"series\": {\"role\": \"master\", "
	  "\"expansion\": {\"how\": \"local\", \"occurrences\": 2, "
	  "\"cut\": true, \"window_from_at\": \"f\", "
	  "\"window_to_at\": \"t\", \"next_at\": \"n\", "
	  "\"zones_version\": \"2026a\"}}}]}",
	  "  expanded      by its rule\n"
	  "                2 dates (the first ones of more) from f to "
	  "t; the next one n\n"
	  "                with the time zone rules of 2026a\n" },
	{ "{\"items\": [{\"series\": {\"role\": \"master\", "
	  "\"expansion\": {\"how\": \"unexpanded\", \"reason\": "
	  "\"rule-byweekno\"}}}]}",
	  "  expanded      not: neither by its rule nor by the "
	  "provider; the agenda has it once, as a series\n"
	  "                Its rule counts weeks of the year. "
	  "(rule-byweekno)\n" },
	{ "{\"items\": [{\"series\": {\"role\": \"master\", "
	  "\"expansion\": {\"how\": \"gone\"}}}]}",
	  "  expanded      not: it is gone\n" },
	{ "{\"items\": [{\"series\": {\"role\": \"master\", "
	  "\"asked\": {\"slot_at\": \"s\", \"is_instance\": false, "
	  "\"is_in_window\": true}, \"expansion\": {\"how\": "
	  "\"local\", \"occurrences\": 3}}}]}",
	  "  instance      this series has no date at s\n" },
	{ "{\"items\": [{\"series\": {\"role\": \"master\", "
	  "\"asked\": {\"slot_at\": \"s\", \"is_instance\": false, "
	  "\"is_in_window\": false}, \"expansion\": {\"how\": "
	  "\"local\", \"occurrences\": 3}}}]}",
	  "  instance      s lies outside the dates that are kept" },
	{ "{\"items\": [{\"series\": {\"role\": \"master\", "
	  "\"asked\": {\"slot_at\": \"s\"}, \"expansion\": "
	  "{\"how\": \"due\"}}}]}",
	  "  instance      the dates of this series are not known" },
	{ "{\"items\": [{\"matched_by\": \"instance\"}]}",
	  "  instance      this is no series\n" },
	{ "{\"items\": [{}], \"items_total\": 1234}",
	  "and 1,233 more under this id: name one by its own id\n" },
	{ "{\"ledger\": [{\"state\": \"filtered\", \"reason\": "
	  "\"too-blue\", \"provider\": \"sky\"}]}",
	  "  state         filtered: left out on purpose\n"
	  "  why           It is too blue. (too-blue)\n" },
	{ "{\"ledger\": [{\"state\": \"quarantined\", \"reason\": "
	  "\"transient\", \"attempts\": 3, \"next_try_at\": "
	  "\"2026-11-20T09:58:11.000000Z\"}]}",
	  "  attempts      3, next 2026-11-20T09:58:11Z\n" },
	{ "{\"streams\": [{\"kind\": \"k\", \"key\": \"x\", "
	  "\"provider\": \"sky\", \"state\": \"new\", \"enabled\": "
	  "false, \"disabled_reason\": \"too-blue\"}]}",
	  "  state         new, not pulled: It is too blue.\n" },
	{ "{\"streams\": [{\"state\": \"live\", \"enabled\": true}]}",
	  "  state         live, pulled\n" },
	{ "{\"streams\": [{\"state\": \"closed\", \"provider\": \"sky\", "
	  "\"disabled_reason\": \"too-blue\"}]}",
	  "  state         closed: It is too blue.\n" },
	{ "{\"items\": [{\"provider\": \"sky\", \"stream\": {\"kind\": \"k\", "
	  "\"key\": \"x\", \"state\": \"closed\", "
	  "\"disabled_reason\": \"too-blue\"}}]}",
	  "                last success never, closed: It is too blue.\n" },
	{ "{\"people\": [{\"norm\": \"a@b\", \"contact\": null, "
	  "\"verdict\": {\"contact\": true, \"reason\": \"met\", "
	  "\"words\": \"Met.\", \"due\": \"next-sync\", \"event\": "
	  "{\"id\": \"e\"}}}]}",
	  "  contact       no\n"
	  "  why           Met. (met)\n"
	  "  event         e, never\n"
	  "  next          the next sync makes it a contact\n" },
	{ "{\"people\": [{\"norm\": \"a@b\", \"participations\": 0}]}",
	  "  why           no stored item names it\n" },
	{ "{\"accounts\": [{\"account\": \"a\", \"provider\": \"sky\","
	  " \"off\": [{\"key\": \"k\", \"reason\": \"too-blue\"}], "
	  "\"settings\": {\"since\": \"2020-01-01\", \"other\": "
	  "\"\"}}]}",
	  "  not pulled    k: It is too blue.\n"
	  "  settings      since = 2020-01-01: Leave out older "
	  "skies.\n" },
};

static void
each_state_is_told_in_words(void **state SL_UNUSED)
{
	struct sl_arena *arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(told_rows); i++) {
		const char *text = told(arena, told_rows[i].document);

		if (strstr(text, told_rows[i].text) == NULL)
			fail_msg("%s\nsays\n%snot\n%s", told_rows[i].document,
				 text, told_rows[i].text);
	}
	sl_arena_free(&arena);
}

/* Every text member a stranger can write, on one line and harmless. */
static void
hostile_texts_stay_on_their_line(void **state SL_UNUSED)
{
	static const char evil[] =
		"\"\\u001b[2Jx\\ny\\r\\u0007\\u202e\\u009b\"";
	static const char *const documents[] = {
		"{\"items\": [{\"title\": %s}]}",
		"{\"items\": [{\"source_id\": %s}]}",
		"{\"items\": [{\"labels\": [%s]}]}",
		"{\"items\": [{\"notes\": [%s]}]}",
		"{\"items\": [{\"time_zone\": %s}]}",
		"{\"items\": [{\"participants\": [{\"value\": %s}]}]}",
		"{\"items\": [{\"participants\": [{\"name\": %s}]}]}",
		"{\"items\": [{\"stream\": {\"title\": %s}}]}",
		"{\"items\": [{\"series\": {\"role\": \"master\", \"rule\": "
		"[%s]}}]}",
		"{\"items\": [{\"series\": {\"role\": \"exception\", "
		"\"parent_title\": %s}}]}",
		"{\"ledger\": [{\"detail\": %s}]}",
		"{\"ledger\": [{\"source_id\": %s}]}",
		"{\"streams\": [{\"title\": %s}]}",
		"{\"streams\": [{\"error\": %s, \"failures\": 1}]}",
		"{\"people\": [{\"norm\": %s}]}",
		"{\"people\": [{\"contact\": {\"name\": %s}}]}",
		"{\"people\": [{\"verdict\": {\"event\": {\"title\": %s}}}]}",
		"{\"accounts\": [{\"off\": [{\"title\": %s}]}]}",
	};
	struct sl_arena *arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(documents); i++) {
		const char *at = strstr(documents[i], "%s");
		const char *json = sl_arena_printf(arena, "%.*s%s%s",
						   (int)(at - documents[i]),
						   documents[i], evil, at + 2);
		const char *text = told(arena, json);

		if (strstr(text, "?[2Jx?y???") == NULL)
			fail_msg("%s is not told: %s", json, text);
		for (const char *c = text; *c != '\0'; c++)
			if ((unsigned char)*c < 0x20 && *c != '\n')
				fail_msg("%s: control character", json);
		assert_null(strstr(text, "\nx"));
		assert_null(strstr(text, "\ny"));
	}
	sl_arena_free(&arena);
}

static void
a_text_that_is_cut_says_so(void **state SL_UNUSED)
{
	struct sl_arena *arena = sl_arena_new();
	char *title = sl_arena_alloc(arena, 20001);
	const char *text;

	memset(title, 'x', 20000);
	title[20000] = '\0';
	text = told(arena, sl_arena_printf(arena,
					   "{\"ledger\": [{\"detail\": "
					   "\"%s\"}]}",
					   title));
	assert_non_null(strstr(text, "xxx...\n"));
	sl_arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_code_has_the_words_of_its_connector_else_the_houses),
		cmocka_unit_test(every_code_of_every_connector_is_a_sentence),
		cmocka_unit_test(every_reason_not_to_expand_has_words),
		cmocka_unit_test(each_state_is_told_in_words),
		cmocka_unit_test(hostile_texts_stay_on_their_line),
		cmocka_unit_test(a_text_that_is_cut_says_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
