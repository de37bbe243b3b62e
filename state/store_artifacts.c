/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Artifacts of a page: one statement for all of them. When the database
 * refuses one, the page is replayed in halves under savepoints until the
 * offender is alone; that one goes to the ledger, the rest is stored.
 */
#include "core/json/json.h"

#include "sql.h"
#include "state/store_page.h"

#define COLUMNS 25

void
sl_params_page(struct sl_params *p, const struct sl_page_work *w)
{
	sl_params_lease(p, w->arena, w->commit->lease);
	sl_params_text(p, sl_items_key(w->commit));
}

const char *
sl_labels_literal(struct sl_arena *arena, const char *const *labels)
{
	struct sl_pg_array *a = sl_pg_array_new(arena);

	for (; labels != NULL && *labels != NULL; labels++)
		sl_pg_array_text(a, *labels);
	return sl_pg_array_done(a);
}

static void
add_times(struct sl_pg_array **a, const struct sl_artifact *x)
{
	sl_pg_array_time(a[6], x->occurred_us);
	sl_pg_array_time(a[7], x->ends_us);
	sl_pg_array_bool(a[8], x->all_day);
	sl_pg_array_text(a[9], x->start_date);
	sl_pg_array_text(a[10], x->end_date);
	sl_pg_array_time(a[11], x->original_start_us);
	sl_pg_array_text(a[12], x->original_start_date);
	sl_pg_array_text(a[13], x->time_zone);
	sl_pg_array_time(a[14], x->reach_us);
}

static void
add_artifact(struct sl_arena *arena, struct sl_pg_array **a,
	     const struct sl_artifact *x)
{
	sl_pg_array_text(a[0], x->source_id);
	sl_pg_array_i64(a[1], x->source_version);
	sl_pg_array_text(a[2], x->type);
	sl_pg_array_text(a[3], x->external_uid);
	sl_pg_array_text(a[4], x->thread);
	sl_pg_array_text(a[5], x->parent_id);
	add_times(a, x);
	sl_pg_array_text(a[15], x->title);
	sl_pg_array_text(a[16], x->content);
	sl_pg_array_text(a[17], x->labels == NULL || x->labels[0] == NULL
					? "{}"
					: sl_labels_literal(arena, x->labels));
	sl_pg_array_text(a[18],
			 x->metadata == NULL
				 ? "{}"
				 : sl_json_canonical(arena, x->metadata));
	sl_pg_array_bytes(a[19], x->content_hash, sizeof(x->content_hash));
	sl_pg_array_i64(a[20], (int64_t)x->participant_count);
	sl_pg_array_bool(a[21], x->participants_incomplete);
	sl_pg_array_bool(a[22], x->deleted);
	sl_pg_array_text(a[23], x->deleted_reason);
	sl_pg_array_bool(a[24], x->keep_labels);
}

void
sl_params_artifacts(struct sl_params *p, const struct sl_page_work *w,
		    struct sl_arena *scratch,
		    const struct sl_artifact *const *list, size_t count)
{
	struct sl_pg_array *a[COLUMNS];

	for (size_t i = 0; i < COLUMNS; i++)
		a[i] = sl_pg_array_new(scratch);
	for (size_t i = 0; i < count; i++)
		add_artifact(scratch, a, list[i]);
	sl_params_page(p, w);
	p->arena = scratch;
	sl_params_time(p, w->commit->now_us);
	sl_params_i64(p, w->commit->map_version);
	for (size_t i = 0; i < COLUMNS - 1; i++)
		sl_params_text(p, sl_pg_array_done(a[i]));
	sl_params_bool(p, w->walking);
	sl_params_bool(p, w->commit->etag_counts);
	sl_params_text(p, sl_pg_array_done(a[COLUMNS - 1]));
}

static void
count_written(struct sl_tally *counts, const struct sl_artifact *artifact,
	      bool created, bool was_deleted)
{
	if (artifact->deleted && !was_deleted)
		counts->deleted++;
	else if (created)
		counts->created++;
	else
		counts->updated++;
}

/* Store a range of the sorted artifacts, with their participants. */
static sl_status
put_range(struct sl_page_work *w, const struct sl_artifact *const *list,
	  size_t count, struct sl_error *err)
{
	SL_AUTO_ARENA scratch = sl_arena_new();
	SL_AUTO_ROWS rows = NULL;
	struct sl_written *written = w->written + w->written_count;
	struct sl_tally counts = w->counts;
	struct sl_params p;
	size_t hits = 0, judged = 0;
	sl_status status;

	sl_params_artifacts(&p, w, scratch, list, count);
	status = sl_pg_query(w->pg, sl_sql_artifacts_upsert, &p, &rows, err);
	if (status != SL_OK)
		return status;
	for (size_t i = 0; i < sl_rows_count(rows); i++) {
		size_t ord = (size_t)sl_row_i64(rows, i, "ord", 0) - 1;
		bool was_deleted = sl_row_bool(rows, i, "was_deleted");
		bool same = sl_row_bool(rows, i, "same_content");
		const char *id = sl_row_copy(w->arena, rows, i, "id");

		SL_ASSERT(ord < count);
		if (same && (w->walking || was_deleted))
			w->judged[w->judged_count + judged++] = id;
		if (!sl_row_bool(rows, i, "written"))
			continue;
		written[hits] = (struct sl_written){
			.artifact = list[ord],
			.id = id,
			.created = sl_row_bool(rows, i, "created"),
			.revived = was_deleted && !list[ord]->deleted,
			.people = !same,
		};
		count_written(&counts, list[ord], written[hits].created,
			      was_deleted);
		hits++;
	}
	counts.unchanged += (int64_t)(count - hits);
	status = sl_page_put_participants(w, written, hits, err);
	if (status != SL_OK)
		return status;
	w->counts = counts;
	w->written_count += hits;
	w->judged_count += judged;
	return SL_OK;
}

/* The same under a savepoint; a refused range is halved. */
static sl_status
put_careful(struct sl_page_work *w, const struct sl_artifact *const *list,
	    size_t count, struct sl_error *err)
{
	size_t half = count / 2;
	sl_status status = sl_pg_savepoint(w->pg, err);

	if (status != SL_OK)
		return status;
	status = put_range(w, list, count, err);
	if (status == SL_OK)
		return sl_pg_savepoint_release(w->pg, err);
	if (status == SL_REJECTED) {
		struct sl_error refusal = *err;

		status = sl_pg_savepoint_rollback(w->pg, err);
		if (status != SL_OK)
			return status;
		if (count == 1)
			return sl_page_quarantine(w, list[0], &refusal, err);
		status = put_careful(w, list, half, err);
		if (status == SL_OK)
			status = put_careful(w, list + half, count - half, err);
	}
	return status;
}

sl_status
sl_page_put_artifacts(struct sl_page_work *w, struct sl_error *err)
{
	size_t count = w->page->artifacts.count;

	if (count == 0)
		return SL_OK;
	if (w->careful)
		return put_careful(w, w->artifacts, count, err);
	return put_range(w, w->artifacts, count, err);
}
