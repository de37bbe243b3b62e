/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What begins, and when: the work that is given, or what the feed hands out.
 *
 * One thread is in here. It asks the feed when there is room, in batches: when
 * a part of all runs is free, or some are for a moment. A feed that handed out
 * less than there was room for has no more for now, and is left alone until its
 * time has come, there is news, or all that it handed out is over.
 */
#include <string.h>
#include <time.h>

#include "core/base/mem.h"

#include "core/sync/engine_private.h"

/* A batch is so much of all runs at once, ... */
#define BATCH_PART 4

/* ... or what has come together for so long. */
#define BATCH_WAIT_US (INT64_C(50) * 1000)

/* --- what is under way ---------------------------------------------------- */

static void
ask_now(struct sl_engine *e)
{
	e->intake.ask = e->intake.hurry = true;
	pthread_cond_broadcast(&e->events);
}

static void
time_to_ask(struct sl_worker *worker, struct sl_job *job)
{
	struct sl_engine *e = worker->engine;

	(void)job;
	pthread_mutex_lock(&e->mutex);
	ask_now(e);
	pthread_mutex_unlock(&e->mutex);
}

static void
grace_is_over(struct sl_worker *worker, struct sl_job *job)
{
	struct sl_engine *e = worker->engine;

	(void)job;
	pthread_mutex_lock(&e->mutex);
	sl_engine_hand_back(e);
	pthread_mutex_unlock(&e->mutex);
}

void
sl_intake_init(struct sl_engine *e)
{
	struct sl_intake *in = &e->intake;

	while (e->config.registry[in->of_count])
		in->of_count++;
	in->of = sl_alloc_array(in->of_count, sizeof(*in->of));
	in->under_way = sl_alloc_array(in->of_count, sizeof(*in->under_way));
	for (size_t i = 0; i < in->of_count; i++)
		in->of[i].provider = e->config.registry[i]->name;
	in->out = sl_alloc_array((size_t)e->config.runs_at_once,
				 sizeof(*in->out));
	in->again.step = time_to_ask;
	in->grace.step = grace_is_over;
}

void
sl_intake_release(struct sl_engine *e)
{
	sl_free(e->intake.of);
	sl_free(e->intake.under_way);
	sl_free(e->intake.out);
}

/* How many more of a connector may begin, whatever room there is. */
static size_t
left_of(const struct sl_engine *e, size_t at)
{
	const char *name = e->config.registry[at]->name;
	size_t under_way = e->intake.under_way[at];
	const struct sl_cap *cap = e->config.caps;

	for (; cap && cap->provider; cap++)
		if (strcmp(cap->provider, name) == 0)
			return (size_t)cap->runs > under_way
				       ? (size_t)cap->runs - under_way
				       : 0;
	return SIZE_MAX;
}

static size_t
backfills_left(const struct sl_engine *e)
{
	size_t most = (size_t)e->config.backfills_at_once;

	return most > e->intake.backfills ? most - e->intake.backfills : 0;
}

static size_t
runs_left(const struct sl_engine *e)
{
	size_t most = (size_t)e->config.runs_at_once;

	return most > e->work_live ? most - e->work_live : 0;
}

/* Under way, for the time being. Locked. */
static void
begin(struct sl_engine *e, struct sl_run *run)
{
	run->engine = e;
	run->job.step = sl_run_step;
	if (sl_connector_find(e, run->work->target.provider,
			      &run->connector_at)) {
		run->connector = e->config.registry[run->connector_at];
		e->intake.under_way[run->connector_at]++;
	}
	e->intake.backfills += run->work->lane == SL_LANE_BACKFILL;
	e->intake.alone = e->intake.alone || run->work->alone;
	run->next = e->runs;
	e->runs = run;
	e->work_live++;
	sl_job_wake_locked(e, &run->job);
}

/* Is there room enough for a batch? If not yet: soon. Locked. */
static void
consider(struct sl_engine *e)
{
	struct sl_intake *in = &e->intake;
	int64_t soon = sl_mono_us(e->config.clock) + BATCH_WAIT_US;

	if (!in->feed || !in->ask || in->hurry)
		return;
	if (e->work_live == 0 ||
	    runs_left(e) >= (size_t)e->config.runs_at_once / BATCH_PART)
		ask_now(e);
	else if (in->again.timer_at == 0 || in->again.due_us > soon)
		sl_job_after_locked(e, &in->again, BATCH_WAIT_US);
}

static bool
may_ask(const struct sl_engine *e)
{
	const struct sl_intake *in = &e->intake;

	return in->feed && in->ask && in->hurry && !in->dry && !in->alone &&
	       runs_left(e) > 0 && !sl_engine_begins_no_more(e);
}

bool
sl_intake_is_at_it(const struct sl_engine *e)
{
	return e->intake.calling || may_ask(e);
}

