/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libical is given WEEKLY, MONTHLY and YEARLY rules without BYSETPOS. The rest
 * is done here: it reads some of that wrongly (BYSETPOS under WEEKLY, negative
 * BYMONTHDAY under DAILY), and where no day ever comes it searches until 2582.
 */
#include "core/recur/days.h"

#include <libical/ical.h>
#include <string.h>

#include "core/base/civil.h"

static int64_t
month_number(int64_t day)
{
	struct sl_date date = sl_date_of_days(day);

	return (int64_t)date.year * 12 + date.month - 1;
}

static int64_t
first_of_month(int64_t number)
{
	struct sl_date date = { (int)sl_div_down(number, 12),
				(int)sl_mod_down(number, 12) + 1, 1 };

	return sl_date_to_days(&date);
}

/* The first day of the rule's period that a day lies in. */
static int64_t
period_of(const struct sl_rule *rule, int64_t day)
{
	switch (rule->freq) {
	case SL_RULE_DAILY:
		return day;
	case SL_RULE_WEEKLY:
		return day - (sl_weekday(day) - rule->week_start + 7) % 7;
	case SL_RULE_MONTHLY:
		return first_of_month(month_number(day));
	case SL_RULE_YEARLY:
		return first_of_month(month_number(day) / 12 * 12);
	}
	return day;
}

/* `start` and whole steps, as far as that does not pass `from`. */
static int64_t
leap(int64_t start, int64_t from, int64_t step)
{
	return from <= start ? start : start + (from - start) / step * step;
}

/*
 * The last period in the rule's rhythm that begins by `from`, or the start's:
 * whole, for positions within it. An iterator that begins there yields what
 * one from the start yields, without the way.
 */
static int64_t
seek(const struct sl_rule *rule, int64_t start, int64_t from)
{
	int64_t first = period_of(rule, start);

	switch (rule->freq) {
	case SL_RULE_DAILY:
		return leap(first, from, rule->interval);
	case SL_RULE_WEEKLY:
		return leap(first, from, rule->interval * INT64_C(7));
	case SL_RULE_MONTHLY:
		return first_of_month(leap(month_number(first),
					   month_number(from), rule->interval));
	case SL_RULE_YEARLY:
		return first_of_month(leap(month_number(first),
					   month_number(from),
					   rule->interval * INT64_C(12)));
	}
	return first;
}

static void
copy_list(const struct sl_rule_list *list, short *out)
{
	memcpy(out, list->values, list->count * sizeof(out[0]));
	out[list->count] = ICAL_RECURRENCE_ARRAY_MAX;
}

/* libical counts weekdays from 1 for Sunday, eight to a position; it wants a
 * week's days in the order of the week. */
static void
copy_days(const struct sl_rule *rule, short *out)
{
	size_t n = 0;

	for (int i = 0; i < 7; i++) {
		int weekday = (rule->week_start + i) % 7;

		for (size_t j = 0; j < rule->day_count; j++) {
			int nth = rule->days[j].nth;

			if (rule->days[j].weekday != weekday)
				continue;
			out[n++] = (short)(nth < 0 ? nth * 8 - (weekday + 1)
						   : nth * 8 + weekday + 1);
		}
	}
	out[n] = ICAL_RECURRENCE_ARRAY_MAX;
}

/* The first of the rule's days in a week. libical must begin there: where that
 * is a Sunday, it takes the one before a week that begins on Monday. */
static int64_t
first_weekday(const struct sl_rule *rule, int64_t period)
{
	int ahead = 6;

	for (size_t i = 0; i < rule->day_count; i++) {
		int days = (rule->days[i].weekday - rule->week_start + 7) % 7;

		ahead = days < ahead ? days : ahead;
	}
	return period + ahead;
}

