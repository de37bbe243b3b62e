/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is kept for how long (sluice.retention), and the process that looks after
 * it: one at a time for each subject, at most once an hour, in short
 * transactions.
 */
#ifndef SL_STATE_RETENTION_H
#define SL_STATE_RETENTION_H

#include <stdint.h>

#include "core/base/error.h"

#include "state/pg.h"

/** Rows that went, or lost what they held. */
struct sl_retained {
	int64_t logs, filtered, raw, seen, tombstones;
};

/**
 * Look after each subject whose turn it is.
 *
 * most		about so many rows of a subject; the next call goes on. What a
 *		killed process left is done an hour later
 *
 * A subject that fails keeps no other from its turn; the first failure is told.
 */
sl_status sl_retention_keep(struct sl_pg *pg, int64_t most,
			    struct sl_retained *out, struct sl_error *err)
	SL_NODISCARD;

#endif
