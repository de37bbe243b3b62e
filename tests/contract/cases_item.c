/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Odd items in the middle of a good page: their neighbours are stored, the
 * cursor moves, and each is stored or set aside, never both, never neither.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/contract/world.h"

#define ITEMS    5 /* good ones around the odd one */
#define DEEP     100000
#define HUGE     ((size_t)1024 * 1024)
#define TOO_HUGE ((size_t)SL_BODY_MAX + 1)

/** What an odd item must become. */
enum fate { STORED, SET_ASIDE, EITHER };

struct odd {
	const char *whole; /* the item is this JSON       */
	const char *id_json, *title_json, *at_json, *more_json;
	enum fate fate;
	const char *title; /* as stored; NULL = whatever  */
};

static void
add_odd(struct contract_world *w, const struct odd *odd)
{
	struct contract_item *item;

	feed_fill(&w->feed, 2);
	if (odd->whole != NULL) {
		feed_add_whole(&w->feed, odd->whole);
	} else {
		item = feed_add(&w->feed, "odd", "Odd");
		item->id_json = odd->id_json;
		item->title_json = odd->title_json;
		item->at_json = odd->at_json;
		item->more_json = odd->more_json;
	}
	(void)feed_add(&w->feed, "right1", "Right");
	(void)feed_add(&w->feed, "right2", "Right");
	(void)feed_add(&w->feed, "right3", "Right");
}

static void
found(struct contract_world *w, const struct odd *odd)
{
	int64_t live = world_live(w) - ITEMS, aside = world_quarantined(w);

	if (live + aside != 1 || (odd->fate == STORED && live != 1) ||
	    (odd->fate == SET_ASIDE && aside != 1))
		fail_msg("of %d good items and an odd one %d are stored, "
			 "%d set aside",
			 ITEMS, (int)(live + ITEMS), (int)aside);
	if (odd->title != NULL)
		assert_string_equal(world_text(w, "SELECT title AS v FROM "
						  "artifacts WHERE user_id = "
						  "$user AND source_id = "
						  "'odd'"),
				    odd->title);
	if (aside > 0)
		assert_int_equal(
			world_i64(w, "SELECT count(*) AS v FROM sync_items "
				     "WHERE user_id = $user AND raw_bytes > 0 "
				     "AND octet_length(raw) > 0 AND reason <> "
				     "''"),
			1);
}

static void
an_odd_item(struct contract_world *w)
{
	const struct odd *odd = w->arg;

	w->feed.per_page = 6; /* the middle of one page */
	add_odd(w, odd);
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	world_listings(w, 1);
	found(w, odd);
	world_settle(w);
}

/* ---- built at run time ---- */

static char *
text_of(size_t len, const char *before, char fill, const char *after)
{
	char *text = malloc(strlen(before) + len + strlen(after) + 1), *at;

	SL_ASSERT(text != NULL);
	at = stpcpy(text, before);
	memset(at, fill, len);
	memcpy(at + len, after, strlen(after) + 1);
	return text;
}

static void
nested_deep(struct contract_world *w)
{
	char *open = text_of(DEEP, ",\"deep\":", '[', "");
	char *both = text_of(DEEP, open, ']', "");
	const struct odd odd = { .more_json = both, .fate = EITHER };

	w->arg = &odd;
	an_odd_item(w);
	free(open);
	free(both);
}

static void
a_huge_field(struct contract_world *w)
{
	const struct contract_kit *kit = w->row->kit;
	char *title = text_of(HUGE, "\"", 'h', "\"");
	const struct odd odd = { .title_json = title, .fate = STORED };

	w->feed.per_page = 6;
	add_odd(w, &odd);
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	found(w, &odd);
	assert_int_equal(world_i64(w, "SELECT octet_length(title) AS v FROM "
				      "artifacts WHERE user_id = $user AND "
				      "source_id = 'odd'"),
			 kit->title_max > 0 ? kit->title_max : HUGE);
	world_settle(w);
	free(title);
}

