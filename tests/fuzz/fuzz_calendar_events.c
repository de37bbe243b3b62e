/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page of events, any JSON in its place. The first byte says what it
 * answers: 'w' a walk's first page, 'p' a later one, 'c' changes, 'l' a page
 * so large that only ids were asked for, 'i' one event by its id, 'g' the
 * same with HTTP 404, 'r' the same with HTTP 403.
 *
 * covers: connectors/google_calendar/events.c
 * covers: connectors/google_calendar/map.c
 * covers: connectors/google_calendar/times.c
 * covers: connectors/google_calendar/people.c
 * covers: connectors/google_calendar/metadata.c
 * covers: core/sync/prepare.c
 */
#include "tests/fuzz/calendar.h"

static const json_t *
cursor_of(char what)
{
	static json_t *page, *changes;

	if (page == NULL) {
		page = json_pack("{s:i, s:s}", "v", 1, "page", "p1");
		changes = json_pack("{s:i, s:s}", "v", 1, "token", "t1");
	}
	return what == 'p' ? page : what == 'c' ? changes : NULL;
}

static void
set_wanted(struct fuzz_answer *answer, char what)
{
	answer->answer.http_status = what == 'g'   ? 404
				     : what == 'r' ? 403
						   : 200;
	if (what != 'i' && what != 'g' && what != 'r')
		return;
	answer->call.wanted_id = "event1";
	answer->call.tag = SL_GCAL_ITEM;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct sl_stream stream = {
		.kind = SL_GCAL_EVENTS,
		.key = "team@group.calendar.google.com",
		.walk_started_us = SL_NO_TIME,
	};
	struct sl_arena *arena = fuzz_arena();
	struct fuzz_answer answer = { .call.endpoint = "calendar" };
	json_auto_t *body = NULL;
	struct sl_turn turn;

	if (size < 2)
		return 0;
	body = fuzz_json(arena, data + 1, size - 1);
	turn = fuzz_turn(&stream, cursor_of((char)data[0]));
	turn.shrink = data[0] == 'l' ? 20 : 0;
	set_wanted(&answer, (char)data[0]);
	/* No listing without JSON: the engine stops at a broken body. */
	if (body == NULL && answer.answer.http_status == 200)
		return 0;
	answer.answer.body = body;
	answer.answer.body_bytes = size;
	fuzz_check_page(&turn, &answer, arena);
	return 0;
}
