/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/recur_naive.h"

#include "core/base/attr.h"
#include "core/base/civil.h"

#define PERIOD_MAX 366

static int64_t
day_of(int year, int month, int day)
{
	struct sl_date date = { year, month, day };

	return sl_date_to_days(&date);
}

/* First day and length of the period `n` steps after the start's. */
static int64_t
period(const struct naive_rule *rule, int64_t start, int64_t n, int *length)
{
	struct sl_date date = sl_date_of_days(start);
	int64_t month = date.month - 1 + n * rule->interval;
	int year = date.year + (int)(month / 12);

	switch (rule->freq) {
	case NAIVE_DAILY:
		*length = 1;
		return start + n * rule->interval;
	case NAIVE_WEEKLY:
		*length = 7;
		while (sl_weekday(start) != rule->week_start)
			start--;
		return start + n * rule->interval * 7;
	case NAIVE_MONTHLY:
		*length = sl_month_days(year, (int)(month % 12) + 1);
		return day_of(year, (int)(month % 12) + 1, 1);
	case NAIVE_YEARLY:
		year = date.year + (int)n * rule->interval;
		*length = sl_month_days(year, 2) == 29 ? 366 : 365;
		return day_of(year, 1, 1);
	}
	return start;
}

static bool
has(const struct naive_list *list, int a, int b)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->values[i] == a || list->values[i] == b)
			return true;
	return false;
}

/* Week 1 is the first with four days of its year. */
static int
week_number(const struct naive_rule *rule, int64_t day)
{
	int year = sl_date_of_days(day).year;
	int64_t first = day_of(year, 1, 4);

	while (sl_weekday(first) != rule->week_start)
		first--;
	return day < first ? 0 : (int)((day - first) / 7) + 1;
}

/* The nth of its weekday between two days, counted from both ends. */
static bool
weekday_matches(const struct naive_rule *rule, int64_t day, int64_t first,
		int64_t last)
{
	int nth = (int)((day - first) / 7) + 1;
	int from_end = -((int)((last - day) / 7) + 1);

	for (size_t i = 0; i < rule->weekdays.count; i++) {
		int wanted = rule->nths.values[i];

		if (rule->weekdays.values[i] == sl_weekday(day) &&
		    (wanted == 0 || wanted == nth || wanted == from_end))
			return true;
	}
	return false;
}

static bool
by_weekday(const struct naive_rule *rule, int64_t day,
	   const struct sl_date *date)
{
	bool in_year = rule->freq == NAIVE_YEARLY && rule->months.count == 0;
	int last_month = in_year ? 12 : date->month;

	return weekday_matches(rule, day,
			       day_of(date->year, in_year ? 1 : date->month, 1),
			       day_of(date->year, last_month,
				      sl_month_days(date->year, last_month)));
}

/* What a rule without days repeats of its start. */
static bool
implied(const struct naive_rule *rule, int64_t start, int64_t day,
	const struct sl_date *date)
{
	struct sl_date from = sl_date_of_days(start);

	switch (rule->freq) {
	case NAIVE_DAILY:
		return true;
	case NAIVE_WEEKLY:
		return sl_weekday(day) == sl_weekday(start);
	case NAIVE_MONTHLY:
		return date->day == from.day;
	case NAIVE_YEARLY:
		return date->day == from.day &&
		       (rule->months.count > 0 || date->month == from.month);
	}
	return false;
}

static bool
matches(const struct naive_rule *rule, int64_t start, int64_t day)
{
	struct sl_date date = sl_date_of_days(day);
	int year_day = (int)(day - day_of(date.year, 1, 1)) + 1;
	int year_end =
		year_day -
		(int)(day_of(date.year + 1, 1, 1) - day_of(date.year, 1, 1)) -
		1;
	int month_end = date.day - sl_month_days(date.year, date.month) - 1;

	if (rule->months.count > 0 && !has(&rule->months, date.month, 0))
		return false;
	if (rule->month_days.count > 0 &&
	    !has(&rule->month_days, date.day, month_end))
		return false;
	if (rule->year_days.count > 0 &&
	    !has(&rule->year_days, year_day, year_end))
		return false;
	if (rule->week_numbers.count > 0 &&
	    !has(&rule->week_numbers, week_number(rule, day), 0))
		return false;
	if (rule->weekdays.count > 0)
		return by_weekday(rule, day, &date);
	return rule->month_days.count > 0 || rule->year_days.count > 0 ||
	       implied(rule, start, day, &date);
}

/* The period's days; those at the positions move to the front. */
static size_t
read_period(const struct naive_rule *rule, int64_t start, int64_t first,
	    int length, int64_t days[PERIOD_MAX])
{
	int64_t all[PERIOD_MAX];
	int n = 0;
	size_t kept = 0;

	for (int i = 0; i < length; i++)
		if (matches(rule, start, first + i))
			all[n++] = first + i;
	for (int i = 0; i < n; i++)
		if (rule->positions.count == 0 ||
		    has(&rule->positions, i + 1, i - n))
			days[kept++] = all[i];
	return kept;
}

size_t
naive_expand(const struct naive_rule *rule, int64_t start_day, int64_t last_day,
	     int64_t *days, size_t room)
{
	size_t found = 0;
	size_t most = rule->count > 0 && (size_t)rule->count < room
			      ? (size_t)rule->count
			      : room;

	for (int64_t n = 0; found < most; n++) {
		int64_t in[PERIOD_MAX];
		int length = 0;
		int64_t first = period(rule, start_day, n, &length);
		size_t count;

		if (first > last_day)
			break;
		count = read_period(rule, start_day, first, length, in);
		for (size_t i = 0; i < count && found < most; i++) {
			if (in[i] > last_day ||
			    (rule->has_until && in[i] > rule->until_day))
				return found;
			if (in[i] >= start_day)
				days[found++] = in[i];
		}
	}
	return found;
}

static const char *const weekday_names[] = { "SU", "MO", "TU", "WE",
					     "TH", "FR", "SA" };

static void
write_list(struct sl_buf *buf, const char *name, const struct naive_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		sl_buf_addf(buf, "%s%s%d", i == 0 ? name : "",
			    i == 0 ? "=" : ",", list->values[i]);
}

void
naive_write(const struct naive_rule *rule, struct sl_buf *buf)
{
	static const char *const freqs[] = { "DAILY", "WEEKLY", "MONTHLY",
					     "YEARLY" };

	sl_buf_addf(buf, "FREQ=%s;INTERVAL=%d;WKST=%s", freqs[rule->freq],
		    rule->interval, weekday_names[rule->week_start]);
	if (rule->count > 0)
		sl_buf_addf(buf, ";COUNT=%d", rule->count);
	if (rule->has_until) {
		struct sl_date until = sl_date_of_days(rule->until_day);

		sl_buf_addf(buf, ";UNTIL=%04d%02d%02d", until.year, until.month,
			    until.day);
	}
	for (size_t i = 0; i < rule->weekdays.count; i++) {
		sl_buf_adds(buf, i == 0 ? ";BYDAY=" : ",");
		if (rule->nths.values[i] != 0)
			sl_buf_addf(buf, "%d", rule->nths.values[i]);
		sl_buf_adds(buf, weekday_names[rule->weekdays.values[i]]);
	}
	write_list(buf, ";BYMONTH", &rule->months);
	write_list(buf, ";BYMONTHDAY", &rule->month_days);
	write_list(buf, ";BYYEARDAY", &rule->year_days);
	write_list(buf, ";BYWEEKNO", &rule->week_numbers);
	write_list(buf, ";BYSETPOS", &rule->positions);
}