/** Larger than any page may be: halving does not help. */
static void
an_item_too_large(struct contract_world *w)
{
	const struct contract_kit *kit = w->row->kit;
	char *title = text_of(TOO_HUGE, "\"", 'h', "\"");
	const struct odd odd = {
		.title_json = title,
		.fate = kit->keeps_too_large ? STORED : SET_ASIDE,
	};

	w->feed.per_page = 6;
	add_odd(w, &odd);
	world_run(w);
	assert_in_range(w->feed.listings + w->feed.singles, 2,
			ITEMS * (SL_SHRINK_MAX + 1));
	if (kit->passes_too_large || kit->keeps_too_large) {
		world_ended(w, "ok", SL_OK, SL_ITEM);
		found(w, &odd);
	} else { /* a feed that cannot be asked for less says so */
		world_ended(w, "stream", SL_SMALLER, SL_STREAM);
		world_run_scheduled(w);
		world_listings(w, 0);
	}
	free(title);
}

static void
an_id_at_the_limit(struct contract_world *w)
{
	char *longest = text_of(SL_SOURCE_ID_MAX, "\"", 'i', "\"");
	char *longer = text_of(SL_SOURCE_ID_MAX + 1, "\"", 'i', "\"");

	w->feed.per_page = 6;
	add_odd(w, &(struct odd){ .id_json = longest });
	feed_add(&w->feed, "odd2", "Odd")->id_json = longer;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_int_equal(world_live(w), ITEMS + 1);
	assert_int_equal(world_quarantined(w), 1);
	world_settle(w);
	free(longest);
	free(longer);
}

/* ---- several versions of one item ---- */

/** Whoever reads the item by its id finds it so. */
static void
become(struct contract_feed *feed, int64_t version, const char *title)
{
	if (feed->kit->refs == NULL)
		return;
	feed->items[0].version = version;
	feed->items[0].title = title;
}

/** Items id1 as version 9 (`Newer`) and as it is, in the order asked for. */
static void
twice(struct contract_feed *feed, struct contract_exchange *x)
{
	struct contract_item newer = feed->items[0], older = feed->items[0];
	bool newer_first = feed->spoil_ctx != NULL;

	newer.title = "Newer";
	newer.version = 50;
	older.title = "Older";
	older.version = 40;
	x->items[x->page.count++] =
		feed_item(feed, x, newer_first ? &newer : &older);
	x->items[x->page.count++] =
		feed_item(feed, x, newer_first ? &older : &newer);
	become(feed, newer.version, newer.title);
}

static void
twice_in_a_page(struct contract_world *w)
{
	const struct contract_kit *kit = w->row->kit;

	world_open_versions(w);
	feed_fill(&w->feed, 3);
	w->feed.spoil = twice;
	w->feed.spoil_ctx = kit->versioned ? w->arg : NULL;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_int_equal(world_live(w), 3);
	assert_string_equal(world_title(w, "id1"), "Newer");
	w->feed.items[0].version = 50;
	w->feed.items[0].title = "Newer";
	world_settle(w);
}

/** The item, and in the same page: it is gone. */
static void
then_gone(struct contract_feed *feed, struct contract_exchange *x)
{
	struct contract_item gone = feed->items[0];

	gone.gone = true;
	gone.version = 50;
	x->items[x->page.count++] = feed_item(feed, x, &gone);
}

static void
gone_in_the_same_page(struct contract_world *w)
{
	world_open_versions(w);
	feed_fill(&w->feed, 3);
	w->feed.spoil = then_gone;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_int_equal(world_live(w), 2);
}

