/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ask for a full walk; whoever syncs next does it.
 */
#include <string.h>

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/resync_wait.h"

struct resync {
	struct sl_cli *cli;
	struct sl_pg *pg;
	struct sl_resync_request request;
	struct sl_resync_account *accounts;
	size_t count;
	int64_t limit_us;
};

static void
say_asked(const struct resync *r, const struct sl_resync_account *account)
{
	fprintf(r->cli->out, "%s will be walked in full by the next sync%s\n",
		sl_resync_name(r->cli, account),
		account->run_id != NULL ? ", after the run that is going on"
					: "");
}

static int
tell(const struct resync *r)
{
	int status = SL_EXIT_OK;
	size_t accepted = 0;

	for (size_t i = 0; i < r->count; i++) {
		const struct sl_resync_account *a = &r->accounts[i];

		if (a->reason == NULL) {
			accepted++;
			say_asked(r, a);
		} else if (sl_resync_say_why(r->cli, r->request.user_id, a,
					     a->reason) != SL_EXIT_OK) {
			status = SL_EXIT_FAILED;
		}
	}
	(void)fflush(r->cli->out);
	if (r->count == 0)
		return sl_cli_complain(r->cli, SL_EXIT_FAILED,
				       "no connected account to resync (see "
				       "sluice status)");
	return accepted == 0 ? SL_EXIT_FAILED : status;
}

static int
ask(struct resync *r)
{
	char user_id[SL_UUID_TEXT];
	struct sl_error err;
	bool given;
	int told, waited, status = sl_env_user(r->cli, r->pg, user_id, &given);

	if (status != SL_EXIT_OK)
		return status;
	r->request.user_id = sl_arena_strdup(r->cli->arena, user_id);
	if (sl_resync_ask(r->pg, &r->request, r->cli->arena, &r->accounts,
			  &r->count, &err) != SL_OK)
		return sl_cli_fail(r->cli, sl_env_exit(&err), &err);
	told = tell(r);
	if (!sl_cli_has(r->cli, SL_FLAG_WAIT))
		return told;
	waited = sl_resync_wait(r->cli, r->pg, user_id, r->accounts, r->count,
				r->limit_us);
	return waited == SL_EXIT_OK ? told : waited;
}

static int
check(struct resync *r)
{
	struct sl_cli *cli = r->cli;

	if (!sl_cli_has(cli, SL_FLAG_USER))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "resync needs --user U");
	if (cli->flags[SL_FLAG_MAX_TIME] != NULL &&
	    !sl_cli_has(cli, SL_FLAG_WAIT))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--max-time goes with --wait");
	return sl_env_duration(cli, SL_FLAG_MAX_TIME, &r->limit_us);
}

int
sl_cmd_resync(struct sl_cli *cli)
{
	struct resync r = { .cli = cli };
	int status = sl_env_provider_filter(cli, &r.request.connector);

	r.request.accept_deletions = sl_cli_has(cli, SL_FLAG_ACCEPT_DELETIONS);
	if (status == SL_EXIT_OK)
		status = check(&r);
	if (status == SL_EXIT_OK)
		status = sl_env_database(cli, &r.pg);
	if (status == SL_EXIT_OK)
		status = ask(&r);
	sl_pg_free(&r.pg);
	return status;
}
