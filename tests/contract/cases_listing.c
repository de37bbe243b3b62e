/* SPDX-License-Identifier: Apache-2.0 */
/* How a listing goes on, ends, and fails to end. */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#include "tests/contract/world.h"

#define ITEMS 7 /* three pages of a walk */

static int64_t
generation(struct contract_world *w)
{
	return world_i64(w,
			 "SELECT generation AS v FROM sync_state WHERE user_id "
			 "= $user AND kind = '%s'",
			 w->row->kit->kind);
}

/** Where the changes go on. */
static const char *
cursor(struct contract_world *w)
{
	return world_text(w,
			  "SELECT cursor AS v FROM sync_state WHERE user_id = "
			  "$user AND kind = '%s'",
			  world_follower(w));
}

/** Two changed, one gone, one new: two pages of changes. */
static void
change(struct contract_world *w)
{
	feed_change(&w->feed, 1, "Changed");
	feed_bury(&w->feed, 2);
	feed_change(&w->feed, 5, "Changed, too");
	(void)feed_add(&w->feed, "new1", "New");
}

/* ---- good listings ---- */

static void
an_empty_account(struct contract_world *w)
{
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	world_listings(w, 1);
	assert_int_equal(world_live(w), 0);
	world_settle(w);
}

static void
pages_follow_each_other(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	world_listings(w, 3);
	assert_int_equal(world_live(w), ITEMS);
	assert_int_equal(w->last.tally.created, ITEMS);
	world_settle(w);
	change(w);
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	world_listings(w, 2);
	assert_string_equal(world_position(w, 1), "s7");
	assert_int_equal(w->last.tally.created, 1);
	assert_int_equal(w->last.tally.updated, 2);
	assert_int_equal(w->last.tally.deleted, 1);
	world_settle(w);
}

/* ---- odd, but good ---- */

/** The first page once more, under a token of its own. */
static void
repeat_first(struct contract_feed *feed, struct contract_exchange *x)
{
	(void)feed;
	if (x->number == 1)
		x->page.next = "w0.7";
}

static void
the_same_page_twice(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	w->feed.spoil = repeat_first;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	world_listings(w, 4);
	assert_int_equal(world_live(w), ITEMS);
	assert_int_equal(w->last.tally.created, ITEMS);
	world_settle(w);
}

static void
empty_first(struct contract_feed *feed, struct contract_exchange *x)
{
	(void)feed;
	if (x->number > 2)
		return;
	x->page.count = 0;
	x->page.next = x->number == 1 ? "w0.7-a" : "w0.7-b";
	x->page.sync = NULL;
}

static void
empty_pages_with_a_token(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	w->feed.spoil = empty_first;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	world_listings(w, 5);
	assert_int_equal(world_live(w), ITEMS);
	world_settle(w);
}

/* ---- loops ---- */

/** From the second page on: the token that it was asked with. */
static void
loop_a_a(struct contract_feed *feed, struct contract_exchange *x)
{
	(void)feed;
	if (x->request->position != NULL)
		x->page.next = x->request->position;
}

/** A, B, A, B, ... */
static void
loop_a_b(struct contract_feed *feed, struct contract_exchange *x)
{
	const char *at = x->request->position;

	(void)feed;
	x->page.next =
		at == NULL || strcmp(at, "w3.7-b") == 0 ? "w3.7-a" : "w3.7-b";
	x->page.sync = NULL;
}

static void
a_token_that_loops(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	w->feed.spoil = *(const contract_spoil *)w->arg;
	world_run(w);
	world_ended(w, "stream", SL_RETRY, SL_STREAM);
	/* A few pages (a cursor may hold more than the token, a page size for
	 * one), and as many tries as any trouble gets. */
	assert_in_range(w->feed.listings, 2, 5 + sl_retry_default.max_attempts);
	assert_in_range(world_live(w), 3, ITEMS - 1);
	assert_int_equal(generation(w), 1);
	world_settle(w);
	assert_int_equal(generation(w), 1);
}

static void
endless_empty(struct contract_feed *feed, struct contract_exchange *x)
{
	(void)feed;
	x->page.count = 0;
	x->page.next = sl_arena_printf(x->arena, "w0.7-%d", x->number);
	x->page.sync = NULL;
}

