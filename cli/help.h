/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Help and man page, written from the table.
 */
#ifndef SL_CLI_HELP_H
#define SL_CLI_HELP_H

#include <stdio.h>

#include "cli/table.h"

/** All commands, one line each, and the common options. */
void sl_help_all(FILE *out);

/** One command in full. */
void sl_help_command(FILE *out, const struct sl_command *command);

/** Sections COMMANDS, OPTIONS and ENVIRONMENT as mdoc(7). */
void sl_help_man(FILE *out);

#endif
