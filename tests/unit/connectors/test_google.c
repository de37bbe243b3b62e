/* SPDX-License-Identifier: Apache-2.0 */
/* Google as a provider: errors, scopes, client files, identity. */
#include "core/base/civil.h"

#include "calendar_kit.h"
#include "connectors/google/google.h"
#include "connectors/registry.h"

#define REASON(domain, reason, message)                                        \
	"{'error':{'code':1,'message':'" message                               \
	"','errors':[{'domain':'" domain "','reason':'" reason                 \
	"','message':'" message "'}]}}"

struct error_row {
	const char *why;
	int http;
	const char *body; /* NULL = not JSON */
	bool had_cursor;
	bool wanted;
	int64_t retry_after_ms;
	sl_status status;
	sl_scope scope;
	int64_t delay_ms;
};

#define ND SL_NO_DELAY

static const struct error_row error_rows[] = {
	{ "a wrong request cannot succeed", 400,
	  REASON("global", "badRequest", "Bad"), false, false, ND, SL_CONFIG,
	  SL_STREAM, ND },
	{ "a refused page token begins a new walk", 400,
	  REASON("global", "invalid", "Invalid page token"), true, false, ND,
	  SL_RESYNC, SL_STREAM, ND },
	{ "a wanted event refused as wrong is set aside", 400,
	  REASON("global", "invalid", "Invalid id"), true, true, ND,
	  SL_REJECTED, SL_ITEM, ND },
	{ "401 is the token's, not the calendar's", 401,
	  REASON("global", "authError", "Invalid Credentials"), true, false, ND,
	  SL_REAUTH, SL_GRANT, ND },
	{ "rate limit as 403", 403,
	  REASON("usageLimits", "rateLimitExceeded", "Rate Limit Exceeded"),
	  true, false, ND, SL_RETRY, SL_INTEGRATION, ND },
	{ "rate limit with Retry-After", 403,
	  REASON("usageLimits", "userRateLimitExceeded", "Slow down"), true,
	  false, 7000, SL_RETRY, SL_INTEGRATION, 7000 },
	{ "rate limit of the newer envelope", 403,
	  "{'error':{'code':403,'status':'PERMISSION_DENIED','details':"
	  "[{'@type':'x'},{'reason':'RATE_LIMIT_EXCEEDED'}]}}",
	  false, false, ND, SL_RETRY, SL_INTEGRATION, ND },
	{ "long quota waits an hour at least", 403,
	  REASON("usageLimits", "quotaExceeded", "Usage limits exceeded."),
	  false, false, 1000, SL_RETRY, SL_INTEGRATION, 3600000 },
	{ "long quota as 429, with a longer deadline", 429,
	  REASON("usageLimits", "quotaExceeded", "Usage limits exceeded."),
	  false, false, 7200000, SL_RETRY, SL_INTEGRATION, 7200000 },
	{ "the project's day is over", 403,
	  REASON("usageLimits", "dailyLimitExceeded", "Daily"), false, false,
	  ND, SL_RETRY, SL_CLIENT, INT64_C(8) * 3600000 }, /* of 1970 */
	{ "API not enabled, old name", 403,
	  REASON("usageLimits", "accessNotConfigured", "Not used before"),
	  false, false, ND, SL_CONFIG, SL_CLIENT, ND },
	{ "API not enabled, new name beside a vague one", 403,
	  "{'error':{'errors':[{'reason':'forbidden'}],'details':"
	  "[{'reason':'SERVICE_DISABLED'}],'status':'PERMISSION_DENIED'}}",
	  false, false, ND, SL_CONFIG, SL_CLIENT, ND },
	{ "scope not granted, old name", 403,
	  REASON("global", "insufficientPermissions", "Insufficient"), false,
	  false, ND, SL_REAUTH, SL_INTEGRATION, ND },
	{ "scope not granted, new name", 403,
	  "{'error':{'details':[{'reason':'ACCESS_TOKEN_SCOPE_INSUFFICIENT'}]"
	  "}}",
	  false, false, ND, SL_REAUTH, SL_INTEGRATION, ND },
	{ "blocked by the administrator", 403,
	  REASON("global", "domainPolicy", "Blocked"), false, false, ND,
	  SL_CONFIG, SL_INTEGRATION, ND },
	{ "any other 403 hurts this calendar only", 403,
	  REASON("global", "forbidden", "Forbidden"), true, false, 5000,
	  SL_REJECTED, SL_STREAM, ND },
	{ "403 without a body", 403, NULL, false, false, ND, SL_REJECTED,
	  SL_STREAM, ND },
	{ "a wanted event that may not be read", 403,
	  REASON("global", "forbidden", "Forbidden"), true, true, ND,
	  SL_REJECTED, SL_ITEM, ND },
	{ "a wanted event that is gone", 404,
	  REASON("global", "notFound", "Not Found"), true, true, ND,
	  SL_REJECTED, SL_ITEM, ND },
	{ "a listed calendar that answers 404", 404,
	  REASON("global", "notFound", "Not Found"), true, false, ND,
	  SL_REJECTED, SL_STREAM, ND },
	{ "408", 408, NULL, false, false, ND, SL_RETRY, SL_STREAM, ND },
	{ "409", 409, REASON("global", "conflict", "Conflict"), false, false,
	  ND, SL_RETRY, SL_STREAM, ND },
	{ "sync token too old", 410,
	  REASON("calendar", "fullSyncRequired", "Full sync required"), true,
	  false, ND, SL_RESYNC, SL_STREAM, ND },
	{ "410 of another reason", 410,
	  REASON("calendar", "updatedMinTooLongAgo", "Too long ago"), true,
	  false, ND, SL_RESYNC, SL_STREAM, ND },
	{ "410 without a body", 410, NULL, true, false, ND, SL_RESYNC,
	  SL_STREAM, ND },
	{ "410 of a wanted event", 410,
	  REASON("global", "deleted", "Resource has been deleted"), true, true,
	  ND, SL_REJECTED, SL_ITEM, ND },
	{ "412", 412, REASON("global", "conditionNotMet", "x"), false, false,
	  ND, SL_RETRY, SL_STREAM, ND },
	{ "429 of any reason", 429, NULL, false, false, 30000, SL_RETRY,
	  SL_INTEGRATION, 30000 },
	{ "429 as a status name", 429,
	  "{'error':{'status':'RESOURCE_EXHAUSTED'}}", false, false, ND,
	  SL_RETRY, SL_INTEGRATION, ND },
	{ "another 4xx", 413, NULL, false, false, ND, SL_CONFIG, SL_STREAM,
	  ND },
	{ "500", 500, REASON("global", "backendError", "Backend"), true, false,
	  ND, SL_RETRY, SL_STREAM, ND },
	{ "503 of the front end, with a deadline", 503, NULL, true, false, 1000,
	  SL_RETRY, SL_STREAM, 1000 },
	{ "a redirect is not followed", 302, NULL, true, false, ND, SL_RETRY,
	  SL_STREAM, ND },
	{ "204 where a body belongs", 204, NULL, true, false, ND, SL_RETRY,
	  SL_STREAM, ND },
	{ "206", 206, NULL, true, false, ND, SL_RETRY, SL_STREAM, ND },
	{ "304 without a condition sent", 304, NULL, true, false, ND, SL_RETRY,
	  SL_STREAM, ND },
	{ "a quota's name on a 500 means nothing", 500,
	  REASON("usageLimits", "accessNotConfigured", "x"), true, false, ND,
	  SL_RETRY, SL_STREAM, ND },
	{ "envelopes of wrong types are survived", 403,
	  "{'error':{'errors':{'reason':1},'details':['x',{'reason':[]}],"
	  "'status':7,'message':{}}}",
	  false, false, ND, SL_REJECTED, SL_STREAM, ND },
};

