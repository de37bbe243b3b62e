/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One mailbox of Gmail's. A message never changes but for its labels: the
 * subject is the title that an item had when it was new, a label is the one
 * that it has now. Gone is in the trash.
 *
 * Positions: the mailbox's history id is HISTORY more than the last change.
 *
 * Source: Gmail API reference, users.messages, users.threads, users.history,
 * users.getProfile; Handle API errors; read 2026-11
 */
#include "tests/contract/kit_gmail.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#include "core/mail/words.h"

#define MESSAGES "/users/me/messages"
#define THREADS  "/users/me/threads/"

static bool
is_light(struct sl_arena *arena, const char *query)
{
	return !sl_text_equal(contract_param(arena, query, "format"), "full");
}

static void
recognise_listing(const char *query, struct sl_arena *arena,
		  struct contract_request *out)
{
	const char *start = contract_param(arena, query, "startHistoryId");
	int64_t after = 0;

	out->asks = CONTRACT_LISTING;
	out->position = contract_param(arena, query, "pageToken");
	if (out->position == NULL && sl_parse_i64(start, &after))
		out->position = sl_arena_printf(
			arena, "s%lld", (long long)after - GMAIL_HISTORY);
	(void)sl_parse_i64(contract_param(arena, query, "maxResults"),
			   &out->limit);
}

static void
recognise(const char *path, const char *query, struct sl_arena *arena,
	  struct contract_request *out)
{
	if (strcmp(path, MESSAGES) == 0 ||
	    strcmp(path, "/users/me/history") == 0) {
		recognise_listing(query, arena, out);
	} else if (strncmp(path, MESSAGES "/", strlen(MESSAGES) + 1) == 0) {
		out->asks = CONTRACT_ITEM;
		out->item_id = path + strlen(MESSAGES) + 1;
		out->light = is_light(arena, query);
	} else if (strncmp(path, THREADS, strlen(THREADS)) == 0) {
		out->asks = CONTRACT_GROUP;
		out->item_id = path + strlen(THREADS);
		out->light = is_light(arena, query);
	}
}

/** Who the user is. */
static void
other(const char *path, const char *query, int64_t seq, struct sl_buf *body)
{
	(void)query;
	if (strcmp(path, "/users/me/profile") == 0)
		sl_buf_addf(body,
			    "{\"emailAddress\":\"ana@example.com\","
			    "\"messagesTotal\":7,\"threadsTotal\":7,"
			    "\"historyId\":\"%lld\"}",
			    (long long)seq + GMAIL_HISTORY);
	else if (strcmp(path, "/users/me/labels") == 0)
		sl_buf_adds(body, "{\"labels\":[{\"id\":\"INBOX\",\"name\":"
				  "\"INBOX\",\"type\":\"system\"}]}");
	else
		sl_buf_adds(body, "{\"sendAs\":[{\"sendAsEmail\":"
				  "\"ana@example.com\",\"isPrimary\":true,"
				  "\"displayName\":\"Ana\"}]}");
}

/* ---- a message ---- */

static void
add_ids(const struct contract_item *item, struct sl_buf *out)
{
	sl_buf_adds(out, "\"id\":");
	if (item->id_json != NULL)
		sl_buf_adds(out, item->id_json);
	else
		contract_quote(out, item->id);
	sl_buf_addf(out, ",\"threadId\":\"%s%s\"", item->group ? "" : "t-",
		    item->group ? item->group : item->id);
}

static void
add_label(const struct contract_item *item, struct sl_buf *out)
{
	sl_buf_addf(out, "\"" GMAIL_LABEL "%s\"", item->title);
}

static void
add_labels(const struct contract_item *item, struct sl_buf *out)
{
	sl_buf_adds(out, ",\"labelIds\":[\"INBOX\",");
	add_label(item, out);
	sl_buf_adds(out, item->gone ? ",\"TRASH\"]" : "]");
}

static void
add_header(struct sl_buf *out, const char *name, const char *value_json)
{
	sl_buf_addf(out, "{\"name\":\"%s\",\"value\":", name);
	sl_buf_adds(out, value_json);
	sl_buf_adds(out, "},");
}

static void
add_subject(const struct contract_item *item, struct sl_buf *out)
{
	sl_buf_adds(out, "{\"name\":\"Subject\",\"value\":");
	if (item->title_json != NULL)
		sl_buf_adds(out, item->title_json);
	else
		contract_quote(out, item->first);
	sl_buf_adds(out, "}");
}

