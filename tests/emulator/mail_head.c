/* SPDX-License-Identifier: Apache-2.0 */
/* The header fields of a generated message: people, dates, bulk marks. */
#include <stdio.h>
#include <string.h>

#include "mail_part.h"

enum {
	DRAW_PEER = 20,
	DRAW_PARTY,
	DRAW_CROWD,
	DRAW_NAME,
	DRAW_TO,
	DRAW_ODD,
	DRAW_ZONE,
	DRAW_TONGUE,
	DRAW_KIND,
	DRAW_WORD,
	DRAW_WRITER,
	DRAW_SPELLING
};

#define CROWD_LEAST 30
#define CROWD_MOST  120

struct heading {
	struct emu_part *root;
	const struct emu_mail *mail;
	const struct emu_mail_spec *s;
	const struct emu_mailbox *box;
};

enum emu_bulk
emu_spec_bulk(const struct emu_mail_spec *s)
{
	static const enum emu_bulk kinds[] = {
		EMU_NEWSLETTER, EMU_NEWSLETTER, EMU_NOTICE,     EMU_SOCIAL,
		EMU_LIST,       EMU_RECEIPT,    EMU_INVITATION, EMU_NOTICE,
		EMU_NEWSLETTER, EMU_AUTOREPLY,
	};

	if (!s->bulk)
		return EMU_PERSONAL;
	return s->size > 1
		       ? EMU_LIST
		       : kinds[emu_draw(s->talk, DRAW_KIND) % EMU_COUNT(kinds)];
}

unsigned
emu_spec_tongue(const struct emu_mail_spec *s)
{
	uint64_t draw = emu_draw(s->talk, DRAW_TONGUE);

	return draw % 100 < 55 ? 0 : (unsigned)((draw >> 8) % EMU_TONGUES);
}

/* Somebody of the conversation: 0 is the one it is with. */
static size_t
partner(const struct emu_mail_spec *s, unsigned i)
{
	return emu_pick_person(s->box->pool, emu_draw(s->talk ^ DRAW_PEER, i));
}

/* How many others take part. */
static unsigned
party(const struct emu_mail_spec *s)
{
	uint64_t draw = emu_draw(s->talk, DRAW_PARTY);

	if (draw % 100 == 0)
		return CROWD_LEAST +
		       (unsigned)((draw >> 8) % (CROWD_MOST - CROWD_LEAST));
	return draw % 100 < 25 ? 2 + (unsigned)((draw >> 8) % 5) : 1;
}

static bool
ascii(const char *text)
{
	for (; *text; text++)
		if (*text & '\x80')
			return false;
	return true;
}

/* One encoded word after another, cut between characters. */
static void
put_words(struct emu_buf *b, const char *text)
{
	struct emu_buf coded = { 0 };

	while (*text) {
		size_t len = strlen(text) > 42 ? 42 : strlen(text);

		while (text[len] && (text[len] & '\xc0') == '\x80')
			len--;
		coded.len = 0;
		emu_put_base64(&coded, text, len, true);
		for (size_t i = 0; i < coded.len; i++)
			if (coded.data[i] == '-' || coded.data[i] == '_')
				coded.data[i] =
					coded.data[i] == '-' ? '+' : '/';
		emu_putf(b, "=?UTF-8?B?%s?=", coded.data);
		text += len;
		if (*text)
			emu_putc(b, ' ');
	}
	emu_buf_free(&coded);
}

/* Quoted where it must be; 1 in 20 as decoders leave it, without quotes. */
static void
put_name(struct emu_buf *b, const char *name, uint64_t draw)
{
	if (!ascii(name) && draw % 7 == 0) {
		put_words(b, name);
	} else if (draw % 20 == 1 || !strpbrk(name, "\"\\,()<>@;:.[]\t")) {
		emu_puts(b, name);
	} else {
		emu_putc(b, '"');
		for (; *name; name++) {
			if (*name == '"' || *name == '\\')
				emu_putc(b, '\\');
			emu_putc(b, *name);
		}
		emu_putc(b, '"');
	}
}

