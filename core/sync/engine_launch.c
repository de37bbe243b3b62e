/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Letting requests go, one by one: backoff, the user's requests at once, the
 * quota, the token, the budget for the answer, and only then the transport.
 */
#include "core/base/text.h"

#include "core/sync/engine_private.h"

/* Answers in a row after which one more request may be under way. */
#define GOOD_ANSWERS 50

/* What keeps a request, and all behind it, from leaving. */
enum departure {
	LEFT,
	HELD,   /* by its time: leg->not_before_us           */
	STANDS, /* until a request lands, or for the token or a chunk of quota */
	IN_LINE, /* for the budget                            */
	DENIED,  /* no budget, and it may not wait for it     */
};

void
sl_leg_drop_body(struct sl_leg *leg)
{
	struct sl_engine *e = leg->flight->task->run->engine;

	sl_exchange_release(&leg->x);
	sl_budget_give(e, leg->reserved);
	leg->reserved = 0;
}

/* --- the user's requests at once ----------------------------------------- */

void
sl_slots_landed(struct sl_run *run)
{
	run->slots.taken--;
	if (run->slots.most == 0)
		return;
	for (struct sl_task *t = run->tasks; t; t = t->next) {
		if (t->waits_slot && !t->ended)
			sl_job_wake_locked(run->engine, &t->job);
		t->waits_slot = false;
	}
}

void
sl_slots_good(struct sl_run *run)
{
	struct sl_slots *s = &run->slots;

	pthread_mutex_lock(&run->engine->mutex);
	if (s->now < s->most && ++s->good >= GOOD_ANSWERS) {
		s->now++;
		s->good = 0;
	}
	pthread_mutex_unlock(&run->engine->mutex);
}

void
sl_slots_refused(struct sl_run *run)
{
	struct sl_slots *s = &run->slots;

	pthread_mutex_lock(&run->engine->mutex);
	if (s->now > 1)
		s->now /= 2;
	s->good = 0;
	pthread_mutex_unlock(&run->engine->mutex);
}

/* One more request under way, or only: might there be one? */
static bool
take_slot(struct sl_task *task, bool take)
{
	struct sl_slots *s = &task->run->slots;
	bool is_free;

	pthread_mutex_lock(&task->run->engine->mutex);
	is_free = s->most == 0 || s->taken < s->now;
	s->taken += is_free && take;
	task->waits_slot = !is_free;
	pthread_mutex_unlock(&task->run->engine->mutex);
	return is_free;
}

/* --- the quota ------------------------------------------------------------ */

static double
units_of(const struct sl_leg *leg)
{
	return leg->call->units > 0 ? leg->call->units : 1;
}

static int64_t
later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

/* Take the units of this attempt: its time may be later than now. */
static void
pace(struct sl_leg *leg, int64_t now)
{
	struct sl_run *run = leg->flight->task->run;
	struct sl_engine *e = run->engine;
	int64_t at;

	pthread_mutex_lock(&e->mutex);
	at = later(leg->not_before_us, run->blocked_us);
	at = later(at, run->client->blocked_us);
	if (!leg->paced) {
		at = later(at, sl_pace_take(&run->pace, units_of(leg), now));
		at = later(at, sl_pace_take(&run->client->pace, units_of(leg),
					    now));
	}
	pthread_mutex_unlock(&e->mutex);
	leg->paced = true;
	leg->not_before_us = at;
}

void
sl_leg_unpace(struct sl_leg *leg)
{
	struct sl_run *run = leg->flight->task->run;
	struct sl_engine *e = run->engine;

	if (!leg->ready || !leg->paced)
		return;
	leg->paced = false;
	pthread_mutex_lock(&e->mutex);
	sl_pace_give(&run->pace, units_of(leg));
	sl_pace_give(&run->client->pace, units_of(leg));
	sl_purse_give_back(leg);
	pthread_mutex_unlock(&e->mutex);
}

/* --- the budget ------------------------------------------------------------ */

static bool
holds_budget(const struct sl_flight *f)
{
	for (size_t i = 0; i < f->count; i++)
		if (f->legs[i].reserved > 0)
			return true;
	return false;
}

