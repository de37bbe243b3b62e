/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The process itself: no core dumps, a small heap, signals, and who it is.
 */
#ifndef SL_CLI_PROCESS_H
#define SL_CLI_PROCESS_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/error.h"

#include "core/sync/store.h"

/**
 * At the very start: tokens in memory shall not reach a core dump or another
 * process of this user, a closed pipe shall not kill, what is printed shall
 * not reach another file, and the heap shall give back what a page took.
 */
void sl_process_harden(void);

/** Host, boot, pid and start of this process; texts on the arena. */
void sl_process_owner(struct sl_arena *arena, const struct sl_clock *clock,
		      struct sl_owner *out);

/**
 * SIGINT, SIGTERM and (the terminal is gone; not under nohup) SIGHUP as a
 * request: the first calls `stop` on a thread of its own, the second ends the
 * process at once with 128 + signal.
 */
struct sl_signals;
sl_status sl_signals_start(void (*stop)(void *ctx), void *ctx,
			   struct sl_signals **out, struct sl_error *err)
	SL_NODISCARD;

/** The signal that came, or 0. */
int sl_signals_got(const struct sl_signals *signals);

void sl_signals_free(struct sl_signals **signals);

#endif
