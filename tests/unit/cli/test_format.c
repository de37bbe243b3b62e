/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/clock.h"

#include "cli/format.h"
#include "cli/progress.h"
#include "tests/unit/cli/kit.h"

#define S SL_US_PER_S

static void
counts_are_grouped(void **state SL_UNUSED)
{
	static const struct {
		int64_t n;
		const char *text;
	} rows[] = {
		{ 0, "0" },
		{ 999, "999" },
		{ 1000, "1,000" },
		{ 1001, "1,001" },
		{ 1204331, "1,204,331" },
		{ -12345, "-12,345" },
		{ INT64_MAX, "9,223,372,036,854,775,807" },
		{ INT64_MIN, "-9,223,372,036,854,775,808" },
	};
	struct sl_arena *arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		assert_string_equal(sl_format_count(arena, rows[i].n),
				    rows[i].text);
	assert_string_equal(sl_format_plural(arena, 1, "page"), "1 page");
	assert_string_equal(sl_format_plural(arena, 0, "page"), "0 pages");
	sl_arena_free(&arena);
}

static void
minutes_and_streams_read_as_people_say_them(void **state SL_UNUSED)
{
	struct sl_arena *arena = sl_arena_new();

	assert_string_equal(sl_format_minute(arena, SL_NO_TIME), "");
	assert_string_equal(sl_format_minute(arena, 59 * S),
			    "1970-01-01 00:00");
	assert_string_equal(sl_format_minute(arena, INT64_C(1795168799999999)),
			    "2026-11-20 09:59");
	assert_string_equal(sl_format_stream("Team", "k", "events"), "Team");
	assert_string_equal(sl_format_stream(NULL, "k", "events"), "k");
	assert_string_equal(sl_format_stream(NULL, "", "events"), "events");
	sl_arena_free(&arena);
}

static void
bytes_have_units(void **state SL_UNUSED)
{
	static const struct {
		int64_t n;
		const char *text;
	} rows[] = {
		{ 0, "0 B" },
		{ 999, "999 B" },
		{ 1000, "1.0 kB" },
		{ 4112, "4.1 kB" },
		{ 12345, "12 kB" },
		{ 999499, "999 kB" },
		{ 999500, "1.0 MB" },
		{ 18000000, "18 MB" },
		{ 2500000000, "2.5 GB" },
	};
	struct sl_arena *arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		assert_string_equal(sl_format_bytes(arena, rows[i].n),
				    rows[i].text);
	sl_arena_free(&arena);
}

static void
times_are_told_as_people_do(void **state SL_UNUSED)
{
	const int64_t now = 1795168800 * S;

	static const struct {
		int64_t from_now_s;
		const char *text;
	} rows[] = {
		{ 0, "now" },
		{ -30, "30 s ago" },
		{ -250, "4 min ago" },
		{ 20, "in 20 s" },
		{ 7200, "in 2 h" },
		{ -86400, "24 h ago" },
		{ -90000, "2026-11-19" },
	};
	struct sl_arena *arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		assert_string_equal(sl_format_when(arena,
						   now + rows[i].from_now_s * S,
						   now),
				    rows[i].text);
	assert_string_equal(sl_format_when(arena, SL_NO_TIME, now), "never");
	assert_string_equal(sl_format_duration(arena, 840000), "0.8 s");
	assert_string_equal(sl_format_duration(arena, 12 * S), "12 s");
	assert_string_equal(sl_format_duration(arena, 300 * S), "5 min");
	assert_string_equal(sl_format_duration(arena, 252 * S), "4 min 12 s");
	assert_string_equal(sl_format_duration(arena, 7500 * S), "2 h 5 min");
	sl_arena_free(&arena);
}

