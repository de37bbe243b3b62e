/* SPDX-License-Identifier: Apache-2.0 */
/* The bodies of generated messages: texts, HTML, parts, attachments. */
#include <stdlib.h>
#include <string.h>

#include "mail_part.h"

enum {
	DRAW_SHAPE = 50,
	DRAW_LENGTH,
	DRAW_LINE,
	DRAW_CHARSET,
	DRAW_FILE,
	DRAW_BACKED
};

struct writing {
	const struct emu_mail *mail;
	struct emu_mail_spec s;
	const struct emu_tongue *tongue;
	unsigned sentences;
	const char *charset; /* parameter of Content-Type, or NULL */
	bool legacy;         /* octets are not UTF-8 */
};

static unsigned
sentences(uint64_t draw)
{
	uint64_t at = draw % 100, more = draw >> 8;

	if (at < 60)
		return 3 + (unsigned)(more % 8);
	if (at < 90)
		return 10 + (unsigned)(more % 20);
	if (at < 99)
		return 30 + (unsigned)(more % 90);
	return 120 + (unsigned)(more % 680);
}

/* What the sender's program claims, and what the octets are. */
static void
choose_charset(struct writing *w)
{
	unsigned at = (unsigned)(emu_draw(w->s.own, DRAW_CHARSET) % 100);
	bool other = w->tongue->lines[0].legacy != NULL;

	w->charset = at < 50 || !other ? "UTF-8" : w->tongue->charset;
	w->legacy = other && at >= 70 && at < 96;
	if (other && at >= 85 && at < 92)
		w->charset = "utf-8"; /* it is not */
	else if (other && at >= 92 && at < 96)
		w->charset = "iso-8859-1"; /* it may be another */
	else if (at == 96 || at == 97)
		w->charset = NULL;
	else if (at >= 98)
		w->charset = "x-unknown-8bit";
}

static void
put_sentence(struct emu_buf *b, const struct writing *w, unsigned i, bool plain)
{
	uint64_t draw = emu_draw(w->s.own ^ DRAW_LINE, i);
	const struct emu_line *line =
		&w->tongue->lines[draw % EMU_COUNT(w->tongue->lines)];

	emu_puts(b, plain && w->legacy ? line->legacy : line->utf8);
}

static void
put_plain(struct emu_buf *b, const struct writing *w, bool told)
{
	for (unsigned i = 0; i < w->sentences; i++) {
		put_sentence(b, w, i, told);
		emu_puts(b, i % 4 == 3 ? "\r\n\r\n" : "\r\n");
	}
}

/* What the answered message said, as programs quote it. */
static void
put_quote(struct emu_buf *b, const struct writing *w)
{
	struct writing old = *w;
	uint64_t up = emu_mail_answered(w->mail->box, w->s.slot);

	if (!w->s.place)
		return;
	emu_mail_spec_at(w->mail->box, up, &old.s);
	EMU_LIT(b, "\r\nOn ");
	emu_put_rfc_date(b, emu_mail_ms_at(w->mail->box, up), 0);
	EMU_LIT(b, ", ");
	emu_put_writer(b, &old.s);
	EMU_LIT(b, " wrote:\r\n");
	for (unsigned i = 0; i < 4; i++) {
		EMU_LIT(b, "> ");
		put_sentence(b, &old, i, true);
		EMU_LIT(b, "\r\n");
	}
}

static struct emu_part *
leaf(const struct writing *w, const char *type, const char *more)
{
	struct emu_part *p = emu_part_new(type, 0);
	struct emu_buf b = { 0 };

	if (w->charset)
		emu_putf(&b, "charset=\"%s\"", w->charset);
	if (more)
		emu_putf(&b, "%s%s", b.len ? "; " : "", more);
	emu_part_content(p, b.len ? b.data : NULL,
			 w->s.own & 1 ? "quoted-printable" : "base64");
	emu_buf_free(&b);
	return p;
}

static struct emu_part *
plain_part(const struct writing *w, const char *more)
{
	struct emu_part *p = leaf(w, "text/plain", more);

	put_plain(&p->body, w, true);
	put_quote(&p->body, w);
	p->backed = emu_draw(w->s.own, DRAW_BACKED) % 200 == 0;
	return p;
}

