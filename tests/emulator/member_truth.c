/* SPDX-License-Identifier: Apache-2.0 */
/* GET /_control/linkedin: what there is, and by which roads it comes. */
#include <stdlib.h>
#include <string.h>

#include "member.h"

struct tale {
	const struct emu_member *m;
	int64_t at_ms;       /* of the archive */
	int64_t snapshot_ms; /* of the snapshots */
	struct emu_buf out;
};

static void
set_road(json_t *roads, const char *name, bool on)
{
	if (on)
		json_array_append_new(roads, json_string(name));
}

static json_t *
roads_of(bool snapshot, bool archive, bool log)
{
	json_t *roads = json_array();

	set_road(roads, "snapshot", snapshot);
	set_road(roads, "archive", archive);
	set_road(roads, "changelog", log);
	return roads;
}

static void
end_line(struct tale *t, json_t *line)
{
	char *text = json_dumps(line, JSON_COMPACT);

	emu_puts(&t->out, text ? text : "{}");
	emu_putc(&t->out, '\n');
	free(text);
	json_decref(line);
}

static json_t *
text_or_null(const char *text)
{
	return text && *text ? json_string(text) : json_null();
}

static void
set_person(json_t *line, const struct emu_member *m, uint64_t who,
	   const char *url, const char *urn)
{
	struct emu_person p;

	emu_person_at(m, who, &p);
	if (url)
		json_object_set_new(line, url, text_or_null(p.url));
	if (urn)
		json_object_set_new(line, urn, json_string(p.urn));
}

static void
trim_right(struct emu_buf *b)
{
	emu_reserve(b, 1);
	b->data[b->len] = '\0';
	while (b->len && strchr(" \n\t\r", b->data[b->len - 1]))
		b->data[--b->len] = '\0';
}

/* --- messages ------------------------------------------------------------ */

/* The text of now, or the last one before it was deleted. */
static bool
last_text(const struct tale *t, const struct emu_letter *l, struct emu_buf *b)
{
	const struct emu_turn *turn =
		emu_turn_at(&t->m->said, l->number, t->at_ms);
	bool there = emu_letter_text(t->m, l, t->at_ms, b);

	if (!there && turn)
		(void)emu_letter_text(t->m, l, turn->ms - 1, b);
	trim_right(b);
	return there;
}

static const char *
talk_name(enum emu_talk talk)
{
	static const char *const names[] = { "pair", "group", "inmail", "ghost",
					     "sponsored" };

	return names[talk];
}

static bool
is_there(const struct tale *t, const struct emu_letter *l, int64_t at_ms)
{
	struct emu_buf b = { 0 };
	bool there = emu_letter_text(t->m, l, at_ms, &b);

	emu_buf_free(&b);
	return there;
}

static void
put_ids(json_t *line, const struct emu_member *m, const struct emu_letter *l)
{
	struct emu_buf b = { 0 };

	emu_put_thread_id(&b, m, l->thread);
	json_object_set_new(line, "thread", json_string(b.data));
	emu_buf_free(&b);
	emu_put_resource_id(&b, m, l->number);
	json_object_set_new(line, "resource", json_string(b.data));
	emu_buf_free(&b);
}

