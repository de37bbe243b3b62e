/* SPDX-License-Identifier: Apache-2.0 */
#include "page.h"

#include <stdlib.h>
#include <string.h>

#include "stats.h"

void
emu_page_init(struct emu_page *p, struct emu_req *r, struct emu_cal *c,
	      size_t max)
{
	*p = (struct emu_page){ .req = r, .cal = c, .max = max };
	p->fields = emu_arg(r, "fields");
	p->ends = emu_alloc((max + 1) * sizeof(*p->ends));
}

bool
emu_page_full(const struct emu_page *p)
{
	uint64_t cap = p->req->world->options.page_max_bytes;

	return p->count >= p->max || (cap && p->count && p->items.len >= cap);
}

/* A partial response names the parts of an item in brackets. */
static bool
is_partial(const struct emu_page *p)
{
	const char *items = p->fields ? strstr(p->fields, "items") : NULL;

	return items && (items[5] == '(' || items[5] == '/');
}

static void
put_field(struct emu_buf *b, const char *fields, const char *name,
	  const char *value)
{
	if (!value || !strstr(fields, name))
		return;
	emu_putc(b, ',');
	emu_put_json(b, name);
	emu_putc(b, ':');
	emu_put_json(b, value);
}

static void
put_original(struct emu_buf *b, const char *fields, const struct emu_spec *s,
	     const json_t *body)
{
	const json_t *value = json_object_get(body, "originalStartTime");
	char *text;

	if (!strstr(fields, "originalStartTime"))
		return;
	if (!body && (s->role == EMU_EXCEPTION || s->role == EMU_CANCELLED))
		emu_render_original(b, s);
	if (!value)
		return;
	text = json_dumps(value, JSON_COMPACT);
	emu_putf(b, ",\"originalStartTime\":%s", text ? text : "null");
	free(text);
}

void
emu_item_partial(struct emu_buf *out, const char *fields,
		 const struct emu_item *item)
{
	static const char *const names[] = { "id",      "status",
					     "etag",    "updated",
					     "iCalUID", "recurringEventId" };
	const struct emu_spec *s = &item->spec;
	bool base = !item->made && item->place != EMU_OVERLAY;
	const json_t *body = item->made ? item->made
			     : base     ? NULL
					: item->over->body;
	struct emu_buf b = { 0 }, etag = { 0 }, updated = { 0 };

	if (base) {
		emu_putf(&etag, "\"%llu\"",
			 (unsigned long long)s->updated_ms * 2000);
		emu_put_utc_ms(&updated, s->updated_ms);
		put_field(&b, fields, "id", s->id);
		put_field(&b, fields, "status",
			  s->role == EMU_CANCELLED ? "cancelled" : "confirmed");
		put_field(&b, fields, "etag", etag.data);
		if (s->role != EMU_CANCELLED)
			put_field(&b, fields, "updated", updated.data);
		if (strcmp(s->id, s->master_id) != 0)
			put_field(&b, fields, "recurringEventId", s->master_id);
	}
	for (size_t i = 0; body && i < EMU_COUNT(names); i++)
		put_field(&b, fields, names[i],
			  i == 1 && emu_item_cancelled(item)
				  ? "cancelled"
				  : json_string_value(
					    json_object_get(body, names[i])));
	put_original(&b, fields, s, body);
	emu_putc(out, '{');
	if (b.len)
		emu_put(out, b.data + 1, b.len - 1);
	emu_putc(out, '}');
	emu_buf_free(&b);
	emu_buf_free(&etag);
	emu_buf_free(&updated);
}

void
emu_page_add(struct emu_page *p, const struct emu_item *item)
{
	static const char extra[] = "\"xFutureField\":{\"deep\":[1,{\"a\":"
				    "null}],\"big\":1e30},";
	size_t at;

	if (p->count)
		emu_putc(&p->items, ',');
	at = p->items.len;
	if (is_partial(p))
		emu_item_partial(&p->items, p->fields, item);
	else
		emu_item_render(&p->items, p->cal, item);
	if (emu_fault_is(p->req, EMU_FAULT_UNKNOWN_FIELDS) &&
	    p->items.data[at + 1] != '}') {
		size_t len = p->items.len - at - 1;

		emu_reserve(&p->items, sizeof(extra));
		memmove(p->items.data + at + sizeof(extra),
			p->items.data + at + 1, len);
		memcpy(p->items.data + at + 1, extra, sizeof(extra) - 1);
		p->items.len += sizeof(extra) - 1;
		p->items.data[p->items.len] = '\0';
	}
	p->ends[p->count++] = p->items.len;
}

static void
put_named(struct emu_buf *b, const char *name, const char *value)
{
	if (b->data[b->len - 1] != '{')
		emu_putc(b, ',');
	emu_put_json(b, name);
	emu_putc(b, ':');
	emu_put_json(b, value);
}

static bool
wanted(const struct emu_page *p, const char *name)
{
	return !p->fields || strcmp(p->fields, "*") == 0 ||
	       strstr(p->fields, name);
}