static sl_status
classify(const struct error_row *row, struct sl_error *err)
{
	struct sl_call call = { .wanted_id = row->wanted ? "event1" : NULL };
	json_t *body = row->body != NULL ? kit_json(row->body) : NULL;
	struct sl_refusal refusal = { .call = &call,
				      .http_status = row->http,
				      .body = body,
				      .retry_after_ms = row->retry_after_ms,
				      .had_cursor = row->had_cursor };
	sl_status st = sl_google_calendar.classify(&refusal, err);

	json_decref(body);
	return st;
}

static void
every_refusal_has_one_remedy(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(error_rows); i++) {
		const struct error_row *row = &error_rows[i];
		struct sl_error err;
		sl_status st = classify(row, &err);

		if (st != row->status || err.status != row->status ||
		    err.scope != row->scope ||
		    err.retry_after_ms != row->delay_ms ||
		    err.http_status != row->http || err.text[0] == '\0')
			fail_msg("%s: %s %s %lld ms: %s", row->why,
				 sl_status_name(st), sl_scope_name(err.scope),
				 (long long)err.retry_after_ms, err.text);
	}
}

static void
an_error_text_names_status_reason_and_message(void **state)
{
	static const struct error_row row = {
		.http = 403,
		.body = REASON("usageLimits", "userRateLimitExceeded",
			       "User Rate Limit Exceeded"),
		.retry_after_ms = ND
	};
	static const struct error_row flat = {
		.http = 400,
		.body = "{'error':'invalid_grant','error_description':'Bad'}",
		.retry_after_ms = ND
	};
	struct sl_error err;

	(void)state;
	(void)classify(&row, &err);
	assert_string_equal(err.text, "too many requests for this user (HTTP "
				      "403, userRateLimitExceeded): User Rate "
				      "Limit Exceeded");
	(void)classify(&flat, &err);
	assert_string_equal(err.text, "the request was refused as wrong (HTTP "
				      "400, invalid_grant): Bad");
}

