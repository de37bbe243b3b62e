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

#include "core/net/transport.h"

static void
every_failure_has_its_remedy(void **state SL_UNUSED)
{
	static const struct {
		enum sl_net_failure failure;
		sl_status status;
		sl_scope scope;
		const char *why;
	} rows[] = {
		{ SL_NET_CONNECT, SL_RETRY, SL_STREAM, "networks come back" },
		{ SL_NET_CUT, SL_RETRY, SL_STREAM, "connections break" },
		{ SL_NET_CROWDED, SL_RETRY, SL_STREAM, "crowded" },
		{ SL_NET_SLOW, SL_RETRY, SL_STREAM, "servers recover" },
		{ SL_NET_TLS, SL_CONFIG, SL_CLIENT, "a person must look" },
		{ SL_NET_TOO_LARGE, SL_SMALLER, SL_STREAM, "ask for less" },
		{ SL_NET_CANCELLED, SL_CANCELLED, SL_STREAM, "shutdown" },
		{ SL_NET_BUG, SL_BUG, SL_STREAM, "ours" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_response response = {
			.failure = rows[i].failure,
			.http_status = 503,
			.retry_after_ms = 7000,
			.text = "https://h:443: some words",
		};
		struct sl_error err;
		sl_status got = sl_net_classify(&response, &err);

		if (got != rows[i].status || err.status != rows[i].status ||
		    err.scope != rows[i].scope)
			fail_msg("%s: %d", rows[i].why, (int)got);
		assert_string_equal(err.text, "https://h:443: some words");
		assert_int_equal(err.http_status, 503);
		assert_int_equal(err.retry_after_ms,
				 got == SL_RETRY ? 7000 : SL_NO_DELAY);
	}
}

static void
a_new_exchange_knows_nothing_yet(void **state SL_UNUSED)
{
	struct sl_exchange x;

	memset(&x, 0xa5, sizeof(x));
	x.request.max_body = 3;
	x.request.first_body = 0;
	sl_exchange_init(&x);
	assert_int_equal(x.response.failure, SL_NET_NONE);
	assert_int_equal(x.response.retry_after_ms, SL_NO_DELAY);
	assert_int_equal(x.response.server_date_us, SL_NO_TIME);
	assert_null(x.link);
	sl_buf_adds(&x.response.body, "abc");
	assert_false(x.response.body.overflow);
	sl_buf_addc(&x.response.body, 'd');
	assert_true(x.response.body.overflow);
	sl_exchange_release(&x);
}

static bool
grow_if(struct sl_exchange *x)
{
	bool *room = x->owner;

	return *room;
}

static void
a_body_asks_for_room_once_it_is_no_small_one(void **state SL_UNUSED)
{
	bool room = true;
	struct sl_exchange x = { .request = { .max_body = 5, .first_body = 2 },
				 .grow = grow_if,
				 .owner = &room };

	sl_exchange_init(&x);
	assert_true(sl_exchange_take(&x, "ab", 2));
	room = false;
	assert_false(sl_exchange_take(&x, "c", 1));
	assert_true(x.response.crowded);
	assert_false(sl_exchange_take(&x, "c", 1));
	sl_exchange_release(&x);

	room = true;
	sl_exchange_init(&x);
	assert_false(x.response.crowded);
	assert_true(sl_exchange_take(&x, "ab", 2));
	assert_true(sl_exchange_take(&x, "cde", 3));
	assert_false(x.response.body.overflow);
	assert_false(sl_exchange_take(&x, "f", 1));
	assert_true(x.response.body.overflow);
	sl_exchange_release(&x);
}

static void
answer_at_once(struct sl_transport *t SL_UNUSED, struct sl_exchange *x)
{
	x->response.http_status = 200;
	x->done(x);
}

static void
perform_waits_and_gives_the_owner_back(void **state SL_UNUSED)
{
	struct sl_transport fake = { .submit = answer_at_once };
	struct sl_exchange x = { .owner = &fake };

	sl_exchange_init(&x);
	sl_transport_perform(&fake, &x);
	assert_int_equal(x.response.http_status, 200);
	assert_ptr_equal(x.owner, &fake);
	assert_null(x.done);
	sl_exchange_release(&x);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_failure_has_its_remedy),
		cmocka_unit_test(a_new_exchange_knows_nothing_yet),
		cmocka_unit_test(a_body_asks_for_room_once_it_is_no_small_one),
		cmocka_unit_test(perform_waits_and_gives_the_owner_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
