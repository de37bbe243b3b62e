/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How `logs` shows runs: a grid, lines as they come, one run in full, JSON.
 */
#ifndef SL_CLI_LOGS_VIEW_H
#define SL_CLI_LOGS_VIEW_H

#include <jansson.h>

#include "cli/cli.h"
#include "state/logs.h"

/** A run as an object; new reference. */
json_t *sl_logs_object(const struct sl_log_row *row);

/** "+12 ~3 -1", "none, in 4 runs". */
const char *sl_logs_changes(struct sl_arena *arena,
			    const struct sl_log_row *row);

/** --follow: what comes, until a signal or the end of who reads it. */
int sl_logs_follow(struct sl_cli *cli, struct sl_pg *pg,
		   const struct sl_log_filter *filter);

/** --run: one run in full. */
int sl_logs_run(struct sl_cli *cli, struct sl_pg *pg,
		const struct sl_log_filter *filter);

#endif
