/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "core/base/mem.h"

#include "cli/env.h"
#include "cli/format.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/summary.h"
#include "cli/sync_private.h"

/** Items of one account that a person is told of; --json tells all. */
#define ITEMS_SHOWN 100

struct sl_sync_view {
	struct sl_cli *cli;
	pthread_mutex_t mutex;
	struct sl_arena *arena; /* of one report; emptied after it */
	const struct sl_work *work;
	int64_t *items; /* fetched by runs under way, by work */
	size_t count;
	size_t done, failed;
	struct sl_tally total;
	struct sl_painter painter;
	int64_t started_us; /* monotonic */
	bool quiet;         /* only failures are worth a line */
	bool dry;           /* nothing is stored: items are told */
	int64_t told;       /* of the account under way */
};

struct sl_sync_view *
sl_sync_view_new(struct sl_cli *cli, const struct sl_work *work, size_t count)
{
	struct sl_sync_view *view = sl_alloc(sizeof(*view));

	view->cli = cli;
	pthread_mutex_init(&view->mutex, NULL);
	view->dry = sl_cli_has(cli, SL_FLAG_DRY_RUN);
	view->arena = sl_arena_new();
	view->work = work;
	view->count = count;
	view->items = sl_alloc_array(count + 1, sizeof(*view->items));
	view->started_us = sl_mono_us(cli->clock);
	/* who asks for a dry run wants to read it */
	view->quiet = sl_cli_has(cli, SL_FLAG_DUE) && !view->dry &&
		      isatty(fileno(cli->out)) != 1;
	sl_painter_init(&view->painter, cli->err, cli->clock);
	return view;
}

static size_t
index_of(const struct sl_sync_view *view, const struct sl_target *target)
{
	for (size_t i = 0; i < view->count; i++) {
		if (strcmp(view->work[i].target.integration_id,
			   target->integration_id) == 0)
			return i;
	}
	return view->count; /* has a slot of its own, with others */
}

static int64_t
all_items(const struct sl_sync_view *view)
{
	int64_t n = view->total.fetched;

	for (size_t i = 0; i <= view->count; i++)
		n += view->items[i];
	return n;
}

static void
on_progress(void *ctx, const struct sl_progress *p)
{
	struct sl_sync_view *view = ctx;
	struct sl_progress_view shown;

	if (!view->painter.on)
		return;
	pthread_mutex_lock(&view->mutex);
	view->items[index_of(view, p->target)] = p->tally.fetched;
	shown = (struct sl_progress_view){
		.accounts = view->count > 0 ? view->count : view->done + 1,
		.accounts_done = view->done,
		.account = p->target->account,
		.stream = p->stream_title,
		.streams = p->streams,
		.streams_done = p->streams_done,
		.items = all_items(view),
		.elapsed_us = sl_mono_us(view->cli->clock) - view->started_us,
		.wait_us = p->wait_us,
	};
	sl_painter_show(&view->painter, &shown);
	pthread_mutex_unlock(&view->mutex);
}

void
sl_sync_view_item(void *ctx, const struct sl_look_item *item)
{
	struct sl_sync_view *view = ctx;

	pthread_mutex_lock(&view->mutex);
	sl_painter_clear(&view->painter);
	if (sl_cli_has(view->cli, SL_FLAG_JSON))
		sl_out_json(view->cli, sl_dry_json(item));
	else if (view->told++ < ITEMS_SHOWN)
		sl_dry_print(view->cli->out, view->arena, item);
	sl_arena_reset(view->arena);
	pthread_mutex_unlock(&view->mutex);
}

/* What a dry run adds to the summary of an account. */
static void
print_dry(struct sl_sync_view *view, const struct sl_run_report *report)
{
	FILE *out = view->cli->out;

	if (view->told > ITEMS_SHOWN)
		fprintf(out, "  %s more are not shown: --json tells of all\n",
			sl_format_count(view->arena, view->told - ITEMS_SHOWN));
	if (report->limited)
		fprintf(out, "  stopped after %s; there is more: --pages N\n",
			sl_format_plural(view->arena, report->tally.pages,
					 "page"));
	fputs("  dry run: nothing was stored\n", out);
	view->told = 0;
}

