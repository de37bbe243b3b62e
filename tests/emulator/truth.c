/* SPDX-License-Identifier: Apache-2.0 */
/* What a perfect client must hold: one JSON line for each living event. */
#include <stdlib.h>
#include <string.h>

#include "events.h"

struct wish {
	const char *calendar;
	bool people, deleted;
	int64_t min_ms;
	struct emu_buf out;
};

static const char *
kind_name(const struct emu_item *item)
{
	static const char *const names[] = {
		[EMU_SINGLE] = "single",
		[EMU_MASTER] = "master",
		[EMU_EXCEPTION] = "exception",
		[EMU_CANCELLED] = "cancelled_instance",
	};

	if (emu_item_cancelled(item) && emu_item_role(item) != EMU_CANCELLED)
		return "cancelled";
	return names[emu_item_role(item)];
}

static void
put_key(struct emu_buf *b, const char *key, const char *value)
{
	if (!value)
		return;
	emu_putc(b, ',');
	emu_put_json(b, key);
	emu_putc(b, ':');
	emu_put_json(b, value);
}

static void
put_spec(struct wish *w, const struct emu_cal *c, const struct emu_spec *s)
{
	struct emu_buf t = { 0 };

	put_key(&w->out, "eventType",
		emu_spec_veiled(c, s) ? "default" : emu_type_name(s->type));
	emu_putf(&t, "\"%llu\"", (unsigned long long)s->updated_ms * 2000);
	put_key(&w->out, "etag", t.data);
	t.len = 0;
	emu_put_utc_ms(&t, s->updated_ms);
	put_key(&w->out, "updated", t.data);
	if (strcmp(s->id, s->master_id) != 0)
		put_key(&w->out, "recurringEventId", s->master_id);
	t.len = 0;
	if (s->role != EMU_CANCELLED && !emu_spec_veiled(c, s) &&
	    emu_put_title(&t, s))
		put_key(&w->out, "summary", t.data);
	emu_buf_free(&t);
}

static void
put_body(struct wish *w, const json_t *body)
{
	static const char *const keys[] = { "eventType", "etag", "updated",
					    "recurringEventId", "summary" };

	for (size_t i = 0; i < EMU_COUNT(keys); i++)
		put_key(&w->out, keys[i],
			json_string_value(json_object_get(body, keys[i])));
}

static void
put_people(struct wish *w, const struct emu_cal *c, const struct emu_item *item)
{
	static const char *const keys[] = { "creator", "organizer", "attendees",
					    "attendeesOmitted" };
	const json_t *v;
	char *text;

	if (emu_item_cancelled(item))
		return;
	if (item->place == EMU_BASE) {
		if (!emu_spec_veiled(c, &item->spec))
			emu_render_people(&w->out, c, &item->spec);
		return;
	}
	for (size_t i = 0; i < EMU_COUNT(keys); i++) {
		v = json_object_get(item->over->body, keys[i]);
		text = v ? json_dumps(v, JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
		if (text)
			emu_putf(&w->out, ",\"%s\":%s", keys[i], text);
		free(text);
	}
}

static void
put_line(struct wish *w, const struct emu_cal *c, const struct emu_item *item)
{
	const char *id =
		item->place == EMU_BASE ? item->spec.id : item->over->id;
	int64_t start, end;

	emu_item_span(item, &start, &end);
	if (end <= w->min_ms)
		return;
	EMU_LIT(&w->out, "{\"calendar\":");
	emu_put_json(&w->out, c->id);
	put_key(&w->out, "id", id);
	put_key(&w->out, "kind", kind_name(item));
	if (w->people) {
		put_people(w, c, item);
	} else {
		if (item->place == EMU_BASE)
			put_spec(w, c, &item->spec);
		else
			put_body(w, item->over->body);
		EMU_LIT(&w->out, ",\"start_ms\":");
		emu_put_i64(&w->out, start);
		EMU_LIT(&w->out, ",\"last_end_ms\":");
		if (end == INT64_MAX)
			EMU_LIT(&w->out, "null");
		else
			emu_put_i64(&w->out, end);
	}
	EMU_LIT(&w->out, "}\n");
}

static void
walk(struct wish *w, struct emu_cal *c)
{
	struct emu_item item;

	for (uint64_t i = 0; i < emu_positions(c); i++) {
		emu_item_at(c, i, &item);
		if (item.place == EMU_NOWHERE)
			continue;
		if (!w->deleted && emu_item_cancelled(&item) &&
		    emu_item_role(&item) != EMU_CANCELLED)
			continue;
		put_line(w, c, &item);
	}
}

void
emu_truth(struct emu_req *r, bool people)
{
	const char *email = emu_arg(r, "account");
	struct emu_account *a =
		email ? emu_find_account(r->world, email) : NULL;
	struct wish w = { .calendar = emu_arg(r, "calendar"),
			  .people = people,
			  .deleted = emu_arg(r, "deleted") != NULL };
	struct emu_cal *only = NULL;

	if (!emu_time_arg(r, "timeMin", &w.min_ms))
		return;
	if (a && w.calendar)
		only = emu_find_calendar(a, w.calendar);
	if (!a || (w.calendar && !only)) {
		emu_reply_text(r, 404, "text/plain", "no such account\n");
		return;
	}
	for (size_t i = 0; i < a->cal_count; i++)
		if (only ? a->cals[i] == only : !a->cals[i]->removed)
			walk(&w, a->cals[i]);
	emu_reply_text(r, 200, "application/x-ndjson", "");
	emu_buf_free(&r->reply.body);
	r->reply.body = w.out;
}
