/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The smaller lists of a page: tombstones, patches, and the ledger of items
 * that are not stored.
 */
#include <stdlib.h>
#include <string.h>

#include "core/json/json.h"

#include "sql.h"
#include "state/store_page.h"

void
sl_params_items(struct sl_params *p, const struct sl_page_work *w)
{
	sl_params_lease(p, w->arena, w->commit->lease);
	sl_params_text(p, w->commit->stream->kind);
	sl_params_text(p, sl_items_key(w->commit));
}

sl_status
sl_page_put_tombstones(struct sl_page_work *w, struct sl_error *err)
{
	struct sl_pg_array *ids, *versions, *reasons;
	struct sl_params p;
	int64_t hit = 0;
	sl_status status;

	if (w->page->tombstones.first == NULL)
		return SL_OK;
	ids = sl_pg_array_new(w->arena);
	versions = sl_pg_array_new(w->arena);
	reasons = sl_pg_array_new(w->arena);
	for (const struct sl_tombstone *t = w->page->tombstones.first;
	     t != NULL; t = t->next) {
		sl_pg_array_text(ids, t->source_id);
		sl_pg_array_i64(versions, t->source_version);
		sl_pg_array_text(reasons, t->reason);
	}
	sl_params_page(&p, w);
	sl_params_time(&p, w->commit->now_us);
	sl_params_text(&p, sl_pg_array_done(ids));
	sl_params_text(&p, sl_pg_array_done(versions));
	sl_params_text(&p, sl_pg_array_done(reasons));
	status = sl_pg_touch(w->pg, sl_sql_artifacts_tombstone, &p, &hit, err);
	if (status != SL_OK)
		return status;
	w->counts.deleted += hit;
	w->counts.unchanged += (int64_t)w->page->tombstones.count - hit;
	return SL_OK;
}

static const char *
labels_or_null(struct sl_arena *arena, const char *const *labels)
{
	return labels == NULL ? NULL : sl_labels_literal(arena, labels);
}

void
sl_params_patches(struct sl_params *p, const struct sl_page_work *w,
		  const struct sl_patch *const *list, size_t count)
{
	struct sl_arena *arena = w->arena;
	struct sl_pg_array *a[7];

	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		a[i] = sl_pg_array_new(arena);
	for (size_t i = 0; i < count; i++) {
		const struct sl_patch *x = list[i];

		sl_pg_array_text(a[0], x->source_id);
		sl_pg_array_i64(a[1], x->source_version);
		sl_pg_array_text(a[2], labels_or_null(arena, x->labels));
		sl_pg_array_text(a[3], labels_or_null(arena, x->added));
		sl_pg_array_text(a[4], labels_or_null(arena, x->removed));
		sl_pg_array_bool(a[5], x->restore);
		sl_pg_array_text(a[6], x->content);
	}
	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		sl_params_text(p, sl_pg_array_done(a[i]));
}

const struct sl_patch **
sl_page_patch_list(const struct sl_page_work *w)
{
	const struct sl_patch **list = SL_NEW_ARRAY(
		w->arena, w->page->patches.count, const struct sl_patch *);
	size_t n = 0;

	for (const struct sl_patch *x = w->page->patches.first; x != NULL;
	     x = x->next)
		list[n++] = x;
	return list;
}

/* Patches of one item by version. */
static int
by_item(const void *a, const void *b)
{
	const struct sl_patch *const *x = a;
	const struct sl_patch *const *y = b;
	int order = strcmp((*x)->source_id, (*y)->source_id);

	if (order != 0)
		return order;
	return ((*x)->source_version > (*y)->source_version) -
	       ((*x)->source_version < (*y)->source_version);
}

