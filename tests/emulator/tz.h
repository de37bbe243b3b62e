/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dates, RFC 3339 text and a dozen time zones with their current rules.
 * "Local" seconds are wall-clock seconds counted as if they were UTC.
 * No system zone database: the generated data must not depend on the host.
 */
#ifndef EMU_TZ_H
#define EMU_TZ_H

#include "util.h"

#define EMU_DAY 86400

struct emu_zone {
	const char *name;
	int std_s;
	int dst_s;
	int rule;
};

struct emu_date {
	int64_t year;
	unsigned month;
	unsigned day;
};

int64_t emu_days(int64_t year, unsigned month, unsigned day);
struct emu_date emu_civil(int64_t days);
/** 0 = Sunday. */
unsigned emu_weekday(int64_t days);
/** Whole days at or before that second. */
int64_t emu_floor_day(int64_t seconds);

size_t emu_zone_count(void);
const struct emu_zone *emu_zone_at(size_t i);
/** NULL when the name is not one of ours. */
const struct emu_zone *emu_zone_find(const char *name);
int emu_zone_offset(const struct emu_zone *zone, int64_t utc_s);
/** In an overlap the first, in a gap the moment after (RFC 5545). */
int64_t emu_zone_to_utc(const struct emu_zone *zone, int64_t local_s);

/** 2026-11-24 */
void emu_put_date(struct emu_buf *b, int64_t days);
/** 2026-11-24T10:00:00+01:00 of a local time in a zone. */
void emu_put_local(struct emu_buf *b, const struct emu_zone *zone,
		   int64_t local_s);
/** 2026-11-24T10:00:00.123Z */
void emu_put_utc_ms(struct emu_buf *b, int64_t utc_ms);
/** 20261124T100000 without a zone mark */
void emu_put_stamp(struct emu_buf *b, int64_t seconds);

/** RFC 3339 with an offset; optional fraction. */
bool emu_parse_time(const char *text, int64_t *utc_ms);
/** As above; `local_s` is the wall clock as written. */
bool emu_parse_both(const char *text, int64_t *utc_ms, int64_t *local_s);
/** YYYY-MM-DD */
bool emu_parse_date(const char *text, int64_t *days);

#endif