/* Is it one of those that must be paid together with `leg`? */
static bool
goes_with(const struct sl_leg *leg, const struct sl_leg *other)
{
	if (leg->flight->rolls)
		return leg == other;
	return other->ready && other->reserved == 0;
}

/* A flight that holds some does not stand in line for more: no two wait for
 * each other. While its page fills it goes before those in line, who wait for
 * one page at most: else many accounts would make pages of one item. */
static enum sl_budget_way
way_of(const struct sl_flight *f, bool wait)
{
	int64_t now = sl_mono_us(f->task->run->engine->config.clock);

	if (f->rolls && f->finals > 0 &&
	    now <= f->first_final_us + SL_FLIGHT_HOLD_US)
		return SL_BUDGET_JUMP;
	return wait && !holds_budget(f) ? SL_BUDGET_WAIT : SL_BUDGET_TRY;
}

/* Room for the answer; the parts of a listing take theirs at once. */
static enum departure
reserve(struct sl_leg *leg, bool wait)
{
	struct sl_flight *f = leg->flight;
	enum sl_budget_way way = way_of(f, wait);
	size_t sum = 0;

	if (leg->reserved > 0)
		return LEFT;
	for (size_t i = 0; i < f->count; i++)
		if (goes_with(leg, &f->legs[i]))
			sum += sl_request_first(&f->legs[i].x.request);
	if (!sl_budget_take(f->task, sum, way))
		return way == SL_BUDGET_WAIT ? IN_LINE : DENIED;
	for (size_t i = 0; i < f->count; i++)
		if (goes_with(leg, &f->legs[i]))
			f->legs[i].reserved =
				sl_request_first(&f->legs[i].x.request);
	return LEFT;
}

/* More comes than was expected. Nobody in line is passed by for long: they wait
 * for whole answers, and this one is on its way. */
bool
sl_leg_grow(struct sl_exchange *x)
{
	struct sl_leg *leg = (struct sl_leg *)x; /* its first member */
	struct sl_engine *e = leg->flight->task->run->engine;
	size_t more = x->request.max_body - leg->reserved;
	bool grown;

	pthread_mutex_lock(&e->mutex);
	grown = e->budget_free >= more;
	if (grown) {
		e->budget_free -= more;
		leg->reserved += more;
	}
	pthread_mutex_unlock(&e->mutex);
	return grown;
}

/* --- departure -------------------------------------------------------------- */

static void
submit(struct sl_leg *leg, struct sl_token *token)
{
	struct sl_run *run = leg->flight->task->run;
	struct sl_engine *e = run->engine;

	sl_token_unref(e, &leg->token);
	leg->ready = false;
	pthread_mutex_lock(&e->mutex);
	token->refs++;
	leg->token = token;
	run->tally.requests++;
	run->unwritten.requests++;
	run->tally.retries += leg->attempts > 0;
	run->unwritten.retries += leg->attempts > 0;
	leg->flight->flying++;
	pthread_mutex_unlock(&e->mutex);
	leg->paid = NULL;
	leg->x.request.bearer = &token->secret;
	leg->x.request.not_before_us = leg->not_before_us;
	e->config.transport->submit(e->config.transport, &leg->x);
}

static enum departure
pay(struct sl_leg *leg, struct sl_token *token, bool wait)
{
	enum departure d = reserve(leg, wait);

	if (d != LEFT)
		return d;
	if (!take_slot(leg->flight->task, true))
		return STANDS; /* another worker was faster */
	submit(leg, token);
	return LEFT;
}

/* There is no quota for longer than any wait of ours: whoever began the run is
 * told so. What the schedule began steps aside (sl_task_waits). */
static void
give_up_waiting(struct sl_leg *leg, int64_t now)
{
	struct sl_flight *f = leg->flight;
	struct sl_run *run = f->task->run;
	int64_t wait_us = leg->not_before_us - now;
	char text[SL_RFC3339_TEXT];

	if (run->work->lane != SL_LANE_ALL ||
	    wait_us <= run->engine->config.retry.wait_cap_ms * 1000)
		return;
	sl_rfc3339_format(sl_run_now_us(run) + wait_us, text);
	(void)sl_fail(&f->error, SL_RETRY, SL_CLIENT,
		      "the quota that %s grants this OAuth client is used up "
		      "until %s, and nothing more is asked before",
		      run->connector->title, text);
	f->error.retry_after_ms = wait_us / 1000;
	f->failed = true;
}

