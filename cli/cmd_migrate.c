/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "core/base/text.h"

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/format.h"
#include "cli/output.h"
#include "state/migrate.h"
#include "state/migration.h"

struct tale {
	struct sl_cli *cli;
	const char *verb;
	size_t count;
};

static void
tell(void *ctx, const char *version, const char *name, int64_t duration_ms)
{
	struct tale *tale = ctx;

	tale->count++;
	fprintf(tale->cli->out, "%s %s_%s (%" PRId64 " ms)\n", tale->verb,
		version, name, duration_ms);
	(void)fflush(tale->cli->out);
}

static int
up(struct sl_cli *cli, struct sl_pg *pg)
{
	struct tale tale = { .cli = cli, .verb = "applied" };
	const struct sl_migrate_observer observer = { tell, &tale };
	struct sl_error err;

	if (sl_migrate_up(pg, &observer, &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
	if (tale.count == 0)
		fputs("nothing to do: the schema is up to date\n", cli->out);
	return SL_EXIT_OK;
}

static int
list(struct sl_cli *cli, struct sl_pg *pg, struct sl_migration_row **rows,
     size_t *count)
{
	struct sl_error err;

	if (sl_migrate_list(pg, cli->arena, rows, count, &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
	return SL_EXIT_OK;
}

static void
print_row_json(struct sl_cli *cli, const struct sl_migration_row *row)
{
	json_t *object = json_object();

	sl_json_put(object, "version", row->version);
	sl_json_put(object, "name", row->name);
	sl_json_put(object, "state", sl_migration_state_name(row->state));
	sl_json_put_time(object, "applied_at", row->applied_us);
	sl_out_json(cli, object);
}

static void
print_rows(struct sl_cli *cli, const struct sl_migration_row *rows,
	   size_t count)
{
	static const char *const head[] = { "VERSION", "NAME", "STATE",
					    "APPLIED" };
	int64_t now_us = sl_now_us(cli->clock);
	struct sl_grid grid;

	sl_grid_init(&grid, cli->arena, SL_ARRAY_LEN(head), head);
	for (size_t i = 0; i < count; i++) {
		const char **cells = sl_grid_row(&grid);

		cells[0] = sl_format_clean(cli->arena, rows[i].version, 20);
		cells[1] = sl_format_clean(cli->arena, rows[i].name, 60);
		cells[2] = sl_migration_state_name(rows[i].state);
		cells[3] =
			sl_format_when(cli->arena, rows[i].applied_us, now_us);
	}
	sl_grid_print(&grid, cli->out);
}

static int
show(struct sl_cli *cli, struct sl_pg *pg)
{
	struct sl_migration_row *rows = NULL;
	size_t count = 0;
	int status = list(cli, pg, &rows, &count);

	if (status != SL_EXIT_OK)
		return status;
	if (!sl_cli_has(cli, SL_FLAG_JSON)) {
		print_rows(cli, rows, count);
		return SL_EXIT_OK;
	}
	for (size_t i = 0; i < count; i++)
		print_row_json(cli, &rows[i]);
	return SL_EXIT_OK;
}

static const char *
file_of(const char *version)
{
	for (const struct sl_migration *m = sl_migrations; m->version != NULL;
	     m++) {
		if (strcmp(m->version, version) == 0)
			return m->up;
	}
	return "";
}

static int
plan(struct sl_cli *cli, struct sl_pg *pg)
{
	struct sl_migration_row *rows = NULL;
	size_t count = 0;
	int status = list(cli, pg, &rows, &count);

	if (status != SL_EXIT_OK)
		return status;
	for (size_t i = 0; i < count; i++) {
		if (rows[i].state == SL_MIGRATION_PENDING)
			fprintf(cli->out, "-- migration %s_%s\n%s\n",
				rows[i].version, rows[i].name,
				file_of(rows[i].version));
	}
	return SL_EXIT_OK;
}

static int
down(struct sl_cli *cli, struct sl_pg *pg)
{
	struct tale tale = { .cli = cli, .verb = "reverted" };
	const struct sl_migrate_observer observer = { tell, &tale };
	const char *word = cli->word_count > 1 ? cli->words[1] : "1";
	uint64_t n = SIZE_MAX;
	struct sl_error err;

	if (strcmp(word, "all") != 0 && (!sl_parse_u64(word, &n) || n == 0))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "migrate down %s: how many? A number "
				       "above 0, or all",
				       word);
	if (sl_migrate_down(pg, (size_t)n, &observer, &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_ENVIRONMENT, &err);
	if (tale.count == 0)
		fputs("nothing to revert\n", cli->out);
	return SL_EXIT_OK;
}

static const struct {
	const char *word;
	int (*run)(struct sl_cli *cli, struct sl_pg *pg);
} actions[] = {
	{ "up", up },
	{ "status", show },
	{ "plan", plan },
	{ "down", down },
};

int
sl_cmd_migrate(struct sl_cli *cli)
{
	const char *word = cli->word_count > 0 ? cli->words[0] : "up";
	struct sl_pg *pg = NULL;
	size_t i = 0;
	int status;

	while (i < SL_ARRAY_LEN(actions) && strcmp(actions[i].word, word) != 0)
		i++;
	if (i == SL_ARRAY_LEN(actions) ||
	    (cli->word_count > 1 && actions[i].run != down))
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "migrate: what is %s? (see sluice help "
				       "migrate)",
				       cli->words[cli->word_count - 1]);
	status = sl_env_dial(cli, sl_env_direct_url(cli), &pg);
	if (status == SL_EXIT_OK)
		status = actions[i].run(cli, pg);
	sl_pg_free(&pg);
	return status;
}
