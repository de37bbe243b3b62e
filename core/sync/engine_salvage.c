/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run ends before its work does: what was read, or has landed, is kept.
 */
#include "core/sync/engine_private.h"

/* Read, and stored, though nothing comes after it. */
static void
keep(struct sl_worker *worker, struct sl_task *task)
{
	struct sl_error err;

	if (task->read && sl_task_store(worker, task))
		(void)sl_task_settle(task, &err);
}

/* Nothing is wrong with what came before: the engine ends, or the provider
 * wants no more requests for now. */
static bool
may_salvage(struct sl_run *run)
{
	struct sl_engine *e = run->engine;
	bool may;

	pthread_mutex_lock(&e->mutex);
	may = run->fatal ? run->error.status == SL_RETRY &&
				   run->error.scope == SL_INTEGRATION
			 : e->stop || e->hand_back || run->aside;
	pthread_mutex_unlock(&e->mutex);
	return may;
}

bool
sl_task_salvage(struct sl_worker *worker, struct sl_task *task)
{
	struct sl_error err;

	if (!may_salvage(task->run))
		return true;
	keep(worker, task);
	if (!task->flight || !sl_flight_salvage(task->flight))
		return true;
	if (!sl_task_take_room(task))
		return false;
	if (sl_task_read(task, &err) == SL_OK)
		keep(worker, task);
	return true;
}
