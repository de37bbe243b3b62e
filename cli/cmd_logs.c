/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/text.h"

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/format.h"
#include "cli/logs_view.h"
#include "cli/output.h"

#define ACCOUNT_SHOWN 40
#define ERROR_SHOWN   100

static void
print_grid(struct sl_cli *cli, const struct sl_log_row *rows, size_t count)
{
	static const char *const head[] = { "STARTED",  "ACCOUNT", "TRIGGER",
					    "MODE",     "STATUS",  "CHANGES",
					    "REQUESTS", "TOOK",    "ERROR" };
	int64_t now_us = sl_now_us(cli->clock);
	struct sl_grid grid;

	sl_grid_init(&grid, cli->arena, SL_ARRAY_LEN(head), head);
	for (size_t i = 0; i < count; i++) {
		const struct sl_log_row *row = &rows[i];
		const char **cells = sl_grid_row(&grid);

		cells[0] = sl_format_when(cli->arena, row->started_us, now_us);
		cells[1] = sl_format_clean(cli->arena, row->account,
					   ACCOUNT_SHOWN);
		cells[2] = row->trigger;
		cells[3] = row->mode;
		cells[4] = row->status;
		cells[5] = sl_logs_changes(cli->arena, row);
		cells[6] = sl_format_count(cli->arena, row->requests);
		cells[7] =
			sl_format_duration(cli->arena, row->duration_ms * 1000);
		cells[8] = sl_format_clean(cli->arena, row->error_text,
					   ERROR_SHOWN);
	}
	sl_grid_print(&grid, cli->out);
}

static bool
is_filtered(const struct sl_log_filter *f)
{
	return f->user_id != NULL || f->connector != NULL ||
	       f->status != NULL || f->trigger != NULL || f->errors ||
	       f->since_us != SL_NO_TIME || f->until_us != SL_NO_TIME;
}

static int
list(struct sl_cli *cli, struct sl_pg *pg, const struct sl_log_filter *filter)
{
	struct sl_log_row *rows = NULL;
	struct sl_error err;
	size_t count = 0;

	if (sl_logs_list(pg, filter, cli->arena, &rows, &count, &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	if (sl_cli_has(cli, SL_FLAG_JSON)) {
		for (size_t i = 0; i < count; i++)
			sl_out_json(cli, sl_logs_object(&rows[i]));
	} else if (count == 0) {
		fputs(is_filtered(filter)
			      ? "no run matches\n"
			      : "nothing has run yet: sluice sync\n",
		      cli->out);
	} else {
		print_grid(cli, rows, count);
	}
	return SL_EXIT_OK;
}

static int
show(struct sl_cli *cli, struct sl_pg *pg, struct sl_log_filter *filter)
{
	char user_id[SL_UUID_TEXT];
	bool given;
	int status = sl_env_user(cli, pg, user_id, &given);

	if (status != SL_EXIT_OK)
		return status;
	filter->user_id = given ? sl_arena_strdup(cli->arena, user_id) : NULL;
	if (filter->run_id != NULL)
		return sl_logs_run(cli, pg, filter);
	return sl_cli_has(cli, SL_FLAG_FOLLOW) ? sl_logs_follow(cli, pg, filter)
					       : list(cli, pg, filter);
}

/* One of some words, or not given. */
static int
read_word(struct sl_cli *cli, enum sl_flag flag, const char *const *words,
	  const char **out)
{
	const char *text = cli->flags[flag], *all = words[0];

	*out = text;
	for (size_t i = 0; words[i] != NULL; i++)
		if (text == NULL || strcmp(text, words[i]) == 0)
			return SL_EXIT_OK;
	for (size_t i = 1; words[i] != NULL; i++)
		all = sl_arena_printf(cli->arena, "%s, %s", all, words[i]);
	return sl_cli_complain(cli, SL_EXIT_USAGE, "--%s %s: one of %s",
			       sl_flag_rows[flag].name, text, all);
}

/* A moment, a day, or so long ago. */
static int
read_moment(struct sl_cli *cli, enum sl_flag flag, int64_t *out)
{
	const char *text = cli->flags[flag];
	int64_t us;

	*out = SL_NO_TIME;
	if (text == NULL)
		return SL_EXIT_OK;
	if (sl_rfc3339_parse(text, out) || sl_rfc3339_date_us(text, out))
		return SL_EXIT_OK;
	if (!sl_parse_duration(text, &us))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--%s %s: so long ago, like 90m or 7d, "
				       "a day like 2026-11-20, or a time like "
				       "2026-11-20T09:30:00Z",
				       sl_flag_rows[flag].name, text);
	*out = sl_now_us(cli->clock) - us;
	return SL_EXIT_OK;
}

/* What does not go with --run: it names one. */
static int
check_run(struct sl_cli *cli, const struct sl_log_filter *f)
{
	struct sl_log_filter others = *f;

	others.user_id = NULL;
	if (f->run_id == NULL)
		return SL_EXIT_OK;
	if (!sl_is_uuid(f->run_id))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--run %s: the id of a run, as sluice "
				       "logs --json prints it",
				       f->run_id);
	if (is_filtered(&others) || sl_cli_has(cli, SL_FLAG_FOLLOW))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--run names one run: no filter goes "
				       "with it but --user");
	return SL_EXIT_OK;
}

static int
check(struct sl_cli *cli, const struct sl_log_filter *f)
{
	if (sl_cli_has(cli, SL_FLAG_FOLLOW) && f->until_us != SL_NO_TIME)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--follow or --until, not both");
	if (f->until_us != SL_NO_TIME && f->since_us != SL_NO_TIME &&
	    f->until_us < f->since_us)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "--until is before --since");
	return check_run(cli, f);
}

static int
read_filter(struct sl_cli *cli, struct sl_log_filter *f)
{
	static const char *const statuses[] = { "running",     "ok",
						"partial",     "failed",
						"interrupted", NULL };
	static const char *const triggers[] = { "manual",  "schedule", "resync",
						"connect", "import",   NULL };
	int status = sl_env_limit(cli, &f->limit);

	f->errors = sl_cli_has(cli, SL_FLAG_ERRORS);
	f->run_id = cli->flags[SL_FLAG_RUN];
	if (status == SL_EXIT_OK)
		status = sl_env_provider_filter(cli, &f->connector);
	if (status == SL_EXIT_OK)
		status = read_word(cli, SL_FLAG_STATUS, statuses, &f->status);
	if (status == SL_EXIT_OK)
		status = read_word(cli, SL_FLAG_TRIGGER, triggers, &f->trigger);
	if (status == SL_EXIT_OK)
		status = read_moment(cli, SL_FLAG_SINCE, &f->since_us);
	if (status == SL_EXIT_OK)
		status = read_moment(cli, SL_FLAG_UNTIL, &f->until_us);
	return status == SL_EXIT_OK ? check(cli, f) : status;
}

int
sl_cmd_logs(struct sl_cli *cli)
{
	struct sl_log_filter filter = { .user_id = NULL };
	struct sl_pg *pg = NULL;
	int status = read_filter(cli, &filter);

	if (status == SL_EXIT_OK)
		status = sl_env_database(cli, &pg);
	if (status == SL_EXIT_OK)
		status = show(cli, pg, &filter);
	sl_pg_free(&pg);
	return status;
}