/* What was held up by a limit of its own may begin now. */
void
sl_intake_over(struct sl_engine *e, const struct sl_run *run)
{
	struct sl_intake *in = &e->intake;
	bool backfill = run->work->lane == SL_LANE_BACKFILL;

	if ((backfill && backfills_left(e) == 0) ||
	    (run->connector && left_of(e, run->connector_at) == 0))
		in->ask = true;
	in->backfills -= backfill;
	if (run->connector)
		in->under_way[run->connector_at]--;
	e->work_live--;
	/* What waits for that: a run to go alone, a feed that would end. */
	if (e->work_live == 0) {
		in->alone = false;
		in->ask = true;
	}
	consider(e);
}

/* --- the feed --------------------------------------------------------------- */

bool
sl_engine_begins_no_more(const struct sl_engine *e)
{
	return e->stop || e->hand_back || e->draining;
}

static const char *
keep(struct sl_run *run, const char *text)
{
	return sl_arena_strdup(run->arena, text);
}

/* A copy of its own: the feed's is gone with the next call. */
static struct sl_run *
adopt(const struct sl_work *work)
{
	struct sl_run *run = sl_alloc(sizeof(*run));
	struct sl_target *t = &run->own.target;

	run->arena = sl_arena_new();
	run->own = *work;
	run->work = &run->own;
	run->own.trigger = keep(run, work->trigger);
	t->provider = keep(run, t->provider);
	t->account = keep(run, t->account);
	t->consent = keep(run, t->consent);
	t->status = keep(run, t->status);
	return run;
}

/* No run begins that would only step aside. */
static void
leave_out_closed(struct sl_engine *e, struct sl_room *room)
{
	struct sl_intake *in = &e->intake;
	int64_t now = sl_mono_us(e->config.clock);

	room->opens_us = INT64_MAX;

	for (size_t i = 0; i < in->of_count; i++) {
		int64_t wait =
			sl_clients_open_us(e, e->config.registry[i], now) - now;

		if (wait <= 0)
			continue;
		in->of[i].runs = 0;
		if (wait < room->opens_us)
			room->opens_us = wait;
	}
}

static void
fill_room(struct sl_engine *e, struct sl_room *room)
{
	struct sl_intake *in = &e->intake;

	*room = (struct sl_room){ .runs = runs_left(e),
				  .backfills = backfills_left(e),
				  .idle = e->work_live == 0,
				  .of = in->of,
				  .of_count = in->of_count };
	if (room->backfills > room->runs)
		room->backfills = room->runs;
	for (size_t i = 0; i < in->of_count; i++) {
		in->of[i].under_way = in->under_way[i];
		in->of[i].runs = left_of(e, i);
		if (in->of[i].runs > room->runs)
			in->of[i].runs = room->runs;
	}
}

/* Locked; lets the lock go. */
static sl_status
call_feed(struct sl_engine *e, const struct sl_room *room, size_t *count,
	  int64_t *wait_us, struct sl_error *err)
{
	const struct sl_feed *feed = e->intake.feed;
	sl_status s;

	*count = 0;
	*wait_us = -1;
	e->intake.ask = e->intake.hurry = false;
	e->intake.calling = true;
	pthread_mutex_unlock(&e->mutex);
	s = feed->take(feed->ctx, room, e->intake.out, count, wait_us, err);
	pthread_mutex_lock(&e->mutex);
	e->intake.calling = false;
	pthread_cond_signal(&e->jobs);
	return s;
}

/* Locked; lets the lock go. */
static sl_status
take(struct sl_engine *e, struct sl_error *err)
{
	struct sl_intake *in = &e->intake;
	struct sl_room room;
	size_t count;
	int64_t wait_us;
	sl_status s;

	fill_room(e, &room);
	leave_out_closed(e, &room);
	s = call_feed(e, &room, &count, &wait_us, err);
	if (s != SL_OK && (s != SL_RETRY || wait_us < 0)) {
		in->dry = true;
		return s;
	}
	if (s != SL_OK)
		count = 0;
	SL_ASSERT(count <= room.runs);
	for (size_t i = 0; i < count; i++)
		begin(e, adopt(&in->out[i]));
	if (wait_us < 0)
		in->dry = true;
	else if (count == room.runs)
		in->ask = true;
	else
		sl_job_after_locked(e, &in->again,
				    wait_us < room.opens_us ? wait_us
							    : room.opens_us);
	consider(e); /* some may be over already */
	return SL_OK;
}

/* --- the loop --------------------------------------------------------------- */

/* Start what was given until as many are under way as may be. Locked. */
static void
start_given(struct sl_engine *e)
{
	while (e->work_next < e->work_count && !sl_engine_begins_no_more(e) &&
	       runs_left(e) > 0) {
		struct sl_run *run = sl_alloc(sizeof(*run));

		run->work = &e->work[e->work_next++];
		begin(e, run);
	}
}

