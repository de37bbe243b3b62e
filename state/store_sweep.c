/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sweeping: rows that a complete walk did not see are tombstoned, in chunks.
 *
 * Losing more than SL_BREAKER_PERCENT and SL_BREAKER_ROWS at once is rather a
 * provider's (or our) fault than the truth: some of them are read by id first.
 * All gone: the sweep goes on. One still there: it waits for a person.
 */
#include <string.h>

#include "core/base/text.h"

#include "sql.h"
#include "state/store_page.h"

#define FORGET_CHUNK 5000

struct sweep_work {
	const struct sl_sweep_request *request;
	struct sl_arena *arena;
	struct sl_sweep_outcome out;
	enum sl_sweep_state state;
	struct sl_ref *pending;
	int64_t held;
	int64_t samples_live;
	bool outdated; /* a newer listing knows better */
};

/* User, integration and stream: $1, $2, $3. */
static void
sweep_params(struct sl_params *p, const struct sweep_work *w)
{
	sl_params_lease(p, w->arena, w->request->lease);
	sl_params_text(p, w->request->stream->id);
}

static sl_status
load(struct sl_pg *pg, struct sweep_work *w, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_params_lease(&p, w->arena, w->request->lease);
	sl_params_i64(&p, w->request->lease->fence);
	sl_params_text(&p, w->request->stream->id);
	sl_params_text(&p, w->request->items_key);
	status = sl_pg_query(pg, sl_sql_sweep_load, &p, &rows, err);
	if (status != SL_OK)
		return status;
	if (sl_rows_count(rows) == 0)
		return sl_lease_lost(err);
	w->state = sl_sweep_state_parse(sl_row_text(rows, 0, "sweep_state"));
	w->held = sl_row_i64(rows, 0, "pending_deletions", 0);
	w->samples_live = sl_row_i64(rows, 0, "samples_live", 0);
	w->outdated = sl_row_bool(rows, 0, "outdated");
	return sl_refs_parse(w->arena, sl_row_text(rows, 0, "pending"),
			     &w->pending, err);
}

static sl_status
note_state(struct sl_pg *pg, struct sweep_work *w, const char *state,
	   const char *samples, struct sl_error *err)
{
	struct sl_params p;

	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->request->lease->user_id);
	sl_params_text(&p, w->request->stream->id);
	sl_params_text(&p, state);
	sl_params_i64(&p, w->held);
	sl_params_text(&p, samples);
	sl_params_text(&p, sl_refs_json(w->arena, w->pending));
	return sl_pg_query(pg, sl_sql_sweep_state, &p, NULL, err);
}

static sl_status
count(struct sl_pg *pg, struct sweep_work *w, bool *too_many,
      struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	int64_t live;
	sl_status status;

	sweep_params(&p, w);
	sl_params_text(&p, w->request->items_key);
	status = sl_pg_query(pg, sl_sql_sweep_count, &p, &rows, err);
	if (status != SL_OK)
		return status;
	w->held = sl_row_i64(rows, 0, "gone", 0);
	live = sl_row_i64(rows, 0, "live", 0);
	*too_many = w->held > SL_BREAKER_ROWS &&
		    w->held * 100 > live * SL_BREAKER_PERCENT;
	return SL_OK;
}

/* The breaker fired: ask for some of the rows by id. */
static sl_status
sample(struct sl_pg *pg, struct sweep_work *w, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_pg_array *ids = sl_pg_array_new(w->arena);
	struct sl_ref **tail = &w->pending;
	struct sl_params p;
	sl_status status;

	sweep_params(&p, w);
	sl_params_i64(&p, SL_BREAKER_SAMPLES);
	sl_params_text(&p, w->request->items_key);
	status = sl_pg_query(pg, sl_sql_sweep_sample, &p, &rows, err);
	if (status != SL_OK)
		return status;
	while (*tail != NULL)
		tail = &(*tail)->next;
	for (size_t i = 0; i < sl_rows_count(rows); i++) {
		*tail = SL_NEW(w->arena, struct sl_ref);
		(*tail)->source_id =
			sl_row_copy(w->arena, rows, i, "source_id");
		(*tail)->group = sl_row_copy(w->arena, rows, i, "thread_id");
		sl_pg_array_text(ids, (*tail)->source_id);
		tail = &(*tail)->next;
	}
	w->out.answer = SL_SWEEP_ASKS;
	w->out.pending = w->pending;
	return note_state(pg, w, "sampling", sl_pg_array_done(ids), err);
}

