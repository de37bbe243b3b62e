/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When to try again: truncated exponential backoff with full jitter, the
 * provider's own deadline winning. Pure: time and randomness come in.
 */
#ifndef SL_NET_RETRY_H
#define SL_NET_RETRY_H

#include <stdbool.h>

#include "core/base/clock.h"

struct sl_retry_policy {
	int64_t base_ms;     /* first ceiling of the jitter, e.g. 500      */
	int64_t cap_ms;      /* ceiling never above this, e.g. 60000       */
	int max_attempts;    /* tries in all, the first included           */
	int64_t wait_cap_ms; /* a provider's wait above this is not waited
			      * for in the run: the stream is deferred      */
};

struct sl_retry_decision {
	bool again;       /* try again after delay_ms                        */
	int64_t delay_ms; /* also set when !again: do not ask before this    */
};

/** Longest deadline taken from a provider; longer ones are clamped. */
#define SL_RETRY_AFTER_MAX_MS (INT64_C(24) * 3600 * 1000)

extern const struct sl_retry_policy sl_retry_default;

/**
 * attempt		tries made so far, 1 or more
 * provider_wait_ms	SL_NO_DELAY, or what the provider asked for
 */
struct sl_retry_decision sl_retry_next(const struct sl_retry_policy *policy,
				       int attempt, int64_t provider_wait_ms,
				       const struct sl_rng *rng);

/**
 * An HTTP date (RFC 9110, 5.6.7) in UTC microseconds; false for anything else,
 * NULL and years past 9999 among it.
 */
bool sl_http_date_us(const char *value, int64_t *us);

/**
 * A Retry-After value: seconds, or an HTTP date relative to `now_us`.
 * Negative becomes 0, more than SL_RETRY_AFTER_MAX_MS is clamped, junk is
 * SL_NO_DELAY.
 */
int64_t sl_retry_after_parse(const char *value, int64_t now_us);

#endif
