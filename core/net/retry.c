/* SPDX-License-Identifier: Apache-2.0 */
#include "core/net/retry.h"

#include <curl/curl.h>
#include <string.h>

#include "core/base/error.h"

#define LAST_S INT64_C(253402300799) /* end of the year 9999 */

const struct sl_retry_policy sl_retry_default = {
	.base_ms = 500,
	.cap_ms = 60000,
	.max_attempts = 6,
	.wait_cap_ms = 120000,
};

/** Uniform in [low, high]. */
static int64_t
between(const struct sl_rng *rng, int64_t low, int64_t high)
{
	uint64_t width = (uint64_t)(high - low) + 1;

	return low + (int64_t)sl_rng_below(rng, width);
}

/** base * 2^(attempt - 1), never above the cap. */
static int64_t
ceiling_ms(const struct sl_retry_policy *policy, int attempt)
{
	int64_t ceiling = policy->base_ms;

	for (int i = 1; i < attempt && ceiling < policy->cap_ms; i++)
		ceiling *= 2;
	return ceiling < policy->cap_ms ? ceiling : policy->cap_ms;
}

struct sl_retry_decision
sl_retry_next(const struct sl_retry_policy *policy, int attempt,
	      int64_t provider_wait_ms, const struct sl_rng *rng)
{
	struct sl_retry_decision decision = { .again = true };

	SL_ASSERT(attempt >= 1);
	if (provider_wait_ms > policy->wait_cap_ms) {
		decision.again = false;
		decision.delay_ms = provider_wait_ms;
		return decision;
	}
	if (attempt >= policy->max_attempts) {
		/* Not below half the cap: who gave up does not ask at once. */
		decision.again = false;
		decision.delay_ms =
			between(rng, policy->cap_ms / 2, policy->cap_ms);
	} else {
		decision.delay_ms =
			between(rng, 0, ceiling_ms(policy, attempt));
	}
	if (provider_wait_ms > decision.delay_ms)
		decision.delay_ms = provider_wait_ms;
	return decision;
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_letter(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static int64_t
clamp_ms(int64_t ms)
{
	if (ms < 0)
		return 0;
	return ms < SL_RETRY_AFTER_MAX_MS ? ms : SL_RETRY_AFTER_MAX_MS;
}

/** Digits to the end (blanks may follow); false when there is anything else. */
static bool
parse_seconds(const char *text, int64_t *seconds)
{
	const int64_t most = SL_RETRY_AFTER_MAX_MS / 1000;
	int64_t sum = 0;

	if (!is_digit(*text))
		return false;
	for (; is_digit(*text); text++)
		sum = sum > most ? sum : sum * 10 + (*text - '0');
	text += strspn(text, " \t");
	*seconds = sum;
	return *text == '\0';
}

/* curl_getdate accepts more than dates: a bare "1.5", for one. Every HTTP date
 * begins with a weekday and holds a time. */
bool
sl_http_date_us(const char *value, int64_t *us)
{
	time_t date;

	if (!value || !is_letter(*value) || !strchr(value, ':'))
		return false;
	date = curl_getdate(value, NULL);
	/* Of a year with ten digits not even the milliseconds fit. */
	if (date < 0 || date > LAST_S)
		return false;
	*us = (int64_t)date * SL_US_PER_S;
	return true;
}

int64_t
sl_retry_after_parse(const char *value, int64_t now_us)
{
	int64_t seconds, date_us;

	if (!value)
		return SL_NO_DELAY;
	while (is_blank(*value))
		value++;
	if (*value == '-')
		return parse_seconds(value + 1, &seconds) ? 0 : SL_NO_DELAY;
	if (parse_seconds(value, &seconds))
		return clamp_ms(seconds * 1000);
	if (!sl_http_date_us(value, &date_us))
		return SL_NO_DELAY;
	return clamp_ms(date_us / 1000 - now_us / 1000);
}
