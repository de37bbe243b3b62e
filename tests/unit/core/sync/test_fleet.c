/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A fleet on a virtual clock: a model of a week, in steps of a second.
 *
 * Slots are as hosts have them, batches are filled in the order of
 * sluice.take_due, a client's quota is granted as by sluice.take_quota, and the
 * provider answers in a second. When things are due is the policy's own word.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"

#include "core/sync/quota.h"
#include "core/sync/schedule.h"

#include "tests/support/unit.h"

#define MINUTE INT64_C(60)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)
#define BEGIN  (INT64_C(1795132800)) /* a midnight, seconds */
#define NONE   (-1)

static void
id_of(int n, char out[37])
{
	(void)snprintf(out, 37, "%08x-0000-4000-8000-%012x", (unsigned)n * 7919,
		       (unsigned)n);
}

struct account {
	char id[37];
	int user;
	int64_t interval;
	int64_t next, backfill; /* due; NONE = none */
	int64_t walk;           /* requests that its walk still needs */
	int64_t began, slice_end;
	int64_t seen;      /* its changes were looked at last    */
	int64_t walked;    /* its walk made progress last        */
	int64_t connected; /* and not seen yet; NONE             */
	int64_t worst;     /* longest time between two looks     */
	int64_t worst_walk;
	int failures;
	bool fails; /* its provider never answers */
	bool busy, walking, fresh;
	bool listed[2]; /* of a lane: in its queue, or in a second's list */
	int link[2];
};

enum { CHANGES, WALKS }; /* lanes */

struct queue {
	int head, tail, lane;
};

struct fleet {
	struct account *a;
	int count;
	int slots, backfill_slots; /* of all hosts */
	int64_t per_minute;
	int64_t now, end;
	int64_t outage_from, outage_to; /* nothing runs at all */
	int *due[2];                    /* lists by second */
	struct queue fresh, changes, walks;
	int *under_way;
	int busy, walking;
	int64_t used, used_walks; /* of this minute's quota */
	int64_t polls, most_used, failed;
	int64_t minute_polls, most_polls, watch_from;
	int64_t slow_first; /* longest wait of a new account */
	struct sl_seeded_rng rng;
};

static void
push(struct fleet *f, struct queue *q, int i)
{
	f->a[i].link[q->lane] = NONE;
	if (q->head == NONE)
		q->head = i;
	else
		f->a[q->tail].link[q->lane] = i;
	q->tail = i;
}

static int64_t
due_of(const struct account *a, int lane)
{
	return lane == WALKS ? a->backfill : a->next;
}

/* Whoever is listed for an earlier time is listed anew when that comes. */
static void
list(struct fleet *f, int i, int lane)
{
	struct account *a = &f->a[i];
	int64_t at = due_of(a, lane);

	if (at == NONE || a->busy || a->listed[lane])
		return;
	if (at <= f->now)
		at = f->now + 1;
	if (at >= f->end)
		return;
	a->listed[lane] = true;
	a->link[lane] = f->due[lane][at - BEGIN];
	f->due[lane][at - BEGIN] = i;
}

static void
plan(struct fleet *f, int i)
{
	list(f, i, CHANGES);
	list(f, i, WALKS);
}

/* Still due? Else it was taken by the other lane meanwhile. */
static bool
is_due(struct fleet *f, int i, int lane)
{
	const struct account *a = &f->a[i];
	int64_t at = due_of(a, lane);

	return !a->busy && at != NONE && at <= f->now;
}

static int
pop(struct fleet *f, struct queue *q)
{
	int i;

	while ((i = q->head) != NONE) {
		q->head = f->a[i].link[q->lane];
		f->a[i].listed[q->lane] = false;
		if (is_due(f, i, q->lane))
			break;
		list(f, i, q->lane);
	}
	return i;
}

static void
come_due(struct fleet *f, int lane)
{
	for (int i = f->due[lane][f->now - BEGIN], next; i != NONE; i = next) {
		next = f->a[i].link[lane];
		if (!is_due(f, i, lane)) {
			f->a[i].listed[lane] = false;
			list(f, i, lane);
		} else {
			push(f,
			     lane == WALKS   ? &f->walks
			     : f->a[i].fresh ? &f->fresh
					     : &f->changes,
			     i);
		}
	}
}

static void
start(struct fleet *f, int i, bool walks)
{
	struct account *a = &f->a[i];

	a->busy = true;
	a->walking = walks;
	a->began = f->now;
	a->slice_end =
		f->now + (walks || a->fresh ? SL_SLICE_US / SL_US_PER_S : 0);
	f->walking += walks;
	f->under_way[f->busy++] = i;
}

static int
draw(struct fleet *f, struct queue *q, int most, bool walks)
{
	int n = 0, i;

	while (n < most && (i = pop(f, q)) != NONE) {
		start(f, i, walks);
		n++;
	}
	return n;
}

static int
least(int a, int b)
{
	return a < b ? a : b;
}

