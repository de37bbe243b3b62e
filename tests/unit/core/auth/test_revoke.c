/* SPDX-License-Identifier: Apache-2.0 */
/* What a revocation endpoint is asked, and what its answers mean. */
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

#include "core/auth/revoke.h"

#define CANARY "1//0g-synthetic-refresh-token"

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
the_form_holds_the_token_and_if_wanted_the_client(void **state SL_UNUSED)
{
	struct sl_oauth_client client = { .client_id = "id" };
	SL_AUTO_SECRET token = { NULL, 0 };
	struct sl_form *form;

	sl_secret_set(&token, "a/b=", 4);
	sl_secret_set(&client.client_secret, "s&t", 3);
	form = sl_revoke_form(NULL, &token);
	assert_string_equal((const char *)sl_form_body(form)->bytes,
			    "token=a%2Fb%3D");
	sl_form_free(&form);
	form = sl_revoke_form(&client, &token);
	assert_string_equal((const char *)sl_form_body(form)->bytes,
			    "token=a%2Fb%3D&client_id=id&client_secret=s%26t");
	sl_form_free(&form);
	sl_secret_release(&client.client_secret);
}

static void
each_answer_has_its_meaning(void **state SL_UNUSED)
{
	static const struct {
		int http_status;
		const char *body;
		sl_status expect;
		bool already;
	} rows[] = {
		{ 200, "{}", SL_OK, false },
		{ 200, "", SL_OK, false },
		{ 204, "", SL_OK, false },
		{ 200, "<html>", SL_OK, false },
		{ 400, "{\"error\":\"invalid_token\"}", SL_OK, true },
		{ 400, "{\"error\":\"invalid_grant\"}", SL_OK, true },
		{ 401, "{\"error\":\"invalid_token\"}", SL_OK, true },
		{ 400, "{\"error\":\"invalid_request\"}", SL_RETRY, false },
		{ 400, "{\"error\":7}", SL_RETRY, false },
		{ 400, "", SL_RETRY, false },
		{ 400, "{\"error", SL_RETRY, false },
		{ 401, "{\"error\":\"invalid_client\"}", SL_CONFIG, false },
		{ 401, "{\"error\":\"unauthorized_client\"}", SL_CONFIG,
		  false },
		{ 302, "", SL_RETRY, false },
		{ 404, "<html>invalid_token", SL_RETRY, false },
		{ 429, "", SL_RETRY, false },
		{ 503, "{\"error\":\"invalid_token\"}", SL_RETRY, false },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_response r =
			answered(rows[i].http_status, rows[i].body);
		struct sl_error err = { 0 };
		bool already = false;
		sl_status got = sl_revoke_read(&r, &already, &err);

		if (got != rows[i].expect || already != rows[i].already)
			fail_msg("%d %s: %s%s", rows[i].http_status,
				 rows[i].body, sl_status_name(got),
				 already ? ", already" : "");
		assert_null(r.body.data);
	}
}

static void
a_wait_that_the_provider_asks_for_is_kept(void **state SL_UNUSED)
{
	struct sl_response r = answered(429, "");
	struct sl_error err = { 0 };
	bool already;

	r.retry_after_ms = 90000;
	assert_int_equal(sl_revoke_read(&r, &already, &err), SL_RETRY);
	assert_int_equal(err.retry_after_ms, 90000);
	assert_int_equal(err.http_status, 429);
}

static void
network_failures_have_their_remedy(void **state SL_UNUSED)
{
	static const struct {
		enum sl_net_failure failure;
		sl_status expect;
	} rows[] = {
		{ SL_NET_CONNECT, SL_RETRY },
		{ SL_NET_CUT, SL_RETRY },
		{ SL_NET_SLOW, SL_RETRY },
		{ SL_NET_TOO_LARGE, SL_RETRY },
		{ SL_NET_TLS, SL_CONFIG },
		{ SL_NET_CANCELLED, SL_CANCELLED },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_response r = answered(0, "");
		struct sl_error err = { 0 };
		bool already;

		r.failure = rows[i].failure;
		assert_int_equal(sl_revoke_read(&r, &already, &err),
				 rows[i].expect);
		assert_int_equal(err.status, rows[i].expect);
	}
}

static void
what_it_says_is_never_repeated(void **state SL_UNUSED)
{
	struct sl_response r =
		answered(500, "{\"error\":\"" CANARY
			      "\",\"error_description\":\"" CANARY "\"}");
	struct sl_error err = { 0 };
	bool already;

	assert_int_equal(sl_revoke_read(&r, &already, &err), SL_RETRY);
	assert_null(strstr(err.text, CANARY));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_form_holds_the_token_and_if_wanted_the_client),
		cmocka_unit_test(each_answer_has_its_meaning),
		cmocka_unit_test(a_wait_that_the_provider_asks_for_is_kept),
		cmocka_unit_test(network_failures_have_their_remedy),
		cmocka_unit_test(what_it_says_is_never_repeated),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
