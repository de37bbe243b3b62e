/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which event sits in which slot. Slots come in blocks of 100; inside a
 * block a permutation gives every slot a "part" (0..99), and the part says
 * what the event is. So shares are exact, a master's exception can be found
 * from the master and back, and about half of the exceptions come first.
 */
#include "gen.h"

#include <stdio.h>
#include <string.h>

#include "store.h"

enum draw {
	DRAW_ID,
	DRAW_DAY,
	DRAW_TIME,
	DRAW_LENGTH,
	DRAW_ZONE,
	DRAW_CREATED,
	DRAW_UPDATED,
	DRAW_INSTANCE,
	DRAW_MOVE,
};

#define BLOCK          100
#define ID_CHARS       26
#define FIRST_EXCEPT   15 /* parts 15..18: exceptions of masters 0..3 */
#define FIRST_CANCEL   19 /* parts 19..20: cancelled, of masters 4..5 */
#define FIRST_ALL_DAY  21
#define FIRST_FOCUS    29
#define PART_AWAY      31
#define PART_FROM_MAIL 32

static unsigned
part_of(const struct emu_cal *c, uint64_t slot)
{
	uint64_t shift = emu_draw(c->key, slot / BLOCK) % BLOCK;

	return (unsigned)((slot % BLOCK * 87 + shift) % BLOCK);
}

/* The slot of a part in the block of `near`. */
static uint64_t
slot_of(const struct emu_cal *c, uint64_t near, unsigned part)
{
	uint64_t shift = emu_draw(c->key, near / BLOCK) % BLOCK;

	return near / BLOCK * BLOCK + (part + BLOCK - shift) * 23 % BLOCK;
}

static void
put32(char *out, uint64_t v)
{
	static const char abc[] = "0123456789abcdefghijklmnopqrstuv";

	for (int i = 12; i >= 0; i--, v >>= 5)
		out[i] = abc[v & 31];
}

static bool
get32(const char *text, uint64_t *out)
{
	uint64_t v = 0;

	for (int i = 0; i < 13; i++) {
		if (text[i] >= '0' && text[i] <= '9')
			v = (v << 5) | (uint64_t)(text[i] - '0');
		else if (text[i] >= 'a' && text[i] <= 'v')
			v = (v << 5) | (uint64_t)(text[i] - 'a' + 10);
		else
			return false;
	}
	*out = v;
	return true;
}

static void
make_id(const struct emu_cal *c, struct emu_spec *s)
{
	char *p = s->master_id;

	if (s->own % 50 == 0)
		*p++ = '_'; /* as imported ones look */
	put32(p, emu_mix(s->slot + c->key));
	put32(p + 13, emu_draw(s->own, DRAW_ID));
	p[ID_CHARS] = '\0';
	memcpy(s->id, s->master_id, sizeof(s->master_id));
}

void
emu_instance_id(struct emu_buf *b, const char *master,
		const struct emu_zone *zone, bool all_day,
		int64_t original_local)
{
	struct emu_buf stamp = { 0 };

	emu_puts(b, master);
	emu_putc(b, '_');
	emu_put_stamp(&stamp, all_day ? original_local
				      : emu_zone_to_utc(zone, original_local));
	if (all_day)
		emu_put(b, stamp.data, 8);
	else
		emu_putf(b, "%sZ", stamp.data);
	emu_buf_free(&stamp);
}

static void
set_instance_id(struct emu_spec *s)
{
	struct emu_buf b = { 0 };

	emu_instance_id(&b, s->master_id, s->zone, s->all_day,
			s->original_local);
	if (b.len >= sizeof(s->id))
		__builtin_trap();
	memcpy(s->id, b.data, b.len + 1);
	emu_buf_free(&b);
}

void
emu_spec_instance(struct emu_spec *s, int64_t original_local)
{
	s->role = EMU_EXCEPTION;
	s->original_local = original_local;
	s->start_local = original_local;
	s->rrule[0] = s->exdate[0] = '\0';
	set_instance_id(s);
}

