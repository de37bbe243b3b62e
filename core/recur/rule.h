/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A recurrence rule: read strictly, and held against the list of shapes that
 * are expanded here.
 *
 * The list names what is allowed, so that a shape nobody thought of is not
 * expanded. Each entry is compared with an expander of its own kind over
 * thousands of rules (tests/unit/core/recur/test_rules.c).
 */
#ifndef SL_RECUR_RULE_H
#define SL_RECUR_RULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/attr.h"

#include "core/recur/value.h"

/** Most values of one list (BYDAY and so on), repeated ones not counted. */
#define SL_RULE_VALUES_MAX 64

/** Largest INTERVAL and COUNT; larger ones are no rule. */
#define SL_RULE_INTERVAL_MAX 9999
#define SL_RULE_COUNT_MAX    999999

enum sl_rule_freq {
	SL_RULE_DAILY,
	SL_RULE_WEEKLY,
	SL_RULE_MONTHLY,
	SL_RULE_YEARLY,
};

/** A set of numbers, each once, in the order of their arrival. */
struct sl_rule_list {
	size_t count;
	short values[SL_RULE_VALUES_MAX];
};

/** BYDAY: nth is 0 for every one, else counted from the start or the end. */
struct sl_rule_weekday {
	short nth;
	short weekday; /* 0 for Sunday */
};

struct sl_rule {
	enum sl_rule_freq freq;
	int interval; /* 1 or more          */
	int count;    /* 0: no limit        */
	bool has_until;
	struct sl_stamp until;
	int week_start; /* 0 for Sunday       */
	size_t day_count;
	struct sl_rule_weekday days[SL_RULE_VALUES_MAX];
	struct sl_rule_list months;
	struct sl_rule_list month_days;
	struct sl_rule_list year_days;
	struct sl_rule_list week_numbers;
	struct sl_rule_list positions;
};

/** The clock of the first instance; BYHOUR and so on may repeat it. */
struct sl_rule_clock {
	bool all_day;
	int hour, minute, second;
};

/**
 * Read what follows "RRULE:".
 *
 * rule		set when the answer is NULL
 *
 * Returns NULL, or the constant code of why this rule is not expanded here.
 */
const char *sl_rule_parse(struct sl_slice text,
			  const struct sl_rule_clock *clock,
			  struct sl_rule *rule) SL_NODISCARD;

/**
 * The list of shapes. NULL when the rule is on it, else the code of why not;
 * sl_rule_parse has asked already.
 */
const char *sl_rule_check_shape(const struct sl_rule *rule) SL_NODISCARD;

/**
 * Say what the start implies (RFC 5545, 3.3.10): a rule without BYDAY and the
 * like repeats the start's weekday, day, or day and month.
 */
void sl_rule_imply(struct sl_rule *rule, int64_t start_day);

#endif
