/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Erase a user: tokens are revoked first, then every row goes.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/leave.h"

#define ANSWER_MAX 16

static int
confirm(struct sl_cli *cli)
{
	char answer[ANSWER_MAX] = "";

	if (sl_cli_has(cli, SL_FLAG_YES))
		return SL_EXIT_OK;
	if (isatty(STDIN_FILENO) != 1)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "erase deletes everything of a user: "
				       "add --yes if that is meant");
	fprintf(cli->err,
		"This revokes every consent of %s and deletes all of its rows. "
		"Type yes to go on: ",
		cli->flags[SL_FLAG_USER]);
	(void)fflush(cli->err);
	if (fgets(answer, sizeof(answer), stdin) != NULL &&
	    strcmp(answer, "yes\n") == 0)
		return SL_EXIT_OK;
	return sl_cli_complain(cli, SL_EXIT_FAILED, "nothing is erased");
}

/* Somebody who was erased before: what is still to be revoked, the receipt. */
static int
tell_again(struct sl_leave *leave)
{
	struct sl_cli *cli = leave->cli;
	struct sl_receipt receipt;
	struct sl_revoked revoked;
	struct sl_error err;
	bool found = false;
	int status = sl_leave_revoke(leave, &revoked);

	if (status != SL_EXIT_OK)
		return status;
	if (sl_erase_receipt(leave->pg, leave->who.id, NULL, cli->arena,
			     &receipt, &found, &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	if (found)
		sl_leave_receipt(cli, leave->who.id, &receipt);
	else
		fprintf(cli->out, "nothing is left of user %s\n",
			leave->who.id);
	return SL_EXIT_OK;
}

static int
erase(struct sl_leave *leave)
{
	struct sl_cli *cli = leave->cli;
	struct sl_eraser eraser = { .user_id = leave->who.id };
	struct sl_revoked revoked;
	struct sl_error err;
	int status;

	if (sl_erase_begin(leave->pg, &eraser, &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	status = sl_leave_revoke(leave, &revoked);
	return status == SL_EXIT_OK ? sl_leave_erase(leave, &eraser) : status;
}

int
sl_cmd_erase(struct sl_cli *cli)
{
	struct sl_leave leave = { .cli = cli };
	int status = sl_leave_open(&leave, "erase");

	if (status == SL_EXIT_OK)
		status = sl_leave_prepare(&leave);
	if (status == SL_EXIT_OK && !leave.who.gone)
		status = confirm(cli);
	if (status == SL_EXIT_OK)
		status = leave.who.gone ? tell_again(&leave) : erase(&leave);
	sl_leave_close(&leave);
	return status;
}
