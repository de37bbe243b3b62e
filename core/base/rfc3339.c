/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 3339 times: texts to microseconds and back.
 */
#include <string.h>

#include "core/base/civil.h"
#include "core/base/clock.h"
#include "core/base/text.h"

#define US_PER_DAY (86400 * SL_US_PER_S)
#define FIRST_US   (INT64_C(-62135596800) * SL_US_PER_S) /* 0001-01-01 */
#define LAST_US    (INT64_C(253402300800) * SL_US_PER_S - 1)

/* Exactly `width` digits; false leaves `*value` alone. */
static bool
read_number(const char **text, int width, int *value)
{
	const char *at = *text;
	int sum = 0;

	for (int i = 0; i < width; i++, at++) {
		if (*at < '0' || *at > '9')
			return false;
		sum = sum * 10 + (*at - '0');
	}
	*text = at;
	*value = sum;
	return true;
}

static bool
read_char(const char **text, const char *allowed)
{
	if (**text == '\0' || strchr(allowed, **text) == NULL)
		return false;
	(*text)++;
	return true;
}

static bool
read_date(const char **text, struct sl_date *date)
{
	if (!read_number(text, 4, &date->year) || !read_char(text, "-") ||
	    !read_number(text, 2, &date->month) || !read_char(text, "-") ||
	    !read_number(text, 2, &date->day))
		return false;
	return sl_date_exists(date);
}

/* Digits past the sixth are read and dropped. */
static bool
read_fraction(const char **text, int64_t *us)
{
	int64_t weight = SL_US_PER_S / 10;
	int digit;

	*us = 0;
	if (!read_char(text, "."))
		return true;
	if (!read_number(text, 1, &digit))
		return false;
	do {
		*us += digit * weight;
		weight /= 10;
	} while (read_number(text, 1, &digit));
	return true;
}

static bool
read_time(const char **text, int64_t *us)
{
	int hour, minute, second;
	int64_t fraction;

	if (!read_number(text, 2, &hour) || !read_char(text, ":") ||
	    !read_number(text, 2, &minute) || !read_char(text, ":") ||
	    !read_number(text, 2, &second) || !read_fraction(text, &fraction))
		return false;
	if (hour > 23 || minute > 59 || second > 60)
		return false;
	*us = (hour * 3600 + minute * 60 + second) * SL_US_PER_S + fraction;
	return true;
}

static bool
read_offset(const char **text, int64_t *us)
{
	int hour, minute;
	bool west = **text == '-';

	*us = 0;
	if (read_char(text, "Zz"))
		return true;
	if (!read_char(text, "+-") || !read_number(text, 2, &hour) ||
	    !read_char(text, ":") || !read_number(text, 2, &minute))
		return false;
	if (hour > 23 || minute > 59)
		return false;
	*us = (hour * 60 + minute) * 60 * (west ? -SL_US_PER_S : SL_US_PER_S);
	return true;
}

bool
sl_rfc3339_parse(const char *text, int64_t *us)
{
	struct sl_date date;
	int64_t time, offset, result;

	if (text == NULL)
		return false;
	if (!read_date(&text, &date) || !read_char(&text, "Tt ") ||
	    !read_time(&text, &time) || !read_offset(&text, &offset))
		return false;
	if (*text != '\0')
		return false;
	result = sl_date_to_days(&date) * US_PER_DAY + time - offset;
	/* An offset or a leap second may lead out of the first or last year. */
	if (result < FIRST_US || result > LAST_US)
		return false;
	*us = result;
	return true;
}

bool
sl_rfc3339_date_us(const char *text, int64_t *us)
{
	struct sl_date date;

	if (text == NULL || !read_date(&text, &date) || *text != '\0')
		return false;
	*us = sl_date_to_days(&date) * US_PER_DAY;
	return true;
}

bool
sl_rfc3339_is_date(const char *text)
{
	int64_t us;

	return sl_rfc3339_date_us(text, &us);
}

static char *
put_number(char *to, int64_t value, int width, char after)
{
	for (int i = width - 1; i >= 0; i--) {
		to[i] = (char)('0' + value % 10);
		value /= 10;
	}
	to[width] = after;
	return to + width + 1;
}

void
sl_rfc3339_format(int64_t us, char out[SL_RFC3339_TEXT])
{
	int64_t rest;
	struct sl_date date;

	if (us < FIRST_US)
		us = FIRST_US;
	if (us > LAST_US)
		us = LAST_US;
	rest = sl_mod_down(us, US_PER_DAY);
	date = sl_date_of_days(sl_div_down(us, US_PER_DAY));
	out = put_number(out, date.year, 4, '-');
	out = put_number(out, date.month, 2, '-');
	out = put_number(out, date.day, 2, 'T');
	out = put_number(out, rest / SL_US_PER_S / 3600, 2, ':');
	out = put_number(out, rest / SL_US_PER_S / 60 % 60, 2, ':');
	out = put_number(out, rest / SL_US_PER_S % 60, 2, '.');
	out = put_number(out, rest % SL_US_PER_S, 6, 'Z');
	*out = '\0';
}
