/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One query a page: which stored items may its records be?
 */
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#include "sql.h"
#include "state/store_match.h"

/* Beside its aliases: by its id, that as a key, who it says, its moment. */
#define QUESTIONS 4

size_t
sl_match_aliases(const struct sl_artifact *a)
{
	size_t n = 0;

	while (a->aliases != NULL && a->aliases[n].kind != NULL)
		n++;
	return n;
}

bool
sl_match_is_weak(const struct sl_artifact *a)
{
	return a->weak_id != NULL && strcmp(a->weak_id, a->source_id) == 0;
}

struct questions {
	struct sl_pg_array *roads, *how, *kinds, *values, *moments;
	enum sl_match_how *asked;
	size_t count;
};

static void
ask(struct questions *q, size_t road, enum sl_match_how how, const char *kind,
    const char *value, int64_t moment)
{
	static const char *const words[] = {
		[SL_MATCH_ALIAS] = "alias",   [SL_MATCH_ID] = "source",
		[SL_MATCH_KEY] = "alias",     [SL_MATCH_WEAK] = "source",
		[SL_MATCH_MOMENT] = "moment",
	};

	sl_pg_array_i64(q->roads, (int64_t)road);
	sl_pg_array_text(q->how, how == SL_MATCH_WEAK && kind != NULL
					 ? "alias"
					 : words[how]);
	sl_pg_array_text(q->kinds, kind);
	sl_pg_array_text(q->values, value);
	sl_pg_array_time(q->moments, moment);
	q->asked[q->count++] = how;
}

static void
ask_of(struct questions *q, size_t road, const struct sl_artifact *a)
{
	for (const struct sl_alias *x = a->aliases;
	     x != NULL && x->kind != NULL; x++)
		ask(q, road, SL_MATCH_ALIAS, x->kind, x->value, SL_NO_TIME);
	ask(q, road, SL_MATCH_ID, NULL, a->source_id, SL_NO_TIME);
	ask(q, road, SL_MATCH_KEY, "key", a->source_id, SL_NO_TIME);
	if (a->weak_id != NULL)
		ask(q, road, SL_MATCH_WEAK, sl_match_is_weak(a) ? "weak" : NULL,
		    a->weak_id, SL_NO_TIME);
	if (a->by_moment && a->thread != NULL && a->occurred_us != SL_NO_TIME)
		ask(q, road, SL_MATCH_MOMENT, NULL, a->thread, a->occurred_us);
}

static int
by_road(const void *a, const void *b)
{
	const struct sl_match_answer *x = a;
	const struct sl_match_answer *y = b;

	if (x->road != y->road)
		return x->road < y->road ? -1 : 1;
	return (x->nth > y->nth) - (x->nth < y->nth);
}

static struct sl_match_item *
read_item(struct sl_arena *arena, const struct sl_rows *rows, size_t i)
{
	struct sl_match_item *item = SL_NEW(arena, struct sl_match_item);

	item->stored = true;
	item->source_id = sl_row_copy(arena, rows, i, "source_id");
	item->version = sl_row_i64(rows, i, "source_version", 0);
	item->deleted = sl_row_bool(rows, i, "deleted");
	item->emptied = sl_row_bool(rows, i, "emptied");
	item->incomplete = sl_row_bool(rows, i, "incomplete");
	item->keyed = sl_row_bool(rows, i, "keyed");
	item->named = sl_row_bool(rows, i, "named");
	item->seen = sl_row_bool(rows, i, "seen");
	item->sender = sl_row_copy(arena, rows, i, "sender");
	return item;
}

static void
read_answers(struct sl_match *m, const struct sl_rows *rows)
{
	struct sl_arena *arena = m->w->arena;
	struct sl_match_item *item = NULL;
	size_t at = 0;

	m->answer_count = sl_rows_count(rows);
	m->answers =
		SL_NEW_ARRAY(arena, m->answer_count, struct sl_match_answer);
	for (size_t i = 0; i < m->answer_count; i++) {
		struct sl_match_answer *x = &m->answers[i];

		if (i == 0 || !sl_text_equal(sl_row_text(rows, i, "id"),
					     sl_row_text(rows, i - 1, "id")))
			item = read_item(arena, rows, i);
		x->item = item;
		x->nth = (size_t)sl_row_i64(rows, i, "nth", 1) - 1;
		x->road = (size_t)sl_row_i64(rows, i, "record", 0);
		x->how = m->asked[x->nth];
		SL_ASSERT(x->road < m->count);
	}
	if (m->answer_count > 1)
		qsort(m->answers, m->answer_count, sizeof(*m->answers),
		      by_road);
	for (size_t i = 0; i < m->count; i++) {
		m->roads[i].answers = m->answers + at;
		while (at < m->answer_count && m->answers[at].road == i)
			at++;
		m->roads[i].count =
			(size_t)(m->answers + at - m->roads[i].answers);
	}
}

sl_status
sl_match_find(struct sl_match *m, struct sl_error *err)
{
	struct sl_page_work *w = m->w;
	struct questions q = { .roads = sl_pg_array_new(w->arena),
			       .how = sl_pg_array_new(w->arena),
			       .kinds = sl_pg_array_new(w->arena),
			       .values = sl_pg_array_new(w->arena),
			       .moments = sl_pg_array_new(w->arena) };
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	size_t n = 0;
	sl_status status;

	for (size_t i = 0; i < m->count; i++)
		n += sl_match_aliases(m->roads[i].record) + QUESTIONS;
	q.asked = m->asked = SL_NEW_ARRAY(w->arena, n, enum sl_match_how);
	for (size_t i = 0; i < m->count; i++)
		ask_of(&q, i, m->roads[i].record);
	sl_params_page(&p, w);
	sl_params_text(&p, sl_pg_array_done(q.roads));
	sl_params_text(&p, sl_pg_array_done(q.how));
	sl_params_text(&p, sl_pg_array_done(q.kinds));
	sl_params_text(&p, sl_pg_array_done(q.values));
	sl_params_text(&p, sl_pg_array_done(q.moments));
	sl_params_text(&p, w->walking ? w->commit->stream->id : NULL);
	sl_params_i64(&p, w->generation);
	status = sl_pg_query(w->pg, sl_sql_match_find, &p, &rows, err);
	if (status == SL_OK)
		read_answers(m, rows);
	return status;
}
