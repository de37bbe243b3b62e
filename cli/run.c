/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/commands.h"
#include "cli/env.h"
#include "cli/help.h"
#include "cli/output.h"

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
	if (sl_log_dropped(cli->log) > 0)
		(void)sl_cli_complain(
			cli, status,
			"%llu lines of the log could not be "
			"written: is the disk full?",
			(unsigned long long)sl_log_dropped(cli->log));
	/* A result that could not be written is no result. */
	if (!sl_out_arrived(cli) && status == SL_EXIT_OK)
		return sl_cli_complain(cli, SL_EXIT_FAILED,
				       "cannot write all of the result: is "
				       "the disk full?");
	return status;
}
