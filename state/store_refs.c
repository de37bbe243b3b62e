/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items known by id: those a listing named, those that wait to be read
 * (sync_state.pending), and those that a walk has seen.
 */
#include <limits.h>
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

static bool
is_among(const char *const *ids, const char *id)
{
	for (; ids != NULL && *ids != NULL; ids++) {
		if (strcmp(*ids, id) == 0)
			return true;
	}
	return false;
}

static bool
is_listed(const struct sl_ref *refs, const char *id)
{
	for (; refs != NULL; refs = refs->next) {
		if (strcmp(refs->source_id, id) == 0)
			return true;
	}
	return false;
}

static struct sl_ref **
append(struct sl_arena *arena, struct sl_ref **tail, const struct sl_ref *ref)
{
	*tail = SL_NEW(arena, struct sl_ref);
	**tail = *ref;
	(*tail)->next = NULL;
	return &(*tail)->next;
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
	sl_params_text(&p, w->commit->stream->kind);
	sl_params_i64(&p, w->commit->map_version);
	sl_params_text(&p, sl_pg_array_done(ids));
	sl_params_text(&p, sl_pg_array_done(versions));
	status = sl_pg_query(w->pg, sl_sql_artifacts_refs, &p, &rows, err);
	if (status != SL_OK)
		return status;
	for (size_t i = 0; i < sl_rows_count(rows); i++) {
		size_t ord = (size_t)sl_row_i64(rows, i, "ord", 0) - 1;

		SL_ASSERT(ord < w->page->refs.count);
		known[ord] = true;
		if (sl_row_bool(rows, i, "restored"))
			w->counts.updated++;
		else
			w->counts.unchanged++;
	}
	return SL_OK;
}

const struct sl_ref *
sl_refs_next(const struct sl_commit *c, struct sl_arena *arena,
	     const bool *known)
{
	struct sl_ref *first = NULL;
	struct sl_ref **tail = &first;
	size_t at = 0;

	for (const struct sl_ref *r = c->starts_walk ? NULL
						     : c->stream->pending;
	     r != NULL; r = r->next) {
		if (!is_among(c->answered, r->source_id))
			tail = append(arena, tail, r);
	}
	for (const struct sl_ref *r = c->page->refs.first; r != NULL;
	     r = r->next) {
		if (!known[at++] && !is_listed(first, r->source_id))
			tail = append(arena, tail, r);
	}
	return first;
}

sl_status
sl_page_put_refs(struct sl_page_work *w, struct sl_error *err)
{
	bool *known = SL_NEW_ARRAY(w->arena, w->page->refs.count, bool);
	sl_status status = SL_OK;

	if (w->page->refs.first != NULL)
		status = resolve(w, known, err);
	if (status == SL_OK)
		w->pending = sl_refs_next(w->commit, w->arena, known);
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
	const struct sl_page *page = w->page;
	struct sl_pg_array *ids;
	struct sl_params p;
	/* what is still there while a sweep waits must not be swept either */
	bool counts = w->walking ? w->had_rows
				 : w->commit->stream->sweep != SL_SWEEP_NONE;

	if (!counts ||
	    (page->artifacts.first == NULL && page->rejected.first == NULL &&
	     page->refs.first == NULL))
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
	for (const struct sl_ref *r = page->refs.first; r != NULL;
	     r = r->next) {
		if (r->instances == NULL)
			sl_pg_array_text(ids, r->source_id);
	}
	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->commit->lease->user_id);
	sl_params_text(&p, w->commit->stream->id);
	sl_params_i64(&p, w->generation);
	sl_params_text(&p, sl_pg_array_done(ids));
	return sl_pg_query(w->pg, sl_sql_sweep_seen, &p, NULL, err);
}
