/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's quota in chunks: what a process has taken of the fleet's minute it
 * spends by itself. Filling a purse is a job like others, so a worker asks the
 * database for it, and no stream waits on a thread: those in line are woken
 * when there is something, and when there is nothing each waits by its timer.
 */
#include <math.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/sync/engine_private.h"

/* The database did not answer: ask again then. */
#define AWAY_US (INT64_C(1) * SL_US_PER_S)

/* Closed for longer, accounts of other clients of the API are let begin: there
 * may be some, and those of this client are put off when they do. */
#define CLOSED_MOST_US (INT64_C(60) * SL_US_PER_S)

/* --- the line ------------------------------------------------------------------ */

static double
units_of(const struct sl_leg *leg)
{
	return leg->call->units > 0 ? leg->call->units : 1;
}

static void
stand_in_line(struct sl_purse *p, struct sl_task *task, double units)
{
	task->needs_units = units;
	if (task->waits_purse)
		return;
	task->waits_purse = p;
	task->purse_next = NULL;
	*p->tail = task;
	p->tail = &task->purse_next;
}

static void
leave_line(struct sl_task *task)
{
	struct sl_purse *p = task->waits_purse;
	struct sl_task **at = &p->head;

	while (*at != task)
		at = &(*at)->purse_next;
	*at = task->purse_next;
	if (p->tail == &task->purse_next)
		p->tail = at;
	task->waits_purse = NULL;
}

/* Let those go on whom it suffices for; all, if there is nothing for long. */
static void
wake_line(struct sl_engine *e, struct sl_purse *p, bool all)
{
	double units = p->units;

	while (p->head && (all || p->head->needs_units <= units)) {
		struct sl_task *task = p->head;

		units -= task->needs_units;
		leave_line(task);
		sl_job_wake_locked(e, &task->job);
	}
}

void
sl_purse_leave(struct sl_task *task)
{
	struct sl_engine *e = task->run->engine;

	pthread_mutex_lock(&e->mutex);
	if (task->waits_purse)
		leave_line(task);
	pthread_mutex_unlock(&e->mutex);
}

/* --- filling ------------------------------------------------------------------- */

/* What is wanted now. False: nothing. */
static bool
fill_ask(struct sl_engine *e, struct sl_purse *p, struct sl_quota_ask *ask)
{
	int64_t now = sl_mono_us(e->config.clock);
	double least = 0;
	bool asking;

	pthread_mutex_lock(&e->mutex);
	if (now >= p->until_us) /* another minute */
		p->chunk =
			p->client->per_minute / SL_CHUNK_PARTS / SL_CHUNK_FIRST;
	if (p->head)
		least = ceil(p->head->needs_units);
	*ask = (struct sl_quota_ask){
		.api = p->client->connector->name,
		.oauth_client_row = p->client->row,
		.per_minute = p->client->per_minute,
		.least = (int64_t)least,
		.most = (int64_t)(p->chunk > least ? p->chunk : least),
		.backfill = p->backfill,
	};
	asking = p->asking = p->head != NULL;
	pthread_mutex_unlock(&e->mutex);
	return asking;
}

static void
put_in(struct sl_purse *p, const struct sl_quota_grant *grant, int64_t now)
{
	double most = p->client->per_minute / SL_CHUNK_PARTS;

	if (now >= p->until_us)
		p->units = 0;
	p->units += (double)grant->units;
	p->until_us = now + grant->for_us;
	p->chunk = p->chunk * 2 < most ? p->chunk * 2 : most;
}

/* Of the time before the question: the minute ends no later. */
static void
fill(struct sl_worker *worker, struct sl_purse *p,
     const struct sl_quota_ask *ask)
{
	struct sl_engine *e = worker->engine;
	int64_t now = sl_mono_us(e->config.clock);
	struct sl_quota_grant grant = { 0 };
	struct sl_error err;
	sl_status s =
		worker->store->take_quota(worker->store, ask, &grant, &err);

	if (s != SL_OK) {
		grant = (struct sl_quota_grant){ .for_us = AWAY_US };
		sl_log(e->config.log, SL_LOG_WARN, "quota-unknown",
		       (struct sl_field[]){ SL_F_TEXT("provider", ask->api),
					    SL_F_TEXT("error", err.text),
					    SL_F_END });
	}
	if (grant.for_us <= 0)
		grant.for_us = AWAY_US;
	pthread_mutex_lock(&e->mutex);
	p->asking = false;
	if (grant.units > 0)
		put_in(p, &grant, now);
	else
		p->closed_us = now + grant.for_us;
	wake_line(e, p, grant.units <= 0);
	if (p->head)
		sl_job_wake_locked(e, &p->job);
	pthread_mutex_unlock(&e->mutex);
}

