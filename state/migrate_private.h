/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by migrate.c (reads) and migrate_run.c (changes).
 */
#ifndef SL_STATE_MIGRATE_PRIVATE_H
#define SL_STATE_MIGRATE_PRIVATE_H

#include "state/migrate.h"

enum sl_migrate_column {
	SL_MIGRATE_VERSIONS,
	SL_MIGRATE_NAMES,
	SL_MIGRATE_FILES,
};

size_t sl_migrations_known(void);

/** Is it one of the binary's? */
bool sl_migration_known(const char *version);

/** One column of the binary's table as an array parameter. */
void sl_migrate_param(struct sl_params *p, enum sl_migrate_column column);

/** Inside a transaction. */
sl_status sl_migrate_journal_exists(struct sl_pg *pg, bool *there,
				    struct sl_error *err) SL_NODISCARD;

sl_status sl_migrate_newer(const char *version, struct sl_error *err);

#endif
