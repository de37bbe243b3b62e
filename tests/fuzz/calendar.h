/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One turn of the calendar connector over any answer, and what every page
 * must be before and after it was prepared for the store.
 */
#ifndef SL_TESTS_FUZZ_CALENDAR_H
#define SL_TESTS_FUZZ_CALENDAR_H

#include "core/sync/answers_private.h"
#include "core/sync/engine_private.h"

#include "connectors/google_calendar/google_calendar.h"
#include "connectors/google_calendar/private.h"
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

/** Settings as they are by default. */
static inline const json_t *
fuzz_settings(void)
{
	static json_t *settings;
	struct sl_error err;

	if (settings == NULL)
		SL_ASSERT(sl_settings_resolve(sl_google_calendar.options, "{}",
					      &settings, &err) == SL_OK);
	return settings;
}

/** `cursor` is borrowed, NULL = before the first walk. */
static inline struct sl_turn
fuzz_turn(const struct sl_stream *stream, const json_t *cursor)
{
	return (struct sl_turn){ .stream = stream,
				 .settings = fuzz_settings(),
				 .account = "ana@example.com",
				 .cursor = cursor,
				 .now_us = FUZZ_NOW_US };
}

/** A cursor of ours asks for one listing, whose URL can be built. */
static inline void
fuzz_check_goes_on(const struct sl_stream *stream, const json_t *cursor,
		   struct sl_arena *arena)
{
	struct sl_turn turn = fuzz_turn(stream, cursor);
	struct sl_error err;
	struct sl_ask ask;

	SL_ASSERT(sl_google_calendar.ask(&turn, arena, &ask, &err) == SL_OK);
	SL_ASSERT(ask.count == 1 && ask.calls[0].wanted_id == NULL);
}

static inline void
fuzz_check_time(int64_t us)
{
	char text[SL_RFC3339_TEXT];
	int64_t again;

	if (us == SL_NO_TIME)
		return;
	sl_rfc3339_format(us, text); /* clamped, if it is out of range */
	SL_ASSERT(sl_rfc3339_parse(text, &again) && again == us);
}

static inline void
fuzz_check_id(const char *id)
{
	SL_ASSERT(id != NULL && *id != '\0' && strlen(id) <= SL_SOURCE_ID_MAX);
	fuzz_check_text(id);
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
		fuzz_check_text(p->response);
		fuzz_check_text(p->normalised);
	}
	SL_ASSERT(count == a->participant_count);
}

static inline void
fuzz_check_when(const struct sl_artifact *a)
{
	fuzz_check_time(a->occurred_us);
	fuzz_check_time(a->ends_us);
	fuzz_check_time(a->original_start_us);
	SL_ASSERT(a->all_day == (a->start_date != NULL));
	SL_ASSERT(a->start_date == NULL || sl_rfc3339_is_date(a->start_date));
	SL_ASSERT(a->end_date == NULL || sl_rfc3339_is_date(a->end_date));
	SL_ASSERT(a->original_start_date == NULL ||
		  sl_rfc3339_is_date(a->original_start_date));
	/* An item reaches its own times at least. */
	SL_ASSERT(a->reach_us >= a->occurred_us && a->reach_us >= a->ends_us);
}

