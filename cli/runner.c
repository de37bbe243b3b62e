/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/runner.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/net/retry.h"

#include "cli/env.h"
#include "cli/format.h"
#include "cli/notify.h"
#include "cli/vault.h"
#include "connectors/registry.h"
#include "state/store_pg.h"

/** Accounts of one invocation; the next one takes the rest. */
#define TARGETS_MAX 100000

#define SIGNAL_EXIT 128

/* Locked. */
static void
stop_engine(const struct sl_stopper *stopper)
{
	if (stopper->grace_us < 0)
		sl_engine_stop(stopper->engine);
	else
		sl_engine_drain(stopper->engine, stopper->grace_us);
}

static void
stop(void *ctx)
{
	struct sl_stopper *stopper = ctx;

	fprintf(stopper->err,
		"%sstopping in good order; once more to stop at once\n",
		isatty(fileno(stopper->err)) == 1 ? "\n" : "");
	pthread_mutex_lock(&stopper->mutex);
	stopper->asked = true;
	if (stopper->engine != NULL)
		stop_engine(stopper);
	pthread_mutex_unlock(&stopper->mutex);
}

/* Whom a stop request reaches from now on. */
static void
set_engine(struct sl_stopper *stopper, struct sl_engine *engine)
{
	pthread_mutex_lock(&stopper->mutex);
	stopper->engine = engine;
	if (engine != NULL && stopper->asked)
		stop_engine(stopper);
	pthread_mutex_unlock(&stopper->mutex);
}

void
sl_runner_init(struct sl_runner *runner, struct sl_cli *cli)
{
	*runner = (struct sl_runner){ .cli = cli,
				      .filter = { .limit = TARGETS_MAX },
				      .stopper = { .err = cli->err,
						   .grace_us = -1 } };
	sl_process_owner(cli->arena, cli->clock, &runner->owner);
	pthread_mutex_init(&runner->stopper.mutex, NULL);
}

