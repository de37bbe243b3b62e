/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lanes: what a run leaves to the other one, how long it may take, when it
 * steps aside for others, and when the account is due again.
 */
#include <string.h>

#include "core/sync/engine_private.h"
#include "core/sync/schedule.h"

/* Who waits longer than this waits for the same moment as many others. */
#define SPREAD_US (INT64_C(60) * SL_US_PER_S)

/* --- what walks --------------------------------------------------------------- */

bool
sl_stream_must_walk(const struct sl_run *run, const struct sl_stream_kind *kind,
		    const struct sl_stream_row *row)
{
	if (row->state == SL_STREAM_NEW || !row->cursor)
		return true;
	if (kind->follows)
		return false;
	if (row->rewalk_us > row->walk_started_us)
		return true;
	if (row->fingerprint && run->fingerprint[0] != '\0' &&
	    strcmp(row->fingerprint, run->fingerprint) != 0)
		return true;
	return run->account.resync &&
	       (row->walk_started_us == SL_NO_TIME ||
		row->walk_resync_no < run->account.resync_no);
}

/* Is it the other lane's? */
static bool
walks(const struct sl_run *run, const struct sl_stream_kind *kind,
      const struct sl_stream_row *row)
{
	return !kind->follows && (row->state == SL_STREAM_WALKING ||
				  sl_stream_must_walk(run, kind, row));
}

static bool
is_walking(struct sl_task *task)
{
	return task->starts_walk || task->row.state == SL_STREAM_WALKING ||
	       sl_task_must_rewalk(task);
}

bool
sl_task_is_left(struct sl_task *task)
{
	return task->run->changes_only && !task->flight && !task->read &&
	       !task->stored && is_walking(task);
}

/* A walk that a slice began is gone on with by others. */
static bool
has_begun(const struct sl_account *a)
{
	for (size_t i = 0; i < a->stream_count; i++)
		if (a->streams[i].state == SL_STREAM_WALKING &&
		    (!a->resync ||
		     a->streams[i].walk_resync_no >= a->resync_no))
			return true;
	return false;
}

static bool
is_new(const struct sl_account *a)
{
	for (size_t i = 0; i < a->stream_count; i++)
		if (a->streams[i].checked_us != SL_NO_TIME)
			return false;
	return true;
}

void
sl_run_begin_lane(struct sl_run *run)
{
	const struct sl_account *a = &run->account;

	run->changes_only = run->work->lane == SL_LANE_CHANGES &&
			    (has_begun(a) || (!a->resync && !is_new(a)));
}

/* --- stepping aside ----------------------------------------------------------- */

/* Until then: nothing more is asked. Locked. */
static void
step_aside(struct sl_run *run, int64_t until_us)
{
	if (run->aside)
		return;
	run->aside = true;
	run->aside_until_us = until_us;
	for (struct sl_task *t = run->tasks; t; t = t->next)
		if (t->started && !t->ended)
			sl_job_wake_locked(run->engine, &t->job);
	sl_job_wake_locked(run->engine, &run->job);
}

int64_t
sl_run_slice_us(const struct sl_run *run)
{
	const struct sl_engine_config *c = &run->engine->config;

	if (c->slice_us == 0 || run->work->lane == SL_LANE_ALL || !run->sliced)
		return INT64_MAX;
	return run->slice_from_us + c->slice_us;
}

void
sl_run_check_slice(struct sl_run *run)
{
	struct sl_engine *e = run->engine;
	int64_t now = sl_mono_us(e->config.clock);

	if (!run->sliced)
		run->slice_from_us = now;
	run->sliced = true;
	if (now < sl_run_slice_us(run))
		return;
	pthread_mutex_lock(&e->mutex);
	step_aside(run, now);
	pthread_mutex_unlock(&e->mutex);
}

/* Does everything at work wait so long? INT64_MAX: nothing is. Locked. */
static bool
all_wait(const struct sl_run *run, int64_t until_us, int64_t *first_us)
{
	*first_us = INT64_MAX;
	for (const struct sl_task *t = run->tasks; t; t = t->next) {
		if (!t->started || t->ended || t->resting)
			continue;
		if (t->waits_until_us < until_us)
			return false;
		if (t->waits_until_us < *first_us)
			*first_us = t->waits_until_us;
	}
	return true;
}

bool
sl_run_has_patience(const struct sl_run *run, int64_t wait_us)
{
	int64_t patience = run->engine->config.patience_us;

	return run->work->lane == SL_LANE_ALL || patience == 0 ||
	       wait_us <= patience;
}

void
sl_task_waits(struct sl_task *task, int64_t until_us)
{
	struct sl_run *run = task->run;
	struct sl_engine *e = run->engine;
	int64_t now = sl_mono_us(e->config.clock), first;

	if (sl_run_has_patience(run, until_us - now))
		return;
	pthread_mutex_lock(&e->mutex);
	if (task->flight->flying == 0 && !task->storing)
		task->waits_until_us = until_us;
	if (all_wait(run, now + e->config.patience_us, &first))
		step_aside(run, first);
	pthread_mutex_unlock(&e->mutex);
}

