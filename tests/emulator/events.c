/* SPDX-License-Identifier: Apache-2.0 */
/*
 * events.list. A full list walks the positions of a calendar and promises
 * in its sync token what happens after its first page; an incremental one
 * walks the log of changes. Both are stateless: the tokens say it all.
 */
#include "events.h"

#include <stdlib.h>
#include <string.h>

#include "series.h"
#include "stats.h"

struct query {
	size_t max;
	const char *sync, *page, *search, *uid, *order;
	bool single, deleted;
	unsigned types; /* bit per emu_type; 0 = all */
	int64_t time_min, time_max, updated_min;
	uint64_t frozen; /* what a sync token is bound to */
	uint64_t whole;  /* what a page token is bound to */
	struct emu_token here;
	uint64_t since; /* incremental: changes after this */
};

static bool
illegal(struct emu_req *r, const char *message, const char *parameter)
{
	emu_api_error(r, 400, "global", "badRequest", message, parameter);
	return false;
}

struct type_scan {
	unsigned types;
	bool bad;
	uint64_t print;
};

static enum MHD_Result
scan_type(void *context, enum MHD_ValueKind kind, const char *key,
	  const char *value)
{
	struct type_scan *s = context;
	bool known = false;

	(void)kind;
	if (strcmp(key, "eventTypes") != 0 || !value)
		return MHD_YES;
	for (unsigned i = 0; i <= EMU_WORKING_LOCATION; i++)
		if (strcmp(emu_type_name((enum emu_type)i), value) == 0) {
			s->types |= 1U << i;
			known = true;
		}
	s->bad |= !known;
	return MHD_YES;
}

static uint64_t
text_print(const struct emu_req *r, const char *name)
{
	const char *v = emu_arg(r, name);

	return v ? emu_hash(v) ^ emu_hash(name) : 0;
}

/* The two fingerprints; maxResults is in neither, nor is `fields`: a standard
 * parameter, applied to the answer and not to the query. */
static void
take_prints(struct emu_req *r, struct query *q)
{
	static const char *const frozen[] = { "timeZone", "maxAttendees",
					      "showHiddenInvitations" };
	static const char *const rest[] = { "syncToken",   "timeMin", "timeMax",
					    "updatedMin",  "q",       "orderBy",
					    "showDeleted", "iCalUID" };

	q->frozen = emu_mix(q->types * 2U + q->single);
	for (size_t i = 0; i < EMU_COUNT(frozen); i++)
		q->frozen += text_print(r, frozen[i]);
	q->whole = q->frozen;
	for (size_t i = 0; i < EMU_COUNT(rest); i++)
		q->whole = emu_mix(q->whole) + text_print(r, rest[i]);
}

static bool
check_sync_combination(struct emu_req *r, bool deleted_given, bool deleted)
{
	static const char *const never[] = { "timeMin",
					     "timeMax",
					     "updatedMin",
					     "orderBy",
					     "q",
					     "iCalUID",
					     "privateExtendedProperty",
					     "sharedExtendedProperty" };

	for (size_t i = 0; i < EMU_COUNT(never); i++)
		if (emu_arg(r, never[i]))
			return illegal(r,
				       "Sync token cannot be used with other "
				       "search parameters.",
				       never[i]);
	if (deleted_given && !deleted)
		return illegal(r,
			       "Sync token cannot be used with "
			       "showDeleted=false.",
			       "showDeleted");
	return true;
}

static bool
check_times(struct emu_req *r, const struct query *q)
{
	if (q->time_min != INT64_MIN && q->time_max != INT64_MIN &&
	    q->time_max <= q->time_min) {
		emu_api_error(r, 400, "calendar", "timeRangeEmpty",
			      "The specified time range is empty.", "timeMax");
		return false;
	}
	if (!q->order)
		return true;
	if (strcmp(q->order, "startTime") == 0 && !q->single)
		return illegal(r,
			       "The requested ordering is not available for "
			       "the particular query.",
			       "orderBy");
	if (strcmp(q->order, "startTime") && strcmp(q->order, "updated")) {
		emu_bad_value(r, "orderBy");
		return false;
	}
	return true;
}

static bool
read_query(struct emu_req *r, const struct emu_cal *c, struct query *q)
{
	struct type_scan scan = { 0 };
	bool given, deleted_given;

	*q = (struct query){ .sync = emu_arg(r, "syncToken"),
			     .page = emu_arg(r, "pageToken"),
			     .search = emu_arg(r, "q"),
			     .uid = emu_arg(r, "iCalUID"),
			     .order = emu_arg(r, "orderBy") };
	if (!emu_max_results(r, 250, 2500, &q->max) ||
	    !emu_bool_arg(r, "singleEvents", &q->single, &given) ||
	    !emu_bool_arg(r, "showHiddenInvitations", &given, &given) ||
	    !emu_bool_arg(r, "showDeleted", &q->deleted, &deleted_given) ||
	    !emu_time_arg(r, "timeMin", &q->time_min) ||
	    !emu_time_arg(r, "timeMax", &q->time_max) ||
	    !emu_time_arg(r, "updatedMin", &q->updated_min) ||
	    !check_times(r, q))
		return false;
	MHD_get_connection_values(r->conn, MHD_GET_ARGUMENT_KIND, scan_type,
				  &scan);
	if (scan.bad) {
		emu_bad_value(r, "eventTypes");
		return false;
	}
	q->types = scan.types;
	take_prints(r, q);
	q->single |= strcmp(c->role, "freeBusyReader") == 0;
	return !q->sync || check_sync_combination(r, deleted_given, q->deleted);
}

