/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walks and sweeps: what is not seen goes, unless it is too much at once.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/store_kit.h"
// cmocka last
#include <cmocka.h>

static struct sl_kit kit;

static int
setup(void **state)
{
	(void)state;
	kit_init(&kit);
	kit_claim(&kit);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	kit_release(&kit);
	return 0;
}

/* A whole walk in pages of 100 over events [from, to). */
static void
walk(struct sl_stream_row *s, int from, int to)
{
	char id[32];

	kit.now_us += SL_US_PER_S;
	for (int at = from; at < to || at == from; at += 100) {
		kit_page(&kit, s);
		for (int i = at; i < to && i < at + 100; i++) {
			(void)snprintf(id, sizeof(id), "e%05d", i);
			(void)kit_event(&kit, id, 1, id, KIT_NOW);
		}
		if (at == from)
			kit_starts(&kit);
		if (at + 100 >= to)
			kit_ends(&kit);
		kit_commit(&kit);
	}
}

static struct sl_sweep_outcome
sweep(struct sl_stream_row *s, bool accept)
{
	struct sl_sweep_request request = { .lease = &kit.account.lease,
					    .stream = s,
					    .accept = accept,
					    .now_us = kit.now_us };
	struct sl_sweep_outcome out;

	assert_int_equal(kit.store->sweep(kit.store, &request, kit.arena, &out,
					  &kit.err),
			 SL_OK);
	return out;
}

static int64_t
live(const char *key)
{
	return sl_test_db_i64(kit.db,
			      "SELECT count(*) AS v FROM public.artifacts "
			      "WHERE stream_key = '%s' AND deleted_at IS NULL",
			      key);
}

static void
the_first_walk_books_nothing_and_sweeps_nothing(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "first");

	(void)state;
	walk(s, 0, 150);
	assert_int_equal(kit_count(&kit, "sluice.seen", "true"), 0);
	assert_int_equal(s->sweep, SL_SWEEP_NONE);
	assert_int_equal(sweep(s, false).answer, SL_SWEPT);
	assert_int_equal(live("first"), 150);
}

static void
a_walk_takes_what_it_did_not_see(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "few");
	struct sl_sweep_outcome out;

	(void)state;
	walk(s, 0, 150);
	walk(s, 10, 150);
	assert_int_equal(s->sweep, SL_SWEEP_DUE);
	assert_int_equal(kit.outcome.counts.unchanged, 40);
	assert_int_equal(kit_count(&kit, "sluice.seen", "true"), 140);
	out = sweep(s, false);
	assert_int_equal(out.answer, SL_SWEPT);
	assert_int_equal(out.deleted, 10);
	assert_int_equal(live("few"), 140);
	assert_int_equal(kit_count(&kit, "sluice.seen", "true"), 0);
	assert_int_equal(kit_count(&kit, "public.sync_state",
				   "key = 'few' AND sweep_state = 'none' AND "
				   "walked_at IS NOT NULL"),
			 1);
	/* It is restored when it comes back. */
	walk(s, 0, 150);
	assert_int_equal(live("few"), 150);
	assert_int_equal(sweep(s, false).deleted, 0);
}

static void
what_another_page_wrote_meanwhile_or_lies_outside_stays(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "scope");
	struct sl_artifact *a;

	(void)state;
	kit_page(&kit, s);
	a = kit_event(&kit, "ended", 1, "ended", KIT_NOW - 2 * KIT_DAY);
	a->reach_us = KIT_NOW - 2 * KIT_DAY;
	a = kit_event(&kit, "endless", 1, "endless", KIT_NOW - 2 * KIT_DAY);
	a->reach_us = INT64_MAX;
	(void)kit_event(&kit, "inside", 1, "inside", KIT_NOW);
	(void)kit_event(&kit, "touched", 1, "touched", KIT_NOW);
	kit_starts(&kit);
	kit_ends(&kit);
	kit_commit(&kit);

	kit.now_us += SL_US_PER_S;
	kit_page(&kit, s);
	kit_starts(&kit);
	kit.page.scope_from_us = KIT_NOW - KIT_DAY;
	kit_commit(&kit);
	/* As another stream of the same key would: not booked as seen. */
	sl_test_db_exec(kit.db, "UPDATE public.artifacts SET synced_at = "
				"synced_at + interval '1 h' WHERE source_id = "
				"'touched'");
	kit_page(&kit, s);
	sl_page_rejected(&kit.page)->source_id = "quarantined";
	kit.page.rejected.first->reason = "bad";
	kit_ends(&kit);
	kit_commit(&kit);
	assert_int_equal(sweep(s, false).deleted, 2);
	assert_int_equal(kit_count(&kit, "public.artifacts",
				   "stream_key = 'scope' AND deleted_at IS "
				   "NULL AND source_id IN ('ended', "
				   "'touched')"),
			 2);
}

