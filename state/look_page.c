/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One page of a dry run: everything that the database knows about it is asked
 * in one transaction that cannot write; then it is applied to memory
 * (look_apply.c).
 */
#include <string.h>

#include "sql.h"
#include "state/look_private.h"

void
sl_look_page_release(struct sl_look_page *p)
{
	sl_rows_free(&p->tombstones);
	sl_rows_free(&p->orphans);
	sl_rows_free(&p->patches);
	sl_rows_free(&p->streams);
	sl_rows_free(&p->unlisted);
	sl_rows_free(&p->people_new);
	sl_rows_free(&p->people_stored);
	sl_rows_free(&p->mail_new);
	sl_rows_free(&p->mail_stored);
	sl_rows_free(&p->ties_new);
	sl_rows_free(&p->ties_stored);
}

static sl_status
ask_walk(struct sl_look_page *p, struct sl_error *err)
{
	const struct sl_commit *c = p->work.commit;
	SL_AUTO_ROWS rows = NULL;
	struct sl_params q;
	sl_status status;

	p->had_rows = p->stream->had_rows;
	p->people_us = p->stream->people_us;
	if (p->stream->asked && !c->starts_walk)
		return SL_OK;
	sl_params_page(&q, &p->work);
	sl_params_text(&q, c->stream->id);
	sl_params_bool(&q, c->starts_walk);
	status = sl_pg_query(p->work.pg, sl_sql_look_walk, &q, &rows, err);
	if (status != SL_OK)
		return status;
	p->had_rows = sl_row_bool(rows, 0, "had_rows") &&
		      (c->sweeps == NULL || c->sweeps[0] != '\0');
	if (!p->stream->asked)
		p->people_us = sl_row_time(rows, 0, "people_at");
	return SL_OK;
}

static sl_status
ask_artifacts(struct sl_look_page *p, struct sl_error *err)
{
	return sl_page_compare(&p->work, &p->artifacts, err);
}

static sl_status
ask_tombstones(struct sl_look_page *p, struct sl_error *err)
{
	struct sl_arena *arena = p->work.arena;
	struct sl_pg_array *ids, *versions;
	struct sl_params q;

	if (p->work.page->tombstones.first == NULL)
		return SL_OK;
	ids = sl_pg_array_new(arena);
	versions = sl_pg_array_new(arena);
	for (const struct sl_tombstone *t = p->work.page->tombstones.first;
	     t != NULL; t = t->next) {
		sl_pg_array_text(ids, t->source_id);
		sl_pg_array_i64(versions, t->source_version);
	}
	sl_params_page(&q, &p->work);
	sl_params_text(&q, sl_pg_array_done(ids));
	sl_params_text(&q, sl_pg_array_done(versions));
	return sl_pg_query(p->work.pg, sl_sql_look_tombstones, &q,
			   &p->tombstones, err);
}

static bool
is_revived(const struct sl_compared *c)
{
	return c->written && c->was_deleted && !c->artifact->deleted;
}

/* Exceptions that go, or come back, with their series. */
static sl_status
ask_orphans(struct sl_look_page *p, struct sl_error *err)
{
	struct sl_arena *arena = p->work.arena;
	struct sl_pg_array *own = sl_pg_array_new(arena);
	struct sl_pg_array *gone = sl_pg_array_new(arena);
	struct sl_pg_array *back = sl_pg_array_new(arena);
	bool any = p->work.page->tombstones.first != NULL;
	struct sl_params q;

	for (size_t i = 0; i < p->work.page->artifacts.count; i++) {
		const struct sl_compared *c = &p->artifacts[i];

		if (c->written)
			sl_pg_array_text(own, c->artifact->source_id);
		if (is_revived(c))
			sl_pg_array_text(back, c->artifact->source_id);
		any = any || is_revived(c);
	}
	if (!any)
		return SL_OK;
	for (const struct sl_tombstone *t = p->work.page->tombstones.first;
	     t != NULL; t = t->next) {
		sl_pg_array_text(gone, t->source_id);
		sl_pg_array_text(own, t->source_id);
	}
	sl_params_page(&q, &p->work);
	sl_params_text(&q, sl_pg_array_done(own));
	sl_params_text(&q, sl_pg_array_done(gone));
	sl_params_text(&q, sl_pg_array_done(back));
	return sl_pg_query(p->work.pg, sl_sql_look_orphans, &q, &p->orphans,
			   err);
}

