/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A task: one stream of a run, from its stored cursor until it rests.
 */
#include <string.h>

#include "core/base/mem.h"

#include "core/json/json.h"
#include "core/sync/engine_private.h"

#define BACKOFF_BASE_US (INT64_C(60) * SL_US_PER_S)
#define BACKOFF_DOUBLES 6
#define PASSES_MAX      3
#define POLL_TENTHS     9 /* of an interval: what came meanwhile is stored in it */
#define SOON_US         (INT64_C(24) * 3600 * SL_US_PER_S)

/* From the beginning: a new walk, or a new position to follow from. */
static void
start_walk(struct sl_task *task, bool resynced)
{
	task->starts_walk = !task->kind->follows;
	task->begins = task->kind->follows;
	task->resynced = resynced;
	task->walk_started_us = sl_run_now_us(task->run);
	json_decref(task->cursor);
	task->cursor = NULL;
	sl_trail_clear(&task->trail);
	if (task->begins)
		return;
	task->pending = task->row.pending = NULL;
	task->passed = false;
}

struct sl_task *
sl_task_new(struct sl_run *run, const struct sl_stream_kind *kind,
	    const struct sl_stream_row *row)
{
	struct sl_task *task = sl_alloc(sizeof(*task));
	struct sl_error err;

	task->job.step = sl_task_step;
	task->run = run;
	task->kind = kind;
	task->row = *row;
	task->walk_started_us = row->walk_started_us;
	task->rewalk_us = row->rewalk_us;
	task->pending = row->pending;
	if (sl_stream_must_walk(run, kind, row) ||
	    sl_json_parse_own(row->cursor, &task->cursor, &err) != SL_OK)
		start_walk(task, false);
	return task;
}

void
sl_task_free(struct sl_task *task)
{
	json_decref(task->cursor);
	sl_arena_free(&task->pending_arena);
	sl_arena_free(&task->trouble_arena);
	sl_step_free(&task->read);
	sl_step_free(&task->stored);
	sl_flight_free(&task->flight);
	sl_trail_release(&task->trail);
	sl_quiet_drop(&task->quiet);
	sl_free(task);
}

bool
sl_task_must_rewalk(struct sl_task *task)
{
	struct sl_engine *e = task->run->engine;
	bool must;

	pthread_mutex_lock(&e->mutex);
	must = !task->kind->follows && task->rewalk_us > task->walk_started_us;
	pthread_mutex_unlock(&e->mutex);
	return must;
}

/* Leave the others at work. Locked. */
static void
step_back(struct sl_task *task)
{
	struct sl_run *run = task->run;

	run->live--;
	run->streams_done += !task->counted;
	task->counted = true;
	sl_job_wake_locked(run->engine, &run->job);
}

static void
task_end(struct sl_task *task, bool cut)
{
	struct sl_run *run = task->run;
	struct sl_engine *e = run->engine;

	sl_budget_leave(task);
	sl_purse_leave(task);
	sl_job_no_timer(e, &task->job);
	pthread_mutex_lock(&e->mutex);
	task->ended = true;
	task->cut = cut;
	run->cut += cut;
	step_back(task);
	pthread_mutex_unlock(&e->mutex);
}

/* Nothing more to ask. One that follows changes looks again when the account's
 * interval has passed, if others still work then. False: it must walk anew. */
static bool
task_rests(struct sl_task *task)
{
	struct sl_run *run = task->run;
	struct sl_engine *e = run->engine;
	int64_t interval = run->account.interval_us;
	int64_t now = sl_mono_us(e->config.clock);
	bool again = task->kind->follows && interval > 0;

	sl_budget_leave(task);
	sl_purse_leave(task);
	sl_job_no_timer(e, &task->job);
	task->due_us = task->asked_us + interval / 10 * POLL_TENTHS;
	if (again)
		sl_job_after(e, &task->job,
			     task->due_us > now ? task->due_us - now : 0);
	pthread_mutex_lock(&e->mutex);
	if (!task->kind->follows && task->rewalk_us > task->walk_started_us) {
		pthread_mutex_unlock(&e->mutex);
		return false;
	}
	task->resting = again;
	task->ended = !again;
	step_back(task);
	pthread_mutex_unlock(&e->mutex);
	return true;
}

