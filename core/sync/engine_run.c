/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run: claim one integration, let its streams work, write how it ended.
 *
 * Streams whose pages open other streams (a list of calendars) go first;
 * then all others, a few at a time.
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/sync/engine_private.h"

#define HEARTBEAT_US (SL_LEASE_US / 3)

void
sl_tally_add(struct sl_tally *sum, const struct sl_tally *add)
{
	sum->requests += add->requests;
	sum->retries += add->retries;
	sum->bytes += add->bytes;
	sum->pages += add->pages;
	sum->fetched += add->fetched;
	sum->created += add->created;
	sum->updated += add->updated;
	sum->unchanged += add->unchanged;
	sum->deleted += add->deleted;
	sum->filtered += add->filtered;
	sum->quarantined += add->quarantined;
	sum->contacts_created += add->contacts_created;
}

int64_t
sl_run_now_us(const struct sl_run *run)
{
	return sl_mono_us(run->engine->config.clock) + run->epoch_us;
}

bool
sl_run_stopped(struct sl_run *run)
{
	struct sl_engine *e = run->engine;
	bool stopped;

	pthread_mutex_lock(&e->mutex);
	stopped = run->fatal || run->aside || e->stop || e->hand_back;
	pthread_mutex_unlock(&e->mutex);
	return stopped;
}

bool
sl_run_is_fatal(struct sl_run *run)
{
	bool fatal;

	pthread_mutex_lock(&run->engine->mutex);
	fatal = run->fatal;
	pthread_mutex_unlock(&run->engine->mutex);
	return fatal;
}

bool
sl_run_take_page(struct sl_run *run)
{
	struct sl_engine *e = run->engine;
	bool taken;

	pthread_mutex_lock(&e->mutex);
	taken = e->config.pages_max == 0 ||
		run->pages_taken < e->config.pages_max;
	run->pages_taken += taken;
	pthread_mutex_unlock(&e->mutex);
	return taken;
}

void
sl_run_give_page(struct sl_run *run)
{
	pthread_mutex_lock(&run->engine->mutex);
	run->pages_taken--;
	pthread_mutex_unlock(&run->engine->mutex);
}

static void
log_failure(struct sl_run *run, const struct sl_error *err)
{
	sl_log(run->engine->config.log,
	       err->status == SL_CANCELLED ? SL_LOG_DEBUG : SL_LOG_ERROR,
	       "sync-failed",
	       (struct sl_field[]){
		       SL_F_TEXT("integration",
				 run->work->target.integration_id),
		       SL_F_TEXT("provider", run->work->target.provider),
		       SL_F_TEXT("class", sl_status_name(err->status)),
		       SL_F_TEXT("scope", sl_scope_name(err->scope)),
		       SL_F_NUM("http", err->http_status),
		       SL_F_TEXT("error", err->text), SL_F_END });
}

/* One API may be off, and the others of the same client on: only what refuses
 * the client its tokens hurts them all. Locked. */
static void
note_outage(struct sl_run *run, const struct sl_error *err)
{
	struct sl_engine *e = run->engine;
	int64_t now = sl_mono_us(e->config.clock);
	const struct sl_connector *which =
		run->token_state == SL_TOKEN_FAILED ? NULL : run->connector;
	size_t i = 0;

	while (i < e->outage_count &&
	       (e->outages[i].connector != which ||
		e->outages[i].provider != run->connector->provider))
		i++;
	if (i == SL_OUTAGES_MAX)
		return;
	if (i == e->outage_count)
		e->outage_count++;
	else if (e->outages[i].until_us > now) /* told by it, perhaps */
		return;
	e->outages[i] = (struct sl_outage){
		.provider = run->connector->provider,
		.connector = which,
		.until_us = now + SL_OUTAGE_US,
		.error = *err,
	};
}

void
sl_run_fail(struct sl_run *run, const struct sl_error *err, bool fatal)
{
	struct sl_engine *e = run->engine;

	pthread_mutex_lock(&e->mutex);
	if (!run->failed || (fatal && !run->fatal)) {
		run->error = *err;
		run->failed = true;
	}
	if (fatal && !run->fatal) {
		run->fatal = true;
		for (struct sl_task *t = run->tasks; t; t = t->next)
			if (t->started && !t->ended)
				sl_job_wake_locked(e, &t->job);
		sl_job_wake_locked(e, &run->job);
	}
	if (err->scope == SL_CLIENT && err->status == SL_CONFIG &&
	    run->connector)
		note_outage(run, err);
	pthread_mutex_unlock(&e->mutex);
	log_failure(run, err);
}

void
sl_run_progress(struct sl_run *run, const struct sl_task *task, int64_t wait_us)
{
	struct sl_engine *e = run->engine;
	struct sl_progress progress = {
		.target = &run->work->target,
		.stream_title = task->row.title    ? task->row.title
				: task->row.key[0] ? task->row.key
						   : task->row.kind,
		.wait_us = wait_us,
	};

	if (!e->observer || !e->observer->progress)
		return;
	pthread_mutex_lock(&e->mutex);
	progress.tally = run->tally;
	progress.streams = run->streams;
	progress.streams_done = run->streams_done;
	pthread_mutex_unlock(&e->mutex);
	pthread_mutex_lock(&e->observer_mutex);
	e->observer->progress(e->observer->ctx, &progress);
	pthread_mutex_unlock(&e->observer_mutex);
}

