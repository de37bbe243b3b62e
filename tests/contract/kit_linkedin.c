/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The changelog of a member of LinkedIn: an item is a message, a change of it
 * an edit, its end a removal; each is an event, processed a second after the
 * one before. The snapshots beside it are not ready, ever.
 *
 * The feed's positions are made of what is asked for: a moment, and how many
 * events behind it. Nothing can be read by id, and no position expires, so that
 * the cases of feeds that hand out tokens say nothing of it; its own are below.
 *
 * Source: LinkedIn, Member Changelog API, Error Handling, read 2026-11
 */
#include <string.h>

#include "core/base/text.h"

#include "tests/contract/world.h"

#define ITEMS   7 /* three pages */
#define BASE_MS (WORLD_NOW_US / 1000 - INT64_C(86400000))

static void
recognise(const char *path, const char *query, struct sl_arena *arena,
	  struct contract_request *out)
{
	int64_t from = 0, start = 0, since;

	if (strcmp(path, "/rest/memberChangeLogs") != 0)
		return;
	out->asks = CONTRACT_LISTING;
	(void)sl_parse_i64(contract_param(arena, query, "startTime"), &from);
	if (contract_param(arena, query, "start") != NULL)
		(void)sl_parse_i64(contract_param(arena, query, "start"),
				   &start);
	since = (from - BASE_MS) / 1000 - 1; /* that moment included */
	if (from < BASE_MS && start > 0)
		out->position =
			sl_arena_printf(arena, "w%lld.0", (long long)start);
	else if (from >= BASE_MS && start > 0)
		out->position =
			sl_arena_printf(arena, "c%lld.%lld", (long long)since,
					(long long)start);
	else if (from >= BASE_MS)
		out->position =
			sl_arena_printf(arena, "s%lld", (long long)since);
}

static void
other(const char *path, const char *query, int64_t seq, struct sl_buf *body)
{
	(void)path, (void)query, (void)seq;
	sl_buf_adds(body, "{\"status\":404,\"message\":\"No data found for "
			  "this domain and memberId.\"}");
}

static const char *
method_of(const struct contract_item *item)
{
	if (item->gone)
		return "DELETE";
	return item->version == item->born ? "CREATE" : "UPDATE";
}

static void
item(const struct contract_item *item, struct sl_buf *out)
{
	long long at = BASE_MS + item->version * 1000;

	sl_buf_addf(out,
		    "{\"id\":%lld,\"activityId\":\"a%lld\",\"activityStatus\":"
		    "\"SUCCESS\",\"owner\":\"urn:li:person:me\",\"actor\":"
		    "\"urn:li:person:bo\",\"resourceName\":\"messages\","
		    "\"method\":\"%s\",\"capturedAt\":%lld,\"processedAt\":"
		    "%lld,\"resourceId\":",
		    (long long)item->version, (long long)item->version,
		    method_of(item), at, at);
	contract_quote(out, item->id);
	sl_buf_addf(out,
		    ",\"activity\":{\"author\":\"urn:li:person:bo\","
		    "\"thread\":\"urn:li:messagingThread:t-%s\","
		    "\"createdAt\":%lld,\"content\":{\"fallback\":",
		    item->id, (long long)(BASE_MS + item->born * 1000));
	contract_quote(out, item->title);
	sl_buf_adds(out, "}}}");
}

static void
page(const struct contract_page *page, struct sl_buf *out)
{
	sl_buf_adds(out, "{\"elements\":[");
	for (size_t i = 0; i < page->count; i++)
		sl_buf_addf(out, "%s%s", i > 0 ? "," : "", page->items[i]);
	sl_buf_adds(out, "],\"paging\":{\"links\":[]}}");
}

static const struct contract_refusal refusals[] = {
	{ "a bad request", 400, "{}", SL_CONFIG, SL_STREAM },
	{ "permission missing", 403,
	  "{\"status\":403,\"serviceErrorCode\":100,\"code\":\"ACCESS_DENIED\"}",
	  SL_REAUTH, SL_INTEGRATION },
	{ "no such API", 404, "{\"status\":404}", SL_RETRY, SL_STREAM },
	{ "no data of a changelog", 404, "{\"message\":\"No data found\"}",
	  SL_RETRY, SL_STREAM },
	{ "a version that is no more", 426,
	  "{\"status\":426,\"code\":\"NONEXISTENT_VERSION\"}", SL_CONFIG,
	  SL_CLIENT },
	{ "... told without the status", 200,
	  "{\"message\":\"Requested version 20231201 is not active\"}",
	  SL_CONFIG, SL_CLIENT },
	{ "a limit of a day", 429,
	  "{\"message\":\"Resource level throttle MEMBER DAY limit for calls "
	  "to this resource is reached.\"}",
	  SL_RETRY, SL_INTEGRATION },
	{ "429 without a word", 429, "", SL_RETRY, SL_INTEGRATION },
	{ "trouble", 500, "{}", SL_RETRY, SL_STREAM },
	{ "a gateway's page", 502, "<html>", SL_RETRY, SL_STREAM },
	{ "unavailable", 503, "", SL_RETRY, SL_STREAM },
	{ .name = NULL },
};

