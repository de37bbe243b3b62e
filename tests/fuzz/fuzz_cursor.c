/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A stored cursor, any JSON in its place: it is refused, or asks for one
 * listing and reads its answer into a cursor of its own.
 *
 * covers: connectors/google_calendar/cursor.c
 * covers: connectors/google_calendar/ask.c
 */
#include "core/net/url.h"

#include "tests/fuzz/calendar.h"

static const struct sl_stream streams[] = {
	{ .kind = SL_GCAL_EVENTS,
	  .key = "team@group.calendar.google.com",
	  .walk_started_us = SL_NO_TIME },
	{ .kind = SL_GCAL_CALENDARS, .key = "", .walk_started_us = SL_NO_TIME },
};

static void
check_call(const struct sl_call *call, struct sl_arena *arena)
{
	struct sl_param query[32] = { { NULL, NULL } };
	struct sl_error err;
	const char *url;
	sl_status status;

	for (size_t i = 0; call->query[i].name != NULL; i++) {
		SL_ASSERT(i + 1 < SL_ARRAY_LEN(query));
		query[i].name = call->query[i].name;
		query[i].value = call->query[i].value;
	}
	status = sl_url_build(arena, "https://api.example.com", call->path,
			      query, &url, &err);
	/* Nothing but its length can be wrong with it. */
	SL_ASSERT(status == SL_OK || status == SL_REJECTED);
}

static void
check_cursor(const struct sl_stream *stream, const json_t *cursor,
	     struct sl_arena *arena)
{
	static json_t *body;
	struct sl_turn turn = fuzz_turn(stream, cursor);
	struct fuzz_answer answer = { .answer.http_status = 200 };
	struct sl_error err;
	struct sl_ask ask;
	sl_status status = sl_google_calendar.ask(&turn, arena, &ask, &err);

	if (status != SL_OK) {
		fuzz_check_error(&err, status);
		SL_ASSERT(status == SL_RESYNC);
		return;
	}
	SL_ASSERT(ask.count == 1);
	check_call(&ask.calls[0], arena);
	if (body == NULL)
		body = json_pack("{s:[{s:s}], s:s}", "items", "id", "event1",
				 "nextPageToken", "p2");
	answer.answer.body = body;
	answer.answer.body_bytes = strlen(
		json_string_value(json_object_get(body, "nextPageToken")));
	fuzz_check_page(&turn, &answer, arena);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	json_auto_t *cursor = NULL;
	struct sl_error err;

	if (sl_json_parse_own(fuzz_copy(arena, data, size), &cursor, &err) !=
	    SL_OK)
		return 0;
	for (size_t i = 0; i < SL_ARRAY_LEN(streams); i++)
		check_cursor(&streams[i], cursor, arena);
	return 0;
}
