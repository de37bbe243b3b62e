/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams of another kind that hold the same items: one follows a mailbox, one
 * lists it. Either may have asked for an item when the other learns that it
 * has changed; whoever stores last must not undo what is newer.
 *
 * So the streams of a key are locked behind the fence and before anything
 * else, in the order of their ids, and two pages of one key go one after the
 * other. What a stream wants is what the database says then, not what it was
 * told with its page before:
 *
 * - A tombstone takes the id from what a sibling wants. So do a patch, and a
 *   new ref of a stream that follows; but they want it themselves then: read
 *   again, the item is as it is now.
 * - What was asked for and is no longer wanted leaves the page: the answer is
 *   older than whatever took it.
 * - What came along unasked (others of a thread) leaves it when a sibling
 *   wants it, or learned of it before it was here (sluice.overtaken).
 * - What a page shows to exist is not swept after a sibling's walk.
 */
#include <stdlib.h>
#include <string.h>

#include "sql.h"
#include "state/store_page.h"

struct sl_sibling {
	char id[SL_UUID_TEXT];
	int generation;
	bool counts, busy;
	const struct sl_ref *pending;
	struct sl_ids wants;
};

/* --- sets of ids ----------------------------------------------------------- */

static int
by_text(const void *a, const void *b)
{
	const char *const *x = a;
	const char *const *y = b;

	return strcmp(*x, *y);
}

void
sl_ids_sort(struct sl_ids *ids)
{
	if (ids->count > 1)
		qsort(ids->list, ids->count, sizeof(*ids->list), by_text);
}

bool
sl_ids_has(const struct sl_ids *ids, const char *id)
{
	return ids->count > 0 && bsearch(&id, ids->list, ids->count,
					 sizeof(*ids->list), by_text) != NULL;
}

struct sl_ids
sl_ids_of_refs(struct sl_arena *arena, const struct sl_ref *refs)
{
	struct sl_ids ids = { .count = 0 };

	for (const struct sl_ref *r = refs; r != NULL; r = r->next)
		ids.count++;
	ids.list = SL_NEW_ARRAY(arena, ids.count, const char *);
	ids.count = 0;
	for (const struct sl_ref *r = refs; r != NULL; r = r->next)
		ids.list[ids.count++] = r->source_id;
	sl_ids_sort(&ids);
	return ids;
}

struct sl_ids
sl_ids_of_list(struct sl_arena *arena, const char *const *list)
{
	struct sl_ids ids = { .count = 0 };

	while (list != NULL && list[ids.count] != NULL)
		ids.count++;
	ids.list = SL_NEW_ARRAY(arena, ids.count, const char *);
	if (ids.count > 0)
		memcpy(ids.list, list, ids.count * sizeof(*list));
	sl_ids_sort(&ids);
	return ids;
}

/* --- what the others want --------------------------------------------------- */

static bool
others_want(const struct sl_page_work *w, const char *id)
{
	for (size_t i = 0; i < w->sibling_count; i++)
		if (sl_ids_has(&w->siblings[i].wants, id))
			return true;
	return false;
}

bool
sl_page_others_busy(const struct sl_page_work *w)
{
	for (size_t i = 0; i < w->sibling_count; i++)
		if (w->siblings[i].busy)
			return true;
	return false;
}

static sl_status
load(struct sl_page_work *w, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_params_page(&p, w);
	status = sl_pg_query(w->pg, sl_sql_siblings_lock, &p, &rows, err);
	if (status != SL_OK)
		return status;
	w->siblings =
		SL_NEW_ARRAY(w->arena, sl_rows_count(rows), struct sl_sibling);
	for (size_t i = 0; status == SL_OK && i < sl_rows_count(rows); i++) {
		struct sl_sibling *s = &w->siblings[w->sibling_count];
		struct sl_ref *pending;

		sl_row_uuid(s->id, rows, i, "id");
		status =
			sl_refs_parse(w->arena, sl_row_text(rows, i, "pending"),
				      &pending, err);
		if (status != SL_OK)
			return status;
		if (strcmp(s->id, w->commit->stream->id) == 0) {
			w->wanted = pending;
			continue;
		}
		s->generation = (int)sl_row_i64(rows, i, "generation", 0);
		s->counts = sl_row_bool(rows, i, "counts");
		s->busy = sl_row_bool(rows, i, "busy");
		s->pending = pending;
		s->wants = sl_ids_of_refs(w->arena, pending);
		w->sibling_count++;
	}
	return status;
}

