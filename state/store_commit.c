/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One page, one transaction.
 *
 * Fence, artifacts, tombstones, patches, refs, the ledger, what the walk saw,
 * streams that it opens, its own row, people, the log row: all or nothing. A
 * page that holds nothing costs three round trips (begin, one statement,
 * commit). When a record is refused the transaction is begun anew and finds
 * it under savepoints (store_artifacts.c).
 *
 * An unanswered COMMIT is looked up by its transaction id, which survives
 * reconnects: committed is done, aborted is tried again by the caller. While
 * the database stays away the question is kept; a repeated call asks it first
 * and, if the page is there already, writes the same rows again without
 * counting them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "sql.h"
#include "state/store_page.h"

/* Pages for which a session keeps its plans, at most. */
#define PAGES_A_PLAN 64

static int
by_source_id(const void *a, const void *b)
{
	const struct sl_artifact *const *x = a;
	const struct sl_artifact *const *y = b;

	return strcmp((*x)->source_id, (*y)->source_id);
}

/* A clean start for one try. */
static void
work_init(struct sl_page_work *w)
{
	const struct sl_commit *c = w->commit;
	size_t count = c->page->artifacts.count;

	w->page = c->page;
	w->written = SL_NEW_ARRAY(w->arena, count, struct sl_written);
	w->written_count = 0;
	/* a record may become a patch */
	w->judged_room = count + c->page->patches.count + c->page->refs.count;
	w->judged = SL_NEW_ARRAY(w->arena, w->judged_room, const char *);
	w->judged_count = 0;
	w->keys = NULL;
	w->waiting = NULL;
	w->due = NULL;
	w->links = NULL;
	w->xid[0] = '\0';
	w->walking = c->starts_walk || c->stream->state == SL_STREAM_WALKING;
	w->had_rows = false;
	w->generation = c->stream->generation + (c->starts_walk ? 1 : 0);
	w->begun = false;
	w->series_due = false;
	w->people_from_us = SL_NO_TIME;
	w->people_judged = false;
	w->people_due = false;
	w->siblings = NULL;
	w->sibling_count = 0;
	w->wanted = c->starts_walk ? NULL : c->stream->pending;
	w->pending = NULL;
	w->counts = (struct sl_tally){ .pages = 1,
				       .fetched = (int64_t)c->page->items };
	w->opened = 0;
	w->moved = false;
	w->logged = false;
}

/* The artifacts that are to be stored, in the order that all keep. */
static sl_status
sort_artifacts(struct sl_page_work *w, struct sl_error *err)
{
	size_t at = 0;

	(void)err;
	w->artifacts = SL_NEW_ARRAY(w->arena, w->page->artifacts.count,
				    const struct sl_artifact *);
	for (const struct sl_artifact *a = w->page->artifacts.first; a != NULL;
	     a = a->next)
		w->artifacts[at++] = a;
	if (at > 1)
		qsort(w->artifacts, at, sizeof(struct sl_artifact *),
		      by_source_id);
	return SL_OK;
}

static bool
is_empty(const struct sl_commit *c)
{
	return !c->starts_walk && !c->walk_done && sl_page_is_empty(c->page);
}

static sl_status
check_fence(struct sl_page_work *w, struct sl_error *err)
{
	const struct sl_commit *c = w->commit;
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_params_lease(&p, w->arena, c->lease);
	sl_params_i64(&p, c->lease->fence);
	sl_params_text(&p, c->stream->id);
	sl_params_bool(&p, c->starts_walk);
	sl_params_text(&p, sl_items_key(c));
	status = sl_pg_query(w->pg, sl_sql_run_fence, &p, &rows, err);
	if (status != SL_OK)
		return status;
	if (sl_rows_count(rows) == 0)
		return sl_lease_lost(err);
	/* a listing of nothing in full shows nothing to be gone */
	w->had_rows = sl_row_bool(rows, 0, "had_rows") &&
		      (c->sweeps == NULL || c->sweeps[0] != '\0');
	(void)snprintf(w->xid, sizeof(w->xid), "%s",
		       sl_row_text(rows, 0, "xid"));
	return SL_OK;
}

