/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One message becomes one record. None is lost and none stops its page: what
 * cannot be understood is kept as sent and noted, what cannot be stored is
 * rejected.
 *
 * Source: Gmail API reference, users.messages resource, read 2026-11
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"
#include "core/mail/date.h"
#include "core/mail/html.h"
#include "core/mail/words.h"

#include "connectors/gmail/mapping.h"

/** Years 0001 to 9999, in milliseconds. */
#define TIME_MIN_MS INT64_C(-62135596800000)
#define TIME_MAX_MS INT64_C(253402300799999)

static const char *const mode_names[] = {
	[SL_GMAIL_FULL] = "full",
	[SL_GMAIL_TEXT] = "text",
	[SL_GMAIL_SUBJECT] = "subject",
	[SL_GMAIL_METADATA_ONLY] = "metadata",
};

static const char *
version_of(struct sl_arena *arena, size_t mode)
{
	return sl_arena_printf(arena, "%s/%d", mode_names[mode],
			       SL_GMAIL_MAP_VERSION);
}

struct sl_gmail_fidelity
sl_gmail_fidelity(const json_t *settings, struct sl_arena *arena)
{
	const char *content = sl_json_text(settings, SL_GMAIL_OPT_CONTENT);
	size_t mode = 0;

	for (size_t i = 0; i < SL_ARRAY_LEN(mode_names); i++)
		if (sl_text_equal(content, mode_names[i]))
			mode = i;
	return (struct sl_gmail_fidelity){
		.mode = (enum sl_gmail_mode)mode,
		.version = version_of(arena, mode),
	};
}

bool
sl_gmail_erase(const json_t *settings, struct sl_arena *arena,
	       struct sl_erasure *out)
{
	static const char *const text_loses[] = { "html", NULL };
	static const char *const subject_loses[] = { "html", "snippet",
						     "attachments", "charsets",
						     NULL };
	struct sl_gmail_fidelity now = sl_gmail_fidelity(settings, arena);
	const char **richer =
		SL_NEW_ARRAY(arena, (size_t)now.mode + 1, const char *);

	if (now.mode == SL_GMAIL_FULL)
		return false;
	for (size_t i = 0; i < (size_t)now.mode; i++)
		richer[i] = version_of(arena, i);
	*out = (struct sl_erasure){
		.title = now.mode >= SL_GMAIL_METADATA_ONLY,
		.content = now.mode >= SL_GMAIL_SUBJECT,
		.metadata =
			now.mode == SL_GMAIL_TEXT ? text_loses : subject_loses,
		.version = now.version,
		.richer = richer,
	};
	return true;
}

int64_t
sl_gmail_version(const json_t *message)
{
	int64_t version;

	if (!sl_json_i64(message, "historyId", &version) || version < 0)
		return 0;
	return version;
}

const char *
sl_gmail_usable_id(const json_t *message)
{
	const char *id = sl_json_text(message, "id");

	if (id == NULL || *id == '\0' || strlen(id) > SL_SOURCE_ID_MAX)
		return NULL;
	return id;
}

struct sl_rejected *
sl_gmail_reject(struct sl_page *page, const char *id, const json_t *message,
		const char *reason)
{
	struct sl_rejected *rejected = sl_page_rejected(page);
	const char *raw;

	rejected->source_id = sl_arena_strdup(page->arena, id);
	rejected->source_version = sl_gmail_version(message);
	rejected->reason = reason;
	if (message == NULL)
		return rejected;
	raw = sl_json_canonical(page->arena, message);
	rejected->raw_len = strlen(raw);
	rejected->raw = sl_arena_strndup(
		page->arena, raw,
		sl_utf8_cut(raw, rejected->raw_len, SL_RAW_MAX));
	return rejected;
}

/* Raw, a message says what a lesser mode does not want to be kept: with its
 * headers alone comes the beginning of its text. */
static bool
is_kept_raw(const struct sl_gmail_context *context)
{
	return context->fidelity.mode == SL_GMAIL_FULL;
}

