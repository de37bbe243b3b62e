/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The rule that ends a zone file: what happens after its last listed change,
 * as POSIX writes it in TZ ("CET-1CEST,M3.5.0,M10.5.0/3"), with the hours up
 * to 167 of RFC 8536.
 */
#ifndef SL_RECUR_POSIX_TZ_H
#define SL_RECUR_POSIX_TZ_H

#include <stdbool.h>
#include <stdint.h>

enum sl_tz_day {
	SL_TZ_MONTH_WEEK_DAY, /* Mm.w.d                            */
	SL_TZ_JULIAN,         /* Jn: 1..365, the leap day not there */
	SL_TZ_DAY_OF_YEAR,    /* n: 0..365                          */
};

struct sl_tz_change {
	enum sl_tz_day kind;
	int month, week;
	int day;      /* of the week, or of the year        */
	int second_s; /* of the day; may be outside of it   */
};

struct sl_posix_tz {
	int standard_s; /* east of Greenwich is positive   */
	bool has_summer;
	int summer_s;
	struct sl_tz_change to_summer;   /* by the standard clock */
	struct sl_tz_change to_standard; /* by the summer clock   */
};

/** The whole text must be one; false leaves `*tz` in any state. */
bool sl_posix_tz_parse(const char *text, struct sl_posix_tz *tz);

/** A stretch of time with one offset: from <= t < to. */
struct sl_zone_span {
	int64_t from_s;
	int64_t to_s;
	int offset_s;
};

/** The stretch around a moment. */
struct sl_zone_span sl_posix_tz_span(const struct sl_posix_tz *tz,
				     int64_t utc_s);

#endif
