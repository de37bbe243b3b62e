/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The receipt of an erasure.
 */
#include "core/json/json.h"

#include "cli/env.h"
#include "cli/format.h"
#include "cli/leave.h"
#include "cli/output.h"

static json_t *
parse(const char *text)
{
	struct sl_error ignored;
	json_t *object = NULL;

	if (sl_json_parse_own(text, &object, &ignored) != SL_OK)
		return json_object();
	return object;
}

static int64_t
number(const json_t *object, const char *key)
{
	return (int64_t)json_integer_value(json_object_get(object, key));
}

static void
print_json(struct sl_cli *cli, const char *user_id,
	   const struct sl_receipt *receipt)
{
	json_t *object = json_object();

	sl_json_put(object, "receipt", receipt->id);
	sl_json_put(object, "user", user_id);
	sl_json_put(object, "provider", receipt->connector);
	(void)json_object_set_new(object, "erased", parse(receipt->counts));
	(void)json_object_set_new(object, "kept", parse(receipt->kept));
	sl_json_put_time(object, "begun_at", receipt->begun_us);
	sl_json_put_time(object, "finished_at", receipt->finished_us);
	sl_json_put_i64(object, "revocations_pending", receipt->pending);
	sl_out_json(cli, object);
}

static int64_t
print_counts(struct sl_cli *cli, const json_t *counts)
{
	static const char *const head[] = { "TABLE", "ROWS" };
	struct sl_grid grid;
	const char *name;
	const json_t *value;
	int64_t total = 0;

	sl_grid_init(&grid, cli->arena, SL_ARRAY_LEN(head), head);
	json_object_foreach ((json_t *)(uintptr_t)counts, name, value) {
		const char **cells = sl_grid_row(&grid);

		total += (int64_t)json_integer_value(value);
		cells[0] = sl_arena_strdup(cli->arena, name);
		cells[1] =
			sl_format_count(cli->arena, json_integer_value(value));
	}
	if (grid.count > 1)
		sl_grid_print(&grid, cli->out);
	return total;
}

static void
print_kept(struct sl_cli *cli, const json_t *kept)
{
	int64_t by_hand = number(kept, "by_hand");
	int64_t supported = number(kept, "supported");

	if (by_hand > 0)
		fprintf(cli->out,
			"%s stayed: entered or edited by hand, or with "
			"loops\n",
			sl_format_plural(cli->arena, by_hand, "contact"));
	if (supported > 0)
		fprintf(cli->out,
			"%s stayed: another account's items name them\n",
			sl_format_plural(cli->arena, supported, "contact"));
	if (number(kept, "auth.users") > 0)
		fputs("The user's own row belongs to the application and "
		      "stayed: delete it there (Supabase: dashboard or auth "
		      "API)\n",
		      cli->out);
}

static void
print_text(struct sl_cli *cli, const char *user_id,
	   const struct sl_receipt *receipt)
{
	json_auto_t *counts = parse(receipt->counts);
	json_auto_t *kept = parse(receipt->kept);
	int64_t total;

	fprintf(cli->out, "Receipt %s: %s of user %s, %s\n", receipt->id,
		receipt->connector == NULL ? "everything"
					   : sl_env_title(receipt->connector),
		user_id,
		receipt->finished_us == SL_NO_TIME ? "not yet finished"
						   : "erased");
	total = print_counts(cli, counts);
	fprintf(cli->out, "%s erased\n",
		sl_format_plural(cli->arena, total, "row"));
	print_kept(cli, kept);
	if (receipt->pending > 0)
		fprintf(cli->out,
			"%s still to be revoked: sealed, and tried again by "
			"sluice sync --due\n",
			sl_format_plural(cli->arena, receipt->pending,
					 "token"));
}

void
sl_leave_receipt(struct sl_cli *cli, const char *user_id,
		 const struct sl_receipt *receipt)
{
	if (sl_cli_has(cli, SL_FLAG_JSON))
		print_json(cli, user_id, receipt);
	else
		print_text(cli, user_id, receipt);
}
