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
#include "core/base/error.h"

#include "core/net/retry.h"

/* Sun, 06 Nov 1994 08:49:37 GMT, the date of RFC 9110's examples. */
#define THEN_US (INT64_C(784111777) * SL_US_PER_S)
#define DAY_MS  SL_RETRY_AFTER_MAX_MS

static void
retry_after_is_read_strictly(void **state SL_UNUSED)
{
	static const struct {
		const char *value;
		int64_t now_us;
		int64_t expect_ms;
		const char *why;
	} rows[] = {
		{ "0", 0, 0, "at once is an answer, not its absence" },
		{ "120", 0, 120000, "seconds" },
		{ " 7 ", 0, 7000, "blanks around" },
		{ "\t7", 0, 7000, "a tab before" },
		{ "-5", 0, 0, "negative becomes now" },
		{ "-99999999999999999999", 0, 0, "however negative" },
		{ "86400", 0, DAY_MS, "exactly the cap" },
		{ "86401", 0, DAY_MS, "one past the cap" },
		{ "31536000", 0, DAY_MS, "a year" },
		{ "99999999999999999999999", 0, DAY_MS, "past 64 bits" },
		{ "", 0, SL_NO_DELAY, "empty" },
		{ "  ", 0, SL_NO_DELAY, "blank" },
		{ NULL, 0, SL_NO_DELAY, "absent" },
		{ "-", 0, SL_NO_DELAY, "a sign alone" },
		{ "+5", 0, SL_NO_DELAY, "no plus in the grammar" },
		{ "1.5", 0, SL_NO_DELAY, "curl_getdate takes it for a date" },
		{ "5s", 0, SL_NO_DELAY, "no units in the grammar" },
		{ "5 6", 0, SL_NO_DELAY, "two numbers" },
		{ "0x10", 0, SL_NO_DELAY, "hexadecimal" },
		{ "- 5", 0, SL_NO_DELAY, "blank after the sign" },
		{ "soon", 0, SL_NO_DELAY, "a word" },
		{ "Sunday", 0, SL_NO_DELAY, "half a date" },
		{ "Sun, 06 Nov 1994 08:49:37 GMT", THEN_US - 90000000, 90000,
		  "IMF-fixdate" },
		{ "Sunday, 06-Nov-94 08:49:37 GMT", THEN_US - 1000000, 1000,
		  "RFC 850 date" },
		{ "Sun Nov  6 08:49:37 1994", THEN_US - 1000000, 1000,
		  "asctime date" },
		{ "Sun, 06 Nov 1994 08:49:37 GMT", THEN_US, 0, "now" },
		{ "Sun, 06 Nov 1994 08:49:37 GMT", THEN_US + 5000000, 0,
		  "past" },
		{ "Sun, 06 Nov 2044 08:49:37 GMT", THEN_US, DAY_MS,
		  "fifty years ahead" },
		{ "Xxx, 99 Zzz 1994 08:49:37 GMT", THEN_US, SL_NO_DELAY,
		  "looks like a date" },
		{ "Fri, 31 Dec 9999 23:59:59 GMT", THEN_US, DAY_MS,
		  "the last date there is" },
		{ "Sat, 01 Jan 10000 00:00:00 GMT", THEN_US, SL_NO_DELAY,
		  "a year of five digits" },
		{ "Fri, 20 Nov 999999999 10:00:00 GMT", THEN_US, SL_NO_DELAY,
		  "a year whose milliseconds do not fit 64 bits" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		int64_t got =
			sl_retry_after_parse(rows[i].value, rows[i].now_us);

		if (got != rows[i].expect_ms)
			fail_msg("%s: %s: got %ld", rows[i].why,
				 rows[i].value ? rows[i].value : "NULL",
				 (long)got);
	}
}

static void
http_dates_end_with_the_year_9999(void **state SL_UNUSED)
{
	static const struct {
		const char *value;
		bool ok;
		int64_t us;
	} rows[] = {
		{ "Sun, 06 Nov 1994 08:49:37 GMT", true, 784111777000000 },
		{ "Sunday, 06-Nov-94 08:49:37 GMT", true, 784111777000000 },
		{ "Sun Nov  6 08:49:37 1994", true, 784111777000000 },
		{ "Fri, 31 Dec 9999 23:59:59 GMT", true, 253402300799000000 },
		{ "Fri, 20 Nov 999999999 10:00:00 GMT", false, 0 },
		{ "Sun, 06 Nov 1994", false, 0 },
		{ "1994-11-06 08:49:37", false, 0 },
		{ "", false, 0 },
		{ NULL, false, 0 },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		int64_t us = 0;
		bool ok = sl_http_date_us(rows[i].value, &us);

		if (ok != rows[i].ok || us != rows[i].us)
			fail_msg("%s: %d, %ld",
				 rows[i].value ? rows[i].value : "NULL", ok,
				 (long)us);
	}
}

static void
the_ceiling_doubles_up_to_the_cap(void **state SL_UNUSED)
{
	static const struct {
		int attempt;
		int64_t ceiling_ms;
	} rows[] = {
		{ 1, 500 }, { 2, 1000 }, { 3, 2000 }, { 4, 4000 }, { 5, 8000 },
	};
	struct sl_seeded_rng rng;

	sl_seeded_rng_init(&rng, 1);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		int64_t most = 0;
		int64_t least = INT64_MAX;

		for (int n = 0; n < 2000; n++) {
			struct sl_retry_decision d = sl_retry_next(
				&sl_retry_default, rows[i].attempt, SL_NO_DELAY,
				&rng.rng);

			assert_true(d.again);
			most = d.delay_ms > most ? d.delay_ms : most;
			least = d.delay_ms < least ? d.delay_ms : least;
		}
		/* Full jitter: the whole range is used, and no more. */
		assert_true(most <= rows[i].ceiling_ms);
		assert_true(most > rows[i].ceiling_ms * 9 / 10);
		assert_true(least < rows[i].ceiling_ms / 10);
	}
}

