/* SPDX-License-Identifier: Apache-2.0 */
/* Messages that tests write, edit and delete. */
#include <stdio.h>
#include <string.h>

#include "member_order.h"

/* The thread of two that tests made or the world invented; else a new one. */
static uint64_t
pair_thread(const struct emu_member *m, uint64_t person, bool *found)
{
	uint64_t all = m->threads + m->talk_count;
	struct emu_thread t;

	for (uint64_t i = 0; i < all; i++) {
		emu_thread_at(m, i, &t);
		*found = t.count == 1 && t.people[0] == person &&
			 t.talk != EMU_TALK_SPONSOR;
		if (*found)
			return i;
	}
	return all;
}

static struct emu_thread *
new_thread(struct emu_member *m)
{
	struct emu_thread *t =
		emu_append(&m->talks, &m->talk_count, sizeof(*t));

	t->number = m->threads + m->talk_count - 1;
	return t;
}

static bool
group_thread(const struct emu_order *o, const json_t *people, uint64_t *thread)
{
	struct emu_thread t = { .talk = EMU_TALK_GROUP };
	const char *title = emu_order_text(o->in, "title");
	struct emu_thread *made;
	size_t i;
	json_t *who;

	json_array_foreach (people, i, who) {
		const char *text = json_string_value(who);

		if (t.count == EMU_THREAD_MOST)
			break;
		t.people[t.count] =
			text ? emu_person_find(o->m, text) : EMU_NOBODY;
		if (t.people[t.count++] == EMU_NOBODY) {
			emu_order_fail(
				o, "people: nobody has that URL, slug or URN");
			return false;
		}
	}
	made = new_thread(o->m);
	t.number = made->number;
	(void)snprintf(t.title, sizeof(t.title), "%s", title ? title : "");
	*made = t;
	*thread = t.number;
	return t.count > 0;
}

/* Of `thread`, `people` or `person`; false after replying. */
static bool
thread_of(const struct emu_order *o, uint64_t *thread)
{
	const char *id = emu_order_text(o->in, "thread");
	const json_t *people = json_object_get(o->in, "people");
	bool found = false;
	uint64_t who;

	if (id && emu_read_thread_id(o->m, id, thread))
		return true;
	if (id) {
		emu_order_fail(o, "thread: no such id or URN");
		return false;
	}
	if (people)
		return group_thread(o, people, thread);
	who = emu_order_person(o);
	if (who == EMU_NOBODY)
		return false;
	*thread = pair_thread(o->m, who, &found);
	if (!found) {
		struct emu_thread *made = new_thread(o->m);

		made->count = 1;
		made->people[0] = who;
	}
	return true;
}

static void
answer_letter(const struct emu_order *o, const struct emu_letter *l)
{
	struct emu_buf b = { 0 };
	struct emu_thread t;
	json_t *out = json_object();

	emu_put_resource_id(&b, o->m, l->number);
	json_object_set_new(out, "resource", json_string(b.data));
	emu_buf_free(&b);
	emu_put_thread_id(&b, o->m, l->thread);
	json_object_set_new(out, "thread", json_string(b.data));
	emu_buf_free(&b);
	json_object_set_new(out, "second", json_integer(l->ms / 1000));
	emu_thread_at(o->m, l->thread, &t);
	emu_order_set_person(out, o, t.people[0]);
	emu_reply_json(o->r, 200, out);
}

static void
write_letter(const struct emu_order *o, bool mine)
{
	const char *from = emu_order_text(o->in, "from");
	const char *subject = emu_order_text(o->in, "subject");
	struct emu_letter l = { .ms = o->at_ms, .author = EMU_OWNER };
	struct emu_thread t;

	if (!thread_of(o, &l.thread))
		return;
	emu_thread_at(o->m, l.thread, &t);
	if (!mine)
		l.author = from ? emu_person_find(o->m, from) : t.people[0];
	l.number = emu_letters(o->m);
	l.text = emu_order_copy(o->in, "text");
	l.subject = subject ? emu_strdup(subject) : NULL;
	l.attachment = json_is_true(json_object_get(o->in, "attachment"));
	*(struct emu_letter *)emu_append(&o->m->letters, &o->m->letter_count,
					 sizeof(l)) = l;
	emu_order_log(o, EMU_MESSAGE_CREATE, l.number);
	answer_letter(o, &l);
}

void
emu_order_receive(const struct emu_order *o)
{
	write_letter(o, false);
}

void
emu_order_send(const struct emu_order *o)
{
	write_letter(o, true);
}

static bool
letter_of(const struct emu_order *o, struct emu_letter *l)
{
	const char *id = emu_order_text(o->in, "message");
	const struct emu_turn *turn;
	struct emu_thread t;
	uint64_t number;

	if (!id || !emu_read_resource_id(o->m, id, &number)) {
		emu_order_fail(o, "message: no such resource id");
		return false;
	}
	emu_letter_at(o->m, number, l);
	emu_thread_at(o->m, l->thread, &t);
	turn = emu_turn_at(&o->m->said, number, o->at_ms);
	if (t.talk == EMU_TALK_SPONSOR) /* of these nothing is ever told */
		emu_order_fail(o, "message: a sponsored one");
	else if (l->ms > o->at_ms || (turn && turn->state))
		emu_order_fail(o, "message: not there at that time");
	else
		return true;
	return false;
}

void
emu_order_edit(const struct emu_order *o)
{
	const char *text = emu_order_text(o->in, "text");
	struct emu_letter l;

	if (!text) {
		emu_order_fail(o, "text wanted");
		return;
	}
	if (!letter_of(o, &l))
		return;
	emu_turn_add(&o->m->said, l.number, o->at_ms, text, NULL, 0);
	emu_order_log(o, EMU_MESSAGE_UPDATE, l.number)->text = emu_strdup(text);
	answer_letter(o, &l);
}

void
emu_order_delete(const struct emu_order *o)
{
	const json_t *content = json_object_get(o->in, "content");
	struct emu_happening *h;
	struct emu_letter l;

	if (!letter_of(o, &l))
		return;
	emu_turn_add(&o->m->said, l.number, o->at_ms, NULL, NULL, 1);
	h = emu_order_log(o, EMU_MESSAGE_DELETE, l.number);
	if (json_is_false(content))
		h->body = json_pack("{s:b}", "bare", 1);
	answer_letter(o, &l);
}
