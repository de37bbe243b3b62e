/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Jobs for the workers, timers, and the budget of response bodies.
 *
 * A job that is woken while a worker has it is run again afterwards, so no
 * news is lost and no job ever runs on two workers at once. A worker that has
 * something long to do may let its job go before its step ends.
 */
#include <errno.h>
#include <time.h>

#include "core/sync/engine_private.h"

void
sl_job_wake_locked(struct sl_engine *e, struct sl_job *job)
{
	if (job->active) {
		job->again = true;
		return;
	}
	if (job->queued)
		return;
	job->queued = true;
	job->next = NULL;
	*e->tail = job;
	e->tail = &job->next;
	pthread_cond_signal(&e->jobs);
}

void
sl_job_wake(struct sl_engine *e, struct sl_job *job)
{
	pthread_mutex_lock(&e->mutex);
	sl_job_wake_locked(e, job);
	pthread_mutex_unlock(&e->mutex);
}

void
sl_job_after_locked(struct sl_engine *e, struct sl_job *job, int64_t delay_us)
{
	sl_timers_set(&e->timers, job, sl_mono_us(e->config.clock) + delay_us);
	pthread_cond_signal(&e->jobs);
}

void
sl_job_after(struct sl_engine *e, struct sl_job *job, int64_t delay_us)
{
	pthread_mutex_lock(&e->mutex);
	sl_job_after_locked(e, job, delay_us);
	pthread_mutex_unlock(&e->mutex);
}

void
sl_job_no_timer_locked(struct sl_engine *e, struct sl_job *job)
{
	sl_timers_drop(&e->timers, job);
}

void
sl_job_no_timer(struct sl_engine *e, struct sl_job *job)
{
	pthread_mutex_lock(&e->mutex);
	sl_job_no_timer_locked(e, job);
	pthread_mutex_unlock(&e->mutex);
}

bool
sl_job_at_rest(const struct sl_job *job)
{
	return !job->active && !job->queued && job->timer_at == 0;
}

/* Wake what is due; the wait until the next one, or -1 when none is set. */
static int64_t
fire_timers(struct sl_engine *e)
{
	int64_t now = sl_mono_us(e->config.clock);
	struct sl_job *job;

	while ((job = sl_timers_first(&e->timers)) != NULL) {
		if (job->due_us > now)
			return job->due_us - now;
		sl_timers_drop(&e->timers, job);
		sl_job_wake_locked(e, job);
	}
	return -1;
}

static void
wait_for_jobs(struct sl_engine *e, int64_t wait_us)
{
	struct timespec until;

	if (wait_us < 0) {
		pthread_cond_wait(&e->jobs, &e->mutex);
		return;
	}
	sl_wait_deadline(wait_us, &until);
	(void)pthread_cond_timedwait(&e->jobs, &e->mutex, &until);
}

/* The sooner of two waits; -1 = none. */
static int64_t
sooner(int64_t a, int64_t b)
{
	if (a < 0 || b < 0)
		return a > b ? a : b;
	return a < b ? a : b;
}

/* Not under the lock: such a clock may wait for a transport of its own. */
static void
idle(struct sl_engine *e, int64_t wait_us)
{
	pthread_mutex_unlock(&e->mutex);
	e->config.clock->idle(e->config.clock->ctx, wait_us);
	pthread_mutex_lock(&e->mutex);
}

static struct sl_job *
next_job(struct sl_engine *e)
{
	for (;;) {
		int64_t left = sl_engine_time_left(e);
		int64_t wait = sooner(fire_timers(e), left);
		struct sl_job *job = e->head;

		if (job) {
			e->head = job->next;
			if (!e->head)
				e->tail = &e->head;
			job->queued = false;
			job->active = true;
			return job;
		}
		if (e->quit)
			return NULL;
		if (left == 0) { /* by a clock that nobody else waits for */
			sl_engine_hand_back(e);
			continue;
		}
		if (wait > 0 && e->config.clock->idle && !sl_intake_is_at_it(e))
			idle(e, wait);
		else
			wait_for_jobs(e, wait);
	}
}

