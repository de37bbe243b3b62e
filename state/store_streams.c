/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams: loading them, opening and closing them, moving one on.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/json/json.h"
#include "core/recur/recur.h"

#include "sql.h"
#include "state/store_page.h"

static const char *const state_names[] = {
	[SL_STREAM_NEW] = "new",
	[SL_STREAM_WALKING] = "walking",
	[SL_STREAM_LIVE] = "live",
	[SL_STREAM_CLOSED] = "closed",
};

static const char *const sweep_names[] = {
	[SL_SWEEP_NONE] = "none",
	[SL_SWEEP_DUE] = "due",
	[SL_SWEEP_SAMPLING] = "sampling",
	[SL_SWEEP_HELD] = "held",
};

enum sl_stream_state
sl_stream_state_parse(const char *text)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(state_names); i++) {
		if (sl_text_equal(text, state_names[i]))
			return (enum sl_stream_state)i;
	}
	SL_ASSERT(false && "a stream state that the schema allows");
	return SL_STREAM_CLOSED;
}

enum sl_sweep_state
sl_sweep_state_parse(const char *text)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(sweep_names); i++) {
		if (sl_text_equal(text, sweep_names[i]))
			return (enum sl_sweep_state)i;
	}
	SL_ASSERT(false && "a sweep state that the schema allows");
	return SL_SWEEP_NONE;
}

static sl_status
read_row(const struct sl_rows *rows, size_t i, struct sl_arena *arena,
	 struct sl_stream_row *r, struct sl_error *err)
{
	struct sl_ref *pending;
	sl_status status;

	sl_row_uuid(r->id, rows, i, "id");
	r->kind = sl_row_copy(arena, rows, i, "kind");
	r->key = sl_row_copy(arena, rows, i, "key");
	r->title = sl_row_copy(arena, rows, i, "title");
	r->state = sl_stream_state_parse(sl_row_text(rows, i, "state"));
	r->enabled = sl_row_bool(rows, i, "enabled");
	r->cursor = sl_row_copy(arena, rows, i, "cursor");
	r->fingerprint = sl_row_copy(arena, rows, i, "fingerprint");
	r->generation = (int)sl_row_i64(rows, i, "generation", 0);
	r->walk_started_us = sl_row_time(rows, i, "walk_started_at");
	r->rewalk_us = sl_row_time(rows, i, "rewalk_at");
	r->walk_resync_no = sl_row_i64(rows, i, "walk_resync_no", 0);
	r->scope_from_us = sl_row_time(rows, i, "scope_from");
	r->sweep = sl_sweep_state_parse(sl_row_text(rows, i, "sweep_state"));
	r->resyncs = (int)sl_row_i64(rows, i, "resyncs", 0);
	r->failures = (int)sl_row_i64(rows, i, "failures", 0);
	r->not_before_us = sl_row_time(rows, i, "not_before");
	r->checked_us = sl_row_time(rows, i, "checked_at");
	r->series_due = sl_row_bool(rows, i, "series_due");
	status = sl_refs_parse(arena, sl_row_text(rows, i, "pending"), &pending,
			       err);
	r->pending = pending;
	return status;
}

void
sl_params_streams(struct sl_params *p, const struct sl_lease *lease,
		  struct sl_arena *arena)
{
	sl_params_lease(p, arena, lease);
	sl_params_text(p, sl_recur_zones_version());
}

sl_status
sl_streams_take(const struct sl_rows *rows, struct sl_arena *arena,
		struct sl_stream_row **out, size_t *count, struct sl_error *err)
{
	sl_status status = SL_OK;

	*count = sl_rows_count(rows);
	*out = SL_NEW_ARRAY(arena, *count, struct sl_stream_row);
	for (size_t i = 0; status == SL_OK && i < *count; i++)
		status = read_row(rows, i, arena, *out + i, err);
	return status;
}

sl_status
sl_streams_load(struct sl_pg *pg, const struct sl_lease *lease,
		struct sl_arena *arena, struct sl_stream_row **out,
		size_t *count, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_params_streams(&p, lease, arena);
	status = sl_pg_query(pg, sl_sql_stream_load, &p, &rows, err);
	return status == SL_OK ? sl_streams_take(rows, arena, out, count, err)
			       : status;
}

