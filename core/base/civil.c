/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Days are counted over eras of 400 years (Howard Hinnant's
 * "chrono-compatible low-level date algorithms").
 */
#include "core/base/civil.h"

#define DAYS_PER_ERA 146097 /* 400 years       */
#define DAYS_TO_1970 719468 /* from 0000-03-01 */

int
sl_month_days(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30,
				    31, 31, 30, 31, 30, 31 };
	bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool
sl_date_exists(const struct sl_date *date)
{
	return date->year >= 1 && date->year <= 9999 && date->month >= 1 &&
	       date->month <= 12 && date->day >= 1 &&
	       date->day <= sl_month_days(date->year, date->month);
}

/* A year here begins in March, so that the leap day is its last. */
int64_t
sl_date_to_days(const struct sl_date *date)
{
	int64_t year = date->month <= 2 ? date->year - 1 : date->year;
	int64_t month = (date->month + 9) % 12;
	int64_t era = sl_div_down(year, 400);
	int64_t of_era = sl_mod_down(year, 400);
	int64_t of_year = (153 * month + 2) / 5 + date->day - 1;

	return era * DAYS_PER_ERA + of_era * 365 + of_era / 4 - of_era / 100 +
	       of_year - DAYS_TO_1970;
}

struct sl_date
sl_date_of_days(int64_t days)
{
	int64_t since = days + DAYS_TO_1970;
	int64_t era = sl_div_down(since, DAYS_PER_ERA);
	int64_t day = sl_mod_down(since, DAYS_PER_ERA);
	int64_t of_era = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int64_t of_year = day - (365 * of_era + of_era / 4 - of_era / 100);
	int64_t month = (5 * of_year + 2) / 153;
	int64_t year = era * 400 + of_era;

	return (struct sl_date){
		.year = (int)(month >= 10 ? year + 1 : year),
		.month = (int)(month >= 10 ? month - 9 : month + 3),
		.day = (int)(of_year - (153 * month + 2) / 5 + 1),
	};
}

int
sl_weekday(int64_t days)
{
	return (int)sl_mod_down(days + 4, 7); /* day 0 was a Thursday */
}

int64_t
sl_div_down(int64_t a, int64_t b)
{
	return a / b - (a % b < 0 ? 1 : 0);
}

int64_t
sl_mod_down(int64_t a, int64_t b)
{
	return a % b + (a % b < 0 ? b : 0);
}
