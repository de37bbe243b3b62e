/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the client makes of answers: good, cut, garbled, slow and too large.
 */
#include "answers.h"
#include "http_fixture.h"

static void
complete_answers_are_read_whole(void **state SL_UNUSED)
{
	static const struct {
		const char *path;
		int http_status;
		size_t len;
		const char *type;
		int64_t retry_after_ms;
		const char *location;
		const char *why;
	} rows[] = {
		{ "/json", 200, 2, "application/json", SL_NO_DELAY, "",
		  "type in lower case without parameters" },
		{ "/204", 204, 0, "", SL_NO_DELAY, "", "no body" },
		{ "/403", 403, 4, "", SL_NO_DELAY, "", "errors have bodies" },
		{ "/429-seconds", 429, 0, "", 7000, "", "seconds" },
		{ "/429-date", 429, 0, "", 90000, "", "date against clock" },
		{ "/503-junk", 503, 0, "", SL_NO_DELAY, "", "unreadable" },
		{ "/302", 302, 0, "", SL_NO_DELAY,
		  "https://elsewhere.example/x", "not followed" },
		{ "/200-location", 200, 0, "", SL_NO_DELAY, "",
		  "a location means something in a redirect only" },
		{ "/chunked", 200, 2, "application/json", SL_NO_DELAY, "",
		  "chunks" },
		{ "/gzip/70000", 200, 70000, "application/json", SL_NO_DELAY,
		  "", "gzip over several blocks" },
		{ "/no-length", 200, 5, "application/json", SL_NO_DELAY, "",
		  "a cut that HTTP cannot see: the JSON parser will" },
		{ "/half/1000", 200, 496, "application/json", SL_NO_DELAY, "",
		  "a cut gzip stream that libcurl does not see" },
	};
	struct fixture f;

	fixture_start(&f, answer, 0);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_exchange x;
		struct sl_response *r = &x.response;

		fixture_get(&f, &x, rows[i].path, 100000);
		if (r->failure != SL_NET_NONE ||
		    r->http_status != rows[i].http_status ||
		    r->body.len != rows[i].len ||
		    r->retry_after_ms != rows[i].retry_after_ms ||
		    strcmp(r->content_type, rows[i].type) != 0 ||
		    strcmp(r->location, rows[i].location) != 0)
			fail_msg("%s (%s): failure %d, status %d, %zu bytes, "
				 "wait %ld, type '%s', location '%s', %s",
				 rows[i].path, rows[i].why, (int)r->failure,
				 r->http_status, r->body.len,
				 (long)r->retry_after_ms, r->content_type,
				 r->location, r->text);
		sl_exchange_release(&x);
	}
	fixture_stop(&f);
}

static void
incomplete_answers_are_failures(void **state SL_UNUSED)
{
	static const struct {
		const char *path;
		enum sl_net_failure expect;
		const char *why;
	} rows[] = {
		{ "/cut-length", SL_NET_CUT, "shorter than announced" },
		{ "/cut-chunk", SL_NET_CUT, "inside a chunk" },
		{ "/empty", SL_NET_CUT, "not one byte" },
		{ "/reset", SL_NET_CUT, "reset before the answer" },
		{ "/reset-body", SL_NET_CUT, "reset inside the body" },
		{ "/nul-header", SL_NET_CUT, "NUL in a header" },
		{ "/http-0.9", SL_NET_CUT, "no HTTP at all" },
		{ "/bad-gzip", SL_NET_CUT, "not what the encoding says" },
	};
	struct fixture f;

	fixture_start(&f, answer, 0);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_exchange x;

		fixture_get(&f, &x, rows[i].path, 100000);
		if (x.response.failure != rows[i].expect)
			fail_msg("%s (%s): %d %s", rows[i].path, rows[i].why,
				 (int)x.response.failure, x.response.text);
		/* Part of a body is worse than none. */
		assert_int_equal(x.response.body.len, 0);
		sl_exchange_release(&x);
	}
	fixture_stop(&f);
}

