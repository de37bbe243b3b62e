/* SPDX-License-Identifier: Apache-2.0 */
#include "core/net/pace.h"

#include "core/base/clock.h"

/* A debt longer than this is no plan but a bug; it keeps the sum in range. */
#define WAIT_MAX_S 86400.0

void
sl_pace_init(struct sl_pace *pace, double per_minute, double burst,
	     int64_t mono_us)
{
	*pace = (struct sl_pace){
		.tokens = burst,
		.per_second = per_minute / 60.0,
		.burst = burst,
		.at_us = mono_us,
	};
}

static void
refill(struct sl_pace *pace, int64_t mono_us)
{
	double elapsed_s;

	/* A block moves at_us into the future: nothing flows in until then. */
	if (mono_us <= pace->at_us)
		return;
	elapsed_s = (double)(mono_us - pace->at_us) / (double)SL_US_PER_S;
	pace->tokens += elapsed_s * pace->per_second;
	if (pace->tokens > pace->burst)
		pace->tokens = pace->burst;
	pace->at_us = mono_us;
}

int64_t
sl_pace_take(struct sl_pace *pace, double units, int64_t mono_us)
{
	double wait_s;

	refill(pace, mono_us);
	if (pace->per_second <= 0.0)
		return pace->at_us;
	pace->tokens -= units;
	if (pace->tokens >= 0.0)
		return pace->at_us;
	wait_s = -pace->tokens / pace->per_second;
	if (wait_s > WAIT_MAX_S)
		wait_s = WAIT_MAX_S;
	return pace->at_us + (int64_t)(wait_s * (double)SL_US_PER_S + 0.5);
}

void
sl_pace_give(struct sl_pace *pace, double units)
{
	if (pace->per_second <= 0.0)
		return;
	pace->tokens += units;
	if (pace->tokens > pace->burst)
		pace->tokens = pace->burst;
}

double
sl_pace_left(struct sl_pace *pace, int64_t mono_us)
{
	refill(pace, mono_us);
	return pace->tokens;
}

void
sl_pace_resume(struct sl_pace *pace, double units, int64_t age_us)
{
	double debt_max = pace->per_second * 60.0;

	if (age_us > 0)
		units +=
			(double)age_us / (double)SL_US_PER_S * pace->per_second;
	if (units < -debt_max)
		units = -debt_max;
	if (units < pace->tokens)
		pace->tokens = units;
}

void
sl_pace_block(struct sl_pace *pace, int64_t until_us)
{
	if (pace->tokens > 0.0)
		pace->tokens = 0.0;
	if (until_us > pace->at_us)
		pace->at_us = until_us;
}