/* What cannot be told now is told later; that is said once. */
static void
tell_later(struct sl_engine *e, struct sl_purse *p, int64_t block_us,
	   const struct sl_error *err)
{
	bool said;

	pthread_mutex_lock(&e->mutex);
	said = p->untold;
	p->untold = true;
	if (p->block_us < block_us)
		p->block_us = block_us;
	sl_job_after_locked(e, &p->job, AWAY_US);
	pthread_mutex_unlock(&e->mutex);
	if (!said)
		sl_log(e->config.log, SL_LOG_WARN, "quota-untold",
		       (struct sl_field[]){
			       SL_F_TEXT("provider",
					 p->client->connector->name),
			       SL_F_TEXT("error", err->text), SL_F_END });
}

/* Let the fleet know. */
static void
tell_block(struct sl_worker *worker, struct sl_purse *p)
{
	struct sl_engine *e = worker->engine;
	struct sl_quota_block block = { .api = p->client->connector->name,
					.oauth_client_row = p->client->row };
	int64_t until_us;
	struct sl_error err;

	pthread_mutex_lock(&e->mutex);
	until_us = p->block_us;
	p->block_us = 0;
	pthread_mutex_unlock(&e->mutex);
	block.for_us = until_us - sl_mono_us(e->config.clock);
	if (until_us > 0 && block.for_us > 0 &&
	    worker->store->block_quota(worker->store, &block, &err) != SL_OK) {
		tell_later(e, p, until_us, &err);
		return;
	}
	pthread_mutex_lock(&e->mutex);
	p->untold = p->untold && until_us == 0;
	pthread_mutex_unlock(&e->mutex);
}

static void
purse_step(struct sl_worker *worker, struct sl_job *job)
{
	struct sl_purse *p = (struct sl_purse *)job;
	struct sl_quota_ask ask;

	tell_block(worker, p);
	if (fill_ask(worker->engine, p, &ask))
		fill(worker, p, &ask);
}

/* --- paying -------------------------------------------------------------------- */

static struct sl_purse *
purse_of(const struct sl_task *task)
{
	bool walks = task->starts_walk || task->row.state == SL_STREAM_WALKING;

	return &task->run->client->purses[walks && !task->kind->follows
						  ? SL_PURSE_BACKFILL
						  : SL_PURSE_CHANGES];
}

/* Locked. */
static enum sl_payment
pay(struct sl_purse *p, struct sl_leg *leg, int64_t now, int64_t *at_us)
{
	struct sl_task *task = leg->flight->task;

	if (now >= p->until_us)
		p->units = 0;
	if (p->units >= units_of(leg)) {
		p->units -= units_of(leg);
		leg->paid = p;
		return SL_PAID;
	}
	if (now < p->closed_us) {
		*at_us = p->closed_us;
		return SL_PAY_LATER;
	}
	stand_in_line(p, task, units_of(leg));
	if (!p->asking)
		sl_job_wake_locked(task->run->engine, &p->job);
	p->asking = true;
	return SL_PAY_SOON;
}

enum sl_payment
sl_purse_pay(struct sl_leg *leg, int64_t *at_us)
{
	struct sl_task *task = leg->flight->task;
	struct sl_engine *e = task->run->engine;
	int64_t now = sl_mono_us(e->config.clock);
	enum sl_payment payment;

	if (!task->run->client->shared || leg->paid)
		return SL_PAID;
	pthread_mutex_lock(&e->mutex);
	payment = pay(purse_of(task), leg, now, at_us);
	pthread_mutex_unlock(&e->mutex);
	return payment;
}

