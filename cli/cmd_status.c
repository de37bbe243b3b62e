/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/format.h"
#include "cli/output.h"
#include "cli/status_check.h"
#include "cli/status_ends.h"
#include "cli/status_items.h"
#include "cli/status_streams.h"
#include "state/coverage.h"
#include "state/report.h"

#define ACCOUNT_SHOWN 48
#define TEXT_SHOWN    500

/** What is shown: by integration_id, the counts of the same accounts. */
struct accounts {
	struct sl_status_row *rows;
	size_t count;
	struct sl_coverage_count *covered;
	size_t covered_count;
};

static int
by_integration(const void *id, const void *count)
{
	const struct sl_coverage_count *c = count;

	return strcmp(id, c->integration_id);
}

/* What is known of its streams; NULL = it has none. */
static const struct sl_coverage_count *
count_of(const struct accounts *all, const struct sl_status_row *row)
{
	if (all->covered_count == 0)
		return NULL;
	return bsearch(row->integration_id, all->covered, all->covered_count,
		       sizeof(*all->covered), by_integration);
}

static void
print_json(struct sl_cli *cli, const struct accounts *all,
	   const struct sl_status_row *row)
{
	const struct sl_coverage_count *c = count_of(all, row);
	json_t *object = json_object();

	sl_json_put(object, "integration", row->integration_id);
	sl_json_put(object, "user", row->user_id);
	sl_json_put(object, "provider", row->connector);
	sl_json_put(object, "account", row->account);
	sl_json_put(object, "status", row->status);
	sl_json_put(object, "reason", row->reason);
	sl_json_put_bool(object, "running", row->running);
	sl_json_put_time(object, "last_success_at", row->last_success_us);
	sl_json_put_time(object, "next_run_at", row->next_run_us);
	sl_json_put_time(object, "backfill_at", row->backfill_us);
	sl_json_put_time(object, "not_before", row->deadline_us);
	sl_json_put_bool(object, "parked", row->parked);
	sl_json_put_bool(object, "solo", row->solo);
	sl_json_put_time(object, "resync_asked_at", row->resync_asked_us);
	sl_json_put_i64(object, "streams", row->streams);
	sl_json_put_i64(object, "streams_enabled", row->streams_enabled);
	sl_json_put_i64(object, "streams_walking", row->streams_walking);
	sl_json_put_i64(object, "streams_waiting", row->streams_waiting);
	sl_json_put_i64(object, "streams_complete",
			c == NULL ? 0 : c->complete);
	sl_json_put_i64(object, "pending_deletions", row->pending_deletions);
	sl_json_put_bool(object, "accept_deletions", row->accept_deletions);
	sl_json_put_i64(object, "quarantined", row->quarantined);
	sl_json_put_i64(object, "filtered", row->filtered);
	sl_status_put_ends(object, row);
	if (row->error_class == NULL) {
		(void)json_object_set_new(object, "error", json_null());
	} else {
		json_t *error = json_object();

		sl_json_put(error, "class", row->error_class);
		sl_json_put(error, "scope", row->error_scope);
		sl_json_put(error, "text", row->error_text);
		sl_json_put_time(error, "at", row->error_us);
		(void)json_object_set_new(object, "error", error);
	}
	sl_out_json(cli, object);
}

static const char *
streams_text(struct sl_cli *cli, const struct sl_status_row *row)
{
	int64_t under_way = row->streams_walking - row->streams_waiting;
	const char *off = "", *walking = "", *waiting = "";

	if (row->streams > row->streams_enabled)
		off = sl_arena_printf(
			cli->arena, " (+%s off)",
			sl_format_count(cli->arena,
					row->streams - row->streams_enabled));
	if (under_way > 0)
		walking =
			sl_arena_printf(cli->arena, ", %s unfinished",
					sl_format_count(cli->arena, under_way));
	if (row->streams_waiting > 0)
		waiting = sl_arena_printf(
			cli->arena, ", %s waiting",
			sl_format_count(cli->arena, row->streams_waiting));
	return sl_arena_printf(
		cli->arena, "%s%s%s%s",
		sl_format_count(cli->arena, row->streams_enabled), off, walking,
		waiting);
}