static sl_status
put_patches(struct sl_page_work *w, const struct sl_patch *const *list,
	    size_t count, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	int64_t hit = 0;
	sl_status status;

	sl_params_page(&p, w);
	sl_params_time(&p, w->commit->now_us);
	sl_params_patches(&p, w, list, count);
	status = sl_pg_query(w->pg, sl_sql_artifacts_patch, &p, &rows, err);
	if (status != SL_OK)
		return status;
	for (size_t i = 0; i < sl_rows_count(rows); i++) {
		hit += sl_row_bool(rows, i, "changed");
		if (sl_row_bool(rows, i, "restored"))
			w->judged[w->judged_count++] =
				sl_row_copy(w->arena, rows, i, "id");
	}
	w->counts.updated += hit;
	w->counts.unchanged += (int64_t)count - hit;
	return SL_OK;
}

/* One statement changes an item once: those of one item go one by one. */
sl_status
sl_page_put_patches(struct sl_page_work *w, struct sl_error *err)
{
	size_t left = w->page->patches.count;
	const struct sl_patch **list, **now;
	sl_status status = SL_OK;

	if (left == 0)
		return SL_OK;
	list = sl_page_patch_list(w);
	now = SL_NEW_ARRAY(w->arena, left, const struct sl_patch *);
	if (left > 1)
		qsort(list, left, sizeof(struct sl_patch *), by_item);
	while (left > 0 && status == SL_OK) {
		size_t later = 0, n = 0;

		for (size_t i = 0; i < left; i++) {
			if (n > 0 && strcmp(now[n - 1]->source_id,
					    list[i]->source_id) == 0)
				list[later++] = list[i];
			else
				now[n++] = list[i];
		}
		left = later;
		status = put_patches(w, now, n, err);
	}
	return status;
}

sl_status
sl_page_put_filtered(struct sl_page_work *w, struct sl_error *err)
{
	struct sl_pg_array *ids, *reasons;
	struct sl_params p;

	if (w->page->filtered.first == NULL)
		return SL_OK;
	ids = sl_pg_array_new(w->arena);
	reasons = sl_pg_array_new(w->arena);
	for (const struct sl_filtered *f = w->page->filtered.first; f != NULL;
	     f = f->next) {
		sl_pg_array_text(ids, f->source_id);
		sl_pg_array_text(reasons, f->reason);
	}
	w->counts.filtered += (int64_t)w->page->filtered.count;
	sl_params_items(&p, w);
	sl_params_time(&p, w->commit->now_us);
	sl_params_text(&p, sl_pg_array_done(ids));
	sl_params_text(&p, sl_pg_array_done(reasons));
	return sl_pg_query(w->pg, sl_sql_items_filter, &p, NULL, err);
}

sl_status
sl_page_forget_filtered(struct sl_page_work *w, struct sl_error *err)
{
	const struct sl_commit *c = w->commit;
	struct sl_params p;

	if (!c->starts_walk)
		return SL_OK;
	sl_params_page(&p, w);
	sl_params_text(&p, c->stream->id);
	sl_params_text(&p, c->fingerprint);
	return sl_pg_query(w->pg, sl_sql_items_forget, &p, NULL, err);
}

/* Columns of items_quarantine from $7 on. */
struct refused {
	struct sl_pg_array *ids, *versions, *details, *raws, *sizes, *transient;
};

static void
refused_init(struct refused *r, struct sl_arena *arena)
{
	r->ids = sl_pg_array_new(arena);
	r->versions = sl_pg_array_new(arena);
	r->details = sl_pg_array_new(arena);
	r->raws = sl_pg_array_new(arena);
	r->sizes = sl_pg_array_new(arena);
	r->transient = sl_pg_array_new(arena);
}

static void
refused_add(struct refused *r, const struct sl_rejected *x)
{
	size_t kept = x->raw_len < SL_RAW_MAX ? x->raw_len : SL_RAW_MAX;

	sl_pg_array_text(r->ids, x->source_id);
	sl_pg_array_i64(r->versions, x->source_version);
	sl_pg_array_text(r->details, x->reason);
	sl_pg_array_bytes(r->raws, x->raw, kept);
	sl_pg_array_i64(r->sizes, (int64_t)x->raw_len);
	sl_pg_array_bool(r->transient, x->transient);
}

