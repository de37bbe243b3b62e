/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the mail connector stands, and what it is told of changes: any JSON in
 * place of a page of the history ('h', or 'p' in the middle of a listing), of
 * a page of ids ('l'), of who the user is ('w', 'x', 'y'), or of a stored
 * cursor ('c' of changes, 'b' of the backfill).
 *
 * covers: connectors/gmail/history.c
 * covers: connectors/gmail/cursor.c
 * covers: connectors/gmail/identity.c
 * covers: connectors/gmail/ask.c
 */
#include "tests/fuzz/gmail.h"

static const struct sl_stream changes = { .kind = SL_GMAIL_CHANGES,
					  .key = "",
					  .walk_started_us = SL_NO_TIME };
static const struct sl_stream backfill = { .kind = SL_GMAIL_BACKFILL,
					   .key = "",
					   .walking = true,
					   .walk_started_us = FUZZ_NOW_US };

/* After folding an id has one fate. */
static void
check_once(const struct sl_page *page)
{
	for (const struct sl_tombstone *t = page->tombstones.first; t != NULL;
	     t = t->next) {
		for (const struct sl_ref *r = page->refs.first; r != NULL;
		     r = r->next)
			SL_ASSERT(strcmp(t->source_id, r->source_id) != 0);
		for (const struct sl_patch *p = page->patches.first; p != NULL;
		     p = p->next)
			SL_ASSERT(strcmp(t->source_id, p->source_id) != 0);
	}
	for (const struct sl_ref *r = page->refs.first; r != NULL; r = r->next)
		for (const struct sl_ref *s = r->next; s != NULL; s = s->next)
			SL_ASSERT(strcmp(r->source_id, s->source_id) != 0);
}

static void
check_folding(const json_t *body, struct sl_arena *arena)
{
	const json_t *records = sl_json_array(body, "history");
	struct sl_page page;

	/* who compares each with each wants few */
	if (json_array_size(records) > 64)
		return;
	sl_page_init(&page, arena);
	sl_gmail_fold(&page, records, "full/1");
	check_once(&page);
	sl_page_release(&page);
}

/* A stored cursor is refused, or asks. */
static void
check_cursor(const struct sl_stream *stream, const json_t *cursor,
	     struct sl_arena *arena)
{
	struct sl_turn turn = fuzz_turn(stream, cursor);
	struct sl_error err;
	struct sl_ask ask;
	sl_status status = sl_gmail.ask(&turn, arena, &ask, &err);

	if (status == SL_OK) {
		SL_ASSERT(ask.count <= 4);
		return;
	}
	fuzz_check_error(&err, status);
	SL_ASSERT(status == SL_RESYNC);
}

static enum sl_gmail_tag
tag_of(char what)
{
	switch (what) {
	case 'l':
		return SL_GMAIL_LIST;
	case 'w':
		return SL_GMAIL_PROFILE;
	case 'x':
		return SL_GMAIL_LABELS;
	case 'y':
		return SL_GMAIL_SEND_AS;
	default:
		return SL_GMAIL_HISTORY;
	}
}

static const json_t *
cursor_of(char what)
{
	static json_t *usual, *paging;

	if (usual == NULL) {
		usual = json_pack("{s:i, s:i, s:i}", "v", 1, "history", 50,
				  "told", 1795168000);
		paging = json_pack("{s:i, s:i, s:i, s:s}", "v", 1, "history",
				   50, "next", 60, "page", "p1");
	}
	return what == 'h' ? usual : what == 'p' ? paging : NULL;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	struct fuzz_answer answer = { .answer.http_status = 200 };
	json_auto_t *body = NULL;
	struct sl_turn turn;
	char what;

	if (size < 2)
		return 0;
	what = (char)data[0];
	body = fuzz_json(arena, data + 1, size - 1);
	if (body == NULL)
		return 0;
	if (what == 'c' || what == 'b') {
		check_cursor(what == 'c' ? &changes : &backfill, body, arena);
		return 0;
	}
	check_folding(body, arena);
	turn = fuzz_turn(what == 'l' ? &backfill : &changes, cursor_of(what));
	answer.call.tag = (int)tag_of(what);
	answer.answer.body = body;
	answer.answer.body_bytes = size;
	fuzz_check_page(&turn, &answer, arena);
	return 0;
}
