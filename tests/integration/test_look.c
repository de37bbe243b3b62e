/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store of a dry run on a real database: what it tells of a page, what it
 * remembers, and that the tables do not move.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"

#include "state/look.h"
#include "tests/support/store_kit.h"
// cmocka last
#include <cmocka.h>

static struct sl_kit kit; /* writes */
static struct sl_kit dry; /* the same account, only looked at */
static struct sl_look *look;
static struct sl_buf told; /* "create a|update b (title)|..." */

static const char *const words[] = {
	[SL_LOOK_CREATE] = "create",   [SL_LOOK_UPDATE] = "update",
	[SL_LOOK_DELETE] = "delete",   [SL_LOOK_HOLD] = "hold",
	[SL_LOOK_FILTER] = "filter",   [SL_LOOK_QUARANTINE] = "quarantine",
	[SL_LOOK_CONTACT] = "contact", [SL_LOOK_OPEN] = "open",
	[SL_LOOK_CLOSE] = "close",
};

static void
tell(void *ctx, const struct sl_look_item *item)
{
	const char *why = item->changed ? item->changed : item->reason;

	(void)ctx;
	sl_buf_addf(&told, "%s%s %s", told.len ? "|" : "", words[item->verb],
		    item->id ? item->id : "-");
	if (why)
		sl_buf_addf(&told, " (%s)", why);
}

/* Every row of what a run may touch. */
static const char *
tables(void)
{
	return sl_test_db_text(
		kit.db,
		"SELECT md5(concat("
		"(SELECT string_agg(a::text, ',' ORDER BY id) FROM "
		"public.artifacts a), "
		"(SELECT string_agg(s::text, ',' ORDER BY id) FROM "
		"public.sync_state s), "
		"(SELECT string_agg(c::text, ',') FROM sluice.schedule c), "
		"(SELECT string_agg(n::text, ',' ORDER BY n::text) FROM "
		"sluice.seen n), "
		"(SELECT count(*) FROM public.sync_logs), "
		"(SELECT count(*) FROM public.contacts), "
		"(SELECT count(*) FROM public.sync_items))) AS v");
}

static int
setup(void **state)
{
	struct sl_store_factory stores;
	struct sl_error err;

	(void)state;
	sl_buf_init(&told, 65536);
	kit_init(&kit);
	kit_claim(&kit);
	look = sl_look_new(sl_test_db_url(kit.db), tell, NULL);
	stores = sl_look_factory(look);
	dry = (struct sl_kit){ .db = kit.db,
			       .connector = kit.connector,
			       .now_us = KIT_NOW };
	memcpy(dry.user, kit.user, sizeof(dry.user));
	memcpy(dry.integration, kit.integration, sizeof(dry.integration));
	dry.arena = sl_arena_new();
	dry.keep = sl_arena_new();
	sl_page_init(&dry.page, dry.arena);
	assert_int_equal(stores.open(stores.ctx, &dry.store, &err), SL_OK);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	kit_release_beside(&dry);
	sl_look_free(&look);
	kit_release(&kit);
	sl_buf_release(&told);
	return 0;
}

/* A dry run begins: from what is stored now, whoever has the lease. */
static void
look_anew(void)
{
	const struct sl_run_end end = { .lease = &dry.account.lease };
	struct sl_owner owner = kit_owner();
	bool busy = true;

	if (dry.account.provider != NULL)
		assert_int_equal(dry.store->finish(dry.store, &end, &dry.err),
				 SL_OK);
	assert_int_equal(kit_try_claim(&dry, &owner,
				       "00000000-0000-4000-8000-000000000001",
				       &busy),
			 SL_OK);
	assert_false(busy);
	dry.now_us = kit.now_us;
	sl_buf_clear(&told);
}

