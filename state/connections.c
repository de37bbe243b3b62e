/* SPDX-License-Identifier: Apache-2.0 */
#include "state/connections.h"

#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"

#include "sql.h"
#include "state/ask.h"

sl_status
sl_connection_find(struct sl_pg *pg, const struct sl_grant_key *key,
		   const char *client_row, struct sl_grant_found *out,
		   struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	const struct sl_question question = { .role = SL_PG_GATEWAY,
					      .user_id = key->user_id,
					      .sql = sl_sql_connection_find,
					      .params = &p };
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, key->user_id);
	sl_params_text(&p, key->purpose);
	sl_params_text(&p, key->subject);
	sl_params_text(&p, client_row);
	st = sl_pg_ask(pg, &question, &rows, err);
	if (st != SL_OK)
		return st;
	out->exists = sl_row_bool(rows, 0, "exists");
	out->has_refresh = sl_row_bool(rows, 0, "has_refresh");
	out->now_us = sl_row_time(rows, 0, "now");
	sl_row_id(rows, 0, out->id);
	return SL_OK;
}

sl_status
sl_connection_accounts(struct sl_pg *pg, const char *user_id,
		       const char *const *connectors, struct sl_arena *arena,
		       struct sl_account_name **out, size_t *count,
		       struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_pg_array *names = sl_pg_array_new(arena);
	struct sl_params p;
	const struct sl_question question = { .role = SL_PG_GATEWAY,
					      .user_id = user_id,
					      .sql = sl_sql_connection_accounts,
					      .params = &p };
	sl_status st;

	for (; *connectors != NULL; connectors++)
		sl_pg_array_text(names, *connectors);
	sl_params_init(&p, arena);
	sl_params_text(&p, user_id);
	sl_params_text(&p, sl_pg_array_done(names));
	st = sl_pg_ask(pg, &question, &rows, err);
	if (st != SL_OK)
		return st;
	*count = sl_rows_count(rows);
	*out = SL_NEW_ARRAY(arena, *count + 1, struct sl_account_name);
	for (size_t i = 0; i < *count; i++)
		(*out)[i] = (struct sl_account_name){
			.account = sl_row_copy(arena, rows, i, "account"),
			.subject =
				sl_row_copy(arena, rows, i, "account_subject"),
		};
	return SL_OK;
}

static sl_status
save_grant(struct sl_pg *pg, struct sl_arena *arena,
	   const struct sl_connection *c, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, c->grant_id);
	sl_params_text(&p, c->key.user_id);
	sl_params_text(&p, c->client_row);
	sl_params_text(&p, c->provider);
	sl_params_text(&p, c->key.purpose);
	sl_params_text(&p, c->key.subject);
	sl_params_text(&p, c->email);
	sl_params_text(&p, c->name);
	sl_params_text(&p, c->scopes);
	sl_params_time(&p, c->access_expires_us);
	sl_params_time(&p, c->refresh_expires_us);
	st = sl_pg_query(pg, sl_sql_connection_grant, &p, &rows, err);
	if (st != SL_OK)
		return st;
	/* The tokens are sealed to our id: another row cannot take them. */
	if (!sl_text_equal(sl_row_text(rows, 0, "id"), c->grant_id))
		return sl_fail(err, SL_RETRY, SL_GRANT,
			       "this account is being connected by another "
			       "process: try again");
	return SL_OK;
}

static sl_status
save_secret(struct sl_pg *pg, struct sl_arena *arena,
	    const struct sl_connection *c, const char *purpose,
	    struct sl_error *err)
{
	bool is_refresh = strcmp(purpose, SL_REFRESH_TOKEN_PURPOSE) == 0;
	const struct sl_sealed *sealed = is_refresh ? c->refresh : c->access;
	struct sl_params p;

	if (sealed == NULL)
		return SL_OK;
	sl_params_init(&p, arena);
	sl_params_text(&p, c->key.user_id);
	sl_params_text(&p, c->grant_id);
	sl_params_text(&p, purpose);
	sl_params_bytes(&p, sealed->ciphertext, sealed->ciphertext_len);
	sl_params_bytes(&p, sealed->iv, SL_SEAL_IV_BYTES);
	sl_params_text(&p, sealed->key_id);
	return sl_pg_query(pg, sl_sql_connection_secret, &p, NULL, err);
}

/* What was imported before the account was connected. */
static sl_status
adopt_archive(struct sl_pg *pg, struct sl_arena *arena,
	      const struct sl_connection *c, const char *connector,
	      const char *account, struct sl_connected *out,
	      struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	const char *other;
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, c->key.user_id);
	sl_params_text(&p, connector);
	sl_params_text(&p, account);
	sl_params_text(&p, c->key.subject);
	sl_params_text(&p, c->name);
	st = sl_pg_query(pg, sl_sql_connection_adopt, &p, &rows, err);
	if (st != SL_OK)
		return st;
	out->adopted = sl_row_bool(rows, 0, "adopted");
	other = sl_row_text(rows, 0, "other");
	(void)snprintf(out->left_archive, sizeof(out->left_archive), "%s",
		       other == NULL ? "" : other);
	return SL_OK;
}

