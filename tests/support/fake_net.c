/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"

#include "tests/support/fakes.h"

/* The transport whose answers come when the engine is idle. */
static struct fake_transport *delayed;

static void
take_off(struct fake_transport *t, struct sl_exchange *x)
{
	int64_t from = sl_mono_us(&t->clock->clock);
	size_t reserved = 0;

	SL_ASSERT(t->airborne_count < FAKE_AIRBORNE_MAX);
	if (x->request.not_before_us > from)
		from = x->request.not_before_us;
	t->airborne[t->airborne_count].x = x;
	t->airborne[t->airborne_count++].due_us = from + t->latency_us;
	if (t->airborne_count > t->airborne_max)
		t->airborne_max = t->airborne_count;
	for (size_t i = 0; i < t->airborne_count; i++)
		reserved += sl_request_first(&t->airborne[i].x->request);
	if (reserved > t->reserved_max)
		t->reserved_max = reserved;
}

static void
land(struct fake_transport *t, size_t i, enum sl_net_failure failure)
{
	struct sl_exchange *x = t->airborne[i].x;

	t->airborne_count--;
	for (; i < t->airborne_count; i++)
		t->airborne[i] = t->airborne[i + 1];
	x->response.body.max = x->request.max_body; /* there is room */
	if (failure == SL_NET_NONE)
		t->answer(t->ctx, &x->request, &x->response);
	else
		x->response.failure = failure;
	x->done(x);
}

/* The first that is due lands; or time passes. */
static void
idle_until_landing(void *ctx, int64_t us)
{
	struct fake_transport *t = delayed;
	int64_t now = sl_mono_us(&t->clock->clock), until = now + us;
	size_t first = t->airborne_count;

	(void)ctx;
	for (size_t i = 0; i < t->airborne_count; i++) {
		if (t->airborne[i].due_us > until)
			continue;
		until = t->airborne[i].due_us;
		first = i;
	}
	if (until > now)
		sl_fake_clock_advance(t->clock, until - now);
	if (first < t->airborne_count)
		land(t, first, SL_NET_NONE);
}

void
fake_transport_delay(struct fake_transport *t, int64_t latency_us)
{
	delayed = t;
	t->latency_us = latency_us;
	t->clock->clock.idle = idle_until_landing;
}

static void
submit(struct sl_transport *transport, struct sl_exchange *x)
{
	struct fake_transport *t = (struct fake_transport *)transport;
	int64_t now = sl_mono_us(&t->clock->clock);

	if (t->latency_us > 0) {
		t->submitted++;
		take_off(t, x);
		return;
	}
	if (x->request.not_before_us > now) {
		t->waited_us += x->request.not_before_us - now;
		sl_fake_clock_advance(t->clock, x->request.not_before_us - now);
	}
	t->submitted++;
	x->response.body.max = x->request.max_body; /* there is room */
	t->answer(t->ctx, &x->request, &x->response);
	x->done(x);
}

static void
cancel_all(struct sl_transport *transport)
{
	struct fake_transport *t = (struct fake_transport *)transport;

	while (t->airborne_count > 0)
		land(t, 0, SL_NET_CANCELLED);
}

void
fake_transport_init(struct fake_transport *t, struct sl_fake_clock *clock)
{
	*t = (struct fake_transport){
		.transport = { .submit = submit, .cancel_all = cancel_all },
		.clock = clock,
	};
}

void
fake_reply(struct sl_response *response, int status, const char *body)
{
	response->http_status = status;
	(void)snprintf(response->content_type, sizeof(response->content_type),
		       "application/json");
	sl_buf_adds(&response->body, body);
	response->wire_bytes = strlen(body);
}
