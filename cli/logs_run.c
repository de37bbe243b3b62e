/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run in full: what it did, and which items it left out or could not store.
 */
#include "core/json/json.h"

#include "cli/env.h"
#include "cli/format.h"
#include "cli/logs_view.h"
#include "cli/output.h"

#define ACCOUNT_SHOWN 60
#define TEXT_SHOWN    1000
#define ID_SHOWN      80
#define STREAM_SHOWN  30

struct run {
	const struct sl_log_row *row;
	struct sl_log_items list;
};

static void
put_detail(json_t *object, const char *text)
{
	json_t *detail = NULL;
	struct sl_error ignored;

	if (text == NULL || sl_json_parse_own(text, &detail, &ignored) != SL_OK)
		detail = json_object();
	(void)json_object_set_new(object, "detail", detail);
}

static void
print_json(struct sl_cli *cli, const struct run *run)
{
	json_t *object = sl_logs_object(run->row);
	json_t *items = json_array();

	sl_json_put(object, "integration", run->row->integration_id);
	sl_json_put(object, "host", run->row->host);
	put_detail(object, run->row->detail);
	sl_json_put_i64(object, "items_total", run->list.total);
	for (size_t i = 0; i < run->list.count; i++) {
		const struct sl_log_item *item = &run->list.items[i];
		json_t *one = json_object();

		sl_json_put(one, "kind", item->kind);
		sl_json_put(one, "key", item->key);
		sl_json_put(one, "id", item->source_id);
		sl_json_put(one, "state", item->state);
		sl_json_put(one, "reason", item->reason);
		sl_json_put(one, "detail", item->detail);
		sl_json_put_i64(one, "attempts", item->attempts);
		sl_json_put_time(one, "seen_at", item->seen_us);
		(void)json_array_append_new(items, one);
	}
	(void)json_object_set_new(object, "items", items);
	sl_out_json(cli, object);
}

static void
line(struct sl_cli *cli, const char *name, const char *text)
{
	if (text != NULL && *text != '\0')
		fprintf(cli->out, "%-11s %s\n", name,
			sl_format_clean(cli->arena, text, TEXT_SHOWN));
}

static void
print_when(struct sl_cli *cli, const struct sl_log_row *row)
{
	struct sl_arena *a = cli->arena;
	char started[SL_RFC3339_TEXT], finished[SL_RFC3339_TEXT];

	sl_rfc3339_format(row->started_us, started);
	line(cli, "started", started);
	if (row->finished_us != SL_NO_TIME) {
		sl_rfc3339_format(row->finished_us, finished);
		line(cli, "finished", finished);
		line(cli, "took",
		     sl_format_duration(a, row->duration_ms * 1000));
	}
	if (row->runs > 1)
		line(cli, "runs",
		     sl_arena_printf(a, "%s without a change, in one row",
				     sl_format_count(a, row->runs)));
}

static void
print_what(struct sl_cli *cli, const struct sl_log_row *row)
{
	struct sl_arena *a = cli->arena;

	line(cli, "items",
	     sl_arena_printf(
		     a,
		     "%s fetched: %s created, %s updated, %s unchanged, "
		     "%s deleted, %s filtered, %s quarantined",
		     sl_format_count(a, row->fetched),
		     sl_format_count(a, row->created),
		     sl_format_count(a, row->updated),
		     sl_format_count(a, row->unchanged),
		     sl_format_count(a, row->deleted),
		     sl_format_count(a, row->filtered),
		     sl_format_count(a, row->quarantined)));
	line(cli, "contacts",
	     sl_arena_printf(a, "%s created",
			     sl_format_count(a, row->contacts_created)));
	line(cli, "requests",
	     sl_arena_printf(a, "%s, %s of them again, %s, %s",
			     sl_format_count(a, row->requests),
			     sl_format_count(a, row->retries),
			     sl_format_plural(a, row->pages, "page"),
			     sl_format_bytes(a, row->bytes)));
}

static void
print_items(struct sl_cli *cli, const struct run *run)
{
	static const char *const head[] = { "ITEM", "STREAM", "STATE", "WHY" };
	struct sl_grid grid;

	if (run->list.count == 0)
		return;
	fputc('\n', cli->out);
	sl_grid_init(&grid, cli->arena, SL_ARRAY_LEN(head), head);
	for (size_t i = 0; i < run->list.count; i++) {
		const struct sl_log_item *item = &run->list.items[i];
		const char **cells = sl_grid_row(&grid);

		cells[0] =
			sl_format_clean(cli->arena, item->source_id, ID_SHOWN);
		cells[1] = sl_format_clean(
			cli->arena,
			sl_format_stream(item->title, item->key, item->kind),
			STREAM_SHOWN);
		cells[2] = item->state;
		cells[3] = sl_format_clean(cli->arena,
					   item->detail != NULL ? item->detail
								: item->reason,
					   ID_SHOWN);
	}
	sl_grid_print(&grid, cli->out);
	if (run->list.total > (int64_t)run->list.count)
		fprintf(cli->out, "and %s more: --limit %lld lists them all\n",
			sl_format_count(cli->arena,
					run->list.total -
						(int64_t)run->list.count),
			(long long)run->list.total);
}

static void
print_text(struct sl_cli *cli, const struct run *run)
{
	const struct sl_log_row *row = run->row;
	struct sl_arena *a = cli->arena;

	line(cli, "run", row->id);
	line(cli, "account",
	     sl_arena_printf(a, "%s of %s", sl_env_title(row->connector),
			     sl_format_clean(a, row->account, ACCOUNT_SHOWN)));
	line(cli, "user", row->user_id);
	line(cli, "status",
	     sl_arena_printf(a, "%s, %s, %s", row->status, row->mode,
			     row->trigger));
	line(cli, "host", row->host);
	print_when(cli, row);
	print_what(cli, row);
	if (row->error_class != NULL)
		line(cli, "error",
		     sl_arena_printf(a, "%s, %s: %s", row->error_class,
				     row->error_scope, row->error_text));
	if (!sl_text_equal(row->detail, "{}"))
		line(cli, "detail", row->detail);
	print_items(cli, run);
}

int
sl_logs_run(struct sl_cli *cli, struct sl_pg *pg,
	    const struct sl_log_filter *filter)
{
	const struct sl_log_filter one = { .run_id = filter->run_id,
					   .user_id = filter->user_id,
					   .since_us = SL_NO_TIME,
					   .until_us = SL_NO_TIME,
					   .limit = 1 };
	struct sl_log_row *rows = NULL;
	struct run run = { .row = NULL };
	struct sl_error err;
	size_t count = 0;
	sl_status st = sl_logs_list(pg, &one, cli->arena, &rows, &count, &err);

	if (st == SL_OK && count == 0)
		return sl_cli_complain(cli, SL_EXIT_FAILED,
				       "no run %s is known; a run without "
				       "changes may be folded into the one "
				       "before it: sluice logs",
				       filter->run_id);
	if (st == SL_OK) {
		run.row = &rows[0];
		st = sl_logs_items(pg, run.row, filter->limit, cli->arena,
				   &run.list, &err);
	}
	if (st != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	if (sl_cli_has(cli, SL_FLAG_JSON))
		print_json(cli, &run);
	else
		print_text(cli, &run);
	return SL_EXIT_OK;
}
