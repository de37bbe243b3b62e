/* SPDX-License-Identifier: Apache-2.0 */
#include "core/sync/record.h"

#define RESET(list) ((list).tail = &(list).first)
#define APPEND(list, node)                                                     \
	(*(list).tail = (node), (list).tail = &(node)->next, (list).count++)

void
sl_page_init(struct sl_page *page, struct sl_arena *arena)
{
	*page = (struct sl_page){ .arena = arena, .scope_from_us = SL_NO_TIME };
	RESET(page->artifacts);
	RESET(page->tombstones);
	RESET(page->patches);
	RESET(page->own_addresses);
	RESET(page->own_handles);
	RESET(page->persons);
	RESET(page->streams);
	RESET(page->filtered);
	RESET(page->rejected);
	RESET(page->refs);
	RESET(page->expansions);
}

void
sl_artifact_release(struct sl_artifact *artifact)
{
	json_decref(artifact->metadata);
	json_decref(artifact->sent);
	artifact->metadata = NULL;
	artifact->sent = NULL;
}

void
sl_page_release(struct sl_page *page)
{
	struct sl_artifact *artifact = page->artifacts.first;
	struct sl_stream_change *change = page->streams.first;
	struct sl_person *person = page->persons.first;

	for (; artifact != NULL; artifact = artifact->next)
		sl_artifact_release(artifact);
	for (; change != NULL; change = change->next) {
		json_decref(change->shown);
		change->shown = NULL;
	}
	for (; person != NULL; person = person->next) {
		json_decref(person->context);
		person->context = NULL;
	}
	json_decref(page->cursor);
	json_decref(page->shown);
	page->cursor = NULL;
	page->shown = NULL;
}

struct sl_artifact *
sl_page_artifact(struct sl_page *page)
{
	struct sl_artifact *artifact = SL_NEW(page->arena, struct sl_artifact);

	artifact->order = page->records++;
	artifact->occurred_us = SL_NO_TIME;
	artifact->ends_us = SL_NO_TIME;
	artifact->original_start_us = SL_NO_TIME;
	artifact->reach_us = SL_NO_TIME;
	artifact->participants_tail = &artifact->participants;
	APPEND(page->artifacts, artifact);
	return artifact;
}

struct sl_participant *
sl_artifact_participant(struct sl_page *page, struct sl_artifact *artifact)
{
	struct sl_participant *who = SL_NEW(page->arena, struct sl_participant);

	*artifact->participants_tail = who;
	artifact->participants_tail = &who->next;
	artifact->participant_count++;
	return who;
}

void
sl_artifact_keep_sent(struct sl_artifact *artifact, const json_t *item)
{
	json_decref(artifact->sent);
	/* jansson counts references in the value itself */
	artifact->sent = json_incref((json_t *)(uintptr_t)item);
}

struct sl_tombstone *
sl_page_tombstone(struct sl_page *page)
{
	struct sl_tombstone *stone = SL_NEW(page->arena, struct sl_tombstone);

	stone->order = page->records++;
	APPEND(page->tombstones, stone);
	return stone;
}

struct sl_patch *
sl_page_patch(struct sl_page *page)
{
	struct sl_patch *patch = SL_NEW(page->arena, struct sl_patch);

	APPEND(page->patches, patch);
	return patch;
}

struct sl_own_address *
sl_page_own_address(struct sl_page *page)
{
	struct sl_own_address *own = SL_NEW(page->arena, struct sl_own_address);

	APPEND(page->own_addresses, own);
	return own;
}

struct sl_own_handle *
sl_page_own_handle(struct sl_page *page)
{
	struct sl_own_handle *own = SL_NEW(page->arena, struct sl_own_handle);

	APPEND(page->own_handles, own);
	return own;
}

struct sl_person *
sl_page_person(struct sl_page *page)
{
	struct sl_person *person = SL_NEW(page->arena, struct sl_person);

	APPEND(page->persons, person);
	return person;
}

struct sl_stream_change *
sl_page_stream(struct sl_page *page)
{
	struct sl_stream_change *change =
		SL_NEW(page->arena, struct sl_stream_change);

	APPEND(page->streams, change);
	return change;
}

struct sl_filtered *
sl_page_filtered(struct sl_page *page)
{
	struct sl_filtered *filtered = SL_NEW(page->arena, struct sl_filtered);

	APPEND(page->filtered, filtered);
	return filtered;
}

struct sl_rejected *
sl_page_rejected(struct sl_page *page)
{
	struct sl_rejected *rejected = SL_NEW(page->arena, struct sl_rejected);

	APPEND(page->rejected, rejected);
	return rejected;
}

struct sl_ref *
sl_page_ref(struct sl_page *page)
{
	struct sl_ref *ref = SL_NEW(page->arena, struct sl_ref);

	APPEND(page->refs, ref);
	return ref;
}

struct sl_ref *
sl_ref_copy(struct sl_arena *arena, const struct sl_ref *ref)
{
	struct sl_ref *copy = SL_NEW(arena, struct sl_ref);

	copy->source_id = sl_arena_strdup(arena, ref->source_id);
	copy->group = sl_arena_strdup(arena, ref->group);
	copy->version = sl_arena_strdup(arena, ref->version);
	if (ref->instances != NULL) {
		struct sl_instances *instances =
			SL_NEW(arena, struct sl_instances);

		*instances = *ref->instances;
		copy->instances = instances;
	}
	return copy;
}

struct sl_expansion *
sl_page_expansion(struct sl_page *page)
{
	struct sl_expansion *expansion =
		SL_NEW(page->arena, struct sl_expansion);

	APPEND(page->expansions, expansion);
	return expansion;
}
