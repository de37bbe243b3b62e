/* SPDX-License-Identifier: Apache-2.0 */
#include "tz.h"

#include <string.h>

enum { RULE_NONE, RULE_EU, RULE_US, RULE_AU, RULE_LHI, RULE_NZ };

static const struct emu_zone zones[] = {
	{ "Europe/Madrid", 3600, 7200, RULE_EU },
	{ "America/New_York", -18000, -14400, RULE_US },
	{ "Asia/Kolkata", 19800, 19800, RULE_NONE },
	{ "Europe/London", 0, 3600, RULE_EU },
	{ "Asia/Kathmandu", 20700, 20700, RULE_NONE },
	{ "Australia/Lord_Howe", 37800, 39600, RULE_LHI },
	{ "UTC", 0, 0, RULE_NONE },
	{ "Europe/Berlin", 3600, 7200, RULE_EU },
	{ "America/Los_Angeles", -28800, -25200, RULE_US },
	{ "America/Sao_Paulo", -10800, -10800, RULE_NONE },
	{ "Asia/Tokyo", 32400, 32400, RULE_NONE },
	{ "Australia/Sydney", 36000, 39600, RULE_AU },
	{ "Pacific/Auckland", 43200, 46800, RULE_NZ },
	{ "America/St_Johns", -12600, -9000, RULE_US },
};

int64_t
emu_days(int64_t year, unsigned month, unsigned day)
{
	int64_t y = year - (month <= 2);
	int64_t era = (y >= 0 ? y : y - 399) / 400;
	int64_t yoe = y - era * 400;
	int64_t mp = (month + 9) % 12;
	int64_t doy = (153 * mp + 2) / 5 + day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

struct emu_date
emu_civil(int64_t days)
{
	int64_t z = days + 719468;
	int64_t era = (z >= 0 ? z : z - 146096) / 146097;
	int64_t doe = z - era * 146097;
	int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	int64_t mp = (5 * doy + 2) / 153;
	unsigned month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);

	return (struct emu_date){ .year = yoe + era * 400 + (month <= 2),
				  .month = month,
				  .day = (unsigned)(doy - (153 * mp + 2) / 5 +
						    1) };
}

int64_t
emu_floor_day(int64_t seconds)
{
	int64_t d = seconds / EMU_DAY;

	return seconds % EMU_DAY < 0 ? d - 1 : d;
}

unsigned
emu_weekday(int64_t days)
{
	int64_t w = (days + 4) % 7;

	return (unsigned)(w < 0 ? w + 7 : w);
}

size_t
emu_zone_count(void)
{
	return EMU_COUNT(zones);
}

const struct emu_zone *
emu_zone_at(size_t i)
{
	return &zones[i % EMU_COUNT(zones)];
}

const struct emu_zone *
emu_zone_find(const char *name)
{
	for (size_t i = 0; i < EMU_COUNT(zones); i++)
		if (strcmp(zones[i].name, name) == 0)
			return &zones[i];
	return NULL;
}

/* The nth Sunday of a month as seconds at midnight; n = 0 is the last. */
static int64_t
sunday(int64_t year, unsigned month, unsigned n)
{
	int64_t first = emu_days(year, month, 1);
	int64_t day = first + (7 - emu_weekday(first)) % 7;

	if (n)
		return (day + 7 * (n - 1)) * EMU_DAY;
	while (emu_civil(day + 7).month == month)
		day += 7;
	return day * EMU_DAY;
}

static bool
is_dst(const struct emu_zone *z, int64_t utc)
{
	int64_t y = emu_civil(emu_floor_day(utc + z->std_s)).year;
	int64_t two = 7200 - z->std_s; /* two o'clock standard time */

	switch (z->rule) {
	case RULE_EU:
		return utc >= sunday(y, 3, 0) + 3600 &&
		       utc < sunday(y, 10, 0) + 3600;
	case RULE_US:
		return utc >= sunday(y, 3, 2) + two &&
		       utc < sunday(y, 11, 1) + 7200 - z->dst_s;
	case RULE_AU:
		return utc >= sunday(y, 10, 1) + two ||
		       utc < sunday(y, 4, 1) + two;
	case RULE_LHI:
		return utc >= sunday(y, 10, 1) + two ||
		       utc < sunday(y, 4, 1) + 7200 - z->dst_s;
	case RULE_NZ:
		return utc >= sunday(y, 9, 0) + two ||
		       utc < sunday(y, 4, 1) + two;
	default:
		return false;
	}
}

int
emu_zone_offset(const struct emu_zone *zone, int64_t utc_s)
{
	return is_dst(zone, utc_s) ? zone->dst_s : zone->std_s;
}

int64_t
emu_zone_to_utc(const struct emu_zone *zone, int64_t local_s)
{
	int64_t summer = local_s - zone->dst_s;

	return is_dst(zone, summer) ? summer : local_s - zone->std_s;
}

