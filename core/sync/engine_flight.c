/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A flight: the requests of one ask, from the connector's words to answers
 * that stand. Retries, renewed tokens, pacing and the body budget are here;
 * what a refusal means is the connector's `classify`.
 */
#include <string.h>

#include "core/base/mem.h"

#include "core/json/json.h"
#include "core/net/url.h"
#include "core/sync/engine_private.h"

#define HTTP_OK           200
#define HTTP_UNAUTHORIZED 401

struct sl_flight *
sl_flight_new(struct sl_task *task, json_t *cursor, const struct sl_ref *wanted,
	      bool walking)
{
	struct sl_flight *f = sl_alloc(sizeof(*f));
	struct sl_run *run = task->run;

	f->task = task;
	f->arena = sl_arena_new();
	f->cursor = json_incref(cursor);
	f->stream = (struct sl_stream){
		.kind = task->row.kind,
		.key = task->row.key,
		.walking = walking,
		.walk_started_us = walking ? task->walk_started_us : SL_NO_TIME,
	};
	f->turn = (struct sl_turn){
		.stream = &f->stream,
		.settings = run->settings,
		.account = run->account.account,
		.cursor = f->cursor,
		.wanted = wanted,
		.shrink = task->shrink,
		.now_us = sl_run_now_us(run),
	};
	f->not_before_us = task->not_before_us;
	f->holds_page = true;
	return f;
}

void
sl_leg_drop_body(struct sl_leg *leg)
{
	struct sl_engine *e = leg->flight->task->run->engine;

	sl_exchange_release(&leg->x);
	sl_budget_give(e, leg->reserved);
	leg->reserved = 0;
}

void
sl_flight_free(struct sl_flight **flight)
{
	struct sl_flight *f = *flight;

	if (!f)
		return;
	for (size_t i = 0; i < f->count; i++) {
		sl_leg_drop_body(&f->legs[i]);
		sl_token_unref(f->task->run->engine, &f->legs[i].token);
	}
	if (f->holds_page)
		sl_run_give_page(f->task->run);
	json_decref(f->cursor);
	sl_arena_free(&f->arena);
	sl_free(f);
	*flight = NULL;
}

bool
sl_flight_flying(struct sl_flight *flight)
{
	struct sl_engine *e = flight->task->run->engine;
	bool flying;

	pthread_mutex_lock(&e->mutex);
	flying = flight->flying > 0;
	pthread_mutex_unlock(&e->mutex);
	return flying;
}

/* On the transport's thread. */
static void
leg_done(struct sl_exchange *x)
{
	struct sl_leg *leg = x->owner;
	struct sl_flight *f = leg->flight;
	struct sl_run *run = f->task->run;
	struct sl_engine *e = run->engine;

	pthread_mutex_lock(&e->mutex);
	run->tally.bytes += (int64_t)x->response.wire_bytes;
	run->unwritten.bytes += (int64_t)x->response.wire_bytes;
	if (--f->flying == 0)
		sl_job_wake_locked(e, &f->task->job);
	pthread_mutex_unlock(&e->mutex);
}

/* Send the leg once more. A lone leg stands in line for budget again; one of
 * several keeps its share, so that no flight waits while it holds some. */
static void
relaunch(struct sl_leg *leg)
{
	if (leg->flight->count == 1)
		sl_leg_drop_body(leg);
	else
		sl_exchange_release(&leg->x);
	sl_exchange_init(&leg->x);
	leg->ready = true;
	leg->flight->paced = false;
}

static const struct sl_header *
copy_headers(struct sl_arena *arena, const struct sl_query *from)
{
	struct sl_header *to;
	size_t n = 0;

	if (!from)
		return NULL;
	while (from[n].name)
		n++;
	to = SL_NEW_ARRAY(arena, n + 1, struct sl_header);
	for (size_t i = 0; i < n; i++)
		to[i] = (struct sl_header){ from[i].name, from[i].value };
	return to;
}

static const struct sl_param *
copy_query(struct sl_arena *arena, const struct sl_query *from)
{
	struct sl_param *to;
	size_t n = 0;

	if (!from)
		return NULL;
	while (from[n].name)
		n++;
	to = SL_NEW_ARRAY(arena, n + 1, struct sl_param);
	for (size_t i = 0; i < n; i++)
		to[i] = (struct sl_param){ from[i].name, from[i].value };
	return to;
}

/* The call in HTTP's words. */
static sl_status
build_leg(struct sl_flight *f, struct sl_leg *leg, const struct sl_call *call,
	  struct sl_error *err)
{
	const struct sl_run *run = f->task->run;
	const struct sl_engine_config *c = &run->engine->config;
	const char *base = c->endpoint(
		c->endpoint_ctx, run->connector->provider, call->endpoint);
	size_t cap = call->max_body ? call->max_body : SL_BODY_MAX;
	const char *url;
	sl_status s;