/** On the second page the first page's item again: newer, or older. */
static void
again_on_page_two(struct contract_feed *feed, struct contract_exchange *x)
{
	struct contract_item again = feed->items[0];

	if (x->number == 1) {
		again.version = 45;
		again.title = "In between";
	} else {
		again.version = feed->spoil_ctx != NULL ? 40 : 50;
		again.title = feed->spoil_ctx != NULL ? "Older" : "Newer";
	}
	x->items[x->page.count++] = feed_item(feed, x, &again);
	if (again.version >= 45)
		become(feed, again.version, again.title);
}

static void
twice_on_two_pages(struct contract_world *w)
{
	bool older = w->arg != NULL;
	const char *title = older ? "In between" : "Newer";

	if (older && !w->row->kit->versioned)
		skip(); /* nothing tells which of two is newer */
	world_open_versions(w);
	feed_fill(&w->feed, 4);
	w->feed.spoil = again_on_page_two;
	w->feed.spoil_ctx = w->arg;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_int_equal(world_live(w), 4);
	assert_string_equal(world_title(w, "id1"), title);
	w->feed.items[0].title = title;
	w->feed.items[0].version = older ? 45 : 50;
	world_settle(w);
}

/** A front end that lags behind sends what was true before. */
static void
lag(struct contract_feed *feed, struct contract_exchange *x)
{
	struct contract_item old = feed->items[0];

	old.version = 1;
	old.title = "As it was";
	x->items[0] = feed_item(feed, x, &old);
	x->page.count = 1;
}

static void
older_than_stored(struct contract_world *w)
{
	if (!w->row->kit->versioned)
		skip(); /* nothing tells which of two is newer */
	feed_fill(&w->feed, 3);
	world_begin(w);
	feed_change(&w->feed, 0, "Changed");
	world_run(w);
	world_twin(w);
	w->feed.spoil = lag;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_int_equal(w->last.tally.fetched, 1);
	assert_int_equal(w->last.tally.updated, 0);
	assert_string_equal(world_title(w, "id1"), "Changed");
	world_settle(w);
}

/** Gone, and back under the same id. */
static void
gone_and_back(struct contract_world *w)
{
	feed_fill(&w->feed, 3);
	world_begin(w);
	feed_bury(&w->feed, 0);
	world_run(w);
	world_twin(w);
	assert_int_equal(world_live(w), 2);
	feed_return(&w->feed, 0, "Back");
	world_run(w);
	assert_int_equal(world_live(w), 3);
	world_settle(w);
}

/** Gone before it was ever seen. */
static void
gone_before_seen(struct contract_world *w)
{
	feed_fill(&w->feed, 3);
	world_begin(w);
	(void)feed_add(&w->feed, "mayfly", "Short");
	feed_bury(&w->feed, 3);
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_int_equal(world_live(w), 3);
	world_settle(w);
}

/** A byte order mark, and members that nobody knows. */
static void
with_bom(struct contract_feed *feed, struct contract_exchange *x)
{
	sl_buf_adds(&x->body, "\xef\xbb\xbf");
	x->page.more_json = ",\"contract_new\":{\"a\":[1,null,{}]}";
	feed->kit->page(&x->page, &x->body);
}

static void
unknown_fields_and_bom(struct contract_world *w)
{
	feed_fill(&w->feed, 4);
	w->feed.items[1].more_json = ",\"contract_new\":{\"b\":[true,1.5]}";
	w->feed.spoil = with_bom;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	world_listings(w, 2);
	assert_int_equal(world_live(w), 4);
	assert_int_equal(world_quarantined(w), 0);
	world_settle(w);
}

#define FFFD "\xef\xbf\xbd"

