/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Client and server together, and one call for "ask this path". Every request
 * carries a bearer and a query, and no failure text may hold either.
 */
#ifndef TESTS_UNIT_CORE_NET_HTTP_FIXTURE_H
#define TESTS_UNIT_CORE_NET_HTTP_FIXTURE_H

/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>
/* clang-format on */

#include "core/base/arena.h"

#include "core/net/http.h"

#include "raw_server.h"

#define BEARER "ya29.hush-hush"
#define QUERY  "?q=veiled"

/* Sun, 06 Nov 1994 08:49:37 GMT */
#define NOW_US (INT64_C(784111777) * SL_US_PER_S)

struct fixture {
	struct raw_server server;
	struct sl_http *http;
	struct sl_transport *transport;
	struct sl_fake_clock clock;
	struct sl_arena *arena;
	struct sl_secret bearer;
};

static inline void
fixture_start(struct fixture *f, raw_handler handler, uint32_t slow_seconds)
{
	struct sl_error err = { 0 };

	memset(f, 0, sizeof(*f));
	/* A proxy in the environment must not matter: nobody is there. */
	(void)setenv("http_proxy", "http://127.0.0.1:1", 1);
	(void)setenv("ALL_PROXY", "http://127.0.0.1:1", 1);
	raw_start(&f->server, handler);
	sl_fake_clock_init(&f->clock, NOW_US);
	f->arena = sl_arena_new();
	sl_secret_set(&f->bearer, BEARER, strlen(BEARER));
	assert_int_equal(sl_http_new(
				 &(struct sl_http_config){
					 .clock = &f->clock.clock,
					 .user_agent = "sluice-test (gzip)",
					 .slow_seconds = slow_seconds,
				 },
				 &f->http, &err),
			 SL_OK);
	f->transport = sl_http_transport(f->http);
}

static inline void
fixture_stop(struct fixture *f)
{
	sl_http_free(&f->http);
	raw_stop(&f->server);
	sl_arena_free(&f->arena);
	sl_secret_release(&f->bearer);
}

/** A GET of `path`, not yet submitted. */
static inline void
fixture_fill(struct fixture *f, struct sl_exchange *x, const char *path,
	     size_t max_body)
{
	*x = (struct sl_exchange){
		.request = {
			.method = "GET",
			.url = sl_arena_printf(f->arena,
					       "http://127.0.0.1:%d%s" QUERY,
					       f->server.port, path),
			.bearer = &f->bearer,
			.max_body = max_body,
		},
	};
	sl_exchange_init(x);
}

static inline void
assert_keeps_quiet(const struct sl_exchange *x)
{
	assert_null(strstr(x->response.text, "hush"));
	assert_null(strstr(x->response.text, "veiled"));
}

/** GET and wait; release the exchange afterwards. */
static inline void
fixture_get(struct fixture *f, struct sl_exchange *x, const char *path,
	    size_t max_body)
{
	fixture_fill(f, x, path, max_body);
	sl_transport_perform(f->transport, x);
	assert_null(x->link);
	assert_keeps_quiet(x);
	if (x->response.failure != SL_NET_NONE)
		assert_int_not_equal(x->response.text[0], '\0');
}

#endif
