/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Folding a page of the history.
 *
 * The same message is named again and again: it comes, is read, is labelled,
 * is thrown away; every save of a draft deletes one message and adds another.
 * Records come in order of time; only what a message is in the end counts. A
 * record with none of the four kinds of changes says nothing.
 *
 * Source: Gmail API reference, users.history.list, read 2026-11
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/gmail/mapping.h"

/** What the page says of one message, so far. */
struct fold {
	const char *id;
	const char *thread; /* or NULL */
	int64_t record;     /* the last one that changed it */
	bool arrived, deleted;
	bool came_back; /* it left trash, spam, drafts or chats */
	json_t *labels; /* all of them, as an object's keys; NULL = not told */
	json_t *added, *removed;
};

struct folding {
	struct sl_page *page;
	const char *fidelity;
	struct fold *folds;
	size_t count;
	size_t *slots; /* index + 1 into folds, by the id's hash */
	size_t mask;
	int64_t record;
};

/** Being under one of these keeps a message out. */
static const char *const outside[] = { "TRASH", "SPAM", "DRAFT", "CHAT" };

/** A message's changes in one record: its array, and how it is taken. */
struct change_kind {
	const char *key;
	void (*take)(struct fold *fold, const json_t *labels);
};

static void
set_label(json_t *set, const char *label, bool there)
{
	if (there)
		(void)json_object_set_new(set, label, json_true());
	else
		(void)json_object_del(set, label);
}

static void
change_label(struct fold *fold, const char *label, bool there)
{
	set_label(fold->added, label, there);
	set_label(fold->removed, label, !there);
	if (fold->labels != NULL)
		set_label(fold->labels, label, there);
}

static void
take_arrival(struct fold *fold, const json_t *labels)
{
	(void)labels;
	fold->arrived = true;
	fold->deleted = false;
}

static void
take_deletion(struct fold *fold, const json_t *labels)
{
	(void)labels;
	fold->deleted = true;
}

static void
take_added(struct fold *fold, const json_t *labels)
{
	const json_t *label;
	size_t i;

	json_array_foreach (labels, i, label) {
		if (json_is_string(label))
			change_label(fold, json_string_value(label), true);
	}
}

static void
take_removed(struct fold *fold, const json_t *labels)
{
	const json_t *label;
	size_t i;

	json_array_foreach (labels, i, label) {
		const char *name = json_string_value(label);

		if (name == NULL)
			continue;
		change_label(fold, name, false);
		for (size_t k = 0; k < SL_ARRAY_LEN(outside); k++)
			if (strcmp(name, outside[k]) == 0)
				fold->came_back = true;
	}
}

/* In the order in which one record's changes are to be read. */
static const struct change_kind change_kinds[] = {
	{ "messagesAdded", take_arrival },
	{ "labelsAdded", take_added },
	{ "labelsRemoved", take_removed },
	{ "messagesDeleted", take_deletion },
};

static struct fold *
find_fold(struct folding *f, const char *id)
{
	size_t at = (size_t)sl_text_hash(id);
	struct fold *made;

	for (;; at++) {
		size_t *slot = &f->slots[at & f->mask];

		if (*slot == 0) {
			made = &f->folds[f->count++];
			*slot = f->count;
			made->id = sl_arena_strdup(f->page->arena, id);
			made->added = json_object();
			made->removed = json_object();
			return made;
		}
		if (strcmp(f->folds[*slot - 1].id, id) == 0)
			return &f->folds[*slot - 1];
	}
}

/* The labels that the record tells are the newest, whether they are from
 * before or after its own change: that is applied to them. */
static void
take_told_labels(struct fold *fold, const json_t *message)
{
	const json_t *told = sl_json_array(message, "labelIds");
	const json_t *label;
	size_t i;

	if (told == NULL)
		return;
	json_decref(fold->labels);
	fold->labels = json_object();
	json_array_foreach (told, i, label) {
		if (json_is_string(label))
			set_label(fold->labels, json_string_value(label), true);
	}
}

static void
take_change(struct folding *f, const struct change_kind *kind,
	    const json_t *entry)
{
	const json_t *message = sl_json_object(entry, "message");
	const char *id = sl_gmail_usable_id(message);
	const char *thread = sl_json_text(message, "threadId");
	struct fold *fold;

	if (id == NULL) {
		(void)sl_gmail_reject(f->page, NULL, entry,
				      "no usable id in the history");
		f->page->items++;
		return;
	}
	fold = find_fold(f, id);
	fold->record = f->record;
	if (fold->thread == NULL && thread != NULL && *thread != '\0' &&
	    strlen(thread) <= SL_SOURCE_ID_MAX)
		fold->thread = sl_arena_strdup(f->page->arena, thread);
	take_told_labels(fold, message);
	kind->take(fold, sl_json_array(entry, "labelIds"));
}

