/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The access token of a run: opened from the grant, shared by the requests
 * that carry it. When it runs out or is refused, engine_refresh.c gets
 * another, once for all requests that wait.
 */
#include "core/base/mem.h"

#include "core/auth/oauth2.h"
#include "core/sync/engine_private.h"

struct sl_token *
sl_token_new(const struct sl_secret *secret, int64_t issued_us,
	     int64_t expires_us)
{
	struct sl_token *token = sl_alloc(sizeof(*token));

	token->refs = 1;
	token->refresh_us = sl_token_refresh_us(issued_us, expires_us);
	sl_secret_copy(&token->secret, secret);
	return token;
}

void
sl_token_unref_locked(struct sl_token **token)
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
	sl_token_unref_locked(token);
	pthread_mutex_unlock(&e->mutex);
}

struct sl_seal_binding
sl_token_binding(const struct sl_run *run, const char *purpose)
{
	return (struct sl_seal_binding){
		.user_id = run->account.lease.user_id,
		.owner_id = run->account.grant.id,
		.purpose = purpose,
	};
}

struct sl_token *
sl_token_open_stored(struct sl_run *run, struct sl_error *err)
{
	const struct sl_grant *g = &run->account.grant;
	const struct sl_engine_config *c = &run->engine->config;
	struct sl_seal_binding b = sl_token_binding(run, "access_token");
	SL_AUTO_SECRET plain = { 0 };

	err->status = SL_OK;
	if (g->access.key_id[0] == '\0' || g->access_expires_us == SL_NO_TIME ||
	    sl_token_refresh_us(g->refreshed_us, g->access_expires_us) <=
		    sl_run_now_us(run))
		return NULL;
	if (sl_unseal(c->keys, &b, &g->access, &plain, err) != SL_OK)
		return NULL;
	return sl_token_new(&plain, g->refreshed_us, g->access_expires_us);
}

void
sl_token_begin(struct sl_run *run)
{
	struct sl_error err;
	struct sl_token *token = sl_token_open_stored(run, &err);

	if (!token && err.status != SL_OK) {
		sl_run_fail(run, &err, true);
		return;
	}
	pthread_mutex_lock(&run->engine->mutex);
	run->token = token;
	run->token_state = token ? SL_TOKEN_READY : SL_TOKEN_NONE;
	pthread_mutex_unlock(&run->engine->mutex);
}

struct sl_token *
sl_token_get(struct sl_run *run)
{
	struct sl_engine *e = run->engine;
	int64_t now = sl_run_now_us(run);
	struct sl_token *token = NULL;

	pthread_mutex_lock(&e->mutex);
	if (run->token_state == SL_TOKEN_READY && run->token &&
	    run->token->refresh_us > now) {
		token = run->token;
		token->refs++;
	} else if ((run->token_state == SL_TOKEN_READY ||
		    run->token_state == SL_TOKEN_NONE) &&
		   !run->fatal) {
		sl_refresh_want_locked(run);
	}
	pthread_mutex_unlock(&e->mutex);
	return token;
}

void
sl_token_refused(struct sl_run *run, const struct sl_token *token)
{
	pthread_mutex_lock(&run->engine->mutex);
	if (run->token == token && run->token_state == SL_TOKEN_READY) {
		sl_token_unref_locked(&run->token);
		run->token_state = SL_TOKEN_NONE;
	}
	pthread_mutex_unlock(&run->engine->mutex);
}

void
sl_token_release(struct sl_run *run)
{
	pthread_mutex_lock(&run->engine->mutex);
	sl_token_unref_locked(&run->token);
	pthread_mutex_unlock(&run->engine->mutex);
}
