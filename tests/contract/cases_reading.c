/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items that a listing only names, read one by one or in groups: what goes
 * wrong there costs one item its turn, never its neighbours theirs.
 */
#include <string.h>

#include "tests/contract/fault.h"

#define ITEMS 7
#define GROUP 4 /* more of one group than it pays to read one by one */

static void
needs_refs(struct contract_world *w)
{
	if (w->row->kit->refs == NULL)
		skip(); /* its listings hold the items themselves */
}

/** One group, and one item that has none. */
static void
fill_group(struct contract_world *w)
{
	feed_fill(&w->feed, GROUP + 1);
	for (size_t i = 0; i < GROUP; i++)
		w->feed.items[i].group = "group1";
	w->feed.per_page = GROUP + 1;
}

static void
all_stored(struct contract_world *w, int items)
{
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_int_equal(world_live(w), items);
	assert_int_equal(world_quarantined(w), 0);
}

/* ---- answers that are none ---- */

static void
spoil_second(struct contract_feed *feed, struct contract_exchange *x)
{
	if (x->number == 2)
		fault_apply(feed->spoil_ctx, x);
}

static void
spoil_from_second(struct contract_feed *feed, struct contract_exchange *x)
{
	if (x->number >= 2)
		fault_apply(feed->spoil_ctx, x);
}

static void
spoil_groups_once(struct contract_feed *feed, struct contract_exchange *x)
{
	if (x->request->asks == CONTRACT_GROUP && feed->groups == 1)
		fault_apply(feed->spoil_ctx, x);
}

static void
once_at_an_item(struct contract_world *w)
{
	const struct contract_fault *fault = w->arg;

	needs_refs(w);
	feed_fill(&w->feed, ITEMS);
	w->slow_seconds = fault->framing == FRAME_SLOW;
	w->feed.spoil_read = spoil_second;
	w->feed.spoil_ctx = fault;
	world_run(w);
	all_stored(w, ITEMS);
	assert_in_range(w->feed.singles, ITEMS, ITEMS + 4);
	w->slow_seconds = 0;
	world_settle(w);
}

/** Nothing is lost, nothing is swept, the listing's place is kept. */
static void
for_ever_at_items(struct contract_world *w)
{
	const struct contract_fault *fault = w->arg;

	needs_refs(w);
	feed_fill(&w->feed, ITEMS);
	w->feed.spoil_read = spoil_from_second;
	w->feed.spoil_ctx = fault;
	world_run(w);
	world_ended(w, "stream", fault->remedy, SL_STREAM);
	assert_in_range(world_live(w), 0, 1);
	assert_int_equal(world_quarantined(w), 0);
	world_run_scheduled(w);
	assert_int_equal(w->feed.singles, 0); /* not before its time */
	world_settle(w);
}

static void
once_at_a_group(struct contract_world *w)
{
	const struct contract_fault *fault = w->arg;

	needs_refs(w);
	fill_group(w);
	w->slow_seconds = fault->framing == FRAME_SLOW;
	w->feed.spoil_read = spoil_groups_once;
	w->feed.spoil_ctx = fault;
	world_run(w);
	all_stored(w, GROUP + 1);
	assert_in_range(w->feed.groups, 1, 3);
	w->slow_seconds = 0;
	world_settle(w);
}

/* ---- items ---- */

static void
lose_after_listing(struct contract_feed *feed, struct contract_exchange *x)
{
	(void)x;
	feed_lose(feed, 1);
}

static void
gone_after_the_list(struct contract_world *w)
{
	needs_refs(w);
	feed_fill(&w->feed, ITEMS);
	w->feed.per_page = ITEMS;
	w->feed.spoil = lose_after_listing;
	world_run(w);
	all_stored(w, ITEMS - 1);
	assert_int_equal(w->feed.singles, ITEMS);
	w->feed.spoil = NULL;
	world_settle(w);
}

static bool
is_second_item(const struct contract_exchange *x)
{
	return strcmp(x->request->item_id, "id2") == 0;
}

