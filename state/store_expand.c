/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Masters that are due, outside of any page: the window moved on, the rules of
 * the zones changed, a series lives again, or a page held more than one
 * transaction should. What cannot be expanded here becomes a wanted item where
 * the provider lists instances, and is marked otherwise.
 *
 * Then mail that a page left to be judged again, a chunk a transaction.
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "sql.h"
#include "state/store_occurrences.h"
#include "state/store_page.h"

/** Masters of one call. */
#define MASTERS_MAX 500

/** Masters that wait for the provider at one time. */
#define ASKED_MAX 50

struct expand_work {
	const struct sl_expand_request *request;
	struct sl_arena *arena;
	struct sl_recur_window window;
	struct sl_ref *pending, **tail;
	struct sl_pg_array *asked, *reasons;
	size_t waiting; /* pending before, for their instances */
	size_t asked_count;
	bool skipped; /* some that are due must wait for the provider first */
	struct sl_expand_outcome out;
};

static const char *const *
read_lines(struct sl_arena *arena, const char *json)
{
	json_auto_t *list = NULL;
	const char **lines;
	struct sl_error ignored;
	size_t n = 0, i;
	const json_t *line;

	if (sl_json_parse_own(json, &list, &ignored) != SL_OK)
		list = json_array();
	lines = SL_NEW_ARRAY(arena, json_array_size(list) + 1, const char *);
	json_array_foreach (list, i, line) {
		if (json_is_string(line))
			lines[n++] =
				sl_arena_strdup(arena, json_string_value(line));
	}
	return lines;
}

static void
read_master(struct sl_arena *arena, const struct sl_rows *rows, size_t row,
	    struct sl_master *m)
{
	const char *lines = sl_row_text(rows, row, "recurrence");

	*m = (struct sl_master){
		.artifact_id = sl_row_text(rows, row, "artifact_id"),
		.series = { .start_us = sl_row_time(rows, row, "occurred_at"),
			    .end_us = sl_row_time(rows, row, "ends_at"),
			    .all_day = sl_row_bool(rows, row, "all_day"),
			    .zone = sl_row_text(rows, row, "time_zone"),
			    .lines = read_lines(arena, lines) },
	};
}

static bool
waits(const struct expand_work *w, const char *source_id)
{
	for (const struct sl_ref *r = w->pending; r != NULL; r = r->next)
		if (strcmp(r->source_id, source_id) == 0)
			return true;
	return false;
}

/* Let the provider be asked; not more at once than a page would name. */
static void
ask(struct expand_work *w, const struct sl_rows *rows, size_t row,
    const char *reason)
{
	const char *source_id = sl_row_text(rows, row, "source_id");
	struct sl_instances *instances;

	if (w->waiting + w->asked_count >= ASKED_MAX || waits(w, source_id)) {
		w->skipped = true;
		return;
	}
	instances = SL_NEW(w->arena, struct sl_instances);
	instances->span =
		(struct sl_span){ w->window.from_us, w->window.to_us };
	*w->tail = SL_NEW(w->arena, struct sl_ref);
	(*w->tail)->source_id = sl_arena_strdup(w->arena, source_id);
	(*w->tail)->instances = instances;
	w->tail = &(*w->tail)->next;
	sl_pg_array_text(w->asked, sl_row_text(rows, row, "artifact_id"));
	sl_pg_array_text(w->reasons, reason);
	w->asked_count++;
}

static sl_status
expand_rows(struct expand_work *w, struct sl_pg *pg, const struct sl_rows *rows,
	    struct sl_error *err)
{
	struct sl_occurrences *o =
		sl_occurrences_new(pg, w->request->lease->user_id, w->window);
	size_t count = sl_rows_count(rows), done = 0;
	sl_status status = SL_OK;

	while (status == SL_OK && done < count &&
	       sl_occurrences_count(o) < SL_OCCURRENCES_PAGE) {
		struct sl_master m;
		const char *reason;

		read_master(w->arena, rows, done, &m);
		status = sl_occurrences_expand(
			o, &m, w->request->lists_instances, &reason, err);
		if (status == SL_OK && reason != NULL)
			ask(w, rows, done, reason);
		done++;
	}
	if (status == SL_OK)
		status = sl_occurrences_flush(o, err);
	sl_occurrences_free(&o);
	if (done < count || count == MASTERS_MAX)
		w->out.answer = SL_EXPAND_MORE;
	return status;
}

