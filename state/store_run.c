/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run's lease kept and given back, and how it ended.
 */
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "sql.h"
#include "state/store_private.h"

struct beat_work {
	const struct sl_lease *lease;
};

static sl_status
beat_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	const struct beat_work *w = ctx;
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;
	int64_t hit = 0;
	sl_status status;

	sl_params_lease(&p, arena, w->lease);
	sl_params_i64(&p, w->lease->fence);
	sl_params_text(&p, w->lease->run_id);
	sl_params_i64(&p, SL_LEASE_US);
	status = sl_pg_touch(s->pg, sl_sql_run_heartbeat, &p, &hit, err);
	if (status == SL_OK && hit == 0)
		return sl_lease_lost(err);
	return status;
}

sl_status
sl_store_heartbeat(struct sl_store *store, const struct sl_lease *lease,
		   struct sl_error *err)
{
	struct beat_work w = { .lease = lease };

	return sl_txn_run(sl_pg_store_of(store), lease->user_id, beat_work, &w,
			  err);
}

struct end_work {
	const struct sl_run_end *end;
	struct sl_arena *arena;
};

bool
sl_end_found_nothing(const struct sl_run_end *end)
{
	return !end->changed && end->error == NULL && end->detail == NULL &&
	       !sl_tally_changes(end->add) && strcmp(end->status, "ok") == 0;
}

/* A run that found nothing, after one that found nothing: one row. */
static sl_status
fold(struct sl_pg *pg, const struct end_work *w, bool *folded,
     struct sl_error *err)
{
	const struct sl_run_end *end = w->end;
	const struct sl_tally *t = end->add;
	struct sl_params p;
	int64_t hit = 0;
	sl_status status;

	*folded = false;
	if (!sl_end_found_nothing(end))
		return SL_OK;
	sl_params_lease(&p, w->arena, end->lease);
	sl_params_text(&p, end->lease->run_id);
	sl_params_text(&p, end->trigger);
	sl_params_text(&p, end->mode);
	sl_params_time(&p, end->started_us);
	sl_params_time(&p, end->finished_us);
	sl_params_i64(&p, t->requests);
	sl_params_i64(&p, t->retries);
	sl_params_i64(&p, t->bytes);
	sl_params_i64(&p, t->fetched);
	sl_params_i64(&p, t->unchanged);
	sl_params_i64(&p, t->pages);
	status = sl_pg_touch(pg, sl_sql_run_fold, &p, &hit, err);
	*folded = hit > 0;
	return status;
}

static sl_status
write_log(struct sl_pg *pg, const struct end_work *w, struct sl_error *err)
{
	const struct sl_run_end *end = w->end;
	const struct sl_log_entry entry = {
		.lease = end->lease,
		.trigger = end->trigger,
		.mode = end->mode,
		.status = end->status,
		.started_us = end->started_us,
		.finished_us = end->finished_us,
		.error = end->error,
		.detail = end->detail,
		.add = end->add,
	};
	bool folded;
	sl_status status = fold(pg, w, &folded, err);

	if (status != SL_OK || folded)
		return status;
	return sl_log_book(pg, w->arena, &entry, err);
}

static sl_status
release(struct sl_pg *pg, const struct end_work *w, struct sl_error *err)
{
	const struct sl_run_end *end = w->end;
	struct sl_params p;

	sl_params_lease(&p, w->arena, end->lease);
	sl_params_time(&p, end->next_run_us);
	sl_params_bool(&p, end->resync_done);
	sl_params_bool(&p, strcmp(end->status, "failed") == 0);
	sl_params_time(&p, end->not_before_us);
	sl_params_i64(&p, end->bucket_units);
	sl_params_time(&p, end->bucket_at_us);
	sl_params_bool(&p, end->aside);
	sl_params_time(&p, end->backfill_us);
	sl_params_bool(&p, end->left_walks);
	return sl_pg_query(pg, sl_sql_run_release, &p, NULL, err);
}

/* Told once: an account that stays as it is has no new verdict. */
static sl_status
tell_unopened(struct sl_pg *pg, const struct end_work *w, struct sl_error *err)
{
	struct sl_params p;

	sl_params_lease(&p, w->arena, w->end->lease);
	sl_params_text(&p, "gateway");
	sl_params_text(&p, w->end->error->text);
	return sl_pg_query(pg, sl_sql_run_unopened, &p, NULL, err);
}

