/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which stored items a page's records are, when one item comes by several
 * roads: before anything of the page is written.
 *
 * Behind the locks of store_siblings.c, so that no other page of the key stores
 * between the question and the answer. A record takes the source_id under which
 * its item is stored, on a copy: the page stays what it was, for the next try.
 *
 * - Exactly: by an alias, by its id, or by its id as a further key of an item.
 * - A record that says who, for one that did not (weak_id), or the reverse.
 * - By moment: what is left of a thread's second on the page and in the store,
 *   when it is one of each: a text before and after an edit. A listing shows no
 *   message twice, so records of one version are two, and so is what an earlier
 *   page of the walk has shown, although an edit has given it another version
 *   since (book_shown).
 *
 * A record that knows less than what is stored, of who it is or of who took
 * part, changes its text and its life alone.
 */
#include "state/store_match.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#include "sql.h"

static bool
has_roads(const struct sl_artifact *a)
{
	return a->aliases != NULL || a->by_moment || a->weak_id != NULL ||
	       a->listed;
}

/* --- which it is ----------------------------------------------------------------- */

static void
meet(struct sl_match_road *r, struct sl_match_item *item, bool exact)
{
	r->item = item;
	r->exact = exact;
	item->met = true;
}

static void
match_exactly(struct sl_match *m)
{
	for (size_t i = 0; i < m->count; i++) {
		struct sl_match_road *r = &m->roads[i];

		if (r->count > 0 && r->answers[0].how <= SL_MATCH_KEY)
			meet(r, r->answers[0].item, true);
	}
}

/* Who is said by one of both only. One listing shows nobody twice. */
static void
match_weak(struct sl_match *m)
{
	for (size_t i = 0; i < m->count; i++) {
		struct sl_match_road *r = &m->roads[i];

		for (size_t k = 0; r->item == NULL && k < r->count; k++) {
			const struct sl_match_answer *x = &r->answers[k];

			if (x->how == SL_MATCH_WEAK && !x->item->met &&
			    !x->item->seen &&
			    x->item->version != r->record->source_version &&
			    (sl_match_is_weak(r->record) || !x->item->keyed))
				meet(r, x->item, false);
		}
	}
}

/* The one item of its moment that no record is; NULL = none, or several. */
static struct sl_match_item *
left_of_moment(const struct sl_match_road *r)
{
	struct sl_match_item *found = NULL;

	for (size_t k = 0; k < r->count; k++) {
		if (r->answers[k].how != SL_MATCH_MOMENT ||
		    r->answers[k].item->met || r->answers[k].item->seen)
			continue;
		if (found != NULL)
			return NULL;
		found = r->answers[k].item;
	}
	return found;
}

/* Could the item be the record, before or after an edit? */
static bool
is_edit(const struct sl_artifact *a, const struct sl_match_item *item)
{
	if (a->source_version == item->version || (a->aliases && item->named))
		return false;
	/* what was gone by then is not shown any more */
	return !item->deleted || a->source_version < item->version;
}

static void
match_moments(struct sl_match *m)
{
	struct sl_match_item **left =
		SL_NEW_ARRAY(m->w->arena, m->count, struct sl_match_item *);

	for (size_t i = 0; i < m->count; i++) {
		if (m->roads[i].item != NULL || !m->roads[i].record->by_moment)
			continue;
		left[i] = left_of_moment(&m->roads[i]);
		if (left[i] != NULL)
			left[i]->claims++;
	}
	for (size_t i = 0; i < m->count; i++)
		if (left[i] != NULL && left[i]->claims == 1 &&
		    is_edit(m->roads[i].record, left[i]))
			meet(&m->roads[i], left[i], false);
}

/* --- several records of one item -------------------------------------------------- */

struct named {
	const struct sl_alias *alias;
	size_t road;
};

static int
by_alias(const void *a, const void *b)
{
	const struct named *x = a;
	const struct named *y = b;
	int order = strcmp(x->alias->kind, y->alias->kind);

	if (order == 0)
		order = strcmp(x->alias->value, y->alias->value);
	return order != 0 ? order : (x->road > y->road) - (x->road < y->road);
}

static struct sl_match_item *
item_of(struct sl_match *m, struct sl_match_road *r)
{
	if (r->item == NULL) {
		r->item = SL_NEW(m->w->arena, struct sl_match_item);
		r->item->source_id = r->record->source_id;
	}
	return r->item;
}

