/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the tests of the mail connector share: one turn with its arena and
 * page, answers made from JSON, and a page printed line by line.
 */
#ifndef SL_TESTS_GMAIL_KIT_H
#define SL_TESTS_GMAIL_KIT_H

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

#include "connectors/gmail/gmail.h"
#include "connectors/gmail/private.h"

#define ANSWERS_MAX 16
#define PRINT_MAX   (1024u * 1024)

/** 2026-11-20T10:00:00Z */
#define KIT_NOW_US INT64_C(1795168800000000)

struct kit_answers {
	struct sl_answers base;
	struct sl_answer rows[ANSWERS_MAX];
	struct sl_call calls[ANSWERS_MAX];
	json_t *bodies[ANSWERS_MAX];
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

static inline void
kit_init(struct kit *kit, const char *kind)
{
	const struct sl_option *option = sl_gmail.options;

	*kit = (struct kit){ .arena = sl_arena_new(),
			     .settings = json_object() };
	for (; option->name != NULL; option++)
		sl_json_put_text(kit->settings, option->name, option->fallback);
	kit->stream = (struct sl_stream){ .kind = kind,
					  .key = "",
					  .walk_started_us = SL_NO_TIME };
	kit->turn = (struct sl_turn){ .stream = &kit->stream,
				      .settings = kit->settings,
				      .account = "ana@example.com",
				      .now_us = KIT_NOW_US };
	kit->answers.base.next = kit_next;
	sl_page_init(&kit->page, kit->arena);
}

static inline void
kit_release(struct kit *kit)
{
	sl_page_release(&kit->page);
	for (size_t i = 0; i < kit->answers.count; i++)
		json_decref(kit->answers.bodies[i]);
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

/** Wanted from now on; a space-separated "id[:thread[:version]]" list. */
static inline void
kit_want(struct kit *kit, const char *list)
{
	struct sl_ref **tail = (struct sl_ref **)(uintptr_t)&kit->turn.wanted;

	while (*list != '\0') {
		size_t len = strcspn(list, " ");
		char *one = sl_arena_strndup(kit->arena, list, len);
		char *group = strchr(one, ':');
		char *version = group != NULL ? strchr(group + 1, ':') : NULL;
		struct sl_ref *ref = SL_NEW(kit->arena, struct sl_ref);

		if (group != NULL)
			*group++ = '\0';
		if (version != NULL)
			*version++ = '\0';
		ref->source_id = one;
		ref->group = group != NULL && *group != '\0' ? group : NULL;
		ref->version = version;
		*tail = ref;
		tail = &ref->next;
		list += len;
		list += strspn(list, " ");
	}
}

/** `body` NULL: no JSON came. */
static inline struct sl_answer *
kit_answer(struct kit *kit, enum sl_gmail_tag tag, const char *body,
	   const char *wanted_id)
{
	size_t i = kit->answers.count++;

	assert_true(i < ANSWERS_MAX);
	kit->answers.bodies[i] = body != NULL ? kit_json(body) : NULL;
	kit->answers.calls[i] = (struct sl_call){ .endpoint = "gmail",
						  .wanted_id = wanted_id,
						  .tag = (int)tag };
	kit->answers.rows[i] =
		(struct sl_answer){ .call = &kit->answers.calls[i],
				    .http_status = 200,
				    .body = kit->answers.bodies[i],
				    .body_bytes = 1000 };
	return &kit->answers.rows[i];
}

static inline sl_status
kit_read(struct kit *kit)
{
	return sl_gmail.read(&kit->turn, &kit->answers.base, &kit->page,
			     &kit->err);
}

/** Every item the provider sent ends in exactly one list. */
static inline void
kit_assert_counted(const struct sl_page *page)
{
	assert_int_equal(page->items,
			 page->artifacts.count + page->tombstones.count +
				 page->patches.count + page->filtered.count +
				 page->rejected.count);
}

static inline void
print_list(struct sl_buf *out, const char *name, const char *const *list)
{
	if (list == NULL)
		return;
	sl_buf_addf(out, " %s=", name);
	for (size_t i = 0; list[i] != NULL; i++)
		sl_buf_addf(out, "%s%s", i > 0 ? "," : "", list[i]);
}

static inline void
print_patch(struct sl_buf *out, const struct sl_patch *patch)
{
	sl_buf_addf(out, "patch %s v%lld", patch->source_id,
		    (long long)patch->source_version);
	print_list(out, "labels", patch->labels);
	print_list(out, "added", patch->added);
	print_list(out, "removed", patch->removed);
	sl_buf_addf(out, "%s\n", patch->restore ? " restore" : "");
}

static inline void
print_records(struct sl_buf *out, const struct sl_page *page)
{
	for (const struct sl_artifact *a = page->artifacts.first; a != NULL;
	     a = a->next)
		sl_buf_addf(out, "artifact %s v%lld\n", a->source_id,
			    (long long)a->source_version);
	for (const struct sl_tombstone *t = page->tombstones.first; t != NULL;
	     t = t->next)
		sl_buf_addf(out, "tombstone %s v%lld %s\n", t->source_id,
			    (long long)t->source_version, t->reason);
	for (const struct sl_patch *p = page->patches.first; p != NULL;
	     p = p->next)
		print_patch(out, p);
	for (const struct sl_filtered *f = page->filtered.first; f != NULL;
	     f = f->next)
		sl_buf_addf(out, "filtered %s %s\n", f->source_id, f->reason);
	for (const struct sl_rejected *r = page->rejected.first; r != NULL;
	     r = r->next)
		sl_buf_addf(out, "rejected %s %s%s\n",
			    r->source_id != NULL ? r->source_id : "-",
			    r->reason, r->transient ? " (transient)" : "");
	for (const struct sl_ref *r = page->refs.first; r != NULL; r = r->next)
		sl_buf_addf(out, "ref %s %s %s\n", r->source_id,
			    r->group != NULL ? r->group : "-", r->version);
}

static inline void
print_streams(struct sl_buf *out, const struct sl_page *page)
{
	for (const struct sl_own_address *o = page->own_addresses.first;
	     o != NULL; o = o->next)
		sl_buf_addf(out, "own %s %s\n", o->address,
			    o->name != NULL ? o->name : "-");
	for (const struct sl_stream_change *c = page->streams.first; c != NULL;
	     c = c->next)
		sl_buf_addf(out, "stream %s '%s'%s\n", c->kind, c->key,
			    c->rewalk ? " anew" : "");
}

static inline void
print_json(struct sl_buf *out, struct sl_arena *arena, const char *name,
	   const json_t *value)
{
	if (value != NULL)
		sl_buf_addf(out, "%s %s\n", name,
			    sl_json_canonical(arena, value));
}

/** Records, then where the page goes on; the text lives on the arena. */
static inline const char *
kit_print(struct kit *kit)
{
	const struct sl_page *page = &kit->page;
	struct sl_buf out;
	char *text;

	sl_buf_init(&out, PRINT_MAX);
	print_records(&out, page);
	print_streams(&out, page);
	print_json(&out, kit->arena, "cursor", page->cursor);
	print_json(&out, kit->arena, "shown", page->shown);
	if (page->warning != NULL)
		sl_buf_addf(&out, "warning %s\n", page->warning);
	if (page->more || page->walk_done)
		sl_buf_addf(&out, "%s%s\n", page->more ? "more" : "",
			    page->walk_done ? "walk-done" : "");
	text = sl_arena_strdup(kit->arena, sl_buf_text(&out));
	sl_buf_release(&out);
	for (char *c = text; *c != '\0'; c++)
		if (*c == '"')
			*c = '\'';
	return text;
}

static inline void
kit_expect(struct kit *kit, const char *why, const char *want)
{
	const char *got = kit_print(kit);

	if (strcmp(got, want) != 0)
		fail_msg("%s:\ngot\n%swant\n%s", why, got, want);
}

#endif
