/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What LinkedIn answers: any JSON in place of a page of the changelog ('e'), of
 * a domain ('0' to '6', in the order of the kinds), of a stored cursor ('c' of
 * the changelog, 'w' of a walk), or of a refusal ('r', then a byte of the
 * status). Every item ends in one list.
 *
 * covers: connectors/linkedin/changelog.c
 * covers: connectors/linkedin/events.c
 * covers: connectors/linkedin/snapshot.c
 * covers: connectors/linkedin/rows.c
 * covers: connectors/linkedin/rows_messages.c
 * covers: connectors/linkedin/rows_network.c
 * covers: connectors/linkedin/rows_people.c
 * covers: connectors/linkedin/cursor.c
 * covers: connectors/linkedin/classify.c
 */
#include "core/sync/answers_private.h"

#include "connectors/linkedin/linkedin.h"
#include "connectors/linkedin/private.h"
#include "tests/fuzz/kit.h"

struct one_answer {
	struct sl_answers base; /* first */
	struct sl_answer answer;
	bool taken;
};

static const struct sl_answer *
next(struct sl_answers *base)
{
	struct one_answer *one = (struct one_answer *)base;

	if (one->taken)
		return NULL;
	one->taken = true;
	return &one->answer;
}

static json_t *
settings(void)
{
	json_t *all = json_object();

	for (const struct sl_option *o = sl_linkedin.options; o->name != NULL;
	     o++)
		sl_json_put_text(all, o->name, o->fallback);
	return all;
}

static void
check_counted(const struct sl_page *page)
{
	SL_ASSERT(page->items ==
		  page->artifacts.count + page->tombstones.count +
			  page->patches.count + page->filtered.count +
			  page->rejected.count + page->own_addresses.count +
			  page->persons.count);
}

static void
check_records(const struct sl_page *page)
{
	for (const struct sl_artifact *a = page->artifacts.first; a != NULL;
	     a = a->next) {
		fuzz_check_text(a->source_id);
		SL_ASSERT(strlen(a->source_id) <= SL_SOURCE_ID_MAX);
		SL_ASSERT(a->type != NULL && a->metadata != NULL);
		for (const struct sl_participant *p = a->participants;
		     p != NULL; p = p->next)
			fuzz_check_text(p->value);
	}
	for (const struct sl_filtered *f = page->filtered.first; f != NULL;
	     f = f->next) {
		fuzz_check_text(f->source_id);
		fuzz_check_text(f->reason);
	}
}

/* A page that is read can be gone on from. */
static void
check_page(struct sl_turn *turn, const json_t *body, struct sl_arena *arena)
{
	struct one_answer one = { .base = { .next = next } };
	struct sl_ask ask;
	struct sl_page page;
	struct sl_error err;

	SL_ASSERT(sl_linkedin.ask(turn, arena, &ask, &err) == SL_OK);
	one.answer = (struct sl_answer){ .call = ask.calls,
					 .http_status = 200,
					 .body = body };
	sl_page_init(&page, arena);
	if (sl_linkedin.read(turn, &one.base, &page, &err) == SL_OK) {
		check_counted(&page);
		check_records(&page);
		SL_ASSERT(page.cursor != NULL);
		turn->cursor = page.cursor;
		SL_ASSERT(sl_linkedin.ask(turn, arena, &ask, &err) == SL_OK);
		SL_ASSERT(!page.more || ask.count == 1);
	}
	sl_page_release(&page);
}

static void
check_cursor(struct sl_turn *turn, const json_t *cursor, struct sl_arena *arena)
{
	struct sl_ask ask;
	struct sl_error err;
	sl_status status;

	turn->cursor = cursor;
	status = sl_linkedin.ask(turn, arena, &ask, &err);
	SL_ASSERT(status == SL_OK || status == SL_RESYNC);
	SL_ASSERT(status != SL_OK || ask.count <= 1);
}

static void
check_refusal(int http_status, const json_t *body)
{
	struct sl_call call = { .tag = SL_LINKEDIN_ROWS, .tell_refused = true };
	struct sl_refusal refusal = { .call = &call,
				      .http_status = http_status,
				      .body = body,
				      .retry_after_ms = SL_NO_DELAY,
				      .now_us = FUZZ_NOW_US };
	struct sl_error err;
	sl_status status = sl_linkedin.classify(&refusal, &err);

	fuzz_check_error(&err, status);
	SL_ASSERT(status != SL_OK && status != SL_BUG && status != SL_LOST);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	struct sl_stream stream = { .key = "",
				    .walking = true,
				    .walk_started_us = FUZZ_NOW_US };
	json_auto_t *all = NULL, *body = NULL;
	struct sl_turn turn = { .stream = &stream,
				.account = "mira@fjord.example",
				.now_us = FUZZ_NOW_US,
				.checked_us = SL_NO_TIME,
				.connected_us = SL_NO_TIME };

	if (size < 2)
		return 0;
	body = fuzz_json(arena, data + 2, size - 2);
	if (data[0] == 'r')
		check_refusal(300 + data[1], body);
	if (data[0] == 'r' || body == NULL)
		return 0;
	all = settings();
	turn.settings = all;
	stream.kind = SL_LINKEDIN_CHANGELOG;
	if (data[0] >= '0' && data[0] <= '6')
		stream.kind = sl_linkedin_domains[data[0] - '0'].kind;
	if (data[0] == 'w')
		stream.kind = sl_linkedin_domains[0].kind;
	if (data[0] == 'c' || data[0] == 'w')
		check_cursor(&turn, body, arena);
	else
		check_page(&turn, body, arena);
	return 0;
}
