/* SPDX-License-Identifier: Apache-2.0 */
/* Creator, organizer, attendees and rooms of a generated event. */
#include <string.h>

#include "store.h"

#define GUESTS_MAX 300

enum draw {
	DRAW_COUNT = 300,
	DRAW_ROLE,
	DRAW_ORGANIZER,
	DRAW_CREATOR,
	DRAW_ROOM,
	DRAW_GUESTS,
	DRAW_OMIT,
};

/* Who is who in one event. */
struct cast {
	const char *response; /* of the calendar's owner */
	bool self_organizes;
	bool group_organizes;
	bool no_organizer;
	size_t organizer; /* of the pool, when another person */
	size_t count;
	bool omitted;
	bool room;
};

/* Attendees without the room: mean about 3, tail to 30, rarely 200. */
static size_t
guest_count(uint64_t draw)
{
	uint64_t u = draw % 10000, v = draw >> 16;

	if (u < 3000)
		return 0;
	if (u < 6000)
		return 2;
	if (u < 7500)
		return 3;
	if (u < 8500)
		return (size_t)(4 + v % 2);
	if (u < 9300)
		return (size_t)(6 + v % 3);
	if (u < 9890)
		return (size_t)(9 + v % 7);
	if (u < 9995)
		return (size_t)(16 + v % 15);
	return (size_t)(200 + v % 60);
}

static void
make_cast(const struct emu_cal *c, const struct emu_spec *s, struct cast *k)
{
	const struct emu_pool *pool = c->account->pool;
	uint64_t h = s->content, u = emu_draw(h, DRAW_ROLE) % 100;
	bool meeting = s->type == EMU_DEFAULT && c->flavor != EMU_HOLIDAYS;

	*k = (struct cast){ .response = "accepted" };
	k->count = meeting ? guest_count(emu_draw(h, DRAW_COUNT)) : 0;
	if (k->count > emu_pool_size(pool) / 2)
		k->count = emu_pool_size(pool) / 2;
	k->self_organizes = k->count == 0 || u < 35;
	if (!k->self_organizes && u >= 88)
		k->response = "needsAction";
	else if (!k->self_organizes && u >= 80)
		k->response = "declined";
	else if (!k->self_organizes && u >= 75)
		k->response = "tentative";
	u = emu_draw(h, DRAW_ORGANIZER);
	k->group_organizes = c->flavor == EMU_HOLIDAYS ||
			     (c->flavor == EMU_GROUP && u % 10 < 7);
	k->no_organizer = u / 16 % 200 == 0;
	k->organizer = emu_pick_person(pool, u >> 24);
	k->omitted = k->count && emu_draw(h, DRAW_OMIT) % 200 == 0;
	k->room = k->count && emu_draw(h, DRAW_ROOM) % 100 < 15;
}

static void
put_self(struct emu_buf *b, const struct emu_cal *c)
{
	EMU_LIT(b, "\"email\":");
	emu_put_json(b, c->self_email);
	EMU_LIT(b, ",\"self\":true");
}

static void
put_owners(struct emu_buf *b, const struct emu_cal *c, const struct emu_spec *s,
	   const struct cast *k)
{
	const struct emu_pool *pool = c->account->pool;
	uint64_t who = emu_draw(s->content, DRAW_CREATOR);

	EMU_LIT(b, ",\"creator\":{");
	if (k->self_organizes || k->group_organizes)
		put_self(b, c);
	else
		emu_put_person(b, pool,
			       who % 20 ? k->organizer
					: emu_pick_person(pool, who));
	emu_putc(b, '}');
	if (k->no_organizer)
		return;
	EMU_LIT(b, ",\"organizer\":{");
	if (k->group_organizes) {
		EMU_LIT(b, "\"email\":");
		emu_put_json(b, c->id);
		EMU_LIT(b, ",\"displayName\":");
		emu_put_json(b, c->summary);
		EMU_LIT(b, ",\"self\":true");
	} else if (k->self_organizes) {
		put_self(b, c);
	} else {
		emu_put_person(b, pool, k->organizer);
	}
	emu_putc(b, '}');
}

static void
put_guest(struct emu_buf *b, const struct emu_cal *c, size_t who,
	  bool organizer, uint64_t draw)
{
	static const char *const responses[] = { "accepted",    "accepted",
						 "accepted",    "needsAction",
						 "accepted",    "tentative",
						 "needsAction", "declined" };

	EMU_LIT(b, ",{");
	emu_put_person(b, c->account->pool, who);
	if (organizer)
		EMU_LIT(b, ",\"organizer\":true");
	else if (draw % 10 == 0)
		EMU_LIT(b, ",\"optional\":true");
	EMU_LIT(b, ",\"responseStatus\":\"");
	emu_puts(b, organizer ? "accepted" : responses[draw >> 8 & 7]);
	emu_putc(b, '"');
	if (draw / 16 % 50 == 0)
		EMU_LIT(b, ",\"comment\":\"Running \\\"late\\\"\\n5 min\"");
	if (draw / 1024 % 100 == 0)
		EMU_LIT(b, ",\"additionalGuests\":2");
	emu_putc(b, '}');
}

static bool
taken(const size_t *chosen, size_t count, size_t who)
{
	for (size_t i = 0; i < count; i++)
		if (chosen[i] == who)
			return true;
	return false;
}

static void
put_guests(struct emu_buf *b, const struct emu_cal *c, const struct emu_spec *s,
	   const struct cast *k)
{
	const struct emu_pool *pool = c->account->pool;
	struct emu_rng rng = { .state = emu_draw(s->content, DRAW_GUESTS) };
	size_t chosen[GUESTS_MAX], n = 0, who;
	bool other = !k->self_organizes && !k->group_organizes;

	if (other && emu_below(&rng, 5) && n + 1 < k->count) {
		put_guest(b, c, k->organizer, true, emu_next(&rng));
		chosen[n++] = k->organizer;
	}
	while (n + 1 < k->count && n < GUESTS_MAX) {
		who = emu_pick_person(pool, emu_next(&rng));
		while (taken(chosen, n, who) || (other && who == k->organizer))
			who = (who + 1) % emu_pool_size(pool);
		put_guest(b, c, who, false, emu_next(&rng));
		chosen[n++] = who;
	}
}

void
emu_render_people(struct emu_buf *b, const struct emu_cal *c,
		  const struct emu_spec *s)
{
	struct cast k;
	uint64_t room = emu_draw(s->content, DRAW_ROOM) / 128 % 12;

	make_cast(c, s, &k);
	put_owners(b, c, s, &k);
	if (k.count == 0)
		return;
	EMU_LIT(b, ",\"attendees\":[{");
	put_self(b, c);
	if (k.self_organizes && !k.group_organizes)
		EMU_LIT(b, ",\"organizer\":true");
	EMU_LIT(b, ",\"responseStatus\":\"");
	emu_puts(b, k.response);
	EMU_LIT(b, "\"}");
	if (!k.omitted)
		put_guests(b, c, s, &k);
	if (k.room && !k.omitted)
		emu_putf(b,
			 ",{\"email\":\"c_18room%u@resource.calendar.google"
			 ".com\",\"displayName\":\"Room %u\",\"resource\":"
			 "true,\"responseStatus\":\"accepted\"}",
			 (unsigned)room, (unsigned)room);
	emu_putc(b, ']');
	if (k.omitted)
		EMU_LIT(b, ",\"attendeesOmitted\":true");
}
