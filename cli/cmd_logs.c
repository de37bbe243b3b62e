/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/text.h"

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/format.h"
#include "cli/output.h"
#include "state/report.h"

#define ACCOUNT_SHOWN 40
#define ERROR_SHOWN   100

static void
put_error(json_t *object, const struct sl_log_row *row)
{
	json_t *error;

	if (row->error_class == NULL) {
		(void)json_object_set_new(object, "error", json_null());
		return;
	}
	error = json_object();
	sl_json_put(error, "class", row->error_class);
	sl_json_put(error, "scope", row->error_scope);
	sl_json_put(error, "text", row->error_text);
	(void)json_object_set_new(object, "error", error);
}

static void
print_json(struct sl_cli *cli, const struct sl_log_row *row)
{
	json_t *object = json_object();

	sl_json_put(object, "run", row->id);
	sl_json_put(object, "user", row->user_id);
	sl_json_put(object, "provider", row->connector);
	sl_json_put(object, "account", row->account);
	sl_json_put(object, "trigger", row->trigger);
	sl_json_put(object, "mode", row->mode);
	sl_json_put(object, "status", row->status);
	sl_json_put_time(object, "started_at", row->started_us);
	sl_json_put_time(object, "finished_at", row->finished_us);
	sl_json_put_i64(object, "runs", row->runs);
	sl_json_put_i64(object, "fetched", row->fetched);
	sl_json_put_i64(object, "created", row->created);
	sl_json_put_i64(object, "updated", row->updated);
	sl_json_put_i64(object, "unchanged", row->unchanged);
	sl_json_put_i64(object, "deleted", row->deleted);
	sl_json_put_i64(object, "filtered", row->filtered);
	sl_json_put_i64(object, "quarantined", row->quarantined);
	sl_json_put_i64(object, "contacts_created", row->contacts_created);
	sl_json_put_i64(object, "pages", row->pages);
	sl_json_put_i64(object, "requests", row->requests);
	sl_json_put_i64(object, "retries", row->retries);
	sl_json_put_i64(object, "bytes", row->bytes);
	sl_json_put_i64(object, "duration_ms", row->duration_ms);
	put_error(object, row);
	sl_out_json(cli, object);
}

static const char *
changes_text(struct sl_cli *cli, const struct sl_log_row *row)
{
	struct sl_arena *a = cli->arena;

	if (row->created + row->updated + row->deleted == 0)
		return row->runs > 1
			       ? sl_arena_printf(
					 a, "none, in %s",
					 sl_format_plural(a, row->runs, "run"))
			       : "none";
	return sl_arena_printf(a, "+%s ~%s -%s",
			       sl_format_count(a, row->created),
			       sl_format_count(a, row->updated),
			       sl_format_count(a, row->deleted));
}

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
		cells[5] = changes_text(cli, row);
		cells[6] = sl_format_count(cli->arena, row->requests);
		cells[7] =
			sl_format_duration(cli->arena, row->duration_ms * 1000);
		cells[8] = sl_format_clean(cli->arena, row->error_text,
					   ERROR_SHOWN);
	}
	sl_grid_print(&grid, cli->out);
}

static int
show(struct sl_cli *cli, struct sl_pg *pg, struct sl_report_filter *filter)
{
	struct sl_log_row *rows = NULL;
	char user_id[SL_UUID_TEXT];
	size_t count = 0;
	bool given;
	struct sl_error err;
	int status = sl_env_user(cli, pg, user_id, &given);

	if (status != SL_EXIT_OK)
		return status;
	filter->user_id = given ? sl_arena_strdup(cli->arena, user_id) : NULL;
	if (sl_report_logs(pg, filter, cli->arena, &rows, &count, &err) !=
	    SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	if (sl_cli_has(cli, SL_FLAG_JSON)) {
		for (size_t i = 0; i < count; i++)
			print_json(cli, &rows[i]);
	} else if (count == 0) {
		fputs("nothing has run yet: sluice sync\n", cli->out);
	} else {
		print_grid(cli, rows, count);
	}
	return SL_EXIT_OK;
}

int
sl_cmd_logs(struct sl_cli *cli)
{
	struct sl_report_filter filter = { .user_id = NULL };
	struct sl_pg *pg = NULL;
	int status = sl_env_limit(cli, &filter.limit);

	if (status == SL_EXIT_OK)
		status = sl_env_provider_filter(cli, &filter.connector);
	if (status == SL_EXIT_OK)
		status = sl_env_database(cli, &pg);
	if (status == SL_EXIT_OK)
		status = show(cli, pg, &filter);
	sl_pg_free(&pg);
	return status;
}