static bool
run_at_rest(const struct sl_run *run)
{
	if (run->state != SL_RUN_OVER || !sl_job_at_rest(&run->job))
		return false;
	for (const struct sl_task *t = run->tasks; t; t = t->next)
		if (!sl_job_at_rest(&t->job))
			return false;
	return true;
}

/* Free runs that are over and that no worker has in hand any more; who has one
 * tells when it lets go. Locked. */
static void
reap_runs(struct sl_engine *e)
{
	struct sl_run **at = &e->runs;

	e->reap = false;
	while (*at) {
		struct sl_run *run = *at;

		if (run_at_rest(run)) {
			*at = run->next;
			sl_run_free(&run);
			continue;
		}
		if (run->state == SL_RUN_OVER)
			e->reap = true; /* look again after the next job */
		at = &run->next;
	}
}

/* Wait for the next event, or for the deadline. Locked. */
static void
wait_for_runs(struct sl_engine *e)
{
	int64_t left = e->work_live > 0 || e->intake.feed
			       ? sl_engine_time_left(e)
			       : -1;
	struct timespec until;

	if (left < 0) {
		pthread_cond_wait(&e->events, &e->mutex);
		return;
	}
	if (left == 0) {
		sl_engine_hand_back(e);
		return;
	}
	sl_wait_deadline(left, &until);
	(void)pthread_cond_timedwait(&e->events, &e->mutex, &until);
}

static void
begin_all(struct sl_engine *e, const struct sl_observer *observer)
{
	e->observer = observer;
	e->hand_back = false;
	e->store_failed = false;
	e->outage_count = 0;
	e->deadline_mono_us =
		e->config.max_time_us
			? sl_mono_us(e->config.clock) + e->config.max_time_us
			: 0;
}

static bool
has_more(const struct sl_engine *e)
{
	return e->intake.feed && !e->intake.dry && !sl_engine_begins_no_more(e);
}

/* Until all is over. Locked. */
static sl_status
do_all(struct sl_engine *e, struct sl_error *err)
{
	sl_status s = SL_OK;

	for (;;) {
		start_given(e);
		if (may_ask(e)) {
			s = take(e, err);
			continue;
		}
		if (e->reap) /* said while the feed was being asked, perhaps */
			reap_runs(e);
		if (!e->runs && !has_more(e))
			break;
		wait_for_runs(e);
	}
	e->deadline_mono_us = 0;
	return s;
}

static void
report_unstarted(struct sl_engine *e)
{
	while (e->work_next < e->work_count) {
		const struct sl_work *work = &e->work[e->work_next++];
		struct sl_run_report report = {
			.target = &work->target,
			.trigger = work->trigger,
			.mode = "incremental",
			.status = e->stop ? "interrupted" : "handed-back",
		};

		if (e->observer && e->observer->report)
			e->observer->report(e->observer->ctx, &report);
	}
}

sl_status
sl_engine_run(struct sl_engine *e, const struct sl_work *work, size_t count,
	      const struct sl_observer *observer, struct sl_error *err)
{
	sl_status s;

	pthread_mutex_lock(&e->mutex);
	e->work = work;
	e->work_count = count;
	e->work_next = 0;
	begin_all(e, observer);
	s = do_all(e, err);
	report_unstarted(e);
	if (e->store_failed) {
		*err = e->store_error;
		s = err->status;
	}
	pthread_mutex_unlock(&e->mutex);
	return s;
}

sl_status
sl_engine_serve(struct sl_engine *e, const struct sl_feed *feed,
		const struct sl_observer *observer, struct sl_error *err)
{
	struct sl_intake *in = &e->intake;
	sl_status s;

	pthread_mutex_lock(&e->mutex);
	e->work_count = e->work_next = 0;
	begin_all(e, observer);
	in->feed = feed;
	in->dry = false;
	in->ask = in->hurry = true;
	s = do_all(e, err);
	in->feed = NULL;
	sl_job_no_timer_locked(e, &in->again);
	sl_job_no_timer_locked(e, &in->grace);
	pthread_mutex_unlock(&e->mutex);
	return s;
}

void
sl_engine_nudge(struct sl_engine *e)
{
	pthread_mutex_lock(&e->mutex);
	ask_now(e);
	pthread_mutex_unlock(&e->mutex);
}

void
sl_engine_drain(struct sl_engine *e, int64_t grace_us)
{
	pthread_mutex_lock(&e->mutex);
	e->draining = true;
	if (e->runs)
		sl_job_after_locked(e, &e->intake.grace, grace_us);
	pthread_cond_broadcast(&e->events);
	pthread_mutex_unlock(&e->mutex);
}
