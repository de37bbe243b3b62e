/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/text.h"

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/explain.h"
#include "cli/format.h"
#include "cli/output.h"
#include "connectors/registry.h"
#include "state/report.h"

#define ACCOUNT_SHOWN 40
#define TITLE_SHOWN   36
#define KEY_SHOWN     90
#define NOTE_SHOWN    70
#define WAITING_SHOWN 100
#define WORDS_SHOWN   100
#define ROWS_MAX      100000

static const struct sl_connector *
connector_of(const struct sl_stream_info *row)
{
	const struct sl_connector *const *c = sl_registry;

	while (*c != NULL && strcmp((*c)->name, row->connector) != 0)
		c++;
	return *c;
}

/* Why it is not pulled by default; NULL: it is, or nobody said why. */
static const char *
words_of(const struct sl_stream_info *row)
{
	const char *words =
		sl_explain_words(connector_of(row), row->disabled_reason);

	return words != NULL ? words : row->disabled_reason;
}

static void
print_json(struct sl_cli *cli, const struct sl_stream_info *row)
{
	json_t *object = json_object();

	sl_json_put(object, "user", row->user_id);
	sl_json_put(object, "provider", row->connector);
	sl_json_put(object, "account", row->account);
	sl_json_put(object, "kind", row->kind);
	sl_json_put(object, "key", row->key);
	sl_json_put(object, "title", row->title);
	sl_json_put(object, "state", row->state);
	sl_json_put_bool(object, "enabled", row->enabled);
	sl_json_put_bool(object, "chosen", row->chosen);
	sl_json_put(object, "disabled_reason", row->disabled_reason);
	sl_json_put(object, "disabled_words", words_of(row));
	sl_json_put_time(object, "opened_at", row->opened_us);
	sl_json_put_time(object, "switched_at", row->switched_us);
	sl_json_put_time(object, "walked_at", row->walked_us);
	sl_json_put_time(object, "coverage_from", row->coverage_us);
	sl_json_put_time(object, "checked_at", row->checked_us);
	sl_json_put_time(object, "changed_at", row->changed_us);
	sl_json_put_i64(object, "pending_deletions", row->pending_deletions);
	sl_json_put_i64(object, "failures", row->failures);
	sl_json_put(object, "error", row->error_text);
	sl_json_put_time(object, "error_at", row->error_us);
	sl_json_put_time(object, "not_before_at", row->not_before_us);
	sl_json_put_i64(object, "listed", row->listed);
	sl_json_put_i64(object, "estimate", row->estimate);
	sl_json_put(object, "oldest", row->oldest);
	sl_json_put(object, "waiting", row->waiting);
	sl_json_put_i64(object, "pending", row->pending);
	sl_out_json(cli, object);
}

/* How far an unfinished walk is: "500 of about 1,200 listed, 97 to be read,
 * back to 2026-10-09". */
static const char *
progress(struct sl_cli *cli, const struct sl_stream_info *row)
{
	const char *text = "";

	if (strcmp(row->state, "walking") != 0 && row->pending == 0)
		return "";
	if (row->waiting != NULL)
		return sl_format_clean(cli->arena, row->waiting, WAITING_SHOWN);
	if (row->listed > 0)
		text = sl_arena_printf(
			cli->arena, "%s%s%s listed",
			sl_format_count(cli->arena, row->listed),
			row->estimate > row->listed ? " of about " : "",
			row->estimate > row->listed
				? sl_format_count(cli->arena, row->estimate)
				: "");
	if (row->pending > 0)
		text = sl_arena_printf(
			cli->arena, "%s%s%s to be read", text,
			*text == '\0' ? "" : ", ",
			sl_format_count(cli->arena, row->pending));
	if (row->oldest != NULL)
		text = sl_arena_printf(
			cli->arena, "%s, back to %.10s", text,
			sl_format_clean(cli->arena, row->oldest, 10));
	return text;
}

static const char *
chosen(struct sl_cli *cli, const struct sl_stream_info *row)
{
	if (row->switched_us == SL_NO_TIME)
		return "your choice";
	return sl_arena_printf(cli->arena, "your choice, since %s",
			       sl_format_minute(cli->arena, row->switched_us));
}

static const char *
note(struct sl_cli *cli, const struct sl_stream_info *row)
{
	if (row->error_text != NULL && row->failures > 0)
		return sl_format_clean(cli->arena, row->error_text, NOTE_SHOWN);
	if (row->enabled && *progress(cli, row) != '\0')
		return progress(cli, row);
	if (row->enabled)
		return row->chosen ? chosen(cli, row) : "";
	return row->chosen ? chosen(cli, row)
			   : sl_format_clean(cli->arena, words_of(row),
					     WORDS_SHOWN);
}

/* Is it what a person gave, so that no sync ever asks for it? */
static bool
is_pushed(const struct sl_stream_info *row)
{
	const struct sl_connector *c = connector_of(row);
	const struct sl_stream_kind *k = c == NULL ? NULL : c->kinds;

	while (k != NULL && k->name != NULL && strcmp(k->name, row->kind) != 0)
		k++;
	return k != NULL && k->name != NULL && k->pushed;
}

static const char *
state_of(const struct sl_stream_info *row)
{
	if (!is_pushed(row))
		return row->state;
	if (strcmp(row->state, "live") == 0)
		return "imported";
	return strcmp(row->state, "closed") == 0 ? row->state : "unfinished";
}

static const char *
checked(struct sl_cli *cli, const struct sl_stream_info *row, int64_t now_us)
{
	if (row->checked_us == SL_NO_TIME && is_pushed(row))
		return "-";
	return sl_format_when(cli->arena, row->checked_us, now_us);
}

