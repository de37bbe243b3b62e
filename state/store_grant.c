/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grants and their sealed tokens.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "sql.h"
#include "state/store_private.h"

static const char actor[] = "gateway";

static void
read_sealed(const struct sl_rows *rows, const char *const columns[3],
	    struct sl_arena *arena, struct sl_sealed *out)
{
	const char *key_id = sl_row_text(rows, 0, columns[2]);
	const unsigned char *iv;
	size_t len;

	*out = (struct sl_sealed){ .ciphertext = NULL };
	if (key_id == NULL)
		return;
	out->ciphertext =
		sl_row_bytes(arena, rows, 0, columns[0], &out->ciphertext_len);
	iv = sl_row_bytes(arena, rows, 0, columns[1], &len);
	if (iv == NULL || len != sizeof(out->iv))
		return;
	memcpy(out->iv, iv, sizeof(out->iv));
	(void)snprintf(out->key_id, sizeof(out->key_id), "%s", key_id);
}

sl_status
sl_grant_read(struct sl_pg *pg, const char *user_id, const char *grant_id,
	      struct sl_arena *arena, struct sl_grant *out,
	      struct sl_error *err)
{
	static const char *const access[] = { "access_ciphertext", "access_iv",
					      "access_key_id" };
	static const char *const refresh[] = { "refresh_ciphertext",
					       "refresh_iv", "refresh_key_id" };
	static const char *const secret[] = { "secret_ciphertext", "secret_iv",
					      "secret_key_id" };
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_params_init(&p, arena);
	sl_params_text(&p, user_id);
	sl_params_text(&p, grant_id);
	status = sl_pg_query(pg, sl_sql_grant_load, &p, &rows, err);
	if (status != SL_OK)
		return status;
	if (sl_rows_count(rows) != 1)
		return sl_fail(err, SL_REAUTH, SL_GRANT, "the grant is gone");
	*out = (struct sl_grant){
		.status = sl_row_copy(arena, rows, 0, "status"),
		.scopes = sl_row_copy(arena, rows, 0, "scopes"),
		.version = sl_row_i64(rows, 0, "version", 0),
		.access_expires_us = sl_row_time(rows, 0, "access_expires_at"),
		.client_id = sl_row_copy(arena, rows, 0, "client_id"),
	};
	sl_row_uuid(out->id, rows, 0, "id");
	sl_row_uuid(out->oauth_client_row, rows, 0, "client_row");
	read_sealed(rows, access, arena, &out->access);
	read_sealed(rows, refresh, arena, &out->refresh);
	read_sealed(rows, secret, arena, &out->client_secret);
	return SL_OK;
}

struct grant_work {
	const struct sl_lease *lease;
	const char *grant_id;
	struct sl_arena *arena;
	struct sl_grant *out;
	const char *text;
	int64_t version;
};

static sl_status
grant_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct grant_work *w = ctx;

	return sl_grant_read(s->pg, w->lease->user_id, w->grant_id, w->arena,
			     w->out, err);
}

sl_status
sl_store_grant(struct sl_store *store, const struct sl_lease *lease,
	       const char *grant_id, struct sl_arena *arena,
	       struct sl_grant *out, struct sl_error *err)
{
	struct sl_grant grant;
	struct grant_work w = { .lease = lease,
				.grant_id = grant_id,
				.arena = arena,
				.out = &grant };
	sl_status status = sl_txn_run(sl_pg_store_of(store), lease->user_id,
				      grant_work, &w, err);

	if (status == SL_OK)
		*out = grant;
	return status;
}

static sl_status
put_secret(struct sl_pg *pg, const struct sl_token_update *update,
	   const char *purpose, const struct sl_sealed *sealed,
	   struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;

	if (sealed == NULL)
		return SL_OK;
	sl_params_init(&p, arena);
	sl_params_text(&p, update->user_id);
	sl_params_text(&p, update->grant_id);
	sl_params_text(&p, purpose);
	sl_params_bytes(&p, sealed->ciphertext, sealed->ciphertext_len);
	sl_params_bytes(&p, sealed->iv, sizeof(sealed->iv));
	sl_params_text(&p, sealed->key_id);
	return sl_pg_query(pg, sl_sql_grant_secret, &p, NULL, err);
}