/* Look at the page under way; it must write nothing. */
static void
look_at_page(const char *wanted)
{
	char before[64];

	(void)snprintf(before, sizeof(before), "%s", tables());
	sl_buf_clear(&told);
	kit_commit(&dry);
	assert_string_equal(sl_buf_text(&told), wanted);
	assert_string_equal(tables(), before);
}

/* An event with an hour and a guest, on a page of either. */
static struct sl_artifact *
meeting(struct sl_kit *k, const char *id, int64_t version, const char *title)
{
	struct sl_artifact *a = kit_event(k, id, version, title, KIT_NOW);

	kit_person(k, a, "me@example.com", "organizer", "accepted");
	kit_person(k, a, "guest@example.org", "attendee", "accepted");
	return a;
}

static void
a_page_is_told_item_by_item(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "items");
	struct sl_artifact *a;

	(void)state;
	kit_page(&kit, s);
	(void)kit_event(&kit, "same", 5, "same", KIT_NOW);
	(void)kit_event(&kit, "later", 5, "later", KIT_NOW);
	(void)kit_event(&kit, "title", 5, "title", KIT_NOW);
	(void)kit_event(&kit, "time", 5, "time", KIT_NOW);
	(void)kit_event(&kit, "gone", 5, "gone", KIT_NOW);
	(void)kit_event(&kit, "cancelled", 5, "cancelled", KIT_NOW);
	a = kit_event(&kit, "moved", 5, "moved", KIT_NOW);
	a->parent_id = "gone";
	(void)kit_event(&kit, "labels", 5, "labels", KIT_NOW);
	(void)kit_event(&kit, "back", 5, "back", KIT_NOW);
	(void)meeting(&kit, "guests", 5, "guests");
	kit_commit(&kit);
	kit_page(&kit, s);
	kit_tombstone(&kit, "back");
	kit_commit(&kit);

	look_anew();
	kit_page(&dry, kit_stream(&dry, "events", "items"));
	(void)kit_event(&dry, "new", 1, "new", KIT_NOW);
	(void)kit_event(&dry, "same", 6, "same", KIT_NOW);
	(void)kit_event(&dry, "later", 4, "an older version", KIT_NOW);
	(void)kit_event(&dry, "title", 6, "renamed", KIT_NOW);
	a = kit_event(&dry, "time", 6, "time", KIT_NOW + 60 * SL_US_PER_S);
	a = kit_event(&dry, "cancelled", 6, "cancelled", KIT_NOW);
	a->deleted = true;
	a->deleted_reason = "cancelled";
	a = kit_event(&dry, "labels", 6, "labels", KIT_NOW);
	a->labels = (const char *const[]){ "private", NULL };
	(void)kit_event(&dry, "back", 6, "back", KIT_NOW);
	a = meeting(&dry, "guests", 6, "guests");
	a->participants->next->response = "declined";
	a = kit_event(&dry, "bad", 6, "bad", KIT_NOW);
	a->start_date = "2026-02-31";
	kit_tombstone(&dry, "gone");
	kit_tombstone(&dry, "unknown");
	sl_page_filtered(&dry.page)->source_id = "left-out";
	dry.page.filtered.first->reason = "event-type";
	sl_page_rejected(&dry.page)->source_id = "broken";
	dry.page.rejected.first->reason = "no id";
	look_at_page("create new|update title (title, metadata)|"
		     "update time (occurred_at, ends_at, reach_at)|"
		     "delete cancelled (cancelled)|update labels (labels)|"
		     "update back (deleted_at)|update guests (participants)|"
		     "quarantine bad (database error 22008: date/time "
		     "field value out of range: "
		     "\"2026-02-31\")|"
		     "delete gone (cancelled)|delete moved (series-gone)|"
		     "filter left-out (event-type)|quarantine broken (no id)");
	assert_int_equal(dry.outcome.counts.created, 1);
	assert_int_equal(dry.outcome.counts.updated, 5);
	assert_int_equal(dry.outcome.counts.deleted, 3);
	assert_int_equal(dry.outcome.counts.unchanged, 3);
	assert_int_equal(dry.outcome.counts.filtered, 1);
	assert_int_equal(dry.outcome.counts.quarantined, 2);

	/* The same again, on the next page: everything was told. */
	kit_page(&dry, kit_stream(&dry, "events", "items"));
	(void)kit_event(&dry, "new", 1, "new", KIT_NOW);
	kit_tombstone(&dry, "gone");
	look_at_page("");
	assert_int_equal(dry.outcome.counts.created, 0);
	assert_int_equal(dry.outcome.counts.deleted, 0);
	assert_int_equal(dry.outcome.counts.unchanged, 2);
}