static icalrecur_iterator *
new_iterator(const struct sl_rule *rule, int64_t period)
{
	static const icalrecurrencetype_frequency freqs[] = {
		[SL_RULE_DAILY] = ICAL_DAILY_RECURRENCE,
		[SL_RULE_WEEKLY] = ICAL_WEEKLY_RECURRENCE,
		[SL_RULE_MONTHLY] = ICAL_MONTHLY_RECURRENCE,
		[SL_RULE_YEARLY] = ICAL_YEARLY_RECURRENCE,
	};
	int64_t start_day = rule->freq == SL_RULE_WEEKLY
				    ? first_weekday(rule, period)
				    : period;
	struct sl_date date = sl_date_of_days(start_day);
	struct icaltimetype start = icaltime_null_time();
	struct icalrecurrencetype to;

	icalrecurrencetype_clear(&to);
	/* Some months of each year: it need not look at the others. */
	to.freq = freqs[rule->months.count > 0 && rule->interval == 1 &&
					rule->freq == SL_RULE_MONTHLY
				? SL_RULE_YEARLY
				: rule->freq];
	to.interval = (short)rule->interval;
	to.week_start = (icalrecurrencetype_weekday)(rule->week_start + 1);
	copy_days(rule, to.by_day);
	if (rule->freq != SL_RULE_WEEKLY)
		copy_list(&rule->months, to.by_month);
	copy_list(&rule->month_days, to.by_month_day);
	copy_list(&rule->year_days, to.by_year_day);
	copy_list(&rule->week_numbers, to.by_week_no);
	start.year = date.year;
	start.month = date.month;
	start.day = date.day;
	return icalrecur_iterator_new(to, start);
}

static bool
list_has(const struct sl_rule_list *list, int number)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->values[i] == number)
			return true;
	return false;
}

/* Has a month of this length one of the rule's days? The fifth weekday of a
 * February needs a leap year, as its 29th does. */
static bool
month_may_match(const struct sl_rule *rule, int year, int month)
{
	int length = sl_month_days(year, month);
	bool short_month = length == 28 && rule->day_count > 0;

	if (rule->months.count > 0 && !list_has(&rule->months, month))
		return false;
	for (size_t i = 0; i < rule->day_count; i++)
		if (rule->days[i].nth != 5 && rule->days[i].nth != -5)
			short_month = false;
	if (short_month)
		return false;
	for (size_t i = 0; i < rule->month_days.count; i++) {
		int day = rule->month_days.values[i];

		if (day <= length && day >= -length)
			return true;
	}
	return rule->month_days.count == 0;
}

static bool
year_may_match(const struct sl_rule *rule, int year)
{
	bool any_day = rule->year_days.count == 0;

	for (size_t i = 0; i < rule->year_days.count; i++)
		if (sl_month_days(year, 2) == 29 ||
		    (rule->year_days.values[i] != 366 &&
		     rule->year_days.values[i] != -366))
			any_day = true;
	for (int month = 1; any_day && month <= 12; month++)
		if (month_may_match(rule, year, month))
			return true;
	return false;
}

/*
 * Could one of the rule's periods between two days hold an instance, weekdays
 * aside? libical is not asked otherwise: for a 30 February, or a 29 February
 * every fourth year from 2025 on, it searches until 2582.
 */
static bool
may_match(const struct sl_rule *rule, int64_t first_day, int64_t last_day)
{
	int64_t month = month_number(first_day), last = month_number(last_day);
	bool yearly = rule->freq == SL_RULE_YEARLY;

	if (rule->freq == SL_RULE_WEEKLY)
		return true;
	for (; month <= last; month += rule->interval * (yearly ? 12 : 1)) {
		int year = (int)(month / 12);

		if (yearly ? year_may_match(rule, year)
			   : month_may_match(rule, year, (int)(month % 12) + 1))
			return true;
	}
	return false;
}

static bool
has_weekday(const struct sl_rule *rule, int weekday)
{
	for (size_t i = 0; i < rule->day_count; i++)
		if (rule->days[i].weekday == weekday)
			return true;
	return rule->day_count == 0;
}

/* Under DAILY each part only narrows. */
static bool
daily_has(const struct sl_rule *rule, int64_t day)
{
	struct sl_date date = sl_date_of_days(day);
	int from_end = date.day - sl_month_days(date.year, date.month) - 1;

	return (rule->months.count == 0 ||
		list_has(&rule->months, date.month)) &&
	       (rule->month_days.count == 0 ||
		list_has(&rule->month_days, date.day) ||
		list_has(&rule->month_days, from_end)) &&
	       has_weekday(rule, sl_weekday(day));
}