void
emu_put_date(struct emu_buf *b, int64_t days)
{
	struct emu_date d = emu_civil(days);

	emu_put_pad(b, (uint64_t)d.year, 4);
	emu_putc(b, '-');
	emu_put_pad(b, d.month, 2);
	emu_putc(b, '-');
	emu_put_pad(b, d.day, 2);
}

static void
put_clock(struct emu_buf *b, int64_t seconds, const char *colon)
{
	int64_t left = seconds - emu_floor_day(seconds) * EMU_DAY;

	emu_putc(b, 'T');
	emu_put_pad(b, (uint64_t)(left / 3600), 2);
	emu_puts(b, colon);
	emu_put_pad(b, (uint64_t)(left / 60 % 60), 2);
	emu_puts(b, colon);
	emu_put_pad(b, (uint64_t)(left % 60), 2);
}

void
emu_put_local(struct emu_buf *b, const struct emu_zone *zone, int64_t local_s)
{
	int64_t utc = emu_zone_to_utc(zone, local_s);
	int off = emu_zone_offset(zone, utc);
	int64_t wall = utc + off;
	unsigned minutes = (unsigned)(off < 0 ? -off : off) / 60;

	emu_put_date(b, emu_floor_day(wall));
	put_clock(b, wall, ":");
	if (off == 0) {
		emu_putc(b, 'Z');
		return;
	}
	emu_putc(b, off < 0 ? '-' : '+');
	emu_put_pad(b, minutes / 60, 2);
	emu_putc(b, ':');
	emu_put_pad(b, minutes % 60, 2);
}

void
emu_put_utc_ms(struct emu_buf *b, int64_t utc_ms)
{
	int64_t s = utc_ms / 1000;

	emu_put_date(b, emu_floor_day(s));
	put_clock(b, s, ":");
	emu_putc(b, '.');
	emu_put_pad(b, (uint64_t)(utc_ms % 1000), 3);
	emu_putc(b, 'Z');
}

void
emu_put_stamp(struct emu_buf *b, int64_t seconds)
{
	struct emu_date d = emu_civil(emu_floor_day(seconds));

	emu_put_pad(b, (uint64_t)d.year, 4);
	emu_put_pad(b, d.month, 2);
	emu_put_pad(b, d.day, 2);
	put_clock(b, seconds, "");
}

static bool
digits(const char **text, unsigned count, unsigned *out)
{
	unsigned n = 0;

	for (; count; count--, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		n = n * 10 + (unsigned)(**text - '0');
	}
	*out = n;
	return true;
}

static bool
skip(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

static bool
scan_date(const char **text, int64_t *days)
{
	unsigned y, m, d;

	if (!digits(text, 4, &y) || !skip(text, '-') || !digits(text, 2, &m) ||
	    !skip(text, '-') || !digits(text, 2, &d))
		return false;
	if (m < 1 || m > 12 || d < 1 || d > 31)
		return false;
	*days = emu_days(y, m, d);
	return emu_civil(*days).day == d;
}

bool
emu_parse_date(const char *text, int64_t *days)
{
	return scan_date(&text, days) && *text == '\0';
}

static bool
scan_offset(const char **text, int *off_s)
{
	unsigned h, m;
	char sign = **text;

	if (skip(text, 'Z') || skip(text, 'z')) {
		*off_s = 0;
		return true;
	}
	if (!skip(text, '+') && !skip(text, '-'))
		return false;
	if (!digits(text, 2, &h) || !skip(text, ':') || !digits(text, 2, &m))
		return false;
	*off_s = (int)(h * 3600 + m * 60) * (sign == '-' ? -1 : 1);
	return h < 24 && m < 60;
}

/* HH:MM:SS; a leap second is let through. */
static bool
scan_clock(const char **text, int64_t *seconds)
{
	unsigned h, m, s;

	if (!digits(text, 2, &h) || !skip(text, ':') || !digits(text, 2, &m) ||
	    !skip(text, ':') || !digits(text, 2, &s))
		return false;
	*seconds = (int64_t)(h * 3600 + m * 60 + s);
	return h < 24 && m < 60 && s <= 60;
}

bool
emu_parse_both(const char *text, int64_t *utc_ms, int64_t *local_s)
{
	unsigned ms = 0, scale = 100;
	int64_t days, seconds;
	int off;

	if (!scan_date(&text, &days) ||
	    (!skip(&text, 'T') && !skip(&text, 't')))
		return false;
	if (!scan_clock(&text, &seconds))
		return false;
	if (skip(&text, '.'))
		for (; *text >= '0' && *text <= '9'; text++, scale /= 10)
			ms += (unsigned)(*text - '0') * scale;
	if (!scan_offset(&text, &off) || *text)
		return false;
	*local_s = days * EMU_DAY + seconds;
	*utc_ms = (*local_s - off) * 1000 + ms;
	return true;
}

bool
emu_parse_time(const char *text, int64_t *utc_ms)
{
	int64_t local;

	return emu_parse_both(text, utc_ms, &local);
}