void
sl_run_check_patience(struct sl_run *run)
{
	struct sl_engine *e = run->engine;
	int64_t until = sl_mono_us(e->config.clock) + e->config.patience_us;
	int64_t first;

	if (run->work->lane == SL_LANE_ALL || e->config.patience_us == 0)
		return;
	pthread_mutex_lock(&e->mutex);
	if (all_wait(run, until, &first) && first != INT64_MAX)
		step_aside(run, first);
	pthread_mutex_unlock(&e->mutex);
}

bool
sl_run_is_ending(struct sl_run *run)
{
	struct sl_engine *e = run->engine;
	bool ending;

	pthread_mutex_lock(&e->mutex);
	ending = e->stop || e->hand_back || run->aside;
	pthread_mutex_unlock(&e->mutex);
	return ending;
}

/* --- when it is due again ----------------------------------------------------- */

/* What is left to do. */
struct rest {
	bool changes;
	int64_t walk_us; /* SL_NO_TIME = no walk */
};

static int64_t
next_us(const struct sl_run *run)
{
	return sl_schedule_next_us(run->account.lease.integration_id,
				   run->started_us, run->account.interval_us);
}

static void
note_walk(struct rest *rest, const struct sl_stream_row *row, int64_t again_us)
{
	int64_t at =
		row->not_before_us > again_us ? row->not_before_us : again_us;

	if (rest->walk_us == SL_NO_TIME || at < rest->walk_us)
		rest->walk_us = at;
}

/* Streams that the run did not come to. */
static void
look_at_rows(struct sl_run *run, int64_t again_us, struct rest *rest)
{
	const struct sl_account *a = &run->account;

	for (size_t i = 0; i < a->stream_count; i++) {
		const struct sl_stream_row *row = &a->streams[i];
		const struct sl_stream_kind *kind = sl_run_kind(run, row->kind);

		if (!kind || kind->pushed || !row->enabled ||
		    row->state == SL_STREAM_CLOSED ||
		    sl_run_find_task(run, row))
			continue;
		if (walks(run, kind, row))
			note_walk(rest, row, again_us);
		else
			rest->changes =
				rest->changes || row->not_before_us <= again_us;
	}
}

/* A walk that rests waits for something that its connector knows of: it is
 * looked at again as if it were changes. */
static bool
rests(struct sl_task *t)
{
	return t->ended && !t->cut && !t->left && !t->failed &&
	       !t->run->fatal && !t->run->limited && !sl_task_must_rewalk(t);
}

static void
look_at_tasks(struct sl_run *run, int64_t again_us, struct rest *rest)
{
	for (struct sl_task *t = run->tasks; t; t = t->next) {
		if (t->kind->follows || !is_walking(t))
			rest->changes = rest->changes || t->cut;
		else
			note_walk(rest, &t->row,
				  rests(t) ? next_us(run) : again_us);
	}
	if (run->reload) /* there are some that it has not seen */
		note_walk(rest, &(struct sl_stream_row){ 0 }, again_us);
}

/* After a run that failed, or that a provider told to wait. */
static int64_t
held_off(const struct sl_run *run, const struct sl_run_end *end)
{
	const struct sl_account *a = &run->account;
	const char *id = a->lease.integration_id;
	int64_t at = end->finished_us;

	if (strcmp(end->status, "failed") == 0)
		at = sl_schedule_retry_us(id, at, a->interval_us, a->failures,
					  run->engine->config.rng);
	if (end->not_before_us > at) /* else SL_NO_TIME */
		at = sl_schedule_after_us(id, end->not_before_us,
					  a->interval_us);
	return at;
}

/* The quota, or a deadline, is there again. */
static int64_t
resumes(const struct sl_run *run, int64_t now_us)
{
	int64_t at = run->aside ? run->aside_until_us + run->epoch_us : now_us;

	if (at - now_us <= SPREAD_US)
		return at > now_us ? at : now_us;
	return sl_schedule_after_us(run->account.lease.integration_id, at,
				    run->account.interval_us);
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

void
sl_run_plan_next(struct sl_run *run, struct sl_run_end *end)
{
	int64_t now = end->finished_us;
	int64_t again = later(resumes(run, now), held_off(run, end));
	struct rest rest = { .walk_us = SL_NO_TIME };
	bool failed = strcmp(end->status, "failed") == 0;

	look_at_tasks(run, again, &rest);
	look_at_rows(run, again, &rest);
	end->lane = run->work->lane;
	end->backfill_us = rest.walk_us;
	end->left_walks = run->changes_only;
	if (rest.changes || failed)
		end->next_run_us = again;
	else if (run->account.interval_us > 0)
		end->next_run_us = later(held_off(run, end), next_us(run));
	else
		end->next_run_us = SL_NO_TIME;
}
