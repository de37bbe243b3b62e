/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What sync --due and worker do beside syncing: tokens of whoever left are
 * revoked when their time has come, and what is kept no longer goes. Each
 * piece is taken up by one process at a time, however many are at it.
 */
#ifndef SL_CLI_UPKEEP_H
#define SL_CLI_UPKEEP_H

#include <stdatomic.h>

#include "core/auth/seal.h"

#include "cli/cli.h"
#include "state/pg.h"

struct sl_upkeep {
	struct sl_cli *cli; /* its arena is used */
	struct sl_pg *pg;   /* none of its transactions is open */
	const struct sl_keyring *ring;
	const atomic_bool *stop; /* the process ends; NULL = it does not */
};

/** Quiet, but for the log. The status is the database's; what is left is done
 *  by the next one. */
sl_status sl_upkeep(const struct sl_upkeep *upkeep, struct sl_error *err)
	SL_NODISCARD;

#endif
