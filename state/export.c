/* SPDX-License-Identifier: Apache-2.0 */
#include "state/export.h"

#include "sql.h"

struct export
{
	struct sl_pg *pg;
	sl_export_row take;
	void *ctx;
};

static sl_status
pass_on(const struct export *e, const char *table, const struct sl_rows *rows,
	struct sl_error *err)
{
	sl_status st = SL_OK;

	for (size_t i = 0; st == SL_OK && i < sl_rows_count(rows); i++)
		st = e->take(e->ctx, table, sl_row_text(rows, i, "line"), err);
	return st;
}

static sl_status
read_table(const struct export *e, const char *table, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;
	size_t got = 1;
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, table);
	st = sl_pg_query(e->pg, sl_sql_export_open, &p, NULL, err);
	while (st == SL_OK && got > 0) {
		SL_AUTO_ROWS rows = NULL;

		st = sl_pg_query(e->pg, sl_sql_export_next, NULL, &rows, err);
		if (st != SL_OK)
			break;
		got = sl_rows_count(rows);
		st = pass_on(e, table, rows, err);
	}
	if (st == SL_OK)
		st = sl_pg_query(e->pg, sl_sql_export_close, NULL, NULL, err);
	return st;
}

static sl_status
read_all(const struct export *e, struct sl_error *err)
{
	SL_AUTO_ROWS tables = NULL;
	SL_AUTO_ROWS self = NULL;
	sl_status st =
		sl_pg_query(e->pg, sl_sql_export_patience, NULL, NULL, err);

	if (st == SL_OK)
		st = sl_pg_query(e->pg, sl_sql_export_tables, NULL, &tables,
				 err);
	if (st != SL_OK)
		return st;
	st = sl_pg_query(e->pg, sl_sql_export_self, NULL, &self, err);
	if (st == SL_OK)
		st = pass_on(e, "auth.users", self, err);
	for (size_t i = 0; st == SL_OK && i < sl_rows_count(tables); i++)
		st = read_table(e, sl_row_text(tables, i, "name"), err);
	return st;
}

sl_status
sl_export_user(struct sl_pg *pg, const char *user_id, sl_export_row take,
	       void *ctx, struct sl_error *err)
{
	const struct export e = { .pg = pg, .take = take, .ctx = ctx };
	sl_status st = sl_pg_begin_snapshot(pg, SL_PG_GATEWAY, user_id, err);

	if (st == SL_OK)
		st = read_all(&e, err);
	sl_pg_rollback(pg);
	return st;
}
