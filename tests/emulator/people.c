/* SPDX-License-Identifier: Apache-2.0 */
/* The people of an account: a pool that grows with the root of its events. */
#include <stdlib.h>
#include <string.h>

#include "gen.h"

struct person {
	char *email;
	char *shown; /* display name or NULL */
	char *json;
	size_t json_len;
};

struct emu_pool {
	struct person *people;
	size_t count;
};

struct name {
	const char *ascii;
	const char *shown;
};

static const struct name firsts[] = {
	{ "ana", "Ana" },         { "jose", "José" },
	{ "lukasz", "Łukasz" },   { "noa", "נועה" },
	{ "yuki", "由紀" },       { "fatima", "فاطمة" },
	{ "olga", "Ольга" },      { "siobhan", "Siobhán" },
	{ "priya", "प्रिया" },     { "lee", "Lee" },
	{ "maria", "María" },     { "jean-luc", "Jean-Luc" },
	{ "bjorn", "Bjørn" },     { "zoe", "Zoë" },
	{ "tom", "Tom" },         { "emma", "Emma" },
	{ "chen", "Chen" },       { "kofi", "Kofi" },
	{ "ines", "Inês" },       { "peter", "Peter" },
	{ "sara", "Sara" },       { "dmitri", "Дмитрий" },
	{ "aylin", "Aylin" },     { "min-jun", "민준" },
	{ "grace", "Grace" },     { "ravi", "Ravi" },
	{ "elena", "Ελένη" },     { "hugo", "Hugo" },
	{ "nadia", "Nadia" },     { "sam", "Sam" },
	{ "carlos", "Carlos" },   { "wei", "伟" },
	{ "ingrid", "Ingrid" },   { "paul", "Paul" },
	{ "mohamed", "Mohamed" }, { "julia", "Júlia" },
	{ "oscar", "Oscar" },
};

static const struct name lasts[] = {
	{ "park", "Park" },
	{ "garcia", "García" },
	{ "kowalski", "Kowalski" },
	{ "levi", "לוי" },
	{ "tanaka", "田中" },
	{ "haddad", "حداد" },
	{ "ivanova", "Иванова" },
	{ "oneill", "O'Neill" },
	{ "sharma", "शर्मा" },
	{ "smith", "Smith" },
	{ "nunez", "Núñez" },
	{ "muller", "Müller" },
	{ "hansen", "Hansen" },
	{ "van-dijk", "van Dijk" },
	{ "brown", "Brown" },
	{ "rossi", "Rossi" },
	{ "wu", "Wu" },
	{ "mensah", "Mensah" },
	{ "silva", "da Silva" },
	{ "novak", "Novák" },
	{ "cohen", "Cohen" },
	{ "petrov", "Петров" },
	{ "yilmaz", "Yılmaz" },
	{ "kim", "김" },
	{ "okafor", "Okafor" },
	{ "patel", "Patel" },
	{ "papadakis", "Παπαδάκης" },
	{ "dubois", "Dubois" },
	{ "costa", "Costa" },
	{ "jones", "Jones" },
	{ "lopez", "López" },
	{ "zhang", "张" },
	{ "berg", "Berg" },
	{ "martin", "Martin" },
	{ "ali", "Ali" },
	{ "keller", "Keller" },
	{ "fischer", "Fischer" },
	{ "moreau", "Moreau" },
	{ "lind", "Lind" },
	{ "walsh", "Walsh" },
	{ "ferrari", "Ferrari" },
};

_Static_assert(EMU_COUNT(firsts) == 37 && EMU_COUNT(lasts) == 41,
	       "coprime counts, or addresses repeat");

static const char *const domains[] = {
	"example.com",         "example.org",        "example.net",
	"partner.example.com", "acme.example.org",   "mail.example.net",
	"example.com",         "client.example.net", "uni.example.org",
	"example.com",
};

static void
put_shown_name(struct emu_buf *b, uint64_t h, const struct name *f,
	       const struct name *l)
{
	switch (h % 40) {
	case 0:
		emu_putf(b, "%s \"the Boss\" %s", f->shown, l->shown);
		break;
	case 1:
		emu_putf(b, "%s, %s", l->shown, f->shown);
		break;
	case 2:
		emu_putf(b, "%s %s \U0001F389\U0001F468\u200d\U0001F4BB",
			 f->shown, l->shown);
		break;
	case 3:
		emu_putf(b, "\u202e%s\u202c (%s)", f->shown, l->shown);
		break;
	case 4:
		emu_putf(b, "  %s\t%s ", f->shown, l->shown);
		break;
	case 5:
		emu_putf(b, "%s\\%s <not@an.address>", f->ascii, l->ascii);
		break;
	case 6:
		emu_puts(b, f->ascii);
		break;
	default:
		emu_putf(b, "%s %s", f->shown, l->shown);
	}
}

static void
make_person(struct person *p, uint64_t key, size_t i)
{
	uint64_t h = emu_draw(key, i);
	const struct name *f = &firsts[i % EMU_COUNT(firsts)];
	const struct name *l = &lasts[i % EMU_COUNT(lasts)];
	size_t round = i / (EMU_COUNT(firsts) * EMU_COUNT(lasts));
	struct emu_buf b = { 0 }, shown = { 0 };

	emu_putf(&b, "%s.%s", f->ascii, l->ascii);
	if (round)
		emu_put_u64(&b, round + 1);
	emu_putf(&b, "@%s", domains[(h >> 8) % EMU_COUNT(domains)]);
	p->email = emu_buf_take(&b);
	EMU_LIT(&b, "\"email\":");
	emu_put_json(&b, p->email);
	if ((h >> 20) % 5) {
		put_shown_name(&shown, h >> 32, f, l);
		EMU_LIT(&b, ",\"displayName\":");
		emu_put_json(&b, shown.data);
		p->shown = emu_buf_take(&shown);
	}
	p->json_len = b.len;
	p->json = emu_buf_take(&b);
}

static size_t
root(uint64_t n)
{
	uint64_t r = 0;

	while ((r + 1) * (r + 1) <= n)
		r++;
	return (size_t)r;
}

struct emu_pool *
emu_pool_new(uint64_t key, uint64_t events)
{
	struct emu_pool *pool = emu_alloc(sizeof(*pool));

	pool->count = 8 + root(events * 26);
	pool->people = emu_alloc(pool->count * sizeof(*pool->people));
	for (size_t i = 0; i < pool->count; i++)
		make_person(&pool->people[i], key, i);
	return pool;
}

void
emu_pool_free(struct emu_pool *pool)
{
	if (!pool)
		return;
	for (size_t i = 0; i < pool->count; i++) {
		free(pool->people[i].email);
		free(pool->people[i].shown);
		free(pool->people[i].json);
	}
	free(pool->people);
	free(pool);
}

size_t
emu_pool_size(const struct emu_pool *pool)
{
	return pool->count;
}

void
emu_put_person(struct emu_buf *b, const struct emu_pool *pool, size_t i)
{
	const struct person *p = &pool->people[i % pool->count];

	emu_put(b, p->json, p->json_len);
}

const char *
emu_person_email(const struct emu_pool *pool, size_t i)
{
	return pool->people[i % pool->count].email;
}

const char *
emu_person_name(const struct emu_pool *pool, size_t i)
{
	return pool->people[i % pool->count].shown;
}

size_t
emu_pick_person(const struct emu_pool *pool, uint64_t draw)
{
	uint64_t u = draw & 0xffff;

	/* u squared: the first tenth of the pool gets a third of the seats */
	return (size_t)((u * u >> 16) * pool->count >> 16);
}
