/* SPDX-License-Identifier: Apache-2.0 */
#include "state/users.h"

#include <string.h>

#include "core/base/clock.h"

#include "sql.h"
#include "state/ask.h"

static void
read_user(const struct sl_rows *rows, size_t row, struct sl_arena *arena,
	  struct sl_user *out)
{
	*out = (struct sl_user){
		.email = sl_row_copy(arena, rows, row, "email"),
		.created_us = sl_row_time(rows, row, "created_at"),
		.integrations = -1,
	};
	sl_row_id(rows, row, out->id);
}

sl_status
sl_user_find(struct sl_pg *pg, const char *who, struct sl_arena *arena,
	     struct sl_user *out, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, who);
	st = sl_pg_ask_operator(pg, sl_sql_user_find, &p, &rows, err);
	if (st != SL_OK && strcmp(err->sqlstate, "21000") == 0)
		return sl_fail(err, SL_REJECTED, SL_ITEM,
			       "several users have the address %s: name the "
			       "user by id (sluice user list)",
			       who);
	if (st != SL_OK)
		return st;
	if (sl_rows_count(rows) == 0)
		return sl_fail(err, SL_REJECTED, SL_ITEM,
			       "no user %s (see sluice user list)", who);
	read_user(rows, 0, arena, out);
	return SL_OK;
}

/* The function's refusals, in words that say what to do. */
static sl_status
explain_add(const char *email, struct sl_error *err)
{
	if (strcmp(err->sqlstate, "23505") == 0)
		return sl_fail(err, SL_REJECTED, SL_ITEM,
			       "there is a user with the address %s already "
			       "(see sluice user list)",
			       email);
	if (strcmp(err->sqlstate, "22023") == 0)
		return sl_fail(err, SL_REJECTED, SL_ITEM,
			       "not an e-mail address: %s", email);
	if (strcmp(err->sqlstate, "55000") == 0)
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "the users of this database belong to Supabase: "
			       "create the user there (dashboard, "
			       "Authentication)");
	return err->status;
}

sl_status
sl_user_add(struct sl_pg *pg, const char *email, char id[SL_UUID_TEXT],
	    struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, email);
	st = sl_pg_ask_operator(pg, sl_sql_user_add, &p, &rows, err);
	if (st != SL_OK)
		return explain_add(email, err);
	sl_row_id(rows, 0, id);
	return SL_OK;
}

sl_status
sl_user_list(struct sl_pg *pg, struct sl_arena *arena, struct sl_user **out,
	     size_t *count, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_user *users;
	size_t n;
	sl_status st =
		sl_pg_ask_operator(pg, sl_sql_user_list, NULL, &rows, err);

	if (st != SL_OK)
		return st;
	n = sl_rows_count(rows);
	users = SL_NEW_ARRAY(arena, n, struct sl_user);
	for (size_t i = 0; i < n; i++) {
		read_user(rows, i, arena, &users[i]);
		users[i].integrations = sl_row_i64(rows, i, "integrations", -1);
	}
	*out = users;
	*count = n;
	return SL_OK;
}
