/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Running accounts, for sync, worker and audit: everything that can be wrong
 * here is found before the first request leaves, and signals stop it in good
 * order.
 */
#ifndef SL_CLI_RUNNER_H
#define SL_CLI_RUNNER_H

#include <pthread.h>
#include <stdbool.h>

#include "core/base/text.h"

#include "core/auth/seal.h"
#include "core/net/http.h"
#include "core/sync/engine.h"

#include "cli/cli.h"
#include "cli/process.h"

struct sl_notifier;

/** Stop requests may come before there is an engine. */
struct sl_stopper {
	pthread_mutex_t mutex;
	struct sl_engine *engine; /* the one under way, or NULL */
	bool asked;
	int64_t grace_us; /* what is under way may end in so long; below 0:
			   * stop */
	FILE *err;
};

struct sl_runner {
	struct sl_cli *cli;
	struct sl_target_filter filter; /* user and provider by the options */
	int64_t max_time_us;            /* as in sl_engine_config */
	int pages_max, runs_at_once;    /* likewise; 0 = default  */
	int workers;                    /* likewise               */
	int64_t slice_us, patience_us;  /* likewise               */
	const struct sl_cap *caps;      /* likewise               */
	struct sl_owner owner;          /* this process           */
	struct sl_work *work;           /* one each account       */
	size_t count;
	size_t resting; /* accounts that match, but are not to run */
	size_t unread;  /* those that no connector of this build reads */
	/* private */
	char user_id[SL_UUID_TEXT];
	bool quota;
	struct sl_keyring *ring;
	struct sl_pg *pg; /* of who checked; may be NULL */
	struct sl_http *http;
	struct sl_stopper stopper;
	struct sl_signals *signals;
	struct sl_notifier *notifier;
};

/** Zeroed, for this command line. */
void sl_runner_init(struct sl_runner *runner, struct sl_cli *cli);

/** Options, keys and database; the connection that was made is kept in `pg`. */
int sl_runner_check(struct sl_runner *runner);

/** Its two halves: what needs no answer of the database, and a connection; and
 *  what the database says to it. */
int sl_runner_open(struct sl_runner *runner);
int sl_runner_check_database(struct sl_runner *runner);

/** The same, and work: all matching accounts that may run. */
int sl_runner_prepare(struct sl_runner *runner);

/** That there is no account to `what` ("sync"), and what to do about it. */
void sl_runner_say_idle(const struct sl_runner *runner, const char *what);

/** From now on signals are taken; HTTP is ready. */
int sl_runner_begin(struct sl_runner *runner);

/** One engine over `count` items of `work`; may be called again. */
int sl_runner_run(struct sl_runner *runner,
		  const struct sl_store_factory *stores,
		  const struct sl_work *work, size_t count,
		  const struct sl_observer *observer);

/** One engine that is fed, until the feed ends or it is stopped. */
int sl_runner_serve(struct sl_runner *runner,
		    const struct sl_store_factory *stores,
		    const struct sl_feed *feed,
		    const struct sl_observer *observer);

/** Ask the feed now, if an engine is at work. Any thread. */
void sl_runner_nudge(struct sl_runner *runner);

/** Was it asked to stop? */
bool sl_runner_stopped(struct sl_runner *runner);

/** Frees all; the exit status: `status`, or that of the signal. */
int sl_runner_end(struct sl_runner *runner, int status);

#endif
