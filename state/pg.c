/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection: transactions and statements.
 *
 * BEGIN and the identity travel in one pipeline, so that a transaction costs
 * one round trip before its first statement of use.
 */
#include "state/pg.h"

#include <jansson.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/base/text.h"

#include "sql.h"
#include "state/pg_private.h"

/* {"sub":"<uuid>","role":"sluice_gateway"} */
#define CLAIMS_MAX 128

/* How long an answer may take: the server's own time limit for a statement,
 * or this where it has none, and some time for the limit to take effect. */
#define TIMEOUT_MS_DEFAULT 60000
#define TIMEOUT_MS_EXTRA   10000

struct sl_pg {
	PGconn *conn;
	char *url;           /* NULL = the environment           */
	bool open;           /* a transaction is                 */
	bool stale;          /* to a server that may not write   */
	bool silent;         /* the connection was given up      */
	int64_t patience_ms; /* for one answer; 0 = without end  */
	int64_t statements;
};

sl_status
sl_pg_connect(const char *url, struct sl_pg **out, struct sl_error *err)
{
	PGconn *conn;
	sl_status status = sl_pg_dial(url, &conn, err);

	if (status != SL_OK)
		return status;
	*out = sl_alloc(sizeof(**out));
	(*out)->conn = conn;
	(*out)->url = sl_strdup(url);
	(*out)->patience_ms = TIMEOUT_MS_DEFAULT + TIMEOUT_MS_EXTRA;
	return SL_OK;
}

void
sl_pg_free(struct sl_pg **pg)
{
	if (*pg == NULL)
		return;
	PQfinish((*pg)->conn);
	if ((*pg)->url != NULL)
		sl_wipe((*pg)->url, strlen((*pg)->url));
	sl_free((*pg)->url);
	sl_free(*pg);
	*pg = NULL;
}

int64_t
sl_pg_statements(const struct sl_pg *pg)
{
	return pg->statements;
}

/* A pooler may hand us a session that somebody else listened in: libpq keeps
 * what comes until it is taken. */
static void
drop_news(PGconn *conn)
{
	PGnotify *note;

	while ((note = PQnotifies(conn)) != NULL)
		PQfreemem(note);
}

/* Is it well, idle, and did the server not hang up meanwhile? */
static bool
is_well(struct sl_pg *pg)
{
	if (PQstatus(pg->conn) != CONNECTION_OK || pg->stale)
		return false;
	(void)PQconsumeInput(pg->conn);
	drop_news(pg->conn);
	return PQstatus(pg->conn) == CONNECTION_OK &&
	       PQtransactionStatus(pg->conn) == PQTRANS_IDLE;
}

sl_status
sl_pg_ensure(struct sl_pg *pg, struct sl_error *err)
{
	PGconn *fresh;
	sl_status status;

	if (is_well(pg))
		return SL_OK;
	status = sl_pg_dial(pg->url, &fresh, err);
	if (status != SL_OK)
		return status;
	PQfinish(pg->conn);
	pg->conn = fresh;
	pg->open = false;
	pg->stale = false;
	pg->silent = false;
	return SL_OK;
}

static bool
is_good(const PGresult *result)
{
	ExecStatusType got = PQresultStatus(result);

	return got == PGRES_TUPLES_OK || got == PGRES_COMMAND_OK;
}

/* What libpq says, unless we gave up waiting. */
static sl_status
fail(struct sl_pg *pg, const PGresult *result, struct sl_error *err)
{
	if (pg->silent)
		return sl_fail(err, SL_RETRY, SL_CLIENT,
			       "the database did not answer for %lld s: the "
			       "connection is given up",
			       (long long)(pg->patience_ms / 1000));
	(void)sl_pg_fail(pg->conn, result, err);
	/* A standby: the next transaction looks for the primary. */
	if (strcmp(err->sqlstate, "25006") == 0)
		pg->stale = true;
	return err->status;
}

static PGresult *
next_result(struct sl_pg *pg)
{
	if (!sl_pg_await(pg->conn, pg->patience_ms))
		pg->silent = true;
	return PQgetResult(pg->conn);
}

