/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When a day's quota is given again: at midnight in California, as far as is
 * known. The rule of its daylight saving time is of 2007.
 */
#include "core/base/civil.h"
#include "core/base/clock.h"

#include "connectors/google/google.h"

#define HOUR_US (INT64_C(3600) * SL_US_PER_S)
#define DAY_US  (24 * HOUR_US)

/* Behind UTC in winter; an hour less in summer. */
#define BEHIND_US (8 * HOUR_US)

/* The nth Sunday of a month, as a day. */
static int64_t
sunday(int year, int month, int nth)
{
	const struct sl_date first = { year, month, 1 };
	int64_t day = sl_date_to_days(&first);

	return day + (7 - sl_weekday(day)) % 7 + INT64_C(7) * (nth - 1);
}

/* It changes at 2 o'clock in the morning, by the time that holds until then. */
static int64_t
behind_us(int64_t utc_us)
{
	int64_t day = sl_div_down(utc_us - BEHIND_US, DAY_US);
	int year = sl_date_of_days(day).year;
	int64_t from = sunday(year, 3, 2) * DAY_US + 2 * HOUR_US + BEHIND_US;
	int64_t to = sunday(year, 11, 1) * DAY_US + HOUR_US + BEHIND_US;

	return utc_us >= from && utc_us < to ? BEHIND_US - HOUR_US : BEHIND_US;
}

int64_t
sl_google_reset_ms(int64_t now_us)
{
	int64_t day = sl_div_down(now_us - behind_us(now_us), DAY_US) + 1;
	/* Midnight is before the change, if the day has one. */
	int64_t midnight = day * DAY_US + BEHIND_US;

	midnight = day * DAY_US + behind_us(midnight - HOUR_US);
	return (midnight - now_us + 999) / 1000;
}
