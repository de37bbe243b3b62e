/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka.h needs the four before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "core/base/attr.h"
#include "core/base/clock.h"

#include "core/auth/oauth2.h"

#define NOW_US (INT64_C(1795168691) * SL_US_PER_S)
#define DAY_S  INT64_C(86400)

static struct sl_response
answered(int http_status, const char *body)
{
	struct sl_response response = {
		.http_status = http_status,
		.retry_after_ms = SL_NO_DELAY,
		.server_date_us = SL_NO_TIME,
	};

	sl_buf_init(&response.body, SL_OAUTH_BODY_MAX);
	sl_buf_adds(&response.body, body);
	return response;
}

static void
a_full_answer_is_read(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_response response = answered(
		200, "{\"access_token\":\"ya29.synthetic\",\"expires_in\":3599,"
		     "\"refresh_token\":\"1//0g-synthetic\","
		     "\"refresh_token_expires_in\":604799,"
		     "\"scope\":\"openid https://x/cal\","
		     "\"token_type\":\"Bearer\",\"id_token\":\"eyJ.x.y\"}");
	struct sl_tokens tokens;
	struct sl_error err = { 0 };

	assert_int_equal(
		sl_oauth_read_tokens(arena, &response, NOW_US, &tokens, &err),
		SL_OK);
	assert_string_equal((const char *)tokens.access.bytes,
			    "ya29.synthetic");
	assert_string_equal((const char *)tokens.refresh.bytes,
			    "1//0g-synthetic");
	assert_int_equal(tokens.expires_us, NOW_US + 3599 * SL_US_PER_S);
	assert_int_equal(tokens.refresh_expires_us,
			 NOW_US + 604799 * SL_US_PER_S);
	assert_string_equal(tokens.scopes, "openid https://x/cal");
	sl_tokens_release(&tokens);
	assert_false(sl_secret_is_set(&tokens.access));
	/* The body is gone: nothing is left for a log or a dump. */
	assert_int_equal(response.body.len, 0);
	assert_null(response.body.data);
}

static void
a_refresh_answer_may_hold_the_access_token_alone(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_response response =
		answered(200, "\xef\xbb\xbf{\"access_token\":\"a\"}");
	struct sl_tokens tokens;
	struct sl_error err = { 0 };

	assert_int_equal(
		sl_oauth_read_tokens(arena, &response, NOW_US, &tokens, &err),
		SL_OK);
	assert_false(sl_secret_is_set(&tokens.refresh));
	assert_int_equal(tokens.refresh_expires_us, SL_NO_TIME);
	assert_null(tokens.scopes);
	sl_tokens_release(&tokens);
}

static void
lifetimes_are_taken_with_sense(void **state SL_UNUSED)
{
	static const struct {
		const char *expires_in;
		int64_t expect_s;
		const char *why;
	} rows[] = {
		{ "3599", 3599, "Google" },
		{ "\"3599\"", 3599, "a number as text" },
		{ "5184000", 60 * DAY_S, "LinkedIn" },
		{ "31536000", 365 * DAY_S, "LinkedIn's portal" },
		{ "null", 3600, "absent" },
		{ "\"soon\"", 3600, "no number" },
		{ "0", 3600, "zero says nothing" },
		{ "-1", 3600, "negative" },
		{ "1", 60, "shorter than a minute" },
		{ "99999999999", 400 * DAY_S, "centuries" },
		{ "9223372036854775807", 400 * DAY_S, "the largest number" },
		{ "1e30", 3600, "not an integer" },
	};

	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_response response =
			answered(200, sl_arena_printf(arena,
						      "{\"access_token\":\"a\","
						      "\"expires_in\":%s}",
						      rows[i].expires_in));
		struct sl_tokens tokens = { .expires_us = 0 };
		struct sl_error err = { 0 };

		if (sl_oauth_read_tokens(arena, &response, NOW_US, &tokens,
					 &err) != SL_OK ||
		    tokens.expires_us !=
			    NOW_US + rows[i].expect_s * SL_US_PER_S)
			fail_msg("%s: %ld s, %s", rows[i].why,
				 (long)((tokens.expires_us - NOW_US) /
					SL_US_PER_S),
				 err.text);
		sl_tokens_release(&tokens);
	}
}

