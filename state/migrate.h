/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The schema's migrations: what is applied, what is not, up and down.
 *
 * The journal is sluice.sys_table_migrations. Every migration file records
 * itself there (so that psql and other tools may apply it); the runner adds
 * checksum and duration. Each migration is one transaction under one
 * transaction-level advisory lock: two that start at once are safe, one does
 * the work and the other finds it done.
 */
#ifndef SL_STATE_MIGRATE_H
#define SL_STATE_MIGRATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"

#include "state/pg.h"

enum sl_migration_state {
	SL_MIGRATION_PENDING,
	SL_MIGRATION_APPLIED,
	SL_MIGRATION_ADOPTED, /* by another tool: no checksum yet      */
	SL_MIGRATION_CHANGED, /* applied, but its file was other then  */
	SL_MIGRATION_UNKNOWN, /* in the database, not in this binary   */
};

struct sl_migration_row {
	const char *version;
	const char *name;
	enum sl_migration_state state;
	int64_t applied_us;  /* SL_NO_TIME = not applied     */
	int64_t duration_ms; /* -1 = unknown                 */
};

/** "pending", "applied", "adopted", "changed", "unknown" */
const char *sl_migration_state_name(enum sl_migration_state state);

/** All of binary and journal, oldest first; needs read access to it. */
sl_status sl_migrate_list(struct sl_pg *pg, struct sl_arena *arena,
			  struct sl_migration_row **out, size_t *count,
			  struct sl_error *err) SL_NODISCARD;

/**
 * How many migrations of this binary are still to be applied? Works for the
 * login of the gateway and on an empty database.
 *
 * SL_CONFIG	the schema is newer than this binary, or the login may not
 *		take on the gateway's role
 */
sl_status sl_migrate_check(struct sl_pg *pg, size_t *pending,
			   struct sl_error *err) SL_NODISCARD;

/** Told after each migration that this process ran. */
struct sl_migrate_observer {
	void (*done)(void *ctx, const char *version, const char *name,
		     int64_t duration_ms);
	void *ctx;
};

/**
 * Apply all that is pending, oldest first.
 *
 * SL_CONFIG	an applied one differs from this binary's, or the schema is
 *		newer than this binary: nothing is applied
 */
sl_status sl_migrate_up(struct sl_pg *pg,
			const struct sl_migrate_observer *observer,
			struct sl_error *err) SL_NODISCARD;

/** Revert the `count` newest applied ones, newest first. */
sl_status sl_migrate_down(struct sl_pg *pg, size_t count,
			  const struct sl_migrate_observer *observer,
			  struct sl_error *err) SL_NODISCARD;

#endif
