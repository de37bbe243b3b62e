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

#include "core/base/buf.h"

#include "core/net/url.h"
#include "core/net/url_private.h"

static void
urls_are_built_from_unencoded_parts(void **state SL_UNUSED)
{
	static const struct {
		const char *base;
		const char *segments[4];
		struct sl_param query[4];
		const char *expect;
		const char *why;
	} rows[] = {
		{ "https://h/calendar/v3",
		  { "users", "me" },
		  { { NULL, NULL } },
		  "https://h/calendar/v3/users/me",
		  "the base's path stays" },
		{ "https://h/v3/",
		  { "x" },
		  { { NULL, NULL } },
		  "https://h/v3/x",
		  "no double slash" },
		{ "https://h/v3/",
		  { NULL },
		  { { NULL, NULL } },
		  "https://h/v3/",
		  "nothing to add" },
		{ "https://h",
		  { "a" },
		  { { NULL, NULL } },
		  "https://h/a",
		  "a base without a path" },
		{ "https://h",
		  { "en.german#holiday@group.v.calendar.google.com" },
		  { { NULL, NULL } },
		  "https://h/en.german%23holiday%40group.v.calendar.google.com",
		  "# would begin a fragment" },
		{ "https://h",
		  { "a/b", "c?d", "e%2Ff" },
		  { { NULL, NULL } },
		  "https://h/a%2Fb/c%3Fd/e%252Ff",
		  "a segment stays one segment" },
		{ "https://h/p",
		  { NULL },
		  { { "q", "a b&c=d+e" }, { "t", "\xc3\xa9" } },
		  "https://h/p?q=a%20b%26c%3Dd%2Be&t=%C3%A9",
		  "values are encoded whole" },
		{ "https://h/p",
		  { NULL },
		  { { "a", NULL }, { "b", "" } },
		  "https://h/p?b=",
		  "NULL is left out, empty is not" },
		{ "https://h/p",
		  { "..." },
		  { { NULL, NULL } },
		  "https://h/p/...",
		  "three dots are a name" },
		{ "https://h/p",
		  { "a\r\nHost: x" },
		  { { NULL, NULL } },
		  "https://h/p/a%0D%0AHost%3A%20x",
		  "no header is smuggled" },
	};

	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		const char *url = "";
		struct sl_error err = { 0 };

		if (sl_url_build(arena, rows[i].base, rows[i].segments,
				 rows[i].query, &url, &err) != SL_OK ||
		    strcmp(url, rows[i].expect) != 0)
			fail_msg("%s: got %s %s", rows[i].why, url, err.text);
	}
}

static void
what_cannot_be_a_url_is_refused(void **state SL_UNUSED)
{
	static const struct {
		const char *base;
		const char *segment;
		sl_status expect;
		const char *why;
	} rows[] = {
		{ "", NULL, SL_CONFIG, "empty" },
		{ "example.org/x", NULL, SL_CONFIG, "no scheme" },
		{ "https://", NULL, SL_CONFIG, "no host" },
		{ "https://h/x?y=1", NULL, SL_CONFIG, "a query" },
		{ "https://h/x#y", NULL, SL_CONFIG, "a fragment" },
		{ "https://h/x", "..", SL_REJECTED, "would climb" },
		{ "https://h/x", ".", SL_REJECTED, "would vanish" },
		{ "https://h/x", "", SL_REJECTED, "would list the parent" },
	};

	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		const char *segments[] = { rows[i].segment, NULL };
		const char *url = "untouched";
		struct sl_error err = { 0 };

		if (sl_url_build(arena, rows[i].base, segments, NULL, &url,
				 &err) != rows[i].expect ||
		    strcmp(url, "untouched") != 0)
			fail_msg("%s: got %s", rows[i].why, url);
	}
}

static void
a_url_has_a_longest_length(void **state SL_UNUSED)
{
	static char id[SL_URL_BYTES_MAX + 8];
	const char *segments[] = { id, NULL };
	const size_t base_len = strlen("https://h/");
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_error err;
	const char *url;

	memset(id, 'a', SL_URL_BYTES_MAX - base_len);
	assert_int_equal(
		sl_url_build(arena, "https://h", segments, NULL, &url, &err),
		SL_OK);
	assert_int_equal(strlen(url), SL_URL_BYTES_MAX);
	id[SL_URL_BYTES_MAX - base_len] = 'a';
	assert_int_equal(
		sl_url_build(arena, "https://h", segments, NULL, &url, &err),
		SL_REJECTED);
}

