/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The one wrapper around libpq.
 *
 * Statements come from state/sql/ (embedded, one a file), parameters are
 * always bound, results are read by column name. Works through a
 * transaction-mode pooler: unnamed statements only, identity set
 * transaction-locally, nothing left behind in the session.
 *
 * SQLSTATE to remedy, mapped once, here: 08, 57P, 53, 40, 25006, 55P03,
 * connection loss -> SL_RETRY (client); 22, 23, 54, P0 -> SL_REJECTED (item);
 * 57014 -> SL_RETRY; no answer in time -> SL_RETRY; 42P01, 3F000, 42501 -> SL_CONFIG with what to do;
 * everything else -> SL_BUG.
 */
#ifndef SL_STATE_PG_H
#define SL_STATE_PG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"

struct sl_pg; /* one connection */

/**
 * url		libpq connection string or URI; NULL = the PG* environment
 *
 * SL_RETRY	cannot connect now (scope client); SL_CONFIG: bad string. The
 *		text never holds a password.
 */
sl_status sl_pg_connect(const char *url, struct sl_pg **out,
			struct sl_error *err) SL_NODISCARD;
void sl_pg_free(struct sl_pg **pg);

/** Reconnect when the connection was lost; no-op when it is well. */
sl_status sl_pg_ensure(struct sl_pg *pg, struct sl_error *err) SL_NODISCARD;

enum sl_pg_role {
	SL_PG_SELF,     /* the login itself: migrate, doctor            */
	SL_PG_GATEWAY,  /* sluice_gateway, as one user (or as nobody)   */
	SL_PG_OPERATOR, /* sluice_operator                              */
	SL_PG_STRANGER, /* the gateway in a schema of another version,
			 * perhaps: nothing of it is called to begin    */
};

/**
 * BEGIN, then role, claims and settings, all in one round trip.
 *
 * Reconnects first when the connection was lost. For gateway and operator
 * search_path is pg_catalog: SQL names every schema.
 *
 * user_id	uuid text for SL_PG_GATEWAY, or NULL: no identity
 */
sl_status sl_pg_begin(struct sl_pg *pg, enum sl_pg_role role,
		      const char *user_id, struct sl_error *err) SL_NODISCARD;

/** The same, but all of it sees one moment, and it cannot write. */
sl_status sl_pg_begin_snapshot(struct sl_pg *pg, enum sl_pg_role role,
			       const char *user_id, struct sl_error *err)
	SL_NODISCARD;

/**
 * SL_RETRY with `unknown` true: COMMIT was sent and no answer came.
 */
sl_status sl_pg_commit(struct sl_pg *pg, bool *unknown, struct sl_error *err)
	SL_NODISCARD;
void sl_pg_rollback(struct sl_pg *pg); /* no-op outside a transaction */

/*
 * A savepoint that a failed statement can be undone to; they nest. Each ends
 * by release (kept) or rollback (undone, and released).
 */
sl_status sl_pg_savepoint(struct sl_pg *pg, struct sl_error *err) SL_NODISCARD;
sl_status sl_pg_savepoint_release(struct sl_pg *pg, struct sl_error *err)
	SL_NODISCARD;
sl_status sl_pg_savepoint_rollback(struct sl_pg *pg, struct sl_error *err)
	SL_NODISCARD;

/** Parameters of one statement, all in text form; grow on the arena. */
struct sl_params {
	struct sl_arena *arena;
	const char *values[64];
	int count;
};

void sl_params_init(struct sl_params *p, struct sl_arena *arena);
void sl_params_text(struct sl_params *p, const char *value); /* NULL = NULL */
void sl_params_i64(struct sl_params *p, int64_t value);
void sl_params_bool(struct sl_params *p, bool value);
void sl_params_double(struct sl_params *p, double value);
/** UTC microseconds; SL_NO_TIME = NULL; INT64_MAX = 'infinity'. */
void sl_params_time(struct sl_params *p, int64_t us);
void sl_params_bytes(struct sl_params *p, const void *bytes, size_t len);