static json_t *
report_json(const struct sl_sync_view *view, const struct sl_run_report *report)
{
	json_t *object = sl_summary_json(report);

	if (!view->dry)
		return object;
	sl_json_put_bool(object, "dry_run", true);
	sl_json_put_bool(object, "limited", report->limited);
	sl_json_put_i64(object, "pages", report->tally.pages);
	sl_json_put_i64(object, "held_deletions", report->held_deletions);
	return object;
}

static void
print_report(struct sl_sync_view *view, const struct sl_run_report *report)
{
	struct sl_cli *cli = view->cli;

	if (sl_cli_has(cli, SL_FLAG_JSON)) {
		sl_out_json(cli, report_json(view, report));
	} else if (!view->quiet) {
		sl_summary_print(cli->out, view->arena,
				 sl_env_title(report->target->provider),
				 report);
		if (view->dry)
			print_dry(view, report);
		(void)fflush(cli->out);
	} else if (sl_summary_failed(report)) {
		(void)sl_cli_complain(
			cli, SL_EXIT_FAILED, "%s",
			sl_summary_complaint(view->arena, report));
	}
}

static void
add_tally(struct sl_tally *total, const struct sl_tally *more)
{
	total->requests += more->requests;
	total->retries += more->retries;
	total->bytes += more->bytes;
	total->pages += more->pages;
	total->fetched += more->fetched;
	total->created += more->created;
	total->updated += more->updated;
	total->unchanged += more->unchanged;
	total->deleted += more->deleted;
	total->filtered += more->filtered;
	total->quarantined += more->quarantined;
	total->contacts_created += more->contacts_created;
}

static void
on_report(void *ctx, const struct sl_run_report *report)
{
	struct sl_sync_view *view = ctx;

	pthread_mutex_lock(&view->mutex);
	view->done++;
	view->failed += sl_summary_failed(report);
	add_tally(&view->total, &report->tally);
	view->items[index_of(view, report->target)] = 0;
	sl_painter_clear(&view->painter);
	print_report(view, report);
	sl_arena_reset(view->arena);
	pthread_mutex_unlock(&view->mutex);
}

struct sl_observer
sl_sync_view_observer(struct sl_sync_view *view)
{
	return (struct sl_observer){ .progress = on_progress,
				     .report = on_report,
				     .ctx = view };
}

static void
print_total(struct sl_sync_view *view)
{
	struct sl_arena *a = view->arena;
	const struct sl_tally *t = &view->total;

	fprintf(view->cli->out,
		"All %s: %s new, %s updated, %s deleted, %s in %s%s\n",
		sl_format_plural(a, (int64_t)view->count, "account"),
		sl_format_count(a, t->created), sl_format_count(a, t->updated),
		sl_format_count(a, t->deleted),
		sl_format_plural(a, t->contacts_created, "new contact"),
		sl_format_duration(a, sl_mono_us(view->cli->clock) -
					      view->started_us),
		view->failed == 0
			? ""
			: sl_arena_printf(
				  a, "; %s failed",
				  sl_format_count(a, (int64_t)view->failed)));
}

int
sl_sync_view_finish(struct sl_sync_view *view)
{
	int status = view->failed > 0 ? SL_EXIT_FAILED : SL_EXIT_OK;

	sl_painter_clear(&view->painter);
	if (view->count > 1 && !view->quiet &&
	    !sl_cli_has(view->cli, SL_FLAG_JSON))
		print_total(view);
	pthread_mutex_destroy(&view->mutex);
	sl_arena_free(&view->arena);
	sl_free(view->items);
	sl_free(view);
	return status;
}
