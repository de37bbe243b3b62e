/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Recurring masters of a page: what the page says about their instances is
 * written in the page's transaction, as far as one transaction should go; the
 * rest is due and follows when the stream rests (store_expand.c).
 */
#include <string.h>

#include "core/base/text.h"

#include "sql.h"
#include "state/store_occurrences.h"
#include "state/store_page.h"

/** Who does not tell today may do so tomorrow. */
#define ASK_AGAIN_US (INT64_C(86400) * SL_US_PER_S)

/* The masters that the page wrote, in the order of w->written. */
struct masters {
	const struct sl_written **list;
	size_t count;
};

static bool
is_master(const struct sl_artifact *a)
{
	return a->recurrence != NULL && !a->deleted;
}

static bool
may_have_been(const struct sl_written *x)
{
	return !x->created && x->artifact->parent_id == NULL;
}

/* Note them; those that are due stay in the list. */
static sl_status
note(struct sl_page_work *w, const struct sl_written *written, size_t count,
     struct masters *m, struct sl_error *err)
{
	struct sl_pg_array *ids = sl_pg_array_new(w->arena);
	struct sl_pg_array *bases = sl_pg_array_new(w->arena);
	struct sl_pg_array *lines = sl_pg_array_new(w->arena);
	struct sl_pg_array *ended = sl_pg_array_new(w->arena);
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	for (size_t i = 0; i < count; i++) {
		const struct sl_written *x = &written[i];

		if (is_master(x->artifact)) {
			sl_pg_array_text(ids, x->id);
			sl_pg_array_bytes(bases, x->artifact->series_hash,
					  sizeof(x->artifact->series_hash));
			sl_pg_array_text(
				lines,
				sl_labels_literal(w->arena,
						  x->artifact->recurrence));
			m->list[m->count++] = x;
		} else if (may_have_been(x)) {
			sl_pg_array_text(ended, x->id);
		}
	}
	sl_params_page(&p, w);
	sl_params_text(&p, sl_pg_array_done(ids));
	sl_params_text(&p, sl_pg_array_done(bases));
	sl_params_text(&p, sl_pg_array_done(lines));
	sl_params_text(&p, sl_pg_array_done(ended));
	status = sl_pg_query(w->pg, sl_sql_series_put, &p, &rows, err);
	if (status != SL_OK)
		return status;
	m->count = sl_rows_count(rows);
	for (size_t i = 0; i < m->count; i++) /* ords ascend: none is lost */
		m->list[i] = m->list[sl_row_i64(rows, i, "ord", 1) - 1];
	return SL_OK;
}

/* More than fits into one transaction, or the provider must be asked: later,
 * and nothing wrong until then. */
static sl_status
put_off(struct sl_page_work *w, struct sl_occurrences *o,
	const struct sl_written *x, struct sl_error *err)
{
	const struct sl_expanded later = { .artifact_id = x->id,
					   .kind = SL_EXPANSION_DUE,
					   .again_us = SL_NO_TIME };

	w->series_due = true;
	return sl_occurrences_master(o, &later, err);
}

static sl_status
expand(struct sl_page_work *w, struct sl_occurrences *o,
       const struct sl_written *x, struct sl_error *err)
{
	const struct sl_artifact *a = x->artifact;
	const struct sl_master master = {
		.artifact_id = x->id,
		.series = { .start_us = a->occurred_us,
			    .end_us = a->ends_us,
			    .all_day = a->all_day,
			    .zone = a->time_zone,
			    .lines = a->recurrence },
	};
	const char *reason;
	sl_status status;

	if (sl_occurrences_count(o) >= SL_OCCURRENCES_PAGE)
		return put_off(w, o, x, err);
	status = sl_occurrences_expand(o, &master, w->commit->lists_instances,
				       &reason, err);
	if (status == SL_OK && reason != NULL)
		status = put_off(w, o, x, err);
	return status;
}

/* The masters among some written rows, with their instances. */
static sl_status
put_masters(struct sl_page_work *w, struct sl_occurrences *o,
	    const struct sl_written *written, size_t count,
	    struct sl_error *err)
{
	struct masters m = { .list = SL_NEW_ARRAY(w->arena, count,
						  const struct sl_written *) };
	sl_status status = note(w, written, count, &m, err);

	for (size_t i = 0; status == SL_OK && i < m.count; i++)
		status = expand(w, o, m.list[i], err);
	return status == SL_OK ? sl_occurrences_flush(o, err) : status;
}

static bool
matters(const struct sl_written *x)
{
	return is_master(x->artifact) || may_have_been(x);
}

