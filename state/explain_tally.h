/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the policy answered about one person, counted over the items that an
 * explanation looks at.
 */
#ifndef SL_STATE_EXPLAIN_TALLY_H
#define SL_STATE_EXPLAIN_TALLY_H

#include "core/people/policy.h"

#include "state/pg.h"

/** Kinds of answers that the policies have, and room. */
#define SL_EXPLAIN_REASONS_MAX 32

/** One answer. */
struct sl_explain_tally {
	struct sl_people_decision decision;
	int64_t items;
	size_t first; /* row, of the items in the order of their rows */
};

struct sl_explain_tallies {
	struct sl_explain_tally list[SL_EXPLAIN_REASONS_MAX];
	size_t count;
};

/** Count a decision about the item of `artifact_id`, one of the rows; one that
 *  is not among them was written between two statements, and is left out. */
void sl_explain_count(struct sl_explain_tallies *tallies,
		      const struct sl_rows *items, const char *artifact_id,
		      const struct sl_people_decision *decision);

/** What makes a contact, else what was decided of the first item; NULL: there
 *  is none. */
const struct sl_explain_tally *
sl_explain_deciding(const struct sl_explain_tallies *tallies);

#endif