static sl_status
refused_write(struct sl_page_work *w, struct refused *r, struct sl_error *err)
{
	struct sl_params p;

	sl_params_items(&p, w);
	sl_params_time(&p, w->commit->now_us);
	sl_params_i64(&p, w->commit->map_version);
	sl_params_text(&p, sl_pg_array_done(r->ids));
	sl_params_text(&p, sl_pg_array_done(r->versions));
	sl_params_text(&p, sl_pg_array_done(r->details));
	sl_params_text(&p, sl_pg_array_done(r->raws));
	sl_params_text(&p, sl_pg_array_done(r->sizes));
	sl_params_text(&p, sl_pg_array_done(r->transient));
	return sl_pg_query(w->pg, sl_sql_items_quarantine, &p, NULL, err);
}

sl_status
sl_page_put_rejected(struct sl_page_work *w, struct sl_error *err)
{
	struct refused r;

	if (w->page->rejected.first == NULL)
		return SL_OK;
	refused_init(&r, w->arena);
	for (const struct sl_rejected *x = w->page->rejected.first; x != NULL;
	     x = x->next)
		refused_add(&r, x);
	w->counts.quarantined += (int64_t)w->page->rejected.count;
	return refused_write(w, &r, err);
}

/* Without the item as it was sent its metadata stand for it. */
sl_status
sl_page_quarantine(struct sl_page_work *w, const struct sl_artifact *artifact,
		   const struct sl_error *refusal, struct sl_error *err)
{
	struct sl_rejected x = {
		.source_id = artifact->source_id,
		.source_version = artifact->source_version,
		.reason = refusal->text,
		.transient = sl_pg_may_pass(refusal),
	};
	const json_t *sent =
		artifact->sent != NULL ? artifact->sent : artifact->metadata;
	struct refused r;

	if (sent != NULL) {
		x.raw = sl_json_canonical(w->arena, sent);
		x.raw_len = strlen(x.raw);
	}
	refused_init(&r, w->arena);
	refused_add(&r, &x);
	w->counts.quarantined++;
	return refused_write(w, &r, err);
}

static bool
tells_of_instances(const struct sl_page *page, const char *id)
{
	for (const struct sl_expansion *e = page->expansions.first; e != NULL;
	     e = e->next)
		if (strcmp(e->source_id, id) == 0)
			return true;
	return false;
}

sl_status
sl_page_postpone(struct sl_page_work *w, struct sl_error *err)
{
	const char *const *id = w->commit->answered;
	struct sl_pg_array *ids;
	struct sl_params p;

	if (id == NULL || *id == NULL)
		return SL_OK;
	ids = sl_pg_array_new(w->arena);
	for (; *id != NULL; id++)
		if (!tells_of_instances(w->page, *id))
			sl_pg_array_text(ids, *id);
	sl_params_page(&p, w);
	sl_params_time(&p, w->commit->now_us);
	sl_params_i64(&p, w->commit->map_version);
	sl_params_text(&p, sl_pg_array_done(ids));
	return sl_pg_query(w->pg, sl_sql_items_postpone, &p, NULL, err);
}

sl_status
sl_page_drop_outdated(struct sl_page_work *w, struct sl_error *err)
{
	const struct sl_commit *c = w->commit;
	struct sl_params p;

	if (!c->walk_done)
		return SL_OK;
	sl_params_page(&p, w);
	sl_params_time(&p, c->starts_walk ? c->walk_started_us
					  : c->stream->walk_started_us);
	return sl_pg_query(w->pg, sl_sql_items_outdated, &p, NULL, err);
}

void
sl_params_due(struct sl_params *p, const struct sl_stream_kind *kinds,
	      struct sl_arena *arena)
{
	struct sl_pg_array *names = sl_pg_array_new(arena);
	struct sl_pg_array *versions = sl_pg_array_new(arena);

	for (const struct sl_stream_kind *k = kinds; k->name != NULL; k++) {
		if (k->pushed) /* nobody can be asked */
			continue;
		sl_pg_array_text(names, k->name);
		sl_pg_array_i64(versions, k->map_version);
	}
	sl_params_text(p, sl_pg_array_done(names));
	sl_params_text(p, sl_pg_array_done(versions));
	sl_params_i64(p, SL_DUE_MAX);
}