/* One by one: what the database refuses is told, and holds nothing else. */
static sl_status
put_careful(struct sl_page_work *w, struct sl_occurrences *o,
	    const struct sl_written *x, struct sl_error *err)
{
	struct sl_error refusal;
	sl_status status = sl_pg_savepoint(w->pg, err);

	if (status != SL_OK)
		return status;
	status = put_masters(w, o, x, 1, err);
	if (status == SL_OK)
		return sl_pg_savepoint_release(w->pg, err);
	if (status != SL_REJECTED)
		return status;
	refusal = *err;
	status = sl_pg_savepoint_rollback(w->pg, err);
	if (status != SL_OK)
		return status;
	return sl_page_quarantine(w, x->artifact, &refusal, err);
}

static sl_status
put_written(struct sl_page_work *w, struct sl_error *err)
{
	struct sl_occurrences *o;
	bool any = false;
	sl_status status = SL_OK;

	for (size_t i = 0; i < w->written_count; i++)
		any = any || matters(&w->written[i]);
	if (!any)
		return SL_OK;
	o = sl_occurrences_new(w->pg, w->commit->lease->user_id,
			       sl_recur_window_at(w->commit->now_us));
	if (!w->careful)
		status = put_masters(w, o, w->written, w->written_count, err);
	for (size_t i = 0;
	     w->careful && status == SL_OK && i < w->written_count; i++)
		if (matters(&w->written[i]))
			status = put_careful(w, o, &w->written[i], err);
	sl_occurrences_free(&o);
	return status;
}

/* --- what the provider says ---------------------------------------------- */

static sl_status
put_answer(struct sl_occurrences *o, const struct sl_expansion *e,
	   const struct sl_rows *rows, size_t row, int64_t now_us,
	   struct sl_error *err)
{
	struct sl_expanded made = {
		.artifact_id = sl_row_text(rows, row, "artifact_id"),
		.length_us = sl_row_i64(rows, row, "length_us", 0),
		.all_day = sl_row_bool(rows, row, "all_day"),
		.kind = e->failure != NULL ? SL_EXPANSION_UNEXPANDED
			: e->more          ? SL_EXPANSION_ASKED
					   : SL_EXPANSION_PROVIDER,
		.reason = e->failure == NULL ? sl_row_text(rows, row, "reason")
					     : e->failure,
		.cut = e->cut,
		.continues = e->failure == NULL && e->continues,
		.again_us =
			e->failure == NULL ? SL_NO_TIME : now_us + ASK_AGAIN_US,
	};
	sl_status status = sl_occurrences_master(o, &made, err);

	for (size_t i = 0; status == SL_OK && i < e->count; i++)
		sl_occurrences_instance(o, e->slots[i]);
	return status;
}

/* Answers to masters that changed meanwhile are no use: those are due. */
static sl_status
put_answers(struct sl_page_work *w, struct sl_error *err)
{
	struct sl_pg_array *ids = sl_pg_array_new(w->arena);
	const struct sl_expansion **list =
		SL_NEW_ARRAY(w->arena, w->page->expansions.count,
			     const struct sl_expansion *);
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	size_t n = 0;
	sl_status status;

	for (const struct sl_expansion *e = w->page->expansions.first;
	     e != NULL; e = e->next) {
		sl_pg_array_text(ids, e->source_id);
		list[n++] = e;
	}
	sl_params_page(&p, w);
	sl_params_text(&p, sl_pg_array_done(ids));
	status = sl_pg_query(w->pg, sl_sql_series_found, &p, &rows, err);
	for (size_t i = 0; status == SL_OK && i < sl_rows_count(rows); i++) {
		const struct sl_expansion *e =
			list[sl_row_i64(rows, i, "ord", 1) - 1];
		struct sl_occurrences *o = sl_occurrences_new(
			w->pg, w->commit->lease->user_id,
			(struct sl_recur_window){ e->span.from_us,
						  e->span.to_us });

		status = put_answer(o, e, rows, i, w->commit->now_us, err);
		if (status == SL_OK)
			status = sl_occurrences_flush(o, err);
		sl_occurrences_free(&o);
	}
	return status;
}

/* Dropping what waited, a walk forgets what the provider was asked. */
static sl_status
forget_asked(struct sl_page_work *w, struct sl_error *err)
{
	struct sl_params p;
	int64_t forgotten = 0;
	sl_status status;

	sl_params_page(&p, w);
	status = sl_pg_touch(w->pg, sl_sql_series_forget, &p, &forgotten, err);
	w->series_due = w->series_due || forgotten > 0;
	return status;
}

sl_status
sl_page_put_occurrences(struct sl_page_work *w, struct sl_error *err)
{
	sl_status status = SL_OK;

	if (w->commit->starts_walk)
		status = forget_asked(w, err);
	if (status == SL_OK)
		status = put_written(w, err);
	if (status == SL_OK && w->page->expansions.first != NULL)
		status = put_answers(w, err);
	return status;
}
