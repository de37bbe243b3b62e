/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /rest/memberSnapshotData. A page is a range of numbers: what leaves the
 * world while a client walks moves no other row to another page.
 */
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "member.h"
#include "stats.h"

/* Documented, and of nobody here. */
static const char *const others[] = {
	"ACCOUNT_HISTORY",
	"ACTOR_SAVE_ITEM",
	"ADS_CLICKED",
	"ADS_LAN",
	"AD_TARGETING",
	"ALL_COMMENTS",
	"ALL_LIKES",
	"ALL_VOTES",
	"ARTICLES",
	"CALENDAR",
	"CAUSES_YOU_CARE_ABOUT",
	"CERTIFICATIONS",
	"COMPANY_FOLLOWS",
	"COURSES",
	"EASYAPPLY_BLOCKING",
	"EDUCATION",
	"ENDORSEMENTS",
	"EVENTS",
	"GROUPS",
	"HONORS",
	"INFERENCE_TAKEOUT",
	"INSTANT_REPOSTS",
	"JOB_APPLICATIONS",
	"LANGUAGES",
	"LEARNING",
	"LOGIN",
	"MEMBER_FOLLOWING",
	"MEMBER_SHARE_INFO",
	"ORGANIZATIONS",
	"PATENTS",
	"PROFILE_SUMMARY",
	"PROJECTS",
	"PUBLICATIONS",
	"RECEIPTS",
	"RECOMMENDATIONS",
	"REGISTRATION",
	"REVIEWS",
	"RICH_MEDIA",
	"SAVED_JOBS",
	"SEARCHES",
	"TEST_SCORES",
	"VOLUNTEERING_EXPERIENCES",
	"WHATSAPP_NUMBERS",
};

struct page {
	struct emu_req *r;
	struct emu_member *m;
	const struct emu_options *o;
	enum emu_domain domain;
	bool all; /* no domain named: a walk through all of them */
	uint64_t start, number; /* as asked; within its domain */
	uint64_t pages;         /* of the walk */
	uint64_t order;         /* decides how rows and keys lie */
	int64_t at_ms;
	struct emu_buf rows;
	uint64_t count;
	uint64_t rest; /* numbers of this domain */
	uint64_t each; /* rows of a page */
};

static void
no_data(struct emu_req *r)
{
	emu_reply_json(r, 404,
		       json_pack("{s:s,s:i}", "message",
				 "No data found for this domain and memberId.",
				 "status", 404));
}

/* --- rows ---------------------------------------------------------------- */

static bool
is_list(const char *column)
{
	return strcmp(column, "RECIPIENT PROFILE URLS") == 0 ||
	       strcmp(column, "ATTACHMENTS") == 0;
}

static bool
lists_as_arrays(const struct page *p, uint64_t slot)
{
	const char *how = p->o->linkedin_lists;

	if (how && strcmp(how, "mixed") == 0)
		return slot & 1;
	return how && strcmp(how, "array") == 0;
}

static enum emu_dates
dates_of(const struct page *p, uint64_t slot)
{
	const char *how = p->o->linkedin_dates;
	bool iso = how && strcmp(how, "iso") == 0;

	if (how && strcmp(how, "mixed") == 0)
		iso = slot & 1;
	return iso ? EMU_DATES_ISO : EMU_DATES_ARCHIVE;
}

static void
put_array(struct emu_buf *b, const char *text)
{
	bool any = false;

	emu_putc(b, '[');
	while (*text) {
		size_t len = strcspn(text, ",");

		if (any)
			emu_putc(b, ',');
		emu_put_json_len(b, text, len);
		any = true;
		text += len + (text[len] == ',');
	}
	emu_putc(b, ']');
}

static void
put_object(struct page *p, const struct emu_row *row, uint64_t slot)
{
	const char *const *columns = emu_domain_columns(p->domain);
	bool arrays = lists_as_arrays(p, slot);
	struct emu_buf *b = &p->rows;

	emu_puts(b, p->count++ ? ",{" : "{");
	for (unsigned i = 0; i < row->count; i++) {
		unsigned at = (unsigned)((i + p->order) % row->count);
		const struct emu_buf *cell = &row->cell[at];

		if (i)
			emu_putc(b, ',');
		emu_put_json(b, columns[at]);
		emu_putc(b, ':');
		if (arrays && is_list(columns[at]))
			put_array(b, cell->data);
		else
			emu_put_json_len(b, cell->data, cell->len);
	}
	emu_putc(b, '}');
}

