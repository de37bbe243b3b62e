/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Numbers, times and texts as a person wants to read them. Pure.
 */
#ifndef SL_CLI_FORMAT_H
#define SL_CLI_FORMAT_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"

/** "1,204,331" */
const char *sl_format_count(struct sl_arena *arena, int64_t n);

/** "3 pages", "1 page": `noun` is the singular. */
const char *sl_format_plural(struct sl_arena *arena, int64_t n,
			     const char *noun);

/** "312 B", "4.1 kB", "18 MB" */
const char *sl_format_bytes(struct sl_arena *arena, int64_t bytes);

/** "0.8 s", "12 s", "4 min 12 s", "2 h 5 min" */
const char *sl_format_duration(struct sl_arena *arena, int64_t us);

/** "4 min ago", "in 20 s", "now", "never" (SL_NO_TIME), or a date. */
const char *sl_format_when(struct sl_arena *arena, int64_t us, int64_t now_us);

/** What people call a stream: its title, else its key, else its kind. */
const char *sl_format_stream(const char *title, const char *key,
			     const char *kind);

/** "2026-11-20 09:58", UTC; "" for SL_NO_TIME. */
const char *sl_format_minute(struct sl_arena *arena, int64_t us);

/**
 * Safe for a terminal: control characters (C0, DEL, C1, bidi overrides)
 * become "?", invalid UTF-8 U+FFFD, and what is longer than `max` characters
 * is cut with "...". NULL gives "".
 */
const char *sl_format_clean(struct sl_arena *arena, const char *text,
			    size_t max);

/** Characters (code points) of valid UTF-8. */
size_t sl_format_width(const char *text);

#endif
