/* SPDX-License-Identifier: Apache-2.0 */
#include "state/vault.h"

#include <string.h>

#include "sql.h"
#include "state/ask.h"

#define TRIES 5 /* of a transaction that met another one */

static const char actor[] = "cli";

/* As the gateway: as one user, or without an identity. */
static sl_status
ask(struct sl_pg *pg, const char *user_id, const char *sql,
    const struct sl_params *params, struct sl_rows **rows, struct sl_error *err)
{
	const struct sl_question question = { .role = SL_PG_GATEWAY,
					      .user_id = user_id,
					      .sql = sql,
					      .params = params };
	sl_status st = SL_RETRY;

	/* Each statement is one transaction that can be done twice. */
	for (int i = 0; i < TRIES && st == SL_RETRY; i++)
		st = sl_pg_ask(pg, &question, rows, err);
	return st;
}

/** The three columns of a sealed value; nothing stored for a foreign one. */
static void
read_sealed(const struct sl_rows *rows, size_t row,
	    const char *const columns[3], struct sl_arena *arena,
	    struct sl_sealed *out)
{
	const char *key_id = sl_row_text(rows, row, columns[2]);
	const unsigned char *iv, *ciphertext;
	size_t iv_len = 0, len = 0;

	*out = (struct sl_sealed){ .ciphertext = NULL };
	iv = sl_row_bytes(arena, rows, row, columns[1], &iv_len);
	ciphertext = sl_row_bytes(arena, rows, row, columns[0], &len);
	if (key_id == NULL || strlen(key_id) > SL_KEY_ID_MAX || iv == NULL ||
	    iv_len != sizeof(out->iv) || ciphertext == NULL)
		return;
	memcpy(out->key_id, key_id, strlen(key_id) + 1);
	memcpy(out->iv, iv, sizeof(out->iv));
	out->ciphertext = ciphertext;
	out->ciphertext_len = len;
}

sl_status
sl_vault_keys(struct sl_pg *pg, struct sl_arena *arena,
	      struct sl_vault_key **out, size_t *count, struct sl_error *err)
{
	static const char *const columns[] = { "check_ciphertext", "check_iv",
					       "id" };
	SL_AUTO_ROWS rows = NULL;
	struct sl_vault_key *keys;
	sl_status st = ask(pg, NULL, sl_sql_vault_keys, NULL, &rows, err);

	if (st != SL_OK)
		return st;
	*count = sl_rows_count(rows);
	keys = SL_NEW_ARRAY(arena, *count + 1, struct sl_vault_key);
	for (size_t i = 0; i < *count; i++) {
		keys[i] = (struct sl_vault_key){
			.id = sl_row_copy(arena, rows, i, "id"),
			.used = sl_row_bool(rows, i, "used"),
		};
		if (sl_row_bool(rows, i, "known"))
			read_sealed(rows, i, columns, arena, &keys[i].check);
	}
	*out = keys;
	return SL_OK;
}

sl_status
sl_vault_key_add(struct sl_pg *pg, const struct sl_sealed *check,
		 struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;

	sl_params_init(&p, arena);
	sl_params_text(&p, check->key_id);
	sl_params_bytes(&p, check->ciphertext, check->ciphertext_len);
	sl_params_bytes(&p, check->iv, sizeof(check->iv));
	sl_params_text(&p, actor);
	return ask(pg, NULL, sl_sql_vault_key_add, &p, NULL, err);
}

sl_status
sl_vault_counts(struct sl_pg *pg, struct sl_arena *arena,
		struct sl_vault_count **out, size_t *count,
		struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_vault_count *counts;
	sl_status st = ask(pg, NULL, sl_sql_vault_counts, NULL, &rows, err);

	if (st != SL_OK)
		return st;
	*count = sl_rows_count(rows);
	counts = SL_NEW_ARRAY(arena, *count + 1, struct sl_vault_count);
	for (size_t i = 0; i < *count; i++)
		counts[i] = (struct sl_vault_count){
			.key_id = sl_row_copy(arena, rows, i, "key_id"),
			.tokens = sl_row_i64(rows, i, "tokens", 0),
			.clients = sl_row_i64(rows, i, "clients", 0),
			.revocations = sl_row_i64(rows, i, "revocations", 0),
			.users = sl_row_i64(rows, i, "users", 0),
		};
	*out = counts;
	return SL_OK;
}