static void
people_are_judged_from_the_page(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "people");
	struct sl_artifact *a;

	(void)state;
	look_anew();
	kit_page(&dry, kit_stream(&dry, "events", "people"));
	a = kit_event(&dry, "met", 1, "met", KIT_NOW - KIT_DAY);
	kit_person(&dry, a, "me@example.com", "organizer", "accepted");
	kit_person(&dry, a, "Bea@example.org", "attendee", "accepted");
	/* unanswered, but of somebody who becomes a contact here */
	a = kit_event(&dry, "asked", 1, "asked", KIT_NOW - KIT_DAY);
	kit_person(&dry, a, "bea@example.org", "organizer", NULL);
	kit_person(&dry, a, "me@example.com", "attendee", "needsAction");
	kit_person(&dry, a, "carl@example.org", "attendee", "accepted");
	a = kit_event(&dry, "future", 1, "future", KIT_NOW + KIT_DAY);
	kit_person(&dry, a, "me@example.com", "organizer", "accepted");
	kit_person(&dry, a, "not-yet@example.org", "attendee", "accepted");
	look_at_page("create met|create asked|create future|"
		     "contact bea@example.org (met-organised)|"
		     "contact carl@example.org (met-known-organizer)");
	assert_int_equal(dry.outcome.counts.contacts_created, 2);

	/* A later page of the run knows whom it has found. */
	kit_page(&dry, kit_stream(&dry, "events", "people"));
	a = kit_event(&dry, "again", 1, "again", KIT_NOW - KIT_DAY);
	kit_person(&dry, a, "me@example.com", "organizer", "accepted");
	kit_person(&dry, a, "bea@example.org", "attendee", "accepted");
	look_at_page("create again");
	assert_int_equal(dry.outcome.counts.contacts_created, 0);

	/* Who is found later had invited the user earlier: on a page of this
	 * run, and to an event that is stored. */
	kit_page(&kit, s);
	a = kit_event(&kit, "stored", 1, "stored", KIT_NOW - KIT_DAY);
	kit_person(&kit, a, "late@example.org", "organizer", NULL);
	kit_person(&kit, a, "me@example.com", "attendee", "needsAction");
	kit_person(&kit, a, "gil@example.org", "attendee", "accepted");
	kit_commit(&kit);
	look_anew();
	kit_page(&dry, kit_stream(&dry, "events", "people"));
	a = kit_event(&dry, "invited", 1, "invited", KIT_NOW - KIT_DAY);
	kit_person(&dry, a, "late@example.org", "organizer", NULL);
	kit_person(&dry, a, "me@example.com", "attendee", "needsAction");
	kit_person(&dry, a, "eve@example.org", "attendee", "accepted");
	look_at_page("create invited");
	kit_page(&dry, kit_stream(&dry, "events", "people"));
	a = kit_event(&dry, "late", 1, "late", KIT_NOW - KIT_DAY);
	kit_person(&dry, a, "me@example.com", "organizer", "accepted");
	kit_person(&dry, a, "late@example.org", "attendee", "accepted");
	look_at_page("create late|contact late@example.org (met-organised)|"
		     "contact eve@example.org (met-known-organizer)|"
		     "contact gil@example.org (met-known-organizer)");
	assert_int_equal(dry.outcome.counts.contacts_created, 3);

	/* An event that was stored as future has begun. */
	kit_page(&kit, s);
	a = kit_event(&kit, "begins", 1, "begins", KIT_NOW + KIT_DAY);
	kit_person(&kit, a, "me@example.com", "organizer", "accepted");
	kit_person(&kit, a, "dora@example.org", "attendee", "accepted");
	kit_commit(&kit);
	kit.now_us += 2 * KIT_DAY;
	look_anew();
	kit_page(&dry, kit_stream(&dry, "events", "people"));
	look_at_page("contact dora@example.org (met-organised)");
	kit.now_us = KIT_NOW;
}