static void
put_envelope(struct emu_buf *b, const struct emu_page *p)
{
	const struct emu_cal *c = p->cal;
	struct emu_buf t = { 0 };

	if (wanted(p, "kind"))
		put_named(b, "kind", "calendar#events");
	emu_putf(&t, "\"p%llx\"", (unsigned long long)(c->seq + c->key % 997));
	if (!p->fields)
		put_named(b, "etag", t.data);
	if (wanted(p, "summary"))
		put_named(b, "summary", c->summary);
	t.len = 0;
	emu_put_utc_ms(&t, c->updated_ms);
	if (!p->fields)
		put_named(b, "updated", t.data);
	if (wanted(p, "timeZone"))
		put_named(b, "timeZone", c->zone->name);
	if (wanted(p, "accessRole"))
		put_named(b, "accessRole", c->role);
	if (!p->fields)
		EMU_LIT(b, ",\"defaultReminders\":[{\"method\":\"popup\","
			   "\"minutes\":10}]");
	if (emu_fault_is(p->req, EMU_FAULT_UNKNOWN_FIELDS))
		EMU_LIT(b, ",\"xFuture\":[{\"nested\":{\"items\":[]}}]");
	emu_buf_free(&t);
}

/* The items; a fault may put foreign text between them. */
static void
put_items(struct emu_buf *b, const struct emu_page *p)
{
	const struct emu_buf *in = &p->items;
	size_t at = p->count / 2, cut;
	const struct emu_fault *f = p->req->fault;

	if (b->data[b->len - 1] != '{')
		emu_putc(b, ',');
	EMU_LIT(b, "\"items\":[");
	if (!emu_fault_is(p->req, EMU_FAULT_ITEMS)) {
		emu_put(b, in->data ? in->data : "", in->len);
		emu_putc(b, ']');
		return;
	}
	at = (size_t)emu_fault_number(f, "at", at);
	at = at > p->count ? p->count : at;
	cut = at ? p->ends[at - 1] : 0;
	emu_put(b, in->data ? in->data : "", cut);
	if (at)
		emu_putc(b, ',');
	emu_put(b, f->items.data, f->items.len);
	if (at < p->count) {
		emu_putc(b, ',');
		cut += at ? 1 : 0;
		emu_put(b, in->data + cut, in->len - cut);
	}
	emu_putc(b, ']');
}

static void
put_token(struct emu_buf *b, const struct emu_page *p, const char *name,
	  const struct emu_token *t)
{
	struct emu_buf text = { 0 };

	if (!wanted(p, name))
		return;
	emu_put_token(&text, t);
	put_named(b, name, text.data);
	emu_buf_free(&text);
}

static void
finish(struct emu_page *p, const struct emu_token *next,
       const struct emu_token *sync)
{
	struct emu_req *r = p->req;
	struct emu_buf b = { 0 };

	emu_reserve(&b, p->items.len + 2048);
	emu_putc(&b, '{');
	put_envelope(&b, p);
	if (next)
		put_token(&b, p, "nextPageToken", next);
	else if (sync && !emu_fault_is(r, EMU_FAULT_NO_TOKEN))
		put_token(&b, p, "nextSyncToken", sync);
	if (wanted(p, "items"))
		put_items(&b, p);
	emu_putc(&b, '}');
	emu_reply_text(r, 200, "application/json; charset=UTF-8", "");
	emu_buf_free(&r->reply.body);
	r->reply.body = b;
	emu_stats_count(r, "pages", 1);
	emu_stats_count(r, "items", p->count);
	emu_buf_free(&p->items);
	free(p->ends);
}

void
emu_page_send(struct emu_page *p, const struct emu_token *here,
	      const struct emu_token *next, const struct emu_token *sync)
{
	struct emu_token again = *here;

	if (emu_fault_is(p->req, EMU_FAULT_LOOP_TOKEN)) {
		uint64_t ring = emu_fault_number(p->req->fault, "n", 1);

		again.salt = (here->salt + 1) % (ring ? ring : 1);
		next = &again;
	} else if (emu_fault_is(p->req, EMU_FAULT_DUP_PAGE) &&
		   here->salt == 0) {
		again.salt = 1;
		next = &again;
	}
	finish(p, next, sync);
}

bool
emu_page_emptied(struct emu_page *p, const struct emu_token *here)
{
	struct emu_token again = *here;
	bool endless = emu_fault_is(p->req, EMU_FAULT_ENDLESS_TOKEN);

	if (!endless && !emu_fault_is(p->req, EMU_FAULT_EMPTY_PAGES))
		return false;
	if (!endless && here->salt >= emu_fault_number(p->req->fault, "n", 1))
		return false;
	again.salt++;
	finish(p, &again, NULL);
	return true;
}

void
emu_bad_value(struct emu_req *r, const char *name)
{
	struct emu_buf b = { 0 };

	emu_putf(&b, "Invalid value for: %s", name);
	emu_api_error(r, 400, "global", "invalid", b.data, name);
	emu_buf_free(&b);
}

bool
emu_max_results(struct emu_req *r, size_t otherwise, size_t most, size_t *max)
{
	const char *text = emu_arg(r, "maxResults");
	uint64_t n = otherwise;

	if (text && (!emu_parse_u64(text, &n) || n < 1 || n > most)) {
		emu_bad_value(r, "maxResults");
		return false;
	}
	*max = (size_t)n;
	return true;
}

bool
emu_bool_arg(struct emu_req *r, const char *name, bool *value, bool *given)
{
	const char *text = emu_arg(r, name);

	*given = text != NULL;
	*value = text && strcmp(text, "true") == 0;
	if (!text || *value || strcmp(text, "false") == 0)
		return true;
	emu_bad_value(r, name);
	return false;
}

bool
emu_time_arg(struct emu_req *r, const char *name, int64_t *ms)
{
	const char *text = emu_arg(r, name);

	*ms = INT64_MIN;
	if (!text || emu_parse_time(text, ms))
		return true;
	emu_bad_value(r, name);
	return false;
}