static void
put_mailbox(struct emu_buf *b, const char *name, const char *address,
	    uint64_t draw)
{
	if (name) {
		put_name(b, name, draw);
		emu_putf(b, " <%s>", address);
	} else {
		emu_putf(b, draw & 1 ? "%s" : "<%s>", address);
	}
}

static void
put_person(struct emu_buf *b, const struct emu_mail_spec *s, size_t i)
{
	put_mailbox(b, emu_person_name(s->box->pool, i),
		    emu_person_email(s->box->pool, i),
		    emu_draw(s->own ^ DRAW_NAME, i));
}

/* The user, now and then under the alias. */
static void
put_self(struct emu_buf *b, const struct emu_mail_spec *s)
{
	const struct emu_account *a = s->box->account;
	uint64_t draw = emu_draw(s->own, DRAW_TO);
	struct emu_buf address = { 0 };

	emu_putf(&address, "%s%s", draw % 100 < 7 ? "alias." : "", a->email);
	put_mailbox(b, draw & 256 ? a->name : NULL, address.data, draw >> 9);
	emu_buf_free(&address);
}

static const char *
robot(enum emu_bulk kind)
{
	switch (kind) {
	case EMU_NEWSLETTER:
		return "news@letters.example.com";
	case EMU_NOTICE:
		return "no-reply@service.example.net";
	case EMU_SOCIAL:
		return "notification@social.example.org";
	case EMU_RECEIPT:
		return "noreply@shop.example.com";
	case EMU_LIST:
	case EMU_INVITATION:
	case EMU_AUTOREPLY:
	case EMU_PERSONAL:
		break;
	}
	return NULL;
}

void
emu_put_writer(struct emu_buf *b, const struct emu_mail_spec *s)
{
	static const char *const brands[] = { "Example, Inc.", "The Weekly",
					      "Shop \u2665 Example",
					      "Bücher & Co" };
	const char *address = robot(emu_spec_bulk(s));

	if (s->sent)
		put_self(b, s);
	else if (address)
		put_mailbox(b, brands[s->talk % EMU_COUNT(brands)], address,
			    s->own);
	else
		put_person(b, s,
			   partner(s, (unsigned)(emu_draw(s->own, DRAW_WRITER) %
						 party(s))));
}

void
emu_put_rfc_date(struct emu_buf *b, int64_t ms, int zone_minutes)
{
	static const char days[] = "SunMonTueWedThuFriSat";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	int64_t at = (ms >= 0 ? ms : ms - 999) / 1000 + zone_minutes * 60LL;
	int64_t day = emu_floor_day(at), s = at - day * EMU_DAY;
	struct emu_date d = emu_civil(day);
	unsigned zone =
		(unsigned)(zone_minutes < 0 ? -zone_minutes : zone_minutes);

	emu_putf(b, "%.3s, %u %.3s %04lld %02lld:%02lld:%02lld %c%02u%02u",
		 days + 3 * (size_t)emu_weekday(day), d.day,
		 months + 3 * ((size_t)d.month - 1), (long long)d.year,
		 (long long)(s / 3600), (long long)(s / 60 % 60),
		 (long long)(s % 60), zone_minutes < 0 ? '-' : '+', zone / 60,
		 zone % 60);
}

static void
head_date(const struct heading *h)
{
	static const int zones[] = { 0, 60, 120, -300, -480, 330, 540, 345 };
	static const char *const odd[] = { "yesterday",
					   "Mon, 99 Foo 2020 25:61:61 +9999",
					   "Thu, 01 Jan 1970 00:00:00 +0000",
					   "Fri, 31 Dec 2099 23:59:59 -0000",
					   "20 Nov 26 10:00 GMT" };
	uint64_t draw = emu_draw(h->s->own, DRAW_ZONE);
	struct emu_buf b = { 0 };

	if (draw % 1000 < 5)
		return;
	if (draw % 1000 < 15)
		emu_puts(&b, odd[(draw >> 10) % EMU_COUNT(odd)]);
	else
		emu_put_rfc_date(
			&b, h->mail->date_ms - (int64_t)(draw >> 20) % 9000,
			zones[(draw >> 40) % EMU_COUNT(zones)]);
	emu_part_field_buf(h->root, "Date", &b);
}

