/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs, as `logs` shows them: read-only, over all users, as the operator.
 */
#ifndef SL_STATE_LOGS_H
#define SL_STATE_LOGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"

#include "state/pg.h"

/** Which runs; NULL, SL_NO_TIME = all. */
struct sl_log_filter {
	const char *user_id, *connector;
	const char *status, *trigger;
	const char *run_id;
	bool errors; /* only those that did not end well         */
	int64_t since_us, until_us; /* under way between these   */
	int64_t limit;              /* the newest so many; 0 = all */
};

/** One run (or several without change, folded). */
struct sl_log_row {
	const char *id, *user_id, *integration_id, *connector, *account;
	const char *trigger, *mode, *status;
	int64_t started_us, finished_us;
	int64_t runs, requests, retries, bytes, pages, duration_ms;
	int64_t fetched, created, updated, unchanged, deleted;
	int64_t filtered, quarantined, contacts_created;
	const char *error_class, *error_scope, *error_text;
	const char *host;   /* or NULL */
	const char *detail; /* JSON    */
	int64_t xid;        /* of the transaction that wrote this version */
};

/** The newest first. */
sl_status sl_logs_list(struct sl_pg *pg, const struct sl_log_filter *filter,
		       struct sl_arena *arena, struct sl_log_row **out,
		       size_t *count, struct sl_error *err) SL_NODISCARD;

/**
 * A place in the stream of changes: whatever a look after this call does not
 * see yet was written by this transaction or a later one.
 */
sl_status sl_logs_now(struct sl_pg *pg, int64_t *xid, struct sl_error *err)
	SL_NODISCARD;

/**
 * Rows of the last eight days that are new, or were changed, since that place:
 * all that a look before it could not see, and some that it could (their `xid`
 * is not below the place).
 */
sl_status sl_logs_since(struct sl_pg *pg, const struct sl_log_filter *filter,
			int64_t xid, struct sl_arena *arena,
			struct sl_log_row **out, size_t *count,
			struct sl_error *err) SL_NODISCARD;

/** An item that a run did not store. */
struct sl_log_item {
	const char *kind, *key, *title; /* title: or NULL          */
	const char *source_id;
	const char *state;           /* "filtered", "quarantined" */
	const char *reason, *detail; /* detail: or NULL           */
	int64_t attempts, seen_us;
};

struct sl_log_items {
	struct sl_log_item *items;
	size_t count;
	int64_t total; /* how many there are, whatever the limit */
};

/** Items that were noted while the run was under way, quarantined ones first. */
sl_status sl_logs_items(struct sl_pg *pg, const struct sl_log_row *run,
			int64_t limit, struct sl_arena *arena,
			struct sl_log_items *out, struct sl_error *err)
	SL_NODISCARD;

#endif