/* As sluice.take_due. */
static void
take(struct fleet *f)
{
	int room = f->slots - f->busy;
	int walks = f->backfill_slots - f->walking;
	int dice = (int)sl_rng_below(&f->rng.rng, 4);
	int slow = (room + dice) / 4, n;

	if (room <= 0)
		return;
	n = draw(f, &f->fresh, least((room + dice % 2) / 2, walks), true);
	room -= n;
	walks -= n;
	slow -= n;
	slow = slow < 0 ? 0 : slow;
	room -= draw(f, &f->changes, room - least(slow, walks), false);
	n = draw(f, &f->walks, least(room, walks), true);
	room -= n;
	walks -= n;
	room -= draw(f, &f->fresh, least(room, walks), true);
	(void)draw(f, &f->changes, room, false);
}

/* As sluice.take_quota. */
static bool
quota(struct fleet *f, bool walks)
{
	int64_t spent = f->now % MINUTE;
	int64_t room = f->per_minute * (spent + 6 < 60 ? spent + 6 : 60) / 60;

	if (f->used >= room)
		return false;
	if (walks && f->used_walks >= room * SL_BACKFILL_PERCENT / 100)
		return false;
	f->used++;
	f->used_walks += walks;
	return true;
}

static void
saw_changes(struct fleet *f, struct account *a)
{
	int64_t since =
		f->now - (a->connected != NONE ? a->connected : a->seen);

	if (a->connected != NONE && since > f->slow_first)
		f->slow_first = since;
	/* An outage is nobody's fault, and is told by itself. */
	if (a->connected == NONE && f->outage_to != NONE &&
	    a->seen < f->outage_to && f->now > f->outage_from)
		since = 0;
	if (a->connected == NONE && since > a->worst)
		a->worst = since;
	a->connected = NONE;
	a->seen = f->now;
	f->polls++;
	f->minute_polls++;
}

static void
over(struct fleet *f, int i)
{
	struct account *a = &f->a[i];
	int64_t interval = a->interval * SL_US_PER_S;
	int64_t began = a->began * SL_US_PER_S;

	if (a->fails) {
		a->next = sl_schedule_retry_us(a->id, f->now * SL_US_PER_S,
					       interval, a->failures++,
					       &f->rng.rng) /
			  SL_US_PER_S;
		f->failed++;
	} else if (a->seen >= a->began) {
		a->next = sl_schedule_next_us(a->id, began, interval) /
			  SL_US_PER_S;
	}
	a->backfill = a->walk > 0 && !a->fails ? f->now : NONE;
	f->walking -= a->walking;
	a->busy = a->walking = a->fresh = false;
	plan(f, i);
}

/* Two streams, a request each a second. */
static void
walk(struct fleet *f, struct account *a)
{
	bool counts = f->outage_to == NONE || a->walked >= f->outage_to ||
		      f->now < f->outage_from;

	for (int n = 0; n < 2 && a->walk > 0 && quota(f, true); n++) {
		int64_t since = f->now - a->walked;

		if (counts && since > a->worst_walk)
			a->worst_walk = since;
		a->walked = f->now;
		a->walk--;
	}
}

/* A second of a run; one that walks looks after its changes, too, when they are
 * due. False: it is over. */
static bool
work(struct fleet *f, struct account *a)
{
	if (a->fails)
		return false;
	if (a->seen < a->began && (!a->walking || a->next <= f->now)) {
		if (!quota(f, false))
			return true;
		saw_changes(f, a);
	}
	if (!a->walking || a->walk == 0 || f->now >= a->slice_end)
		return false;
	walk(f, a);
	if (f->now >= a->next && quota(f, false)) {
		saw_changes(f, a);
		a->next = sl_schedule_next_us(a->id, f->now * SL_US_PER_S,
					      a->interval * SL_US_PER_S) /
			  SL_US_PER_S;
	}
	return a->walk > 0;
}

static void
new_minute(struct fleet *f)
{
	if (f->now % MINUTE != 0)
		return;
	if (f->now > f->watch_from && f->minute_polls > f->most_polls)
		f->most_polls = f->minute_polls;
	f->minute_polls = f->used = f->used_walks = 0;
}

static void
second(struct fleet *f)
{
	int kept = 0;

	new_minute(f);
	come_due(f, CHANGES);
	come_due(f, WALKS);
	if (f->now >= f->outage_from && f->now < f->outage_to)
		return;
	take(f);
	for (int n = 0; n < f->busy; n++) {
		int i = f->under_way[n];

		if (work(f, &f->a[i]))
			f->under_way[kept++] = i;
		else
			over(f, i);
	}
	f->busy = kept;
	if (f->used > f->most_used)
		f->most_used = f->used;
}

