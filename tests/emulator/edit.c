/* SPDX-License-Identifier: Apache-2.0 */
/* What people do to events: create, edit, cancel, move; storms of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store.h"

static void
stamp(struct emu_cal *c, json_t *body, const json_t *given, const char *key)
{
	struct emu_buf b = { 0 };
	int64_t now = emu_change_ms(c->account->world);

	c->updated_ms = now;
	emu_put_utc_ms(&b, now);
	if (!json_object_get(given, key))
		json_object_set_new(body, key, json_string(b.data));
	b.len = 0;
	emu_putf(&b, "\"%lld\"", (long long)now * 2000);
	if (!json_object_get(given, "etag"))
		json_object_set_new(body, "etag", json_string(b.data));
	emu_buf_free(&b);
}

static void
default_text(json_t *body, const char *key, const char *value)
{
	if (!json_object_get(body, key))
		json_object_set_new(body, key, json_string(value));
}

static json_t *
moment(const struct emu_cal *c, int64_t local)
{
	struct emu_buf b = { 0 };
	json_t *m;

	emu_put_local(&b, c->zone, local);
	m = json_pack("{s:s,s:s}", "dateTime", b.data, "timeZone",
		      c->zone->name);
	emu_buf_free(&b);
	return m;
}

static void
default_times(const struct emu_cal *c, json_t *body)
{
	int64_t local = (emu_now_ms(c->account->world) / 3600000 + 24) * 3600;

	if (!json_object_get(body, "start"))
		json_object_set_new(body, "start", moment(c, local));
	if (!json_object_get(body, "end"))
		json_object_set_new(body, "end", moment(c, local + 3600));
}

static void
defaults(struct emu_cal *c, json_t *body)
{
	const char *id = json_string_value(json_object_get(body, "id"));
	char uid[400];

	if (snprintf(uid, sizeof(uid), "%s@google.com", id) >= (int)sizeof(uid))
		uid[sizeof(uid) - 1] = '\0';
	default_text(body, "kind", "calendar#event");
	default_text(body, "status", "confirmed");
	default_text(body, "iCalUID", uid);
	default_text(body, "eventType", "default");
	default_times(c, body);
	if (!json_object_get(body, "creator"))
		json_object_set_new(body, "creator",
				    json_pack("{s:s,s:b}", "email",
					      c->self_email, "self", 1));
	if (!json_object_get(body, "organizer"))
		json_object_set_new(body, "organizer",
				    json_pack("{s:s,s:b}", "email",
					      c->self_email, "self", 1));
	if (!json_object_get(body, "sequence"))
		json_object_set_new(body, "sequence", json_integer(0));
}

/* A null in the body removes a field. */
static void
merge(json_t *into, json_t *body)
{
	const char *key;
	json_t *value;

	json_object_foreach (body, key, value) {
		if (json_is_null(value))
			json_object_del(into, key);
		else
			json_object_set(into, key, value);
	}
}

static json_t *
finish(struct emu_cal *c, struct emu_over *o)
{
	emu_over_commit(c, o);
	return json_loads(o->text, JSON_ALLOW_NUL, NULL);
}

static uint64_t
slot_of(const struct emu_item *item)
{
	return item->place == EMU_BASE ? item->spec.slot : EMU_NO_SLOT;
}

json_t *
emu_event_create(struct emu_cal *c, json_t *body, const char **why)
{
	const char *id = json_string_value(json_object_get(body, "id"));
	struct emu_item old;
	char fresh[40];
	json_t *made;

	if (!id) {
		(void)snprintf(fresh, sizeof(fresh), "emunew%llu",
			       (unsigned long long)c->seq + 1);
		id = fresh;
	}
	emu_find_event(c, id, &old);
	if (old.place != EMU_NOWHERE && !emu_item_cancelled(&old)) {
		*why = "duplicate id";
		return NULL;
	}
	/* in the order in which Google writes them */
	made = json_pack("{s:s,s:s,s:s,s:s}", "kind", "calendar#event", "etag",
			 "", "id", id, "status", "confirmed");
	if (body)
		json_object_update(made, body);
	stamp(c, made, body, "created");
	if (!json_object_get(made, "updated"))
		stamp(c, made, body, "updated");
	defaults(c, made);
	id = json_string_value(json_object_get(made, "id"));
	return finish(c, emu_over_set(c, id, slot_of(&old), made));
}

json_t *
emu_event_update(struct emu_cal *c, const char *id, json_t *body,
		 const char **why)
{
	struct emu_item item;
	json_t *made;
	json_int_t sequence;

	emu_find_any(c, id, &item);
	if (item.place == EMU_NOWHERE) {
		*why = "no such event";
		return NULL;
	}
	made = emu_item_json(c, &item);
	if (item.place == EMU_INSTANCE)
		json_object_del(made, "recurrence");
	if (item.place == EMU_OVERLAY && item.over->cancelled)
		json_object_set_new(made, "status", json_string("confirmed"));
	sequence = json_integer_value(json_object_get(made, "sequence"));
	json_object_set_new(made, "sequence", json_integer(sequence + 1));
	merge(made, body);
	stamp(c, made, body, "updated");
	json_object_set_new(made, "id", json_string(id));
	made = finish(c, emu_over_set(c, id, slot_of(&item), made));
	emu_item_release(&item);
	return made;
}

json_t *
emu_event_say(struct emu_cal *c, const char *id, const char *text,
	      const char **why)
{
	json_t *made = emu_event_update(c, id, NULL, why);
	struct emu_over *o = made ? emu_over_find(c, id) : NULL;

	if (o) {
		free(o->text);
		o->text = emu_strdup(text);
	}
	return made;
}