/* --- what is too old --------------------------------------------------------- */

struct sieve {
	struct sl_page_work *w;
	struct sl_ids answered, wanted;
	struct sl_ids overtaken; /* that came along unasked */
};

static bool
is_asked(const struct sieve *v, const char *id)
{
	return sl_ids_has(&v->answered, id);
}

/* An answer to what is no longer asked. */
static bool
is_late(const struct sieve *v, const char *id)
{
	return id != NULL && is_asked(v, id) && !sl_ids_has(&v->wanted, id);
}

static bool
is_overtaken(const struct sieve *v, const char *id)
{
	if (is_asked(v, id))
		return is_late(v, id);
	return (!v->w->commit->follows && others_want(v->w, id)) ||
	       sl_ids_has(&v->overtaken, id);
}

/* Which of what came along unasked did another stream know better? */
static sl_status
ask_overtaken(struct sieve *v, struct sl_error *err)
{
	struct sl_page_work *w = v->w;
	struct sl_pg_array *ids = sl_pg_array_new(w->arena);
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	bool any = false;
	sl_status status;

	for (const struct sl_artifact *a = w->page->artifacts.first; a != NULL;
	     a = a->next) {
		if (is_asked(v, a->source_id))
			continue;
		sl_pg_array_text(ids, a->source_id);
		any = true;
	}
	if (!any)
		return SL_OK;
	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->commit->lease->user_id);
	sl_params_text(&p, w->commit->stream->id);
	sl_params_text(&p, sl_pg_array_done(ids));
	status = sl_pg_query(w->pg, sl_sql_siblings_overtaken, &p, &rows, err);
	if (status != SL_OK)
		return status;
	v->overtaken.count = sl_rows_count(rows);
	v->overtaken.list =
		SL_NEW_ARRAY(w->arena, v->overtaken.count, const char *);
	for (size_t i = 0; i < v->overtaken.count; i++)
		v->overtaken.list[i] =
			sl_row_copy(w->arena, rows, i, "source_id");
	sl_ids_sort(&v->overtaken);
	return SL_OK;
}

/* Rebuild a list of `page` without the items that `drops`; nodes are copied:
 *  the caller's page stays as it is. */
#define SIEVE(list, drops)                                                     \
	do {                                                                   \
		page->list.first = NULL;                                       \
		page->list.tail = &page->list.first;                           \
		page->list.count = 0;                                          \
		for (const __typeof__(*page->list.first) *x =                  \
			     v->w->commit->page->list.first;                   \
		     x != NULL; x = x->next) {                                 \
			__typeof__(page->list.first) kept;                     \
                                                                               \
			if (drops(v, x->source_id)) {                          \
				v->w->counts.unchanged++;                      \
				continue;                                      \
			}                                                      \
			kept = SL_NEW(v->w->arena, __typeof__(*kept));         \
			*kept = *x;                                            \
			kept->next = NULL;                                     \
			*page->list.tail = kept;                               \
			page->list.tail = &kept->next;                         \
			page->list.count++;                                    \
		}                                                              \
	} while (0)

static void
sieve_artifacts(struct sieve *v, struct sl_page *page)
{
	SIEVE(artifacts, is_overtaken);
}

static void
sieve_gone(struct sieve *v, struct sl_page *page)
{
	SIEVE(tombstones, is_late);
	SIEVE(refs, is_late);
}

