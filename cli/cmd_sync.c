/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pull what is new, in the foreground, or (--dry-run) say what that would do.
 */
#include <limits.h>

#include "core/sync/schedule.h"

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/fleet.h"
#include "cli/runner.h"
#include "cli/sync_private.h"
#include "cli/upkeep.h"
#include "state/look.h"
#include "state/store_pg.h"

/** What `--due` may take, so that one cron line ends before the next. */
#define DUE_TIME_US (INT64_C(240) * SL_US_PER_S)

/** Accounts at once of a cron line. */
#define DUE_RUNS 16

/** Pages of an account that a dry run looks at. */
#define DRY_PAGES 10

struct sync {
	struct sl_cli *cli;
	struct sl_runner runner;
	int64_t pages; /* of a dry run; 0 = no dry run */
};

static int
read_pages(struct sync *sync)
{
	struct sl_cli *cli = sync->cli;
	const char *text = cli->flags[SL_FLAG_PAGES];

	if (!sl_cli_has(cli, SL_FLAG_DRY_RUN))
		return text == NULL
			       ? SL_EXIT_OK
			       : sl_cli_complain(cli, SL_EXIT_USAGE,
						 "--pages goes with --dry-run");
	sync->pages = DRY_PAGES;
	if (text == NULL)
		return SL_EXIT_OK;
	if (!sl_parse_i64(text, &sync->pages) || sync->pages < 1 ||
	    sync->pages > INT_MAX)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--pages %s: a number of pages, 1 or "
				       "more",
				       text);
	return SL_EXIT_OK;
}

static int
read_flags(struct sync *sync)
{
	struct sl_cli *cli = sync->cli;
	struct sl_runner *r = &sync->runner;
	int status;

	r->filter.due = sl_cli_has(cli, SL_FLAG_DUE);
	r->max_time_us = r->filter.due ? DUE_TIME_US : 0;
	status = sl_env_duration(cli, SL_FLAG_MAX_TIME, &r->max_time_us);
	return status == SL_EXIT_OK ? read_pages(sync) : status;
}

static int
run(struct sync *sync)
{
	const char *url = sl_env_value(sync->cli, SL_FLAG_DATABASE_URL);
	struct sl_runner *r = &sync->runner;
	struct sl_sync_view *view =
		sl_sync_view_new(sync->cli, r->work, r->count);
	const struct sl_observer observer = sl_sync_view_observer(view);
	struct sl_store_factory stores = sl_store_pg_factory(url);
	struct sl_look *look = NULL;
	int status, shown;

	if (sync->pages > 0) {
		look = sl_look_new(url, sl_sync_view_item, view);
		stores = sl_look_factory(look);
		r->pages_max = (int)sync->pages;
		r->runs_at_once = 1; /* items of one account stand together */
	}
	status = sl_runner_run(r, &stores, r->work, r->count, &observer);
	sl_look_free(&look);
	shown = sl_sync_view_finish(view);
	return status == SL_EXIT_OK ? shown : status;
}

static int
say_idle(struct sync *sync)
{
	if (sl_cli_has(sync->cli, SL_FLAG_JSON))
		return SL_EXIT_OK;
	if (sync->runner.filter.due)
		fputs("no account is due now: sluice status says when\n",
		      sync->cli->out);
	else
		sl_runner_say_idle(&sync->runner, "sync");
	return SL_EXIT_OK;
}

static int
work(struct sync *sync)
{
	int status;

	if (sync->runner.count == 0)
		return say_idle(sync);
	status = sl_runner_begin(&sync->runner);
	return status == SL_EXIT_OK ? run(sync) : status;
}

/* --- the cron line ---------------------------------------------------------- */

static int
feed_engine(struct sync *sync, struct sl_fleet *fleet)
{
	const char *url = sl_env_value(sync->cli, SL_FLAG_DATABASE_URL);
	const struct sl_store_factory stores = sl_store_pg_factory(url);
	struct sl_runner *r = &sync->runner;
	struct sl_feed feed = sl_fleet_feed(fleet);
	struct sl_sync_view *view;
	struct sl_observer observer;
	int status = sl_runner_begin(r), shown;

	if (status != SL_EXIT_OK)
		return status;
	view = sl_sync_view_new(sync->cli, NULL, 0);
	observer = sl_sync_view_observer(view);
	status = sl_runner_serve(r, &stores, &feed, &observer);
	shown = sl_sync_view_finish(view);
	return status == SL_EXIT_OK ? shown : status;
}

/* After the runs, and also when none is due. */
static int
keep_up(struct sync *sync)
{
	const char *url = sl_env_value(sync->cli, SL_FLAG_DATABASE_URL);
	struct sl_runner *r = &sync->runner;
	struct sl_upkeep upkeep = { .cli = sync->cli, .ring = r->ring };
	struct sl_error err;
	int status = r->pg ? SL_EXIT_OK : sl_env_dial(sync->cli, url, &r->pg);

	if (status != SL_EXIT_OK)
		return status;
	upkeep.pg = r->pg;
	return sl_upkeep(&upkeep, &err) == SL_OK
		       ? SL_EXIT_OK
		       : sl_cli_fail(sync->cli, SL_EXIT_ENVIRONMENT, &err);
}

/* What is due, in batches, as one process among many. Threads, HTTP and stores
 * are there only if something is. */
static int
work_due(struct sync *sync)
{
	struct sl_runner *r = &sync->runner;
	struct sl_fleet *fleet = NULL;
	bool some = false;
	int status, kept;

	r->runs_at_once = DUE_RUNS;
	r->slice_us = SL_SLICE_US;
	r->patience_us = SL_FLEET_PATIENCE_US;
	status = sl_runner_open(r);
	if (status == SL_EXIT_OK)
		status = sl_fleet_caps(sync->cli, r->filter.provider, &r->caps);
	/* a user who was named is to be found, too */
	if (status == SL_EXIT_OK && !sl_cli_has(sync->cli, SL_FLAG_USER) &&
	    sl_fleet_is_idle(r))
		return SL_EXIT_OK;
	if (status == SL_EXIT_OK)
		status = sl_runner_check_database(r);
	if (status == SL_EXIT_OK)
		status = sl_fleet_new(r, 0, &fleet);
	if (status == SL_EXIT_OK)
		status = sl_fleet_begin(fleet, &some);
	if (status == SL_EXIT_OK && some)
		status = feed_engine(sync, fleet);
	sl_fleet_free(&fleet);
	if (status == SL_EXIT_ENVIRONMENT || status == SL_EXIT_USAGE ||
	    sl_runner_stopped(r))
		return status;
	kept = keep_up(sync);
	return status == SL_EXIT_OK ? kept : status;
}

static bool
is_cron_line(const struct sync *sync)
{
	return sync->runner.filter.due && sync->pages == 0;
}

int
sl_cmd_sync(struct sl_cli *cli)
{
	struct sync sync = { .cli = cli };
	int status;

	sl_runner_init(&sync.runner, cli);
	status = read_flags(&sync);
	if (status == SL_EXIT_OK && is_cron_line(&sync))
		return sl_runner_end(&sync.runner, work_due(&sync));
	if (status == SL_EXIT_OK)
		status = sl_runner_prepare(&sync.runner);
	if (status == SL_EXIT_OK)
		status = work(&sync);
	return sl_runner_end(&sync.runner, status);
}
