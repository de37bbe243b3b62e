/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time that waits for nobody: it stands while a request is on its way, else
 * it jumps to where the engine would wait.
 */
#include "tests/contract/time.h"

#include <stdlib.h>

/** An exchange on its way, to be given back to who submitted it. */
struct passenger {
	struct contract_time *time;
	void (*done)(struct sl_exchange *x);
	void *owner;
};

static int64_t
now_us(void *ctx)
{
	struct contract_time *t = ctx;
	int64_t now;

	(void)pthread_mutex_lock(&t->mutex);
	now = t->now_us;
	(void)pthread_mutex_unlock(&t->mutex);
	return now;
}

static int64_t
mono_us(void *ctx)
{
	struct contract_time *t = ctx;
	int64_t now;

	(void)pthread_mutex_lock(&t->mutex);
	now = t->mono_us;
	(void)pthread_mutex_unlock(&t->mutex);
	return now;
}

static void
advance(struct contract_time *t, int64_t us)
{
	t->now_us += us;
	t->mono_us += us;
}

/*
 * What landed since the last look may have woken somebody: no time passes.
 * With something on its way, nothing else can happen before it lands.
 */
static void
idle(void *ctx, int64_t us)
{
	struct contract_time *t = ctx;

	(void)pthread_mutex_lock(&t->mutex);
	if (t->landed == t->landed_seen && t->flying == 0)
		advance(t, us);
	while (t->landed == t->landed_seen && t->flying > 0)
		(void)pthread_cond_wait(&t->landing, &t->mutex);
	t->landed_seen = t->landed;
	(void)pthread_mutex_unlock(&t->mutex);
}

static void
land(struct sl_exchange *x)
{
	struct passenger *p = x->owner;
	struct contract_time *t = p->time;
	size_t held = x->response.body.cap;

	x->done = p->done;
	x->owner = p->owner;
	free(p);
	x->done(x); /* may be gone from here on */
	(void)pthread_mutex_lock(&t->mutex);
	t->flying--;
	t->landed++;
	if (held > t->largest_body)
		t->largest_body = held;
	(void)pthread_cond_broadcast(&t->landing);
	(void)pthread_mutex_unlock(&t->mutex);
}

static void
submit(struct sl_transport *transport, struct sl_exchange *x)
{
	struct contract_time *t = (struct contract_time *)transport;
	struct passenger *p = malloc(sizeof(*p));

	SL_ASSERT(p != NULL);
	*p = (struct passenger){ t, x->done, x->owner };
	x->done = land;
	x->owner = p;
	(void)pthread_mutex_lock(&t->mutex);
	if (x->request.not_before_us > t->mono_us)
		advance(t, x->request.not_before_us - t->mono_us);
	t->flying++;
	(void)pthread_mutex_unlock(&t->mutex);
	t->real->submit(t->real, x);
}

static void
cancel_all(struct sl_transport *transport)
{
	struct contract_time *t = (struct contract_time *)transport;

	t->real->cancel_all(t->real);
}

void
time_init(struct contract_time *t, int64_t now)
{
	*t = (struct contract_time){
		.clock = { .now_us = now_us,
			   .mono_us = mono_us,
			   .idle = idle,
			   .ctx = t },
		.transport = { .submit = submit, .cancel_all = cancel_all },
		.now_us = now,
	};
	(void)pthread_mutex_init(&t->mutex, NULL);
	(void)pthread_cond_init(&t->landing, NULL);
}

void
time_release(struct contract_time *t)
{
	(void)pthread_cond_destroy(&t->landing);
	(void)pthread_mutex_destroy(&t->mutex);
}