static bool
advance_daily(struct sl_days *days)
{
	do
		days->ahead_day += days->rule->interval;
	while (days->ahead_day <= days->last_day &&
	       !daily_has(days->rule, days->ahead_day));
	return days->ahead_day <= days->last_day;
}

static bool
step_iterator(struct sl_days *days)
{
	struct icaltimetype time;
	struct sl_date date;

	if (days->iterator == NULL || days->steps++ >= SL_DAYS_STEPS_MAX)
		return false;
	time = icalrecur_iterator_next(days->iterator);
	if (icaltime_is_null_time(time))
		return false;
	date = (struct sl_date){ time.year, time.month, time.day };
	days->ahead_day = sl_date_to_days(&date);
	return days->ahead_day <= days->last_day;
}

/* Weeks in other months are passed by here: libical would pass by any number
 * of them in what counts as one step. */
static bool
advance_iterator(struct sl_days *days)
{
	const struct sl_rule_list *months = &days->rule->months;

	while (step_iterator(days))
		if (months->count == 0 ||
		    list_has(months, sl_date_of_days(days->ahead_day).month))
			return true;
	return false;
}

/* Look at the day after the one that is looked at. */
static void
advance(struct sl_days *days)
{
	days->is_ahead = days->rule->freq == SL_RULE_DAILY
				 ? advance_daily(days)
				 : advance_iterator(days);
}

bool
sl_days_open(struct sl_days *days, const struct sl_rule *rule,
	     int64_t start_day, int64_t from_day, int64_t last_day)
{
	int64_t day = seek(rule, start_day, from_day);

	*days = (struct sl_days){ .rule = rule,
				  .start_day = start_day,
				  .last_day = last_day };
	if (rule->positions.count > 0)
		days->last_day = period_of(rule, last_day) + SL_DAYS_PERIOD_MAX;
	if (day > last_day)
		return true;
	if (rule->freq == SL_RULE_DAILY) {
		days->ahead_day = day - rule->interval;
	} else if (may_match(rule, day, days->last_day)) {
		days->iterator = new_iterator(rule, day);
		if (days->iterator == NULL)
			return false;
	}
	/* A period is whole when the day after it is seen. */
	if (rule->positions.count > 0)
		advance(days);
	return true;
}

/* All days of the period that is next, then those at the rule's positions. */
static void
read_period(struct sl_days *days)
{
	const struct sl_rule *rule = days->rule;
	int64_t period = period_of(rule, days->ahead_day);
	size_t all = 0;

	days->period_count = days->period_next = 0;
	while (days->is_ahead && all < SL_DAYS_PERIOD_MAX &&
	       period_of(rule, days->ahead_day) == period) {
		days->period[all++] = days->ahead_day;
		advance(days);
	}
	for (size_t i = 0; i < all; i++) {
		int from_start = (int)i + 1, from_end = (int)i - (int)all;

		if (list_has(&rule->positions, from_start) ||
		    list_has(&rule->positions, from_end))
			days->period[days->period_count++] = days->period[i];
	}
}

static bool
next_at_position(struct sl_days *days, int64_t *day)
{
	while (days->period_next == days->period_count) {
		if (!days->is_ahead)
			return false;
		read_period(days);
	}
	*day = days->period[days->period_next++];
	return true;
}

static bool
next_any(struct sl_days *days, int64_t *day)
{
	advance(days);
	*day = days->ahead_day;
	return days->is_ahead;
}

bool
sl_days_next(struct sl_days *days, int64_t *day)
{
	bool found;

	do
		found = days->rule->positions.count > 0
				? next_at_position(days, day)
				: next_any(days, day);
	while (found && *day < days->start_day);
	return found;
}

bool
sl_days_gave_up(const struct sl_days *days)
{
	return days->steps > SL_DAYS_STEPS_MAX;
}

void
sl_days_close(struct sl_days *days)
{
	if (days->iterator != NULL)
		icalrecur_iterator_free(days->iterator);
	days->iterator = NULL;
}
