/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grants and their sealed tokens.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/json/json.h"

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

void
sl_grant_take(const struct sl_rows *rows, struct sl_arena *arena,
	      struct sl_grant *out)
{
	static const char *const access[] = { "access_ciphertext", "access_iv",
					      "access_key_id" };
	static const char *const refresh[] = { "refresh_ciphertext",
					       "refresh_iv", "refresh_key_id" };
	static const char *const secret[] = { "secret_ciphertext", "secret_iv",
					      "secret_key_id" };

	*out = (struct sl_grant){
		.status = sl_row_copy(arena, rows, 0, "grant_status"),
		.purpose = sl_row_copy(arena, rows, 0, "purpose"),
		.last_error = sl_row_copy(arena, rows, 0, "last_error"),
		.scopes = sl_row_copy(arena, rows, 0, "scopes"),
		.version = sl_row_i64(rows, 0, "version", 0),
		.access_expires_us = sl_row_time(rows, 0, "access_expires_at"),
		.refresh_expires_us =
			sl_row_time(rows, 0, "refresh_expires_at"),
		.refreshed_us = sl_row_time(rows, 0, "refreshed_at"),
		.client_id = sl_row_copy(arena, rows, 0, "client_id"),
	};
	sl_row_uuid(out->id, rows, 0, "grant_id");
	sl_row_uuid(out->oauth_client_row, rows, 0, "client_row");
	read_sealed(rows, access, arena, &out->access);
	read_sealed(rows, refresh, arena, &out->refresh);
	read_sealed(rows, secret, arena, &out->client_secret);
}

static sl_status
load_grant(struct sl_pg *pg, const char *user_id, const char *grant_id,
	   struct sl_arena *arena, struct sl_grant *out, struct sl_error *err)
{
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
	sl_grant_take(rows, arena, out);
	return SL_OK;
}

/* --- the refresh lease ---------------------------------------------------- */

struct lease_work {
	const struct sl_refresh_claim *claim;
	struct sl_arena *arena;
	const char *owner;
	enum sl_refresh_turn turn;
	struct sl_grant *grant;
};

/* Two runs of one process are two owners: neither takes the other's lease. */
static const char *
refresh_owner(struct sl_arena *arena, const struct sl_refresh_claim *claim)
{
	const struct sl_owner *o = claim->owner;
	json_auto_t *object = json_pack(
		"{s:s, s:s, s:I, s:I, s:s}", "host", o->host, "boot_id",
		o->boot_id, "pid", (json_int_t)o->pid, "started",
		(json_int_t)o->started_us, "run", claim->lease->run_id);

	return sl_json_canonical(arena, object);
}

static sl_status
take_refresh_lease(struct sl_pg *pg, const struct lease_work *w,
		   const char *dead_owner, bool *taken, struct sl_error *err)
{
	struct sl_params p;
	int64_t hit = 0;
	sl_status status;

	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->claim->lease->user_id);
	sl_params_text(&p, w->claim->grant_id);
	sl_params_i64(&p, w->claim->version);
	sl_params_text(&p, w->owner);
	sl_params_text(&p, dead_owner);
	sl_params_i64(&p, SL_REFRESH_LEASE_US);
	status = sl_pg_touch(pg, sl_sql_grant_lease, &p, &hit, err);
	*taken = hit > 0;
	return status;
}

/* It was not to be had: why? */
static sl_status
look_at_holder(struct sl_pg *pg, struct lease_work *w, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	bool taken = false;
	sl_status status;

	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->claim->lease->user_id);
	sl_params_text(&p, w->claim->grant_id);
	sl_params_i64(&p, w->claim->version);
	status = sl_pg_query(pg, sl_sql_grant_holder, &p, &rows, err);
	if (status != SL_OK)
		return status;
	if (sl_rows_count(rows) == 0 || sl_row_bool(rows, 0, "stale")) {
		w->turn = SL_REFRESH_STALE;
		return load_grant(pg, w->claim->lease->user_id,
				  w->claim->grant_id, w->arena, w->grant, err);
	}
	w->turn = SL_REFRESH_BUSY;
	if (!sl_owner_is_dead(w->claim->owner, rows, 0))
		return SL_OK;
	status = take_refresh_lease(pg, w, sl_row_text(rows, 0, "owner"),
				    &taken, err);
	if (taken)
		w->turn = SL_REFRESH_OURS;
	return status;
}

static sl_status
lease_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct lease_work *w = ctx;
	bool taken = false;
	sl_status status = take_refresh_lease(s->pg, w, NULL, &taken, err);

	w->turn = SL_REFRESH_OURS;
	if (status != SL_OK || taken)
		return status;
	return look_at_holder(s->pg, w, err);
}

sl_status
sl_store_lease_grant(struct sl_store *store,
		     const struct sl_refresh_claim *claim,
		     struct sl_arena *arena, enum sl_refresh_turn *turn,
		     struct sl_grant *grant, struct sl_error *err)
{
	struct sl_grant now;
	struct lease_work w = { .claim = claim,
				.arena = arena,
				.owner = refresh_owner(arena, claim),
				.grant = &now };
	sl_status status =
		sl_txn_run(sl_pg_store_of(store), claim->lease->user_id,
			   lease_work, &w, err);

	if (status != SL_OK)
		return status;
	*turn = w.turn;
	if (w.turn == SL_REFRESH_STALE)
		*grant = now;
	return SL_OK;
}