static void
take_record(struct folding *f, const json_t *record)
{
	const json_t *entry;
	size_t i;

	f->record = 0;
	if (!sl_json_i64(record, "id", &f->record) || f->record < 0)
		f->record = 0;
	for (size_t k = 0; k < SL_ARRAY_LEN(change_kinds); k++) {
		const json_t *entries =
			sl_json_array(record, change_kinds[k].key);

		json_array_foreach (entries, i, entry) {
			take_change(f, &change_kinds[k], entry);
		}
	}
}

/** Is the message under this label in the end, as far as is known? */
static bool
is_under(const struct fold *fold, const char *label)
{
	const json_t *set = fold->labels != NULL ? fold->labels : fold->added;

	return json_object_get(set, label) != NULL;
}

static const char *const *
keys(struct sl_arena *arena, const json_t *set)
{
	const char **list =
		SL_NEW_ARRAY(arena, json_object_size(set) + 1, const char *);
	const char *key;
	json_t *value;
	size_t n = 0;

	json_object_foreach ((json_t *)(uintptr_t)set, key, value) {
		if (n < SL_GMAIL_LABELS_OF_ONE)
			list[n++] = sl_arena_strdup(arena, key);
	}
	return list;
}

static void
emit_tombstone(struct folding *f, const struct fold *fold, const char *reason)
{
	struct sl_tombstone *stone = sl_page_tombstone(f->page);

	f->page->items++;
	stone->source_id = fold->id;
	stone->source_version = fold->record;
	stone->reason = reason;
}

static void
emit_filtered(struct folding *f, const struct fold *fold, const char *reason)
{
	struct sl_filtered *filtered = sl_page_filtered(f->page);

	f->page->items++;
	filtered->source_id = fold->id;
	filtered->reason = reason;
}

static void
emit_patch(struct folding *f, const struct fold *fold)
{
	struct sl_arena *arena = f->page->arena;
	struct sl_patch *patch = sl_page_patch(f->page);

	f->page->items++;
	patch->source_id = fold->id;
	patch->source_version = fold->record;
	patch->restore = fold->came_back;
	if (fold->labels != NULL) {
		patch->labels = keys(arena, fold->labels);
		return;
	}
	patch->added = keys(arena, fold->added);
	patch->removed = keys(arena, fold->removed);
}

static void
emit_ref(struct folding *f, const struct fold *fold)
{
	struct sl_ref *ref = sl_page_ref(f->page);

	ref->source_id = fold->id;
	ref->group = fold->thread;
	ref->version = f->fidelity;
}

static bool
is_relabelled(const struct fold *fold)
{
	return json_object_size(fold->added) > 0 ||
	       json_object_size(fold->removed) > 0;
}

/*
 * One that came, or came back, is read unless it is here. One that is here
 * takes its labels from the patch: it may have been read before they changed.
 */
static void
emit(struct folding *f, const struct fold *fold)
{
	bool enters = fold->arrived || fold->came_back;

	if (fold->deleted)
		emit_tombstone(f, fold, "deleted");
	else if (is_under(fold, "TRASH"))
		emit_tombstone(f, fold, "trash");
	else if (is_under(fold, "SPAM"))
		emit_tombstone(f, fold, "spam");
	else if (is_under(fold, "DRAFT"))
		emit_filtered(f, fold, "draft");
	else if (is_under(fold, "CHAT"))
		emit_filtered(f, fold, "chat");
	else {
		if (!enters || is_relabelled(fold))
			emit_patch(f, fold);
		if (enters)
			emit_ref(f, fold);
	}
}

static size_t
entries_of(const json_t *records)
{
	const json_t *record;
	size_t i, n = 0;

	json_array_foreach (records, i, record) {
		for (size_t k = 0; k < SL_ARRAY_LEN(change_kinds); k++)
			n += json_array_size(
				sl_json_array(record, change_kinds[k].key));
	}
	return n;
}

void
sl_gmail_fold(struct sl_page *page, const json_t *records, const char *fidelity)
{
	size_t most = entries_of(records), slots = 1;
	struct folding f = { .page = page, .fidelity = fidelity };
	const json_t *record;
	size_t i;

	while (slots < 2 * most)
		slots *= 2;
	f.folds = SL_NEW_ARRAY(page->arena, most + 1, struct fold);
	f.slots = SL_NEW_ARRAY(page->arena, slots, size_t);
	f.mask = slots - 1;
	json_array_foreach (records, i, record) {
		take_record(&f, record);
	}
	for (i = 0; i < f.count; i++) {
		emit(&f, &f.folds[i]);
		json_decref(f.folds[i].labels);
		json_decref(f.folds[i].added);
		json_decref(f.folds[i].removed);
	}
}
