/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Series and their instances as texts, so that a test is a row of a table.
 */
#ifndef SL_TESTS_RECUR_KIT_H
#define SL_TESTS_RECUR_KIT_H

#include <stdint.h>

#include "core/base/arena.h"

#include "core/recur/recur.h"

struct recur_text {
	const char *start; /* RFC 3339; a date alone: all-day   */
	const char *zone;
	const char *lines; /* separated by '|'                  */
	const char *from;  /* NULL: 2020-01-01                  */
	const char *to;    /* NULL: 2040-01-01                  */
};

/** Of an RFC 3339 time or date, which must be one. */
int64_t recur_moment(const char *text);

/** Expand; instances are an hour long, or a day. */
void recur_expand_text(struct sl_arena *arena, const struct recur_text *text,
		       struct sl_recur_set *set);

/** "2026-10-25" of a day since 1970. */
const char *recur_day_text(struct sl_arena *arena, int64_t day);

/**
 * "2026-10-25T00:30:00Z 2026-10-26T01:30:00Z", or dates for an all-day series;
 * "out" before them when the start is none of the rule's, "cut" after them;
 * "elsewhere" and the reason.
 */
const char *recur_set_text(struct sl_arena *arena,
			   const struct sl_recur_set *set, bool all_day);

#endif
