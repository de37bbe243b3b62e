/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Run accounts in the foreground: everything that can be wrong here is found
 * before the first request leaves.
 */
#include <limits.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "core/net/retry.h"
#include "core/sync/engine.h"

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/process.h"
#include "cli/sync_private.h"
#include "connectors/registry.h"
#include "state/look.h"
#include "state/store_pg.h"

/** What `--due` may take, so that one cron line ends before the next. */
#define DUE_TIME_US (4 * 60 * SL_US_PER_S)

/** Pages of an account that a dry run looks at. */
#define DRY_PAGES 10

/** Accounts of one invocation; the next one takes the rest. */
#define TARGETS_MAX 100000

/** Stop requests may come before there is an engine. */
struct stopper {
	struct sl_engine *_Atomic engine;
	atomic_bool asked;
	FILE *err;
};

struct sync {
	struct sl_cli *cli;
	struct sl_target_filter filter;
	char user_id[SL_UUID_TEXT];
	int64_t max_time_us;
	int64_t pages; /* of a dry run; 0 = no dry run */
	bool quota;
	struct sl_keyring *ring;
	struct sl_http *http;
	struct sl_work *work;
	size_t count;
	struct stopper stopper;
	struct sl_signals *signals;
};

static void
stop(void *ctx)
{
	struct stopper *stopper = ctx;
	struct sl_engine *engine;

	fprintf(stopper->err,
		"%sstopping in good order; once more to stop at once\n",
		isatty(fileno(stopper->err)) == 1 ? "\n" : "");
	atomic_store(&stopper->asked, true);
	engine = atomic_load(&stopper->engine);
	if (engine != NULL)
		sl_engine_stop(engine);
}

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
	const char *text = cli->flags[SL_FLAG_MAX_TIME];
	int status;

	sync->filter.due = sl_cli_has(cli, SL_FLAG_DUE);
	sync->filter.limit = TARGETS_MAX;
	sync->max_time_us = sync->filter.due ? DUE_TIME_US : 0;
	if (text != NULL && (!sl_parse_duration(text, &sync->max_time_us) ||
			     sync->max_time_us == 0))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--max-time %s: a length of time, like "
				       "90s or 10m",
				       text);
	status = read_pages(sync);
	if (status == SL_EXIT_OK)
		status = sl_env_provider_filter(cli, &sync->filter.provider);
	if (status == SL_EXIT_OK)
		status = sl_env_quota(cli, &sync->quota);
	if (status == SL_EXIT_OK)
		status = sl_env_check_endpoints(cli);
	return status;
}

/* Schema and user, on a connection that is gone before the work begins. */
static int
check_database(struct sync *sync)
{
	struct sl_pg *pg = NULL;
	bool given = false;
	int status = sl_env_database(sync->cli, &pg);

	if (status == SL_EXIT_OK)
		status = sl_env_check_keys(sync->cli, pg, sync->ring);
	if (status == SL_EXIT_OK)
		status = sl_env_user(sync->cli, pg, sync->user_id, &given);
	if (given)
		sync->filter.user_id = sync->user_id;
	sl_pg_free(&pg);
	return status;
}

static bool
may_run(const struct sl_target *target)
{
	return strcmp(target->status, "paused") != 0 &&
	       strcmp(target->status, "disconnected") != 0 &&
	       strcmp(target->status, "archive") != 0;
}

static void
make_work(struct sync *sync, const struct sl_target *targets, size_t count)
{
	sync->work = SL_NEW_ARRAY(sync->cli->arena, count + 1, struct sl_work);
	for (size_t i = 0; i < count; i++) {
		if (!may_run(&targets[i]))
			continue;
		sync->work[sync->count++] = (struct sl_work){
			.target = targets[i],
			.trigger = sync->filter.due ? "schedule" : "manual",
			.full = sl_cli_has(sync->cli, SL_FLAG_FULL),
			.skip_busy = sync->filter.due,
		};
	}
}

static int
find_work(struct sync *sync)
{
	const char *url = sl_env_value(sync->cli, SL_FLAG_DATABASE_URL);
	struct sl_store *store = NULL;
	struct sl_target *targets = NULL;
	struct sl_error err;
	size_t count = 0;
	sl_status st = sl_store_pg_open(url, &store, &err);

	if (st == SL_OK) {
		st = store->targets(store, &sync->filter, sync->cli->arena,
				    &targets, &count, &err);
		store->free(&store);
	}
	if (st != SL_OK)
		return sl_cli_fail(sync->cli, SL_EXIT_ENVIRONMENT, &err);
	make_work(sync, targets, count);
	return SL_EXIT_OK;
}

