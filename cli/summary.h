/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a run ended, for a person and for a program.
 */
#ifndef SL_CLI_SUMMARY_H
#define SL_CLI_SUMMARY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "core/base/arena.h"

#include "core/sync/engine.h"

/** Did it fail, in whole or in part, or does it need a person? */
bool sl_summary_failed(const struct sl_run_report *report);

/** Was it well, and found nothing new? A full walk is never that. */
bool sl_summary_quiet(const struct sl_run_report *report);

/** What a person should do about the error; "" = nothing. */
const char *sl_summary_advice(struct sl_arena *arena,
			      const struct sl_run_report *report);

/** Several lines: what changed, what it cost, what went wrong. */
void sl_summary_print(FILE *out, struct sl_arena *arena, const char *title,
		      const struct sl_run_report *report);

/** One line of a failure, without "sluice: " and newline. */
const char *sl_summary_complaint(struct sl_arena *arena,
				 const struct sl_run_report *report);

/** The object that `sync --json` prints; a new reference. */
json_t *sl_summary_json(const struct sl_run_report *report);

#endif
