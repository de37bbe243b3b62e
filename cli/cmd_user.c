/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/text.h"

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/format.h"
#include "cli/output.h"
#include "state/users.h"

#define ADDRESS_SHOWN 60

static void
print_json(struct sl_cli *cli, const struct sl_user *user)
{
	json_t *object = json_object();

	sl_json_put(object, "id", user->id);
	sl_json_put(object, "email", user->email);
	sl_json_put_time(object, "created_at", user->created_us);
	sl_json_put_i64(object, "integrations", user->integrations);
	sl_out_json(cli, object);
}

static void
print_grid(struct sl_cli *cli, const struct sl_user *users, size_t count)
{
	static const char *const head[] = { "USER", "E-MAIL", "ACCOUNTS",
					    "SINCE" };
	int64_t now_us = sl_now_us(cli->clock);
	struct sl_grid grid;

	sl_grid_init(&grid, cli->arena, SL_ARRAY_LEN(head), head);
	for (size_t i = 0; i < count; i++) {
		const char **cells = sl_grid_row(&grid);

		cells[0] = users[i].id;
		cells[1] = sl_format_clean(cli->arena, users[i].email,
					   ADDRESS_SHOWN);
		cells[2] = sl_format_count(cli->arena, users[i].integrations);
		cells[3] =
			sl_format_when(cli->arena, users[i].created_us, now_us);
	}
	sl_grid_print(&grid, cli->out);
}

static int
list(struct sl_cli *cli, struct sl_pg *pg)
{
	struct sl_user *users = NULL;
	struct sl_error err;
	size_t count = 0;

	if (sl_user_list(pg, cli->arena, &users, &count, &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	if (sl_cli_has(cli, SL_FLAG_JSON)) {
		for (size_t i = 0; i < count; i++)
			print_json(cli, &users[i]);
	} else if (count == 0) {
		fputs("no users yet: sluice user add --email A\n", cli->out);
	} else {
		print_grid(cli, users, count);
	}
	return SL_EXIT_OK;
}

static int
add(struct sl_cli *cli, struct sl_pg *pg)
{
	const char *email = cli->flags[SL_FLAG_EMAIL];
	struct sl_user user = { .email = email, .integrations = 0 };
	struct sl_error err;

	if (sl_user_add(pg, email, user.id, &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	user.created_us = sl_now_us(cli->clock);
	if (sl_cli_has(cli, SL_FLAG_JSON))
		print_json(cli, &user);
	else
		fprintf(cli->out, "%s\n", user.id);
	return SL_EXIT_OK;
}

static int
check(struct sl_cli *cli, bool adds)
{
	const char *email = cli->flags[SL_FLAG_EMAIL];

	if (!adds)
		return email == NULL
			       ? SL_EXIT_OK
			       : sl_cli_complain(cli, SL_EXIT_USAGE,
						 "user list takes no --email");
	if (email == NULL || *email == '\0')
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "user add needs --email A");
	if (!sl_utf8_valid(email, strlen(email)))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--email is not valid UTF-8");
	return SL_EXIT_OK;
}

int
sl_cmd_user(struct sl_cli *cli)
{
	bool adds = strcmp(cli->words[0], "add") == 0;
	struct sl_pg *pg = NULL;
	int status;

	if (!adds && strcmp(cli->words[0], "list") != 0)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "user: what is %s? (see sluice help "
				       "user)",
				       cli->words[0]);
	status = check(cli, adds);
	if (status == SL_EXIT_OK)
		status = sl_env_database(cli, &pg);
	if (status == SL_EXIT_OK)
		status = adds ? add(cli, pg) : list(cli, pg);
	sl_pg_free(&pg);
	return status;
}
