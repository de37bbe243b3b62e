/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seam between what asks over HTTP and what performs it.
 *
 * An exchange is one request and its answer. The owner fills the request,
 * submits, and gets the exchange back through `done` exactly once, on the
 * transport's own thread: whatever happens, also on cancel. Until then the
 * exchange and everything its request points to must stay alive.
 *
 * Two implementations: http.h (libcurl) and the fakes of the tests. There are
 * no retries here and no redirects: one request, one answer.
 */
#ifndef SL_NET_TRANSPORT_H
#define SL_NET_TRANSPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"
#include "core/base/error.h"
#include "core/base/secret.h"

struct sl_header {
	const char *name; /* NULL ends a list */
	const char *value;
};

struct sl_request {
	const char *method; /* "GET", "POST" */
	const char *url;    /* absolute, encoded; never holds a secret */
	const struct sl_header *headers; /* NULL = none beyond our own */
	const struct sl_secret *bearer;  /* NULL = no Authorization    */
	const struct sl_secret *form;    /* POST body, urlencoded form */
	size_t max_body;       /* cap on DECODED bytes of the answer     */
	size_t first_body;     /* from then on `grow` is asked; 0 = never */
	uint32_t timeout_ms;   /* whole exchange; 0 = the default        */
	int64_t not_before_us; /* monotonic; 0 = at once                */
	bool keep; /* once sent, cancel_all leaves it SL_KEEP_US: its answer
		    * may hold what exists nowhere else */
};

/** How long an exchange to be kept may outlast a cancel_all. */
#define SL_KEEP_US (INT64_C(4) * 1000000)

/** Why there was no complete HTTP answer. */
enum sl_net_failure {
	SL_NET_NONE = 0,
	SL_NET_CONNECT,   /* resolve, connect, hang                  */
	SL_NET_TLS,       /* certificate or protocol refused         */
	SL_NET_CUT,       /* reset, partial, empty or garbled answer */
	SL_NET_SLOW,      /* deadline or low-speed limit passed      */
	SL_NET_TOO_LARGE, /* decoded body or headers passed the cap  */
	SL_NET_CROWDED,   /* the body passed first_body, and there was
			   * no room for more                        */
	SL_NET_CANCELLED, /* asked to stop                           */
	SL_NET_BUG,       /* the request could not even be built     */
};

struct sl_response {
	enum sl_net_failure failure;
	int http_status;        /* 0 when failure came first            */
	struct sl_buf body;     /* decoded; complete only if no failure */
	char content_type[128]; /* lower case, no parameters; "" absent */
	char location[1024];    /* of a redirect, which is not followed */
	int64_t retry_after_ms; /* SL_NO_DELAY = absent or unreadable   */
	int64_t server_date_us; /* Date header; SL_NO_TIME = absent     */
	uint64_t wire_bytes;    /* received, as on the wire             */
	bool crowded;           /* `grow` said no                       */
	char text[160];         /* failure in words; "" without one     */
};

struct sl_exchange {
	struct sl_request request;
	struct sl_response response;
	void (*done)(struct sl_exchange *x); /* on the transport's thread */
	/** The body will pass first_body: may it take up to max_body? On the
	 *  transport's thread, at most once. */
	bool (*grow)(struct sl_exchange *x);
	void *owner; /* the submitter's           */
	void *link;  /* the transport's, while submitted; NULL before      */
};

struct sl_transport {
	/** Take the exchange; `done` follows, never before submit returns
	 *  on the submitting thread of the real transport (fakes may). */
	void (*submit)(struct sl_transport *t, struct sl_exchange *x);
	/** Finish everything submitted with SL_NET_CANCELLED, soon; what is to
	 *  be kept and was sent ends by itself, or SL_KEEP_US later. */
	void (*cancel_all)(struct sl_transport *t);
};

/** Bytes of the body that need no asking. */
static inline size_t
sl_request_first(const struct sl_request *request)
{
	return request->first_body > 0 ? request->first_body
				       : request->max_body;
}

/** Zero the answer and give its body the request's first cap. */
void sl_exchange_init(struct sl_exchange *x);

/** Bytes of the body came. False: there is no room for them, take no more. */
bool sl_exchange_take(struct sl_exchange *x, const void *bytes, size_t len);

/** Free what the answer holds. */
void sl_exchange_release(struct sl_exchange *x);

/**
 * Submit and wait: for commands that have nothing else to do. Not to be
 * called on the transport's thread.
 */
void sl_transport_perform(struct sl_transport *t, struct sl_exchange *x);

/**
 * The remedy for a network failure, once and here: CONNECT, CUT, SLOW,
 * CROWDED -> SL_RETRY; TOO_LARGE -> SL_SMALLER; TLS -> SL_CONFIG (scope client);
 * CANCELLED -> SL_CANCELLED; BUG -> SL_BUG. Only for failure != NONE.
 */
sl_status sl_net_classify(const struct sl_response *response,
			  struct sl_error *err) SL_NODISCARD;

#endif
