/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/status_items.h"

#include "cli/env.h"
#include "cli/format.h"
#include "cli/output.h"

#define ACCOUNT_SHOWN 40
#define STREAM_SHOWN  30
#define ID_SHOWN      80
#define WHY_SHOWN     120

static void
print_json(struct sl_cli *cli, const struct sl_item_row *row)
{
	json_t *object = json_object();

	sl_json_put(object, "integration", row->integration_id);
	sl_json_put(object, "user", row->user_id);
	sl_json_put(object, "provider", row->connector);
	sl_json_put(object, "account", row->account);
	sl_json_put(object, "kind", row->stream_kind);
	sl_json_put(object, "key", row->stream_key);
	sl_json_put(object, "title", row->stream_title);
	sl_json_put(object, "id", row->source_id);
	sl_json_put(object, "class", row->class);
	sl_json_put(object, "reason", row->detail);
	sl_json_put_i64(object, "attempts", row->attempts);
	sl_json_put_time(object, "next_try_at", row->next_try_us);
	sl_json_put_time(object, "seen_at", row->seen_us);
	sl_json_put_time(object, "since", row->since_us);
	sl_json_put_i64(object, "raw_bytes", row->raw_bytes);
	sl_out_json(cli, object);
}

static void
print_grid(struct sl_cli *cli, const struct sl_item_row *rows, size_t count)
{
	static const char *const head[] = { "ACCOUNT", "STREAM",   "ITEM",
					    "CLASS",   "ATTEMPTS", "NEXT TRY",
					    "WHY" };
	int64_t now_us = sl_now_us(cli->clock);
	struct sl_grid grid;

	sl_grid_init(&grid, cli->arena, SL_ARRAY_LEN(head), head);
	for (size_t i = 0; i < count; i++) {
		const struct sl_item_row *row = &rows[i];
		const char **cells = sl_grid_row(&grid);
		const char *stream = row->stream_title != NULL
					     ? row->stream_title
					     : row->stream_key;

		cells[0] = sl_format_clean(cli->arena, row->account,
					   ACCOUNT_SHOWN);
		cells[1] = sl_format_clean(cli->arena, stream, STREAM_SHOWN);
		cells[2] =
			sl_format_clean(cli->arena, row->source_id, ID_SHOWN);
		cells[3] = row->class;
		cells[4] = sl_format_count(cli->arena, row->attempts);
		cells[5] = row->next_try_us == SL_NO_TIME
				   ? "when it changes"
				   : sl_format_when(cli->arena,
						    row->next_try_us, now_us);
		cells[6] = sl_format_clean(cli->arena, row->detail, WHY_SHOWN);
	}
	sl_grid_print(&grid, cli->out);
}

int
sl_status_items(struct sl_cli *cli, struct sl_pg *pg,
		const struct sl_report_filter *filter)
{
	struct sl_item_row *rows = NULL;
	size_t count = 0;
	int64_t total = 0;
	struct sl_error err;

	if (sl_report_items(pg, filter, cli->arena, &rows, &count, &total,
			    &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	if (sl_cli_has(cli, SL_FLAG_JSON)) {
		for (size_t i = 0; i < count; i++)
			print_json(cli, &rows[i]);
	} else if (count == 0) {
		fputs("nothing is in quarantine\n", cli->out);
	} else {
		print_grid(cli, rows, count);
	}
	/* JSON lines are items and nothing else */
	if (total > (int64_t)count)
		fprintf(sl_cli_has(cli, SL_FLAG_JSON) ? cli->err : cli->out,
			"and %s more: --limit %lld lists them all\n",
			sl_format_count(cli->arena, total - (int64_t)count),
			(long long)total);
	return SL_EXIT_OK;
}
