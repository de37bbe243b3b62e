/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line on a terminal that says how far a sync is. None in a pipe.
 */
#ifndef SL_CLI_PROGRESS_H
#define SL_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "core/base/arena.h"
#include "core/base/clock.h"

struct sl_progress_view {
	size_t accounts, accounts_done;
	const char *account; /* that moved last         */
	const char *stream;  /* of it; may be hostile   */
	size_t streams, streams_done;
	int64_t items;      /* of all accounts         */
	int64_t elapsed_us; /* since the sync began    */
	int64_t wait_us;    /* for a quota; 0 = not so */
};

/** The line, at most `width` characters, safe for a terminal. Pure. */
const char *sl_progress_text(struct sl_arena *arena,
			     const struct sl_progress_view *view, size_t width);

/** Something whose end is known. */
struct sl_bar_view {
	const char *what;     /* "checking", "messages"    */
	uint64_t done, total; /* bytes                 */
	int64_t items;        /* read so far; 0 = none */
	int64_t elapsed_us;
};

/** "messages [####      ] 41 %, 18 of 44 MB, 12,000 rows, 9,100/s". Pure. */
const char *sl_progress_bar(struct sl_arena *arena,
			    const struct sl_bar_view *view, size_t width);

/** A terminal that is painted on; nothing happens on anything else. */
struct sl_painter {
	FILE *out;
	bool on;
	bool shown;
	int64_t painted_us; /* monotonic */
	const struct sl_clock *clock;
};

void sl_painter_init(struct sl_painter *painter, FILE *out,
		     const struct sl_clock *clock);

/** Paint, but not more often than the eye follows. */
void sl_painter_show(struct sl_painter *painter,
		     const struct sl_progress_view *view);

void sl_painter_bar(struct sl_painter *painter, const struct sl_bar_view *view);

/** Take the line away: something else is about to be printed. */
void sl_painter_clear(struct sl_painter *painter);

#endif
