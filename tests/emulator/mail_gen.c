/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which message is where: dates and ids of slots, and the threads of a
 * block. README.md states the distributions.
 */
#include <string.h>

#include "mail.h"

#define NONE  UINT16_MAX
#define HOUR  3600000LL
#define CACHE 4 /* blocks that a thread of the server keeps laid out */

enum {
	DRAW_JITTER = 1,
	DRAW_ID,
	DRAW_SIZE,
	DRAW_GAP,
	DRAW_TALK,
	DRAW_OWN,
	DRAW_SENT,
	DRAW_BULK,
	DRAW_LABEL
};

/* The threads of one block; numbers are slots within it. */
struct layout {
	uint64_t key, block;
	uint16_t first[EMU_MAIL_BLOCK];
	uint16_t next[EMU_MAIL_BLOCK];
	uint16_t prev[EMU_MAIL_BLOCK];
	bool valid;
};

struct share {
	unsigned per_mille, least, most;
};

static const struct share lonely[] = { { 1000, 1, 1 } };
static const struct share small[] = {
	{ 750, 1, 1 }, { 131, 2, 2 }, { 54, 3, 3 },  { 26, 4, 4 },
	{ 14, 5, 5 },  { 20, 6, 10 }, { 5, 11, 30 },
};
static const struct share large[] = {
	{ 455, 1, 1 }, { 190, 2, 2 }, { 115, 3, 3 },  { 75, 4, 4 },
	{ 50, 5, 5 },  { 88, 6, 10 }, { 27, 11, 30 },
};

static unsigned
thread_size(const struct emu_mailbox *m, uint64_t draw)
{
	const struct share *s = m->mean10 == 10   ? lonely
				: m->mean10 == 16 ? small
						  : large;
	uint64_t at = draw % 1000;

	for (; at >= s->per_mille; s++)
		at -= s->per_mille;
	return s->least + (unsigned)((draw >> 32) % (s->most - s->least + 1));
}

/* How long the next answer takes. */
static int64_t
answer_ms(uint64_t draw)
{
	static const struct {
		unsigned percent;
		int64_t least, most;
	} spans[] = {
		{ 60, HOUR / 12, 12 * HOUR },
		{ 30, 12 * HOUR, 96 * HOUR },
		{ 8, 96 * HOUR, 480 * HOUR },
		{ 2, 480 * HOUR, 2160 * HOUR },
	};

	uint64_t at = draw % 100;
	size_t i = 0;

	for (; at >= spans[i].percent; i++)
		at -= spans[i].percent;
	return spans[i].least +
	       (int64_t)((draw >> 8) %
			 (uint64_t)(spans[i].most - spans[i].least));
}

/* A free place at or after `want`; beyond the block, soon after `at`. */
static uint16_t
free_place(const struct layout *l, unsigned used, uint64_t want, unsigned at)
{
	for (uint64_t i = want; i < used; i++)
		if (l->first[i] == NONE)
			return (uint16_t)i;
	for (unsigned i = at + 1; i < used; i++)
		if (l->first[i] == NONE)
			return (uint16_t)i;
	return NONE;
}

static void
lay_thread(const struct emu_mailbox *m, struct layout *l, unsigned used,
	   unsigned first)
{
	uint64_t talk =
		emu_draw(m->key ^ DRAW_SIZE, l->block * EMU_MAIL_BLOCK + first);
	unsigned size = thread_size(m, talk), at = first;

	l->first[first] = l->prev[first] = (uint16_t)first;
	for (unsigned k = 1; k < size; k++) {
		int64_t gap = answer_ms(emu_draw(talk ^ DRAW_GAP, k));
		uint16_t place = free_place(
			l, used, at + 1 + (uint64_t)(gap / m->step_ms), at);

		if (place == NONE)
			return;
		l->first[place] = (uint16_t)first;
		l->prev[place] = (uint16_t)at;
		l->next[at] = place;
		at = place;
	}
}

static const struct layout *
layout_of(const struct emu_mailbox *m, uint64_t block)
{
	static _Thread_local struct layout kept[CACHE];
	struct layout *l = &kept[block % CACHE];
	uint64_t left = m->count - block * EMU_MAIL_BLOCK;
	unsigned used = left < EMU_MAIL_BLOCK ? (unsigned)left : EMU_MAIL_BLOCK;

	if (l->valid && l->key == m->key && l->block == block)
		return l;
	l->valid = true;
	l->key = m->key;
	l->block = block;
	memset(l->first, 0xff, sizeof(l->first));
	memset(l->next, 0xff, sizeof(l->next));
	for (unsigned i = 0; i < used; i++)
		if (l->first[i] == NONE)
			lay_thread(m, l, used, i);
	return l;
}

int64_t
emu_mail_ms_at(const struct emu_mailbox *m, uint64_t slot)
{
	uint64_t jitter = emu_draw(m->key ^ DRAW_JITTER, slot);

	return m->start_ms + (int64_t)slot * m->step_ms +
	       (int64_t)(jitter % (uint64_t)m->step_ms);
}

