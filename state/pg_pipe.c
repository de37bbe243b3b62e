/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Statements that travel together: one round trip for all.
 *
 * What is sent between two Syncs without a BEGIN is one transaction, begun by
 * its first statement and committed when all went well.
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "sql.h"
#include "state/pg_private.h"

bool
sl_pg_is_good(const PGresult *result)
{
	ExecStatusType got = PQresultStatus(result);

	return got == PGRES_TUPLES_OK || got == PGRES_COMMAND_OK;
}

sl_status
sl_pg_refused(struct sl_pg *pg, const PGresult *result, struct sl_error *err)
{
	if (pg->silent)
		return sl_fail(err, SL_RETRY, SL_CLIENT,
			       "the database did not answer for %lld s: the "
			       "connection is given up",
			       (long long)(pg->patience_ms / 1000));
	(void)sl_pg_fail(pg->conn, result, pg->self, err);
	/* A standby: the next transaction looks for the primary. */
	if (strcmp(err->sqlstate, "25006") == 0)
		pg->stale = true;
	return err->status;
}

PGresult *
sl_pg_next_result(struct sl_pg *pg)
{
	if (!sl_pg_await(pg->conn, pg->patience_ms))
		pg->silent = true;
	return PQgetResult(pg->conn);
}

/* The settings' answer tells the time limit of statements. */
static void
note_patience(struct sl_pg *pg, const PGresult *result)
{
	int column = PQfnumber(result, "timeout_ms");
	int64_t ms = 0;

	if (column < 0 || !sl_parse_i64(PQgetvalue(result, 0, column), &ms))
		return;
	pg->patience_ms =
		(ms > 0 ? ms : SL_PG_TIMEOUT_MS) + SL_PG_TIMEOUT_MS_EXTRA;
}

static bool
send_one(struct sl_pg *pg, const char *sql, int count,
	 const char *const *values)
{
	pg->statements++;
	return PQsendQueryParams(pg->conn, sql, count, NULL, values, NULL, NULL,
				 0) == 1;
}

/* How many statements come before the calls? -1: they could not be sent. */
static int
send_identity(struct sl_pg *pg, const struct sl_pg_batch *b)
{
	const char *const identity[2] = { b->role, b->claims };
	int sent = 0;

	if (b->begin != NULL && !send_one(pg, b->begin, 0, NULL))
		return -1;
	sent += b->begin != NULL;
	if (!b->identify)
		return sent;
	if (b->role == NULL)
		return send_one(pg, sl_sql_pg_self, 0, NULL) ? sent + 1 : -1;
	if (!send_one(pg, sl_sql_pg_identity, 2, identity) ||
	    (b->settle && !send_one(pg, sl_sql_pg_settle, 0, NULL)))
		return -1;
	return sent + 1 + b->settle;
}

static bool
send_calls(struct sl_pg *pg, const struct sl_pg_batch *b)
{
	for (size_t i = 0; i < b->count; i++) {
		const struct sl_params *p = b->calls[i].params;

		if (!send_one(pg, b->calls[i].sql, p == NULL ? 0 : p->count,
			      p == NULL ? NULL : p->values))
			return false;
	}
	return PQpipelineSync(pg->conn) == 1;
}

/* Take all results; the first failure is the one that counts. */
static sl_status
take_results(struct sl_pg *pg, const struct sl_pg_batch *b, int before,
	     struct sl_error *err)
{
	sl_status status = SL_OK;
	bool synced = false;
	int empty = 0, at = -before;

	while (!synced && empty < 3) {
		PGresult *result = sl_pg_next_result(pg);
		ExecStatusType got = PQresultStatus(result);

		empty = result == NULL ? empty + 1 : 0;
		synced = got == PGRES_PIPELINE_SYNC;
		if (result == NULL || synced) {
			PQclear(result);
			continue;
		}
		if (!sl_pg_is_good(result) && status == SL_OK)
			status = sl_pg_refused(pg, result, err);
		if (at < 0 && got == PGRES_TUPLES_OK)
			note_patience(pg, result);
		if (at >= 0 && at < (int)b->count && status == SL_OK) {
			b->calls[at].rows = sl_rows_new(result);
			result = NULL;
		}
		PQclear(result);
		at++;
	}
	if (status == SL_OK && !synced)
		status = sl_pg_refused(pg, NULL, err);
	return status;
}

sl_status
sl_pg_pipe(struct sl_pg *pg, const struct sl_pg_batch *b, struct sl_error *err)
{
	sl_status status;
	int before;

	for (size_t i = 0; i < b->count; i++)
		b->calls[i].rows = NULL;
	if (PQenterPipelineMode(pg->conn) != 1)
		return sl_pg_fail(pg->conn, NULL, pg->self, err);
	before = send_identity(pg, b);
	if (before < 0 || !send_calls(pg, b))
		return sl_pg_fail(pg->conn, NULL, pg->self, err);
	status = take_results(pg, b, before, err);
	if (PQexitPipelineMode(pg->conn) != 1 && status == SL_OK)
		status = sl_pg_fail(pg->conn, NULL, pg->self, err);
	for (size_t i = 0; i < b->count && status != SL_OK; i++)
		sl_rows_free(&b->calls[i].rows);
	return status;
}

sl_status
sl_pg_query_all(struct sl_pg *pg, struct sl_pg_call *calls, size_t count,
		struct sl_error *err)
{
	SL_ASSERT(pg->open);
	return sl_pg_pipe(
		pg, &(struct sl_pg_batch){ .calls = calls, .count = count },
		err);
}
