/* SPDX-License-Identifier: Apache-2.0 */
#include <jansson.h>
#include <pthread.h>
#include <string.h>

#include "core/base/log.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "tests/support/unit.h"

#define HEAD "2026-11-20T10:00:00.000Z info page-committed"

/* A log into memory, under a clock that stands. */
struct fixture {
	struct sl_fake_clock clock;
	FILE *out;
	char *text;
	size_t len;
	struct sl_log *log;
};

static void
open_log(struct fixture *f, bool json)
{
	int64_t now = 0;

	assert_true(sl_rfc3339_parse("2026-11-20T10:00:00.0009Z", &now));
	sl_fake_clock_init(&f->clock, now);
	f->text = NULL;
	f->len = 0;
	f->out = open_memstream(&f->text, &f->len);
	assert_non_null(f->out);
	f->log = sl_log_new(f->out, SL_LOG_INFO, json, &f->clock.clock);
}

static void
close_log(struct fixture *f)
{
	sl_log_free(&f->log);
	assert_null(f->log);
	(void)fclose(f->out);
	sl_free(f->text);
}

static void
a_line_is_time_level_event_fields(void **state SL_UNUSED)
{
	struct fixture f;

	open_log(&f, false);
	sl_log(f.log, SL_LOG_INFO, "page-committed",
	       (struct sl_field[]){ SL_F_TEXT("stream", "events:a@b.c"),
				    SL_F_TEXT("absent", NULL),
				    SL_F_NUM("rows", -12), SL_F_END });
	sl_log(f.log, SL_LOG_WARN, "alone", NULL);
	assert_string_equal(f.text,
			    HEAD " stream=events:a@b.c rows=-12\n"
				 "2026-11-20T10:00:00.000Z warn alone\n");
	close_log(&f);
}

struct value_row {
	const char *value, *line, *json, *why;
};

static const struct value_row value_rows[] = {
	{ "plain-1_.:@/+", "plain-1_.:@/+", "plain-1_.:@/+", "bare" },
	{ "", "\"\"", "", "empty is quoted" },
	{ "two words", "\"two words\"", "two words", "a space" },
	{ "a=b", "\"a=b\"", "a=b", "looks like a field" },
	{ "say \"x\" \\", "\"say \\\"x\\\" \\\\\"", "say \"x\" \\", "quotes" },
	{ "a\r\n2026 info forged", "\"a\\u000d\\n2026 info forged\"",
	  "a\r\n2026 info forged", "a forged line" },
	{ "\x1b[2J", "\"\\u001b[2J\"", "\x1b[2J", "a terminal sequence" },
	{ "\t\x7f", "\"\\u0009\\u007f\"", "\t\x7f", "other controls" },
	{ "\xc2\x85\xc2\x9b", "\"\\u0085\\u009b\"", "\xc2\x85\xc2\x9b", "C1" },
	{ "\u2028\u2029", "\"\\u2028\\u2029\"", "\u2028\u2029", "line ends" },
	{ "\u202eabc\u2066", "\"\\u202eabc\\u2066\"", "\u202eabc\u2066",
	  "turned reading direction" },
	{ "caf\u00e9 \U0001f600", "\"caf\u00e9 \U0001f600\"",
	  "caf\u00e9 \U0001f600", "valid UTF-8 passes" },
	{ "a\xff\xc3", "\"a\ufffd\ufffd\"", "a\ufffd\ufffd", "no UTF-8" },
};

static void
hostile_values_stay_inside_their_quotes(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(value_rows); i++) {
		const struct value_row *r = &value_rows[i];
		const char *value;
		struct fixture f;

		open_log(&f, false);
		sl_log(f.log, SL_LOG_INFO, "page-committed",
		       (struct sl_field[]){ SL_F_TEXT("v", r->value),
					    SL_F_END });
		CHECK(r->why, strchr(f.text, '\n') == f.text + f.len - 1);
		f.text[f.len - 1] = '\0';
		value = f.text + strlen(HEAD " v=");
		CHECK(r->why, strcmp(value, r->line) == 0);
		close_log(&f);
	}
}

static void
json_lines_parse_to_the_same_values(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(value_rows); i++) {
		const struct value_row *r = &value_rows[i];
		struct fixture f;
		json_t *line;

		open_log(&f, true);
		sl_log(f.log, SL_LOG_INFO, "page-committed",
		       (struct sl_field[]){ SL_F_TEXT("v", r->value),
					    SL_F_NUM("n", INT64_MIN),
					    SL_F_END });
		CHECK(r->why, strchr(f.text, '\n') == f.text + f.len - 1);
		line = json_loads(f.text, 0, NULL);
		CHECK(r->why, json_object_size(line) == 5);
		CHECK(r->why, sl_text_equal(json_string_value(
						    json_object_get(line, "v")),
					    r->json));
		CHECK(r->why, json_integer_value(json_object_get(line, "n")) ==
				      INT64_MIN);
		CHECK(r->why, sl_text_equal(json_string_value(json_object_get(
						    line, "event")),
					    "page-committed"));
		json_decref(line);
		close_log(&f);
	}
}