static void
print_grid(struct sl_cli *cli, const struct sl_stream_info *rows, size_t count)
{
	static const char *const head[] = { "ACCOUNT", "KIND",    "PULLED",
					    "STATE",   "CHECKED", "TITLE",
					    "KEY",     "NOTE" };
	int64_t now_us = sl_now_us(cli->clock);
	struct sl_grid grid;

	sl_grid_init(&grid, cli->arena, SL_ARRAY_LEN(head), head);
	for (size_t i = 0; i < count; i++) {
		const struct sl_stream_info *row = &rows[i];
		const char **cells = sl_grid_row(&grid);

		cells[0] = sl_format_clean(cli->arena, row->account,
					   ACCOUNT_SHOWN);
		cells[1] = row->kind;
		cells[2] = row->enabled ? "yes" : "no";
		cells[3] = state_of(row);
		cells[4] = checked(cli, row, now_us);
		cells[5] = sl_format_clean(cli->arena, row->title, TITLE_SHOWN);
		cells[6] = sl_format_clean(cli->arena, row->key, KEY_SHOWN);
		cells[7] = note(cli, row);
	}
	sl_grid_print(&grid, cli->out);
}

static int
list(struct sl_cli *cli, struct sl_pg *pg,
     const struct sl_report_filter *filter)
{
	struct sl_stream_info *rows = NULL;
	struct sl_error err;
	size_t count = 0;

	if (sl_report_streams(pg, filter, cli->arena, &rows, &count, &err) !=
	    SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	if (sl_cli_has(cli, SL_FLAG_JSON)) {
		for (size_t i = 0; i < count; i++)
			print_json(cli, &rows[i]);
	} else if (count == 0) {
		fputs("no streams yet: the first sluice sync finds them\n",
		      cli->out);
	} else {
		print_grid(cli, rows, count);
	}
	return SL_EXIT_OK;
}

/* Does every account of a connector have one of this kind, that opens others? */
static bool
is_root(const char *name)
{
	for (const struct sl_connector *const *c = sl_registry; *c != NULL; c++)
		for (const struct sl_stream_kind *k = (*c)->kinds;
		     k->name != NULL; k++)
			if (k->opened_by == NULL && !k->pushed &&
			    strcmp(k->name, name) == 0)
				return true;
	return false;
}

static int
refuse(struct sl_cli *cli, const char *key)
{
	if (is_root(key))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "all streams of an account come by %s: "
				       "sluice pause lets the account rest",
				       key);
	return sl_cli_complain(cli, SL_EXIT_USAGE,
			       "no stream with the key %s (see sluice "
			       "streams)",
			       key);
}

static int
choose(struct sl_cli *cli, struct sl_pg *pg,
       const struct sl_report_filter *filter, enum sl_flag flag)
{
	const struct sl_stream_choice choice = {
		.user_id = filter->user_id,
		.connector = filter->connector,
		.key = cli->flags[flag],
		.enabled = flag == SL_FLAG_ENABLE,
	};
	int64_t changed = 0;
	struct sl_error err;

	if (choice.key == NULL)
		return SL_EXIT_OK;
	if (sl_report_choose_stream(pg, &choice, &changed, &err) != SL_OK)
		return sl_cli_fail(cli, sl_env_exit(&err), &err);
	if (changed == 0)
		return refuse(cli, choice.key);
	fprintf(cli->out, "%s: %s\n",
		sl_format_clean(cli->arena, choice.key, KEY_SHOWN),
		choice.enabled ? "will be pulled by the next sync"
			       : "will not be pulled any more; what is stored "
				 "of it stays");
	return SL_EXIT_OK;
}

static bool
chooses(const struct sl_cli *cli)
{
	return sl_cli_has(cli, SL_FLAG_ENABLE) ||
	       sl_cli_has(cli, SL_FLAG_DISABLE);
}

static int
run(struct sl_cli *cli, struct sl_pg *pg, struct sl_report_filter *filter)
{
	char user_id[SL_UUID_TEXT];
	bool given;
	int status = sl_env_user(cli, pg, user_id, &given);

	if (status != SL_EXIT_OK)
		return status;
	filter->user_id = given ? sl_arena_strdup(cli->arena, user_id) : NULL;
	if (!chooses(cli))
		return list(cli, pg, filter);
	status = choose(cli, pg, filter, SL_FLAG_ENABLE);
	if (status == SL_EXIT_OK)
		status = choose(cli, pg, filter, SL_FLAG_DISABLE);
	return status;
}

static int
check(struct sl_cli *cli)
{
	const enum sl_flag both[] = { SL_FLAG_ENABLE, SL_FLAG_DISABLE };

	if (chooses(cli) && !sl_cli_has(cli, SL_FLAG_USER))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "choosing a stream needs --user U");
	for (size_t i = 0; i < SL_ARRAY_LEN(both); i++) {
		const char *key = cli->flags[both[i]];

		if (key != NULL && !sl_utf8_valid(key, strlen(key)))
			return sl_cli_complain(cli, SL_EXIT_USAGE,
					       "the key is not valid UTF-8");
	}
	return SL_EXIT_OK;
}

int
sl_cmd_streams(struct sl_cli *cli)
{
	struct sl_report_filter filter = { .limit = ROWS_MAX };
	struct sl_pg *pg = NULL;
	int status = check(cli);

	if (status == SL_EXIT_OK)
		status = sl_env_provider_filter(cli, &filter.connector);
	if (status == SL_EXIT_OK)
		status = sl_env_database(cli, &pg);
	if (status == SL_EXIT_OK)
		status = run(cli, pg, &filter);
	sl_pg_free(&pg);
	return status;
}
