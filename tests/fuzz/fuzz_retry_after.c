/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Retry-After: a delay within the cap or none; digits mean seconds, and a
 * date's delay shrinks as time goes by.
 *
 * covers: core/net/retry.c
 */
#include "core/net/retry.h"

#include "tests/fuzz/kit.h"

static void
check_decision(int64_t wait_ms, int attempt)
{
	struct sl_seeded_rng rng;
	struct sl_retry_decision decision;

	sl_seeded_rng_init(&rng, 7);
	decision = sl_retry_next(&sl_retry_default, attempt, wait_ms, &rng.rng);
	SL_ASSERT(decision.delay_ms >= 0 && decision.delay_ms >= wait_ms);
	SL_ASSERT(decision.delay_ms <= SL_RETRY_AFTER_MAX_MS);
	if (wait_ms > sl_retry_default.wait_cap_ms)
		SL_ASSERT(!decision.again);
}

static void
check_date(const char *text)
{
	char shown[SL_RFC3339_TEXT];
	int64_t us, again;

	if (!sl_http_date_us(text, &us))
		return;
	SL_ASSERT(us >= 0 && us % SL_US_PER_S == 0);
	sl_rfc3339_format(us, shown);
	SL_ASSERT(sl_rfc3339_parse(shown, &again) && again == us);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = fuzz_copy(fuzz_arena(), data, size);
	int64_t now_ms = sl_retry_after_parse(text, FUZZ_NOW_US);
	int64_t later_ms =
		sl_retry_after_parse(text, FUZZ_NOW_US + 60 * SL_US_PER_S);
	uint64_t seconds;

	SL_ASSERT(now_ms >= SL_NO_DELAY && now_ms <= SL_RETRY_AFTER_MAX_MS);
	SL_ASSERT((now_ms == SL_NO_DELAY) == (later_ms == SL_NO_DELAY));
	SL_ASSERT(later_ms <= now_ms);
	if (*text != '+' && sl_parse_u64(text, &seconds)) {
		uint64_t most = (uint64_t)SL_RETRY_AFTER_MAX_MS / 1000;

		seconds = seconds < most ? seconds : most;
		SL_ASSERT(now_ms == (int64_t)seconds * 1000);
		SL_ASSERT(later_ms == now_ms);
	}
	check_date(text);
	check_decision(now_ms, 1 + (int)(size % 8));
	return 0;
}
