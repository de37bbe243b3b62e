/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `status` says of the ends that an account will meet: its consent's, and
 * that of what the provider still tells.
 */
#ifndef SL_CLI_STATUS_ENDS_H
#define SL_CLI_STATUS_ENDS_H

#include "core/json/json.h"

#include "cli/cli.h"
#include "state/report.h"

/** When the account's consent ends; .why NULL: nobody knows of an end. */
struct sl_end sl_status_consent_end(const struct sl_status_row *row);

/** consent_ends_at, consent_ends_why, changes_kept_until. */
void sl_status_put_ends(json_t *object, const struct sl_status_row *row);

/** A line for each end that a person should know of. */
void sl_status_print_ends(struct sl_cli *cli, const struct sl_status_row *row,
			  const char *account);

#endif
