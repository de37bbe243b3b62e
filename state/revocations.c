/* SPDX-License-Identifier: Apache-2.0 */
#include "state/revocations.h"

#include <stdio.h>
#include <string.h>

#include "sql.h"
#include "state/ask.h"

static void
put_id(char out[SL_UUID_TEXT], const struct sl_rows *rows, size_t row,
       const char *column)
{
	const char *text = sl_row_text(rows, row, column);

	(void)snprintf(out, SL_UUID_TEXT, "%s", text == NULL ? "" : text);
}

sl_status
sl_revocations_due(struct sl_pg *pg, const struct sl_revocation_filter *filter,
		   struct sl_arena *arena, struct sl_revocation **out,
		   size_t *count, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	const struct sl_question question = { .role = SL_PG_OPERATOR,
					      .sql = sl_sql_revocations_due,
					      .params = &p };
	struct sl_revocation *list;
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, filter->user_id);
	sl_params_bool(&p, filter->now);
	sl_params_i64(&p, filter->limit);
	st = sl_pg_ask(pg, &question, &rows, err);
	if (st != SL_OK)
		return st;
	*count = sl_rows_count(rows);
	list = SL_NEW_ARRAY(arena, *count + 1, struct sl_revocation);
	for (size_t i = 0; i < *count; i++) {
		put_id(list[i].id, rows, i, "id");
		put_id(list[i].user_id, rows, i, "user_id");
		list[i].provider = sl_row_copy(arena, rows, i, "provider");
	}
	*out = list;
	return SL_OK;
}

struct sealed_columns {
	const char *ciphertext, *iv, *key_id;
};

static void
read_sealed(const struct sl_rows *rows, const struct sealed_columns *columns,
	    struct sl_arena *arena, struct sl_sealed *out)
{
	const char *key_id = sl_row_text(rows, 0, columns->key_id);
	const unsigned char *iv;
	size_t len = 0;

	*out = (struct sl_sealed){ .ciphertext = NULL };
	if (key_id == NULL)
		return;
	out->ciphertext = sl_row_bytes(arena, rows, 0, columns->ciphertext,
				       &out->ciphertext_len);
	iv = sl_row_bytes(arena, rows, 0, columns->iv, &len);
	if (iv == NULL || len != sizeof(out->iv))
		return;
	memcpy(out->iv, iv, sizeof(out->iv));
	(void)snprintf(out->key_id, sizeof(out->key_id), "%s", key_id);
}

static void
read_taken(const struct sl_rows *rows, struct sl_arena *arena,
	   struct sl_revocation *one)
{
	static const struct sealed_columns token = { "ciphertext", "iv",
						     "key_id" };
	static const struct sealed_columns secret = { "secret_ciphertext",
						      "secret_iv",
						      "secret_key_id" };

	put_id(one->grant_id, rows, 0, "grant_id");
	put_id(one->client_row, rows, 0, "client_row");
	one->purpose = sl_row_copy(arena, rows, 0, "purpose");
	one->client_id = sl_row_copy(arena, rows, 0, "client_id");
	one->attempts = sl_row_i64(rows, 0, "attempts", 1);
	read_sealed(rows, &token, arena, &one->token);
	read_sealed(rows, &secret, arena, &one->client_secret);
}

static void
params_of(struct sl_params *p, struct sl_arena *arena,
	  const struct sl_revocation *one)
{
	sl_params_init(p, arena);
	sl_params_text(p, one->user_id);
	sl_params_text(p, one->id);
}

sl_status
sl_revocation_take(struct sl_pg *pg, struct sl_revocation *one, bool now,
		   int64_t for_us, struct sl_arena *arena, bool *taken,
		   struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	const struct sl_question question = { .role = SL_PG_GATEWAY,
					      .user_id = one->user_id,
					      .sql = sl_sql_revocation_take,
					      .params = &p };
	sl_status st;

	params_of(&p, arena, one);
	sl_params_bool(&p, now);
	sl_params_i64(&p, for_us);
	st = sl_pg_ask(pg, &question, &rows, err);
	if (st != SL_OK)
		return st;
	*taken = sl_rows_count(rows) == 1;
	if (*taken)
		read_taken(rows, arena, one);
	return SL_OK;
}

struct done_work {
	const struct sl_revocation *one;
	const char *detail;
};

static sl_status
done_work(struct sl_pg *pg, void *ctx, struct sl_error *err)
{
	const struct done_work *w = ctx;
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;
	sl_status st;

	params_of(&p, arena, w->one);
	st = sl_pg_query(pg, sl_sql_revocation_done, &p, NULL, err);
	if (st != SL_OK)
		return st;
	sl_params_init(&p, arena);
	sl_params_text(&p, w->one->user_id);
	sl_params_text(&p, w->one->grant_id);
	sl_params_text(&p, "revoked");
	sl_params_text(&p, "cli");
	sl_params_text(&p, w->detail);
	return sl_pg_query(pg, sl_sql_grant_audit, &p, NULL, err);
}

sl_status
sl_revocation_done(struct sl_pg *pg, const struct sl_revocation *one,
		   const char *detail, struct sl_error *err)
{
	struct done_work w = { .one = one, .detail = detail };

	return sl_pg_transact(pg, one->user_id, done_work, &w, err);
}

sl_status
sl_revocation_failed(struct sl_pg *pg, const struct sl_revocation *one,
		     const char *why, int64_t wait_us, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;
	const struct sl_question question = { .role = SL_PG_GATEWAY,
					      .user_id = one->user_id,
					      .sql = sl_sql_revocation_failed,
					      .params = &p };

	params_of(&p, arena, one);
	sl_params_text(&p, why);
	sl_params_i64(&p, wait_us);
	return sl_pg_ask(pg, &question, NULL, err);
}