static void
report(struct sl_run *run, const char *status)
{
	struct sl_engine *e = run->engine;
	struct sl_run_report r = {
		.target = &run->work->target,
		.trigger = run->work->trigger,
		.mode = run->full ? "full" : "incremental",
		.status = status,
		.tally = run->tally,
		.duration_us =
			sl_mono_us(e->config.clock) - run->started_mono_us,
		.error = run->failed ? &run->error : NULL,
		.streams = run->streams,
		.streams_failed = run->streams_failed,
		.held_deletions = run->held,
		.limited = run->limited,
		.lane = run->work->lane,
	};

	if (!e->observer || !e->observer->report)
		return;
	pthread_mutex_lock(&e->observer_mutex);
	e->observer->report(e->observer->ctx, &r);
	pthread_mutex_unlock(&e->observer_mutex);
}

void
sl_run_over(struct sl_run *run, const char *status)
{
	struct sl_engine *e = run->engine;

	sl_job_no_timer(e, &run->job);
	report(run, status);
	sl_token_release(run);
	pthread_mutex_lock(&e->mutex);
	run->state = SL_RUN_OVER;
	sl_intake_over(e, run);
	e->reap = true;
	pthread_cond_broadcast(&e->events);
	pthread_mutex_unlock(&e->mutex);
}

void
sl_run_free(struct sl_run **run)
{
	struct sl_run *r = *run;

	while (r->tasks) {
		struct sl_task *task = r->tasks;

		r->tasks = task->next;
		sl_task_free(task);
	}
	json_decref(r->settings);
	sl_arena_free(&r->arena);
	sl_free(r);
	*run = NULL;
}

/* Start waiting tasks; true while any is at work. */
static bool
keep_going(struct sl_run *run)
{
	struct sl_engine *e = run->engine;
	bool going;

	pthread_mutex_lock(&e->mutex);
	for (struct sl_task *t = run->tasks; t && !run->fatal; t = t->next) {
		if (t->started ||
		    run->live >= (size_t)e->config.streams_at_once)
			continue;
		t->started = true;
		run->live++;
		sl_job_wake_locked(e, &t->job);
	}
	going = run->live > 0;
	pthread_mutex_unlock(&e->mutex);
	return going;
}

/* Openers are through: see what they opened, and take up all others. */
static bool
second_half(struct sl_worker *worker, struct sl_run *run)
{
	if (run->openers_done || run->fatal)
		return false;
	run->openers_done = true;
	if (!sl_run_reload(worker, run))
		return false;
	sl_run_add_tasks(run, false);
	return true;
}

/* A page changed streams while others were at work. */
static void
look_again(struct sl_worker *worker, struct sl_run *run)
{
	bool changed;

	pthread_mutex_lock(&run->engine->mutex);
	changed = run->openers_done && run->reload && !run->fatal;
	pthread_mutex_unlock(&run->engine->mutex);
	if (changed && sl_run_reload(worker, run))
		sl_run_add_tasks(run, false);
}

/* All others are through: what rests need not look again. False: one looks
 * just now. */
static bool
end_resting(struct sl_run *run)
{
	struct sl_engine *e = run->engine;
	bool all;

	pthread_mutex_lock(&e->mutex);
	all = run->live == 0 && (!run->reload || run->fatal);
	for (struct sl_task *t = run->tasks; t && all; t = t->next)
		t->ended = t->ended || t->resting;
	pthread_mutex_unlock(&e->mutex);
	for (struct sl_task *t = run->tasks; t && all; t = t->next)
		sl_job_no_timer(e, &t->job);
	return all;
}

static void
beat(struct sl_worker *worker, struct sl_run *run)
{
	int64_t now = sl_mono_us(run->engine->config.clock);
	struct sl_error err;
	sl_status s;

	if (now - run->heartbeat_us < HEARTBEAT_US)
		return;
	run->heartbeat_us = now;
	s = worker->store->heartbeat(worker->store, &run->account.lease, &err);
	if (s == SL_LOST)
		sl_run_fail(run, &err, true);
}

/* The next heartbeat, or the next look at the refresh. */
static void
set_timer(struct sl_run *run)
{
	int64_t due = run->heartbeat_us + HEARTBEAT_US;
	int64_t refresh = sl_refresh_due_us(run);
	int64_t slice = sl_run_stopped(run) ? INT64_MAX : sl_run_slice_us(run);

	if (refresh < due)
		due = refresh;
	if (slice < due)
		due = slice;
	sl_job_after(run->engine, &run->job,
		     due - sl_mono_us(run->engine->config.clock));
}

void
sl_run_step(struct sl_worker *worker, struct sl_job *job)
{
	struct sl_run *run = (struct sl_run *)job;

	if (run->state == SL_RUN_OVER)
		return;
	if (run->state == SL_RUN_NEW) {
		sl_run_start(worker, run);
		return;
	}
	sl_refresh_step(worker, run);
	beat(worker, run);
	if (!run->erasure)
		sl_run_check_slice(run);
	set_timer(run);
	if (run->erasure && sl_run_erase(worker, run))
		return;
	look_again(worker, run);
	do {
		if (keep_going(run)) {
			sl_run_check_patience(run);
			return;
		}
	} while (second_half(worker, run));
	if (!end_resting(run))
		return;
	if (sl_refresh_is_open(run)) /* an answer that lands is stored first */
		return;
	sl_refresh_end(worker, run);
	sl_run_finish(worker, run);
}