static sl_status
book_asked(struct expand_work *w, struct sl_pg *pg, struct sl_error *err)
{
	struct sl_params p;

	if (w->asked_count == 0 && !(w->skipped && w->pending != NULL))
		return SL_OK;
	w->out.answer = SL_EXPAND_ASKS; /* calling again would not help */
	w->out.pending = w->pending;
	if (w->asked_count == 0)
		return SL_OK;
	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->request->lease->user_id);
	sl_params_text(&p, w->request->stream->id);
	sl_params_text(&p, sl_refs_json(w->arena, w->pending));
	sl_params_time(&p, w->window.to_us);
	sl_params_text(&p, sl_pg_array_done(w->asked));
	sl_params_text(&p, sl_pg_array_done(w->reasons));
	return sl_pg_query(pg, sl_sql_series_asked, &p, NULL, err);
}

static sl_status
load(struct expand_work *w, struct sl_pg *pg, struct sl_rows **rows,
     struct sl_error *err)
{
	struct sl_params p;
	sl_status status;

	sl_params_lease(&p, w->arena, w->request->lease);
	sl_params_i64(&p, w->request->lease->fence);
	sl_params_text(&p, w->request->stream->id);
	sl_params_time(&p, w->window.to_us);
	sl_params_text(&p, sl_recur_zones_version());
	sl_params_i64(&p, MASTERS_MAX);
	sl_params_time(&p, w->request->now_us);
	status = sl_pg_query(pg, sl_sql_series_due, &p, rows, err);
	if (status != SL_OK)
		return status;
	if (sl_rows_count(*rows) == 0)
		return sl_lease_lost(err);
	status = sl_refs_parse(w->arena, sl_row_text(*rows, 0, "pending"),
			       &w->pending, err);
	w->tail = &w->pending;
	while (status == SL_OK && *w->tail != NULL) {
		w->waiting += (*w->tail)->instances != NULL;
		w->tail = &(*w->tail)->next;
	}
	return status;
}

static sl_status
expand_masters(struct expand_work *w, struct sl_pg *pg, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	sl_status status;

	w->out = (struct sl_expand_outcome){ .answer = SL_EXPANDED };
	w->asked = sl_pg_array_new(w->arena);
	w->reasons = sl_pg_array_new(w->arena);
	w->waiting = w->asked_count = 0;
	w->skipped = false;
	status = load(w, pg, &rows, err);
	if (status != SL_OK || sl_row_text(rows, 0, "artifact_id") == NULL)
		return status;
	status = expand_rows(w, pg, rows, err);
	return status == SL_OK ? book_asked(w, pg, err) : status;
}

static sl_status
judge_again(struct expand_work *w, struct sl_pg *pg, struct sl_error *err)
{
	const struct sl_expand_request *r = w->request;
	const struct sl_commit commit = { .lease = r->lease,
					  .stream = r->stream,
					  .people = r->people,
					  .now_us = r->now_us };
	struct sl_page_work page = { .pg = pg,
				     .commit = &commit,
				     .arena = w->arena };
	const struct sl_log_entry entry = {
		.lease = r->lease,
		.trigger = r->trigger,
		.mode = r->mode,
		.status = "running",
		.started_us = SL_NO_TIME,
		.finished_us = SL_NO_TIME,
		.add = &page.counts,
	};
	bool more = false;
	sl_status status = sl_people_again(&page, &more, err);

	if (more)
		w->out.answer = SL_EXPAND_MORE;
	w->out.contacts_created = page.counts.contacts_created;
	if (status != SL_OK || page.counts.contacts_created == 0)
		return status;
	return sl_log_book(pg, w->arena, &entry, err);
}

static sl_status
expand_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct expand_work *w = ctx;
	sl_status status = expand_masters(w, s->pg, err);

	if (status != SL_OK || w->out.answer != SL_EXPANDED)
		return status;
	return judge_again(w, s->pg, err);
}

sl_status
sl_store_expand(struct sl_store *store, const struct sl_expand_request *request,
		struct sl_arena *arena, struct sl_expand_outcome *out,
		struct sl_error *err)
{
	struct expand_work w = {
		.request = request,
		.arena = arena,
		.window = sl_recur_window_at(request->now_us),
	};
	sl_status status =
		sl_txn_run(sl_pg_store_of(store), request->lease->user_id,
			   expand_work, &w, err);

	if (status == SL_OK)
		*out = w.out;
	return status;
}