/** The same items for ever, under ever new tokens. */
static void
endless_full(struct contract_feed *feed, struct contract_exchange *x)
{
	(void)feed;
	x->page.next = sl_arena_printf(x->arena, "w0.7-%d", x->number);
	x->page.sync = NULL;
}

static void
tokens_without_end(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	w->feed.spoil = *(const contract_spoil *)w->arg;
	world_run(w);
	world_ended(w, "stream", SL_RETRY, SL_STREAM);
	assert_in_range(w->feed.listings, 1,
			SL_STALE_PAGES_MAX + 2 + sl_retry_default.max_attempts);
	assert_int_equal(generation(w), 1);
	world_settle(w);
}

static void
changes_a_b(struct contract_feed *feed, struct contract_exchange *x)
{
	(void)feed;
	x->page.next = sl_text_equal(x->request->position, "c7.0-a") ? "c7.0-b"
								     : "c7.0-a";
	x->page.sync = NULL;
}

static void
changes_without_end(struct contract_feed *feed, struct contract_exchange *x)
{
	(void)feed;
	x->page.next = sl_arena_printf(x->arena, "c7.0-%d", x->number);
	x->page.sync = NULL;
}

/** What the pages held is kept, the position is not moved past it. */
static void
changes_that_loop(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	change(w);
	w->feed.spoil = *(const contract_spoil *)w->arg;
	world_run(w);
	world_ended(w, "stream", SL_RETRY, SL_STREAM);
	assert_in_range(w->feed.listings, 2,
			w->feed.spoil == changes_without_end
				? SL_STALE_PAGES_MAX + 2 +
					  sl_retry_default.max_attempts
				: 5 + sl_retry_default.max_attempts);
	assert_int_equal(generation(w), 1);
	world_settle(w);
	assert_int_equal(generation(w), 1);
	assert_int_equal(world_live(w), ITEMS);
}

/* ---- a last page without a token ---- */

static void
drop_sync(struct contract_feed *feed, struct contract_exchange *x)
{
	(void)feed;
	x->page.sync = NULL;
}

/** Where another stream follows, no walk ends with a token. */
static void
walk_ends_without_token(struct contract_world *w)
{
	world_ended(w, "ok", SL_OK, SL_ITEM);
	world_listings(w, 3);
	assert_int_equal(world_live(w), ITEMS);
	world_settle(w);
}

static void
no_token_after_a_walk(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	w->feed.spoil = drop_sync;
	world_run(w);
	if (w->row->kit->refs != NULL) {
		walk_ends_without_token(w);
		return;
	}
	assert_in_range(w->feed.listings, 3, 3 + sl_retry_default.max_attempts);
	assert_in_range(world_live(w), ITEMS - 1, ITEMS);
	assert_string_not_equal(
		world_text(w,
			   "SELECT state AS v FROM sync_state WHERE user_id = "
			   "$user AND kind = '%s'",
			   w->row->kit->kind),
		"live");
	world_settle(w);
}

static void
no_token_after_changes(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	change(w);
	w->feed.spoil = drop_sync;
	world_run(w);
	assert_non_null(cursor(w));
	assert_in_range(w->feed.listings, 2, 2 + sl_retry_default.max_attempts);
	/* what has no token yet is asked for again, from where it is known */
	w->feed.spoil = NULL;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	if (w->feed.polls == 0) /* the page before had told it */
		assert_string_not_equal(world_position(w, 1), "");
	assert_int_equal(generation(w), 1);
	world_settle(w);
}

/* ---- refused tokens ---- */

static void
expire_sync(struct contract_feed *feed, struct contract_exchange *x)
{
	if (x->number == 1)
		x->status = feed->kit->sync_expired;
}

/** What happens while nobody listens. A walk of refs shows who came and went;
 *  that one which stayed has another label, only the changes tell. */
static void
change_in_the_gap(struct contract_world *w)
{
	if (w->row->kit->refs == NULL) {
		change(w);
		return;
	}
	feed_bury(&w->feed, 2);
	(void)feed_add(&w->feed, "new1", "New");
}