struct streams_work {
	const struct sl_lease *lease;
	struct sl_arena *arena;
	struct sl_stream_row *rows;
	size_t count;
};

static sl_status
streams_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct streams_work *w = ctx;

	return sl_streams_load(s->pg, w->lease, w->arena, &w->rows, &w->count,
			       err);
}

sl_status
sl_store_streams(struct sl_store *store, const struct sl_lease *lease,
		 struct sl_arena *arena, struct sl_stream_row **out,
		 size_t *count, struct sl_error *err)
{
	struct streams_work w = { .lease = lease, .arena = arena };
	sl_status status = sl_txn_run(sl_pg_store_of(store), lease->user_id,
				      streams_work, &w, err);

	if (status != SL_OK)
		return status;
	*out = w.rows;
	*count = w.count;
	return SL_OK;
}

struct open_work {
	const struct sl_lease *lease;
	const struct sl_stream_key *which;
	struct sl_arena *arena;
	struct sl_stream_row *out;
};

static sl_status
open_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct open_work *w = ctx;
	struct sl_stream_row *rows;
	struct sl_params p;
	int64_t held;
	size_t count;
	sl_status status;

	sl_params_lease(&p, w->arena, w->lease);
	sl_params_i64(&p, w->lease->fence);
	sl_params_text(&p, w->which->kind);
	sl_params_text(&p, w->which->key);
	sl_params_text(&p, w->which->title);
	status = sl_pg_touch(s->pg, sl_sql_stream_open, &p, &held, err);
	if (status == SL_OK && held == 0)
		return sl_lease_lost(err);
	if (status == SL_OK)
		status = sl_streams_load(s->pg, w->lease, w->arena, &rows,
					 &count, err);
	for (size_t i = 0; status == SL_OK && i < count; i++)
		if (strcmp(rows[i].kind, w->which->kind) == 0 &&
		    strcmp(rows[i].key, w->which->key) == 0)
			*w->out = rows[i];
	return status;
}

sl_status
sl_store_open_stream(struct sl_store *store, const struct sl_lease *lease,
		     const struct sl_stream_key *which, struct sl_arena *arena,
		     struct sl_stream_row *out, struct sl_error *err)
{
	struct open_work w = {
		.lease = lease, .which = which, .arena = arena, .out = out
	};

	return sl_txn_run(sl_pg_store_of(store), lease->user_id, open_work, &w,
			  err);
}

static sl_status
put_changes(struct sl_page_work *w, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_pg_array *a[8];
	struct sl_params p;
	sl_status status;

	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		a[i] = sl_pg_array_new(w->arena);
	for (const struct sl_stream_change *c = w->page->streams.first;
	     c != NULL; c = c->next) {
		sl_pg_array_text(a[0], c->kind);
		sl_pg_array_text(a[1], c->key);
		sl_pg_array_text(a[2], c->title);
		sl_pg_array_bool(a[3], c->close);
		sl_pg_array_bool(a[4], c->enabled);
		sl_pg_array_text(a[5], c->reason);
		sl_pg_array_text(
			a[6], c->shown == NULL
				      ? NULL
				      : sl_json_canonical(w->arena, c->shown));
		sl_pg_array_bool(a[7], c->rewalk);
	}
	sl_params_lease(&p, w->arena, w->commit->lease);
	sl_params_i64(&p, w->generation);
	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		sl_params_text(&p, sl_pg_array_done(a[i]));
	sl_params_text(&p, w->commit->stream->kind);
	sl_params_time(&p, w->commit->now_us);
	status = sl_pg_query(w->pg, sl_sql_stream_change, &p, &rows, err);
	if (status != SL_OK)
		return status;
	w->opened += (int)sl_row_i64(rows, 0, "opened", 0);
	w->moved = sl_row_i64(rows, 0, "changed", 0) > 0;
	/* Counters are about artifacts; the sum must still add up, where the
	 * streams are what was listed. One that follows opens others by itself. */
	if (!w->commit->follows)
		w->counts.unchanged += (int64_t)w->page->streams.count;
	return SL_OK;
}

/* What the listing no longer names is gone at the provider. */
static sl_status
close_unlisted(struct sl_page_work *w, struct sl_error *err)
{
	struct sl_params p;

	sl_params_lease(&p, w->arena, w->commit->lease);
	sl_params_text(&p, w->commit->stream->kind);
	sl_params_i64(&p, w->generation);
	return sl_pg_query(w->pg, sl_sql_stream_unlisted, &p, NULL, err);
}

