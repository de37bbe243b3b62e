/* SPDX-License-Identifier: Apache-2.0 */
#include "state/explain_tally.h"

#include <string.h>

static bool
find_row(const struct sl_rows *items, const char *artifact_id, size_t *row)
{
	for (*row = 0; *row < sl_rows_count(items); (*row)++)
		if (strcmp(sl_row_text(items, *row, "artifact_id"),
			   artifact_id) == 0)
			return true;
	return false;
}

void
sl_explain_count(struct sl_explain_tallies *tallies,
		 const struct sl_rows *items, const char *artifact_id,
		 const struct sl_people_decision *decision)
{
	struct sl_explain_tally *t = tallies->list;
	size_t row;

	if (!find_row(items, artifact_id, &row))
		return;
	while (t < tallies->list + tallies->count &&
	       strcmp(t->decision.reason, decision->reason) != 0)
		t++;
	if (t == tallies->list + tallies->count) {
		SL_ASSERT(tallies->count < SL_EXPLAIN_REASONS_MAX);
		*t = (struct sl_explain_tally){ .decision = *decision,
						.first = row };
		tallies->count++;
	}
	t->items++;
	if (row < t->first)
		t->first = row;
}

const struct sl_explain_tally *
sl_explain_deciding(const struct sl_explain_tallies *tallies)
{
	const struct sl_explain_tally *best = NULL;

	for (size_t i = 0; i < tallies->count; i++) {
		const struct sl_explain_tally *t = &tallies->list[i];
		bool contact = t->decision.contact;

		if (best == NULL || (contact && !best->decision.contact) ||
		    (contact == best->decision.contact &&
		     t->first < best->first))
			best = t;
	}
	return best;
}
