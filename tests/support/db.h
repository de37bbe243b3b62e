/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A throw-away database: freshly migrated, dropped at the end.
 *
 * Works in the server that the PG* environment names (pg_virtualenv), as its
 * superuser. The code under test logs in as sluice_login, which owns nothing,
 * inherits nothing and is a member of both roles. Failures end the test.
 */
#ifndef SL_TEST_DB_H
#define SL_TEST_DB_H

#include <stdint.h>

#include "core/base/arena.h"

#include "state/pg.h"

struct sl_test_db;

struct sl_test_db *sl_test_db_new(void);
void sl_test_db_free(struct sl_test_db **db);

/** Connection string of the login that the store uses. */
const char *sl_test_db_url(const struct sl_test_db *db);

/** Name of the database. */
const char *sl_test_db_name(const struct sl_test_db *db);

/** Commands as the superuser. */
void sl_test_db_exec(struct sl_test_db *db, const char *fmt, ...)
	SL_PRINTF(2, 3);

/** One value: the query names it `v`. Text lives until the next call. */
const char *sl_test_db_text(struct sl_test_db *db, const char *fmt, ...)
	SL_PRINTF(2, 3);
int64_t sl_test_db_i64(struct sl_test_db *db, const char *fmt, ...)
	SL_PRINTF(2, 3);

/** A user, and a connected integration of one; ids are uuid texts. */
void sl_test_db_user(struct sl_test_db *db, const char *email, char out[37]);
void sl_test_db_integration(struct sl_test_db *db, const char *user_id,
			    const char *provider, const char *account,
			    char out[37]);

#endif
