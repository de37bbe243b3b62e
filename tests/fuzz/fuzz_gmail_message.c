/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message, any JSON in its place. The first byte says how it came: 'f', 't',
 * 's', 'm' under one of the modes (full, text, subject, metadata), 'h' a thread,
 * 'l' headers alone, 'n' minimal, 'b' for its text, too, 'g' with HTTP 404, 'r'
 * with HTTP 403, 'z' too large.
 *
 * covers: connectors/gmail/message.c
 * covers: connectors/gmail/payload.c
 * covers: connectors/gmail/people.c
 * covers: connectors/gmail/headers.c
 * covers: connectors/gmail/read.c
 */
#include "tests/fuzz/gmail.h"

static const struct sl_ref plain = { .source_id = "a", .group = "t" };
static const struct sl_ref bodied = { .source_id = "a",
				      .version = SL_GMAIL_WITH_BODY "x" };

static const char *
mode_of(char what)
{
	switch (what) {
	case 't':
		return "text";
	case 's':
		return "subject";
	case 'm':
		return "metadata";
	default:
		return "full";
	}
}

static enum sl_gmail_tag
tag_of(char what)
{
	switch (what) {
	case 'h':
		return SL_GMAIL_THREAD;
	case 'l':
		return SL_GMAIL_LIGHT;
	case 'n':
		return SL_GMAIL_MINIMAL;
	default:
		return SL_GMAIL_MESSAGE;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct sl_stream stream = { .kind = SL_GMAIL_CHANGES,
						 .key = "",
						 .walk_started_us =
							 SL_NO_TIME };
	static const char *const also[] = { "b", NULL };
	static json_t *cursor;
	struct sl_arena *arena = fuzz_arena();
	struct fuzz_answer answer = { .call.wanted_id = "a" };
	json_auto_t *body = NULL;
	struct sl_turn turn;
	char what;

	if (size < 2)
		return 0;
	what = (char)data[0];
	if (cursor == NULL)
		cursor = json_pack("{s:i, s:i}", "v", 1, "history", 5);
	body = fuzz_json(arena, data + 1, size - 1);
	turn = fuzz_turn(&stream, cursor);
	turn.settings = fuzz_settings(mode_of(what));
	turn.wanted = what == 'b' ? &bodied : &plain;
	answer.call.tag = (int)tag_of(what);
	answer.call.wanted_also = what == 'h' ? also : NULL;
	answer.answer.http_status = what == 'g' ? 404 : what == 'r' ? 403 : 200;
	answer.answer.too_large = what == 'z';
	/* No item without JSON: the engine stops at a broken body. */
	if (body == NULL && answer.answer.http_status == 200 &&
	    !answer.answer.too_large)
		return 0;
	answer.answer.body = what == 'z' ? NULL : body;
	answer.answer.body_bytes = size;
	fuzz_check_page(&turn, &answer, arena);
	return 0;
}
