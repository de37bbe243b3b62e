/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The changelog of a member of LinkedIn: an item is a message, a change of it
 * an edit, its end a removal; each is an event, processed a second after the
 * one before. The snapshots beside it are not ready, ever.
 *
 * The feed's positions are made of what is asked for: a moment, and how many
 * events behind it. Nothing can be read by id, and no position expires, so that
 * the cases of listings that hand out tokens, and of single items, say nothing
 * of it; what is its own is below.
 *
 * Source: LinkedIn, Member Changelog API, Error Handling, read 2026-11
 */
#include <string.h>

#include "core/base/text.h"

#include "connectors/linkedin/private.h"
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
	since = (from - BASE_MS) / 1000;
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
	sl_buf_adds(out, "{\"paging\":{\"links\":[]},\"elements\":[");
	for (size_t i = 0; i < page->count; i++)
		sl_buf_addf(out, "%s%s", i > 0 ? "," : "", page->items[i]);
	sl_buf_adds(out, "]}");
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
	{ "a limit of a day for the whole app", 429,
	  "{\"message\":\"Resource level throttle APPLICATION DAY limit for "
	  "calls to this resource is reached.\"}",
	  SL_RETRY, SL_CLIENT },
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
	assert_string_equal(world_position(w, 1), "s7");
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

static const struct contract_case cases[] = {
	{ "windows follow each other", windows_follow_each_other, NULL },
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
	.body_max = SL_LINKEDIN_BODY_MAX,
	.versioned = true,
	.cases = cases,
};
