/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/status_streams.h"

#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "cli/env.h"
#include "cli/format.h"
#include "cli/output.h"
#include "state/coverage.h"

#define ACCOUNT_SHOWN 40
#define STREAM_SHOWN  36
#define TEXT_SHOWN    120

static json_t *
gaps_of(const struct sl_coverage_row *row)
{
	json_t *gaps = NULL;
	struct sl_error ignored;

	if (sl_json_parse_own(row->gaps, &gaps, &ignored) != SL_OK)
		return json_array();
	return gaps;
}

static void
print_json(struct sl_cli *cli, const struct sl_coverage_row *row)
{
	json_t *object = json_object();
	int64_t left_us = sl_coverage_left_us(row);

	sl_json_put(object, "stream", row->stream_id);
	sl_json_put(object, "integration", row->integration_id);
	sl_json_put(object, "user", row->user_id);
	sl_json_put(object, "provider", row->connector);
	sl_json_put(object, "account", row->account);
	sl_json_put(object, "kind", row->kind);
	sl_json_put(object, "key", row->key);
	sl_json_put(object, "title", row->title);
	sl_json_put(object, "state", row->state);
	sl_json_put_bool(object, "enabled", row->enabled);
	sl_json_put_bool(object, "complete", row->complete);
	if (row->unbounded)
		sl_json_put(object, "complete_from", "-infinity");
	else
		sl_json_put_time(object, "complete_from",
				 row->complete_from_us);
	sl_json_put_time(object, "complete_to", row->complete_to_us);
	(void)json_object_set_new(object, "gaps", gaps_of(row));
	sl_json_put_i64(object, "listed", row->listed);
	sl_json_put_i64(object, "estimate", row->estimate);
	sl_json_put_i64(object, "pending", row->pending);
	sl_json_put_time(object, "checked_at", row->checked_us);
	sl_json_put_time(object, "walking_since", row->walking_since_us);
	if (left_us == SL_NO_TIME)
		(void)json_object_set_new(object, "seconds_left", json_null());
	else
		sl_json_put_i64(object, "seconds_left", left_us / SL_US_PER_S);
	sl_out_json(cli, object);
}

/* "2026-11-20 09:58", "the beginning", "now". */
static const char *
moment(struct sl_arena *arena, const char *text, const char *none)
{
	if (text == NULL)
		return none;
	if (strcmp(text, "-infinity") == 0)
		return "the beginning";
	return sl_arena_printf(arena, "%.10s %.5s", text,
			       strlen(text) > 16 ? text + 11 : "");
}

/* "walk under way: 500 of about 1,200 listed, about 2 h left" */
static const char *
walk(struct sl_arena *a, const struct sl_coverage_row *row)
{
	int64_t left_us = sl_coverage_left_us(row);
	const char *text = "walk under way";

	if (row->listed > 0)
		text = sl_arena_printf(
			a, "%s: %s%s%s listed", text,
			sl_format_count(a, row->listed),
			row->estimate > row->listed ? " of about " : "",
			row->estimate > row->listed
				? sl_format_count(a, row->estimate)
				: "");
	if (left_us != SL_NO_TIME)
		return sl_arena_printf(a, "%s, about %s left", text,
				       sl_format_duration(a, left_us));
	return sl_arena_printf(a, "%s, time left unknown", text);
}

struct words {
	const char *cause;
	const char *text; /* %: see `said` */
};

/* Of what needs no more than its text or number. */
static const struct words words[] = {
	{ "not-pulled", "the account is " },
	{ "off", "not pulled: " },
	{ "not-begun", "not begun yet" },
	{ "failing", "failing: " },
	{ "nothing-there", "" },
	{ "no-archive", "no archive imported yet: " },
	{ "incomplete", "" },
	{ "to-be-read", " to be read" },
	{ "quarantined", " in quarantine" },
	{ "deletions-held", " held back" },
	{ NULL, NULL },
};

static const char *
counted(struct sl_arena *a, const char *cause, int64_t items, const char *text)
{
	const char *noun =
		strcmp(cause, "deletions-held") == 0 ? "deletion" : "item";

	return sl_arena_printf(a, "%s%s", sl_format_plural(a, items, noun),
			       text);
}

/* One gap in words. */
static const char *
gap_text(struct sl_arena *a, const struct sl_coverage_row *row,
	 const json_t *gap)
{
	const char *cause = sl_json_text(gap, "cause");
	const char *text = sl_json_text(gap, "text");
	const char *from = moment(a, sl_json_text(gap, "from"), "?");
	const char *to = moment(a, sl_json_text(gap, "to"), "now");
	int64_t items = 0;

	if (cause == NULL)
		return "?";
	if (strcmp(cause, "walking") == 0)
		return walk(a, row);
	if (strcmp(cause, "refused-cursor") == 0)
		return sl_arena_printf(a,
				       "cursor refused: changes from %s to %s "
				       "come with the new walk",
				       from, to);
	if (strcmp(cause, "changes-lost") == 0)
		return sl_arena_printf(a, "changes from %s to %s are lost",
				       from, to);
	if (strcmp(cause, "lower-bound") == 0)
		return sl_arena_printf(a, "before %s by the settings", to);
	for (const struct words *w = words; w->cause != NULL; w++) {
		if (strcmp(w->cause, cause) != 0)
			continue;
		if (sl_json_i64(gap, "items", &items))
			return counted(a, cause, items, w->text);
		return sl_arena_printf(a, "%s%s", w->text,
				       sl_format_clean(a, text, TEXT_SHOWN));
	}
	return cause;
}

static const char *
missing(struct sl_arena *a, const struct sl_coverage_row *row)
{
	json_auto_t *gaps = gaps_of(row);
	const char *text = "";
	const json_t *gap;
	size_t i;

	json_array_foreach (gaps, i, gap) {
		text = sl_arena_printf(a, "%s%s%s", text, i == 0 ? "" : "; ",
				       gap_text(a, row, gap));
	}
	return text;
}

static void
print_grid(struct sl_cli *cli, const struct sl_coverage_row *rows, size_t count)
{
	static const char *const head[] = { "ACCOUNT", "PROVIDER",
					    "STREAM",  "COMPLETE FROM",
					    "TO",      "MISSING" };
	int64_t now_us = sl_now_us(cli->clock);
	struct sl_grid grid;

	sl_grid_init(&grid, cli->arena, SL_ARRAY_LEN(head), head);
	for (size_t i = 0; i < count; i++) {
		const struct sl_coverage_row *row = &rows[i];
		const char **cells = sl_grid_row(&grid);
		bool any = row->complete_to_us != SL_NO_TIME;

		cells[0] = sl_format_clean(cli->arena, row->account,
					   ACCOUNT_SHOWN);
		cells[1] = row->connector;
		cells[2] = sl_format_clean(
			cli->arena,
			sl_format_stream(row->title, row->key, row->kind),
			STREAM_SHOWN);
		cells[3] = row->unbounded ? "the beginning"
			   : any          ? sl_format_minute(cli->arena,
							     row->complete_from_us)
					  : "-";
		cells[4] = any ? sl_format_when(cli->arena, row->complete_to_us,
						now_us)
			       : "-";
		cells[5] = missing(cli->arena, row);
	}
	sl_grid_print(&grid, cli->out);
}

int
sl_status_streams(struct sl_cli *cli, struct sl_pg *pg,
		  const struct sl_report_filter *filter)
{
	struct sl_coverage_row *rows = NULL;
	size_t count = 0;
	struct sl_error err;

	if (sl_coverage_list(pg, filter, cli->arena, &rows, &count, &err) !=
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
