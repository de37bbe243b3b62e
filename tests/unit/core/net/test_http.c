/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the client sends, and what it must not.
 */
#include "http_fixture.h"

static enum raw_after
answer(int fd, const char *path SL_UNUSED)
{
	return raw_sends(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
		       ? RAW_KEEP
		       : RAW_CLOSE;
}

static void
a_request_says_who_asks_and_carries_the_bearer(void **state SL_UNUSED)
{
	static const char *const lines[] = {
		"GET /v1/x" QUERY " HTTP/1.1\r\n",
		"\r\nAuthorization: Bearer " BEARER "\r\n",
		"\r\nUser-Agent: sluice-test (gzip)\r\n",
		"\r\nAccept-Encoding: gzip\r\n",
		"\r\nIf-None-Match: \"e\"\r\n",
	};
	const struct sl_header headers[] = {
		{ "If-None-Match", "\"e\"" },
		{ NULL, NULL },
	};
	struct sl_exchange x;
	struct fixture f;

	fixture_start(&f, answer, 0);
	fixture_fill(&f, &x, "/v1/x", 100);
	x.request.headers = headers;
	sl_transport_perform(f.transport, &x);
	assert_int_equal(x.response.failure, SL_NET_NONE);
	for (size_t i = 0; i < SL_ARRAY_LEN(lines); i++) {
		if (!strstr(f.server.last, lines[i]))
			fail_msg("no %s in %s", lines[i], f.server.last);
	}
	assert_null(strstr(f.server.last, "Cookie:"));
	sl_exchange_release(&x);
	/* Nothing of it sticks to the pooled handle. */
	fixture_fill(&f, &x, "/v1/y", 100);
	x.request.bearer = NULL;
	sl_transport_perform(f.transport, &x);
	assert_null(strstr(f.server.last, "Authorization:"));
	assert_null(strstr(f.server.last, "If-None-Match:"));
	assert_int_equal(f.server.accepted, 1);
	sl_exchange_release(&x);
	fixture_stop(&f);
}

static void
a_form_is_posted_as_it_is(void **state SL_UNUSED)
{
	static char long_body[20000];

	static const struct {
		const char *body;
		const char *why;
	} rows[] = {
		{ "grant_type=refresh_token&refresh_token=1%2F%2F0", "form" },
		{ long_body, "longer than one segment" },
		{ NULL, "none: a POST with an empty body" },
	};
	struct fixture f;

	memset(long_body, 'a', sizeof(long_body) - 1);
	fixture_start(&f, answer, 0);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		const char *body = rows[i].body ? rows[i].body : "";
		SL_AUTO_SECRET form = { 0 };
		struct sl_exchange x;
		const char *sent;

		sl_secret_set(&form, body, strlen(body));
		fixture_fill(&f, &x, "/token", 100);
		x.request.method = "POST";
		x.request.bearer = NULL;
		x.request.form = rows[i].body ? &form : NULL;
		sl_transport_perform(f.transport, &x);
		assert_int_equal(x.response.failure, SL_NET_NONE);
		assert_non_null(strstr(f.server.last,
				       "\r\nContent-Type: application/"
				       "x-www-form-urlencoded\r\n"));
		sent = strstr(f.server.last, "\r\n\r\n");
		assert_non_null(sent);
		assert_string_equal(sent + 4, body);
		sl_exchange_release(&x);
	}
	fixture_stop(&f);
}

static void
what_must_not_be_sent_is_not(void **state SL_UNUSED)
{
	static const struct {
		const char *method;
		const char *url;
		const char *header_value;
		const char *bearer;
		bool form;
		const char *why;
	} rows[] = {
		{ "GET", "http://example.org/" QUERY, "x", BEARER, false,
		  "plain http to a host that is not loopback" },
		{ "GET", "http://hush@127.0.0.1/", "x", BEARER, false,
		  "a user in the URL" },
		{ "GET", "ftp://127.0.0.1/", "x", BEARER, false, "scheme" },
		{ "GET", "file:///etc/passwd", "x", BEARER, false, "scheme" },
		{ "GET", "/relative" QUERY, "x", BEARER, false, "no host" },
		{ "DELETE", NULL, "x", BEARER, false, "another method" },
		{ "GET", NULL, "x", BEARER, true, "a GET with a body" },
		{ "GET", NULL, "x\r\nX: y", BEARER, false, "header injected" },
		{ "GET", NULL, "", BEARER, false, "libcurl would drop it" },
		{ "GET", NULL, "x", "hush\r\nX: y", false, "bearer injects" },
		{ "GET", NULL, "x", "hu\nsh", false, "bearer with a newline" },
		{ "GET", NULL, "x", "", false, "a bearer that is not set" },
	};
	struct fixture f;

	fixture_start(&f, answer, 0);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_header headers[] = {
			{ "X-Test", rows[i].header_value },
			{ NULL, NULL },
		};
		SL_AUTO_SECRET form = { 0 };
		struct sl_exchange x;

		sl_secret_set(&form, "a=b", 3);
		sl_secret_set(&f.bearer, rows[i].bearer,
			      strlen(rows[i].bearer));
		fixture_fill(&f, &x, "/", 100);
		x.request.method = rows[i].method;
		x.request.url = rows[i].url ? rows[i].url : x.request.url;
		x.request.headers = headers;
		x.request.form = rows[i].form ? &form : NULL;
		sl_transport_perform(f.transport, &x);
		if (x.response.failure != SL_NET_BUG)
			fail_msg("%s: %d", rows[i].why,
				 (int)x.response.failure);
		assert_keeps_quiet(&x);
		sl_exchange_release(&x);
	}
	assert_int_equal(f.server.accepted, 0);
	fixture_stop(&f);
}

