/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/clock.h"

#include "cli/loopback.h"
#include "cli/redirect.h"
#include "tests/unit/cli/kit.h"

struct row {
	const char *listen;
	const char *kind;
	const char *registered[3];
	bool pastes;
	const char *uri; /* NULL = refused; port 5000 stands for a free one */
	const char *address;
	const char *why;
};

static const struct row rows[] = {
	{ NULL,
	  "installed",
	  { "http://localhost" },
	  false,
	  "http://127.0.0.1:5000/callback",
	  "127.0.0.1",
	  "a desktop client" },
	{ "127.0.0.1:8765",
	  "installed",
	  { NULL },
	  false,
	  "http://127.0.0.1:8765/callback",
	  "127.0.0.1",
	  "as asked" },
	{ "localhost:8765",
	  "installed",
	  { NULL },
	  false,
	  "http://localhost:8765/callback",
	  "127.0.0.1",
	  "by name" },
	{ "[::1]:8765",
	  "installed",
	  { NULL },
	  false,
	  "http://[::1]:8765/callback",
	  "::1",
	  "IPv6" },
	{ "0.0.0.0:8765",
	  "installed",
	  { NULL },
	  false,
	  "http://127.0.0.1:8765/callback",
	  "0.0.0.0",
	  "in a container" },
	{ "10.0.0.1:8765",
	  "installed",
	  { NULL },
	  false,
	  NULL,
	  NULL,
	  "not loopback" },
	{ "example.com:80",
	  "installed",
	  { NULL },
	  false,
	  NULL,
	  NULL,
	  "a name" },
	{ "127.0.0.1", "installed", { NULL }, false, NULL, NULL, "no port" },
	{ "127.0.0.1:65536", "installed", { NULL }, false, NULL, NULL, "port" },
	{ "127.0.0.1:x", "installed", { NULL }, false, NULL, NULL, "port" },
	{ "", "installed", { NULL }, false, NULL, NULL, "nothing" },
	{ NULL,
	  "web",
	  { "https://a.example/cb", "http://localhost:9/x" },
	  false,
	  "http://localhost:9/x",
	  "127.0.0.1",
	  "a registered loopback" },
	{ NULL,
	  "web",
	  { "https://a.example/cb" },
	  false,
	  NULL,
	  NULL,
	  "nothing to listen on" },
	{ NULL,
	  "web",
	  { "https://a.example/cb" },
	  true,
	  "https://a.example/cb",
	  NULL,
	  "to be pasted" },
	{ NULL, "web", { NULL }, true, NULL, NULL, "nothing registered" },
	{ "127.0.0.1:9",
	  "web",
	  { "http://127.0.0.1:9/callback" },
	  false,
	  "http://127.0.0.1:9/callback",
	  "127.0.0.1",
	  "registered just so" },
	{ "127.0.0.1:8",
	  "web",
	  { "http://127.0.0.1:9/callback" },
	  false,
	  NULL,
	  NULL,
	  "another port than registered" },
	{ NULL,
	  "web",
	  { "http://10.0.0.1:9/callback" },
	  false,
	  NULL,
	  NULL,
	  "registered, but not ours" },
};

static void
where_the_browser_comes_back_to(void **state SL_UNUSED)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		const struct row *r = &rows[i];
		const struct sl_redirect_wish wish = {
			.listen = r->listen,
			.client_kind = r->kind,
			.registered = r->registered,
			.pastes = r->pastes,
		};
		struct sl_arena *arena = sl_arena_new();
		struct sl_redirect got;
		struct sl_error err;
		sl_status st = sl_redirect_plan(arena, &wish, &got, &err);

		if ((st == SL_OK) != (r->uri != NULL))
			fail_msg("%s: %s", r->why, st == SL_OK ? "" : err.text);
		if (st == SL_OK) {
			uint16_t port = got.port == 0 ? 5000 : got.port;

			assert_string_equal(sl_redirect_uri(arena, &got, port),
					    r->uri);
			assert_int_equal(got.listens, r->address != NULL);
			if (got.listens)
				assert_string_equal(got.address, r->address);
		}
		sl_arena_free(&arena);
	}
}

struct visit {
	int seen;
	const char *right;
};

static bool
accept_right(void *ctx, const char *url)
{
	struct visit *visit = ctx;

	visit->seen++;
	return strcmp(url, visit->right) == 0;
}

static void
a_pasted_answer_ends_the_waiting_a_wrong_one_does_not(void **state SL_UNUSED)
{
	const struct sl_redirect paste_only = { .listens = false };
	struct visit visit = { .right = "http://127.0.0.1/callback?state=s" };
	struct sl_loopback_wait wait = { .accept = accept_right,
					 .ctx = &visit,
					 .clock = &sl_system_clock,
					 .timeout_us = 10 * SL_US_PER_S };
	struct sl_loopback *loopback = NULL;
	struct sl_error err;
	FILE *file = tmpfile();

	assert_non_null(file);
	fputs("\nhttp://wrong/\n  \nhttp://127.0.0.1/callback?state=s \r\n",
	      file);
	rewind(file);
	wait.paste_fd = fileno(file);
	assert_int_equal(sl_loopback_open(&paste_only, &loopback, &err), SL_OK);
	assert_int_equal(sl_loopback_wait(loopback, &wait, &err), SL_OK);
	assert_int_equal(visit.seen, 2);
	sl_loopback_free(&loopback);
	(void)fclose(file);
}

static void
the_end_of_input_ends_the_waiting(void **state SL_UNUSED)
{
	const struct sl_redirect paste_only = { .listens = false };
	struct visit visit = { .right = "x" };
	struct sl_loopback_wait wait = { .accept = accept_right,
					 .ctx = &visit,
					 .clock = &sl_system_clock,
					 .timeout_us = 10 * SL_US_PER_S };
	struct sl_loopback *loopback = NULL;
	struct sl_error err;
	FILE *file = tmpfile();

	assert_non_null(file);
	wait.paste_fd = fileno(file);
	assert_int_equal(sl_loopback_open(&paste_only, &loopback, &err), SL_OK);
	assert_int_equal(sl_loopback_wait(loopback, &wait, &err), SL_CANCELLED);
	sl_loopback_free(&loopback);
	(void)fclose(file);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_the_browser_comes_back_to),
		cmocka_unit_test(
			a_pasted_answer_ends_the_waiting_a_wrong_one_does_not),
		cmocka_unit_test(the_end_of_input_ends_the_waiting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
