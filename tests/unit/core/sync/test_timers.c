/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers: whatever is set, moved and dropped, the first one is on top.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include "core/base/clock.h"

#include "core/sync/job_private.h"

#include "tests/support/unit.h"

#define JOBS  200
#define STEPS 20000

static struct sl_job jobs[JOBS];

/** The earliest by looking at all; -1: none is set. */
static int64_t
first_of_all(void)
{
	int64_t first = -1;

	for (size_t i = 0; i < JOBS; i++)
		if (jobs[i].timer_at > 0 &&
		    (first < 0 || jobs[i].due_us < first))
			first = jobs[i].due_us;
	return first;
}

static void
the_first_one_is_on_top(void **state)
{
	struct sl_timers timers = { 0 };
	struct sl_seeded_rng rng;

	(void)state;
	sl_seeded_rng_init(&rng, 11);
	for (int i = 0; i < STEPS; i++) {
		struct sl_job *job = &jobs[sl_rng_below(&rng.rng, JOBS)];
		struct sl_job *top;

		if (sl_rng_below(&rng.rng, 3) == 0)
			sl_timers_drop(&timers, job);
		else
			sl_timers_set(&timers, job,
				      (int64_t)sl_rng_below(&rng.rng, 1000));
		top = sl_timers_first(&timers);
		assert_int_equal(top ? top->due_us : -1, first_of_all());
	}
	for (size_t i = 0; i < JOBS; i++)
		sl_timers_drop(&timers, &jobs[i]);
	assert_null(sl_timers_first(&timers));
	sl_timers_release(&timers);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_one_is_on_top),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
