/* SPDX-License-Identifier: Apache-2.0 */
#include "mail_part.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "token.h"

#define BACKED_SIZE (10U << 20) /* a text this long is told apart */

struct emu_part *
emu_part_new(const char *type, uint64_t key)
{
	struct emu_part *p = emu_alloc(sizeof(*p));

	p->type = emu_strdup(type);
	if (strncmp(type, "multipart/", 10) == 0) {
		p->boundary = emu_alloc(24);
		(void)snprintf(p->boundary, 24, "=_%016llx",
			       (unsigned long long)key);
	}
	return p;
}

void
emu_part_free(struct emu_part *p)
{
	if (!p)
		return;
	for (size_t i = 0; i < p->part_count; i++)
		emu_part_free(p->parts[i]);
	for (size_t i = 0; i < p->field_count; i++) {
		free(p->fields[i].name);
		free(p->fields[i].value);
	}
	free(p->parts);
	free(p->fields);
	free(p->type);
	free(p->filename);
	free(p->boundary);
	emu_buf_free(&p->body);
	free(p);
}

static void
add_field(struct emu_part *p, const char *name, char *value_stolen)
{
	if (p->field_count == p->field_cap) {
		p->field_cap = p->field_cap ? p->field_cap * 2 : 8;
		p->fields = emu_realloc(p->fields,
					p->field_cap * sizeof(*p->fields));
	}
	p->fields[p->field_count].name = emu_strdup(name);
	p->fields[p->field_count++].value = value_stolen;
}

void
emu_part_field(struct emu_part *p, const char *name, const char *value)
{
	add_field(p, name, emu_strdup(value));
}

void
emu_part_field_buf(struct emu_part *p, const char *name, struct emu_buf *value)
{
	if (value->len)
		add_field(p, name, emu_buf_take(value));
}

void
emu_part_add(struct emu_part *parent, struct emu_part *child_stolen)
{
	parent->parts =
		emu_realloc(parent->parts, (parent->part_count + 1) *
						   sizeof(struct emu_part *));
	parent->parts[parent->part_count++] = child_stolen;
}

void
emu_part_content(struct emu_part *p, const char *parameters,
		 const char *encoding)
{
	struct emu_buf b = { 0 };

	emu_puts(&b, p->type);
	if (p->boundary)
		emu_putf(&b, "; boundary=\"%s\"", p->boundary);
	if (parameters)
		emu_putf(&b, "; %s", parameters);
	emu_part_field_buf(p, "Content-Type", &b);
	if (encoding)
		emu_part_field(p, "Content-Transfer-Encoding", encoding);
}

void
emu_part_attach(struct emu_part *p, const char *filename,
		const char *disposition)
{
	bool message = strcmp(p->type, "message/rfc822") == 0;
	struct emu_buf b = { 0 };

	p->filename = emu_strdup(filename);
	emu_putf(&b, "name=\"%s\"", filename);
	emu_part_content(p, b.data, message ? "8bit" : "base64");
	b.len = 0;
	emu_putf(&b, "%s; filename=\"%s\"", disposition, filename);
	emu_part_field_buf(p, "Content-Disposition", &b);
}

const struct emu_part *
emu_part_at(const struct emu_part *p, uint64_t *number)
{
	const struct emu_part *found;

	if ((*number)-- == 0)
		return p;
	for (size_t i = 0; i < p->part_count; i++) {
		found = emu_part_at(p->parts[i], number);
		if (found)
			return found;
	}
	return NULL;
}

uint64_t
emu_part_size(const struct emu_part *p)
{
	return p->fill_size ? p->fill_size : p->body.len;
}

void
emu_part_octets(struct emu_buf *b, const struct emu_part *p)
{
	struct emu_rng rng = { .state = p->fill_key };

	if (!p->fill_size) {
		emu_put(b, p->body.data ? p->body.data : "", p->body.len);
		return;
	}
	emu_reserve(b, p->fill_size + 8);
	for (uint64_t at = 0; at < p->fill_size; at += 8) {
		uint64_t word = emu_next(&rng), left = p->fill_size - at;

		emu_put(b, (const char *)(const void *)&word,
			left < 8 ? left : 8);
	}
}

uint64_t
emu_part_estimate(const struct emu_part *p)
{
	uint64_t sum = emu_part_size(p) * (p->filename ? 4 : 3) / 3;

	for (size_t i = 0; i < p->field_count; i++)
		sum += strlen(p->fields[i].name) + strlen(p->fields[i].value) +
		       4;
	for (size_t i = 0; i < p->part_count; i++)
		sum += 40 + emu_part_estimate(p->parts[i]);
	return sum;
}

static bool
named(const char *name, const char *const *only, size_t only_count)
{
	for (size_t i = 0; i < only_count; i++)
		if (strcasecmp(only[i], name) == 0)
			return true;
	return only_count == 0;
}

void
emu_put_fields(struct emu_buf *b, const struct emu_part *p,
	       const char *const *only, size_t only_count)
{
	bool first = true;

	emu_putc(b, '[');
	for (size_t i = 0; i < p->field_count; i++) {
		if (!named(p->fields[i].name, only, only_count))
			continue;
		if (!first)
			emu_putc(b, ',');
		first = false;
		EMU_LIT(b, "{\"name\":");
		emu_put_json(b, p->fields[i].name);
		EMU_LIT(b, ",\"value\":");
		emu_put_json(b, p->fields[i].value);
		emu_putc(b, '}');
	}
	emu_putc(b, ']');
}