struct sl_rejected *
sl_gmail_reject_message(struct sl_gmail_context *context, const char *id,
			const json_t *message, const char *reason)
{
	struct sl_rejected *rejected =
		sl_gmail_reject(context->page, id,
				is_kept_raw(context) ? message : NULL, reason);

	if (message != NULL)
		rejected->source_version = sl_gmail_version(message);
	return rejected;
}

const char *const *
sl_gmail_labels(struct sl_arena *arena, const json_t *message)
{
	const json_t *sent = sl_json_array(message, "labelIds");
	size_t count = json_array_size(sent), n = 0;
	const char **labels = SL_NEW_ARRAY(arena, count + 1, const char *);

	for (size_t i = 0; i < count && n < SL_GMAIL_LABELS_OF_ONE; i++) {
		const char *label = json_string_value(json_array_get(sent, i));

		if (label != NULL && *label != '\0')
			labels[n++] = sl_arena_strdup(arena, label);
	}
	return labels;
}

bool
sl_gmail_has_label(const char *const *labels, const char *label)
{
	for (; *labels != NULL; labels++)
		if (strcmp(*labels, label) == 0)
			return true;
	return false;
}

const char *
sl_gmail_bin(const char *const *labels)
{
	if (sl_gmail_has_label(labels, "TRASH"))
		return "trash";
	return sl_gmail_has_label(labels, "SPAM") ? "spam" : NULL;
}

const char *
sl_gmail_left_out(const char *const *labels)
{
	if (sl_gmail_has_label(labels, "DRAFT"))
		return "draft";
	return sl_gmail_has_label(labels, "CHAT") ? "chat" : NULL;
}

void
sl_gmail_note(struct sl_artifact *artifact, const char *code)
{
	json_t *notes = json_object_get(artifact->metadata, "notes");
	const json_t *note;
	size_t i;

	if (notes == NULL) {
		notes = json_array();
		(void)json_object_set_new(artifact->metadata, "notes", notes);
	}
	json_array_foreach (notes, i, note) {
		if (strcmp(json_string_value(note), code) == 0)
			return;
	}
	(void)json_array_append_new(notes, json_string(code));
}

/** internalDate in microseconds; SL_NO_TIME = none that makes sense. */
static int64_t
internal_date_us(const json_t *message)
{
	int64_t ms;

	if (!sl_json_i64(message, "internalDate", &ms) || ms < TIME_MIN_MS ||
	    ms > TIME_MAX_MS)
		return SL_NO_TIME;
	return ms * 1000;
}

static void
put_short(struct sl_page *page, json_t *object, const char *key,
	  const char *value, size_t max)
{
	if (value == NULL)
		return;
	sl_json_put_text(
		object, key,
		sl_arena_strndup(page->arena, value,
				 sl_utf8_cut(value, strlen(value), max)));
}

/*
 * Mail arrived when Google says so. What the sender says is kept beside it,
 * and counts only where Google says nothing.
 */
static void
map_times(struct sl_page *page, struct sl_artifact *artifact,
	  const json_t *message, const struct sl_gmail_lines *lines)
{
	const char *date = sl_gmail_line(lines, SL_GMAIL_H_DATE);
	char text[SL_RFC3339_TEXT];
	json_t *sent;
	int64_t us;

	artifact->occurred_us = internal_date_us(message);
	if (artifact->occurred_us == SL_NO_TIME)
		sl_gmail_note(artifact, "time-missing");
	if (date != NULL) {
		sent = json_object();
		put_short(page, sent, "raw", date, SL_GMAIL_HEADER_MAX);
		if (sl_mail_date(date, &us)) {
			sl_rfc3339_format(us, text);
			sl_json_put_text(sent, "at", text);
			if (artifact->occurred_us == SL_NO_TIME)
				artifact->occurred_us = us;
		} else {
			sl_gmail_note(artifact, "date-malformed");
		}
		(void)json_object_set_new(artifact->metadata, "date", sent);
	}
	artifact->reach_us = artifact->occurred_us;
}

/** What is between the angle brackets, odd as it may be; without them the
 *  first word. */