static void
print_deletions(struct sl_cli *cli, const struct sl_status_row *row,
		const char *account)
{
	const char *many;

	if (row->pending_deletions == 0)
		return;
	many = sl_format_plural(cli->arena, row->pending_deletions, "deletion");
	if (row->accept_deletions)
		fprintf(cli->out,
			"%s: %s agreed to: the next run carries them out\n",
			account, many);
	else
		fprintf(cli->out,
			"%s: %s held back: more vanished at once than a person "
			"usually deletes; if that is right, sluice resync "
			"--user %s --provider %s --accept-deletions\n",
			account, many, row->user_id, row->connector);
}

static void
print_rests(struct sl_cli *cli, const struct sl_status_row *row,
	    const char *account)
{
	if (strcmp(row->status, "paused") == 0)
		fprintf(cli->out,
			"%s: paused; sluice resume --user %s --provider %s "
			"lets it go on\n",
			account, row->user_id, row->connector);
	if (row->parked)
		fprintf(cli->out,
			"%s: parked: its runs ended the whole process, three "
			"times with nothing else under way; sluice resume "
			"--user %s --provider %s tries it again\n",
			account, row->user_id, row->connector);
}

/* What a grid has no room for: what waits, and what to do about it. */
static void
print_notes(struct sl_cli *cli, const struct sl_status_row *row)
{
	const char *account = sl_arena_printf(
		cli->arena, "%s of %s", sl_env_title(row->connector),
		sl_format_clean(cli->arena, row->account, ACCOUNT_SHOWN));
	int64_t now_us = sl_now_us(cli->clock);

	if (row->resync_asked_us != SL_NO_TIME)
		fprintf(cli->out, "%s: a full walk was asked for %s\n", account,
			sl_format_when(cli->arena, row->resync_asked_us,
				       now_us));
	print_deletions(cli, row, account);
	if (row->streams_waiting > 0)
		fprintf(cli->out,
			"%s: %s at which %s has nothing, or not yet, which is "
			"no failure: sluice streams --provider %s\n",
			account,
			sl_format_plural(cli->arena, row->streams_waiting,
					 "stream"),
			sl_env_title(row->connector), row->connector);
	if (row->quarantined > 0)
		fprintf(cli->out,
			"%s: %s could not be stored: sluice status "
			"--quarantined\n",
			account,
			sl_format_plural(cli->arena, row->quarantined, "item"));
	print_rests(cli, row, account);
	sl_status_print_ends(cli, row, account);
	if (row->error_text != NULL)
		fprintf(cli->out, "%s: %s: %s\n", account,
			sl_format_when(cli->arena, row->error_us, now_us),
			sl_format_clean(cli->arena, row->error_text,
					TEXT_SHOWN));
}

/* What is overdue, or was asked for, runs with the next sync. */
static const char *
next_run(struct sl_cli *cli, const struct sl_status_row *row, int64_t now_us)
{
	const char *when, *why = "";

	if (row->next_run_us == SL_NO_TIME)
		return "-";
	if (row->parked)
		return "parked";
	if (row->running)
		return "after this one";
	if (row->deadline_us != SL_NO_TIME)
		why = ", deadline";
	else if (row->solo)
		why = ", alone";
	when = sl_format_when(
		cli->arena,
		row->next_run_us < now_us ? now_us : row->next_run_us, now_us);
	return *why == '\0' ? when
			    : sl_arena_printf(cli->arena, "%s%s", when, why);
}

/* How many of its streams are complete. */
static const char *
complete(struct sl_cli *cli, const struct accounts *all,
	 const struct sl_status_row *row)
{
	const struct sl_coverage_count *c = count_of(all, row);

	if (c == NULL)
		return "-";
	if (c->complete == c->streams)
		return "yes";
	return sl_arena_printf(cli->arena, "%s of %s",
			       sl_format_count(cli->arena, c->complete),
			       sl_format_count(cli->arena, c->streams));
}