static sl_status
put_records(struct sl_page_work *w, struct sl_error *err)
{
	typedef sl_status (*part)(struct sl_page_work *, struct sl_error *);
	static const part parts[] = {
		sl_page_match,           sort_artifacts,
		sl_page_put_own,         sl_page_put_persons,
		sl_page_put_artifacts,   sl_page_meet_aliases,
		sl_page_put_tombstones,  sl_page_put_series,
		sl_page_put_occurrences, sl_page_put_patches,
		sl_page_forget_filtered, sl_page_put_filtered,
		sl_page_put_waiting,     sl_page_put_rejected,
		sl_page_put_seen,        sl_page_put_streams,
		sl_page_join_people,
	};
	sl_status status = SL_OK;

	for (size_t i = 0; i < SL_ARRAY_LEN(parts) && status == SL_OK; i++)
		status = parts[i](w, err);
	return status;
}

static sl_status
book(struct sl_page_work *w, struct sl_error *err)
{
	const struct sl_commit *c = w->commit;
	struct sl_tally sum = w->counts;
	const struct sl_log_entry entry = {
		.lease = c->lease,
		.trigger = c->trigger,
		.mode = c->mode,
		.status = "running",
		.started_us = SL_NO_TIME,
		.finished_us = SL_NO_TIME,
		.add = &sum,
	};

	w->logged = sl_tally_changes(&sum);
	if (!w->logged)
		return SL_OK;
	if (c->add != NULL)
		sl_tally_sum(&sum, c->add);
	return sl_log_book(w->pg, w->arena, &entry, err);
}

static sl_status
page_work(struct sl_page_work *w, struct sl_error *err)
{
	bool empty = is_empty(w->commit);
	sl_status status = SL_OK;

	if (!empty || w->commit->shares_key)
		status = check_fence(w, err);
	if (status == SL_OK)
		status = sl_page_meet_siblings(w, err);
	if (status == SL_OK && !empty)
		status = put_records(w, err);
	if (status == SL_OK)
		status = sl_page_postpone(w, err);
	if (status == SL_OK)
		status = sl_page_put_refs(w, err);
	if (status == SL_OK)
		status = sl_page_tell_siblings(w, err);
	if (status == SL_OK) /* refs meet what they name, too */
		status = sl_page_drop_outdated(w, err);
	if (status == SL_OK)
		status = sl_page_move_stream(w, err);
	if (status == SL_OK)
		status = sl_page_put_people(w, err);
	if (status != SL_OK)
		return status;
	if (w->counted == NULL)
		return book(w, err);
	w->counts = *w->counted;
	w->logged = true;
	return SL_OK;
}

/* What became of a transaction? *committed only when SL_OK. */
static sl_status
ask_fate(struct sl_pg_store *s, const char *user_id, const char *xid,
	 bool *committed, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	const char *fate;
	sl_status status = sl_pg_begin(s->pg, SL_PG_GATEWAY, user_id, err);

	if (status != SL_OK)
		return status;
	sl_params_init(&p, arena);
	sl_params_text(&p, xid);
	status = sl_pg_query(s->pg, sl_sql_run_xid, &p, &rows, err);
	sl_pg_rollback(s->pg);
	if (status == SL_REJECTED) { /* this server never knew the id: it took
				      * over without that transaction */
		*committed = false;
		return SL_OK;
	}
	if (status != SL_OK)
		return status;
	fate = sl_row_text(rows, 0, "fate");
	if (sl_text_equal(fate, "in progress"))
		return sl_fail(err, SL_RETRY, SL_CLIENT,
			       "the database is still busy with a page whose "
			       "connection was lost");
	*committed = sl_text_equal(fate, "committed");
	return SL_OK;
}

