/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an answer means: it stands, the request is sent once more, or the
 * flight fails. What a refusal means is the connector's `classify`.
 */
#include "core/json/json.h"
#include "core/sync/engine_private.h"

#define HTTP_OK           200
#define HTTP_UNAUTHORIZED 401

/* Runs in a row that failed for what they wanted. */
#define FAILURES_OF_AN_ITEM 2

/* Send the leg once more. One that may be left out stands in line for budget
 * again; part of a listing keeps its share, so that none waits while it holds
 * some. */
static void
relaunch(struct sl_leg *leg)
{
	if (leg->flight->rolls || leg->flight->count == 1)
		sl_leg_drop_body(leg);
	else
		sl_exchange_release(&leg->x);
	sl_exchange_init(&leg->x);
	leg->ready = true;
	leg->paced = false;
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
		.now_us = sl_run_now_us(f->task->run),
	};
	sl_status s;

	if (r->body.len > 0 && sl_json_parse(r->body.data, r->body.len, NULL,
					     &body, &ignored) == SL_OK)
		refusal.body = body;
	s = f->task->run->connector->classify(&refusal, err);
	err->http_status = r->http_status;
	if (leg->token != NULL) /* the provider's words may hold it */
		sl_secret_hide(&leg->token->secret, err->text);
	if (err->retry_after_ms > SL_RETRY_AFTER_MAX_MS)
		err->retry_after_ms = SL_RETRY_AFTER_MAX_MS;
	return s;
}

static sl_status
judge(struct sl_leg *leg, struct sl_error *err)
{
	struct sl_response *r = &leg->x.response;

	if (r->failure == SL_NET_TOO_LARGE && leg->call->wanted_id &&
	    leg->call->tell_too_large) {
		leg->too_large = true;
		sl_leg_drop_body(leg);
		return SL_OK;
	}
	if (r->failure != SL_NET_NONE)
		return sl_net_classify(r, err);
	if (r->http_status == HTTP_OK)
		return SL_OK;
	return classify(leg, err);
}

/* The provider asked everybody of this account to wait: what was to leave
 * before, too, and also without a quota. */
static void
block(struct sl_run *run, int64_t until_us)
{
	pthread_mutex_lock(&run->engine->mutex);
	sl_pace_block(&run->pace, until_us);
	if (until_us > run->blocked_us)
		run->blocked_us = until_us;
	pthread_mutex_unlock(&run->engine->mutex);
}

/* Nothing came of the run so far, and it would wait too long: better told so
 * than handed back again and again. */
static bool
is_in_vain(struct sl_run *run, const struct sl_error *err,
	   const struct sl_retry_decision *d)
{
	bool answered;

	pthread_mutex_lock(&run->engine->mutex);
	answered = run->answered_us > 0;
	pthread_mutex_unlock(&run->engine->mutex);
	return !answered && err->scope >= SL_INTEGRATION &&
	       !sl_run_has_patience(run, d->delay_ms * 1000);
}

