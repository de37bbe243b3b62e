/* SPDX-License-Identifier: Apache-2.0 */
/* The people around a member, by number. */
#include <stdio.h>
#include <string.h>

#include "member.h"

#define PREFIX "https://www.linkedin.com/in/"

enum { DRAW_PERSON = 0x70, DRAW_URN, DRAW_WORK, DRAW_EMAIL, DRAW_CLOSED };

struct name {
	const char *slug, *coded, *shown; /* `coded`: percent-encoded */
};

static const struct name firsts[] = {
	{ "tobias", "tobias", "Tobias" },
	{ "zoe", "zo%C3%A9", "Zoé" },
	{ "ida", "ida", "Ida" },
	{ "ossian", "ossian", "Ossian" },
	{ "jose", "jos%C3%A9", "José" },
	{ "lukasz", "%C5%82ukasz", "Łukasz" },
	{ "noa", "%D7%A0%D7%95%D7%A2%D7%94", "נועה" },
	{ "yuki", "%E7%94%B1%E7%B4%80", "由紀" },
	{ "fatima", "fatima", "فاطمة" },
	{ "olga", "olga", "Ольга" },
	{ "priya", "priya", "प्रिया" },
	{ "jean-luc", "jean-luc", "Jean-Luc" },
	{ "bjorn", "bj%C3%B8rn", "Bjørn" },
	{ "mary-jo", "mary-jo", "Mary Jo" },
	{ "kofi", "kofi", "Kofi" },
	{ "min-jun", "min-jun", "민준" },
	{ "bob", "bob", "Robert \"Bob\"" },
	{ "anne", "anne", "Anne, called Nan" },
	{ "wei", "wei", "伟" },
};

static const struct name lasts[] = {
	{ "lindqvist", "lindqvist", "Lindqvist" },
	{ "marchetti", "marchetti", "Marchetti" },
	{ "novak", "nov%C3%A1k", "Novák" },
	{ "berg", "berg", "Berg" },
	{ "oneill", "oneill", "O'Neill" },
	{ "van-dijk", "van-dijk", "van Dijk" },
	{ "muller", "m%C3%BCller", "Müller" },
	{ "tanaka", "tanaka", "田中" },
	{ "levi", "levi", "לוי" },
	{ "sharma", "sharma", "शर्मा" },
	{ "da-silva", "da-silva", "da Silva" },
	{ "ivanova", "ivanova", "Иванова" },
	{ "smith-jones", "smith-jones", "Smith-Jones" },
	{ "okafor", "okafor", "Okafor" },
	{ "kim", "kim", "김" },
	{ "garcia", "garc%C3%ADa", "García Márquez" },
	{ "papadakis", "papadakis", "Παπαδάκης" },
};

static const char *const credentials[] = { ", PhD",  ", MBA, PMP", " (she/her)",
					   ", M.D.", " 🚀",         "   ",
					   ", CFA®" };

const char *
emu_company(uint64_t draw)
{
	static const char *const companies[] = {
		"Aurora Grid, AB",
		"Marchetti \"M\" & Figli",
		"Nordlys Energi",
		"Fjordkraft Lab",
		"Example GmbH",
		"株式会社サンプル",
		"Self-employed",
		"",
		"Université de l'Exemple",
		"=HYPERLINK Ltd",
		"Smith; Sons",
		"Banco de Ejemplo S.A.",
		"Stealth Startup 🕶",
	};

	return companies[draw % EMU_COUNT(companies)];
}

const char *
emu_title(uint64_t draw)
{
	static const char *const titles[] = {
		"Data Engineer",
		"CFO",
		"Grid analyst",
		"VP, Sales & Marketing",
		"Founder | Speaker | \"Dreamer\"",
		"",
		"Professor",
		"Leiterin Einkauf",
		"エンジニア",
		"Recruiter",
		"Head of People, EMEA",
	};

	return titles[draw % EMU_COUNT(titles)];
}

uint64_t
emu_people(const struct emu_member *m)
{
	return m->connections + m->strangers + m->newcomer_count;
}

static void
copy_text(char *to, size_t size, const char *text)
{
	(void)snprintf(to, size, "%s", text ? text : "");
}

