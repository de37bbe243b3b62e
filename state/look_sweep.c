/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sweep would take: the same rows, the same breaker, nothing written.
 * The breaker's samples are read by id as in a real run.
 */
#include <string.h>

#include "sql.h"
#include "state/look_private.h"

#define CHUNK 1000

struct look_sweep {
	struct sl_look *look;
	struct sl_look_run *run;
	struct sl_look_stream *stream;
	const struct sl_sweep_request *request;
	struct sl_arena *arena;
	/* of each row that would go */
	void (*each)(struct look_sweep *w, const struct sl_rows *rows,
		     size_t i);
	enum sl_look_verb verb;
	int64_t live, gone, told;
	uint64_t sample_hash[SL_BREAKER_SAMPLES];
	struct sl_sweep_outcome out;
};

static void
sweep_params(struct sl_params *p, const struct look_sweep *w)
{
	const struct sl_stream_row *row = &w->stream->row;

	sl_params_lease(p, w->arena, w->request->lease);
	sl_params_text(p, row->key);
	sl_params_time(p, row->walk_started_us);
	sl_params_time(p, row->scope_from_us);
	/* What a walk in the database saw counts, if it is that walk. */
	sl_params_text(p, w->stream->fresh_walk ? NULL : row->id);
	sl_params_i64(p, row->generation);
}

static bool
was_seen(struct sl_look *look, const struct sl_look_stream *s, const char *id)
{
	bool seen;

	pthread_mutex_lock(&look->mutex);
	seen = sl_idset_has(&s->seen, id);
	pthread_mutex_unlock(&look->mutex);
	return seen;
}

/* One chunk behind `after`; the last id of it, or NULL at the end. */
static sl_status
chunk(struct sl_pg *pg, struct look_sweep *w, const char *after,
      const char **last, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	size_t n;
	sl_status status;

	sweep_params(&p, w);
	sl_params_text(&p, after);
	sl_params_i64(&p, CHUNK);
	sl_params_text(&p, w->request->sweeps);
	sl_params_i64(&p, w->request->listed_version);
	status = sl_pg_query(pg, sl_sql_look_sweep, &p, &rows, err);
	if (status != SL_OK)
		return status;
	n = sl_rows_count(rows);
	for (size_t i = 0; i < n; i++)
		if (!was_seen(w->look, w->stream,
			      sl_row_text(rows, i, "source_id")))
			w->each(w, rows, i);
	*last = n < CHUNK ? NULL
			  : sl_row_copy(w->arena, rows, n - 1, "source_id");
	return SL_OK;
}

static sl_status
each_row(struct sl_pg *pg, struct look_sweep *w, struct sl_error *err)
{
	const char *after = "";
	sl_status status = SL_OK;

	while (status == SL_OK && after != NULL)
		status = chunk(pg, w, after, &after, err);
	return status;
}

/* Count, and keep the ten whose ids hash lowest: a sample without order. */
static void
count_row(struct look_sweep *w, const struct sl_rows *rows, size_t i)
{
	struct sl_look_stream *s = w->stream;
	const char *id = sl_row_text(rows, i, "source_id");
	uint64_t hash = sl_text_hash(id);
	size_t at = 0;

	w->gone++;
	while (at < s->sample_count && w->sample_hash[at] < hash)
		at++;
	if (at == SL_BREAKER_SAMPLES)
		return;
	if (s->sample_count < SL_BREAKER_SAMPLES)
		s->sample_count++;
	for (size_t j = s->sample_count - 1; j > at; j--) {
		s->samples[j] = s->samples[j - 1];
		w->sample_hash[j] = w->sample_hash[j - 1];
	}
	s->samples[at] = sl_arena_strdup(w->run->arena, id);
	w->sample_hash[at] = hash;
}

static void
tell_row(struct look_sweep *w, const struct sl_rows *rows, size_t i)
{
	struct sl_look_item item = {
		.verb = w->verb,
		.id = sl_row_text(rows, i, "source_id"),
		.title = sl_row_text(rows, i, "title"),
		.occurred_us = sl_row_time(rows, i, "occurred_at"),
		.reason = "not-listed",
	};

	w->told += sl_look_announce(w->look, w->run, w->stream, &item);
}

