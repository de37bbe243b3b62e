/* SPDX-License-Identifier: Apache-2.0 */
#include "state/page_compare.h"

#include <string.h>

#include "core/base/text.h"

#include "sql.h"

static void
list_artifacts(struct sl_page_work *w)
{
	size_t at = 0;

	w->artifacts = SL_NEW_ARRAY(w->arena, w->page->artifacts.count,
				    const struct sl_artifact *);
	for (const struct sl_artifact *a = w->page->artifacts.first; a != NULL;
	     a = a->next)
		w->artifacts[at++] = a;
}

void
sl_page_work_read(struct sl_page_work *w, struct sl_pg *pg,
		  const struct sl_commit *c, struct sl_arena *arena)
{
	bool careful = w->careful;

	*w = (struct sl_page_work){
		.pg = pg,
		.commit = c,
		.page = c->page,
		.arena = arena,
		.careful = careful,
		.walking =
			c->starts_walk || c->stream->state == SL_STREAM_WALKING,
		.wanted = c->starts_walk ? NULL : c->stream->pending,
		.generation = c->stream->generation + (c->starts_walk ? 1 : 0),
	};
	list_artifacts(w);
}

sl_status
sl_page_work_roads(struct sl_page_work *w, struct sl_error *err)
{
	sl_status status = sl_page_look_roads(w, err);

	if (status == SL_OK)
		list_artifacts(w);
	return status;
}

static void
read_row(struct sl_arena *arena, const struct sl_rows *rows, size_t i,
	 struct sl_compared *out)
{
	bool same = sl_row_bool(rows, i, "same_content");
	bool same_rest = sl_row_bool(rows, i, "same_rest");
	const char *changed = sl_row_copy(arena, rows, i, "changed");

	out->id = sl_row_copy(arena, rows, i, "id");
	out->was_deleted = sl_row_bool(rows, i, "was_deleted");
	out->same = same;
	out->written = out->id == NULL || (!(same && same_rest) &&
					   sl_row_bool(rows, i, "is_newer"));
	out->stored_version = sl_row_i64(rows, i, "stored_version", 0);
	out->ledger = sl_row_copy(arena, rows, i, "ledger");
	out->changed = changed == NULL ? "" : changed;
	if (out->id == NULL || same || *out->changed != '\0')
		return;
	/* The hash tells more than the columns that are compared here. */
	out->changed = sl_row_bool(rows, i, "other_mapping") ? "map_version"
							     : "content_hash";
}

/* Add "participants" where the stored list differs. */
static sl_status
compare_people(struct sl_page_work *w, struct sl_arena *scratch,
	       struct sl_compared *list, size_t count, struct sl_error *err)
{
	struct sl_written *stored =
		SL_NEW_ARRAY(scratch, count, struct sl_written);
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	size_t n = 0;
	sl_status status;

	for (size_t i = 0; i < count; i++) {
		const struct sl_artifact *a = list[i].artifact;

		/* Incomplete lists are merged, a tombstone keeps its own. */
		if (list[i].id != NULL && !a->deleted &&
		    !a->participants_incomplete)
			stored[n++] = (struct sl_written){ .artifact = a,
							   .id = list[i].id,
							   .people = true };
	}
	if (n == 0 || !sl_params_participants(&p, w, scratch, stored, n))
		return SL_OK;
	status = sl_pg_query(w->pg, sl_sql_page_compare_people, &p, &rows, err);
	for (size_t r = 0; status == SL_OK && r < sl_rows_count(rows); r++) {
		const char *id = sl_row_text(rows, r, "id");

		for (size_t i = 0; i < count; i++) {
			struct sl_compared *c = &list[i];

			if (!sl_text_equal(c->id, id))
				continue;
			if (*c->changed == '\0' ||
			    strcmp(c->changed, "content_hash") == 0)
				c->changed = "participants";
			else
				c->changed = sl_arena_printf(w->arena,
							     "%s, participants",
							     c->changed);
		}
	}
	return status;
}

