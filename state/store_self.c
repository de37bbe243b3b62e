/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user's own addresses and handles: they belong to the contact that is the
 * user. Looked up first, so that a poll that brings nothing new writes nothing.
 * A handle brings those that are linked to it.
 */
#include <string.h>

#include "core/people/address.h"
#include "core/people/handle.h"

#include "sql.h"
#include "state/store_page.h"

struct own {
	const char *norm;
	const char *shown;
};

struct own_list {
	struct own *items;
	size_t count;
};

struct selves {
	struct own_list addresses, handles;
	const char *name; /* the first one given */
	bool spoken;      /* a person of the page is the user */
};

/* Usable ones, each once. */
static void
add(struct own_list *list, const char *norm, const char *shown)
{
	bool twice = norm == NULL;

	for (size_t i = 0; i < list->count && !twice; i++)
		twice = strcmp(list->items[i].norm, norm) == 0;
	if (!twice)
		list->items[list->count++] =
			(struct own){ .norm = norm, .shown = shown };
}

static size_t
length(const char *const *list)
{
	size_t count = 0;

	while (list != NULL && list[count] != NULL)
		count++;
	return count;
}

static void
add_address(struct sl_page_work *w, struct selves *own, const char *address)
{
	const char *norm = sl_address_normalise(w->arena, address);

	add(&own->addresses, norm,
	    norm == NULL ? NULL : sl_address_shown(address, norm));
}

/* What the user says of itself names it, too. */
static void
add_person(struct sl_page_work *w, struct selves *own,
	   const struct sl_person *who)
{
	for (size_t i = 0; i < length(who->addresses); i++)
		add_address(w, own, who->addresses[i]);
	for (size_t i = 0; i < length(who->handles); i++)
		add(&own->handles,
		    sl_handle_normalise(w->arena, who->handles[i]),
		    who->handles[i]);
	if (own->name == NULL)
		own->name = who->name;
	own->spoken = true;
}

static void
gather(struct sl_page_work *w, struct selves *own)
{
	const struct sl_page *page = w->page;
	size_t addresses = page->own_addresses.count;
	size_t handles = page->own_handles.count;

	for (const struct sl_person *x = page->persons.first; x; x = x->next) {
		addresses += x->self ? length(x->addresses) : 0;
		handles += x->self ? length(x->handles) : 0;
	}
	own->addresses.items = SL_NEW_ARRAY(w->arena, addresses, struct own);
	own->handles.items = SL_NEW_ARRAY(w->arena, handles, struct own);
	for (const struct sl_own_address *a = page->own_addresses.first;
	     a != NULL; a = a->next) {
		add_address(w, own, a->address);
		if (own->name == NULL)
			own->name = a->name;
	}
	for (const struct sl_own_handle *h = page->own_handles.first; h != NULL;
	     h = h->next) {
		add(&own->handles, sl_handle_normalise(w->arena, h->handle),
		    h->handle);
		if (own->name == NULL)
			own->name = h->name;
	}
	for (const struct sl_person *x = page->persons.first; x; x = x->next)
		if (x->self)
			add_person(w, own, x);
}

static const char *
norms_of(struct sl_arena *arena, const struct own_list *list)
{
	struct sl_pg_array *norms = sl_pg_array_new(arena);

	for (size_t i = 0; i < list->count; i++)
		sl_pg_array_text(norms, list->items[i].norm);
	return sl_pg_array_done(norms);
}

static const char *
shown_of(struct sl_arena *arena, const struct own_list *list)
{
	struct sl_pg_array *shown = sl_pg_array_new(arena);

	for (size_t i = 0; i < list->count; i++)
		sl_pg_array_text(shown, list->items[i].shown);
	return sl_pg_array_done(shown);
}

/* Keep those that are not yet the self contact's. */
static sl_status
keep_addresses(struct sl_page_work *w, struct own_list *list,
	       struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	if (list->count == 0)
		return SL_OK;
	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->commit->lease->user_id);
	sl_params_text(&p, norms_of(w->arena, list));
	status = sl_pg_query(w->pg, sl_sql_people_own_missing, &p, &rows, err);
	if (status != SL_OK)
		return status;
	for (size_t i = 0; i < sl_rows_count(rows); i++) {
		size_t ord = (size_t)sl_row_i64(rows, i, "ord", 0) - 1;

		SL_ASSERT(ord < list->count && ord >= i);
		list->items[i] = list->items[ord];
	}
	list->count = sl_rows_count(rows);
	return SL_OK;
}