sl_status
sl_vault_users(struct sl_pg *pg, const char *key_id, const char *after,
	       struct sl_arena *arena, const char ***ids, size_t *count,
	       struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, key_id);
	sl_params_text(&p, after);
	sl_params_i64(&p, SL_VAULT_BATCH);
	st = ask(pg, NULL, sl_sql_vault_users, &p, &rows, err);
	if (st != SL_OK)
		return st;
	*count = sl_rows_count(rows);
	*ids = SL_NEW_ARRAY(arena, *count + 1, const char *);
	for (size_t i = 0; i < *count; i++)
		(*ids)[i] = sl_row_copy(arena, rows, i, "id");
	return SL_OK;
}

void
sl_vault_read(const struct sl_rows *rows, struct sl_arena *arena,
	      struct sl_vault_row **out, size_t *count)
{
	static const char *const columns[] = { "ciphertext", "iv", "key_id" };

	*count = sl_rows_count(rows);
	*out = SL_NEW_ARRAY(arena, *count + 1, struct sl_vault_row);
	for (size_t i = 0; i < *count; i++) {
		(*out)[i] = (struct sl_vault_row){
			.place = sl_row_copy(arena, rows, i, "place"),
			.id = sl_row_copy(arena, rows, i, "id"),
			.owner_id = sl_row_copy(arena, rows, i, "owner_id"),
			.purpose = sl_row_copy(arena, rows, i, "purpose"),
		};
		read_sealed(rows, i, columns, arena, &(*out)[i].sealed);
	}
}

sl_status
sl_vault_rows(struct sl_pg *pg, const char *user_id, const char *key_id,
	      struct sl_arena *arena, struct sl_vault_row **out, size_t *count,
	      struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, user_id);
	sl_params_text(&p, key_id);
	st = ask(pg, user_id, sl_sql_vault_rows, &p, &rows, err);
	if (st == SL_OK)
		sl_vault_read(rows, arena, out, count);
	return st;
}

static void
reseal_params(struct sl_params *p, const struct sl_vault_row *rows,
	      const struct sl_sealed *news, size_t count)
{
	struct sl_pg_array *columns[7];

	for (size_t c = 0; c < SL_ARRAY_LEN(columns); c++)
		columns[c] = sl_pg_array_new(p->arena);
	for (size_t i = 0; i < count; i++) {
		const struct sl_sealed *old = &rows[i].sealed;

		sl_pg_array_text(columns[0], rows[i].place);
		sl_pg_array_text(columns[1], rows[i].id);
		sl_pg_array_text(columns[2], old->key_id);
		sl_pg_array_bytes(columns[3], old->iv, sizeof(old->iv));
		sl_pg_array_bytes(columns[4], news[i].ciphertext,
				  news[i].ciphertext_len);
		sl_pg_array_bytes(columns[5], news[i].iv, sizeof(news[i].iv));
		sl_pg_array_text(columns[6], news[i].key_id);
	}
	for (size_t c = 0; c < SL_ARRAY_LEN(columns); c++)
		sl_params_text(p, sl_pg_array_done(columns[c]));
}

sl_status
sl_vault_reseal(struct sl_pg *pg, const char *user_id,
		const struct sl_vault_row *rows, const struct sl_sealed *news,
		size_t count, int64_t *done, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_ROWS got = NULL;
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, user_id);
	reseal_params(&p, rows, news, count);
	sl_params_text(&p, actor);
	st = ask(pg, user_id, sl_sql_vault_reseal, &p, &got, err);
	if (st == SL_OK)
		*done = sl_row_i64(got, 0, "done", 0);
	return st;
}

sl_status
sl_vault_forget(struct sl_pg *pg, const char *user_id, const char *key_id,
		const char *why, int64_t *secrets, int64_t *grants,
		struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, user_id);
	sl_params_text(&p, key_id);
	sl_params_text(&p, why);
	st = ask(pg, user_id, sl_sql_vault_forget, &p, &rows, err);
	if (st != SL_OK)
		return st;
	*secrets = sl_row_i64(rows, 0, "secrets", 0);
	*grants = sl_row_i64(rows, 0, "grants", 0);
	return SL_OK;
}

sl_status
sl_vault_open_failed(struct sl_pg *pg, const char *user_id,
		     const char *grant_id, const char *text,
		     struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;

	sl_params_init(&p, arena);
	sl_params_text(&p, user_id);
	sl_params_text(&p, grant_id);
	sl_params_text(&p, "open_failed");
	sl_params_text(&p, actor);
	sl_params_text(&p, text);
	return ask(pg, user_id, sl_sql_grant_audit, &p, NULL, err);
}
