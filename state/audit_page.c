/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One page of an audit: judged against the stored rows, its ids noted. What
 * was met already is not judged again. At the end of a walk: live rows that it
 * did not meet.
 */
#include <string.h>

#include "sql.h"
#include "state/audit_private.h"

/* Each chunk joins all that was met: few of them, of a few hundred kB. */
#define EXTRA_CHUNK 5000

static const char *const kind_names[] = {
	[SL_FINDING_MISSING] = "missing",
	[SL_FINDING_EXTRA] = "extra",
	[SL_FINDING_STALE] = "stale",
};

/* One id of the page, and what is to be said of it. */
struct met {
	const char *id;
	bool wrong;
	struct sl_finding finding; /* when wrong */
	int64_t *counter;          /* when not: unchanged, filtered, ... */
};

struct page_work {
	struct sl_audit *audit;
	const struct sl_commit *commit;
	struct sl_arena *arena;
	struct sl_page_work page;
	struct met *met;
	size_t count;
	bool *fresh; /* met for the first time */
	struct sl_tally counts;
};

static struct met *
meet(struct page_work *w, const char *id, int64_t *counter)
{
	struct met *m = &w->met[w->count++];

	*m = (struct met){ .id = id, .counter = counter };
	return m;
}

static void
blame(struct met *m, enum sl_finding_kind kind, const char *why,
      const struct sl_artifact *a)
{
	m->wrong = true;
	m->finding = (struct sl_finding){
		.kind = kind,
		.id = m->id,
		.title = a == NULL ? NULL : a->title,
		.occurred_us = a == NULL ? SL_NO_TIME : a->occurred_us,
		.why = why,
	};
}

static const char *
why_stale(struct sl_arena *arena, const struct sl_compared *c)
{
	int64_t version = c->artifact->source_version;
	const char *what = version > c->stored_version
				   ? "the provider's is newer"
			   : version < c->stored_version
				   ? "the stored one claims to be newer"
				   : "the same version";

	return sl_arena_printf(arena, "%s, differs in %s", what, c->changed);
}

static void
judge(struct page_work *w, const struct sl_compared *c)
{
	const struct sl_artifact *a = c->artifact;
	struct met *m = meet(w, a->source_id, &w->counts.unchanged);

	if (sl_text_equal(c->ledger, "quarantined"))
		m->counter = &w->counts.quarantined;
	else if (c->refused != NULL)
		blame(m, SL_FINDING_MISSING,
		      sl_arena_printf(w->arena, "cannot be stored: %s",
				      c->refused),
		      a);
	else if (c->id == NULL && c->ledger != NULL)
		m->counter = &w->counts.filtered;
	else if (c->id == NULL)
		blame(m, SL_FINDING_MISSING, "not stored", a);
	else if (c->was_deleted && !a->deleted)
		blame(m, SL_FINDING_MISSING, "stored as deleted", a);
	else if (a->deleted && !c->was_deleted)
		blame(m, SL_FINDING_EXTRA, "cancelled at the provider", a);
	else if (*c->changed != '\0')
		blame(m, SL_FINDING_STALE, why_stale(w->arena, c), a);
}

static sl_status
judge_artifacts(struct page_work *w, struct sl_error *err)
{
	struct sl_compared *list;
	sl_status status = sl_page_compare(&w->page, &list, err);

	for (size_t i = 0; status == SL_OK && i < w->page.page->artifacts.count;
	     i++)
		judge(w, &list[i]);
	return status;
}

/* Of a record that knows less than what is stored that alone is told. */
static sl_status
judge_patches(struct page_work *w, struct sl_error *err)
{
	(void)err;
	for (const struct sl_patch *x = w->page.page->patches.first; x != NULL;
	     x = x->next)
		(void)meet(w, x->source_id, &w->counts.unchanged);
	return SL_OK;
}

/* A list of ids alone: nothing but the version tells what is stored of them. */
static void
judge_ref(struct page_work *w, struct met *m, const struct sl_known_ref *k)
{
	if (k->quarantined)
		m->counter = &w->counts.quarantined;
	else if (k->known && !k->stored)
		m->counter = &w->counts.filtered;
	if (k->quarantined || (k->known && !k->was_deleted))
		return;
	if (k->stored && !k->was_deleted)
		blame(m, SL_FINDING_STALE,
		      "held in another version or mode than is wanted", NULL);
	else
		blame(m, SL_FINDING_MISSING,
		      k->stored ? "stored as deleted" : "not stored", NULL);
	m->finding.title = k->title;
	m->finding.occurred_us = k->stored ? k->occurred_us : SL_NO_TIME;
}