static void
add_payload(const struct contract_item *item, struct sl_buf *out)
{
	sl_buf_adds(out, ",\"payload\":{\"partId\":\"\",\"mimeType\":"
			 "\"text/plain\",\"filename\":\"\",\"body\":{\"size\":"
			 "5,\"data\":\"SGVsbG8\"},\"headers\":[");
	add_header(out, "From", "\"Bo <bo@example.org>\"");
	add_header(out, "To", "\"ana@example.com\"");
	add_header(out, "Date",
		   item->at_json ? item->at_json
				 : "\"Fri, 20 Nov 2026 10:00:00 +0100\"");
	sl_buf_addf(out,
		    "{\"name\":\"Message-ID\",\"value\":"
		    "\"<%s@example.org>\"},",
		    item->id);
	add_subject(item, out);
	sl_buf_adds(out, "]}");
}

static void
message(const struct contract_item *item, struct sl_buf *out)
{
	sl_buf_adds(out, "{");
	add_ids(item, out);
	add_labels(item, out);
	sl_buf_addf(out,
		    ",\"snippet\":\"Hello\",\"sizeEstimate\":1234,"
		    "\"historyId\":\"%lld\",\"internalDate\":",
		    (long long)item->version + GMAIL_HISTORY);
	sl_buf_adds(out, item->at_json ? item->at_json : "\"1795165200000\"");
	add_payload(item, out);
	sl_buf_adds(out, item->more_json);
	sl_buf_adds(out, "}");
}

/* ---- what pages hold ---- */

static void
ref(const struct contract_item *item, struct sl_buf *out)
{
	sl_buf_adds(out, "{");
	add_ids(item, out);
	sl_buf_adds(out, "}");
}

static void
add_change(const struct contract_item *item, const char *kind,
	   const char *label, struct sl_buf *out)
{
	sl_buf_addf(out, ",\"%s\":[{\"message\":{", kind);
	add_ids(item, out);
	add_labels(item, out);
	sl_buf_adds(out, "}");
	if (label != NULL)
		sl_buf_addf(out, ",\"labelIds\":[\"%s\"]", label);
	sl_buf_adds(out, "}]");
}

static void
change(const struct contract_item *item, bool added, struct sl_buf *out)
{
	bool relabelled = !sl_text_equal(item->title, item->first);

	sl_buf_addf(out, "{\"id\":\"%lld\",\"messages\":[{",
		    (long long)item->version + GMAIL_HISTORY);
	add_ids(item, out);
	sl_buf_adds(out, "}]");
	if (added)
		add_change(item, "messagesAdded", NULL, out);
	if (item->gone) {
		add_change(item, "labelsAdded", "TRASH", out);
	} else if (relabelled || !added) {
		SL_AUTO_BUF label;

		sl_buf_init(&label, 4096);
		sl_buf_addf(&label, GMAIL_LABEL "%s", item->title);
		add_change(item, "labelsAdded", sl_buf_text(&label), out);
	}
	if (item->back)
		add_change(item, "labelsRemoved", "TRASH", out);
	sl_buf_adds(out, "}");
}

static void
add_items(const struct contract_page *page, const char *name,
	  struct sl_buf *out)
{
	if (page->count == 0)
		return; /* then there is no such member */
	sl_buf_addf(out, "\"%s\":[", name);
	for (size_t i = 0; i < page->count; i++) {
		sl_buf_adds(out, i > 0 ? "," : "");
		sl_buf_adds(out, page->items[i]);
	}
	sl_buf_adds(out, "],");
}

static void
add_next(const struct contract_page *page, struct sl_buf *out)
{
	if (page->next == NULL)
		return;
	sl_buf_adds(out, ",\"nextPageToken\":");
	contract_quote(out, page->next);
}

/** The mailbox's position, on every page; the suite may tell another one, or
 *  none, on the last. */
static void
add_position(const struct contract_page *page, struct sl_buf *out)
{
	int64_t seq = page->seq;

	if (page->next == NULL && page->sync == NULL)
		return;
	if (page->sync != NULL)
		seq = strtoll(page->sync + 1, NULL, 10);
	sl_buf_addf(out, ",\"historyId\":\"%lld\"",
		    (long long)seq + GMAIL_HISTORY);
}

static void
page(const struct contract_page *page, struct sl_buf *out)
{
	sl_buf_adds(out, "{");
	add_items(page, page->changes ? "history" : "messages", out);
	sl_buf_addf(out, "\"resultSizeEstimate\":%zu", page->count);
	add_next(page, out);
	if (page->changes)
		add_position(page, out);
	sl_buf_adds(out, page->more_json);
	sl_buf_adds(out, "}");
}

static void
thread(const struct contract_page *page, struct sl_buf *out)
{
	sl_buf_adds(out, "{");
	add_items(page, "messages", out);
	sl_buf_adds(out, "\"id\":\"thread\",\"historyId\":\"1\"}");
}

/* ---- refusals ---- */