static void
refuse_second(struct contract_feed *feed, struct contract_exchange *x)
{
	(void)feed;
	if (!is_second_item(x))
		return;
	x->status = 403;
	sl_buf_clear(&x->body);
}

static void
one_is_refused(struct contract_world *w)
{
	needs_refs(w);
	feed_fill(&w->feed, ITEMS);
	w->feed.spoil_read = refuse_second;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	world_listings(w, 3);
	assert_int_equal(world_live(w), ITEMS - 1);
	assert_int_equal(world_quarantined(w), 1);
}

static void
fail_second(struct contract_feed *feed, struct contract_exchange *x)
{
	(void)feed;
	if (!is_second_item(x))
		return;
	x->status = 500;
	sl_buf_clear(&x->body);
}

/** The provider fails at one item, again and again: that one is set aside, and
 *  the listing goes on to its end. */
static void
one_fails_for_ever(struct contract_world *w)
{
	needs_refs(w);
	feed_fill(&w->feed, ITEMS);
	w->feed.spoil_read = fail_second;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	world_listings(w, 3);
	assert_int_equal(world_live(w), ITEMS - 1);
	assert_int_equal(world_quarantined(w), 1);
}

static void
answer_otherwise(struct contract_feed *feed, struct contract_exchange *x)
{
	if (!is_second_item(x) || x->request->light)
		return;
	sl_buf_clear(&x->body);
	if (feed->spoil_ctx != NULL)
		sl_buf_adds(&x->body, feed->spoil_ctx);
	else
		feed->kit->item(&feed->items[4], &x->body);
}

/** What is no item, again and again, though it is there: set aside, while all
 *  others are stored. */
static void
another_answer(struct contract_world *w)
{
	needs_refs(w);
	feed_fill(&w->feed, ITEMS);
	w->feed.spoil_read = answer_otherwise;
	w->feed.spoil_ctx = w->arg;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	world_listings(w, 3);
	assert_int_equal(world_live(w), ITEMS - 1);
	assert_int_equal(world_quarantined(w), 1);
	assert_int_equal(world_i64(w, "SELECT count(*) AS v FROM artifacts "
				      "WHERE user_id = $user AND source_id = "
				      "'id2'"),
			 0);
}

/* ---- groups ---- */

static void
a_group_is_read_at_once(struct contract_world *w)
{
	needs_refs(w);
	fill_group(w);
	world_run(w);
	all_stored(w, GROUP + 1);
	assert_int_equal(w->feed.groups, 1);
	assert_int_equal(w->feed.singles, 1);
	world_settle(w);
}

static void
hide_group(struct contract_feed *feed, struct contract_exchange *x)
{
	if (x->request->asks == CONTRACT_GROUP)
		fault_apply(feed->spoil_ctx, x);
}

/** Too large, or not there: its items are read one by one. */
static void
a_group_that_cannot_be_read(struct contract_world *w)
{
	needs_refs(w);
	fill_group(w);
	w->feed.spoil_read = hide_group;
	w->feed.spoil_ctx = w->arg;
	world_run(w);
	all_stored(w, GROUP + 1);
	assert_int_equal(w->feed.groups, 1);
	assert_int_equal(w->feed.singles, GROUP + 1);
	world_settle(w);
}

/** Where nothing else is asked for, an outage looks the same: after two runs it
 *  is one no more. */
static void
a_group_fails_for_ever(struct contract_world *w)
{
	needs_refs(w);
	fill_group(w);
	w->feed.spoil_read = hide_group;
	w->feed.spoil_ctx = w->arg;
	for (int i = 0; i < 3; i++)
		world_run(w);
	all_stored(w, GROUP + 1);
	assert_int_equal(w->feed.groups, sl_retry_default.max_attempts);
	assert_int_equal(w->feed.singles, GROUP);
	world_settle(w);
}

/** A member that the group does not show is looked for by itself. */
static void
a_member_is_missing(struct contract_world *w)
{
	needs_refs(w);
	fill_group(w);
	w->feed.spoil = lose_after_listing;
	world_run(w);
	all_stored(w, GROUP);
	assert_int_equal(w->feed.groups, 1);
	assert_int_equal(w->feed.singles, 2);
	w->feed.spoil = NULL;
	world_settle(w);
}

