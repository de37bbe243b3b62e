/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The shapes of rules that are expanded here: with a frequency only certain
 * parts, and of parts that widen or narrow each other only pairs that everyone
 * reads one way, and libical rightly and soon.
 */
#include "core/recur/rule.h"

enum by {
	BY_DAY = 1 << 0,
	BY_MONTH = 1 << 1,
	BY_MONTH_DAY = 1 << 2,
	BY_YEAR_DAY = 1 << 3,
	BY_WEEK = 1 << 4,
};

/* Of which parts a rule has values, positions aside. */
static unsigned
parts_of(const struct sl_rule *rule)
{
	return (rule->day_count > 0 ? BY_DAY : 0u) |
	       (rule->months.count > 0 ? BY_MONTH : 0u) |
	       (rule->month_days.count > 0 ? BY_MONTH_DAY : 0u) |
	       (rule->year_days.count > 0 ? BY_YEAR_DAY : 0u) |
	       (rule->week_numbers.count > 0 ? BY_WEEK : 0u);
}

static int
largest_nth(const struct sl_rule *rule)
{
	int largest = 0;

	for (size_t i = 0; i < rule->day_count; i++) {
		int nth = rule->days[i].nth < 0 ? -rule->days[i].nth
						: rule->days[i].nth;

		largest = nth > largest ? nth : largest;
	}
	return largest;
}

/* Weeks that lie within their year, and days of them: libical errs at both
 * ends of the year, and about what a week without days means. */
static bool
has_plain_weeks(const struct sl_rule *rule, unsigned by)
{
	for (size_t i = 0; i < rule->week_numbers.count; i++)
		if (rule->week_numbers.values[i] < 2 ||
		    rule->week_numbers.values[i] > 51)
			return false;
	return rule->freq == SL_RULE_YEARLY && by == (BY_WEEK | BY_DAY) &&
	       rule->positions.count == 0 && largest_nth(rule) == 0;
}

/* "2MO" and "MO" in one list: some programs take what is both. */
static bool
mixes_nths(const struct sl_rule *rule)
{
	for (size_t i = 1; i < rule->day_count; i++)
		if ((rule->days[i].nth == 0) != (rule->days[0].nth == 0))
			return true;
	return false;
}

/* "2MO" needs a month or a year to count in, and a month has five at most:
 * for a sixth libical searches seconds long. */
static bool
has_plain_nths(const struct sl_rule *rule, unsigned by)
{
	int largest = largest_nth(rule);
	bool in_month = rule->freq == SL_RULE_MONTHLY || (by & BY_MONTH);

	return largest == 0 ||
	       (!mixes_nths(rule) && rule->freq >= SL_RULE_MONTHLY &&
		!(by & BY_MONTH_DAY) && (!in_month || largest <= 5));
}

/*
 * Parts of which each widens or narrows the others are read in more than one
 * way. Days of a month without a month, under YEARLY: RFC 5545 expands them
 * over all months, libical over the start's. Months under MONTHLY: those that
 * the interval passes by may never be hit, which libical searches long for.
 */
static bool
has_plain_days(const struct sl_rule *rule, unsigned by)
{
	if ((by & BY_YEAR_DAY) && by != BY_YEAR_DAY)
		return false;
	if (rule->freq == SL_RULE_YEARLY && (by & BY_MONTH_DAY))
		return by & BY_MONTH;
	if (rule->freq == SL_RULE_MONTHLY && (by & BY_MONTH))
		return rule->interval == 1;
	return true;
}

const char *
sl_rule_check_shape(const struct sl_rule *rule)
{
	static const unsigned shapes[] = {
		[SL_RULE_DAILY] = BY_DAY | BY_MONTH | BY_MONTH_DAY,
		[SL_RULE_WEEKLY] = BY_DAY | BY_MONTH,
		[SL_RULE_MONTHLY] = BY_DAY | BY_MONTH | BY_MONTH_DAY,
		[SL_RULE_YEARLY] = BY_DAY | BY_MONTH | BY_MONTH_DAY |
				   BY_YEAR_DAY | BY_WEEK,
	};
	unsigned by = parts_of(rule);

	if ((by & BY_WEEK) && !has_plain_weeks(rule, by))
		return "rule-byweekno";
	/* Programs differ on the set of a first week that has begun. */
	if (rule->positions.count > 0 &&
	    (by == 0 || rule->freq < SL_RULE_MONTHLY))
		return "rule-bysetpos";
	if ((by & ~shapes[rule->freq]) || !has_plain_nths(rule, by) ||
	    !has_plain_days(rule, by))
		return "rule-shape";
	return NULL;
}
