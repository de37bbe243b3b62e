/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers that arrive crooked, or are no answers: the second page of a walk
 * and of changes, once and for ever.
 */
#include <string.h>
#include <sys/resource.h>

#include "tests/contract/fault.h"

#define ITEMS 7
#if defined(__SANITIZE_ADDRESS__)
#define MEMORY_MAX (512 * 1024) /* what was freed is kept for a while */
#else
#define MEMORY_MAX (16 * 1024) /* kB for 300 MB, the server's part included */
#endif

static void
once(struct contract_feed *feed, struct contract_exchange *x)
{
	if (x->number == 2)
		fault_apply(feed->spoil_ctx, x);
}

static void
for_ever(struct contract_feed *feed, struct contract_exchange *x)
{
	if (x->number >= 2)
		fault_apply(feed->spoil_ctx, x);
}

static void
from_the_start(struct contract_feed *feed, struct contract_exchange *x)
{
	fault_apply(feed->spoil_ctx, x);
}

/** Changes of two pages. */
static void
change(struct contract_world *w)
{
	feed_change(&w->feed, 1, "Changed");
	feed_bury(&w->feed, 2);
	feed_change(&w->feed, 5, "Changed, too");
	(void)feed_add(&w->feed, "new1", "New");
}

static int
tries(const struct contract_fault *fault)
{
	return fault->remedy == SL_SMALLER ? SL_SHRINK_MAX + 1
					   : sl_retry_default.max_attempts;
}

static void
goes_over(struct contract_world *w, int pages)
{
	const struct contract_fault *fault = w->arg;

	w->feed.spoil = once;
	w->feed.spoil_ctx = fault;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	world_listings(w, pages + (fault->remedy != SL_OK));
	world_settle(w);
}

static void
once_in_a_walk(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	goes_over(w, 3);
}

static void
once_in_changes(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	change(w);
	goes_over(w, 2);
}

/** The page before is kept, the cursor stays before the bad one. */
static void
stands_before(struct contract_world *w, const char *position)
{
	const struct contract_fault *fault = w->arg;

	w->feed.spoil = for_ever;
	w->feed.spoil_ctx = fault;
	world_run(w);
	world_ended(w, "stream", fault->remedy, SL_STREAM);
	/* A kept connection that dies without a byte: the client repeats the
	 * request once, on a fresh one. */
	world_listings(w, 1 + tries(fault) + (fault->framing == FRAME_EMPTY));
	assert_string_equal(
		world_text(w,
			   "SELECT concat_ws(' ', last_error_class, "
			   "last_error_scope, failures) AS v FROM sync_state "
			   "WHERE user_id = $user AND kind = '%s'",
			   *position == 'c' ? world_follower(w)
					    : w->row->kit->kind),
		fault->remedy == SL_SMALLER ? "smaller stream 1"
					    : "retry stream 1");
	world_run_scheduled(w);
	world_listings(w, 0); /* not asked again before its time */
	w->feed.spoil = NULL;
	world_run(w);
	assert_string_equal(world_position(w, 1), position);
	world_settle(w);
}

static void
for_ever_in_a_walk(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	/* counted pages do not say since when */
	stands_before(w, w->row->kit->counted ? "w3.0" : "w3.7");
}

static void
for_ever_in_changes(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	change(w);
	stands_before(w, "c7.3");
}

static long
resident_kb(void)
{
	struct rusage usage;

	SL_ASSERT(getrusage(RUSAGE_SELF, &usage) == 0);
	return usage.ru_maxrss;
}

/** However long the body: what is held of it is the cap, and little more. */
static void
memory_is_bounded(struct contract_world *w)
{
	size_t most = w->row->kit->body_max;
	long before;

	if (most == 0)
		most = SL_BODY_MAX;
	feed_fill(&w->feed, ITEMS);
	world_begin(w); /* everything that is needed anyway */
	w->feed.spoil = from_the_start;
	w->feed.spoil_ctx = w->arg;
	before = resident_kb();
	world_run(w);
	world_ended(w, "stream", SL_SMALLER, SL_STREAM);
	assert_in_range(w->time.largest_body, 0, most + 1);
	assert_in_range(resident_kb() - before, 0,
			MEMORY_MAX + (most - SL_BODY_MAX) / 1024);
	world_settle(w);
}

