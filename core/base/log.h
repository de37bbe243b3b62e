/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The program's log: one line an event, on one stream.
 *
 * A line is time, level, event name (stable, kebab-case), then key=value
 * fields; or one JSON object. Values are escaped, so a hostile title cannot
 * forge a line. Bodies, subjects, addresses and tokens are never fields; ids
 * are. Only engine and cli log; libraries return errors.
 *
 *	sl_log(log, SL_LOG_INFO, "page-committed",
 *	       (struct sl_field[]){ { "stream", .text = id },
 *				    { "rows", .number = n, .is_number = true },
 *				    { NULL } });
 *
 * A sink that cannot be written to never stops the work: lines are counted as
 * dropped. Thread-safe.
 */
#ifndef SL_BASE_LOG_H
#define SL_BASE_LOG_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "core/base/attr.h"
#include "core/base/clock.h"

typedef enum sl_log_level {
	SL_LOG_ERROR,
	SL_LOG_WARN,
	SL_LOG_INFO,
	SL_LOG_DEBUG,
} sl_log_level;

struct sl_field {
	const char *key; /* NULL ends the list */
	const char *text;
	int64_t number;
	bool is_number;
};

#define SL_F_TEXT(k, v)                                                        \
	{                                                                      \
		.key = (k), .text = (v)                                        \
	}
#define SL_F_NUM(k, v)                                                         \
	{                                                                      \
		.key = (k), .number = (int64_t)(v), .is_number = true          \
	}
#define SL_F_END                                                               \
	{                                                                      \
		.key = NULL                                                    \
	}

struct sl_log;

/** `out` is borrowed. Lines above `level` are dropped unseen. */
struct sl_log *sl_log_new(FILE *out, sl_log_level level, bool json,
			  const struct sl_clock *clock) SL_NODISCARD;
void sl_log_free(struct sl_log **log);

/** `fields` may be NULL. A NULL log drops the line. */
void sl_log(struct sl_log *log, sl_log_level level, const char *event,
	    const struct sl_field *fields);

bool sl_log_enabled(const struct sl_log *log, sl_log_level level);

/** "error", "warn", "info", "debug" */
bool sl_log_level_parse(const char *text, sl_log_level *level);

/** Lines that could not be written so far. */
uint64_t sl_log_dropped(const struct sl_log *log);

#endif
