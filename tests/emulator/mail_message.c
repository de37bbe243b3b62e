/* SPDX-License-Identifier: Apache-2.0 */
/* messages.get, threads.get, attachments.get. */
#include <stdlib.h>
#include <string.h>

#include "mail_part.h"
#include "token.h"

#define NAMES_MAX   40
#define SNIPPET_MAX 190

enum format { MINIMAL, METADATA, FULL, RAW };

struct asking {
	enum format format;
	const char *names[NAMES_MAX];
	size_t name_count;
};

static void
take_name(void *context, const char *value)
{
	struct asking *a = context;

	if (a->name_count < NAMES_MAX)
		a->names[a->name_count++] = value;
}

/* With the metadata scope alone there is no text to be had. */
static bool
allowed(struct emu_req *r, enum format format)
{
	if (format < FULL ||
	    emu_has_scope(r,
			  "https://www.googleapis.com/auth/gmail.readonly") ||
	    emu_has_scope(r, "https://www.googleapis.com/auth/gmail.modify") ||
	    emu_has_scope(r, "https://mail.google.com/"))
		return true;
	emu_api_error(r, 403, "global", "forbidden",
		      format == RAW
			      ? "Metadata scope doesn't allow format RAW"
			      : "Metadata scope doesn't allow format FULL",
		      NULL);
	return false;
}

static bool
read_asking(struct emu_req *r, bool thread, struct asking *a)
{
	static const char *const names[] = { "minimal", "metadata", "full",
					     "raw" };
	const char *text = emu_arg(r, "format");
	size_t count = thread ? RAW : EMU_COUNT(names), i = FULL;

	*a = (struct asking){ 0 };
	if (text)
		for (i = 0; i < count; i++)
			if (strcmp(names[i], text) == 0)
				break;
	if (i == count) {
		emu_mail_bad(r, "Invalid value at 'format'");
		return false;
	}
	a->format = (enum format)i;
	emu_each_arg(r, "metadataHeaders", take_name, a);
	return allowed(r, a->format);
}

/* One line, cut between characters, escaped as HTML. */
static void
put_snippet(struct emu_buf *b, const char *text)
{
	struct emu_buf out = { 0 };
	bool space = true;

	for (size_t n = 0; *text; text++, n++) {
		if (n > SNIPPET_MAX && (*text & '\xc0') != '\x80')
			break;
		if ((unsigned char)*text <= ' ') {
			if (!space)
				emu_putc(&out, ' ');
			space = true;
			continue;
		}
		space = false;
		if (*text == '\'')
			EMU_LIT(&out, "&#39;");
		else if (*text == '&')
			EMU_LIT(&out, "&amp;");
		else if (*text == '<')
			EMU_LIT(&out, "&lt;");
		else if (*text == '>')
			EMU_LIT(&out, "&gt;");
		else if (*text == '"')
			EMU_LIT(&out, "&quot;");
		else
			emu_putc(&out, *text);
	}
	emu_put_json(b, out.data ? out.data : "");
	emu_buf_free(&out);
}

static void
put_metadata(struct emu_buf *b, const struct asking *a,
	     const struct emu_letter *l)
{
	EMU_LIT(b, ",\"payload\":{\"partId\":\"\",\"mimeType\":");
	emu_put_json(b, l->root->type);
	EMU_LIT(b, ",\"filename\":\"\",\"headers\":");
	emu_put_fields(b, l->root, a->names, a->name_count);
	emu_putc(b, '}');
}

static void
put_full(struct emu_buf *b, const struct emu_letter *l,
	 const struct emu_mail *mail)
{
	char *text;

	EMU_LIT(b, ",\"payload\":");
	if (!l->verbatim) {
		emu_put_payload(b, l->root, mail);
		return;
	}
	text = json_dumps(l->verbatim, JSON_COMPACT);
	emu_puts(b, text ? text : "{}");
	free(text);
}

static void
put_raw(struct emu_buf *b, const struct emu_letter *l)
{
	struct emu_buf raw = { 0 };

	emu_put_raw(&raw, l->root);
	EMU_LIT(b, ",\"raw\":\"");
	emu_put_base64(b, raw.data, raw.len, true);
	emu_putc(b, '"');
	emu_buf_free(&raw);
}