static void
a_long_message_is_cut_between_characters(void **state)
{
	struct sl_call call = { .wanted_id = NULL };
	struct sl_refusal refusal = { .call = &call, .http_status = 500 };
	struct sl_error err;
	char message[301];
	json_t *body;

	(void)state;
	memset(message, 'x', sizeof(message) - 1);
	message[300] = '\0';
	memcpy(message + 199, "\xc3\xa9", 2); /* the 200th byte is half */
	body = json_pack("{s:{s:s}}", "error", "message", message);
	refusal.body = body;
	assert_int_equal(sl_google_classify(&refusal, &err), SL_RETRY);
	assert_true(sl_utf8_valid(err.text, strlen(err.text)));
	assert_int_equal(strspn(strchr(err.text, 'x'), "x"), 199);
	json_decref(body);
}

#define AUTH "https://www.googleapis.com/auth/"

struct scope_row {
	const char *why;
	const char *granted;
	const char *wanted;
	bool covered;
};

static const struct scope_row scope_rows[] = {
	{ "the same", AUTH "calendar.readonly", AUTH "calendar.readonly",
	  true },
	{ "none", "", AUTH "calendar.readonly", false },
	{ "order does not matter",
	  "openid " AUTH "userinfo.email " AUTH "calendar.readonly",
	  AUTH "calendar.readonly", true },
	{ "email is answered in its long form", AUTH "userinfo.email", "email",
	  true },
	{ "and asked in its long form", "email", AUTH "userinfo.email", true },
	{ "profile, too", "  " AUTH "userinfo.profile  ", "profile", true },
	{ "email is not profile", "email", "profile", false },
	{ "calendar covers its read-only scope", AUTH "calendar",
	  AUTH "calendar.readonly", true },
	{ "calendar covers any narrower one", AUTH "calendar",
	  AUTH "calendar.events.owned", true },
	{ "read-only does not cover writing", AUTH "calendar.readonly",
	  AUTH "calendar", false },
	{ "read-only covers narrower reading", AUTH "calendar.readonly",
	  AUTH "calendar.events.readonly", true },
	{ "read-only does not cover narrower writing", AUTH "calendar.readonly",
	  AUTH "calendar.events", false },
	{ "read-only does not open access lists", AUTH "calendar.readonly",
	  AUTH "calendar.acls.readonly", false },
	{ "events do not cover the list of calendars",
	  AUTH "calendar.events.readonly", AUTH "calendar.readonly", false },
	{ "events cover reading events", AUTH "calendar.events",
	  AUTH "calendar.events.readonly", true },
	{ "a prefix is not enough", AUTH "calendar.readonlyx",
	  AUTH "calendar.readonly", false },
	{ "other products are not covered", AUTH "calendar",
	  AUTH "gmail.readonly", false },
	{ "mail, by its long name", AUTH "gmail.readonly openid",
	  AUTH "gmail.readonly", true },
	{ "all of Gmail covers reading it", "https://mail.google.com/",
	  AUTH "gmail.readonly", true },
	{ "so does changing it", AUTH "gmail.modify", AUTH "gmail.readonly",
	  true },
	{ "sending it does not", AUTH "gmail.send", AUTH "gmail.readonly",
	  false },
	{ "headers alone do not", AUTH "gmail.metadata", AUTH "gmail.readonly",
	  false },
	{ "the calendar is no mail", AUTH "calendar", AUTH "gmail.readonly",
	  false },
	{ "mail is no calendar", "https://mail.google.com/",
	  AUTH "calendar.readonly", false },
};

