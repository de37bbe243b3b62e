/* SPDX-License-Identifier: Apache-2.0 */
/* `/_control/linkedin`: the hand of the test inside a member's world. */
#include <string.h>

#include "member_order.h"

void
emu_order_fail(const struct emu_order *o, const char *why)
{
	emu_reply_json(o->r, 400, json_pack("{s:s}", "error", why));
}

const char *
emu_order_text(const json_t *in, const char *key)
{
	return json_string_value(json_object_get(in, key));
}

json_int_t
emu_order_number(const json_t *in, const char *key, json_int_t otherwise)
{
	const json_t *v = json_object_get(in, key);

	return json_is_integer(v) ? json_integer_value(v) : otherwise;
}

struct emu_happening *
emu_order_log(const struct emu_order *o, enum emu_deed deed, uint64_t subject)
{
	struct emu_happening *h =
		emu_append(&o->m->log, &o->m->log_count, sizeof(*h));

	h->deed = deed;
	h->subject = subject;
	h->captured_ms = o->at_ms;
	h->failed = json_is_true(json_object_get(o->in, "fails"));
	return h;
}

char *
emu_order_copy(const json_t *in, const char *key)
{
	const char *text = emu_order_text(in, key);

	return emu_strdup(text ? text : "");
}

static uint64_t
newcomer(const struct emu_order *o)
{
	struct emu_member *m = o->m;
	size_t i = m->newcomer_count;
	struct emu_newcomer *n =
		emu_append(&m->newcomers, &m->newcomer_count, sizeof(*n));
	uint64_t number = emu_people(m) - 1;
	struct emu_buf b = { 0 };

	n->first = emu_order_copy(o->in, "first");
	n->last = emu_order_copy(o->in, "last");
	n->email = emu_order_copy(o->in, "email");
	n->url = emu_order_copy(o->in, "url");
	if (!*n->first)
		emu_set_text(&n->first, "New");
	if (!*n->last) {
		emu_putf(&b, "Comer %zu", i + 1);
		emu_set_text(&n->last, b.data);
		emu_buf_free(&b);
	}
	if (!*n->url) {
		emu_putf(&b, "https://www.linkedin.com/in/new-comer-%zu-%x",
			 i + 1, (unsigned)(m->key & 0xfff));
		emu_set_text(&n->url, b.data);
		emu_buf_free(&b);
	}
	emu_turn_add(&m->works, number, INT64_MIN,
		     emu_order_text(o->in, "company"),
		     emu_order_text(o->in, "position"), 0);
	return number;
}

/* Somebody known, or somebody new; EMU_NOBODY after replying. */
uint64_t
emu_order_person(const struct emu_order *o)
{
	const char *who = emu_order_text(o->in, "person");
	uint64_t number;

	if (!who)
		return newcomer(o);
	number = emu_person_find(o->m, who);
	if (number == EMU_NOBODY)
		emu_order_fail(o, "person: nobody has that URL, slug or URN");
	return number;
}

void
emu_order_set_person(json_t *out, const struct emu_order *o, uint64_t number)
{
	struct emu_person p;

	emu_person_at(o->m, number, &p);
	json_object_set_new(out, "url",
			    *p.url ? json_string(p.url) : json_null());
	json_object_set_new(out, "urn", json_string(p.urn));
}

void
emu_order_person_answer(const struct emu_order *o, uint64_t number)
{
	json_t *out = json_object();

	emu_order_set_person(out, o, number);
	emu_reply_json(o->r, 200, out);
}

static void
op_event(const struct emu_order *o)
{
	json_t *body = json_object_get(o->in, "body");

	if (!json_is_object(body)) {
		emu_order_fail(o, "body: an object wanted");
		return;
	}
	emu_order_log(o, EMU_RAW, 0)->body = json_deep_copy(body);
	emu_reply_json(o->r, 200, json_pack("{s:b}", "ok", 1));
}

static void
op_consent(const struct emu_order *o)
{
	o->m->consent_ms = o->at_ms;
	emu_reply_json(o->r, 200,
		       json_pack("{s:I}", "regulatedAt", (json_int_t)o->at_ms));
}

static bool
read_state(const char *text, enum emu_domain_state *state)
{
	static const char *const names[] = {
		[EMU_DOMAIN_READY] = "ready",
		[EMU_DOMAIN_NOT_READY] = "not_ready",
		[EMU_DOMAIN_EMPTY] = "empty",
		[EMU_DOMAIN_BLANK] = "blank",
		[EMU_DOMAIN_FAILS] = "fails",
		[EMU_DOMAIN_ENDS] = "ends",
		[EMU_DOMAIN_STUCK] = "stuck",
	};

	for (size_t i = 0; text && i < EMU_COUNT(names); i++)
		if (strcmp(names[i], text) == 0) {
			*state = (enum emu_domain_state)i;
			return true;
		}
	return false;
}

/* Without a domain all of them. */
static void
op_domain(const struct emu_order *o)
{
	const char *name = emu_order_text(o->in, "domain");
	struct emu_domain_mood mood = { .until_ms = INT64_MAX };
	json_int_t ready = emu_order_number(o->in, "ready_in_s", -1);
	bool any = false;

	if (!read_state(emu_order_text(o->in, "state"), &mood.state)) {
		emu_order_fail(
			o,
			"state: ready, not_ready, empty, blank, fails, ends or stuck");
		return;
	}
	if (ready >= 0)
		mood.until_ms = o->at_ms + ready * 1000;
	mood.page = (uint64_t)emu_order_number(o->in, "page", 0);
	mood.status = (unsigned)emu_order_number(o->in, "status", 500);
	for (int d = 0; d < EMU_DOMAINS; d++)
		if (!name ||
		    strcmp(emu_domain_name((enum emu_domain)d), name) == 0) {
			o->m->moods[d] = mood;
			any = true;
		}
	if (any)
		emu_reply_json(o->r, 200, json_pack("{s:b}", "ok", 1));
	else
		emu_order_fail(o, "no such domain");
}

bool
emu_order_run(const struct emu_order *o, const char *op)
{
	static const struct {
		const char *op;
		void (*run)(const struct emu_order *o);
	} ops[] = {
		{ "receive", emu_order_receive },
		{ "send", emu_order_send },
		{ "edit", emu_order_edit },
		{ "delete", emu_order_delete },
		{ "connect", emu_order_connect },
		{ "disconnect", emu_order_disconnect },
		{ "work", emu_order_work },
		{ "invite", emu_order_invite },
		{ "invited", emu_order_invited },
		{ "accept", emu_order_accept },
		{ "decline", emu_order_decline },
		{ "withdraw", emu_order_withdraw },
		{ "event", op_event },
		{ "consent", op_consent },
		{ "domain", op_domain },
		{ "random", emu_order_random },
	};

	for (size_t i = 0; op && i < EMU_COUNT(ops); i++)
		if (strcmp(ops[i].op, op) == 0) {
			ops[i].run(o);
			return true;
		}
	return false;
}

void
emu_member_control(struct emu_req *r, struct emu_account *a, const json_t *in)
{
	struct emu_order o = { r, a->member, in, emu_now_ms(a->world) };
	const char *at = emu_order_text(in, "at");

	if (at && !emu_parse_time(at, &o.at_ms))
		emu_order_fail(&o, "at: RFC 3339 wanted");
	else if (!emu_order_run(&o, emu_order_text(in, "op")))
		emu_order_fail(&o, "unknown op");
}