static int
prepare(struct sync *sync)
{
	int status = read_flags(sync);

	if (status == SL_EXIT_OK)
		status = sl_env_keys(sync->cli, &sync->ring);
	if (status == SL_EXIT_OK)
		status = check_database(sync);
	if (status == SL_EXIT_OK)
		status = find_work(sync);
	return status;
}

static int
start_engine(struct sync *sync, const struct sl_store_factory *stores,
	     struct sl_engine **engine)
{
	struct sl_engine_config config = {
		.transport = sl_http_transport(sync->http),
		.stores = *stores,
		.registry = sl_registry,
		.clock = sync->cli->clock,
		.rng = sync->cli->rng,
		.log = sync->cli->log,
		.keys = sync->ring,
		.endpoint = sl_env_endpoint,
		.retry = sl_retry_default,
		.quota = sync->quota,
		.max_time_us = sync->max_time_us,
		.pages_max = (int)sync->pages,
		/* what is told of one account stands together */
		.runs_at_once = sync->pages > 0 ? 1 : 0,
	};
	struct sl_error err;

	sl_process_owner(sync->cli->arena, sync->cli->clock, &config.owner);
	if (sl_engine_new(&config, engine, &err) != SL_OK)
		return sl_cli_fail(sync->cli, SL_EXIT_ENVIRONMENT, &err);
	atomic_store(&sync->stopper.engine, *engine);
	if (atomic_load(&sync->stopper.asked))
		sl_engine_stop(*engine);
	return SL_EXIT_OK;
}

static int
run_engine(struct sync *sync, struct sl_sync_view *view,
	   struct sl_engine *engine)
{
	const struct sl_observer observer = sl_sync_view_observer(view);
	struct sl_error err;
	sl_status st =
		sl_engine_run(engine, sync->work, sync->count, &observer, &err);

	if (st != SL_OK && st != SL_CANCELLED)
		return sl_cli_fail(sync->cli, SL_EXIT_ENVIRONMENT, &err);
	return SL_EXIT_OK;
}

static int
work(struct sync *sync)
{
	const char *url = sl_env_value(sync->cli, SL_FLAG_DATABASE_URL);
	struct sl_store_factory stores = sl_store_pg_factory(url);
	struct sl_sync_view *view;
	struct sl_look *look = NULL;
	struct sl_engine *engine = NULL;
	struct sl_error err;
	int status, shown, got;

	if (sl_signals_start(stop, &sync->stopper, &sync->signals, &err) !=
	    SL_OK)
		return sl_cli_fail(sync->cli, SL_EXIT_ENVIRONMENT, &err);
	view = sl_sync_view_new(sync->cli, sync->work, sync->count);
	if (sync->pages > 0) {
		look = sl_look_new(url, sl_sync_view_item, view);
		stores = sl_look_factory(look);
	}
	status = sl_env_http(sync->cli, &sync->http);
	if (status == SL_EXIT_OK)
		status = start_engine(sync, &stores, &engine);
	if (status == SL_EXIT_OK)
		status = run_engine(sync, view, engine);
	got = sl_signals_got(sync->signals);
	sl_signals_free(&sync->signals);
	sl_engine_free(&engine);
	sl_look_free(&look);
	sl_http_free(&sync->http);
	shown = sl_sync_view_finish(view);
	if (got != 0)
		return 128 + got;
	return status == SL_EXIT_OK ? shown : status;
}

static int
say_idle(struct sync *sync)
{
	if (!sync->filter.due && !sl_cli_has(sync->cli, SL_FLAG_JSON))
		fputs("no account to sync: sluice connect CONNECTOR --user U\n",
		      sync->cli->out);
	return SL_EXIT_OK;
}

int
sl_cmd_sync(struct sl_cli *cli)
{
	struct sync sync = { .cli = cli, .stopper = { .err = cli->err } };
	int status = prepare(&sync);

	if (status == SL_EXIT_OK)
		status = sync.count == 0 ? say_idle(&sync) : work(&sync);
	sl_keyring_free(&sync.ring);
	return status;
}