/* COMMIT was sent and no answer came. */
static sl_status
resolve_doubt(struct sl_pg_store *s, const struct sl_page_work *w,
	      const struct sl_error *cause, struct sl_error *err)
{
	const struct sl_commit *c = w->commit;
	bool committed = false;
	sl_status status;

	status = ask_fate(s, c->lease->user_id, w->xid, &committed, err);
	if (status != SL_OK) {
		s->doubt_counts = w->counts;
		memcpy(s->doubt_xid, w->xid, sizeof(s->doubt_xid));
		memcpy(s->doubt_stream, c->stream->id, sizeof(s->doubt_stream));
		return SL_RETRY;
	}
	if (committed)
		return SL_OK;
	*err = *cause;
	return err->status;
}

/* Is this the page that an earlier call left in doubt, and is it there? */
static sl_status
recall_doubt(struct sl_pg_store *s, struct sl_page_work *w,
	     struct sl_error *err)
{
	bool committed = false;
	sl_status status;

	if (s->doubt_xid[0] == '\0' ||
	    strcmp(s->doubt_stream, w->commit->stream->id) != 0)
		return SL_OK;
	status = ask_fate(s, w->commit->lease->user_id, s->doubt_xid,
			  &committed, err);
	if (status != SL_OK)
		return status;
	if (committed && sl_tally_changes(&s->doubt_counts))
		w->counted = &s->doubt_counts;
	s->doubt_xid[0] = '\0';
	return SL_OK;
}

/*
 * A first walk fills empty tables faster than anybody analyses them. Plans of
 * this session are made anew while they grow: often at first, then now and
 * again. Within the transaction, so that a pooler cannot put another session
 * in its place.
 */
static sl_status
renew_plans(struct sl_pg_store *s, struct sl_arena *arena, struct sl_error *err)
{
	unsigned n = ++s->pages;
	bool power = (n & (n - 1)) == 0;
	struct sl_params p;

	if (!power && n % PAGES_A_PLAN != 0)
		return SL_OK;
	sl_params_init(&p, arena);
	return sl_pg_query(s->pg, sl_sql_pg_replan, &p, NULL, err);
}

static sl_status
try_page(struct sl_pg_store *s, struct sl_page_work *w, struct sl_error *err)
{
	struct sl_error cause;
	bool unknown = false;
	sl_status status;

	work_init(w);
	status = sl_pg_begin(s->pg, SL_PG_GATEWAY, w->commit->lease->user_id,
			     err);
	if (status != SL_OK)
		return status;
	status = renew_plans(s, w->arena, err);
	if (status == SL_OK)
		status = page_work(w, err);
	if (status != SL_OK) {
		sl_pg_rollback(s->pg);
		return status;
	}
	status = sl_pg_commit(s->pg, &unknown, err);
	if (status == SL_OK || !unknown)
		return status;
	cause = *err;
	return resolve_doubt(s, w, &cause, err);
}

sl_status
sl_store_commit(struct sl_store *store, const struct sl_commit *commit,
		struct sl_arena *arena, struct sl_outcome *out,
		struct sl_error *err)
{
	struct sl_pg_store *s = sl_pg_store_of(store);
	struct sl_page_work w = { .pg = s->pg,
				  .commit = commit,
				  .arena = arena };
	sl_status status = recall_doubt(s, &w, err);

	for (int tries = 0; status == SL_OK; tries++) {
		status = try_page(s, &w, err);
		if (status == SL_REJECTED && !w.careful)
			w.careful = true;
		else if (status != SL_RETRY || !sl_txn_again(err) ||
			 tries + 1 >= SL_TXN_TRIES)
			break;
		status = SL_OK;
	}
	if (status == SL_RETRY && commit->page->items > 1 &&
	    strcmp(err->sqlstate, "57014") == 0)
		return sl_fail(err, SL_SMALLER, SL_STREAM,
			       "the database did not store a page of %zu "
			       "items in time",
			       commit->page->items);
	if (status != SL_OK)
		return status;
	*out = (struct sl_outcome){ .counts = w.counts,
				    .logged = w.logged,
				    .pending = w.pending,
				    .opened = w.opened,
				    .stream = w.stream };
	return SL_OK;
}
