/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A corpus of whole messages, and of header values that only a message has:
 *
 *   messages EML... id.json list.json unstructured.json content_type.json
 *
 * GMime reads a message, and what it finds is written as Gmail would answer; the
 * mail connector maps that. The expectations beside each message (the same
 * name with .json) are another parser's. Compared are subject, Message-ID,
 * moment and addresses; of the text, each line that the other parser takes for
 * the body must be in ours, in our HTML, or in an attachment that we name. What
 * differs is printed; docs/fuzzing.md says why. Exits 1 when a message does not
 * map, takes more than a second, or more is otherwise than was.
 */
#include <gmime/gmime.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/json/json.h"
#include "core/mail/content_type.h"
#include "core/mail/words.h"
#include "core/sync/answers_private.h"
#include "core/sync/settings.h"

#include "connectors/gmail/gmail.h"

#define TEXT_MAX          (4u * 1024 * 1024)
#define SECOND_US         SL_US_PER_S
#define OTHERWISE_AT_MOST 38 /* of header values; of messages none */
#define TAG_MESSAGE       5  /* of a call for one message, whole */

static unsigned same, other, failed;

static void
compare(const char *file, const char *what, const char *theirs,
	const char *ours)
{
	if (sl_text_equal(theirs, ours)) {
		same++;
		return;
	}
	other++;
	printf("%s: %s\n    theirs %.200s\n    ours   %.200s\n", file, what,
	       theirs != NULL ? theirs : "(none)",
	       ours != NULL ? ours : "(none)");
}

/* ---- from a raw message to Gmail's answer ---- */

static char *
base64url(struct sl_arena *arena, const void *bytes, size_t len)
{
	gchar *text = g_base64_encode(bytes, len);
	char *copy = sl_arena_strdup(arena, text);

	g_free(text);
	for (char *c = copy; *c != '\0'; c++)
		*c = *c == '+' ? '-' : *c == '/' ? '_' : *c;
	return copy;
}

/* Gmail unfolds header lines and hands on what else is in them. */
static json_t *
headers(struct sl_arena *arena, GMimeObject *object)
{
	GMimeHeaderList *list = g_mime_object_get_header_list(object);
	json_t *out = json_array();

	for (int i = 0; i < g_mime_header_list_get_count(list); i++) {
		GMimeHeader *h = g_mime_header_list_get_header_at(list, i);
		const char *raw = g_mime_header_get_raw_value(h);
		char *value = sl_utf8_repair(arena, raw, strlen(raw), NULL);
		char *to = value;

		for (const char *c = value; *c != '\0'; c++)
			if (*c != '\r' && *c != '\n')
				*to++ = *c;
		*to = '\0';
		value += strspn(value, " \t");
		(void)json_array_append_new(out,
					    json_pack("{s:s, s:s}", "name",
						      g_mime_header_get_name(h),
						      "value", value));
	}
	return out;
}

static json_t *part(struct sl_arena *arena, GMimeObject *object);

static json_t *
content(struct sl_arena *arena, GMimePart *leaf)
{
	GMimeDataWrapper *data = g_mime_part_get_content(leaf);
	GMimeStream *stream = g_mime_stream_mem_new();
	GByteArray *bytes =
		g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream));
	json_t *body;

	if (data != NULL)
		(void)g_mime_data_wrapper_write_to_stream(data, stream);
	body = json_pack("{s:I, s:s}", "size", (json_int_t)bytes->len, "data",
			 base64url(arena, bytes->data, bytes->len));
	g_object_unref(stream);
	return body;
}

static json_t *
children(struct sl_arena *arena, GMimeObject *object)
{
	json_t *parts = json_array();

	if (GMIME_IS_MESSAGE_PART(object)) {
		GMimeMessage *inner = g_mime_message_part_get_message(
			GMIME_MESSAGE_PART(object));
		GMimeObject *root =
			inner != NULL ? g_mime_message_get_mime_part(inner)
				      : NULL;

		if (root != NULL)
			(void)json_array_append_new(parts, part(arena, root));
	}
	for (int i = 0; GMIME_IS_MULTIPART(object) &&
			i < g_mime_multipart_get_count(GMIME_MULTIPART(object));
	     i++)
		(void)json_array_append_new(
			parts,
			part(arena, g_mime_multipart_get_part(
					    GMIME_MULTIPART(object), i)));
	return parts;
}

