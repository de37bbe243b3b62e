/* SPDX-License-Identifier: Apache-2.0 */
#include "state/tombstones.h"

#include "sql.h"
#include "state/ask.h"

#define ACCOUNTS_MAX 1000
#define CHUNK        1000

struct empty_work {
	const char *user_id, *integration_id;
	int64_t emptied;
};

static sl_status
empty_work(struct sl_pg *pg, void *ctx, struct sl_error *err)
{
	struct empty_work *w = ctx;
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, w->user_id);
	sl_params_text(&p, w->integration_id);
	sl_params_i64(&p, CHUNK);
	st = sl_pg_query(pg, sl_sql_tombstones_empty, &p, &rows, err);
	if (st == SL_OK)
		w->emptied = sl_row_i64(rows, 0, "emptied", 0);
	return st;
}

static sl_status
accounts(struct sl_pg *pg, struct sl_rows **rows, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;
	const struct sl_question question = { .role = SL_PG_OPERATOR,
					      .sql = sl_sql_tombstones_due,
					      .params = &p };

	sl_params_init(&p, arena);
	sl_params_i64(&p, ACCOUNTS_MAX);
	return sl_pg_ask(pg, &question, rows, err);
}

sl_status
sl_tombstones_empty(struct sl_pg *pg, int64_t most, int64_t *emptied,
		    struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	sl_status st = accounts(pg, &rows, err);

	*emptied = 0;
	for (size_t i = 0; st == SL_OK && i < sl_rows_count(rows); i++) {
		struct empty_work w = {
			.user_id = sl_row_text(rows, i, "user_id"),
			.integration_id =
				sl_row_text(rows, i, "integration_id"),
			.emptied = CHUNK,
		};

		while (st == SL_OK && w.emptied == CHUNK && *emptied < most) {
			st = sl_pg_transact(pg, w.user_id, empty_work, &w, err);
			*emptied += st == SL_OK ? w.emptied : 0;
		}
	}
	return st;
}
