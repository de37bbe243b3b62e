/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A job: what workers do, one step after the other. Whoever has news for it
 * wakes it; at any time at most one worker works on it. Fields marked (L) are
 * guarded by the engine's mutex.
 */
#ifndef SL_SYNC_JOB_PRIVATE_H
#define SL_SYNC_JOB_PRIVATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sl_worker;

/** Jobs with a time, the first of them on top. (L) */
struct sl_timers {
	struct sl_job **heap;
	size_t count, room;
};

struct sl_job {
	struct sl_job *next;
	void (*step)(struct sl_worker *worker, struct sl_job *job);
	bool queued, active, again; /* (L) */
	int64_t due_us;             /* (L) monotonic */
	size_t timer_at;            /* (L) in the heap, from 1; 0 = no timer */
};

/** Be woken then, whether it has a timer already or not. */
void sl_timers_set(struct sl_timers *timers, struct sl_job *job,
		   int64_t due_us);
/** Nothing, if it has none. */
void sl_timers_drop(struct sl_timers *timers, struct sl_job *job);
/** The one that is due first, or NULL. */
struct sl_job *sl_timers_first(const struct sl_timers *timers);
void sl_timers_release(struct sl_timers *timers);

#endif
