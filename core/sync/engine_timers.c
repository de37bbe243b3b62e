/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Timers: a heap of jobs, the one that is due first on top. Each run has one,
 * and each stream that waits; every step of a worker looks at the first.
 */
#include "core/base/mem.h"

#include "core/sync/engine_private.h"

#define ROOM_FIRST 64

static void
put(struct sl_timers *t, size_t at, struct sl_job *job)
{
	t->heap[at] = job;
	job->timer_at = at + 1;
}

static void
sift_up(struct sl_timers *t, size_t at, struct sl_job *job)
{
	while (at > 0) {
		size_t parent = (at - 1) / 2;

		if (t->heap[parent]->due_us <= job->due_us)
			break;
		put(t, at, t->heap[parent]);
		at = parent;
	}
	put(t, at, job);
}

static void
sift_down(struct sl_timers *t, size_t at, struct sl_job *job)
{
	for (;;) {
		size_t child = 2 * at + 1;

		if (child >= t->count)
			break;
		if (child + 1 < t->count &&
		    t->heap[child + 1]->due_us < t->heap[child]->due_us)
			child++;
		if (t->heap[child]->due_us >= job->due_us)
			break;
		put(t, at, t->heap[child]);
		at = child;
	}
	put(t, at, job);
}

/* To where its time belongs, from a place that may be too high or too low. */
static void
settle(struct sl_timers *t, size_t at, struct sl_job *job)
{
	if (at > 0 && t->heap[(at - 1) / 2]->due_us > job->due_us)
		sift_up(t, at, job);
	else
		sift_down(t, at, job);
}

void
sl_timers_set(struct sl_timers *t, struct sl_job *job, int64_t due_us)
{
	job->due_us = due_us;
	if (job->timer_at > 0) {
		settle(t, job->timer_at - 1, job);
		return;
	}
	if (t->count == t->room) {
		t->room = t->room ? t->room * 2 : ROOM_FIRST;
		t->heap = sl_realloc(t->heap, t->room, sizeof(*t->heap));
	}
	sift_up(t, t->count++, job);
}

void
sl_timers_drop(struct sl_timers *t, struct sl_job *job)
{
	size_t at = job->timer_at;
	struct sl_job *last;

	if (at == 0)
		return;
	job->timer_at = 0;
	last = t->heap[--t->count];
	if (last != job)
		settle(t, at - 1, last);
}

struct sl_job *
sl_timers_first(const struct sl_timers *t)
{
	return t->count > 0 ? t->heap[0] : NULL;
}

void
sl_timers_release(struct sl_timers *t)
{
	sl_free(t->heap);
}