static void
tell_letter(struct tale *t, uint64_t number)
{
	json_t *line = json_pack("{s:s}", "type", "linkedin_message");
	struct emu_buf text = { 0 };
	struct emu_letter l;
	struct emu_thread talk;
	bool there, log, alone;

	emu_letter_at(t->m, number, &l);
	emu_thread_at(t->m, l.thread, &talk);
	there = last_text(t, &l, &text);
	log = talk.talk != EMU_TALK_SPONSOR &&
	      emu_log_has(t->m, EMU_MESSAGE_CREATE, number, l.ms);
	alone = talk.talk != EMU_TALK_GROUP && talk.count == 1;
	json_object_set_new(line, "second", json_integer(l.ms / 1000));
	put_ids(line, t->m, &l);
	json_object_set_new(line, "direction",
			    json_string(l.author == EMU_OWNER ? "out" : "in"));
	set_person(line, t->m, alone ? talk.people[0] : EMU_NOBODY,
		   "counterpart", NULL);
	set_person(line, t->m,
		   l.author == EMU_NOBODY ? EMU_GHOSTS + l.thread : l.author,
		   "author", "author_urn");
	json_object_set_new(line, "text", json_stringn(text.data, text.len));
	json_object_set_new(line, "deleted", json_boolean(!there));
	json_object_set_new(line, "kind", json_string(talk_name(talk.talk)));
	json_object_set_new(line, "attachment", json_boolean(l.attachment));
	json_object_set_new(
		line, "roads",
		roads_of(is_there(t, &l, t->snapshot_ms), there, log));
	emu_buf_free(&text);
	if (l.ms > t->at_ms && l.ms > t->snapshot_ms && !log)
		json_decref(line);
	else
		end_line(t, line);
}

/* --- the others ---------------------------------------------------------- */

static void
tell_link(struct tale *t, uint64_t number)
{
	json_t *line = json_pack("{s:s}", "type", "linkedin_connection");
	struct emu_buf company = { 0 }, position = { 0 }, day = { 0 };
	struct emu_link l;
	struct emu_person p;
	bool snapshot = emu_link_at(t->m, number, t->snapshot_ms, &l);
	bool there = emu_link_at(t->m, number, t->at_ms, &l);

	emu_person_at(t->m, l.person, &p);
	emu_put_day(&day, l.since_ms, EMU_DATES_ISO);
	if (p.closed)
		p = (struct emu_person){ .closed = true };
	else
		emu_put_work(&company, &position, t->m, &p, t->at_ms);
	json_object_set_new(line, "url", text_or_null(p.url));
	json_object_set_new(line, "urn", text_or_null(p.urn));
	json_object_set_new(line, "first", json_string(p.first));
	json_object_set_new(line, "last", json_string(p.last));
	json_object_set_new(line, "email", json_string(p.email));
	json_object_set_new(line, "date", json_string(day.data));
	json_object_set_new(line, "company", text_or_null(company.data));
	json_object_set_new(line, "position", text_or_null(position.data));
	json_object_set_new(line, "deleted", json_boolean(!there));
	json_object_set_new(line, "roads", roads_of(snapshot, there, false));
	emu_buf_free(&company);
	emu_buf_free(&position);
	emu_buf_free(&day);
	if (l.since_ms > t->at_ms && l.since_ms > t->snapshot_ms)
		json_decref(line);
	else
		end_line(t, line);
}

static bool
is_shown(const struct tale *t, uint64_t number, int64_t at_ms)
{
	struct emu_inv v;

	emu_inv_at(t->m, number, at_ms, &v);
	return v.ms <= at_ms && v.state < EMU_DECLINED;
}

static void
tell_inv(struct tale *t, uint64_t number)
{
	static const char *const states[] = { "pending", "accepted", "declined",
					      "withdrawn" };
	json_t *line = json_pack("{s:s}", "type", "linkedin_invitation");
	struct emu_inv v;
	bool log;

	emu_inv_at(t->m, number, t->at_ms, &v);
	log = emu_log_has(t->m, EMU_INV_CREATE, number,
			  v.sent ? v.ms : v.closed_ms);
	if (!v.sent && v.state == EMU_PENDING)
		log = false;
	json_object_set_new(line, "second", json_integer(v.ms / 1000));
	json_object_set_new(line, "direction",
			    json_string(v.sent ? "out" : "in"));
	set_person(line, t->m, v.person, "counterpart", "urn");
	json_object_set_new(line, "text", json_string(v.text));
	json_object_set_new(line, "state", json_string(states[v.state]));
	json_object_set_new(line, "roads",
			    roads_of(is_shown(t, number, t->snapshot_ms),
				     is_shown(t, number, t->at_ms), log));
	if (v.ms > t->at_ms && v.ms > t->snapshot_ms)
		json_decref(line);
	else
		end_line(t, line);
}