/** Silence after half a body: the client's patience is shortened here. */
static void
slow(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	w->slow_seconds = 1;
	w->feed.spoil = once;
	w->feed.spoil_ctx = w->arg;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_in_range(w->feed.listings, 4, 5);
	w->slow_seconds = 0;
	world_settle(w);
}

/** Whoever is named in Location hears nothing, least of all a token. */
static void
not_followed(struct contract_world *w)
{
	static struct contract_fault here = { .status = 307,
					      .remedy = SL_RETRY };
	char location[128];

	feed_fill(&w->feed, ITEMS);
	(void)snprintf(location, sizeof(location),
		       "Location: http://127.0.0.1:%d/token\r\n",
		       w->feed.server.port);
	here.headers = location;
	w->feed.spoil = once;
	w->feed.spoil_ctx = &here;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_int_equal(w->feed.tokens, 0);
	world_listings(w, 4);
	world_settle(w);
}

#define FOUR(name, fault)                                                      \
	{ name ", once in a walk", once_in_a_walk, &contract_faults[fault] },  \
		{ name ", once in changes", once_in_changes,                   \
		  &contract_faults[fault] },                                   \
		{ name ", for ever in a walk", for_ever_in_a_walk,             \
		  &contract_faults[fault] },                                   \
	{                                                                      \
		name ", for ever in changes", for_ever_in_changes,             \
			&contract_faults[fault]                                \
	}
#define BOTH(name, fault)                                                      \
	{ name ", once in a walk", once_in_a_walk, &contract_faults[fault] },  \
	{                                                                      \
		name ", for ever in changes", for_ever_in_changes,             \
			&contract_faults[fault]                                \
	}
#define GOOD(name, fault)                                                      \
	{                                                                      \
		name " is no fault", once_in_a_walk, &contract_faults[fault]   \
	}

const struct contract_case contract_transport_cases[] = {
	{ "a gzip bomb takes no memory", memory_is_bounded,
	  &contract_faults[FAULT_BOMB] },
	{ "an endless body takes no memory", memory_is_bounded,
	  &contract_faults[FAULT_ENDLESS] },
	BOTH("a gzip bomb", FAULT_BOMB),
	FOUR("a cut body", FAULT_CUT),
	BOTH("a body cut without a length", FAULT_CUT_NOLEN),
	BOTH("a cut chunk", FAULT_CUT_CHUNKED),
	FOUR("a cut gzip stream of matching length", FAULT_CUT_GZIP),
	BOTH("two lengths", FAULT_TWO_LENGTHS),
	BOTH("a NUL in a header", FAULT_NUL_HEADER),
	BOTH("a flood of headers", FAULT_FLOOD),
	BOTH("a reset", FAULT_RESET),
	BOTH("an empty reply", FAULT_EMPTY),
	FOUR("HTML", FAULT_HTML_TYPE),
	BOTH("HTML that says it is JSON", FAULT_HTML_JSON),
	BOTH("a list instead of a page", FAULT_ARRAY),
	BOTH("an empty object instead of a page", FAULT_OBJECT),
	BOTH("null instead of a page", FAULT_NOTHING),
	BOTH("a number instead of a page", FAULT_NUMBER),
	BOTH("a blank body", FAULT_BLANK),
	BOTH("an error with status 200", FAULT_ERROR_200),
	FOUR("a redirect", FAULT_REDIRECT),
	BOTH("204", FAULT_STATUS_204),
	BOTH("206", FAULT_STATUS_206),
	BOTH("304", FAULT_STATUS_304),
	{ "a slow body", slow, &contract_faults[FAULT_SLOW] },
	{ "a redirect is not followed", not_followed, NULL },
	GOOD("chunked", FAULT_CHUNKED),
	GOOD("gzip", FAULT_GZIP),
	GOOD("gzip without its checksum but complete", FAULT_NO_CRC),
	GOOD("another content type", FAULT_PLAIN),
	{ .name = NULL },
};