static sl_status
ask_patches(struct sl_look_page *p, struct sl_error *err)
{
	struct sl_params q;

	if (p->work.page->patches.first == NULL)
		return SL_OK;
	sl_params_page(&q, &p->work);
	sl_params_patches(&q, &p->work, sl_page_patch_list(&p->work),
			  p->work.page->patches.count);
	return sl_pg_query(p->work.pg, sl_sql_look_patches, &q, &p->patches,
			   err);
}

/* As store_items.c: the walk under other options begins without the ledger of
 * what the old ones left out. */
static bool
has_other_options(const struct sl_look_page *p)
{
	const char *was = p->stream->row.fingerprint;

	return was != NULL && p->work.commit->fingerprint != NULL &&
	       strcmp(was, p->work.commit->fingerprint) != 0;
}

static sl_status
ask_refs(struct sl_look_page *p, struct sl_error *err)
{
	const struct sl_known_by by = {
		.too_new_us = sl_refs_too_new_us(&p->work),
		.filtered = !p->work.commit->follows && !has_other_options(p),
		.erasure = p->run->erasure,
	};

	p->refs = SL_NEW_ARRAY(p->work.arena, p->work.page->refs.count,
			       struct sl_known_ref);
	return sl_page_known_refs(&p->work, &by, p->refs, err);
}

static sl_status
ask_streams(struct sl_look_page *p, struct sl_error *err)
{
	const struct sl_commit *c = p->work.commit;
	struct sl_pg_array *a[3];
	struct sl_params q;

	if (p->work.page->streams.first == NULL)
		return SL_OK;
	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		a[i] = sl_pg_array_new(p->work.arena);
	for (const struct sl_stream_change *s = p->work.page->streams.first;
	     s != NULL; s = s->next) {
		sl_pg_array_text(a[0], s->kind);
		sl_pg_array_text(a[1], s->key);
		sl_pg_array_bool(a[2], s->enabled);
	}
	sl_params_lease(&q, p->work.arena, c->lease);
	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		sl_params_text(&q, sl_pg_array_done(a[i]));
	return sl_pg_query(p->work.pg, sl_sql_look_streams, &q, &p->streams,
			   err);
}

static sl_status
ask_unlisted(struct sl_look_page *p, struct sl_error *err)
{
	const struct sl_commit *c = p->work.commit;
	struct sl_params q;

	if (!c->walk_done)
		return SL_OK;
	sl_params_lease(&q, p->work.arena, c->lease);
	sl_params_text(&q, c->stream->kind);
	sl_params_i64(&q, p->work.generation);
	return sl_pg_query(p->work.pg, sl_sql_look_unlisted, &q, &p->unlisted,
			   err);
}

struct page_ask {
	struct sl_look_page *page;
	const struct sl_commit *commit;
	struct sl_arena *arena;
};

static sl_status
ask_all(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	typedef sl_status (*part)(struct sl_look_page *, struct sl_error *);
	static const part parts[] = { ask_walk,          ask_artifacts,
				      ask_tombstones,    ask_orphans,
				      ask_patches,       ask_refs,
				      ask_streams,       ask_unlisted,
				      sl_look_ask_people };
	const struct page_ask *a = ctx;
	sl_status status = SL_OK;

	sl_look_page_release(a->page); /* of a try that failed */
	sl_page_work_read(&a->page->work, s->pg, a->commit, a->arena);
	status = sl_page_work_roads(&a->page->work, err);
	for (size_t i = 0; i < SL_ARRAY_LEN(parts) && status == SL_OK; i++)
		status = parts[i](a->page, err);
	return status;
}

sl_status
sl_look_commit(struct sl_store *store, const struct sl_commit *commit,
	       struct sl_arena *arena, struct sl_outcome *out,
	       struct sl_error *err)
{
	struct sl_look_store *s = sl_look_store_of(store);
	struct sl_look_page p = {
		.look = s->look,
		.run = sl_look_run_find(s->look, commit->lease),
		.out = out,
	};
	struct page_ask a = { .page = &p, .commit = commit, .arena = arena };
	const char *user = commit->lease->user_id;
	sl_status status;

	p.stream = sl_look_stream_find(s->look, p.run, commit->stream->id);
	status = sl_look_txn(s, user, ask_all, &a, err);
	if (status == SL_REJECTED) {
		p.work.careful = true;
		status = sl_look_txn(s, user, ask_all, &a, err);
	}
	if (status == SL_OK) {
		sl_look_apply(&p);
		sl_look_again(s, &p);
		sl_look_follow(s, &p);
	}
	sl_look_page_release(&p);
	return status;
}
