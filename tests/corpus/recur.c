/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A corpus of recurrence rules, expanded by sluice's own code:
 *
 *   recur FILE...
 *
 * A line is a rule, its DTSTART, the instances it must give, and F when these
 * are all of them, P when they are the first ones; tabs between. Says of each
 * rule "right", "elsewhere" with the reason, or "WRONG", and how long it took.
 * Exits 1 when one is wrong, or took more than a second.
 */
#include "core/recur/recur.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/civil.h"
#include "core/base/clock.h"

#include "core/recur/value.h"

#define SLOW_US SL_US_PER_S

struct row {
	struct sl_slice rule, start, wanted, extent;
};

struct tally {
	unsigned right, elsewhere, wrong, slow, malformed;
	int64_t slowest_us;
};

static int64_t
last_day_us(void)
{
	struct sl_date date = { 2499, 12, 31 };

	return sl_date_to_days(&date) * 86400 * SL_US_PER_S;
}

static bool
read_row(char *line, struct row *row)
{
	struct sl_slice rest = { line, strcspn(line, "\r\n") };

	return sl_slice_next(&rest, '\t', &row->rule) &&
	       sl_slice_next(&rest, '\t', &row->start) &&
	       sl_slice_next(&rest, '\t', &row->wanted) &&
	       sl_slice_next(&rest, '\t', &row->extent);
}

/* The instances a row wants, in microseconds. */
static bool
read_wanted(struct sl_arena *arena, const struct row *row, int64_t **us,
	    size_t *count)
{
	struct sl_slice rest = row->wanted, one;
	struct sl_stamp stamp;

	*count = 0;
	*us = SL_NEW_ARRAY(arena, row->wanted.len / 8 + 1, int64_t);
	if (row->wanted.len == 0)
		return true;
	while (sl_slice_next(&rest, ',', &one)) {
		if (!sl_slice_stamp(one, &stamp))
			return false;
		(*us)[(*count)++] = stamp.second_s * SL_US_PER_S;
	}
	return true;
}

static bool
is_equal(const struct sl_recur_set *set, const int64_t *wanted, size_t count,
	 bool whole)
{
	if (set->count < count || (whole && set->count != count))
		return false;
	for (size_t i = 0; i < count; i++)
		if (set->instances[i].start_us != wanted[i])
			return false;
	return true;
}

static void
expand(struct sl_arena *arena, const struct row *row,
       const struct sl_stamp *start, int64_t to_us, struct sl_recur_set *set)
{
	const char *lines[] = { sl_arena_printf(arena, "RRULE:%.*s",
						(int)row->rule.len,
						row->rule.at),
				NULL };
	struct sl_recur_series series = {
		.start_us = start->second_s * SL_US_PER_S,
		.end_us = SL_NO_TIME,
		.all_day = start->kind == SL_STAMP_DATE,
		.zone = start->kind == SL_STAMP_DATE ? NULL : "UTC",
		.lines = lines,
	};
	struct sl_recur_window window = { .from_us = INT64_MIN,
					  .to_us = to_us };

	sl_recur_expand(&series, window, arena, set);
}

static const char *
judge(struct sl_arena *arena, const struct row *row, struct tally *tally,
      const char **reason)
{
	struct sl_recur_set set;
	struct sl_stamp start;
	int64_t *wanted;
	size_t count;
	bool whole = sl_slice_is(row->extent, "F");

	*reason = "";
	if (!sl_slice_stamp(row->start, &start) ||
	    !read_wanted(arena, row, &wanted, &count)) {
		tally->malformed++;
		return "NO ROW";
	}
	expand(arena, row, &start,
	       whole || count == 0 ? last_day_us() : wanted[count - 1] + 1,
	       &set);
	if (set.verdict == SL_RECUR_ELSEWHERE) {
		*reason = set.reason;
		tally->elsewhere++;
		return "elsewhere";
	}
	if (is_equal(&set, wanted, count, whole)) {
		tally->right++;
		return "right";
	}
	tally->wrong++;
	return "WRONG";
}

static void
run_row(char *line, struct tally *tally)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct row row;
	const char *verdict = "NO ROW", *reason = "";
	int64_t began_us = sl_mono_us(&sl_system_clock), took_us;

	if (read_row(line, &row))
		verdict = judge(arena, &row, tally, &reason);
	else
		tally->malformed++;
	took_us = sl_mono_us(&sl_system_clock) - began_us;
	if (took_us > SLOW_US)
		tally->slow++;
	if (took_us > tally->slowest_us)
		tally->slowest_us = took_us;
	printf("%-9s %-15s %8.3f ms  %.*s\n", verdict, reason,
	       (double)took_us / 1000, (int)row.rule.len, row.rule.at);
}

static bool
run_file(const char *path, struct tally *tally)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0;

	if (file == NULL) {
		fprintf(stderr, "recur: %s: %s\n", path, strerror(errno));
		return false;
	}
	while (getline(&line, &room, file) > 0)
		if (line[0] != '#' && line[0] != '\n')
			run_row(line, tally);
	free(line);
	(void)fclose(file);
	return true;
}

int
main(int argc, char **argv)
{
	struct tally tally = { 0 };
	bool ok = argc > 1;

	for (int i = 1; i < argc; i++)
		ok = run_file(argv[i], &tally) && ok;
	printf("recurrence: %u right, %u handed on, %u wrong, %u over a "
	       "second, %u not understood; slowest %.1f ms\n",
	       tally.right, tally.elsewhere, tally.wrong, tally.slow,
	       tally.malformed, (double)tally.slowest_us / 1000);
	return ok && tally.wrong + tally.slow + tally.malformed == 0 ? 0 : 1;
}
