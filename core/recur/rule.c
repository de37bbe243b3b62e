/* SPDX-License-Identifier: Apache-2.0 */
#include "core/recur/rule.h"

#include "core/base/civil.h"

#define MONTH_DAYS_MAX 31 /* what libical has room for */

/* The parts of a rule; a bit each, so that a second one is seen. */
enum part {
	PART_FREQ = 1 << 0,
	PART_INTERVAL = 1 << 1,
	PART_COUNT = 1 << 2,
	PART_UNTIL = 1 << 3,
	PART_WKST = 1 << 4,
	PART_BYDAY = 1 << 5,
	PART_BYMONTH = 1 << 6,
	PART_BYMONTHDAY = 1 << 7,
	PART_BYYEARDAY = 1 << 8,
	PART_BYSETPOS = 1 << 9,
	PART_BYHOUR = 1 << 10,
	PART_BYMINUTE = 1 << 11,
	PART_BYSECOND = 1 << 12,
	PART_BYWEEKNO = 1 << 13,
};

struct reading {
	const struct sl_rule_clock *clock;
	struct sl_rule *rule;
	unsigned parts;
};

/* Each reads one part's value and returns NULL or a code. */
typedef const char *read_part(struct reading *r, struct sl_slice value);

static const char malformed[] = "rule-malformed";
static const char too_long[] = "rule-long";

static const char *
read_freq(struct reading *r, struct sl_slice value)
{
	static const char *const coarse[] = { "DAILY", "WEEKLY", "MONTHLY",
					      "YEARLY" };
	static const char *const fine[] = { "HOURLY", "MINUTELY", "SECONDLY" };

	for (size_t i = 0; i < SL_ARRAY_LEN(coarse); i++)
		if (sl_slice_is(value, coarse[i])) {
			r->rule->freq = (enum sl_rule_freq)i;
			return NULL;
		}
	for (size_t i = 0; i < SL_ARRAY_LEN(fine); i++)
		if (sl_slice_is(value, fine[i]))
			return "rule-freq";
	return malformed;
}

static const char *
read_interval(struct reading *r, struct sl_slice value)
{
	return sl_slice_number(value, 1, SL_RULE_INTERVAL_MAX,
			       &r->rule->interval)
		       ? NULL
		       : malformed;
}

static const char *
read_count(struct reading *r, struct sl_slice value)
{
	return sl_slice_number(value, 1, SL_RULE_COUNT_MAX, &r->rule->count)
		       ? NULL
		       : malformed;
}

static const char *
read_until(struct reading *r, struct sl_slice value)
{
	r->rule->has_until = true;
	return sl_slice_stamp(value, &r->rule->until) ? NULL : malformed;
}

/* "SU" to "SA": the last two characters of a BYDAY value. */
static bool
read_weekday(struct sl_slice value, short *weekday)
{
	static const char *const names[] = { "SU", "MO", "TU", "WE",
					     "TH", "FR", "SA" };

	for (short i = 0; i < 7; i++)
		if (sl_slice_is(value, names[i])) {
			*weekday = i;
			return true;
		}
	return false;
}

static const char *
read_wkst(struct reading *r, struct sl_slice value)
{
	short weekday;

	if (!read_weekday(value, &weekday))
		return malformed;
	r->rule->week_start = weekday;
	return NULL;
}

static const char *
add_weekday(struct sl_rule *rule, struct sl_rule_weekday day)
{
	for (size_t i = 0; i < rule->day_count; i++)
		if (rule->days[i].nth == day.nth &&
		    rule->days[i].weekday == day.weekday)
			return NULL;
	if (rule->day_count == SL_RULE_VALUES_MAX)
		return too_long;
	rule->days[rule->day_count++] = day;
	return NULL;
}

static const char *
read_byday(struct reading *r, struct sl_slice value)
{
	struct sl_slice one;
	const char *why = NULL;

	while (why == NULL && sl_slice_next(&value, ',', &one)) {
		struct sl_rule_weekday day = { 0 };
		struct sl_slice nth = { one.at, one.len - 2 };
		int number = 0;

		if (one.len < 2 ||
		    !read_weekday((struct sl_slice){ one.at + nth.len, 2 },
				  &day.weekday))
			return malformed;
		if (nth.len > 0 &&
		    (!sl_slice_number(nth, -53, 53, &number) || number == 0))
			return malformed;
		day.nth = (short)number;
		why = add_weekday(r->rule, day);
	}
	return why;
}

static const char *
add_number(struct sl_rule_list *list, int number)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->values[i] == number)
			return NULL;
	if (list->count == SL_RULE_VALUES_MAX)
		return too_long;
	list->values[list->count++] = (short)number;
	return NULL;
}

/* 0 is no value where one may count from the end. */
static const char *
read_list(struct sl_rule_list *list, int low, int high, struct sl_slice value)
{
	struct sl_slice one;
	const char *why = NULL;
	int number;

	while (why == NULL && sl_slice_next(&value, ',', &one)) {
		if (!sl_slice_number(one, low, high, &number) ||
		    (low < 0 && number == 0))
			return malformed;
		why = add_number(list, number);
	}
	return why;
}