static sl_status
save_integration(struct sl_pg *pg, struct sl_arena *arena,
		 const struct sl_connection *c,
		 const struct sl_connection_use *use, struct sl_connected *out,
		 struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	const char *account = c->email != NULL ? c->email : c->name;
	struct sl_params p;
	sl_status st;

	if (account == NULL)
		account = c->key.subject;
	out->adopted = false;
	st = adopt_archive(pg, arena, c, use->connector, account, out, err);
	if (st != SL_OK)
		return st;
	sl_params_init(&p, arena);
	sl_params_text(&p, c->key.user_id);
	sl_params_text(&p, use->connector);
	sl_params_text(&p, account);
	sl_params_text(&p, c->key.subject);
	sl_params_text(&p, c->grant_id);
	sl_params_i64(&p, use->interval_s);
	st = sl_pg_query(pg, sl_sql_connection_integration, &p, &rows, err);
	if (st != SL_OK)
		return st;
	sl_row_id(rows, 0, out->integration_id);
	out->created = sl_row_bool(rows, 0, "created") || out->adopted;
	return SL_OK;
}

static sl_status
save_traces(struct sl_pg *pg, struct sl_arena *arena,
	    const struct sl_connection *c, const struct sl_connection_use *use,
	    const struct sl_connected *done, struct sl_error *err)
{
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, done->integration_id);
	sl_params_text(&p, c->key.user_id);
	st = sl_pg_query(pg, sl_sql_connection_schedule, &p, NULL, err);
	if (st != SL_OK)
		return st;
	sl_params_init(&p, arena);
	sl_params_text(&p, c->key.user_id);
	sl_params_text(&p, c->grant_id);
	sl_params_text(&p, done->created ? "connected" : "reconnected");
	sl_params_text(&p, use->connector);
	return sl_pg_query(pg, sl_sql_connection_audit, &p, NULL, err);
}

static sl_status
forget_refresh(struct sl_pg *pg, struct sl_arena *arena,
	       const struct sl_connection *c, struct sl_error *err)
{
	struct sl_params p;

	if (!c->no_refresh)
		return SL_OK;
	sl_params_init(&p, arena);
	sl_params_text(&p, c->key.user_id);
	sl_params_text(&p, c->grant_id);
	sl_params_text(&p, SL_REFRESH_TOKEN_PURPOSE);
	return sl_pg_query(pg, sl_sql_connection_forget, &p, NULL, err);
}

static sl_status
save_lost(struct sl_pg *pg, struct sl_arena *arena,
	  const struct sl_connection *c, struct sl_error *err)
{
	const struct sl_connection_lost *lost = c->lost;
	sl_status st = SL_OK;

	for (; st == SL_OK && lost != NULL && lost->connector != NULL; lost++) {
		struct sl_params p;

		sl_params_init(&p, arena);
		sl_params_text(&p, c->key.user_id);
		sl_params_text(&p, lost->connector);
		sl_params_text(&p, c->grant_id);
		sl_params_text(&p, lost->why);
		st = sl_pg_query(pg, sl_sql_connection_lost, &p, NULL, err);
	}
	return st;
}

static sl_status
save_all(struct sl_pg *pg, struct sl_arena *arena,
	 const struct sl_connection *c, struct sl_connected *done,
	 struct sl_error *err)
{
	sl_status st = save_grant(pg, arena, c, err);

	if (st == SL_OK)
		st = save_secret(pg, arena, c, SL_ACCESS_TOKEN_PURPOSE, err);
	if (st == SL_OK)
		st = save_secret(pg, arena, c, SL_REFRESH_TOKEN_PURPOSE, err);
	if (st == SL_OK)
		st = forget_refresh(pg, arena, c, err);
	if (st == SL_OK)
		st = save_lost(pg, arena, c, err);
	for (size_t i = 0; st == SL_OK && c->uses[i].connector != NULL; i++) {
		st = save_integration(pg, arena, c, &c->uses[i], &done[i], err);
		if (st == SL_OK)
			st = save_traces(pg, arena, c, &c->uses[i], &done[i],
					 err);
	}
	return st;
}

sl_status
sl_connection_save(struct sl_pg *pg, const struct sl_connection *connection,
		   struct sl_connected *out, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	bool unknown;
	sl_status st =
		sl_pg_begin(pg, SL_PG_GATEWAY, connection->key.user_id, err);

	if (st == SL_OK)
		st = save_all(pg, arena, connection, out, err);
	if (st == SL_OK)
		st = sl_pg_commit(pg, &unknown, err);
	sl_pg_rollback(pg);
	return st;
}
