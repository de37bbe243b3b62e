/* SPDX-License-Identifier: Apache-2.0 */
#include "state/ask.h"

#include <string.h>

sl_status
sl_pg_ask(struct sl_pg *pg, const struct sl_question *question,
	  struct sl_rows **rows, struct sl_error *err)
{
	struct sl_rows *got = NULL;
	bool unknown;
	sl_status st = sl_pg_begin(pg, question->role, question->user_id, err);

	if (st == SL_OK)
		st = sl_pg_query(pg, question->sql, question->params, &got,
				 err);
	if (st == SL_OK)
		st = sl_pg_commit(pg, &unknown, err);
	sl_pg_rollback(pg);
	if (st == SL_OK && rows != NULL)
		*rows = got;
	else
		sl_rows_free(&got);
	return st;
}

sl_status
sl_pg_ask_operator(struct sl_pg *pg, const char *sql,
		   const struct sl_params *params, struct sl_rows **rows,
		   struct sl_error *err)
{
	return sl_pg_ask(pg,
			 &(struct sl_question){ .role = SL_PG_OPERATOR,
						.sql = sql,
						.params = params },
			 rows, err);
}

#define TRIES 5

static sl_status
try_once(struct sl_pg *pg, const char *user_id, sl_pg_work work, void *ctx,
	 struct sl_error *err)
{
	bool unknown;
	sl_status st = sl_pg_begin(pg, SL_PG_GATEWAY, user_id, err);

	if (st == SL_OK)
		st = work(pg, ctx, err);
	if (st == SL_OK)
		st = sl_pg_commit(pg, &unknown, err);
	sl_pg_rollback(pg);
	return st;
}

sl_status
sl_pg_transact(struct sl_pg *pg, const char *user_id, sl_pg_work work,
	       void *ctx, struct sl_error *err)
{
	sl_status st = try_once(pg, user_id, work, ctx, err);

	for (int tries = 1; st == SL_RETRY && tries < TRIES; tries++) {
		if (strcmp(err->sqlstate, "40001") != 0 &&
		    strcmp(err->sqlstate, "40P01") != 0)
			break;
		st = try_once(pg, user_id, work, ctx, err);
	}
	return st;
}

void
sl_row_id(const struct sl_rows *rows, size_t row, char id[SL_UUID_TEXT])
{
	const char *text = sl_row_text(rows, row, "id");

	SL_ASSERT(text != NULL && strlen(text) == SL_UUID_TEXT - 1);
	memcpy(id, text, SL_UUID_TEXT);
}