static void
streams_open_and_close_in_memory(void **state)
{
	struct sl_stream_row *root;
	struct sl_stream_change *c;

	(void)state;
	(void)kit_open(&kit, "stays");
	(void)kit_open(&kit, "unlisted");
	look_anew();
	root = kit_stream(&dry, "calendars", "");
	kit_page(&dry, root);
	c = sl_page_stream(&dry.page);
	c->kind = "events";
	c->key = "stays";
	c->enabled = true;
	c = sl_page_stream(&dry.page);
	c->kind = "events";
	c->key = "opened";
	c->enabled = true;
	c = sl_page_stream(&dry.page);
	c->kind = "events";
	c->key = "off";
	c->reason = "hidden";
	kit_starts(&dry);
	look_at_page("open opened|open off (hidden)");
	assert_int_equal(dry.outcome.opened, 1);
	kit_page(&dry, kit_stream(&dry, "calendars", ""));
	c = sl_page_stream(&dry.page);
	c->kind = "events";
	c->key = "items"; /* of the first test */
	c->close = true;
	c->reason = "removed";
	kit_ends(&dry);
	kit_commit(&dry);
	assert_non_null(strstr(sl_buf_text(&told), "close items (removed)"));
	assert_non_null(
		strstr(sl_buf_text(&told), "close unlisted (not-listed)"));
	assert_null(strstr(sl_buf_text(&told), "close stays"));
	kit_reload(&dry);
	assert_non_null(kit_stream(&dry, "events", "opened"));
	assert_true(kit_stream(&dry, "events", "opened")->enabled);
	assert_false(kit_stream(&dry, "events", "off")->enabled);
	assert_null(kit_stream(&dry, "events", "unlisted"));
	assert_int_equal(kit_count(&dry, "public.sync_state",
				   "key IN ('opened', 'off') OR state = "
				   "'closed'"),
			 0);
}

/* A walk in one page over events [from, to). */
static void
walk(struct sl_kit *k, const char *key, int from, int to)
{
	char id[32];

	kit_page(k, kit_stream(k, "events", key));
	for (int i = from; i < to; i++) {
		(void)snprintf(id, sizeof(id), "e%03d", i);
		(void)kit_event(k, id, 1, id, KIT_NOW);
	}
	kit_starts(k);
	kit_ends(k);
	kit_commit(k);
}

static struct sl_sweep_outcome
sweep(const char *key, bool accept)
{
	struct sl_sweep_request request = { .lease = &dry.account.lease,
					    .stream = kit_stream(&dry, "events",
								 key),
					    .accept = accept,
					    .now_us = dry.now_us };
	struct sl_sweep_outcome out;
	char before[64];

	(void)snprintf(before, sizeof(before), "%s", tables());
	sl_buf_clear(&told);
	assert_int_equal(
		dry.store->sweep(dry.store, &request, dry.keep, &out, &dry.err),
		SL_OK);
	assert_string_equal(tables(), before);
	return out;
}

