/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One statement in one transaction: what most commands need.
 */
#ifndef SL_STATE_ASK_H
#define SL_STATE_ASK_H

#include "core/base/text.h"

#include "state/pg.h"

/** Who asks, and what; `user_id` for the gateway only, or NULL. */
struct sl_question {
	enum sl_pg_role role;
	const char *user_id;
	const char *sql;
	const struct sl_params *params; /* or NULL */
};

/** Begin, run, commit. `rows` may be NULL; free them with sl_rows_free. */
sl_status sl_pg_ask(struct sl_pg *pg, const struct sl_question *question,
		    struct sl_rows **rows, struct sl_error *err) SL_NODISCARD;

/** The same, by the operator: what reports are made of. */
sl_status sl_pg_ask_operator(struct sl_pg *pg, const char *sql,
			     const struct sl_params *params,
			     struct sl_rows **rows, struct sl_error *err)
	SL_NODISCARD;

/** What to do in a transaction; may be done again after a rollback. */
typedef sl_status (*sl_pg_work)(struct sl_pg *pg, void *ctx,
				struct sl_error *err);

/**
 * Begin as the gateway, do the work, commit; again after a deadlock. A failure
 * rolls back. An unanswered COMMIT is SL_RETRY: the work must bear being
 * repeated.
 */
sl_status sl_pg_transact(struct sl_pg *pg, const char *user_id, sl_pg_work work,
			 void *ctx, struct sl_error *err) SL_NODISCARD;

/** The uuid in column "id" of the first row. */
void sl_row_id(const struct sl_rows *rows, size_t row, char id[SL_UUID_TEXT]);

#endif
