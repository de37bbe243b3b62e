/* SPDX-License-Identifier: Apache-2.0 */
/* events.get and events.instances. */
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "page.h"
#include "series.h"

static void
not_found(struct emu_req *r)
{
	emu_api_error(r, 404, "global", "notFound", "Not Found", NULL);
}

void
emu_event_get(struct emu_req *r, struct emu_cal *c, const char *id)
{
	const char *fields = emu_arg(r, "fields");
	struct emu_item item;

	emu_find_any(c, id, &item);
	if (item.place == EMU_NOWHERE) {
		not_found(r);
	} else {
		emu_reply_text(r, 200, "application/json; charset=UTF-8", "");
		if (fields && strcmp(fields, "*") != 0)
			emu_item_partial(&r->reply.body, fields, &item);
		else
			emu_item_render(&r->reply.body, c, &item);
	}
	emu_item_release(&item);
}

struct window {
	int64_t min, max;
	bool deleted;
	struct emu_token here;
};

static bool
read_window(struct emu_req *r, const struct emu_cal *c, const char *id,
	    struct window *w)
{
	const char *page = emu_arg(r, "pageToken");
	struct emu_token t;
	bool given;

	if (!emu_time_arg(r, "timeMin", &w->min) ||
	    !emu_time_arg(r, "timeMax", &w->max) ||
	    !emu_bool_arg(r, "showDeleted", &w->deleted, &given))
		return false;
	w->here = (struct emu_token){ .type = EMU_TOKEN_INSTANCES,
				      .account = c->account->key,
				      .calendar = c->key,
				      .fingerprint = emu_hash(id) ^
						     (uint64_t)w->min ^
						     emu_mix((uint64_t)w->max) ^
						     w->deleted };
	if (!page)
		return true;
	if (!emu_read_token(page, &t) || t.type != EMU_TOKEN_INSTANCES ||
	    t.calendar != c->key || t.fingerprint != w->here.fingerprint) {
		emu_bad_value(r, "pageToken");
		return false;
	}
	w->here = t;
	return true;
}

/* The stored exception if there is one, else the instance as planned. */
static void
get_instance(struct emu_cal *c, const struct emu_item *master,
	     const struct emu_series *s, int64_t local, struct emu_item *one)
{
	const char *name =
		master->place == EMU_BASE ? master->spec.id : master->over->id;
	struct emu_buf id = { 0 };

	emu_instance_id(&id, name, s->zone, s->all_day, local);
	emu_find_event(c, id.data, one);
	emu_buf_free(&id);
	if (one->place != EMU_NOWHERE || one->over)
		return;
	*one = *master;
	one->place = EMU_INSTANCE;
	if (master->place == EMU_BASE)
		emu_spec_instance(&one->spec, local);
	else
		one->made = emu_series_made(master->over->body, s, local);
}

static void
send_instances(struct emu_req *r, struct emu_cal *c,
	       const struct emu_item *master, struct emu_series *s,
	       const struct window *w)
{
	struct emu_token next = w->here;
	struct emu_page p;
	struct emu_item one;
	size_t max;
	int64_t local, start;
	uint64_t k = 0;
	bool more = false;

	if (!emu_max_results(r, 250, 2500, &max))
		return;
	emu_page_init(&p, r, c, max);
	if (emu_page_emptied(&p, &w->here))
		return;
	for (; !more && emu_series_next(s, &local); k++) {
		start = emu_zone_to_utc(s->zone, local) * 1000;
		if (w->max != INT64_MIN && start >= w->max)
			break;
		if (k < next.position || (w->min != INT64_MIN &&
					  start + s->duration * 1000 < w->min))
			continue;
		get_instance(c, master, s, local, &one);
		more = emu_page_full(&p);
		if (more)
			next.position = k;
		else if (one.place != EMU_NOWHERE &&
			 (w->deleted || !emu_item_cancelled(&one)))
			emu_page_add(&p, &one);
		emu_item_release(&one);
	}
	next.salt = 0;
	emu_page_send(&p, &w->here, more ? &next : NULL, NULL);
}

void
emu_event_instances(struct emu_req *r, struct emu_cal *c, const char *id)
{
	struct emu_item master;
	struct emu_series s;
	struct window w;

	emu_find_event(c, id, &master);
	if (master.place == EMU_NOWHERE || emu_item_cancelled(&master)) {
		not_found(r);
		return;
	}
	if (emu_item_role(&master) != EMU_MASTER) {
		emu_api_error(r, 400, "global", "badRequest",
			      "The event is not a recurring one.", NULL);
		return;
	}
	if (!read_window(r, c, id, &w))
		return;
	if (master.place == EMU_BASE)
		emu_series_of_spec(&master.spec, &s);
	else if (!emu_series_of_json(master.over->body, &s)) {
		not_found(r);
		return;
	}
	send_instances(r, c, &master, &s, &w);
}