static void
a_refused_connection_is_named(void **state SL_UNUSED)
{
	uint16_t port;
	int fd = raw_bind(&port, false);
	struct sl_exchange x;
	struct sl_error err;
	struct fixture f;

	fixture_start(&f, answer, 0);
	fixture_fill(&f, &x, "/", 100);
	x.request.url =
		sl_arena_printf(f.arena, "http://127.0.0.1:%d/" QUERY, port);
	sl_transport_perform(f.transport, &x);
	assert_int_equal(x.response.failure, SL_NET_CONNECT);
	assert_keeps_quiet(&x);
	assert_int_equal(sl_net_classify(&x.response, &err), SL_RETRY);
	assert_non_null(strstr(err.text, "http://127.0.0.1:"));
	sl_exchange_release(&x);
	(void)close(fd);
	fixture_stop(&f);
}

static void
a_server_that_speaks_no_tls_is_no_connection(void **state SL_UNUSED)
{
	struct sl_exchange x;
	struct fixture f;

	fixture_start(&f, answer, 0);
	fixture_fill(&f, &x, "/", 100);
	x.request.url = sl_arena_printf(f.arena, "https://127.0.0.1:%d/" QUERY,
					f.server.port);
	x.request.timeout_ms = 200; /* the server waits for a request's end */
	sl_transport_perform(f.transport, &x);
	assert_int_equal(x.response.failure, SL_NET_CONNECT);
	assert_keeps_quiet(&x);
	sl_exchange_release(&x);
	fixture_stop(&f);
}

enum { CALLERS = 8 };

/**
 * A server that has hung: its queue is full, it takes nobody out, and the
 * kernel leaves whoever comes without an answer.
 */
static int
hang(uint16_t *port, int callers[CALLERS])
{
	int fd = raw_bind(port, false);
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(*port),
	};

	assert_int_equal(listen(fd, 0), 0);
	for (int i = 0; i < CALLERS; i++) {
		callers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
		(void)connect(callers[i], (struct sockaddr *)&address,
			      sizeof(address));
	}
	return fd;
}

static void
nobody_is_waited_for_without_end(void **state SL_UNUSED)
{
	struct sl_http_config config = { .clock = &sl_system_clock,
					 .user_agent = "sluice-test (gzip)",
					 .connect_ms = 200 };
	struct sl_http *http;
	struct sl_exchange x;
	struct sl_error err;
	struct fixture f;
	int callers[CALLERS], fd;
	uint16_t port;

	fixture_start(&f, answer, 0);
	fd = hang(&port, callers);
	assert_int_equal(sl_http_new(&config, &http, &err), SL_OK);
	fixture_fill(&f, &x, "/", 100);
	x.request.url =
		sl_arena_printf(f.arena, "http://127.0.0.1:%d/" QUERY, port);
	sl_transport_perform(sl_http_transport(http), &x);
	assert_int_equal(x.response.failure, SL_NET_CONNECT);
	assert_keeps_quiet(&x);
	sl_exchange_release(&x);
	sl_http_free(&http);
	for (int i = 0; i < CALLERS; i++)
		(void)close(callers[i]);
	(void)close(fd);
	fixture_stop(&f);
}

/** Longer than a label of a name may be: no resolver finds it. */
static void
a_name_that_is_not_found_is_no_connection(void **state SL_UNUSED)
{
	struct sl_exchange x;
	struct sl_error err;
	struct fixture f;
	char label[65] = { 0 };

	memset(label, 'a', sizeof(label) - 1);
	fixture_start(&f, answer, 0);
	fixture_fill(&f, &x, "/", 100);
	x.request.url =
		sl_arena_printf(f.arena, "https://%s.invalid/" QUERY, label);
	sl_transport_perform(f.transport, &x);
	assert_int_equal(x.response.failure, SL_NET_CONNECT);
	assert_keeps_quiet(&x);
	assert_int_equal(sl_net_classify(&x.response, &err), SL_RETRY);
	sl_exchange_release(&x);
	fixture_stop(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_request_says_who_asks_and_carries_the_bearer),
		cmocka_unit_test(a_form_is_posted_as_it_is),
		cmocka_unit_test(what_must_not_be_sent_is_not),
		cmocka_unit_test(a_refused_connection_is_named),
		cmocka_unit_test(a_server_that_speaks_no_tls_is_no_connection),
		cmocka_unit_test(nobody_is_waited_for_without_end),
		cmocka_unit_test(a_name_that_is_not_found_is_no_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