/* Records that are not stored yet, and share an alias. */
static void
join_named(struct sl_match *m)
{
	struct named *list;
	size_t n = 0, room = 0;

	for (size_t i = 0; i < m->count; i++)
		room += sl_match_aliases(m->roads[i].record);
	list = SL_NEW_ARRAY(m->w->arena, room, struct named);
	for (size_t i = 0; i < m->count; i++)
		for (const struct sl_alias *x = m->roads[i].record->aliases;
		     x != NULL && x->kind != NULL; x++)
			list[n++] = (struct named){ .alias = x, .road = i };
	if (n > 1)
		qsort(list, n, sizeof(*list), by_alias);
	for (size_t i = 1; i < n; i++) {
		struct sl_match_road *r = &m->roads[list[i].road];
		struct sl_match_road *other = &m->roads[list[i - 1].road];

		if (r->item == NULL && r != other &&
		    strcmp(list[i].alias->kind, list[i - 1].alias->kind) == 0 &&
		    strcmp(list[i].alias->value, list[i - 1].alias->value) == 0)
			r->item = item_of(m, other);
	}
}

static void
choose_newest(struct sl_match *m)
{
	for (size_t i = 0; i < m->count; i++) {
		struct sl_match_road *r = &m->roads[i];
		struct sl_match_item *item = item_of(m, r);

		if (item->newest == NULL ||
		    r->record->source_version >=
			    item->newest->record->source_version)
			item->newest = r;
	}
}

/* --- what follows ----------------------------------------------------------------- */

static sl_status
load_listings(struct sl_match *m, struct sl_error *err)
{
	struct sl_params p;

	for (size_t i = 0; i < m->count; i++) {
		if (!m->roads[i].record->listed)
			continue;
		sl_params_lease(&p, m->w->arena, m->w->commit->lease);
		return sl_pg_query(m->w->pg, sl_sql_match_listings, &p,
				   &m->listings, err);
	}
	return SL_OK;
}

/* Listed, but in a newer listing of its type it would be if it still were. */
static bool
is_outdated(const struct sl_match *m, const struct sl_artifact *a)
{
	size_t n = m->listings == NULL ? 0 : sl_rows_count(m->listings);

	for (size_t i = 0; a->listed && i < n; i++)
		if (sl_text_equal(sl_row_text(m->listings, i, "listed_type"),
				  a->type))
			return a->source_version <
			       sl_row_i64(m->listings, i, "listed_version", 0);
	return false;
}

/* Does the record know less of the item than what is stored? */
static bool
is_poorer(const struct sl_artifact *a, const struct sl_match_item *item)
{
	bool renamed = strcmp(a->source_id, item->source_id) != 0;

	if (!item->stored || item->emptied || a->deleted)
		return false;
	if (sl_match_is_weak(a))
		return renamed || item->keyed;
	if (a->participants_incomplete)
		return !item->incomplete;
	return a->aliases != NULL && !a->by_moment && renamed;
}

static void
put_patch(struct sl_page *page, const struct sl_match_road *r)
{
	const struct sl_artifact *a = r->record;
	struct sl_patch *x = SL_NEW(page->arena, struct sl_patch);

	x->source_id = r->item->source_id;
	x->source_version = a->source_version;
	x->content = a->content;
	x->labels = a->keep_labels ? NULL : a->labels;
	x->restore = true;
	*page->patches.tail = x;
	page->patches.tail = &x->next;
	page->patches.count++;
}

static void
put_record(const struct sl_match *m, struct sl_page *page,
	   const struct sl_match_road *r)
{
	struct sl_artifact *a = SL_NEW(page->arena, struct sl_artifact);

	*a = *r->record;
	a->next = NULL;
	a->source_id = r->item->source_id;
	if (is_outdated(m, r->record)) {
		a->deleted = true;
		a->deleted_reason = "not-listed";
	}
	*page->artifacts.tail = a;
	page->artifacts.tail = &a->next;
	page->artifacts.count++;
}

/* One record that may be of several roads. */
static void
put_road(const struct sl_match *m, struct sl_page *page,
	 const struct sl_match_road *r)
{
	if (r->item->newest != r ||
	    (r->item->stored && is_outdated(m, r->record)))
		m->w->counts.unchanged++;
	else if (is_poorer(r->record, r->item))
		put_patch(page, r);
	else
		put_record(m, page, r);
}

static void
copy_patches(struct sl_page *page, const struct sl_page *from)
{
	page->patches.first = NULL;
	page->patches.tail = &page->patches.first;
	for (const struct sl_patch *x = from->patches.first; x != NULL;
	     x = x->next) {
		struct sl_patch *copy = SL_NEW(page->arena, struct sl_patch);

		*copy = *x;
		copy->next = NULL;
		*page->patches.tail = copy;
		page->patches.tail = &copy->next;
	}
}

