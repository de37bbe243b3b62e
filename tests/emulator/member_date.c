/* SPDX-License-Identifier: Apache-2.0 */
/* The date forms of LinkedIn's exports. */
#include "member.h"

static const char *const months[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
};

static int64_t
seconds_of(int64_t ms)
{
	return ms >= 0 ? ms / 1000 : -((-ms + 999) / 1000);
}

static struct emu_date
civil_of(int64_t ms, unsigned *second)
{
	int64_t s = seconds_of(ms), day = emu_floor_day(s);

	if (second)
		*second = (unsigned)(s - day * EMU_DAY);
	return emu_civil(day);
}

void
emu_put_day(struct emu_buf *b, int64_t ms, enum emu_dates how)
{
	struct emu_date d = civil_of(ms, NULL);

	if (how == EMU_DATES_ISO)
		emu_put_date(b, emu_floor_day(seconds_of(ms)));
	else if (how == EMU_DATES_EXCEL)
		emu_putf(b, "%u-%s-%02u", d.day, months[d.month - 1],
			 (unsigned)(d.year % 100));
	else
		emu_putf(b, "%02u %s %u", d.day, months[d.month - 1],
			 (unsigned)d.year);
}

void
emu_put_second(struct emu_buf *b, int64_t ms, enum emu_dates how)
{
	unsigned s;
	bool iso = how == EMU_DATES_ISO;

	(void)civil_of(ms, &s);
	emu_put_date(b, emu_floor_day(seconds_of(ms)));
	emu_putf(b, "%c%02u:%02u:%02u%s", iso ? 'T' : ' ', s / 3600,
		 s / 60 % 60, s % 60, iso ? "Z" : " UTC");
}

void
emu_put_minute(struct emu_buf *b, int64_t ms, enum emu_dates how)
{
	unsigned s, hour;
	struct emu_date d = civil_of(ms, &s);

	if (how == EMU_DATES_ISO) {
		emu_put_date(b, emu_floor_day(seconds_of(ms)));
		emu_putf(b, "T%02u:%02u:00Z", s / 3600, s / 60 % 60);
		return;
	}
	hour = s / 3600 % 12;
	emu_putf(b, "%u/%u/%02u, %u:%02u %s", d.month, d.day,
		 (unsigned)(d.year % 100), hour ? hour : 12, s / 60 % 60,
		 s / 3600 < 12 ? "AM" : "PM");
}

void
emu_put_month(struct emu_buf *b, int64_t ms, enum emu_dates how)
{
	struct emu_date d = civil_of(ms, NULL);

	if (how == EMU_DATES_ISO)
		emu_putf(b, "%u-%02u", (unsigned)d.year, d.month);
	else
		emu_putf(b, "%s %u", months[d.month - 1], (unsigned)d.year);
}
