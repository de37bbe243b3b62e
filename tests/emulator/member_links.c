/* SPDX-License-Identifier: Apache-2.0 */
/* Connections and invitations that tests make and end. */
#include <stdio.h>

#include "member_order.h"

static uint64_t
known_person(const struct emu_order *o)
{
	const char *who = emu_order_text(o->in, "person");

	return who ? emu_person_find(o->m, who) : EMU_NOBODY;
}

static bool
is_connected(const struct emu_order *o, uint64_t who)
{
	struct emu_link l;

	for (uint64_t i = 0; i < emu_links(o->m); i++)
		if (emu_link_at(o->m, i, o->at_ms, &l) && l.person == who)
			return true;
	return false;
}

/* The latest pending one with that person. */
static bool
find_pending(const struct emu_order *o, uint64_t who, struct emu_inv *v)
{
	for (uint64_t i = emu_invs(o->m); who != EMU_NOBODY && i-- > 0;) {
		emu_inv_at(o->m, i, o->at_ms, v);
		if (v->person == who && v->state == EMU_PENDING)
			return true;
	}
	return false;
}

static void
connect_person(const struct emu_order *o, uint64_t who)
{
	struct emu_link *l =
		emu_append(&o->m->links, &o->m->link_count, sizeof(*l));

	l->number = emu_links(o->m) - 1;
	l->person = who;
	l->since_ms = o->at_ms;
}

void
emu_order_connect(const struct emu_order *o)
{
	uint64_t who = emu_order_person(o);

	if (who == EMU_NOBODY)
		return;
	if (is_connected(o, who)) {
		emu_order_fail(o, "person: connected already");
		return;
	}
	connect_person(o, who);
	emu_order_person_answer(o, who);
}

void
emu_order_disconnect(const struct emu_order *o)
{
	uint64_t who = known_person(o);
	bool any = false;

	for (uint64_t i = 0; i < emu_links(o->m); i++) {
		struct emu_link l;

		if (!emu_link_at(o->m, i, o->at_ms, &l) || l.person != who)
			continue;
		emu_turn_add(&o->m->gone_links, i, o->at_ms, NULL, NULL, 1);
		any = true;
	}
	if (any)
		emu_order_person_answer(o, who);
	else
		emu_order_fail(o, "person: no such connection");
}

void
emu_order_work(const struct emu_order *o)
{
	uint64_t who = known_person(o);

	if (who == EMU_NOBODY) {
		emu_order_fail(o, "person wanted");
		return;
	}
	emu_turn_add(&o->m->works, who, o->at_ms,
		     emu_order_text(o->in, "company"),
		     emu_order_text(o->in, "position"), 0);
	emu_order_person_answer(o, who);
}

static void
add_invitation(const struct emu_order *o, bool sent)
{
	uint64_t who = emu_order_person(o);
	const char *text = emu_order_text(o->in, "text");
	struct emu_inv *v, other;

	if (who == EMU_NOBODY)
		return;
	if (is_connected(o, who) || find_pending(o, who, &other)) {
		emu_order_fail(o, "person: connected or invited already");
		return;
	}
	v = emu_append(&o->m->invs, &o->m->inv_count, sizeof(*v));
	v->number = emu_invs(o->m) - 1;
	v->person = who;
	v->ms = o->at_ms;
	v->sent = sent;
	(void)snprintf(v->text, sizeof(v->text), "%s", text ? text : "");
	if (sent) /* of a received one nothing is told before its end */
		emu_order_log(o, EMU_INV_CREATE, v->number);
	emu_order_person_answer(o, who);
}

void
emu_order_invite(const struct emu_order *o)
{
	add_invitation(o, true);
}

void
emu_order_invited(const struct emu_order *o)
{
	add_invitation(o, false);
}

static void
close_invitation(const struct emu_order *o, enum emu_inv_state state)
{
	struct emu_inv v;

	if (!find_pending(o, known_person(o), &v)) {
		emu_order_fail(o, "person: no pending invitation");
		return;
	}
	if (state == EMU_WITHDRAWN && !v.sent) {
		emu_order_fail(o, "withdraw: only what was sent");
		return;
	}
	emu_turn_add(&o->m->closed, v.number, o->at_ms, NULL, NULL,
		     (unsigned)state);
	if (state == EMU_WITHDRAWN)
		emu_order_log(o, EMU_INV_WITHDRAW, v.number);
	else if (!v.sent)
		emu_order_log(o, EMU_INV_CLOSE, v.number);
	if (state == EMU_ACCEPTED && !is_connected(o, v.person))
		connect_person(o, v.person);
	emu_order_person_answer(o, v.person);
}

void
emu_order_accept(const struct emu_order *o)
{
	close_invitation(o, EMU_ACCEPTED);
}

void
emu_order_decline(const struct emu_order *o)
{
	close_invitation(o, EMU_DECLINED);
}

void
emu_order_withdraw(const struct emu_order *o)
{
	close_invitation(o, EMU_WITHDRAWN);
}
