/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A new access token, asked for once by a whole fleet.
 *
 * The grant's refresh lease says who asks; the others look again until the
 * version of the tokens has moved, and take what was stored. Nobody holds a
 * worker or a transaction while waiting: each look is one step of the run.
 *
 * A rotated refresh token is committed before the new access token is used;
 * an absent one never overwrites the old. No transaction is open during HTTP.
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/auth/oauth2.h"
#include "core/sync/engine_private.h"

#define SAVE_ATTEMPTS 6
#define SAVE_PAUSE_US (SL_US_PER_S / 4)

/* With what it takes to store the answer, less than SL_REFRESH_LEASE_US. */
#define REQUEST_TIMEOUT_MS 20000

/* Between looks at a lease of somebody else's, doubled each time. */
#define LOOK_FIRST_US (SL_US_PER_S / 20)
#define LOOK_LAST_US  (SL_US_PER_S / 2)

/* Two holders who die, or one that is told to wait. */
#define GIVE_UP_US (2 * SL_REFRESH_LEASE_US)

void
sl_refresh_want_locked(struct sl_run *run)
{
	struct sl_refresh *r = &run->refresh;

	run->token_state = SL_TOKEN_WANTED;
	r->due_us = sl_mono_us(run->engine->config.clock);
	r->give_up_us = r->due_us + GIVE_UP_US;
	r->wait_us = LOOK_FIRST_US;
	r->attempts = 0;
	sl_job_wake_locked(run->engine, &run->job);
}

static enum sl_token_state
state_of(struct sl_run *run)
{
	enum sl_token_state state;

	pthread_mutex_lock(&run->engine->mutex);
	state = run->token_state;
	pthread_mutex_unlock(&run->engine->mutex);
	return state;
}

static void
set_state(struct sl_run *run, enum sl_token_state state)
{
	pthread_mutex_lock(&run->engine->mutex);
	run->token_state = state;
	pthread_mutex_unlock(&run->engine->mutex);
}

int64_t
sl_refresh_due_us(struct sl_run *run)
{
	return state_of(run) == SL_TOKEN_WANTED && !sl_run_stopped(run)
		       ? run->refresh.due_us
		       : INT64_MAX;
}

bool
sl_refresh_is_open(struct sl_run *run)
{
	enum sl_token_state state = state_of(run);

	return state == SL_TOKEN_FLYING || state == SL_TOKEN_LANDED;
}

/* --- the lease ------------------------------------------------------------- */

static struct sl_refresh_claim
claim_of(const struct sl_run *run)
{
	return (struct sl_refresh_claim){
		.lease = &run->account.lease,
		.owner = &run->engine->config.owner,
		.grant_id = run->account.grant.id,
		.version = run->account.grant.version,
	};
}

/* Nobody need wait for us. If that cannot be said, the lease runs out. */
static void
give_back(struct sl_worker *worker, struct sl_run *run)
{
	struct sl_refresh_claim claim = claim_of(run);
	struct sl_error ignored;

	if (!run->refresh.leased)
		return;
	run->refresh.leased = false;
	(void)!worker->store->unlease_grant(worker->store, &claim, &ignored);
}

/* Of a failure that may pass the lease stays until it runs out: whoever waits
 * for it asks then, not all of them now. */
static void
fail(struct sl_worker *worker, struct sl_run *run, const struct sl_error *err)
{
	if (err->status != SL_RETRY)
		give_back(worker, run);
	run->refresh.leased = false;
	set_state(run, SL_TOKEN_FAILED);
	sl_run_fail(run, err, true);
}

static void
look_again(struct sl_run *run, int64_t delay_us)
{
	run->refresh.due_us = sl_mono_us(run->engine->config.clock) + delay_us;
	set_state(run, SL_TOKEN_WANTED);
}