static json_t *
part(struct sl_arena *arena, GMimeObject *object)
{
	GMimeContentType *type = g_mime_object_get_content_type(object);
	gchar *mime = g_mime_content_type_get_mime_type(type);
	json_t *out = json_pack("{s:s, s:o}", "mimeType", mime, "headers",
				headers(arena, object));
	const char *name =
		GMIME_IS_PART(object)
			? g_mime_part_get_filename(GMIME_PART(object))
			: NULL;

	g_free(mime);
	(void)json_object_set_new(out, "filename",
				  json_string(name != NULL ? name : ""));
	if (GMIME_IS_PART(object))
		(void)json_object_set_new(out, "body",
					  content(arena, GMIME_PART(object)));
	else
		(void)json_object_set_new(out, "parts",
					  children(arena, object));
	return out;
}

/* Headers of the message and of its root are one list at Gmail's. */
static json_t *
answer_of(struct sl_arena *arena, GMimeMessage *message)
{
	GMimeObject *root = g_mime_message_get_mime_part(message);
	json_t *payload = root != NULL ? part(arena, root) : json_object();
	json_t *lines = headers(arena, GMIME_OBJECT(message));

	(void)json_array_extend(lines, json_object_get(payload, "headers"));
	(void)json_object_set_new(payload, "headers", lines);
	return json_pack("{s:s, s:s, s:o}", "id", "m", "threadId", "t",
			 "payload", payload);
}

static GMimeMessage *
read_message(const char *path)
{
	GMimeStream *stream = g_mime_stream_fs_open(path, 0, 0, NULL);
	GMimeParser *parser;
	GMimeMessage *message;

	if (stream == NULL)
		return NULL;
	parser = g_mime_parser_new_with_stream(stream);
	message = g_mime_parser_construct_message(parser, NULL);
	g_object_unref(parser);
	g_object_unref(stream);
	return message;
}

/* ---- the connector ---- */

struct one_answer {
	struct sl_answers base;
	struct sl_answer answer;
	struct sl_call call;
	bool taken;
};

static const struct sl_answer *
next(struct sl_answers *base)
{
	struct one_answer *one = (struct one_answer *)base;
	bool taken = one->taken;

	one->taken = true;
	return taken ? NULL : &one->answer;
}

static const struct sl_artifact *
map(const json_t *body, struct sl_page *page)
{
	static json_t *settings, *cursor;
	static const struct sl_stream stream = { .kind = "backfill",
						 .key = "" };
	static const struct sl_ref wanted = { .source_id = "m" };
	struct one_answer one = { .base.next = next,
				  .call = { .wanted_id = "m",
					    .tag = TAG_MESSAGE } };
	struct sl_turn turn = { .stream = &stream,
				.account = "me@example.com",
				.wanted = &wanted };
	struct sl_error err;

	if (settings == NULL) {
		cursor = json_pack("{s:i, s:s}", "v", 1, "page", "p");
		if (sl_settings_resolve(sl_gmail.options, "{}", &settings,
					&err) != SL_OK)
			return NULL;
	}
	turn.settings = settings;
	turn.cursor = cursor;
	one.answer = (struct sl_answer){ .call = &one.call,
					 .http_status = 200,
					 .body = body,
					 .body_bytes = 1000 };
	if (sl_gmail.read(&turn, &one.base, page, &err) != SL_OK)
		return NULL;
	return page->artifacts.first;
}

/* ---- comparing ---- */

static const json_t *
their_header(const json_t *expected, const char *name)
{
	const json_t *lines = sl_json_array(
		json_array_get(sl_json_array(expected, "parts"), 0), "headers");
	const json_t *line;
	size_t i;

	json_array_foreach (lines, i, line) {
		if (sl_text_equal(sl_json_text(line, "name"), name))
			return json_object_get(line, "value");
	}
	return NULL;
}

