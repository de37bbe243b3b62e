/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One connection: transactions and statements.
 *
 * BEGIN and the identity travel in one pipeline (pg_pipe.c), so that a
 * transaction costs one round trip before its first statement of use.
 */
#include "state/pg.h"

#include <jansson.h>
#include <string.h>

#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/base/text.h"

#include "sql.h"
#include "state/pg_private.h"

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
	(*out)->patience_ms = SL_PG_TIMEOUT_MS + SL_PG_TIMEOUT_MS_EXTRA;
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

/* The last result of what was sent; the others are good ones. */
static PGresult *
answer(struct sl_pg *pg)
{
	PGresult *last = sl_pg_next_result(pg);
	PGresult *more = last == NULL ? NULL : sl_pg_next_result(pg);

	while (more != NULL) {
		PQclear(last);
		last = more;
		more = sl_pg_next_result(pg);
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
	if (!sl_pg_is_good(result))
		status = sl_pg_refused(pg, result, err);
	PQclear(result);
	return status;
}

static const char *
role_name(enum sl_pg_role role)
{
	switch (role) {
	case SL_PG_SELF:
		return NULL;
	case SL_PG_GATEWAY:
	case SL_PG_STRANGER:
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
make_claims(const char *role, const char *user_id,
	    char claims[SL_PG_CLAIMS_MAX], struct sl_error *err)
{
	json_t *object;
	size_t len;

	if (user_id != NULL && !sl_is_uuid(user_id))
		return sl_fail(err, SL_BUG, SL_CLIENT, "user id is no uuid");
	object = json_pack("{s:s*, s:s*}", "sub", user_id, "role", role);
	len = json_dumpb(object, claims, SL_PG_CLAIMS_MAX - 1, JSON_COMPACT);
	json_decref(object);
	SL_ASSERT(len > 0 && len < SL_PG_CLAIMS_MAX);
	claims[len] = '\0';
	return SL_OK;
}

/* Send it; again once, when a dead connection showed itself only then. */
static sl_status
insist(struct sl_pg *pg, const struct sl_pg_batch *batch, struct sl_error *err)
{
	sl_status status = SL_OK;

	for (int tries = 0; tries < 2; tries++) {
		status = sl_pg_ensure(pg, err);
		if (status != SL_OK)
			return status;
		status = sl_pg_pipe(pg, batch, err);
		if (status == SL_OK || PQstatus(pg->conn) != CONNECTION_BAD)
			break;
	}
	return status;
}

static sl_status
as_role(struct sl_pg *pg, struct sl_pg_batch *batch, enum sl_pg_role role,
	const char *user_id, struct sl_error *err)
{
	sl_status status = SL_OK;

	SL_ASSERT(!pg->open);
	batch->identify = true;
	batch->settle = role != SL_PG_STRANGER;
	batch->role = role_name(role);
	pg->self = role == SL_PG_SELF;
	if (batch->role != NULL)
		status = make_claims(batch->role, user_id, batch->claims, err);
	if (status == SL_OK)
		status = insist(pg, batch, err);
	return status == SL_OK ? SL_OK : explain_identity(err);
}

static sl_status
begin(struct sl_pg *pg, const char *command, enum sl_pg_role role,
      const char *user_id, struct sl_error *err)
{
	struct sl_pg_batch batch = { .begin = command };
	sl_status status = as_role(pg, &batch, role, user_id, err);

	pg->open = status == SL_OK ||
		   PQtransactionStatus(pg->conn) == PQTRANS_INERROR;
	if (status != SL_OK)
		sl_pg_rollback(pg);
	return status;
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
sl_pg_at_once(struct sl_pg *pg, enum sl_pg_role role, const char *user_id,
	      struct sl_pg_call *calls, size_t count, struct sl_error *err)
{
	struct sl_pg_batch batch = { .calls = calls, .count = count };

	return as_role(pg, &batch, role, user_id, err);
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
	if (!sl_pg_is_good(result)) {
		status = sl_pg_refused(pg, result, err);
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
	if (!sl_pg_is_good(result)) {
		(void)sl_pg_refused(pg, result, err);
		PQclear(result);
		return err->status;
	}
	if (rows == NULL) {
		PQclear(result);
		return SL_OK;
	}
	*rows = sl_rows_new(result);
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