static void
an_expired_cursor(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	change_in_the_gap(w);
	world_twin(w);
	w->feed.spoil = expire_sync;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_string_equal(world_position(w, 1), "s7");
	assert_string_equal(world_position(w, 2), "");
	world_listings(w, 4);
	assert_int_equal(generation(w), 2);
	assert_int_equal(world_live(w), ITEMS);
	/* Swept, not told: why it went is all that may differ. */
	sl_test_db_exec(w->db,
			"UPDATE artifacts SET deleted_reason = NULL, "
			"source_version = 0 WHERE deleted_at IS NOT NULL");
	world_settle(w);
}

static void
expire_page(struct contract_feed *feed, struct contract_exchange *x)
{
	if (x->number == 2)
		x->status = feed->kit->page_expired;
}

static void
a_page_token_expires_in_a_walk(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	w->feed.spoil = expire_page;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	world_listings(w, 2 + 3);
	assert_string_equal(world_position(w, 3), "");
	assert_int_equal(w->last.tally.created, ITEMS);
	world_settle(w);
}

static void
a_page_token_expires_in_changes(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	change(w);
	world_twin(w);
	w->feed.spoil = expire_page;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_string_equal(world_position(w, 1), "s7");
	world_settle(w);
}

static void
expire_all(struct contract_feed *feed, struct contract_exchange *x)
{
	if (x->request->position != NULL)
		x->status = feed_expired(feed, x->request->position);
}

static void
a_cursor_that_never_holds(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	w->feed.spoil = expire_all;
	world_run(w);
	world_ended(w, "stream", SL_RESYNC, SL_STREAM);
	/* two requests a walk, and no third walk */
	assert_in_range(w->feed.listings, 2, 2 * (SL_RESYNCS_MAX + 1));
	assert_int_equal(world_live(w), 3);
	assert_int_equal(world_i64(w, "SELECT count(*) AS v FROM artifacts "
				      "WHERE user_id = $user AND deleted_at "
				      "IS NOT NULL"),
			 0);
	world_run_scheduled(w);
	world_listings(w, 0); /* it waits for better days */
	world_settle(w);
}

/* ---- another question ---- */

static void
other_options(struct contract_world *w)
{
	const char *settings = w->row->kit->other_settings;
	int64_t live;

	if (settings == NULL)
		skip(); /* it has no options */
	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	live = world_live(w);
	sl_test_db_exec(w->db,
			"UPDATE user_integrations SET settings = '%s' WHERE "
			"user_id IN ('%s', '%s')",
			settings, w->subject.user, w->twin.user);
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	world_listings(w, 3);
	assert_string_equal(world_position(w, 1), ""); /* the cursor is void */
	assert_int_equal(generation(w), 2);
	assert_int_equal(world_live(w), live);
	world_twin(w);
	world_settle(w);
}

static void
a_cursor_of_nobody(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	sl_test_db_exec(w->db,
			"UPDATE sync_state SET cursor = '%s' WHERE user_id = "
			"'%s'",
			(const char *)w->arg, w->subject.user);
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_string_equal(world_position(w, w->feed.listings - 2), "");
	assert_int_equal(world_live(w), ITEMS);
	assert_int_equal(w->last.tally.updated, 0);
	world_settle(w);
}

/* ---- a full walk finds what nobody told ---- */