static void
long_values_are_cut_between_characters(void **state SL_UNUSED)
{
	char value[8001] = "x";
	struct fixture f;

	for (size_t i = 1; i + 3 < sizeof(value); i += 3)
		memcpy(value + i, "\u20ac", 3);
	open_log(&f, false);
	sl_log(f.log, SL_LOG_INFO, "page-committed",
	       (struct sl_field[]){ SL_F_TEXT("v", value), SL_F_NUM("n", 1),
				    SL_F_END });
	assert_true(f.len < 2200);
	assert_true(sl_utf8_valid(f.text, f.len));
	assert_true(sl_text_iends(f.text, "...\" n=1\n"));
	close_log(&f);
}

static void
a_line_too_long_says_what_it_lacks(void **state SL_UNUSED)
{
	struct sl_field fields[21] = { SL_F_END };
	char value[2001];

	memset(value, ' ', sizeof(value));
	value[sizeof(value) - 1] = '\0';
	for (size_t i = 0; i + 1 < SL_ARRAY_LEN(fields); i++)
		fields[i] = (struct sl_field)SL_F_TEXT("v", value);
	for (int json = 0; json <= 1; json++) {
		struct fixture f;
		json_t *line;

		open_log(&f, json == 1);
		sl_log(f.log, SL_LOG_INFO, "page-committed", fields);
		assert_true(f.len <= 16384);
		assert_true(f.len > 12000);
		assert_true(sl_text_iends(f.text, json == 1 ? ",\"cut\":1}\n"
							    : " cut=1\n"));
		line = json == 1 ? json_loads(f.text, 0, NULL) : NULL;
		assert_true((line != NULL) == (json == 1));
		json_decref(line);
		close_log(&f);
	}
}

static void
lines_above_the_level_are_dropped_unseen(void **state SL_UNUSED)
{
	struct fixture f;

	open_log(&f, false);
	sl_log(f.log, SL_LOG_DEBUG, "noise", NULL);
	(void)fflush(f.out);
	assert_int_equal(f.len, 0);
	assert_true(sl_log_enabled(f.log, SL_LOG_INFO));
	assert_false(sl_log_enabled(f.log, SL_LOG_DEBUG));
	assert_int_equal(sl_log_dropped(f.log), 0);
	close_log(&f);
}

static void
no_log_drops_the_line(void **state SL_UNUSED)
{
	struct sl_log *none = NULL;

	sl_log(NULL, SL_LOG_ERROR, "nobody-listens", NULL);
	assert_false(sl_log_enabled(NULL, SL_LOG_ERROR));
	assert_int_equal(sl_log_dropped(NULL), 0);
	sl_log_free(&none);
}

static void
a_full_disk_counts_and_does_not_stop(void **state SL_UNUSED)
{
	FILE *full = fopen("/dev/full", "w");
	struct sl_log *log;

	if (full == NULL)
		skip();
	log = sl_log_new(full, SL_LOG_INFO, false, &sl_system_clock);
	sl_log(log, SL_LOG_INFO, "one", NULL);
	sl_log(log, SL_LOG_INFO, "two", NULL);
	assert_int_equal(sl_log_dropped(log), 2);
	sl_log_free(&log);
	(void)fclose(full);
}

static void
levels_have_names(void **state SL_UNUSED)
{
	sl_log_level level = SL_LOG_INFO;

	assert_true(sl_log_level_parse("error", &level));
	assert_int_equal(level, SL_LOG_ERROR);
	assert_true(sl_log_level_parse("debug", &level));
	assert_int_equal(level, SL_LOG_DEBUG);
	assert_false(sl_log_level_parse("INFO", &level));
	assert_false(sl_log_level_parse("", &level));
	assert_false(sl_log_level_parse(NULL, &level));
	assert_int_equal(level, SL_LOG_DEBUG);
}

static void *
write_many(void *log)
{
	for (int i = 0; i < 300; i++)
		sl_log(log, SL_LOG_INFO, "page-committed",
		       (struct sl_field[]){ SL_F_TEXT("v", "a b"), SL_F_END });
	return NULL;
}

static void
lines_of_two_threads_do_not_mix(void **state SL_UNUSED)
{
	static const char want[] = HEAD " v=\"a b\"\n";
	const size_t len = sizeof(want) - 1;
	pthread_t threads[4];
	struct fixture f;

	open_log(&f, false);
	for (size_t i = 0; i < SL_ARRAY_LEN(threads); i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, write_many, f.log),
			0);
	for (size_t i = 0; i < SL_ARRAY_LEN(threads); i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(f.len, len * 1200);
	for (size_t at = 0; at < f.len; at += len)
		assert_memory_equal(f.text + at, want, len);
	close_log(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_is_time_level_event_fields),
		cmocka_unit_test(hostile_values_stay_inside_their_quotes),
		cmocka_unit_test(json_lines_parse_to_the_same_values),
		cmocka_unit_test(long_values_are_cut_between_characters),
		cmocka_unit_test(a_line_too_long_says_what_it_lacks),
		cmocka_unit_test(lines_above_the_level_are_dropped_unseen),
		cmocka_unit_test(no_log_drops_the_line),
		cmocka_unit_test(a_full_disk_counts_and_does_not_stop),
		cmocka_unit_test(levels_have_names),
		cmocka_unit_test(lines_of_two_threads_do_not_mix),
	};

	return cmocka_run_group_tests_name("log", tests, NULL, NULL);
}