struct telling {
	const struct emu_mail *mail;
	uint64_t number;
	char path[64];
};

/* Another id each time, as Gmail's are. */
static void
put_attachment_id(struct emu_buf *b, const struct emu_mail *mail,
		  uint64_t number)
{
	static _Atomic uint64_t salt;
	struct emu_token t = { .type = EMU_TOKEN_ATTACHMENT,
			       .account = mail->box->key,
			       .seq = mail->id,
			       .position = number,
			       .salt = ++salt };

	EMU_LIT(b, "\"attachmentId\":\"ANGjdJ");
	emu_put_token(b, &t);
	EMU_LIT(b, "\",");
}

static void
put_body(struct emu_buf *b, const struct emu_part *p, const struct telling *t)
{
	bool apart = p->filename || p->backed || p->fill_size ||
		     p->body.len > BACKED_SIZE;

	EMU_LIT(b, ",\"body\":{");
	if (apart)
		put_attachment_id(b, t->mail, t->number);
	EMU_LIT(b, "\"size\":");
	emu_put_u64(b, emu_part_size(p));
	if (!apart && p->body.len) {
		EMU_LIT(b, ",\"data\":\"");
		emu_put_base64(b, p->body.data, p->body.len, true);
		emu_putc(b, '"');
	}
	emu_putc(b, '}');
}

static void
put_part(struct emu_buf *b, const struct emu_part *p, struct telling *t)
{
	size_t len = strlen(t->path);

	EMU_LIT(b, "{\"partId\":");
	emu_put_json(b, t->path);
	EMU_LIT(b, ",\"mimeType\":");
	emu_put_json(b, p->type);
	EMU_LIT(b, ",\"filename\":");
	emu_put_json(b, p->filename ? p->filename : "");
	EMU_LIT(b, ",\"headers\":");
	emu_put_fields(b, p, NULL, 0);
	put_body(b, p, t);
	for (size_t i = 0; i < p->part_count; i++) {
		emu_puts(b, i ? "," : ",\"parts\":[");
		(void)snprintf(t->path + len, sizeof(t->path) - len, "%s%zu",
			       len ? "." : "", i);
		t->number++;
		put_part(b, p->parts[i], t);
		t->path[len] = '\0';
	}
	if (p->part_count)
		emu_putc(b, ']');
	emu_putc(b, '}');
}

void
emu_put_payload(struct emu_buf *b, const struct emu_part *root,
		const struct emu_mail *mail)
{
	struct telling t = { .mail = mail };

	put_part(b, root, &t);
}

static const char *
encoding_of(const struct emu_part *p)
{
	for (size_t i = 0; i < p->field_count; i++)
		if (strcasecmp(p->fields[i].name,
			       "Content-Transfer-Encoding") == 0)
			return p->fields[i].value;
	return "8bit";
}

static void
put_base64_lines(struct emu_buf *b, const struct emu_buf *octets)
{
	struct emu_buf one = { 0 };

	for (size_t at = 0; at < octets->len; at += 57) {
		size_t left = octets->len - at;

		emu_put_base64(&one, octets->data + at, left < 57 ? left : 57,
			       true);
		EMU_LIT(&one, "\r\n");
	}
	for (size_t i = 0; i < one.len; i++) /* the plain alphabet */
		emu_putc(b, one.data[i] == '-'   ? '+'
			    : one.data[i] == '_' ? '/'
						 : one.data[i]);
	emu_buf_free(&one);
}

static void
put_quoted(struct emu_buf *b, const struct emu_buf *octets)
{
	size_t column = 0;

	for (size_t i = 0; i < octets->len; i++) {
		unsigned char c = (unsigned char)octets->data[i];

		if (c == '\n') {
			column = 0;
		} else if (column > 71) {
			EMU_LIT(b, "=\r\n");
			column = 0;
		}
		if (c == '=' || c > 126 || (c < 32 && c != '\n' && c != '\r')) {
			emu_putf(b, "=%02X", c);
			column += 3;
		} else {
			emu_putc(b, (char)c);
			column += c != '\n' && c != '\r';
		}
	}
}

static void
put_raw_body(struct emu_buf *b, const struct emu_part *p)
{
	const char *encoding = encoding_of(p);
	struct emu_buf octets = { 0 };

	emu_part_octets(&octets, p);
	if (strcmp(encoding, "base64") == 0)
		put_base64_lines(b, &octets);
	else if (strcmp(encoding, "quoted-printable") == 0)
		put_quoted(b, &octets);
	else if (octets.len)
		emu_put(b, octets.data, octets.len);
	emu_buf_free(&octets);
}

void
emu_put_raw(struct emu_buf *b, const struct emu_part *root)
{
	for (size_t i = 0; i < root->field_count; i++)
		emu_putf(b, "%s: %s\r\n", root->fields[i].name,
			 root->fields[i].value);
	EMU_LIT(b, "\r\n");
	if (!root->part_count)
		put_raw_body(b, root);
	for (size_t i = 0; i < root->part_count; i++) {
		if (root->boundary)
			emu_putf(b, "--%s\r\n", root->boundary);
		emu_put_raw(b, root->parts[i]);
		EMU_LIT(b, "\r\n");
	}
	if (root->boundary)
		emu_putf(b, "--%s--\r\n", root->boundary);
}
