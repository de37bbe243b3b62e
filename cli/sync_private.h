/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sync shows while it runs and when a run ends.
 */
#ifndef SL_CLI_SYNC_PRIVATE_H
#define SL_CLI_SYNC_PRIVATE_H

#include "core/sync/engine.h"

#include "cli/cli.h"

struct sl_sync_view;

/** `work` is borrowed; reports point into it. */
struct sl_sync_view *sl_sync_view_new(struct sl_cli *cli,
				      const struct sl_work *work, size_t count);

struct sl_observer sl_sync_view_observer(struct sl_sync_view *view);

/** The last words; the exit status by what was reported. Frees the view. */
int sl_sync_view_finish(struct sl_sync_view *view);

#endif
