/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that a user has, as JSON, of one moment: under the user's own
 * identity, so that row level security keeps others out, and through a cursor,
 * so that memory does not grow with it. Tables that hold tokens are left out.
 */
#ifndef SL_STATE_EXPORT_H
#define SL_STATE_EXPORT_H

#include "core/base/error.h"

#include "state/pg.h"

/** Takes one row of a table; `row` is a JSON object, borrowed. */
typedef sl_status (*sl_export_row)(void *ctx, const char *table,
				   const char *row, struct sl_error *err);

/** Every row, table by table; ends with the first failure of `take`. */
sl_status sl_export_user(struct sl_pg *pg, const char *user_id,
			 sl_export_row take, void *ctx, struct sl_error *err)
	SL_NODISCARD;

#endif