static void
decoded_bytes_are_capped(void **state SL_UNUSED)
{
	static const struct {
		const char *path;
		size_t cap;
		enum sl_net_failure expect;
		const char *why;
	} rows[] = {
		{ "/size/5000", 5000, SL_NET_NONE, "at the cap" },
		{ "/size/5001", 5000, SL_NET_TOO_LARGE, "one past it" },
		{ "/size/90000", 5000, SL_NET_TOO_LARGE, "announced" },
		{ "/gzip/5000", 5000, SL_NET_NONE, "gzip at the cap" },
		{ "/gzip/5001", 5000, SL_NET_TOO_LARGE, "gzip one past it" },
		{ "/gzip/2000000", 2000000, SL_NET_NONE,
		  "gzip larger than what it holds" },
		{ "/close/5000", 5000, SL_NET_NONE, "at the cap, no length" },
		{ "/close/5001", 5000, SL_NET_TOO_LARGE, "past, no length" },
		{ "/close/0", 100000, SL_NET_TOO_LARGE, "endless" },
		{ "/bomb", 1 << 20, SL_NET_TOO_LARGE, "gzip bomb" },
		{ "/204", 0, SL_NET_NONE, "nothing fits into nothing" },
		{ "/json", 0, SL_NET_TOO_LARGE, "two bytes do not" },
	};
	struct fixture f;

	fixture_start(&f, answer, 0);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_exchange x;

		fixture_get(&f, &x, rows[i].path, rows[i].cap);
		if (x.response.failure != rows[i].expect)
			fail_msg("%s (%s): %d %s", rows[i].path, rows[i].why,
				 (int)x.response.failure, x.response.text);
		assert_true(x.response.body.cap <= rows[i].cap + 1);
		sl_exchange_release(&x);
	}
	fixture_stop(&f);
}

static void
header_bytes_are_capped(void **state SL_UNUSED)
{
	static const struct {
		const char *path;
		enum sl_net_failure expect;
	} rows[] = {
		{ "/headers/65536", SL_NET_NONE },
		{ "/headers/65537", SL_NET_TOO_LARGE },
		{ "/headers/900000", SL_NET_TOO_LARGE },
	};
	struct fixture f;

	_Static_assert(SL_HTTP_HEADER_BYTES_MAX == 65536, "the rows' cap");
	fixture_start(&f, answer, 0);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_exchange x;

		fixture_get(&f, &x, rows[i].path, 10);
		if (x.response.failure != rows[i].expect)
			fail_msg("%s: %d %s", rows[i].path,
				 (int)x.response.failure, x.response.text);
		sl_exchange_release(&x);
	}
	fixture_stop(&f);
}

static void
slow_answers_end(void **state SL_UNUSED)
{
	static const struct {
		const char *path;
		uint32_t timeout_ms;
		const char *why;
	} rows[] = {
		{ "/hang", 200, "the deadline of the whole exchange" },
		{ "/slow", 200, "the same inside a body" },
		{ "/slow", 0, "fewer bytes than the low-speed limit" },
	};
	struct fixture f;

	fixture_start(&f, answer, 1);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_exchange x;

		fixture_fill(&f, &x, rows[i].path, 100);
		x.request.timeout_ms = rows[i].timeout_ms;
		sl_transport_perform(f.transport, &x);
		if (x.response.failure != SL_NET_SLOW)
			fail_msg("%s: %d %s", rows[i].why,
				 (int)x.response.failure, x.response.text);
		sl_exchange_release(&x);
	}
	fixture_stop(&f);
}

static void
a_status_is_kept_when_the_body_was_cut(void **state SL_UNUSED)
{
	struct fixture f;
	struct sl_exchange x;

	fixture_start(&f, answer, 0);
	fixture_get(&f, &x, "/cut-length", 100);
	assert_int_equal(x.response.http_status, 200);
	sl_exchange_release(&x);
	fixture_get(&f, &x, "/empty", 100);
	assert_int_equal(x.response.http_status, 0);
	sl_exchange_release(&x);
	fixture_stop(&f);
}

static void
wire_bytes_and_server_date_are_noted(void **state SL_UNUSED)
{
	struct fixture f;
	struct sl_exchange x;

	fixture_start(&f, answer, 0);
	fixture_get(&f, &x, "/json", 100);
	assert_int_equal(x.response.wire_bytes, strlen(answers[0].bytes));
	assert_int_equal(x.response.server_date_us, NOW_US - 7 * SL_US_PER_S);
	sl_exchange_release(&x);
	fixture_get(&f, &x, "/503-junk", 100);
	assert_int_equal(x.response.server_date_us, SL_NO_TIME);
	sl_exchange_release(&x);
	/* Compressed counts as it came, also when it was refused. */
	fixture_get(&f, &x, "/bomb", 1 << 20);
	assert_in_range(x.response.wire_bytes, 5000, 500000);
	sl_exchange_release(&x);
	fixture_stop(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(complete_answers_are_read_whole),
		cmocka_unit_test(incomplete_answers_are_failures),
		cmocka_unit_test(decoded_bytes_are_capped),
		cmocka_unit_test(header_bytes_are_capped),
		cmocka_unit_test(slow_answers_end),
		cmocka_unit_test(a_status_is_kept_when_the_body_was_cut),
		cmocka_unit_test(wire_bytes_and_server_date_are_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
