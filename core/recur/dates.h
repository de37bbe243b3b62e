/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dates that RDATE lines add and EXDATE lines take away.
 *
 * A value without Z and without TZID is in the zone of the series. For a timed
 * series, an EXDATE that is a date takes away what starts on that local day,
 * an RDATE that is one has no time to start at. For an all-day series, a time
 * of midnight stands for its date. Everything else is refused.
 */
#ifndef SL_RECUR_DATES_H
#define SL_RECUR_DATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/attr.h"

#include "core/recur/line.h"
#include "core/recur/zone.h"

/** Most values of all lines of a series. */
#define SL_DATES_MAX 5000

/** Seconds, after sl_dates_sort ascending. */
struct sl_dates {
	int64_t *seconds;
	size_t count;
	size_t room;
};

/** Where a series stands: what turns its civil times into moments. */
struct sl_anchor {
	bool all_day;
	const struct sl_zone *zone; /* sl_zone_utc() for all-day items     */
	int64_t start_s;            /* UTC                                 */
	int64_t start_civil_s;      /* its clock, which may occur twice:   */
};                                  /* that one of the two that it is      */

/** A clock's moment: the start's own for the start's clock. */
int64_t sl_anchor_to_utc(const struct sl_anchor *anchor, int64_t civil_s);

/** The dates of a series: moments (UTC) and whole days (civil midnights). */
struct sl_date_lists {
	struct sl_dates added;
	struct sl_dates removed;
	struct sl_dates removed_days;
	size_t values;
};

/**
 * Read an RDATE or EXDATE line into the lists.
 *
 * Returns NULL, or the constant code of why it is not expanded here.
 */
const char *sl_dates_read(struct sl_arena *arena,
			  const struct sl_anchor *anchor,
			  const struct sl_line *line,
			  struct sl_date_lists *lists) SL_NODISCARD;

void sl_dates_add(struct sl_arena *arena, struct sl_dates *dates,
		  int64_t second_s);
void sl_dates_sort(struct sl_dates *dates);
bool sl_dates_has(const struct sl_dates *sorted, int64_t second_s);

#endif