static bool
try_again(struct sl_leg *leg, struct sl_error *err)
{
	struct sl_run *run = leg->flight->task->run;
	const struct sl_engine_config *c = &run->engine->config;
	bool told = err->retry_after_ms > 0;
	struct sl_retry_decision d;
	int64_t at;

	if (leg->attempts++ == 0)
		leg->troubled_us = sl_mono_us(c->clock);
	d = sl_retry_next(&c->retry, leg->attempts, err->retry_after_ms,
			  c->rng);
	err->retry_after_ms = d.delay_ms;
	at = sl_mono_us(c->clock) + d.delay_ms * 1000;
	if (err->scope >= SL_INTEGRATION)
		block(run, at);
	if (err->scope == SL_CLIENT && told)
		sl_client_block(run, d.delay_ms * 1000);
	if (!d.again || is_in_vain(run, err, &d))
		return false;
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

/* The answer stands: keep only what its body really takes. */
static void
make_final(struct sl_leg *leg)
{
	struct sl_flight *f = leg->flight;
	struct sl_engine *e = f->task->run->engine;
	size_t cap = leg->x.response.body.cap;

	leg->final = true;
	if (cap < leg->reserved) {
		sl_budget_give(e, leg->reserved - cap);
		leg->reserved = cap;
	}
	f->held += leg->reserved;
	if (f->finals++ == 0)
		f->first_final_us = sl_mono_us(e->config.clock);
	if (f->rolls && f->held >= e->config.body_budget / SL_FLIGHT_SHARE)
		f->cut = true;
}

/*
 * Is it this item that the provider has trouble with? It was asked for as often
 * as may be, and since its trouble began others were answered; or nothing but
 * such items holds the stream up, run after run, while the account's others
 * are answered.
 */
static bool
is_trouble_of_the_item(const struct sl_leg *leg, const struct sl_error *err)
{
	const struct sl_flight *f = leg->flight;
	struct sl_run *run = f->task->run;
	int64_t answered_us;

	if (err->status != SL_RETRY || err->scope != SL_STREAM ||
	    err->http_status < HTTP_TROUBLE || !leg->call->wanted_id)
		return false;
	pthread_mutex_lock(&run->engine->mutex);
	answered_us = run->answered_us;
	pthread_mutex_unlock(&run->engine->mutex);
	return answered_us > leg->troubled_us ||
	       (answered_us > 0 && f->finals == 0 &&
		f->task->row.failures >= FAILURES_OF_AN_ITEM);
}

static void
note_good(struct sl_run *run)
{
	int64_t now = sl_mono_us(run->engine->config.clock);

	pthread_mutex_lock(&run->engine->mutex);
	run->answered_us = now;
	pthread_mutex_unlock(&run->engine->mutex);
}

/* A refusal that says something: `read` takes it as an answer. */
static bool
is_answer(const struct sl_leg *leg, sl_status s, const struct sl_error *err)
{
	return s == SL_REJECTED && err->scope == SL_ITEM &&
	       (leg->call->wanted_id || leg->call->tell_refused);
}

/* Decide about one answer. False: the flight fails with `err`. */
static bool
sort_leg(struct sl_leg *leg, struct sl_error *err)
{
	struct sl_run *run = leg->flight->task->run;
	sl_status s;

	if (leg->x.response.failure == SL_NET_CROWDED) {
		leg->x.request.first_body = 0; /* with room for all of it */
		relaunch(leg);
		return true;
	}
	s = judge(leg, err);
	if (s == SL_OK || is_answer(leg, s, err)) {
		make_final(leg);
		note_good(run);
		sl_slots_good(run);
		return true;
	}
	if (s == SL_RETRY && err->scope == SL_INTEGRATION)
		sl_slots_refused(run);
	if (s == SL_RETRY && try_again(leg, err))
		return true;
	if (is_trouble_of_the_item(leg, err)) {
		make_final(leg);
		return true;
	}
	if (s == SL_REAUTH && err->http_status == HTTP_UNAUTHORIZED)
		return renew_token(leg);
	return false;
}

static bool
take_landed(struct sl_leg *leg)
{
	struct sl_engine *e = leg->flight->task->run->engine;
	bool landed;

	pthread_mutex_lock(&e->mutex);
	landed = leg->landed;
	leg->landed = false;
	pthread_mutex_unlock(&e->mutex);
	return landed;
}

/* Of several failures the one that hurts most is told. */
static void
fail(struct sl_flight *f, const struct sl_error *err)
{
	if (!f->failed || err->scope > f->error.scope)
		f->error = *err;
	f->failed = true;
}

void
sl_flight_sort(struct sl_flight *f)
{
	struct sl_error err;

	for (size_t i = 0; i < f->count; i++)
		if (take_landed(&f->legs[i]) && !sort_leg(&f->legs[i], &err))
			fail(f, &err);
}