void
sl_purse_give_back(struct sl_leg *leg)
{
	struct sl_engine *e = leg->flight->task->run->engine;

	if (leg->paid && sl_mono_us(e->config.clock) < leg->paid->until_us) {
		leg->paid->units += units_of(leg);
		wake_line(e, leg->paid, false);
	}
	leg->paid = NULL;
}

/* --- clients ------------------------------------------------------------------- */

/* A day comes on which an API grants more or less. Locked. */
static void
set_quota(struct sl_client *c, double per_minute, int64_t now)
{
	c->per_minute = per_minute;
	sl_run_start_pace(&c->pace, per_minute, now);
}

static struct sl_client *
client_new(struct sl_run *run, double per_minute, bool shared)
{
	struct sl_client *c = sl_alloc(sizeof(*c));

	c->connector = run->connector;
	memcpy(c->row, run->account.grant.oauth_client_row, sizeof(c->row));
	c->shared = shared && per_minute > 0 && c->row[0] != '\0';
	set_quota(c, per_minute, sl_mono_us(run->engine->config.clock));
	for (int i = 0; i < SL_PURSES; i++) {
		struct sl_purse *p = &c->purses[i];

		p->job.step = purse_step;
		p->client = c;
		p->backfill = i == SL_PURSE_BACKFILL;
		p->tail = &p->head;
		p->until_us = p->closed_us = INT64_MIN;
	}
	return c;
}

void
sl_run_begin_client(struct sl_run *run, double per_minute, bool shared)
{
	struct sl_engine *e = run->engine;
	const char *row = run->account.grant.oauth_client_row;
	struct sl_client *c;

	pthread_mutex_lock(&e->mutex);
	for (c = e->clients; c; c = c->next)
		if (c->connector == run->connector && strcmp(c->row, row) == 0)
			break;
	if (!c) {
		c = client_new(run, per_minute, shared);
		c->next = e->clients;
		e->clients = c;
	} else if (c->per_minute < per_minute || c->per_minute > per_minute) {
		set_quota(c, per_minute, sl_mono_us(e->config.clock));
	}
	run->client = c;
	pthread_mutex_unlock(&e->mutex);
}

/* When a request that changes are looked for with could leave. Locked. */
static int64_t
opens_us(struct sl_client *c, int64_t now)
{
	double debt = -sl_pace_left(&c->pace, now);
	int64_t at = c->blocked_us;

	if (c->shared && c->purses[SL_PURSE_CHANGES].closed_us > at)
		at = c->purses[SL_PURSE_CHANGES].closed_us;
	if (debt > 0 && c->pace.per_second > 0 &&
	    now + (int64_t)(debt / c->pace.per_second * SL_US_PER_S) > at)
		at = now + (int64_t)(debt / c->pace.per_second * SL_US_PER_S);
	return at;
}

int64_t
sl_clients_open_us(struct sl_engine *e, const struct sl_connector *connector,
		   int64_t now)
{
	int64_t first = INT64_MAX;

	for (struct sl_client *c = e->clients; c; c = c->next)
		if (c->connector == connector && opens_us(c, now) < first)
			first = opens_us(c, now);
	return e->config.patience_us > 0 &&
			       first - now > e->config.patience_us &&
			       first - now <= CLOSED_MOST_US
		       ? first
		       : now;
}

void
sl_client_block(struct sl_run *run, int64_t for_us)
{
	struct sl_engine *e = run->engine;
	struct sl_client *c = run->client;
	int64_t until = sl_mono_us(e->config.clock) + for_us;

	pthread_mutex_lock(&e->mutex);
	if (until > c->blocked_us) {
		c->blocked_us = until;
		c->purses[SL_PURSE_CHANGES].block_us = until;
		if (c->shared)
			sl_job_wake_locked(e, &c->purses[SL_PURSE_CHANGES].job);
	}
	pthread_mutex_unlock(&e->mutex);
}

void
sl_clients_free(struct sl_engine *e)
{
	while (e->clients) {
		struct sl_client *c = e->clients;

		e->clients = c->next;
		sl_free(c);
	}
}
