/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Threads, messages, invitations and connections by number. README.md states
 * the distributions.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "member.h"

enum {
	DRAW_THREAD = 0x90,
	DRAW_TALK,
	DRAW_PEER,
	DRAW_MS,
	DRAW_FOLLOW,
	DRAW_CONTENT,
	DRAW_AUTHOR,
	DRAW_INV,
	DRAW_ID,
	DRAW_THREAD_ID,
};

/* --- threads ------------------------------------------------------------- */

/* A person outside the connections who sent no invitation. */
static uint64_t
a_stranger(const struct emu_member *m, uint64_t draw)
{
	return m->connections + m->invitations +
	       draw % (m->strangers - m->invitations);
}

static void
fill_group(const struct emu_member *m, struct emu_thread *t, uint64_t draw)
{
	unsigned want = 2 + (unsigned)(draw % 5);

	for (unsigned i = 0; i < want; i++) {
		uint64_t d = emu_draw(draw, i), who;
		struct emu_person p;
		bool there = false;

		who = m->connections && d % 5 ? (d >> 8) % m->connections
					      : a_stranger(m, d >> 8);
		emu_person_at(m, who, &p);
		for (unsigned k = 0; k < t->count; k++)
			there |= t->people[k] == who;
		if (!there)
			t->people[t->count++] = p.closed ? EMU_NOBODY : who;
	}
	(void)snprintf(t->title, sizeof(t->title), "%s", emu_group_title(draw));
}

static void
fill_pair(const struct emu_member *m, struct emu_thread *t)
{
	struct emu_person p;

	t->talk = EMU_TALK_PAIR;
	t->count = 1;
	t->people[0] = m->connections ? t->number % m->connections
				      : a_stranger(m, t->number);
	emu_person_at(m, t->people[0], &p);
	if (p.closed) {
		t->people[0] = EMU_NOBODY;
		t->talk = EMU_TALK_GHOST;
	}
}

void
emu_thread_at(const struct emu_member *m, uint64_t number, struct emu_thread *t)
{
	uint64_t h = emu_draw(m->key ^ DRAW_TALK, number);
	uint64_t peer = emu_draw(h, DRAW_PEER);
	unsigned what = (unsigned)(h % 100);

	if (number >= m->threads) {
		*t = m->talks[number - m->threads];
		return;
	}
	*t = (struct emu_thread){ .number = number };
	if (what < 6) {
		t->talk = EMU_TALK_GROUP;
		fill_group(m, t, peer);
	} else if (what < 10) {
		t->talk = EMU_TALK_INMAIL;
		t->people[t->count++] = a_stranger(m, peer);
	} else if (what < 16) {
		t->talk = what < 13 ? EMU_TALK_GHOST : EMU_TALK_SPONSOR;
		t->people[t->count++] = EMU_NOBODY;
	} else {
		fill_pair(m, t);
	}
}

/* --- messages ------------------------------------------------------------ */

static bool
follows(const struct emu_member *m, uint64_t number)
{
	return number && emu_draw(m->key ^ DRAW_FOLLOW, number) % 64 == 0;
}

static int64_t
own_ms(const struct emu_member *m, uint64_t number)
{
	uint64_t h = emu_draw(m->key ^ DRAW_MS, number);
	int64_t ms = m->start_ms + (int64_t)number * m->step_ms +
		     (int64_t)(h % (uint64_t)(m->step_ms - 2000));

	return ms / 1000 * 1000 + (int64_t)(h >> 40) % 900;
}

/* A follower is of the same second, thread and author as its leader. */
static int64_t
letter_ms(const struct emu_member *m, uint64_t number, uint64_t *leader)
{
	*leader = number;
	while (follows(m, *leader))
		--*leader;
	if (*leader == number)
		return own_ms(m, number);
	return own_ms(m, *leader) / 1000 * 1000 + 900 +
	       (int64_t)(number - *leader) % 100;
}

static uint64_t
author_of(const struct emu_thread *t, uint64_t draw)
{
	uint64_t mood = emu_draw(draw ^ DRAW_AUTHOR, t->number);
	unsigned mine = 45;

	if (t->talk == EMU_TALK_SPONSOR)
		mine = 0;
	else if (t->talk == EMU_TALK_INMAIL)
		mine = mood % 2 ? 20 : 0;
	else if (t->talk != EMU_TALK_PAIR)
		mine = 30;
	return draw % 100 < mine ? EMU_OWNER : t->people[draw / 128 % t->count];
}

