/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Events: what all of them share, and the ledger for those that become nothing
 * here.
 *
 * Source: LinkedIn, Member Changelog API and its domains, read 2026-11
 */
#include <string.h>
#include <strings.h>

#include "core/base/civil.h"
#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/linkedin/event.h"
#include "connectors/linkedin/private.h"

#define PERSON "urn:li:person:"

/** Longest code made of a resource's name, and longest name kept in an id. */
#define CODE_MAX       48
#define NAME_MAX_BYTES 200

/** Years 0001 to 9999, in milliseconds. */
#define TIME_MAX_MS INT64_C(253402300799999)

/* --- fields --------------------------------------------------------------- */

/** "Unable_to_process_this_field.", "Unable to process this event." */
static bool
is_unprocessed(const char *text)
{
	static const char words[] = "Unable to process this";

	for (const char *w = words; *w != '\0'; w++, text++) {
		char c = *text == '_' ? ' ' : *text;

		if ((c | 0x20) != (*w | 0x20))
			return false;
	}
	return true;
}

/** A message about the member stands beside it. */
static bool
has_failed_beside(const json_t *object, const char *key)
{
	char beside[64];
	size_t len = strlen(key);

	if (len + 2 > sizeof(beside))
		return false;
	memcpy(beside, key, len);
	memcpy(beside + len, "!", 2);
	return json_object_get(object, beside) != NULL;
}

const char *
sl_linkedin_field(const json_t *object, const char *key)
{
	const char *text = sl_json_text(object, key);

	if (text == NULL || *text == '\0' || is_unprocessed(text) ||
	    has_failed_beside(object, key))
		return NULL;
	return text;
}

int64_t
sl_linkedin_second(const json_t *object, const char *key)
{
	int64_t ms;

	if (has_failed_beside(object, key) || !sl_json_i64(object, key, &ms) ||
	    ms <= 0 || ms > TIME_MAX_MS)
		return SL_NO_TIME;
	return (ms - sl_mod_down(ms, 1000)) * 1000;
}

/** The body; "{"message":"Unable to process this event."}" is none. */
static const json_t *
activity_of(const json_t *json)
{
	const json_t *activity = sl_json_object(json, "activity");
	const char *message = sl_json_text(activity, "message");

	if (message != NULL && is_unprocessed(message))
		return NULL;
	return activity;
}

/* --- records -------------------------------------------------------------- */

void
sl_linkedin_event_filter(const struct sl_linkedin_event *event,
			 const char *reason)
{
	struct sl_filtered *filtered = sl_page_filtered(event->page);

	filtered->source_id = event->ledger_id;
	filtered->reason = reason;
}

void
sl_linkedin_event_reject(const struct sl_linkedin_event *event,
			 const char *reason)
{
	if (event->failed)
		sl_linkedin_event_filter(event, "unprocessable");
	else
		sl_linkedin_reject_item(event->page, event->ledger_id,
					event->version, event->json, reason);
}

struct sl_artifact *
sl_linkedin_event_artifact(const struct sl_linkedin_event *event,
			   const char *type, const char *id)
{
	struct sl_artifact *artifact = sl_page_artifact(event->page);

	artifact->type = type;
	artifact->source_id = id;
	artifact->source_version = event->version;
	artifact->participants_incomplete = true;
	artifact->metadata = json_object();
	if (event->failed)
		sl_linkedin_note(artifact, "partly-processed");
	sl_artifact_keep_sent(artifact, event->json);
	return artifact;
}

const struct sl_alias *
sl_linkedin_event_aliases(const struct sl_linkedin_event *event,
			  const char *kind, const char *value)
{
	struct sl_alias *list =
		SL_NEW_ARRAY(event->page->arena, 3, struct sl_alias);
	size_t n = 0;

	if (event->resource != NULL)
		list[n++] = (struct sl_alias){ "resource", event->resource };
	if (kind != NULL)
		list[n++] = (struct sl_alias){ kind, value };
	return n > 0 ? list : NULL;
}

static bool
is_person(const char *urn)
{
	return strncmp(urn, PERSON, strlen(PERSON)) == 0 &&
	       urn[strlen(PERSON)] != '\0';
}

void
sl_linkedin_event_person(const struct sl_linkedin_event *event,
			 struct sl_artifact *artifact, const char *urn,
			 const char *role)
{
	struct sl_participant *who =
		sl_artifact_participant(event->page, artifact);

	who->kind = SL_IDENTITY_HANDLE;
	who->value = sl_arena_strdup(event->page->arena, urn);
	who->role = role;
	who->not_person = !is_person(urn);
	who->self = sl_text_equal(urn, event->owner);
}