static void
a_complete_walk_tells_what_it_would_delete(void **state)
{
	struct sl_sweep_outcome out;

	(void)state;
	(void)kit_open(&kit, "swept");
	walk(&kit, "swept", 0, 60);
	kit.now_us += SL_US_PER_S;
	look_anew();
	walk(&dry, "swept", 2, 60);
	assert_int_equal(kit_stream(&dry, "events", "swept")->sweep,
			 SL_SWEEP_DUE);
	assert_int_equal(kit_stream(&dry, "events", "swept")->generation, 2);
	out = sweep("swept", false);
	assert_int_equal(out.answer, SL_SWEPT);
	assert_int_equal(out.deleted, 2);
	assert_string_equal(
		sl_buf_text(&told),
		"delete e000 (not-listed)|delete e001 (not-listed)");
	/* The first walk of a stream never sweeps. */
	(void)kit_open(&kit, "first");
	look_anew();
	walk(&dry, "first", 0, 3);
	assert_int_equal(kit_stream(&dry, "events", "first")->sweep,
			 SL_SWEEP_NONE);
}

/* Read the samples: those in `alive` are there. */
static void
read_samples(const char *key, const struct sl_ref *samples, bool alive)
{
	static const char *answered[SL_BREAKER_SAMPLES + 1];
	struct sl_stream_row *s = kit_stream(&dry, "events", key);
	int n = 0;

	s->sweep = SL_SWEEP_SAMPLING; /* as the engine notes */
	s->pending = samples;
	kit_page(&dry, s);
	for (const struct sl_ref *r = samples; r != NULL; r = r->next) {
		if (alive && n == 3)
			(void)kit_event(&dry, r->source_id, 1, r->source_id,
					KIT_NOW);
		else
			kit_tombstone(&dry, r->source_id);
		answered[n++] = r->source_id;
	}
	answered[n] = NULL;
	assert_int_equal(n, SL_BREAKER_SAMPLES);
	dry.commit.answered = answered;
	kit_commit(&dry);
	assert_null(kit_stream(&dry, "events", key)->pending);
}

static void
the_breaker_holds_as_it_would(void **state)
{
	struct sl_sweep_outcome out;

	(void)state;
	(void)kit_open(&kit, "many");
	walk(&kit, "many", 0, 200);
	kit.now_us += SL_US_PER_S;
	look_anew();
	walk(&dry, "many", 100, 200);
	out = sweep("many", false);
	assert_int_equal(out.answer, SL_SWEEP_ASKS);
	read_samples("many", out.pending, true);
	out = sweep("many", false);
	assert_int_equal(out.answer, SL_SWEEP_HOLDS);
	assert_int_equal(out.held, 90);
	assert_non_null(strstr(sl_buf_text(&told), "hold e0"));

	look_anew();
	walk(&dry, "many", 100, 200);
	out = sweep("many", false);
	assert_int_equal(out.answer, SL_SWEEP_ASKS);
	read_samples("many", out.pending, false);
	assert_int_equal(dry.outcome.counts.deleted, SL_BREAKER_SAMPLES);
	out = sweep("many", false);
	assert_int_equal(out.answer, SL_SWEPT);
	assert_int_equal(out.deleted, 90);

	look_anew();
	walk(&dry, "many", 100, 200);
	out = sweep("many", true);
	assert_int_equal(out.answer, SL_SWEPT);
	assert_int_equal(out.deleted, 100);
}

static void
a_walk_under_way_counts_what_it_saw_before(void **state)
{
	(void)state;
	(void)kit_open(&kit, "half");
	walk(&kit, "half", 0, 4);
	kit.now_us += SL_US_PER_S;
	kit_page(&kit, kit_stream(&kit, "events", "half"));
	(void)kit_event(&kit, "e000", 1, "e000", KIT_NOW);
	kit_starts(&kit);
	kit_commit(&kit); /* the real walk stops here */
	look_anew();
	kit_page(&dry, kit_stream(&dry, "events", "half"));
	(void)kit_event(&dry, "e001", 1, "e001", KIT_NOW);
	kit_ends(&dry);
	kit_commit(&dry);
	assert_int_equal(sweep("half", false).deleted, 2);
	assert_string_equal(
		sl_buf_text(&told),
		"delete e002 (not-listed)|delete e003 (not-listed)");
}

