/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One turn of the mail connector over any answer, and what every page must be
 * before and after it was prepared for the store.
 */
#ifndef SL_TESTS_FUZZ_GMAIL_H
#define SL_TESTS_FUZZ_GMAIL_H

#include "core/sync/answers_private.h"
#include "core/sync/engine_private.h"

#include "connectors/gmail/gmail.h"
#include "connectors/gmail/mapping.h"
#include "tests/fuzz/kit.h"

struct fuzz_answer {
	struct sl_answers base; /* first */
	struct sl_answer answer;
	struct sl_call call;
	bool taken;
};

static inline const struct sl_answer *
fuzz_next(struct sl_answers *base)
{
	struct fuzz_answer *one = (struct fuzz_answer *)base;
	bool taken = one->taken;

	one->taken = true;
	return taken ? NULL : &one->answer;
}

/** Settings as they are by default, but for `content`. */
static inline const json_t *
fuzz_settings(const char *content)
{
	static json_t *settings;
	struct sl_error err;

	if (settings == NULL)
		SL_ASSERT(sl_settings_resolve(sl_gmail.options, "{}", &settings,
					      &err) == SL_OK);
	sl_json_put_text(settings, SL_GMAIL_OPT_CONTENT, content);
	return settings;
}

/** `cursor` is borrowed, NULL = before anything. */
static inline struct sl_turn
fuzz_turn(const struct sl_stream *stream, const json_t *cursor)
{
	return (struct sl_turn){ .stream = stream,
				 .settings = fuzz_settings("full"),
				 .account = "ana@example.com",
				 .cursor = cursor,
				 .now_us = FUZZ_NOW_US };
}

static inline void
fuzz_check_id(const char *id)
{
	SL_ASSERT(id != NULL && *id != '\0' && strlen(id) <= SL_SOURCE_ID_MAX);
	fuzz_check_text(id);
}

static inline void
fuzz_check_labels(const char *const *labels)
{
	size_t n = 0;

	for (; labels != NULL && labels[n] != NULL; n++)
		fuzz_check_text(labels[n]);
	SL_ASSERT(n <= SL_GMAIL_LABELS_OF_ONE);
}

static inline void
fuzz_check_people(const struct sl_artifact *a)
{
	size_t count = 0;

	for (const struct sl_participant *p = a->participants; p != NULL;
	     p = p->next, count++) {
		SL_ASSERT(p->value != NULL && *p->value != '\0');
		SL_ASSERT(p->role != NULL);
		fuzz_check_text(p->value);
		fuzz_check_text(p->name);
		fuzz_check_text(p->normalised);
	}
	SL_ASSERT(count == a->participant_count);
	SL_ASSERT(count <= SL_GMAIL_PEOPLE_MAX);
}

static inline void
fuzz_check_artifact(const struct sl_artifact *a)
{
	char text[SL_RFC3339_TEXT];
	int64_t again;

	fuzz_check_id(a->source_id);
	SL_ASSERT(a->source_version >= 0 && strcmp(a->type, "email") == 0);
	SL_ASSERT(json_is_object(a->metadata) && !a->deleted);
	SL_ASSERT(sl_json_text(a->metadata, "etag") != NULL);
	fuzz_check_text(a->external_uid);
	fuzz_check_text(a->thread);
	fuzz_check_text(a->title);
	fuzz_check_text(a->content);
	fuzz_check_labels(a->labels);
	fuzz_check_people(a);
	SL_ASSERT(a->reach_us == a->occurred_us);
	if (a->occurred_us == SL_NO_TIME)
		return;
	sl_rfc3339_format(a->occurred_us, text);
	SL_ASSERT(sl_rfc3339_parse(text, &again) && again == a->occurred_us);
}

static inline void
fuzz_check_rejected(const struct sl_rejected *r)
{
	if (r->source_id != NULL)
		fuzz_check_id(r->source_id);
	SL_ASSERT(r->reason != NULL && *r->reason != '\0');
	SL_ASSERT(r->raw == NULL || (strlen(r->raw) <= SL_RAW_MAX &&
				     r->raw_len >= strlen(r->raw)));
	fuzz_check_text(r->raw);
}

static inline void
fuzz_check_refs(const struct sl_page *page)
{
	for (const struct sl_ref *r = page->refs.first; r != NULL;
	     r = r->next) {
		fuzz_check_id(r->source_id);
		SL_ASSERT(r->version != NULL &&
			  strlen(r->version) <= SL_GMAIL_TOKEN_MAX + 8);
		fuzz_check_text(r->version);
		if (r->group != NULL)
			fuzz_check_id(r->group);
	}
}

static inline void
fuzz_check_lists(const struct sl_page *page)
{
	for (const struct sl_artifact *a = page->artifacts.first; a != NULL;
	     a = a->next)
		fuzz_check_artifact(a);
	for (const struct sl_tombstone *t = page->tombstones.first; t != NULL;
	     t = t->next)
		fuzz_check_id(t->source_id);
	for (const struct sl_patch *p = page->patches.first; p != NULL;
	     p = p->next) {
		fuzz_check_id(p->source_id);
		fuzz_check_labels(p->labels);
		fuzz_check_labels(p->added);
		fuzz_check_labels(p->removed);
		SL_ASSERT(p->source_version >= 0);
	}
	for (const struct sl_filtered *f = page->filtered.first; f != NULL;
	     f = f->next)
		fuzz_check_id(f->source_id);
	for (const struct sl_rejected *r = page->rejected.first; r != NULL;
	     r = r->next)
		fuzz_check_rejected(r);
	for (const struct sl_own_address *o = page->own_addresses.first;
	     o != NULL; o = o->next)
		fuzz_check_text(o->address);
	fuzz_check_refs(page);
}

/** Items that are in some list. */
static inline size_t
fuzz_count(const struct sl_page *page)
{
	return page->artifacts.count + page->tombstones.count +
	       page->patches.count + page->filtered.count +
	       page->rejected.count;
}

/** A cursor of ours is gone on from: at least its URL can be asked. */
static inline void
fuzz_check_goes_on(const struct sl_stream *stream, const json_t *cursor,
		   struct sl_arena *arena)
{
	struct sl_turn turn = fuzz_turn(stream, cursor);
	struct sl_error err;
	struct sl_ask ask;

	SL_ASSERT(sl_gmail.ask(&turn, arena, &ask, &err) == SL_OK);
	SL_ASSERT(ask.count <= 4);
}

/** Read one answer; a good page is whole, and goes on where it says. */
static inline void
fuzz_check_page(const struct sl_turn *turn, struct fuzz_answer *answer,
		struct sl_arena *arena)
{
	struct sl_page page;
	struct sl_error err;
	sl_status status;
	size_t count;

	answer->base.next = fuzz_next;
	answer->answer.call = &answer->call;
	sl_page_init(&page, arena);
	status = sl_gmail.read(turn, &answer->base, &page, &err);
	if (status == SL_OK) {
		count = fuzz_count(&page);
		SL_ASSERT(count == page.items);
		fuzz_check_lists(&page);
		if (page.cursor != NULL)
			fuzz_check_goes_on(turn->stream, page.cursor, arena);
		sl_page_prepare(&page);
		SL_ASSERT(fuzz_count(&page) <= count);
		fuzz_check_lists(&page);
	} else {
		fuzz_check_error(&err, status);
		SL_ASSERT(status == SL_RETRY || status == SL_RESYNC);
	}
	sl_page_release(&page);
}

#endif
