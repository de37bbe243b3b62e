/* SPDX-License-Identifier: Apache-2.0 */
#include "state/imports.h"

#include <string.h>

#include "core/base/text.h"

#include "core/sync/connector.h"

#include "sql.h"
#include "state/ask.h"

/** Bytes of a name that an account goes by. */
#define NAME_MAX_BYTES 400

static void
fill(const struct sl_import_wish *wish, const struct sl_rows *rows, size_t row,
     struct sl_arena *arena, struct sl_import_account *out)
{
	struct sl_target *target = &out->target;

	*target = (struct sl_target){
		.provider = wish->connector,
		.status = sl_row_copy(arena, rows, row, "status"),
	};
	sl_row_id(rows, row, target->integration_id);
	memcpy(target->user_id, wish->user_id, sizeof(target->user_id));
	out->left_open = sl_row_bool(rows, row, "left_open");
}

sl_status
sl_import_accounts(struct sl_pg *pg, const struct sl_import_wish *wish,
		   struct sl_arena *arena, struct sl_import_account **out,
		   size_t *count, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	const struct sl_question question = { .role = SL_PG_GATEWAY,
					      .user_id = wish->user_id,
					      .sql = sl_sql_import_accounts,
					      .params = &p };
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, wish->user_id);
	sl_params_text(&p, wish->connector);
	sl_params_text(&p, wish->account);
	st = sl_pg_ask(pg, &question, &rows, err);
	if (st != SL_OK)
		return st;
	*count = sl_rows_count(rows);
	*out = SL_NEW_ARRAY(arena, *count + 1, struct sl_import_account);
	for (size_t i = 0; i < *count; i++) {
		fill(wish, rows, i, arena, &(*out)[i]);
		(*out)[i].target.account =
			sl_row_copy(arena, rows, i, "account");
	}
	return SL_OK;
}

sl_status
sl_import_open_account(struct sl_pg *pg, const struct sl_import_wish *wish,
		       struct sl_arena *arena, struct sl_import_account *out,
		       struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	const struct sl_question question = { .role = SL_PG_GATEWAY,
					      .user_id = wish->user_id,
					      .sql = sl_sql_archive_open,
					      .params = &p };
	const char *name = wish->account != NULL ? wish->account : wish->name;
	sl_status st;

	name = sl_arena_strndup(
		arena, name, sl_utf8_cut(name, strlen(name), NAME_MAX_BYTES));
	sl_params_init(&p, arena);
	sl_params_text(&p, wish->user_id);
	sl_params_text(&p, wish->connector);
	sl_params_text(&p, name);
	sl_params_text(&p, sl_arena_printf(arena, SL_ARCHIVE_SUBJECT "%s",
					   sl_ascii_lower(arena, name)));
	sl_params_i64(&p, wish->interval_s);
	st = sl_pg_ask(pg, &question, &rows, err);
	if (st != SL_OK)
		return st;
	fill(wish, rows, 0, arena, out);
	out->target.account = name;
	return SL_OK;
}