/* Somebody else is at it, or the database is away. */
static void
wait_longer(struct sl_worker *worker, struct sl_run *run,
	    const struct sl_error *err)
{
	struct sl_refresh *r = &run->refresh;

	if (sl_mono_us(run->engine->config.clock) >= r->give_up_us) {
		fail(worker, run, err);
		return;
	}
	look_again(run, r->wait_us);
	r->wait_us =
		r->wait_us < LOOK_LAST_US / 2 ? r->wait_us * 2 : LOOK_LAST_US;
}

/* --- the answer's end --------------------------------------------------------- */

static void
token_ready(struct sl_run *run, struct sl_token *token)
{
	struct sl_engine *e = run->engine;

	run->refresh.leased = false;
	pthread_mutex_lock(&e->mutex);
	sl_token_unref_locked(&run->token); /* the one that ran out */
	run->token = token;
	run->token_state = SL_TOKEN_READY;
	for (struct sl_task *t = run->tasks; t; t = t->next)
		if (t->started && !t->ended)
			sl_job_wake_locked(e, &t->job);
	pthread_mutex_unlock(&e->mutex);
}

/* Somebody else refreshed: use what they stored. Tokens that ran out as well
 * are the next to be refreshed. */
static void
adopt(struct sl_worker *worker, struct sl_run *run,
      const struct sl_grant *grant)
{
	struct sl_token *token;
	struct sl_error err;

	run->account.grant = *grant;
	if (strcmp(grant->status, "active") != 0) {
		sl_run_must_connect(run, &err);
		fail(worker, run, &err);
		return;
	}
	token = sl_token_open_stored(run, &err);
	if (token)
		token_ready(run, token);
	else if (err.status != SL_OK)
		fail(worker, run, &err);
	else
		look_again(run, 0);
}

/* --- the request --------------------------------------------------------------- */

/* On the transport's thread. */
static void
refresh_done(struct sl_exchange *x)
{
	struct sl_run *run = x->owner;

	pthread_mutex_lock(&run->engine->mutex);
	run->token_state = SL_TOKEN_LANDED;
	sl_job_wake_locked(run->engine, &run->job);
	pthread_mutex_unlock(&run->engine->mutex);
}

static sl_status
build_form(struct sl_run *run, struct sl_error *err)
{
	const struct sl_grant *g = &run->account.grant;
	const struct sl_engine_config *c = &run->engine->config;
	struct sl_seal_binding mine = sl_token_binding(run, "refresh_token");
	struct sl_seal_binding clients = {
		.user_id = "",
		.owner_id = g->oauth_client_row,
		.purpose = "client_secret",
	};
	struct sl_oauth_client client = { .client_id = g->client_id };
	SL_AUTO_SECRET refresh = { 0 };
	sl_status s;

	if (g->refresh.key_id[0] == '\0')
		return sl_fail(
			err, SL_REAUTH, SL_GRANT,
			"the access has run out, and there is no refresh "
			"token to renew it");
	s = sl_unseal(c->keys, &mine, &g->refresh, &refresh, err);
	if (s == SL_OK)
		s = sl_unseal(c->keys, &clients, &g->client_secret,
			      &client.client_secret, err);
	if (s == SL_OK)
		run->refresh.form = sl_oauth_refresh_form(&client, &refresh);
	sl_secret_release(&client.client_secret);
	return s;
}

static void
submit(struct sl_run *run)
{
	const struct sl_engine_config *c = &run->engine->config;
	struct sl_exchange *x = &run->refresh.x;

	*x = (struct sl_exchange){
		.request = {
			.method = "POST",
			.url = c->endpoint(c->endpoint_ctx,
					   run->connector->provider,
					   SL_ENDPOINT_TOKEN),
			.form = sl_form_body(run->refresh.form),
			.max_body = SL_OAUTH_BODY_MAX,
			.timeout_ms = REQUEST_TIMEOUT_MS,
			.keep = true, /* it may replace the refresh token */
		},
		.done = refresh_done,
		.owner = run,
	};
	sl_exchange_init(x);
	pthread_mutex_lock(&run->engine->mutex);
	run->token_state = SL_TOKEN_FLYING;
	run->tally.requests++;
	run->unwritten.requests++;
	run->tally.retries += run->refresh.attempts > 0;
	run->unwritten.retries += run->refresh.attempts > 0;
	pthread_mutex_unlock(&run->engine->mutex);
	c->transport->submit(c->transport, x);
	if (sl_engine_ending(run->engine))
		c->transport->cancel_all(c->transport);
}

