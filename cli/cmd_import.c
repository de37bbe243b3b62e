/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Import an archive that a person downloaded: check all of it, then store it
 * chunk by chunk, in the account that it belongs to.
 */
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/format.h"
#include "cli/import_private.h"
#include "cli/process.h"
#include "state/imports.h"
#include "state/store_pg.h"

#define SIGNAL_EXIT   128
#define ACCOUNT_SHOWN 60

/** What an account is called of whom the archive says nothing. */
#define NAMELESS "archive"

struct import {
	struct sl_cli *cli;
	const struct sl_connector *connector;
	struct sl_archive archive;
	struct sl_archive_rows rows;
	struct sl_painter painter;
	struct sl_import_view *view;
	char user_id[SL_UUID_TEXT];
	struct sl_import_account account;
	/* who asks to stop */
	struct sl_signals *signals;
	pthread_mutex_t mutex;
	pthread_cond_t stopped;
	bool asked;
};

/* --- the command line ------------------------------------------------------- */

static int
check_flags(struct import *import)
{
	struct sl_cli *cli = import->cli;
	int status = sl_env_connector(cli, cli->words[0], &import->connector);

	if (status != SL_EXIT_OK)
		return status;
	import->archive.importer = import->connector->importer;
	if (import->archive.importer == NULL)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "%s has no archive that can be "
				       "imported: sluice connect %s",
				       import->connector->title,
				       import->connector->name);
	if (!sl_cli_has(cli, SL_FLAG_USER) && !sl_cli_has(cli, SL_FLAG_CHECK))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "import needs --user U");
	return SL_EXIT_OK;
}

/* --- whose it is ------------------------------------------------------------ */

/* Does the archive say that this is its owner's address, or name? */
static bool
is_owners(const struct import *import, const char *account)
{
	const struct sl_archive *a = &import->archive;

	if (a->person != NULL && sl_ascii_iequal(a->person, account))
		return true;
	for (size_t i = 0; i < a->address_count; i++)
		if (sl_ascii_iequal(a->addresses[i], account))
			return true;
	return false;
}

/* Another person's archive in this account would be hard to get out again. An
 * account is called by an address, by a name (which has a blank), or by what
 * nobody can compare. */
static bool
is_another_person(const struct import *import)
{
	const struct sl_archive *a = &import->archive;
	const char *account = import->account.target.account;
	bool comparable = false;

	if (strchr(account, '@') != NULL)
		comparable = a->address_count > 0;
	else if (strchr(account, ' ') != NULL)
		comparable = a->person != NULL;
	return comparable && !is_owners(import, account);
}

static const char *
list_accounts(struct sl_cli *cli, const struct sl_import_account *accounts,
	      size_t count)
{
	const char *list = "";

	for (size_t i = 0; i < count; i++)
		list = sl_arena_printf(
			cli->arena, "%s%s%s", list, i > 0 ? ", " : "",
			sl_format_clean(cli->arena, accounts[i].target.account,
					ACCOUNT_SHOWN));
	return list;
}

static int
check_target(struct import *import)
{
	struct sl_cli *cli = import->cli;
	const char *account = sl_format_clean(
		cli->arena, import->account.target.account, ACCOUNT_SHOWN);

	if (sl_cli_has(cli, SL_FLAG_ACCOUNT) || !is_another_person(import))
		return SL_EXIT_OK;
	return sl_cli_complain(
		cli, SL_EXIT_FAILED,
		"the archive is of %s, and this user's account is %s: nothing "
		"is stored; if it is the same person, add --account %s, if "
		"not, --account %s",
		sl_format_clean(cli->arena, import->archive.owner,
				ACCOUNT_SHOWN),
		account, account,
		sl_format_clean(cli->arena, import->archive.owner,
				ACCOUNT_SHOWN));
}

/* The one that is meant, or NULL. Those that were given up count if there is
 * no other; of several the one that the archive names. */
static const struct sl_import_account *
pick(const struct import *import, const struct sl_import_account *accounts,
     size_t *count)
{
	const struct sl_import_account *found = NULL;
	size_t live = 0, named = 0;

	for (size_t i = 0; i < *count; i++) {
		live += strcmp(accounts[i].target.status, "disconnected") != 0;
		if (!is_owners(import, accounts[i].target.account))
			continue;
		found = &accounts[i];
		named++;
	}
	if (live > 0)
		*count = live;
	if (*count == 1)
		return accounts;
	return named == 1 ? found : NULL;
}

