/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How complete each stream is: the view sync_coverage, as the operator.
 */
#ifndef SL_STATE_COVERAGE_H
#define SL_STATE_COVERAGE_H

#include "state/report.h"

struct sl_coverage_row {
	const char *stream_id, *user_id, *integration_id, *connector, *account;
	const char *kind, *key, *title; /* title: or NULL                   */
	const char *state;
	bool enabled;
	bool complete;            /* nothing is missing but by a lower bound  */
	bool unbounded;           /* complete from the beginning              */
	int64_t complete_from_us; /* SL_NO_TIME: nothing is, or unbounded     */
	int64_t complete_to_us;   /* SL_NO_TIME: nothing is complete          */
	const char *gaps;         /* JSON: see the view                       */
	int64_t listed, estimate; /* of a walk; 0 = unknown                   */
	int64_t pending;          /* listed, and still to be read             */
	int64_t checked_us;
	int64_t walking_since_us; /* SL_NO_TIME: no walk is under way         */
	int64_t walk_ms;          /* that runs have worked since              */
};

sl_status sl_coverage_list(struct sl_pg *pg,
			   const struct sl_report_filter *filter,
			   struct sl_arena *arena, struct sl_coverage_row **out,
			   size_t *count, struct sl_error *err) SL_NODISCARD;

/**
 * About how long the walk still takes, by what it has done: working time, not
 * the rests between runs. SL_NO_TIME: nobody can tell. Pure.
 */
int64_t sl_coverage_left_us(const struct sl_coverage_row *row);

/** Of each account's streams that are pulled: how many are complete. */
struct sl_coverage_count {
	const char *integration_id;
	int64_t streams, complete;
};

sl_status sl_coverage_counts(struct sl_pg *pg,
			     const struct sl_report_filter *filter,
			     struct sl_arena *arena,
			     struct sl_coverage_count **out, size_t *count,
			     struct sl_error *err) SL_NODISCARD;

#endif
