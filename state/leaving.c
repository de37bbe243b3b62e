/* SPDX-License-Identifier: Apache-2.0 */
#include "state/leaving.h"

#include <stdio.h>
#include <string.h>

#include "sql.h"
#include "state/ask.h"

static const char actor[] = "cli";

sl_status
sl_leaver_find(struct sl_pg *pg, const char *who, struct sl_leaver *out,
	       struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	const struct sl_question question = { .role = SL_PG_OPERATOR,
					      .sql = sl_sql_leaver_find,
					      .params = &p };
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, who);
	st = sl_pg_ask(pg, &question, &rows, err);
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
	sl_row_id(rows, 0, out->id);
	out->gone = sl_text_equal(sl_row_text(rows, 0, "state"), "gone");
	return SL_OK;
}

static const char *
connector_array(struct sl_arena *arena, const char *const *connectors)
{
	struct sl_pg_array *array;

	if (connectors == NULL)
		return NULL;
	array = sl_pg_array_new(arena);
	for (; *connectors != NULL; connectors++)
		sl_pg_array_text(array, *connectors);
	return sl_pg_array_done(array);
}

static sl_status
query_accounts(struct sl_pg *pg, const struct sl_leaving_filter *filter,
	       struct sl_arena *arena, struct sl_rows **rows,
	       struct sl_error *err)
{
	struct sl_params p;

	sl_params_init(&p, arena);
	sl_params_text(&p, filter->user_id);
	sl_params_text(&p, connector_array(arena, filter->connectors));
	sl_params_text(&p, filter->account);
	return sl_pg_query(pg, sl_sql_leave_accounts, &p, rows, err);
}

sl_status
sl_leaving_accounts(struct sl_pg *pg, const struct sl_leaving_filter *filter,
		    struct sl_arena *arena, struct sl_leaving_account **out,
		    size_t *count, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_leaving_account *list;
	sl_status st = sl_pg_begin(pg, SL_PG_GATEWAY, filter->user_id, err);

	if (st == SL_OK)
		st = query_accounts(pg, filter, arena, &rows, err);
	sl_pg_rollback(pg); /* it only reads */
	if (st != SL_OK)
		return st;
	*count = sl_rows_count(rows);
	list = SL_NEW_ARRAY(arena, *count + 1, struct sl_leaving_account);
	for (size_t i = 0; i < *count; i++) {
		list[i] = (struct sl_leaving_account){
			.connector = sl_row_copy(arena, rows, i, "provider"),
			.account = sl_row_copy(arena, rows, i, "account"),
			.subject =
				sl_row_copy(arena, rows, i, "account_subject"),
			.status = sl_row_copy(arena, rows, i, "status"),
			.granted = sl_row_text(rows, i, "grant_id") != NULL,
		};
		sl_row_id(rows, i, list[i].id);
	}
	*out = list;
	return SL_OK;
}

/* Leases and integrations of `ids`, an array literal. */
static sl_status
stop_runs(struct sl_pg *pg, struct sl_arena *arena, const char *user_id,
	  const char *ids, int64_t *running, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, user_id);
	sl_params_text(&p, ids);
	st = sl_pg_query(pg, sl_sql_leave_runs, &p, &rows, err);
	if (st != SL_OK)
		return st;
	*running = sl_row_i64(rows, 0, "running", 0);
	st = sl_pg_query(pg, sl_sql_leave_logs, &p, NULL, err);
	if (st != SL_OK)
		return st;
	return sl_pg_query(pg, sl_sql_leave_integrations, &p, NULL, err);
}

static sl_status
drop_grant(struct sl_pg *pg, struct sl_arena *arena, const char *user_id,
	   const char *grant_id, bool withhold, struct sl_error *err)
{
	struct sl_params p;
	sl_status st = SL_OK;

	sl_params_init(&p, arena);
	sl_params_text(&p, user_id);
	sl_params_text(&p, grant_id);
	if (withhold)
		st = sl_pg_query(pg, sl_sql_leave_withhold, &p, NULL, err);
	if (st == SL_OK)
		st = sl_pg_query(pg, sl_sql_leave_grant, &p, NULL, err);
	if (st != SL_OK)
		return st;
	sl_params_text(&p, "disconnected");
	sl_params_text(&p, actor);
	sl_params_text(&p, withhold ? "not revoked: another consent of the "
				      "account goes on"
				    : NULL);
	return sl_pg_query(pg, sl_sql_grant_audit, &p, NULL, err);
}

struct leave_work {
	const struct sl_leaving *leaving;
	struct sl_arena *arena;
	struct sl_left left;
};

