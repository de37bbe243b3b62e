/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Before anything is asked: what the account's settings forbid to keep goes.
 *
 * A stream's row names the options under which its last page was committed.
 * While one of them differs, something may be stored that is not to be kept:
 * all of the account is looked through, then the streams commit under the new
 * options, one by one. A run that ends before the last of them has done so
 * leaves the difference, so the next one looks again, which does no harm. The
 * store takes the old name away when it begins to erase: who goes back to the
 * old settings before the first page finds a difference, too, and what is gone
 * is read again.
 */
#include <stdio.h>
#include <string.h>

#include "core/sync/engine_private.h"

static bool
has_changed(const struct sl_run *run, const struct sl_stream_row *row)
{
	return row->enabled && row->state != SL_STREAM_CLOSED &&
	       row->fingerprint &&
	       strcmp(row->fingerprint, run->fingerprint) != 0;
}

void
sl_run_plan_erasure(struct sl_run *run)
{
	const struct sl_connector *c = run->connector;
	struct sl_erasure *erasure;
	bool changed = false;

	for (size_t i = 0; i < run->account.stream_count; i++)
		changed = changed || has_changed(run, &run->account.streams[i]);
	if (!changed || !c->erase)
		return;
	erasure = SL_NEW(run->arena, struct sl_erasure);
	if (c->erase(run->settings, run->arena, erasure))
		run->erasure = erasure;
}

static sl_status
erase_chunk(struct sl_worker *worker, struct sl_run *run, bool *more,
	    struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const struct sl_erase_request request = {
		.lease = &run->account.lease,
		.erasure = run->erasure,
		.after = run->erased_to[0] ? run->erased_to : NULL,
		.now_us = sl_run_now_us(run),
	};
	struct sl_erase_outcome out = { 0 };
	sl_status s =
		worker->store->erase(worker->store, &request, arena, &out, err);

	if (s != SL_OK)
		return s;
	(void)snprintf(run->erased_to, sizeof(run->erased_to), "%s",
		       out.after ? out.after : "");
	*more = out.more;
	pthread_mutex_lock(&run->engine->mutex);
	run->changed = run->changed || out.erased > 0;
	run->tally.updated += out.erased;
	run->unwritten.updated += out.erased;
	pthread_mutex_unlock(&run->engine->mutex);
	return SL_OK;
}

/* The next run begins the erasure anew. */
static void
interrupt(struct sl_run *run)
{
	pthread_mutex_lock(&run->engine->mutex);
	run->cut++;
	pthread_mutex_unlock(&run->engine->mutex);
}

bool
sl_run_erase(struct sl_worker *worker, struct sl_run *run)
{
	struct sl_error err;
	bool more = false;

	if (sl_run_stopped(run)) {
		if (!sl_run_is_fatal(run))
			interrupt(run);
		run->erasure = NULL;
		run->openers_done = true;
		return false;
	}
	if (erase_chunk(worker, run, &more, &err) != SL_OK) {
		run->erasure = NULL;
		sl_run_fail(run, &err, true);
		return false;
	}
	if (more) {
		sl_job_wake(run->engine, &run->job);
		return true;
	}
	run->erasure = NULL;
	sl_run_add_tasks(run, true);
	return false;
}
