/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tree of parts: which of them are the text to read, which are attached.
 *
 * Of alternatives the plain text is taken, unless there is nothing in it; what
 * stands beside each other is read one after the other. A message inside the
 * message is an attachment; its text counts only where the outer one has none
 * (a bounce, a mail forwarded as it was).
 *
 * Google has undone the transfer encoding, and has sometimes converted the
 * charset, too, without saying so (gogcli#446): core/mail/charset.h.
 *
 * Source: Gmail API reference, MessagePart, read 2026-11; RFC 2046
 */
#include <string.h>
#include <strings.h>

#include "core/base/buf.h"
#include "core/base/text.h"

#include "core/json/json.h"
#include "core/mail/base64.h"
#include "core/mail/charset.h"
#include "core/mail/content_type.h"
#include "core/mail/html.h"
#include "core/mail/words.h"

#include "connectors/gmail/mapping.h"

/** Decoded bytes of one text: no more can come in an answer. */
#define TEXT_MAX ((size_t)SL_BODY_MAX)

/** A part that is text. */
struct sl_gmail_leaf {
	struct sl_gmail_leaf *next;
	const json_t *part;
	bool html;
	bool blank;       /* nothing, or white space, is in it         */
	const char *text; /* decoded, as far as it was needed; or NULL */
	size_t len;
	const char *kept_as; /* attachment id of a text that is not here */
};

/** Leaves in reading order. */
struct leaves {
	struct sl_gmail_leaf *first;
	struct sl_gmail_leaf **tail;
	bool plain; /* something to read in plain text */
	bool some;  /* something to read               */
};

struct walk {
	struct sl_arena *arena;
	struct sl_gmail_body *body;
	struct leaves inner; /* of messages inside the message */
	int inside;          /* messages inside which the walk is */
	size_t parts;
};

static const char *
part_header(const json_t *part, const char *name)
{
	const json_t *headers = sl_json_array(part, "headers");
	const json_t *header;
	size_t i;

	json_array_foreach (headers, i, header) {
		const char *said = sl_json_text(header, "name");

		if (said != NULL && strcasecmp(said, name) == 0)
			return sl_json_text(header, "value");
	}
	return NULL;
}

static const char *
media_type(struct sl_arena *arena, const json_t *part)
{
	const char *type = sl_json_text(part, "mimeType");

	if (type == NULL || *type == '\0')
		type = part_header(part, "Content-Type");
	type = sl_mail_media_type(arena, type);
	return type != NULL ? type : "text/plain"; /* RFC 2045, 5.2 */
}

static const char *
file_name(const json_t *part)
{
	const char *name = sl_json_text(part, "filename");

	return name != NULL && *name != '\0' ? name : NULL;
}

/** Is it a text of the message? One that the root is may have a name. */
static bool
is_text(const json_t *part, const char *type, int depth)
{
	if (strcmp(type, "text/plain") != 0 && strcmp(type, "text/html") != 0)
		return false;
	if (sl_mail_is_attachment(part_header(part, "Content-Disposition")))
		return false;
	return depth == 0 || file_name(part) == NULL;
}

static void
init_leaves(struct leaves *leaves)
{
	*leaves = (struct leaves){ .first = NULL };
	leaves->tail = &leaves->first;
}

static void
append(struct leaves *to, const struct leaves *from)
{
	if (from->first == NULL)
		return;
	*to->tail = from->first;
	to->tail = from->tail;
	to->plain = to->plain || from->plain;
	to->some = to->some || from->some;
}

static bool
is_blank(const char *text)
{
	return text[strspn(text, " \t\r\n\f\v")] == '\0';
}

static void
note_charset(struct sl_gmail_body *body, const char *declared,
	     enum sl_charset_way way)
{
	if (way == SL_CHARSET_LOSSY)
		body->lossy = true;
	if (way == SL_CHARSET_UTF8 || declared == NULL)
		return;
	if (body->charsets == NULL)
		body->charsets = json_array();
	if (json_array_size(body->charsets) < 8)
		(void)json_array_append_new(body->charsets,
					    json_string(declared));
}

/** The text of base64 as UTF-8; NULL = it is no base64. */
static const char *
decode(struct sl_arena *arena, const char *data, const char *charset,
       struct sl_charset_text *out)
{
	struct sl_base64_bytes bytes;

	if (!sl_base64_decode(arena, data, TEXT_MAX, &bytes))
		return NULL;
	sl_charset_to_utf8(arena, bytes.bytes, bytes.len, charset, out);
	return out->text;
}

static const char *
charset_of(struct sl_arena *arena, const json_t *part)
{
	return sl_mail_parameter(arena, part_header(part, "Content-Type"),
				 "charset");
}

/** Its text, decoded once. */
static void
decode_leaf(struct walk *walk, struct sl_gmail_leaf *leaf)
{
	const json_t *body = sl_json_object(leaf->part, "body");
	const char *data = sl_json_text(body, "data");
	const char *charset = charset_of(walk->arena, leaf->part);
	struct sl_charset_text text;

	if (leaf->text != NULL || data == NULL)
		return;
	leaf->text = "";
	if (decode(walk->arena, data, charset, &text) == NULL) {
		walk->body->malformed = true;
		return;
	}
	leaf->text = text.text;
	leaf->len = text.len;
	note_charset(walk->body, charset, text.way);
}

static void
add_text(struct walk *walk, const json_t *part, bool html, struct leaves *out)
{
	const json_t *body = sl_json_object(part, "body");
	const char *data = sl_json_text(body, "data");
	const char *kept_as = sl_json_text(body, "attachmentId");
	struct sl_gmail_leaf *leaf = SL_NEW(walk->arena, struct sl_gmail_leaf);

	leaf->part = part;
	leaf->html = html;
	if (data != NULL && *data != '\0') {
		if (!html)
			decode_leaf(walk, leaf);
		leaf->blank = !html && is_blank(leaf->text);
	} else {
		leaf->kept_as = kept_as;
		leaf->blank = kept_as == NULL || *kept_as == '\0';
	}
	if (html && walk->inside == 0 && walk->body->html == NULL)
		walk->body->html = leaf;
	*out->tail = leaf;
	out->tail = &leaf->next;
	out->some = out->some || !leaf->blank;
	out->plain = out->plain || (!leaf->blank && !html);
}

static void
add_attachment(struct walk *walk, const json_t *part, const char *type)
{
	const char *name = file_name(part);
	json_t *list = walk->body->attachments;
	json_t *one;
	int64_t size;

	if (json_array_size(list) >= SL_GMAIL_ATTACHMENTS_MAX) {
		walk->body->cut = true;
		return;
	}
	one = json_object();
	if (name != NULL)
		sl_json_put_text(one, "name", sl_mail_words(walk->arena, name));
	sl_json_put_text(one, "type", type);
	if (sl_json_i64(sl_json_object(part, "body"), "size", &size) &&
	    size >= 0)
		(void)json_object_set_new(one, "size", json_integer(size));
	sl_json_put_text(one, "part", sl_json_text(part, "partId"));
	(void)json_array_append_new(list, one);
}

static void gather(struct walk *walk, const json_t *part, int depth,
		   struct leaves *out);

static void
gather_all(struct walk *walk, const json_t *parts, int depth,
	   struct leaves *out)
{
	const json_t *part;
	size_t i;

	json_array_foreach (parts, i, part) {
		gather(walk, part, depth, out);
	}
}

/** The first with plain text, else the last with anything: senders put what
 *  says most at the end. */
static void
gather_best(struct walk *walk, const json_t *parts, int depth,
	    struct leaves *out)
{
	struct leaves best, one;
	const json_t *part;
	size_t i;

	init_leaves(&best);
	json_array_foreach (parts, i, part) {
		init_leaves(&one);
		gather(walk, part, depth, &one);
		if (!best.plain && (one.plain || one.some || !best.some)) {
			best = one;
			if (best.first == NULL)
				best.tail = &best.first;
		}
	}
	append(out, &best);
}

static void
gather(struct walk *walk, const json_t *part, int depth, struct leaves *out)
{
	const json_t *parts = sl_json_array(part, "parts");
	const char *type;

	if (!json_is_object(part))
		return;
	if (++walk->parts > SL_GMAIL_PARTS_MAX || depth > SL_GMAIL_DEPTH_MAX) {
		walk->body->cut = true;
		return;
	}
	type = media_type(walk->arena, part);
	if (strcmp(type, "message/rfc822") == 0) {
		add_attachment(walk, part, type);
		walk->inside++;
		gather_all(walk, parts, depth + 1, &walk->inner);
		walk->inside--;
	} else if (strcmp(type, "multipart/alternative") == 0) {
		gather_best(walk, parts, depth + 1, out);
	} else if (json_array_size(parts) > 0) {
		gather_all(walk, parts, depth + 1, out);
	} else if (is_text(part, type, depth)) {
		add_text(walk, part, strcmp(type, "text/html") == 0, out);
	} else if (strncmp(type, "multipart/", 10) != 0) {
		add_attachment(walk, part, type);
	}
}

void
sl_gmail_read_payload(struct sl_arena *arena, const json_t *payload,
		      struct sl_gmail_body *body)
{
	struct walk walk = { .arena = arena, .body = body };
	struct leaves texts;

	*body = (struct sl_gmail_body){ .attachments = json_array() };
	init_leaves(&texts);
	init_leaves(&walk.inner);
	gather(&walk, payload, 0, &texts);
	body->texts = texts.some ? texts.first : walk.inner.first;
	for (const struct sl_gmail_leaf *l = body->texts; l != NULL;
	     l = l->next) {
		if (l->kept_as != NULL && body->kept_as == NULL &&
		    strlen(l->kept_as) <= SL_GMAIL_TOKEN_MAX)
			body->kept_as = l->kept_as;
	}
}

void
sl_gmail_drop_payload(struct sl_gmail_body *body)
{
	json_decref(body->attachments);
	json_decref(body->charsets);
	body->attachments = body->charsets = NULL;
}

static const char *
readable(struct sl_arena *arena, bool html, const char *text, size_t len)
{
	struct sl_html_text out;

	if (!html)
		return text;
	sl_html_to_text(arena, text, len, TEXT_MAX, &out);
	return out.text;
}

/** One text after the other, each beginning a line. */
static void
add_content(struct sl_arena *arena, struct sl_artifact *artifact,
	    const char *text)
{
	const char *before = artifact->content;
	size_t len = before != NULL ? strlen(before) : 0;

	if (is_blank(text))
		return;
	if (len == 0)
		artifact->content = text;
	else
		artifact->content = sl_arena_printf(
			arena, "%s%s%s", before,
			before[len - 1] == '\n' ? "" : "\n", text);
}

/** A text that is not here: it comes in an answer of its own, or not. */
static void
put_late(struct sl_gmail_context *context, struct sl_artifact *artifact,
	 const struct sl_gmail_leaf *leaf)
{
	struct sl_arena *arena = context->page->arena;
	struct sl_gmail_late *late;

	if (context->body_ref == NULL) {
		sl_gmail_note(artifact, "body-not-inline");
		return;
	}
	late = SL_NEW(arena, struct sl_gmail_late);
	late->next = context->late;
	late->artifact = artifact;
	late->body_ref = context->body_ref;
	late->charset = charset_of(arena, leaf->part);
	late->html = leaf->html;
	context->late = late;
	context->body_ref = NULL; /* one of them */
}

static void
put_texts(struct sl_gmail_context *context, struct sl_artifact *artifact,
	  struct walk *walk)
{
	struct sl_gmail_leaf *leaf = walk->body->texts;

	for (; leaf != NULL; leaf = leaf->next) {
		decode_leaf(walk, leaf);
		if (leaf->text != NULL)
			add_content(walk->arena, artifact,
				    readable(walk->arena, leaf->html,
					     leaf->text, leaf->len));
		else if (!leaf->blank)
			put_late(context, artifact, leaf);
	}
}

static void
put_html(struct sl_artifact *artifact, struct walk *walk)
{
	struct sl_gmail_leaf *leaf = walk->body->html;
	size_t len;

	if (leaf == NULL)
		return;
	decode_leaf(walk, leaf);
	if (leaf->text == NULL || is_blank(leaf->text))
		return;
	len = sl_utf8_cut(leaf->text, leaf->len, SL_GMAIL_HTML_MAX);
	(void)json_object_set_new(artifact->metadata, "html",
				  json_stringn(leaf->text, len));
	if (len < leaf->len)
		sl_gmail_note(artifact, "html-cut");
}

static void
put_notes(struct sl_artifact *artifact, const struct sl_gmail_body *body)
{
	if (body->lossy)
		sl_gmail_note(artifact, "charset-lossy");
	if (body->malformed)
		sl_gmail_note(artifact, "body-malformed");
	if (body->cut)
		sl_gmail_note(artifact, "parts-cut");
}

void
sl_gmail_put_payload(struct sl_gmail_context *context,
		     struct sl_artifact *artifact, struct sl_gmail_body *body)
{
	struct walk walk = { .arena = context->page->arena, .body = body };
	json_t *metadata = artifact->metadata;

	put_texts(context, artifact, &walk);
	if (context->fidelity.mode == SL_GMAIL_FULL)
		put_html(artifact, &walk);
	if (json_array_size(body->attachments) > 0)
		(void)json_object_set(metadata, "attachments",
				      body->attachments);
	if (body->charsets != NULL)
		(void)json_object_set(metadata, "charsets", body->charsets);
	put_notes(artifact, body);
}

void
sl_gmail_map_late(struct sl_gmail_context *context, const char *id,
		  const json_t *attachment)
{
	struct sl_gmail_late **at = &context->late;
	const char *data = sl_json_text(attachment, "data");
	struct sl_charset_text text;
	struct sl_gmail_late *late;

	while (*at != NULL && strcmp((*at)->artifact->source_id, id) != 0)
		at = &(*at)->next;
	late = *at;
	if (late == NULL)
		return;
	*at = late->next;
	if (data == NULL ||
	    decode(context->page->arena, data, late->charset, &text) == NULL)
		sl_gmail_note(late->artifact, "body-not-inline");
	else
		add_content(context->page->arena, late->artifact,
			    readable(context->page->arena, late->html,
				     text.text, text.len));
}
