/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is applied and what is not. Reading only; migrate_run.c changes it.
 */
#include "state/migrate.h"

#include "core/base/clock.h"
#include "core/base/text.h"

#include "sql.h"
#include "state/ask.h"
#include "state/migrate_private.h"
#include "state/migration.h"

const char *
sl_migration_state_name(enum sl_migration_state state)
{
	switch (state) {
	case SL_MIGRATION_PENDING:
		return "pending";
	case SL_MIGRATION_APPLIED:
		return "applied";
	case SL_MIGRATION_ADOPTED:
		return "adopted";
	case SL_MIGRATION_CHANGED:
		return "changed";
	case SL_MIGRATION_UNKNOWN:
		return "unknown";
	}
	return "unknown";
}

size_t
sl_migrations_known(void)
{
	size_t n = 0;

	while (sl_migrations[n].version != NULL)
		n++;
	return n;
}

bool
sl_migration_known(const char *version)
{
	for (const struct sl_migration *m = sl_migrations; m->version != NULL;
	     m++)
		if (sl_text_equal(version, m->version))
			return true;
	return false;
}

void
sl_migrate_param(struct sl_params *p, enum sl_migrate_column column)
{
	struct sl_pg_array *a = sl_pg_array_new(p->arena);

	for (const struct sl_migration *m = sl_migrations; m->version != NULL;
	     m++) {
		switch (column) {
		case SL_MIGRATE_VERSIONS:
			sl_pg_array_text(a, m->version);
			break;
		case SL_MIGRATE_NAMES:
			sl_pg_array_text(a, m->name);
			break;
		case SL_MIGRATE_FILES:
			sl_pg_array_text(a, m->up);
			break;
		}
	}
	sl_params_text(p, sl_pg_array_done(a));
}

sl_status
sl_migrate_journal_exists(struct sl_pg *pg, bool *there, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	sl_status st = sl_pg_query(pg, sl_sql_migrate_exists, NULL, &rows, err);

	if (st == SL_OK)
		*there = sl_row_bool(rows, 0, "there");
	return st;
}

/* In a transaction of its own. */
static sl_status
journal_exists(struct sl_pg *pg, bool *there, struct sl_error *err)
{
	bool unknown;
	sl_status st = sl_pg_begin(pg, SL_PG_SELF, NULL, err);

	if (st == SL_OK)
		st = sl_migrate_journal_exists(pg, there, err);
	if (st == SL_OK)
		st = sl_pg_commit(pg, &unknown, err);
	sl_pg_rollback(pg);
	return st;
}

static void
list_all_pending(struct sl_arena *arena, struct sl_migration_row **out,
		 size_t *count)
{
	size_t n = sl_migrations_known();
	struct sl_migration_row *rows =
		SL_NEW_ARRAY(arena, n, struct sl_migration_row);

	for (size_t i = 0; i < n; i++) {
		rows[i] = (struct sl_migration_row){
			.version = sl_migrations[i].version,
			.name = sl_migrations[i].name,
			.state = SL_MIGRATION_PENDING,
			.applied_us = SL_NO_TIME,
			.duration_ms = -1,
		};
	}
	*out = rows;
	*count = n;
}

static enum sl_migration_state
state_of(const struct sl_rows *rows, size_t row)
{
	if (!sl_row_bool(rows, row, "applied"))
		return SL_MIGRATION_PENDING;
	if (!sl_row_bool(rows, row, "known"))
		return SL_MIGRATION_UNKNOWN;
	if (!sl_row_bool(rows, row, "has_checksum"))
		return SL_MIGRATION_ADOPTED;
	return sl_row_bool(rows, row, "matches") ? SL_MIGRATION_APPLIED
						 : SL_MIGRATION_CHANGED;
}

static void
read_list(const struct sl_rows *rows, struct sl_arena *arena,
	  struct sl_migration_row **out, size_t *count)
{
	size_t n = sl_rows_count(rows);

	*out = SL_NEW_ARRAY(arena, n, struct sl_migration_row);
	for (size_t i = 0; i < n; i++) {
		(*out)[i] = (struct sl_migration_row){
			.version = sl_row_copy(arena, rows, i, "version"),
			.name = sl_row_copy(arena, rows, i, "name"),
			.state = state_of(rows, i),
			.applied_us = sl_row_time(rows, i, "applied_at"),
			.duration_ms = sl_row_i64(rows, i, "duration_ms", -1),
		};
	}
	*count = n;
}

sl_status
sl_migrate_list(struct sl_pg *pg, struct sl_arena *arena,
		struct sl_migration_row **out, size_t *count,
		struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	const struct sl_question question = { .role = SL_PG_SELF,
					      .sql = sl_sql_migrate_list,
					      .params = &p };
	bool there;
	sl_status st = journal_exists(pg, &there, err);

	if (st != SL_OK)
		return st;
	if (!there) {
		list_all_pending(arena, out, count);
		return SL_OK;
	}
	sl_params_init(&p, arena);
	sl_migrate_param(&p, SL_MIGRATE_VERSIONS);
	sl_migrate_param(&p, SL_MIGRATE_NAMES);
	sl_migrate_param(&p, SL_MIGRATE_FILES);
	st = sl_pg_ask(pg, &question, &rows, err);
	if (st == SL_OK)
		read_list(rows, arena, out, count);
	return st;
}

sl_status
sl_migrate_newer(const char *version, struct sl_error *err)
{
	return sl_fail(err, SL_CONFIG, SL_CLIENT,
		       "the schema is newer than this binary: it does not "
		       "know migration %s; install the release that does",
		       version);
}

static sl_status
compare(struct sl_pg *pg, struct sl_arena *arena, size_t *pending,
	struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	const struct sl_question question = { .role = SL_PG_STRANGER,
					      .sql = sl_sql_migrate_compare,
					      .params = &p };
	sl_status st;

	sl_params_init(&p, arena);
	sl_migrate_param(&p, SL_MIGRATE_VERSIONS);
	st = sl_pg_ask(pg, &question, &rows, err);
	if (st != SL_OK)
		return st;
	if (sl_row_text(rows, 0, "unknown") != NULL)
		return sl_migrate_newer(sl_row_text(rows, 0, "unknown"), err);
	*pending = (size_t)sl_row_i64(rows, 0, "missing", 0);
	return SL_OK;
}

sl_status
sl_migrate_check(struct sl_pg *pg, size_t *pending, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	bool there;
	sl_status st = journal_exists(pg, &there, err);

	if (st != SL_OK)
		return st;
	if (!there) {
		*pending = sl_migrations_known();
		return SL_OK;
	}
	return compare(pg, arena, pending, err);
}