/* The last result of what was sent; the others are good ones. */
static PGresult *
answer(struct sl_pg *pg)
{
	PGresult *last = next_result(pg);
	PGresult *more = last == NULL ? NULL : next_result(pg);

	while (more != NULL) {
		PQclear(last);
		last = more;
		more = next_result(pg);
	}
	return last;
}

static PGresult *
execute(struct sl_pg *pg, const char *command)
{
	return PQsendQuery(pg->conn, command) == 1 ? answer(pg) : NULL;
}

static sl_status
simple(struct sl_pg *pg, const char *command, struct sl_error *err)
{
	PGresult *result = execute(pg, command);
	sl_status status = SL_OK;

	pg->statements++;
	if (!is_good(result))
		status = fail(pg, result, err);
	PQclear(result);
	return status;
}

/* The identity's answer tells the time limit of statements. */
static void
note_patience(struct sl_pg *pg, const PGresult *result)
{
	int column = PQfnumber(result, "timeout_ms");
	int64_t ms = 0;

	if (column < 0 || !sl_parse_i64(PQgetvalue(result, 0, column), &ms))
		return;
	pg->patience_ms = (ms > 0 ? ms : TIMEOUT_MS_DEFAULT) + TIMEOUT_MS_EXTRA;
}

/* Take all results of a pipeline; the first failure is the one that counts. */
static sl_status
drain_pipeline(struct sl_pg *pg, struct sl_error *err)
{
	sl_status status = SL_OK;
	bool synced = false;
	int empty = 0;

	while (!synced && empty < 3) {
		PGresult *result = next_result(pg);
		ExecStatusType got = PQresultStatus(result);

		empty = result == NULL ? empty + 1 : 0;
		synced = got == PGRES_PIPELINE_SYNC;
		if (result != NULL && !synced && !is_good(result) &&
		    status == SL_OK)
			status = fail(pg, result, err);
		if (got == PGRES_TUPLES_OK)
			note_patience(pg, result);
		PQclear(result);
	}
	if (status == SL_OK && !synced)
		status = fail(pg, NULL, err);
	return status;
}

static sl_status
begin_as(struct sl_pg *pg, const char *command, const char *const identity[2],
	 struct sl_error *err)
{
	PGconn *conn = pg->conn;
	sl_status status;

	pg->statements += 2;
	if (PQenterPipelineMode(conn) != 1 ||
	    PQsendQueryParams(conn, command, 0, NULL, NULL, NULL, NULL, 0) !=
		    1 ||
	    PQsendQueryParams(conn, sl_sql_pg_identity, 2, NULL, identity, NULL,
			      NULL, 0) != 1 ||
	    PQpipelineSync(conn) != 1)
		return sl_pg_fail(conn, NULL, err);
	status = drain_pipeline(pg, err);
	if (PQexitPipelineMode(conn) != 1 && status == SL_OK)
		status = sl_pg_fail(conn, NULL, err);
	return status;
}

static const char *
role_name(enum sl_pg_role role)
{
	switch (role) {
	case SL_PG_SELF:
		return NULL;
	case SL_PG_GATEWAY:
		return "sluice_gateway";
	case SL_PG_OPERATOR:
		return "sluice_operator";
	}
	return NULL;
}

/* An absent role is 22023: for us that is a missing migration. */
static sl_status
explain_identity(struct sl_error *err)
{
	if (strcmp(err->sqlstate, "22023") != 0)
		return err->status;
	(void)sl_fail(err, SL_CONFIG, SL_CLIENT,
		      "the database has no role sluice_gateway or "
		      "sluice_operator (run 'sluice migrate')");
	return SL_CONFIG;
}

static sl_status
make_claims(const char *role, const char *user_id, char claims[CLAIMS_MAX],
	    struct sl_error *err)
{
	json_t *object;
	size_t len;

	if (user_id != NULL && !sl_is_uuid(user_id))
		return sl_fail(err, SL_BUG, SL_CLIENT, "user id is no uuid");
	object = json_pack("{s:s*, s:s*}", "sub", user_id, "role", role);
	len = json_dumpb(object, claims, CLAIMS_MAX - 1, JSON_COMPACT);
	json_decref(object);
	SL_ASSERT(len > 0 && len < CLAIMS_MAX);
	claims[len] = '\0';
	return SL_OK;
}

