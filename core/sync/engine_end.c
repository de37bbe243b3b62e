/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a run ends: its status, the log row, the lease given back.
 */
#include <string.h>

#include "core/base/text.h"

#include "core/sync/engine_private.h"

#define FINISH_ATTEMPTS 3

static const char *
final_status(const struct sl_run *run)
{
	if (run->cut > 0 && !run->fatal)
		return sl_engine_way_out(run->engine);
	if (run->fatal)
		return "failed";
	if (run->streams_failed == 0)
		return "ok";
	return run->streams_failed >= run->streams ? "failed" : "partial";
}

/* What the account's status becomes; NULL: it stays. A dead grant was booked
 * when it was found, against the tokens that were refused. */
static const char *
integration_status(const struct sl_run *run)
{
	const struct sl_error *err = &run->error;
	bool was_error = strcmp(run->account.status, "error") == 0;

	if (!run->fatal)
		return was_error && run->cut == 0 ? "connected" : NULL;
	if (err->status == SL_REAUTH &&
	    (err->scope == SL_INTEGRATION || err->http_status == 401))
		return "needs_reauth";
	if (err->status == SL_CONFIG && err->scope == SL_INTEGRATION &&
	    (was_error || strcmp(run->account.status, "connected") == 0))
		return "error";
	return NULL;
}

/* A wait that the provider asked for, kept for whoever comes next: also of one
 * that the run was in when it ended. */
static int64_t
deadline(const struct sl_run *run)
{
	int64_t now = sl_run_now_us(run);
	int64_t until = run->blocked_us + run->epoch_us;

	if (run->fatal && run->error.status == SL_RETRY &&
	    run->error.retry_after_ms > 0 &&
	    now + run->error.retry_after_ms * 1000 > until)
		until = now + run->error.retry_after_ms * 1000;
	return until > now ? until : SL_NO_TIME;
}

/* The next run goes on with what is left of the quota, wherever it is. */
static void
leave_bucket(struct sl_run *run, struct sl_run_end *end)
{
	end->bucket_at_us = SL_NO_TIME;
	if (run->pace.per_second <= 0)
		return;
	end->bucket_units = (int64_t)sl_pace_left(
		&run->pace, sl_mono_us(run->engine->config.clock));
	end->bucket_at_us = end->finished_us;
}

static void
fill_end(struct sl_run *run, const char *status, struct sl_run_end *end)
{
	bool handed_back = strcmp(status, "handed-back") == 0;

	*end = (struct sl_run_end){
		.lease = &run->account.lease,
		.trigger = run->work->trigger,
		.mode = run->full ? "full" : "incremental",
		.status = handed_back ? "ok" : status,
		.started_us = run->started_us,
		.finished_us = sl_run_now_us(run),
		.add = &run->unwritten,
		.changed = run->changed,
		.error = run->failed ? &run->error : NULL,
		.not_before_us = deadline(run),
		.integration_status = integration_status(run),
		.detail = handed_back ? "{\"handed_back\":true}" : NULL,
	};
	sl_run_plan_next(run, end);
	end->resync_done = run->account.resync && run->skipped == 0 &&
			   !run->limited && strcmp(status, "ok") == 0 &&
			   end->backfill_us == SL_NO_TIME;
}

/* A dead grant told of its accounts when it was found. */
static bool
becomes_dead(const struct sl_run *run, const struct sl_run_end *end)
{
	return sl_text_equal(end->integration_status, "needs_reauth") &&
	       !sl_text_equal(run->account.status, "needs_reauth");
}

/* With pages to be stored, ride out a database that is away for a moment. */
static sl_status
finish_with_patience(struct sl_worker *worker, struct sl_run *run,
		     const struct sl_run_end *end, struct sl_error *err)
{
	struct sl_engine *e = run->engine;
	bool patient = end->quiet_count > 0;
	int attempts = patient ? SL_COMMIT_ATTEMPTS : FINISH_ATTEMPTS;
	sl_status s = SL_OK;

	for (int i = 0; i < attempts; i++) {
		if (i > 0 && patient)
			sl_engine_pause(e, SL_COMMIT_PAUSE_US << (i - 1));
		s = worker->store->finish(worker->store, end, err);
		if (s != SL_RETRY || (patient && sl_engine_ending(e)))
			break;
	}
	return s;
}

void
sl_run_finish(struct sl_worker *worker, struct sl_run *run)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const char *status = final_status(run);
	struct sl_tally found = { .pages = 0 };
	struct sl_run_end end;
	struct sl_error err;
	sl_status s;

	fill_end(run, status, &end);
	leave_bucket(run, &end);
	end.quiet_count = sl_run_gather_quiet(run, arena, &end.quiet);
	end.found = &found;
	s = finish_with_patience(worker, run, &end, &err);
	sl_tally_add(&run->tally, &found);
	if (s != SL_OK) {
		sl_run_fail(run, &err, true);
		status = "failed";
	} else if (becomes_dead(run, &end)) {
		sl_run_tell_stop(run);
	}
	sl_run_over(run, status);
}