int
sl_runner_check_database(struct sl_runner *r)
{
	bool given = false;
	int status = sl_env_check_schema(r->cli, r->pg);

	if (status == SL_EXIT_OK)
		status = sl_vault_check(r->cli, r->pg, r->ring,
					SL_VAULT_NONE_MISSES);
	if (status == SL_EXIT_OK)
		status = sl_env_user(r->cli, r->pg, r->user_id, &given);
	if (given)
		r->filter.user_id = r->user_id;
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
make_work(struct sl_runner *r, const struct sl_target *targets, size_t count)
{
	r->work = SL_NEW_ARRAY(r->cli->arena, count + 1, struct sl_work);
	for (size_t i = 0; i < count; i++) {
		if (!may_run(&targets[i])) {
			r->resting++;
			continue;
		}
		if (!sl_env_reads(targets[i].provider)) {
			r->unread++;
			continue;
		}
		r->work[r->count++] = (struct sl_work){
			.target = targets[i],
			.trigger = r->filter.due ? "schedule" : "manual",
			.full = sl_cli_has(r->cli, SL_FLAG_FULL),
			.skip_busy = r->filter.due,
		};
	}
}

static int
find_work(struct sl_runner *r)
{
	const char *url = sl_env_value(r->cli, SL_FLAG_DATABASE_URL);
	struct sl_store *store = NULL;
	struct sl_target *targets = NULL;
	struct sl_error err;
	size_t count = 0;
	sl_status st = sl_store_pg_open(url, &store, &err);

	if (st == SL_OK) {
		st = store->targets(store, &r->filter, r->cli->arena, &targets,
				    &count, &err);
		store->free(&store);
	}
	if (st != SL_OK)
		return sl_cli_fail(r->cli, SL_EXIT_ENVIRONMENT, &err);
	make_work(r, targets, count);
	return SL_EXIT_OK;
}

int
sl_runner_open(struct sl_runner *r)
{
	const char *url = sl_env_value(r->cli, SL_FLAG_DATABASE_URL);
	int status = sl_env_provider_filter(r->cli, &r->filter.provider);

	if (status == SL_EXIT_OK)
		status = sl_env_quota(r->cli, &r->quota);
	if (status == SL_EXIT_OK)
		status = sl_env_check_endpoints(r->cli);
	if (status == SL_EXIT_OK)
		status = sl_env_keys(r->cli, &r->ring);
	if (status == SL_EXIT_OK)
		status = sl_env_dial(r->cli, url, &r->pg);
	return status;
}

int
sl_runner_check(struct sl_runner *r)
{
	int status = sl_runner_open(r);

	return status == SL_EXIT_OK ? sl_runner_check_database(r) : status;
}

int
sl_runner_prepare(struct sl_runner *r)
{
	int status = sl_runner_check(r);

	sl_pg_free(&r->pg); /* none is held while the work is done */
	return status == SL_EXIT_OK ? find_work(r) : status;
}

void
sl_runner_say_idle(const struct sl_runner *r, const char *what)
{
	if (r->resting > 0)
		fprintf(r->cli->out,
			"no account to %s: %s paused, disconnected or "
			"imported alone (sluice status)\n",
			what,
			sl_format_plural(r->cli->arena, (int64_t)r->resting,
					 "account"));
	else if (r->unread > 0)
		fprintf(r->cli->out,
			"no account to %s: %s of a kind that this build "
			"cannot read (sluice connectors)\n",
			what,
			sl_format_plural(r->cli->arena, (int64_t)r->unread,
					 "account"));
	else
		fprintf(r->cli->out,
			"no account to %s: sluice connect CONNECTOR --user U\n",
			what);
}

int
sl_runner_begin(struct sl_runner *r)
{
	struct sl_error err;

	if (sl_signals_start(stop, &r->stopper, &r->signals, &err) != SL_OK)
		return sl_cli_fail(r->cli, SL_EXIT_ENVIRONMENT, &err);
	r->notifier =
		sl_notifier_new(getenv("SLUICE_NOTIFY_COMMAND"), r->cli->log);
	/* where there is no HTTP/2, a run under way is a connection */
	return sl_env_http(r->cli, r->runs_at_once, &r->http);
}

static void
on_stopped(void *ctx, const struct sl_stop *stopped)
{
	sl_notifier_tell(ctx, stopped);
}

static int
start_engine(struct sl_runner *r, const struct sl_store_factory *stores,
	     struct sl_engine **engine)
{
	struct sl_engine_config config = {
		.transport = sl_http_transport(r->http),
		.stores = *stores,
		.registry = sl_registry,
		.clock = r->cli->clock,
		.rng = r->cli->rng,
		.log = r->cli->log,
		.keys = r->ring,
		.endpoint = sl_env_endpoint,
		.stopped = on_stopped,
		.stopped_ctx = r->notifier,
		.retry = sl_retry_default,
		.quota = r->quota,
		.max_time_us = r->max_time_us,
		.owner = r->owner,
		.pages_max = r->pages_max,
		.runs_at_once = r->runs_at_once,
		.workers = r->workers,
		.slice_us = r->slice_us,
		.patience_us = r->patience_us,
		.caps = r->caps,
	};
	struct sl_error err;

	if (sl_engine_new(&config, engine, &err) != SL_OK)
		return sl_cli_fail(r->cli, SL_EXIT_ENVIRONMENT, &err);
	set_engine(&r->stopper, *engine);
	return SL_EXIT_OK;
}

static int
end_engine(struct sl_runner *r, struct sl_engine **engine, sl_status st,
	   const struct sl_error *err)
{
	int status = SL_EXIT_OK;

	if (st != SL_OK && st != SL_CANCELLED)
		status = sl_cli_fail(r->cli, SL_EXIT_ENVIRONMENT, err);
	set_engine(&r->stopper, NULL);
	sl_engine_free(engine);
	return status;
}

int
sl_runner_run(struct sl_runner *r, const struct sl_store_factory *stores,
	      const struct sl_work *work, size_t count,
	      const struct sl_observer *observer)
{
	struct sl_engine *engine = NULL;
	struct sl_error err;
	int status = start_engine(r, stores, &engine);

	if (status != SL_EXIT_OK)
		return status;
	return end_engine(r, &engine,
			  sl_engine_run(engine, work, count, observer, &err),
			  &err);
}

int
sl_runner_serve(struct sl_runner *r, const struct sl_store_factory *stores,
		const struct sl_feed *feed, const struct sl_observer *observer)
{
	struct sl_engine *engine = NULL;
	struct sl_error err;
	int status = start_engine(r, stores, &engine);

	if (status != SL_EXIT_OK)
		return status;
	return end_engine(r, &engine,
			  sl_engine_serve(engine, feed, observer, &err), &err);
}

void
sl_runner_nudge(struct sl_runner *r)
{
	pthread_mutex_lock(&r->stopper.mutex);
	if (r->stopper.engine != NULL)
		sl_engine_nudge(r->stopper.engine);
	pthread_mutex_unlock(&r->stopper.mutex);
}

bool
sl_runner_stopped(struct sl_runner *r)
{
	bool asked;

	pthread_mutex_lock(&r->stopper.mutex);
	asked = r->stopper.asked;
	pthread_mutex_unlock(&r->stopper.mutex);
	return asked;
}

int
sl_runner_end(struct sl_runner *r, int status)
{
	int got = r->signals == NULL ? 0 : sl_signals_got(r->signals);

	sl_notifier_free(&r->notifier);
	sl_signals_free(&r->signals);
	sl_http_free(&r->http);
	sl_pg_free(&r->pg);
	sl_keyring_free(&r->ring);
	pthread_mutex_destroy(&r->stopper.mutex);
	return got == 0 ? status : SIGNAL_EXIT + got;
}
