/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items that belong to another one: with a series go its exceptions, and with
 * a series that lives again they come back. Which page names the series and
 * which its exceptions does not matter: only what was stored before moves.
 */
#include "sql.h"
#include "state/store_page.h"

static bool
any_revived(const struct sl_page_work *w)
{
	for (size_t i = 0; i < w->written_count; i++)
		if (w->written[i].revived)
			return true;
	return false;
}

static sl_status
move(struct sl_page_work *w, const char *gone, const char *back,
     struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_params_page(&p, w);
	sl_params_time(&p, w->commit->now_us);
	sl_params_text(&p, gone);
	sl_params_text(&p, back);
	status = sl_pg_query(w->pg, sl_sql_artifacts_orphans, &p, &rows, err);
	if (status != SL_OK)
		return status;
	w->counts.deleted += sl_row_i64(rows, 0, "gone", 0);
	w->counts.updated += sl_row_i64(rows, 0, "back", 0);
	return SL_OK;
}

sl_status
sl_page_put_series(struct sl_page_work *w, struct sl_error *err)
{
	struct sl_pg_array *gone, *back;

	if (w->page->tombstones.first == NULL && !any_revived(w))
		return SL_OK;
	gone = sl_pg_array_new(w->arena);
	back = sl_pg_array_new(w->arena);
	for (const struct sl_tombstone *t = w->page->tombstones.first;
	     t != NULL; t = t->next)
		sl_pg_array_text(gone, t->source_id);
	for (size_t i = 0; i < w->written_count; i++)
		if (w->written[i].revived)
			sl_pg_array_text(back,
					 w->written[i].artifact->source_id);
	return move(w, sl_pg_array_done(gone), sl_pg_array_done(back), err);
}
