/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Let accounts rest, and let them go on.
 */
#include <string.h>

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/format.h"
#include "cli/output.h"
#include "state/pause.h"

#define ACCOUNT_SHOWN 60

static bool
is(const char *status, const char *what)
{
	return strcmp(status, what) == 0;
}

static const char *
name_of(struct sl_cli *cli, const struct sl_paused *a)
{
	return sl_arena_printf(
		cli->arena, "%s of %s", sl_env_title(a->connector),
		sl_format_clean(cli->arena, a->account, ACCOUNT_SHOWN));
}

static int
needs_person(struct sl_cli *cli, const char *user_id, const struct sl_paused *a)
{
	return sl_cli_complain(cli, SL_EXIT_FAILED,
			       "%s does not run, it needs consent again: "
			       "sluice connect %s --user %s",
			       name_of(cli, a), a->consent, user_id);
}

static int
disconnected(struct sl_cli *cli, const char *user_id, const struct sl_paused *a)
{
	return sl_cli_complain(cli, SL_EXIT_FAILED,
			       "%s is disconnected: sluice connect %s "
			       "--user %s",
			       name_of(cli, a), a->connector, user_id);
}

static int
say_paused(struct sl_cli *cli, const char *user_id, const struct sl_paused *a)
{
	if (is(a->status, "needs_reauth"))
		return needs_person(cli, user_id, a);
	fprintf(cli->out, "%s is %s%s%s\n", name_of(cli, a),
		is(a->status, "archive") ? "an archive" : a->status,
		is(a->was, a->status) ? " already" : "",
		is(a->was, a->status) || !a->was_running
			? ""
			: "; the run that was going on stops");
	return SL_EXIT_OK;
}

static int
say_resumed(struct sl_cli *cli, const char *user_id, const struct sl_paused *a)
{
	if (is(a->status, "needs_reauth"))
		return needs_person(cli, user_id, a);
	if (is(a->status, "disconnected"))
		return disconnected(cli, user_id, a);
	if (is(a->status, "archive"))
		fprintf(cli->out, "%s was read from a file: nothing runs\n",
			name_of(cli, a));
	else
		fprintf(cli->out, "%s %s\n", name_of(cli, a),
			is(a->was, "paused") || a->was_parked
				? "goes on with the next sync"
				: "is not paused");
	return SL_EXIT_OK;
}

/* One object an account; what a person must do goes to stderr all the same. */
static void
print_json(struct sl_cli *cli, const char *user_id, const struct sl_paused *a)
{
	json_t *object = json_object();

	sl_json_put(object, "user", user_id);
	sl_json_put(object, "provider", a->connector);
	sl_json_put(object, "account", a->account);
	sl_json_put(object, "was", a->was);
	sl_json_put(object, "status", a->status);
	sl_json_put_bool(object, "was_running", a->was_running);
	sl_json_put_bool(object, "was_parked", a->was_parked);
	sl_json_put_bool(object, "parked", a->parked);
	sl_out_json(cli, object);
}

static int
say(struct sl_cli *cli, const char *user_id, const struct sl_pause *what,
    const struct sl_paused *a)
{
	if (!sl_cli_has(cli, SL_FLAG_JSON))
		return what->pause ? say_paused(cli, user_id, a)
				   : say_resumed(cli, user_id, a);
	print_json(cli, user_id, a);
	if (is(a->status, "needs_reauth"))
		return needs_person(cli, user_id, a);
	return is(a->status, "disconnected") && !what->pause
		       ? disconnected(cli, user_id, a)
		       : SL_EXIT_OK;
}

static int
change(struct sl_cli *cli, struct sl_pg *pg, struct sl_pause *what)
{
	char user_id[SL_UUID_TEXT];
	struct sl_paused *list = NULL;
	size_t count = 0;
	struct sl_error err;
	bool given;
	int status = sl_env_user(cli, pg, user_id, &given);

	if (status != SL_EXIT_OK)
		return status;
	what->user_id = sl_arena_strdup(cli->arena, user_id);
	if (sl_pause_accounts(pg, what, cli->arena, &list, &count, &err) !=
	    SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	if (count == 0)
		return sl_cli_complain(cli, SL_EXIT_FAILED,
				       "the user has no such account (see "
				       "sluice status)");
	for (size_t i = 0; i < count; i++) {
		int said = say(cli, user_id, what, &list[i]);

		if (said != SL_EXIT_OK)
			status = said;
	}
	return status;
}

static int
run(struct sl_cli *cli, bool pause)
{
	struct sl_pause what = { .pause = pause };
	struct sl_pg *pg = NULL;
	int status = sl_env_provider_filter(cli, &what.connector);

	if (status == SL_EXIT_OK && !sl_cli_has(cli, SL_FLAG_USER))
		status =
			sl_cli_complain(cli, SL_EXIT_USAGE, "%s needs --user U",
					cli->command->name);
	if (status == SL_EXIT_OK)
		status = sl_env_database(cli, &pg);
	if (status == SL_EXIT_OK)
		status = change(cli, pg, &what);
	sl_pg_free(&pg);
	return status;
}

int
sl_cmd_pause(struct sl_cli *cli)
{
	return run(cli, true);
}

int
sl_cmd_resume(struct sl_cli *cli)
{
	return run(cli, false);
}
