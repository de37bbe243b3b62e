/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What has no column of its own, as JSON. Numbers and codes that open a
 * meeting (pins, passcodes) are left out.
 *
 * Source: Google Calendar API reference, Event resource, read 2026-11
 */
#include <string.h>

#include "core/json/json.h"

#include "connectors/google_calendar/private.h"

struct member {
	const char *key;  /* Google's */
	const char *name; /* ours     */
};

static const struct member texts[] = {
	{ "status", "status" },
	{ "location", "location" },
	{ "htmlLink", "html_link" },
	{ "recurringEventId", "series" },
	{ "created", "created" },
	{ "updated", "updated" },
	{ "etag", "etag" },
	{ "eventType", "event_type" },
	{ "visibility", "visibility" },
	{ "transparency", "transparency" },
	{ "hangoutLink", "hangout_link" },
};

static const struct member flags[] = {
	{ "attendeesOmitted", "attendees_omitted" },
	{ "endTimeUnspecified", "end_unspecified" },
};

static const struct member person[] = { { "email", "email" },
					{ "displayName", "name" } };

static const struct member source[] = { { "title", "title" },
					{ "url", "url" } };

static const struct member attachment[] = { { "title", "title" },
					    { "fileUrl", "url" },
					    { "mimeType", "mime_type" } };

static void
put_new(json_t *object, const char *key, json_t *value_owned)
{
	(void)json_object_set_new(object, key, value_owned);
}

static void
put_texts(json_t *object, const json_t *from, const struct member *members,
	  size_t count)
{
	for (size_t i = 0; i < count; i++)
		sl_json_put_text(object, members[i].name,
				 sl_json_text(from, members[i].key));
}

/** A sub-object of texts; left out when nothing is in it. */
static void
put_object(json_t *object, const char *name, const json_t *from,
	   const struct member *members, size_t count)
{
	json_t *made = json_object();

	put_texts(made, from, members, count);
	if (json_object_size(made) > 0)
		put_new(object, name, made);
	else
		json_decref(made);
}

static void
put_array(json_t *object, const char *name, json_t *array_owned)
{
	if (json_array_size(array_owned) > 0)
		put_new(object, name, array_owned);
	else
		json_decref(array_owned);
}

static json_t *
recurrence(const json_t *event)
{
	const json_t *sent = sl_json_array(event, "recurrence");
	json_t *lines = json_array();
	const json_t *line;
	size_t i;

	json_array_foreach (sent, i, line) {
		if (json_is_string(line))
			(void)json_array_append_new(
				lines, json_string(json_string_value(line)));
	}
	return lines;
}

static const char *
recurrence_kind(const struct sl_artifact *artifact, const json_t *event)
{
	if (artifact->parent_id != NULL)
		return artifact->deleted ? "cancelled_instance" : "exception";
	if (json_array_size(sl_json_array(event, "recurrence")) > 0)
		return "master";
	return "single";
}

/** Length of what may be kept of an address: a pin in it is a key. */
static size_t
public_length(const char *uri)
{
	static const char *const keys[] = { "pin=", "pwd=", "pass" };
	const char *query = strpbrk(uri, "?#");

	if (strncmp(uri, "tel:", 4) == 0)
		return strcspn(uri, ",;");
	for (size_t i = 0; query != NULL && i < SL_ARRAY_LEN(keys); i++)
		if (strcasestr(query, keys[i]) != NULL)
			return (size_t)(query - uri);
	return strlen(uri);
}

static json_t *
conference_uris(const json_t *conference)
{
	const json_t *entries = sl_json_array(conference, "entryPoints");
	json_t *uris = json_array();
	const json_t *entry;
	size_t i;

	json_array_foreach (entries, i, entry) {
		const char *uri = sl_json_text(entry, "uri");

		if (uri != NULL)
			(void)json_array_append_new(
				uris, json_stringn(uri, public_length(uri)));
	}
	return uris;
}

static void
put_conference(json_t *metadata, const json_t *event)
{
	const json_t *data = sl_json_object(event, "conferenceData");
	const json_t *solution = sl_json_object(data, "conferenceSolution");
	json_t *made;

	if (data == NULL)
		return;
	made = json_object();
	sl_json_put_text(made, "id", sl_json_text(data, "conferenceId"));
	sl_json_put_text(made, "solution", sl_json_text(solution, "name"));
	put_array(made, "uris", conference_uris(data));
	put_new(metadata, "conference", made);
}

static json_t *
attachments(const json_t *event)
{
	const json_t *sent = sl_json_array(event, "attachments");
	json_t *list = json_array();
	const json_t *one;
	size_t i;

	json_array_foreach (sent, i, one) {
		json_t *made = json_object();

		put_texts(made, one, attachment, SL_ARRAY_LEN(attachment));
		(void)json_array_append_new(list, made);
	}
	return list;
}

void
sl_gcal_map_metadata(struct sl_artifact *artifact, const json_t *event)
{
	json_t *metadata = json_object();
	int64_t sequence;

	artifact->metadata = metadata;
	put_texts(metadata, event, texts, SL_ARRAY_LEN(texts));
	for (size_t i = 0; i < SL_ARRAY_LEN(flags); i++)
		if (sl_json_bool(event, flags[i].key))
			put_new(metadata, flags[i].name, json_true());
	if (sl_json_i64(event, "sequence", &sequence))
		put_new(metadata, "sequence", json_integer(sequence));
	sl_json_put_text(metadata, "recurrence_kind",
			 recurrence_kind(artifact, event));
	put_array(metadata, "recurrence", recurrence(event));
	put_object(metadata, "creator", sl_json_object(event, "creator"),
		   person, SL_ARRAY_LEN(person));
	put_object(metadata, "organizer", sl_json_object(event, "organizer"),
		   person, SL_ARRAY_LEN(person));
	put_object(metadata, "source", sl_json_object(event, "source"), source,
		   SL_ARRAY_LEN(source));
	put_array(metadata, "attachments", attachments(event));
	put_conference(metadata, event);
}

void
sl_gcal_note(struct sl_artifact *artifact, const char *code)
{
	json_t *notes = json_object_get(artifact->metadata, "notes");

	if (notes == NULL) {
		notes = json_array();
		put_new(artifact->metadata, "notes", notes);
	}
	(void)json_array_append_new(notes, json_string(code));
}
