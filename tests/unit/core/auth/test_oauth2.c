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

#include "core/auth/oauth2.h"

static struct sl_secret
secret_of(const char *text)
{
	struct sl_secret secret = { 0 };

	sl_secret_set(&secret, text, strlen(text));
	return secret;
}

static void
the_consent_page_is_asked_with_everything(void **state SL_UNUSED)
{
	static const char *const scopes[] = { "openid", "https://x/cal.ro",
					      NULL };
	static const struct sl_param extra[] = {
		{ "access_type", "offline" },
		{ "prompt", "consent select_account" },
		{ NULL, NULL },
	};
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_SECRET st = secret_of("STATE-1");
	SL_AUTO_SECRET verifier =
		secret_of("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
	struct sl_auth_request request = {
		.auth_url = "https://accounts.example/o/oauth2/v2/auth",
		.client_id = "123.apps.example",
		.redirect_uri = "http://127.0.0.1:53682/cb",
		.scopes = scopes,
		.extra = extra,
		.state = &st,
		.verifier = &verifier,
		.login_hint = "a+b@example.org",
	};
	struct sl_error err;
	const char *url;

	assert_int_equal(sl_oauth_auth_url(arena, &request, &url, &err), SL_OK);
	assert_string_equal(url,
			    "https://accounts.example/o/oauth2/v2/auth"
			    "?client_id=123.apps.example"
			    "&redirect_uri=http%3A%2F%2F127.0.0.1%3A53682%2Fcb"
			    "&response_type=code"
			    "&scope=openid%20https%3A%2F%2Fx%2Fcal.ro"
			    "&state=STATE-1"
			    "&code_challenge="
			    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
			    "&code_challenge_method=S256"
			    "&login_hint=a%2Bb%40example.org"
			    "&access_type=offline"
			    "&prompt=consent%20select_account");
}

static void
the_consent_page_needs_a_state_but_no_pkce(void **state SL_UNUSED)
{
	static const char *const scopes[] = { "r_basic", NULL };
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_SECRET st = secret_of("s");
	struct sl_auth_request request = {
		.auth_url = "https://h/auth",
		.client_id = "c",
		.redirect_uri = "https://h/cb",
		.scopes = scopes,
		.state = &st,
	};
	struct sl_error err;
	const char *url;

	assert_int_equal(sl_oauth_auth_url(arena, &request, &url, &err), SL_OK);
	assert_string_equal(url, "https://h/auth?client_id=c"
				 "&redirect_uri=https%3A%2F%2Fh%2Fcb"
				 "&response_type=code&scope=r_basic&state=s");
	sl_secret_release(&st);
	assert_int_equal(sl_oauth_auth_url(arena, &request, &url, &err),
			 SL_BUG);
}

static void
redirects_are_read_and_checked(void **state SL_UNUSED)
{
	static const struct {
		const char *url;
		sl_status expect;
		const char *code;
		const char *error;
		const char *why;
	} rows[] = {
		{ "/callback?code=abc&state=S-1", SL_OK, "abc", NULL, "path" },
		{ "http://127.0.0.1:9/cb?state=S-1&code=4%2F0Axx&scope=a+b"
		  "&authuser=0&hd=x#",
		  SL_OK, "4/0Axx", NULL, "pasted whole, more parameters" },
		{ "/callback?error=access_denied&state=S-1", SL_OK, NULL,
		  "access_denied", "the person said no" },
		{ "/callback?error=access_denied&code=x&state=S-1", SL_OK, NULL,
		  "access_denied", "an error beats a code" },
		{ "/callback?error=a%0Ab%1B%5B31m%C3%A9&state=S-1", SL_OK, NULL,
		  "a?b?[31m??", "an error cannot forge a line" },
		{ "/callback?code=4%252F0&state=S-1", SL_OK, "4%2F0", NULL,
		  "decoded once" },
		{ "/callback?code=abc&state=S-2", SL_REJECTED, NULL, NULL,
		  "another state" },
		{ "/callback?code=abc&state=S-11", SL_REJECTED, NULL, NULL,
		  "a longer state" },
		{ "/callback?code=abc&state=", SL_REJECTED, NULL, NULL,
		  "an empty state" },
		{ "/callback?code=abc", SL_REJECTED, NULL, NULL, "no state" },
		{ "/callback?error=access_denied", SL_REJECTED, NULL, NULL,
		  "errors need the state too" },
		{ "/callback?state=S-1", SL_REJECTED, NULL, NULL, "neither" },
		{ "/callback?code=&state=S-1", SL_REJECTED, NULL, NULL,
		  "an empty code" },
		{ "/callback?code=a%00b&state=S-1", SL_REJECTED, NULL, NULL,
		  "a NUL in the code" },
		{ "/favicon.ico", SL_REJECTED, NULL, NULL,
		  "the browser's own" },
		{ "", SL_REJECTED, NULL, NULL, "nothing" },
	};

	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_SECRET st = secret_of("S-1");

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_auth_reply reply = { .error = NULL };
		struct sl_error err = { 0 };
		sl_status got = sl_oauth_read_redirect(arena, rows[i].url, &st,
						       &reply, &err);

		if (got != rows[i].expect)
			fail_msg("%s: %d %s", rows[i].why, (int)got, err.text);
		if (rows[i].code)
			assert_string_equal((const char *)reply.code.bytes,
					    rows[i].code);
		else
			assert_false(sl_secret_is_set(&reply.code));
		if (rows[i].error)
			assert_string_equal(reply.error, rows[i].error);
		assert_null(strstr(err.text, "abc"));
		sl_secret_release(&reply.code);
	}
}

