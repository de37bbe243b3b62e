/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs as they begin, go on and end. A row's time says nothing of when others
 * can see it, so what is new is told by the transaction that wrote it: each look
 * takes all that the look before could not see, and what it could is known.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "cli/env.h"
#include "cli/format.h"
#include "cli/logs_view.h"
#include "cli/output.h"
#include "cli/process.h"

/** Between two looks; or ten times as long as a look takes. */
#define LOOK_US     (SL_US_PER_S / 2)
#define LOOK_FACTOR 10

#define ACCOUNT_SHOWN 40
#define ERROR_SHOWN   200

/** A version of a row that was shown, and that the next look may see again. */
struct shown {
	int64_t xid;
	uint64_t id;
};

struct follow {
	struct sl_cli *cli;
	struct sl_pg *pg;
	const struct sl_log_filter *filter;
	struct sl_arena *arena; /* of one look */
	int64_t from;           /* the place: see sl_logs_since */
	struct shown *known;
	size_t count, cap;
	int wake[2]; /* a signal came */
};

static void
stop(void *ctx)
{
	struct follow *f = ctx;
	ssize_t n = write(f->wake[1], "", 1);

	(void)n; /* full: it knows */
}

static bool
is_known(const struct follow *f, const struct sl_log_row *row)
{
	uint64_t id = sl_text_hash(row->id);

	for (size_t i = 0; i < f->count; i++)
		if (f->known[i].xid == row->xid && f->known[i].id == id)
			return true;
	return false;
}

static void
know(struct follow *f, const struct sl_log_row *row)
{
	if (f->count == f->cap) {
		f->cap = f->cap == 0 ? 64 : 2 * f->cap;
		f->known = sl_realloc(f->known, f->cap, sizeof(*f->known));
	}
	f->known[f->count++] =
		(struct shown){ .xid = row->xid, .id = sl_text_hash(row->id) };
}

/* What no look can see again is forgotten. */
static void
forget(struct follow *f)
{
	size_t kept = 0;

	for (size_t i = 0; i < f->count; i++)
		if (f->known[i].xid >= f->from)
			f->known[kept++] = f->known[i];
	f->count = kept;
}

static void
print_line(struct follow *f, const struct sl_log_row *row)
{
	struct sl_cli *cli = f->cli;
	struct sl_arena *a = f->arena;
	bool over = row->finished_us != SL_NO_TIME;
	char when[SL_RFC3339_TEXT];

	sl_rfc3339_format(over ? row->finished_us : row->started_us, when);
	fprintf(cli->out, "%.10s %.8sZ  %-11s  %s of %s, %s, %s: %s", when,
		when + 11, row->status, sl_env_title(row->connector),
		sl_format_clean(a, row->account, ACCOUNT_SHOWN), row->trigger,
		row->mode, sl_logs_changes(a, row));
	fprintf(cli->out, ", %s",
		sl_format_plural(a, row->requests, "request"));
	if (over)
		fprintf(cli->out, ", %s",
			sl_format_duration(a, row->duration_ms * 1000));
	if (row->error_text != NULL)
		fprintf(cli->out, ": %s",
			sl_format_clean(a, row->error_text, ERROR_SHOWN));
	fputc('\n', cli->out);
}

/* The oldest first: they come the newest first. */
static void
show(struct follow *f, const struct sl_log_row *rows, size_t count)
{
	bool json = sl_cli_has(f->cli, SL_FLAG_JSON);

	while (count-- > 0) {
		const struct sl_log_row *row = &rows[count];

		if (is_known(f, row))
			continue;
		know(f, row);
		if (json)
			sl_out_json(f->cli, sl_logs_object(row));
		else
			print_line(f, row);
	}
	(void)fflush(f->cli->out);
}

static int
by_end(const void *left, const void *right)
{
	const struct sl_log_row *a = left, *b = right;
	int64_t x = a->finished_us == SL_NO_TIME ? INT64_MAX : a->finished_us;
	int64_t y = b->finished_us == SL_NO_TIME ? INT64_MAX : b->finished_us;

	if (x != y)
		return x > y ? -1 : 1;
	return strcmp(b->id, a->id);
}

static sl_status
look(struct follow *f, bool first, struct sl_error *err)
{
	struct sl_log_filter all = *f->filter;
	struct sl_log_row *rows = NULL;
	size_t count = 0;
	int64_t next = 0;
	sl_status st;

	sl_arena_reset(f->arena);
	st = sl_logs_now(f->pg, &next, err);
	if (st == SL_OK && first) {
		st = sl_logs_list(f->pg, f->filter, f->arena, &rows, &count,
				  err);
	} else if (st == SL_OK) {
		all.limit = 0;
		st = sl_logs_since(f->pg, &all, f->from, f->arena, &rows,
				   &count, err);
	}
	if (st != SL_OK)
		return st;
	qsort(rows, count, sizeof(*rows), by_end);
	show(f, rows, count);
	f->from = next;
	forget(f);
	return SL_OK;
}

/* True: a signal came, or nobody reads any more. */
static bool
waits_in_vain(const struct follow *f, int64_t us)
{
	struct pollfd fds[] = {
		{ .fd = f->wake[0], .events = POLLIN },
		{ .fd = fileno(f->cli->out) },
	};
	int n;

	if (ferror(f->cli->out))
		return true;
	do
		n = poll(fds, 2, (int)(us / 1000));
	while (n < 0 && errno == EINTR);
	return n > 0;
}

static int
go_on(struct follow *f)
{
	const struct sl_clock *clock = f->cli->clock;
	bool first = true;

	for (;;) {
		int64_t since_us = sl_mono_us(clock), took_us;
		struct sl_error err;

		if (look(f, first, &err) != SL_OK)
			return sl_cli_fail(f->cli, sl_env_exit(&err), &err);
		first = false;
		took_us = sl_mono_us(clock) - since_us;
		if (waits_in_vain(f, took_us * LOOK_FACTOR > LOOK_US
					     ? took_us * LOOK_FACTOR
					     : LOOK_US))
			return SL_EXIT_OK;
	}
}

int
sl_logs_follow(struct sl_cli *cli, struct sl_pg *pg,
	       const struct sl_log_filter *filter)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct follow f = {
		.cli = cli, .pg = pg, .filter = filter, .arena = arena
	};
	struct sl_signals *signals = NULL;
	struct sl_error err;
	int status;

	if (pipe2(f.wake, O_CLOEXEC | O_NONBLOCK) != 0)
		return sl_cli_complain(cli, SL_EXIT_ENVIRONMENT, "no pipe: %s",
				       strerror(errno));
	if (sl_signals_start(stop, &f, &signals, &err) == SL_OK)
		status = go_on(&f);
	else
		status = sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
	sl_signals_free(&signals);
	(void)close(f.wake[0]);
	(void)close(f.wake[1]);
	sl_free(f.known);
	return status;
}
