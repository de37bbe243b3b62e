/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The daemon: pulls what is due, until it is told to stop.
 */
#include <signal.h>

#include "core/sync/schedule.h"

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/fleet.h"
#include "cli/worker_private.h"
#include "state/store_pg.h"

#define RUNS_DEFAULT    128
#define THREADS_DEFAULT 2
#define THREADS_MAX     64
#define POLL_US         (5 * SL_US_PER_S)
#define GRACE_US        (30 * SL_US_PER_S)

struct worker {
	struct sl_cli *cli;
	struct sl_runner runner;
	int64_t poll_us;
	struct sl_fleet *fleet;
	struct sl_beside *beside;
	struct sl_worker_view *view;
};

static int
read_flags(struct worker *w)
{
	struct sl_cli *cli = w->cli;
	struct sl_runner *r = &w->runner;
	int status;

	r->runs_at_once = RUNS_DEFAULT;
	r->workers = THREADS_DEFAULT;
	r->slice_us = SL_SLICE_US;
	r->patience_us = SL_FLEET_PATIENCE_US;
	r->stopper.grace_us = GRACE_US;
	w->poll_us = POLL_US;
	status = sl_fleet_number(cli, SL_FLAG_RUNS, 1, SL_FLEET_RUNS_MAX,
				 &r->runs_at_once);
	if (status == SL_EXIT_OK)
		status = sl_fleet_number(cli, SL_FLAG_WORKERS, 1, THREADS_MAX,
					 &r->workers);
	if (status == SL_EXIT_OK)
		status = sl_env_duration(cli, SL_FLAG_SLICE, &r->slice_us);
	if (status == SL_EXIT_OK)
		status = sl_env_duration(cli, SL_FLAG_GRACE,
					 &r->stopper.grace_us);
	if (status == SL_EXIT_OK)
		status = sl_env_duration(cli, SL_FLAG_POLL, &w->poll_us);
	return status;
}

/* Everything that can be wrong is found here, before anything is asked. */
static int
prepare(struct worker *w)
{
	struct sl_runner *r = &w->runner;
	int status = read_flags(w);

	if (status == SL_EXIT_OK)
		status = sl_runner_check(r);
	if (status == SL_EXIT_OK)
		status = sl_fleet_caps(w->cli, r->filter.provider, &r->caps);
	sl_pg_free(&r->pg);
	return status;
}

static void
log_start(const struct worker *w)
{
	const struct sl_runner *r = &w->runner;

	sl_log(w->cli->log, SL_LOG_INFO, "worker-started",
	       (struct sl_field[]){
		       SL_F_TEXT("version", SL_VERSION),
		       SL_F_NUM("pid", r->owner.pid),
		       SL_F_NUM("runs", r->runs_at_once),
		       SL_F_NUM("threads", r->workers),
		       SL_F_NUM("slice_s", r->slice_us / SL_US_PER_S),
		       SL_F_NUM("poll_s", w->poll_us / SL_US_PER_S),
		       SL_F_END });
}

static int
serve(struct worker *w)
{
	const char *url = sl_env_value(w->cli, SL_FLAG_DATABASE_URL);
	const struct sl_store_factory stores = sl_store_pg_factory(url);
	struct sl_feed feed = sl_fleet_feed(w->fleet);
	struct sl_observer observer;
	int status = sl_beside_start(&w->runner, &w->beside);

	if (status != SL_EXIT_OK)
		return status;
	log_start(w);
	w->view = sl_worker_view_new(w->cli);
	observer = sl_worker_view_observer(w->view);
	status = sl_runner_serve(&w->runner, &stores, &feed, &observer);
	sl_log(w->cli->log, SL_LOG_INFO, "worker-ended", NULL);
	return status;
}

int
sl_cmd_worker(struct sl_cli *cli)
{
	struct worker w = { .cli = cli };
	int status = sl_env_log_daemon(cli);

	/* The terminal is gone: we stay. Keys are read anew by themselves. */
	(void)signal(SIGHUP, SIG_IGN);
	sl_runner_init(&w.runner, cli);
	if (status == SL_EXIT_OK)
		status = prepare(&w);
	if (status == SL_EXIT_OK)
		status = sl_fleet_new(&w.runner, w.poll_us, &w.fleet);
	if (status == SL_EXIT_OK)
		status = sl_runner_begin(&w.runner);
	if (status == SL_EXIT_OK)
		status = serve(&w);
	sl_beside_stop(&w.beside);
	sl_worker_view_free(&w.view);
	sl_fleet_free(&w.fleet);
	/* To end because it was asked to is no failure. */
	(void)sl_runner_end(&w.runner, status);
	return status;
}