static const char *
bare_id(struct sl_arena *arena, const char *value)
{
	const char *from;
	size_t len;

	if (value == NULL)
		return NULL;
	from = strchr(value, '<');
	if (from != NULL) {
		from++;
		len = strcspn(from, ">");
	} else {
		from = value + strspn(value, " \t\r\n");
		len = strcspn(from, "> \t\r\n");
	}
	return len > 0 ? sl_arena_strndup(arena, from, len) : NULL;
}

static void
map_ids(struct sl_page *page, struct sl_artifact *artifact,
	const struct sl_gmail_lines *lines)
{
	json_t *metadata = artifact->metadata;
	const char *id = sl_gmail_line(lines, SL_GMAIL_H_MESSAGE_ID);

	artifact->external_uid = bare_id(page->arena, id);
	if (id == NULL)
		sl_gmail_note(artifact, "message-id-missing");
	sl_json_put_text(metadata, "in_reply_to",
			 bare_id(page->arena,
				 sl_gmail_line(lines, SL_GMAIL_H_IN_REPLY_TO)));
	put_short(page, metadata, "references",
		  sl_gmail_line(lines, SL_GMAIL_H_REFERENCES),
		  SL_GMAIL_REFERENCES_MAX);
	put_short(page, metadata, "list_id",
		  sl_gmail_line(lines, SL_GMAIL_H_LIST_ID),
		  SL_GMAIL_HEADER_MAX);
	if (lines->of[SL_GMAIL_H_LIST_UNSUBSCRIBE] != NULL)
		(void)json_object_set_new(metadata, "list_unsubscribe",
					  json_true());
	sl_json_put_text(metadata, "bulk",
			 sl_gmail_bulk(lines, artifact->labels));
}

/** Subject and preview, as far as they are wanted. */
static void
map_words(const struct sl_gmail_context *context, struct sl_artifact *artifact,
	  const json_t *message, const struct sl_gmail_lines *lines)
{
	struct sl_arena *arena = context->page->arena;
	const char *snippet = sl_json_text(message, "snippet");
	char *title;

	if (context->fidelity.mode >= SL_GMAIL_METADATA_ONLY)
		return;
	title = sl_mail_words(arena, sl_gmail_line(lines, SL_GMAIL_H_SUBJECT));
	artifact->title = title != NULL && *title != '\0' ? title : NULL;
	if (context->fidelity.mode >= SL_GMAIL_SUBJECT || snippet == NULL)
		return;
	snippet = sl_html_unescape(arena, snippet);
	if (*snippet != '\0')
		sl_json_put_text(artifact->metadata, "snippet", snippet);
}

static struct sl_artifact *
map_artifact(struct sl_gmail_context *context, const json_t *message,
	     const char *const *labels)
{
	struct sl_page *page = context->page;
	const json_t *payload = sl_json_object(message, "payload");
	struct sl_artifact *artifact = sl_page_artifact(page);
	struct sl_gmail_lines lines;
	int64_t size;

	artifact->source_id =
		sl_arena_strdup(page->arena, sl_gmail_usable_id(message));
	artifact->source_version = sl_gmail_version(message);
	artifact->type = "email";
	artifact->thread =
		sl_arena_strdup(page->arena, sl_json_text(message, "threadId"));
	artifact->labels = labels;
	artifact->metadata = json_object();
	sl_json_put_text(artifact->metadata, "etag", context->fidelity.version);
	if (sl_json_i64(message, "sizeEstimate", &size) && size >= 0)
		(void)json_object_set_new(artifact->metadata, "size",
					  json_integer(size));
	sl_gmail_read_lines(page->arena, payload, &lines);
	map_times(page, artifact, message, &lines);
	map_ids(page, artifact, &lines);
	map_words(context, artifact, message, &lines);
	sl_gmail_map_people(page, artifact, &lines, context->account);
	return artifact;
}

/*
 * A text that Google keeps as an attachment is asked for by that id, together
 * with its message: ids of attachments change with each reading, and one that
 * was just told is good.
 */