static void
tokens_are_refreshed_early_but_not_before_half_their_life(
	void **state SL_UNUSED)
{
	static const struct {
		int64_t issued_s, expires_s; /* issued -1 = not known */
		int64_t refresh_s;
		const char *why;
	} rows[] = {
		{ 0, 3600, 3480, "an hour: two minutes ahead" },
		{ 0, 240, 120, "four minutes: half of it is the margin" },
		{ 0, 60, 30, "a minute: of use for half of it" },
		{ 0, 0, -120, "none at all: the margin" },
		{ -1, 3600, 3480, "nobody knows since when" },
		{ 5000, 3600, 3480, "clocks that went back" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		int64_t issued = rows[i].issued_s < 0
					 ? SL_NO_TIME
					 : rows[i].issued_s * SL_US_PER_S;
		int64_t got = sl_token_refresh_us(issued, rows[i].expires_s *
								  SL_US_PER_S);

		if (got != rows[i].refresh_s * SL_US_PER_S)
			fail_msg("%s: %ld", rows[i].why,
				 (long)(got / SL_US_PER_S));
	}
}

static void
who_must_consent_again_is_told_what_it_means(void **state SL_UNUSED)
{
	static const char *const to_a_person[] = {
		"invalid_grant", "admin_policy_enforced", "access_denied",
		"invalid_rapt", "rapt_required"
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(to_a_person); i++)
		assert_non_null(sl_oauth_refresh_words(to_a_person[i]));
	assert_null(sl_oauth_refresh_words("invalid_client"));
	assert_null(sl_oauth_refresh_words("something_new"));
	assert_null(sl_oauth_refresh_words(NULL));
}

struct refusal {
	int http_status;
	const char *body;
	sl_status status;
	sl_scope scope;
	const char *says;
	const char *why;
};

static void
assert_refused(const struct refusal *row)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_response response = answered(row->http_status, row->body);
	struct sl_tokens tokens = { .expires_us = 77 };
	struct sl_error err = { 0 };
	sl_status got;

	response.retry_after_ms = 9000;
	got = sl_oauth_read_tokens(arena, &response, NOW_US, &tokens, &err);
	if (got != row->status || err.status != row->status ||
	    err.scope != row->scope || !strstr(err.text, row->says) ||
	    strstr(err.text, "hush"))
		fail_msg("%s: %s/%s %s", row->why, sl_status_name(got),
			 sl_scope_name(err.scope), err.text);
	assert_int_equal(err.http_status, row->http_status);
	assert_int_equal(err.retry_after_ms,
			 got == SL_RETRY ? 9000 : SL_NO_DELAY);
	assert_int_equal(tokens.expires_us, 77);
	assert_null(response.body.data);
}

#define E(code)    "{\"error\":\"" code "\",\"error_description\":\"Because.\"}"
#define E_SUB(sub) "{\"error\":\"x_y\",\"error_subtype\":\"" sub "\"}"
#define LONG_TOKEN "ya29.a0AfB_hush-hush-hush-hush-hush-hush-hush"

