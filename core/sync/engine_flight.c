/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A flight: the requests of one ask, from the connector's words to a page's
 * answers. engine_launch.c lets them go, engine_judge.c says what came back.
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/net/url.h"
#include "core/sync/engine_private.h"

static bool
is_among(const char *const *ids, const char *id)
{
	for (; *ids; ids++)
		if (strcmp(*ids, id) == 0)
			return true;
	return false;
}

static const struct sl_ref *
copy_wanted(struct sl_arena *arena, const struct sl_aim *aim)
{
	struct sl_ref *first = NULL, **tail = &first;

	for (const struct sl_ref *r = aim->wanted; r; r = r->next) {
		if (is_among(aim->except, r->source_id))
			continue;
		*tail = sl_ref_copy(arena, r);
		tail = &(*tail)->next;
	}
	return first;
}

struct sl_flight *
sl_flight_new(struct sl_task *task, const struct sl_aim *aim)
{
	struct sl_flight *f = sl_alloc(sizeof(*f));
	struct sl_run *run = task->run;

	f->task = task;
	f->arena = sl_arena_new();
	f->cursor = json_incref(aim->cursor);
	f->holds_page = true;
	f->rolls = aim->wanted != NULL;
	f->stream = (struct sl_stream){
		.kind = task->row.kind,
		.key = task->row.key,
		.walking = aim->walking,
		.walk_started_us =
			aim->walking ? task->walk_started_us : SL_NO_TIME,
	};
	f->turn = (struct sl_turn){
		.stream = &f->stream,
		.settings = run->settings,
		.account = run->account.account,
		.cursor = f->cursor,
		.wanted =
			aim->except ? copy_wanted(f->arena, aim) : aim->wanted,
		.shrink = task->shrink,
		.now_us = sl_run_now_us(run),
		.checked_us = task->row.checked_us,
		.connected_us = run->account.connected_us,
	};
	if (f->rolls && !f->turn.wanted)
		sl_flight_free(&f);
	return f;
}

void
sl_flight_free(struct sl_flight **flight)
{
	struct sl_flight *f = *flight;

	if (!f)
		return;
	for (size_t i = 0; i < f->count; i++) {
		sl_leg_unpace(&f->legs[i]);
		sl_leg_drop_body(&f->legs[i]);
		sl_token_unref(f->task->run->engine, &f->legs[i].token);
	}
	if (f->holds_page)
		sl_run_give_page(f->task->run);
	json_decref(f->cursor);
	sl_arena_free(&f->arena);
	sl_free(f);
	*flight = NULL;
}

bool
sl_flight_flying(struct sl_flight *flight)
{
	struct sl_engine *e = flight->task->run->engine;
	bool flying;

	pthread_mutex_lock(&e->mutex);
	flying = flight->flying > 0;
	pthread_mutex_unlock(&e->mutex);
	return flying;
}

/* On the transport's thread. */
static void
leg_done(struct sl_exchange *x)
{
	struct sl_leg *leg = x->owner;
	struct sl_flight *f = leg->flight;
	struct sl_run *run = f->task->run;
	struct sl_engine *e = run->engine;

	pthread_mutex_lock(&e->mutex);
	run->tally.bytes += (int64_t)x->response.wire_bytes;
	run->unwritten.bytes += (int64_t)x->response.wire_bytes;
	leg->landed = true;
	f->flying--;
	sl_slots_landed(run); /* who waits for it goes first */
	sl_job_wake_locked(e, &f->task->job);
	pthread_mutex_unlock(&e->mutex);
}

static const struct sl_header *
copy_headers(struct sl_arena *arena, const struct sl_query *from)
{
	struct sl_header *to;
	size_t n = 0;

	if (!from)
		return NULL;
	while (from[n].name)
		n++;
	to = SL_NEW_ARRAY(arena, n + 1, struct sl_header);
	for (size_t i = 0; i < n; i++)
		to[i] = (struct sl_header){ from[i].name, from[i].value };
	return to;
}

static const struct sl_param *
copy_query(struct sl_arena *arena, const struct sl_query *from)
{
	struct sl_param *to;
	size_t n = 0;

	if (!from)
		return NULL;
	while (from[n].name)
		n++;
	to = SL_NEW_ARRAY(arena, n + 1, struct sl_param);
	for (size_t i = 0; i < n; i++)
		to[i] = (struct sl_param){ from[i].name, from[i].value };
	return to;
}

/* How much the answer may hold. The parts of a listing fly together, so that
 * all of them fit the budget. */
static size_t
cap_of(const struct sl_flight *f, const struct sl_call *call)
{
	size_t room = f->task->run->engine->config.body_budget;
	size_t cap = call->max_body ? call->max_body : SL_BODY_MAX;

	if (!f->rolls)
		room /= f->ask.count;
	return cap < room ? cap : room;
}

/* Of a stream that follows changes, mostly nothing comes: many such requests
 * fly at once. 0 = as much as may come. */
static size_t
small_of(const struct sl_flight *f, size_t cap)
{
	bool small = !f->rolls && f->ask.count == 1 && !f->stream.walking &&
		     f->task->row.state == SL_STREAM_LIVE;

	return small && cap > SL_BODY_SMALL ? SL_BODY_SMALL : 0;
}

/* The call in HTTP's words. */
static sl_status
build_leg(struct sl_flight *f, struct sl_leg *leg, const struct sl_call *call,
	  struct sl_error *err)
{
	const struct sl_run *run = f->task->run;
	const struct sl_engine_config *c = &run->engine->config;
	const char *base = c->endpoint(
		c->endpoint_ctx, run->connector->provider, call->endpoint);
	const char *url;
	sl_status s;