static void
what_vanished_is_swept(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	feed_lose(&w->feed, 3);
	world_run(w);
	assert_int_equal(world_live(w), ITEMS);
	world_run_full(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_int_equal(w->last.tally.deleted, 1);
	assert_int_equal(w->last.tally.updated, 0);
	assert_int_equal(world_live(w), ITEMS - 1);
}

static void
fail_page_three(struct contract_feed *feed, struct contract_exchange *x)
{
	(void)feed;
	if (x->number >= 3)
		x->status = 500;
}

/** An interrupted walk deletes nothing, and goes on where it stopped. */
static void
nothing_is_swept_before_the_end(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	w->feed.spoil = fail_page_three;
	feed_lose(&w->feed, 0);
	feed_lose(&w->feed, 6);
	feed_lose(&w->feed, 5);
	w->feed.per_page = 1;
	world_run_full(w);
	assert_int_equal(world_live(w), ITEMS);
	w->feed.spoil = NULL;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_string_equal(world_position(w, 1), "w2.7");
	assert_int_equal(world_live(w), ITEMS - 3);
}

/* ---- stopped ---- */

static struct contract_world *stopping;

static void
stop_at_two(struct contract_feed *feed, struct contract_exchange *x)
{
	(void)feed;
	if (x->number != 2)
		return;
	sl_engine_stop(stopping->engine);
	x->framing = FRAME_SLOW;
}

static void
cancelled(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	stopping = w;
	w->feed.spoil = stop_at_two;
	world_run(w);
	world_ended(w, "interrupted", SL_OK, SL_ITEM);
	world_listings(w, 2);
	assert_int_equal(world_live(w), 3);
	assert_string_equal(
		world_text(w, "SELECT status AS v FROM sync_logs WHERE user_id "
			      "= $user ORDER BY started_at DESC LIMIT 1"),
		"interrupted");
	assert_int_equal(world_i64(w, "SELECT count(*) AS v FROM "
				      "sluice.schedule WHERE user_id = $user "
				      "AND lease_until > now()"),
			 0);
	w->feed.spoil = NULL;
	world_run(w);
	assert_string_equal(world_position(w, 1), "w3.7");
	world_listings(w, 2);
	world_settle(w);
}

/* ---- the budget ---- */

#define BUDGET ((size_t)24 * 1024)

static void
the_budget_of_a_page(struct contract_world *w)
{
	static char title[1025];

	memset(title, 'x', sizeof(title) - 1);
	feed_fill(&w->feed, 60);
	for (size_t i = 0; i < w->feed.count; i++)
		w->feed.items[i].title = title;
	w->feed.per_page = 1000;
	w->body_budget = BUDGET;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_int_equal(world_live(w), 60);
	assert_in_range(w->time.largest_body, 1, BUDGET + 1); /* its NUL */
	/* halved until it fits, never doubled back within the run */
	assert_in_range(w->feed.listings, w->row->kit->refs ? 1 : 4, 60);
	w->body_budget = 0;
	world_settle(w);
}

static const contract_spoil spoils[] = { loop_a_a, loop_a_b, endless_empty,
					 endless_full };
static const contract_spoil change_spoils[] = { loop_a_a, changes_a_b,
						changes_without_end };

const struct contract_case contract_listing_cases[] = {
	{ "an empty account", an_empty_account, NULL },
	{ "pages follow each other, walk and changes", pages_follow_each_other,
	  NULL },
	{ "the same page twice", the_same_page_twice, NULL },
	{ "empty pages with a token", empty_pages_with_a_token, NULL },
	{ "a page token that names itself (A, A)", a_token_that_loops,
	  &spoils[0] },
	{ "page tokens in a circle (A, B, A)", a_token_that_loops, &spoils[1] },
	{ "new tokens for ever, empty pages", tokens_without_end, &spoils[2] },
	{ "new tokens for ever, the same items", tokens_without_end,
	  &spoils[3] },
	{ "a page token that names itself, in changes", changes_that_loop,
	  &change_spoils[0] },
	{ "page tokens in a circle, in changes", changes_that_loop,
	  &change_spoils[1] },
	{ "new tokens for ever, in changes", changes_that_loop,
	  &change_spoils[2] },
	{ "a last page without token, after a walk", no_token_after_a_walk,
	  NULL },
	{ "a last page without token, after changes", no_token_after_changes,
	  NULL },
	{ "an expired cursor", an_expired_cursor, NULL },
	{ "a page token expires in a walk", a_page_token_expires_in_a_walk,
	  NULL },
	{ "a page token expires in changes", a_page_token_expires_in_changes,
	  NULL },
	{ "a cursor that is refused again and again", a_cursor_that_never_holds,
	  NULL },
	{ "options changed under a cursor", other_options, NULL },
	{ "a stored cursor of another version", a_cursor_of_nobody,
	  "{\"v\":9999}" },
	{ "a stored cursor that is none", a_cursor_of_nobody, "[17]" },
	{ "a full walk sweeps what vanished", what_vanished_is_swept, NULL },
	{ "an interrupted walk sweeps nothing", nothing_is_swept_before_the_end,
	  NULL },
	{ "cancelled in the middle of a page", cancelled, NULL },
	{ "the byte budget of one page", the_budget_of_a_page, NULL },
	{ .name = NULL },
};