/* One of ten pairs is written to by one side alone, and so is another. */
static uint64_t
pair_author(const struct emu_member *m, const struct emu_thread *t,
	    uint64_t draw)
{
	uint64_t mood = emu_draw(m->key ^ DRAW_AUTHOR, t->number) % 10;

	if (t->talk == EMU_TALK_PAIR && mood == 0)
		return t->people[0];
	if (t->talk == EMU_TALK_PAIR && mood == 1)
		return EMU_OWNER;
	return author_of(t, draw);
}

static uint64_t
thread_of(const struct emu_member *m, uint64_t leader)
{
	uint64_t u = emu_draw(m->key ^ DRAW_THREAD, leader) >> 40;

	/* u squared: few threads are long */
	return (u * u >> 24) * m->threads >> 24;
}

void
emu_letter_at(const struct emu_member *m, uint64_t number, struct emu_letter *l)
{
	struct emu_thread t;
	uint64_t leader;

	if (number >= m->messages) {
		*l = m->letters[number - m->messages];
		return;
	}
	*l = (struct emu_letter){ .number = number };
	l->ms = letter_ms(m, number, &leader);
	l->follow = (unsigned)(number - leader);
	l->thread = thread_of(m, leader);
	l->content = emu_draw(m->key ^ DRAW_CONTENT, number) | 1;
	emu_thread_at(m, l->thread, &t);
	l->author = pair_author(m, &t, emu_draw(m->key ^ DRAW_ID, leader));
	l->attachment = t.talk != EMU_TALK_SPONSOR && l->content >> 8 & 1 &&
			(l->content >> 9) % 20 == 0;
}

uint64_t
emu_letters(const struct emu_member *m)
{
	return m->messages + m->letter_count;
}

uint64_t
emu_letter_from(const struct emu_member *m, int64_t ms)
{
	uint64_t at = 0, leader;

	if (ms > m->start_ms)
		at = (uint64_t)((ms - m->start_ms) / m->step_ms);
	if (at > m->messages)
		at = m->messages;
	while (at && letter_ms(m, at - 1, &leader) >= ms)
		at--;
	while (at < m->messages && letter_ms(m, at, &leader) < ms)
		at++;
	return at;
}

/* Half of those with an attachment say nothing else. */
static void
put_invented(const struct emu_member *m, const struct emu_letter *l,
	     struct emu_buf *text)
{
	struct emu_thread t;

	emu_thread_at(m, l->thread, &t);
	if (t.talk == EMU_TALK_SPONSOR)
		emu_put_advert(text, l->content);
	else if (!l->attachment || l->content >> 20 & 1 || l->follow)
		emu_put_letter(text, l->content);
	if (l->follow)
		emu_putf(text, " /%u", l->follow + 1);
}

bool
emu_letter_text(const struct emu_member *m, const struct emu_letter *l,
		int64_t at_ms, struct emu_buf *text)
{
	const struct emu_turn *t;

	if (l->ms > at_ms)
		return false;
	t = emu_turn_at(&m->said, l->number, at_ms);
	if (t && t->state)
		return false;
	if (t)
		emu_puts(text, t->one);
	else if (l->content)
		put_invented(m, l, text);
	else
		emu_puts(text, l->text);
	return true;
}

/* --- ids ----------------------------------------------------------------- */

/* "2-" and sixteen octets of which the first eight are the number, mixed. */
static void
put_id(struct emu_buf *b, uint64_t key, uint64_t number)
{
	uint64_t half[2] = { emu_mix(number ^ key), emu_draw(key, number) };
	size_t at;

	EMU_LIT(b, "2-");
	at = b->len;
	emu_put_base64(b, half, sizeof(half), true);
	for (; at < b->len; at++) {
		if (b->data[at] == '-')
			b->data[at] = '+';
		else if (b->data[at] == '_')
			b->data[at] = '/';
	}
}

