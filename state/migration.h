/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The migrations embedded in this binary, oldest first (generated table).
 */
#ifndef SL_STATE_MIGRATION_H
#define SL_STATE_MIGRATION_H

struct sl_migration {
	const char *version; /* 14 digits UTC; NULL ends the table */
	const char *name;
	const char *up;   /* the file, byte for byte */
	const char *down; /* its reversal            */
};

extern const struct sl_migration sl_migrations[];

#endif