static sl_status
tell_all(struct sl_pg *pg, struct look_sweep *w, enum sl_look_verb verb,
	 struct sl_error *err)
{
	w->each = tell_row;
	w->verb = verb;
	w->told = 0;
	return each_row(pg, w, err);
}

static sl_status
take(struct sl_pg *pg, struct look_sweep *w, struct sl_error *err)
{
	sl_status status = tell_all(pg, w, SL_LOOK_DELETE, err);

	w->out.answer = SL_SWEPT;
	w->out.deleted = w->told;
	w->stream->row.sweep = SL_SWEEP_NONE;
	return status;
}

static sl_status
hold(struct sl_pg *pg, struct look_sweep *w, struct sl_error *err)
{
	sl_status status = tell_all(pg, w, SL_LOOK_HOLD, err);

	w->out.answer = SL_SWEEP_HOLDS;
	w->out.held = w->told;
	w->stream->row.sweep = SL_SWEEP_HELD;
	return status;
}

static sl_status
count_live(struct sl_pg *pg, struct look_sweep *w, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_params_lease(&p, w->arena, w->request->lease);
	sl_params_text(&p, w->stream->row.key);
	sl_params_text(&p, w->request->sweeps);
	status = sl_pg_query(pg, sl_sql_look_live, &p, &rows, err);
	if (status == SL_OK)
		w->live = sl_row_i64(rows, 0, "live", 0);
	return status;
}

static void
sample(struct look_sweep *w)
{
	const struct sl_ref **tail = &w->out.pending;

	for (size_t i = 0; i < w->stream->sample_count; i++) {
		struct sl_ref *ref = SL_NEW(w->arena, struct sl_ref);

		ref->source_id = w->stream->samples[i];
		*tail = ref;
		tail = (const struct sl_ref **)(void *)&ref->next;
	}
	w->out.answer = SL_SWEEP_ASKS;
	w->stream->row.sweep = SL_SWEEP_SAMPLING;
}

static sl_status
when_due(struct sl_pg *pg, struct look_sweep *w, struct sl_error *err)
{
	sl_status status = count_live(pg, w, err);

	w->each = count_row;
	w->stream->sample_count = 0;
	if (status == SL_OK)
		status = each_row(pg, w, err);
	if (status != SL_OK)
		return status;
	if (w->gone > SL_BREAKER_ROWS &&
	    w->gone * 100 > w->live * SL_BREAKER_PERCENT) {
		sample(w);
		return SL_OK;
	}
	return take(pg, w, err);
}

/* A sample that was read and is there was booked as seen. */
static bool
any_alive(const struct look_sweep *w)
{
	const struct sl_look_stream *s = w->stream;

	for (size_t i = 0; i < s->sample_count; i++)
		if (was_seen(w->look, s, s->samples[i]))
			return true;
	return false;
}

static sl_status
sweep_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct look_sweep *w = ctx;

	w->out = (struct sl_sweep_outcome){ .answer = SL_SWEPT };
	w->gone = 0;
	if (w->request->accept)
		return take(s->pg, w, err);
	switch (w->request->stream->sweep) {
	case SL_SWEEP_NONE:
		break;
	case SL_SWEEP_DUE:
		return when_due(s->pg, w, err);
	case SL_SWEEP_SAMPLING:
		/* a run before us chose: choose anew, that is as good */
		if (w->stream->sample_count == 0)
			return when_due(s->pg, w, err);
		return any_alive(w) ? hold(s->pg, w, err) : take(s->pg, w, err);
	case SL_SWEEP_HELD:
		return hold(s->pg, w, err);
	}
	return SL_OK;
}

sl_status
sl_look_sweep(struct sl_store *store, const struct sl_sweep_request *request,
	      struct sl_arena *arena, struct sl_sweep_outcome *out,
	      struct sl_error *err)
{
	struct sl_look_store *s = sl_look_store_of(store);
	struct look_sweep w = { .look = s->look,
				.run = sl_look_run_find(s->look,
							request->lease),
				.request = request,
				.arena = arena };
	sl_status status;

	w.stream = sl_look_stream_find(s->look, w.run, request->stream->id);
	status = sl_look_txn(s, request->lease->user_id, sweep_work, &w, err);
	if (status == SL_OK)
		*out = w.out;
	return status;
}