static sl_status
judge_refs(struct page_work *w, struct sl_error *err)
{
	const struct sl_known_by by = { .too_new_us = SL_NO_TIME,
					.filtered = true };
	struct sl_known_ref *known = SL_NEW_ARRAY(
		w->arena, w->page.page->refs.count, struct sl_known_ref);
	sl_status status = sl_page_known_refs(&w->page, &by, known, err);
	size_t at = 0;

	for (const struct sl_ref *r = w->page.page->refs.first;
	     status == SL_OK && r != NULL; r = r->next, at++) {
		struct met *m = meet(w, r->source_id, &w->counts.unchanged);

		judge_ref(w, m, &known[at]);
	}
	return status;
}

/* What cannot be mapped belongs into quarantine; what is filtered is told. */
static sl_status
judge_left_out(struct page_work *w, struct sl_error *err)
{
	const struct sl_page *page = w->page.page;
	struct sl_pg_array *ids = sl_pg_array_new(w->arena);
	SL_AUTO_ROWS rows = NULL;
	size_t first = w->count;
	const struct sl_rejected *r;
	struct sl_params p;
	sl_status status;

	for (r = page->rejected.first; r != NULL; r = r->next) {
		if (r->source_id == NULL) {
			w->counts.quarantined++;
			continue;
		}
		(void)meet(w, r->source_id, &w->counts.quarantined);
		sl_pg_array_text(ids, r->source_id);
	}
	if (w->count > first) {
		sl_params_page(&p, &w->page);
		sl_params_text(&p, sl_pg_array_done(ids));
		status = sl_pg_query(w->page.pg, sl_sql_audit_ledger, &p, &rows,
				     err);
		if (status != SL_OK)
			return status;
		for (size_t i = 0; i < sl_rows_count(rows); i++)
			blame(&w->met[first +
				      (size_t)sl_row_i64(rows, i, "ord", 1) -
				      1],
			      SL_FINDING_MISSING,
			      "cannot be stored, and is not in quarantine",
			      NULL);
	}
	for (const struct sl_filtered *f = page->filtered.first; f != NULL;
	     f = f->next)
		(void)meet(w, f->source_id, &w->counts.filtered);
	return SL_OK;
}

static sl_status
note(struct page_work *w, struct sl_error *err)
{
	struct sl_pg_array *ids = sl_pg_array_new(w->arena);
	struct sl_pg_array *findings = sl_pg_array_new(w->arena);
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	w->fresh = SL_NEW_ARRAY(w->arena, w->count, bool);
	if (w->count == 0)
		return SL_OK;
	for (size_t i = 0; i < w->count; i++) {
		sl_pg_array_text(ids, w->met[i].id);
		sl_pg_array_text(findings,
				 w->met[i].wrong
					 ? kind_names[w->met[i].finding.kind]
					 : NULL);
	}
	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->commit->lease->user_id);
	sl_params_text(&p, w->commit->stream->id);
	sl_params_text(&p, sl_pg_array_done(ids));
	sl_params_text(&p, sl_pg_array_done(findings));
	status = sl_pg_query(w->page.pg, sl_sql_audit_meet, &p, &rows, err);
	for (size_t i = 0; status == SL_OK && i < sl_rows_count(rows); i++)
		w->fresh[sl_row_i64(rows, i, "ord", 1) - 1] = true;
	return status;
}

static sl_status
page_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	typedef sl_status (*part)(struct page_work *, struct sl_error *);
	static const part parts[] = { judge_artifacts, judge_patches,
				      judge_refs, judge_left_out, note };
	struct page_work *w = ctx;
	const struct sl_page *page = w->commit->page;
	sl_status status;

	sl_page_work_read(&w->page, s->pg, w->commit, w->arena);
	w->counts = (struct sl_tally){ .pages = 1,
				       .fetched = (int64_t)page->items };
	w->count = 0;
	w->met = SL_NEW_ARRAY(
		w->arena,
		page->artifacts.count + page->refs.count + page->patches.count +
			page->rejected.count + page->filtered.count,
		struct met);
	status = sl_audit_fence(s->pg, w->arena, w->commit->lease, err);
	if (status == SL_OK)
		status = sl_page_work_roads(&w->page, err);
	for (size_t i = 0; i < SL_ARRAY_LEN(parts) && status == SL_OK; i++)
		status = parts[i](w, err);
	return status;
}

static void
count_finding(struct sl_tally *counts, enum sl_finding_kind kind)
{
	switch (kind) {
	case SL_FINDING_MISSING:
		counts->created++;
		break;
	case SL_FINDING_EXTRA:
		counts->deleted++;
		break;
	case SL_FINDING_STALE:
		counts->updated++;
		break;
	}
}

