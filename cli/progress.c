/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/progress.h"

#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/format.h"

/** Not more often than this. */
#define PAINT_US (SL_US_PER_S / 10)

#define NAME_SHOWN    30
#define WIDTH_DEFAULT 79

/** Rates are told once they mean something. */
#define RATE_AFTER_US (SL_US_PER_S / 2)

static const char *
rate(struct sl_arena *arena, const struct sl_progress_view *view)
{
	double per_second;

	if (view->elapsed_us < RATE_AFTER_US || view->items == 0)
		return "";
	per_second = (double)view->items * (double)SL_US_PER_S /
		     (double)view->elapsed_us;
	return sl_arena_printf(arena, ", %s/s",
			       sl_format_count(arena, (int64_t)per_second));
}

static const char *
accounts(struct sl_arena *arena, const struct sl_progress_view *view)
{
	if (view->accounts < 2)
		return "";
	return sl_arena_printf(arena, "%zu/%zu accounts, ", view->accounts_done,
			       view->accounts);
}

static const char *
streams(struct sl_arena *arena, const struct sl_progress_view *view)
{
	if (view->streams < 2)
		return "";
	return sl_arena_printf(arena, ", %zu/%zu streams", view->streams_done,
			       view->streams);
}

static const char *
waiting(struct sl_arena *arena, const struct sl_progress_view *view)
{
	if (view->wait_us <= 0)
		return "";
	return sl_arena_printf(arena, ", waiting %s for the quota",
			       sl_format_duration(arena, view->wait_us));
}

const char *
sl_progress_text(struct sl_arena *arena, const struct sl_progress_view *view,
		 size_t width)
{
	const char *line = sl_arena_printf(
		arena, "%s%s: %s%s%s%s, %s", accounts(arena, view),
		sl_format_clean(arena, view->account, NAME_SHOWN),
		sl_format_plural(arena, view->items, "item"), rate(arena, view),
		streams(arena, view), waiting(arena, view),
		sl_format_clean(arena, view->stream, NAME_SHOWN));

	if (sl_format_width(line) <= width || width < 4)
		return line;
	return sl_format_clean(arena, line, width - 3);
}

void
sl_painter_init(struct sl_painter *painter, FILE *out,
		const struct sl_clock *clock)
{
	const int fd = fileno(out);

	*painter = (struct sl_painter){
		.out = out,
		.on = fd >= 0 && isatty(fd) == 1,
		.clock = clock,
	};
}

static size_t
terminal_width(FILE *out)
{
	struct winsize size;

	if (ioctl(fileno(out), TIOCGWINSZ, &size) != 0 || size.ws_col < 20)
		return WIDTH_DEFAULT;
	return (size_t)size.ws_col - 1;
}

void
sl_painter_show(struct sl_painter *painter, const struct sl_progress_view *view)
{
	SL_AUTO_ARENA arena = NULL;
	int64_t now_us;

	if (!painter->on)
		return;
	now_us = sl_mono_us(painter->clock);
	if (painter->shown && now_us - painter->painted_us < PAINT_US)
		return;
	arena = sl_arena_new();
	fprintf(painter->out, "\r\033[K%s",
		sl_progress_text(arena, view, terminal_width(painter->out)));
	fflush(painter->out);
	painter->painted_us = now_us;
	painter->shown = true;
}

void
sl_painter_clear(struct sl_painter *painter)
{
	if (!painter->shown)
		return;
	fputs("\r\033[K", painter->out);
	fflush(painter->out);
	painter->shown = false;
}