/** An array parameter, built element by element. */
struct sl_pg_array;
struct sl_pg_array *sl_pg_array_new(struct sl_arena *arena);
void sl_pg_array_text(struct sl_pg_array *a, const char *value);
void sl_pg_array_i64(struct sl_pg_array *a, int64_t value);
void sl_pg_array_bool(struct sl_pg_array *a, bool value);
void sl_pg_array_time(struct sl_pg_array *a, int64_t us);
void sl_pg_array_bytes(struct sl_pg_array *a, const void *bytes, size_t len);
/** The array literal, for sl_params_text. */
const char *sl_pg_array_done(struct sl_pg_array *a);

/** Rows of one statement. */
struct sl_rows;

/** Run one statement that must succeed; `rows` may be NULL. */
sl_status sl_pg_query(struct sl_pg *pg, const char *sql,
		      const struct sl_params *params, struct sl_rows **rows,
		      struct sl_error *err) SL_NODISCARD;

/** One of several statements that are sent together. */
struct sl_pg_call {
	const char *sql;
	const struct sl_params *params; /* or NULL */
	struct sl_rows *rows;           /* out; the caller's to free */
};

/** They must all succeed, one after the other; one round trip. */
sl_status sl_pg_query_all(struct sl_pg *pg, struct sl_pg_call *calls,
			  size_t count, struct sl_error *err) SL_NODISCARD;

/**
 * The same as a transaction of its own: begun as sl_pg_begin does, committed
 * when all succeeded; one round trip. For what may be repeated: it is, once,
 * when the connection is lost, and whether it was committed then is not known.
 */
sl_status sl_pg_at_once(struct sl_pg *pg, enum sl_pg_role role,
			const char *user_id, struct sl_pg_call *calls,
			size_t count, struct sl_error *err) SL_NODISCARD;

void sl_rows_free(struct sl_rows **rows);
size_t sl_rows_count(const struct sl_rows *rows);
/** Rows that INSERT, UPDATE or DELETE touched. */
int64_t sl_rows_affected(const struct sl_rows *rows);

/** NULL for SQL NULL; borrowed until sl_rows_free. Unknown column: bug. */
const char *sl_row_text(const struct sl_rows *rows, size_t row,
			const char *column);
/** Copy on an arena; NULL for SQL NULL. */
char *sl_row_copy(struct sl_arena *arena, const struct sl_rows *rows,
		  size_t row, const char *column);
int64_t sl_row_i64(const struct sl_rows *rows, size_t row, const char *column,
		   int64_t fallback);
bool sl_row_bool(const struct sl_rows *rows, size_t row, const char *column);
/** A timestamptz column to UTC microseconds; NULL = SL_NO_TIME, 'infinity' =
 *  INT64_MAX. Read it inside a transaction of sl_pg_begin, which fixes zone
 *  and style; SQL files return plain timestamptz columns. */
int64_t sl_row_time(const struct sl_rows *rows, size_t row, const char *column);
/** bytea, decoded on the arena. */
const unsigned char *sl_row_bytes(struct sl_arena *arena,
				  const struct sl_rows *rows, size_t row,
				  const char *column, size_t *len);

/** In the transaction that is open, wait for answers as long as it takes:
 *  migrations only. Else a server that answers nothing within its statement's
 *  time limit and ten seconds more is SL_RETRY (client), connection lost. */
void sl_pg_be_patient(struct sl_pg *pg);

/** Several commands in one simple query: migrations only. */
sl_status sl_pg_script(struct sl_pg *pg, const char *sql, struct sl_error *err)
	SL_NODISCARD;

/** Of an SL_REJECTED: may the same value do later, with nothing about it
 *  changed? */
bool sl_pg_may_pass(const struct sl_error *refusal);

/** Statements sent so far; for tests and `--json`. */
int64_t sl_pg_statements(const struct sl_pg *pg);

#define SL_AUTO_ROWS SL_CLEANUP(sl_rows_free) struct sl_rows *

#endif
