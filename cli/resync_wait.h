/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for a resync that was asked for: whoever runs it is another process.
 */
#ifndef SL_CLI_RESYNC_WAIT_H
#define SL_CLI_RESYNC_WAIT_H

#include "cli/cli.h"
#include "state/resync.h"

/** "Google Calendar of ana@example.com" */
const char *sl_resync_name(struct sl_cli *cli,
			   const struct sl_resync_account *account);

/** Complain that the account does not run, and say what helps; the status for
 *  a reason that a person must look after is SL_EXIT_FAILED, else SL_EXIT_OK. */
int sl_resync_say_why(struct sl_cli *cli, const char *user_id,
		      const struct sl_resync_account *account,
		      const char *reason);

/**
 * Until all accepted ones are done, or cannot be. The request stays, whatever
 * ends the waiting.
 *
 * limit_us	at most so long; 0 = for ever
 */
int sl_resync_wait(struct sl_cli *cli, struct sl_pg *pg, const char *user_id,
		   struct sl_resync_account *accounts, size_t count,
		   int64_t limit_us);

#endif
