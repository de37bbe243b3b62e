/* SPDX-License-Identifier: Apache-2.0 */
/* LinkedIn's refusals, each with its remedy; and the connector's record. */
#include "core/sync/settings.h"

#include "linkedin_kit.h"

#define NO_DATA "{'message':'No data found for this memberId','status':404}"

static const struct {
	const char *why;
	enum sl_linkedin_tag tag;
	int http_status;
	const char *body; /* NULL: no JSON */
	sl_status remedy;
	sl_scope scope;
} rows[] = {
	{ "the end of pages", SL_LINKEDIN_ROWS, 404, NO_DATA, SL_REJECTED,
	  SL_ITEM },
	{ "... whatever its capitals and status", SL_LINKEDIN_ROWS, 400,
	  "{'message':'NO DATA FOUND for this domain and memberId.'}",
	  SL_REJECTED, SL_ITEM },
	{ "of what is wanted by id", SL_LINKEDIN_BY_ID, 404, NO_DATA,
	  SL_REJECTED, SL_ITEM },
	{ "no end of a changelog", SL_LINKEDIN_EVENTS, 404, NO_DATA, SL_RETRY,
	  SL_STREAM },
	{ "another 404 is trouble", SL_LINKEDIN_ROWS, 404,
	  "{'message':'Not found'}", SL_RETRY, SL_STREAM },
	{ "not even JSON", SL_LINKEDIN_ROWS, 404, NULL, SL_RETRY, SL_STREAM },
	{ "a revoked token", SL_LINKEDIN_ROWS, 401,
	  "{'serviceErrorCode':65601,'code':'REVOKED_ACCESS_TOKEN'}", SL_REAUTH,
	  SL_GRANT },
	{ "no permission", SL_LINKEDIN_EVENTS, 403,
	  "{'serviceErrorCode':100,'code':'ACCESS_DENIED','message':'Not "
	  "enough permissions to access: memberChangeLogs.FINDER'}",
	  SL_REAUTH, SL_INTEGRATION },
	{ "a version that is no more", SL_LINKEDIN_ROWS, 426,
	  "{'code':'NONEXISTENT_VERSION'}", SL_CONFIG, SL_CLIENT },
	{ "... without words", SL_LINKEDIN_ROWS, 426, NULL, SL_CONFIG,
	  SL_CLIENT },
	{ "... without the status", SL_LINKEDIN_ROWS, 500,
	  "{'message':'Requested version 20231201 is not active'}", SL_CONFIG,
	  SL_CLIENT },
	{ "too many requests", SL_LINKEDIN_ROWS, 429, "{}", SL_RETRY,
	  SL_INTEGRATION },
	{ "a request it does not understand", SL_LINKEDIN_EVENTS, 400, "{}",
	  SL_CONFIG, SL_STREAM },
	{ "a URL too long", SL_LINKEDIN_EVENTS, 414, NULL, SL_CONFIG,
	  SL_STREAM },
	{ "trouble", SL_LINKEDIN_ROWS, 500, NULL, SL_RETRY, SL_STREAM },
	{ "trouble, with words that would end pages", SL_LINKEDIN_ROWS, 503,
	  NO_DATA, SL_RETRY, SL_STREAM },
	{ "a portal", SL_LINKEDIN_ROWS, 302, NULL, SL_RETRY, SL_STREAM },
};

static sl_status
classify(enum sl_linkedin_tag tag, int http_status, const json_t *body,
	 int64_t retry_after_ms, struct sl_error *err)
{
	struct sl_call call = { .tag = (int)tag };
	struct sl_refusal refusal = { .call = &call,
				      .http_status = http_status,
				      .body = body,
				      .retry_after_ms = retry_after_ms,
				      .now_us = KIT_NOW_US };

	return sl_linkedin.classify(&refusal, err);
}

static void
every_refusal_has_a_remedy(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		json_auto_t *body =
			rows[i].body != NULL ? kit_json(rows[i].body) : NULL;
		struct sl_error err;
		sl_status st = classify(rows[i].tag, rows[i].http_status, body,
					SL_NO_DELAY, &err);

		if (st != rows[i].remedy || err.scope != rows[i].scope ||
		    err.http_status != rows[i].http_status)
			fail_msg("%s: %s, %s", rows[i].why, sl_status_name(st),
				 sl_scope_name(err.scope));
	}
}

/* It is ten o'clock. */
static void
a_limit_of_a_day_ends_at_midnight(void **state SL_UNUSED)
{
	json_auto_t *body = kit_json(
		"{'message':'Resource level throttle APPLICATION DAY limit for "
		"calls to this resource is reached.'}");
	struct sl_error err;

	assert_int_equal(
		classify(SL_LINKEDIN_ROWS, 429, body, SL_NO_DELAY, &err),
		SL_RETRY);
	assert_int_equal(err.retry_after_ms, INT64_C(14) * 3600 * 1000);
	assert_int_equal(err.scope, SL_CLIENT); /* all members' */
	(void)classify(SL_LINKEDIN_ROWS, 429, NULL, 7000, &err);
	assert_int_equal(err.retry_after_ms, 7000);
	(void)classify(SL_LINKEDIN_ROWS, 503, NULL, 7000, &err);
	assert_int_equal(err.retry_after_ms, 7000);
	(void)classify(SL_LINKEDIN_ROWS, 429, NULL, SL_NO_DELAY, &err);
	assert_int_equal(err.retry_after_ms, SL_NO_DELAY);
}

static void
its_domains_are_its_kinds_and_its_choices(void **state SL_UNUSED)
{
	const struct sl_option *option =
		sl_option_find(sl_linkedin.options, "domains");
	size_t n = 0;

	for (const struct sl_stream_kind *k = sl_linkedin.kinds;
	     k->name != NULL; k++) {
		const struct sl_linkedin_domain *d =
			sl_linkedin_domain_of(k->name);

		if (d == NULL) {
			assert_true(k->follows || k->pushed);
			continue;
		}
		assert_string_equal(k->title, d->title);
		assert_string_equal(option->choices[n], d->kind);
		assert_true(sl_option_list_has(option->fallback, d->kind));
		assert_string_equal(k->opened_by, "changelog");
		n++;
	}
	assert_null(option->choices[n]);
	assert_null(sl_linkedin_domains[n].kind);
}

static void
its_defaults_fit(void **state SL_UNUSED)
{
	json_auto_t *settings = NULL;
	struct sl_error err;

	assert_int_equal(
		sl_settings_resolve(sl_linkedin.options, "{}", &settings, &err),
		SL_OK);
	assert_string_equal(sl_json_text(settings, "contacts"), "connected");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_refusal_has_a_remedy),
		cmocka_unit_test(a_limit_of_a_day_ends_at_midnight),
		cmocka_unit_test(its_domains_are_its_kinds_and_its_choices),
		cmocka_unit_test(its_defaults_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