/* --- others --------------------------------------------------------------- */

static bool
is_upper(char c)
{
	return c >= 'A' && c <= 'Z';
}

static bool
is_plain(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

/** Does a new word of the code begin here? */
static bool
begins_word(const char *name, const char *at)
{
	return !is_plain(*at) &&
	       !(is_upper(*at) && at > name && is_upper(at[-1]));
}

/** "socialActions/likes" as "social-actions-likes". */
static const char *
code_of(struct sl_arena *arena, const char *name)
{
	char *code = sl_arena_alloc(arena, CODE_MAX + 1);
	size_t n = 0;

	for (const char *at = name; *at != '\0' && n + 2 <= CODE_MAX; at++) {
		if (n > 0 && code[n - 1] != '-' && begins_word(name, at))
			code[n++] = '-';
		if (is_upper(*at))
			code[n++] = (char)(*at - 'A' + 'a');
		else if (is_plain(*at))
			code[n++] = *at;
	}
	while (n > 0 && code[n - 1] == '-')
		n--;
	code[n] = '\0';
	return n > 0 ? code : "unknown-resource";
}

/** Of the event's own number; else of all that it says. */
static const char *
ledger_id(struct sl_arena *arena, const json_t *json, const char *name)
{
	const char *fields[] = { NULL, NULL };
	char key[SL_FIELDS_KEY];
	int64_t id;
	int cut;

	if (*name == '\0')
		name = "unnamed";
	cut = (int)sl_utf8_cut(name, strlen(name), NAME_MAX_BYTES);
	if (sl_json_i64(json, "id", &id))
		return sl_arena_printf(arena, "%.*s/%lld", cut, name,
				       (long long)id);
	fields[0] = sl_json_canonical(arena, json);
	sl_fields_key(fields, key);
	return sl_arena_printf(arena, "%.*s/%s", cut, name, key);
}

static enum sl_linkedin_rank
rank_of(const char *status)
{
	if (sl_text_equal(status, "FAILURE"))
		return SL_LINKEDIN_FAILED;
	if (sl_text_equal(status, "SUCCESSFUL_REPLAY"))
		return SL_LINKEDIN_REPLAYED;
	return SL_LINKEDIN_EVENT;
}

/** When it happened, in ms; else when it was processed; 0: nobody told. */
static int64_t
captured(const json_t *json)
{
	int64_t ms;

	if ((sl_json_i64(json, "capturedAt", &ms) ||
	     sl_json_i64(json, "processedAt", &ms)) &&
	    ms > 0 && ms <= TIME_MAX_MS)
		return ms;
	return 0;
}

static const char *
usable_id(struct sl_arena *arena, const json_t *json)
{
	const char *id = sl_linkedin_field(json, "resourceId");

	if (id == NULL || strlen(id) > SL_SOURCE_ID_MAX)
		return NULL;
	return sl_arena_strdup(arena, id);
}

static const char *
or_empty(const char *text)
{
	return text != NULL ? text : "";
}

static void
note_owner(struct sl_page *page, const char *owner)
{
	if (owner != NULL && is_person(owner))
		sl_linkedin_own(page, owner, NULL);
}

void
sl_linkedin_map_event(struct sl_page *page, const json_t *json)
{
	const char *name = or_empty(sl_linkedin_field(json, "resourceName"));
	const char *owner = sl_linkedin_field(json, "owner");
	enum sl_linkedin_rank rank =
		rank_of(sl_json_text(json, "activityStatus"));
	struct sl_linkedin_event event = {
		.page = page,
		.json = json,
		.activity = activity_of(json),
		.ledger_id = ledger_id(page->arena, json, name),
		.resource = usable_id(page->arena, json),
		.owner = sl_arena_strdup(page->arena, owner),
		.method = or_empty(sl_linkedin_field(json, "method")),
		.failed = rank == SL_LINKEDIN_FAILED,
		.captured_ms = captured(json),
	};

	event.version = sl_linkedin_version(event.captured_ms, rank);
	note_owner(page, event.owner);
	if (event.captured_ms == 0)
		sl_linkedin_event_reject(&event, "an event without a time");
	else if (strcmp(name, "messages") == 0)
		sl_linkedin_map_message_event(&event);
	else if (strcmp(name, "invitations") == 0)
		sl_linkedin_map_invitation_event(&event);
	else
		sl_linkedin_event_filter(&event, code_of(page->arena, name));
}