static bool
add_row(struct page *p, struct emu_row *row, uint64_t slot)
{
	row->dates = dates_of(p, slot);
	if (!emu_row_at(p->m, p->domain, slot, p->at_ms, row))
		return false;
	put_object(p, row, slot);
	return true;
}

/* The nearest row before a number, or else after it. */
static void
add_neighbour(struct page *p, struct emu_row *row, uint64_t slot)
{
	for (uint64_t i = slot; i-- > 0;)
		if (add_row(p, row, i))
			return;
	for (uint64_t i = slot; i < p->rest; i++)
		if (add_row(p, row, i))
			return;
}

/* A page all of whose rows are gone shows one of another page. */
static void
fill(struct page *p)
{
	uint64_t first = p->number * p->each, left = p->rest - first;
	uint64_t size = left < p->each ? left : p->each;
	uint64_t turn = p->order % size;
	struct emu_row row = { 0 };

	if (p->o->linkedin_dup_rows && p->number % 3 == 1)
		add_neighbour(p, &row, first);
	for (uint64_t i = 0; i < size; i++)
		add_row(p, &row, first + (i + turn) % size);
	if (!p->count)
		add_neighbour(p, &row, first);
	emu_row_free(&row);
}

/* --- paging -------------------------------------------------------------- */

static bool
is_unready(const struct page *p, enum emu_domain domain)
{
	const struct emu_domain_mood *mood = &p->m->moods[domain];

	return mood->state == EMU_DOMAIN_EMPTY ||
	       (mood->state == EMU_DOMAIN_NOT_READY &&
		emu_now_ms(p->r->world) < mood->until_ms);
}

/* The walk through all passes by what is not there. */
static uint64_t
pages_of(const struct page *p, enum emu_domain domain)
{
	if (p->all && is_unready(p, domain))
		return 0;
	return (emu_domain_slots(p->m, domain) + p->each - 1) / p->each;
}

/* Each page of the walk holds one domain; false beyond the last. */
static bool
find_page(struct page *p)
{
	uint64_t at = p->start;

	p->number = at;
	if (!p->all) {
		const struct emu_domain_mood *mood = &p->m->moods[p->domain];

		p->pages = pages_of(p, p->domain);
		p->rest = emu_domain_slots(p->m, p->domain);
		if (mood->state == EMU_DOMAIN_STUCK && at > mood->page)
			p->number = at = mood->page;
		return at < p->pages;
	}
	for (int d = EMU_DOMAINS - 1; d >= 0; d--)
		p->pages += pages_of(p, (enum emu_domain)d);
	for (int d = 0; d < EMU_DOMAINS; d++) {
		p->domain = (enum emu_domain)d;
		p->number = at;
		p->rest = emu_domain_slots(p->m, p->domain);
		if (at < pages_of(p, p->domain))
			return true;
		at -= pages_of(p, p->domain);
	}
	return false;
}

/* LinkedIn's own host and path, or what a client must not follow. */
static void
put_href(struct emu_buf *b, const struct page *p)
{
	const char *how = p->o->linkedin_links;
	const char *host = emu_header(p->r, "Host");
	const char *port = host ? strrchr(host, ':') : NULL;

	if (how && strcmp(how, "foreign") == 0)
		emu_putf(b, "http://localhost%s", port ? port : "");
	emu_puts(b, how && strcmp(how, "path") == 0
			    ? "/rest/memberStrangeData"
			    : "/rest/memberSnapshotData");
	EMU_LIT(b, "?count=10&");
	if (!p->all)
		emu_putf(b, "domain=%s&", emu_domain_name(p->domain));
	emu_putf(b, "q=criteria&start=%llu",
		 (unsigned long long)(p->start + 1));
}

static void
put_paging(struct emu_buf *b, const struct page *p)
{
	const char *how = p->o->linkedin_links;
	struct emu_buf href = { 0 };

	emu_putf(b, "{\"paging\":{\"start\":%llu,\"count\":10,\"links\":[",
		 (unsigned long long)p->start);
	if (p->start + 1 < p->pages && !(how && strcmp(how, "none") == 0)) {
		put_href(&href, p);
		EMU_LIT(b, "{\"type\":\"application/json\",\"rel\":\"next\","
			   "\"href\":");
		emu_put_json(b, href.data);
		emu_putc(b, '}');
		emu_buf_free(&href);
	}
	/* some of the data is elsewhere: the total knows less than there is */
	emu_putf(b, "],\"total\":%llu},",
		 (unsigned long long)(p->pages + 1) / 2);
}

static const char *
echo_of(enum emu_domain domain)
{
	if (domain == EMU_DOMAIN_EMAILS)
		return "Email_Addresses";
	if (domain == EMU_DOMAIN_INVITATIONS)
		return "Invitations";
	return emu_domain_name(domain);
}