static void
their_people(const json_t *list, const char *role, struct sl_buf *out)
{
	const json_t *one;
	size_t i;

	json_array_foreach (list, i, one) {
		const char *address = sl_json_text(one, "address");

		if (address != NULL && strchr(address, '@') != NULL)
			sl_buf_addf(out, "%s:%s ", role, address);
		their_people(sl_json_array(one, "addresses"), role, out);
	}
}

static void
compare_people(const char *file, const json_t *expected,
	       const struct sl_artifact *a)
{
	static const char *const roles[] = { "from", "sender", "reply_to",
					     "to",   "cc",     "bcc" };
	SL_AUTO_BUF theirs, ours;

	sl_buf_init(&theirs, TEXT_MAX);
	sl_buf_init(&ours, TEXT_MAX);
	for (size_t i = 0; i < SL_ARRAY_LEN(roles); i++) {
		const json_t *value = sl_json_object(
			their_header(expected, roles[i]), "Address");

		their_people(sl_json_array(value, "List"), roles[i], &theirs);
		their_people(sl_json_array(value, "Group"), roles[i], &theirs);
	}
	for (const struct sl_participant *p = a->participants; p != NULL;
	     p = p->next)
		sl_buf_addf(&ours, "%s:%s ", p->role, p->value);
	compare(file, "people", sl_buf_text(&theirs), sl_buf_text(&ours));
}

/* White space and quoting aside, is the line in the text? */
static bool
holds(const char *text, const char *line, size_t len)
{
	char *copy = strndup(line, len);
	bool found = text != NULL && strstr(text, copy) != NULL;

	free(copy);
	return found;
}

static size_t
lost_lines(const struct sl_artifact *a, const char *text)
{
	const char *html = sl_json_text(a->metadata, "html");
	size_t lost = 0;

	while (*text != '\0') {
		size_t len = strcspn(text, "\r\n");

		if (len > 0 && !holds(a->content, text, len) &&
		    !holds(html, text, len))
			lost++;
		text += len;
		text += strspn(text, "\r\n");
	}
	return lost;
}

static void
compare_text(const char *file, const json_t *expected,
	     const struct sl_artifact *a)
{
	const json_t *bodies = sl_json_array(expected, "text_body");
	const json_t *parts = sl_json_array(expected, "parts");
	const json_t *index;
	size_t i;
	char what[64];

	json_array_foreach (bodies, i, index) {
		const json_t *body = sl_json_object(
			json_array_get(parts,
				       (size_t)json_integer_value(index)),
			"body");
		const char *text = sl_json_text(body, "Text");
		size_t lost;

		if (text == NULL)
			text = sl_json_text(body, "Html");
		if (text == NULL)
			continue;
		lost = lost_lines(a, text);
		(void)snprintf(what, sizeof(what), "%zu lines of text %zu",
			       lost, i);
		compare(file, what, lost == 0 ? "" : text,
			lost == 0 ? "" : a->content);
	}
}

static const char *
their_text(const json_t *value)
{
	return sl_json_text(value, "Text");
}

static void
check_message(const char *path, GMimeMessage *message, const json_t *expected)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	json_auto_t *body = answer_of(arena, message);
	int64_t start = g_get_monotonic_time();
	struct sl_page page;
	const struct sl_artifact *a;

	sl_page_init(&page, arena);
	a = map(body, &page);
	if (a == NULL || g_get_monotonic_time() - start > SECOND_US) {
		printf("%s: %s\n", path,
		       a == NULL ? "does not map" : "takes a second");
		failed++;
	} else {
		compare(path, "subject",
			their_text(their_header(expected, "subject")),
			a->title);
		compare(path, "Message-ID",
			their_text(their_header(expected, "message_id")),
			a->external_uid);
		compare_people(path, expected, a);
		compare_text(path, expected, a);
	}
	sl_page_release(&page);
}

