/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is stored, judged again: what decides about it is the rule of the
 * account and the user's own addresses and handles, and either may change after
 * it was stored. The evidence is there, so no provider is asked.
 *
 * sluice.people_judged holds by what an account's people were judged, as a
 * hash. When that is no longer what it would be now, all of it is judged again
 * in chunks of one transaction each, in the order of a key; how far it got is
 * in the row, so that whoever comes after a crash goes on there, and who finds
 * yet another rule begins anew. What arrives meanwhile is judged by its own
 * page. Another account's page takes the hash away when it made contacts that
 * decide about events here (people_unsettle), so the row is only moved on by
 * who has read it under the user's lock.
 */
#include <stdio.h>

#include "core/base/clock.h"

#include "sql.h"
#include "state/store_page.h"

/** Artifacts of one chunk. */
#define CHUNK_MAX 500

const char *
sl_people_rule_text(struct sl_arena *arena, const struct sl_people_options *o)
{
	return sl_arena_printf(
		arena, "%s\n%d\n%s\n", sl_people_rule_name(o->rule),
		o->max_participants, o->block == NULL ? "" : o->block);
}

static sl_status
load_basis(struct sl_page_work *w, struct sl_rows **rows, struct sl_error *err)
{
	struct sl_params p;

	sl_params_lease(&p, w->arena, w->commit->lease);
	sl_params_text(&p, sl_people_rule_text(w->arena, &w->commit->people));
	return sl_pg_query(w->pg, sl_sql_people_basis, &p, rows, err);
}

static sl_status
keep(struct sl_page_work *w, const struct sl_people_chunk *chunk, bool first,
     struct sl_error *err)
{
	struct sl_params p;

	sl_params_lease(&p, w->arena, w->commit->lease);
	sl_params_text(&p, chunk->basis);
	sl_params_text(&p, chunk->more ? chunk->after_key : NULL);
	sl_params_text(&p, chunk->more ? chunk->after_id : NULL);
	sl_params_bool(&p, first);
	return sl_pg_query(w->pg, sl_sql_people_judged, &p, NULL, err);
}

static void
take_text(char *out, size_t size, const struct sl_rows *rows, size_t row,
	  const char *column)
{
	const char *text = sl_row_text(rows, row, column);

	(void)snprintf(out, size, "%s", text == NULL ? "" : text);
}

static void
take_end(struct sl_people_chunk *chunk, const struct sl_rows *rows, size_t row,
	 const char *key, const char *id)
{
	take_text(chunk->after_key, sizeof(chunk->after_key), rows, row, key);
	take_text(chunk->after_id, sizeof(chunk->after_id), rows, row, id);
}

sl_status
sl_people_begin(struct sl_page_work *w, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_people_chunk all = { .more = false };
	sl_status status = load_basis(w, &rows, err);

	if (status != SL_OK || sl_row_bool(rows, 0, "known"))
		return status;
	take_text(all.basis, sizeof(all.basis), rows, 0, "basis");
	return keep(w, &all, true, err);
}

/* Where to go on; due is false when there is nothing to be done. */
static sl_status
find_start(struct sl_page_work *w, struct sl_people_chunk *chunk,
	   struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	bool same;
	sl_status status = load_basis(w, &rows, err);

	if (status != SL_OK)
		return status;
	take_text(chunk->basis, sizeof(chunk->basis), rows, 0, "basis");
	same = sl_row_bool(rows, 0, "same");
	chunk->due = sl_row_bool(rows, 0, "known") &&
		     (!same || sl_row_text(rows, 0, "after_id") != NULL);
	if (same)
		take_end(chunk, rows, 0, "after_key", "after_id");
	return SL_OK;
}

static sl_status
load_chunk(struct sl_page_work *w, struct sl_people_chunk *chunk,
	   struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	size_t rows_count;
	sl_status status;

	sl_params_lease(&p, w->arena, w->commit->lease);
	sl_params_text(&p, chunk->after_key);
	sl_params_text(&p, chunk->after_id);
	sl_params_i64(&p, CHUNK_MAX);
	status = sl_pg_query(w->pg, sl_sql_people_chunk, &p, &rows, err);
	if (status != SL_OK)
		return status;
	rows_count = sl_rows_count(rows);
	for (size_t i = 0; i < rows_count; i++) {
		bool mail = sl_row_bool(rows, i, "is_mail");
		bool tie = sl_row_bool(rows, i, "is_tie");

		sl_pg_array_text(mail  ? chunk->mail
				 : tie ? chunk->ties
				       : chunk->meetings,
				 sl_row_text(rows, i, "id"));
		chunk->mail_count += mail;
		chunk->tie_count += tie;
		chunk->meeting_count += !mail && !tie;
	}
	chunk->more = rows_count == CHUNK_MAX;
	if (chunk->more)
		take_end(chunk, rows, CHUNK_MAX - 1, "stream_key", "source_id");
	return SL_OK;
}

sl_status
sl_people_next_chunk(struct sl_page_work *w, struct sl_people_chunk *chunk,
		     struct sl_error *err)
{
	sl_status status = SL_OK;

	if (chunk->basis[0] == '\0')
		status = find_start(w, chunk, err);
	else
		chunk->due = chunk->more;
	chunk->mail = sl_pg_array_new(w->arena);
	chunk->meetings = sl_pg_array_new(w->arena);
	chunk->ties = sl_pg_array_new(w->arena);
	chunk->mail_count = chunk->meeting_count = chunk->tie_count = 0;
	chunk->more = false;
	if (status != SL_OK || !chunk->due ||
	    w->commit->people.rule == SL_PEOPLE_NONE) /* makes nobody one */
		return status;
	return load_chunk(w, chunk, err);
}

static sl_status
judge_chunk(struct sl_page_work *w, const struct sl_people_chunk *chunk,
	    struct sl_error *err)
{
	struct sl_evidence_query query = {
		.of = SL_OF_MAIL,
		.user_id = w->commit->lease->user_id,
		.artifact_ids = chunk->mail,
		.from_us = SL_NO_TIME,
		.now_us = w->commit->now_us,
		.options = &w->commit->people,
	};
	sl_status status = SL_OK;

	if (chunk->mail_count > 0)
		status = sl_people_judge_mail(w, &query, err);
	query.of = SL_OF_MEETINGS;
	query.artifact_ids = chunk->meetings;
	if (status == SL_OK && chunk->meeting_count > 0)
		status = sl_people_judge_meetings(w, &query, err);
	query.of = SL_OF_TIES;
	query.artifact_ids = chunk->ties;
	if (status == SL_OK && chunk->tie_count > 0)
		status = sl_people_judge_ties(w, &query, err);
	return status;
}

sl_status
sl_people_again(struct sl_page_work *w, bool *more, struct sl_error *err)
{
	struct sl_people_chunk chunk = { .due = false };
	sl_status status = find_start(w, &chunk, err);

	if (status != SL_OK || !chunk.due)
		return status;
	status = sl_people_lock(w, err);
	chunk = (struct sl_people_chunk){ .due = false };
	if (status == SL_OK)
		status = sl_people_next_chunk(w, &chunk, err);
	if (status != SL_OK || !chunk.due)
		return status;
	status = judge_chunk(w, &chunk, err);
	if (status == SL_OK)
		status = keep(w, &chunk, false, err);
	*more = status == SL_OK && chunk.more;
	return status;
}
