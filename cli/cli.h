/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One invocation: what was asked for and how it may answer.
 *
 * The command line is the only part of sluice that prints. Results go to
 * stdout; what is wrong goes to stderr as one line, "sluice: what; what to
 * do". Exit status: see enum sl_exit.
 */
#ifndef SL_CLI_CLI_H
#define SL_CLI_CLI_H

#include <stdbool.h>
#include <stdio.h>

#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/log.h"

#include "cli/table.h"

enum sl_exit {
	SL_EXIT_OK = 0,
	SL_EXIT_FAILED = 1,      /* a run failed, or a person is needed     */
	SL_EXIT_USAGE = 2,       /* the command line, or a file it names    */
	SL_EXIT_ENVIRONMENT = 3, /* database, schema, key file              */
};

struct sl_cli {
	struct sl_arena *arena; /* lives as long as the command */
	const struct sl_command *command;
	const char *flags[SL_FLAGS]; /* NULL = not given; a switch is "" */
	const char *const *words;    /* after the command, NULL-ended    */
	int word_count;
	const struct sl_clock *clock;
	const struct sl_rng *rng;
	struct sl_log *log; /* NULL = no log */
	FILE *out;
	FILE *err;
};

/**
 * Read the command line into `cli`; argv is not changed in its texts.
 *
 * SL_CONFIG	the command line makes no sense: the text says why
 */
sl_status sl_cli_parse(struct sl_cli *cli, int argc, char **argv,
		       struct sl_error *err) SL_NODISCARD;

/** Was the switch given? */
bool sl_cli_has(const struct sl_cli *cli, enum sl_flag flag);

/** Run the command that was parsed. */
int sl_cli_run(struct sl_cli *cli);

/** "sluice: <text>" on stderr, as one line; returns `status`. */
int sl_cli_complain(struct sl_cli *cli, enum sl_exit status, const char *fmt,
		    ...) SL_PRINTF(3, 4);

/** The same with an error's text. */
int sl_cli_fail(struct sl_cli *cli, enum sl_exit status,
		const struct sl_error *err);

#endif
