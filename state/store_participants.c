/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Participants of the artifacts that were written: one statement for whole
 * lists, one for incomplete ones (rare), whose missing people stay.
 */
#include "sql.h"
#include "state/store_page.h"

#define COLUMNS 11

static const char *
kind_name(enum sl_identity_kind kind)
{
	switch (kind) {
	case SL_IDENTITY_EMAIL:
		return "email";
	case SL_IDENTITY_HANDLE:
		return "handle";
	}
	return NULL;
}

/* New rows have nobody to keep, whatever the provider left out. */
static bool
is_merged(const struct sl_written *x)
{
	return !x->created && x->artifact->participants_incomplete;
}

static void
add_people(struct sl_pg_array **a, const struct sl_written *x)
{
	int64_t position = 0;

	for (const struct sl_participant *p = x->artifact->participants;
	     p != NULL; p = p->next) {
		sl_pg_array_text(a[0], x->id);
		sl_pg_array_i64(a[1], position++);
		sl_pg_array_text(a[2], kind_name(p->kind));
		sl_pg_array_text(a[3], p->value);
		sl_pg_array_text(a[4], p->normalised);
		sl_pg_array_text(a[5], p->name);
		sl_pg_array_text(a[6], p->role);
		sl_pg_array_text(a[7], p->response);
		sl_pg_array_bool(a[8], !p->not_person);
		sl_pg_array_bool(a[9], p->self);
		sl_pg_array_bool(a[10], p->optional);
	}
}

/* All lists of one sort; `any` tells whether there is something to do. */
static void
collect(const struct sl_page_work *w, struct sl_arena *scratch,
	const struct sl_written *written, size_t count, bool merged,
	struct sl_params *p, bool *any)
{
	struct sl_pg_array *a[COLUMNS];
	struct sl_pg_array *ids = sl_pg_array_new(scratch);
	struct sl_pg_array *sizes = sl_pg_array_new(scratch);

	*any = false;
	for (size_t i = 0; i < COLUMNS; i++)
		a[i] = sl_pg_array_new(scratch);
	for (size_t i = 0; i < count; i++) {
		const struct sl_written *x = &written[i];

		if (!x->people || is_merged(x) != merged)
			continue;
		add_people(a, x);
		*any = *any || x->artifact->participants != NULL ||
		       (!merged && !x->created);
		if (!x->created) {
			sl_pg_array_text(ids, x->id);
			sl_pg_array_i64(
				sizes, (int64_t)x->artifact->participant_count);
		}
	}
	sl_params_init(p, scratch);
	sl_params_text(p, w->commit->lease->user_id);
	for (size_t i = 0; i < COLUMNS; i++)
		sl_params_text(p, sl_pg_array_done(a[i]));
	if (!merged) {
		sl_params_text(p, sl_pg_array_done(ids));
		sl_params_text(p, sl_pg_array_done(sizes));
	}
}

bool
sl_params_participants(struct sl_params *p, const struct sl_page_work *w,
		       struct sl_arena *scratch,
		       const struct sl_written *written, size_t count)
{
	bool any;

	collect(w, scratch, written, count, false, p, &any);
	return any;
}

sl_status
sl_page_put_participants(struct sl_page_work *w,
			 const struct sl_written *written, size_t count,
			 struct sl_error *err)
{
	SL_AUTO_ARENA scratch = sl_arena_new();
	struct sl_params p;
	bool any;
	sl_status status = SL_OK;

	any = sl_params_participants(&p, w, scratch, written, count);
	if (any)
		status = sl_pg_query(w->pg, sl_sql_artifacts_participants, &p,
				     NULL, err);
	if (status != SL_OK)
		return status;
	collect(w, scratch, written, count, true, &p, &any);
	if (!any)
		return SL_OK;
	return sl_pg_query(w->pg, sl_sql_artifacts_participants_merge, &p, NULL,
			   err);
}
