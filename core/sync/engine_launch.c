/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Letting a flight go: its time by backoff and quota, the token, the budget
 * for its answers, and only then the transport.
 */
#include "core/sync/engine_private.h"

static bool
may_leave(const struct sl_leg *leg, int64_t now)
{
	return leg->ready && leg->not_before_us <= now;
}

/* Budget for every ready leg; legs beyond the first may be deferred. */
static bool
reserve(struct sl_flight *f, bool wait)
{
	int64_t now = sl_mono_us(f->task->run->engine->config.clock);

	for (size_t i = 0; i < f->count; i++) {
		struct sl_leg *leg = &f->legs[i];
		size_t cap = leg->x.request.max_body;

		if (!may_leave(leg, now) || leg->reserved)
			continue;
		if (sl_budget_take(f->task, cap, wait && i == 0)) {
			leg->reserved = cap;
			continue;
		}
		if (i == 0)
			return false;
		f->count = i; /* the rest is asked again later */
	}
	return true;
}

/* When this request may leave, by the published quotas. Locked. */
static int64_t
pace(struct sl_flight *f, const struct sl_leg *leg)
{
	struct sl_run *run = f->task->run;
	struct sl_engine *e = run->engine;
	double units = leg->call->units > 0 ? leg->call->units : 1;
	int64_t now = sl_mono_us(e->config.clock);
	int64_t user = sl_pace_take(&run->pace, units, now);
	int64_t client = sl_pace_take(&e->client_pace, units, now);

	return user > client ? user : client;
}

/* Give every ready leg its time: backoff, and the published quotas. */
static void
set_times(struct sl_flight *f)
{
	struct sl_engine *e = f->task->run->engine;

	if (f->paced)
		return;
	f->paced = true;
	pthread_mutex_lock(&e->mutex);
	for (size_t i = 0; i < f->count; i++) {
		struct sl_leg *leg = &f->legs[i];
		int64_t at;

		if (!leg->ready)
			continue;
		at = pace(f, leg);
		if (at > leg->not_before_us)
			leg->not_before_us = at;
		if (f->not_before_us > leg->not_before_us)
			leg->not_before_us = f->not_before_us;
	}
	pthread_mutex_unlock(&e->mutex);
}

/* How long until the first ready leg may leave; 0 = now. A flight that is held
 * back stands in no line and holds no budget: others go first. */
static int64_t
wait_left(const struct sl_flight *f)
{
	int64_t now = sl_mono_us(f->task->run->engine->config.clock);
	int64_t first = INT64_MAX;

	for (size_t i = 0; i < f->count; i++)
		if (f->legs[i].ready && f->legs[i].not_before_us < first)
			first = f->legs[i].not_before_us;
	return first > now ? first - now : 0;
}

static void
prepare_submit(struct sl_flight *f, struct sl_leg *leg, struct sl_token *token)
{
	struct sl_run *run = f->task->run;
	struct sl_engine *e = run->engine;

	sl_token_unref(e, &leg->token);
	pthread_mutex_lock(&e->mutex);
	token->refs++;
	leg->token = token;
	run->tally.requests++;
	run->unwritten.requests++;
	run->tally.retries += leg->attempts > 0;
	run->unwritten.retries += leg->attempts > 0;
	f->flying++;
	pthread_mutex_unlock(&e->mutex);
	leg->x.request.bearer = &token->secret;
	leg->x.request.not_before_us = leg->not_before_us;
}

/* Hand over what is ready and whose time has come. */
static void
let_go(struct sl_flight *f, struct sl_token *token)
{
	struct sl_run *run = f->task->run;
	struct sl_transport *t = run->engine->config.transport;
	int64_t now = sl_mono_us(run->engine->config.clock);
	struct sl_leg *go[SL_CALLS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < f->count; i++) {
		if (!may_leave(&f->legs[i], now))
			continue;
		prepare_submit(f, &f->legs[i], token);
		go[n++] = &f->legs[i];
	}
	for (size_t i = 0; i < n; i++)
		go[i]->ready = false;
	for (size_t i = 0; i < n; i++)
		t->submit(t, &go[i]->x);
	if (sl_engine_ending(run->engine))
		t->cancel_all(t); /* a stop may have cancelled before this */
}

/* Submit what is ready, or be woken when time, token or budget are there. */
void
sl_flight_submit(struct sl_flight *f, bool wait)
{
	struct sl_task *task = f->task;
	struct sl_run *run = task->run;
	struct sl_token *token;
	int64_t left;

	set_times(f);
	left = wait_left(f);
	if (left > 0) {
		sl_budget_leave(task);
		if (left > SL_US_PER_S)
			sl_run_progress(run, task, left);
		sl_job_after(run->engine, &task->job, left);
		return;
	}
	token = sl_token_get(run);
	if (!token) {
		sl_budget_leave(task); /* others must not wait for a token */
		return;
	}
	if (reserve(f, wait))
		let_go(f, token);
	sl_token_unref(run->engine, &token);
}
