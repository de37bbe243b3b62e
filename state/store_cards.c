/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Identities that contacts get beside those that they were made of.
 *
 * One that is nobody's goes to the contact; one that the user took away stays
 * away; of one that is another contact's a suggestion tells, once.
 */
#include "sql.h"
#include "state/store_page.h"

sl_status
sl_cards_addresses(struct sl_page_work *w, const struct sl_gain *gains,
		   size_t count, struct sl_pg_array *made, bool *any,
		   struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_pg_array *a[5];
	struct sl_params p;
	sl_status status;

	*any = false;
	if (count == 0)
		return SL_OK;
	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		a[i] = sl_pg_array_new(w->arena);
	for (size_t i = 0; i < count; i++) {
		sl_pg_array_text(a[0], gains[i].contact_id);
		sl_pg_array_text(a[1], gains[i].handle);
		sl_pg_array_text(a[2], gains[i].shown);
		sl_pg_array_text(a[3], gains[i].norm);
		sl_pg_array_text(a[4], gains[i].artifact_id);
	}
	sl_params_lease(&p, w->arena, w->commit->lease);
	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		sl_params_text(&p, sl_pg_array_done(a[i]));
	status = sl_pg_query(w->pg, sl_sql_people_attach, &p, &rows, err);
	if (status != SL_OK)
		return status;
	for (size_t i = 0; i < sl_rows_count(rows); i++)
		sl_pg_array_text(made, sl_row_copy(w->arena, rows, i, "norm"));
	*any = sl_rows_count(rows) > 0;
	return SL_OK;
}

sl_status
sl_cards_handles(struct sl_page_work *w, const struct sl_gain *gains,
		 size_t count, struct sl_error *err)
{
	struct sl_pg_array *a[3];
	struct sl_params p;

	if (count == 0)
		return SL_OK;
	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		a[i] = sl_pg_array_new(w->arena);
	for (size_t i = 0; i < count; i++) {
		sl_pg_array_text(a[0], gains[i].contact_id);
		sl_pg_array_text(a[1], gains[i].shown);
		sl_pg_array_text(a[2], gains[i].norm);
	}
	sl_params_lease(&p, w->arena, w->commit->lease);
	for (size_t i = 0; i < SL_ARRAY_LEN(a); i++)
		sl_params_text(&p, sl_pg_array_done(a[i]));
	sl_params_time(&p, w->commit->now_us);
	return sl_pg_query(w->pg, sl_sql_people_attach_handles, &p, NULL, err);
}

sl_status
sl_cards_links(struct sl_page_work *w, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_pg_array *urns = sl_pg_array_new(w->arena);
	struct sl_pg_array *profiles = sl_pg_array_new(w->arena);
	struct sl_gain *gains;
	struct sl_params p;
	size_t count;
	sl_status status;

	for (const struct sl_link *l = w->links; l != NULL; l = l->next) {
		sl_pg_array_text(urns, l->handle);
		sl_pg_array_text(profiles, l->profile);
	}
	status = sl_page_own_linked(w, err);
	if (status != SL_OK)
		return status;
	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->commit->lease->user_id);
	sl_params_text(&p, sl_pg_array_done(urns));
	sl_params_text(&p, sl_pg_array_done(profiles));
	status = sl_pg_query(w->pg, sl_sql_people_linked, &p, &rows, err);
	if (status != SL_OK)
		return status;
	count = sl_rows_count(rows);
	gains = SL_NEW_ARRAY(w->arena, count, struct sl_gain);
	for (size_t i = 0; i < count; i++) {
		const char *handle = sl_row_text(rows, i, "handle");

		gains[i] = (struct sl_gain){
			.contact_id = sl_row_text(rows, i, "contact_id"),
			.shown = handle,
			.norm = handle,
		};
	}
	return sl_cards_handles(w, gains, count, err);
}
