/* SPDX-License-Identifier: Apache-2.0 */
#ifndef SL_CLI_STATUS_STREAMS_H
#define SL_CLI_STATUS_STREAMS_H

#include "cli/cli.h"
#include "state/report.h"

/** `status --streams`: how complete each stream is, one a line. Returns the
 *  exit status. */
int sl_status_streams(struct sl_cli *cli, struct sl_pg *pg,
		      const struct sl_report_filter *filter);

#endif