/* As Gmail's ids are built: milliseconds, then 20 bits. */
uint64_t
emu_mail_id_at(const struct emu_mailbox *m, uint64_t slot)
{
	return (uint64_t)emu_mail_ms_at(m, slot) << 20 |
	       (emu_draw(m->key ^ DRAW_ID, slot) & 0xfffff);
}

uint64_t
emu_mail_slot_from(const struct emu_mailbox *m, int64_t ms)
{
	uint64_t slot;

	if (ms <= m->start_ms)
		return 0;
	slot = (uint64_t)((ms - m->start_ms) / m->step_ms);
	if (slot >= m->count)
		return m->count;
	return emu_mail_ms_at(m, slot) < ms ? slot + 1 : slot;
}

uint64_t
emu_mail_slot_of(const struct emu_mailbox *m, uint64_t id)
{
	uint64_t slot = emu_mail_slot_from(m, (int64_t)(id >> 20));

	return slot < m->count && emu_mail_id_at(m, slot) == id ? slot
								: EMU_NO_SLOT;
}

uint64_t
emu_mail_history_at(const struct emu_mailbox *m, uint64_t slot)
{
	return 1000000 + slot * 7 + emu_draw(m->key, slot) % 7;
}

uint64_t
emu_mail_next_in_thread(const struct emu_mailbox *m, uint64_t slot)
{
	const struct layout *l = layout_of(m, slot / EMU_MAIL_BLOCK);
	uint16_t next = l->next[slot % EMU_MAIL_BLOCK];

	return next == NONE ? EMU_NO_SLOT : slot - slot % EMU_MAIL_BLOCK + next;
}

uint64_t
emu_mail_answered(const struct emu_mailbox *m, uint64_t slot)
{
	const struct layout *l = layout_of(m, slot / EMU_MAIL_BLOCK);

	return slot - slot % EMU_MAIL_BLOCK + l->prev[slot % EMU_MAIL_BLOCK];
}

void
emu_mail_spec_at(const struct emu_mailbox *m, uint64_t slot,
		 struct emu_mail_spec *s)
{
	const struct layout *l = layout_of(m, slot / EMU_MAIL_BLOCK);
	uint64_t base = slot - slot % EMU_MAIL_BLOCK;
	unsigned at = l->first[slot % EMU_MAIL_BLOCK], draw;

	*s = (struct emu_mail_spec){ .box = m, .slot = slot };
	s->first = base + at;
	s->own = emu_draw(m->key ^ DRAW_OWN, slot);
	s->talk = emu_draw(m->key ^ DRAW_TALK, s->first);
	for (; at != NONE; at = l->next[at]) {
		s->place += base + at < slot;
		s->size++;
	}
	draw = (unsigned)(emu_draw(s->talk, DRAW_BULK) % 100);
	s->bulk = draw < (s->size == 1 ? 50U : 4U);
	draw = (unsigned)(emu_draw(s->own, DRAW_SENT) % 100);
	s->sent = !s->bulk && draw < (s->place ? 45U : 25U);
}

/* Where it is filed when nobody has touched it. */
static uint64_t
filed(const struct emu_mail_spec *s, uint64_t draw)
{
	static const enum emu_label kinds[] = { EMU_CATEGORY_PROMOTIONS,
						EMU_CATEGORY_UPDATES,
						EMU_CATEGORY_SOCIAL,
						EMU_CATEGORY_FORUMS };

	uint64_t set = 0;

	if (s->sent)
		return EMU_BIT(EMU_SENT);
	if (s->bulk)
		set = EMU_BIT(kinds[draw % 4]);
	else if (draw % 3 == 0)
		set = EMU_BIT(EMU_CATEGORY_PERSONAL);
	if (draw >> 8 & 1)
		set |= EMU_BIT(EMU_INBOX);
	if ((draw >> 16) % 100 < 15)
		set |= EMU_BIT(EMU_UNREAD);
	if ((draw >> 24) % 100 < 20)
		set |= EMU_BIT(EMU_IMPORTANT);
	return set;
}

uint64_t
emu_mail_spec_labels(const struct emu_mail_spec *s)
{
	uint64_t draw = emu_draw(s->own, DRAW_LABEL), set = filed(s, draw);
	unsigned odd = (unsigned)((draw >> 32) % 1000);

	if (odd < 4)
		return EMU_BIT(EMU_DRAFT);
	if (odd < 12)
		return EMU_BIT(EMU_CHAT);
	if (odd < 27)
		return (set & EMU_BIT(EMU_UNREAD)) | EMU_BIT(EMU_SPAM);
	if (odd < 42)
		return (set & ~EMU_BIT(EMU_INBOX)) | EMU_BIT(EMU_TRASH);
	if ((draw >> 44) % 100 < 2)
		set |= EMU_BIT(EMU_STARRED);
	if ((draw >> 52) % 5 == 0)
		set |= EMU_BIT(EMU_USER_LABEL + (draw >> 55) % 12);
	return set;
}
