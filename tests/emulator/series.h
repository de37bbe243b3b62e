/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small recurrence: DAILY, WEEKLY with BYDAY, MONTHLY and YEARLY on the
 * start's day, with INTERVAL, COUNT, UNTIL and EXDATE. Other rules give
 * their first instance only, unless the event names its instances itself: the
 * member EMU_GIVEN of its body, local times, never shown. Enough for a test
 * server.
 */
#ifndef EMU_SERIES_H
#define EMU_SERIES_H

#include <jansson.h>

#include "gen.h"

#define EMU_INSTANCES_MAX 1000
#define EMU_GIVEN         "emulatorInstances"

struct emu_series {
	const struct emu_zone *zone;
	bool all_day;
	int64_t start_local;
	int64_t duration;
	char freq; /* D W M Y, or ? for what we do not know */
	int64_t interval;
	uint64_t count; /* 0 = no limit */
	int64_t until_ms;
	unsigned days; /* bit 0 = Sunday; 0 = the start's weekday */
	char exdates[512];
	const json_t *given; /* borrowed; NULL = by the rule */
	uint64_t produced;
	int64_t at_day;
	int64_t step;
};

void emu_series_of_spec(const struct emu_spec *s, struct emu_series *out);
/** False when the body is no series or has no usable start. */
bool emu_series_of_json(const json_t *body, struct emu_series *out);
/** The next original start; excluded ones are left out. */
bool emu_series_next(struct emu_series *s, int64_t *local);
/** End of the last instance; INT64_MAX when there is none. */
int64_t emu_series_end_ms(struct emu_series s);
/** The instance of an overlay master: a new object. */
json_t *emu_series_made(const json_t *master, const struct emu_series *s,
			int64_t original_local);
/** Start and end of any event resource; false when it has none. */
bool emu_json_times(const json_t *body, int64_t *start_ms, int64_t *end_ms);

#endif
