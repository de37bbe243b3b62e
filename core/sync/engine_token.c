/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The access token of a run: opened from the grant, refreshed early or after
 * a refusal, once for all requests that wait for it.
 *
 * A rotated refresh token is committed before the new access token is used;
 * an absent one never overwrites the old. No transaction is open during HTTP.
 */
#include <string.h>

#define SAVE_ATTEMPTS 6
#define SAVE_PAUSE_US (SL_US_PER_S / 4)

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/auth/oauth2.h"
#include "core/sync/engine_private.h"

static struct sl_token *
token_new(const struct sl_secret *secret, int64_t expires_us)
{
	struct sl_token *token = sl_alloc(sizeof(*token));

	token->refs = 1;
	token->expires_us = expires_us;
	sl_secret_copy(&token->secret, secret);
	return token;
}

static void
token_unref_locked(struct sl_token **token)
{
	struct sl_token *t = *token;

	*token = NULL;
	if (!t || --t->refs > 0)
		return;
	sl_secret_release(&t->secret);
	sl_free(t);
}

void
sl_token_unref(struct sl_engine *e, struct sl_token **token)
{
	pthread_mutex_lock(&e->mutex);
	token_unref_locked(token);
	pthread_mutex_unlock(&e->mutex);
}

static struct sl_seal_binding
binding(const struct sl_run *run, const char *purpose)
{
	return (struct sl_seal_binding){
		.user_id = run->account.lease.user_id,
		.owner_id = run->account.grant.id,
		.purpose = purpose,
	};
}

/* Open the stored access token, if it is there and lasts. */
static struct sl_token *
open_stored(struct sl_run *run, struct sl_error *err)
{
	const struct sl_grant *g = &run->account.grant;
	const struct sl_engine_config *c = &run->engine->config;
	struct sl_seal_binding b = binding(run, "access_token");
	SL_AUTO_SECRET plain = { 0 };

	err->status = SL_OK;
	if (g->access.key_id[0] == '\0' || g->access_expires_us == SL_NO_TIME ||
	    g->access_expires_us - SL_TOKEN_MARGIN_US <= sl_run_now_us(run))
		return NULL;
	if (sl_unseal(c->keys, &b, &g->access, &plain, err) != SL_OK)
		return NULL;
	return token_new(&plain, g->access_expires_us);
}

void
sl_token_begin(struct sl_run *run)
{
	struct sl_error err;
	struct sl_token *token = open_stored(run, &err);

	if (!token && err.status != SL_OK) {
		sl_run_fail(run, &err, true);
		return;
	}
	pthread_mutex_lock(&run->engine->mutex);
	run->token = token;
	run->token_state = token ? SL_TOKEN_READY : SL_TOKEN_NONE;
	pthread_mutex_unlock(&run->engine->mutex);
}

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

static void
refresh_failed(struct sl_run *run, const struct sl_error *err)
{
	pthread_mutex_lock(&run->engine->mutex);
	run->token_state = SL_TOKEN_FAILED;
	pthread_mutex_unlock(&run->engine->mutex);
	sl_run_fail(run, err, true);
}

static sl_status
build_refresh(struct sl_run *run, struct sl_error *err)
{
	const struct sl_grant *g = &run->account.grant;
	const struct sl_engine_config *c = &run->engine->config;
	struct sl_seal_binding mine = binding(run, "refresh_token");
	struct sl_seal_binding clients = {
		.user_id = "",
		.owner_id = g->oauth_client_row,
		.purpose = "client_secret",
	};
	struct sl_oauth_client client = { .client_id = g->client_id };
	SL_AUTO_SECRET refresh = { 0 };
	sl_status s;

	if (g->refresh.key_id[0] == '\0')
		return sl_fail(err, SL_REAUTH, SL_GRANT,
			       "no refresh token is stored: connect again");
	s = sl_unseal(c->keys, &mine, &g->refresh, &refresh, err);
	if (s == SL_OK)
		s = sl_unseal(c->keys, &clients, &g->client_secret,
			      &client.client_secret, err);
	if (s == SL_OK)
		run->refresh_form = sl_oauth_refresh_form(&client, &refresh);
	sl_secret_release(&client.client_secret);
	return s;
}