/* Is there something to do? One that rests goes on when it is due. */
static bool
wake_up(struct sl_task *task)
{
	struct sl_engine *e = task->run->engine;
	int64_t now = sl_mono_us(e->config.clock);
	bool stopped = sl_run_stopped(task->run);
	bool up;

	if (task->resting)
		sl_trail_clear(&task->trail);
	pthread_mutex_lock(&e->mutex);
	task->waits_until_us = 0;
	up = !task->ended && (!task->resting || stopped || now >= task->due_us);
	if (up && task->resting) {
		task->idle = now < task->due_us;
		task->resting = false;
		task->asked_us = now;
		task->run->live++;
	}
	pthread_mutex_unlock(&e->mutex);
	return up;
}

static int64_t
backoff_until(const struct sl_task *task, const struct sl_error *cause)
{
	int doubles = task->row.failures < BACKOFF_DOUBLES ? task->row.failures
							   : BACKOFF_DOUBLES;
	int64_t delay = BACKOFF_BASE_US << doubles;

	if (cause->retry_after_ms * 1000 > delay)
		delay = cause->retry_after_ms * 1000;
	return sl_run_now_us(task->run) + delay;
}

/* The stream fails: book it, or let it take the run with it. */
static void
task_fail(struct sl_worker *worker, struct sl_task *task,
	  const struct sl_error *cause)
{
	struct sl_run *run = task->run;
	struct sl_error err;

	if (cause->status == SL_CANCELLED && sl_engine_ending(run->engine)) {
		task_end(task, true);
		return;
	}
	pthread_mutex_lock(&run->engine->mutex);
	run->streams_failed++;
	task->failed = true;
	pthread_mutex_unlock(&run->engine->mutex);
	if (cause->status == SL_LOST || cause->scope >= SL_INTEGRATION) {
		sl_run_fail(run, cause, true);
	} else {
		int64_t until_us = backoff_until(task, cause);

		sl_run_fail(run, cause, false);
		if (worker->store->fail_stream(worker->store,
					       &run->account.lease, &task->row,
					       cause, until_us, &err) != SL_OK)
			sl_run_fail(run, &err, true);
		task->row.not_before_us = until_us;
	}
	task_end(task, false);
}

/* Refused again and again, each time soon after a walk: walking does not
 * help. Long after one, a cursor may simply have grown old. */
static bool
refused_often(const struct sl_task *task)
{
	const struct sl_stream_row *row = &task->row;

	if (task->refused > SL_RESYNCS_MAX)
		return true;
	return row->resyncs >= SL_RESYNCS_MAX &&
	       row->walk_started_us != SL_NO_TIME &&
	       sl_run_now_us(task->run) - row->walk_started_us < SOON_US;
}

/* A useless answer: start the walk anew, halve the page, or wait and ask
 * again. False: nothing helps. */
static bool
recover(struct sl_task *task, struct sl_error *err)
{
	const struct sl_engine_config *c = &task->run->engine->config;
	struct sl_retry_decision d;

	switch (err->status) {
	case SL_RESYNC:
		task->refused += task->kind->follows;
		if (task->starts_walk || task->begins || refused_often(task)) {
			(void)sl_error_wrap(err, "the cursor is refused again "
						 "and again");
			return false;
		}
		sl_log(c->log, SL_LOG_WARN, "resync-started",
		       (struct sl_field[]){ SL_F_TEXT("stream", task->row.id),
					    SL_F_TEXT("reason", err->text),
					    SL_F_END });
		start_walk(task, true);
		return true;
	case SL_SMALLER:
		return ++task->shrink <= SL_SHRINK_MAX;
	case SL_RETRY:
		d = sl_retry_next(&c->retry, ++task->attempts,
				  err->retry_after_ms, c->rng);
		err->retry_after_ms = d.delay_ms;
		task->not_before_us = sl_mono_us(c->clock) + d.delay_ms * 1000;
		return d.again;
	case SL_OK:
	case SL_REAUTH:
	case SL_REJECTED:
	case SL_CONFIG:
	case SL_CANCELLED:
	case SL_LOST:
	case SL_BUG:
		return false;
	}
	return false;
}

static bool
wants_sweep(const struct sl_task *task)
{
	const struct sl_run *run = task->run;

	if (task->pending)
		return false;
	if (task->row.sweep == SL_SWEEP_HELD)
		return run->account.accept_deletions ||
		       run->work->accept_deletions;
	return task->row.sweep != SL_SWEEP_NONE;
}