static void
set_times(const struct emu_cal *c, struct emu_spec *s)
{
	static const int64_t lengths[] = { 1800, 1800, 3600, 3600, 3600,
					   900,  2700, 5400, 7200, 14400 };
	uint64_t h = s->content;
	int64_t back = 1095, span = back + (s->role == EMU_MASTER ? 30 : 182);
	int64_t ref = c->account->world->ref_s / EMU_DAY;
	int64_t day =
		ref - back + (int64_t)(emu_draw(h, DRAW_DAY) % (uint64_t)span);
	uint64_t t = emu_draw(h, DRAW_TIME);

	s->zone = emu_draw(h, DRAW_ZONE) % 10 < 6
			  ? c->zone
			  : emu_zone_at(emu_draw(h, DRAW_ZONE) / 16 %
					emu_zone_count());
	s->start_local = day * EMU_DAY;
	if (s->all_day) {
		s->duration = EMU_DAY;
		if (emu_draw(h, DRAW_LENGTH) % 4 == 0)
			s->duration *= (int64_t)(2 + t % 3);
		return;
	}
	s->start_local += (int64_t)(7 + t % 13) * 3600;
	s->start_local += (int64_t)(t >> 8 & 3) * 900;
	s->duration = lengths[emu_draw(h, DRAW_LENGTH) % EMU_COUNT(lengths)];
}

/* After the start: an event is made 1 to 60 days before it takes place. */
static void
set_stamps(const struct emu_cal *c, struct emu_spec *s)
{
	int64_t last = (c->account->world->ref_s - 3600) * 1000;
	uint64_t made = emu_draw(s->content, DRAW_CREATED);
	uint64_t upd = emu_draw(s->own, DRAW_UPDATED);

	s->created_ms = emu_spec_start_ms(s) - EMU_DAY * 1000LL -
			(int64_t)(made % (59ULL * EMU_DAY)) * 1000;
	if (s->created_ms > last)
		s->created_ms = last - (int64_t)(made % 3000000);
	s->updated_ms = s->created_ms + (int64_t)(upd % 2592000000ULL);
	if (s->updated_ms > last)
		s->updated_ms = last - (int64_t)(upd % 60000);
	if (s->updated_ms < s->created_ms)
		s->updated_ms = s->created_ms;
}

static void
set_exdate(struct emu_spec *s, int64_t excluded_local)
{
	struct emu_buf b = { 0 };

	emu_put_stamp(&b, excluded_local);
	if (snprintf(s->exdate, sizeof(s->exdate), "EXDATE;TZID=%s:%s",
		     s->zone->name, b.data) >= (int)sizeof(s->exdate))
		__builtin_trap();
	emu_buf_free(&b);
}

static void
set_rule(struct emu_spec *s, unsigned part)
{
	static const char *const days[] = { "SU", "MO", "TU", "WE",
					    "TH", "FR", "SA" };
	uint64_t t = emu_draw(s->content, DRAW_INSTANCE);
	int64_t first = emu_floor_day(s->start_local);
	const char *day = days[emu_weekday(first)];
	struct emu_buf b = { 0 };

	if (s->type == EMU_BIRTHDAY || (part == 13 && t % 2)) {
		EMU_LIT(&b, "RRULE:FREQ=YEARLY");
	} else if (part < 6 || part == 13) {
		emu_putf(&b, "RRULE:FREQ=WEEKLY;BYDAY=%s", day);
	} else if (part < 9) {
		emu_putf(&b, "RRULE:FREQ=DAILY;COUNT=%u",
			 (unsigned)(5 + t % 26));
	} else if (part < 11) {
		s->start_local += (8 - emu_weekday(first)) % 7 * EMU_DAY;
		EMU_LIT(&b, "RRULE:FREQ=WEEKLY;WKST=MO;UNTIL=");
		emu_put_stamp(
			&b, emu_zone_to_utc(s->zone,
					    s->start_local + 200LL * EMU_DAY));
		EMU_LIT(&b, "Z;BYDAY=MO,WE,FR");
		set_exdate(s, s->start_local + 2LL * EMU_DAY);
	} else if (part == 11) {
		emu_putf(&b, "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=%s", day);
	} else if (part == 12) {
		s->start_local -= emu_civil(first).day > 28 ? 4 * EMU_DAY : 0;
		first = emu_floor_day(s->start_local);
		emu_putf(&b, "RRULE:FREQ=MONTHLY;BYMONTHDAY=%u",
			 emu_civil(first).day);
	} else {
		EMU_LIT(&b, "RRULE:FREQ=DAILY;INTERVAL=2;COUNT=10");
		set_exdate(s, s->start_local + 4LL * EMU_DAY);
	}
	if (b.len >= sizeof(s->rrule))
		__builtin_trap();
	memcpy(s->rrule, b.data, b.len + 1);
	emu_buf_free(&b);
}

