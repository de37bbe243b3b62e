/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The dates of LinkedIn's tables, which write each kind in another way, and of
 * tables that somebody saved again by a spreadsheet.
 *
 * Source: archives of members, 2019 to 2026: "12 Mar 2024",
 * "2024-03-12 08:15:30 UTC", "1/29/26, 2:37 PM", "2024/02/01 15:02:55 UTC",
 * "Sat Sep 05 08:12:14 UTC 2026", "Nov 5, 1990", "Jan 2024", "4-Apr-21"
 */
#ifndef SL_CONNECTORS_LINKEDIN_WHEN_H
#define SL_CONNECTORS_LINKEDIN_WHEN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"

struct sl_linkedin_when {
	int64_t us; /* UTC; midnight when only a day is told */
	bool time;  /* more than a day is told               */
	bool zone;  /* so is the zone; else UTC was taken    */
};

/** Of numbers alone, the month comes first: 1/29/26. Names of months are
 *  English. false leaves `*out` alone: no date. NULL is none. */
bool sl_linkedin_when(struct sl_arena *arena, const char *text,
		      struct sl_linkedin_when *out);

/** "2024-01" of "Jan 2024", "2024-01-05" of a day; NULL: neither. */
const char *sl_linkedin_month(struct sl_arena *arena, const char *text);

/** "2024-01-05" of a time, UTC. */
const char *sl_linkedin_day(struct sl_arena *arena, int64_t us);

#endif
