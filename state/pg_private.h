/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the pg*.c files share, and listen.c; nobody else includes this (or
 * libpq).
 */
#ifndef SL_STATE_PG_PRIVATE_H
#define SL_STATE_PG_PRIVATE_H

#include <libpq-fe.h>
#include <stdbool.h>

#include "core/base/error.h"

#include "state/pg.h"

/* How long an answer may take: the server's own time limit for a statement,
 * or this where it has none, and some time for the limit to take effect. */
#define SL_PG_TIMEOUT_MS       60000
#define SL_PG_TIMEOUT_MS_EXTRA 10000

/* {"sub":"<uuid>","role":"sluice_gateway"} */
#define SL_PG_CLAIMS_MAX 128

struct sl_pg {
	PGconn *conn;
	char *url;           /* NULL = the environment           */
	bool open;           /* a transaction is                 */
	bool stale;          /* to a server that may not write   */
	bool silent;         /* the connection was given up      */
	bool self;           /* the login acts as itself         */
	int64_t patience_ms; /* for one answer; 0 = without end  */
	int64_t statements;
};

struct sl_rows {
	PGresult *result;
};

/** Rows that own the result. */
struct sl_rows *sl_rows_new(PGresult *result);

/* pg_pipe.c */

/** What travels together. */
struct sl_pg_batch {
	const char *begin; /* the command, or NULL */
	bool identify;     /* role and claims of a transaction, ... */
	bool settle;       /* ... and settings, when it has a role  */
	const char *role;  /* NULL = the login itself */
	char claims[SL_PG_CLAIMS_MAX];
	struct sl_pg_call *calls;
	size_t count;
};

/** Send it, and take all answers; a failure leaves no rows. */
sl_status sl_pg_pipe(struct sl_pg *pg, const struct sl_pg_batch *batch,
		     struct sl_error *err) SL_NODISCARD;

bool sl_pg_is_good(const PGresult *result);
/** What libpq says of a failure, unless we gave up waiting. */
sl_status sl_pg_refused(struct sl_pg *pg, const PGresult *result,
			struct sl_error *err);
/** PQgetResult, with patience. */
PGresult *sl_pg_next_result(struct sl_pg *pg);

/**
 * Turn what libpq says into a remedy. `result` may be NULL (nothing came);
 * a lost connection is told by its status, because a killed server sends no
 * SQLSTATE.
 *
 * self		the login acts as itself: as the owner, to migrate
 */
sl_status sl_pg_fail(const PGconn *conn, const PGresult *result, bool self,
		     struct sl_error *err);

/**
 * Send what is unsent and wait until PQgetResult will not block.
 *
 * patience_ms	0 = as long as it takes
 *
 * False: it took longer, and the connection was given up.
 */
bool sl_pg_await(PGconn *conn, int64_t patience_ms);

/** What libpq says of the connection, its lines put into one. */
const char *sl_pg_said(const PGconn *conn, char out[SL_ERROR_TEXT_MAX]);

/**
 * Open a connection with sluice's defaults under what the caller gives.
 *
 * url		connection string or URI; NULL = the environment
 */
sl_status sl_pg_dial(const char *url, PGconn **out, struct sl_error *err)
	SL_NODISCARD;

#endif
