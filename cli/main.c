/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/cli.h"
#include "cli/env.h"
#include "cli/process.h"

int
main(int argc, char **argv)
{
	struct sl_cli cli = {
		.clock = &sl_system_clock,
		.rng = &sl_system_rng,
		.out = stdout,
		.err = stderr,
	};
	struct sl_error err;
	int status;

	sl_process_harden();
	cli.arena = sl_arena_new();
	if (sl_cli_parse(&cli, argc, argv, &err) != SL_OK)
		status = sl_cli_fail(&cli, SL_EXIT_USAGE, &err);
	else
		status = sl_cli_run(&cli);
	sl_log_free(&cli.log);
	sl_arena_free(&cli.arena);
	return status;
}