static const char *
read_bymonth(struct reading *r, struct sl_slice value)
{
	return read_list(&r->rule->months, 1, 12, value);
}

static const char *
read_bymonthday(struct reading *r, struct sl_slice value)
{
	const char *why = read_list(&r->rule->month_days, -31, 31, value);

	return why == NULL && r->rule->month_days.count > MONTH_DAYS_MAX
		       ? too_long
		       : why;
}

static const char *
read_byyearday(struct reading *r, struct sl_slice value)
{
	return read_list(&r->rule->year_days, -366, 366, value);
}

static const char *
read_bysetpos(struct reading *r, struct sl_slice value)
{
	return read_list(&r->rule->positions, -366, 366, value);
}

/* One time of the day is allowed: the start's own, said once more. */
static const char *
read_clock(struct reading *r, struct sl_slice value, int high, int own)
{
	struct sl_rule_list list = { 0 };
	const char *why = read_list(&list, 0, high, value);

	if (why != NULL)
		return why;
	return !r->clock->all_day && list.count == 1 && list.values[0] == own
		       ? NULL
		       : "rule-clock";
}

static const char *
read_byhour(struct reading *r, struct sl_slice value)
{
	return read_clock(r, value, 23, r->clock->hour);
}

static const char *
read_byminute(struct reading *r, struct sl_slice value)
{
	return read_clock(r, value, 59, r->clock->minute);
}

static const char *
read_bysecond(struct reading *r, struct sl_slice value)
{
	return read_clock(r, value, 60, r->clock->second);
}

static const char *
read_byweekno(struct reading *r, struct sl_slice value)
{
	return read_list(&r->rule->week_numbers, -53, 53, value);
}

static const struct {
	const char *name;
	enum part part;
	read_part *read;
} parts[] = {
	{ "FREQ", PART_FREQ, read_freq },
	{ "INTERVAL", PART_INTERVAL, read_interval },
	{ "COUNT", PART_COUNT, read_count },
	{ "UNTIL", PART_UNTIL, read_until },
	{ "WKST", PART_WKST, read_wkst },
	{ "BYDAY", PART_BYDAY, read_byday },
	{ "BYMONTH", PART_BYMONTH, read_bymonth },
	{ "BYMONTHDAY", PART_BYMONTHDAY, read_bymonthday },
	{ "BYYEARDAY", PART_BYYEARDAY, read_byyearday },
	{ "BYSETPOS", PART_BYSETPOS, read_bysetpos },
	{ "BYHOUR", PART_BYHOUR, read_byhour },
	{ "BYMINUTE", PART_BYMINUTE, read_byminute },
	{ "BYSECOND", PART_BYSECOND, read_bysecond },
	{ "BYWEEKNO", PART_BYWEEKNO, read_byweekno },
};

/* "NAME=VALUE", each name once. */
static const char *
read_one(struct reading *r, struct sl_slice text)
{
	struct sl_slice name, value = text;

	(void)sl_slice_next(&value, '=', &name);
	if (value.at == NULL)
		return malformed;
	value = sl_slice_trim(value);
	for (size_t i = 0; i < SL_ARRAY_LEN(parts); i++) {
		if (!sl_slice_is(name, parts[i].name))
			continue;
		if (r->parts & parts[i].part)
			return malformed;
		r->parts |= parts[i].part;
		return parts[i].read(r, value);
	}
	return malformed;
}

const char *
sl_rule_parse(struct sl_slice text, const struct sl_rule_clock *clock,
	      struct sl_rule *rule)
{
	struct reading r = { .clock = clock, .rule = rule };
	struct sl_slice one;
	const char *why;

	*rule = (struct sl_rule){ .interval = 1, .week_start = 1 };
	while (sl_slice_next(&text, ';', &one)) {
		why = read_one(&r, one);
		if (why != NULL)
			return why;
	}
	if (!(r.parts & PART_FREQ) ||
	    ((r.parts & PART_COUNT) && (r.parts & PART_UNTIL)))
		return malformed;
	return sl_rule_check_shape(rule);
}

void
sl_rule_imply(struct sl_rule *rule, int64_t start_day)
{
	struct sl_date date = sl_date_of_days(start_day);

	if (rule->day_count > 0 || rule->month_days.count > 0 ||
	    rule->year_days.count > 0)
		return;
	switch (rule->freq) {
	case SL_RULE_DAILY:
		return;
	case SL_RULE_WEEKLY:
		rule->days[rule->day_count++].weekday =
			(short)sl_weekday(start_day);
		return;
	case SL_RULE_YEARLY:
		if (rule->months.count == 0)
			(void)add_number(&rule->months, date.month);
		(void)add_number(&rule->month_days, date.day);
		return;
	case SL_RULE_MONTHLY:
		(void)add_number(&rule->month_days, date.day);
		return;
	}
}
