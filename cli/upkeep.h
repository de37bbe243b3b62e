/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sync --due does beside syncing: tokens of whoever left are revoked when
 * their time has come, and what is kept no longer goes.
 */
#ifndef SL_CLI_UPKEEP_H
#define SL_CLI_UPKEEP_H

#include "core/auth/seal.h"

#include "cli/cli.h"

/** Quiet, but for the log; complains of the database alone. What is left is
 *  done by the next one. */
int sl_upkeep(struct sl_cli *cli, const struct sl_keyring *ring);

#endif
