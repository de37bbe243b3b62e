/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A second expander, to hold the product's against: it looks at every day of
 * every period, and knows nothing of libical, seeking or windows.
 */
#ifndef SL_TESTS_RECUR_NAIVE_H
#define SL_TESTS_RECUR_NAIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

#define NAIVE_VALUES 8

enum naive_freq {
	NAIVE_DAILY,
	NAIVE_WEEKLY,
	NAIVE_MONTHLY,
	NAIVE_YEARLY,
};

struct naive_list {
	size_t count;
	int values[NAIVE_VALUES];
};

struct naive_rule {
	enum naive_freq freq;
	int interval;
	int count; /* 0: none */
	bool has_until;
	int64_t until_day;
	int week_start;
	struct naive_list months, month_days, year_days, week_numbers;
	struct naive_list weekdays; /* 0 for Sunday             */
	struct naive_list nths;     /* beside them; 0 for every */
	struct naive_list positions;
};

/** The days up to `last_day`, COUNT and UNTIL heeded; at most `room`. */
size_t naive_expand(const struct naive_rule *rule, int64_t start_day,
		    int64_t last_day, int64_t *days, size_t room);

/** As RFC 5545 writes it, after "RRULE:". */
void naive_write(const struct naive_rule *rule, struct sl_buf *buf);

#endif
