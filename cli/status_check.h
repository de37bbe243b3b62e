/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What monitoring wants to know: is every account as fresh as it should be,
 * and does anything wait for a person?
 */
#ifndef SL_CLI_STATUS_CHECK_H
#define SL_CLI_STATUS_CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/cli.h"
#include "state/report.h"

/** Without --max-age: three intervals, an hour at least. */
#define SL_CHECK_INTERVALS 3
#define SL_CHECK_LEAST_US  (INT64_C(3600) * SL_US_PER_S)

/** A success that lies further ahead than this is no success of late. */
#define SL_CHECK_AHEAD_US (INT64_C(600) * SL_US_PER_S)

/** A walk that stored nothing for so long does not move: more than a provider's
 *  limit of a day explains. */
#define SL_CHECK_WALK_US (INT64_C(26) * 3600 * SL_US_PER_S)

/** A consent that ends so soon wants a person. */
#define SL_CHECK_END_US (3 * SL_DAY_US)

/** So many items in quarantine within a day are no accident of one item. */
#define SL_CHECK_QUARANTINED 100

enum sl_problem {
	SL_PROBLEM_NONE,
	SL_PROBLEM_REAUTH, /* consent is needed                  */
	SL_PROBLEM_PARKED, /* its runs died; a person must look  */
	SL_PROBLEM_UNREAD, /* by no connector of this build      */
	SL_PROBLEM_NEVER,  /* connected long ago, never synced   */
	SL_PROBLEM_STALE,
	SL_PROBLEM_CLOCK, /* the last success is in the future  */
	SL_PROBLEM_WALK,  /* a walk does not move               */
	SL_PROBLEM_ITEMS, /* many items went to quarantine      */
	SL_PROBLEM_HELD,  /* deletions wait for consent         */
	SL_PROBLEM_ENDS,  /* its consent ends soon              */
};

/**
 * The first problem of an account, in the order of the list. What a person lets
 * rest has none, nor has a user's who is deleted. Pure.
 *
 * reads	does this build have its connector?
 * max_age_us	0 = by its interval
 * now_us	what the end of its consent is held against
 */
enum sl_problem sl_status_problem(const struct sl_status_row *row, bool reads,
				  int64_t max_age_us, int64_t now_us);

/** Does it wait for a person? */
bool sl_status_waits(const struct sl_status_row *row);

/** A line for each problem, or "ok"; the exit status. */
int sl_status_check(struct sl_cli *cli, const struct sl_status_row *rows,
		    size_t count, int64_t max_age_us);

#endif