/* With what is linked to them, or, `linked`, to those that are there. */
static sl_status
keep_handles(struct sl_page_work *w, struct own_list *list, bool linked,
	     struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	if (list->count == 0 && !linked)
		return SL_OK;
	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->commit->lease->user_id);
	sl_params_text(&p, shown_of(w->arena, list));
	sl_params_text(&p, norms_of(w->arena, list));
	sl_params_bool(&p, linked);
	status = sl_pg_query(w->pg, sl_sql_people_own_handles_missing, &p,
			     &rows, err);
	if (status != SL_OK)
		return status;
	list->count = sl_rows_count(rows);
	list->items = SL_NEW_ARRAY(w->arena, list->count, struct own);
	for (size_t i = 0; i < list->count; i++)
		list->items[i] = (struct own){
			.norm = sl_row_copy(w->arena, rows, i, "norm"),
			.shown = sl_row_copy(w->arena, rows, i, "value"),
		};
	return SL_OK;
}

static sl_status
ensure_self(struct sl_page_work *w, const struct selves *own,
	    struct sl_error *err)
{
	struct sl_params p;
	sl_status status = sl_people_lock(w, err);

	if (status != SL_OK)
		return status;
	sl_params_lease(&p, w->arena, w->commit->lease);
	sl_params_text(&p, own->name);
	sl_params_text(&p, norms_of(w->arena, &own->addresses));
	sl_params_text(&p, norms_of(w->arena, &own->handles));
	return sl_pg_query(w->pg, sl_sql_people_self, &p, NULL, err);
}

/* Contacts that lost their last identity to the self contact go. */
static sl_status
prune(struct sl_page_work *w, const struct sl_rows *rows, struct sl_error *err)
{
	struct sl_pg_array *ids = sl_pg_array_new(w->arena);
	struct sl_params p;

	if (sl_rows_count(rows) == 0)
		return SL_OK;
	for (size_t i = 0; i < sl_rows_count(rows); i++)
		sl_pg_array_text(ids, sl_row_text(rows, i, "left_alone"));
	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->commit->lease->user_id);
	sl_params_text(&p, sl_pg_array_done(ids));
	return sl_pg_query(w->pg, sl_sql_people_prune, &p, NULL, err);
}

static sl_status
give(struct sl_page_work *w, const struct own_list *list, const char *sql,
     struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	if (list->count == 0)
		return SL_OK;
	sl_params_lease(&p, w->arena, w->commit->lease);
	sl_params_text(&p, norms_of(w->arena, list));
	sl_params_text(&p, shown_of(w->arena, list));
	status = sl_pg_query(w->pg, sql, &p, &rows, err);
	return status == SL_OK ? prune(w, rows, err) : status;
}

static sl_status
give_handles(struct sl_page_work *w, const struct own_list *list,
	     struct sl_error *err)
{
	struct sl_params p;
	sl_status status = give(w, list, sl_sql_people_own_handles, err);

	if (status != SL_OK || list->count == 0)
		return status;
	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->commit->lease->user_id);
	return sl_pg_query(w->pg, sl_sql_people_own_link, &p, NULL, err);
}

static sl_status
put(struct sl_page_work *w, struct selves *own, bool linked,
    struct sl_error *err)
{
	sl_status status = keep_addresses(w, &own->addresses, err);

	if (status == SL_OK)
		status = keep_handles(w, &own->handles, linked, err);
	if (status != SL_OK ||
	    (own->addresses.count + own->handles.count == 0 && !own->spoken))
		return status;
	status = ensure_self(w, own, err);
	if (status == SL_OK)
		status = give(w, &own->addresses, sl_sql_people_own, err);
	return status == SL_OK ? give_handles(w, &own->handles, err) : status;
}

sl_status
sl_page_put_own(struct sl_page_work *w, struct sl_error *err)
{
	struct selves own = { .name = NULL };

	if (w->page->own_addresses.first == NULL &&
	    w->page->own_handles.first == NULL &&
	    w->page->persons.first == NULL)
		return SL_OK;
	gather(w, &own);
	return put(w, &own, false, err);
}

sl_status
sl_page_own_linked(struct sl_page_work *w, struct sl_error *err)
{
	struct selves own = { .name = NULL };

	return put(w, &own, true, err);
}