static sl_status
begin(struct sl_pg *pg, const char *command, enum sl_pg_role role,
      const char *user_id, struct sl_error *err)
{
	const char *name = role_name(role);
	char claims[CLAIMS_MAX];
	const char *const identity[2] = { name, name == NULL ? NULL : claims };
	sl_status status = SL_OK;

	SL_ASSERT(!pg->open);
	if (name != NULL)
		status = make_claims(name, user_id, claims, err);
	/* A dead connection may show itself only now: one more try. */
	for (int tries = 0; status == SL_OK && tries < 2; tries++) {
		status = sl_pg_ensure(pg, err);
		if (status != SL_OK)
			return status;
		status = begin_as(pg, command, identity, err);
		if (status == SL_OK) {
			pg->open = true;
			return SL_OK;
		}
		if (PQstatus(pg->conn) == CONNECTION_BAD)
			status = SL_OK;
	}
	if (status == SL_OK)
		return err->status;
	pg->open = true;
	sl_pg_rollback(pg);
	return explain_identity(err);
}

sl_status
sl_pg_begin(struct sl_pg *pg, enum sl_pg_role role, const char *user_id,
	    struct sl_error *err)
{
	return begin(pg, "BEGIN", role, user_id, err);
}

sl_status
sl_pg_begin_snapshot(struct sl_pg *pg, enum sl_pg_role role,
		     const char *user_id, struct sl_error *err)
{
	return begin(pg, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY",
		     role, user_id, err);
}

sl_status
sl_pg_commit(struct sl_pg *pg, bool *unknown, struct sl_error *err)
{
	PGresult *result;
	sl_status status = SL_OK;

	SL_ASSERT(pg->open);
	pg->open = false;
	*unknown = false;
	pg->statements++;
	result = execute(pg, "COMMIT");
	if (!is_good(result)) {
		status = fail(pg, result, err);
		*unknown = PQstatus(pg->conn) == CONNECTION_BAD;
	} else if (strcmp(PQcmdStatus(result), "COMMIT") != 0) {
		status = sl_fail(err, SL_BUG, SL_CLIENT,
				 "commit of a failed transaction");
	}
	PQclear(result);
	return status;
}

void
sl_pg_rollback(struct sl_pg *pg)
{
	struct sl_error ignored;

	if (!pg->open)
		return;
	pg->open = false;
	/* If it fails the connection is gone, and the transaction with it. */
	if (PQstatus(pg->conn) == CONNECTION_OK &&
	    simple(pg, "ROLLBACK", &ignored) != SL_OK)
		return;
}

sl_status
sl_pg_savepoint(struct sl_pg *pg, struct sl_error *err)
{
	SL_ASSERT(pg->open);
	return simple(pg, "SAVEPOINT sluice", err);
}

sl_status
sl_pg_savepoint_release(struct sl_pg *pg, struct sl_error *err)
{
	SL_ASSERT(pg->open);
	return simple(pg, "RELEASE SAVEPOINT sluice", err);
}

sl_status
sl_pg_savepoint_rollback(struct sl_pg *pg, struct sl_error *err)
{
	sl_status status;

	SL_ASSERT(pg->open);
	status = simple(pg, "ROLLBACK TO SAVEPOINT sluice", err);
	return status == SL_OK ? sl_pg_savepoint_release(pg, err) : status;
}

sl_status
sl_pg_query(struct sl_pg *pg, const char *sql, const struct sl_params *params,
	    struct sl_rows **rows, struct sl_error *err)
{
	PGresult *result = NULL;

	if (PQsendQueryParams(pg->conn, sql, params == NULL ? 0 : params->count,
			      NULL, params == NULL ? NULL : params->values,
			      NULL, NULL, 0) == 1)
		result = answer(pg);
	pg->statements++;
	if (!is_good(result)) {
		(void)fail(pg, result, err);
		PQclear(result);
		return err->status;
	}
	if (rows == NULL) {
		PQclear(result);
		return SL_OK;
	}
	*rows = sl_alloc(sizeof(**rows));
	(*rows)->result = result;
	return SL_OK;
}

sl_status
sl_pg_script(struct sl_pg *pg, const char *sql, struct sl_error *err)
{
	return simple(pg, sql, err);
}

void
sl_pg_be_patient(struct sl_pg *pg)
{
	SL_ASSERT(pg->open);
	pg->patience_ms = 0;
}
