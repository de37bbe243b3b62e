/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The days of a rule, ascending: the only place that calls libical.
 *
 * A rule of DAILY frequency or coarser, without a time of its own, is a matter
 * of dates. COUNT, UNTIL and the clock are the caller's.
 */
#ifndef SL_RECUR_DAYS_H
#define SL_RECUR_DAYS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/attr.h"

#include "core/recur/rule.h"

/** First and last year that is expanded: libical counts older dates by the
 *  Julian calendar, and ends by itself in 2582. */
#define SL_DAYS_YEAR_MIN 1601
#define SL_DAYS_YEAR_MAX 2500

/** Days asked of libical before a series is given up: some 30 ms. */
#define SL_DAYS_STEPS_MAX 10000

/** A year, of which positions (BYSETPOS) are picked. */
#define SL_DAYS_PERIOD_MAX 366

struct sl_days {
	const struct sl_rule *rule; /* with what its start implies      */
	int64_t start_day;
	int64_t last_day;  /* none is looked for after it       */
	int64_t ahead_day; /* looked at last                    */
	bool is_ahead;     /* there was one                     */
	int steps;
	void *iterator; /* libical's; NULL: none will come, or DAILY */
	int64_t period[SL_DAYS_PERIOD_MAX];
	size_t period_count;
	size_t period_next;
};

/**
 * Begin with the first day on or after `from_day`, or earlier.
 *
 * rule		read by sl_rule_parse, borrowed until the close
 * start_day	of the first instance: rules count from there
 * from_day	days before it may be left out; start_day leaves none out
 * last_day	of the search
 *
 * false when libical refuses the rule; nothing is to be closed then.
 */
bool sl_days_open(struct sl_days *days, const struct sl_rule *rule,
		  int64_t start_day, int64_t from_day, int64_t last_day)
	SL_NODISCARD;

/** The next day, ascending from the start on; false when there is none up to
 *  the last (one after it may still come), or the steps are used up. */
bool sl_days_next(struct sl_days *days, int64_t *day);

/** Were the steps used up before the last day? */
bool sl_days_gave_up(const struct sl_days *days);

/** Free; harmless on a closed one. */
void sl_days_close(struct sl_days *days);

#endif
