/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Moving what is stored from one master key to another, while others work.
 */
#ifndef SL_CLI_ROTATE_H
#define SL_CLI_ROTATE_H

#include "core/auth/seal.h"

#include "cli/cli.h"
#include "state/pg.h"

/**
 * Seal everything that is not under the current key anew, a user at a time:
 * what was done stays done, whenever the process ends. A secret that somebody
 * replaces meanwhile is left to them. Says which keys may go.
 */
int sl_keys_rotate(struct sl_cli *cli, struct sl_pg *pg,
		   const struct sl_keyring *ring);

/** Delete what a lost key sealed; its grants need consent again. */
int sl_keys_forget(struct sl_cli *cli, struct sl_pg *pg, const char *key_id);

#endif
