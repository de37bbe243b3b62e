/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka.h needs the four before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include "core/base/attr.h"

#include "core/net/pace.h"

#define S INT64_C(1000000)

/* 600 units a minute are ten a second; the bucket holds five. */
static struct sl_pace
ten_a_second(void)
{
	struct sl_pace pace;

	sl_pace_init(&pace, 600, 5, 100 * S);
	return pace;
}

static void
a_full_bucket_lets_a_burst_go_at_once(void **state SL_UNUSED)
{
	struct sl_pace pace = ten_a_second();

	for (int i = 0; i < 5; i++)
		assert_int_equal(sl_pace_take(&pace, 1, 100 * S), 100 * S);
	assert_int_equal(sl_pace_take(&pace, 1, 100 * S), 100 * S + S / 10);
}

static void
debt_serves_callers_in_order(void **state SL_UNUSED)
{
	struct sl_pace pace = ten_a_second();
	int64_t before = 0;

	for (int i = 0; i < 50; i++) {
		int64_t at = sl_pace_take(&pace, 1, 100 * S);

		assert_true(at >= before);
		before = at;
	}
	/* 50 units, 5 of them saved up, 10 a second. */
	assert_int_equal(before, 100 * S + 4500000);
}

static void
idle_time_fills_the_bucket_but_not_beyond(void **state SL_UNUSED)
{
	struct sl_pace pace = ten_a_second();

	(void)sl_pace_take(&pace, 5, 100 * S);
	assert_int_equal(sl_pace_take(&pace, 3, 100 * S + 300000),
			 100 * S + 300000);
	(void)sl_pace_take(&pace, 5, 5000 * S);
	assert_int_equal(sl_pace_take(&pace, 1, 5000 * S), 5000 * S + S / 10);
}

static void
a_request_dearer_than_the_bucket_leaves_late_but_leaves(void **state SL_UNUSED)
{
	struct sl_pace pace = ten_a_second();

	assert_int_equal(sl_pace_take(&pace, 25, 100 * S), 102 * S);
}

static void
the_long_run_rate_is_the_quota(void **state SL_UNUSED)
{
	struct sl_pace pace = ten_a_second();
	int64_t now = 100 * S;
	int sent = 0;

	/* Each caller waits for its turn before it asks again. */
	while (now < 160 * S) {
		now = sl_pace_take(&pace, 1, now);
		sent++;
	}
	assert_in_range(sent, 600, 607);
}

static void
a_block_holds_until_its_time(void **state SL_UNUSED)
{
	static const struct {
		int64_t until_us;
		int64_t take_us;
		int64_t expect_us;
		const char *why;
	} rows[] = {
		{ 130 * S, 100 * S, 130 * S + S / 10, "asked while blocked" },
		{ 130 * S, 130 * S, 130 * S + S / 10, "at its end: empty" },
		{ 130 * S, 131 * S, 131 * S, "filled after it" },
		{ 90 * S, 100 * S, 100 * S + S / 10, "over already: emptied" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_pace pace = ten_a_second();
		int64_t got;

		sl_pace_block(&pace, rows[i].until_us);
		got = sl_pace_take(&pace, 1, rows[i].take_us);
		if (got != rows[i].expect_us)
			fail_msg("%s: got %ld", rows[i].why, (long)got);
	}
}

static void
a_shorter_block_does_not_lift_a_longer_one(void **state SL_UNUSED)
{
	struct sl_pace pace = ten_a_second();

	sl_pace_block(&pace, 160 * S);
	sl_pace_block(&pace, 110 * S);
	assert_true(sl_pace_take(&pace, 1, 101 * S) >= 160 * S);
}

static void
pacing_switched_off_still_honours_a_block(void **state SL_UNUSED)
{
	struct sl_pace pace;

	sl_pace_init(&pace, 0, 0, 100 * S);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(sl_pace_take(&pace, 50, 101 * S), 101 * S);
	sl_pace_block(&pace, 120 * S);
	assert_int_equal(sl_pace_take(&pace, 1, 102 * S), 120 * S);
	assert_int_equal(sl_pace_take(&pace, 1, 121 * S), 121 * S);
}

static void
units_given_back_are_there_for_the_next(void **state SL_UNUSED)
{
	struct sl_pace pace = ten_a_second();
	struct sl_pace off;

	assert_int_equal(sl_pace_take(&pace, 15, 100 * S), 101 * S);
	sl_pace_give(&pace, 10);
	assert_int_equal(sl_pace_take(&pace, 10, 100 * S), 101 * S);
	sl_pace_give(&pace, 1000); /* never more than a burst */
	assert_int_equal(sl_pace_take(&pace, 5, 100 * S), 100 * S);
	assert_int_equal(sl_pace_take(&pace, 10, 100 * S), 101 * S);
	sl_pace_init(&off, 0, 0, 100 * S);
	sl_pace_give(&off, 10);
	assert_true(off.tokens <= 0);
}

static void
what_somebody_left_is_gone_on_from(void **state SL_UNUSED)
{
	static const struct {
		double left;
		int64_t age_us, expect_us;
		const char *why;
	} rows[] = {
		{ 10, 0, 100 * S, "full" },
		{ 0, 0, 100 * S + S / 2, "empty: 5 take half a second" },
		{ 0, S / 4, 100 * S + S / 4, "filled for a quarter of one" },
		{ -10, 0, 100 * S + 3 * S / 2, "a debt" },
		{ 0, 3600 * S, 100 * S, "long ago" },
		{ 1e9, 0, 100 * S, "more than there can be" },
		{ -1e9, 0, 160 * S + S / 2, "a minute's debt at most" },
		{ 0, -3600 * S, 100 * S + S / 2, "in the future" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_pace pace = ten_a_second();
		int64_t got;

		sl_pace_resume(&pace, rows[i].left, rows[i].age_us);
		got = sl_pace_take(&pace, 5, 100 * S);
		if (got != rows[i].expect_us)
			fail_msg("%s: got %ld", rows[i].why, (long)got);
	}
}

static void
what_is_left_is_told(void **state SL_UNUSED)
{
	struct sl_pace pace = ten_a_second();

	(void)sl_pace_take(&pace, 15, 100 * S);
	assert_true(sl_pace_left(&pace, 100 * S) < -9);
	assert_true(sl_pace_left(&pace, 101 * S) > -1);
	assert_true(sl_pace_left(&pace, 200 * S) < 11);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_bucket_lets_a_burst_go_at_once),
		cmocka_unit_test(debt_serves_callers_in_order),
		cmocka_unit_test(idle_time_fills_the_bucket_but_not_beyond),
		cmocka_unit_test(
			a_request_dearer_than_the_bucket_leaves_late_but_leaves),
		cmocka_unit_test(the_long_run_rate_is_the_quota),
		cmocka_unit_test(a_block_holds_until_its_time),
		cmocka_unit_test(a_shorter_block_does_not_lift_a_longer_one),
		cmocka_unit_test(units_given_back_are_there_for_the_next),
		cmocka_unit_test(pacing_switched_off_still_honours_a_block),
		cmocka_unit_test(what_somebody_left_is_gone_on_from),
		cmocka_unit_test(what_is_left_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
