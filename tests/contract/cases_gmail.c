/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What only Gmail's history can do: records that say nothing, labels of
 * messages nobody has, deletions before arrivals, drafts that change their id
 * with every save, positions that go back.
 *
 * Source: Gmail API reference, users.history.list; Synchronize clients with
 * Gmail; read 2026-11
 */
#include "core/base/text.h"

#include "tests/contract/kit_gmail.h"

#define ITEMS 3

/** A message, or what is told of one; IDS is `"id":"..."` and more. */
#define TOLD(kind, ids, more)                                                  \
	"\"" kind "\":[{\"message\":{" ids ",\"threadId\":\"t\"}" more "}]"
#define RECORD(id, what) "{\"id\":\"" id "\",\"messages\":[]," what "}"
#define LABELS(labels)   ",\"labelIds\":[" labels "]"

/** Records beside what the history holds anyway, NULL-ended. */
static void
add_records(struct contract_feed *feed, struct contract_exchange *x)
{
	const char *const *record = feed->spoil_ctx;

	if (!sl_text_equal(x->request->position, "s3"))
		return; /* they are behind us */
	for (; *record != NULL; record++)
		x->items[x->page.count++] = *record;
}

struct history {
	const char *records[8];
	int live;    /* afterwards               */
	int deleted; /* of the messages there    */
	int singles; /* reads that it takes      */
};

/** Nothing is read but what is new in the end, and the position moves. */
static void
records(struct contract_world *w)
{
	const struct history *history = w->arg;

	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	w->feed.spoil = add_records;
	w->feed.spoil_ctx = history->records;
	w->feed.seq = 20;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_int_equal(world_live(w), history->live);
	assert_int_equal(w->last.tally.deleted, history->deleted);
	assert_int_equal(w->feed.singles + w->feed.groups, history->singles);
	w->feed.spoil = NULL;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_int_equal(w->last.tally.fetched, 0);
	assert_string_equal(
		world_text(w, "SELECT cursor ->> 'history' AS v FROM "
			      "sync_state WHERE user_id = $user AND kind = "
			      "'changes'"),
		"1020");
}

static const struct history no_typed_change = {
	{ "{\"id\":\"1004\",\"messages\":[{\"id\":\"id1\",\"threadId\":"
	  "\"t-id1\"}]}",
	  "{\"id\":\"1005\"}", "{\"id\":\"1006\",\"messages\":[]}", "{}" },
	ITEMS,
	0,
	0,
};
static const struct history label_of_unknown = {
	{ RECORD("1004", TOLD("labelsAdded", "\"id\":\"never\"",
			      LABELS("\"STARRED\""))),
	  RECORD("1005", TOLD("labelsRemoved", "\"id\":\"never2\"",
			      LABELS("\"UNREAD\""))) },
	ITEMS,
	0,
	0,
};
static const struct history deleted_before_added = {
	{ RECORD("1004", TOLD("messagesDeleted", "\"id\":\"id1\"", "")),
	  RECORD("1005", TOLD("messagesDeleted", "\"id\":\"early\"", "")),
	  RECORD("1006", TOLD("messagesAdded", "\"id\":\"early\"", "")) },
	ITEMS - 1,
	1,
	1, /* it is looked for, and is not there */
};
static const struct history draft_churn = {
	{ RECORD("1004",
		 TOLD("messagesAdded",
		      "\"labelIds\":[\"DRAFT\"],\"id\":\"draft1\"", "")),
	  RECORD("1005", TOLD("messagesDeleted", "\"id\":\"draft1\"", "")),
	  RECORD("1006",
		 TOLD("messagesAdded",
		      "\"labelIds\":[\"DRAFT\"],\"id\":\"draft2\"", "")),
	  RECORD("1007", TOLD("messagesDeleted", "\"id\":\"draft2\"", "")),
	  RECORD("1008",
		 TOLD("messagesAdded",
		      "\"labelIds\":[\"DRAFT\"],\"id\":\"draft3\"", "")) },
	ITEMS,
	0,
	0,
};
static const struct history added_and_gone = {
	{ RECORD("1004", TOLD("messagesAdded", "\"id\":\"gone\"", "")),
	  RECORD("1005", TOLD("messagesDeleted", "\"id\":\"gone\"", "")),
	  RECORD("1006", TOLD("messagesAdded",
			      "\"labelIds\":[\"SPAM\"],\"id\":\"spam\"", "")) },
	ITEMS,
	0,
	0,
};
static const struct history arrived_and_404 = {
	{ RECORD("1004", TOLD("messagesAdded", "\"id\":\"mayfly\"", "")) },
	ITEMS,
	0,
	1,
};
static const struct history nobody = {
	{ RECORD("1004", "\"messagesAdded\":[{}]"),
	  RECORD("1005", "\"labelsAdded\":17"),
	  RECORD("1006", "\"messagesDeleted\":[]"),
	  "{\"id\":\"99999999999999999999\",\"labelsAdded\":[]}" },
	ITEMS,
	0,
	0,
};

/** The same message in every answer, and it is never there. */
static void
name_for_ever(struct contract_feed *feed, struct contract_exchange *x)
{
	const struct history *history = feed->spoil_ctx;

	if (x->page.changes)
		x->items[x->page.count++] = history->records[0];
}