static void
endpoints_are_https_or_loopback(void **state SL_UNUSED)
{
	static const struct {
		const char *url;
		sl_status expect;
		const char *why;
	} rows[] = {
		{ "https://example.org", SL_OK, "https" },
		{ "HTTPS://Example.org:8443/x", SL_OK, "case and port" },
		{ "http://127.0.0.1:8080", SL_OK, "loopback" },
		{ "http://127.255.3.9/", SL_OK, "all of 127/8" },
		{ "http://[::1]:8080", SL_OK, "IPv6 loopback" },
		{ "http://localhost:1", SL_OK, "the name curl never asks for" },
		{ "http://LOCALHOST", SL_OK, "in any case" },
		{ "http://example.org", SL_CONFIG, "plain http" },
		{ "http://127.0.0.1.example.org", SL_CONFIG, "a name" },
		{ "http://localhost.example.org", SL_CONFIG, "a name" },
		{ "http://128.0.0.1", SL_CONFIG, "not loopback" },
		{ "http://10.0.0.1", SL_CONFIG, "private is not loopback" },
		{ "http://[::2]", SL_CONFIG, "not loopback" },
		{ "http://0.0.0.0", SL_CONFIG, "any address" },
		{ "https://user@h", SL_CONFIG, "user" },
		{ "https://user:hunter2@h", SL_CONFIG, "password" },
		{ "http://127.0.0.1@example.org", SL_CONFIG, "looks local" },
		{ "https://h/#x", SL_CONFIG, "fragment" },
		{ "ftp://127.0.0.1", SL_CONFIG, "another scheme" },
		{ "file:///etc/passwd", SL_CONFIG, "another scheme" },
		{ "/x", SL_CONFIG, "relative" },
		{ "", SL_CONFIG, "empty" },
		{ "https://h/\r\nX: y", SL_CONFIG, "control characters" },
		{ "https://xn--bcher-kva.example_1.org", SL_OK, "names" },
		{ "https://[2001:db8::1]:8443", SL_OK, "an IPv6 address" },
		{ "https://a%2555b", SL_CONFIG, "an escape within an escape" },
		{ "https://a%20b", SL_CONFIG, "an escaped blank" },
		{ "https://b\xc3\xbc"
		  "cher.example",
		  SL_CONFIG, "not ASCII" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_error err = { 0 };
		sl_status got =
			sl_url_check_endpoint("SLUICE_X", rows[i].url, &err);

		if (got != rows[i].expect ||
		    (got != SL_OK && !strstr(err.text, "SLUICE_X")) ||
		    strstr(err.text, "hunter2"))
			fail_msg("%s: %s: %d %s", rows[i].why, rows[i].url,
				 (int)got, err.text);
	}
}

static void
an_origin_names_scheme_host_and_port(void **state SL_UNUSED)
{
	static const struct {
		const char *url;
		const char *expect;
	} rows[] = {
		{ "https://Example.ORG/a?b", "https://example.org:443" },
		{ "https://example.org:443/c", "https://example.org:443" },
		{ "https://example.org:444/", "https://example.org:444" },
		{ "http://[::1]:80/", "http://[::1]:80" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		SL_AUTO_BUF origin;

		sl_buf_init(&origin, 256);
		assert_null(sl_url_refusal(rows[i].url, &origin));
		assert_string_equal(sl_buf_text(&origin), rows[i].expect);
	}
}

static void
query_values_are_decoded_once(void **state SL_UNUSED)
{
	static const struct {
		const char *url;
		const char *expect; /* of "code"; NULL = absent */
		const char *why;
	} rows[] = {
		{ "/cb?code=abc&state=x", "abc", "path alone" },
		{ "http://127.0.0.1:9/cb?state=x&code=abc", "abc", "whole" },
		{ "/cb?code=4%2F0Axx", "4/0Axx", "Google's codes" },
		{ "/cb?code=4%252F0", "4%2F0", "once, not twice" },
		{ "/cb?code=a+b", "a b", "form encoding" },
		{ "/cb?code=", "", "empty" },
		{ "/cb?code", "", "no equals sign" },
		{ "/cb?c%6fde=x", "x", "an encoded name" },
		{ "/cb?code=a&code=b", "a", "the first counts" },
		{ "/cb?code=a=b", "a=b", "only the first sign separates" },
		{ "/cb?code=a#code=b", "a", "the fragment is not part" },
		{ "/cb#?code=a", NULL, "a question mark in the fragment" },
		{ "/cb?xcode=a&codex=b", NULL, "whole names only" },
		{ "/cb?code=a%00b", NULL, "a NUL would cut the text" },
		{ "/cb?code=%zz", "%zz", "no escape at all" },
		{ "/cb", NULL, "no query" },
		{ "", NULL, "nothing" },
		{ "?code=a", "a", "a query alone" },
	};

	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		const char *got = sl_url_query_get(arena, rows[i].url, "code");

		if (!got != !rows[i].expect ||
		    (got && strcmp(got, rows[i].expect) != 0))
			fail_msg("%s: %s: got %s", rows[i].why, rows[i].url,
				 got ? got : "NULL");
	}
}

static void
forms_are_encoded_and_keep_their_order(void **state SL_UNUSED)
{
	struct sl_form *form = sl_form_new();
	struct sl_secret secret = { 0 };
	const struct sl_secret *body;

	assert_int_equal(sl_form_body(form)->len, 0);
	sl_secret_set(&secret, "1//0g+&=%\xff", 10);
	sl_form_add(form, "grant_type", "refresh_token");
	sl_form_add(form, "empty", "");
	sl_form_add_secret(form, "refresh_token", &secret);
	sl_secret_release(&secret);
	sl_form_add_secret(form, "unset", &secret);
	body = sl_form_body(form);
	assert_string_equal((const char *)body->bytes,
			    "grant_type=refresh_token&empty=&refresh_token="
			    "1%2F%2F0g%2B%26%3D%25%FF&unset=");
	assert_int_equal(body->len, strlen((const char *)body->bytes));
	sl_form_free(&form);
	assert_null(form);
	sl_form_free(&form);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(urls_are_built_from_unencoded_parts),
		cmocka_unit_test(what_cannot_be_a_url_is_refused),
		cmocka_unit_test(a_url_has_a_longest_length),
		cmocka_unit_test(endpoints_are_https_or_loopback),
		cmocka_unit_test(an_origin_names_scheme_host_and_port),
		cmocka_unit_test(query_values_are_decoded_once),
		cmocka_unit_test(forms_are_encoded_and_keep_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