/* Nothing more to ask now. False: there is, after all (samples to read). */
static bool
rest(struct sl_worker *worker, struct sl_task *task)
{
	struct sl_error err;
	sl_status s;

	if (sl_task_must_rewalk(task))
		return false;
	if (wants_sweep(task)) {
		if (sl_task_sweep(worker, task, &err, &s) == SL_SWEEP_ASKS)
			return false;
		if (s != SL_OK) {
			task_fail(worker, task, &err);
			return true;
		}
	}
	if (!task->pending && task->row.series_due) {
		if (sl_task_expand(worker, task, &err) != SL_OK) {
			task_fail(worker, task, &err);
			return true;
		}
		if (task->pending)
			return false;
	}
	if (!task->passed)
		return task_rests(task);
	task_fail(worker, task, &task->failure);
	return true;
}

static bool
is_walking(const struct sl_task *task)
{
	return task->starts_walk || task->row.state == SL_STREAM_WALKING;
}

/* The window moves on whatever the provider answers. False: it failed. */
static bool
begin(struct sl_worker *worker, struct sl_task *task)
{
	struct sl_error err;

	if (task->began)
		return true;
	task->began = true;
	task->asked_us = sl_mono_us(task->run->engine->config.clock);
	if (!task->row.series_due || task->starts_walk ||
	    sl_task_expand(worker, task, &err) == SL_OK)
		return true;
	task_fail(worker, task, &err);
	return false;
}

/* The other lane has the walks. */
static void
leave(struct sl_task *task)
{
	struct sl_run *run = task->run;

	pthread_mutex_lock(&run->engine->mutex);
	task->left = true;
	run->streams--;
	run->streams_done -= task->counted;
	task->counted = true;
	pthread_mutex_unlock(&run->engine->mutex);
	task_end(task, false);
}

/* The run's mode, whatever comes of it. */
static void
note_walk(struct sl_run *run)
{
	pthread_mutex_lock(&run->engine->mutex);
	run->full = true;
	pthread_mutex_unlock(&run->engine->mutex);
}

/* False: the run has had its pages, so the task is over. */
static bool
begin_flight(struct sl_task *task)
{
	struct sl_run *run = task->run;

	if (!sl_run_take_page(run)) {
		pthread_mutex_lock(&run->engine->mutex);
		run->limited = true;
		pthread_mutex_unlock(&run->engine->mutex);
		task_end(task, false);
		return false;
	}
	if (sl_task_must_rewalk(task))
		start_walk(task, false);
	if (is_walking(task))
		note_walk(run);
	task->flight = sl_flight_new(
		task, &(struct sl_aim){ .cursor = task->cursor,
					.wanted = task->passed || task->begins
							  ? NULL
							  : task->pending,
					.walking = is_walking(task) });
	return true;
}

/*
 * The provider has trouble with what it was asked for by id, perhaps for ever:
 * that holds no listing. If that is answered what waits is asked for once more,
 * and then it is what the trouble is about; else the stream fails.
 */
static bool
pass_by(struct sl_task *task, bool wanted, const struct sl_error *err)
{
	if (task->passed || !wanted || task->passes == PASSES_MAX ||
	    err->status != SL_RETRY || err->scope != SL_STREAM ||
	    err->http_status < HTTP_TROUBLE)
		return false;
	task->passed = true;
	task->passes++;
	task->failure = *err;
	return true;
}

/* Requests failed; each was tried as often as it may be. False: the task is
 * over. */
static bool
survive(struct sl_worker *worker, struct sl_task *task, bool wanted,
	struct sl_error *err)
{
	if (pass_by(task, wanted, err))
		return true;
	if (err->status != SL_RETRY && recover(task, err))
		return true;
	task_fail(worker, task, err);
	return false;
}

/* Nothing can be done with it, once what flies has landed. */
static void
begin_failing(struct sl_task *task, const struct sl_error *err, bool unstored)
{
	task->failure = *err;
	task->failing = true;
	task->unstored = unstored;
}

/* A flight has landed. False: there is no room for its page yet, or the worker
 * has let the task go. */
static bool
take_page(struct sl_worker *worker, struct sl_task *task)
{
	struct sl_error err;

	if (!sl_task_take_room(task))
		return false;
	if (sl_task_read(task, &err) != SL_OK) {
		if (!recover(task, &err))
			begin_failing(task, &err, false);
		return true;
	}
	if (sl_task_keep_quiet(task))
		return !rest(worker, task);
	return sl_task_store(worker, task);
}