/* The account that there is, or else a new one. */
static int
choose_target(struct import *import, struct sl_pg *pg)
{
	struct sl_cli *cli = import->cli;
	const char *owner = import->archive.owner;
	const struct sl_import_wish wish = {
		.user_id = import->user_id,
		.connector = import->connector->name,
		.account = cli->flags[SL_FLAG_ACCOUNT],
		.name = owner == NULL ? NAMELESS : owner,
		.interval_s = import->connector->default_interval_s,
	};
	const struct sl_import_account *account;
	struct sl_import_account *accounts = NULL;
	struct sl_error err;
	size_t count = 0;

	if (sl_import_accounts(pg, &wish, cli->arena, &accounts, &count,
			       &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	account = pick(import, accounts, &count);
	if (account != NULL) {
		import->account = *account;
		return check_target(import);
	}
	if (count > 0)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "the user has several accounts of %s "
				       "(%s): name one with --account",
				       import->connector->name,
				       list_accounts(cli, accounts, count));
	if (sl_import_open_account(pg, &wish, cli->arena, &import->account,
				   &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	return SL_EXIT_OK;
}

static int
find_target(struct import *import)
{
	struct sl_cli *cli = import->cli;
	struct sl_pg *pg = NULL;
	bool given;
	int status = sl_env_database(cli, &pg);

	if (status == SL_EXIT_OK)
		status = sl_env_user(cli, pg, import->user_id, &given);
	if (status == SL_EXIT_OK)
		status = choose_target(import, pg);
	sl_pg_free(&pg);
	return status;
}

/* --- the run ---------------------------------------------------------------- */

static void
stop(void *ctx)
{
	struct import *import = ctx;

	fprintf(import->cli->err,
		"%sstopping in good order; once more to stop at once\n",
		isatty(fileno(import->cli->err)) == 1 ? "\n" : "");
	pthread_mutex_lock(&import->mutex);
	import->asked = true;
	pthread_cond_broadcast(&import->stopped);
	pthread_mutex_unlock(&import->mutex);
}

static bool
on_wait(void *ctx, int64_t us)
{
	struct import *import = ctx;
	struct timespec deadline;
	int late = 0;
	bool goes_on;

	sl_wait_deadline(us, &deadline);
	pthread_mutex_lock(&import->mutex);
	while (us > 0 && !import->asked && late == 0)
		late = pthread_cond_clockwait(&import->stopped, &import->mutex,
					      CLOCK_MONOTONIC, &deadline);
	goes_on = !import->asked;
	pthread_mutex_unlock(&import->mutex);
	return goes_on;
}

static void
on_step(void *ctx, const struct sl_import_step *step)
{
	struct import *import = ctx;

	sl_import_view_step(import->view, step);
}

static void
on_busy(void *ctx)
{
	struct import *import = ctx;

	sl_painter_clear(&import->painter);
	fprintf(import->cli->err,
		"sluice: another process works on %s of %s: waiting for it\n",
		import->connector->title,
		sl_format_clean(import->cli->arena,
				import->account.target.account, ACCOUNT_SHOWN));
}

static struct sl_import_file *
files_of(struct import *import)
{
	const struct sl_archive *a = &import->archive;
	struct sl_import_file *files = SL_NEW_ARRAY(
		import->cli->arena, a->count, struct sl_import_file);

	for (size_t i = 0; i < a->count; i++)
		files[i] = (struct sl_import_file){
			.name = a->files[i].path,
			.table = a->files[i].table,
		};
	return files;
}

static void
run(struct import *import, struct sl_store *store,
    struct sl_import_report *report)
{
	struct sl_cli *cli = import->cli;
	struct sl_owner owner;
	const struct sl_import work = {
		.store = store,
		.connector = import->connector,
		.target = &import->account.target,
		.owner = &owner,
		.clock = cli->clock,
		.rng = cli->rng,
		.log = cli->log,
		.key = import->archive.key,
		.title = import->archive.name,
		.as_of_us = import->archive.as_of_us,
		.files = files_of(import),
		.file_count = import->archive.count,
		.source = sl_archive_source(&import->rows),
		.observer = { .step = on_step,
			      .busy = on_busy,
			      .wait = on_wait,
			      .ctx = import },
		.left_open = import->account.left_open,
		.again = sl_cli_has(cli, SL_FLAG_FULL),
	};

	sl_process_owner(cli->arena, cli->clock, &owner);
	sl_import_run(&work, report);
}

static int
verdict(const struct sl_import_report *report)
{
	if (!report->failed)
		return SL_EXIT_OK;
	return report->error.scope == SL_CLIENT ? SL_EXIT_ENVIRONMENT
						: SL_EXIT_FAILED;
}

static int
store_all(struct import *import)
{
	struct sl_cli *cli = import->cli;
	struct sl_import_report report;
	struct sl_store *store = NULL;
	struct sl_error err;

	if (sl_signals_start(stop, import, &import->signals, &err) != SL_OK ||
	    sl_store_pg_open(sl_env_value(cli, SL_FLAG_DATABASE_URL), &store,
			     &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
	run(import, store, &report);
	store->free(&store);
	sl_import_view_report(import->view, &import->account.target, &report);
	return verdict(&report);
}

static int
work(struct import *import)
{
	int status = check_flags(import);

	if (status == SL_EXIT_OK)
		status = sl_archive_check(&import->archive, &import->painter);
	if (status != SL_EXIT_OK)
		return status;
	import->rows.archive = &import->archive;
	import->view = sl_import_view_new(&import->archive, &import->rows,
					  &import->painter);
	if (sl_cli_has(import->cli, SL_FLAG_CHECK)) {
		sl_import_view_check(import->view);
		return SL_EXIT_OK;
	}
	status = find_target(import);
	return status == SL_EXIT_OK ? store_all(import) : status;
}

int
sl_cmd_import(struct sl_cli *cli)
{
	struct import import = { .cli = cli };
	int status, got;

	import.archive.cli = cli;
	import.archive.path = cli->words[1];
	pthread_mutex_init(&import.mutex, NULL);
	pthread_cond_init(&import.stopped, NULL);
	sl_painter_init(&import.painter, cli->err, cli->clock);
	status = work(&import);
	got = import.signals == NULL ? 0 : sl_signals_got(import.signals);
	sl_signals_free(&import.signals);
	sl_painter_clear(&import.painter);
	sl_archive_rows_release(&import.rows);
	sl_archive_close(&import.archive);
	sl_import_view_free(&import.view);
	pthread_cond_destroy(&import.stopped);
	pthread_mutex_destroy(&import.mutex);
	return got == 0 ? status : SIGNAL_EXIT + got;
}
