/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Up and down: one migration, one transaction, under one lock.
 *
 * After the lock is there the journal is read again: whoever held it before
 * may have done the work.
 */
#include <string.h>

#include "core/base/clock.h"

#include "sql.h"
#include "state/migrate_private.h"
#include "state/migration.h"

/** Tries when a lock that a run holds was not to be had in time. */
#define LOCK_TRIES 6

struct step {
	const struct sl_migration *migration;
	bool up;
	int64_t started_us;
	int64_t duration_ms;
	bool skipped; /* another process was faster */
};

static sl_status
is_applied(struct sl_pg *pg, struct sl_arena *arena, const char *version,
	   bool *applied, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	bool there;
	sl_status st = sl_migrate_journal_exists(pg, &there, err);

	if (st != SL_OK)
		return st;
	if (!there) {
		*applied = false;
		return SL_OK;
	}
	sl_params_init(&p, arena);
	sl_params_text(&p, version);
	st = sl_pg_query(pg, sl_sql_migrate_applied, &p, &rows, err);
	if (st == SL_OK)
		*applied = sl_row_bool(rows, 0, "applied");
	return st;
}

static sl_status
begin_locked(struct sl_pg *pg, struct sl_error *err)
{
	sl_status st = sl_pg_begin(pg, SL_PG_SELF, NULL, err);

	if (st == SL_OK) {
		sl_pg_be_patient(pg);
		st = sl_pg_query(pg, sl_sql_migrate_lock, NULL, NULL, err);
	}
	if (st == SL_OK)
		st = sl_pg_query(pg, sl_sql_migrate_limit, NULL, NULL, err);
	return st;
}

static sl_status
record(struct sl_pg *pg, struct sl_arena *arena, const struct step *step,
       struct sl_error *err)
{
	struct sl_params p;

	sl_params_init(&p, arena);
	sl_params_text(&p, step->migration->version);
	sl_params_text(&p, step->migration->name);
	sl_params_text(&p, step->migration->up);
	sl_params_i64(&p, step->duration_ms);
	return sl_pg_query(pg, sl_sql_migrate_record, &p, NULL, err);
}

static sl_status
forget(struct sl_pg *pg, struct sl_arena *arena, const struct step *step,
       struct sl_error *err)
{
	struct sl_params p;
	bool there;
	sl_status st = sl_migrate_journal_exists(pg, &there, err);

	if (st != SL_OK || !there)
		return st;
	sl_params_init(&p, arena);
	sl_params_text(&p, step->migration->version);
	return sl_pg_query(pg, sl_sql_migrate_forget, &p, NULL, err);
}

static sl_status
finish_step(struct sl_pg *pg, const struct step *step, struct sl_error *err)
{
	bool unknown;
	sl_status st = sl_pg_commit(pg, &unknown, err);

	if (st != SL_OK && unknown)
		return sl_error_wrap(err,
				     "migration %s: the commit was not "
				     "answered; run the command again",
				     step->migration->version);
	return st;
}

/* The transaction is open and locked. */
static sl_status
run_script(struct sl_pg *pg, struct sl_arena *arena, struct step *step,
	   struct sl_error *err)
{
	const struct sl_migration *m = step->migration;
	bool applied = false;
	sl_status st = is_applied(pg, arena, m->version, &applied, err);

	step->skipped = applied == step->up;
	if (st != SL_OK || step->skipped)
		return st;
	step->started_us = sl_mono_us(&sl_system_clock);
	st = sl_pg_script(pg, step->up ? m->up : m->down, err);
	if (st != SL_OK)
		return sl_error_wrap(err, "migration %s_%s%s", m->version,
				     m->name, step->up ? "" : " (reversal)");
	step->duration_ms =
		(sl_mono_us(&sl_system_clock) - step->started_us) / 1000;
	return step->up ? record(pg, arena, step, err)
			: forget(pg, arena, step, err);
}

static sl_status
try_step(struct sl_pg *pg, struct step *step, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	sl_status st = begin_locked(pg, err);

	if (st == SL_OK)
		st = run_script(pg, arena, step, err);
	if (st == SL_OK)
		st = finish_step(pg, step, err);
	sl_pg_rollback(pg);
	return st;
}

