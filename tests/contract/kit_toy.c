/* SPDX-License-Identifier: Apache-2.0 */
/* The toy's feed of notes, as docs/adding-a-connector.md describes it. */
#include <string.h>

#include "core/base/text.h"

#include "tests/contract/kit.h"

static void
recognise(const char *path, const char *query, struct sl_arena *arena,
	  struct contract_request *out)
{
	if (strcmp(path, "/notes") == 0) {
		out->asks = CONTRACT_LISTING;
		out->position = contract_param(arena, query, "after");
		(void)sl_parse_i64(contract_param(arena, query, "limit"),
				   &out->limit);
	} else if (strncmp(path, "/notes/", 7) == 0) {
		out->asks = CONTRACT_ITEM;
		out->item_id = path + 7;
	}
}

static void
other(const char *path, const char *query, int64_t seq, struct sl_buf *body)
{
	(void)path, (void)query, (void)seq;
	sl_buf_adds(body, "{}");
}

static void
item(const struct contract_item *item, struct sl_buf *out)
{
	sl_buf_adds(out, "{\"id\":");
	if (item->id_json != NULL)
		sl_buf_adds(out, item->id_json);
	else
		contract_quote(out, item->id);
	if (item->gone)
		sl_buf_adds(out, ",\"gone\":true");
	sl_buf_adds(out, ",\"title\":");
	if (item->title_json != NULL)
		sl_buf_adds(out, item->title_json);
	else
		contract_quote(out, item->title);
	sl_buf_addf(out, ",\"at\":%s",
		    item->at_json ? item->at_json
				  : "\"2026-11-20T10:00:00+01:00\"");
	sl_buf_adds(out, ",\"people\":[{\"email\":\"bo@example.org\"}]");
	sl_buf_adds(out, item->more_json);
	sl_buf_adds(out, "}");
}

static void
page(const struct contract_page *page, struct sl_buf *out)
{
	const char *next = page->next ? page->next : page->sync;

	sl_buf_adds(out, "{\"notes\":[");
	for (size_t i = 0; i < page->count; i++)
		sl_buf_addf(out, "%s%s", i > 0 ? "," : "", page->items[i]);
	sl_buf_addf(out, "],\"more\":%s", page->next ? "true" : "false");
	if (next != NULL) {
		sl_buf_adds(out, ",\"next\":");
		contract_quote(out, next);
	}
	sl_buf_adds(out, page->more_json);
	sl_buf_adds(out, "}");
}

static const struct contract_refusal refusals[] = {
	{ "forbidden", 403, "", SL_CONFIG, SL_STREAM },
	{ "the feed is not there", 404, "", SL_CONFIG, SL_STREAM },
	{ "too many requests", 429, "", SL_RETRY, SL_INTEGRATION },
	{ "trouble", 500, "", SL_RETRY, SL_STREAM },
	{ "away", 503, "", SL_RETRY, SL_STREAM },
	{ .name = NULL },
};

const struct contract_kit contract_toy = {
	.migration = "tests/toy/20990101000000_toy.sql",
	.kind = "notes",
	.key = "",
	.account = "ana@example.com",
	.recognise = recognise,
	.other = other,
	.item = item,
	.page = page,
	.refusals = refusals,
	.sync_expired = 410,
	.page_expired = 410,
};