#define SAYS(code, status, reason, words)                                      \
	"{\"error\":{\"code\":" #code ",\"message\":\"" words                  \
	"\",\"errors\":[{\"domain\":\"global\",\"reason\":\"" reason           \
	"\",\"message\":\"" words "\"}],\"status\":\"" status "\"}}"
/** The newer shape: no `errors`. */
#define INFO(code, status, reason)                                             \
	"{\"error\":{\"code\":" #code ",\"message\":\"No.\",\"status\":"       \
	"\"" status "\",\"details\":[{\"@type\":\"type.googleapis.com/"        \
	"google.rpc.ErrorInfo\",\"reason\":\"" reason                          \
	"\",\"domain\":\"googleapis.com\"}]}}"

static const struct contract_refusal refusals[] = {
	{ "mail service not enabled", 400,
	  SAYS(400, "FAILED_PRECONDITION", "failedPrecondition",
	       "Mail service not enabled"),
	  SL_CONFIG, SL_INTEGRATION },
	{ "rate limit exceeded", 403,
	  SAYS(403, "PERMISSION_DENIED", "rateLimitExceeded", "No."), SL_RETRY,
	  SL_INTEGRATION },
	{ "user rate limit exceeded", 403,
	  SAYS(403, "PERMISSION_DENIED", "userRateLimitExceeded", "No."),
	  SL_RETRY, SL_INTEGRATION },
	{ "quota exceeded", 403,
	  SAYS(403, "PERMISSION_DENIED", "quotaExceeded", "No."), SL_RETRY,
	  SL_INTEGRATION },
	{ "quota a minute exceeded", 403,
	  SAYS(403, "PERMISSION_DENIED", "rateLimitExceeded",
	       "Quota exceeded for quota metric 'Queries' and limit 'Queries "
	       "per minute per user'"),
	  SL_RETRY, SL_INTEGRATION },
	{ "daily limit exceeded", 403,
	  SAYS(403, "PERMISSION_DENIED", "dailyLimitExceeded", "No."), SL_RETRY,
	  SL_CLIENT },
	{ "API not enabled", 403,
	  SAYS(403, "PERMISSION_DENIED", "accessNotConfigured", "No."),
	  SL_CONFIG, SL_CLIENT },
	{ "API not enabled, in the newer shape", 403,
	  INFO(403, "PERMISSION_DENIED", "SERVICE_DISABLED"), SL_CONFIG,
	  SL_CLIENT },
	{ "scope missing", 403,
	  SAYS(403, "PERMISSION_DENIED", "insufficientPermissions",
	       "Insufficient Permission"),
	  SL_REAUTH, SL_INTEGRATION },
	{ "scope missing, in the newer shape", 403,
	  INFO(403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT"),
	  SL_REAUTH, SL_INTEGRATION },
	{ "domain policy", 403,
	  SAYS(403, "PERMISSION_DENIED", "domainPolicy",
	       "The domain administrators have disabled Gmail apps."),
	  SL_CONFIG, SL_INTEGRATION },
	{ "403 without a word", 403, "", SL_REJECTED, SL_STREAM },
	{ "429", 429,
	  SAYS(429, "RESOURCE_EXHAUSTED", "rateLimitExceeded",
	       "Too many concurrent requests for user"),
	  SL_RETRY, SL_INTEGRATION },
	{ "429 without a word", 429, "", SL_RETRY, SL_INTEGRATION },
	{ "backend error", 500, SAYS(500, "INTERNAL", "backendError", "No."),
	  SL_RETRY, SL_STREAM },
	{ "bad gateway", 502, "<html>", SL_RETRY, SL_STREAM },
	{ "unavailable", 503,
	  "{\"error\":{\"code\":503,\"status\":\"UNAVAILABLE\"}}", SL_RETRY,
	  SL_STREAM },
	{ "a gateway's timeout", 504, "", SL_RETRY, SL_STREAM },
	{ .name = NULL },
};

static const struct contract_refs refs = {
	.follows = "changes",
	.ref = ref,
	.change = change,
	.group = thread,
};

const struct contract_kit contract_gmail = {
	.kind = "backfill",
	.key = "",
	.account = "ana@example.com",
	.recognise = recognise,
	.other = other,
	.item = message,
	.page = page,
	.refs = &refs,
	.refusals = refusals,
	.sync_expired = 404,
	.page_expired = 400,
	.title_max = SL_MAIL_WORDS_BYTES_MAX,
	.versioned = true,
	.keeps_too_large = true,
	.deadline = SAYS(429, "RESOURCE_EXHAUSTED", "userRateLimitExceeded",
			 "User-rate limit exceeded.  Retry after %s"),
	.other_settings = "{\"since\":\"2026-01-01\"}",
	.title_sql = "(SELECT substr(l, 7) FROM unnest(labels) l WHERE "
		     "starts_with(l, 'Label_'))",
	.cases = contract_gmail_cases,
};