static void
put_markup(struct emu_buf *b, const struct writing *w)
{
	bool rtl =
		w->tongue == emu_tongue_at(7) || w->tongue == emu_tongue_at(8);

	emu_putf(b, "<div dir=\"%s\">", rtl ? "rtl" : "ltr");
	for (unsigned i = 0; i < w->sentences; i++) {
		emu_puts(b, i % 4 ? "<br>\r\n" : "<p>");
		put_sentence(b, w, i, true);
		if (i % 4 == 3)
			EMU_LIT(b, "</p>\r\n");
		if (i % 16 == 5)
			emu_putf(b,
				 " <a href=\"https://example.com/p/%u?a=1"
				 "&amp;b=2\">link&nbsp;%u</a> ",
				 i, i);
	}
	EMU_LIT(b, "</div>\r\n");
}

static void
put_newsletter(struct emu_buf *b, const struct writing *w)
{
	EMU_LIT(b, "<!DOCTYPE html><html><head><title>Weekly</title><style>"
		   "p{color:#333}.x{display:none}</style><script>var a='</p>';"
		   "</script></head><body><div style=\"display:none;"
		   "font-size:1px\">Preheader that nobody sees &zwnj;&nbsp;"
		   "</div><table><tr><td>");
	put_markup(b, w);
	EMU_LIT(b, "</td></tr><tr><td><img src=\"https://example.com/t.gif\" "
		   "width=1 height=1 alt=\"\"><a href=\"https://letters."
		   "example.com/u/1\">Unsubscribe</a></td></tr></table></body>"
		   "</html>\r\n");
}

static struct emu_part *
html_part(const struct writing *w)
{
	struct emu_part *p = leaf(w, "text/html", NULL);

	if (w->s.bulk)
		put_newsletter(&p->body, w);
	else
		put_markup(&p->body, w);
	return p;
}

static struct emu_part *
multi(const struct writing *w, const char *type, unsigned level)
{
	struct emu_part *p =
		emu_part_new(type, emu_draw(w->s.own, 1000U + level));

	emu_part_content(p, NULL, NULL);
	return p;
}

static struct emu_part *
alternative(const struct writing *w, bool empty_text)
{
	struct emu_part *p = multi(w, "multipart/alternative", 1);
	struct emu_part *text =
		empty_text ? leaf(w, "text/plain", NULL) : plain_part(w, NULL);

	if (empty_text)
		EMU_LIT(&text->body, "\r\n");
	emu_part_add(p, text);
	emu_part_add(p, html_part(w));
	return p;
}

/* Median 30 KB, a tail to 3 MB. */
static uint64_t
file_size(uint64_t draw)
{
	uint64_t at = draw % 100, more = draw >> 8;

	if (at < 50)
		return 1000 + more % 29000;
	if (at < 95)
		return 30000 + more % 270000;
	return 300000 + more % 2700000;
}

static struct emu_part *
file_part(const struct writing *w, unsigned i, const char *disposition)
{
	static const struct {
		const char *type, *name;
	} files[] = {
		{ "application/pdf", "contract.pdf" },
		{ "image/png", "Screenshot 2026-11-20 at 10.00.00.png" },
		{ "application/vnd.openxmlformats-officedocument."
		  "spreadsheetml.sheet",
		  "Zahlen Größe.xlsx" },
		{ "application/octet-stream", "a,b;c.bin" },
		{ "text/csv", "data.csv" },
		{ "image/jpeg", "\u5199\u771f.jpg" },
	};

	uint64_t draw = emu_draw(w->s.own ^ DRAW_FILE, i);
	size_t which = *disposition == 'i' ? 1 : draw % EMU_COUNT(files);
	struct emu_part *p = emu_part_new(files[which].type, 0);

	emu_part_attach(p, files[which].name, disposition);
	p->fill_key = draw;
	p->fill_size = file_size(draw >> 8);
	return p;
}

static struct emu_part *
with_files(const struct writing *w, struct emu_part *text)
{
	struct emu_part *p = multi(w, "multipart/mixed", 2);
	unsigned files = 1 + (unsigned)(w->s.own >> 40) % 3;

	emu_part_add(p, text);
	for (unsigned i = 0; i < files; i++)
		emu_part_add(p, file_part(w, i, "attachment"));
	return p;
}

static struct emu_part *
related(const struct writing *w)
{
	struct emu_part *p = multi(w, "multipart/related", 3);
	struct emu_part *image = file_part(w, 9, "inline");

	emu_part_field(image, "Content-ID", "<image001@example.com>");
	emu_part_add(p, alternative(w, false));
	emu_part_add(p, image);
	return p;
}