static void
check_file(const char *path)
{
	GMimeMessage *message = read_message(path);
	SL_AUTO_BUF name;
	json_t *expected;

	sl_buf_init(&name, TEXT_MAX);
	sl_buf_add(&name, path, strlen(path) - strlen(".eml"));
	sl_buf_adds(&name, ".json");
	expected = json_load_file(sl_buf_text(&name), 0, NULL);
	if (message == NULL)
		printf("%s: GMime reads no message\n", path);
	else
		check_message(path, message, expected);
	if (message != NULL)
		g_object_unref(message);
	json_decref(expected);
}

/* ---- header values ---- */

static char *
unfolded(struct sl_arena *arena, const char *header)
{
	char *copy = sl_arena_strdup(arena, header);
	char *to = copy;

	for (const char *c = copy; *c != '\0'; c++)
		if (*c != '\r' && *c != '\n')
			*to++ = *c;
	*to = '\0';
	return copy;
}

/* As a message has it; only the first id is the message's own. */
static void
check_id(struct sl_arena *arena, const char *header, const json_t *expected)
{
	json_auto_t *body = json_pack(
		"{s:s, s:{s:[{s:s, s:s}]}}", "id", "m", "payload", "headers",
		"name", "Message-Id", "value", unfolded(arena, header));
	struct sl_page page;
	const struct sl_artifact *a;

	sl_page_init(&page, arena);
	a = map(body, &page);
	compare(header, "id", json_string_value(json_array_get(expected, 0)),
		a != NULL ? a->external_uid : NULL);
	sl_page_release(&page);
}

static void
check_words(struct sl_arena *arena, const char *header, const json_t *expected)
{
	compare(header, "text", json_string_value(expected),
		sl_mail_words(arena, header));
}

/* Lists are kept as text: is all of it there? */
static void
check_list(struct sl_arena *arena, const char *header, const json_t *expected)
{
	const char *ours = sl_mail_words(arena, header);
	const json_t *item;
	size_t i;

	json_array_foreach (expected, i, item) {
		const char *theirs = json_string_value(item);

		compare(header, "item", theirs,
			strstr(ours, theirs) != NULL ? theirs : ours);
	}
}

static void
check_type(struct sl_arena *arena, const char *header, const json_t *expected)
{
	const char *sub = sl_json_text(expected, "c_subtype");
	const json_t *pairs = sl_json_array(expected, "attributes");
	const json_t *pair;
	size_t i;

	if (sub != NULL)
		compare(header, "type",
			sl_arena_printf(arena, "%s/%s",
					sl_json_text(expected, "c_type"), sub),
			sl_mail_media_type(arena, header));
	json_array_foreach (pairs, i, pair) {
		const char *name = json_string_value(json_array_get(pair, 0));

		compare(header, name,
			json_string_value(json_array_get(pair, 1)),
			sl_mail_parameter(arena, header, name));
	}
}

static const struct {
	const char *file;
	void (*check)(struct sl_arena *arena, const char *header,
		      const json_t *expected);
} tables[] = {
	{ "/id.json", check_id },
	{ "/unstructured.json", check_words },
	{ "/list.json", check_list },
	{ "/content_type.json", check_type },
};

static void
check_table(const char *path)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	json_auto_t *tests = json_load_file(path, JSON_ALLOW_NUL, NULL);
	const json_t *test;
	size_t i, t = 0;

	while (t < SL_ARRAY_LEN(tables) && !sl_text_iends(path, tables[t].file))
		t++;
	if (t == SL_ARRAY_LEN(tables) || !json_is_array(tests)) {
		printf("%s: no table that is known\n", path);
		failed++;
		return;
	}
	json_array_foreach (tests, i, test) {
		tables[t].check(arena, sl_json_text(test, "header"),
				json_object_get(test, "expected"));
	}
}

int
main(int argc, char **argv)
{
	g_mime_init();
	for (int i = 1; i < argc; i++) {
		unsigned before = same, differed = other;

		if (!sl_text_iends(argv[i], ".eml")) {
			check_table(argv[i]);
		} else {
			check_file(argv[i]);
			failed += other - differed;
		}
		printf("%s: %u the same\n", argv[i], same - before);
	}
	printf("messages: %u the same, %u otherwise, %u failed\n", same, other,
	       failed);
	return failed == 0 && other <= OTHERWISE_AT_MOST ? 0 : 1;
}
