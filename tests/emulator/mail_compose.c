/* SPDX-License-Identifier: Apache-2.0 */
/* A message from the compact JSON that `_control` takes; see README.md. */
#include <stdlib.h>
#include <string.h>

#include "mail_part.h"

static const char *
text_of(const json_t *in, const char *key)
{
	return json_string_value(json_object_get(in, key));
}

static uint64_t
number_of(const json_t *in, const char *key)
{
	const json_t *v = json_object_get(in, key);

	return json_integer_value(v) > 0 ? (uint64_t)json_integer_value(v) : 0;
}

/* A text, or an array of texts of which each becomes a field. */
static void
add_fields(struct emu_part *p, const char *name, const json_t *value)
{
	size_t i;
	json_t *one;

	if (json_is_string(value))
		emu_part_field(p, name, json_string_value(value));
	json_array_foreach (value, i, one)
		if (json_is_string(one))
			emu_part_field(p, name, json_string_value(one));
}

/* Addresses joined, as one field carries them. */
static void
add_people(struct emu_part *p, const char *name, const json_t *value)
{
	struct emu_buf b = { 0 };
	size_t i;
	json_t *one;

	if (json_is_string(value))
		emu_puts(&b, json_string_value(value));
	json_array_foreach (value, i, one) {
		emu_puts(&b, i ? ", " : "");
		emu_puts(&b, json_is_string(one) ? json_string_value(one) : "");
	}
	emu_part_field_buf(p, name, &b);
}

/* The text; over and over when it is to have so many octets. */
static void
put_sized(struct emu_buf *b, const char *text, uint64_t octets)
{
	do
		emu_puts(b, *text ? text : "x");
	while (b->len < octets);
}

static struct emu_part *
text_part(const json_t *in, const char *key, const char *type)
{
	struct emu_part *p = emu_part_new(type, 0);
	const char *text = text_of(in, key), *charset = text_of(in, "charset");
	const char *coded = text_of(in, "body_b64");
	struct emu_buf b = { 0 };

	emu_putf(&b, "charset=\"%s\"", charset ? charset : "UTF-8");
	emu_part_content(p, b.data, "base64");
	b.len = 0;
	emu_putf(&b, "%s_bytes", key);
	if (coded && !emu_base64_decode(coded, &p->body))
		p->body.len = 0;
	if (!coded && text && *text)
		put_sized(&p->body, text, number_of(in, b.data));
	p->backed = json_is_true(json_object_get(in, "backed"));
	emu_buf_free(&b);
	return p;
}

static struct emu_part *
file_part(const json_t *in)
{
	const char *type = text_of(in, "type"), *name = text_of(in, "name");
	const char *text = text_of(in, "text");
	struct emu_part *p =
		emu_part_new(type ? type : "application/octet-stream", 0);

	emu_part_attach(p, name ? name : "file.bin", "attachment");
	if (text)
		emu_puts(&p->body, text);
	p->fill_size = text ? 0 : number_of(in, "size");
	p->fill_key = emu_hash(name ? name : "");
	return p;
}

static struct emu_part *
body_part(const struct emu_mail *mail)
{
	const json_t *in = mail->body, *files;
	bool html = text_of(in, "html") != NULL;
	bool text = text_of(in, "text") || text_of(in, "body_b64") || !html;
	struct emu_part *p, *outer;
	size_t i;
	json_t *one;

	if (html && text) {
		p = emu_part_new("multipart/alternative", mail->id);
		emu_part_content(p, NULL, NULL);
		emu_part_add(p, text_part(in, "text", "text/plain"));
		emu_part_add(p, text_part(in, "html", "text/html"));
	} else {
		p = html ? text_part(in, "html", "text/html")
			 : text_part(in, "text", "text/plain");
	}
	files = json_object_get(in, "attachments");
	if (!json_array_size(files))
		return p;
	outer = emu_part_new("multipart/mixed", mail->id + 1);
	emu_part_content(outer, NULL, NULL);
	emu_part_add(outer, p);
	json_array_foreach (files, i, one)
		emu_part_add(outer, file_part(one));
	return outer;
}

static void
add_own_fields(struct emu_part *p, const struct emu_mail *mail)
{
	const json_t *fields = json_object_get(mail->body, "headers");
	struct emu_buf b = { 0 };

	if (!json_object_get(fields, "Message-ID")) {
		emu_putf(&b, "<%016llx@control.example.com>",
			 (unsigned long long)mail->id);
		emu_part_field_buf(p, "Message-ID", &b);
	}
	if (!json_object_get(fields, "Date")) {
		emu_put_rfc_date(&b, mail->date_ms, 0);
		emu_part_field_buf(p, "Date", &b);
	}
}

/* A payload given whole: the tree serves headers and the raw form only. */
static struct emu_part *
verbatim(const json_t *payload)
{
	const char *type = text_of(payload, "mimeType");
	struct emu_part *p = emu_part_new(type ? type : "text/plain", 1);
	const char *data = text_of(json_object_get(payload, "body"), "data");
	size_t i;
	json_t *one;

	json_array_foreach (json_object_get(payload, "headers"), i, one)
		if (text_of(one, "name") && text_of(one, "value"))
			emu_part_field(p, text_of(one, "name"),
				       text_of(one, "value"));
	if (data && !emu_base64_decode(data, &p->body))
		p->body.len = 0;
	json_array_foreach (json_object_get(payload, "parts"), i, one)
		emu_part_add(p, verbatim(one));
	return p;
}

void
emu_letter_given(struct emu_letter *l, const struct emu_mail *mail)
{
	static const char *const people[][2] = {
		{ "from", "From" },
		{ "to", "To" },
		{ "cc", "Cc" },
		{ "bcc", "Bcc" },
		{ "reply_to", "Reply-To" },
	};
	const json_t *in = mail->body;
	json_t *payload = json_object_get(in, "payload"), *value;
	const char *key, *text = text_of(in, "text");
	const char *snippet = text_of(in, "snippet");

	text = snippet ? snippet : text ? text : text_of(in, "html");
	emu_puts(&l->gist, text ? text : "");
	if (payload) {
		l->verbatim = payload;
		l->root = verbatim(payload);
		return;
	}
	l->root = body_part(mail);
	for (size_t i = 0; i < EMU_COUNT(people); i++)
		add_people(l->root, people[i][1],
			   json_object_get(in, people[i][0]));
	if (text_of(in, "subject"))
		emu_part_field(l->root, "Subject", text_of(in, "subject"));
	add_own_fields(l->root, mail);
	json_object_foreach (json_object_get(in, "headers"), key, value)
		add_fields(l->root, key, value);
}
