/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GET /rest/memberChangeLogs: what happened after consent, in the last 28
 * days. Invented messages and invitations are events too, made up when asked.
 */
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "member.h"
#include "stats.h"

#define WINDOW_MS    (28LL * EMU_DAY * 1000)
#define REPLAY_MS    7200000LL
#define COUNT_MOST   50
#define COUNT_QUICK  10
#define ID_FIRST     3000000000U
#define ID_INV       3200000000U
#define ID_LOG       3500000000U
#define LETTER_DELAY 120

struct window {
	const struct emu_member *m;
	const struct emu_options *o;
	int64_t from_ms, now_ms;
	struct emu_happening *list;
	size_t count;
};

/* --- what happened ------------------------------------------------------- */

static int64_t
processed_ms(const struct emu_options *o, int64_t captured_ms)
{
	int64_t ms = captured_ms + 500, clump = (int64_t)o->linkedin_clump_ms;

	return clump ? (ms + clump - 1) / clump * clump : ms;
}

static void
take(struct window *w, const struct emu_happening *h)
{
	struct emu_happening *to;

	if (h->processed_ms < w->from_ms || h->processed_ms > w->now_ms)
		return;
	to = emu_append(&w->list, &w->count, sizeof(*to));
	*to = *h;
}

/* A failure is followed by its replay, under the same activity. */
static void
consider(struct window *w, struct emu_happening *h)
{
	if (h->captured_ms < w->m->consent_ms)
		return;
	h->processed_ms = processed_ms(w->o, h->captured_ms);
	take(w, h);
	if (!h->failed)
		return;
	h->replay = true;
	h->id++;
	h->processed_ms = processed_ms(w->o, h->captured_ms + REPLAY_MS);
	take(w, h);
}

static bool
draws_failure(const struct window *w, uint64_t number)
{
	return emu_draw(w->m->key ^ 0xfa11, number) % 100 <
	       w->o->linkedin_replay_percent;
}

static void
invented_letters(struct window *w)
{
	int64_t slack = REPLAY_MS + (int64_t)w->o->linkedin_clump_ms + 1000;
	int64_t since = w->from_ms - slack;

	if (since < w->m->consent_ms - 1000)
		since = w->m->consent_ms - 1000;
	for (uint64_t i = emu_letter_from(w->m, since); i < w->m->messages;
	     i++) {
		struct emu_happening h = { .deed = EMU_MESSAGE_CREATE,
					   .subject = i,
					   .id = ID_FIRST + i * 8 };
		struct emu_letter l;
		struct emu_thread t;

		emu_letter_at(w->m, i, &l);
		if (l.ms > w->now_ms)
			break;
		emu_thread_at(w->m, l.thread, &t);
		h.captured_ms = l.ms + LETTER_DELAY;
		h.failed = draws_failure(w, i);
		if (t.talk != EMU_TALK_SPONSOR)
			consider(w, &h);
		if (!w->o->linkedin_noise || i % 9)
			continue;
		h = (struct emu_happening){ .deed = EMU_NOISE,
					    .subject = i,
					    .id = ID_FIRST + i * 8 + 4,
					    .captured_ms = l.ms + 60000 };
		consider(w, &h);
	}
}

static void
invented_invs(struct window *w)
{
	for (uint64_t i = 0; i < w->m->invitations; i++) {
		struct emu_happening h = { .subject = i, .id = ID_INV + i * 8 };
		struct emu_inv v;

		emu_inv_at(w->m, i, w->now_ms, &v);
		h.deed = v.sent ? EMU_INV_CREATE : EMU_INV_CLOSE;
		h.captured_ms = v.sent ? v.ms : v.closed_ms;
		if (v.sent || v.state == EMU_ACCEPTED ||
		    v.state == EMU_DECLINED)
			consider(w, &h);
	}
}

static int
by_time(const void *a, const void *b)
{
	const struct emu_happening *x = a, *y = b;

	if (x->processed_ms != y->processed_ms)
		return x->processed_ms < y->processed_ms ? -1 : 1;
	return x->id < y->id ? -1 : x->id > y->id;
}

static void
look(struct window *w)
{
	invented_letters(w);
	invented_invs(w);
	for (size_t i = 0; i < w->m->log_count; i++) {
		struct emu_happening h = w->m->log[i];

		h.id = ID_LOG + i * 8;
		consider(w, &h);
	}
	if (w->count)
		qsort(w->list, w->count, sizeof(*w->list), by_time);
}

static bool
is_told(const struct emu_member *m, const struct emu_options *o,
	int64_t captured_ms)
{
	int64_t now = emu_now_ms(m->account->world);
	int64_t at = processed_ms(o, captured_ms);

	return captured_ms >= m->consent_ms && at <= now &&
	       at >= now - WINDOW_MS;
}

