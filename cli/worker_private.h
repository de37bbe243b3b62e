/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands beside the engine in a worker: who listens for news, who does the
 * chores, and what of a run is logged.
 */
#ifndef SL_CLI_WORKER_PRIVATE_H
#define SL_CLI_WORKER_PRIVATE_H

#include "cli/runner.h"

struct sl_beside;

/** Starts the threads that listen and do the chores. Complains. */
int sl_beside_start(struct sl_runner *runner, struct sl_beside **out);

/** Waits for them; a request that is under way has some seconds. */
void sl_beside_stop(struct sl_beside **beside);

/** A line of the log for each run, or with --json an object on stdout. */
struct sl_worker_view;
struct sl_worker_view *sl_worker_view_new(struct sl_cli *cli);
struct sl_observer sl_worker_view_observer(struct sl_worker_view *view);
void sl_worker_view_free(struct sl_worker_view **view);

#endif
