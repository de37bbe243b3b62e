/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Days of the proleptic Gregorian calendar, as PostgreSQL counts them.
 *
 * Day 0 is 1970-01-01. Pure arithmetic, no zones.
 */
#ifndef SL_BASE_CIVIL_H
#define SL_BASE_CIVIL_H

#include <stdbool.h>
#include <stdint.h>

struct sl_date {
	int year;
	int month; /* 1..12 */
	int day;   /* 1..31 */
};

/** Days of a month, 28 to 31. */
int sl_month_days(int year, int month);

/** Year 0001 to 9999, and a day that its month has. */
bool sl_date_exists(const struct sl_date *date);

/** Days since 1970-01-01; negative before. */
int64_t sl_date_to_days(const struct sl_date *date);

/** The date of a day. */
struct sl_date sl_date_of_days(int64_t days);

/** 0 for Sunday to 6 for Saturday. */
int sl_weekday(int64_t days);

/** a / b rounded down, and what is left, 0..b-1; b is positive. */
int64_t sl_div_down(int64_t a, int64_t b);
int64_t sl_mod_down(int64_t a, int64_t b);

#endif