static sl_status
compare_range(struct sl_page_work *w, struct sl_compared *out, size_t from,
	      size_t count, struct sl_error *err)
{
	SL_AUTO_ARENA scratch = sl_arena_new();
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_params_artifacts(&p, w, scratch, w->artifacts + from, count);
	status = sl_pg_query(w->pg, sl_sql_page_compare, &p, &rows, err);
	if (status != SL_OK)
		return status;
	SL_ASSERT(sl_rows_count(rows) == count);
	for (size_t i = 0; i < count; i++) {
		out[from + i].artifact = w->artifacts[from + i];
		read_row(w->arena, rows, i, &out[from + i]);
	}
	return compare_people(w, scratch, out + from, count, err);
}

/* The same under a savepoint; a refused range is halved. */
static sl_status
compare_careful(struct sl_page_work *w, struct sl_compared *out, size_t from,
		size_t count, struct sl_error *err)
{
	struct sl_error refusal;
	sl_status status = sl_pg_savepoint(w->pg, err);

	if (status == SL_OK)
		status = compare_range(w, out, from, count, err);
	if (status == SL_OK)
		return sl_pg_savepoint_release(w->pg, err);
	if (status != SL_REJECTED)
		return status;
	refusal = *err;
	status = sl_pg_savepoint_rollback(w->pg, err);
	if (status != SL_OK)
		return status;
	if (count == 1) {
		out[from] = (struct sl_compared){
			.artifact = w->artifacts[from],
			.changed = "",
			.refused = sl_arena_strdup(w->arena, refusal.text),
		};
		return SL_OK;
	}
	status = compare_careful(w, out, from, count / 2, err);
	if (status != SL_OK)
		return status;
	return compare_careful(w, out, from + count / 2, count - count / 2,
			       err);
}

sl_status
sl_page_compare(struct sl_page_work *w, struct sl_compared **out,
		struct sl_error *err)
{
	size_t count = w->page->artifacts.count;

	*out = SL_NEW_ARRAY(w->arena, count, struct sl_compared);
	if (count == 0)
		return SL_OK;
	if (w->careful)
		return compare_careful(w, *out, 0, count, err);
	return compare_range(w, *out, 0, count, err);
}

sl_status
sl_page_known_refs(struct sl_page_work *w, const struct sl_known_by *by,
		   struct sl_known_ref *out, struct sl_error *err)
{
	struct sl_pg_array *ids = sl_pg_array_new(w->arena);
	struct sl_pg_array *versions = sl_pg_array_new(w->arena);
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	if (w->page->refs.first == NULL)
		return SL_OK;
	for (const struct sl_ref *r = w->page->refs.first; r != NULL;
	     r = r->next) {
		sl_pg_array_text(ids, r->source_id);
		sl_pg_array_text(versions, r->version);
	}
	sl_params_page(&p, w);
	sl_params_i64(&p, w->commit->map_version);
	sl_params_text(&p, sl_pg_array_done(ids));
	sl_params_text(&p, sl_pg_array_done(versions));
	sl_params_time(&p, by->too_new_us);
	sl_params_bool(&p, by->filtered);
	sl_params_text(&p, by->erasure == NULL ? NULL : by->erasure->version);
	sl_params_text(&p,
		       by->erasure == NULL
			       ? "{}"
			       : sl_erase_texts(w->arena, by->erasure->richer));
	status = sl_pg_query(w->pg, sl_sql_page_refs, &p, &rows, err);
	for (size_t i = 0; status == SL_OK && i < sl_rows_count(rows); i++) {
		size_t ord = (size_t)sl_row_i64(rows, i, "ord", 0) - 1;

		SL_ASSERT(ord < w->page->refs.count);
		out[ord].known =
			out[ord].known || sl_row_bool(rows, i, "known");
		if (!sl_row_bool(rows, i, "is_stored")) {
			out[ord].quarantined = sl_text_equal(
				sl_row_text(rows, i, "ledger"), "quarantined");
			continue;
		}
		out[ord].stored = true;
		out[ord].was_deleted = sl_row_bool(rows, i, "was_deleted");
		out[ord].title = sl_row_copy(w->arena, rows, i, "title");
		out[ord].occurred_us = sl_row_time(rows, i, "occurred_at");
	}
	return status;
}