/* Opaque, of this app alone. */
static void
make_urn(const struct emu_member *m, struct emu_person *p)
{
	static const char abc[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefgh"
				  "ijklmnopqrstuvwxyz_-";
	uint64_t h = emu_draw(m->key ^ DRAW_URN, p->number);
	char id[15] = "AC";

	for (size_t i = 2; i < sizeof(id) - 1; i++) {
		id[i] = abc[h & 63];
		h = i == 8 ? emu_mix(h ^ m->key) : h >> 5;
	}
	(void)snprintf(p->urn, sizeof(p->urn), "urn:li:person:%s", id);
}

static void
owner_at(const struct emu_member *m, struct emu_person *p)
{
	const struct name *last = &lasts[m->key % EMU_COUNT(lasts)];
	struct emu_buf urn = { 0 };
	const char *email = m->account->email;
	int len = (int)strcspn(email, "@.") % 40;

	copy_text(p->first, sizeof(p->first), m->account->name);
	copy_text(p->last, sizeof(p->last), last->shown);
	copy_text(p->email, sizeof(p->email), email);
	(void)snprintf(p->url, sizeof(p->url), PREFIX "%.*s-%s-%llx", len,
		       email, last->slug,
		       (unsigned long long)(m->key & 0xffff));
	emu_put_owner_urn(&urn, m->account);
	copy_text(p->urn, sizeof(p->urn), urn.data);
	emu_buf_free(&urn);
}

static void
newcomer_at(const struct emu_member *m, uint64_t i, struct emu_person *p)
{
	const struct emu_newcomer *n = &m->newcomers[i];

	copy_text(p->first, sizeof(p->first), n->first);
	copy_text(p->last, sizeof(p->last), n->last);
	copy_text(p->url, sizeof(p->url), n->url);
	copy_text(p->email, sizeof(p->email), n->email);
}

static void
invent(const struct emu_member *m, struct emu_person *p)
{
	uint64_t h = p->content, odd = h >> 40;
	const struct name *f = &firsts[h % EMU_COUNT(firsts)];
	const struct name *l = &lasts[(h >> 16) % EMU_COUNT(lasts)];
	bool coded = odd % 50 == 7;

	copy_text(p->first, sizeof(p->first), f->shown);
	(void)snprintf(p->last, sizeof(p->last), "%s%s", l->shown,
		       odd % 8 == 1
			       ? credentials[(h >> 30) % EMU_COUNT(credentials)]
			       : "");
	(void)snprintf(p->url, sizeof(p->url), PREFIX "%s-%s-%llx%02x",
		       coded ? f->coded : f->slug, coded ? l->coded : l->slug,
		       (unsigned long long)p->number,
		       (unsigned)(h >> 20 & 0xff));
	p->closed = p->number < m->connections &&
		    emu_draw(h, DRAW_CLOSED) % 120 == 0;
	if (emu_draw(h, DRAW_EMAIL) % 100 < 6)
		(void)snprintf(p->email, sizeof(p->email), "%s%s.%llu@%s",
			       h >> 50 & 1 ? "Mx." : "", l->slug,
			       (unsigned long long)p->number,
			       h >> 51 & 1 ? "mail.example" : "work.example");
}

void
emu_person_at(const struct emu_member *m, uint64_t number, struct emu_person *p)
{
	uint64_t invented = m->connections + m->strangers;

	*p = (struct emu_person){ .number = number };
	if (number == EMU_OWNER) {
		owner_at(m, p);
		return;
	}
	p->content = emu_draw(m->key ^ DRAW_PERSON, number);
	make_urn(m, p);
	if (number >= EMU_GHOSTS)
		copy_text(p->first, sizeof(p->first), "LinkedIn Member");
	else if (number >= invented)
		newcomer_at(m, number - invented, p);
	else
		invent(m, p);
}

void
emu_put_name(struct emu_buf *b, const struct emu_person *p)
{
	emu_puts(b, p->first);
	if (*p->first && *p->last)
		emu_putc(b, ' ');
	emu_puts(b, p->last);
}

/* The number is in the slug of everybody invented, but look all the same. */
uint64_t
emu_person_find(const struct emu_member *m, const char *text)
{
	bool urn = strncmp(text, "urn:", 4) == 0;
	const char *slug = strstr(text, "/in/");
	struct emu_person p;

	slug = slug ? slug + 4 : text;
	for (uint64_t i = 0; i < emu_people(m); i++) {
		emu_person_at(m, i, &p);
		if (urn ? strcmp(p.urn, text) == 0
			: *p.url && strcmp(p.url + sizeof(PREFIX) - 1, slug) ==
					    0)
			return i;
	}
	return EMU_NOBODY;
}

void
emu_put_work(struct emu_buf *company, struct emu_buf *position,
	     const struct emu_member *m, const struct emu_person *p,
	     int64_t at_ms)
{
	const struct emu_turn *t = emu_turn_at(&m->works, p->number, at_ms);
	uint64_t h = emu_draw(p->content, DRAW_WORK);
	int64_t changed = m->account->world->ref_s * 1000 -
			  (int64_t)(h >> 20 & 0x3ff) * EMU_DAY * 1000;

	if (t) {
		emu_puts(company, t->one ? t->one : "");
		emu_puts(position, t->two ? t->two : "");
		return;
	}
	if (h % 10 == 0 && at_ms < changed)
		h = emu_mix(h);
	emu_puts(company, emu_company(h >> 8));
	emu_puts(position, emu_title(h >> 16));
}
