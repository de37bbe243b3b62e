/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a run, with the pages that held nothing.
 *
 * Almost every run of an account at rest is such: its pages' cursors, its log
 * row and its lease are one statement, and one round trip. The database sees
 * whether there is more to it (an event began meanwhile, and says who met
 * whom): then nothing was done, and each page is committed as any other.
 *
 * If the database crashes within a second of such an end, it may be gone with
 * all that it did: the poll is made again.
 */
#include <string.h>

#include "sql.h"
#include "state/store_page.h"

/* Streams at rest, one element each. */
static void
params_streams(struct sl_params *p, const struct sl_run_end *end)
{
	struct sl_pg_array *a[5];

	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		a[i] = sl_pg_array_new(p->arena);
	for (size_t i = 0; i < end->quiet_count; i++) {
		const struct sl_commit *c = &end->quiet[i];

		sl_pg_array_text(a[0], c->stream->id);
		sl_pg_array_text(a[1], sl_items_key(c));
		sl_pg_array_text(a[2], c->cursor);
		sl_pg_array_text(a[3], c->shown);
		sl_pg_array_text(a[4], c->fingerprint);
	}
	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		sl_params_text(p, sl_pg_array_done(a[i]));
	sl_params_text(p, sl_people_rule_text(p->arena, &end->quiet[0].people));
}

static int64_t
items_of(const struct sl_run_end *end)
{
	int64_t items = 0;

	for (size_t i = 0; i < end->quiet_count; i++)
		items += (int64_t)end->quiet[i].page->items;
	return items;
}

static void
params_end(struct sl_params *p, const struct sl_run_end *end)
{
	const struct sl_tally *t = end->add;

	sl_params_i64(p, end->lease->fence);
	sl_params_text(p, end->lease->run_id);
	sl_params_text(p, end->trigger);
	sl_params_text(p, end->mode);
	sl_params_time(p, end->started_us);
	sl_params_time(p, end->finished_us);
	sl_params_i64(p, t->requests);
	sl_params_i64(p, t->retries);
	sl_params_i64(p, t->bytes);
	sl_params_i64(p, t->fetched + items_of(end));
	sl_params_i64(p, t->unchanged);
	sl_params_i64(p, t->pages + (int64_t)end->quiet_count);
	sl_params_time(p, end->next_run_us);
	sl_params_bool(p, end->resync_done);
	sl_params_time(p, end->not_before_us);
	sl_params_i64(p, end->bucket_units);
	sl_params_time(p, end->bucket_at_us);
	sl_params_time(p, end->backfill_us);
	sl_params_bool(p, end->left_walks);
}

/* All in one. *done false: there is more to it, and nothing was done. */
static sl_status
end_quietly(struct sl_pg_store *s, const struct sl_run_end *end, bool *done,
	    struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;
	struct sl_pg_call call = { .sql = sl_sql_run_quiet, .params = &p };
	const char *outcome;
	sl_status status;

	sl_params_lease(&p, arena, end->lease);
	params_end(&p, end);
	params_streams(&p, end);
	status = sl_txn_calls(s, end->lease->user_id, &call, 1, err);
	if (status != SL_OK)
		return status;
	outcome = sl_row_text(call.rows, 0, "outcome");
	*done = strcmp(outcome, "done") == 0;
	if (strcmp(outcome, "lost") == 0)
		status = sl_lease_lost(err);
	sl_rows_free(&call.rows);
	return status;
}

/* What a page changed after all, of all that the run did. */
static void
count_found(const struct sl_run_end *end, const struct sl_outcome *out,
	    struct sl_tally *unwritten, bool *changed)
{
	struct sl_tally found = out->counts;

	if (!out->logged)
		sl_tally_sum(unwritten, &out->counts);
	*changed = *changed || out->logged;
	found.pages = 0; /* that, and its items, the run has counted */
	found.fetched = 0;
	if (end->found != NULL)
		sl_tally_sum(end->found, &found);
}

/* One after the other. What cannot be stored ends the run as failed. */
static sl_status
commit_each(struct sl_pg_store *s, const struct sl_run_end *end,
	    struct sl_error *err)
{
	struct sl_run_end rest = *end;
	struct sl_tally add = *end->add;
	struct sl_error ignored;
	sl_status status = SL_OK;

	rest.add = &add;
	rest.quiet_count = 0;
	for (size_t i = 0; i < end->quiet_count && status == SL_OK; i++) {
		SL_AUTO_ARENA arena = sl_arena_new();
		struct sl_outcome out;

		status = sl_store_commit(&s->base, &end->quiet[i], arena, &out,
					 err);
		if (status == SL_OK)
			count_found(end, &out, &add, &rest.changed);
	}
	if (status == SL_OK)
		return sl_end_write(s, &rest, err);
	if (status == SL_RETRY || status == SL_LOST)
		return status;
	rest.status = "failed";
	rest.error = err;
	rest.resync_done = false;
	return sl_end_write(s, &rest, &ignored) == SL_OK ? err->status
							 : ignored.status;
}

sl_status
sl_store_finish(struct sl_store *store, const struct sl_run_end *end,
		struct sl_error *err)
{
	struct sl_pg_store *s = sl_pg_store_of(store);
	bool done = false;
	sl_status status = SL_OK;

	if (end->quiet_count == 0)
		return sl_end_write(s, end, err);
	if (sl_end_found_nothing(end) && !end->aside &&
	    end->integration_status == NULL)
		status = end_quietly(s, end, &done, err);
	if (status != SL_OK || done)
		return status;
	return commit_each(s, end, err);
}