static struct emu_part *
forwarded(const struct writing *w)
{
	struct emu_part *p = multi(w, "multipart/mixed", 4);
	struct emu_part *inner = plain_part(w, NULL);
	struct emu_part *message = emu_part_new("message/rfc822", 0);

	emu_part_field(inner, "From", "Inner <inner@example.org>");
	emu_part_field(inner, "To", "someone-else@example.org");
	emu_part_field(inner, "Subject", "Not the subject");
	emu_part_field(inner, "Date", "Fri, 20 Nov 2026 11:00:00 +0100");
	emu_part_attach(message, "forwarded.eml", "attachment");
	emu_put_raw(&message->body, inner);
	emu_part_add(message, inner);
	emu_part_add(p, plain_part(w, NULL));
	emu_part_add(p, message);
	return p;
}

static struct emu_part *
signed_letter(const struct writing *w)
{
	struct emu_part *p = multi(w, "multipart/signed", 5);
	struct emu_part *s = emu_part_new("application/pgp-signature", 0);

	emu_part_attach(s, "signature.asc", "attachment");
	EMU_LIT(&s->body, "-----BEGIN PGP SIGNATURE-----\r\n");
	emu_part_add(p, plain_part(w, NULL));
	emu_part_add(p, s);
	return p;
}

static struct emu_part *
invitation(const struct writing *w)
{
	struct emu_part *p = multi(w, "multipart/mixed", 6);
	struct emu_part *both = alternative(w, false);
	struct emu_part *ics = emu_part_new("text/calendar", 0);
	struct emu_part *file = emu_part_new("application/ics", 0);

	emu_part_content(ics, "charset=\"UTF-8\"; method=REQUEST", "7bit");
	EMU_LIT(&ics->body,
		"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Example//EN\r\n"
		"METHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@example.com\r\n"
		"DTSTART:20261120T100000Z\r\nDTEND:20261120T110000Z\r\n"
		"SUMMARY:Meeting\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
	emu_part_attach(file, "invite.ics", "attachment");
	emu_put(&file->body, ics->body.data, ics->body.len);
	emu_part_add(both, ics);
	emu_part_add(p, both);
	emu_part_add(p, file);
	return p;
}

static struct emu_part *
two_texts(const struct writing *w)
{
	struct emu_part *p = multi(w, "multipart/mixed", 7);
	struct emu_part *text = emu_part_new("text/plain", 0);

	emu_part_add(p, plain_part(w, NULL));
	emu_part_attach(text, "notes.txt", "attachment");
	EMU_LIT(&text->body, "not the body\r\n");
	emu_part_add(p, text);
	emu_part_add(p, html_part(w));
	return p;
}

static struct emu_part *
personal(const struct writing *w)
{
	unsigned at = (unsigned)(emu_draw(w->s.own, DRAW_SHAPE) % 100);

	if (at < 30)
		return plain_part(w, NULL);
	if (at < 70)
		return alternative(w, false);
	if (at < 78)
		return html_part(w);
	if (at < 82)
		return alternative(w, true);
	if (at < 90)
		return with_files(w, alternative(w, false));
	if (at < 94)
		return with_files(w, related(w));
	if (at < 96)
		return forwarded(w);
	if (at < 97)
		return two_texts(w);
	if (at < 99)
		return plain_part(w, "format=flowed");
	return signed_letter(w);
}

static struct emu_part *
body_of(const struct writing *w)
{
	switch (emu_spec_bulk(&w->s)) {
	case EMU_NEWSLETTER:
		return alternative(w, w->s.own >> 8 & 1);
	case EMU_NOTICE:
		return html_part(w);
	case EMU_SOCIAL:
		return alternative(w, true);
	case EMU_RECEIPT:
		return with_files(w, html_part(w));
	case EMU_INVITATION:
		return invitation(w);
	case EMU_LIST:
	case EMU_AUTOREPLY:
		return plain_part(w, NULL);
	case EMU_PERSONAL:
		break;
	}
	return personal(w);
}

void
emu_letter_of(struct emu_letter *l, const struct emu_mail *mail)
{
	struct writing w = { .mail = mail };
	struct emu_part *root;

	*l = (struct emu_letter){ 0 };
	if (mail->body) {
		emu_letter_given(l, mail);
		return;
	}
	emu_mail_spec_at(mail->box, mail->slot, &w.s);
	w.tongue = emu_tongue_at(emu_spec_tongue(&w.s));
	w.sentences = sentences(emu_draw(w.s.own, DRAW_LENGTH));
	choose_charset(&w);
	root = body_of(&w);
	emu_head(root, mail, &w.s);
	l->root = root;
	w.sentences = w.sentences > 6 ? 6 : w.sentences;
	put_plain(&l->gist, &w, false);
}

void
emu_letter_free(struct emu_letter *l)
{
	emu_part_free(l->root);
	emu_buf_free(&l->gist);
}
