/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The wrapper around libpq: identity, remedies, values there and back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "tests/support/db.h"
// cmocka last
#include <cmocka.h>

static const char user[] = "11111111-1111-4111-8111-111111111111";

static struct sl_test_db *db;
static struct sl_pg *pg;
static struct sl_arena *arena;
static struct sl_error err;

static int
setup(void **state)
{
	(void)state;
	db = sl_test_db_new();
	arena = sl_arena_new();
	return sl_pg_connect(sl_test_db_url(db), &pg, &err) == SL_OK ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	sl_pg_free(&pg);
	sl_arena_free(&arena);
	sl_test_db_free(&db);
	return 0;
}

static void
a_transaction_has_role_and_claims_and_leaves_nothing(void **state)
{
	static const char sql[] =
		"SELECT current_user AS u, "
		"current_setting('request.jwt.claims', true) AS c, "
		"current_setting('search_path') AS p, "
		"current_setting('jit') AS j";
	SL_AUTO_ROWS rows = NULL;
	bool unknown;

	(void)state;
	assert_int_equal(sl_pg_begin(pg, SL_PG_GATEWAY, user, &err), SL_OK);
	assert_int_equal(sl_pg_query(pg, sql, NULL, &rows, &err), SL_OK);
	assert_string_equal(sl_row_text(rows, 0, "u"), "sluice_gateway");
	assert_string_equal(sl_row_text(rows, 0, "c"),
			    "{\"sub\":\"11111111-1111-4111-8111-111111111111\","
			    "\"role\":\"sluice_gateway\"}");
	assert_string_equal(sl_row_text(rows, 0, "p"), "pg_catalog, pg_temp");
	assert_string_equal(sl_row_text(rows, 0, "j"), "off");
	sl_rows_free(&rows);
	assert_int_equal(sl_pg_commit(pg, &unknown, &err), SL_OK);
	assert_int_equal(sl_pg_begin(pg, SL_PG_SELF, NULL, &err), SL_OK);
	assert_int_equal(sl_pg_query(pg, sql, NULL, &rows, &err), SL_OK);
	assert_string_equal(sl_row_text(rows, 0, "u"), "sluice_login");
	assert_string_equal(sl_row_text(rows, 0, "c"), "");
	assert_string_equal(sl_row_text(rows, 0, "j"), "on");
	sl_pg_rollback(pg);
	sl_pg_rollback(pg);
	assert_int_equal(sl_pg_begin(pg, SL_PG_GATEWAY, "x' OR", &err), SL_BUG);
}

static void
no_wait_of_a_transaction_is_endless(void **state)
{
	static const char sql[] =
		"SELECT current_setting('statement_timeout') || ' ' || "
		"current_setting('lock_timeout') || ' ' || "
		"current_setting('idle_in_transaction_session_timeout') AS t";
	static const char own[] =
		"SELECT set_config('idle_in_transaction_session_timeout', "
		"'5s', false)";
	struct sl_rows *rows;
	bool unknown;

	(void)state;
	assert_int_equal(sl_pg_begin(pg, SL_PG_GATEWAY, user, &err), SL_OK);
	assert_int_equal(sl_pg_query(pg, sql, NULL, &rows, &err), SL_OK);
	assert_string_equal(sl_row_text(rows, 0, "t"), "1min 10s 1min");
	sl_rows_free(&rows);
	sl_pg_rollback(pg);
	/* What the operator has set stays. */
	assert_int_equal(sl_pg_begin(pg, SL_PG_SELF, NULL, &err), SL_OK);
	assert_int_equal(sl_pg_query(pg, own, NULL, NULL, &err), SL_OK);
	assert_int_equal(sl_pg_commit(pg, &unknown, &err), SL_OK);
	assert_int_equal(sl_pg_begin(pg, SL_PG_GATEWAY, user, &err), SL_OK);
	assert_int_equal(sl_pg_query(pg, sql, NULL, &rows, &err), SL_OK);
	assert_string_equal(sl_row_text(rows, 0, "t"), "1min 10s 5s");
	sl_rows_free(&rows);
	sl_pg_rollback(pg);
}

