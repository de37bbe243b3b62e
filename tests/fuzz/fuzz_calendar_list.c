/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page of the list of calendars, any JSON in its place.
 *
 * covers: connectors/google_calendar/calendars.c
 */
#include "tests/fuzz/calendar.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct sl_stream stream = {
		.kind = SL_GCAL_CALENDARS,
		.key = "",
		.walk_started_us = SL_NO_TIME,
	};
	struct sl_arena *arena = fuzz_arena();
	struct fuzz_answer answer = { .call.endpoint = "calendar",
				      .answer.http_status = 200,
				      .answer.body_bytes = size };
	struct sl_turn turn = fuzz_turn(&stream, NULL);
	json_auto_t *body = fuzz_json(arena, data, size);

	if (body == NULL)
		return 0;
	answer.answer.body = body;
	fuzz_check_page(&turn, &answer, arena);
	return 0;
}