static void
sieve_left_out(struct sieve *v, struct sl_page *page)
{
	SIEVE(filtered, is_late);
	SIEVE(rejected, is_late);
}

static bool
is_any_too_old(const struct sieve *v)
{
	for (size_t i = 0; i < v->answered.count; i++)
		if (!sl_ids_has(&v->wanted, v->answered.list[i]))
			return true;
	for (const struct sl_artifact *a = v->w->page->artifacts.first;
	     a != NULL; a = a->next)
		if (is_overtaken(v, a->source_id))
			return true;
	return false;
}

static sl_status
leave_out_old(struct sl_page_work *w, struct sl_error *err)
{
	struct sieve v = { .w = w };
	struct sl_page *page;
	sl_status status;

	v.answered = sl_ids_of_list(w->arena, w->commit->answered);
	if (v.answered.count == 0)
		return SL_OK;
	v.wanted = sl_ids_of_refs(w->arena, w->wanted);
	status = ask_overtaken(&v, err);
	if (status != SL_OK || !is_any_too_old(&v))
		return status;
	page = SL_NEW(w->arena, struct sl_page);
	*page = *w->commit->page;
	sieve_artifacts(&v, page);
	sieve_gone(&v, page);
	sieve_left_out(&v, page);
	w->page = page;
	return SL_OK;
}

sl_status
sl_page_meet_siblings(struct sl_page_work *w, struct sl_error *err)
{
	sl_status status;

	if (!w->commit->shares_key)
		return SL_OK;
	status = load(w, err);
	if (status == SL_OK)
		status = leave_out_old(w, err);
	if (w->commit->starts_walk)
		w->wanted = NULL;
	return status;
}

void
sl_page_skip_wanted(struct sl_page_work *w, bool *known)
{
	size_t at = 0;

	if (w->sibling_count == 0 || w->commit->follows)
		return;
	for (const struct sl_ref *r = w->page->refs.first; r != NULL;
	     r = r->next, at++) {
		if (known[at] || !others_want(w, r->source_id))
			continue;
		known[at] = true;
		w->counts.unchanged++;
	}
}

/* --- what this page takes ---------------------------------------------------- */

static struct sl_ids
ids_to_take(const struct sl_page_work *w, const bool *known)
{
	const struct sl_page *page = w->page;
	struct sl_ids ids = { .count = 0 };
	size_t at = 0;

	ids.list =
		SL_NEW_ARRAY(w->arena,
			     page->tombstones.count + page->patches.count +
				     page->refs.count + page->artifacts.count,
			     const char *);
	for (const struct sl_tombstone *t = page->tombstones.first; t != NULL;
	     t = t->next)
		ids.list[ids.count++] = t->source_id;
	for (const struct sl_patch *x = page->patches.first; x != NULL;
	     x = x->next)
		ids.list[ids.count++] = x->source_id;
	if (w->commit->follows) {
		for (const struct sl_ref *r = page->refs.first; r != NULL;
		     r = r->next)
			if (!known[at++])
				ids.list[ids.count++] = r->source_id;
		for (const struct sl_artifact *a = page->artifacts.first;
		     a != NULL; a = a->next)
			ids.list[ids.count++] = a->source_id;
	}
	sl_ids_sort(&ids);
	return ids;
}

static bool
is_patched(const struct sl_page *page, const char *id)
{
	for (const struct sl_patch *x = page->patches.first; x != NULL;
	     x = x->next)
		if (strcmp(x->source_id, id) == 0)
			return true;
	return false;
}

static sl_status
write_pending(struct sl_page_work *w, const struct sl_sibling *s,
	      const struct sl_ref *pending, struct sl_error *err)
{
	struct sl_params p;

	sl_params_init(&p, w->arena);
	sl_params_text(&p, w->commit->lease->user_id);
	sl_params_text(&p, s->id);
	sl_params_text(&p, sl_refs_json(w->arena, pending));
	return sl_pg_query(w->pg, sl_sql_siblings_pending, &p, NULL, err);
}

