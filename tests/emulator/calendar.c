/* SPDX-License-Identifier: Apache-2.0 */
/* Calendar v3: who may ask what, and the list of calendars. */
#include <stdlib.h>
#include <string.h>

#include "events.h"
#include "stats.h"

#define PREFIX "https://www.googleapis.com/auth/"

struct list {
	size_t max;
	bool hidden, deleted, delta;
	int min_role;
	struct emu_token here;
};

static const char *const roles[] = { "freeBusyReader", "reader", "writer",
				     "owner" };

static int
role_rank(const char *role)
{
	for (size_t i = 0; i < EMU_COUNT(roles); i++)
		if (strcmp(roles[i], role) == 0)
			return (int)i;
	return -1;
}

static json_t *
entry(const struct emu_cal *c)
{
	struct emu_buf etag = { 0 };
	json_t *e = json_pack("{s:s,s:s}", "kind", "calendar#calendarListEntry",
			      "id", c->id);

	emu_putf(&etag, "\"%lld\"", (long long)c->updated_ms * 1000);
	json_object_set_new(e, "etag", json_string(etag.data));
	emu_buf_free(&etag);
	if (c->removed) {
		json_object_set_new(e, "deleted", json_true());
		return e;
	}
	json_object_set_new(e, "summary", json_string(c->summary));
	if (c->override)
		json_object_set_new(e, "summaryOverride",
				    json_string(c->override));
	json_object_set_new(e, "timeZone", json_string(c->zone->name));
	json_object_set_new(e, "colorId", json_string("14"));
	json_object_set_new(e, "backgroundColor", json_string("#9fe1e7"));
	json_object_set_new(e, "foregroundColor", json_string("#000000"));
	if (c->hidden)
		json_object_set_new(e, "hidden", json_true());
	if (c->selected)
		json_object_set_new(e, "selected", json_true());
	json_object_set_new(e, "accessRole", json_string(c->role));
	if (c->primary)
		json_object_set_new(e, "primary", json_true());
	else if (c->owner)
		json_object_set_new(e, "dataOwner", json_string(c->owner));
	json_object_set_new(e, "defaultReminders", json_array());
	return e;
}

static bool
read_flags(struct emu_req *r, struct list *l)
{
	const char *role = emu_arg(r, "minAccessRole");
	bool hidden_given, deleted_given;

	l->delta = emu_arg(r, "syncToken") != NULL;
	if (!emu_max_results(r, 100, 250, &l->max) ||
	    !emu_bool_arg(r, "showHidden", &l->hidden, &hidden_given) ||
	    !emu_bool_arg(r, "showDeleted", &l->deleted, &deleted_given))
		return false;
	l->min_role = role ? role_rank(role) : 0;
	if (l->min_role < 0) {
		emu_bad_value(r, "minAccessRole");
		return false;
	}
	if (l->delta && (role || (hidden_given && !l->hidden) ||
			 (deleted_given && !l->deleted))) {
		emu_api_error(r, 400, "global", "badRequest",
			      "Sync token cannot be used with minAccessRole, "
			      "showHidden=false or showDeleted=false.",
			      "syncToken");
		return false;
	}
	l->hidden |= l->delta;
	l->deleted |= l->delta;
	return true;
}

static uint64_t
list_print(const struct emu_req *r, const struct list *l)
{
	const char *sync = emu_arg(r, "syncToken");

	return (emu_hash(sync ? sync : "") << 8 | (uint64_t)l->min_role << 2) +
	       (l->hidden ? 2U : 0) + (l->deleted ? 1U : 0);
}

static bool
read_tokens(struct emu_req *r, struct list *l)
{
	const char *page = emu_arg(r, "pageToken");
	const char *sync = emu_arg(r, "syncToken");
	const struct emu_account *a = r->account;
	struct emu_token t = { 0 };

	l->here = (struct emu_token){ .type = EMU_TOKEN_LIST_PAGE,
				      .account = a->key,
				      .epoch = a->list_epoch,
				      .seq = a->list_seq,
				      .fingerprint = list_print(r, l) };
	if (sync && (!emu_read_token(sync, &t) || t.account != a->key ||
		     t.type != EMU_TOKEN_LIST_SYNC)) {
		emu_bad_value(r, "syncToken");
		return false;
	}
	if (sync && t.epoch != a->list_epoch) {
		emu_gone(r);
		return false;
	}
	l->here.sub = t.seq; /* entries changed after this */
	if (!page)
		return true;
	if (!emu_read_token(page, &t) || t.account != a->key ||
	    t.type != EMU_TOKEN_LIST_PAGE ||
	    t.fingerprint != l->here.fingerprint) {
		emu_bad_value(r, "pageToken");
		return false;
	}
	l->here = t;
	return true;
}

