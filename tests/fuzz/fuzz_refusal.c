/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Google's refusals: any status with any body is a remedy and a scope. The
 * input is the status in two bytes, flags in one, then the body.
 *
 * covers: connectors/google/errors.c
 */
#include "connectors/google/google.h"
#include "tests/fuzz/kit.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	struct sl_call call = { .endpoint = SL_GOOGLE_CALENDAR };
	struct sl_refusal refusal = { .call = &call };
	json_auto_t *body = NULL;
	struct sl_error err;
	sl_status status;

	if (size < 3)
		return 0;
	refusal.http_status = 300 + (data[0] | data[1] << 8) % 300;
	refusal.retry_after_ms = (data[2] & 4) != 0 ? 5000 : SL_NO_DELAY;
	refusal.had_cursor = (data[2] & 1) != 0;
	call.wanted_id = (data[2] & 2) != 0 ? "event1" : NULL;
	body = fuzz_json(arena, data + 3, size - 3);
	refusal.body = body;
	status = sl_google_classify(&refusal, &err);
	fuzz_check_error(&err, status);
	SL_ASSERT(status != SL_BUG && status != SL_LOST);
	SL_ASSERT(err.http_status == refusal.http_status);
	/* Only what was asked for by its id can be gone. */
	if (status == SL_REJECTED && err.scope == SL_ITEM)
		SL_ASSERT(call.wanted_id != NULL);
	if (status == SL_RESYNC)
		SL_ASSERT(call.wanted_id == NULL);
	return 0;
}
