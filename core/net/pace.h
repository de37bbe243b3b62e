/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token bucket: spread requests so that a published quota is not passed.
 * Pure arithmetic on a monotonic time that comes in; units are the
 * provider's quota units.
 */
#ifndef SL_NET_PACE_H
#define SL_NET_PACE_H

#include <stdint.h>

struct sl_pace {
	double tokens;
	double per_second; /* 0 = unlimited   */
	double burst;      /* bucket capacity */
	int64_t at_us;     /* last refill     */
};

/** Full at the start. `per_minute` 0 switches pacing off. */
void sl_pace_init(struct sl_pace *pace, double per_minute, double burst,
		  int64_t mono_us);

/**
 * Take `units` and return when the request may leave: `mono_us` itself, or
 * later. The bucket may go into debt, so callers are served in order.
 */
int64_t sl_pace_take(struct sl_pace *pace, double units, int64_t mono_us);

/** Units that were taken for a request that never left come back. */
void sl_pace_give(struct sl_pace *pace, double units);

/** What is there; less than 0: a debt. */
double sl_pace_left(struct sl_pace *pace, int64_t mono_us);

/** Go on where somebody left `units`, `age_us` ago: never with more than is
 *  there. Their clock may be another: an age below 0 is none. */
void sl_pace_resume(struct sl_pace *pace, double units, int64_t age_us);

/** A 429 arrived: empty the bucket until `until_us`. */
void sl_pace_block(struct sl_pace *pace, int64_t until_us);

#endif