static void
without_a_role_the_login_sees_nothing(void **state)
{
	(void)state;
	assert_int_equal(sl_pg_begin(pg, SL_PG_SELF, NULL, &err), SL_OK);
	assert_int_equal(sl_pg_query(pg, "SELECT id FROM public.artifacts",
				     NULL, NULL, &err),
			 SL_CONFIG);
	assert_string_equal(err.sqlstate, "42501");
	sl_pg_rollback(pg);
}

static void
an_sqlstate_becomes_a_remedy(void **state)
{
	static const struct {
		const char *sqlstate;
		sl_status status;
		sl_scope scope;
	} rows[] = {
		{ "08006", SL_RETRY, SL_CLIENT },
		{ "57P01", SL_RETRY, SL_CLIENT },
		{ "57014", SL_RETRY, SL_CLIENT },
		{ "53300", SL_RETRY, SL_CLIENT },
		{ "40001", SL_RETRY, SL_CLIENT },
		{ "40P01", SL_RETRY, SL_CLIENT },
		{ "25006", SL_RETRY, SL_CLIENT },
		{ "55P03", SL_RETRY, SL_CLIENT },
		{ "22008", SL_REJECTED, SL_ITEM },
		{ "23514", SL_REJECTED, SL_ITEM },
		{ "54000", SL_REJECTED, SL_ITEM },
		{ "42P01", SL_CONFIG, SL_CLIENT },
		{ "3F000", SL_CONFIG, SL_CLIENT },
		{ "42501", SL_CONFIG, SL_CLIENT },
		{ "42883", SL_CONFIG, SL_CLIENT },
		{ "42703", SL_BUG, SL_CLIENT },
		{ "P0001", SL_REJECTED, SL_ITEM },
	};

	char sql[160];

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		(void)snprintf(sql, sizeof(sql),
			       "DO $$ BEGIN RAISE EXCEPTION E'one\\ntwo' USING "
			       "ERRCODE = '%s'; END $$",
			       rows[i].sqlstate);
		assert_int_equal(sl_pg_query(pg, sql, NULL, NULL, &err),
				 rows[i].status);
		assert_int_equal(err.scope, rows[i].scope);
		assert_string_equal(err.sqlstate, rows[i].sqlstate);
		assert_null(strchr(err.text, '\n'));
		assert_non_null(strstr(err.text, "one; two"));
	}
}

static void
no_error_shows_a_password(void **state)
{
	static const char *const urls[] = {
		"postgresql://u:se@cret@127.0.0.1/db",
		"postgresql://u:se/cret@127.0.0.1/db",
		"postgresql://u:secret@127.0.0.1:se/db",
		"host=127.0.0.1 password=secret nonsense",
		"postgresql://u:secret@127.0.0.1:1/db?se=cret",
		"postgresql://u:secret@127.0.0.1:1/db",
	};
	struct sl_pg *none = NULL;

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(urls); i++) {
		sl_status status = sl_pg_connect(urls[i], &none, &err);

		assert_int_equal(status, i + 1 == SL_ARRAY_LEN(urls)
						 ? SL_RETRY
						 : SL_CONFIG);
		assert_null(strstr(err.text, "cret"));
		assert_null(none);
	}
}