static void
submit_refresh(struct sl_run *run, int64_t delay_ms)
{
	const struct sl_engine_config *c = &run->engine->config;
	struct sl_exchange *x = &run->refresh;

	*x = (struct sl_exchange){
		.request = {
			.method = "POST",
			.url = c->endpoint(c->endpoint_ctx,
					   run->connector->provider,
					   SL_ENDPOINT_TOKEN),
			.form = sl_form_body(run->refresh_form),
			.max_body = SL_OAUTH_BODY_MAX,
			.keep = true, /* it may replace the refresh token */
			.not_before_us = delay_ms > 0 ?
				sl_mono_us(c->clock) + delay_ms * 1000 : 0,
		},
		.done = refresh_done,
		.owner = run,
	};
	sl_exchange_init(x);
	pthread_mutex_lock(&run->engine->mutex);
	run->tally.requests++;
	run->unwritten.requests++;
	pthread_mutex_unlock(&run->engine->mutex);
	c->transport->submit(c->transport, x);
	if (sl_engine_ending(run->engine))
		c->transport->cancel_all(c->transport);
}

static void
begin_refresh(struct sl_run *run)
{
	struct sl_error err;

	run->refresh_attempts = 0;
	if (build_refresh(run, &err) != SL_OK) {
		refresh_failed(run, &err);
		return;
	}
	submit_refresh(run, 0);
}

struct sl_token *
sl_token_get(struct sl_run *run)
{
	struct sl_engine *e = run->engine;
	int64_t now = sl_run_now_us(run);
	struct sl_token *token = NULL;
	bool begin = false;

	pthread_mutex_lock(&e->mutex);
	if (run->token_state == SL_TOKEN_READY && run->token &&
	    run->token->expires_us - SL_TOKEN_MARGIN_US > now) {
		token = run->token;
		token->refs++;
	} else if ((run->token_state == SL_TOKEN_READY ||
		    run->token_state == SL_TOKEN_NONE) &&
		   !run->fatal) {
		run->token_state = SL_TOKEN_FLYING;
		begin = true;
	}
	pthread_mutex_unlock(&e->mutex);
	if (begin)
		begin_refresh(run);
	return token;
}

void
sl_token_refused(struct sl_run *run, const struct sl_token *token)
{
	pthread_mutex_lock(&run->engine->mutex);
	if (run->token == token && run->token_state == SL_TOKEN_READY) {
		token_unref_locked(&run->token);
		run->token_state = SL_TOKEN_NONE;
	}
	pthread_mutex_unlock(&run->engine->mutex);
}

/* Seal what came and store it, by compare-and-swap on the version. */
static sl_status
store_tokens(struct sl_worker *worker, struct sl_run *run,
	     const struct sl_tokens *tokens, bool *won, struct sl_error *err)
{
	const struct sl_engine_config *c = &run->engine->config;
	struct sl_seal_binding access = binding(run, "access_token");
	struct sl_seal_binding refresh = binding(run, "refresh_token");
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
			      run->refresh_arena, &sealed_access, err);

	if (s == SL_OK && sl_secret_is_set(&tokens->refresh)) {
		s = sl_seal(c->keys, c->rng, &refresh, &tokens->refresh,
			    run->refresh_arena, &sealed_refresh, err);
		update.refresh = &sealed_refresh;
	}
	if (s != SL_OK)
		return s;
	/* What the provider gave must not be lost to a database that is away
	 * for a moment: the old refresh token may be dead already. */
	for (int i = 0; i < SAVE_ATTEMPTS; i++) {
		if (i > 0)
			sl_engine_pause(run->engine, SAVE_PAUSE_US << (i - 1));
		s = worker->store->save_tokens(worker->store, &update, won,
					       err);
		if (s != SL_RETRY)
			break;
	}
	return s;
}

/* Somebody else refreshed meanwhile: use what they stored. */
static sl_status
adopt_stored(struct sl_worker *worker, struct sl_run *run,
	     struct sl_token **token, struct sl_error *err)
{
	sl_status s = worker->store->grant(worker->store, &run->account.lease,
					   run->account.grant.id, run->arena,
					   &run->account.grant, err);

	if (s != SL_OK)
		return s;
	*token = open_stored(run, err);
	if (*token)
		return SL_OK;
	if (err->status != SL_OK)
		return err->status;
	return sl_fail(err, SL_RETRY, SL_GRANT,
		       "the access token changed hands during its refresh");
}

