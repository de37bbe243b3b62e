/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When an account runs next: pure arithmetic on times that come in.
 *
 * Every account has a grid of its own, points an interval apart whose phase is
 * a hash of its id. So a fleet's accounts never come due together, whatever
 * started them together: a migration, an outage, a night. Times are UTC
 * microseconds.
 */
#ifndef SL_SYNC_SCHEDULE_H
#define SL_SYNC_SCHEDULE_H

#include <stdint.h>

#include "core/base/clock.h"

/** How long a run of a lane works before it is handed back for others. */
#define SL_SLICE_US (INT64_C(60) * SL_US_PER_S)

/** Waits between runs that fail: doubling from the first to the second. */
#define SL_BACKOFF_FIRST_US (INT64_C(60) * SL_US_PER_S)
#define SL_BACKOFF_MOST_US  (INT64_C(3600) * SL_US_PER_S)

/** The least time between runs of the schedule. More than what `sync --due`
 *  takes early, or that would find the same point due again. */
#define SL_SCHEDULE_GAP_US (INT64_C(15) * SL_US_PER_S)

/**
 * When its changes are due after a run that began then: the next point of the
 * grid, at least SL_SCHEDULE_GAP_US away, so within an interval and that. No
 * more is left out: a cron line of the same interval comes late to every point,
 * and yet finds the next one due each time.
 */
int64_t sl_schedule_next_us(const char *integration_id, int64_t started_us,
			    int64_t interval_us);

/**
 * When a run is due after one that failed: full jitter over a wait that doubles
 * with each failure; but no sooner than the grid says half an interval on, or,
 * where that is far, than half to all of the longest wait.
 *
 * failures	in a row, before this one
 */
int64_t sl_schedule_retry_us(const char *integration_id, int64_t now_us,
			     int64_t interval_us, int failures,
			     const struct sl_rng *rng);

/**
 * When a run is due that a provider told to wait until then: at most a tenth of
 * the interval, or a minute, later, so that all who wait for one reset do not
 * come at once.
 */
int64_t sl_schedule_after_us(const char *integration_id, int64_t until_us,
			     int64_t interval_us);

#endif
