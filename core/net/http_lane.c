/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/mem.h"

#include "core/net/http_private.h"

/* Idle lanes are dropped above this; their origin is learnt anew. */
#define LANES_KEPT 32

void
sl_http_list_push(struct sl_http_list *list, struct sl_http_job *job)
{
	job->next = NULL;
	if (list->tail)
		list->tail->next = job;
	else
		list->head = job;
	list->tail = job;
}

struct sl_http_job *
sl_http_list_pop(struct sl_http_list *list)
{
	struct sl_http_job *job = list->head;

	if (!job)
		return NULL;
	list->head = job->next;
	if (!list->head)
		list->tail = NULL;
	job->next = NULL;
	return job;
}

/** The first job of a list with an epoch below `epoch`, taken out. */
static struct sl_http_job *
list_take_older(struct sl_http_list *list, uint64_t epoch)
{
	struct sl_http_job *before = NULL;
	struct sl_http_job *job = list->head;

	while (job && job->epoch >= epoch) {
		before = job;
		job = job->next;
	}
	if (!job)
		return NULL;
	if (!before)
		return sl_http_list_pop(list);
	before->next = job->next;
	if (list->tail == job)
		list->tail = before;
	job->next = NULL;
	return job;
}

static void
free_lane(struct sl_http_lane *lane)
{
	sl_free(lane->origin);
	sl_free(lane);
}

void
sl_http_lanes_release(struct sl_http_lanes *lanes)
{
	while (lanes->first) {
		struct sl_http_lane *lane = lanes->first;

		SL_ASSERT(!lane->active && !lane->waiting.head);
		lanes->first = lane->next;
		free_lane(lane);
	}
}

static void
drop_idle(struct sl_http_lanes *lanes)
{
	struct sl_http_lane **link = &lanes->first;

	while (*link) {
		struct sl_http_lane *lane = *link;

		if (lane->active || lane->waiting.head) {
			link = &lane->next;
			continue;
		}
		*link = lane->next;
		free_lane(lane);
		lanes->count--;
	}
}

static struct sl_http_lane *
lane_of(struct sl_http_lanes *lanes, const char *origin)
{
	struct sl_http_lane *lane = lanes->first;

	while (lane && strcmp(lane->origin, origin) != 0)
		lane = lane->next;
	if (lane)
		return lane;
	if (lanes->count >= LANES_KEPT)
		drop_idle(lanes);
	lane = sl_alloc(sizeof(*lane));
	lane->origin = sl_strdup(origin);
	lane->next = lanes->first;
	lanes->first = lane;
	lanes->count++;
	return lane;
}

void
sl_http_lanes_add(struct sl_http_lanes *lanes, const char *origin,
		  struct sl_http_job *job)
{
	job->lane = lane_of(lanes, origin);
	sl_http_list_push(&job->lane->waiting, job);
}

static int64_t
time_of(const struct sl_http_job *job)
{
	return job->x->request.not_before_us;
}

void
sl_http_lanes_delay(struct sl_http_lanes *lanes, struct sl_http_job *job)
{
	struct sl_http_list *list = &lanes->delayed;
	struct sl_http_job **link = &list->head;

	/* Pacing hands out rising times, so most go to the end. */
	if (!list->tail || time_of(list->tail) <= time_of(job)) {
		sl_http_list_push(list, job);
		return;
	}
	while (time_of(*link) <= time_of(job))
		link = &(*link)->next;
	job->next = *link;
	*link = job;
}

struct sl_http_job *
sl_http_lanes_due(struct sl_http_lanes *lanes, int64_t mono_us)
{
	struct sl_http_list *list = &lanes->delayed;

	if (!list->head || time_of(list->head) > mono_us)
		return NULL;
	return sl_http_list_pop(list);
}

static void
activate(struct sl_http_lane *lane, struct sl_http_job *job)
{
	job->prev = NULL;
	job->next = lane->active;
	if (lane->active)
		lane->active->prev = job;
	lane->active = job;
	lane->active_count++;
}

static void
deactivate(struct sl_http_lane *lane, struct sl_http_job *job)
{
	if (job->prev)
		job->prev->next = job->next;
	else
		lane->active = job->next;
	if (job->next)
		job->next->prev = job->prev;
	job->next = NULL;
	job->prev = NULL;
	lane->active_count--;
}

struct sl_http_job *
sl_http_lanes_start(struct sl_http_lanes *lanes)
{
	struct sl_http_lane *lane;

	for (lane = lanes->first; lane; lane = lane->next) {
		size_t most = lane->wide ? SL_HTTP_STREAMS_MAX : lanes->narrow;
		struct sl_http_job *job;

		if (lane->active_count >= most)
			continue;
		job = sl_http_list_pop(&lane->waiting);
		if (job) {
			activate(lane, job);
			return job;
		}
	}
	return NULL;
}

void
sl_http_lanes_end(struct sl_http_lanes *lanes, struct sl_http_job *job,
		  bool wide)
{
	deactivate(job->lane, job);
	job->lane->wide = wide;
	job->lane = NULL;
	if (lanes->count > LANES_KEPT)
		drop_idle(lanes);
}

static struct sl_http_job *
active_older(struct sl_http_lane *lane, uint64_t epoch, bool spare)
{
	for (struct sl_http_job *job = lane->active; job; job = job->next) {
		if (job->epoch >= epoch || (spare && job->x->request.keep))
			continue;
		deactivate(lane, job);
		return job;
	}
	return NULL;
}

struct sl_http_job *
sl_http_lanes_take_older(struct sl_http_lanes *lanes, uint64_t epoch,
			 bool spare, bool *active)
{
	struct sl_http_job *job = list_take_older(&lanes->delayed, epoch);
	struct sl_http_lane *lane = lanes->first;

	*active = false;
	for (; lane && !job; lane = lane->next) {
		job = list_take_older(&lane->waiting, epoch);
		if (job)
			break;
		job = active_older(lane, epoch, spare);
		*active = job != NULL;
	}
	return job;
}