static void
add_foreign(struct page *p)
{
	const struct emu_buf *items = &p->r->fault->items;

	if (p->count++)
		emu_putc(&p->rows, ',');
	emu_put(&p->rows, items->data, items->len);
}

static void
send_page(struct page *p)
{
	struct emu_buf b = { 0 };

	if (emu_fault_is(p->r, EMU_FAULT_ITEMS))
		add_foreign(p);
	put_paging(&b, p);
	if (emu_fault_is(p->r, EMU_FAULT_UNKNOWN_FIELDS))
		EMU_LIT(&b, "\"xFuture\":[{\"elements\":[]}],");
	emu_putf(&b,
		 "\"elements\":[{\"snapshotDomain\":\"%s\","
		 "\"snapshotData\":[",
		 echo_of(p->domain));
	emu_put(&b, p->rows.data ? p->rows.data : "", p->rows.len);
	EMU_LIT(&b, "]}]}");
	emu_reply_text(p->r, 200, "application/json", "");
	emu_buf_free(&p->r->reply.body);
	p->r->reply.body = b;
	emu_stats_count(p->r, "linkedin_rows", p->count);
}

/* --- the request --------------------------------------------------------- */

/* What `_control` did to the domain; true when that was the answer. */
static bool
moody(struct page *p)
{
	const struct emu_domain_mood *mood = &p->m->moods[p->domain];

	switch (mood->state) {
	case EMU_DOMAIN_NOT_READY:
	case EMU_DOMAIN_EMPTY:
		if (!is_unready(p, p->domain))
			return false;
		no_data(p->r);
		return true;
	case EMU_DOMAIN_BLANK:
		p->pages = 1;
		if (p->number)
			no_data(p->r);
		else
			send_page(p);
		return true;
	case EMU_DOMAIN_FAILS:
		if (p->number < mood->page)
			return false;
		emu_rest_error(p->r, mood->status, 0, "INTERNAL_SERVER_ERROR",
			       "Internal Server Error");
		return true;
	case EMU_DOMAIN_ENDS:
		if (p->number < mood->page)
			return false;
		no_data(p->r);
		return true;
	case EMU_DOMAIN_STUCK:
	case EMU_DOMAIN_READY:
		break;
	}
	return false;
}

static bool
is_documented(const char *name)
{
	for (size_t i = 0; i < EMU_COUNT(others); i++)
		if (strcmp(others[i], name) == 0)
			return true;
	return false;
}

/* False after replying. */
static bool
read_domain(struct page *p)
{
	const char *name = emu_arg(p->r, "domain");

	p->all = !name;
	if (!name)
		return true;
	for (int d = 0; d < EMU_DOMAINS; d++)
		if (strcmp(emu_domain_name((enum emu_domain)d), name) == 0) {
			p->domain = (enum emu_domain)d;
			return true;
		}
	if (is_documented(name))
		no_data(p->r);
	else
		emu_rest_error(p->r, 400, 0, "INVALID_PARAM",
			       "Invalid value for parameter domain");
	return false;
}

static bool
read_page(struct page *p)
{
	static const char *const known[] = { "q", "domain", "start", "count",
					     NULL };
	const char *q = emu_arg(p->r, "q"), *start = emu_arg(p->r, "start");
	const char *count = emu_arg(p->r, "count");
	uint64_t n;

	if (!emu_only_args(p->r, known))
		return false;
	if (!q || strcmp(q, "criteria") != 0 ||
	    (start && !emu_parse_u64(start, &p->start)) ||
	    (count && (!emu_parse_u64(count, &n) || !n))) {
		emu_rest_error(p->r, 400, 0, "INVALID_PARAM",
			       "Invalid query parameters");
		return false;
	}
	return read_domain(p);
}

void
emu_member_snapshot(struct emu_req *r)
{
	struct page p = { .r = r, .o = &r->world->options };
	bool there;

	p.m = emu_member_authorize(r, "memberSnapshotData.FINDER-criteria");
	if (!p.m || !read_page(&p))
		return;
	p.each = p.o->linkedin_page_rows ? p.o->linkedin_page_rows : 1;
	p.at_ms = p.o->linkedin_frozen ? p.m->consent_ms : emu_now_ms(r->world);
	p.order = p.o->linkedin_shuffle ? p.m->calls++ * 7 : 0;
	there = find_page(&p);
	if ((there || !p.all) && moody(&p))
		return;
	if (there)
		fill(&p);
	if (there && p.count)
		send_page(&p);
	else
		no_data(r);
	emu_buf_free(&p.rows);
}