/** A member that no page of the listing named is stored all the same. */
static void
forget_one(struct contract_feed *feed, struct contract_exchange *x)
{
	(void)feed;
	if (!x->page.changes && x->page.count > 0)
		x->page.count--;
}

static void
a_member_nobody_named(struct contract_world *w)
{
	needs_refs(w);
	feed_fill(&w->feed, GROUP);
	for (size_t i = 0; i < GROUP; i++)
		w->feed.items[i].group = "group1";
	w->feed.per_page = GROUP;
	w->feed.spoil = forget_one;
	world_run(w);
	all_stored(w, GROUP);
	assert_int_equal(w->feed.groups, 1);
	w->feed.spoil = NULL;
	world_settle(w);
}

/** A member that is gone is not stored with the others. */
static void
a_member_that_is_gone(struct contract_world *w)
{
	needs_refs(w);
	fill_group(w);
	feed_bury(&w->feed, 3);
	(void)feed_add(&w->feed, "id9", "As it was");
	w->feed.items[w->feed.count - 1].group = "group1";
	world_run(w);
	all_stored(w, GROUP + 1);
	assert_int_equal(w->feed.groups, 1);
	world_settle(w);
}

static const struct contract_fault not_there = { .status = 404, .body = "" };
static const struct contract_fault trouble = { .status = 500, .body = "" };

#define READ(name, number)                                                     \
	{ name ", once at an item", once_at_an_item,                           \
	  &contract_faults[FAULT_##number] },                                  \
	{                                                                      \
		name ", once at a group", once_at_a_group,                     \
			&contract_faults[FAULT_##number]                       \
	}
#define READ_FOR_EVER(name, number)                                            \
	READ(name, number),                                                    \
	{                                                                      \
		name ", for ever at items", for_ever_at_items,                 \
			&contract_faults[FAULT_##number]                       \
	}

const struct contract_case contract_reading_cases[] = {
	READ_FOR_EVER("a cut body", CUT),
	READ("a body cut without a length", CUT_NOLEN),
	READ("a cut chunk", CUT_CHUNKED),
	READ_FOR_EVER("a cut gzip stream of matching length", CUT_GZIP),
	READ("a reset", RESET),
	READ("an empty reply", EMPTY),
	READ("HTML", HTML_TYPE),
	READ("a list instead of the answer", ARRAY),
	READ("an empty object instead of the answer", OBJECT),
	READ("an error with status 200", ERROR_200),
	READ_FOR_EVER("a redirect", REDIRECT),
	READ("204", STATUS_204),
	READ("a slow body", SLOW),
	READ("gzip, chunked or plain: no fault", GZIP),
	{ "404 after the list named it", gone_after_the_list, NULL },
	{ "one item is refused, its neighbours are read", one_is_refused,
	  NULL },
	{ "HTTP 500 for ever for one item, its neighbours are read",
	  one_fails_for_ever, NULL },
	{ "another item than asked for", another_answer, NULL },
	{ "null for ever instead of one item", another_answer, "null" },
	{ "a list for ever instead of one item", another_answer, "[]" },
	{ "an empty object for ever instead of one item", another_answer,
	  "{}" },
	{ "HTML for ever instead of one item", another_answer, "<html>" },
	{ "a group is read at once", a_group_is_read_at_once, NULL },
	{ "a group too large is read item by item", a_group_that_cannot_be_read,
	  &contract_faults[FAULT_BOMB] },
	{ "404 for a group", a_group_that_cannot_be_read, &not_there },
	{ "HTTP 500 for ever for a group", a_group_fails_for_ever, &trouble },
	{ "a member of a group is missing", a_member_is_missing, NULL },
	{ "a member that no listing named", a_member_nobody_named, NULL },
	{ "a member that is gone", a_member_that_is_gone, NULL },
	{ .name = NULL },
};
