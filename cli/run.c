/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/help.h"

int
sl_cmd_version(struct sl_cli *cli)
{
	fputs("sluice " SL_VERSION "\n", cli->out);
	return SL_EXIT_OK;
}

int
sl_cli_run(struct sl_cli *cli)
{
	int status;

	if (sl_cli_has(cli, SL_FLAG_HELP) && cli->command->run != sl_cmd_help) {
		sl_help_command(cli->out, cli->command);
		return SL_EXIT_OK;
	}
	if (sl_cli_has(cli, SL_FLAG_VERSION))
		return sl_cmd_version(cli);
	status = sl_env_log(cli);
	if (status == SL_EXIT_OK)
		status = cli->command->run(cli);
	/* A result that could not be written is no result. */
	if (fflush(cli->out) != 0 && errno != EPIPE && status == SL_EXIT_OK)
		return sl_cli_complain(cli, SL_EXIT_FAILED,
				       "cannot write the result: %s",
				       strerror(errno));
	return status;
}
