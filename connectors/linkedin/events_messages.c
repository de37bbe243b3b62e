/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages of the changelog. They have an id, that of the resource, which no
 * other road tells; and their authors alone, as URNs.
 *
 * Source: LinkedIn, Member Changelog API, Messages, read 2026-11
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/linkedin/event.h"
#include "connectors/linkedin/messages.h"

/** What is said; NULL: nothing that could be processed. "": media alone. */
static const char *
text_of(const json_t *activity)
{
	const json_t *content = sl_json_object(activity, "content");
	const char *text = sl_json_text(content, "fallback");

	if (text != NULL && *text == '\0')
		return text;
	text = sl_linkedin_field(content, "fallback");
	if (text == NULL)
		text = sl_linkedin_field(sl_json_object(content, "content"),
					 "string");
	if (text == NULL)
		text = sl_linkedin_field(content, "string");
	return text;
}

/** Markup of mentions and media, where the text is made of it. */
static void
put_markup(const json_t *activity, json_t *metadata)
{
	const json_t *content = sl_json_object(activity, "content");

	if (!sl_text_equal(sl_json_text(content, "format"), "LITTLE"))
		return;
	sl_json_put_text(metadata, "markup",
			 sl_linkedin_field(sl_json_object(content, "content"),
					   "string"));
}

static void
put_attachments(const json_t *from, json_t *list)
{
	const json_t *sent = sl_json_array(from, "attachments");
	const json_t *one;
	size_t i;

	json_array_foreach (sent, i, one) {
		if (json_array_size(list) == SL_LINKEDIN_ATTACHMENTS_MAX)
			return;
		if (json_is_string(one) || json_is_object(one))
			(void)json_array_append_new(list, json_deep_copy(one));
	}
}

static void
put_all_attachments(const json_t *activity, json_t *metadata)
{
	json_t *list = json_array();

	put_attachments(activity, list);
	put_attachments(sl_json_object(activity, "content"), list);
	if (json_array_size(list) > 0)
		(void)json_object_set_new(metadata, "attachments", list);
	else
		json_decref(list);
}

static void
put_author(const struct sl_linkedin_event *event, struct sl_artifact *artifact)
{
	static const struct {
		const char *urn, *by;
	} seats[] = {
		{ "urn:li:salesIdentity:", "sales-navigator" },
		{ "urn:li:hireMailbox:", "recruiter" },
	};

	const char *author = sl_linkedin_field(event->activity, "author");

	if (author == NULL) /* the actor wrote it */
		author = sl_linkedin_field(event->json, "actor");
	if (author == NULL) {
		sl_linkedin_note(artifact, "from-missing");
		return;
	}
	for (size_t i = 0; i < SL_ARRAY_LEN(seats); i++)
		if (strncmp(author, seats[i].urn, strlen(seats[i].urn)) == 0)
			sl_json_put_text(artifact->metadata, "sent_with",
					 seats[i].by);
	sl_linkedin_event_person(event, artifact, author, "from");
}

static int64_t
second_of(const struct sl_linkedin_event *event)
{
	int64_t us = sl_linkedin_second(event->activity, "createdAt");

	if (us == SL_NO_TIME)
		us = sl_linkedin_second(event->activity, "deliveredAt");
	if (us == SL_NO_TIME)
		us = event->captured_ms / 1000 * SL_US_PER_S;
	return us;
}

static void
put_message(const struct sl_linkedin_event *event, const char *thread,
	    const char *text)
{
	struct sl_arena *arena = event->page->arena;
	const char *said = sl_linkedin_message_text(arena, text);
	const char *content = *said != '\0' ? said : NULL;
	int64_t second = second_of(event);
	char *id = sl_arena_alloc(arena, SL_TEXT_KEY);
	struct sl_artifact *artifact;

	sl_text_key(thread, second, content, id);
	artifact = sl_linkedin_event_artifact(event, SL_LINKEDIN_MESSAGE, id);
	artifact->aliases = sl_linkedin_event_aliases(event, NULL, NULL);
	artifact->by_moment = true;
	artifact->thread = thread;
	artifact->occurred_us = second;
	artifact->reach_us = second;
	artifact->title = sl_arena_strdup(
		arena, sl_linkedin_field(event->activity, "subject"));
	artifact->content = content;
	artifact->keep_labels = true;
	put_markup(event->activity, artifact->metadata);
	put_all_attachments(event->activity, artifact->metadata);
	put_author(event, artifact);
}

/** The message itself may name its id where the event does not. */
static const char *
id_inside(const struct sl_linkedin_event *event)
{
	const char *id = sl_linkedin_field(event->activity, "id");

	if (event->resource != NULL || id == NULL ||
	    strlen(id) > SL_SOURCE_ID_MAX)
		return event->resource;
	return sl_arena_strdup(event->page->arena, id);
}

static void
map_arrival(const struct sl_linkedin_event *event)
{
	struct sl_linkedin_event named = *event;
	const char *thread = sl_linkedin_thread(
		event->page->arena,
		sl_linkedin_field(event->activity, "thread"));
	const char *text = text_of(event->activity);

	named.resource = id_inside(event);
	if (text == NULL &&
	    json_object_get(event->activity, "content") == NULL &&
	    json_array_size(sl_json_array(event->activity, "attachments")) > 0)
		text = ""; /* media alone */
	if (thread == NULL)
		sl_linkedin_event_reject(event,
					 "a message without a conversation");
	else if (text == NULL)
		sl_linkedin_event_reject(event, "a message without a text");
	else
		put_message(&named, thread, text);
}

static void
map_edit(const struct sl_linkedin_event *event)
{
	const char *text = text_of(event->activity);
	struct sl_patch *patch;

	if (event->resource == NULL) {
		sl_linkedin_event_reject(event, "an edit of no message");
		return;
	}
	if (text == NULL &&
	    json_object_get(event->activity, "content") == NULL &&
	    event->activity != NULL) {
		sl_linkedin_event_filter(event, "message-unchanged");
		return;
	}
	if (text == NULL) {
		sl_linkedin_event_reject(event, "an edit without a text");
		return;
	}
	patch = sl_page_patch(event->page);
	patch->source_id = event->resource;
	patch->alias = sl_linkedin_event_aliases(event, NULL, NULL);
	patch->source_version = event->version;
	patch->content = sl_linkedin_message_text(event->page->arena, text);
}

static void
map_removal(const struct sl_linkedin_event *event)
{
	struct sl_tombstone *stone;

	if (event->resource == NULL) {
		sl_linkedin_event_reject(event, "a removal of no message");
		return;
	}
	stone = sl_page_tombstone(event->page);
	stone->source_id = event->resource;
	stone->alias = sl_linkedin_event_aliases(event, NULL, NULL);
	stone->source_version = event->version;
	stone->reason = "deleted";
}

/* CREATE, BATCH_CREATE, and what is new: an arrival. */
void
sl_linkedin_map_message_event(const struct sl_linkedin_event *event)
{
	static const struct {
		const char *method;
		void (*map)(const struct sl_linkedin_event *event);
	} rows[] = {
		{ "update", map_edit },
		{ "partial_update", map_edit },
		{ "delete", map_removal },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		if (!sl_ascii_iequal(event->method, rows[i].method))
			continue;
		rows[i].map(event);
		return;
	}
	map_arrival(event);
}