static void
named_for_ever(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	w->feed.spoil = name_for_ever;
	w->feed.spoil_ctx = &arrived_and_404;
	world_run(w);
	world_ended(w, "stream", SL_RETRY, SL_STREAM);
	assert_in_range(w->feed.singles, 1, 3);
	assert_int_equal(world_live(w), ITEMS);
	world_settle(w);
}

/* ---- positions ---- */

static int64_t
stored_position(struct contract_world *w)
{
	return world_i64(w, "SELECT (cursor ->> 'history')::bigint AS v FROM "
			    "sync_state WHERE user_id = $user AND kind = "
			    "'changes'");
}

static void
tell_position(struct contract_feed *feed, struct contract_exchange *x)
{
	if (x->page.changes)
		x->page.sync = feed->spoil_ctx;
}

/** A replica that lags does not take us back: nothing is read twice. */
static void
a_smaller_position(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	w->feed.spoil = tell_position;
	w->feed.spoil_ctx = "s1";
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_int_equal(stored_position(w), GMAIL_HISTORY + ITEMS);
	world_settle(w);
}

/** For good: the mailbox is another one, and is walked anew. */
static void
a_smaller_position_for_good(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	feed_lose(&w->feed, 1);
	w->feed.spoil = tell_position;
	w->feed.spoil_ctx = "s1";
	for (int i = 0; i < 10 && world_live(w) == ITEMS; i++) {
		world_run(w);
		world_ended(w, "ok", SL_OK, SL_ITEM);
		assert_in_range(stored_position(w), GMAIL_HISTORY + ITEMS,
				INT64_MAX);
	}
	assert_int_equal(world_live(w), ITEMS - 1);
}

/** A position beyond the mailbox's own is refused (404): a new one is taken,
 *  and what was deleted meanwhile is found by the walk. */
static void
a_future_position(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	sl_test_db_exec(w->db,
			"UPDATE sync_state SET cursor = jsonb_set(cursor, "
			"'{history}', '999999') WHERE kind = 'changes' AND "
			"user_id = '%s'",
			w->subject.user);
	feed_lose(&w->feed, 1);
	(void)feed_add(&w->feed, "new1", "New");
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_int_equal(world_live(w), ITEMS);
	assert_int_equal(stored_position(w), GMAIL_HISTORY + ITEMS + 1);
}

#define SLICE_US     (5 * SL_US_PER_S)
#define SLICES_MAX   20
#define SLICED_ITEMS 120

/* The database's clock stood while the other one jumped over the slice; the
 * next one begins at once. */
static void
let_slice_pass(struct contract_world *w)
{
	sl_test_db_exec(w->db,
			"UPDATE sluice.schedule SET next_run_at = "
			"sluice.clock(), bucket_at = bucket_at - make_interval("
			"secs => %lld / 1e6) WHERE user_id = '%s'",
			(long long)w->last.waited_us, w->subject.user);
}

/**
 * A mailbox that takes longer than a run may: slice by slice it arrives, what
 * is new before what is old, nothing is read twice that had landed, and all
 * slices together keep within the quota: 2,400 units take 22 seconds and more,
 * however often somebody begins.
 */
static void
slices_under_a_quota(struct contract_world *w)
{
	int64_t took_us = 0;
	int singles = 0, slices = 0;

	feed_fill(&w->feed, SLICED_ITEMS);
	w->max_time_us = SLICE_US;
	do {
		world_run_scheduled(w);
		slices++;
		took_us += w->last.waited_us;
		singles += w->feed.singles;
		if (slices == 2)
			(void)feed_add(&w->feed, "new1", "New");
		if (slices == 3)
			assert_int_equal(
				world_i64(w, "SELECT count(*) AS v FROM "
					     "artifacts WHERE user_id = $user "
					     "AND source_id = 'new1'"),
				1);
		let_slice_pass(w);
	} while (strcmp(w->last.status, "handed-back") == 0 &&
		 slices < SLICES_MAX);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	print_message("  %d slices, %d reads, %lld s\n", slices, singles,
		      (long long)(took_us / SL_US_PER_S));
	assert_int_equal(world_live(w), SLICED_ITEMS + 1);
	assert_in_range(singles, SLICED_ITEMS + 1,
			SLICED_ITEMS + 1 + 4 * slices);
	assert_in_range(slices, 4, SLICES_MAX - 1);
	assert_true(took_us >= 22 * SL_US_PER_S);
	w->max_time_us = 0;
	world_settle(w);
}

#define HISTORY(name, which)                                                   \
	{                                                                      \
		name, records, &(which)                                        \
	}

const struct contract_case contract_gmail_cases[] = {
	HISTORY("records without a change", no_typed_change),
	HISTORY("labels of messages that are not here", label_of_unknown),
	HISTORY("deleted before it was added", deleted_before_added),
	HISTORY("drafts that change id with every save", draft_churn),
	HISTORY("added and gone, or spam, on one page", added_and_gone),
	HISTORY("404 for a message that the history named", arrived_and_404),
	HISTORY("records of nobody", nobody),
	{ "404 for a message that the history names for ever", named_for_ever,
	  NULL },
	{ "a position that goes back", a_smaller_position, NULL },
	{ "a position that stays behind", a_smaller_position_for_good, NULL },
	{ "a position in the future", a_future_position, NULL },
	{ "slices of a mailbox that takes longer", slices_under_a_quota, NULL },
	{ .name = NULL },
};
