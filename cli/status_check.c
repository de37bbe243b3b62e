/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/status_check.h"

#include <string.h>

#include "cli/env.h"
#include "cli/format.h"
#include "cli/output.h"
#include "cli/status_ends.h"

#define ACCOUNT_SHOWN 48
#define ERROR_SHOWN   200

static const char *const codes[] = {
	[SL_PROBLEM_NONE] = "ok",
	[SL_PROBLEM_REAUTH] = "needs_reauth",
	[SL_PROBLEM_PARKED] = "parked",
	[SL_PROBLEM_UNREAD] = "unread",
	[SL_PROBLEM_NEVER] = "never",
	[SL_PROBLEM_STALE] = "stale",
	[SL_PROBLEM_CLOCK] = "clock",
	[SL_PROBLEM_HELD] = "pending_deletions",
	[SL_PROBLEM_WALK] = "walk",
	[SL_PROBLEM_ITEMS] = "quarantine",
	[SL_PROBLEM_ENDS] = "consent_ends",
};

static bool
is(const struct sl_status_row *row, const char *status)
{
	return strcmp(row->status, status) == 0;
}

static bool
rests(const struct sl_status_row *row)
{
	return row->user_rests || is(row, "paused") ||
	       is(row, "disconnected") || is(row, "archive");
}

static int64_t
age_limit(const struct sl_status_row *row, int64_t max_age_us)
{
	int64_t by_interval = row->interval_us * SL_CHECK_INTERVALS;

	if (max_age_us > 0)
		return max_age_us;
	return by_interval > SL_CHECK_LEAST_US ? by_interval
					       : SL_CHECK_LEAST_US;
}

/* Of what is fresh: does anything else want a person? */
static enum sl_problem
quiet_problem(const struct sl_status_row *row, int64_t now_us)
{
	struct sl_end end = sl_status_consent_end(row);

	if (row->walk_age_us != SL_NO_TIME &&
	    row->walk_age_us > SL_CHECK_WALK_US)
		return SL_PROBLEM_WALK;
	if (row->quarantined_lately >= SL_CHECK_QUARANTINED)
		return SL_PROBLEM_ITEMS;
	if (row->pending_deletions > 0 && !row->accept_deletions)
		return SL_PROBLEM_HELD;
	return end.why != NULL && end.at_us < now_us + SL_CHECK_END_US
		       ? SL_PROBLEM_ENDS
		       : SL_PROBLEM_NONE;
}

enum sl_problem
sl_status_problem(const struct sl_status_row *row, bool reads,
		  int64_t max_age_us, int64_t now_us)
{
	int64_t limit_us = age_limit(row, max_age_us);

	if (rests(row))
		return SL_PROBLEM_NONE;
	if (is(row, "needs_reauth"))
		return SL_PROBLEM_REAUTH;
	if (row->parked)
		return SL_PROBLEM_PARKED;
	if (!reads)
		return SL_PROBLEM_UNREAD;
	if (row->fresh_age_us == SL_NO_TIME) {
		if (row->connected_age_us > limit_us)
			return SL_PROBLEM_NEVER;
	} else if (row->fresh_age_us > limit_us) {
		return SL_PROBLEM_STALE;
	} else if (row->fresh_age_us < -SL_CHECK_AHEAD_US) {
		return SL_PROBLEM_CLOCK;
	}
	return quiet_problem(row, now_us);
}

bool
sl_status_waits(const struct sl_status_row *row)
{
	if (rests(row))
		return false;
	return is(row, "needs_reauth") || row->parked ||
	       (row->pending_deletions > 0 && !row->accept_deletions);
}

/* Is it the account, or does nobody sync at all? */
static const char *
idle(struct sl_cli *cli, const struct sl_status_row *row)
{
	if (row->run_age_us == SL_NO_TIME)
		return ", and no run: does cron, or a worker, run?";
	if (row->run_age_us <= age_limit(row, 0))
		return "";
	return sl_arena_printf(cli->arena,
			       ", and no run for %s: does cron, or a worker, "
			       "run?",
			       sl_format_duration(cli->arena, row->run_age_us));
}

/* ": why", of the last error. */
static const char *
cause(struct sl_cli *cli, const struct sl_status_row *row)
{
	if (row->error_text == NULL)
		return "";
	return sl_arena_printf(
		cli->arena, ": %s",
		sl_format_clean(cli->arena, row->error_text, ERROR_SHOWN));
}

