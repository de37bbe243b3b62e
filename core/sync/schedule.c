/* SPDX-License-Identifier: Apache-2.0 */
#include "core/sync/schedule.h"

#include <string.h>

#include "core/base/error.h"

/* FNV-1a, then the bits mixed: ids that differ in one digit are far apart. */
static uint64_t
hash_of(const char *id)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *id != '\0'; id++)
		h = (h ^ (unsigned char)*id) * UINT64_C(1099511628211);
	h ^= h >> 33;
	h *= UINT64_C(0xff51afd7ed558ccd);
	h ^= h >> 33;
	return h;
}

static int64_t
phase_of(const char *id, int64_t interval_us)
{
	return (int64_t)(hash_of(id) % (uint64_t)interval_us);
}

/* The first point of the grid from then on. */
static int64_t
grid_from(const char *id, int64_t from_us, int64_t interval_us)
{
	int64_t ahead = (phase_of(id, interval_us) - from_us % interval_us) %
			interval_us;

	return from_us + (ahead < 0 ? ahead + interval_us : ahead);
}

int64_t
sl_schedule_next_us(const char *integration_id, int64_t started_us,
		    int64_t interval_us)
{
	int64_t gap = interval_us / 2 < SL_SCHEDULE_GAP_US ? interval_us / 2
							   : SL_SCHEDULE_GAP_US;

	if (interval_us <= 0)
		return started_us;
	return grid_from(integration_id, started_us + gap, interval_us);
}

/* Uniform in 0 .. most. */
static int64_t
up_to(const struct sl_rng *rng, int64_t most)
{
	return (int64_t)sl_rng_below(rng, (uint64_t)most + 1);
}

int64_t
sl_schedule_retry_us(const char *integration_id, int64_t now_us,
		     int64_t interval_us, int failures,
		     const struct sl_rng *rng)
{
	int64_t wait = SL_BACKOFF_FIRST_US;
	int64_t grid = interval_us <= 0 ? now_us
					: grid_from(integration_id,
						    now_us + interval_us / 2,
						    interval_us);
	int64_t far = now_us + SL_BACKOFF_MOST_US / 2 +
		      up_to(rng, SL_BACKOFF_MOST_US / 2);
	int64_t at;

	for (int i = 0; i < failures && wait < SL_BACKOFF_MOST_US; i++)
		wait *= 2;
	if (wait > SL_BACKOFF_MOST_US)
		wait = SL_BACKOFF_MOST_US;
	at = now_us + up_to(rng, wait);
	if (grid > far)
		grid = far;
	return at > grid ? at : grid;
}

int64_t
sl_schedule_after_us(const char *integration_id, int64_t until_us,
		     int64_t interval_us)
{
	int64_t most = interval_us / 10;

	if (most > SL_US_PER_S * 60)
		most = SL_US_PER_S * 60;
	return most <= 0 ? until_us : until_us + phase_of(integration_id, most);
}