static void
every_oauth_error_has_its_remedy(void **state SL_UNUSED)
{
	static const struct refusal rows[] = {
		{ 400, E("invalid_grant"), SL_REAUTH, SL_GRANT,
		  "invalid_grant: Because.", "revoked or expired" },
		{ 400, E("admin_policy_enforced"), SL_REAUTH, SL_GRANT,
		  "admin_policy_enforced", "blocked by an admin" },
		{ 400, E("access_denied"), SL_REAUTH, SL_GRANT, "access_denied",
		  "the person said no" },
		{ 400,
		  "{\"error\":\"invalid_grant\",\"error_subtype\":"
		  "\"invalid_rapt\"}",
		  SL_REAUTH, SL_GRANT, "invalid_grant/invalid_rapt",
		  "session control" },
		{ 400, E_SUB("rapt_required"), SL_REAUTH, SL_GRANT,
		  "rapt_required", "the subtype decides" },
		{ 401, E("invalid_client"), SL_CONFIG, SL_CLIENT,
		  "invalid_client", "never the user's fault" },
		{ 401, E("unauthorized_client"), SL_CONFIG, SL_CLIENT,
		  "unauthorized_client", "credentials.json was switched" },
		{ 401, E("deleted_client"), SL_CONFIG, SL_CLIENT,
		  "deleted_client", "unused clients are deleted" },
		{ 400, E("invalid_request"), SL_CONFIG, SL_CLIENT,
		  "invalid_request", "client_secret is missing" },
		{ 400, E("unsupported_grant_type"), SL_CONFIG, SL_CLIENT,
		  "unsupported_grant_type", "another kind of endpoint" },
		{ 400, E("invalid_scope"), SL_CONFIG, SL_CLIENT,
		  "invalid_scope", "scopes of the client" },
		{ 400, E("redirect_uri_mismatch"), SL_CONFIG, SL_CLIENT,
		  "redirect_uri_mismatch", "not registered" },
		{ 403, E("org_internal"), SL_CONFIG, SL_CLIENT, "org_internal",
		  "user outside the organisation" },
		{ 200, E("invalid_grant"), SL_REAUTH, SL_GRANT, "invalid_grant",
		  "some say it with 200" },
		{ 400, E("brand_new_error"), SL_CONFIG, SL_GRANT,
		  "brand_new_error", "unknown: hurts one grant only" },
		{ 500, E("invalid_grant"), SL_RETRY, SL_GRANT, "invalid_grant",
		  "a broken server's word kills no grant" },
		{ 429, E("invalid_client"), SL_RETRY, SL_GRANT,
		  "invalid_client", "too many requests, whatever it says" },
		{ 403, E("rate_limit_exceeded"), SL_RETRY, SL_GRANT,
		  "rate_limit_exceeded", "a quota" },
		{ 400, E("temporarily_unavailable"), SL_RETRY, SL_GRANT,
		  "temporarily_unavailable", "says so itself" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		assert_refused(&rows[i]);
}

static void
what_is_no_token_answer_is_tried_again(void **state SL_UNUSED)
{
	static const struct refusal rows[] = {
		{ 503, "<html>down</html>", SL_RETRY, SL_GRANT, "503",
		  "an error page" },
		{ 200, "<html>log in to the Wi-Fi</html>", SL_RETRY, SL_GRANT,
		  "not in JSON", "a captive portal" },
		{ 200, "", SL_RETRY, SL_GRANT, "not in JSON", "empty" },
		{ 200, "{\"access_token\":\"hush", SL_RETRY, SL_GRANT,
		  "not in JSON", "cut" },
		{ 200, "[]", SL_RETRY, SL_GRANT, "not a JSON object", "array" },
		{ 200, "{}", SL_RETRY, SL_GRANT, "without an access token",
		  "an empty object" },
		{ 200, "{\"access_token\":\"\"}", SL_RETRY, SL_GRANT,
		  "without an access token", "an empty token" },
		{ 200, "{\"access_token\":7}", SL_RETRY, SL_GRANT,
		  "without an access token", "a number" },
		{ 200, "{\"access_token\":\"hush\\r\\nX: y\"}", SL_RETRY,
		  SL_GRANT, "without an access token", "would inject" },
		{ 200, "{\"access_token\":\"hush\\u0000\"}", SL_RETRY, SL_GRANT,
		  "without an access token", "a NUL" },
		{ 302, "{\"a\":\"hush\"}", SL_RETRY, SL_GRANT, "302",
		  "a redirect" },
		{ 500, "{\"access_token\":\"hush\"}", SL_RETRY, SL_GRANT, "500",
		  "a token from a broken server" },
		{ 404, "{\"error\":{\"code\":404}}", SL_CONFIG, SL_GRANT,
		  "right address", "an API's error shape" },
		{ 429, "{\"error\":{\"code\":429}}", SL_RETRY, SL_GRANT, "429",
		  "an API's error shape, too many requests" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		assert_refused(&rows[i]);
}

static void
errors_never_hold_tokens(void **state SL_UNUSED)
{
	static const struct refusal rows[] = {
		{ 400,
		  "{\"error\":\"invalid_grant\",\"error_description\":"
		  "\"Bad token " LONG_TOKEN ", expired\"}",
		  SL_REAUTH, SL_GRANT, "Bad token [...], expired", "echoed" },
		{ 400, "{\"error\":\"" LONG_TOKEN "\"}", SL_CONFIG, SL_GRANT,
		  "says [...]", "as the error itself" },
		{ 400, "{\"error\":\"x\",\"error_subtype\":\"" LONG_TOKEN "\"}",
		  SL_CONFIG, SL_GRANT, "x/[...]", "as the subtype" },
		{ 400,
		  "{\"error\":\"invalid_grant\",\"refresh_token\":\"hush\"}",
		  SL_REAUTH, SL_GRANT, "invalid_grant", "beside the error" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		assert_refused(&rows[i]);
}

static void
descriptions_are_cut_to_200_bytes(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_response response = answered(400, "{\"error\":\"e\","
						    "\"error_description\":\"");
	struct sl_tokens tokens;
	struct sl_error err = { 0 };

	/* 3 bytes and a blank; the 200th byte is one of the blanks. */
	for (int i = 0; i < 100; i++)
		sl_buf_adds(&response.body, "\xe2\x82\xac ");
	sl_buf_adds(&response.body, "\"}");
	assert_int_equal(
		sl_oauth_read_tokens(arena, &response, NOW_US, &tokens, &err),
		SL_CONFIG);
	assert_int_equal(strlen(err.text),
			 strlen("token endpoint says e: ") + 200);
	response = answered(
		400, sl_arena_printf(arena,
				     "{\"error\":\"e\",\"error_"
				     "description\":\"%*s" LONG_TOKEN "\"}",
				     180, ""));
	assert_int_equal(
		sl_oauth_read_tokens(arena, &response, NOW_US, &tokens, &err),
		SL_CONFIG);
	assert_null(strstr(err.text, "ya29"));
}

static void
another_token_type_is_refused(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_response response =
		answered(200, "{\"access_token\":\"a\",\"token_type\":"
			      "\"mac\"}");
	struct sl_tokens tokens;
	struct sl_error err = { 0 };

	assert_int_equal(
		sl_oauth_read_tokens(arena, &response, NOW_US, &tokens, &err),
		SL_CONFIG);
}

static void
network_failures_keep_their_remedy(void **state SL_UNUSED)
{
	static const struct {
		enum sl_net_failure failure;
		sl_status status;
		sl_scope scope;
		const char *why;
	} rows[] = {
		{ SL_NET_CONNECT, SL_RETRY, SL_GRANT, "no connection" },
		{ SL_NET_CUT, SL_RETRY, SL_GRANT, "cut" },
		{ SL_NET_SLOW, SL_RETRY, SL_GRANT, "slow" },
		{ SL_NET_TOO_LARGE, SL_RETRY, SL_GRANT,
		  "there is no smaller token request" },
		{ SL_NET_TLS, SL_CONFIG, SL_CLIENT, "certificate" },
		{ SL_NET_CANCELLED, SL_CANCELLED, SL_STREAM, "shutdown" },
	};

	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_response response = answered(0, "");
		struct sl_tokens tokens;
		struct sl_error err = { 0 };

		response.failure = rows[i].failure;
		if (sl_oauth_read_tokens(arena, &response, NOW_US, &tokens,
					 &err) != rows[i].status ||
		    err.status != rows[i].status || err.scope != rows[i].scope)
			fail_msg("%s: %s", rows[i].why, err.text);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_full_answer_is_read),
		cmocka_unit_test(
			a_refresh_answer_may_hold_the_access_token_alone),
		cmocka_unit_test(lifetimes_are_taken_with_sense),
		cmocka_unit_test(
			tokens_are_refreshed_early_but_not_before_half_their_life),
		cmocka_unit_test(who_must_consent_again_is_told_what_it_means),
		cmocka_unit_test(every_oauth_error_has_its_remedy),
		cmocka_unit_test(what_is_no_token_answer_is_tried_again),
		cmocka_unit_test(errors_never_hold_tokens),
		cmocka_unit_test(descriptions_are_cut_to_200_bytes),
		cmocka_unit_test(another_token_type_is_refused),
		cmocka_unit_test(network_failures_keep_their_remedy),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
