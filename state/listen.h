/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for news: LISTEN on channel sluice. A hint that something may be due,
 * and no more: nobody may rely on it, whoever listens also looks by himself.
 *
 * The connection is one of its own, kept open. Behind a pooler that changes
 * the server with each transaction news goes astray: so the session is not
 * registered where a pooler answers, unless the caller knows better.
 */
#ifndef SL_STATE_LISTEN_H
#define SL_STATE_LISTEN_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"

struct sl_listener;

enum sl_news {
	SL_NEWS_NONE,   /* the time is over, or somebody woke us      */
	SL_NEWS_SOME,   /* news, or it may have been missed: connected */
	SL_NEWS_POOLED, /* there will be none: a pooler answered       */
};

/**
 * Connects to nothing yet.
 *
 * url		as sl_pg_connect; NULL = the environment
 * pooled	listen also where a pooler answers: it keeps sessions apart
 */
struct sl_listener *sl_listener_new(const char *url, bool pooled);

/**
 * Wait for news, `timeout_us` at most; connects first when there is no
 * connection. One thread.
 *
 * SL_RETRY	no connection, or it is lost: call again, later
 * others	as sl_pg_connect
 */
sl_status sl_listener_wait(struct sl_listener *listener, int64_t timeout_us,
			   enum sl_news *news, struct sl_error *err)
	SL_NODISCARD;

/** Without a connection, so long, or until somebody wakes us. */
void sl_listener_pause(struct sl_listener *listener, int64_t time_us);

/** Whoever waits returns now, or else the next one at once. Any thread. */
void sl_listener_wake(struct sl_listener *listener);

void sl_listener_free(struct sl_listener **listener);

#endif
