/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items known by id: those a listing named, those that wait to be read
 * (sync_state.pending), and those that a walk has seen.
 */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "sql.h"
#include "state/store_page.h"

static const struct sl_instances *
read_instances(struct sl_arena *arena, const json_t *item)
{
	struct sl_instances *made;
	struct sl_span span;
	int64_t pages = 0;

	if (!sl_json_i64(item, "from", &span.from_us) ||
	    !sl_json_i64(item, "to", &span.to_us))
		return NULL;
	(void)sl_json_i64(item, "pages", &pages);
	made = SL_NEW(arena, struct sl_instances);
	made->span = span;
	made->pages = pages > 0 && pages < INT_MAX ? (int)pages : 0;
	return made;
}

sl_status
sl_refs_parse(struct sl_arena *arena, const char *json, struct sl_ref **out,
	      struct sl_error *err)
{
	struct sl_ref **tail = out;
	json_t *list = NULL;
	const json_t *item;
	size_t i;
	sl_status status;

	*out = NULL;
	if (json == NULL)
		return SL_OK;
	status = sl_json_parse_own(json, &list, err);
	if (status != SL_OK)
		return status;
	json_array_foreach (list, i, item) {
		const char *id = sl_json_text(item, "id");

		if (id == NULL)
			continue;
		*tail = SL_NEW(arena, struct sl_ref);
		(*tail)->source_id = sl_arena_strdup(arena, id);
		(*tail)->group =
			sl_arena_strdup(arena, sl_json_text(item, "group"));
		(*tail)->version =
			sl_arena_strdup(arena, sl_json_text(item, "version"));
		(*tail)->instances = read_instances(arena, item);
		tail = &(*tail)->next;
	}
	json_decref(list);
	return SL_OK;
}

static void
put_instances(json_t *item, const struct sl_instances *i)
{
	if (i == NULL)
		return;
	(void)json_object_set_new(item, "from", json_integer(i->span.from_us));
	(void)json_object_set_new(item, "to", json_integer(i->span.to_us));
	if (i->pages > 0)
		(void)json_object_set_new(item, "pages",
					  json_integer(i->pages));
}

const char *
sl_refs_json(struct sl_arena *arena, const struct sl_ref *refs)
{
	json_t *list;
	const char *text;

	if (refs == NULL)
		return NULL;
	list = json_array();
	for (; refs != NULL; refs = refs->next) {
		json_t *item = json_object();

		sl_json_put_text(item, "id", refs->source_id);
		sl_json_put_text(item, "group", refs->group);
		sl_json_put_text(item, "version", refs->version);
		put_instances(item, refs->instances);
		(void)json_array_append_new(list, item);
	}
	text = sl_json_canonical(arena, list);
	json_decref(list);
	return text;
}

struct sl_ref **
sl_refs_append(struct sl_arena *arena, struct sl_ref **tail,
	       const struct sl_ref *ref)
{
	*tail = SL_NEW(arena, struct sl_ref);
	**tail = *ref;
	(*tail)->next = NULL;
	return &(*tail)->next;
}

int64_t
sl_refs_too_new_us(const struct sl_page_work *w)
{
	const struct sl_commit *c = w->commit;

	if (c->follows)
		return 0;
	if (c->starts_walk)
		return c->walk_started_us;
	return w->walking ? c->stream->walk_started_us : SL_NO_TIME;
}

/* Which of the page's refs are here already; counts what that changed. */
static sl_status
resolve(struct sl_page_work *w, bool *known, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_pg_array *ids = sl_pg_array_new(w->arena);
	struct sl_pg_array *versions = sl_pg_array_new(w->arena);
	struct sl_params p;
	sl_status status;

	for (const struct sl_ref *r = w->page->refs.first; r != NULL;
	     r = r->next) {
		/* instances are never here already */
		sl_pg_array_text(ids,
				 r->instances == NULL ? r->source_id : NULL);
		sl_pg_array_text(versions, r->version);
	}
	sl_params_page(&p, w);
	sl_params_time(&p, w->commit->now_us);
	sl_params_i64(&p, w->commit->map_version);
	sl_params_time(&p, sl_refs_too_new_us(w));
	sl_params_text(&p, sl_pg_array_done(ids));
	sl_params_text(&p, sl_pg_array_done(versions));
	sl_params_bool(&p, !w->commit->follows);
	status = sl_pg_query(w->pg, sl_sql_artifacts_refs, &p, &rows, err);
	if (status != SL_OK)
		return status;
	for (size_t i = 0; i < sl_rows_count(rows); i++) {
		size_t ord = (size_t)sl_row_i64(rows, i, "ord", 0) - 1;
		const char *restored;

		SL_ASSERT(ord < w->page->refs.count);
		restored = sl_row_copy(w->arena, rows, i, "restored");
		known[ord] = true;
		if (restored == NULL) {
			w->counts.unchanged++;
			continue;
		}
		w->counts.updated++;
		w->judged[w->judged_count++] = restored;
	}
	return SL_OK;
}