static const char *
used_by(const struct leave_work *w, const struct sl_rows *rows)
{
	const char *all = NULL;

	for (size_t i = 0; i < sl_rows_count(rows); i++) {
		const char *used = sl_row_text(rows, i, "used");

		if (used != NULL)
			all = sl_arena_printf(w->arena, "%s%s%s",
					      all == NULL ? "" : all,
					      all == NULL ? "" : ", ", used);
	}
	return all;
}

/* Consents of the account that nobody uses any more. */
static sl_status
drop_unused(struct sl_pg *pg, struct leave_work *w, struct sl_error *err)
{
	const struct sl_leaving *l = w->leaving;
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	const char *used;
	bool withhold;
	sl_status st;

	sl_params_init(&p, w->arena);
	sl_params_text(&p, l->user_id);
	sl_params_text(&p, l->provider);
	sl_params_text(&p, l->accounts[0].subject);
	st = sl_pg_query(pg, sl_sql_leave_rest, &p, &rows, err);
	used = st == SL_OK ? used_by(w, rows) : NULL;
	withhold = used != NULL && l->revokes_all;
	for (size_t i = 0; st == SL_OK && i < sl_rows_count(rows); i++) {
		if (sl_row_text(rows, i, "used") != NULL)
			continue;
		st = drop_grant(pg, w->arena, l->user_id,
				sl_row_text(rows, i, "id"), withhold, err);
		w->left.gone += !withhold;
		w->left.withheld = withhold ? used : NULL;
	}
	w->left.kept = used;
	return st;
}

static sl_status
leave_work(struct sl_pg *pg, void *ctx, struct sl_error *err)
{
	struct leave_work *w = ctx;
	const struct sl_leaving *l = w->leaving;
	struct sl_pg_array *array = sl_pg_array_new(w->arena);
	struct sl_params p;
	const char *ids;
	sl_status st;

	w->left = (struct sl_left){ .kept = NULL };
	for (size_t i = 0; i < l->count; i++)
		sl_pg_array_text(array, l->accounts[i].id);
	ids = sl_pg_array_done(array);
	sl_params_init(&p, w->arena);
	sl_params_text(&p, l->user_id);
	sl_params_text(&p, ids);
	st = sl_pg_query(pg, sl_sql_leave_grants, &p, NULL, err);
	if (st == SL_OK)
		st = stop_runs(pg, w->arena, l->user_id, ids, &w->left.running,
			       err);
	return st == SL_OK ? drop_unused(pg, w, err) : st;
}

sl_status
sl_leaving_disconnect(struct sl_pg *pg, const struct sl_leaving *leaving,
		      struct sl_arena *arena, struct sl_left *out,
		      struct sl_error *err)
{
	struct leave_work w = { .leaving = leaving, .arena = arena };
	sl_status st =
		sl_pg_transact(pg, leaving->user_id, leave_work, &w, err);

	if (st == SL_OK)
		*out = w.left;
	return st;
}

static sl_status
stop_all(struct sl_pg *pg, struct sl_arena *arena, const char *user_id,
	 struct sl_error *err)
{
	const struct sl_leaving_filter filter = { .user_id = user_id };
	struct sl_pg_array *ids = sl_pg_array_new(arena);
	SL_AUTO_ROWS rows = NULL;
	int64_t running;
	sl_status st = query_accounts(pg, &filter, arena, &rows, err);

	if (st != SL_OK)
		return st;
	for (size_t i = 0; i < sl_rows_count(rows); i++)
		sl_pg_array_text(ids, sl_row_text(rows, i, "id"));
	return stop_runs(pg, arena, user_id, sl_pg_array_done(ids), &running,
			 err);
}

sl_status
sl_leaving_stop_user(struct sl_pg *pg, const char *user_id, int64_t *grants,
		     int64_t *secrets, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	*secrets = 0;
	sl_params_init(&p, arena);
	sl_params_text(&p, user_id);
	st = sl_pg_query(pg, sl_sql_leave_user_grants, &p, &rows, err);
	if (st == SL_OK)
		st = stop_all(pg, arena, user_id, err);
	for (size_t i = 0; st == SL_OK && i < sl_rows_count(rows); i++) {
		*secrets += sl_row_i64(rows, i, "secrets", 0);
		st = drop_grant(pg, arena, user_id, sl_row_text(rows, i, "id"),
				false, err);
	}
	*grants = st == SL_OK ? (int64_t)sl_rows_count(rows) : 0;
	return st;
}
