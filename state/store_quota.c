/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A client's quota, shared by all processes: rows of no user, so without an
 * identity.
 */
#include "sql.h"
#include "state/ask.h"
#include "state/store_private.h"

static sl_status
ask_as_nobody(struct sl_store *store, const char *sql,
	      const struct sl_params *params, struct sl_rows **rows,
	      struct sl_error *err)
{
	const struct sl_question question = { .role = SL_PG_GATEWAY,
					      .sql = sql,
					      .params = params };

	return sl_pg_ask(sl_pg_store_of(store)->pg, &question, rows, err);
}

sl_status
sl_store_take_quota(struct sl_store *store, const struct sl_quota_ask *ask,
		    struct sl_quota_grant *grant, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_params_init(&p, arena);
	sl_params_text(&p, ask->oauth_client_row);
	sl_params_text(&p, ask->api);
	sl_params_double(&p, ask->per_minute);
	sl_params_i64(&p, ask->least);
	sl_params_i64(&p, ask->most);
	sl_params_bool(&p, ask->backfill);
	sl_params_i64(&p, SL_BACKFILL_PERCENT);
	status = ask_as_nobody(store, sl_sql_quota_take, &p, &rows, err);
	if (status != SL_OK)
		return status;
	*grant = (struct sl_quota_grant){
		.units = sl_row_i64(rows, 0, "units", 0),
		.for_us = sl_row_i64(rows, 0, "for_us", 0),
	};
	return SL_OK;
}

sl_status
sl_store_block_quota(struct sl_store *store, const struct sl_quota_block *block,
		     struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;

	sl_params_init(&p, arena);
	sl_params_text(&p, block->oauth_client_row);
	sl_params_text(&p, block->api);
	sl_params_i64(&p, block->for_us);
	return ask_as_nobody(store, sl_sql_quota_block, &p, NULL, err);
}
