/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lanes: what a run leaves to the other one, slices, stepping aside for others,
 * and when an account is due again.
 */
#ifndef SL_SYNC_LANE_PRIVATE_H
#define SL_SYNC_LANE_PRIVATE_H

#include <stdbool.h>
#include <stdint.h>

struct sl_run;
struct sl_run_end;
struct sl_stream_kind;
struct sl_stream_row;
struct sl_task;

/** A walk, or of one that follows: a position. */
bool sl_stream_must_walk(const struct sl_run *run,
			 const struct sl_stream_kind *kind,
			 const struct sl_stream_row *row);
/** The account is loaded: are its walks the other lane's? */
void sl_run_begin_lane(struct sl_run *run);
/** It walks, and that is the other lane's. */
bool sl_task_is_left(struct sl_task *task);
/** When its slice ends, monotonic; INT64_MAX: never. */
int64_t sl_run_slice_us(const struct sl_run *run);
/** Step aside if it has ended. */
void sl_run_check_slice(struct sl_run *run);
/** Does it wait so long, rather than step aside? */
bool sl_run_has_patience(const struct sl_run *run, int64_t wait_us);
/** The stream waits for the quota or a deadline; if all do, the run steps
 *  aside. */
void sl_task_waits(struct sl_task *task, int64_t until_us);
/** A stream is over, perhaps: step aside if all that is left waits so. */
void sl_run_check_patience(struct sl_run *run);
/** The engine ends, or the run steps aside. */
bool sl_run_is_ending(struct sl_run *run);
/** When its changes and its walks are due again. */
void sl_run_plan_next(struct sl_run *run, struct sl_run_end *end);

#endif
