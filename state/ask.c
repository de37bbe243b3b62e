/* SPDX-License-Identifier: Apache-2.0 */
#include "state/ask.h"

#include <string.h>

sl_status
sl_pg_ask(struct sl_pg *pg, const struct sl_question *question,
	  struct sl_rows **rows, struct sl_error *err)
{
	struct sl_rows *got = NULL;
	bool unknown;
	sl_status st = sl_pg_begin(pg, question->role, question->user_id, err);

	if (st == SL_OK)
		st = sl_pg_query(pg, question->sql, question->params, &got,
				 err);
	if (st == SL_OK)
		st = sl_pg_commit(pg, &unknown, err);
	sl_pg_rollback(pg);
	if (st == SL_OK && rows != NULL)
		*rows = got;
	else
		sl_rows_free(&got);
	return st;
}

void
sl_row_id(const struct sl_rows *rows, size_t row, char id[SL_UUID_TEXT])
{
	const char *text = sl_row_text(rows, row, "id");

	SL_ASSERT(text != NULL && strlen(text) == SL_UUID_TEXT - 1);
	memcpy(id, text, SL_UUID_TEXT);
}