bool
emu_log_has(const struct emu_member *m, enum emu_deed deed, uint64_t subject,
	    int64_t ms)
{
	const struct emu_options *o = &m->account->world->options;
	bool letter = deed < EMU_INV_CREATE;

	if (letter && subject < m->messages && is_told(m, o, ms + LETTER_DELAY))
		return true;
	if (!letter && subject < m->invitations && is_told(m, o, ms))
		return true;
	for (size_t i = 0; i < m->log_count; i++)
		if (m->log[i].subject == subject &&
		    m->log[i].deed < EMU_NOISE &&
		    (m->log[i].deed < EMU_INV_CREATE) == letter &&
		    is_told(m, o, m->log[i].captured_ms))
			return true;
	return false;
}

/* --- the request --------------------------------------------------------- */

/* Fewer than asked for, now and then, though more follow. */
static size_t
page_size(const struct window *w, size_t start, size_t count)
{
	size_t left = start < w->count ? w->count - start : 0;
	size_t size = left < count ? left : count;

	if (w->o->linkedin_short_pages && size > 1 && start % 3 == 2)
		size--;
	return size;
}

static void
put_paging(struct emu_buf *b, const struct emu_req *r, size_t start,
	   size_t count, size_t size)
{
	const char *since = emu_arg(r, "startTime");

	emu_putf(b, "{\"paging\":{\"start\":%zu,\"count\":%zu,\"links\":[",
		 start, count);
	if (size) {
		emu_putf(b,
			 "{\"type\":\"application/json\",\"rel\":\"next\","
			 "\"href\":\"/rest/memberChangeLogs?count=%zu&q="
			 "memberAndApplication&start=%zu",
			 count, start + size);
		if (since)
			emu_putf(b, "&startTime=%s", since);
		EMU_LIT(b, "\"}");
	}
	emu_putf(b, "],\"total\":%zu},\"elements\":[", size);
}

static void
send_page(struct emu_req *r, const struct window *w, size_t start, size_t count)
{
	size_t size = page_size(w, start, count);
	struct emu_buf b = { 0 };

	put_paging(&b, r, start, count, size);
	for (size_t i = 0; i < size; i++) {
		size_t at = start + i;

		if (w->o->linkedin_newest_first)
			at = w->count - 1 - at;
		if (i)
			emu_putc(&b, ',');
		emu_put_event(&b, w->m, &w->list[at]);
	}
	if (emu_fault_is(r, EMU_FAULT_ITEMS)) {
		if (size)
			emu_putc(&b, ',');
		emu_put(&b, r->fault->items.data, r->fault->items.len);
	}
	emu_puts(&b, emu_fault_is(r, EMU_FAULT_UNKNOWN_FIELDS)
			     ? "],\"xFuture\":[{\"elements\":[]}]}"
			     : "]}");
	emu_reply_text(r, 200, "application/json", "");
	emu_buf_free(&r->reply.body);
	r->reply.body = b;
	emu_stats_count(r, "linkedin_events", size);
	if (count > COUNT_QUICK)
		r->delay_ms = (count - COUNT_QUICK) * w->o->linkedin_slow_ms;
}

/* False after replying 400. */
static bool
number_arg(struct emu_req *r, const char *name, uint64_t most, uint64_t *n)
{
	const char *text = emu_arg(r, name);

	if (!text || (emu_parse_u64(text, n) && *n <= most))
		return true;
	emu_rest_error(r, 400, 0, "INVALID_PARAM",
		       strcmp(name, "count") == 0
			       ? "count must be between 1 and 50"
			       : "Invalid value for a query parameter");
	return false;
}

static bool
read_args(struct emu_req *r, uint64_t *since, uint64_t *start, uint64_t *count)
{
	static const char *const known[] = { "q", "startTime", "count", "start",
					     NULL };
	const char *q = emu_arg(r, "q");

	if (!emu_only_args(r, known))
		return false;
	if (!q || strcmp(q, "memberAndApplication") != 0) {
		emu_rest_error(r, 400, 0, "INVALID_PARAM", "Invalid query");
		return false;
	}
	if (!number_arg(r, "startTime", INT64_MAX, since) ||
	    !number_arg(r, "start", INT32_MAX, start) ||
	    !number_arg(r, "count", COUNT_MOST, count))
		return false;
	if (*count)
		return true;
	emu_rest_error(r, 400, 0, "INVALID_PARAM",
		       "count must be between 1 and 50");
	return false;
}

void
emu_member_log(struct emu_req *r)
{
	uint64_t since = 0, start = 0, count = COUNT_QUICK;
	struct window w = { .o = &r->world->options };

	w.m = emu_member_authorize(
		r, "memberChangeLogs.FINDER-memberAndApplication");
	if (!w.m || !read_args(r, &since, &start, &count))
		return;
	w.now_ms = emu_now_ms(r->world);
	w.from_ms = w.now_ms - WINDOW_MS;
	if ((int64_t)since > w.from_ms)
		w.from_ms = (int64_t)since;
	look(&w);
	send_page(r, &w, (size_t)start, (size_t)count);
	free(w.list);
}