static void
granted_scopes_cover_what_they_should(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(scope_rows); i++) {
		const struct scope_row *row = &scope_rows[i];

		if (sl_google.scope_granted(row->granted, row->wanted) !=
		    row->covered)
			fail_msg("%s", row->why);
	}
}

struct client_row {
	const char *why;
	const char *document;
	const char *error; /* part of the text; NULL = good */
};

static const struct client_row client_rows[] = {
	{ "desktop", "{'installed':{'client_id':'a','client_secret':'b'}}",
	  NULL },
	{ "web", "{'web':{'client_id':'a','client_secret':'b'}}", NULL },
	{ "not an object", "[]", "neither \"installed\" nor \"web\"" },
	{ "empty", "{}", "neither \"installed\" nor \"web\"" },
	{ "of a wrong type", "{'web':'x'}",
	  "neither \"installed\" nor \"web\"" },
	{ "both",
	  "{'web':{'client_id':'a','client_secret':'b'},'installed':"
	  "{'client_id':'a','client_secret':'b'}}",
	  "more than one" },
	{ "no id", "{'web':{'client_secret':'b'}}",
	  "web.client_id is missing" },
	{ "empty id", "{'installed':{'client_id':'','client_secret':'b'}}",
	  "installed.client_id is missing" },
	{ "no secret", "{'installed':{'client_id':'a'}}",
	  "installed.client_secret is missing" },
	{ "a secret of a wrong type",
	  "{'installed':{'client_id':'a','client_secret':1}}",
	  "installed.client_secret is missing" },
	{ "a gcloud credential",
	  "{'type':'authorized_user','client_id':'a','client_secret':'b'}",
	  "made by gcloud" },
};

static void
a_client_file_is_read_or_named_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(client_rows); i++) {
		const struct client_row *row = &client_rows[i];
		struct sl_arena *arena = sl_arena_new();
		json_t *document = kit_json(row->document);
		struct sl_client_file file;
		struct sl_error err = { .text = "" };
		sl_status st = sl_google.read_client_file(document, arena,
							  &file, &err);

		if (st != (row->error == NULL ? SL_OK : SL_CONFIG) ||
		    (row->error != NULL &&
		     strstr(err.text, row->error) == NULL))
			fail_msg("%s: %s", row->why, err.text);
		json_decref(document);
		sl_arena_free(&arena);
	}
}

