/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a worker tells of its runs. Most find nothing new: of these a line is
 * written only for who wants to see all.
 */
#include <string.h>

#include "core/base/mem.h"

#include "cli/output.h"
#include "cli/summary.h"
#include "cli/worker_private.h"

struct sl_worker_view {
	struct sl_cli *cli;
};

struct sl_worker_view *
sl_worker_view_new(struct sl_cli *cli)
{
	struct sl_worker_view *view = sl_alloc(sizeof(*view));

	view->cli = cli;
	return view;
}

void
sl_worker_view_free(struct sl_worker_view **view)
{
	sl_free(*view);
	*view = NULL;
}

static const char *
lane_name(enum sl_lane lane)
{
	switch (lane) {
	case SL_LANE_ALL:
		return "all";
	case SL_LANE_CHANGES:
		return "changes";
	case SL_LANE_BACKFILL:
		return "backfill";
	}
	return "";
}

static sl_log_level
level_of(const struct sl_run_report *r)
{
	if (sl_summary_failed(r))
		return SL_LOG_WARN;
	return sl_summary_quiet(r) || strcmp(r->status, "busy") == 0
		       ? SL_LOG_DEBUG
		       : SL_LOG_INFO;
}

static void
log_run(struct sl_log *log, const struct sl_run_report *r)
{
	const struct sl_tally *t = &r->tally;
	const char *class =
		r->error == NULL ? NULL : sl_status_name(r->error->status);
	const struct sl_field fields[] = {
		SL_F_TEXT("integration", r->target->integration_id),
		SL_F_TEXT("provider", r->target->provider),
		SL_F_TEXT("trigger", r->trigger),
		SL_F_TEXT("lane", lane_name(r->lane)),
		SL_F_TEXT("mode", r->mode),
		SL_F_TEXT("status", r->status),
		SL_F_NUM("created", t->created),
		SL_F_NUM("updated", t->updated),
		SL_F_NUM("deleted", t->deleted),
		SL_F_NUM("quarantined", t->quarantined),
		SL_F_NUM("requests", t->requests),
		SL_F_NUM("ms", r->duration_us / 1000),
		{ .key = class == NULL ? NULL : "class", .text = class },
		SL_F_END,
	};

	sl_log(log, level_of(r), "run-ended", fields);
}

/* One call at a time, the engine says. */
static void
on_report(void *ctx, const struct sl_run_report *report)
{
	struct sl_worker_view *view = ctx;

	log_run(view->cli->log, report);
	if (!sl_cli_has(view->cli, SL_FLAG_JSON))
		return;
	sl_out_json(view->cli, sl_summary_json(report));
	(void)fflush(view->cli->out);
}

struct sl_observer
sl_worker_view_observer(struct sl_worker_view *view)
{
	return (struct sl_observer){ .report = on_report, .ctx = view };
}
