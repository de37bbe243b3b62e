/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Thousands of rules of every shape that is expanded, and many that are not,
 * against the naive expander: each is right or handed on.
 *
 * RULES=N tries another number of them, SEED=N other ones.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/civil.h"
#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/recur/recur.h"

#include "tests/support/recur_kit.h"
#include "tests/support/recur_naive.h"
#include "tests/support/unit.h"

#define RULES    4000
#define SEED     20261125
#define DAY_US   (86400 * SL_US_PER_S)
#define DAYS_MAX (SL_RECUR_INSTANCES_MAX * 8)

static int64_t
setting(const char *name, int64_t otherwise)
{
	const char *text = getenv(name);
	int64_t value = otherwise;

	if (text != NULL)
		assert_true(sl_parse_i64(text, &value));
	return value;
}

static int
below(const struct sl_rng *rng, int bound)
{
	return (int)sl_rng_below(rng, (uint64_t)bound);
}

static bool
one_in(const struct sl_rng *rng, int n)
{
	return below(rng, n) == 0;
}

/* Up to `most` numbers of 1..high, or of both ends. */
static void
draw_list(const struct sl_rng *rng, struct naive_list *list, int most, int high,
	  bool both_ends)
{
	list->count = (size_t)below(rng, most) + 1;
	for (size_t i = 0; i < list->count; i++) {
		int value = below(rng, high) + 1;

		list->values[i] = both_ends && one_in(rng, 2) ? -value : value;
	}
}

static void
draw_weekdays(const struct sl_rng *rng, struct naive_rule *rule)
{
	static const int most[] = { 1, 1, 5, 53 };
	bool nths = rule->freq >= NAIVE_MONTHLY && one_in(rng, 2);
	int high = rule->months.count > 0 ? 5 : most[rule->freq];

	draw_list(rng, &rule->weekdays, 7, 7, false);
	rule->nths.count = rule->weekdays.count;
	for (size_t i = 0; i < rule->weekdays.count; i++) {
		rule->weekdays.values[i]--;
		if (nths && !one_in(rng, 4))
			rule->nths.values[i] = (below(rng, high) + 1) *
					       (one_in(rng, 2) ? -1 : 1);
	}
}

static void
draw_days(const struct sl_rng *rng, struct naive_rule *rule)
{
	if (one_in(rng, 3))
		draw_list(rng, &rule->months, 4, 12, false);
	if (one_in(rng, 3))
		draw_list(rng, &rule->month_days, 6, 31, one_in(rng, 2));
	if (one_in(rng, 8))
		draw_list(rng, &rule->year_days, 6, 366, one_in(rng, 2));
	if (one_in(rng, 8))
		draw_list(rng, &rule->week_numbers, 3, 53, false);
	if (one_in(rng, 2))
		draw_weekdays(rng, rule);
	if (one_in(rng, 4))
		draw_list(rng, &rule->positions, 3, one_in(rng, 2) ? 3 : 30,
			  one_in(rng, 2));
}

static struct naive_rule
draw_rule(const struct sl_rng *rng, int64_t start_day)
{
	static const int intervals[] = { 1, 1, 1, 2, 2, 3, 4, 5, 6, 7, 12, 13 };
	struct naive_rule rule = {
		.freq = (enum naive_freq)below(rng, 4),
		.interval = intervals[below(rng, SL_ARRAY_LEN(intervals))],
		.week_start = below(rng, 7),
	};

	if (one_in(rng, 3)) {
		rule.count = below(rng, 200) + 1;
	} else if (one_in(rng, 3)) {
		rule.has_until = true;
		rule.until_day = start_day + below(rng, 20000);
	}
	draw_days(rng, &rule);
	return rule;
}

struct tally {
	unsigned right, elsewhere, instances;
};

/* The days of the naive expander that lie in the window. */
static const char *
wanted_text(struct sl_arena *arena, const struct naive_rule *rule,
	    int64_t start_day, struct sl_recur_window window, size_t *count)
{
	int64_t *days = SL_NEW_ARRAY(arena, DAYS_MAX, int64_t);
	int64_t to_day = window.to_us / DAY_US;
	size_t n = naive_expand(rule, start_day,
				to_day > start_day ? to_day : start_day, days,
				DAYS_MAX);
	struct sl_recur_set set = {
		.start_is_out = n == 0 || days[0] != start_day,
		.instances =
			SL_NEW_ARRAY(arena, n + 1, struct sl_recur_instance),
	};

	assert_true(n < DAYS_MAX);
	for (size_t i = 0; i < n; i++)
		if (days[i] * DAY_US >= window.from_us &&
		    days[i] * DAY_US < window.to_us)
			set.instances[set.count++].start_us = days[i] * DAY_US;
	*count = set.count;
	return recur_set_text(arena, &set, true);
}

static void
try_rule(const struct sl_rng *rng, struct tally *tally)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	int64_t start_day = 0 + below(rng, 25000); /* 1970 to 2038 */
	struct naive_rule rule = draw_rule(rng, start_day);
	int64_t from_day = start_day - 400 + below(rng, 12000);
	struct sl_recur_window window = {
		from_day * DAY_US, (from_day + below(rng, 2000)) * DAY_US
	};
	const char *lines[2] = { NULL, NULL };
	struct sl_recur_series series = { .start_us = start_day * DAY_US,
					  .end_us = SL_NO_TIME,
					  .all_day = true,
					  .lines = lines };
	struct sl_recur_set set;
	const char *found, *wanted;
	SL_AUTO_BUF buf;
	size_t count;

	sl_buf_init(&buf, 4096);
	sl_buf_adds(&buf, "RRULE:");
	naive_write(&rule, &buf);
	lines[0] = sl_buf_text(&buf);
	sl_recur_expand(&series, window, arena, &set);
	if (set.verdict == SL_RECUR_ELSEWHERE) {
		tally->elsewhere++;
		return;
	}
	found = recur_set_text(arena, &set, true);
	wanted = wanted_text(arena, &rule, start_day, window, &count);
	if (strcmp(found, wanted) != 0)
		fail_msg("%s from %s: gives\n  %.400s\ninstead of\n  %.400s",
			 lines[0], recur_day_text(arena, start_day), found,
			 wanted);
	tally->right++;
	tally->instances += (unsigned)count;
}

static void
each_rule_is_right_or_handed_on(void **state)
{
	struct sl_seeded_rng seeded;
	struct tally tally = { 0 };
	int64_t rules = setting("RULES", RULES);

	(void)state;
	sl_seeded_rng_init(&seeded, (uint64_t)setting("SEED", SEED));
	for (int64_t i = 0; i < rules; i++)
		try_rule(&seeded.rng, &tally);
	print_message("%u right with %u instances, %u handed on\n", tally.right,
		      tally.instances, tally.elsewhere);
	assert_true(tally.right > rules / 3);
	assert_true(tally.instances > tally.right * 10);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_rule_is_right_or_handed_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
