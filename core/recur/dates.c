/* SPDX-License-Identifier: Apache-2.0 */
#include "core/recur/dates.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/civil.h"

#define DAY_S 86400

int64_t
sl_anchor_to_utc(const struct sl_anchor *anchor, int64_t civil_s)
{
	if (civil_s == anchor->start_civil_s)
		return anchor->start_s;
	return sl_zone_to_utc(anchor->zone, civil_s);
}

void
sl_dates_add(struct sl_arena *arena, struct sl_dates *dates, int64_t second_s)
{
	if (dates->count == dates->room) {
		size_t room = dates->room == 0 ? 16 : dates->room * 2;
		int64_t *seconds = SL_NEW_ARRAY(arena, room, int64_t);

		if (dates->count > 0)
			memcpy(seconds, dates->seconds,
			       dates->count * sizeof(seconds[0]));
		dates->seconds = seconds;
		dates->room = room;
	}
	dates->seconds[dates->count++] = second_s;
}

static int
compare(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return x < y ? -1 : x > y;
}

void
sl_dates_sort(struct sl_dates *dates)
{
	if (dates->count > 1)
		qsort(dates->seconds, dates->count, sizeof(dates->seconds[0]),
		      compare);
}

bool
sl_dates_has(const struct sl_dates *sorted, int64_t second_s)
{
	return sorted->count > 0 &&
	       bsearch(&second_s, sorted->seconds, sorted->count,
		       sizeof(second_s), compare) != NULL;
}

/* VALUE must not contradict the values. */
static bool
is_declared(const struct sl_line *line, const struct sl_stamp *stamp)
{
	switch (line->value_kind) {
	case SL_LINE_ANY:
		return true;
	case SL_LINE_DATE:
		return stamp->kind == SL_STAMP_DATE;
	case SL_LINE_DATE_TIME:
		return stamp->kind != SL_STAMP_DATE;
	case SL_LINE_PERIOD:
		return false;
	}
	return false;
}

/* A line being read. */
struct reading {
	struct sl_arena *arena;
	const struct sl_anchor *anchor;
	const struct sl_zone *zone; /* of the line, NULL: the series' own */
	bool adds;
	struct sl_date_lists *lists;
};

static const char *
add_date(const struct reading *r, const struct sl_stamp *stamp)
{
	struct sl_dates *to = r->adds              ? &r->lists->added
			      : r->anchor->all_day ? &r->lists->removed
						   : &r->lists->removed_days;

	if (r->adds && !r->anchor->all_day)
		return "rdate-date";
	sl_dates_add(r->arena, to, stamp->second_s);
	return NULL;
}

static const char *
add_time(const struct reading *r, const struct sl_stamp *stamp)
{
	int64_t at_s = stamp->second_s;

	if (r->anchor->all_day && sl_mod_down(at_s, DAY_S) != 0)
		return "date-type";
	if (!r->anchor->all_day && stamp->kind == SL_STAMP_LOCAL)
		at_s = r->zone != NULL ? sl_zone_to_utc(r->zone, at_s)
				       : sl_anchor_to_utc(r->anchor, at_s);
	sl_dates_add(r->arena, r->adds ? &r->lists->added : &r->lists->removed,
		     at_s);
	return NULL;
}

static const char *
read_value(const struct reading *r, const struct sl_line *line,
	   struct sl_slice value)
{
	struct sl_stamp stamp;

	if (!sl_slice_stamp(value, &stamp) || !is_declared(line, &stamp))
		return "date-malformed";
	if (++r->lists->values > SL_DATES_MAX)
		return "dates-many";
	return stamp.kind == SL_STAMP_DATE ? add_date(r, &stamp)
					   : add_time(r, &stamp);
}

const char *
sl_dates_read(struct sl_arena *arena, const struct sl_anchor *anchor,
	      const struct sl_line *line, struct sl_date_lists *lists)
{
	struct reading r = { .arena = arena,
			     .anchor = anchor,
			     .adds = line->kind == SL_LINE_RDATE,
			     .lists = lists };
	struct sl_slice rest = line->value, one;
	const char *why = NULL;

	if (line->value_kind == SL_LINE_PERIOD)
		return "rdate-period";
	if (line->zone != NULL && !anchor->all_day) {
		r.zone = sl_zone_load(arena, line->zone);
		if (r.zone == NULL)
			return "zone-unknown";
	}
	while (why == NULL && sl_slice_next(&rest, ',', &one))
		why = read_value(&r, line, one);
	return why;
}
