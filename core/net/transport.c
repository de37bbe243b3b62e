/* SPDX-License-Identifier: Apache-2.0 */
#include "core/net/transport.h"

#include <pthread.h>
#include <string.h>

#include "core/base/clock.h"

void
sl_exchange_init(struct sl_exchange *x)
{
	memset(&x->response, 0, sizeof(x->response));
	sl_buf_init(&x->response.body, sl_request_first(&x->request));
	x->response.retry_after_ms = SL_NO_DELAY;
	x->response.server_date_us = SL_NO_TIME;
	x->link = NULL;
}

bool
sl_exchange_take(struct sl_exchange *x, const void *bytes, size_t len)
{
	struct sl_response *r = &x->response;

	if (r->crowded)
		return false;
	if (len > r->body.max - r->body.len &&
	    r->body.max < x->request.max_body) {
		r->crowded = !x->grow(x);
		if (r->crowded)
			return false;
		r->body.max = x->request.max_body;
	}
	sl_buf_add(&r->body, bytes, len);
	return !r->body.overflow;
}

void
sl_exchange_release(struct sl_exchange *x)
{
	sl_buf_release(&x->response.body);
}

struct waiter {
	pthread_mutex_t mutex;
	pthread_cond_t cond;
	bool finished;
};

static void
wake_waiter(struct sl_exchange *x)
{
	struct waiter *waiter = x->owner;

	(void)pthread_mutex_lock(&waiter->mutex);
	waiter->finished = true;
	/* Under the lock: the waiter's stack frame may go right after. */
	(void)pthread_cond_signal(&waiter->cond);
	(void)pthread_mutex_unlock(&waiter->mutex);
}

void
sl_transport_perform(struct sl_transport *t, struct sl_exchange *x)
{
	struct waiter waiter = {
		.mutex = PTHREAD_MUTEX_INITIALIZER,
		.cond = PTHREAD_COND_INITIALIZER,
	};
	void (*done)(struct sl_exchange *) = x->done;
	void *owner = x->owner;

	x->done = wake_waiter;
	x->owner = &waiter;
	t->submit(t, x);
	(void)pthread_mutex_lock(&waiter.mutex);
	while (!waiter.finished)
		(void)pthread_cond_wait(&waiter.cond, &waiter.mutex);
	(void)pthread_mutex_unlock(&waiter.mutex);
	(void)pthread_cond_destroy(&waiter.cond);
	(void)pthread_mutex_destroy(&waiter.mutex);
	x->done = done;
	x->owner = owner;
}

struct remedy {
	sl_status status;
	sl_scope scope;
};

static struct remedy
remedy_of(enum sl_net_failure failure)
{
	switch (failure) {
	case SL_NET_CONNECT:
	case SL_NET_CUT:
	case SL_NET_SLOW:
	case SL_NET_CROWDED:
		return (struct remedy){ SL_RETRY, SL_STREAM };
	case SL_NET_TLS:
		return (struct remedy){ SL_CONFIG, SL_CLIENT };
	case SL_NET_TOO_LARGE:
		return (struct remedy){ SL_SMALLER, SL_STREAM };
	case SL_NET_CANCELLED:
		return (struct remedy){ SL_CANCELLED, SL_STREAM };
	case SL_NET_BUG:
	case SL_NET_NONE:
		break;
	}
	return (struct remedy){ SL_BUG, SL_STREAM };
}

sl_status
sl_net_classify(const struct sl_response *response, struct sl_error *err)
{
	struct remedy remedy = remedy_of(response->failure);
	const char *text = response->text;
	sl_status status;

	SL_ASSERT(response->failure != SL_NET_NONE);
	status = sl_fail(err, remedy.status, remedy.scope, "%s",
			 *text ? text : "no complete HTTP answer");
	err->http_status = response->http_status;
	if (status == SL_RETRY)
		err->retry_after_ms = response->retry_after_ms;
	return status;
}