static sl_status
unlease_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct lease_work *w = ctx;
	struct sl_params p;

	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->claim->lease->user_id);
	sl_params_text(&p, w->claim->grant_id);
	sl_params_text(&p, w->owner);
	return sl_pg_query(s->pg, sl_sql_grant_unlease, &p, NULL, err);
}

sl_status
sl_store_unlease_grant(struct sl_store *store,
		       const struct sl_refresh_claim *claim,
		       struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct lease_work w = { .claim = claim,
				.arena = arena,
				.owner = refresh_owner(arena, claim) };

	return sl_txn_run(sl_pg_store_of(store), claim->lease->user_id,
			  unlease_work, &w, err);
}

/* --- new tokens, or none any more ------------------------------------------ */

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
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_params_init(&p, arena);
	sl_params_text(&p, u->user_id);
	sl_params_text(&p, u->grant_id);
	sl_params_i64(&p, u->version);
	sl_params_time(&p, u->access_expires_us);
	sl_params_time(&p, u->refresh_expires_us);
	sl_params_text(&p, u->scopes);
	status = sl_pg_query(s->pg, sl_sql_grant_refresh, &p, &rows, err);
	w->won = status == SL_OK && sl_rows_count(rows) > 0;
	if (!w->won)
		return status;
	if (sl_row_bool(rows, 0, "revived")) {
		p.count = 2;
		status = sl_pg_query(s->pg, sl_sql_grant_revive, &p, NULL, err);
	}
	if (status == SL_OK)
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

struct death_work {
	const struct sl_grant_death *death;
	struct sl_arena *arena;
	struct sl_changes changes;
};

static sl_status
stop_integrations(struct sl_pg *pg, const struct sl_params *grant,
		  struct death_work *w, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	sl_status status =
		sl_pg_query(pg, sl_sql_grant_integrations, grant, &rows, err);
	size_t count;

	if (status != SL_OK)
		return status;
	count = sl_rows_count(rows);
	w->changes.items = SL_NEW_ARRAY(w->arena, count, struct sl_change);
	w->changes.count = count;
	for (size_t i = 0; i < count; i++) {
		struct sl_change *c = &w->changes.items[i];

		sl_row_uuid(c->integration_id, rows, i, "id");
		c->provider = sl_row_copy(w->arena, rows, i, "provider");
		c->account = sl_row_copy(w->arena, rows, i, "account");
	}
	return SL_OK;
}

/*
 * The grant's row comes first, before our own lease: two runs of one grant
 * that find it dead at the same time would wait for each other otherwise.
 */
static sl_status
dead_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct death_work *w = ctx;
	const struct sl_grant_death *d = w->death;
	SL_AUTO_ROWS rows = NULL;
	struct sl_params grant, lease;
	int64_t hit = 0;
	sl_status status;

	w->changes = (struct sl_changes){ .count = 0 };
	sl_params_init(&grant, w->arena);
	sl_params_text(&grant, d->lease->user_id);
	sl_params_text(&grant, d->grant->id);
	sl_params_text(&grant, d->text);
	sl_params_i64(&grant, d->grant->version);
	status = sl_pg_touch(s->pg, sl_sql_grant_dead, &grant, &hit, err);
	if (status != SL_OK)
		return status;
	if (d->lease->fence != 0) { /* else a dry run, which has no lease */
		sl_params_lease(&lease, w->arena, d->lease);
		sl_params_i64(&lease, d->lease->fence);
		status = sl_pg_query(s->pg, sl_sql_run_check, &lease, &rows,
				     err);
		if (status != SL_OK)
			return status;
		if (sl_rows_count(rows) == 0)
			return sl_lease_lost(err);
	}
	if (hit == 0) /* dead already, or connected again meanwhile */
		return SL_OK;
	grant.count = 3;
	status = stop_integrations(s->pg, &grant, w, err);
	if (status != SL_OK)
		return status;
	return audit(s->pg, d->lease->user_id, d->grant->id, "grant-dead",
		     d->text, err);
}

sl_status
sl_store_grant_dead(struct sl_store *store, const struct sl_grant_death *death,
		    struct sl_arena *arena, struct sl_changes *changes,
		    struct sl_error *err)
{
	struct death_work w = { .death = death, .arena = arena };
	sl_status status =
		sl_txn_run(sl_pg_store_of(store), death->lease->user_id,
			   dead_work, &w, err);

	if (status == SL_OK)
		*changes = w.changes;
	return status;
}

struct warn_work {
	const struct sl_lease *lease;
	const char *grant_id;
	bool due;
};

static sl_status
warn_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct warn_work *w = ctx;
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;
	int64_t hit = 0;
	sl_status status;

	sl_params_init(&p, arena);
	sl_params_text(&p, w->lease->user_id);
	sl_params_text(&p, w->grant_id);
	status = sl_pg_touch(s->pg, sl_sql_grant_warn, &p, &hit, err);
	w->due = hit > 0;
	return status;
}

sl_status
sl_store_warn_grant(struct sl_store *store, const struct sl_lease *lease,
		    const char *grant_id, bool *due, struct sl_error *err)
{
	struct warn_work w = { .lease = lease, .grant_id = grant_id };
	sl_status status = sl_txn_run(sl_pg_store_of(store), lease->user_id,
				      warn_work, &w, err);

	if (status == SL_OK)
		*due = w.due;
	return status;
}
