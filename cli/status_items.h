/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SL_CLI_STATUS_ITEMS_H
#define SL_CLI_STATUS_ITEMS_H

#include "cli/cli.h"
#include "state/report.h"

/** `status --quarantined`: items, one a line. Returns the exit status. */
int sl_status_items(struct sl_cli *cli, struct sl_pg *pg,
		    const struct sl_report_filter *filter);

#endif