static void
print_grid(struct sl_cli *cli, const struct accounts *all)
{
	static const char *const head[] = { "ACCOUNT",  "PROVIDER",
					    "STATUS",   "LAST SUCCESS",
					    "NEXT RUN", "STREAMS",
					    "FILTERED", "QUARANTINED",
					    "COMPLETE" };
	int64_t now_us = sl_now_us(cli->clock);
	struct sl_grid grid;

	sl_grid_init(&grid, cli->arena, SL_ARRAY_LEN(head), head);
	for (size_t i = 0; i < all->count; i++) {
		const struct sl_status_row *row = &all->rows[i];
		const char **cells = sl_grid_row(&grid);

		cells[0] = sl_format_clean(cli->arena, row->account,
					   ACCOUNT_SHOWN);
		cells[1] = row->connector;
		cells[2] = row->running ? "running" : row->status;
		cells[3] = sl_format_when(cli->arena, row->last_success_us,
					  now_us);
		cells[4] = next_run(cli, row, now_us);
		cells[5] = streams_text(cli, row);
		cells[6] = sl_format_count(cli->arena, row->filtered);
		cells[7] = sl_format_count(cli->arena, row->quarantined);
		cells[8] = complete(cli, all, row);
	}
	sl_grid_print(&grid, cli->out);
	for (size_t i = 0; i < all->count; i++)
		print_notes(cli, &all->rows[i]);
}

/* Does a person have to do something? */
static int
verdict(const struct sl_status_row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (sl_status_waits(&rows[i]))
			return SL_EXIT_FAILED;
	return SL_EXIT_OK;
}

static void
print_all(struct sl_cli *cli, const struct accounts *all)
{
	if (sl_cli_has(cli, SL_FLAG_JSON)) {
		for (size_t i = 0; i < all->count; i++)
			print_json(cli, all, &all->rows[i]);
	} else if (all->count == 0) {
		fputs("no account is connected: sluice connect CONNECTOR "
		      "--user U\n",
		      cli->out);
	} else {
		print_grid(cli, all);
	}
}

static int
show(struct sl_cli *cli, struct sl_pg *pg, struct sl_report_filter *filter,
     int64_t max_age_us)
{
	struct accounts all = { .count = 0 };
	char user_id[SL_UUID_TEXT];
	bool given;
	struct sl_error err;
	int status = sl_env_user(cli, pg, user_id, &given);

	if (status != SL_EXIT_OK)
		return status;
	filter->user_id = given ? sl_arena_strdup(cli->arena, user_id) : NULL;
	if (sl_cli_has(cli, SL_FLAG_QUARANTINED))
		return sl_status_items(cli, pg, filter);
	if (sl_cli_has(cli, SL_FLAG_STREAMS))
		return sl_status_streams(cli, pg, filter);
	if (sl_report_status(pg, filter, cli->arena, &all.rows, &all.count,
			     &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	if (sl_cli_has(cli, SL_FLAG_CHECK))
		return sl_status_check(cli, all.rows, all.count, max_age_us);
	if (sl_coverage_counts(pg, filter, cli->arena, &all.covered,
			       &all.covered_count, &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	print_all(cli, &all);
	if (given && all.count > 0 && !sl_cli_has(cli, SL_FLAG_JSON)) {
		fputc('\n', cli->out);
		status = sl_status_streams(cli, pg, filter);
		if (status != SL_EXIT_OK)
			return status;
	}
	return verdict(all.rows, all.count);
}

static int
check_flags(struct sl_cli *cli, int64_t *max_age_us)
{
	bool check = sl_cli_has(cli, SL_FLAG_CHECK);

	if (!check && cli->flags[SL_FLAG_MAX_AGE] != NULL)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--max-age goes with --check");
	if (check && sl_cli_has(cli, SL_FLAG_QUARANTINED))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--check or --quarantined, not both");
	if (sl_cli_has(cli, SL_FLAG_STREAMS) &&
	    (check || sl_cli_has(cli, SL_FLAG_QUARANTINED)))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--streams, --check or --quarantined: "
				       "one of them");
	return sl_env_duration(cli, SL_FLAG_MAX_AGE, max_age_us);
}

int
sl_cmd_status(struct sl_cli *cli)
{
	struct sl_report_filter filter = { .connector = NULL };
	struct sl_pg *pg = NULL;
	int64_t max_age_us = 0;
	int status = sl_env_limit(cli, &filter.limit);

	if (status == SL_EXIT_OK)
		status = check_flags(cli, &max_age_us);
	if (status == SL_EXIT_OK)
		status = sl_env_provider_filter(cli, &filter.connector);
	if (status == SL_EXIT_OK)
		status = sl_env_database(cli, &pg);
	if (status == SL_EXIT_OK)
		status = show(cli, pg, &filter, max_age_us);
	sl_pg_free(&pg);
	return status;
}