static void
a_hostile_title_cannot_drive_the_terminal(void **state SL_UNUSED)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ NULL, "" },
		{ "plain", "plain" },
		{ "a\033[2Jb", "a?[2Jb" },
		{ "two\nlines\r", "two?lines?" },
		{ "csi \xc2\x9b!", "csi ?!" },
		{ "rtl \xe2\x80\xae!", "rtl ?!" },
		{ "isolate \xe2\x81\xa6!", "isolate ?!" },
		{ "caf\xe9", "caf\xef\xbf\xbd" },
		{ "\xc3\xa9t\xc3\xa9 \xe2\x82\xac",
		  "\xc3\xa9t\xc3\xa9 \xe2\x82\xac" },
		{ "\x7f", "?" },
	};
	struct sl_arena *arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		assert_string_equal(sl_format_clean(arena, rows[i].in, 40),
				    rows[i].out);
	assert_string_equal(
		sl_format_clean(arena, "\xc3\xa9\xc3\xa9\xc3\xa9", 2),
		"\xc3\xa9\xc3\xa9...");
	assert_string_equal(sl_format_clean(arena, "\xc3\xa9\xc3\xa9", 2),
			    "\xc3\xa9\xc3\xa9");
	sl_arena_free(&arena);
}

static void
progress_tells_counts_rate_and_waiting(void **state SL_UNUSED)
{
	struct sl_progress_view view = {
		.accounts = 12,
		.accounts_done = 3,
		.account = "ana@example.com",
		.stream = "Team\033]0;owned\007",
		.streams = 5,
		.streams_done = 2,
		.items = 12000,
		.elapsed_us = 10 * S,
		.wait_us = 12 * S,
	};
	struct sl_arena *arena = sl_arena_new();

	assert_string_equal(sl_progress_text(arena, &view, 200),
			    "3/12 accounts, ana@example.com: 12,000 items, "
			    "1,200/s, 2/5 streams, waiting 12 s for the quota, "
			    "Team?]0;owned?");
	view.accounts = view.streams = 1;
	view.elapsed_us = view.wait_us = 0;
	assert_string_equal(sl_progress_text(arena, &view, 200),
			    "ana@example.com: 12,000 items, Team?]0;owned?");
	assert_int_equal(sl_format_width(sl_progress_text(arena, &view, 20)),
			 20);
	sl_arena_free(&arena);
}

static void
nothing_is_painted_into_a_pipe(void **state SL_UNUSED)
{
	const struct sl_progress_view view = { .account = "a", .stream = "s" };
	struct sl_painter painter;
	FILE *file = tmpfile();

	assert_non_null(file);
	sl_painter_init(&painter, file, &sl_system_clock);
	sl_painter_show(&painter, &view);
	sl_painter_clear(&painter);
	assert_int_equal(ftell(file), 0);
	(void)fclose(file);
}

static void
a_bar_tells_how_far_it_is(void **state SL_UNUSED)
{
	static const struct {
		struct sl_bar_view view;
		const char *text;
	} rows[] = {
		{ { "checking", 0, 100, 0, 0 },
		  "checking [                    ] 0 %, 0 B of 100 B" },
		{ { "messages", 41, 100, 12000, 4 * S },
		  "messages [########            ] 41 %, 41 B of 100 B, "
		  "12,000 rows, 3,000/s" },
		{ { "messages", 200, 100, 1, 4 * S },
		  "messages [####################] 100 %, 200 B of 100 B, "
		  "1 row, 0/s" },
		{ { "x\033y", 0, 0, 0, 0 },
		  "x?y [                    ] 0 %, 0 B of 0 B" },
	};
	struct sl_arena *arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		assert_string_equal(sl_progress_bar(arena, &rows[i].view, 100),
				    rows[i].text);
	assert_true(sl_format_width(
			    sl_progress_bar(arena, &rows[1].view, 30)) <= 30);
	sl_arena_free(&arena);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_bar_tells_how_far_it_is),
		cmocka_unit_test(counts_are_grouped),
		cmocka_unit_test(minutes_and_streams_read_as_people_say_them),
		cmocka_unit_test(bytes_have_units),
		cmocka_unit_test(times_are_told_as_people_do),
		cmocka_unit_test(a_hostile_title_cannot_drive_the_terminal),
		cmocka_unit_test(progress_tells_counts_rate_and_waiting),
		cmocka_unit_test(nothing_is_painted_into_a_pipe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