static void
head_from(const struct heading *h)
{
	unsigned odd = (unsigned)(emu_draw(h->s->own, DRAW_ODD) % 1000);
	struct emu_buf b = { 0 };

	if (odd >= 3)
		emu_put_writer(&b, h->s);
	if (odd >= 3 && odd < 6) {
		EMU_LIT(&b, ", ");
		put_person(&b, h->s, partner(h->s, 77));
	}
	emu_part_field_buf(h->root, "From", &b);
	if (odd >= 3 && odd < 6) {
		put_person(&b, h->s, partner(h->s, 77));
		emu_part_field_buf(h->root, "Sender", &b);
	}
	if (odd >= 100 && odd < 130 && !h->s->sent) {
		put_person(&b, h->s, partner(h->s, 78));
		emu_part_field_buf(h->root, "Reply-To", &b);
	}
}

static void
put_partners(struct emu_buf *b, const struct emu_mail_spec *s, unsigned from,
	     unsigned to)
{
	for (unsigned i = from; i < to; i++) {
		if (b->len)
			EMU_LIT(b, ", ");
		put_person(b, s, partner(s, i));
	}
}

/* Nobody told, a group, or nothing at all. */
static bool
odd_recipients(const struct heading *h)
{
	unsigned odd = (unsigned)(emu_draw(h->s->own, DRAW_ODD) % 1000);
	struct emu_buf b = { 0 };

	if (odd >= 30 || odd < 10 || h->s->sent)
		return false;
	if (odd < 20)
		EMU_LIT(&b, "undisclosed-recipients:;");
	else if (odd < 25) {
		EMU_LIT(&b, "\"Team, all\": ");
		put_person(&b, h->s, partner(h->s, 0));
		EMU_LIT(&b, ", ");
		put_self(&b, h->s);
		EMU_LIT(&b, ";, other@example.net");
	}
	emu_part_field_buf(h->root, "To", &b);
	return true;
}

static void
head_recipients(const struct heading *h)
{
	const struct emu_mail_spec *s = h->s;
	unsigned others = party(s), to = others > 3 ? others - 2 : others;
	struct emu_buf b = { 0 };

	if (odd_recipients(h))
		return;
	if (s->bulk) {
		if (emu_spec_bulk(s) == EMU_LIST)
			EMU_LIT(&b, "dev@lists.example.org");
		else
			put_self(&b, s);
		emu_part_field_buf(h->root, "To", &b);
		return;
	}
	if (!s->sent)
		put_self(&b, s);
	put_partners(&b, s, s->sent ? 0 : 1, to);
	emu_part_field_buf(h->root, "To", &b);
	put_partners(&b, s, to, others);
	emu_part_field_buf(h->root, "Cc", &b);
	if (s->sent && emu_draw(s->own, DRAW_CROWD) % 50 == 0) {
		put_person(&b, s, partner(s, 79));
		emu_part_field_buf(h->root, "Bcc", &b);
	}
}

static void
head_subject(const struct heading *h)
{
	const struct emu_tongue *t = emu_tongue_at(emu_spec_tongue(h->s));
	uint64_t draw = emu_draw(h->s->own, DRAW_WORD);
	struct emu_buf b = { 0 }, coded = { 0 };

	if (draw % 100 == 0)
		return;
	emu_putf(&b, "%s%s %u", h->s->place ? "Re: " : "", t->subject,
		 (unsigned)(h->s->talk % 10000));
	if (!ascii(b.data) && draw % 7 == 1) {
		put_words(&coded, b.data);
		emu_buf_free(&b);
		b = coded;
	}
	emu_part_field_buf(h->root, "Subject", &b);
}