void
sl_job_let_go_locked(struct sl_worker *worker)
{
	struct sl_job *job = worker->job;

	worker->job = NULL;
	job->active = false;
	if (job->again) {
		job->again = false;
		sl_job_wake_locked(worker->engine, job);
	}
}

void *
sl_worker_main(void *arg)
{
	struct sl_worker *worker = arg;
	struct sl_engine *e = worker->engine;
	struct sl_job *job;

	pthread_mutex_lock(&e->mutex);
	while ((job = next_job(e)) != NULL) {
		worker->job = job;
		pthread_mutex_unlock(&e->mutex);
		job->step(worker, job);
		pthread_mutex_lock(&e->mutex);
		if (worker->job)
			sl_job_let_go_locked(worker);
		if (e->reap)
			pthread_cond_broadcast(&e->events);
	}
	pthread_mutex_unlock(&e->mutex);
	return NULL;
}

/* The first in the line gets another try; it leaves the line when it fits. */
static void
wake_budget_line(struct sl_engine *e)
{
	if (e->budget_head)
		sl_job_wake_locked(e, &e->budget_head->job);
}

static void
leave_line(struct sl_engine *e, struct sl_task *task)
{
	struct sl_task **at = &e->budget_head;

	while (*at && *at != task)
		at = &(*at)->budget_next;
	if (*at)
		*at = task->budget_next;
	if (!e->budget_head) {
		e->budget_tail = &e->budget_head;
	} else if (e->budget_tail == &task->budget_next) {
		e->budget_tail = &e->budget_head;
		while (*e->budget_tail)
			e->budget_tail = &(*e->budget_tail)->budget_next;
	}
	task->waits_budget = false;
}

bool
sl_budget_take(struct sl_task *task, size_t bytes, enum sl_budget_way way)
{
	struct sl_engine *e = task->run->engine;
	bool first, taken = false;

	pthread_mutex_lock(&e->mutex);
	first = !e->budget_head || e->budget_head == task ||
		way == SL_BUDGET_JUMP;
	if (first && e->budget_free >= bytes) {
		e->budget_free -= bytes;
		if (task->waits_budget)
			leave_line(e, task);
		wake_budget_line(e);
		taken = true;
	} else if (way == SL_BUDGET_WAIT && !task->waits_budget) {
		task->waits_budget = true;
		task->budget_next = NULL;
		*e->budget_tail = task;
		e->budget_tail = &task->budget_next;
	}
	pthread_mutex_unlock(&e->mutex);
	return taken;
}

void
sl_budget_give(struct sl_engine *e, size_t bytes)
{
	if (bytes == 0)
		return;
	pthread_mutex_lock(&e->mutex);
	e->budget_free += bytes;
	wake_budget_line(e);
	pthread_mutex_unlock(&e->mutex);
}

void
sl_budget_leave(struct sl_task *task)
{
	struct sl_engine *e = task->run->engine;

	pthread_mutex_lock(&e->mutex);
	if (task->waits_budget) {
		leave_line(e, task);
		wake_budget_line(e);
	}
	pthread_mutex_unlock(&e->mutex);
}

bool
sl_engine_ending(struct sl_engine *e)
{
	bool ending;

	pthread_mutex_lock(&e->mutex);
	ending = e->stop || e->hand_back;
	pthread_mutex_unlock(&e->mutex);
	return ending;
}

const char *
sl_engine_way_out(struct sl_engine *e)
{
	bool stop;

	pthread_mutex_lock(&e->mutex);
	stop = e->stop;
	pthread_mutex_unlock(&e->mutex);
	return stop ? "interrupted" : "handed-back";
}

void
sl_engine_pause(struct sl_engine *e, int64_t us)
{
	struct timespec until;

	if (e->config.clock->idle) {
		e->config.clock->idle(e->config.clock->ctx, us);
		return;
	}
	sl_wait_deadline(us, &until);
	pthread_mutex_lock(&e->mutex);
	while (!e->stop && !e->hand_back &&
	       pthread_cond_timedwait(&e->events, &e->mutex, &until) == 0)
		; /* an event of others */
	pthread_mutex_unlock(&e->mutex);
}
