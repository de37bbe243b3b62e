/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <string.h>

#include "core/base/attr.h"
#include "core/base/clock.h"

#include "tests/support/unit.h"

static void
the_system_clock_moves_forward(void **state SL_UNUSED)
{
	int64_t before = sl_mono_us(&sl_system_clock);

	assert_true(sl_mono_us(&sl_system_clock) >= before);
	/* 2026-01-01: a wrong unit would be far off. */
	assert_true(sl_now_us(&sl_system_clock) >
		    INT64_C(1767225600) * SL_US_PER_S);
	assert_true(sl_now_us(&sl_system_clock) <
		    INT64_C(9999999999) * SL_US_PER_S);
}

static void
the_fake_clock_stands_until_moved(void **state SL_UNUSED)
{
	struct sl_fake_clock fake;
	int64_t mono;

	sl_fake_clock_init(&fake, 1000);
	mono = sl_mono_us(&fake.clock);
	assert_int_equal(sl_now_us(&fake.clock), 1000);
	assert_int_equal(sl_now_us(&fake.clock), 1000);
	sl_fake_clock_advance(&fake, 5);
	assert_int_equal(sl_now_us(&fake.clock), 1005);
	assert_int_equal(sl_mono_us(&fake.clock) - mono, 5);
}

static void
a_seed_gives_the_known_sequence(void **state SL_UNUSED)
{
	/* First outputs of splitmix64 for seed 1234567, as published with
	 * the reference implementation. */
	static const uint64_t expected[] = { UINT64_C(6457827717110365317),
					     UINT64_C(3203168211198807973),
					     UINT64_C(9817491932198370423) };
	struct sl_seeded_rng seeded;

	sl_seeded_rng_init(&seeded, 1234567);
	for (size_t i = 0; i < SL_ARRAY_LEN(expected); i++) {
		unsigned char b[8];
		uint64_t value = 0;

		seeded.rng.fill(seeded.rng.ctx, b, sizeof(b));
		for (int k = 7; k >= 0; k--)
			value = value << 8 | b[k];
		assert_true(value == expected[i]);
	}
}

static void
below_stays_below_and_reaches_all(void **state SL_UNUSED)
{
	struct sl_seeded_rng seeded;
	int hits[6] = { 0 };

	sl_seeded_rng_init(&seeded, 42);
	for (int i = 0; i < 6000; i++) {
		uint64_t n = sl_rng_below(&seeded.rng, 6);

		assert_true(n < 6);
		hits[n]++;
	}
	for (int i = 0; i < 6; i++)
		assert_in_range(hits[i], 850, 1150);
	assert_int_equal(sl_rng_below(&seeded.rng, 0), 0);
	assert_int_equal(sl_rng_below(&seeded.rng, 1), 0);
	assert_true(sl_rng_below(&seeded.rng, UINT64_MAX) < UINT64_MAX);
}

static void
fill_with_ctx(void *ctx, void *bytes, size_t len)
{
	memset(bytes, *(const unsigned char *)ctx, len);
}

static void
a_stuck_generator_does_not_hang(void **state SL_UNUSED)
{
	static const unsigned char bytes[] = { 0x00, 0xff };

	for (size_t i = 0; i < SL_ARRAY_LEN(bytes); i++) {
		unsigned char byte = bytes[i];
		struct sl_rng rng = { .fill = fill_with_ctx, .ctx = &byte };

		assert_true(sl_rng_below(&rng, 10) < 10);
		assert_true(sl_rng_below(&rng, (UINT64_MAX >> 1) + 2) <=
			    (UINT64_MAX >> 1) + 1);
	}
}

static void
the_kernel_fills_every_byte(void **state SL_UNUSED)
{
	unsigned char seen[1000] = { 0 };
	unsigned char bytes[1000];

	/* A byte that stays 0 in 16 rounds was not written. */
	for (int round = 0; round < 16; round++) {
		sl_system_rng.fill(sl_system_rng.ctx, bytes, sizeof(bytes));
		for (size_t i = 0; i < sizeof(bytes); i++)
			seen[i] |= bytes[i];
	}
	for (size_t i = 0; i < sizeof(bytes); i++)
		assert_int_not_equal(seen[i], 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_system_clock_moves_forward),
		cmocka_unit_test(the_fake_clock_stands_until_moved),
		cmocka_unit_test(a_seed_gives_the_known_sequence),
		cmocka_unit_test(below_stays_below_and_reaches_all),
		cmocka_unit_test(a_stuck_generator_does_not_hang),
		cmocka_unit_test(the_kernel_fills_every_byte),
	};

	return cmocka_run_group_tests_name("clock", tests, NULL, NULL);
}