static bool
read_id(const char *text, uint64_t key, uint64_t most, uint64_t *number)
{
	struct emu_buf raw = { 0 };
	uint64_t half[2];
	bool ok = strncmp(text, "2-", 2) == 0 &&
		  emu_base64_decode(text + 2, &raw) && raw.len == sizeof(half);

	if (ok) {
		memcpy(half, raw.data, sizeof(half));
		*number = emu_unmix(half[0]) ^ key;
		ok = *number < most && half[1] == emu_draw(key, *number);
	}
	emu_buf_free(&raw);
	return ok;
}

void
emu_put_thread_id(struct emu_buf *b, const struct emu_member *m,
		  uint64_t thread)
{
	put_id(b, m->key ^ DRAW_THREAD_ID, thread);
}

void
emu_put_resource_id(struct emu_buf *b, const struct emu_member *m,
		    uint64_t letter)
{
	put_id(b, m->key ^ DRAW_ID, letter);
}

bool
emu_read_thread_id(const struct emu_member *m, const char *text,
		   uint64_t *thread)
{
	static const char urn[] = "urn:li:messagingThread:";

	if (strncmp(text, urn, sizeof(urn) - 1) == 0)
		text += sizeof(urn) - 1;
	return read_id(text, m->key ^ DRAW_THREAD_ID,
		       m->threads + m->talk_count, thread);
}

bool
emu_read_resource_id(const struct emu_member *m, const char *text,
		     uint64_t *letter)
{
	return read_id(text, m->key ^ DRAW_ID, emu_letters(m), letter);
}

/* --- connections and invitations ----------------------------------------- */

uint64_t
emu_links(const struct emu_member *m)
{
	return m->connections + m->link_count;
}

bool
emu_link_at(const struct emu_member *m, uint64_t number, int64_t at_ms,
	    struct emu_link *l)
{
	if (number >= m->connections)
		*l = m->links[number - m->connections];
	else
		*l = (struct emu_link){
			.number = number,
			.person = number,
			.since_ms = m->link_start_ms +
				    (int64_t)number * m->link_step_ms +
				    (int64_t)(emu_draw(m->key, number) %
					      (uint64_t)m->link_step_ms)
		};
	return l->since_ms <= at_ms &&
	       !emu_turn_at(&m->gone_links, number, at_ms);
}

uint64_t
emu_invs(const struct emu_member *m)
{
	return m->invitations + m->inv_count;
}

/* Accepted ones are of the latest connections. */
static void
invent_inv(const struct emu_member *m, struct emu_inv *v)
{
	uint64_t h = emu_draw(m->key ^ DRAW_INV, v->number);
	int64_t ref = m->account->world->ref_s * 1000;
	struct emu_link l;
	struct emu_person p;

	v->sent = h % 2;
	v->person = m->connections + v->number;
	v->ms = ref - (int64_t)(h % (300ULL * EMU_DAY)) * 1000 - 60000;
	v->state = h / 1024 % 10 == 0 ? EMU_DECLINED : EMU_PENDING;
	v->closed_ms = v->ms + EMU_DAY * 1000LL;
	(void)snprintf(v->text, sizeof(v->text), "%s", emu_invitation_text(h));
	if (h / 1024 % 10 < 6 || v->number >= m->connections)
		return;
	(void)emu_link_at(m, m->connections - 1 - v->number, INT64_MAX, &l);
	emu_person_at(m, l.person, &p);
	if (p.closed)
		return;
	v->person = l.person;
	v->state = EMU_ACCEPTED;
	v->closed_ms = l.since_ms;
	v->ms = l.since_ms - (int64_t)(h % (10ULL * EMU_DAY)) * 1000 - 60000;
}

void
emu_inv_at(const struct emu_member *m, uint64_t number, int64_t at_ms,
	   struct emu_inv *v)
{
	const struct emu_turn *t = emu_turn_at(&m->closed, number, at_ms);

	if (number >= m->invitations) {
		*v = m->invs[number - m->invitations];
	} else {
		*v = (struct emu_inv){ .number = number };
		invent_inv(m, v);
	}
	if (v->closed_ms > at_ms)
		v->state = EMU_PENDING;
	if (t) {
		v->state = (enum emu_inv_state)t->state;
		v->closed_ms = t->ms;
	}
}