static void
put_message(struct emu_buf *b, const struct asking *a,
	    const struct emu_mail *mail)
{
	struct emu_letter l = { 0 };

	emu_letter_of(&l, mail);
	emu_putf(b, "{\"id\":\"%016llx\",\"threadId\":\"%016llx\"",
		 (unsigned long long)mail->id,
		 (unsigned long long)mail->thread);
	if (mail->labels) {
		EMU_LIT(b, ",\"labelIds\":");
		emu_put_labels(b, mail->box, mail->labels);
	}
	EMU_LIT(b, ",\"snippet\":");
	put_snippet(b, l.gist.data ? l.gist.data : "");
	emu_putf(b,
		 ",\"sizeEstimate\":%llu,\"historyId\":\"%llu\","
		 "\"internalDate\":\"%lld\"",
		 (unsigned long long)emu_part_estimate(l.root),
		 (unsigned long long)mail->history, (long long)mail->date_ms);
	if (a->format == METADATA)
		put_metadata(b, a, &l);
	else if (a->format == FULL)
		put_full(b, &l, mail);
	else if (a->format == RAW)
		put_raw(b, &l);
	emu_putc(b, '}');
	emu_letter_free(&l);
}

/* 400 for what is no id, 404 for what is gone. */
static bool
message_of(struct emu_req *r, struct emu_mail *mail)
{
	uint64_t id;

	if (!emu_mail_read_id(r->segments[5], &id)) {
		emu_mail_bad(r, "Invalid id value");
		return false;
	}
	if (!emu_mail_find(r->account->mail, id, mail)) {
		emu_mail_not_found(r);
		return false;
	}
	return true;
}

void
emu_mail_get(struct emu_req *r)
{
	struct emu_buf b = { 0 };
	struct emu_mail mail;
	struct asking a;

	if (!read_asking(r, false, &a) || !message_of(r, &mail))
		return;
	put_message(&b, &a, &mail);
	emu_mail_reply(r, &b);
}

void
emu_mail_thread_get(struct emu_req *r)
{
	struct emu_buf b = { 0 };
	struct emu_mail *mails;
	struct asking a;
	uint64_t id, newest = 0;
	size_t count;

	if (!read_asking(r, true, &a))
		return;
	if (!emu_mail_read_id(r->segments[5], &id)) {
		emu_mail_bad(r, "Invalid id value");
		return;
	}
	mails = emu_mail_thread(r->account->mail, id, &count);
	for (size_t i = 0; i < count; i++)
		if (mails[i].history > newest)
			newest = mails[i].history;
	emu_putf(&b,
		 "{\"id\":\"%016llx\",\"historyId\":\"%llu\",\"messages\":[",
		 (unsigned long long)id, (unsigned long long)newest);
	for (size_t i = 0; i < count; i++) {
		if (i)
			emu_putc(&b, ',');
		put_message(&b, &a, &mails[i]);
	}
	EMU_LIT(&b, "]}");
	free(mails);
	if (count) {
		emu_mail_reply(r, &b);
		return;
	}
	emu_buf_free(&b);
	emu_mail_not_found(r);
}

void
emu_mail_attachment(struct emu_req *r)
{
	const char *text = r->segments[7];
	const struct emu_part *part = NULL;
	struct emu_letter l = { 0 };
	struct emu_buf b = { 0 }, octets = { 0 };
	struct emu_mail mail;
	struct emu_token t;

	if (!message_of(r, &mail))
		return;
	if (strncmp(text, "ANGjdJ", 6) != 0 || !emu_read_token(text + 6, &t) ||
	    t.type != EMU_TOKEN_ATTACHMENT || t.seq != mail.id) {
		emu_mail_bad(r, "Invalid attachment token");
		return;
	}
	emu_letter_of(&l, &mail);
	part = emu_part_at(l.root, &t.position);
	if (part) {
		emu_part_octets(&octets, part);
		emu_putf(&b, "{\"size\":%zu,\"data\":\"", octets.len);
		emu_put_base64(&b, octets.data, octets.len, true);
		EMU_LIT(&b, "\"}");
		emu_mail_reply(r, &b);
	} else {
		emu_mail_not_found(r);
	}
	emu_buf_free(&octets);
	emu_letter_free(&l);
}
