/* SPDX-License-Identifier: Apache-2.0 */
/* Many commands at once, invented from a seed. */

#include "member_order.h"

static json_t *
some_person(const struct emu_member *m, struct emu_rng *rng)
{
	struct emu_person p;

	emu_person_at(m, emu_below(rng, m->connections + m->strangers), &p);
	return json_string(p.urn);
}

/* Of a pending invitation, if one is met soon. */
static json_t *
some_invited(const struct emu_order *o, struct emu_rng *rng)
{
	struct emu_person p;
	struct emu_inv v;

	for (int i = 0; i < 50 && emu_invs(o->m); i++) {
		emu_inv_at(o->m, emu_below(rng, emu_invs(o->m)), o->at_ms, &v);
		if (v.state != EMU_PENDING || v.ms > o->at_ms)
			continue;
		emu_person_at(o->m, v.person, &p);
		return json_string(p.urn);
	}
	return some_person(o->m, rng);
}

static json_t *
some_letter(const struct emu_member *m, struct emu_rng *rng)
{
	struct emu_buf b = { 0 };
	json_t *out;

	emu_put_resource_id(&b, m, emu_below(rng, emu_letters(m)));
	out = json_string(b.data);
	emu_buf_free(&b);
	return out;
}

static const char *
invent_order(const struct emu_order *o, struct emu_rng *rng, json_t *in)
{
	unsigned what = (unsigned)emu_below(rng, 100);
	struct emu_buf b = { 0 };

	emu_putf(&b, "Number %llu", (unsigned long long)emu_next(rng));
	json_object_set_new(in, "text", json_string(b.data));
	emu_buf_free(&b);
	if (what < 16 && emu_letters(o->m)) {
		json_object_set_new(in, "message", some_letter(o->m, rng));
		return what < 10 ? "edit" : "delete";
	}
	json_object_set_new(in, "company", json_string(emu_company(what)));
	json_object_set_new(in, "position", json_string(emu_title(what)));
	if (what >= 60 && what < 68)
		return "connect";
	json_object_set_new(in, "person",
			    what < 92 ? some_person(o->m, rng)
				      : some_invited(o, rng));
	return what < 40   ? "receive"
	       : what < 68 ? "send"
	       : what < 74 ? "disconnect"
	       : what < 84 ? "work"
	       : what < 88 ? "invite"
	       : what < 92 ? "invited"
	       : what < 95 ? "accept"
	       : what < 98 ? "decline"
			   : "withdraw";
}

/* What cannot be done counts as nothing. */
void
emu_order_random(const struct emu_order *o)
{
	json_int_t count = emu_order_number(o->in, "count", 1);
	struct emu_rng rng = { .state = (uint64_t)emu_order_number(o->in,
								   "seed", 1) };
	json_t *out = json_object();

	if (!o->m->strangers) {
		json_decref(out);
		emu_order_fail(o, "random: an empty member");
		return;
	}
	for (json_int_t i = 0; i < count; i++) {
		json_t *in = json_object();
		struct emu_order one = { o->r, o->m, in, o->at_ms };
		const char *op = invent_order(o, &rng, in);
		json_int_t n;

		(void)emu_order_run(&one, op);
		if (o->r->reply.status != 200)
			op = "nothing";
		n = json_integer_value(json_object_get(out, op));
		json_object_set_new(out, op, json_integer(n + 1));
		json_decref(in);
	}
	emu_reply_json(o->r, 200, out);
}