static bool
listed(const struct list *l, const struct emu_cal *c)
{
	if (l->delta && c->list_seq <= l->here.sub)
		return false;
	if ((c->hidden && !l->hidden) || (c->removed && !l->deleted))
		return false;
	return role_rank(c->role) >= l->min_role;
}

static void
set_token(json_t *out, const char *name, const struct emu_token *t)
{
	struct emu_buf b = { 0 };

	emu_put_token(&b, t);
	json_object_set_new(out, name, json_string(b.data));
	emu_buf_free(&b);
}

/* The list is small; the faults about tokens hold here too. */
static void
set_tokens(struct emu_req *r, const struct list *l, json_t *out, size_t next)
{
	const struct emu_account *a = r->account;
	struct emu_token t = l->here;
	struct emu_token sync = { .type = EMU_TOKEN_LIST_SYNC,
				  .account = a->key,
				  .epoch = a->list_epoch,
				  .seq = l->here.seq };

	t.position = next;
	if (emu_fault_is(r, EMU_FAULT_LOOP_TOKEN))
		t.position = l->here.position;
	else if (next >= a->cal_count) {
		if (!emu_fault_is(r, EMU_FAULT_NO_TOKEN))
			set_token(out, "nextSyncToken", &sync);
		return;
	}
	set_token(out, "nextPageToken", &t);
}

static void
calendar_list(struct emu_req *r)
{
	struct emu_account *a = r->account;
	struct list l = { 0 };
	json_t *items = json_array(), *out;
	size_t i;

	if (!read_flags(r, &l) || !read_tokens(r, &l)) {
		json_decref(items);
		return;
	}
	for (i = (size_t)l.here.position;
	     i < a->cal_count && json_array_size(items) < l.max; i++)
		if (listed(&l, a->cals[i]))
			json_array_append_new(items, entry(a->cals[i]));
	while (i < a->cal_count && !listed(&l, a->cals[i]))
		i++;
	out = json_pack("{s:s,s:s}", "kind", "calendar#calendarList", "etag",
			"\"p33c\"");
	set_tokens(r, &l, out, i);
	json_object_set_new(out, "items", items);
	emu_stats_count(r, "pages", 1);
	emu_reply_json(r, 200, out);
}

void
emu_gone(struct emu_req *r)
{
	emu_api_error(r, 410, "calendar", "fullSyncRequired",
		      "Sync token is no longer valid, a full sync is required.",
		      "syncToken");
}

static void
not_found(struct emu_req *r)
{
	emu_api_error(r, 404, "global", "notFound", "Not Found", NULL);
}

static bool
may_read_list(struct emu_req *r)
{
	static const char *const scopes[] = {
		PREFIX "calendar", PREFIX "calendar.readonly",
		PREFIX "calendar.calendarlist",
		PREFIX "calendar.calendarlist.readonly", NULL
	};

	return emu_need_scope(r, scopes);
}

static bool
may_read_events(struct emu_req *r)
{
	static const char *const scopes[] = { PREFIX "calendar",
					      PREFIX "calendar.readonly",
					      PREFIX "calendar.events",
					      PREFIX "calendar.events.readonly",
					      NULL };

	return emu_need_scope(r, scopes);
}

static void
calendar_events(struct emu_req *r)
{
	struct emu_cal *c = emu_find_calendar(r->account, r->segments[3]);

	if (!c || c->removed || c->deny_status == 404)
		not_found(r);
	else if (c->deny_status)
		emu_api_error(r, (unsigned)c->deny_status, "global",
			      "forbidden", "Forbidden", NULL);
	else if (r->route == EMU_ROUTE_EVENTS)
		emu_events_list(r, c);
	else if (r->route == EMU_ROUTE_EVENT)
		emu_event_get(r, c, r->segments[5]);
	else
		emu_event_instances(r, c, r->segments[5]);
}

void
emu_calendar_route(struct emu_req *r)
{
	if (!emu_authorize(r))
		return;
	if (!emu_is(r, "GET"))
		emu_api_error(r, 405, "global", "httpMethodNotAllowed",
			      "Method not allowed", NULL);
	else if (r->malformed)
		emu_api_error(r, 400, "global", "badRequest", "Bad Request",
			      NULL);
	else if (r->route == EMU_ROUTE_LIST) {
		if (may_read_list(r))
			calendar_list(r);
	} else if (r->route == EMU_ROUTE_OTHER)
		not_found(r);
	else if (may_read_events(r))
		calendar_events(r);
}
