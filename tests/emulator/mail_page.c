/* SPDX-License-Identifier: Apache-2.0 */
#include "mail_page.h"

#include "stats.h"

#define PAGE_MOST 500

static bool
read_token(struct emu_mail_page *p, const char *text)
{
	const struct emu_world *w = p->req->world;
	uint64_t life = w->options.mail_page_life_s;
	uint64_t now = (uint64_t)emu_now_ms(w) / 1000;
	struct emu_token t;

	if (!emu_read_token(text, &t) || t.type != p->here.type ||
	    t.account != p->here.account ||
	    t.fingerprint != p->here.fingerprint || t.epoch != p->here.epoch ||
	    (life && now > t.calendar + life))
		return false;
	t.calendar = now;
	p->here = t;
	return true;
}

bool
emu_mail_page_begin(struct emu_mail_page *p, struct emu_req *r,
		    enum emu_token_type type, uint64_t print)
{
	const char *max = emu_arg(r, "maxResults");
	const char *page = emu_arg(r, "pageToken");
	uint64_t n = 100, most = r->world->options.mail_page_max;

	*p = (struct emu_mail_page){ .req = r };
	p->here.type = type;
	p->here.account = r->account->key;
	p->here.epoch = r->account->mail->page_epoch;
	p->here.calendar = (uint64_t)emu_now_ms(r->world) / 1000;
	p->here.fingerprint = print;
	if (max && (!emu_parse_u64(max, &n) || n < 1 || n > PAGE_MOST)) {
		emu_mail_bad(r, "Invalid value at 'max_results'");
		return false;
	}
	if (most && n > most)
		n = most;
	p->max = (size_t)n;
	if (page && !read_token(p, page)) {
		emu_mail_bad(r, "Invalid pageToken");
		return false;
	}
	return true;
}

void
emu_mail_page_item(struct emu_mail_page *p)
{
	if (p->count++)
		emu_putc(&p->items, ',');
}

bool
emu_mail_page_empty(const struct emu_mail_page *p)
{
	if (emu_fault_is(p->req, EMU_FAULT_ENDLESS_TOKEN))
		return true;
	return emu_fault_is(p->req, EMU_FAULT_EMPTY_PAGES) &&
	       p->here.salt < emu_fault_number(p->req->fault, "n", 1);
}

/* Which page a fault makes follow; NULL for the right one. */
static bool
detour(const struct emu_mail_page *p, struct emu_token *t)
{
	const struct emu_fault *f = p->req->fault;
	uint64_t ring;

	*t = p->here;
	if (emu_mail_page_empty(p)) {
		t->salt++;
	} else if (emu_fault_is(p->req, EMU_FAULT_LOOP_TOKEN)) {
		ring = emu_fault_number(f, "n", 1);
		t->salt = (t->salt + 1) % (ring ? ring : 1);
	} else if (emu_fault_is(p->req, EMU_FAULT_DUP_PAGE) && !t->salt) {
		t->salt = 1;
	} else {
		return false;
	}
	return true;
}

void
emu_mail_page_send(struct emu_mail_page *p, const struct emu_token *next)
{
	struct emu_req *r = p->req;
	struct emu_buf b = { 0 };
	struct emu_token other;

	if (detour(p, &other))
		next = &other;
	if (emu_fault_is(r, EMU_FAULT_ITEMS)) {
		emu_mail_page_item(p);
		emu_put(&p->items, r->fault->items.data, r->fault->items.len);
	}
	emu_putc(&b, '{');
	if (p->count) {
		emu_putf(&b, "\"%s\":[", p->name);
		emu_put(&b, p->items.data, p->items.len);
		EMU_LIT(&b, "],");
	}
	if (next) {
		EMU_LIT(&b, "\"nextPageToken\":\"");
		emu_put_token(&b, next);
		EMU_LIT(&b, "\",");
	}
	if (emu_fault_is(r, EMU_FAULT_UNKNOWN_FIELDS))
		EMU_LIT(&b, "\"xFuture\":[{\"nested\":{\"messages\":[]}}],");
	emu_put(&b, p->tail.data, p->tail.len);
	emu_putc(&b, '}');
	emu_stats_count(r, "pages", 1);
	emu_stats_count(r, "items", p->count);
	emu_buf_free(&p->items);
	emu_buf_free(&p->tail);
	emu_mail_reply(r, &b);
}
