/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One turn of the LinkedIn connector, an answer made from JSON, and the page
 * printed: for the tests of what is asked and read.
 */
#ifndef SL_TESTS_LINKEDIN_KIT_H
#define SL_TESTS_LINKEDIN_KIT_H

#include "core/sync/answers_private.h"

#include "connectors/linkedin/linkedin.h"
#include "connectors/linkedin/private.h"
#include "linkedin_print.h"

struct kit {
	struct sl_answers base; /* first */
	struct sl_arena *arena;
	json_t *settings, *cursor, *body;
	struct sl_stream stream;
	struct sl_turn turn;
	struct sl_ask ask;
	struct sl_answer answer;
	bool taken;
	struct sl_page page;
	struct sl_error err;
};

static inline const struct sl_answer *
kit_next(struct sl_answers *base)
{
	struct kit *kit = (struct kit *)base;

	if (kit->taken)
		return NULL;
	kit->taken = true;
	return &kit->answer;
}

/** cursor	NULL: the stream begins */
static inline void
kit_init(struct kit *kit, const char *kind, const char *cursor)
{
	const struct sl_option *option = sl_linkedin.options;

	*kit = (struct kit){ .base = { .next = kit_next },
			     .arena = sl_arena_new(),
			     .settings = json_object() };
	for (; option->name != NULL; option++)
		sl_json_put_text(kit->settings, option->name, option->fallback);
	if (cursor != NULL)
		kit->cursor = kit_json(cursor);
	kit->stream = (struct sl_stream){ .kind = kind,
					  .key = "",
					  .walking = true,
					  .walk_started_us = KIT_NOW_US };
	kit->turn = (struct sl_turn){ .stream = &kit->stream,
				      .settings = kit->settings,
				      .account = "mira@fjord.example",
				      .cursor = kit->cursor,
				      .now_us = KIT_NOW_US,
				      .checked_us = SL_NO_TIME,
				      .connected_us = SL_NO_TIME };
	sl_page_init(&kit->page, kit->arena);
}

static inline void
kit_release(struct kit *kit)
{
	sl_page_release(&kit->page);
	json_decref(kit->settings);
	json_decref(kit->cursor);
	json_decref(kit->body);
	sl_arena_free(&kit->arena);
}

static inline sl_status
kit_ask(struct kit *kit)
{
	return sl_linkedin.ask(&kit->turn, kit->arena, &kit->ask, &kit->err);
}

/** "path?name=value&..." of the one call; "nothing" of none. */
static inline const char *
kit_asked(struct kit *kit)
{
	const struct sl_call *call = kit->ask.calls;
	char *text = sl_arena_strdup(kit->arena, "");

	assert_int_equal(kit_ask(kit), SL_OK);
	call = kit->ask.calls;
	if (kit->ask.count == 0)
		return "nothing";
	assert_int_equal(kit->ask.count, 1);
	assert_string_equal(call->headers[0].name, "LinkedIn-Version");
	assert_string_equal(call->headers[0].value, "202312");
	for (const char *const *part = call->path; *part != NULL; part++)
		text = sl_arena_printf(kit->arena, "%s/%s", text, *part);
	for (const struct sl_query *q = call->query; q->name != NULL; q++)
		text = sl_arena_printf(kit->arena, "%s%c%s=%s", text,
				       q == call->query ? '?' : '&', q->name,
				       q->value);
	return text;
}

/** body	NULL: no JSON came */
static inline sl_status
kit_read(struct kit *kit, int http_status, const char *body)
{
	assert_int_equal(kit_ask(kit), SL_OK);
	kit->body = body != NULL ? kit_json(body) : NULL;
	kit->answer = (struct sl_answer){ .call = kit->ask.calls,
					  .http_status = http_status,
					  .body = kit->body,
					  .body_bytes = 1000 };
	return sl_linkedin.read(&kit->turn, &kit->base, &kit->page, &kit->err);
}

static inline void
print_streams(struct sl_buf *out, const struct sl_page *page)
{
	for (const struct sl_stream_change *c = page->streams.first; c != NULL;
	     c = c->next)
		sl_buf_addf(out, "stream %s%s%s%s\n", c->kind,
			    c->rewalk ? " anew" : "", c->enabled ? "" : " off ",
			    c->reason != NULL ? c->reason : "");
}

/** Records, then where the page goes on. */
static inline char *
kit_print(struct kit *kit)
{
	const struct sl_page *page = &kit->page;
	struct sl_buf out;
	char *text;

	sl_buf_init(&out, PRINT_MAX);
	print_records(&out, kit->arena, page);
	print_people(&out, kit->arena, page);
	print_streams(&out, page);
	print_json(&out, kit->arena, "cursor ", page->cursor);
	print_json(&out, kit->arena, "shown ", page->shown);
	if (page->warning != NULL)
		sl_buf_addf(&out, "warning %s\n", page->warning);
	if (page->more || page->walk_done)
		sl_buf_addf(&out, "%s%s%s\n", page->more ? "more" : "",
			    page->walk_done ? "walk-done" : "",
			    page->gaps ? " with gaps" : "");
	text = sl_arena_strdup(kit->arena, sl_buf_text(&out));
	sl_buf_release(&out);
	return text;
}

struct kit_page {
	const char *why, *kind, *cursor; /* cursor NULL: it begins */
	int http_status;
	const char *body, *want;
};

/** A page that is read well. */
static inline void
kit_page(const struct kit_page *test)
{
	struct kit kit;

	kit_init(&kit, test->kind, test->cursor);
	if (kit_read(&kit, test->http_status, test->body) != SL_OK)
		fail_msg("%s: %s", test->why, kit.err.text);
	kit_assert_counted(&kit.page);
	kit_compare(test->why, kit_print(&kit), test->want);
	kit_release(&kit);
}

#endif
