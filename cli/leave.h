/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What disconnect, export and erase share: who leaves, the tools, the token
 * that is revoked, the receipt.
 */
#ifndef SL_CLI_LEAVE_H
#define SL_CLI_LEAVE_H

#include "core/auth/seal.h"
#include "core/net/http.h"

#include "cli/cli.h"
#include "cli/revoke.h"
#include "state/erase.h"
#include "state/leaving.h"

struct sl_leave {
	struct sl_cli *cli;
	struct sl_pg *pg;
	struct sl_keyring *ring;
	struct sl_http *http;
	struct sl_leaver who;
};

/** Database, and the user of --user, who may be deleted. Complains. */
int sl_leave_open(struct sl_leave *leave, const char *command);

/** What else a token needs to be revoked: keys and HTTP, before anything is
 *  changed. Complains. */
int sl_leave_prepare(struct sl_leave *leave);

void sl_leave_close(struct sl_leave *leave);

/** Revoke what the user's grants have left, and say what failed. */
int sl_leave_revoke(struct sl_leave *leave, struct sl_revoked *out);

/** Chunk by chunk to the end, then the receipt. */
int sl_leave_erase(struct sl_leave *leave, struct sl_eraser *eraser);

/** Print a receipt, as text or (--json) as one object. */
void sl_leave_receipt(struct sl_cli *cli, const char *user_id,
		      const struct sl_receipt *receipt);

#endif
