/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One calendar of Google's, beside the list of calendars that opens it.
 *
 * Source: Google Calendar API reference, Events: list and Handle API errors,
 * read 2026-11
 */
#include <string.h>

#include "core/base/text.h"

#include "tests/contract/kit.h"

#define CALENDAR "work@example.com"
#define EVENTS   "/calendars/work%40example.com/events"

static void
recognise(const char *path, const char *query, struct sl_arena *arena,
	  struct contract_request *out)
{
	if (strncmp(path, EVENTS, strlen(EVENTS)) != 0)
		return;
	out->light = contract_param(arena, query, "fields") != NULL;
	if (path[strlen(EVENTS)] == '/') {
		out->asks = CONTRACT_ITEM;
		out->item_id = path + strlen(EVENTS) + 1;
		return;
	}
	out->asks = CONTRACT_LISTING;
	out->position = contract_param(arena, query, "pageToken");
	if (out->position == NULL)
		out->position = contract_param(arena, query, "syncToken");
	(void)sl_parse_i64(contract_param(arena, query, "maxResults"),
			   &out->limit);
}

static void
other(const char *path, const char *query, int64_t seq, struct sl_buf *body)
{
	bool changes = strstr(query, "syncToken=") != NULL;

	/* the list of calendars: the only other request */
	(void)path, (void)seq;
	sl_buf_addf(body,
		    "{\"kind\":\"calendar#calendarList\",\"items\":[%s],"
		    "\"nextSyncToken\":\"calendars-1\"}",
		    changes ? ""
			    : "{\"id\":\"" CALENDAR "\",\"summary\":"
			      "\"Work\",\"accessRole\":\"owner\","
			      "\"selected\":true}");
}

static void
add_times(const struct contract_item *item, struct sl_buf *out)
{
	if (item->at_json != NULL)
		sl_buf_addf(out,
			    ",\"start\":{\"dateTime\":%s}"
			    ",\"end\":{\"dateTime\":%s}",
			    item->at_json, item->at_json);
	else
		sl_buf_adds(out,
			    ",\"start\":{\"dateTime\":"
			    "\"2026-11-20T10:00:00+01:00\"},\"end\":"
			    "{\"dateTime\":\"2026-11-20T11:00:00+01:00\"}");
}

static void
item(const struct contract_item *item, struct sl_buf *out)
{
	sl_buf_adds(out, "{\"kind\":\"calendar#event\",\"id\":");
	if (item->id_json != NULL)
		sl_buf_adds(out, item->id_json);
	else
		contract_quote(out, item->id);
	sl_buf_addf(out, ",\"status\":\"%s\"",
		    item->gone ? "cancelled" : "confirmed");
	sl_buf_addf(out, ",\"updated\":\"2026-11-01T10:%02d:%02d.000Z\"",
		    (int)(item->version / 60 % 60), (int)(item->version % 60));
	sl_buf_adds(out, ",\"summary\":");
	if (item->title_json != NULL)
		sl_buf_adds(out, item->title_json);
	else
		contract_quote(out, item->title);
	add_times(item, out);
	sl_buf_adds(out, ",\"organizer\":{\"email\":\"ana@example.com\","
			 "\"self\":true},\"attendees\":["
			 "{\"email\":\"ana@example.com\",\"self\":true,"
			 "\"responseStatus\":\"accepted\"},"
			 "{\"email\":\"bo@example.org\",\"displayName\":\"Bo\","
			 "\"responseStatus\":\"accepted\"}]");
	sl_buf_adds(out, item->more_json);
	sl_buf_adds(out, "}");
}

static void
add_token(struct sl_buf *out, const char *name, const char *token)
{
	if (token == NULL)
		return;
	sl_buf_addf(out, ",\"%s\":", name);
	contract_quote(out, token);
}

static void
page(const struct contract_page *page, struct sl_buf *out)
{
	sl_buf_adds(out, "{\"kind\":\"calendar#events\",\"items\":[");
	for (size_t i = 0; i < page->count; i++)
		sl_buf_addf(out, "%s%s", i > 0 ? "," : "", page->items[i]);
	sl_buf_adds(out, "]");
	add_token(out, "nextPageToken", page->next);
	add_token(out, "nextSyncToken", page->sync);
	sl_buf_adds(out, page->more_json);
	sl_buf_adds(out, "}");
}

#define REASON(code)                                                           \
	"{\"error\":{\"errors\":[{\"domain\":\"usageLimits\",\"reason\":"      \
	"\"" code "\"}],\"code\":403,\"message\":\"No.\"}}"

static const struct contract_refusal refusals[] = {
	{ "rate limit exceeded", 403, REASON("rateLimitExceeded"), SL_RETRY,
	  SL_INTEGRATION },
	{ "user rate limit exceeded", 403, REASON("userRateLimitExceeded"),
	  SL_RETRY, SL_INTEGRATION },
	{ "quota exceeded", 403, REASON("quotaExceeded"), SL_RETRY,
	  SL_INTEGRATION },
	{ "daily limit exceeded", 403, REASON("dailyLimitExceeded"), SL_RETRY,
	  SL_CLIENT },
	{ "API not enabled", 403, REASON("accessNotConfigured"), SL_CONFIG,
	  SL_CLIENT },
	{ "scope missing", 403, REASON("insufficientPermissions"), SL_REAUTH,
	  SL_INTEGRATION },
	{ "domain policy", 403, REASON("domainPolicy"), SL_CONFIG,
	  SL_INTEGRATION },
	{ "calendar unshared", 403, REASON("forbidden"), SL_REJECTED,
	  SL_STREAM },
	{ "403 without a word", 403, "", SL_REJECTED, SL_STREAM },
	{ "no such calendar", 404, REASON("notFound"), SL_REJECTED, SL_STREAM },
	{ "429", 429, REASON("rateLimitExceeded"), SL_RETRY, SL_INTEGRATION },
	{ "429 without a word", 429, "", SL_RETRY, SL_INTEGRATION },
	{ "backend error", 500, REASON("backendError"), SL_RETRY, SL_STREAM },
	{ "bad gateway", 502, "<html>", SL_RETRY, SL_STREAM },
	{ "unavailable", 503, "", SL_RETRY, SL_STREAM },
	{ .name = NULL },
};

const struct contract_kit contract_google_calendar = {
	.kind = "events",
	.key = CALENDAR,
	.account = "ana@example.com",
	.recognise = recognise,
	.other = other,
	.item = item,
	.page = page,
	.refusals = refusals,
	.sync_expired = 410,
	.page_expired = 400,
	.versioned = true,
	.passes_too_large = true,
	.other_settings = "{\"contacts\":\"all\"}",
};
