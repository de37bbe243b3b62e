/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages that hold nothing but a cursor, kept until the run ends.
 */
#ifndef SL_SYNC_QUIET_PRIVATE_H
#define SL_SYNC_QUIET_PRIVATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

struct sl_arena;
struct sl_commit;
struct sl_run;
struct sl_task;

/** What pages that held nothing leave to be stored. */
struct sl_quiet {
	bool kept;
	size_t items;
	char *cursor;  /* JSON text; NULL = as it is */
	json_t *shown; /* NULL = as it is */
};

/* engine_quiet.c */
/** The streams are known: may their pages wait for the end of the run? */
void sl_run_see_rest(struct sl_run *run);
/** `read` held nothing, and is gone: its cursor is kept for the end of the run.
 *  False: it is to be stored as any page. */
bool sl_task_keep_quiet(struct sl_task *task);
/** A page that came later is in the database. */
void sl_quiet_drop(struct sl_quiet *quiet);
/** What was kept, as commits on the arena; how many. */
size_t sl_run_gather_quiet(struct sl_run *run, struct sl_arena *arena,
			   const struct sl_commit **out);

#endif