static bool
ask_for_text(struct sl_gmail_context *context, const json_t *message,
	     const struct sl_gmail_body *body)
{
	struct sl_page *page = context->page;
	struct sl_ref *ref;

	if (body->kept_as == NULL || context->body_ref != NULL)
		return false;
	ref = sl_page_ref(page);
	ref->source_id =
		sl_arena_strdup(page->arena, sl_gmail_usable_id(message));
	ref->version = sl_arena_printf(page->arena, SL_GMAIL_WITH_BODY "%s",
				       body->kept_as);
	return true;
}

static void
map_inside(struct sl_gmail_context *context, const json_t *message,
	   const char *const *labels, bool whole, size_t bytes)
{
	const json_t *payload = sl_json_object(message, "payload");
	bool read = whole && context->fidelity.mode <= SL_GMAIL_TEXT;
	struct sl_gmail_body body = { .texts = NULL };
	struct sl_artifact *artifact;

	if (read)
		sl_gmail_read_payload(context->page->arena, payload, &body);
	if (ask_for_text(context, message, &body)) {
		sl_gmail_drop_payload(&body);
		return;
	}
	context->page->items++;
	artifact = map_artifact(context, message, labels);
	if (read)
		sl_gmail_put_payload(context, artifact, &body);
	sl_gmail_drop_payload(&body);
	if (!whole)
		sl_gmail_note(artifact, "too-large");
	if (sl_json_is_damaged(message))
		sl_gmail_note(artifact, "text-damaged");
	/* many of them share a page: only what is small stays */
	if (bytes <= SL_RAW_MAX && is_kept_raw(context))
		sl_artifact_keep_sent(artifact, message);
}

static void
add_tombstone(struct sl_page *page, const json_t *message, const char *reason)
{
	struct sl_tombstone *stone = sl_page_tombstone(page);

	stone->source_id =
		sl_arena_strdup(page->arena, sl_gmail_usable_id(message));
	stone->source_version = sl_gmail_version(message);
	stone->reason = reason;
}

static void
add_filtered(struct sl_page *page, const json_t *message, const char *reason)
{
	struct sl_filtered *filtered = sl_page_filtered(page);

	filtered->source_id =
		sl_arena_strdup(page->arena, sl_gmail_usable_id(message));
	filtered->reason = reason;
}

/** Why a message cannot be a record; NULL = it can. */
static const char *
unusable(const json_t *message, const char *wanted_id)
{
	const char *id = sl_json_text(message, "id");

	if (!json_is_object(message))
		return "not an object";
	if (id == NULL || *id == '\0')
		return "no id";
	if (strlen(id) > SL_SOURCE_ID_MAX)
		return "id too long";
	if (wanted_id != NULL && strcmp(id, wanted_id) != 0)
		return "another message than asked for";
	if (sl_json_object(message, "payload") == NULL)
		return "no payload";
	return NULL;
}

/** A message before the bound; one without a time is not. */
static bool
is_early(const struct sl_gmail_context *context, const json_t *message)
{
	int64_t us = internal_date_us(message);

	return context->since_us != SL_NO_TIME && us != SL_NO_TIME &&
	       us < context->since_us;
}

void
sl_gmail_map(struct sl_gmail_context *context, const json_t *message,
	     const char *wanted_id, bool whole, size_t bytes)
{
	struct sl_page *page = context->page;
	const char *why = unusable(message, wanted_id);
	const char *const *labels = sl_gmail_labels(page->arena, message);
	const char *bin = sl_gmail_bin(labels);
	const char *out = sl_gmail_left_out(labels);

	if (out == NULL && is_early(context, message))
		out = "before-since";
	if (wanted_id == NULL && why == NULL && (bin != NULL || out != NULL))
		return;
	if (why == NULL && bin == NULL && out == NULL) {
		map_inside(context, message, labels, whole, bytes);
		return;
	}
	page->items++;
	if (why != NULL)
		(void)sl_gmail_reject_message(
			context,
			wanted_id != NULL ? wanted_id
					  : sl_gmail_usable_id(message),
			message, why);
	else if (bin != NULL)
		add_tombstone(page, message, bin);
	else
		add_filtered(page, message, out);
}
