/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Disconnect an account: its runs lose their lease, its consent goes and is
 * revoked; with --erase all that came with it goes, too.
 */
#include <string.h>

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/format.h"
#include "cli/leave.h"

#define ACCOUNT_SHOWN 60

struct disconnect {
	struct sl_leave leave;
	const struct sl_connector *const *wanted; /* NULL-ended */
	const struct sl_provider *provider;
	struct sl_leaving_account *accounts;
	size_t count;
};

static const char *
shown(const struct disconnect *d, size_t i)
{
	return sl_format_clean(d->leave.cli->arena, d->accounts[i].account,
			       ACCOUNT_SHOWN);
}

static const char *const *
connector_names(const struct disconnect *d)
{
	const char **names;
	size_t n = 0;

	while (d->wanted[n] != NULL)
		n++;
	names = SL_NEW_ARRAY(d->leave.cli->arena, n + 2, const char *);
	for (size_t i = 0; i < n; i++)
		names[i] = d->wanted[i]->name;
	if (n == 0) /* accounts of a provider that has no connector yet */
		names[0] = d->provider->name;
	return names;
}

/* One account at a time: with several, a person says which. */
static int
check_one(struct disconnect *d)
{
	struct sl_cli *cli = d->leave.cli;
	const char *list = "";
	bool several = false;

	if (d->count == 0)
		return sl_cli_complain(cli, SL_EXIT_FAILED,
				       "the user has no account of %s%s%s "
				       "(see sluice status)",
				       cli->words[0],
				       sl_cli_has(cli, SL_FLAG_ACCOUNT)
					       ? " by the name of "
					       : "",
				       sl_cli_has(cli, SL_FLAG_ACCOUNT)
					       ? cli->flags[SL_FLAG_ACCOUNT]
					       : "");
	for (size_t i = 0; i < d->count; i++) {
		bool first = i == 0 || strcmp(d->accounts[i].subject,
					      d->accounts[i - 1].subject) != 0;

		if (!first)
			continue;
		several = several || i > 0;
		list = sl_arena_printf(cli->arena, "%s%s%s", list,
				       i > 0 ? ", " : "", shown(d, i));
	}
	if (!several)
		return SL_EXIT_OK;
	return sl_cli_complain(cli, SL_EXIT_USAGE,
			       "the user has several accounts of %s (%s): name "
			       "one with --account",
			       cli->words[0], list);
}

static int
find_accounts(struct disconnect *d)
{
	struct sl_cli *cli = d->leave.cli;
	const struct sl_leaving_filter filter = {
		.user_id = d->leave.who.id,
		.connectors = connector_names(d),
		.account = cli->flags[SL_FLAG_ACCOUNT],
	};
	struct sl_error err;

	if (sl_leaving_accounts(d->leave.pg, &filter, cli->arena, &d->accounts,
				&d->count, &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	return check_one(d);
}

static void
say_left(const struct disconnect *d, const struct sl_left *left)
{
	FILE *out = d->leave.cli->out;

	for (size_t i = 0; i < d->count; i++)
		fprintf(out, "%s of %s is disconnected%s\n",
			sl_env_title(d->accounts[i].connector), shown(d, i),
			strcmp(d->accounts[i].status, "disconnected") == 0
				? " already"
				: "");
	if (left->running > 0)
		fputs("A run that was going on was stopped\n", out);
	if (left->withheld != NULL)
		fprintf(out,
			"Its tokens are deleted, but not revoked at %s: that "
			"would end %s of the same account, too. To revoke, "
			"disconnect that as well\n",
			d->provider->title, left->withheld);
	else if (left->kept != NULL)
		fprintf(out,
			"The consent stays: %s of the same account uses it\n",
			left->kept);
}

static void
say_revoked(const struct disconnect *d, const struct sl_revoked *revoked)
{
	FILE *out = d->leave.cli->out;

	if (revoked->done == 0)
		return;
	fprintf(out, "The consent is revoked at %s\n", d->provider->title);
	if (d->provider->revoke_help != NULL)
		fprintf(out, "%s\n", d->provider->revoke_help);
}

static int
leave_all(struct disconnect *d)
{
	struct sl_cli *cli = d->leave.cli;
	const struct sl_leaving leaving = {
		.user_id = d->leave.who.id,
		.accounts = d->accounts,
		.count = d->count,
		.provider = d->provider->name,
		.revokes_all = d->provider->revokes_all,
	};
	struct sl_revoked revoked;
	struct sl_left left;
	struct sl_error err;
	bool quiet = sl_cli_has(cli, SL_FLAG_JSON);
	int status;

	if (sl_leaving_disconnect(d->leave.pg, &leaving, cli->arena, &left,
				  &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	if (!quiet)
		say_left(d, &left);
	status = sl_leave_revoke(&d->leave, &revoked);
	if (status == SL_EXIT_OK && !quiet)
		say_revoked(d, &revoked);
	return status;
}

static int
erase_all(struct disconnect *d)
{
	int status = SL_EXIT_OK;

	for (size_t i = 0; i < d->count && status == SL_EXIT_OK; i++) {
		struct sl_eraser eraser = {
			.user_id = d->leave.who.id,
			.integration_id = d->accounts[i].id,
			.connector = d->accounts[i].connector,
		};
		struct sl_error err;

		if (sl_erase_begin(d->leave.pg, &eraser, &err) != SL_OK)
			return sl_cli_fail(d->leave.cli, sl_env_exit(&err),
					   &err);
		status = sl_leave_erase(&d->leave, &eraser);
	}
	return status;
}

int
sl_cmd_disconnect(struct sl_cli *cli)
{
	struct disconnect d = { .leave = { .cli = cli } };
	int status =
		sl_env_connectors(cli, cli->words[0], &d.provider, &d.wanted);

	if (status == SL_EXIT_OK)
		status = sl_leave_open(&d.leave, "disconnect");
	if (status == SL_EXIT_OK)
		status = find_accounts(&d);
	if (status == SL_EXIT_OK)
		status = sl_leave_prepare(&d.leave);
	if (status == SL_EXIT_OK)
		status = leave_all(&d);
	if (status == SL_EXIT_OK && sl_cli_has(cli, SL_FLAG_ERASE))
		status = erase_all(&d);
	sl_leave_close(&d.leave);
	return status;
}