/* Of what is fresh. */
static const char *
quiet_words(struct sl_cli *cli, const struct sl_status_row *row,
	    enum sl_problem problem)
{
	struct sl_arena *a = cli->arena;

	if (problem == SL_PROBLEM_WALK)
		return sl_arena_printf(a,
				       "a walk has not moved for %s, see "
				       "sluice status --streams%s",
				       sl_format_duration(a, row->walk_age_us),
				       cause(cli, row));
	if (problem == SL_PROBLEM_ITEMS)
		return sl_arena_printf(
			a,
			"%s could not be stored within a day, see sluice "
			"status --quarantined --user %s",
			sl_format_plural(a, row->quarantined_lately, "item"),
			row->user_id);
	if (problem == SL_PROBLEM_ENDS)
		return sl_arena_printf(
			a, "the consent ends %s: sluice connect %s --user %s",
			sl_format_when(a, sl_status_consent_end(row).at_us,
				       sl_now_us(cli->clock)),
			row->consent, row->user_id);
	return sl_arena_printf(
		a,
		"%s held back, if they are right: sluice resync --user %s "
		"--provider %s --accept-deletions",
		sl_format_plural(a, row->pending_deletions, "deletion"),
		row->user_id, row->connector);
}

static const char *
words(struct sl_cli *cli, const struct sl_status_row *row,
      enum sl_problem problem)
{
	struct sl_arena *a = cli->arena;

	switch (problem) {
	case SL_PROBLEM_REAUTH:
		return sl_arena_printf(a,
				       "needs consent again, sluice connect %s "
				       "--user %s%s",
				       row->consent, row->user_id,
				       cause(cli, row));
	case SL_PROBLEM_PARKED:
		return sl_arena_printf(a,
				       "its runs died again and again, see "
				       "sluice logs, then sluice resume --user "
				       "%s --provider %s",
				       row->user_id, row->connector);
	case SL_PROBLEM_UNREAD:
		return "this build has no connector that reads it";
	case SL_PROBLEM_NEVER:
		return sl_arena_printf(
			a, "no success yet, connected %s ago%s%s",
			sl_format_duration(a, row->connected_age_us),
			idle(cli, row), cause(cli, row));
	case SL_PROBLEM_STALE:
		return sl_arena_printf(a, "no success for %s%s%s",
				       sl_format_duration(a, row->fresh_age_us),
				       idle(cli, row), cause(cli, row));
	case SL_PROBLEM_CLOCK:
		return "its last success lies in the future: a clock was set "
		       "back";
	case SL_PROBLEM_WALK:
	case SL_PROBLEM_ITEMS:
	case SL_PROBLEM_HELD:
	case SL_PROBLEM_ENDS:
		return quiet_words(cli, row, problem);
	case SL_PROBLEM_NONE:
		break;
	}
	return "ok";
}

static void
print_json(struct sl_cli *cli, const struct sl_status_row *row,
	   enum sl_problem problem)
{
	json_t *object = json_object();

	sl_json_put(object, "integration", row->integration_id);
	sl_json_put(object, "user", row->user_id);
	sl_json_put(object, "provider", row->connector);
	sl_json_put(object, "account", row->account);
	sl_json_put(object, "problem", codes[problem]);
	sl_json_put(object, "text", words(cli, row, problem));
	sl_json_put_time(object, "last_success_at", row->last_success_us);
	sl_out_json(cli, object);
}

int
sl_status_check(struct sl_cli *cli, const struct sl_status_row *rows,
		size_t count, int64_t max_age_us)
{
	bool json = sl_cli_has(cli, SL_FLAG_JSON);
	int64_t looked = 0;
	int status = SL_EXIT_OK;

	for (size_t i = 0; i < count; i++) {
		const struct sl_status_row *row = &rows[i];
		enum sl_problem problem =
			sl_status_problem(row, sl_env_reads(row->connector),
					  max_age_us, sl_now_us(cli->clock));

		looked += !rests(row);
		if (problem == SL_PROBLEM_NONE)
			continue;
		status = SL_EXIT_FAILED;
		if (json)
			print_json(cli, row, problem);
		else
			fprintf(cli->out, "%s of %s: %s\n",
				sl_env_title(row->connector),
				sl_format_clean(cli->arena, row->account,
						ACCOUNT_SHOWN),
				words(cli, row, problem));
	}
	if (status == SL_EXIT_OK && !json)
		fprintf(cli->out, "ok: %s\n",
			sl_format_plural(cli->arena, looked, "account"));
	return status;
}
