/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one table of commands and options. Parsing, --help and the man page all
 * come from it; what is not in here does not exist.
 */
#ifndef SL_CLI_TABLE_H
#define SL_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>

struct sl_cli;

enum sl_flag {
	SL_FLAG_HELP,
	SL_FLAG_VERSION,
	SL_FLAG_DATABASE_URL,
	SL_FLAG_DIRECT_URL,
	SL_FLAG_KEY_FILE,
	SL_FLAG_LOG_LEVEL,
	SL_FLAG_JSON,
	SL_FLAG_USER,
	SL_FLAG_PROVIDER,
	SL_FLAG_EMAIL,
	SL_FLAG_ACCOUNT,
	SL_FLAG_CLIENT_FILE,
	SL_FLAG_CLIENT_ID,
	SL_FLAG_CLIENT_SECRET_FILE,
	SL_FLAG_REDIRECT_URI,
	SL_FLAG_TOKEN_FILE,
	SL_FLAG_LISTEN,
	SL_FLAG_NO_BROWSER,
	SL_FLAG_DUE,
	SL_FLAG_FULL,
	SL_FLAG_MAX_TIME,
	SL_FLAG_WAIT,
	SL_FLAG_ACCEPT_DELETIONS,
	SL_FLAG_DRY_RUN,
	SL_FLAG_PAGES,
	SL_FLAG_REPAIR,
	SL_FLAG_LIMIT,
	SL_FLAG_ENABLE,
	SL_FLAG_DISABLE,
	SL_FLAG_QUARANTINED,
	SL_FLAG_MAX_AGE,
	SL_FLAG_ERASE,
	SL_FLAG_YES,
	SL_FLAG_OUTPUT,
	SL_FLAG_AS_OF,
	SL_FLAG_CHECK,
	SL_FLAG_STATUS,
	SL_FLAG_TRIGGER,
	SL_FLAG_SINCE,
	SL_FLAG_UNTIL,
	SL_FLAG_ERRORS,
	SL_FLAG_RUN,
	SL_FLAG_FOLLOW,
	SL_FLAG_STREAMS,
	SL_FLAG_RUNS,
	SL_FLAG_WORKERS,
	SL_FLAG_PROVIDER_RUNS,
	SL_FLAG_SLICE,
	SL_FLAG_GRACE,
	SL_FLAG_POLL,
	SL_FLAGS, /* how many there are; ends a list of flags */
};

/** An option; the row of flag f is sl_flag_rows[f]. */
struct sl_flag_row {
	const char *name;     /* long name, without dashes               */
	const char *argument; /* what it takes; NULL = a switch          */
	const char *variable; /* environment variable of the same, or NULL */
	const char *help;     /* one sentence                            */
};

extern const struct sl_flag_row sl_flag_rows[SL_FLAGS];

/** Options that every command takes; ends with SL_FLAGS. */
extern const enum sl_flag sl_common_flags[];

/** Environment variables that no option stands for. */
struct sl_variable_row {
	const char *name; /* NULL ends the table */
	const char *help;
};

extern const struct sl_variable_row sl_variable_rows[];

struct sl_command {
	const char *name;  /* NULL ends the table                        */
	const char *words; /* what follows it, for people; NULL = nothing */
	int words_min, words_max;
	const char *summary; /* one line                                   */
	const char *about;   /* paragraphs, parted by empty lines          */
	const enum sl_flag *flags; /* ends with SL_FLAGS                   */
	bool hidden;               /* not in help and man page             */
	int (*run)(struct sl_cli *cli);
};

extern const struct sl_command sl_commands[];

/** The command of that name, or NULL. */
const struct sl_command *sl_command_find(const char *name);

#endif