	leg->flight = f;
	leg->call = call;
	if (!base)
		return sl_fail(err, SL_BUG, SL_STREAM, "no endpoint %s",
			       call->endpoint);
	s = sl_url_build(f->arena, base, call->path,
			 copy_query(f->arena, call->query), &url, err);
	if (s != SL_OK)
		return s;
	leg->x.request = (struct sl_request){
		.method = call->method ? call->method : "GET",
		.url = url,
		.headers = copy_headers(f->arena, call->headers),
		.max_body = cap < c->body_budget ? cap : c->body_budget,
	};
	leg->x.done = leg_done;
	leg->x.owner = leg;
	leg->ready = true;
	sl_exchange_init(&leg->x);
	return SL_OK;
}

static sl_status
ask(struct sl_flight *f, struct sl_error *err)
{
	const struct sl_connector *c = f->task->run->connector;
	sl_status s = c->ask(&f->turn, f->arena, &f->ask, err);

	if (s != SL_OK)
		return s;
	f->asked = true;
	SL_ASSERT(f->ask.count <= SL_CALLS_MAX);
	f->legs = SL_NEW_ARRAY(f->arena, f->ask.count + 1, struct sl_leg);
	for (size_t i = 0; i < f->ask.count; i++) {
		s = build_leg(f, &f->legs[i], &f->ask.calls[i], err);
		if (s != SL_OK)
			return s;
		f->count++;
	}
	return SL_OK;
}

/* Any status but 2xx: what does the provider mean? */
static sl_status
classify(struct sl_leg *leg, struct sl_error *err)
{
	const struct sl_flight *f = leg->flight;
	struct sl_response *r = &leg->x.response;
	json_auto_t *body = NULL;
	struct sl_error ignored;
	struct sl_refusal refusal = {
		.call = leg->call,
		.http_status = r->http_status,
		.retry_after_ms = r->retry_after_ms,
		.had_cursor = f->turn.cursor != NULL,
	};
	sl_status s;

	if (r->body.len > 0 && sl_json_parse(r->body.data, r->body.len, NULL,
					     &body, &ignored) == SL_OK)
		refusal.body = body;
	s = f->task->run->connector->classify(&refusal, err);
	err->http_status = r->http_status;
	return s;
}

static sl_status
judge(struct sl_leg *leg, struct sl_error *err)
{
	struct sl_response *r = &leg->x.response;

	if (r->failure != SL_NET_NONE)
		return sl_net_classify(r, err);
	if (r->http_status == HTTP_OK)
		return SL_OK;
	return classify(leg, err);
}

/* The provider asked everybody of this account to wait. */
static void
block_pace(struct sl_run *run, int64_t until_us)
{
	pthread_mutex_lock(&run->engine->mutex);
	if (run->pace.per_second > 0)
		sl_pace_block(&run->pace, until_us);
	pthread_mutex_unlock(&run->engine->mutex);
}

static bool
try_again(struct sl_leg *leg, struct sl_error *err)
{
	struct sl_run *run = leg->flight->task->run;
	const struct sl_engine_config *c = &run->engine->config;
	struct sl_retry_decision d;
	int64_t at;

	leg->attempts++;
	d = sl_retry_next(&c->retry, leg->attempts, err->retry_after_ms,
			  c->rng);
	err->retry_after_ms = d.delay_ms;
	if (!d.again)
		return false;
	at = sl_mono_us(c->clock) + d.delay_ms * 1000;
	if (err->scope == SL_INTEGRATION)
		block_pace(run, at);
	relaunch(leg);
	leg->not_before_us = at;
	return true;
}

static bool
renew_token(struct sl_leg *leg)
{
	if (leg->renewed)
		return false;
	leg->renewed = true;
	sl_token_refused(leg->flight->task->run, leg->token);
	relaunch(leg);
	return true;
}

/* Decide about one answer. False: the flight fails with `err`. */
static bool
sort_leg(struct sl_leg *leg, struct sl_error *err)
{
	struct sl_engine *e = leg->flight->task->run->engine;
	sl_status s = judge(leg, err);

	if (s == SL_OK || (s == SL_REJECTED && err->scope == SL_ITEM &&
			   leg->call->wanted_id)) {
		leg->final = true;
		/* keep only what the body really takes */
		if (leg->x.response.body.cap < leg->reserved) {
			sl_budget_give(e, leg->reserved -
						  leg->x.response.body.cap);
			leg->reserved = leg->x.response.body.cap;
		}
		return true;
	}
	if (s == SL_RETRY)
		return try_again(leg, err);
	if (s == SL_REAUTH && err->http_status == HTTP_UNAUTHORIZED)
		return renew_token(leg);
	return false;
}

enum sl_flight_verdict
sl_flight_advance(struct sl_flight *f, bool wait, struct sl_error *err)
{
	bool ready = false;

	if (!f->asked && ask(f, err) != SL_OK)
		return SL_FLIGHT_FAILED;
	if (f->ask.count == 0)
		return SL_FLIGHT_EMPTY;
	if (sl_flight_flying(f))
		return SL_FLIGHT_WAITS;
	for (size_t i = 0; i < f->count; i++) {
		struct sl_leg *leg = &f->legs[i];

		if (!leg->ready && !leg->final && !sort_leg(leg, err))
			return SL_FLIGHT_FAILED;
		ready = ready || leg->ready;
	}
	if (!ready)
		return SL_FLIGHT_LANDED;
	sl_flight_submit(f, wait);
	return SL_FLIGHT_WAITS;
}