static void
a_downloaded_client_file_is_read_whole(void **state)
{
	struct sl_arena *arena = sl_arena_new();
	json_t *document = kit_fixture("client_installed.json");
	struct sl_client_file file;
	struct sl_error err;

	(void)state;
	assert_int_equal(
		sl_google.read_client_file(document, arena, &file, &err),
		SL_OK);
	assert_string_equal(file.client_id,
			    "123-abc.apps.googleusercontent.com");
	assert_string_equal(file.client_secret, "GOCSPX-synthetic");
	assert_string_equal(file.kind, "installed");
	assert_string_equal(file.project, "example-sync");
	assert_string_equal(file.redirect_uris[0], "http://localhost");
	assert_null(file.redirect_uris[1]); /* the oob one is gone */
	json_decref(document);
	sl_arena_free(&arena);
}

static void
a_service_account_key_is_refused_with_advice(void **state)
{
	struct sl_arena *arena = sl_arena_new();
	json_t *document = kit_fixture("service_account.json");
	struct sl_client_file file;
	struct sl_error err;

	(void)state;
	assert_int_equal(
		sl_google.read_client_file(document, arena, &file, &err),
		SL_CONFIG);
	assert_int_equal(err.scope, SL_CLIENT);
	assert_non_null(strstr(err.text, "service account's key"));
	assert_non_null(strstr(err.text, "Desktop app"));
	json_decref(document);
	sl_arena_free(&arena);
}

struct identity_row {
	const char *why;
	const char *body;
	sl_status status;
	const char *subject;
	const char *email;
};

static const struct identity_row identity_rows[] = {
	{ "all of it", "{'sub':'1042','email':'ana@example.com','name':'Ana'}",
	  SL_OK, "1042", "ana@example.com" },
	{ "an unverified address still names the account",
	  "{'sub':'1042','email':'ana@example.com','email_verified':false}",
	  SL_OK, "1042", "ana@example.com" },
	{ "no address", "{'sub':'1042'}", SL_OK, "1042", NULL },
	{ "no subject", "{'email':'ana@example.com'}", SL_RETRY, NULL, NULL },
	{ "a number is no subject", "{'sub':1042}", SL_RETRY, NULL, NULL },
	{ "not an object", "[]", SL_RETRY, NULL, NULL },
};

static void
the_account_is_known_by_its_subject(void **state)
{
	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(identity_rows); i++) {
		const struct identity_row *row = &identity_rows[i];
		struct sl_arena *arena = sl_arena_new();
		json_t *body = kit_json(row->body);
		struct sl_identity who = { .subject = NULL };
		struct sl_error err;

		if (sl_google.read_identity(body, arena, &who, &err) !=
			    row->status ||
		    !sl_text_equal(who.subject, row->subject) ||
		    !sl_text_equal(who.email, row->email))
			fail_msg("%s", row->why);
		json_decref(body);
		sl_arena_free(&arena);
	}
}

static void
subjects_are_capped(void **state)
{
	struct sl_arena *arena = sl_arena_new();
	struct sl_identity who;
	struct sl_error err;
	char subject[257];

	(void)state;
	memset(subject, '1', sizeof(subject) - 1);
	for (size_t len = 255; len <= 256; len++) {
		json_t *body;

		subject[len] = '\0';
		body = json_pack("{s:s}", "sub", subject);
		assert_int_equal(
			sl_google.read_identity(body, arena, &who, &err),
			len == 255 ? SL_OK : SL_RETRY);
		subject[len] = '1';
		json_decref(body);
	}
	sl_arena_free(&arena);
}