/* What a sibling wanted and this page took; what was patched goes to `mine`. */
static sl_status
take(struct sl_page_work *w, const struct sl_sibling *s,
     const struct sl_ids *taken, struct sl_ref ***mine, struct sl_error *err)
{
	struct sl_ref *left = NULL, **tail = &left;
	bool any = false;

	for (const struct sl_ref *r = s->pending; r != NULL; r = r->next) {
		if (!sl_ids_has(taken, r->source_id)) {
			tail = sl_refs_append(w->arena, tail, r);
			continue;
		}
		any = true;
		if (is_patched(w->page, r->source_id))
			*mine = sl_refs_append(w->arena, *mine, r);
	}
	return any ? write_pending(w, s, left, err) : SL_OK;
}

sl_status
sl_page_take(struct sl_page_work *w, const bool *known,
	     const struct sl_ref **mine, struct sl_error *err)
{
	struct sl_ref *first = NULL, **tail = &first;
	struct sl_ids taken;
	sl_status status = SL_OK;

	*mine = NULL;
	if (w->sibling_count == 0)
		return SL_OK;
	taken = ids_to_take(w, known);
	for (size_t i = 0;
	     taken.count > 0 && status == SL_OK && i < w->sibling_count; i++)
		status = take(w, &w->siblings[i], &taken, &tail, err);
	*mine = first;
	return status;
}

/* --- what the others must know ------------------------------------------------ */

static sl_status
overtake(struct sl_page_work *w, struct sl_error *err)
{
	struct sl_pg_array *streams = sl_pg_array_new(w->arena);
	struct sl_pg_array *ids = sl_pg_array_new(w->arena);
	struct sl_params p;
	bool any = false;

	for (size_t i = 0; i < w->sibling_count; i++) {
		if (!w->siblings[i].busy)
			continue;
		sl_pg_array_text(streams, w->siblings[i].id);
		any = true;
	}
	if (!any || (w->page->tombstones.first == NULL &&
		     w->page->patches.first == NULL))
		return SL_OK;
	for (const struct sl_tombstone *t = w->page->tombstones.first;
	     t != NULL; t = t->next)
		sl_pg_array_text(ids, t->source_id);
	for (const struct sl_patch *x = w->page->patches.first; x != NULL;
	     x = x->next)
		sl_pg_array_text(ids, x->source_id);
	sl_params_page(&p, w);
	sl_params_text(&p, sl_pg_array_done(streams));
	sl_params_text(&p, sl_pg_array_done(ids));
	return sl_pg_query(w->pg, sl_sql_siblings_overtake, &p, NULL, err);
}

static sl_status
forget(struct sl_page_work *w, struct sl_error *err)
{
	const struct sl_commit *c = w->commit;
	bool goes_on = w->walking && !c->walk_done;
	bool answers = c->answered != NULL && c->answered[0] != NULL;
	struct sl_params p;

	/* what it asked for before, its row still shows */
	if (goes_on || w->pending != NULL || (!answers && !c->walk_done))
		return SL_OK;
	sl_params_init(&p, w->arena);
	sl_params_text(&p, c->lease->user_id);
	sl_params_text(&p, c->stream->id);
	return sl_pg_query(w->pg, sl_sql_siblings_forget, &p, NULL, err);
}

sl_status
sl_page_tell_siblings(struct sl_page_work *w, struct sl_error *err)
{
	sl_status status = SL_OK;

	if (!w->commit->shares_key)
		return SL_OK;
	for (size_t i = 0; status == SL_OK && i < w->sibling_count; i++)
		if (w->siblings[i].counts)
			status = sl_page_book_seen(w, w->siblings[i].id,
						   w->siblings[i].generation,
						   err);
	if (status == SL_OK)
		status = overtake(w, err);
	return status == SL_OK ? forget(w, err) : status;
}