static sl_status
run_step(struct sl_pg *pg, struct step *step,
	 const struct sl_migrate_observer *observer, struct sl_error *err)
{
	sl_status st = SL_OK;

	for (int tries = 0; tries < LOCK_TRIES; tries++) {
		st = try_step(pg, step, err);
		if (st == SL_OK || strcmp(err->sqlstate, "55P03") != 0)
			break;
	}
	if (st == SL_OK && !step->skipped && observer != NULL)
		observer->done(observer->ctx, step->migration->version,
			       step->migration->name, step->duration_ms);
	return st;
}

/* Another tool applied some: from now on their files are known. */
static sl_status
adopt(struct sl_pg *pg, struct sl_arena *arena, struct sl_error *err)
{
	struct sl_params p;
	bool unknown;
	sl_status st = begin_locked(pg, err);

	sl_params_init(&p, arena);
	sl_migrate_param(&p, SL_MIGRATE_VERSIONS);
	sl_migrate_param(&p, SL_MIGRATE_FILES);
	if (st == SL_OK)
		st = sl_pg_query(pg, sl_sql_migrate_adopt, &p, NULL, err);
	if (st == SL_OK)
		st = sl_pg_commit(pg, &unknown, err);
	sl_pg_rollback(pg);
	return st;
}

/* Nothing is applied on top of a schema that is not what we think it is. */
static sl_status
check_rows(const struct sl_migration_row *rows, size_t count, bool *adopted,
	   struct sl_error *err)
{
	*adopted = false;
	for (size_t i = count; i > 0; i--) {
		const struct sl_migration_row *row = &rows[i - 1];

		if (row->state == SL_MIGRATION_UNKNOWN)
			return sl_migrate_newer(row->version, err);
		if (row->state == SL_MIGRATION_CHANGED)
			return sl_fail(err, SL_CONFIG, SL_CLIENT,
				       "migration %s_%s was applied from "
				       "another file than this binary's "
				       "(checksums differ): install the "
				       "release that matches the database",
				       row->version, row->name);
		if (row->state == SL_MIGRATION_ADOPTED)
			*adopted = true;
	}
	return SL_OK;
}

static const struct sl_migration *
migration_of(const char *version)
{
	const struct sl_migration *m = sl_migrations;

	while (m->version != NULL && strcmp(m->version, version) != 0)
		m++;
	SL_ASSERT(m->version != NULL);
	return m;
}

sl_status
sl_migrate_up(struct sl_pg *pg, const struct sl_migrate_observer *observer,
	      struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_migration_row *rows = NULL;
	size_t count = 0;
	bool adopted = false;
	sl_status st = sl_migrate_list(pg, arena, &rows, &count, err);

	if (st == SL_OK)
		st = check_rows(rows, count, &adopted, err);
	for (size_t i = 0; st == SL_OK && i < count; i++) {
		struct step step = { .up = true };

		if (rows[i].state != SL_MIGRATION_PENDING)
			continue;
		step.migration = migration_of(rows[i].version);
		st = run_step(pg, &step, observer, err);
	}
	if (st == SL_OK && adopted)
		st = adopt(pg, arena, err);
	return st;
}

sl_status
sl_migrate_down(struct sl_pg *pg, size_t count,
		const struct sl_migrate_observer *observer,
		struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_migration_row *rows = NULL;
	size_t n = 0;
	sl_status st = sl_migrate_list(pg, arena, &rows, &n, err);

	for (size_t i = n; st == SL_OK && i > 0 && count > 0; i--) {
		struct step step = { .up = false };

		if (rows[i - 1].state == SL_MIGRATION_PENDING)
			continue;
		if (rows[i - 1].state == SL_MIGRATION_UNKNOWN)
			return sl_migrate_newer(rows[i - 1].version, err);
		step.migration = migration_of(rows[i - 1].version);
		st = run_step(pg, &step, observer, err);
		count--;
	}
	return st;
}
