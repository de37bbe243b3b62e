/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the calendar connector share: one turn with its arena and
 * page, and answers made from JSON. calendar_print.h prints a page.
 *
 * Tests run from the root of the tree; fixtures are synthetic.
 */
#ifndef SL_TESTS_CALENDAR_KIT_H
#define SL_TESTS_CALENDAR_KIT_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/json/json.h"
#include "core/sync/answers_private.h"

#include "connectors/google_calendar/google_calendar.h"

#define FIXTURES    "tests/fixtures/google_calendar/"
#define FIXTURE_MAX (4u * 1024 * 1024)
#define ANSWERS_MAX 20

struct kit_answers {
	struct sl_answers base;
	struct sl_answer rows[ANSWERS_MAX];
	struct sl_call calls[ANSWERS_MAX];
	size_t count, at;
};

struct kit {
	struct sl_arena *arena;
	json_t *settings;
	json_t *cursor;
	struct sl_stream stream;
	struct sl_turn turn;
	struct kit_answers answers;
	struct sl_page page;
	struct sl_error err;
};

static inline const struct sl_answer *
kit_next(struct sl_answers *base)
{
	struct kit_answers *answers = (struct kit_answers *)base;

	return answers->at < answers->count ? &answers->rows[answers->at++]
					    : NULL;
}

/** An events stream of a secondary calendar, before its first walk. */
static inline void
kit_init(struct kit *kit)
{
	const struct sl_option *option = sl_google_calendar.options;

	*kit = (struct kit){ .arena = sl_arena_new(),
			     .settings = json_object() };
	for (; option->name != NULL; option++)
		sl_json_put_text(kit->settings, option->name, option->fallback);
	kit->stream = (struct sl_stream){ .kind = "events",
					  .key = "team@group.calendar."
						 "google.com",
					  .walk_started_us = SL_NO_TIME };
	kit->turn = (struct sl_turn){ .stream = &kit->stream,
				      .settings = kit->settings,
				      .account = "ana@example.com",
				      .now_us = INT64_C(1795168800000000) };
	kit->answers.base.next = kit_next;
	sl_page_init(&kit->page, kit->arena);
}

static inline void
kit_release(struct kit *kit)
{
	sl_page_release(&kit->page);
	json_decref(kit->settings);
	json_decref(kit->cursor);
	sl_arena_free(&kit->arena);
}

/** Text of our own; ' is written for " to keep tables readable. */
static inline json_t *
kit_json(const char *text)
{
	char *copy = sl_strdup(text);
	struct sl_error err;
	json_t *value = NULL;

	for (char *c = copy; *c != '\0'; c++)
		if (*c == '\'')
			*c = '"';
	if (sl_json_parse(copy, strlen(copy), NULL, &value, &err) != SL_OK)
		fail_msg("%s: %s", text, err.text);
	sl_free(copy);
	return value;
}

static inline void
kit_cursor(struct kit *kit, const char *text)
{
	if (text == NULL)
		return;
	kit->cursor = kit_json(text);
	kit->turn.cursor = kit->cursor;
}

static inline void
kit_set(struct kit *kit, const char *option, const char *value)
{
	sl_json_put_text(kit->settings, option, value);
}

/** `body` is borrowed until the page was read. */
static inline struct sl_answer *
kit_answer(struct kit *kit, const json_t *body, const char *wanted_id)
{
	size_t i = kit->answers.count++;

	assert_true(i < ANSWERS_MAX);
	kit->answers.calls[i] =
		(struct sl_call){ .endpoint = "calendar",
				  .wanted_id = wanted_id,
				  .tag = wanted_id != NULL ? 1 : 0 };
	kit->answers.rows[i] = (struct sl_answer){
		.call = &kit->answers.calls[i],
		.http_status = 200,
		.body = body,
		.body_bytes = 1000,
	};
	return &kit->answers.rows[i];
}

static inline sl_status
kit_read(struct kit *kit)
{
	return sl_google_calendar.read(&kit->turn, &kit->answers.base,
				       &kit->page, &kit->err);
}

static inline char *
kit_file(const char *name)
{
	char path[256];
	char chunk[4096];
	struct sl_buf buf;
	size_t n;
	FILE *file;

	(void)snprintf(path, sizeof(path), FIXTURES "%s", name);
	file = fopen(path, "rb");
	if (file == NULL)
		fail_msg("%s: cannot open; run from the root", path);
	sl_buf_init(&buf, FIXTURE_MAX);
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		sl_buf_add(&buf, chunk, n);
	(void)fclose(file);
	return sl_buf_detach(&buf);
}

static inline json_t *
kit_fixture(const char *name)
{
	char *text = kit_file(name);
	struct sl_error err;
	json_t *value = NULL;

	if (sl_json_parse(text, strlen(text), NULL, &value, &err) != SL_OK)
		fail_msg("%s: %s", name, err.text);
	sl_free(text);
	return value;
}

/** Every item the provider sent ends in exactly one list. */
static inline void
kit_assert_counted(const struct sl_page *page)
{
	assert_int_equal(page->items,
			 page->artifacts.count + page->tombstones.count +
				 page->patches.count + page->streams.count +
				 page->filtered.count + page->rejected.count);
}

/** Maps one event of the table; the id is added. */
static inline void
kit_map(struct kit *kit, const char *members)
{
	json_t *body = kit_json("{'items':[],'nextSyncToken':'S'}");
	json_t *event = kit_json(members);

	if (json_object_get(event, "id") == NULL)
		sl_json_put_text(event, "id", "event1");
	(void)json_array_append_new(json_object_get(body, "items"), event);
	kit_init(kit);
	(void)kit_answer(kit, body, NULL);
	assert_int_equal(kit_read(kit), SL_OK);
	kit_assert_counted(&kit->page);
	json_decref(body);
}

#endif
