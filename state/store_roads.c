/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items of several roads, once the page's artifacts are written: their further
 * keys, patches and tombstones that name an item by an alias, who is who, and
 * what follows from that.
 */
#include <string.h>

#include "core/base/text.h"

#include "sql.h"
#include "state/store_page.h"

#define NOT_STORED "not-stored"

/* --- keys ------------------------------------------------------------------------ */

static struct sl_named
read_named(struct sl_arena *arena, const struct sl_rows *rows, size_t i)
{
	return (struct sl_named){
		.source_id = sl_row_copy(arena, rows, i, "source_id"),
		.thread = sl_row_copy(arena, rows, i, "thread_id"),
		.occurred_us = sl_row_time(rows, i, "occurred_at"),
	};
}

static void
read_due(struct sl_page_work *w, const struct sl_rows *rows)
{
	for (size_t i = 0; i < sl_rows_count(rows); i++) {
		struct sl_due *d = SL_NEW(w->arena, struct sl_due);

		d->item = read_named(w->arena, rows, i);
		d->event = sl_row_copy(w->arena, rows, i, "event");
		d->next = w->due;
		w->due = d;
	}
}

static sl_status
book_keys(struct sl_page_work *w, struct sl_error *err)
{
	struct sl_pg_array *ids, *kinds, *values;
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	if (w->keys == NULL)
		return SL_OK;
	ids = sl_pg_array_new(w->arena);
	kinds = sl_pg_array_new(w->arena);
	values = sl_pg_array_new(w->arena);
	for (const struct sl_item_key *k = w->keys; k != NULL; k = k->next) {
		sl_pg_array_text(ids, k->source_id);
		sl_pg_array_text(kinds, k->kind);
		sl_pg_array_text(values, k->value);
	}
	w->keys = NULL;
	sl_params_page(&p, w);
	sl_params_text(&p, sl_pg_array_done(ids));
	sl_params_text(&p, sl_pg_array_done(kinds));
	sl_params_text(&p, sl_pg_array_done(values));
	status = sl_pg_query(w->pg, sl_sql_match_book, &p, &rows, err);
	if (status == SL_OK)
		read_due(w, rows);
	return status;
}

/* --- by alias --------------------------------------------------------------------- */

/* In the order of asking: patches, then tombstones. */
static size_t
ask_named(const struct sl_page *page, struct sl_pg_array *kinds,
	  struct sl_pg_array *values)
{
	size_t n = 0;

	for (const struct sl_patch *x = page->patches.first; x != NULL;
	     x = x->next) {
		if (x->alias == NULL)
			continue;
		sl_pg_array_text(kinds, x->alias->kind);
		sl_pg_array_text(values, x->alias->value);
		n++;
	}
	for (const struct sl_tombstone *t = page->tombstones.first; t != NULL;
	     t = t->next) {
		if (t->alias == NULL)
			continue;
		sl_pg_array_text(kinds, t->alias->kind);
		sl_pg_array_text(values, t->alias->value);
		n++;
	}
	return n;
}

static sl_status
find_named(struct sl_page_work *w, struct sl_named **out, struct sl_error *err)
{
	struct sl_pg_array *kinds = sl_pg_array_new(w->arena);
	struct sl_pg_array *values = sl_pg_array_new(w->arena);
	size_t n = ask_named(w->page, kinds, values);
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	*out = NULL;
	if (n == 0)
		return SL_OK;
	*out = SL_NEW_ARRAY(w->arena, n, struct sl_named);
	sl_params_page(&p, w);
	sl_params_text(&p, sl_pg_array_done(kinds));
	sl_params_text(&p, sl_pg_array_done(values));
	status = sl_pg_query(w->pg, sl_sql_match_aliases, &p, &rows, err);
	if (status != SL_OK)
		return status;
	for (size_t i = 0; i < sl_rows_count(rows); i++) {
		size_t ord = (size_t)sl_row_i64(rows, i, "ord", 1) - 1;

		SL_ASSERT(ord < n);
		(*out)[ord] = read_named(w->arena, rows, i);
	}
	return SL_OK;
}

static void
leave_out(struct sl_page *page, const char *source_id, const char *reason)
{
	struct sl_filtered *f = SL_NEW(page->arena, struct sl_filtered);

	f->source_id = source_id;
	f->reason = reason;
	*page->filtered.tail = f;
	page->filtered.tail = &f->next;
	page->filtered.count++;
}

/* The page without patches and tombstones: their nodes are copied. */
static struct sl_page *
emptied_copy(const struct sl_page_work *w)
{
	struct sl_page *page = SL_NEW(w->arena, struct sl_page);

	*page = *w->page;
	page->arena = w->arena;
	page->patches.first = NULL;
	page->patches.tail = &page->patches.first;
	page->patches.count = 0;
	page->tombstones.first = NULL;
	page->tombstones.tail = &page->tombstones.first;
	page->tombstones.count = 0;
	page->filtered.first = NULL;
	page->filtered.tail = &page->filtered.first;
	page->filtered.count = 0;
	for (const struct sl_filtered *f = w->page->filtered.first; f != NULL;
	     f = f->next)
		leave_out(page, f->source_id, f->reason);
	return page;
}

