/* SPDX-License-Identifier: Apache-2.0 */
#include "state/pause.h"

#include <string.h>

#include "sql.h"
#include "state/ask.h"

struct pause_work {
	const struct sl_pause *what;
	struct sl_arena *arena;
	struct sl_paused *list;
	size_t count;
};

static sl_status
query(struct sl_pg *pg, const struct pause_work *w, const char *sql,
      struct sl_rows **rows, struct sl_error *err)
{
	struct sl_params p;

	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->what->user_id);
	sl_params_text(&p, w->what->connector);
	return sl_pg_query(pg, sql, &p, rows, err);
}

static sl_status
read_before(struct sl_pg *pg, struct pause_work *w, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	sl_status st = query(pg, w, sl_sql_pause_list, &rows, err);

	if (st != SL_OK)
		return st;
	w->count = sl_rows_count(rows);
	w->list = SL_NEW_ARRAY(w->arena, w->count + 1, struct sl_paused);
	for (size_t i = 0; i < w->count; i++) {
		struct sl_paused *a = &w->list[i];

		a->id = sl_row_copy(w->arena, rows, i, "id");
		a->connector = sl_row_copy(w->arena, rows, i, "connector");
		a->account = sl_row_copy(w->arena, rows, i, "account");
		a->consent = sl_row_copy(w->arena, rows, i, "consent");
		a->was = sl_row_copy(w->arena, rows, i, "status");
		a->was_parked = sl_row_bool(rows, i, "parked");
		a->was_running = sl_row_bool(rows, i, "running");
	}
	return SL_OK;
}

/* Rows that came since are not told of. */
static sl_status
read_after(struct sl_pg *pg, struct pause_work *w, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	sl_status st = query(pg, w, sl_sql_pause_list, &rows, err);

	for (size_t i = 0; st == SL_OK && i < w->count; i++) {
		struct sl_paused *a = &w->list[i];

		a->status = "disconnected"; /* erased meanwhile */
		for (size_t j = 0; j < sl_rows_count(rows); j++) {
			if (strcmp(sl_row_text(rows, j, "id"), a->id) != 0)
				continue;
			a->status = sl_row_copy(w->arena, rows, j, "status");
			a->parked = sl_row_bool(rows, j, "parked");
		}
	}
	return st;
}

static bool
runs(const struct sl_paused *account)
{
	return strcmp(account->was, "connected") == 0 ||
	       strcmp(account->was, "error") == 0;
}

static sl_status
change(struct sl_pg *pg, const struct pause_work *w, struct sl_error *err)
{
	static const char *const pause[] = { sl_sql_pause_runs,
					     sl_sql_leave_logs,
					     sl_sql_pause_integrations, NULL };
	static const char *const resume[] = { sl_sql_resume_integrations,
					      sl_sql_resume_parked, NULL };
	struct sl_pg_array *ids = sl_pg_array_new(w->arena);
	const char *const *sql = w->what->pause ? pause : resume;
	struct sl_params p;
	sl_status st = SL_OK;

	for (size_t i = 0; i < w->count; i++)
		if (!w->what->pause || runs(&w->list[i]))
			sl_pg_array_text(ids, w->list[i].id);
	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->what->user_id);
	sl_params_text(&p, sl_pg_array_done(ids));
	for (; st == SL_OK && *sql != NULL; sql++)
		st = sl_pg_query(pg, *sql, &p, NULL, err);
	return st;
}

static sl_status
pause_work(struct sl_pg *pg, void *ctx, struct sl_error *err)
{
	struct pause_work *w = ctx;
	sl_status st = read_before(pg, w, err);

	if (st == SL_OK)
		st = change(pg, w, err);
	return st == SL_OK ? read_after(pg, w, err) : st;
}

sl_status
sl_pause_accounts(struct sl_pg *pg, const struct sl_pause *what,
		  struct sl_arena *arena, struct sl_paused **out, size_t *count,
		  struct sl_error *err)
{
	struct pause_work w = { .what = what, .arena = arena };
	sl_status st = sl_pg_transact(pg, what->user_id, pause_work, &w, err);

	if (st == SL_OK) {
		*out = w.list;
		*count = w.count;
	}
	return st;
}