static void
too_much_at_once_is_sampled_and_proved(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "much");
	struct sl_sweep_outcome out;
	const struct sl_ref *r;
	const char *answered[SL_BREAKER_SAMPLES + 1];
	int n = 0;

	(void)state;
	walk(s, 0, 200);
	walk(s, 60, 200);
	out = sweep(s, false);
	assert_int_equal(out.answer, SL_SWEEP_ASKS);
	assert_int_equal(live("much"), 200);
	for (r = out.pending; r != NULL; r = r->next)
		n++;
	assert_int_equal(n, SL_BREAKER_SAMPLES);
	assert_int_equal(sweep(s, false).answer, SL_SWEEP_ASKS);
	kit_reload(&kit);
	s = kit_stream(&kit, "events", "much");
	kit_page(&kit, s);
	n = 0;
	for (r = s->pending; r != NULL; r = r->next) {
		kit_tombstone(&kit, r->source_id);
		answered[n++] = r->source_id;
	}
	answered[n] = NULL;
	kit.commit.answered = answered;
	kit_commit(&kit);
	assert_null(s->pending);
	out = sweep(s, false);
	assert_int_equal(out.answer, SL_SWEPT);
	assert_int_equal(out.deleted, 60 - SL_BREAKER_SAMPLES);
	assert_int_equal(live("much"), 140);
}

static void
one_living_sample_holds_the_rest(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "held");
	struct sl_sweep_outcome out;
	static const char *answered[SL_BREAKER_SAMPLES + 1];
	int n = 0;

	(void)state;
	walk(s, 0, 200);
	walk(s, 100, 200);
	out = sweep(s, false);
	assert_int_equal(out.answer, SL_SWEEP_ASKS);
	kit_reload(&kit);
	s = kit_stream(&kit, "events", "held");
	kit_page(&kit, s);
	for (const struct sl_ref *r = s->pending; r != NULL; r = r->next) {
		if (n == 3)
			(void)kit_event(&kit, r->source_id, 1, r->source_id,
					KIT_NOW);
		else
			kit_tombstone(&kit, r->source_id);
		answered[n++] = r->source_id;
	}
	kit.commit.answered = answered;
	kit_commit(&kit);
	out = sweep(s, false);
	assert_int_equal(out.answer, SL_SWEEP_HOLDS);
	/* the one that was read and is alive no longer waits with them */
	assert_int_equal(out.held, 90);
	assert_int_equal(sweep(s, false).answer, SL_SWEEP_HOLDS);
	assert_int_equal(kit_count(&kit, "public.sync_state",
				   "key = 'held' AND sweep_state = 'held' AND "
				   "pending_deletions = 90"),
			 1);
	/* The stream goes on, and a person consents. */
	kit_page(&kit, s);
	kit.commit.rests = true;
	kit_commit(&kit);
	assert_int_equal(s->sweep, SL_SWEEP_HELD);
	out = sweep(s, true);
	assert_int_equal(out.answer, SL_SWEPT);
	assert_int_equal(out.deleted, 90);
	assert_int_equal(kit_count(&kit, "public.sync_state",
				   "key = 'held' AND sweep_state = 'none' AND "
				   "pending_deletions = 0"),
			 1);
}

static void
large_sweeps_go_in_chunks_and_never_take_the_seen(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "large");
	struct sl_sweep_outcome out;
	int64_t deleted = 0;
	int calls = 0;

	(void)state;
	walk(s, 0, 10400);
	walk(s, 10100, 10400);
	do {
		out = sweep(s, true);
		deleted += out.deleted;
		calls++;
	} while (out.answer == SL_SWEEP_MORE);
	assert_int_equal(out.answer, SL_SWEPT);
	assert_int_equal(deleted, 10100);
	assert_true(calls >= 2);
	assert_int_equal(live("large"), 300);
	assert_int_equal(kit_count(&kit, "sluice.seen", "true"), 0);
}

static void
a_restarted_walk_forgets_the_broken_one(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "again");

	(void)state;
	walk(s, 0, 20);
	kit.now_us += SL_US_PER_S;
	kit_page(&kit, s);
	(void)kit_event(&kit, "e00000", 1, "e00000", KIT_NOW);
	kit_starts(&kit);
	kit_commit(&kit);
	assert_int_equal(s->generation, 2);
	walk(s, 5, 20);
	assert_int_equal(s->generation, 3);
	assert_int_equal(sweep(s, false).deleted, 5);
	assert_int_equal(kit_count(&kit, "sluice.seen", "true"), 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_first_walk_books_nothing_and_sweeps_nothing),
		cmocka_unit_test(a_walk_takes_what_it_did_not_see),
		cmocka_unit_test(
			what_another_page_wrote_meanwhile_or_lies_outside_stays),
		cmocka_unit_test(too_much_at_once_is_sampled_and_proved),
		cmocka_unit_test(one_living_sample_holds_the_rest),
		cmocka_unit_test(
			large_sweeps_go_in_chunks_and_never_take_the_seen),
		cmocka_unit_test(a_restarted_walk_forgets_the_broken_one),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