/* The run that walks ends it, sweeps and forgets what it saw, between our look
 * at its cursor and our look at what is gone. */
static void
a_walk_that_ends_meanwhile_does_not_fool(void **state)
{
	struct sl_stream_row *s;
	struct sl_sweep_outcome out;
	struct sl_sweep_request request = { .lease = &kit.account.lease };

	(void)state;
	(void)kit_open(&kit, "ends");
	walk(&kit, "ends", 0, 4);
	kit.now_us += SL_US_PER_S;
	s = kit_stream(&kit, "events", "ends");
	kit_page(&kit, s);
	(void)kit_event(&kit, "e000", 1, "e000", KIT_NOW);
	(void)kit_event(&kit, "e001", 1, "e001", KIT_NOW);
	kit_starts(&kit);
	kit_commit(&kit);
	look_anew();
	for (int i = 0; i < 2; i++) { /* both read the second page */
		struct sl_kit *k = i == 0 ? &dry : &kit;

		kit_page(k, kit_stream(k, "events", "ends"));
		(void)kit_event(k, "e002", 1, "e002", KIT_NOW);
		kit_ends(k);
		kit_commit(k);
	}
	request.stream = kit_stream(&kit, "events", "ends");
	request.now_us = kit.now_us;
	assert_int_equal(kit.store->sweep(kit.store, &request, kit.arena, &out,
					  &kit.err),
			 SL_OK);
	assert_int_equal(out.deleted, 1);
	assert_int_equal(kit_count(&kit, "sluice.seen",
				   "stream_id = (SELECT id FROM "
				   "public.sync_state WHERE key = 'ends')"),
			 0);
	assert_int_equal(sweep("ends", false).deleted, 0);
	assert_string_equal(sl_buf_text(&told), "");
}

static void
refs_and_patches_are_resolved_without_writing(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "refs");
	struct sl_patch *patch;

	(void)state;
	kit_page(&kit, s);
	(void)kit_event(&kit, "known", 7, "known", KIT_NOW);
	(void)kit_event(&kit, "changed", 7, "changed", KIT_NOW);
	(void)kit_event(&kit, "back", 7, "back", KIT_NOW);
	kit_commit(&kit);
	kit_page(&kit, s);
	kit_tombstone(&kit, "back");
	kit_commit(&kit);
	look_anew();
	kit_page(&dry, kit_stream(&dry, "events", "refs"));
	for (int i = 0; i < 4; i++) {
		static const char *const ids[] = { "known", "changed", "back",
						   "new" };
		struct sl_ref *r = sl_page_ref(&dry.page);

		r->source_id = ids[i];
		r->version = i == 1 ? "8" : "7";
	}
	patch = sl_page_patch(&dry.page);
	patch->source_id = "known";
	patch->labels = (const char *const[]){ "read", NULL };
	patch = sl_page_patch(&dry.page);
	patch->source_id = "absent";
	patch->restore = true;
	look_at_page("update known (labels)|update back (deleted_at)");
	assert_int_equal(dry.outcome.counts.unchanged, 2);
	assert_string_equal(dry.outcome.pending->source_id, "changed");
	assert_string_equal(dry.outcome.pending->next->source_id, "new");
	assert_null(dry.outcome.pending->next->next);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_told_item_by_item),
		cmocka_unit_test(people_are_judged_from_the_page),
		cmocka_unit_test(streams_open_and_close_in_memory),
		cmocka_unit_test(a_complete_walk_tells_what_it_would_delete),
		cmocka_unit_test(the_breaker_holds_as_it_would),
		cmocka_unit_test(a_walk_under_way_counts_what_it_saw_before),
		cmocka_unit_test(a_walk_that_ends_meanwhile_does_not_fool),
		cmocka_unit_test(refs_and_patches_are_resolved_without_writing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