static sl_status
read_refresh(struct sl_worker *worker, struct sl_run *run,
	     struct sl_token **token, struct sl_error *err)
{
	struct sl_tokens tokens = { 0 };
	bool won = false;
	sl_status s;

	s = sl_oauth_read_tokens(run->refresh_arena, &run->refresh.response,
				 sl_run_now_us(run), &tokens, err);
	run->refresh_taken = s == SL_OK;
	if (s == SL_OK)
		s = store_tokens(worker, run, &tokens, &won, err);
	if (s == SL_OK && won) {
		*token = token_new(&tokens.access, tokens.expires_us);
		run->account.grant.version++;
	} else if (s == SL_OK) {
		s = adopt_stored(worker, run, token, err);
	}
	sl_tokens_release(&tokens);
	return s;
}

/* Did the refresh fail in a way that may pass? Then it is on its way again. */
static bool
refresh_again(struct sl_run *run, sl_status s, const struct sl_error *err)
{
	const struct sl_engine_config *c = &run->engine->config;
	struct sl_retry_decision d;

	if (s != SL_RETRY || run->refresh_taken || sl_run_stopped(run))
		return false; /* an answer is never asked for twice */
	d = sl_retry_next(&c->retry, ++run->refresh_attempts,
			  err->retry_after_ms, c->rng);
	if (!d.again)
		return false;
	pthread_mutex_lock(&run->engine->mutex);
	run->token_state = SL_TOKEN_FLYING;
	run->tally.retries++;
	run->unwritten.retries++;
	pthread_mutex_unlock(&run->engine->mutex);
	sl_exchange_release(&run->refresh);
	submit_refresh(run, d.delay_ms);
	return true;
}

static void
token_ready(struct sl_run *run, struct sl_token *token)
{
	struct sl_engine *e = run->engine;

	sl_log(e->config.log, SL_LOG_INFO, "token-refreshed",
	       (struct sl_field[]){ SL_F_TEXT("grant", run->account.grant.id),
				    SL_F_END });
	pthread_mutex_lock(&e->mutex);
	token_unref_locked(&run->token); /* the one that ran out */
	run->token = token;
	run->token_state = SL_TOKEN_READY;
	for (struct sl_task *t = run->tasks; t; t = t->next)
		if (t->started && !t->ended)
			sl_job_wake_locked(e, &t->job);
	pthread_mutex_unlock(&e->mutex);
}

static void
grant_is_dead(struct sl_worker *worker, struct sl_run *run,
	      const struct sl_error *cause)
{
	struct sl_error err;

	if (worker->store->grant_dead(worker->store, &run->account.lease,
				      &run->account.grant, cause->text,
				      &err) != SL_OK)
		sl_run_fail(run, &err, false);
}

void
sl_token_landed(struct sl_worker *worker, struct sl_run *run)
{
	struct sl_token *token = NULL;
	struct sl_error err = { 0 };
	bool landed;
	sl_status s;

	pthread_mutex_lock(&run->engine->mutex);
	landed = run->token_state == SL_TOKEN_LANDED;
	pthread_mutex_unlock(&run->engine->mutex);
	if (!landed)
		return;
	run->refresh_arena = sl_arena_new();
	s = read_refresh(worker, run, &token, &err);
	sl_arena_free(&run->refresh_arena);
	if (refresh_again(run, s, &err))
		return;
	sl_form_free(&run->refresh_form);
	sl_exchange_release(&run->refresh);
	if (s == SL_OK) {
		token_ready(run, token);
		return;
	}
	if (s == SL_CANCELLED && sl_engine_ending(run->engine)) {
		pthread_mutex_lock(&run->engine->mutex);
		run->token_state = SL_TOKEN_NONE;
		pthread_mutex_unlock(&run->engine->mutex);
		return;
	}
	if (s == SL_REAUTH)
		grant_is_dead(worker, run, &err);
	refresh_failed(run, &err);
}

void
sl_token_release(struct sl_run *run)
{
	pthread_mutex_lock(&run->engine->mutex);
	token_unref_locked(&run->token);
	pthread_mutex_unlock(&run->engine->mutex);
	sl_form_free(&run->refresh_form);
	sl_exchange_release(&run->refresh);
}