/* --- its own cases -------------------------------------------------------- */

/** Two edited, one removed, one new. */
static void
change(struct contract_world *w)
{
	feed_change(&w->feed, 1, "Changed");
	feed_bury(&w->feed, 2);
	feed_change(&w->feed, 5, "Changed, too");
	(void)feed_add(&w->feed, "new1", "New");
}

static void
windows_follow_each_other(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	assert_int_equal(world_live(w), ITEMS);
	change(w);
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_string_equal(world_position(w, 1), "s6");
	assert_int_equal(w->last.tally.created, 1);
	assert_int_equal(w->last.tally.updated, 2);
	assert_int_equal(w->last.tally.deleted, 1);
	assert_int_equal(world_live(w), ITEMS);
	world_twin(w);
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	assert_int_equal(w->last.tally.fetched, 0);
	world_asked_once(w);
	world_equal(w);
}

static void
refuse(struct contract_feed *feed, struct contract_exchange *x)
{
	const struct contract_refusal *r = feed->spoil_ctx;

	x->status = r->status;
	sl_buf_adds(&x->body, r->body);
}

/** When it is over, the window goes on, and all is as at the twin's. */
static void
is_over_and_nothing_is_lost(struct contract_world *w)
{
	w->feed.spoil = NULL;
	world_run(w);
	world_ended(w, "ok", SL_OK, SL_ITEM);
	world_twin(w);
	world_equal(w);
}

static void
every_refusal(struct contract_world *w)
{
	const struct contract_refusal *r = w->arg;

	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	change(w);
	w->feed.spoil = refuse;
	w->feed.spoil_ctx = r;
	world_run(w);
	assert_int_equal(w->last.error.status, r->remedy);
	assert_int_equal(w->last.error.scope, r->scope);
	assert_int_equal(world_live(w), ITEMS);
	if (r->remedy == SL_REAUTH)
		world_connect(w, &w->subject);
	is_over_and_nothing_is_lost(w);
}

static void
second_page(struct contract_feed *feed, struct contract_exchange *x)
{
	const enum contract_framing *framing = feed->spoil_ctx;

	if (x->number > 1)
		x->framing = *framing;
}

static void
a_broken_answer(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	change(w);
	w->feed.spoil = second_page;
	w->feed.spoil_ctx = w->arg;
	world_run(w);
	assert_string_equal(w->last.status, "failed");
	is_over_and_nothing_is_lost(w);
}

static void
no_list(struct contract_feed *feed, struct contract_exchange *x)
{
	(void)feed;
	sl_buf_adds(&x->body, "{\"hello\":1}");
}

static void
a_foreign_body(struct contract_world *w)
{
	feed_fill(&w->feed, ITEMS);
	world_begin(w);
	change(w);
	w->feed.spoil = no_list;
	world_run(w);
	assert_int_equal(w->last.error.status, SL_RETRY);
	is_over_and_nothing_is_lost(w);
}

static const enum contract_framing cut = FRAME_CUT,
				   cut_chunked = FRAME_CUT_CHUNKED,
				   reset = FRAME_RESET, empty = FRAME_EMPTY,
				   cut_gzip = FRAME_CUT_GZIP;

static const struct contract_case cases[] = {
	{ "windows follow each other", windows_follow_each_other, NULL },
	{ "a bad request", every_refusal, &refusals[0] },
	{ "permission missing", every_refusal, &refusals[1] },
	{ "no such API", every_refusal, &refusals[2] },
	{ "no data of a changelog", every_refusal, &refusals[3] },
	{ "a version that is no more", every_refusal, &refusals[4] },
	{ "... told without the status", every_refusal, &refusals[5] },
	{ "a limit of a day", every_refusal, &refusals[6] },
	{ "429 without a word", every_refusal, &refusals[7] },
	{ "trouble", every_refusal, &refusals[8] },
	{ "a gateway's page", every_refusal, &refusals[9] },
	{ "unavailable", every_refusal, &refusals[10] },
	{ "an answer cut", a_broken_answer, &cut },
	{ "... in chunks", a_broken_answer, &cut_chunked },
	{ "... in gzip", a_broken_answer, &cut_gzip },
	{ "a connection reset", a_broken_answer, &reset },
	{ "no answer", a_broken_answer, &empty },
	{ "a foreign body", a_foreign_body, NULL },
	{ .name = NULL },
};

const struct contract_kit contract_linkedin = {
	.migration = NULL,
	.kind = "changelog",
	.key = "",
	.account = "mira@fjord.example",
	.recognise = recognise,
	.other = other,
	.item = item,
	.page = page,
	.refusals = refusals,
	.counted = true,
	.versioned = true,
	.cases = cases,
};
