/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is due of a stream without asking the provider: a sweep after its walk,
 * masters to be expanded. Both in chunks.
 */
#include "core/sync/engine_private.h"

/* After a walk: tombstone what it did not see, unless the breaker holds. */
enum sl_sweep_answer
sl_task_sweep(struct sl_worker *worker, struct sl_task *task,
	      struct sl_error *err, sl_status *status)
{
	struct sl_run *run = task->run;
	struct sl_sweep_request request = {
		.lease = &run->account.lease,
		.stream = &task->row,
		.sweeps = task->kind->sweeps,
		.listed_version = sl_listing_version(task->row.walk_started_us),
		.accept = run->account.accept_deletions ||
			  run->work->accept_deletions,
		.now_us = sl_run_now_us(run),
	};
	struct sl_sweep_outcome out = { .answer = SL_SWEEP_MORE };

	*status = SL_OK;
	while (out.answer == SL_SWEEP_MORE && *status == SL_OK &&
	       !sl_run_is_ending(run)) {
		struct sl_arena *arena = sl_arena_new();

		out = (struct sl_sweep_outcome){ 0 };
		*status = worker->store->sweep(worker->store, &request, arena,
					       &out, err);
		pthread_mutex_lock(&run->engine->mutex);
		run->tally.deleted += out.deleted;
		run->unwritten.deleted += out.deleted;
		run->changed = run->changed || out.deleted > 0;
		run->held += out.held;
		pthread_mutex_unlock(&run->engine->mutex);
		if (*status == SL_OK && out.answer == SL_SWEEP_ASKS) {
			sl_arena_free(&task->pending_arena);
			task->pending_arena = arena;
			task->pending = task->row.pending = out.pending;
			task->row.sweep = SL_SWEEP_SAMPLING;
		} else {
			sl_arena_free(&arena);
		}
	}
	return out.answer;
}

/* Contacts that stored mail made under another rule; the store logged them. */
static void
count_people(struct sl_run *run, int64_t created)
{
	pthread_mutex_lock(&run->engine->mutex);
	run->tally.contacts_created += created;
	run->changed = run->changed || created > 0;
	pthread_mutex_unlock(&run->engine->mutex);
}

/* Masters that are due: expanded here, or wanted from the provider. */
sl_status
sl_task_expand(struct sl_worker *worker, struct sl_task *task,
	       struct sl_error *err)
{
	struct sl_run *run = task->run;
	const struct sl_expand_request request = {
		.lease = &run->account.lease,
		.stream = &task->row,
		.lists_instances = task->kind->lists_instances,
		.now_us = sl_run_now_us(run),
		.people = run->people,
		.trigger = run->work->trigger,
		.mode = task->row.state == SL_STREAM_WALKING ? "full"
							     : "incremental",
	};
	struct sl_expand_outcome out = { .answer = SL_EXPAND_MORE };
	sl_status status = SL_OK;

	while (status == SL_OK && out.answer == SL_EXPAND_MORE &&
	       !sl_run_is_ending(run)) {
		struct sl_arena *arena = sl_arena_new();

		status = worker->store->expand(worker->store, &request, arena,
					       &out, err);
		if (status == SL_OK)
			count_people(run, out.contacts_created);
		if (status == SL_OK && out.answer == SL_EXPAND_ASKS) {
			sl_arena_free(&task->pending_arena);
			task->pending_arena = arena;
			task->pending = task->row.pending = out.pending;
		} else {
			sl_arena_free(&arena);
		}
	}
	if (status == SL_OK && out.answer == SL_EXPANDED)
		task->row.series_due = false;
	return status;
}