	if (!base)
		return sl_fail(err, SL_BUG, SL_STREAM, "no endpoint %s",
			       call->endpoint);
	s = sl_url_build(f->arena, base, call->path,
			 copy_query(f->arena, call->query), &url, err);
	if (s != SL_OK)
		return s;
	*leg = (struct sl_leg){
		.flight = f,
		.call = call,
		.not_before_us = f->task->not_before_us,
		.ready = true,
	};
	leg->x.request = (struct sl_request){
		.method = call->method ? call->method : "GET",
		.url = url,
		.headers = copy_headers(f->arena, call->headers),
		.max_body = cap_of(f, call),
	};
	leg->x.request.first_body = small_of(f, leg->x.request.max_body);
	leg->x.done = leg_done;
	leg->x.grow = sl_leg_grow;
	leg->x.owner = leg;
	sl_exchange_init(&leg->x);
	return SL_OK;
}

void
sl_flight_leave_troubles(struct sl_flight *f)
{
	struct sl_task *task = f->task;
	struct sl_trouble *first = NULL;
	struct sl_arena *arena;

	if (!f->rolls)
		return;
	arena = sl_arena_new();
	for (size_t i = 0; i < f->count; i++) {
		const struct sl_leg *leg = &f->legs[i];
		struct sl_trouble *t;

		if (leg->final || leg->attempts == 0 || !leg->call->wanted_id)
			continue;
		t = SL_NEW(arena, struct sl_trouble);
		t->wanted_id = sl_arena_strdup(arena, leg->call->wanted_id);
		t->attempts = leg->attempts;
		t->since_us = leg->troubled_us;
		t->next = first;
		first = t;
	}
	sl_arena_free(&task->trouble_arena);
	task->trouble_arena = arena;
	task->troubles = first;
}

static void
recall_trouble(struct sl_leg *leg)
{
	const struct sl_trouble *t = leg->flight->task->troubles;

	while (t && !sl_text_equal(t->wanted_id, leg->call->wanted_id))
		t = t->next;
	if (!t)
		return;
	leg->attempts = t->attempts;
	leg->troubled_us = t->since_us;
}

static sl_status
ask(struct sl_flight *f, struct sl_error *err)
{
	const struct sl_connector *c = f->task->run->connector;
	sl_status s = c->ask(&f->turn, f->arena, &f->ask, err);

	if (s != SL_OK)
		return s;
	f->asked = true;
	SL_ASSERT(f->ask.count <= SL_CALLS_MAX);
	f->legs = SL_NEW_ARRAY(f->arena, f->ask.count + 1, struct sl_leg);
	for (size_t i = 0; i < f->ask.count; i++) {
		s = build_leg(f, &f->legs[i], &f->ask.calls[i], err);
		if (s != SL_OK)
			return s;
		recall_trouble(&f->legs[i]);
		f->count++;
	}
	return SL_OK;
}

/* Is anything under way, or back and not yet judged? */
static bool
in_the_air(struct sl_flight *f)
{
	struct sl_engine *e = f->task->run->engine;
	bool any;

	pthread_mutex_lock(&e->mutex);
	any = f->flying > 0;
	for (size_t i = 0; i < f->count && !any; i++)
		any = f->legs[i].landed;
	pthread_mutex_unlock(&e->mutex);
	return any;
}

static bool
is_due_to_leave(const struct sl_flight *f)
{
	for (size_t i = 0; i < f->count && !f->cut; i++)
		if (f->legs[i].ready)
			return true;
	return false;
}

/* A part of what was wanted is a page, too, even before a failure. */
static bool
is_worth_a_page(const struct sl_flight *f)
{
	return f->rolls && f->finals > 0 && f->error.status == SL_RETRY;
}

enum sl_flight_verdict
sl_flight_advance(struct sl_flight *f, bool wait, struct sl_error *err)
{
	if (!f->asked && ask(f, err) != SL_OK)
		return SL_FLIGHT_FAILED;
	if (f->ask.count == 0)
		return SL_FLIGHT_EMPTY;
	sl_flight_sort(f);
	if (!f->failed && !f->cut)
		sl_flight_submit(f, wait);
	if (in_the_air(f))
		return SL_FLIGHT_WAITS;
	if (f->failed) {
		*err = f->error;
		return is_worth_a_page(f) ? SL_FLIGHT_LANDED : SL_FLIGHT_FAILED;
	}
	return is_due_to_leave(f) ? SL_FLIGHT_WAITS : SL_FLIGHT_LANDED;
}

bool
sl_flight_salvage(struct sl_flight *f)
{
	sl_flight_sort(f); /* a deadline is heard in any case */
	f->cut = true;
	return f->finals > 0 && (f->rolls || f->finals == f->count);
}

static size_t
count_ids(const struct sl_call *call)
{
	size_t n = call->wanted_id != NULL;

	for (const char *const *id = call->wanted_also; id && *id; id++)
		n++;
	return n;
}

const char *const *
sl_flight_answered(const struct sl_flight *f)
{
	const char **ids, **at;
	size_t n = 1;

	for (size_t i = 0; i < f->count; i++)
		n += count_ids(f->legs[i].call);
	at = ids = SL_NEW_ARRAY(f->arena, n, const char *);
	for (size_t i = 0; i < f->count; i++) {
		const struct sl_call *call = f->legs[i].call;

		if (!f->legs[i].final || !call->wanted_id)
			continue;
		*at++ = call->wanted_id;
		for (const char *const *id = call->wanted_also; id && *id; id++)
			*at++ = *id;
	}
	return ids;
}