static void
the_cap_holds_for_any_number_of_attempts(void **state SL_UNUSED)
{
	struct sl_retry_policy policy = sl_retry_default;
	struct sl_seeded_rng rng;

	sl_seeded_rng_init(&rng, 2);
	policy.max_attempts = 2000000000;
	for (int attempt = 1; attempt < 1000000000; attempt = attempt * 3 + 1) {
		struct sl_retry_decision d =
			sl_retry_next(&policy, attempt, SL_NO_DELAY, &rng.rng);

		assert_true(d.again);
		assert_in_range(d.delay_ms, 0, 60000);
	}
}

static void
retry_after_wins_over_backoff(void **state SL_UNUSED)
{
	static const struct {
		int attempt;
		int64_t wait_ms;
		bool again;
		int64_t least_ms, most_ms;
		const char *why;
	} rows[] = {
		{ 1, 30000, true, 30000, 30000, "longer than any jitter" },
		{ 1, 0, true, 0, 500, "none asked for: jitter alone" },
		{ 5, 1, true, 1, 8000, "shorter than the jitter" },
		{ 1, 120000, true, 120000, 120000, "exactly the wait cap" },
		{ 1, 120001, false, 120001, 120001, "past it: deferred" },
		{ 6, 120001, false, 120001, 120001, "deferred, not given up" },
		{ 6, SL_NO_DELAY, false, 30000, 60000, "attempts exhausted" },
		{ 7, SL_NO_DELAY, false, 30000, 60000, "more than exhausted" },
		{ 6, 90000, false, 90000, 90000,
		  "exhausted, and the provider named a time" },
	};
	struct sl_seeded_rng rng;

	sl_seeded_rng_init(&rng, 3);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows) * 50; i++) {
		size_t row = i % SL_ARRAY_LEN(rows);
		struct sl_retry_decision d =
			sl_retry_next(&sl_retry_default, rows[row].attempt,
				      rows[row].wait_ms, &rng.rng);

		if (d.again != rows[row].again ||
		    d.delay_ms < rows[row].least_ms ||
		    d.delay_ms > rows[row].most_ms)
			fail_msg("%s: again %d after %ld ms", rows[row].why,
				 d.again, (long)d.delay_ms);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(retry_after_is_read_strictly),
		cmocka_unit_test(http_dates_end_with_the_year_9999),
		cmocka_unit_test(the_ceiling_doubles_up_to_the_cap),
		cmocka_unit_test(the_cap_holds_for_any_number_of_attempts),
		cmocka_unit_test(retry_after_wins_over_backoff),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