static bool
read_sync_token(struct emu_req *r, const struct emu_cal *c, struct query *q)
{
	struct emu_token t = { 0 };

	if (!emu_read_token(q->sync, &t) || t.type != EMU_TOKEN_SYNC ||
	    t.account != c->account->key || t.calendar != c->key) {
		emu_bad_value(r, "syncToken");
		return false;
	}
	if (t.epoch != c->epoch) {
		emu_stats_count(r, "gone_410", 1);
		emu_gone(r);
		return false;
	}
	if (t.fingerprint != q->frozen)
		return illegal(r,
			       "Sync token was issued for a request with other "
			       "parameters.",
			       "syncToken");
	q->since = t.seq;
	q->here.position = t.seq;
	return true;
}

static bool
read_tokens(struct emu_req *r, const struct emu_cal *c, struct query *q)
{
	struct emu_token t;

	q->here = (struct emu_token){ .type = EMU_TOKEN_PAGE,
				      .account = c->account->key,
				      .calendar = c->key,
				      .epoch = c->page_epoch,
				      .seq = c->seq,
				      .fingerprint = q->whole };
	if (q->sync && !read_sync_token(r, c, q))
		return false;
	if (!q->page)
		return true;
	if (!emu_read_token(q->page, &t) || t.type != EMU_TOKEN_PAGE ||
	    t.calendar != c->key || t.account != c->account->key ||
	    t.epoch != c->page_epoch || t.fingerprint != q->whole) {
		emu_stats_count(r, "bad_page_tokens", 1);
		emu_bad_value(r, "pageToken");
		return false;
	}
	q->here = t;
	return true;
}

static enum emu_type
type_of(const json_t *body)
{
	const char *name =
		json_string_value(json_object_get(body, "eventType"));

	for (unsigned i = 0; name && i <= EMU_WORKING_LOCATION; i++)
		if (strcmp(emu_type_name((enum emu_type)i), name) == 0)
			return (enum emu_type)i;
	return EMU_DEFAULT;
}

static const json_t *
body_of(const struct emu_item *item)
{
	return item->place == EMU_OVERLAY ? item->over->body : item->made;
}

static int64_t
updated_of(const struct emu_item *item)
{
	const json_t *body = body_of(item);
	const char *text = json_string_value(json_object_get(body, "updated"));
	int64_t ms = INT64_MAX;

	if (!body)
		return item->spec.updated_ms;
	return text && emu_parse_time(text, &ms) ? ms : INT64_MAX;
}

void
emu_item_span(const struct emu_item *item, int64_t *start_ms, int64_t *end_ms)
{
	const json_t *body = body_of(item);
	struct emu_series s;
	bool series;

	*start_ms = INT64_MIN + 1; /* no usable time: always shown */
	*end_ms = INT64_MAX;
	if (body) {
		emu_json_times(body, start_ms, end_ms);
		series = emu_series_of_json(body, &s);
	} else {
		*start_ms = emu_spec_start_ms(&item->spec);
		*end_ms = emu_spec_end_ms(&item->spec);
		series = item->spec.role == EMU_MASTER;
		if (series)
			emu_series_of_spec(&item->spec, &s);
	}
	if (series)
		*end_ms = emu_series_end_ms(s);
}

static bool
in_window(const struct query *q, int64_t start_ms, int64_t end_ms)
{
	return (q->time_min == INT64_MIN || end_ms > q->time_min) &&
	       (q->time_max == INT64_MIN || start_ms < q->time_max);
}

static bool
contains(struct emu_cal *c, const struct emu_item *item, const char *key,
	 const char *text)
{
	struct emu_buf b = { 0 }, want = { 0 };
	bool found;

	emu_item_render(&b, c, item);
	if (key) {
		emu_putf(&want, "\"%s\":", key);
		emu_put_json(&want, text);
	} else {
		emu_puts(&want, text);
	}
	found = strcasestr(b.data, want.data) != NULL;
	emu_buf_free(&b);
	emu_buf_free(&want);
	return found;
}

/* Cancelled rows have rules of their own. */
static bool
shown_though_cancelled(const struct query *q, const struct emu_item *item)
{
	if (q->sync || q->deleted || q->updated_min != INT64_MIN)
		return true;
	return !q->single && emu_item_role(item) == EMU_CANCELLED;
}

static bool
timely(const struct query *q, const struct emu_item *item)
{
	int64_t start, end;

	if (q->time_min == INT64_MIN && q->time_max == INT64_MIN)
		return true;
	emu_item_span(item, &start, &end);
	return in_window(q, start, end);
}