static inline void
fuzz_check_artifact(const struct sl_artifact *a)
{
	fuzz_check_id(a->source_id);
	SL_ASSERT(a->source_version >= 0 && a->type != NULL);
	SL_ASSERT(a->parent_id == NULL ||
		  strlen(a->parent_id) <= SL_SOURCE_ID_MAX);
	SL_ASSERT(json_is_object(a->metadata));
	SL_ASSERT(!a->deleted || a->deleted_reason != NULL);
	fuzz_check_text(a->external_uid);
	fuzz_check_text(a->title);
	fuzz_check_text(a->content);
	fuzz_check_text(a->time_zone);
	for (const char *const *l = a->labels; l != NULL && *l != NULL; l++)
		fuzz_check_text(*l);
	for (const char *const *l = a->recurrence; l != NULL && *l != NULL; l++)
		fuzz_check_text(*l);
	fuzz_check_when(a);
	fuzz_check_people(a);
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

/** Slots lie where they were asked for; without a list there are none. */
static inline void
fuzz_check_expansion(const struct sl_expansion *e)
{
	fuzz_check_id(e->source_id);
	SL_ASSERT(e->failure == NULL || (e->count == 0 && !e->cut));
	for (size_t i = 0; i < e->count; i++)
		SL_ASSERT(e->slots[i] >= e->span.from_us &&
			  e->slots[i] < e->span.to_us);
}

static inline void
fuzz_check_streams(const struct sl_page *page)
{
	for (const struct sl_stream_change *s = page->streams.first; s != NULL;
	     s = s->next) {
		SL_ASSERT(s->kind != NULL && s->key != NULL);
		SL_ASSERT(*s->key != '\0' &&
			  strlen(s->key) <= SL_STREAM_KEY_MAX);
		SL_ASSERT(!s->close || s->reason != NULL);
		SL_ASSERT(s->close || s->enabled == (s->reason == NULL));
		fuzz_check_text(s->key);
		fuzz_check_text(s->title);
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
	for (const struct sl_filtered *f = page->filtered.first; f != NULL;
	     f = f->next)
		fuzz_check_id(f->source_id);
	for (const struct sl_rejected *r = page->rejected.first; r != NULL;
	     r = r->next)
		fuzz_check_rejected(r);
	for (const struct sl_expansion *e = page->expansions.first; e != NULL;
	     e = e->next)
		fuzz_check_expansion(e);
	for (const struct sl_own_address *o = page->own_addresses.first;
	     o != NULL; o = o->next)
		fuzz_check_text(o->address);
	fuzz_check_streams(page);
}

/** Items that are in some list. */
static inline size_t
fuzz_count(const struct sl_page *page)
{
	return page->artifacts.count + page->tombstones.count +
	       page->patches.count + page->streams.count +
	       page->filtered.count + page->rejected.count;
}

/** After preparing: one record an id, every address normalised. */
static inline void
fuzz_check_prepared(struct sl_page *page)
{
	size_t count = fuzz_count(page);

	sl_page_prepare(page);
	SL_ASSERT(fuzz_count(page) <= count);
	fuzz_check_lists(page);
	for (const struct sl_artifact *a = page->artifacts.first; a != NULL;
	     a = a->next) {
		for (const struct sl_artifact *b = a->next; b != NULL;
		     b = b->next)
			SL_ASSERT(strcmp(a->source_id, b->source_id) != 0);
		for (const struct sl_tombstone *t = page->tombstones.first;
		     t != NULL; t = t->next)
			SL_ASSERT(strcmp(a->source_id, t->source_id) != 0);
	}
}

/** Read one answer; a good page is whole, and goes on where it says. */
static inline void
fuzz_check_page(const struct sl_turn *turn, struct fuzz_answer *answer,
		struct sl_arena *arena)
{
	struct sl_page page;
	struct sl_error err;
	sl_status status;

	answer->base.next = fuzz_next;
	answer->answer.call = &answer->call;
	sl_page_init(&page, arena);
	status = sl_google_calendar.read(turn, &answer->base, &page, &err);
	if (status == SL_OK) {
		SL_ASSERT(fuzz_count(&page) == page.items);
		fuzz_check_lists(&page);
		if (page.cursor != NULL) {
			struct sl_stream next = *turn->stream;

			next.walking = !page.walk_done;
			fuzz_check_goes_on(&next, page.cursor, arena);
		}
		fuzz_check_prepared(&page);
	} else {
		fuzz_check_error(&err, status);
		SL_ASSERT(status == SL_RETRY || status == SL_RESYNC);
	}
	sl_page_release(&page);
}

#endif
