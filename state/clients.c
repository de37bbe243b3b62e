/* SPDX-License-Identifier: Apache-2.0 */
#include "state/clients.h"

#include <jansson.h>
#include <string.h>

#include "core/json/json.h"

#include "sql.h"
#include "state/ask.h"

/* Installation-wide rows: as the gateway, without an identity. */
static sl_status
ask(struct sl_pg *pg, const char *sql, const struct sl_params *params,
    struct sl_rows **rows, struct sl_error *err)
{
	return sl_pg_ask(pg,
			 &(struct sl_question){ .role = SL_PG_GATEWAY,
						.sql = sql,
						.params = params },
			 rows, err);
}

sl_status
sl_client_id(struct sl_pg *pg, const char *provider, const char *client_id,
	     char id[SL_UUID_TEXT], struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, provider);
	sl_params_text(&p, client_id);
	st = ask(pg, sl_sql_client_id, &p, &rows, err);
	if (st == SL_OK)
		sl_row_id(rows, 0, id);
	return st;
}

static void
put_params(struct sl_params *p, const struct sl_client_row *client)
{
	struct sl_pg_array *uris = sl_pg_array_new(p->arena);

	for (const char *const *uri = client->redirect_uris; *uri != NULL;
	     uri++)
		sl_pg_array_text(uris, *uri);
	sl_params_text(p, client->id);
	sl_params_text(p, client->provider);
	sl_params_text(p, client->client_id);
	sl_params_text(p, client->kind);
	sl_params_text(p, client->project);
	sl_params_text(p, sl_pg_array_done(uris));
	sl_params_bytes(p, client->secret.ciphertext,
			client->secret.ciphertext_len);
	sl_params_bytes(p, client->secret.iv, SL_SEAL_IV_BYTES);
	sl_params_text(p, client->secret.key_id);
}

static sl_status
retire_others(struct sl_pg *pg, struct sl_arena *arena,
	      const struct sl_client_row *client, struct sl_error *err)
{
	struct sl_params p;

	sl_params_init(&p, arena);
	sl_params_text(&p, client->provider);
	sl_params_text(&p, client->client_id);
	return sl_pg_query(pg, sl_sql_client_retire, &p, NULL, err);
}

static sl_status
put_row(struct sl_pg *pg, struct sl_arena *arena,
	const struct sl_client_row *client, bool *created, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, arena);
	put_params(&p, client);
	st = sl_pg_query(pg, sl_sql_client_put, &p, &rows, err);
	if (st != SL_OK)
		return st;
	if (!sl_text_equal(sl_row_text(rows, 0, "id"), client->id))
		return sl_fail(err, SL_RETRY, SL_CLIENT,
			       "this client is being stored by another "
			       "process: try again");
	*created = sl_row_bool(rows, 0, "created");
	return SL_OK;
}

sl_status
sl_client_put(struct sl_pg *pg, const struct sl_client_row *client,
	      bool *created, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	bool is_new = false, unknown;
	sl_status st = sl_pg_begin(pg, SL_PG_GATEWAY, NULL, err);

	if (st == SL_OK)
		st = retire_others(pg, arena, client, err);
	if (st == SL_OK)
		st = put_row(pg, arena, client, &is_new, err);
	if (st == SL_OK)
		st = sl_pg_commit(pg, &unknown, err);
	sl_pg_rollback(pg);
	if (st == SL_OK)
		*created = is_new;
	return st;
}

static sl_status
read_uris(const char *text, struct sl_arena *arena, const char *const **out,
	  struct sl_error *err)
{
	json_auto_t *array = NULL;
	const char **uris;
	sl_status st = sl_json_parse_own(text, &array, err);

	if (st != SL_OK)
		return st;
	uris = SL_NEW_ARRAY(arena, json_array_size(array) + 1, const char *);
	for (size_t i = 0; i < json_array_size(array); i++)
		uris[i] = sl_arena_strdup(
			arena, json_string_value(json_array_get(array, i)));
	*out = uris;
	return SL_OK;
}

static void
read_secret(const struct sl_rows *rows, struct sl_arena *arena,
	    struct sl_sealed *out)
{
	const char *key_id = sl_row_text(rows, 0, "secret_key_id");
	size_t len = 0;
	const unsigned char *iv =
		sl_row_bytes(arena, rows, 0, "secret_iv", &len);

	*out = (struct sl_sealed){ .ciphertext_len = 0 };
	/* A foreign row is "nothing stored": unsealing says what to do. */
	if (key_id == NULL || strlen(key_id) > SL_KEY_ID_MAX ||
	    len != SL_SEAL_IV_BYTES)
		return;
	memcpy(out->key_id, key_id, strlen(key_id) + 1);
	memcpy(out->iv, iv, SL_SEAL_IV_BYTES);
	out->ciphertext = sl_row_bytes(arena, rows, 0, "secret_ciphertext",
				       &out->ciphertext_len);
}

sl_status
sl_client_get(struct sl_pg *pg, const char *provider, struct sl_arena *arena,
	      struct sl_client_row *out, bool *found, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	const char *const *uris = NULL;
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, provider);
	st = ask(pg, sl_sql_client_get, &p, &rows, err);
	if (st != SL_OK)
		return st;
	*found = sl_rows_count(rows) > 0;
	if (!*found)
		return SL_OK;
	st = read_uris(sl_row_text(rows, 0, "redirect_uris"), arena, &uris,
		       err);
	if (st != SL_OK)
		return st;
	*out = (struct sl_client_row){
		.provider = sl_row_copy(arena, rows, 0, "provider"),
		.client_id = sl_row_copy(arena, rows, 0, "client_id"),
		.kind = sl_row_copy(arena, rows, 0, "kind"),
		.project = sl_row_copy(arena, rows, 0, "project"),
		.redirect_uris = uris,
	};
	sl_row_id(rows, 0, out->id);
	read_secret(rows, arena, &out->secret);
	return SL_OK;
}
