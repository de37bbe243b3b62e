/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The work of sync --due and of worker: what is due, taken from the schedule in
 * batches and fed to the engine.
 */
#ifndef SL_CLI_FLEET_H
#define SL_CLI_FLEET_H

#include "cli/runner.h"

/** The most of --runs. */
#define SL_FLEET_RUNS_MAX 1000

/** A run is not held up for its quota any longer, with nothing under way: it is
 *  handed back. More than what a cron line takes ahead of time, or it would
 *  take back at once what it handed back. */
#define SL_FLEET_PATIENCE_US (15 * SL_US_PER_S)

struct sl_fleet;

/**
 * The first look of a cron line, by the runner's connection: is all in order, and
 * nothing to be done, not even to be kept up? Most lines find that, and are to be
 * over at once. False may mean anything, and is to be looked into step by step.
 */
bool sl_fleet_is_idle(struct sl_runner *runner);

/**
 * poll_us	look at least so often; 0: until nothing is due, then the feed
 *		ends (a cron line)
 *
 * Complains. The runner and its connection are borrowed; a user that its filter
 * names has all the work.
 */
int sl_fleet_new(struct sl_runner *runner, int64_t poll_us,
		 struct sl_fleet **out);

/** Take the first batch now, by the runner's connection, which is kept for the
 *  others; `*some` false: there is nothing to do, and the runner has it back.
 *  Complains. */
int sl_fleet_begin(struct sl_fleet *fleet, bool *some);

/** For sl_runner_serve. */
struct sl_feed sl_fleet_feed(struct sl_fleet *fleet);

void sl_fleet_free(struct sl_fleet **fleet);

/** --provider-runs, --provider: what each connector may have under way; NULL
 *  in `*caps` = no limits. Complains. */
int sl_fleet_caps(struct sl_cli *cli, const char *only,
		  const struct sl_cap **caps);

/** The whole number of an option, `least` or more; `*n` stays when it is not
 *  given. Complains. */
int sl_fleet_number(struct sl_cli *cli, enum sl_flag flag, int least, int most,
		    int *n);

#endif
