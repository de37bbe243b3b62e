/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/db.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "state/migration.h"

#define NAME_BYTES 64
#define SQL_BYTES  65536

struct sl_test_db {
	struct sl_arena *arena;
	struct sl_pg *server; /* the maintenance database */
	struct sl_pg *pg;
	char name[NAME_BYTES];
	char url[2 * NAME_BYTES];
};

/* Left behind by other test programs; roles belong to the cluster. */
static const char login[] =
	"DO $$ BEGIN "
	"CREATE ROLE sluice_login LOGIN NOINHERIT PASSWORD 'test'; "
	"EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; "
	"END $$;"
	"GRANT sluice_gateway, sluice_operator TO sluice_login;";

static void
must(sl_status status, const struct sl_error *err, const char *what)
{
	if (status == SL_OK)
		return;
	(void)fprintf(stderr, "%s: %s %s: %s\n", what, sl_status_name(status),
		      err->sqlstate, err->text);
	abort();
}

/* Parallel programs must not race for roles: one migrates at a time. */
static void
migrate(struct sl_test_db *db)
{
	struct sl_error err;

	must(sl_pg_script(db->server, "SELECT pg_advisory_lock(7411)", &err),
	     &err, "lock");
	for (const struct sl_migration *m = sl_migrations; m->version != NULL;
	     m++)
		must(sl_pg_script(db->pg, m->up, &err), &err, m->name);
	must(sl_pg_script(db->pg, login, &err), &err, "login");
	must(sl_pg_script(db->server, "SELECT pg_advisory_unlock(7411)", &err),
	     &err, "unlock");
}

struct sl_test_db *
sl_test_db_new(void)
{
	static int serial;
	struct sl_test_db *db = sl_alloc(sizeof(*db));
	struct sl_error err;
	char text[2 * NAME_BYTES];

	db->arena = sl_arena_new();
	(void)snprintf(db->name, sizeof(db->name), "sluice_test_%d_%d",
		       (int)getpid(), serial++);
	must(sl_pg_connect("dbname=postgres", &db->server, &err), &err,
	     "connect (run under pg_virtualenv)");
	(void)snprintf(text, sizeof(text), "CREATE DATABASE %s", db->name);
	must(sl_pg_script(db->server, text, &err), &err, text);
	(void)snprintf(text, sizeof(text), "dbname=%s", db->name);
	must(sl_pg_connect(text, &db->pg, &err), &err, text);
	migrate(db);
	(void)snprintf(db->url, sizeof(db->url),
		       "dbname=%s user=sluice_login password=test", db->name);
	return db;
}

void
sl_test_db_free(struct sl_test_db **db)
{
	struct sl_error err;
	char text[2 * NAME_BYTES];

	if (*db == NULL)
		return;
	sl_pg_free(&(*db)->pg);
	(void)snprintf(text, sizeof(text), "DROP DATABASE %s WITH (FORCE)",
		       (*db)->name);
	must(sl_pg_script((*db)->server, text, &err), &err, text);
	sl_pg_free(&(*db)->server);
	sl_arena_free(&(*db)->arena);
	sl_free(*db);
	*db = NULL;
}

const char *
sl_test_db_url(const struct sl_test_db *db)
{
	return db->url;
}

const char *
sl_test_db_name(const struct sl_test_db *db)
{
	return db->name;
}

void
sl_test_db_exec(struct sl_test_db *db, const char *fmt, ...)
{
	static char sql[SQL_BYTES];
	struct sl_error err;
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(sql, sizeof(sql), fmt, args);
	va_end(args);
	must(sl_pg_script(db->pg, sql, &err), &err, sql);
}

static const char *
one_value(struct sl_test_db *db, const char *fmt, va_list args)
{
	static char sql[SQL_BYTES];
	SL_AUTO_ROWS rows = NULL;
	struct sl_error err;

	(void)vsnprintf(sql, sizeof(sql), fmt, args);
	must(sl_pg_query(db->pg, sql, NULL, &rows, &err), &err, sql);
	sl_arena_reset(db->arena);
	return sl_rows_count(rows) == 0 ? NULL
					: sl_row_copy(db->arena, rows, 0, "v");
}

const char *
sl_test_db_text(struct sl_test_db *db, const char *fmt, ...)
{
	const char *value;
	va_list args;

	va_start(args, fmt);
	value = one_value(db, fmt, args);
	va_end(args);
	return value;
}

int64_t
sl_test_db_i64(struct sl_test_db *db, const char *fmt, ...)
{
	const char *value;
	int64_t number = -1;
	va_list args;

	va_start(args, fmt);
	value = one_value(db, fmt, args);
	va_end(args);
	if (value == NULL || !sl_parse_i64(value, &number))
		return -1;
	return number;
}

void
sl_test_db_user(struct sl_test_db *db, const char *email, char out[37])
{
	(void)snprintf(out, 37, "%s",
		       sl_test_db_text(db,
				       "INSERT INTO auth.users (email) VALUES "
				       "('%s') RETURNING id AS v",
				       email));
}

void
sl_test_db_integration(struct sl_test_db *db, const char *user_id,
		       const char *provider, const char *account, char out[37])
{
	(void)snprintf(out, 37, "%s",
		       sl_test_db_text(
			       db,
			       "INSERT INTO public.user_integrations (user_id, "
			       "provider, account, account_subject) VALUES "
			       "('%s', '%s', '%s', 'sub-%s') RETURNING id AS v",
			       user_id, provider, account, account));
}
