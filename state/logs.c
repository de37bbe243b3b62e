/* SPDX-License-Identifier: Apache-2.0 */
#include "state/logs.h"

#include "core/base/clock.h"

#include "sql.h"
#include "state/ask.h"

#define NO_XID (-1)

static void
number_or_null(struct sl_params *p, struct sl_arena *arena, int64_t n,
	       int64_t null)
{
	sl_params_text(
		p, n == null ? NULL
			     : sl_arena_printf(arena, "%lld", (long long)n));
}

static void
list_params(struct sl_params *p, const struct sl_log_filter *f, int64_t xid,
	    struct sl_arena *arena)
{
	sl_params_init(p, arena);
	sl_params_text(p, f->user_id);
	sl_params_text(p, f->connector);
	sl_params_text(p, f->status);
	sl_params_text(p, f->trigger);
	sl_params_bool(p, f->errors);
	sl_params_time(p, f->since_us);
	sl_params_time(p, f->until_us);
	sl_params_text(p, f->run_id);
	number_or_null(p, arena, f->limit, 0);
	number_or_null(p, arena, xid, NO_XID);
}

#define TEXT(name)   .name = sl_row_copy(arena, rows, i, #name)
#define NUMBER(name) .name = sl_row_i64(rows, i, #name, 0)

static void
read_row(const struct sl_rows *rows, size_t i, struct sl_arena *arena,
	 struct sl_log_row *out)
{
	*out = (struct sl_log_row){
		TEXT(id),
		TEXT(user_id),
		TEXT(integration_id),
		TEXT(connector),
		TEXT(account),
		TEXT(trigger),
		TEXT(mode),
		TEXT(status),
		.started_us = sl_row_time(rows, i, "started_at"),
		.finished_us = sl_row_time(rows, i, "finished_at"),
		NUMBER(runs),
		NUMBER(requests),
		NUMBER(retries),
		NUMBER(bytes),
		NUMBER(pages),
		NUMBER(duration_ms),
		NUMBER(fetched),
		NUMBER(created),
		NUMBER(updated),
		NUMBER(unchanged),
		NUMBER(deleted),
		NUMBER(filtered),
		NUMBER(quarantined),
		NUMBER(contacts_created),
		TEXT(error_class),
		TEXT(error_scope),
		TEXT(error_text),
		TEXT(host),
		TEXT(detail),
		NUMBER(xid),
	};
}

static sl_status
list(struct sl_pg *pg, const struct sl_log_filter *filter, int64_t xid,
     struct sl_arena *arena, struct sl_log_row **out, size_t *count,
     struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	list_params(&p, filter, xid, arena);
	st = sl_pg_ask_operator(pg, sl_sql_logs_list, &p, &rows, err);
	if (st != SL_OK)
		return st;
	*count = sl_rows_count(rows);
	*out = SL_NEW_ARRAY(arena, *count, struct sl_log_row);
	for (size_t i = 0; i < *count; i++)
		read_row(rows, i, arena, &(*out)[i]);
	return SL_OK;
}

sl_status
sl_logs_list(struct sl_pg *pg, const struct sl_log_filter *filter,
	     struct sl_arena *arena, struct sl_log_row **out, size_t *count,
	     struct sl_error *err)
{
	return list(pg, filter, NO_XID, arena, out, count, err);
}

sl_status
sl_logs_since(struct sl_pg *pg, const struct sl_log_filter *filter, int64_t xid,
	      struct sl_arena *arena, struct sl_log_row **out, size_t *count,
	      struct sl_error *err)
{
	return list(pg, filter, xid, arena, out, count, err);
}

sl_status
sl_logs_now(struct sl_pg *pg, int64_t *xid, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	sl_status st =
		sl_pg_ask_operator(pg, sl_sql_logs_now, NULL, &rows, err);

	if (st == SL_OK)
		*xid = sl_row_i64(rows, 0, "xid", 0);
	return st;
}

sl_status
sl_logs_items(struct sl_pg *pg, const struct sl_log_row *run, int64_t limit,
	      struct sl_arena *arena, struct sl_log_items *out,
	      struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, run->user_id);
	sl_params_text(&p, run->integration_id);
	sl_params_time(&p, run->started_us);
	sl_params_time(&p, run->finished_us);
	sl_params_i64(&p, limit);
	st = sl_pg_ask_operator(pg, sl_sql_logs_items, &p, &rows, err);
	if (st != SL_OK)
		return st;
	out->count = sl_rows_count(rows);
	out->total = out->count == 0 ? 0 : sl_row_i64(rows, 0, "total", 0);
	out->items = SL_NEW_ARRAY(arena, out->count, struct sl_log_item);
	for (size_t i = 0; i < out->count; i++)
		out->items[i] = (struct sl_log_item){
			TEXT(kind),
			TEXT(key),
			TEXT(title),
			TEXT(source_id),
			TEXT(state),
			TEXT(reason),
			TEXT(detail),
			NUMBER(attempts),
			.seen_us = sl_row_time(rows, i, "seen_at"),
		};
	return SL_OK;
}