static bool
matches(const struct query *q, struct emu_cal *c, const struct emu_item *item)
{
	const json_t *body = body_of(item);
	enum emu_type type;

	if (item->place == EMU_NOWHERE)
		return false;
	if (emu_item_cancelled(item) && !shown_though_cancelled(q, item))
		return false;
	type = body ? type_of(body) : item->spec.type;
	if (q->types && !(q->types >> type & 1))
		return false;
	if (q->updated_min != INT64_MIN && updated_of(item) <= q->updated_min)
		return false;
	if (!timely(q, item))
		return false;
	if (q->uid && !contains(c, item, "iCalUID", q->uid))
		return false;
	return !q->search || contains(c, item, NULL, q->search);
}

bool
emu_is_stored(struct emu_cal *c, const char *id)
{
	struct emu_item item;

	emu_find_event(c, id, &item);
	return item.place != EMU_NOWHERE || item.over;
}

static void
add_instance(struct emu_page *p, const struct emu_item *master,
	     const struct emu_series *s, int64_t local)
{
	struct emu_item one = *master;

	one.place = EMU_INSTANCE;
	if (master->place == EMU_BASE)
		emu_spec_instance(&one.spec, local);
	else
		one.made = emu_series_made(master->over->body, s, local);
	emu_page_add(p, &one);
	emu_item_release(&one);
}

/* singleEvents: a series becomes its instances. True when all fitted. */
static bool
add_series(struct emu_page *p, const struct query *q,
	   const struct emu_item *master, uint64_t *sub)
{
	int64_t far = (p->cal->account->world->ref_s + 366LL * EMU_DAY) * 1000;
	const char *name =
		master->place == EMU_BASE ? master->spec.id : master->over->id;
	struct emu_series s;
	struct emu_buf id = { 0 };
	int64_t local, start;
	uint64_t k = 0;
	bool fits = true;

	if (q->time_max != INT64_MIN)
		far = q->time_max;
	if (master->place == EMU_BASE)
		emu_series_of_spec(&master->spec, &s);
	else if (!emu_series_of_json(master->over->body, &s))
		return true;
	for (; fits && emu_series_next(&s, &local); k++) {
		start = emu_zone_to_utc(s.zone, local) * 1000;
		if (start >= far)
			break;
		if (k < *sub || !in_window(q, start, start + s.duration * 1000))
			continue;
		id.len = 0;
		emu_instance_id(&id, name, s.zone, s.all_day, local);
		if (emu_is_stored(p->cal, id.data))
			continue;
		fits = !emu_page_full(p);
		if (fits)
			add_instance(p, master, &s, local);
		else
			*sub = k;
	}
	emu_buf_free(&id);
	return fits;
}

/* One position; false when the page was full before all of it was in. */
static bool
add_item(struct emu_page *p, const struct query *q, const struct emu_item *item,
	 uint64_t *sub)
{
	if (!matches(q, p->cal, item))
		return true;
	if (q->single && emu_item_role(item) == EMU_MASTER &&
	    !emu_item_cancelled(item))
		return add_series(p, q, item, sub);
	if (emu_page_full(p))
		return false;
	emu_page_add(p, item);
	return true;
}

static bool
full_page(struct emu_page *p, const struct query *q, struct emu_token *next)
{
	uint64_t total = emu_positions(p->cal);
	struct emu_item item;

	for (; next->position < total; next->position++, next->sub = 0) {
		emu_item_at(p->cal, next->position, &item);
		if (!add_item(p, q, &item, &next->sub))
			return true;
	}
	return false;
}

static bool
delta_page(struct emu_page *p, const struct query *q, struct emu_token *next)
{
	const struct emu_cal *c = p->cal;
	struct emu_item item = { .place = EMU_OVERLAY };

	for (size_t i = emu_log_after(c, next->position); i < c->log_count;
	     i++, next->sub = 0) {
		const struct emu_change *change = &c->log[i];

		if (change->seq > next->seq)
			break;
		item.over = change->over;
		if (change->over->seq == change->seq &&
		    !add_item(p, q, &item, &next->sub))
			return true;
		next->position = change->seq;
	}
	return false;
}

void
emu_events_list(struct emu_req *r, struct emu_cal *c)
{
	struct emu_token next, sync;
	struct emu_page p;
	struct query q;
	bool more;

	if (!read_query(r, c, &q) || !read_tokens(r, c, &q))
		return;
	emu_stats_count(r, q.sync ? "incremental_pages" : "full_pages", 1);
	emu_page_init(&p, r, c, q.max);
	if (emu_page_emptied(&p, &q.here))
		return;
	next = q.here;
	next.salt = 0;
	more = q.sync ? delta_page(&p, &q, &next) : full_page(&p, &q, &next);
	sync = (struct emu_token){ .type = EMU_TOKEN_SYNC,
				   .account = c->account->key,
				   .calendar = c->key,
				   .epoch = c->epoch,
				   .seq = q.here.seq,
				   .fingerprint = q.frozen };
	emu_page_send(&p, &q.here, more ? &next : NULL,
		      q.order || q.search || q.uid ? NULL : &sync);
}
