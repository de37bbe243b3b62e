/* SPDX-License-Identifier: Apache-2.0 */
/* Gmail's refusals: what they hurt, what is to be done, how long to wait. */
#include "gmail_kit.h"

struct refusal_row {
	const char *why;
	enum sl_gmail_tag tag;
	int http;
	const char *body; /* NULL = no JSON */
	bool wanted, had_cursor;
	int64_t retry_after_ms;
	sl_status status;
	sl_scope scope;
	int64_t delay_ms;
	const char *says; /* is in the text */
};

#define ND SL_NO_DELAY
#define ERROR(code, reason, status, message)                                   \
	"{'error':{'code':" code ",'message':'" message "','errors':["         \
	"{'domain':'global','reason':'" reason "','message':'" message         \
	"'}],'status':'" status "'}}"
#define RATE(message)                                                          \
	ERROR("429", "rateLimitExceeded", "RESOURCE_EXHAUSTED", message)

static const struct refusal_row rows[] = {
	{ "the history is too old", SL_GMAIL_HISTORY, 404,
	  ERROR("404", "notFound", "NOT_FOUND",
		"Requested entity was not "
		"found."),
	  false, true, ND, SL_RESYNC, SL_STREAM, ND, "history" },
	{ "a message that is gone", SL_GMAIL_MESSAGE, 404,
	  ERROR("404", "notFound", "NOT_FOUND", "Not found."), true, true, ND,
	  SL_REJECTED, SL_ITEM, ND, "gone" },
	{ "a position that makes no sense to Gmail", SL_GMAIL_HISTORY, 400,
	  ERROR("400", "invalidArgument", "INVALID_ARGUMENT",
		"Invalid "
		"startHistoryId"),
	  false, true, ND, SL_RESYNC, SL_STREAM, ND, "refused" },
	{ "a page token that died", SL_GMAIL_LIST, 400,
	  ERROR("400", "invalidArgument", "INVALID_ARGUMENT",
		"Invalid "
		"pageToken"),
	  false, true, ND, SL_RESYNC, SL_STREAM, ND, "refused" },
	{ "no mailbox", SL_GMAIL_PROFILE, 400,
	  ERROR("400", "failedPrecondition", "FAILED_PRECONDITION",
		"Mail "
		"service "
		"not "
		"enabled"),
	  false, false, ND, SL_CONFIG, SL_INTEGRATION, ND, "switch Gmail on" },
	{ "no mailbox, in the newer way, while reading", SL_GMAIL_MESSAGE, 400,
	  "{'error':{'code':400,'status':'FAILED_PRECONDITION','message':"
	  "'Precondition check failed.'}}",
	  true, true, ND, SL_CONFIG, SL_INTEGRATION, ND, "switch Gmail on" },
	{ "the administrator says no", SL_GMAIL_PROFILE, 403,
	  ERROR("403", "domainPolicy", "PERMISSION_DENIED",
		"The domain "
		"administrators "
		"have disabled "
		"Gmail apps."),
	  false, false, ND, SL_CONFIG, SL_INTEGRATION, ND, "must trust it" },
	{ "the API is not enabled", SL_GMAIL_PROFILE, 403,
	  ERROR("403", "accessNotConfigured", "PERMISSION_DENIED",
		"Gmail API "
		"has not "
		"been "
		"used"),
	  false, false, ND, SL_CONFIG, SL_CLIENT, ND,
	  "enable it in the Cloud project" },
	{ "the same, by its newer name", SL_GMAIL_PROFILE, 403,
	  "{'error':{'code':403,'details':[{'reason':'SERVICE_DISABLED'}]}}",
	  false, false, ND, SL_CONFIG, SL_CLIENT, ND,
	  "enable it in the Cloud project" },
	{ "the consent has no mail", SL_GMAIL_PROFILE, 403,
	  ERROR("403", "insufficientPermissions", "PERMISSION_DENIED",
		"Request had insufficient authentication scopes."),
	  false, false, ND, SL_REAUTH, SL_INTEGRATION, ND,
	  "sluice connect gmail" },
	{ "the same, by its newer name", SL_GMAIL_MESSAGE, 403,
	  "{'error':{'code':403,'details':[{'reason':"
	  "'ACCESS_TOKEN_SCOPE_INSUFFICIENT'}]}}",
	  true, true, ND, SL_REAUTH, SL_INTEGRATION, ND,
	  "sluice connect gmail" },
	{ "the token", SL_GMAIL_PROFILE, 401,
	  ERROR("401", "authError", "UNAUTHENTICATED", "Invalid Credentials"),
	  false, false, ND, SL_REAUTH, SL_GRANT, ND, "token" },
	{ "too many at once", SL_GMAIL_MESSAGE, 429,
	  RATE("Too many concurrent requests for user"), true, true, ND,
	  SL_RETRY, SL_INTEGRATION, ND, "too many" },
	{ "a deadline in the text", SL_GMAIL_MESSAGE, 429,
	  RATE("User-rate limit exceeded.  Retry after "
	       "2026-11-20T10:15:00.000Z"),
	  true, true, ND, SL_RETRY, SL_INTEGRATION, 900000, "Retry after" },
	{ "with a full stop behind it", SL_GMAIL_MESSAGE, 403,
	  ERROR("403", "userRateLimitExceeded", "PERMISSION_DENIED",
		"User-rate limit exceeded. Retry after 2026-11-20T10:15:00Z."),
	  true, true, ND, SL_RETRY, SL_INTEGRATION, 900000, "Retry after" },
	{ "one that is over lasts a minute", SL_GMAIL_MESSAGE, 429,
	  RATE("Retry after 2026-11-20T09:00:00.000Z"), true, true, ND,
	  SL_RETRY, SL_INTEGRATION, 60000, "" },
	{ "one that is absurd lasts a day", SL_GMAIL_MESSAGE, 429,
	  RATE("Retry after 2036-11-20T09:00:00.000Z"), true, true, ND,
	  SL_RETRY, SL_INTEGRATION, 86400000, "" },
	{ "one that is none", SL_GMAIL_MESSAGE, 429,
	  RATE("Retry after a while"), true, true, ND, SL_RETRY, SL_INTEGRATION,
	  ND, "" },
	{ "one that is endless", SL_GMAIL_MESSAGE, 429,
	  RATE("Retry after 2026-11-20T10:15:00.0000000000000000000000000000Z"),
	  true, true, ND, SL_RETRY, SL_INTEGRATION, ND, "" },
	{ "a header beside it, if it says more", SL_GMAIL_MESSAGE, 429,
	  RATE("Retry after 2026-11-20T10:15:00.000Z"), true, true, 1800000,
	  SL_RETRY, SL_INTEGRATION, 1800000, "" },
	{ "a header alone", SL_GMAIL_LIST, 429, RATE("Slow down"), false, true,
	  7000, SL_RETRY, SL_INTEGRATION, 7000, "" },
	{ "the units of a minute", SL_GMAIL_MESSAGE, 403,
	  ERROR("403", "quotaExceeded", "PERMISSION_DENIED",
		"Quota exceeded for quota metric Queries and limit Queries per "
		"minute per user of service gmail.googleapis.com"),
	  true, true, ND, SL_RETRY, SL_INTEGRATION, 60000, "per minute" },
	{ "a long quota", SL_GMAIL_LIST, 403,
	  ERROR("403", "quotaExceeded", "PERMISSION_DENIED", "Quota exceeded"),
	  false, true, ND, SL_RETRY, SL_INTEGRATION, 3600000, "" },
	{ "the project's day", SL_GMAIL_LIST, 403,
	  ERROR("403", "dailyLimitExceeded", "PERMISSION_DENIED", "Daily"),
	  false, true, ND, SL_RETRY, SL_CLIENT, INT64_C(22) * 3600000, "" },
	{ "Google has trouble", SL_GMAIL_LIST, 503, NULL, false, true, ND,
	  SL_RETRY, SL_STREAM, ND, "" },
	{ "a text that is no throttle is no deadline", SL_GMAIL_LIST, 500,
	  ERROR("500", "backendError", "INTERNAL",
		"Retry after "
		"2026-11-20T11:00:00Z"),
	  false, true, ND, SL_RETRY, SL_STREAM, ND, "" },
};