static const struct odd odds[] = {
	{ .title_json = "\"a\\u0000b\"", .title = "a" FFFD "b" },
	{ .title_json = "\"a\\ud800b \\udc00\"", .title = "a" FFFD "b " FFFD },
	{ .title_json = "\"a\xff\xc0\x80z\"", .fate = STORED },
	{ .title_json = "\"\\ud83d\\ude00 \xf0\x9f\x98\x80\"",
	  .title = "\xf0\x9f\x98\x80 \xf0\x9f\x98\x80" },
	{ .more_json = ",\"k\\u0000\":1,\"\\udfff\":2,\"\xff\":3",
	  .title = "Odd" },
	{ .more_json = ",\"n\":99999999999999999999,\"m\":-9223372036854775809,"
		       "\"e\":1e400,\"sequence\":1e999",
	  .title = "Odd" },
	{ .title_json = "null", .fate = STORED },
	{ .title_json = "17", .fate = STORED },
	{ .title_json = "[\"a\"]", .fate = STORED },
	{ .at_json = "\"2026-02-30T25:61:00Z\"", .fate = EITHER },
	{ .at_json = "\"0000-00-00T00:00:00Z\"", .fate = EITHER },
	{ .at_json = "\"9999-12-31T23:59:60Z\"", .fate = EITHER },
	{ .at_json = "\"\"", .fate = EITHER },
	{ .at_json = "1795168800", .fate = EITHER },
	{ .at_json = "null", .fate = EITHER },
	{ .at_json = "{\"a\":[]}", .fate = EITHER },
	{ .id_json = "17", .fate = SET_ASIDE },
	{ .id_json = "\"\"", .fate = SET_ASIDE },
	{ .id_json = "null", .fate = SET_ASIDE },
	{ .id_json = "{}", .fate = SET_ASIDE },
	{ .whole = "{}", .fate = SET_ASIDE },
	{ .whole = "null", .fate = SET_ASIDE },
	{ .whole = "[]", .fate = SET_ASIDE },
	{ .whole = "\"an item?\"", .fate = SET_ASIDE },
	{ .whole = "99999999999999999999", .fate = SET_ASIDE },
};

#define ODD(name, n)                                                           \
	{                                                                      \
		name, an_odd_item, &odds[n]                                    \
	}

const struct contract_case contract_item_cases[] = {
	ODD("NUL in a text", 0),
	ODD("lone surrogates in a text", 1),
	ODD("no UTF-8 in a text", 2),
	ODD("a true surrogate pair is kept", 3),
	ODD("NUL, lone surrogate and no UTF-8 in keys", 4),
	ODD("integers beyond 64 bits, reals beyond double", 5),
	ODD("null for a text", 6),
	ODD("a number for a text", 7),
	ODD("a list for a text", 8),
	ODD("a date that does not exist", 9),
	ODD("the year 0", 10),
	ODD("a leap second in the year 9999", 11),
	ODD("an empty date", 12),
	ODD("a number for a date", 13),
	ODD("null for a date", 14),
	ODD("an object for a date", 15),
	ODD("a number for an id", 16),
	ODD("an empty id", 17),
	ODD("null for an id", 18),
	ODD("an object for an id", 19),
	ODD("an empty item", 20),
	ODD("null for an item", 21),
	ODD("a list for an item", 22),
	ODD("a text for an item", 23),
	ODD("a number for an item", 24),
	{ "nested 100,000 deep", nested_deep, NULL },
	{ "a huge field", a_huge_field, NULL },
	{ "an item larger than any page", an_item_too_large, NULL },
	{ "an id at the limit, and one past it", an_id_at_the_limit, NULL },
	{ "one item twice in a page, the newer last", twice_in_a_page, NULL },
	{ "one item twice in a page, the newer first", twice_in_a_page,
	  &odds[0] },
	{ "one item on two pages, the newer last", twice_on_two_pages, NULL },
	{ "one item on two pages, the newer first", twice_on_two_pages,
	  &odds[0] },
	{ "an item, and that it is gone, in one page", gone_in_the_same_page,
	  NULL },
	{ "an item older than stored", older_than_stored, NULL },
	{ "an item that went and came back", gone_and_back, NULL },
	{ "an item gone before it was seen", gone_before_seen, NULL },
	{ "unknown fields, and a byte order mark", unknown_fields_and_bom,
	  NULL },
	{ .name = NULL },
};
