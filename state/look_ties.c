/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a dry run asks about ties: those of the page that would be written, and
 * stored ones that a commit would judge again.
 */
#include <string.h>

#include "core/json/json.h"
#include "core/people/handle.h"

#include "sql.h"
#include "state/evidence.h"
#include "state/look_private.h"

/* Columns of look_ties.sql: of an item, and of a participant. */
#define COLUMNS 4
#define SEATS   8

static bool
has_label(const struct sl_artifact *a, const char *label)
{
	for (const char *const *l = a->labels; l != NULL && *l != NULL; l++)
		if (strcmp(*l, label) == 0)
			return true;
	return false;
}

static void
add_seats(struct sl_pg_array **s, const struct sl_artifact *a, int64_t nth)
{
	for (const struct sl_participant *x = a->participants; x != NULL;
	     x = x->next) {
		sl_pg_array_i64(s[0], nth);
		sl_pg_array_text(s[1], x->kind == SL_IDENTITY_HANDLE ? "handle"
								     : "email");
		sl_pg_array_text(s[2], x->value);
		sl_pg_array_text(s[3], x->normalised);
		sl_pg_array_text(s[4], x->name);
		sl_pg_array_text(s[5], x->role);
		sl_pg_array_bool(s[6], !x->not_person);
		sl_pg_array_bool(s[7], x->self);
	}
}

/* Nothing stores them in a dry run: each run of pages tells them again. */
static const char *
own_handles(const struct sl_look_page *p)
{
	struct sl_pg_array *own = sl_pg_array_new(p->work.arena);

	for (const struct sl_own_handle *h = p->work.page->own_handles.first;
	     h != NULL; h = h->next) {
		const char *norm =
			sl_handle_normalise(p->work.arena, h->handle);

		if (norm != NULL)
			sl_pg_array_text(own, norm);
	}
	return sl_pg_array_done(own);
}

static sl_status
ask_new(struct sl_look_page *p, struct sl_error *err)
{
	struct sl_arena *arena = p->work.arena;
	struct sl_pg_array *a[COLUMNS], *s[SEATS];
	struct sl_params q;
	int64_t nth = 0;

	for (size_t i = 0; i < COLUMNS; i++)
		a[i] = sl_pg_array_new(arena);
	for (size_t i = 0; i < SEATS; i++)
		s[i] = sl_pg_array_new(arena);
	for (size_t i = 0; i < p->work.page->artifacts.count; i++) {
		const struct sl_artifact *x = p->artifacts[i].artifact;

		if (!sl_look_judges_new(&p->artifacts[i], SL_OF_TIES))
			continue;
		sl_pg_array_time(a[0], x->occurred_us);
		sl_pg_array_bool(a[1], x->deleted || has_label(x, "SPAM"));
		sl_pg_array_bool(a[2], has_label(x, "DRAFT"));
		sl_pg_array_bool(a[3],
				 sl_json_text(x->metadata, "bulk") != NULL);
		add_seats(s, x, ++nth);
	}
	if (nth == 0)
		return SL_OK;
	sl_params_init(&q, arena);
	sl_params_text(&q, p->work.commit->lease->user_id);
	for (size_t i = 0; i < COLUMNS; i++)
		sl_params_text(&q, sl_pg_array_done(a[i]));
	sl_params_bool(&q, p->work.commit->people.rule == SL_PEOPLE_REPLIED);
	for (size_t i = 0; i < SEATS; i++)
		sl_params_text(&q, sl_pg_array_done(s[i]));
	sl_params_text(&q, own_handles(p));
	return sl_pg_query(p->work.pg, sl_sql_look_ties, &q, &p->ties_new, err);
}

static sl_status
ask_stored(struct sl_look_page *p, struct sl_error *err)
{
	struct sl_pg_array *ids = sl_pg_array_new(p->work.arena);
	const struct sl_evidence_query query = {
		.of = SL_OF_TIES,
		.user_id = p->work.commit->lease->user_id,
		.artifact_ids = ids,
		.options = &p->work.commit->people,
	};
	bool any = false;

	for (size_t i = 0; i < p->work.page->artifacts.count; i++) {
		const struct sl_compared *c = &p->artifacts[i];

		if (!sl_look_judges_again(p, c) ||
		    sl_evidence_of(c->artifact) != SL_OF_TIES)
			continue;
		sl_pg_array_text(ids, c->id);
		any = true;
	}
	return any ? sl_evidence_load(p->work.pg, p->work.arena, &query,
				      &p->ties_stored, err)
		   : SL_OK;
}

sl_status
sl_look_ask_ties(struct sl_look_page *p, struct sl_error *err)
{
	sl_status status = ask_new(p, err);

	return status == SL_OK ? ask_stored(p, err) : status;
}