static enum departure
depart(struct sl_leg *leg, bool wait, int64_t now)
{
	struct sl_task *task = leg->flight->task;
	struct sl_run *run = task->run;
	struct sl_token *token;
	enum departure d;

	if (leg->not_before_us > now)
		return HELD;
	if (!take_slot(task, false))
		return STANDS;
	pace(leg, now);
	if (leg->not_before_us > now)
		return HELD;
	switch (sl_purse_pay(leg, &leg->not_before_us)) {
	case SL_PAID:
		break;
	case SL_PAY_SOON:
		return STANDS;
	case SL_PAY_LATER:
		give_up_waiting(leg, now);
		return HELD;
	}
	token = sl_token_get(run);
	if (!token)
		return STANDS;
	d = pay(leg, token, wait);
	sl_token_unref(run->engine, &token);
	return d;
}

/* The next one that may leave; NULL: none is held by its time. */
static const struct sl_leg *
next_leg(const struct sl_flight *f, int64_t now)
{
	const struct sl_leg *first = NULL;

	for (size_t i = 0; i < f->count; i++) {
		const struct sl_leg *leg = &f->legs[i];

		if (leg->ready && leg->not_before_us > now &&
		    (!first || leg->not_before_us < first->not_before_us))
			first = leg;
	}
	return first;
}

/* By the quota, or because the provider said so? Else it is a backoff. */
static bool
must_wait(const struct sl_leg *leg)
{
	struct sl_run *run = leg->flight->task->run;
	bool blocked;

	pthread_mutex_lock(&run->engine->mutex);
	blocked = leg->not_before_us <=
		  later(run->blocked_us, run->client->blocked_us);
	pthread_mutex_unlock(&run->engine->mutex);
	return leg->paced || blocked;
}

/* Let go what may leave. `last` says why no more did, HELD if nothing else. */
static size_t
let_go(struct sl_flight *f, bool wait, int64_t now, enum departure *last)
{
	size_t left = 0;

	*last = HELD;
	for (size_t i = 0; i < f->count; i++) {
		struct sl_leg *leg = &f->legs[i];

		if (!leg->ready)
			continue;
		*last = depart(leg, wait, now);
		left += *last == LEFT;
		/* one in backoff lets others by; all else is for all */
		if (*last != LEFT && (*last != HELD || leg->paced))
			break;
	}
	return left;
}

/* Nothing more leaves: what has landed is a page, the rest stays wanted. */
static void
cut(struct sl_flight *f)
{
	f->cut = true;
	for (size_t i = 0; i < f->count; i++)
		sl_leg_unpace(&f->legs[i]);
	sl_budget_leave(f->task);
	sl_purse_leave(f->task);
}

/* Be woken when the next one's time has come, or go without it. */
static void
wait_for_time(struct sl_flight *f, bool wait, int64_t now)
{
	struct sl_task *task = f->task;
	struct sl_engine *e = task->run->engine;
	const struct sl_leg *leg = next_leg(f, now);
	int64_t next;

	if (!leg)
		return;
	next = leg->not_before_us;
	if (f->rolls && f->finals > 0 &&
	    next > f->first_final_us + SL_FLIGHT_HOLD_US) {
		cut(f);
		return;
	}
	if (next - now > SL_US_PER_S)
		sl_run_progress(task->run, task, next - now);
	sl_job_after(e, &task->job, next - now);
	if (wait && must_wait(leg))
		sl_task_waits(task, next);
}

/* By one reading of the clock: what was held when it was tried is waited for,
 * though its time may come before the last one has been tried. */
void
sl_flight_submit(struct sl_flight *f, bool wait)
{
	struct sl_engine *e = f->task->run->engine;
	int64_t now = sl_mono_us(e->config.clock);
	enum departure last;
	size_t left = let_go(f, wait, now, &last);

	if (left > 0 && sl_engine_ending(e))
		e->config.transport->cancel_all(
			e->config
				.transport); /* the stop may have come before */
	if (last != IN_LINE)
		sl_budget_leave(f->task); /* others go first */
	if (last == DENIED && f->rolls && f->finals > 0 && !sl_flight_flying(f))
		cut(f);
	else
		wait_for_time(f, wait, now);
}