static sl_status
hold(struct sl_pg *pg, struct sweep_work *w, struct sl_error *err)
{
	bool too_many;
	sl_status status = count(pg, w, &too_many, err);

	if (status != SL_OK)
		return status;
	w->out.answer = SL_SWEEP_HOLDS;
	w->out.held = w->held;
	return note_state(pg, w, "held", "{}", err);
}

/*
 * What the walks saw is needed no more. Never before the state says so: a
 * sweep that is looked at again would take the forgotten for gone.
 */
static sl_status
forget(struct sl_pg *pg, struct sweep_work *w, struct sl_error *err)
{
	struct sl_params p;
	int64_t forgotten = 0;
	sl_status status;

	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->request->lease->user_id);
	sl_params_text(&p, w->request->stream->id);
	sl_params_i64(&p, FORGET_CHUNK);
	status = sl_pg_touch(pg, sl_sql_sweep_forget, &p, &forgotten, err);
	w->out.answer = forgotten < FORGET_CHUNK ? SL_SWEPT : SL_SWEEP_MORE;
	return status;
}

static sl_status
done(struct sl_pg *pg, struct sweep_work *w, struct sl_error *err)
{
	sl_status status;

	w->held = 0;
	status = note_state(pg, w, "none", "{}", err);
	return status == SL_OK ? forget(pg, w, err) : status;
}

/* One chunk of rows; after the last one it is done. */
static sl_status
sweep(struct sl_pg *pg, struct sweep_work *w, struct sl_error *err)
{
	struct sl_params p;
	sl_status status;

	w->out.answer = SL_SWEEP_MORE;
	sweep_params(&p, w);
	sl_params_time(&p, w->request->now_us);
	sl_params_i64(&p, SL_SWEEP_CHUNK);
	sl_params_text(&p, w->request->items_key);
	status = sl_pg_touch(pg, sl_sql_sweep_chunk, &p, &w->out.deleted, err);
	if (status != SL_OK || w->out.deleted >= SL_SWEEP_CHUNK)
		return status;
	return done(pg, w, err);
}

static sl_status
after_samples(struct sl_pg *pg, struct sweep_work *w, struct sl_error *err)
{
	if (w->pending != NULL) {
		w->out.answer = SL_SWEEP_ASKS;
		w->out.pending = w->pending;
		return SL_OK;
	}
	return w->samples_live == 0 ? sweep(pg, w, err) : hold(pg, w, err);
}

static sl_status
when_due(struct sl_pg *pg, struct sweep_work *w, struct sl_error *err)
{
	bool too_many;
	sl_status status = count(pg, w, &too_many, err);

	if (status != SL_OK)
		return status;
	return too_many ? sample(pg, w, err) : sweep(pg, w, err);
}

static sl_status
sweep_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct sweep_work *w = ctx;
	sl_status status;

	w->out = (struct sl_sweep_outcome){ .answer = SL_SWEPT };
	status = load(s->pg, w, err);
	if (status != SL_OK)
		return status;
	if (w->state == SL_SWEEP_NONE)
		return forget(s->pg, w, err);
	if (w->outdated)
		return done(s->pg, w, err);
	status = sl_pg_query(s->pg, sl_sql_sweep_plan, NULL, NULL, err);
	if (status != SL_OK)
		return status;
	if (w->request->accept)
		return sweep(s->pg, w, err);
	switch (w->state) {
	case SL_SWEEP_NONE:
		break;
	case SL_SWEEP_DUE:
		return when_due(s->pg, w, err);
	case SL_SWEEP_SAMPLING:
		return after_samples(s->pg, w, err);
	case SL_SWEEP_HELD:
		w->out.answer = SL_SWEEP_HOLDS;
		w->out.held = w->held;
		break;
	}
	return SL_OK;
}

sl_status
sl_store_sweep(struct sl_store *store, const struct sl_sweep_request *request,
	       struct sl_arena *arena, struct sl_sweep_outcome *out,
	       struct sl_error *err)
{
	struct sweep_work w = { .request = request, .arena = arena };
	sl_status status =
		sl_txn_run(sl_pg_store_of(store), request->lease->user_id,
			   sweep_work, &w, err);

	if (status == SL_OK)
		*out = w.out;
	return status;
}