static void
the_provider_record_is_complete(void **state)
{
	static const char *const names[] = { "auth",     "token",    "revoke",
					     "userinfo", "calendar", "gmail" };
	struct sl_arena *arena = sl_arena_new();
	struct sl_call call;

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(names); i++) {
		assert_string_equal(sl_google.endpoints[i].name, names[i]);
		assert_int_equal(
			strncmp(sl_google.endpoints[i].url, "https://", 8), 0);
		assert_int_equal(
			strncmp(sl_google.endpoints[i].variable, "SLUICE_G", 8),
			0);
	}
	assert_null(sl_google.endpoints[SL_ARRAY_LEN(names)].name);
	assert_true(sl_google.pkce);
	sl_google.identity_call("openid email", arena, &call);
	assert_string_equal(call.endpoint, "userinfo");
	assert_null(call.path[0]);
	assert_non_null(strstr(sl_google.setup_help, "In production"));
	sl_arena_free(&arena);
}

static void
the_registry_ends_and_its_tables_hold(void **state)
{
	(void)state;
	for (size_t i = 0; sl_registry[i] != NULL; i++) {
		const struct sl_option *option = sl_registry[i]->options;
		struct sl_error err;

		for (; option->name != NULL; option++)
			if (sl_option_check(option, option->fallback, &err) !=
			    SL_OK)
				fail_msg("%s: %s", option->name, err.text);
		assert_null(sl_registry[i]->kinds[0].opened_by);
	}
	assert_ptr_equal(sl_registry[0], &sl_google_calendar);
}

struct reset_row {
	const char *why;
	struct sl_date date; /* UTC */
	int minute;          /* of it */
	int minutes;         /* until it is midnight in California */
};

static void
a_days_quota_is_given_again_at_midnight_in_california(void **state)
{
	static const struct reset_row rows[] = {
		{ "winter", { 2026, 11, 26 }, 720, 20 * 60 },
		{ "summer", { 2026, 7, 1 }, 390, 30 },
		{ "midnight itself", { 2026, 7, 1 }, 420, 24 * 60 },
		{ "a day of 23 hours", { 2026, 3, 8 }, 8 * 60, 23 * 60 },
		{ "behind its change", { 2026, 3, 8 }, 10 * 60, 21 * 60 },
		{ "a day of 25 hours", { 2026, 11, 1 }, 7 * 60, 25 * 60 },
		{ "behind its change", { 2026, 11, 1 }, 9 * 60, 23 * 60 },
		{ "the last of a year", { 2026, 12, 31 }, 9 * 60, 23 * 60 },
		{ "another year's change", { 2027, 3, 14 }, 8 * 60, 23 * 60 },
		{ "before that", { 2027, 3, 13 }, 8 * 60, 24 * 60 },
	};

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		int64_t now = (sl_date_to_days(&rows[i].date) * 1440 +
			       rows[i].minute) *
			      60 * SL_US_PER_S;

		if (sl_google_reset_ms(now) != rows[i].minutes * INT64_C(60000))
			fail_msg("%s: %lld minutes", rows[i].why,
				 (long long)sl_google_reset_ms(now) / 60000);
	}
	assert_int_equal(
		sl_google_reset_ms(INT64_C(8) * 3600 * SL_US_PER_S - 1), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_refusal_has_one_remedy),
		cmocka_unit_test(
			a_days_quota_is_given_again_at_midnight_in_california),
		cmocka_unit_test(an_error_text_names_status_reason_and_message),
		cmocka_unit_test(a_long_message_is_cut_between_characters),
		cmocka_unit_test(granted_scopes_cover_what_they_should),
		cmocka_unit_test(a_client_file_is_read_or_named_wrong),
		cmocka_unit_test(a_downloaded_client_file_is_read_whole),
		cmocka_unit_test(a_service_account_key_is_refused_with_advice),
		cmocka_unit_test(the_account_is_known_by_its_subject),
		cmocka_unit_test(subjects_are_capped),
		cmocka_unit_test(the_provider_record_is_complete),
		cmocka_unit_test(the_registry_ends_and_its_tables_hold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
