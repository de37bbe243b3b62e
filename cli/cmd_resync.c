/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/format.h"
#include "state/connections.h"

static int
ask(struct sl_cli *cli, struct sl_pg *pg, const char *connector)
{
	char user_id[SL_UUID_TEXT];
	int64_t count = 0;
	bool given;
	struct sl_error err;
	int status = sl_env_user(cli, pg, user_id, &given);

	if (status != SL_EXIT_OK)
		return status;
	if (sl_connection_resync(pg, user_id, connector, &count, &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	if (count == 0)
		return sl_cli_complain(cli, SL_EXIT_FAILED,
				       "no connected account to resync (see "
				       "sluice status)");
	fprintf(cli->out, "%s will be walked in full by the next sluice sync\n",
		sl_format_plural(cli->arena, count, "account"));
	return SL_EXIT_OK;
}

int
sl_cmd_resync(struct sl_cli *cli)
{
	const char *connector = NULL;
	struct sl_pg *pg = NULL;
	int status = sl_env_provider_filter(cli, &connector);

	if (status == SL_EXIT_OK && !sl_cli_has(cli, SL_FLAG_USER))
		status = sl_cli_complain(cli, SL_EXIT_USAGE,
					 "resync needs --user U");
	if (status == SL_EXIT_OK)
		status = sl_env_database(cli, &pg);
	if (status == SL_EXIT_OK)
		status = ask(cli, pg, connector);
	sl_pg_free(&pg);
	return status;
}
