/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waits for the browser to come back: a listener on a loopback address, and,
 * if wanted, the same address pasted into a file descriptor. One thread.
 */
#ifndef SL_CLI_LOOPBACK_H
#define SL_CLI_LOOPBACK_H

#include "core/base/clock.h"
#include "core/base/error.h"

#include "cli/redirect.h"

/** Longest address taken, in bytes. */
#define SL_LOOPBACK_URL_MAX 16384

struct sl_loopback;

/** Listen. SL_CONFIG: the address is taken or not allowed. */
sl_status sl_loopback_open(const struct sl_redirect *redirect,
			   struct sl_loopback **out, struct sl_error *err)
	SL_NODISCARD;

/** The port that is listened on. */
uint16_t sl_loopback_port(const struct sl_loopback *loopback);

struct sl_loopback_wait {
	/** Is this address the answer waited for? Others are refused and the
	 *  waiting goes on, so that a stranger cannot end it. */
	bool (*accept)(void *ctx, const char *url);
	void *ctx;
	int paste_fd; /* -1 = nobody pastes */
	const struct sl_clock *clock;
	int64_t timeout_us;
};

/** SL_CANCELLED: nothing came in time, or nothing can come any more. */
sl_status sl_loopback_wait(struct sl_loopback *loopback,
			   const struct sl_loopback_wait *wait,
			   struct sl_error *err) SL_NODISCARD;

void sl_loopback_free(struct sl_loopback **loopback);

#endif