static void
put_message_id(struct emu_buf *b, const struct emu_mailbox *box, uint64_t slot)
{
	emu_putf(b, "<%016llx.%llu@mail.example.com>",
		 (unsigned long long)emu_mail_id_at(box, slot),
		 (unsigned long long)(box->key % 10000));
}

static void
head_ids(const struct heading *h)
{
	uint64_t draw = emu_draw(h->s->own, DRAW_SPELLING);
	uint64_t up = emu_mail_answered(h->box, h->s->slot), at = h->s->slot;
	struct emu_buf b = { 0 };

	if (draw % 100) {
		put_message_id(&b, h->box, at);
		emu_part_field_buf(h->root,
				   draw % 10 < 3 ? "Message-Id" : "Message-ID",
				   &b);
	}
	if (!h->s->place)
		return;
	put_message_id(&b, h->box, up);
	emu_part_field_buf(h->root, "In-Reply-To", &b);
	for (unsigned i = 0; i < 20 && at != h->s->first; i++) {
		at = emu_mail_answered(h->box, at);
		if (i)
			EMU_LIT(&b, "\r\n ");
		put_message_id(&b, h->box, at);
	}
	emu_part_field_buf(h->root, "References", &b);
}

/* What tells that no person wrote this for the user alone. */
static void
head_bulk(const struct heading *h)
{
	static const struct {
		enum emu_bulk kind;
		const char *name, *value;
	} marks[] = {
		{ EMU_NEWSLETTER, "List-Id",
		  "The Weekly <weekly.letters.example.com>" },
		{ EMU_NEWSLETTER, "List-Unsubscribe",
		  "<mailto:leave@letters.example.com>, "
		  "<https://letters.example.com/u/1?x=%3D>" },
		{ EMU_NEWSLETTER, "List-Unsubscribe-Post",
		  "List-Unsubscribe=One-Click" },
		{ EMU_NEWSLETTER, "Precedence", "bulk" },
		{ EMU_NOTICE, "Auto-Submitted", "auto-generated" },
		{ EMU_SOCIAL, "Feedback-ID", "1234:social:example" },
		{ EMU_SOCIAL, "List-Unsubscribe",
		  "<https://social.example.org/off>" },
		{ EMU_LIST, "List-Id", "dev <dev.lists.example.org>" },
		{ EMU_LIST, "List-Post", "<mailto:dev@lists.example.org>" },
		{ EMU_LIST, "Precedence", "list" },
		{ EMU_AUTOREPLY, "Auto-Submitted", "auto-replied" },
		{ EMU_AUTOREPLY, "X-Autoreply", "yes" },
	};
	enum emu_bulk kind = emu_spec_bulk(h->s);

	for (size_t i = 0; i < EMU_COUNT(marks); i++)
		if (marks[i].kind == kind)
			emu_part_field(h->root, marks[i].name, marks[i].value);
}

static void
head_trace(const struct heading *h)
{
	struct emu_buf b = { 0 };

	if (h->s->sent)
		return;
	emu_part_field(h->root, "Delivered-To", h->box->account->email);
	for (unsigned i = 0; i < 2; i++) {
		emu_putf(&b,
			 "from mx%u.example.net (mx%u.example.net "
			 "[192.0.2.%u])\r\n        by mx.example.com with "
			 "ESMTPS id %llx; ",
			 i, i, (unsigned)(h->s->own % 250),
			 (unsigned long long)(h->s->own >> 20));
		emu_put_rfc_date(&b, h->mail->date_ms, -480);
		emu_part_field_buf(h->root, "Received", &b);
	}
	emu_part_field(h->root, "Return-Path", "<bounce@example.net>");
}

void
emu_head(struct emu_part *root, const struct emu_mail *mail,
	 const struct emu_mail_spec *s)
{
	struct heading h = { root, mail, s, mail->box };

	head_trace(&h);
	emu_part_field(root, "MIME-Version", "1.0");
	head_date(&h);
	head_ids(&h);
	head_subject(&h);
	head_from(&h);
	head_recipients(&h);
	head_bulk(&h);
}