static sl_status
verdict(struct sl_pg *pg, const struct end_work *w, struct sl_error *err)
{
	const struct sl_error *cause = w->end->error;
	struct sl_params p;
	int64_t hit = 0;
	sl_status status;

	sl_params_lease(&p, w->arena, w->end->lease);
	sl_params_text(&p, w->end->integration_status);
	sl_params_text(&p,
		       cause == NULL ? NULL : sl_status_name(cause->status));
	sl_params_text(&p, cause == NULL ? NULL : sl_scope_name(cause->scope));
	sl_params_text(&p, cause == NULL ? NULL : cause->text);
	status = sl_pg_touch(pg, sl_sql_run_verdict, &p, &hit, err);
	if (status == SL_OK && hit > 0 && cause != NULL && cause->unopened)
		status = tell_unopened(pg, w, err);
	return status;
}

static sl_status
end_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct end_work *w = ctx;
	const struct sl_lease *lease = w->end->lease;
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	const char *run_id;
	sl_status status;

	sl_params_lease(&p, w->arena, lease);
	sl_params_i64(&p, lease->fence);
	status = sl_pg_query(s->pg, sl_sql_run_hold, &p, &rows, err);
	if (status != SL_OK)
		return status;
	if (sl_rows_count(rows) == 0)
		return sl_lease_lost(err);
	run_id = sl_row_text(rows, 0, "run_id");
	if (run_id == NULL)
		return SL_OK; /* finished before; only the answer was lost */
	if (!sl_text_equal(run_id, lease->run_id))
		return sl_lease_lost(err);
	status = write_log(s->pg, w, err);
	if (status == SL_OK)
		status = release(s->pg, w, err);
	if (status != SL_OK || w->end->aside)
		return status;
	return verdict(s->pg, w, err);
}

sl_status
sl_end_write(struct sl_pg_store *s, const struct sl_run_end *end,
	     struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct end_work w = { .end = end, .arena = arena };

	return sl_txn_run(s, end->lease->user_id, end_work, &w, err);
}

struct unlease_work {
	const struct sl_lease *lease;
};

static sl_status
unlease_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	const struct unlease_work *w = ctx;
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;

	sl_params_lease(&p, arena, w->lease);
	sl_params_i64(&p, w->lease->fence);
	sl_params_text(&p, w->lease->run_id);
	return sl_pg_query(s->pg, sl_sql_run_unlease, &p, NULL, err);
}

sl_status
sl_store_unlease(struct sl_store *store, const struct sl_lease *lease,
		 enum sl_lane lane, struct sl_error *err)
{
	struct unlease_work w = { .lease = lease };

	(void)lane; /* its due time never moved */
	return sl_txn_run(sl_pg_store_of(store), lease->user_id, unlease_work,
			  &w, err);
}

struct fail_work {
	const struct sl_lease *lease;
	const struct sl_stream_row *stream;
	const struct sl_error *cause;
	int64_t not_before_us;
};

static sl_status
fail_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	const struct fail_work *w = ctx;
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_params p;
	int64_t hit = 0;
	sl_status status;

	sl_params_lease(&p, arena, w->lease);
	sl_params_i64(&p, w->lease->fence);
	sl_params_text(&p, w->stream->id);
	sl_params_text(&p, sl_status_name(w->cause->status));
	sl_params_text(&p, sl_scope_name(w->cause->scope));
	sl_params_text(&p, w->cause->text);
	sl_params_time(&p, w->not_before_us);
	status = sl_pg_touch(s->pg, sl_sql_stream_fail, &p, &hit, err);
	if (status == SL_OK && hit == 0)
		return sl_lease_lost(err);
	return status;
}

sl_status
sl_store_fail_stream(struct sl_store *store, const struct sl_lease *lease,
		     const struct sl_stream_row *stream,
		     const struct sl_error *cause, int64_t not_before_us,
		     struct sl_error *err)
{
	struct fail_work w = { .lease = lease,
			       .stream = stream,
			       .cause = cause,
			       .not_before_us = not_before_us };

	return sl_txn_run(sl_pg_store_of(store), lease->user_id, fail_work, &w,
			  err);
}
