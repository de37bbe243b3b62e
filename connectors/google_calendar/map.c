/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One event becomes one record. No event is lost and none stops its page:
 * what cannot be understood is kept as sent and noted, what cannot be stored
 * is rejected.
 *
 * Source: Google Calendar API reference, Event resource and Events: list,
 * read 2026-11
 */
#include <string.h>

#include "core/base/option.h"
#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/google_calendar/private.h"

/** Longer values of such a field are no label. */
#define LABEL_VALUE_MAX 64 /* bytes */

/** A field whose value becomes a label, unless it is the usual one. */
struct label_row {
	const char *key;
	const char *usual;
	const char *name;
};

static const struct label_row label_rows[] = {
	{ "status", "confirmed", "status" },
	{ "transparency", "opaque", "transparency" },
	{ "visibility", "default", "visibility" },
	{ "eventType", "default", "event-type" },
};

char *
sl_gcal_text(struct sl_page *page, const json_t *object, const char *key)
{
	const char *text = sl_json_text(object, key);

	return text == NULL || *text == '\0'
		       ? NULL
		       : sl_arena_strdup(page->arena, text);
}

const char *
sl_gcal_usable_id(const json_t *item)
{
	const char *id = sl_json_text(item, "id");

	if (id == NULL || *id == '\0' || strlen(id) > SL_SOURCE_ID_MAX)
		return NULL;
	return id;
}

int64_t
sl_gcal_version(const json_t *event)
{
	const char *updated = sl_json_text(event, "updated");
	int64_t us;

	if (updated == NULL || !sl_rfc3339_parse(updated, &us) || us < 0)
		return 0;
	return us;
}

struct sl_rejected *
sl_gcal_reject(struct sl_page *page, const char *id, const json_t *item,
	       const char *reason)
{
	struct sl_rejected *rejected = sl_page_rejected(page);
	const char *raw;

	rejected->source_id = sl_arena_strdup(page->arena, id);
	rejected->source_version = sl_gcal_version(item);
	rejected->reason = reason;
	if (item == NULL)
		return rejected;
	raw = sl_json_canonical(page->arena, item);
	rejected->raw_len = strlen(raw);
	rejected->raw = sl_arena_strndup(
		page->arena, raw,
		sl_utf8_cut(raw, rejected->raw_len, SL_RAW_MAX));
	return rejected;
}

static void
map_tombstone(struct sl_page *page, const char *id, const json_t *event)
{
	struct sl_tombstone *stone = sl_page_tombstone(page);

	stone->source_id = sl_arena_strdup(page->arena, id);
	stone->source_version = sl_gcal_version(event);
	stone->reason = "cancelled";
}

static const char *const *
labels(struct sl_page *page, const json_t *event)
{
	const char **labels = SL_NEW_ARRAY(
		page->arena, SL_ARRAY_LEN(label_rows) + 1, const char *);
	size_t n = 0;

	for (size_t i = 0; i < SL_ARRAY_LEN(label_rows); i++) {
		const struct label_row *row = &label_rows[i];
		const char *value = sl_json_text(event, row->key);

		if (value == NULL || *value == '\0' ||
		    strcmp(value, row->usual) == 0 ||
		    strlen(value) > LABEL_VALUE_MAX)
			continue;
		labels[n++] =
			sl_arena_printf(page->arena, "%s:%s", row->name, value);
	}
	return labels;
}

/** The lines live in the metadata, which live as long as the artifact. */
static const char *const *
recurrence(struct sl_page *page, const struct sl_artifact *artifact)
{
	const json_t *sent = sl_json_array(artifact->metadata, "recurrence");
	const char **lines;
	const json_t *line;
	size_t i;

	if (sent == NULL || artifact->parent_id != NULL)
		return NULL;
	lines = SL_NEW_ARRAY(page->arena, json_array_size(sent) + 1,
			     const char *);
	json_array_foreach (sent, i, line) {
		lines[i] = json_string_value(line);
	}
	return lines;
}

static struct sl_artifact *
map_artifact(struct sl_page *page, const char *id, const json_t *event)
{
	struct sl_artifact *artifact = sl_page_artifact(page);

	artifact->source_id = sl_arena_strdup(page->arena, id);
	artifact->source_version = sl_gcal_version(event);
	artifact->type = "calendar_event";
	artifact->external_uid = sl_gcal_text(page, event, "iCalUID");
	artifact->parent_id = sl_gcal_text(page, event, "recurringEventId");
	artifact->title = sl_gcal_text(page, event, "summary");
	artifact->content = sl_gcal_text(page, event, "description");
	artifact->labels = labels(page, event);
	artifact->deleted =
		sl_text_equal(sl_json_text(event, "status"), "cancelled");
	if (artifact->deleted)
		artifact->deleted_reason = "cancelled";
	sl_gcal_map_metadata(artifact, event);
	artifact->recurrence = recurrence(page, artifact);
	sl_gcal_map_times(page, artifact, event);
	sl_gcal_map_people(page, artifact, event);
	if (sl_json_is_damaged(event))
		sl_gcal_note(artifact, "text-damaged");
	return artifact;
}

/** Why the item cannot be a record; NULL = it can. */
static const char *
unusable(const json_t *event, const char *wanted_id)
{
	const char *id = sl_json_text(event, "id");
	const char *parent = sl_json_text(event, "recurringEventId");

	if (!json_is_object(event))
		return "not an object";
	if (id == NULL || *id == '\0')
		return "no id";
	if (strlen(id) > SL_SOURCE_ID_MAX)
		return "id too long";
	if (parent != NULL && strlen(parent) > SL_SOURCE_ID_MAX)
		return "recurringEventId too long";
	if (wanted_id != NULL && strcmp(id, wanted_id) != 0)
		return "another event than asked for";
	return NULL;
}

/** Cancelled rows may lack the type: then they are for us. */
static bool
type_wanted(const json_t *event, const char *types, bool cancelled)
{
	const char *type = sl_json_text(event, "eventType");

	if (type == NULL)
		return cancelled || sl_option_list_has(types, "default");
	return sl_option_list_has(types, type);
}

struct sl_artifact *
sl_gcal_map_event(struct sl_page *page, const char *types,
		  const char *wanted_id, const json_t *event)
{
	const char *why = unusable(event, wanted_id);
	const char *id = sl_gcal_usable_id(event);
	const char *parent = sl_json_text(event, "recurringEventId");
	bool cancelled =
		sl_text_equal(sl_json_text(event, "status"), "cancelled");
	struct sl_filtered *filtered;

	if (why != NULL) {
		sl_gcal_reject(page, wanted_id != NULL ? wanted_id : id, event,
			       why);
	} else if (cancelled && (parent == NULL || *parent == '\0')) {
		map_tombstone(page, id, event);
	} else if (!type_wanted(event, types, cancelled)) {
		filtered = sl_page_filtered(page);
		filtered->source_id = sl_arena_strdup(page->arena, id);
		filtered->reason = "event-type";
	} else {
		return map_artifact(page, id, event);
	}
	return NULL;
}
