/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a sync shows while it runs and when a run ends, and what a dry run tells.
 */
#ifndef SL_CLI_SYNC_PRIVATE_H
#define SL_CLI_SYNC_PRIVATE_H

#include "core/sync/engine.h"

#include "cli/cli.h"
#include "state/look.h"

struct sl_sync_view;

/** `work` is borrowed; reports point into it. Of none, accounts are counted as
 *  they come. */
struct sl_sync_view *sl_sync_view_new(struct sl_cli *cli,
				      const struct sl_work *work, size_t count);

struct sl_observer sl_sync_view_observer(struct sl_sync_view *view);

/** One item of a dry run; `ctx` is the view. Any thread. */
void sl_sync_view_item(void *ctx, const struct sl_look_item *item);

/** dry.c: one item as a line for people, or as JSON. */
void sl_dry_print(FILE *out, struct sl_arena *arena,
		  const struct sl_look_item *item);
json_t *sl_dry_json(const struct sl_look_item *item);

/** The last words; the exit status by what was reported. Frees the view. */
int sl_sync_view_finish(struct sl_sync_view *view);

#endif