/* The lease is ours: ask. */
static void
ask(struct sl_worker *worker, struct sl_run *run)
{
	struct sl_error err;

	run->refresh.leased = true;
	if (build_form(run, &err) == SL_OK) {
		submit(run);
		return;
	}
	if (err.status == SL_REAUTH)
		sl_run_grant_died(worker, run, &err);
	fail(worker, run, &err);
}

/* A look at the lease: is it our turn, or done already? */
static void
look(struct sl_worker *worker, struct sl_run *run)
{
	struct sl_refresh_claim claim = claim_of(run);
	enum sl_refresh_turn turn;
	struct sl_grant grant;
	struct sl_error err;
	sl_status s = worker->store->lease_grant(
		worker->store, &claim, run->arena, &turn, &grant, &err);

	if (s == SL_RETRY) {
		wait_longer(worker, run, &err);
		return;
	}
	if (s != SL_OK) {
		fail(worker, run, &err);
		return;
	}
	switch (turn) {
	case SL_REFRESH_OURS:
		ask(worker, run);
		return;
	case SL_REFRESH_BUSY:
		(void)sl_fail(&err, SL_RETRY, SL_GRANT,
			      "another process has been renewing the access "
			      "for too long");
		wait_longer(worker, run, &err);
		return;
	case SL_REFRESH_STALE:
		adopt(worker, run, &grant);
		return;
	}
}

/* --- the answer -------------------------------------------------------------- */

/* What the provider gave must not be lost to a database that is away for a
 * moment: the old refresh token may be dead already. */
static sl_status
save(struct sl_worker *worker, struct sl_run *run,
     const struct sl_token_update *update, bool *won, struct sl_error *err)
{
	sl_status s = SL_OK;

	for (int i = 0; i < SAVE_ATTEMPTS; i++) {
		if (i > 0)
			sl_engine_pause(run->engine, SAVE_PAUSE_US << (i - 1));
		s = worker->store->save_tokens(worker->store, update, won, err);
		if (s != SL_RETRY)
			break;
	}
	return s;
}

/* Seal what came and store it, by compare-and-swap on the version. */
static sl_status
store_tokens(struct sl_worker *worker, struct sl_run *run,
	     const struct sl_tokens *tokens, bool *won, struct sl_error *err)
{
	const struct sl_engine_config *c = &run->engine->config;
	struct sl_seal_binding access = sl_token_binding(run, "access_token");
	struct sl_seal_binding refresh = sl_token_binding(run, "refresh_token");
	struct sl_sealed sealed_access, sealed_refresh;
	struct sl_token_update update = {
		.user_id = run->account.lease.user_id,
		.grant_id = run->account.grant.id,
		.version = run->account.grant.version,
		.access = &sealed_access,
		.access_expires_us = tokens->expires_us,
		.refresh_expires_us = tokens->refresh_expires_us,
		.scopes = tokens->scopes,
	};
	sl_status s = sl_seal(c->keys, c->rng, &access, &tokens->access,
			      run->refresh.arena, &sealed_access, err);

	/* The run's next refresh needs it: it lives as long as the run. */
	if (s == SL_OK && sl_secret_is_set(&tokens->refresh)) {
		s = sl_seal(c->keys, c->rng, &refresh, &tokens->refresh,
			    run->arena, &sealed_refresh, err);
		update.refresh = &sealed_refresh;
	}
	if (s == SL_OK)
		s = save(worker, run, &update, won, err);
	if (s == SL_OK && *won && update.refresh)
		run->account.grant.refresh = sealed_refresh;
	return s;
}

