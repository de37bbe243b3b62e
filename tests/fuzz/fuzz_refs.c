/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sync_state.pending: what is read is written back the same.
 *
 * covers: state/store_refs.c
 */
#include "core/sync/record.h"

#include "state/store_page.h"
#include "tests/fuzz/kit.h"

static void
check_ref(const struct sl_ref *ref, const struct sl_ref *again)
{
	SL_ASSERT(sl_text_equal(ref->source_id, again->source_id));
	SL_ASSERT(sl_text_equal(ref->group, again->group));
	SL_ASSERT(sl_text_equal(ref->version, again->version));
	SL_ASSERT((ref->instances == NULL) == (again->instances == NULL));
	SL_ASSERT(ref->instances == NULL ||
		  (ref->instances->span.from_us ==
			   again->instances->span.from_us &&
		   ref->instances->span.to_us == again->instances->span.to_us &&
		   ref->instances->pages == again->instances->pages));
	fuzz_check_text(ref->source_id);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	struct sl_ref *refs, *again;
	struct sl_error err;
	sl_status status =
		sl_refs_parse(arena, fuzz_copy(arena, data, size), &refs, &err);

	if (status != SL_OK) {
		fuzz_check_error(&err, status);
		return 0;
	}
	status = sl_refs_parse(arena, sl_refs_json(arena, refs), &again, &err);
	SL_ASSERT(status == SL_OK);
	for (; refs != NULL; refs = refs->next, again = again->next) {
		SL_ASSERT(again != NULL);
		check_ref(refs, again);
	}
	SL_ASSERT(again == NULL);
	return 0;
}