static struct emu_over *
cancel_item(struct emu_cal *c, const char *id, const struct emu_item *item)
{
	json_t *body = emu_item_json(c, item);
	struct emu_over *o;

	stamp(c, body, NULL, "updated");
	o = emu_over_set(c, id, slot_of(item), body);
	o->cancelled = true;
	return o;
}

/*
 * A deleted series takes its exceptions along. Whether they get a row of
 * their own is an option: by default the list tells of the master alone.
 */
static void
drop_children(struct emu_cal *c, const char *master, bool rows)
{
	struct emu_item item = { 0 };
	struct emu_spec base, child;
	size_t count = c->over_count;

	if (emu_spec_find(c, master, &base) &&
	    emu_spec_child(c, &base, &child) && !emu_over_find(c, child.id)) {
		item.place = EMU_BASE;
		item.spec = child;
		cancel_item(c, child.id, &item);
		count = c->over_count;
	}
	for (size_t i = 0; i < count; i++) {
		struct emu_over *o = c->overs[i];
		const char *of = json_string_value(
			json_object_get(o->body, "recurringEventId"));

		if (!of || strcmp(of, master) != 0 || o->gone)
			continue;
		if (rows && !(o->cancelled && o->seq)) {
			o->cancelled = true;
			json_object_del(o->body, "recurringEventId");
			json_object_del(o->body, "originalStartTime");
			emu_over_commit(c, o);
		} else {
			o->gone = true;
			o->seq = 0; /* its log entries are stale now */
		}
	}
}

json_t *
emu_event_cancel(struct emu_cal *c, const char *id, const char **why)
{
	struct emu_item item;
	struct emu_over *o;

	emu_find_any(c, id, &item);
	if (item.place == EMU_NOWHERE) {
		*why = "no such event";
		return NULL;
	}
	o = cancel_item(c, id, &item);
	if (emu_item_role(&item) == EMU_MASTER)
		drop_children(c, id,
			      c->account->world->options.cancel_exceptions);
	emu_item_release(&item);
	return finish(c, o);
}

json_t *
emu_event_purge(struct emu_cal *c, const char *id, const char **why)
{
	struct emu_item item;
	struct emu_over *o;

	emu_find_event(c, id, &item);
	if (item.place == EMU_NOWHERE) {
		*why = "no such event";
		return NULL;
	}
	o = emu_over_set(c, id, slot_of(&item), emu_item_json(c, &item));
	if (emu_item_role(&item) == EMU_MASTER)
		drop_children(c, id, false);
	o->gone = true;
	o->seq = 0;
	return json_pack("{s:s,s:b}", "id", id, "purged", 1);
}

json_t *
emu_event_move(struct emu_cal *c, const char *id, struct emu_cal *to,
	       const char **why)
{
	struct emu_item item;
	json_t *body, *made;

	emu_find_event(c, id, &item);
	if (item.place == EMU_NOWHERE || emu_item_cancelled(&item)) {
		*why = "no such event";
		return NULL;
	}
	body = emu_item_json(c, &item);
	json_object_del(body, "etag");
	json_object_del(body, "updated");
	made = emu_event_create(to, body, why);
	json_decref(body);
	if (made)
		json_decref(emu_event_cancel(c, id, why));
	return made;
}

/* Any event that lives; NULL after some tries. */
static char *
random_id(struct emu_cal *c, struct emu_rng *rng)
{
	struct emu_item item;

	for (int i = 0; i < 50 && emu_positions(c); i++) {
		emu_item_at(c, emu_below(rng, emu_positions(c)), &item);
		if (item.place == EMU_BASE && item.spec.role != EMU_CANCELLED)
			return emu_strdup(item.spec.id);
		if (item.place == EMU_OVERLAY && !item.over->cancelled)
			return emu_strdup(item.over->id);
	}
	return NULL;
}

static json_t *
random_body(struct emu_cal *c, struct emu_rng *rng)
{
	const struct emu_pool *pool = c->account->pool;
	const char *email = emu_person_email(pool, emu_next(rng) % 10000);
	int64_t local = emu_now_ms(c->account->world) / 3600000 * 3600 +
			(int64_t)emu_below(rng, 2000) * 3600;
	char title[64];

	(void)snprintf(title, sizeof(title), "Storm %u \U0001F300",
		       (unsigned)emu_below(rng, 100000));
	switch (emu_below(rng, 3)) {
	case 0:
		return json_pack("{s:s}", "summary", title);
	case 1:
		return json_pack("{s:o,s:o}", "start", moment(c, local), "end",
				 moment(c, local + 1800));
	default:
		return json_pack("{s:s,s:[{s:s,s:s},{s:s,s:b,s:s}]}", "summary",
				 title, "attendees", "email", email,
				 "responseStatus", "accepted", "email",
				 c->self_email, "self", 1, "responseStatus",
				 "tentative");
	}
}

json_t *
emu_event_random(struct emu_cal *c, struct emu_rng *rng)
{
	uint64_t dice = emu_below(rng, 100);
	char *id = dice < 25 ? NULL : random_id(c, rng);
	const char *why = NULL;
	json_t *body = random_body(c, rng), *made;

	if (!id)
		made = emu_event_create(c, body, &why);
	else if (dice < 45)
		made = emu_event_cancel(c, id, &why);
	else
		made = emu_event_update(c, id, body, &why);
	if (made)
		json_object_set_new(made, "_op",
				    json_string(!id         ? "create"
						: dice < 45 ? "cancel"
							    : "update"));
	free(id);
	json_decref(body);
	return made;
}
