/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One calendar's events: the generated base, the overlay over it, and the
 * log of changes. Overlay entries live as long as their calendar.
 */
#include "store.h"

#include <stdlib.h>
#include <string.h>

#include "series.h"

void
emu_cal_free(struct emu_cal *c)
{
	for (size_t i = 0; i < c->over_count; i++) {
		free(c->overs[i]->id);
		free(c->overs[i]->text);
		json_decref(c->overs[i]->body);
		free(c->overs[i]);
	}
	free(c->overs);
	free(c->fresh);
	free(c->table);
	free(c->touched);
	free(c->log);
	free(c->id);
	free(c->summary);
	free(c->override);
	free(c->self_email);
	free(c->owner);
	free(c->role);
	free(c);
}

uint64_t
emu_positions(const struct emu_cal *c)
{
	return c->base_count + c->fresh_count;
}

static size_t
table_place(const struct emu_cal *c, const char *id)
{
	size_t i = (size_t)emu_hash(id) & (c->table_cap - 1);

	while (c->table[i] && strcmp(c->table[i]->id, id) != 0)
		i = (i + 1) & (c->table_cap - 1);
	return i;
}

struct emu_over *
emu_over_find(const struct emu_cal *c, const char *id)
{
	return c->table_cap ? c->table[table_place(c, id)] : NULL;
}

static void
push(struct emu_over ***list, size_t *count, size_t *cap, struct emu_over *o)
{
	if (*count == *cap) {
		*cap = *cap ? *cap * 2 : 16;
		*list = emu_realloc(*list, *cap * sizeof(struct emu_over *));
	}
	(*list)[(*count)++] = o;
}

static void
table_insert(struct emu_cal *c, struct emu_over *o)
{
	push(&c->overs, &c->over_count, &c->over_cap, o);
	if (c->over_count * 2 <= c->table_cap) {
		c->table[table_place(c, o->id)] = o;
		return;
	}
	c->table_cap = c->table_cap ? c->table_cap * 2 : 64;
	free(c->table);
	c->table = emu_alloc(c->table_cap * sizeof(struct emu_over *));
	for (size_t i = 0; i < c->over_count; i++)
		c->table[table_place(c, c->overs[i]->id)] = c->overs[i];
}

struct emu_over *
emu_over_set(struct emu_cal *c, const char *id, uint64_t slot, json_t *body)
{
	struct emu_over *o = emu_over_find(c, id);

	if (o) {
		json_decref(o->body);
		o->body = body;
		o->cancelled = o->gone = false;
		return o;
	}
	o = emu_alloc(sizeof(*o));
	o->id = emu_strdup(id);
	o->slot = slot;
	o->body = body;
	table_insert(c, o);
	if (slot == EMU_NO_SLOT)
		push(&c->fresh, &c->fresh_count, &c->fresh_cap, o);
	else
		c->touched[slot / 8] |= (uint8_t)(1U << slot % 8);
	return o;
}

static json_t *
stub(const struct emu_over *o)
{
	static const char *const keep[] = { "recurringEventId",
					    "originalStartTime" };
	json_t *s = json_object();

	json_object_set_new(s, "kind", json_string("calendar#event"));
	json_object_set(s, "etag", json_object_get(o->body, "etag"));
	json_object_set_new(s, "id", json_string(o->id));
	json_object_set_new(s, "status", json_string("cancelled"));
	for (size_t i = 0; i < EMU_COUNT(keep); i++)
		if (json_object_get(o->body, keep[i]))
			json_object_set(s, keep[i],
					json_object_get(o->body, keep[i]));
	return s;
}

static enum emu_role
role_of(const struct emu_over *o)
{
	if (json_object_get(o->body, "recurringEventId"))
		return o->cancelled ? EMU_CANCELLED : EMU_EXCEPTION;
	return json_object_get(o->body, "recurrence") ? EMU_MASTER : EMU_SINGLE;
}

void
emu_over_commit(struct emu_cal *c, struct emu_over *o)
{
	json_t *cut = o->cancelled ? stub(o) : json_copy(o->body);

	json_object_del(cut, EMU_GIVEN);
	free(o->text);
	o->text = json_dumps(cut, JSON_COMPACT);
	if (!o->text)
		abort();
	json_decref(cut);
	o->role = role_of(o);
	o->seq = ++c->seq;
	if (c->log_count == c->log_cap) {
		c->log_cap = c->log_cap ? c->log_cap * 2 : 64;
		c->log = emu_realloc(c->log, c->log_cap * sizeof(*c->log));
	}
	c->log[c->log_count++] = (struct emu_change){ c->seq, o };
}

