/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The user's own addresses: they belong to the contact that is the user.
 * Looked up first, so that a poll that brings nothing new writes nothing.
 */
#include <string.h>

#include "core/people/address.h"

#include "sql.h"
#include "state/store_page.h"

struct own {
	const char *norm;
	const struct sl_own_address *address;
};

struct own_list {
	struct own *items;
	size_t count;
	const char *name; /* the first one given */
};

/* Usable ones, each once. */
static void
gather(struct sl_page_work *w, struct own_list *list)
{
	list->items = SL_NEW_ARRAY(w->arena, w->page->own_addresses.count,
				   struct own);
	for (const struct sl_own_address *a = w->page->own_addresses.first;
	     a != NULL; a = a->next) {
		char *norm = sl_address_normalise(w->arena, a->address);
		bool twice = norm == NULL;

		for (size_t i = 0; i < list->count && !twice; i++)
			twice = strcmp(list->items[i].norm, norm) == 0;
		if (!twice)
			list->items[list->count++] =
				(struct own){ .norm = norm, .address = a };
		if (list->name == NULL)
			list->name = a->name;
	}
}

/* Keep those that are not yet the self contact's. */
static sl_status
keep_missing(struct sl_page_work *w, struct own_list *list,
	     struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_pg_array *norms = sl_pg_array_new(w->arena);
	struct sl_params p;
	sl_status status;

	for (size_t i = 0; i < list->count; i++)
		sl_pg_array_text(norms, list->items[i].norm);
	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->commit->lease->user_id);
	sl_params_text(&p, sl_pg_array_done(norms));
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

static sl_status
ensure_self(struct sl_page_work *w, const struct own_list *list,
	    struct sl_error *err)
{
	struct sl_pg_array *norms = sl_pg_array_new(w->arena);
	struct sl_params p;
	sl_status status;

	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->commit->lease->user_id);
	status = sl_pg_query(w->pg, sl_sql_people_lock, &p, NULL, err);
	if (status != SL_OK)
		return status;
	sl_params_lease(&p, w->arena, w->commit->lease);
	sl_params_text(&p, list->name);
	for (size_t i = 0; i < list->count; i++)
		sl_pg_array_text(norms, list->items[i].norm);
	sl_params_text(&p, sl_pg_array_done(norms));
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

sl_status
sl_page_put_own(struct sl_page_work *w, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct own_list list = { .count = 0 };
	struct sl_pg_array *norms, *addresses;
	struct sl_params p;
	sl_status status;

	if (w->page->own_addresses.first == NULL)
		return SL_OK;
	gather(w, &list);
	status = keep_missing(w, &list, err);
	if (status != SL_OK || list.count == 0)
		return status;
	status = ensure_self(w, &list, err);
	if (status != SL_OK)
		return status;
	norms = sl_pg_array_new(w->arena);
	addresses = sl_pg_array_new(w->arena);
	for (size_t i = 0; i < list.count; i++) {
		sl_pg_array_text(norms, list.items[i].norm);
		sl_pg_array_text(
			addresses,
			sl_address_shown(list.items[i].address->address,
					 list.items[i].norm));
	}
	sl_params_lease(&p, w->arena, w->commit->lease);
	sl_params_text(&p, sl_pg_array_done(norms));
	sl_params_text(&p, sl_pg_array_done(addresses));
	status = sl_pg_query(w->pg, sl_sql_people_own, &p, &rows, err);
	return status == SL_OK ? prune(w, rows, err) : status;
}