static void
tell(struct page_work *w)
{
	for (size_t i = 0; i < w->count; i++) {
		struct met *m = &w->met[i];

		if (!w->fresh[i])
			continue;
		if (!m->wrong) {
			++*m->counter;
			continue;
		}
		count_finding(&w->counts, m->finding.kind);
		sl_audit_tell(w->audit, w->commit->lease, w->commit->stream,
			      &m->finding);
	}
}

/* The row moves on in memory alone. */
static struct sl_stream_row
move_on(const struct sl_commit *c)
{
	struct sl_stream_row row = *c->stream;

	row.pending = NULL;
	row.series_due = false;
	if (c->starts_walk) {
		row.state = SL_STREAM_WALKING;
		row.walk_started_us = c->walk_started_us;
		row.scope_from_us = c->page->scope_from_us;
		row.sweep = SL_SWEEP_NONE;
		row.resyncs += c->resynced;
	}
	if (c->walk_done) {
		row.state = SL_STREAM_LIVE;
		/* look for extra rows, where all of something was listed */
		row.sweep = c->sweeps == NULL || c->sweeps[0] != '\0'
				    ? SL_SWEEP_DUE
				    : SL_SWEEP_NONE;
	}
	return row;
}

sl_status
sl_audit_commit(struct sl_store *store, const struct sl_commit *commit,
		struct sl_arena *arena, struct sl_outcome *out,
		struct sl_error *err)
{
	struct sl_audit_store *s = sl_audit_store_of(store);
	struct page_work w = { .audit = s->audit,
			       .commit = commit,
			       .arena = arena };
	struct sl_pg_store *pg = sl_pg_store_of(s->real);
	const char *user = commit->lease->user_id;
	sl_status status = sl_txn_run(pg, user, page_work, &w, err);

	if (status == SL_REJECTED) {
		w.page.careful = true;
		status = sl_txn_run(pg, user, page_work, &w, err);
	}
	if (status != SL_OK)
		return status;
	tell(&w);
	if (commit->walk_done)
		sl_audit_walked(s->audit, commit->lease);
	*out = (struct sl_outcome){ .counts = w.counts,
				    .logged = true, /* there is no log row */
				    .stream = move_on(commit) };
	return SL_OK;
}

struct extra_work {
	const struct sl_sweep_request *request;
	struct sl_arena *arena;
	struct sl_rows *rows;
};

static sl_status
extra_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct extra_work *w = ctx;
	const struct sl_stream_row *row = w->request->stream;
	struct sl_params p;
	sl_status status;

	sl_rows_free(&w->rows);
	status = sl_audit_fence(s->pg, w->arena, w->request->lease, err);
	if (status == SL_OK)
		status = sl_pg_query(s->pg, sl_sql_sweep_plan, NULL, NULL, err);
	if (status != SL_OK)
		return status;
	sl_params_lease(&p, w->arena, w->request->lease);
	sl_params_text(&p, row->id);
	sl_params_time(&p, row->scope_from_us);
	sl_params_i64(&p, EXTRA_CHUNK);
	sl_params_text(&p, w->request->sweeps);
	sl_params_i64(&p, w->request->listed_version);
	return sl_pg_query(s->pg, sl_sql_audit_extra, &p, &w->rows, err);
}

sl_status
sl_audit_sweep(struct sl_store *store, const struct sl_sweep_request *request,
	       struct sl_arena *arena, struct sl_sweep_outcome *out,
	       struct sl_error *err)
{
	struct sl_audit_store *s = sl_audit_store_of(store);
	struct extra_work w = { .request = request, .arena = arena };
	sl_status status =
		sl_txn_run(sl_pg_store_of(s->real), request->lease->user_id,
			   extra_work, &w, err);
	size_t n = status == SL_OK ? sl_rows_count(w.rows) : 0;

	for (size_t i = 0; i < n; i++) {
		struct sl_finding finding = {
			.kind = SL_FINDING_EXTRA,
			.id = sl_row_text(w.rows, i, "source_id"),
			.title = sl_row_text(w.rows, i, "title"),
			.occurred_us = sl_row_time(w.rows, i, "occurred_at"),
			.why = sl_row_bool(w.rows, i, "held")
				       ? "the provider does not list it; "
					 "deletions are held back"
				       : "the provider does not list it",
		};

		sl_audit_tell(s->audit, request->lease, request->stream,
			      &finding);
	}
	sl_rows_free(&w.rows);
	*out = (struct sl_sweep_outcome){
		.answer = n < EXTRA_CHUNK ? SL_SWEPT : SL_SWEEP_MORE,
		.deleted = (int64_t)n,
	};
	return status;
}