size_t
emu_log_after(const struct emu_cal *c, uint64_t seq)
{
	size_t lo = 0, hi = c->log_count;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (c->log[mid].seq > seq)
			hi = mid;
		else
			lo = mid + 1;
	}
	return lo;
}

static void
set_over(struct emu_item *item, struct emu_over *o)
{
	item->over = o;
	item->place = o && !o->gone ? EMU_OVERLAY : EMU_NOWHERE;
}

void
emu_item_at(struct emu_cal *c, uint64_t pos, struct emu_item *item)
{
	item->place = EMU_NOWHERE;
	item->over = NULL;
	item->made = NULL;
	if (pos >= emu_positions(c))
		return;
	if (pos >= c->base_count) {
		set_over(item, c->fresh[pos - c->base_count]);
		return;
	}
	emu_spec_at(c, pos, &item->spec);
	item->place = EMU_BASE;
	if (c->touched[pos / 8] >> pos % 8 & 1)
		set_over(item, emu_over_find(c, item->spec.id));
}

void
emu_find_event(struct emu_cal *c, const char *id, struct emu_item *item)
{
	struct emu_over *o = emu_over_find(c, id);

	*item = (struct emu_item){ 0 };
	if (o)
		set_over(item, o);
	else if (emu_spec_find(c, id, &item->spec))
		item->place = EMU_BASE;
}

static bool
expands_to(const struct emu_item *master, const char *id, struct emu_series *s,
	   int64_t *local)
{
	const char *name =
		master->place == EMU_BASE ? master->spec.id : master->over->id;
	bool found = false;

	if (emu_item_role(master) != EMU_MASTER || emu_item_cancelled(master))
		return false;
	if (master->place == EMU_BASE)
		emu_series_of_spec(&master->spec, s);
	else if (!emu_series_of_json(master->over->body, s))
		return false;
	while (!found && emu_series_next(s, local)) {
		struct emu_buf b = { 0 };

		emu_instance_id(&b, name, s->zone, s->all_day, *local);
		found = strcmp(b.data, id) == 0;
		emu_buf_free(&b);
	}
	return found;
}

void
emu_find_any(struct emu_cal *c, const char *id, struct emu_item *item)
{
	const char *cut = strrchr(id, '_');
	struct emu_series s;
	int64_t local;
	char *name;

	emu_find_event(c, id, item);
	if (item->place != EMU_NOWHERE || item->over || !cut)
		return;
	name = emu_strndup(id, (size_t)(cut - id));
	emu_find_event(c, name, item);
	free(name);
	if (item->place == EMU_NOWHERE || !expands_to(item, id, &s, &local)) {
		*item = (struct emu_item){ 0 };
		return;
	}
	if (item->place == EMU_BASE)
		emu_spec_instance(&item->spec, local);
	else
		item->made = emu_series_made(item->over->body, &s, local);
	item->over = NULL;
	item->place = EMU_INSTANCE;
}

void
emu_item_release(struct emu_item *item)
{
	json_decref(item->made);
	item->made = NULL;
}

json_t *
emu_item_json(struct emu_cal *c, const struct emu_item *item)
{
	struct emu_buf b = { 0 };
	json_t *body;

	if (item->made)
		return json_incref(item->made);
	if (item->place == EMU_OVERLAY)
		return json_deep_copy(item->over->body);
	emu_render_event(&b, c, &item->spec);
	body = json_loadb(b.data, b.len, 0, NULL);
	if (!body)
		abort(); /* the generator wrote no JSON */
	emu_buf_free(&b);
	return body;
}

void
emu_item_render(struct emu_buf *b, struct emu_cal *c,
		const struct emu_item *item)
{
	char *text;

	if (item->made) {
		text = json_dumps(item->made, JSON_COMPACT);
		emu_puts(b, text ? text : "{}");
		free(text);
	} else if (item->place == EMU_OVERLAY) {
		emu_puts(b, item->over->text);
	} else {
		emu_render_event(b, c, &item->spec);
	}
}

bool
emu_item_cancelled(const struct emu_item *item)
{
	if (item->place == EMU_OVERLAY)
		return item->over->cancelled;
	return !item->made && item->spec.role == EMU_CANCELLED;
}

enum emu_role
emu_item_role(const struct emu_item *item)
{
	if (item->place == EMU_OVERLAY)
		return item->over->role;
	return item->made ? EMU_EXCEPTION : item->spec.role;
}