/* Ours are the tokens of the grant now. */
static void
use(struct sl_run *run, const struct sl_tokens *tokens)
{
	struct sl_grant *g = &run->account.grant;
	int64_t now = sl_run_now_us(run);

	g->version++;
	g->access_expires_us = tokens->expires_us;
	g->refreshed_us = now;
	if (tokens->refresh_expires_us != SL_NO_TIME)
		g->refresh_expires_us = tokens->refresh_expires_us;
	sl_log(run->engine->config.log, SL_LOG_INFO, "token-refreshed",
	       (struct sl_field[]){ SL_F_TEXT("grant", g->id), SL_F_END });
	token_ready(run,
		    sl_token_new(&tokens->access, now, tokens->expires_us));
}

/* Not every provider calls it invalid_grant. */
static bool
says_dead(const struct sl_run *run, const struct sl_error *err)
{
	const char *word = run->connector->provider->dead_refresh;

	return word && err->http_status == 400 &&
	       sl_text_equal(err->code, word);
}

/* True: the run has its token, or looks for the one that somebody stored. */
static bool
take(struct sl_worker *worker, struct sl_run *run, struct sl_error *err)
{
	struct sl_refresh *r = &run->refresh;
	struct sl_tokens tokens = { 0 };
	bool won = false;
	sl_status s = sl_oauth_read_tokens(r->arena, &r->x.response,
					   sl_run_now_us(run), &tokens, err);

	r->taken = s == SL_OK;
	if (s != SL_OK && says_dead(run, err)) {
		err->status = SL_REAUTH;
		err->scope = SL_GRANT;
		err->code = "invalid_grant";
	}
	if (s == SL_OK)
		s = store_tokens(worker, run, &tokens, &won, err);
	if (s == SL_OK && won) {
		use(run, &tokens);
	} else if (s == SL_OK) {
		r->leased = false;
		look_again(run, 0);
	}
	sl_tokens_release(&tokens);
	return s == SL_OK;
}

/* Did it fail in a way that may pass? Then it is asked again, if the lease is
 * still to be had: others may have tried meanwhile. */
static bool
try_again(struct sl_run *run, struct sl_error *err)
{
	const struct sl_engine_config *c = &run->engine->config;
	struct sl_retry_decision d;

	if (err->status != SL_RETRY || run->refresh.taken ||
	    sl_run_stopped(run))
		return false; /* an answer is never asked for twice */
	d = sl_retry_next(&c->retry, ++run->refresh.attempts,
			  err->retry_after_ms, c->rng);
	if (!d.again)
		return false;
	run->refresh.give_up_us =
		sl_mono_us(c->clock) + d.delay_ms * 1000 + GIVE_UP_US;
	look_again(run, d.delay_ms * 1000);
	return true;
}

/* Did it end because the engine does? */
static bool
is_cut_short(struct sl_run *run, const struct sl_error *err)
{
	return sl_engine_ending(run->engine) &&
	       (err->status == SL_CANCELLED ||
		(err->status == SL_RETRY && !run->refresh.taken));
}

static void
landed(struct sl_worker *worker, struct sl_run *run)
{
	struct sl_refresh *r = &run->refresh;
	struct sl_error err = { 0 };
	bool done;

	r->arena = sl_arena_new();
	done = take(worker, run, &err);
	sl_arena_free(&r->arena);
	sl_form_free(&r->form);
	sl_exchange_release(&r->x);
	if (done || try_again(run, &err))
		return;
	if (is_cut_short(run, &err)) {
		set_state(run, SL_TOKEN_NONE);
		return;
	}
	if (err.status == SL_REAUTH)
		sl_run_grant_died(worker, run, &err);
	fail(worker, run, &err);
}

void
sl_refresh_step(struct sl_worker *worker, struct sl_run *run)
{
	enum sl_token_state state = state_of(run);

	if (state == SL_TOKEN_LANDED)
		landed(worker, run);
	else if (state == SL_TOKEN_WANTED && !sl_run_stopped(run) &&
		 run->refresh.due_us <= sl_mono_us(run->engine->config.clock))
		look(worker, run);
}

void
sl_refresh_end(struct sl_worker *worker, struct sl_run *run)
{
	give_back(worker, run);
}