/* The page before is being committed: the next one may be read, no more. */
static void
look_ahead(struct sl_task *task)
{
	struct sl_error err;

	if (!task->flight ||
	    sl_flight_advance(task->flight, true, &err) != SL_FLIGHT_LANDED ||
	    !sl_task_take_room(task))
		return;
	task->misread = sl_task_read(task, &err) != SL_OK;
	if (task->misread)
		task->failure = err;
}

/* A page is committed, or not. False: the task is over. */
static bool
settle(struct sl_worker *worker, struct sl_task *task)
{
	struct sl_error err;
	enum sl_page_verdict verdict = sl_task_settle(task, &err);

	if (verdict == SL_PAGE_UNSTORED) {
		begin_failing(task, &err, true);
		return true;
	}
	if (task->fell_short) {
		err = task->failure;
		return survive(worker, task, true, &err);
	}
	if (task->misread) {
		task->misread = false;
		if (!recover(task, &task->failure))
			task->failing = true;
		return true;
	}
	return verdict == SL_PAGE_GO_ON || !rest(worker, task);
}

/* Ask, and take what comes. False: wait to be woken, or the task is over. */
static bool
fly(struct sl_worker *worker, struct sl_task *task)
{
	struct sl_error err;
	bool wanted;

	if (!task->flight && !begin_flight(task))
		return false;
	switch (sl_flight_advance(task->flight, true, &err)) {
	case SL_FLIGHT_WAITS:
		return false;
	case SL_FLIGHT_LANDED:
		return take_page(worker, task);
	case SL_FLIGHT_EMPTY:
		sl_flight_free(&task->flight);
		return !rest(worker, task);
	case SL_FLIGHT_FAILED:
		break;
	}
	wanted = task->flight->turn.wanted != NULL;
	sl_flight_leave_troubles(task->flight);
	sl_flight_free(&task->flight);
	return survive(worker, task, wanted, &err);
}

/* One thing forward. False: wait to be woken, or the task is over, or another
 * worker may have it already. */
static bool
advance(struct sl_worker *worker, struct sl_task *task)
{
	if (sl_task_is_left(task)) {
		leave(task);
		return false;
	}
	if (!begin(worker, task))
		return false;
	if (sl_task_is_storing(task)) {
		look_ahead(task);
		return false;
	}
	if (task->stored)
		return settle(worker, task);
	if (task->read)
		return sl_task_store(worker, task);
	return fly(worker, task);
}

/* The page was not stored in time. False: halving it did not help. */
static bool
halve_page(struct sl_task *task)
{
	if (!task->unstored || task->failure.status != SL_SMALLER)
		return false;
	if (task->slow == SL_SLOW_MAX) { /* not for its size: later, then */
		task->failure.status = SL_RETRY;
		return false;
	}
	task->shrink = ++task->slow;
	sl_trail_clear(&task->trail); /* it did not get there, after all */
	task->failing = task->unstored = false;
	return true;
}

/* Nothing more is asked. False: it goes on, after all. */
static bool
wind_up(struct sl_worker *worker, struct sl_task *task, bool stopped)
{
	struct sl_error err;

	if (sl_task_is_storing(task) ||
	    (task->flight && sl_flight_flying(task->flight)))
		return true;
	if (task->stored && sl_task_settle(task, &err) == SL_PAGE_UNSTORED)
		begin_failing(task, &err, true);
	if (!task->failing && !sl_task_salvage(worker, task))
		return true;
	sl_step_free(&task->read);
	sl_flight_free(&task->flight);
	task->misread = false;
	if (task->failing && !stopped && halve_page(task))
		return false;
	if (task->failing)
		task_fail(worker, task, &task->failure);
	else
		task_end(task, !task->idle && sl_run_is_ending(task->run));
	return true;
}

void
sl_task_step(struct sl_worker *worker, struct sl_job *job)
{
	struct sl_task *task = (struct sl_task *)job;

	if (!wake_up(task))
		return;
	for (;;) {
		bool stopped = sl_run_stopped(task->run);

		if (task->failing || stopped) {
			if (wind_up(worker, task, stopped))
				return;
		} else if (!advance(worker, task)) {
			return;
		}
	}
}