static sl_status
audit(struct sl_pg *pg, const char *user_id, const char *grant_id,
      const char *event, const char *detail, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;

	sl_params_init(&p, arena);
	sl_params_text(&p, user_id);
	sl_params_text(&p, grant_id);
	sl_params_text(&p, event);
	sl_params_text(&p, actor);
	sl_params_text(&p, detail);
	return sl_pg_query(pg, sl_sql_grant_audit, &p, NULL, err);
}

struct token_work {
	const struct sl_token_update *update;
	bool won;
};

static sl_status
token_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct token_work *w = ctx;
	const struct sl_token_update *u = w->update;
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;
	int64_t hit = 0;
	sl_status status;

	sl_params_init(&p, arena);
	sl_params_text(&p, u->user_id);
	sl_params_text(&p, u->grant_id);
	sl_params_i64(&p, u->version);
	sl_params_time(&p, u->access_expires_us);
	sl_params_time(&p, u->refresh_expires_us);
	sl_params_text(&p, u->scopes);
	status = sl_pg_touch(s->pg, sl_sql_grant_refresh, &p, &hit, err);
	w->won = hit > 0;
	if (status != SL_OK || !w->won)
		return status;
	status = put_secret(s->pg, u, "access_token", u->access, err);
	if (status == SL_OK)
		status = put_secret(s->pg, u, "refresh_token", u->refresh, err);
	if (status == SL_OK && u->refresh != NULL)
		status = audit(s->pg, u->user_id, u->grant_id,
			       "refresh-token-rotated", NULL, err);
	return status;
}

sl_status
sl_store_save_tokens(struct sl_store *store,
		     const struct sl_token_update *update, bool *won,
		     struct sl_error *err)
{
	struct token_work w = { .update = update };
	sl_status status = sl_txn_run(sl_pg_store_of(store), update->user_id,
				      token_work, &w, err);

	if (status == SL_OK)
		*won = w.won;
	return status;
}

/*
 * The grant's row comes first, before our own lease: two runs of one grant
 * that find it dead at the same time would wait for each other otherwise.
 */
static sl_status
dead_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct grant_work *w = ctx;
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_ROWS rows = NULL;
	struct sl_params grant, lease;
	int64_t hit = 0;
	sl_status status;

	sl_params_init(&grant, arena);
	sl_params_text(&grant, w->lease->user_id);
	sl_params_text(&grant, w->grant_id);
	sl_params_text(&grant, w->text);
	sl_params_i64(&grant, w->version);
	status = sl_pg_touch(s->pg, sl_sql_grant_dead, &grant, &hit, err);
	if (status != SL_OK)
		return status;
	sl_params_lease(&lease, arena, w->lease);
	sl_params_i64(&lease, w->lease->fence);
	status = sl_pg_query(s->pg, sl_sql_run_check, &lease, &rows, err);
	if (status != SL_OK)
		return status;
	if (sl_rows_count(rows) == 0)
		return sl_lease_lost(err);
	if (hit == 0) /* dead already, or connected again meanwhile */
		return SL_OK;
	grant.count = 3;
	status = sl_pg_query(s->pg, sl_sql_grant_integrations, &grant, NULL,
			     err);
	if (status != SL_OK)
		return status;
	return audit(s->pg, w->lease->user_id, w->grant_id, "grant-dead",
		     w->text, err);
}

sl_status
sl_store_grant_dead(struct sl_store *store, const struct sl_lease *lease,
		    const struct sl_grant *grant, const char *text,
		    struct sl_error *err)
{
	struct grant_work w = { .lease = lease,
				.grant_id = grant->id,
				.version = grant->version,
				.text = text };

	return sl_txn_run(sl_pg_store_of(store), lease->user_id, dead_work, &w,
			  err);
}
