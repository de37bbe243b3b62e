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
#define BAR_CELLS     20

/** Rates are told once they mean something. */
#define RATE_AFTER_US (SL_US_PER_S / 2)

static const char *
rate(struct sl_arena *arena, int64_t items, int64_t elapsed_us)
{
	double per_second;

	if (elapsed_us < RATE_AFTER_US || items == 0)
		return "";
	per_second = (double)items * (double)SL_US_PER_S / (double)elapsed_us;
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

static const char *
fit(struct sl_arena *arena, size_t width, const char *line)
{
	if (sl_format_width(line) <= width || width < 4)
		return line;
	return sl_format_clean(arena, line, width - 3);
}

const char *
sl_progress_text(struct sl_arena *arena, const struct sl_progress_view *view,
		 size_t width)
{
	return fit(arena, width,
		   sl_arena_printf(
			   arena, "%s%s: %s%s%s%s, %s", accounts(arena, view),
			   sl_format_clean(arena, view->account, NAME_SHOWN),
			   sl_format_plural(arena, view->items, "item"),
			   rate(arena, view->items, view->elapsed_us),
			   streams(arena, view), waiting(arena, view),
			   sl_format_clean(arena, view->stream, NAME_SHOWN)));
}

static const char *
share(struct sl_arena *arena, const struct sl_bar_view *view)
{
	char bar[BAR_CELLS + 1];
	uint64_t done = view->done < view->total ? view->done : view->total;
	double part =
		view->total == 0 ? 0.0 : (double)done / (double)view->total;
	size_t full = (size_t)(part * BAR_CELLS);

	memset(bar, ' ', BAR_CELLS);
	memset(bar, '#', full);
	bar[BAR_CELLS] = '\0';
	return sl_arena_printf(arena, "[%s] %d %%", bar, (int)(part * 100.0));
}

const char *
sl_progress_bar(struct sl_arena *arena, const struct sl_bar_view *view,
		size_t width)
{
	const char *rows = "";

	if (view->items > 0)
		rows = sl_arena_printf(
			arena, ", %s%s",
			sl_format_plural(arena, view->items, "row"),
			rate(arena, view->items, view->elapsed_us));
	return fit(arena, width,
		   sl_arena_printf(
			   arena, "%s %s, %s of %s%s",
			   sl_format_clean(arena, view->what, NAME_SHOWN),
			   share(arena, view),
			   sl_format_bytes(arena, (int64_t)view->done),
			   sl_format_bytes(arena, (int64_t)view->total), rows));
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

/* Not now, or not at all? */
static bool
rests(struct sl_painter *painter)
{
	return !painter->on ||
	       (painter->shown &&
		sl_mono_us(painter->clock) - painter->painted_us < PAINT_US);
}

static void
paint(struct sl_painter *painter, const char *line)
{
	fprintf(painter->out, "\r\033[K%s", line);
	(void)fflush(painter->out);
	painter->painted_us = sl_mono_us(painter->clock);
	painter->shown = true;
}

void
sl_painter_show(struct sl_painter *painter, const struct sl_progress_view *view)
{
	SL_AUTO_ARENA arena = NULL;

	if (rests(painter))
		return;
	arena = sl_arena_new();
	paint(painter,
	      sl_progress_text(arena, view, terminal_width(painter->out)));
}

void
sl_painter_bar(struct sl_painter *painter, const struct sl_bar_view *view)
{
	SL_AUTO_ARENA arena = NULL;

	if (rests(painter))
		return;
	arena = sl_arena_new();
	paint(painter,
	      sl_progress_bar(arena, view, terminal_width(painter->out)));
}

void
sl_painter_clear(struct sl_painter *painter)
{
	if (!painter->shown)
		return;
	fputs("\r\033[K", painter->out);
	(void)fflush(painter->out);
	painter->shown = false;
}