sl_status
sl_page_put_streams(struct sl_page_work *w, struct sl_error *err)
{
	sl_status status = SL_OK;

	if (w->page->streams.first != NULL)
		status = put_changes(w, err);
	if (status == SL_OK && w->commit->walk_done)
		status = close_unlisted(w, err);
	return status;
}

/* Refused cursors in a row; a page of changes shows that one is good. */
static int
resyncs_after(const struct sl_page_work *w)
{
	const struct sl_commit *c = w->commit;

	if (c->starts_walk || c->begins)
		return c->stream->resyncs + (c->resynced ? 1 : 0);
	return w->walking ? c->stream->resyncs : 0;
}

/* What the provider had then is known. */
static int64_t
checked_us(const struct sl_commit *c)
{
	if (!c->rests)
		return SL_NO_TIME;
	return c->asked_us != 0 ? c->asked_us : c->now_us;
}

static void
move_params(const struct sl_page_work *w, struct sl_params *p)
{
	const struct sl_commit *c = w->commit;

	sl_params_lease(p, w->arena, c->lease);
	sl_params_i64(p, c->lease->fence);
	sl_params_text(p, c->stream->id);
	sl_params_time(p, c->now_us);
	sl_params_bool(p, c->starts_walk);
	sl_params_bool(p, c->walk_done);
	sl_params_text(p, c->cursor);
	sl_params_text(p, c->shown);
	sl_params_text(p, c->fingerprint);
	sl_params_text(p, sl_refs_json(w->arena, w->pending));
	sl_params_i64(p, w->generation);
	sl_params_time(p, c->walk_started_us);
	sl_params_time(p, w->page->scope_from_us);
	sl_params_bool(p, w->had_rows);
	sl_params_i64(p, resyncs_after(w));
	sl_params_time(p, checked_us(c));
	sl_params_bool(p, w->moved || sl_tally_changes(&w->counts));
	sl_params_text(p, sl_items_key(c));
	sl_params_bool(p, c->begins);
	sl_params_text(p, sl_people_rule_text(w->arena, &c->people));
	sl_params_text(p, c->sweeps);
	sl_params_i64(p, c->listed_version);
}

/* The row as committed, from what was known and what moved. */
static void
describe(struct sl_page_work *w, const struct sl_rows *rows)
{
	const struct sl_commit *c = w->commit;
	struct sl_stream_row *r = &w->stream;

	*r = *c->stream;
	r->state = sl_stream_state_parse(sl_row_text(rows, 0, "state"));
	r->enabled = sl_row_bool(rows, 0, "enabled");
	r->rewalk_us = sl_row_time(rows, 0, "rewalk_at");
	r->sweep = sl_sweep_state_parse(sl_row_text(rows, 0, "sweep_state"));
	r->cursor = sl_row_copy(w->arena, rows, 0, "cursor");
	if (c->fingerprint != NULL)
		r->fingerprint = c->fingerprint;
	r->pending = w->pending;
	r->generation = w->generation;
	if (c->begins)
		r->walk_started_us = c->walk_started_us;
	if (c->starts_walk) {
		r->walk_started_us = c->walk_started_us;
		r->scope_from_us = w->page->scope_from_us;
	}
	r->series_due = c->stream->series_due || w->series_due;
	r->resyncs = resyncs_after(w);
	r->failures = 0;
	r->not_before_us = SL_NO_TIME;
}

sl_status
sl_page_move_stream(struct sl_page_work *w, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	move_params(w, &p);
	status = sl_pg_query(w->pg, sl_sql_stream_commit, &p, &rows, err);
	if (status != SL_OK)
		return status;
	if (sl_rows_count(rows) == 0)
		return sl_lease_lost(err);
	describe(w, rows);
	w->begun = sl_row_bool(rows, 0, "begun");
	w->people_from_us = sl_row_time(rows, 0, "people_from");
	w->people_judged = sl_row_bool(rows, 0, "people_judged");
	w->people_due = sl_row_bool(rows, 0, "people_due");
	(void)snprintf(w->xid, sizeof(w->xid), "%s",
		       sl_row_text(rows, 0, "xid"));
	return SL_OK;
}