void
sl_page_learn_text(struct sl_page_work *w, const struct sl_patch *x,
		   const struct sl_named *item)
{
	char key[SL_TEXT_KEY];

	if (x->content == NULL || item->thread == NULL ||
	    item->occurred_us == SL_NO_TIME)
		return;
	sl_text_key(item->thread, item->occurred_us, x->content, key);
	sl_page_add_key(w, item->source_id, "key",
			sl_arena_strdup(w->arena, key));
}

static void
put_patches(struct sl_page_work *w, struct sl_page *page,
	    const struct sl_named **item)
{
	for (const struct sl_patch *x = w->page->patches.first; x != NULL;
	     x = x->next) {
		struct sl_patch *copy;

		SL_ASSERT(x->alias == NULL || *item != NULL);
		if (x->alias != NULL && (*item)->source_id == NULL) {
			sl_page_wait_patch(w, x);
			(*item)++;
			continue;
		}
		copy = SL_NEW(w->arena, struct sl_patch);
		*copy = *x;
		copy->next = NULL;
		if (x->alias != NULL) {
			copy->source_id = (*item)->source_id;
			sl_page_learn_text(w, x, (*item)++);
		}
		*page->patches.tail = copy;
		page->patches.tail = &copy->next;
		page->patches.count++;
	}
}

static void
put_tombstones(struct sl_page_work *w, struct sl_page *page,
	       const struct sl_named **item)
{
	for (const struct sl_tombstone *t = w->page->tombstones.first;
	     t != NULL; t = t->next) {
		struct sl_tombstone *copy;
		const char *id = t->source_id;

		SL_ASSERT(t->alias == NULL || *item != NULL);
		if (t->alias != NULL)
			id = (*item)++->source_id;
		if (id == NULL) {
			sl_page_wait_tombstone(w, t);
			continue;
		}
		copy = SL_NEW(w->arena, struct sl_tombstone);
		*copy = *t;
		copy->next = NULL;
		copy->source_id = id;
		*page->tombstones.tail = copy;
		page->tombstones.tail = &copy->next;
		page->tombstones.count++;
	}
}

/* look: nothing is written, and what waits is told as left out */
static sl_status
resolve(struct sl_page_work *w, bool look, struct sl_error *err)
{
	struct sl_named *named;
	const struct sl_named *item;
	struct sl_page *page;
	sl_status status = find_named(w, &named, err);

	if (status != SL_OK || (named == NULL && w->due == NULL))
		return status;
	item = named;
	page = emptied_copy(w);
	put_patches(w, page, &item);
	put_tombstones(w, page, &item);
	status = sl_page_put_due(w, page, err);
	if (look)
		for (const struct sl_waiting *x = w->waiting; x != NULL;
		     x = x->next)
			leave_out(page, x->source_id, NOT_STORED);
	w->page = page;
	return status;
}

/* What is about to change, while another stream walks the same items. */
static sl_status
book_shown(struct sl_page_work *w, struct sl_error *err)
{
	const struct sl_page *page = w->page;
	struct sl_pg_array *ids;
	struct sl_params p;

	if ((page->patches.first == NULL && page->tombstones.first == NULL) ||
	    !sl_page_others_busy(w))
		return SL_OK;
	ids = sl_pg_array_new(w->arena);
	for (const struct sl_patch *x = page->patches.first; x != NULL;
	     x = x->next)
		sl_pg_array_text(ids, x->source_id);
	for (const struct sl_tombstone *t = page->tombstones.first; t != NULL;
	     t = t->next)
		sl_pg_array_text(ids, t->source_id);
	sl_params_page(&p, w);
	sl_params_text(&p, w->commit->stream->id);
	sl_params_text(&p, sl_pg_array_done(ids));
	return sl_pg_query(w->pg, sl_sql_match_shown, &p, NULL, err);
}

sl_status
sl_page_meet_aliases(struct sl_page_work *w, struct sl_error *err)
{
	sl_status status = book_keys(w, err);

	if (status == SL_OK)
		status = resolve(w, false, err);
	if (status == SL_OK)
		status = book_shown(w, err);
	return status == SL_OK ? book_keys(w, err) : status;
}

sl_status
sl_page_look_roads(struct sl_page_work *w, struct sl_error *err)
{
	sl_status status = sl_page_match(w, err);

	if (status == SL_OK)
		status = resolve(w, true, err);
	w->keys = NULL;
	w->waiting = NULL;
	w->links = NULL;
	return status;
}

/* --- who is who -------------------------------------------------------------------- */

