/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When the client sends, and what happens when it must stop.
 */
#include "http_fixture.h"

static enum raw_after
answer(int fd, const char *path)
{
	if (strncmp(path, "/hold", 5) == 0)
		return RAW_HOLD;
	return raw_sends(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
		       ? RAW_KEEP
		       : RAW_CLOSE;
}

/** Counts exchanges that have come back. */
struct gate {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	size_t done;
	size_t cancelled;
};

static void
pass_gate(struct sl_exchange *x)
{
	struct gate *gate = x->owner;

	(void)pthread_mutex_lock(&gate->mutex);
	gate->done++;
	gate->cancelled += x->response.failure == SL_NET_CANCELLED;
	(void)pthread_cond_signal(&gate->cond);
	(void)pthread_mutex_unlock(&gate->mutex);
}

static void
await_gate(struct gate *gate, size_t done)
{
	(void)pthread_mutex_lock(&gate->mutex);
	while (gate->done < done)
		(void)pthread_cond_wait(&gate->cond, &gate->mutex);
	(void)pthread_mutex_unlock(&gate->mutex);
}

#define GATE_INIT                                                              \
	{                                                                      \
		PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0      \
	}

static void
submit_through(struct fixture *f, struct gate *gate, struct sl_exchange *x,
	       const char *path)
{
	fixture_fill(f, x, path, 100);
	x->done = pass_gate;
	x->owner = gate;
	f->transport->submit(f->transport, x);
}

static void
many_exchanges_share_a_few_connections(void **state SL_UNUSED)
{
	enum { MANY = 200 };
	static struct sl_exchange many[MANY];
	struct gate gate = GATE_INIT;
	struct fixture f;

	fixture_start(&f, answer, 0);
	for (size_t i = 0; i < MANY; i++)
		submit_through(&f, &gate, &many[i], "/");
	await_gate(&gate, MANY);
	for (size_t i = 0; i < MANY; i++) {
		assert_int_equal(many[i].response.failure, SL_NET_NONE);
		assert_string_equal(sl_buf_text(&many[i].response.body), "{}");
		sl_exchange_release(&many[i]);
	}
	assert_in_range(f.server.accepted, 1, 8);
	assert_int_equal(f.server.requests, MANY);
	fixture_stop(&f);
}

static void
waiting_for_a_connection_costs_no_time_limit(void **state SL_UNUSED)
{
	enum { HELD = 8 };
	struct sl_exchange held[HELD], x;
	struct gate gate = GATE_INIT;
	struct fixture f;

	fixture_start(&f, answer, 0);
	for (size_t i = 0; i < HELD; i++) {
		fixture_fill(&f, &held[i], "/hold", 100);
		held[i].request.timeout_ms = 500;
		held[i].done = pass_gate;
		held[i].owner = &gate;
		f.transport->submit(f.transport, &held[i]);
	}
	/* All connections are taken for longer than this one may last. */
	fixture_fill(&f, &x, "/", 100);
	x.request.timeout_ms = 400;
	sl_transport_perform(f.transport, &x);
	assert_int_equal(x.response.failure, SL_NET_NONE);
	await_gate(&gate, HELD);
	for (size_t i = 0; i < HELD; i++) {
		assert_int_equal(held[i].response.failure, SL_NET_SLOW);
		sl_exchange_release(&held[i]);
	}
	sl_exchange_release(&x);
	fixture_stop(&f);
}

static void
cancel_finishes_what_is_under_way_and_nothing_later(void **state SL_UNUSED)
{
	enum { HELD = 30 }; /* 8 in flight, 21 behind them, 1 delayed */
	struct sl_exchange held[HELD], later;
	struct gate gate = GATE_INIT;
	struct fixture f;

	fixture_start(&f, answer, 0);
	for (size_t i = 0; i < HELD; i++) {
		fixture_fill(&f, &held[i], "/hold", 100);
		held[i].done = pass_gate;
		held[i].owner = &gate;
		if (i == 0)
			held[i].request.not_before_us = INT64_MAX;
		f.transport->submit(f.transport, &held[i]);
	}
	raw_await(&f.server, 8);
	f.transport->cancel_all(f.transport);
	submit_through(&f, &gate, &later, "/");
	await_gate(&gate, HELD + 1);
	assert_int_equal(gate.cancelled, HELD);
	assert_int_equal(later.response.failure, SL_NET_NONE);
	for (size_t i = 0; i < HELD; i++) {
		assert_string_not_equal(held[i].response.text, "");
		sl_exchange_release(&held[i]);
	}
	sl_exchange_release(&later);
	fixture_stop(&f);
}

static void
freeing_the_client_gives_everything_back(void **state SL_UNUSED)
{
	enum { HELD = 20 };
	struct sl_exchange held[HELD];
	struct gate gate = GATE_INIT;
	struct fixture f;

	fixture_start(&f, answer, 0);
	for (size_t i = 0; i < HELD; i++)
		submit_through(&f, &gate, &held[i], "/hold");
	sl_http_free(&f.http);
	assert_null(f.http);
	assert_int_equal(gate.done, HELD);
	assert_int_equal(gate.cancelled, HELD);
	for (size_t i = 0; i < HELD; i++)
		sl_exchange_release(&held[i]);
	fixture_stop(&f);
}

/** Submits its exchange once more from the client's thread. */
static void
go_again(struct sl_exchange *x)
{
	struct fixture *f = x->owner;

	if (x->response.failure == SL_NET_CANCELLED)
		return;
	sl_exchange_release(x);
	sl_exchange_init(x);
	f->transport->submit(f->transport, x);
}

static void
an_exchange_can_be_submitted_again_when_done(void **state SL_UNUSED)
{
	struct sl_exchange x;
	struct fixture f;

	fixture_start(&f, answer, 0);
	fixture_fill(&f, &x, "/", 100);
	x.done = go_again;
	x.owner = &f;
	f.transport->submit(f.transport, &x);
	raw_await(&f.server, 20);
	sl_http_free(&f.http);
	assert_int_equal(x.response.failure, SL_NET_CANCELLED);
	sl_exchange_release(&x);
	fixture_stop(&f);
}

/** A monotonic time that the test moves while the client reads it. */
static int64_t
moved_mono_us(void *ctx)
{
	return __atomic_load_n((int64_t *)ctx, __ATOMIC_SEQ_CST);
}

static int64_t
no_now_us(void *ctx SL_UNUSED)
{
	return 0;
}

/** Make the client look at its clock; nothing reaches the server. */
static void
nudge(struct fixture *f)
{
	struct sl_exchange x;

	fixture_fill(f, &x, "/", 0);
	x.request.url = "ftp://127.0.0.1/";
	sl_transport_perform(f->transport, &x);
	sl_exchange_release(&x);
}

/** Start with a clock that the test moves, and connections for its needs. */
static void
start_moved(struct fixture *f, const struct sl_clock *clock, int connections)
{
	struct sl_error err;

	fixture_start(f, answer, 0);
	sl_http_free(&f->http);
	assert_int_equal(
		sl_http_new(&(struct sl_http_config){ .clock = clock,
						      .user_agent = "t",
						      .max_connections =
							      connections },
			    &f->http, &err),
		SL_OK);
	f->transport = sl_http_transport(f->http);
}

static void
what_is_to_be_kept_outlasts_a_cancel_for_a_while(void **state SL_UNUSED)
{
	int64_t mono_us = 500;
	const struct sl_clock clock = { .now_us = no_now_us,
					.mono_us = moved_mono_us,
					.ctx = &mono_us };
	struct gate gate = GATE_INIT;
	struct sl_exchange kept, other, unsent;
	struct fixture f;

	start_moved(&f, &clock, 4);
	fixture_fill(&f, &kept, "/hold", 100);
	fixture_fill(&f, &unsent, "/hold", 100);
	kept.request.keep = unsent.request.keep = true;
	unsent.request.not_before_us = INT64_MAX;
	kept.done = unsent.done = pass_gate;
	kept.owner = unsent.owner = &gate;
	f.transport->submit(f.transport, &kept);
	f.transport->submit(f.transport, &unsent);
	submit_through(&f, &gate, &other, "/hold");
	raw_await(&f.server, 2);
	f.transport->cancel_all(f.transport);
	await_gate(&gate, 2);
	assert_int_equal(other.response.failure, SL_NET_CANCELLED);
	assert_int_equal(unsent.response.failure, SL_NET_CANCELLED);
	__atomic_store_n(&mono_us, 499 + SL_KEEP_US, __ATOMIC_SEQ_CST);
	f.transport->cancel_all(f.transport); /* again: no longer for that */
	nudge(&f);
	assert_int_equal(gate.done, 2);
	__atomic_store_n(&mono_us, 500 + SL_KEEP_US, __ATOMIC_SEQ_CST);
	nudge(&f);
	await_gate(&gate, 3);
	assert_int_equal(kept.response.failure, SL_NET_CANCELLED);
	sl_exchange_release(&kept);
	sl_exchange_release(&unsent);
	sl_exchange_release(&other);
	fixture_stop(&f);
}

static void
delayed_exchanges_leave_in_the_order_of_their_times(void **state SL_UNUSED)
{
	static const struct {
		int64_t not_before_us;
		const char *path;
	} rows[] = { { 3000, "/3" }, { 1000, "/1" }, { 2000, "/2" } };

	int64_t mono_us = 500;
	const struct sl_clock clock = { .now_us = no_now_us,
					.mono_us = moved_mono_us,
					.ctx = &mono_us };
	struct sl_exchange x[SL_ARRAY_LEN(rows)], now;
	struct gate gate = GATE_INIT;
	struct fixture f;

	start_moved(&f, &clock, 1);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		fixture_fill(&f, &x[i], rows[i].path, 100);
		x[i].request.not_before_us = rows[i].not_before_us;
		x[i].done = pass_gate;
		x[i].owner = &gate;
		f.transport->submit(f.transport, &x[i]);
	}
	/* One without a delay passes them; its answer shows that they wait. */
	fixture_get(&f, &now, "/now", 100);
	assert_int_equal(f.server.requests, 1);
	__atomic_store_n(&mono_us, 2000, __ATOMIC_SEQ_CST);
	nudge(&f);
	await_gate(&gate, 2);
	assert_non_null(strstr(f.server.last, "GET /2?"));
	assert_int_equal(f.server.requests, 3);
	__atomic_store_n(&mono_us, 3000, __ATOMIC_SEQ_CST);
	nudge(&f);
	await_gate(&gate, 3);
	assert_non_null(strstr(f.server.last, "GET /3?"));
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		sl_exchange_release(&x[i]);
	sl_exchange_release(&now);
	fixture_stop(&f);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(many_exchanges_share_a_few_connections),
		cmocka_unit_test(waiting_for_a_connection_costs_no_time_limit),
		cmocka_unit_test(
			cancel_finishes_what_is_under_way_and_nothing_later),
		cmocka_unit_test(
			what_is_to_be_kept_outlasts_a_cancel_for_a_while),
		cmocka_unit_test(freeing_the_client_gives_everything_back),
		cmocka_unit_test(an_exchange_can_be_submitted_again_when_done),
		cmocka_unit_test(
			delayed_exchanges_leave_in_the_order_of_their_times),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
