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

struct sl_rows {
	PGresult *result;
};

/**
 * Turn what libpq says into a remedy. `result` may be NULL (nothing came);
 * a lost connection is told by its status, because a killed server sends no
 * SQLSTATE.
 */
sl_status sl_pg_fail(const PGconn *conn, const PGresult *result,
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