static enum emu_type
type_of(const struct emu_cal *c, unsigned part)
{
	if (!c->primary)
		return EMU_DEFAULT;
	if (part == 14)
		return EMU_BIRTHDAY;
	if (part == 27 || part == 28)
		return EMU_WORKING_LOCATION;
	if (part == FIRST_FOCUS || part == FIRST_FOCUS + 1)
		return EMU_FOCUS_TIME;
	if (part == PART_AWAY)
		return EMU_OUT_OF_OFFICE;
	return part == PART_FROM_MAIL ? EMU_FROM_GMAIL : EMU_DEFAULT;
}

/* A slot that depends on no other one. */
static void
plain_spec(const struct emu_cal *c, uint64_t slot, struct emu_spec *s)
{
	unsigned part = part_of(c, slot);

	*s = (struct emu_spec){ .slot = slot };
	s->own = s->content = emu_draw(c->key, slot + (1ULL << 40));
	if (c->flavor == EMU_HOLIDAYS) {
		s->all_day = true;
		part = BLOCK;
	} else if (c->flavor == EMU_BIRTHDAYS) {
		s->type = EMU_BIRTHDAY;
		s->role = EMU_MASTER;
		s->all_day = true;
		part = 14;
	} else {
		s->type = type_of(c, part);
		s->role = part < FIRST_EXCEPT ? EMU_MASTER : EMU_SINGLE;
		s->all_day = part == 13 || s->type == EMU_BIRTHDAY ||
			     (part >= FIRST_ALL_DAY && part < FIRST_FOCUS);
	}
	make_id(c, s);
	set_times(c, s);
	if (s->role == EMU_MASTER)
		set_rule(s, part);
	set_stamps(c, s);
}

static void
instance_spec(const struct emu_cal *c, uint64_t slot, uint64_t master,
	      bool cancelled, struct emu_spec *s)
{
	uint64_t own = emu_draw(c->key, slot + (1ULL << 40));
	uint64_t move = emu_draw(own, DRAW_MOVE);
	int64_t week = (int64_t)(1 + emu_draw(own, DRAW_INSTANCE) % 40);

	plain_spec(c, master, s);
	emu_spec_instance(s, s->start_local + week * 7 * EMU_DAY);
	s->slot = slot;
	s->own = own;
	s->moved = true;
	if (cancelled)
		s->role = EMU_CANCELLED;
	else
		s->start_local +=
			move % 3 ? (int64_t)(1 + move % 5) * 3600 : EMU_DAY;
	set_stamps(c, s);
}

void
emu_spec_at(const struct emu_cal *c, uint64_t slot, struct emu_spec *s)
{
	unsigned part = part_of(c, slot);
	bool cancelled = part >= FIRST_CANCEL;
	uint64_t master;

	if (part >= FIRST_EXCEPT && part < FIRST_ALL_DAY &&
	    c->flavor != EMU_HOLIDAYS && c->flavor != EMU_BIRTHDAYS) {
		master = slot_of(c, slot, part - FIRST_EXCEPT);
		if (master < c->base_count) {
			instance_spec(c, slot, master, cancelled, s);
			return;
		}
	}
	plain_spec(c, slot, s);
}

bool
emu_spec_child(const struct emu_cal *c, const struct emu_spec *master,
	       struct emu_spec *s)
{
	unsigned part = part_of(c, master->slot);
	uint64_t slot;

	if (part >= FIRST_ALL_DAY - FIRST_EXCEPT)
		return false;
	slot = slot_of(c, master->slot, part + FIRST_EXCEPT);
	if (slot >= c->base_count)
		return false;
	emu_spec_at(c, slot, s);
	return strcmp(s->master_id, master->id) == 0;
}

bool
emu_spec_find(const struct emu_cal *c, const char *id, struct emu_spec *s)
{
	const char *code = *id == '_' ? id + 1 : id;
	struct emu_spec master;
	uint64_t slot;

	if (strlen(code) < ID_CHARS || !get32(code, &slot))
		return false;
	slot = emu_unmix(slot) - c->key;
	if (slot >= c->base_count)
		return false;
	emu_spec_at(c, slot, s);
	if (code[ID_CHARS] == '_') {
		master = *s;
		if (!emu_spec_child(c, &master, s))
			return false;
	}
	return strcmp(s->id, id) == 0;
}

int64_t
emu_spec_start_ms(const struct emu_spec *s)
{
	int64_t utc = s->all_day ? s->start_local
				 : emu_zone_to_utc(s->zone, s->start_local);

	return utc * 1000;
}

int64_t
emu_spec_end_ms(const struct emu_spec *s)
{
	return emu_spec_start_ms(s) + s->duration * 1000;
}