static void
tell_person(struct tale *t, uint64_t number)
{
	json_t *line = json_pack("{s:s}", "type", "person");
	struct emu_person p;
	struct emu_buf name = { 0 };

	emu_person_at(t->m, number, &p);
	emu_put_name(&name, &p);
	json_object_set_new(line, "name", json_string(name.data));
	json_object_set_new(line, "url", text_or_null(p.url));
	json_object_set_new(line, "urn", json_string(p.urn));
	json_object_set_new(line, "closed", json_boolean(p.closed));
	emu_buf_free(&name);
	end_line(t, line);
}

static void
tell_contact(struct tale *t, uint64_t slot)
{
	const char *const *columns = emu_domain_columns(EMU_DOMAIN_CONTACTS);
	json_t *line = json_pack("{s:s}", "type", "contact");
	struct emu_row row = { 0 };

	(void)emu_row_at(t->m, EMU_DOMAIN_CONTACTS, slot, t->at_ms, &row);
	for (unsigned i = 0; i < row.count; i++)
		json_object_set_new(line, columns[i],
				    json_string(row.cell[i].data));
	emu_row_free(&row);
	end_line(t, line);
}

/* `from` and `count`, for worlds too large for one answer. */
static void
read_part(const struct emu_req *r, uint64_t *from, uint64_t *count)
{
	const char *first = emu_arg(r, "from"), *most = emu_arg(r, "count");

	*from = 0;
	*count = UINT64_MAX;
	if (first && !emu_parse_u64(first, from))
		*from = 0;
	if (most && !emu_parse_u64(most, count))
		*count = UINT64_MAX;
}

static void
tell_all(const struct emu_req *r, struct tale *t, const char *what)
{
	const struct {
		const char *name;
		uint64_t count;
		void (*tell)(struct tale *t, uint64_t number);
	} kinds[] = {
		{ "messages", emu_letters(t->m), tell_letter },
		{ "connections", emu_links(t->m), tell_link },
		{ "invitations", emu_invs(t->m), tell_inv },
		{ "people", emu_people(t->m), tell_person },
		{ "contacts", t->m->contacts, tell_contact },
	};

	uint64_t from, most;

	read_part(r, &from, &most);
	for (size_t k = 0; k < EMU_COUNT(kinds); k++) {
		/* people and contacts only when asked for */
		if (what ? strcmp(what, kinds[k].name) != 0 : k > 2)
			continue;
		for (uint64_t i = from; i < kinds[k].count && i - from < most;
		     i++)
			kinds[k].tell(t, i);
	}
	if (what && strcmp(what, "people") == 0)
		tell_person(t, EMU_OWNER);
}

void
emu_member_truth(struct emu_req *r)
{
	const char *email = emu_arg(r, "account"), *at = emu_arg(r, "at");
	const struct emu_account *a =
		email ? emu_find_account(r->world, email) : NULL;
	struct tale t = { .at_ms = emu_now_ms(r->world) };

	t.snapshot_ms = t.at_ms;
	if (!a || (at && !emu_parse_time(at, &t.at_ms))) {
		emu_reply_json(r, a ? 400 : 404,
			       json_pack("{s:s}", "error",
					 a ? "at: RFC 3339 wanted"
					   : "no such account"));
		return;
	}
	t.m = a->member;
	if (r->world->options.linkedin_frozen)
		t.snapshot_ms = t.m->consent_ms;
	tell_all(r, &t, emu_arg(r, "what"));
	emu_reply_text(r, 200, "application/x-ndjson", "");
	emu_buf_free(&r->reply.body);
	r->reply.body = t.out;
}