static void
each_refusal_has_remedy_scope_and_words(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		const struct refusal_row *row = &rows[i];
		struct sl_call call = { .tag = (int)row->tag,
					.wanted_id = row->wanted ? "a" : NULL };
		json_auto_t *body =
			row->body != NULL ? kit_json(row->body) : NULL;
		struct sl_refusal refusal = {
			.call = &call,
			.http_status = row->http,
			.body = body,
			.retry_after_ms = row->retry_after_ms,
			.had_cursor = row->had_cursor,
			.now_us = KIT_NOW_US,
		};
		struct sl_error err;
		sl_status st = sl_gmail.classify(&refusal, &err);

		if (st != row->status || err.scope != row->scope ||
		    err.retry_after_ms != row->delay_ms ||
		    err.http_status != row->http ||
		    strstr(err.text, row->says) == NULL)
			fail_msg("%s: %s %s %lld: %s", row->why,
				 sl_status_name(st), sl_scope_name(err.scope),
				 (long long)err.retry_after_ms, err.text);
	}
}

static void
every_code_that_is_used_has_words(void **state)
{
	static const char *const used[] = {
		"draft",           "chat",
		"before-since",    "deleted",
		"trash",           "spam",
		"not-found",       "refused",
		"item-unreadable", "list-id",
		"list-post",       "precedence",
		"auto-submitted",  "null-return-path",
		"feedback-id",     "auto-response-suppress",
		"category",        "list-unsubscribe",
		"too-large",       "time-missing",
		"date-malformed",  "message-id-missing",
		"from-missing",    "address-odd",
		"recipients-cut",  "body-not-inline",
		"body-malformed",  "charset-lossy",
		"html-cut",        "parts-cut",
		"text-damaged",    "unavailable",
	};
	size_t count = 0;

	(void)state;
	for (const struct sl_code *c = sl_gmail.codes; c->code != NULL; c++) {
		bool found = false;

		for (size_t i = 0; i < SL_ARRAY_LEN(used); i++)
			found = found || strcmp(used[i], c->code) == 0;
		if (!found)
			fail_msg("%s is used nowhere", c->code);
		assert_true(c->words[strlen(c->words) - 1] == '.');
		count++;
	}
	assert_int_equal(count, SL_ARRAY_LEN(used));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_refusal_has_remedy_scope_and_words),
		cmocka_unit_test(every_code_that_is_used_has_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