/* What was known already leaves w->links. */
static sl_status
book_links(struct sl_page_work *w, struct sl_error *err)
{
	struct sl_pg_array *handles, *profiles, *versions;
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	if (w->links == NULL)
		return SL_OK;
	handles = sl_pg_array_new(w->arena);
	profiles = sl_pg_array_new(w->arena);
	versions = sl_pg_array_new(w->arena);
	for (const struct sl_link *l = w->links; l != NULL; l = l->next) {
		sl_pg_array_text(handles, l->handle);
		sl_pg_array_text(profiles, l->profile);
		sl_pg_array_i64(versions, l->version);
	}
	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->commit->lease->user_id);
	sl_params_text(&p, sl_pg_array_done(handles));
	sl_params_text(&p, sl_pg_array_done(profiles));
	sl_params_text(&p, sl_pg_array_done(versions));
	status = sl_pg_query(w->pg, sl_sql_match_links, &p, &rows, err);
	w->links = NULL;
	for (size_t i = 0; status == SL_OK && i < sl_rows_count(rows); i++) {
		struct sl_link *l = SL_NEW(w->arena, struct sl_link);

		l->next = w->links;
		l->handle = sl_row_copy(w->arena, rows, i, "handle");
		l->profile = sl_row_copy(w->arena, rows, i, "profile");
		w->links = l;
	}
	return status;
}

/* --- to whom the user wrote --------------------------------------------------------- */

static void
judge_again(struct sl_page_work *w, const struct sl_rows *rows)
{
	size_t n = sl_rows_count(rows);
	const char **list =
		SL_NEW_ARRAY(w->arena, w->judged_room + n, const char *);

	if (w->judged_count > 0)
		memcpy(list, w->judged, w->judged_count * sizeof(*list));
	for (size_t i = 0; i < n; i++)
		list[w->judged_count++] = sl_row_copy(w->arena, rows, i, "id");
	w->judged = list;
	w->judged_room += n;
}

static sl_status
derive_recipients(struct sl_page_work *w, struct sl_error *err)
{
	struct sl_pg_array *threads = sl_pg_array_new(w->arena);
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	bool any = false;
	sl_status status;

	for (size_t i = 0; i < w->written_count; i++) {
		const struct sl_artifact *a = w->written[i].artifact;

		if (!a->by_moment || a->thread == NULL)
			continue;
		sl_pg_array_text(threads, a->thread);
		any = true;
	}
	if (!any)
		return SL_OK;
	sl_params_page(&p, w);
	sl_params_text(&p, sl_pg_array_done(threads));
	status = sl_pg_query(w->pg, sl_sql_match_recipients, &p, &rows, err);
	if (status == SL_OK && sl_rows_count(rows) > 0)
		judge_again(w, rows);
	return status;
}

/* --- invitations that were one --------------------------------------------------------- */

static bool
is_invitation(const struct sl_participant *p)
{
	return p->kind == SL_IDENTITY_HANDLE && p->normalised != NULL &&
	       (strcmp(p->role, "inviter") == 0 ||
		strcmp(p->role, "invitee") == 0);
}

/* Whom to look at: who was invited on this page, and who became known by it. */
static bool
collect_people(const struct sl_page_work *w, struct sl_pg_array *people)
{
	bool any = w->links != NULL;

	for (const struct sl_link *l = w->links; l != NULL; l = l->next)
		sl_pg_array_text(people, l->handle);
	for (size_t i = 0; i < w->written_count; i++)
		for (const struct sl_participant *p =
			     w->written[i].artifact->participants;
		     p != NULL; p = p->next) {
			if (!is_invitation(p))
				continue;
			sl_pg_array_text(people, p->normalised);
			any = true;
		}
	return any;
}

static sl_status
merge_invitations(struct sl_page_work *w, struct sl_error *err)
{
	struct sl_pg_array *people = sl_pg_array_new(w->arena);
	struct sl_pg_array *gone;
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	if (!collect_people(w, people))
		return SL_OK;
	sl_params_page(&p, w);
	sl_params_text(&p, sl_pg_array_done(people));
	status = sl_pg_query(w->pg, sl_sql_match_merge, &p, &rows, err);
	if (status != SL_OK || sl_rows_count(rows) == 0)
		return status;
	gone = sl_pg_array_new(w->arena);
	for (size_t i = 0; i < sl_rows_count(rows); i++)
		sl_pg_array_text(gone, sl_row_text(rows, i, "id"));
	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->commit->lease->user_id);
	sl_params_text(&p, sl_pg_array_done(gone));
	w->moved = true;
	return sl_pg_query(w->pg, sl_sql_match_drop, &p, NULL, err);
}

sl_status
sl_page_join_people(struct sl_page_work *w, struct sl_error *err)
{
	sl_status status = book_links(w, err);

	if (status == SL_OK)
		status = derive_recipients(w, err);
	return status == SL_OK ? merge_invitations(w, err) : status;
}
