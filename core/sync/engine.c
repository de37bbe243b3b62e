/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine's outside: configuration, workers, and how it is ended. What
 * begins when is in engine_serve.c, what a run does in engine_run.c.
 */
#include "core/sync/engine.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "core/base/mem.h"

#include "core/sync/engine_private.h"

#define WORKERS_DEFAULT 2
#define RUNS_DEFAULT    8
#define STREAMS_DEFAULT 4

static void
apply_defaults(struct sl_engine_config *c)
{
	if (c->workers <= 0)
		c->workers = WORKERS_DEFAULT;
	if (c->runs_at_once <= 0)
		c->runs_at_once = RUNS_DEFAULT;
	if (c->backfills_at_once <= 0)
		c->backfills_at_once = c->runs_at_once - c->runs_at_once / 4;
	if (c->streams_at_once <= 0)
		c->streams_at_once = STREAMS_DEFAULT;
	if (c->body_budget == 0)
		c->body_budget = SL_BODY_BUDGET_DEFAULT;
	if (c->retry.max_attempts == 0)
		c->retry = sl_retry_default;
}

static void
init_sync(struct sl_engine *e)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&e->mutex, NULL);
	pthread_mutex_init(&e->observer_mutex, NULL);
	pthread_cond_init(&e->jobs, &monotonic);
	pthread_cond_init(&e->events, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

static sl_status
start_worker(struct sl_engine *e, struct sl_error *err)
{
	struct sl_worker *w = &e->workers[e->worker_count];
	sl_status s;

	w->engine = e;
	s = e->config.stores.open(e->config.stores.ctx, &w->store, err);
	if (s != SL_OK)
		return s;
	if (pthread_create(&w->thread, NULL, sl_worker_main, w) != 0) {
		w->store->free(&w->store);
		return sl_fail(err, SL_RETRY, SL_CLIENT,
			       "cannot start a worker thread");
	}
	e->worker_count++;
	return SL_OK;
}

sl_status
sl_engine_new(const struct sl_engine_config *config, struct sl_engine **out,
	      struct sl_error *err)
{
	struct sl_engine *e = sl_alloc(sizeof(*e));
	sl_status s;

	e->config = *config;
	apply_defaults(&e->config);
	init_sync(e);
	e->tail = &e->head;
	e->budget_tail = &e->budget_head;
	e->budget_free = e->config.body_budget;
	sl_intake_init(e);
	e->workers =
		sl_alloc_array((size_t)e->config.workers, sizeof(*e->workers));
	for (int i = 0; i < e->config.workers; i++) {
		s = start_worker(e, err);
		if (s == SL_OK)
			continue;
		if (i > 0) /* fewer workers do the same work */
			break;
		sl_engine_free(&e);
		return s;
	}
	*out = e;
	return SL_OK;
}

void
sl_engine_wake_all(struct sl_engine *e)
{
	for (struct sl_run *run = e->runs; run; run = run->next) {
		if (run->state == SL_RUN_OVER)
			continue;
		sl_job_wake_locked(e, &run->job);
		for (struct sl_task *t = run->tasks; t; t = t->next)
			if (t->started && !t->ended)
				sl_job_wake_locked(e, &t->job);
	}
}

int64_t
sl_engine_time_left(struct sl_engine *e)
{
	int64_t left;

	if (e->deadline_mono_us == 0 || e->hand_back)
		return -1;
	left = e->deadline_mono_us - sl_mono_us(e->config.clock);
	return left > 0 ? left : 0;
}

void
sl_engine_hand_back(struct sl_engine *e)
{
	e->hand_back = true;
	sl_engine_wake_all(e);
	pthread_cond_broadcast(&e->events);
	pthread_mutex_unlock(&e->mutex);
	e->config.transport->cancel_all(e->config.transport);
	pthread_mutex_lock(&e->mutex);
}

void
sl_engine_stop(struct sl_engine *e)
{
	pthread_mutex_lock(&e->mutex);
	e->stop = true;
	sl_engine_wake_all(e);
	pthread_cond_broadcast(&e->events);
	pthread_mutex_unlock(&e->mutex);
	e->config.transport->cancel_all(e->config.transport);
}

void
sl_engine_free(struct sl_engine **engine)
{
	struct sl_engine *e = *engine;

	if (!e)
		return;
	pthread_mutex_lock(&e->mutex);
	e->quit = true;
	pthread_cond_broadcast(&e->jobs);
	pthread_mutex_unlock(&e->mutex);
	for (size_t i = 0; i < e->worker_count; i++) {
		(void)pthread_join(e->workers[i].thread, NULL);
		e->workers[i].store->free(&e->workers[i].store);
	}
	pthread_cond_destroy(&e->jobs);
	pthread_cond_destroy(&e->events);
	pthread_mutex_destroy(&e->mutex);
	pthread_mutex_destroy(&e->observer_mutex);
	sl_free(e->workers);
	sl_clients_free(e);
	sl_timers_release(&e->timers);
	sl_intake_release(e);
	sl_free(e);
	*engine = NULL;
}