static void
an_answer_tells_who_answers_and_why(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_SECRET st = secret_of("S-1");
	struct sl_auth_reply reply = { .error = NULL };
	struct sl_error err;

	assert_int_equal(
		sl_oauth_read_redirect(arena,
				       "/callback?code=abc&state=S-1"
				       "&iss=https%3A%2F%2Faccounts.example"
				       "&error_description=none",
				       &st, &reply, &err),
		SL_OK);
	assert_string_equal(reply.iss, "https://accounts.example");
	assert_null(reply.description); /* of an error alone */
	sl_secret_release(&reply.code);
	assert_int_equal(
		sl_oauth_read_redirect(arena,
				       "/callback?error=access_denied&state=S-1"
				       "&error_description=said%20no",
				       &st, &reply, &err),
		SL_OK);
	assert_string_equal(reply.description, "said no");
	assert_null(reply.iss);
	assert_false(sl_secret_is_set(&reply.code));
}

static void
no_state_of_ours_matches_no_state_of_theirs(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_SECRET unset = { 0 };
	struct sl_auth_reply reply = { .error = NULL };
	struct sl_error err;

	assert_int_equal(sl_oauth_read_redirect(arena, "/cb?code=a&state=",
						&unset, &reply, &err),
			 SL_REJECTED);
}

static void
token_forms_carry_what_the_grant_needs(void **state SL_UNUSED)
{
	struct sl_oauth_client client = { "id-1", secret_of("GOCSPX-s") };
	SL_AUTO_SECRET code = secret_of("4/0A");
	SL_AUTO_SECRET verifier = secret_of("v-1");
	SL_AUTO_SECRET refresh = secret_of("1//0g");
	struct sl_form *form;

	form = sl_oauth_code_form(&client, &code, "http://127.0.0.1:9/cb",
				  &verifier);
	assert_string_equal((const char *)sl_form_body(form)->bytes,
			    "grant_type=authorization_code&client_id=id-1"
			    "&client_secret=GOCSPX-s&code=4%2F0A"
			    "&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcb"
			    "&code_verifier=v-1");
	sl_form_free(&form);
	form = sl_oauth_refresh_form(&client, &refresh);
	assert_string_equal((const char *)sl_form_body(form)->bytes,
			    "grant_type=refresh_token&client_id=id-1"
			    "&client_secret=GOCSPX-s&refresh_token=1%2F%2F0g");
	sl_form_free(&form);
	/* A public client has no secret and sends none. */
	sl_secret_release(&client.client_secret);
	form = sl_oauth_code_form(&client, &code, "http://h/cb", NULL);
	assert_string_equal((const char *)sl_form_body(form)->bytes,
			    "grant_type=authorization_code&client_id=id-1"
			    "&code=4%2F0A&redirect_uri=http%3A%2F%2Fh%2Fcb");
	sl_form_free(&form);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_consent_page_is_asked_with_everything),
		cmocka_unit_test(the_consent_page_needs_a_state_but_no_pkce),
		cmocka_unit_test(redirects_are_read_and_checked),
		cmocka_unit_test(an_answer_tells_who_answers_and_why),
		cmocka_unit_test(no_state_of_ours_matches_no_state_of_theirs),
		cmocka_unit_test(token_forms_carry_what_the_grant_needs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