static void
fleet_init(struct fleet *f, int accounts, int64_t length)
{
	*f = (struct fleet){ .count = accounts,
			     .now = BEGIN,
			     .end = BEGIN + length,
			     .outage_from = NONE,
			     .outage_to = NONE,
			     .watch_from = INT64_MAX,
			     .fresh = { NONE, NONE, CHANGES },
			     .changes = { NONE, NONE, CHANGES },
			     .walks = { NONE, NONE, WALKS } };
	f->a = sl_alloc_array((size_t)accounts, sizeof(*f->a));
	f->under_way = sl_alloc_array((size_t)accounts, sizeof(int));
	for (int lane = CHANGES; lane <= WALKS; lane++) {
		f->due[lane] = sl_alloc_array((size_t)length, sizeof(int));
		for (int64_t t = 0; t < length; t++)
			f->due[lane][t] = NONE;
	}
	sl_seeded_rng_init(&f->rng, 20261127);
}

static void
fleet_free(struct fleet *f)
{
	sl_free(f->a);
	sl_free(f->under_way);
	sl_free(f->due[CHANGES]);
	sl_free(f->due[WALKS]);
}

/* A new account: connected then, its walk ahead. */
static void
connect(struct fleet *f, int i, int64_t at, int64_t interval, int64_t walk)
{
	struct account *a = &f->a[i];

	*a = (struct account){ .user = i,
			       .interval = interval,
			       .next = at,
			       .backfill = NONE,
			       .walk = walk,
			       .seen = NONE,
			       .walked = at,
			       .connected = at,
			       .fresh = true };
	id_of(i, a->id);
	plan(f, i);
}

static void
run(struct fleet *f)
{
	for (; f->now < f->end; f->now++)
		second(f);
}

static void
demand(const struct fleet *f)
{
	int64_t left = 0, late = 0, still = 0;

	for (int i = 0; i < f->count; i++) {
		const struct account *a = &f->a[i];

		left += a->walk > 0 && !a->fails;
		late += a->worst > 2 * a->interval ||
			(!a->fails && f->end - a->seen > 2 * a->interval);
		still += a->worst_walk > HOUR;
	}
	print_message("%" PRId64 " polls, %" PRId64 " failed; at most %" PRId64
		      " of %" PRId64
		      " units a minute; first look after %" PRId64
		      " s at most; %" PRId64 " walks are left\n",
		      f->polls, f->failed, f->most_used, f->per_minute,
		      f->slow_first, left);
	assert_int_equal(late, 0);
	assert_int_equal(left, 0);
	assert_int_equal(still, 0);
	assert_true(f->most_used <= f->per_minute);
}

/* 10,000 users: half look every 5 minutes, half every quarter of an hour; in a
 * hundred the provider fails; a thousand are old, the others come at once. */
static void
ten_thousand_users(void **state)
{
	const int64_t length = 7 * DAY;
	struct fleet f;

	(void)state;
	fleet_init(&f, 10000, length);
	f.slots = 256;
	f.backfill_slots = 192;
	f.per_minute = 10000;
	f.outage_from = BEGIN + 18 * HOUR;
	f.outage_to = BEGIN + 19 * HOUR;
	f.watch_from = BEGIN + 20 * HOUR;
	for (int i = 0; i < f.count; i++) {
		int64_t at = BEGIN + (i < 9500 ? i * 2 : 12 * HOUR);

		connect(&f, i, at, i % 2 ? 300 : 900, 100 + i % 400);
		f.a[i].fails = i % 100 == 99;
	}
	run(&f);
	demand(&f);
	/* 1,000 + 333 a minute on average, also after the outage. */
	assert_in_range(f.most_polls, 1300, 1500);
	/* 500 at once, in half of 256 slots, a minute each at most. */
	assert_true(f.slow_first <= 5 * MINUTE);
	/* Who fails is asked now and then. */
	assert_in_range(f.failed, 100 * length / HOUR, 100 * length / HOUR * 4);
	fleet_free(&f);
}

/* One user connects 100 accounts with long walks; 99 have one each. */
static void
a_noisy_user_starves_nobody(void **state)
{
	struct fleet f;
	int64_t worst = 0;

	(void)state;
	fleet_init(&f, 199, 6 * HOUR);
	f.slots = 8;
	f.backfill_slots = 6;
	f.per_minute = 600;
	for (int i = 0; i < 99; i++)
		connect(&f, i, BEGIN + 1 + i, 300, 50);
	for (int i = 99; i < 199; i++)
		connect(&f, i, BEGIN + HOUR, 300, 1000);
	run(&f);
	for (int i = 0; i < 99; i++)
		if (f.a[i].worst > worst)
			worst = f.a[i].worst;
	print_message("quiet users: %" PRId64 " s between looks at most\n",
		      worst);
	assert_true(worst <= 600);
	assert_true(f.most_used <= f.per_minute);
	for (int i = 0; i < 99; i++)
		assert_int_equal(f.a[i].walk, 0);
	fleet_free(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ten_thousand_users),
		cmocka_unit_test(a_noisy_user_starves_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