static void
values_go_there_and_back(void **state)
{
	static const int64_t times[] = { 0, INT64_C(1795176000123456),
					 -INT64_C(62135596800000000), INT64_MAX,
					 SL_NO_TIME };
	static const unsigned char bytes[] = { 0, 0xff, '\\', '"', 0 };
	SL_AUTO_ROWS rows = NULL;
	struct sl_pg_array *a = sl_pg_array_new(arena);
	struct sl_pg_array *t = sl_pg_array_new(arena);
	struct sl_params p;
	const unsigned char *back;
	size_t len;

	(void)state;
	sl_pg_array_text(a, "a\"b\\c,{} \n\xc3\xa4");
	sl_pg_array_text(a, NULL);
	sl_pg_array_text(a, "");
	sl_pg_array_text(a, "NULL");
	for (size_t i = 0; i < SL_ARRAY_LEN(times); i++)
		sl_pg_array_time(t, times[i]);
	sl_params_init(&p, arena);
	sl_params_text(&p, sl_pg_array_done(a));
	sl_params_text(&p, sl_pg_array_done(t));
	sl_params_bytes(&p, bytes, sizeof(bytes));
	assert_int_equal(sl_pg_begin(pg, SL_PG_GATEWAY, user, &err), SL_OK);
	assert_int_equal(
		sl_pg_query(pg,
			    "SELECT x, t, $3::bytea AS b FROM "
			    "unnest($1::text[], $2::timestamptz[]) AS u (x, t)",
			    &p, &rows, &err),
		SL_OK);
	assert_int_equal(sl_rows_count(rows), 5);
	assert_string_equal(sl_row_text(rows, 0, "x"), "a\"b\\c,{} \n\xc3\xa4");
	assert_null(sl_row_text(rows, 1, "x"));
	assert_string_equal(sl_row_text(rows, 2, "x"), "");
	assert_string_equal(sl_row_text(rows, 3, "x"), "NULL");
	for (size_t i = 0; i < SL_ARRAY_LEN(times); i++)
		assert_int_equal(sl_row_time(rows, i, "t"), times[i]);
	back = sl_row_bytes(arena, rows, 0, "b", &len);
	assert_int_equal(len, sizeof(bytes));
	assert_memory_equal(back, bytes, sizeof(bytes));
	sl_pg_rollback(pg);
}

static void
a_lost_connection_is_a_retry_and_comes_back(void **state)
{
	bool unknown = false;

	(void)state;
	assert_int_equal(sl_pg_begin(pg, SL_PG_GATEWAY, user, &err), SL_OK);
	sl_test_db_exec(db, "SELECT pg_terminate_backend(pid) FROM "
			    "pg_stat_activity WHERE usename = 'sluice_login' "
			    "AND datname = current_database()");
	assert_int_equal(sl_pg_query(pg, "SELECT 1", NULL, NULL, &err),
			 SL_RETRY);
	assert_int_equal(sl_pg_commit(pg, &unknown, &err), SL_RETRY);
	assert_true(unknown);
	assert_int_equal(sl_pg_begin(pg, SL_PG_OPERATOR, NULL, &err), SL_OK);
	assert_int_equal(sl_pg_commit(pg, &unknown, &err), SL_OK);
	assert_false(unknown);
}

static void
savepoints_undo_what_failed(void **state)
{
	SL_AUTO_ROWS rows = NULL;

	(void)state;
	assert_int_equal(sl_pg_begin(pg, SL_PG_GATEWAY, user, &err), SL_OK);
	assert_int_equal(sl_pg_savepoint(pg, &err), SL_OK);
	assert_int_equal(sl_pg_savepoint(pg, &err), SL_OK);
	assert_int_equal(sl_pg_query(pg, "SELECT 1/0", NULL, NULL, &err),
			 SL_REJECTED);
	assert_int_equal(sl_pg_savepoint_rollback(pg, &err), SL_OK);
	assert_int_equal(sl_pg_query(pg, "SELECT 7 AS v", NULL, &rows, &err),
			 SL_OK);
	assert_int_equal(sl_row_i64(rows, 0, "v", 0), 7);
	assert_int_equal(sl_pg_savepoint_release(pg, &err), SL_OK);
	sl_pg_rollback(pg);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_transaction_has_role_and_claims_and_leaves_nothing),
		cmocka_unit_test(no_wait_of_a_transaction_is_endless),
		cmocka_unit_test(without_a_role_the_login_sees_nothing),
		cmocka_unit_test(an_sqlstate_becomes_a_remedy),
		cmocka_unit_test(no_error_shows_a_password),
		cmocka_unit_test(values_go_there_and_back),
		cmocka_unit_test(a_lost_connection_is_a_retry_and_comes_back),
		cmocka_unit_test(savepoints_undo_what_failed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
