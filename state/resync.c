/* SPDX-License-Identifier: Apache-2.0 */
#include "state/resync.h"

#include "sql.h"
#include "state/ask.h"

sl_status
sl_resync_ask(struct sl_pg *pg, const struct sl_resync_request *request,
	      struct sl_arena *arena, struct sl_resync_account **out,
	      size_t *count, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	const struct sl_question question = { .role = SL_PG_GATEWAY,
					      .user_id = request->user_id,
					      .sql = sl_sql_connection_resync,
					      .params = &p };
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, request->user_id);
	sl_params_text(&p, request->connector);
	sl_params_bool(&p, request->accept_deletions);
	st = sl_pg_ask(pg, &question, &rows, err);
	if (st != SL_OK)
		return st;
	*count = sl_rows_count(rows);
	*out = SL_NEW_ARRAY(arena, *count + 1, struct sl_resync_account);
	for (size_t i = 0; i < *count; i++)
		(*out)[i] = (struct sl_resync_account){
			.integration_id =
				sl_row_copy(arena, rows, i, "integration_id"),
			.connector = sl_row_copy(arena, rows, i, "connector"),
			.account = sl_row_copy(arena, rows, i, "account"),
			.reason = sl_row_copy(arena, rows, i, "reason"),
			.consent = sl_row_copy(arena, rows, i, "consent"),
			.number = sl_row_i64(rows, i, "resync_no", 0),
			.run_id = sl_row_copy(arena, rows, i, "run_id"),
			.log_id = sl_row_copy(arena, rows, i, "log_id"),
		};
	return SL_OK;
}

sl_status
sl_resync_look(struct sl_pg *pg, const char *user_id,
	       const struct sl_resync_account *account, struct sl_arena *arena,
	       struct sl_resync_state *out, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	const struct sl_question question = { .role = SL_PG_GATEWAY,
					      .user_id = user_id,
					      .sql = sl_sql_resync_look,
					      .params = &p };
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, user_id);
	sl_params_text(&p, account->integration_id);
	sl_params_i64(&p, account->number);
	sl_params_text(&p, account->run_id);
	sl_params_text(&p, account->log_id);
	st = sl_pg_ask(pg, &question, &rows, err);
	if (st != SL_OK)
		return st;
	*out = (struct sl_resync_state){ .there = sl_rows_count(rows) > 0 };
	if (!out->there)
		return SL_OK;
	out->status = sl_row_copy(arena, rows, 0, "status");
	out->parked = sl_row_bool(rows, 0, "parked");
	out->done = sl_row_bool(rows, 0, "done");
	out->running = sl_row_bool(rows, 0, "running");
	out->walked = sl_row_i64(rows, 0, "walked", 0);
	out->walking = sl_row_i64(rows, 0, "walking", 0);
	out->pending_deletions = sl_row_i64(rows, 0, "pending_deletions", 0);
	out->failure = sl_row_copy(arena, rows, 0, "failure");
	return SL_OK;
}
