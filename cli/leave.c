/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/leave.h"

#include <string.h>

#include "core/base/text.h"

#include "cli/env.h"
#include "cli/format.h"

/** Tokens that one command revokes. */
#define REVOKED_MAX 1000

static int
find_who(struct sl_leave *leave)
{
	struct sl_cli *cli = leave->cli;
	const char *who = cli->flags[SL_FLAG_USER];
	struct sl_error err;

	if (!sl_utf8_valid(who, strlen(who)))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--user is not valid UTF-8");
	if (!sl_is_uuid(who) && strchr(who, '@') == NULL)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--user %s: neither a uuid nor an "
				       "e-mail address",
				       who);
	if (sl_leaver_find(leave->pg, who, &leave->who, &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	return SL_EXIT_OK;
}

int
sl_leave_open(struct sl_leave *leave, const char *command)
{
	struct sl_cli *cli = leave->cli;
	int status = SL_EXIT_OK;

	if (!sl_cli_has(cli, SL_FLAG_USER))
		return sl_cli_complain(cli, SL_EXIT_USAGE, "%s needs --user U",
				       command);
	status = sl_env_database(cli, &leave->pg);
	return status == SL_EXIT_OK ? find_who(leave) : status;
}

int
sl_leave_prepare(struct sl_leave *leave)
{
	struct sl_cli *cli = leave->cli;
	int status = sl_env_check_endpoints(cli);

	if (status == SL_EXIT_OK)
		status = sl_env_keys(cli, &leave->ring);
	if (status == SL_EXIT_OK)
		status = sl_env_check_keys(cli, leave->pg, leave->ring);
	if (status == SL_EXIT_OK)
		status = sl_env_http(cli, 0, &leave->http);
	return status;
}

void
sl_leave_close(struct sl_leave *leave)
{
	sl_http_free(&leave->http);
	sl_keyring_free(&leave->ring);
	sl_pg_free(&leave->pg);
}

int
sl_leave_revoke(struct sl_leave *leave, struct sl_revoked *out)
{
	struct sl_cli *cli = leave->cli;
	const struct sl_revoker revoker = {
		.cli = cli,
		.pg = leave->pg,
		.ring = leave->ring,
		.transport = sl_http_transport(leave->http),
	};
	const struct sl_revocation_filter filter = {
		.user_id = leave->who.id,
		.now = true,
		.limit = REVOKED_MAX,
	};
	struct sl_error err;

	if (sl_revoke(&revoker, &filter, out, &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	if (out->failed > 0)
		(void)sl_cli_complain(
			cli, SL_EXIT_OK,
			"warning: %s could not be revoked (%s): sealed, and "
			"tried again by sluice sync --due",
			sl_format_plural(cli->arena, (int64_t)out->failed,
					 "token"),
			out->why);
	return SL_EXIT_OK;
}

int
sl_leave_erase(struct sl_leave *leave, struct sl_eraser *eraser)
{
	struct sl_cli *cli = leave->cli;
	struct sl_receipt receipt;
	struct sl_error err;
	bool more = true, found = false;
	sl_status st = SL_OK;

	while (st == SL_OK && more)
		st = sl_erase_step(leave->pg, eraser, &more, &err);
	if (st == SL_OK)
		st = sl_erase_receipt(leave->pg, eraser->user_id, eraser->id,
				      cli->arena, &receipt, &found, &err);
	if (st == SL_LOST)
		return sl_cli_fail(cli, SL_EXIT_FAILED, &err);
	/* Rows or triggers of the application: class 23, P0. */
	if (st != SL_OK && (strncmp(err.sqlstate, "23", 2) == 0 ||
			    strncmp(err.sqlstate, "P0", 2) == 0))
		return sl_cli_complain(cli, SL_EXIT_FAILED,
				       "%s: remove what hinders it, then run "
				       "the same command again",
				       err.text);
	if (st != SL_OK)
		return sl_cli_complain(cli, SL_EXIT_ENVIRONMENT,
				       "%s; run the same command again: it "
				       "goes on where it stopped",
				       err.text);
	if (found)
		sl_leave_receipt(cli, eraser->user_id, &receipt);
	return SL_EXIT_OK;
}
