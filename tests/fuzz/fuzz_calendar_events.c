/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page of events, any JSON in its place. The first byte says what it
 * answers: 'w' a walk's first page, 'p' a later one, 'c' changes, 'l' a page
 * so large that only ids were asked for, 'i' one event by its id, 'g' the
 * same with HTTP 404, 'r' with HTTP 403; 's' the instances of a series, 'x' the
 * same with HTTP 404.
 *
 * covers: connectors/google_calendar/events.c
 * covers: connectors/google_calendar/instances.c
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

/* An item that was asked for, or its instances. */
static const struct sl_ref *
wanted(struct fuzz_answer *answer, char what)
{
	static const struct sl_instances year = {
		.span = { FUZZ_NOW_US, FUZZ_NOW_US + 365 * 86400 * SL_US_PER_S }
	};
	static const struct sl_ref item = { .source_id = "event1" };
	static const struct sl_ref series = { .source_id = "event1",
					      .instances = &year };
	bool is_series = what == 's' || what == 'x';

	answer->answer.http_status = what == 'g' || what == 'x' ? 404
				     : what == 'r'              ? 403
								: 200;
	if (strchr("igrsx", what) == NULL || what == '\0')
		return NULL;
	answer->call.wanted_id = "event1";
	answer->call.tag = is_series ? SL_GCAL_INSTANCES : SL_GCAL_ITEM;
	return is_series ? &series : &item;
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
	turn.wanted = wanted(&answer, (char)data[0]);
	/* No listing without JSON: the engine stops at a broken body. */
	if (body == NULL && answer.answer.http_status == 200)
		return 0;
	answer.answer.body = body;
	answer.answer.body_bytes = size;
	fuzz_check_page(&turn, &answer, arena);
	return 0;
}
