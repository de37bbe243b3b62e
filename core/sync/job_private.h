/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A job: what workers do, one step after the other. Whoever has news for it
 * wakes it; at any time at most one worker works on it. Fields marked (L) are
 * guarded by the engine's mutex.
 */
#ifndef SL_SYNC_JOB_PRIVATE_H
#define SL_SYNC_JOB_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

struct sl_worker;

struct sl_job {
	struct sl_job *next;
	void (*step)(struct sl_worker *worker, struct sl_job *job);
	bool queued, active, again; /* (L) */
	bool timed;                 /* (L) in the timer list */
	int64_t due_us;             /* (L) monotonic */
	struct sl_job *timer_next;  /* (L) */
};

#endif
