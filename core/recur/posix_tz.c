/* SPDX-License-Identifier: Apache-2.0 */
#include "core/recur/posix_tz.h"

#include <stddef.h>

#include "core/base/civil.h"

#define DAY_S       86400
#define OFFSET_HOUR 24
#define CHANGE_HOUR 167

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
take(const char **at, char c)
{
	if (**at != c)
		return false;
	(*at)++;
	return true;
}

static bool
take_number(const char **at, int low, int high, int *value)
{
	int sum = 0;
	const char *p = *at;

	for (; is_digit(*p) && sum <= high; p++)
		sum = sum * 10 + (*p - '0');
	if (p == *at || sum < low || sum > high)
		return false;
	*at = p;
	*value = sum;
	return true;
}

/* Letters, or anything a name may have between < and >. */
static bool
take_name(const char **at)
{
	const char *p = *at;

	if (take(&p, '<')) {
		while (is_letter(*p) || is_digit(*p) || *p == '+' || *p == '-')
			p++;
		if (!take(&p, '>'))
			return false;
	} else {
		while (is_letter(*p))
			p++;
		if (p == *at)
			return false;
	}
	*at = p;
	return true;
}

/* [+-]hh[:mm[:ss]] */
static bool
take_time(const char **at, int hour_max, int *seconds)
{
	bool minus = **at == '-';
	int h, m = 0, s = 0;

	if (minus || **at == '+')
		(*at)++;
	if (!take_number(at, 0, hour_max, &h))
		return false;
	if (take(at, ':') && (!take_number(at, 0, 59, &m) ||
			      (take(at, ':') && !take_number(at, 0, 59, &s))))
		return false;
	*seconds = (h * 3600 + m * 60 + s) * (minus ? -1 : 1);
	return true;
}

static bool
take_day(const char **at, struct sl_tz_change *change)
{
	if (take(at, 'M')) {
		change->kind = SL_TZ_MONTH_WEEK_DAY;
		return take_number(at, 1, 12, &change->month) &&
		       take(at, '.') && take_number(at, 1, 5, &change->week) &&
		       take(at, '.') && take_number(at, 0, 6, &change->day);
	}
	if (take(at, 'J')) {
		change->kind = SL_TZ_JULIAN;
		return take_number(at, 1, 365, &change->day);
	}
	change->kind = SL_TZ_DAY_OF_YEAR;
	return take_number(at, 0, 365, &change->day);
}

static bool
take_change(const char **at, struct sl_tz_change *change)
{
	change->second_s = 7200;
	if (!take(at, ',') || !take_day(at, change))
		return false;
	return !take(at, '/') || take_time(at, CHANGE_HOUR, &change->second_s);
}

bool
sl_posix_tz_parse(const char *text, struct sl_posix_tz *tz)
{
	int west;

	*tz = (struct sl_posix_tz){ 0 };
	if (!take_name(&text) || !take_time(&text, OFFSET_HOUR, &west))
		return false;
	tz->standard_s = -west;
	if (*text == '\0')
		return true;
	tz->has_summer = true;
	tz->summer_s = tz->standard_s + 3600;
	if (!take_name(&text))
		return false;
	if (*text != ',') {
		if (!take_time(&text, OFFSET_HOUR, &west))
			return false;
		tz->summer_s = -west;
	}
	return take_change(&text, &tz->to_summer) &&
	       take_change(&text, &tz->to_standard) && *text == '\0';
}

static int64_t
day_of(int year, int month, int day)
{
	struct sl_date date = { year, month, day };

	return sl_date_to_days(&date);
}

/* Week 5 is the last one that the month has. */
static int64_t
weekday_of_month(int year, const struct sl_tz_change *change)
{
	int64_t first = day_of(year, change->month, 1);
	int ahead = (change->day - sl_weekday(first) + 7) % 7;
	int day = ahead + (change->week - 1) * 7;

	while (day >= sl_month_days(year, change->month))
		day -= 7;
	return first + day;
}

static int64_t
change_day(int year, const struct sl_tz_change *change)
{
	int64_t new_year = day_of(year, 1, 1);

	switch (change->kind) {
	case SL_TZ_MONTH_WEEK_DAY:
		return weekday_of_month(year, change);
	case SL_TZ_JULIAN:
		return new_year + change->day - 1 +
		       (change->day > 59 && sl_month_days(year, 2) == 29 ? 1
									 : 0);
	case SL_TZ_DAY_OF_YEAR:
		return new_year + change->day;
	}
	return new_year;
}

/* A change narrows the span on the side of `utc_s` that it lies on. */
static void
narrow(struct sl_zone_span *span, int64_t utc_s, int64_t at_s, int offset_s)
{
	if (at_s <= utc_s && at_s >= span->from_s) {
		span->from_s = at_s;
		span->offset_s = offset_s;
	} else if (at_s > utc_s && at_s < span->to_s) {
		span->to_s = at_s;
	}
}

struct sl_zone_span
sl_posix_tz_span(const struct sl_posix_tz *tz, int64_t utc_s)
{
	struct sl_zone_span span = { INT64_MIN, INT64_MAX, tz->standard_s };
	int year = sl_date_of_days(sl_div_down(utc_s, DAY_S)).year;

	if (!tz->has_summer)
		return span;
	for (int y = year - 1; y <= year + 1; y++) {
		int64_t summer = change_day(y, &tz->to_summer) * DAY_S +
				 tz->to_summer.second_s - tz->standard_s;
		int64_t standard = change_day(y, &tz->to_standard) * DAY_S +
				   tz->to_standard.second_s - tz->summer_s;

		if (standard < summer)
			narrow(&span, utc_s, standard, tz->standard_s);
		narrow(&span, utc_s, summer, tz->summer_s);
		if (standard >= summer)
			narrow(&span, utc_s, standard, tz->standard_s);
	}
	return span;
}
