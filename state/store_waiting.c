/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a log of changes says of an item before it tells the item: a log that
 * comes newest first does so of whatever was edited or deleted.
 *
 * It waits in the ledger, by the item's alias. When a record brings the alias
 * it goes with the patches and tombstones of that page, and versions decide as
 * always, so that the order of pages does not matter.
 */
#include <jansson.h>
#include <string.h>

#include "core/json/json.h"

#include "sql.h"
#include "state/store_page.h"

/* --- as JSON ---------------------------------------------------------------------- */

static void
put_list(json_t *event, const char *key, const char *const *list)
{
	json_t *array;

	if (list == NULL)
		return;
	array = json_array();
	for (; *list != NULL; list++)
		(void)json_array_append_new(array, json_string(*list));
	(void)json_object_set_new(event, key, array);
}

static const char *const *
read_list(struct sl_arena *arena, const json_t *event, const char *key)
{
	const json_t *array = sl_json_array(event, key), *item;
	const char **list;
	size_t i;

	if (array == NULL)
		return NULL;
	list = SL_NEW_ARRAY(arena, json_array_size(array) + 1, const char *);
	json_array_foreach (array, i, item)
		list[i] = sl_arena_strdup(arena, json_string_value(item));
	return list;
}

static void
wait_for(struct sl_page_work *w, const char *source_id, int64_t version,
	 json_t *event)
{
	struct sl_waiting *x = SL_NEW(w->arena, struct sl_waiting);

	(void)json_object_set_new(event, "v", json_integer(version));
	x->source_id = source_id;
	x->event = sl_json_canonical(w->arena, event);
	x->next = w->waiting;
	w->waiting = x;
	json_decref(event);
}

void
sl_page_wait_patch(struct sl_page_work *w, const struct sl_patch *patch)
{
	json_t *event = json_object();

	sl_json_put_text(event, "text", patch->content);
	put_list(event, "labels", patch->labels);
	put_list(event, "added", patch->added);
	put_list(event, "removed", patch->removed);
	if (patch->restore)
		(void)json_object_set_new(event, "restore", json_true());
	wait_for(w, patch->source_id, patch->source_version, event);
}

void
sl_page_wait_tombstone(struct sl_page_work *w, const struct sl_tombstone *t)
{
	json_t *event = json_object();

	(void)json_object_set_new(
		event, "gone", json_string(t->reason == NULL ? "" : t->reason));
	wait_for(w, t->source_id, t->source_version, event);
}

/* --- the ledger --------------------------------------------------------------------- */

sl_status
sl_page_put_waiting(struct sl_page_work *w, struct sl_error *err)
{
	struct sl_pg_array *ids, *events;
	struct sl_params p;

	if (w->waiting == NULL)
		return SL_OK;
	ids = sl_pg_array_new(w->arena);
	events = sl_pg_array_new(w->arena);
	for (const struct sl_waiting *x = w->waiting; x != NULL; x = x->next) {
		sl_pg_array_text(ids, x->source_id);
		sl_pg_array_text(events, x->event);
		w->counts.filtered++;
	}
	sl_params_items(&p, w);
	sl_params_time(&p, w->commit->now_us);
	sl_params_text(&p, sl_pg_array_done(ids));
	sl_params_text(&p, sl_pg_array_done(events));
	return sl_pg_query(w->pg, sl_sql_match_wait, &p, NULL, err);
}

/* --- its time has come ---------------------------------------------------------------- */

static void
put_tombstone(struct sl_page_work *w, struct sl_page *page,
	      const char *source_id, const char *reason, int64_t version)
{
	struct sl_tombstone *t = SL_NEW(w->arena, struct sl_tombstone);

	t->source_id = source_id;
	t->source_version = version;
	t->reason = sl_arena_strdup(w->arena, reason);
	*page->tombstones.tail = t;
	page->tombstones.tail = &t->next;
	page->tombstones.count++;
}

static const struct sl_patch *
put_patch(struct sl_page_work *w, struct sl_page *page, const char *source_id,
	  const json_t *event, int64_t version)
{
	struct sl_patch *x = SL_NEW(w->arena, struct sl_patch);
	const char *text = sl_json_text(event, "text");

	x->source_id = source_id;
	x->source_version = version;
	x->content = text == NULL ? NULL : sl_arena_strdup(w->arena, text);
	x->labels = read_list(w->arena, event, "labels");
	x->added = read_list(w->arena, event, "added");
	x->removed = read_list(w->arena, event, "removed");
	x->restore = sl_json_bool(event, "restore");
	*page->patches.tail = x;
	page->patches.tail = &x->next;
	page->patches.count++;
	return x;
}

/* What is restored is judged, and the page did not say so. */
static void
make_room(struct sl_page_work *w, size_t more)
{
	const char **list =
		SL_NEW_ARRAY(w->arena, w->judged_room + more, const char *);

	if (w->judged_count > 0)
		memcpy(list, w->judged, w->judged_count * sizeof(*list));
	w->judged = list;
	w->judged_room += more;
}

sl_status
sl_page_put_due(struct sl_page_work *w, struct sl_page *page,
		struct sl_error *err)
{
	size_t n = 0;

	for (const struct sl_due *d = w->due; d != NULL; d = d->next, n++) {
		json_auto_t *event = NULL;
		int64_t version = 0;
		sl_status status = sl_json_parse_own(d->event, &event, err);
		const char *gone;

		if (status != SL_OK)
			return status;
		(void)sl_json_i64(event, "v", &version);
		gone = sl_json_text(event, "gone");
		if (gone != NULL)
			put_tombstone(w, page, d->item.source_id, gone,
				      version);
		else
			sl_page_learn_text(w,
					   put_patch(w, page, d->item.source_id,
						     event, version),
					   &d->item);
	}
	w->due = NULL;
	make_room(w, n);
	return SL_OK;
}