static void
rebuild(struct sl_match *m)
{
	struct sl_page_work *w = m->w;
	struct sl_page *page = SL_NEW(w->arena, struct sl_page);
	const struct sl_match_road *r = m->roads;

	*page = *w->page;
	page->arena = w->arena;
	copy_patches(page, w->page);
	page->artifacts.first = NULL;
	page->artifacts.tail = &page->artifacts.first;
	page->artifacts.count = 0;
	for (const struct sl_artifact *a = w->page->artifacts.first; a != NULL;
	     a = a->next) {
		struct sl_artifact *copy;

		if (r < m->roads + m->count && r->record == a) {
			put_road(m, page, r++);
			continue;
		}
		copy = SL_NEW(w->arena, struct sl_artifact);
		*copy = *a;
		copy->next = NULL;
		*page->artifacts.tail = copy;
		page->artifacts.tail = &copy->next;
		page->artifacts.count++;
	}
	w->page = page;
}

/* --- what is learned --------------------------------------------------------------- */

void
sl_page_add_key(struct sl_page_work *w, const char *source_id, const char *kind,
		const char *value)
{
	struct sl_item_key *key = SL_NEW(w->arena, struct sl_item_key);

	*key = (struct sl_item_key){ .next = w->keys,
				     .source_id = source_id,
				     .kind = kind,
				     .value = value };
	w->keys = key;
}

static void
learn_keys(struct sl_page_work *w, const struct sl_match_road *r)
{
	const struct sl_artifact *a = r->record;
	const char *id = r->item->source_id;

	for (const struct sl_alias *x = a->aliases;
	     x != NULL && x->kind != NULL; x++)
		sl_page_add_key(w, id, x->kind, x->value);
	if (strcmp(id, a->source_id) != 0)
		sl_page_add_key(w, id, "key", a->source_id);
	if (a->weak_id != NULL && strcmp(id, a->weak_id) != 0)
		sl_page_add_key(w, id, "weak", a->weak_id);
}

static const char *
sender_of(const struct sl_artifact *a)
{
	const char *found = NULL;

	for (const struct sl_participant *p = a->participants; p != NULL;
	     p = p->next) {
		if (p->kind != SL_IDENTITY_HANDLE ||
		    strcmp(p->role, "from") != 0)
			continue;
		if (found != NULL || p->normalised == NULL)
			return NULL;
		found = p->normalised;
	}
	return found;
}

static bool
is_opaque(const char *handle)
{
	return strncmp(handle, "urn:", 4) == 0;
}

/* Both roads name the sender of one message. An edit is no proof. */
static void
learn_link(struct sl_page_work *w, const struct sl_match_road *r)
{
	const char *mine = sender_of(r->record);
	const char *theirs = r->item->sender;
	struct sl_link *link;

	if (!r->exact || mine == NULL || theirs == NULL ||
	    is_opaque(mine) == is_opaque(theirs))
		return;
	link = SL_NEW(w->arena, struct sl_link);
	*link = (struct sl_link){
		.next = w->links,
		.handle = is_opaque(mine) ? mine : theirs,
		.profile = is_opaque(mine) ? theirs : mine,
		.version = is_opaque(mine) ? r->item->version
					   : r->record->source_version,
	};
	w->links = link;
}

static struct sl_match_road *
collect(struct sl_page_work *w, size_t *count)
{
	struct sl_match_road *roads = NULL;
	size_t n = 0;

	for (const struct sl_artifact *a = w->page->artifacts.first; a != NULL;
	     a = a->next)
		n += has_roads(a);
	*count = n;
	if (n == 0)
		return NULL;
	roads = SL_NEW_ARRAY(w->arena, n, struct sl_match_road);
	n = 0;
	for (const struct sl_artifact *a = w->page->artifacts.first; a != NULL;
	     a = a->next)
		if (has_roads(a))
			roads[n++].record = a;
	return roads;
}

sl_status
sl_page_match(struct sl_page_work *w, struct sl_error *err)
{
	struct sl_match m = { .w = w };
	sl_status status;

	m.roads = collect(w, &m.count);
	if (m.count == 0)
		return SL_OK;
	status = sl_match_find(&m, err);
	if (status == SL_OK)
		status = load_listings(&m, err);
	if (status == SL_OK) {
		match_exactly(&m);
		match_weak(&m);
		match_moments(&m);
		join_named(&m);
		choose_newest(&m);
		rebuild(&m);
		for (size_t i = 0; i < m.count; i++) {
			learn_keys(w, &m.roads[i]);
			learn_link(w, &m.roads[i]);
		}
	}
	sl_rows_free(&m.listings);
	return status;
}
