/* SPDX-License-Identifier: Apache-2.0 */
/* When an account runs next. */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/sync/schedule.h"

#include "tests/support/unit.h"

#define MINUTE INT64_C(60)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define BEGIN  (INT64_C(1795132800)) /* a midnight, seconds */

static void
id_of(int n, char out[37])
{
	(void)snprintf(out, 37, "%08x-0000-4000-8000-%012x", (unsigned)n * 7919,
		       (unsigned)n);
}

static void
the_next_run_is_on_the_grid(void **state)
{
	int64_t interval = 300 * SL_US_PER_S, first, t;
	char id[37];

	(void)state;
	for (int n = 0; n < 1000; n++) {
		id_of(n, id);
		first = sl_schedule_next_us(id, BEGIN * SL_US_PER_S, interval);
		for (int64_t late = 0; late < 3 * interval;
		     late += interval / 7) {
			t = sl_schedule_next_us(id, first + late, interval);
			assert_int_equal((t - first) % interval, 0);
			assert_true(t - (first + late) >= SL_SCHEDULE_GAP_US);
			assert_true(t - (first + late) <
				    interval + SL_SCHEDULE_GAP_US);
		}
	}
}

static void
phases_are_spread(void **state)
{
	int64_t interval = 300 * SL_US_PER_S, t;
	int in_second[300] = { 0 }, most = 0;
	char id[37];

	(void)state;
	for (int n = 0; n < 30000; n++) {
		id_of(n, id);
		t = sl_schedule_next_us(id, BEGIN * SL_US_PER_S, interval);
		in_second[t / SL_US_PER_S % 300]++;
	}
	for (int i = 0; i < 300; i++)
		if (in_second[i] > most)
			most = in_second[i];
	/* 100 a second on average */
	assert_true(most < 150);
}

static void
failures_back_off_with_jitter(void **state)
{
	static const int64_t cap_s[] = { 60, 120, 240, 480, 960, 1920, 3600 };
	struct sl_seeded_rng rng;
	int64_t now = BEGIN * SL_US_PER_S, least, most, grid, t;
	char id[37];

	(void)state;
	sl_seeded_rng_init(&rng, 7);
	for (int failures = 0; failures < 40; failures++) {
		int at = failures < 6 ? failures : 6;

		id_of(failures, id);
		least = INT64_MAX;
		most = 0;
		grid = sl_schedule_next_us(
			id, now + 30 * SL_US_PER_S - SL_SCHEDULE_GAP_US,
			60 * SL_US_PER_S);
		for (int i = 0; i < 2000; i++) {
			t = sl_schedule_retry_us(id, now, 60 * SL_US_PER_S,
						 failures, &rng.rng);
			assert_true(t >= grid);
			assert_true(t <= now + cap_s[at] * SL_US_PER_S ||
				    t == grid);
			least = t < least ? t : least;
			most = t > most ? t : most;
		}
		if (failures >= 2)
			assert_true(most - least >
				    (cap_s[at] - 90) * 9 / 10 * SL_US_PER_S);
	}
	/* Daily accounts do not wait for a day. */
	for (int i = 0; i < 1000; i++) {
		t = sl_schedule_retry_us(id, now, DAY * SL_US_PER_S, 0,
					 &rng.rng);
		assert_in_range(t - now, HOUR / 2 * SL_US_PER_S,
				HOUR * SL_US_PER_S);
	}
}

static void
a_reset_is_no_herd(void **state)
{
	int64_t until = BEGIN * SL_US_PER_S, t, last = 0;
	char id[37];

	(void)state;
	for (int n = 0; n < 1000; n++) {
		id_of(n, id);
		t = sl_schedule_after_us(id, until, HOUR * SL_US_PER_S);
		assert_in_range(t - until, 0, 60 * SL_US_PER_S);
		last = t > last ? t : last;
	}
	assert_true(last - until > 55 * SL_US_PER_S);
	assert_int_equal(sl_schedule_after_us("x", until, 0), until);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_next_run_is_on_the_grid),
		cmocka_unit_test(phases_are_spread),
		cmocka_unit_test(failures_back_off_with_jitter),
		cmocka_unit_test(a_reset_is_no_herd),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
