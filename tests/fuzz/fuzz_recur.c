/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A series of any lines, over a window: the instances are ascending, distinct,
 * inside, as long as the first one; two halves of the window give the whole;
 * an EXDATE takes away exactly its instance; nothing takes a second.
 *
 * The input: zone and flags, start (days, half hours), length, window (days
 * from the start, length), each in one byte; then lines between newlines. With
 * the last flag the first line is the zone's name.
 *
 * covers: core/recur/recur.c
 * covers: core/recur/rule.c
 * covers: core/recur/days.c
 * covers: core/recur/dates.c
 * covers: core/recur/line.c
 * covers: core/recur/value.c
 */
#include <time.h>

#include "core/recur/recur.h"

#include "tests/fuzz/kit.h"

#define HEAD_BYTES 7
#define LINES_MAX  (SL_RECUR_LINES_MAX + 4)
#define DAY_US     (INT64_C(86400) * SL_US_PER_S)
#define START_US   (INT64_C(1767225600) * SL_US_PER_S) /* 2026-01-01 */

enum {
	ALL_DAY = 0x10,
	SPLITS = 0x20,
	EXCEPTS = 0x40,
	ZONE_GIVEN = 0x80,
};

static const char *const zones[] = {
	"UTC",
	"Europe/Berlin",
	"America/New_York",
	"Asia/Kathmandu",
	"Australia/Lord_Howe",
	"America/St_Johns",
	"Etc/GMT+12",
	"Nowhere/Land",
};

static size_t
split(char *text, const char **lines)
{
	size_t n = 0;

	while (text != NULL && n < LINES_MAX) {
		char *newline = strchr(text, '\n');

		if (newline != NULL)
			*newline = '\0';
		lines[n++] = text;
		text = newline == NULL ? NULL : newline + 1;
	}
	return n;
}

static void
expand(const struct sl_recur_series *series, struct sl_recur_window window,
       struct sl_arena *arena, struct sl_recur_set *out)
{
	clock_t began = clock();

	sl_recur_expand(series, window, arena, out);
	SL_ASSERT(clock() - began < CLOCKS_PER_SEC);
}

static void
check_set(const struct sl_recur_series *series, struct sl_recur_window window,
	  const struct sl_recur_set *set)
{
	int64_t length_us = series->end_us > series->start_us
				    ? series->end_us - series->start_us
				    : 0;

	SL_ASSERT((set->verdict == SL_RECUR_ELSEWHERE) ==
		  (set->reason != NULL));
	SL_ASSERT(set->reason == NULL || set->count == 0);
	SL_ASSERT(set->count <= SL_RECUR_INSTANCES_MAX);
	SL_ASSERT(set->verdict != SL_RECUR_CUT ||
		  set->count == SL_RECUR_INSTANCES_MAX);
	for (size_t i = 0; i < set->count; i++) {
		const struct sl_recur_instance *one = &set->instances[i];

		SL_ASSERT(one->start_us >= window.from_us &&
			  one->start_us < window.to_us);
		SL_ASSERT(i == 0 || one[-1].start_us < one->start_us);
		SL_ASSERT(one->end_us - one->start_us == length_us);
		SL_ASSERT(!series->all_day || one->start_us % DAY_US == 0);
	}
}

static bool
is_piece(const struct sl_recur_set *whole, size_t at,
	 const struct sl_recur_set *piece)
{
	for (size_t i = 0; i < piece->count; i++) {
		if (whole->instances[at + i].start_us !=
		    piece->instances[i].start_us)
			return false;
	}
	return true;
}

/* Whether a rule can be expanded may depend on the window: a far one takes
 * too many steps. What was expanded agrees. */
static void
check_halves(const struct sl_recur_series *series,
	     struct sl_recur_window window, struct sl_arena *arena,
	     const struct sl_recur_set *whole)
{
	int64_t middle_us =
		window.from_us + (window.to_us - window.from_us) / 2;
	struct sl_recur_window first = { window.from_us, middle_us };
	struct sl_recur_window second = { middle_us, window.to_us };
	struct sl_recur_set a, b;

	expand(series, first, arena, &a);
	expand(series, second, arena, &b);
	if (a.verdict != SL_RECUR_DONE || b.verdict != SL_RECUR_DONE)
		return;
	SL_ASSERT(a.count + b.count == whole->count);
	SL_ASSERT(is_piece(whole, 0, &a) && is_piece(whole, a.count, &b));
}

/* "EXDATE:20260102T000000Z", or of an all-day series "...;VALUE=DATE:20260102";
 * NULL for a moment that no such line can name. */
static const char *
exdate(struct sl_arena *arena, const struct sl_recur_series *series, int64_t us)
{
	const char *day, *time;
	char t[SL_RFC3339_TEXT];

	if (us % SL_US_PER_S != 0)
		return NULL;
	sl_rfc3339_format(us, t);
	day = sl_arena_printf(arena, "%.4s%.2s%.2s", t, t + 5, t + 8);
	time = sl_arena_printf(arena, "%.2s%.2s%.2s", t + 11, t + 14, t + 17);
	if (series->all_day)
		return sl_arena_printf(arena, "EXDATE;VALUE=DATE:%s", day);
	return sl_arena_printf(arena, "EXDATE:%sT%sZ", day, time);
}

static void
check_exception(const struct sl_recur_series *series, const char **lines,
		size_t count, struct sl_recur_window window,
		struct sl_arena *arena, const struct sl_recur_set *whole)
{
	struct sl_recur_set set;

	if (count >= SL_RECUR_LINES_MAX || whole->count == 0)
		return;
	lines[count] = exdate(arena, series, whole->instances[0].start_us);
	lines[count + 1] = NULL;
	expand(series, window, arena, &set);
	lines[count] = NULL;
	if (set.verdict != SL_RECUR_DONE)
		return; /* one date too many */
	SL_ASSERT(set.count == whole->count - 1);
	SL_ASSERT(is_piece(whole, 1, &set));
}

static void
check_series(const uint8_t *head, const struct sl_recur_series *series,
	     const char **lines, size_t count, struct sl_arena *arena)
{
	struct sl_recur_window window;
	struct sl_recur_set set;

	window.from_us = series->start_us + (head[5] - 64) * 4 * DAY_US;
	window.to_us = window.from_us + head[6] * DAY_US;
	expand(series, window, arena, &set);
	check_set(series, window, &set);
	if (set.verdict != SL_RECUR_DONE)
		return;
	if ((head[0] & SPLITS) != 0)
		check_halves(series, window, arena, &set);
	if ((head[0] & EXCEPTS) != 0)
		check_exception(series, lines, count, window, arena, &set);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	const char *lines[LINES_MAX + 2] = { NULL };
	struct sl_recur_series series = { .lines = lines };
	size_t count;

	if (size < HEAD_BYTES)
		return 0;
	count = split(fuzz_copy(arena, data + HEAD_BYTES, size - HEAD_BYTES),
		      lines);
	series.all_day = (data[0] & ALL_DAY) != 0;
	series.start_us = START_US + (data[1] | data[2] << 8) * DAY_US;
	if (!series.all_day) {
		series.zone = zones[data[0] % SL_ARRAY_LEN(zones)];
		series.start_us += data[3] % 48 * (DAY_US / 48);
	}
	series.end_us = series.start_us + (data[4] - 8) * (DAY_US / 48);
	if ((data[0] & ZONE_GIVEN) != 0) {
		series.zone = lines[0];
		series.lines = lines + 1;
		count--;
	}
	check_series(data, &series, lines + (series.lines - lines), count,
		     arena);
	return 0;
}