/* A ref that may be wanted, in the order of arrival. */
struct candidate {
	const struct sl_ref *ref;
	size_t order;
	bool again; /* its id came before */
};

static int
by_id(const void *a, const void *b)
{
	const struct candidate *x = a;
	const struct candidate *y = b;
	int order = strcmp(x->ref->source_id, y->ref->source_id);

	return order != 0 ? order
			  : (x->order > y->order) - (x->order < y->order);
}

static int
by_order(const void *a, const void *b)
{
	const struct candidate *x = a;
	const struct candidate *y = b;

	return (x->order > y->order) - (x->order < y->order);
}

/* The same refs, each id once. */
static const struct sl_ref *
unique(struct sl_arena *arena, struct candidate *list, size_t count)
{
	struct sl_ref *first = NULL, **tail = &first;

	if (count > 1)
		qsort(list, count, sizeof(*list), by_id);
	for (size_t i = 1; i < count; i++)
		list[i].again = strcmp(list[i].ref->source_id,
				       list[i - 1].ref->source_id) == 0;
	if (count > 1)
		qsort(list, count, sizeof(*list), by_order);
	for (size_t i = 0; i < count; i++)
		if (!list[i].again)
			tail = sl_refs_append(arena, tail, list[i].ref);
	return first;
}

static size_t
count_refs(const struct sl_ref *refs)
{
	size_t n = 0;

	for (; refs != NULL; refs = refs->next)
		n++;
	return n;
}

const struct sl_ref *
sl_refs_next(const struct sl_page_work *w, const bool *known,
	     const struct sl_ref *more)
{
	struct sl_ids answered = sl_ids_of_list(w->arena, w->commit->answered);
	size_t count =
		count_refs(w->wanted) + w->page->refs.count + count_refs(more);
	struct candidate *list =
		SL_NEW_ARRAY(w->arena, count, struct candidate);
	size_t n = 0, at = 0;

	for (const struct sl_ref *r = w->wanted; r != NULL; r = r->next)
		if (!sl_ids_has(&answered, r->source_id))
			list[n++].ref = r;
	for (const struct sl_ref *r = w->page->refs.first; r != NULL;
	     r = r->next)
		if (!known[at++])
			list[n++].ref = r;
	for (const struct sl_ref *r = more; r != NULL; r = r->next)
		list[n++].ref = r;
	for (size_t i = 0; i < n; i++)
		list[i].order = i;
	return unique(w->arena, list, n);
}

sl_status
sl_page_put_refs(struct sl_page_work *w, struct sl_error *err)
{
	bool *known = SL_NEW_ARRAY(w->arena, w->page->refs.count, bool);
	const struct sl_ref *mine = NULL;
	sl_status status = SL_OK;

	if (w->page->refs.first != NULL)
		status = resolve(w, known, err);
	if (status != SL_OK)
		return status;
	sl_page_skip_wanted(w, known);
	status = sl_page_take(w, known, &mine, err);
	if (status == SL_OK)
		w->pending = sl_refs_next(w, known, mine);
	return status;
}

/*
 * All that the page shows to exist, stored or not: a quarantined item's older
 * version must not be swept. Filtered items are not booked: what was stored
 * before the filter came goes.
 */
sl_status
sl_page_put_seen(struct sl_page_work *w, struct sl_error *err)
{
	/* what is still there while a sweep waits must not be swept either */
	bool counts = w->walking ? w->had_rows
				 : w->commit->stream->sweep != SL_SWEEP_NONE;

	if (!counts)
		return SL_OK;
	return sl_page_book_seen(w, w->commit->stream->id, w->generation, err);
}

sl_status
sl_page_book_seen(struct sl_page_work *w, const char *stream_id, int generation,
		  struct sl_error *err)
{
	const struct sl_page *page = w->page;
	struct sl_pg_array *ids;
	struct sl_params p;

	if (page->artifacts.first == NULL && page->rejected.first == NULL &&
	    page->refs.first == NULL && page->patches.first == NULL)
		return SL_OK;
	ids = sl_pg_array_new(w->arena);
	for (const struct sl_artifact *a = page->artifacts.first; a != NULL;
	     a = a->next)
		sl_pg_array_text(ids, a->source_id);
	for (const struct sl_rejected *r = page->rejected.first; r != NULL;
	     r = r->next) {
		if (r->source_id != NULL)
			sl_pg_array_text(ids, r->source_id);
	}
	for (const struct sl_patch *x = page->patches.first; x != NULL;
	     x = x->next)
		sl_pg_array_text(ids, x->source_id);
	for (const struct sl_ref *r = page->refs.first; r != NULL;
	     r = r->next) {
		if (r->instances == NULL)
			sl_pg_array_text(ids, r->source_id);
	}
	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->commit->lease->user_id);
	sl_params_text(&p, stream_id);
	sl_params_i64(&p, generation);
	sl_params_text(&p, sl_pg_array_done(ids));
	return sl_pg_query(w->pg, sl_sql_sweep_seen, &p, NULL, err);
}
