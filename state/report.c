/* SPDX-License-Identifier: Apache-2.0 */
#include "state/report.h"

#include "core/base/clock.h"

#include "sql.h"
#include "state/ask.h"

static void
filter_params(struct sl_params *p, struct sl_arena *arena,
	      const struct sl_report_filter *filter)
{
	sl_params_init(p, arena);
	sl_params_text(p, filter->user_id);
	sl_params_text(p, filter->connector);
}

static void
read_status(const struct sl_rows *rows, size_t i, struct sl_arena *arena,
	    struct sl_status_row *out)
{
#define TEXT(name)   .name = sl_row_copy(arena, rows, i, #name)
#define NUMBER(name) .name = sl_row_i64(rows, i, #name, 0)
	*out = (struct sl_status_row){
		TEXT(integration_id),
		TEXT(user_id),
		TEXT(connector),
		TEXT(account),
		TEXT(status),
		TEXT(reason),
		.last_success_us = sl_row_time(rows, i, "last_success_at"),
		.next_run_us = sl_row_time(rows, i, "next_run_at"),
		.backfill_us = sl_row_time(rows, i, "backfill_at"),
		NUMBER(streams),
		NUMBER(streams_enabled),
		NUMBER(streams_walking),
		NUMBER(streams_waiting),
		NUMBER(pending_deletions),
		NUMBER(quarantined),
		NUMBER(quarantined_lately),
		NUMBER(filtered),
		.run_age_us = sl_row_i64(rows, i, "run_age_us", SL_NO_TIME),
		.walk_age_us = sl_row_i64(rows, i, "walk_age_us", SL_NO_TIME),
		.deadline_us = sl_row_time(rows, i, "deadline_at"),
		.solo = sl_row_bool(rows, i, "solo"),
		.running = sl_row_bool(rows, i, "running"),
		.resync_asked_us = sl_row_time(rows, i, "resync_asked_at"),
		.accept_deletions = sl_row_bool(rows, i, "accept_deletions"),
		.interval_us =
			sl_row_i64(rows, i, "interval_s", 0) * SL_US_PER_S,
		.parked = sl_row_bool(rows, i, "parked"),
		.user_rests = sl_row_bool(rows, i, "user_rests"),
		TEXT(consent),
		NUMBER(connected_age_us),
		.fresh_age_us =
			sl_row_i64(rows, i, "fresh_age_us", SL_NO_TIME),
		TEXT(error_class),
		TEXT(error_scope),
		TEXT(error_text),
		.error_us = sl_row_time(rows, i, "error_at"),
		.times = {
			.connected_us = sl_row_time(rows, i, "connected_at"),
			.refreshed_us = sl_row_time(rows, i, "refreshed_at"),
			.access_expires_us =
				sl_row_time(rows, i, "access_expires_at"),
			.refresh_expires_us =
				sl_row_time(rows, i, "refresh_expires_at"),
			.renewable = sl_row_bool(rows, i, "renewable"),
		},
		TEXT(purpose),
		TEXT(checked),
	};
}

sl_status
sl_report_status(struct sl_pg *pg, const struct sl_report_filter *filter,
		 struct sl_arena *arena, struct sl_status_row **out,
		 size_t *count, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	filter_params(&p, arena, filter);
	st = sl_pg_ask_operator(pg, sl_sql_status_list, &p, &rows, err);
	if (st != SL_OK)
		return st;
	*count = sl_rows_count(rows);
	*out = SL_NEW_ARRAY(arena, *count, struct sl_status_row);
	for (size_t i = 0; i < *count; i++)
		read_status(rows, i, arena, &(*out)[i]);
	return SL_OK;
}

static void
read_item(const struct sl_rows *rows, size_t i, struct sl_arena *arena,
	  struct sl_item_row *out)
{
	*out = (struct sl_item_row){
		TEXT(integration_id),
		TEXT(user_id),
		TEXT(connector),
		TEXT(account),
		TEXT(stream_kind),
		TEXT(stream_key),
		TEXT(stream_title),
		TEXT(source_id),
		TEXT(class),
		TEXT(detail),
		NUMBER(attempts),
		.next_try_us = sl_row_time(rows, i, "next_try_at"),
		.seen_us = sl_row_time(rows, i, "seen_at"),
		.since_us = sl_row_time(rows, i, "created_at"),
		NUMBER(raw_bytes),
	};
}

sl_status
sl_report_items(struct sl_pg *pg, const struct sl_report_filter *filter,
		struct sl_arena *arena, struct sl_item_row **out, size_t *count,
		int64_t *total, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	filter_params(&p, arena, filter);
	sl_params_i64(&p, filter->limit);
	st = sl_pg_ask_operator(pg, sl_sql_items_list, &p, &rows, err);
	if (st != SL_OK)
		return st;
	*count = sl_rows_count(rows);
	*total = *count == 0 ? 0 : sl_row_i64(rows, 0, "total", 0);
	*out = SL_NEW_ARRAY(arena, *count, struct sl_item_row);
	for (size_t i = 0; i < *count; i++)
		read_item(rows, i, arena, &(*out)[i]);
	return SL_OK;
}

static void
read_stream(const struct sl_rows *rows, size_t i, struct sl_arena *arena,
	    struct sl_stream_info *out)
{
	*out = (struct sl_stream_info){
		TEXT(user_id),
		TEXT(connector),
		TEXT(account),
		TEXT(kind),
		TEXT(key),
		TEXT(title),
		TEXT(state),
		.enabled = sl_row_bool(rows, i, "enabled"),
		.chosen = sl_row_bool(rows, i, "chosen"),
		TEXT(disabled_reason),
		.opened_us = sl_row_time(rows, i, "opened_at"),
		.switched_us = sl_row_time(rows, i, "switched_at"),
		.walked_us = sl_row_time(rows, i, "walked_at"),
		.coverage_us = sl_row_time(rows, i, "coverage_from"),
		.error_us = sl_row_time(rows, i, "error_at"),
		.not_before_us = sl_row_time(rows, i, "not_before_at"),
		.checked_us = sl_row_time(rows, i, "checked_at"),
		.changed_us = sl_row_time(rows, i, "changed_at"),
		NUMBER(pending_deletions),
		NUMBER(failures),
		TEXT(error_text),
		NUMBER(listed),
		NUMBER(estimate),
		TEXT(oldest),
		TEXT(waiting),
		NUMBER(pending),
	};
#undef TEXT
#undef NUMBER
}

sl_status
sl_report_streams(struct sl_pg *pg, const struct sl_report_filter *filter,
		  struct sl_arena *arena, struct sl_stream_info **out,
		  size_t *count, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status st;

	filter_params(&p, arena, filter);
	sl_params_i64(&p, filter->limit);
	st = sl_pg_ask_operator(pg, sl_sql_streams_list, &p, &rows, err);
	if (st != SL_OK)
		return st;
	*count = sl_rows_count(rows);
	*out = SL_NEW_ARRAY(arena, *count, struct sl_stream_info);
	for (size_t i = 0; i < *count; i++)
		read_stream(rows, i, arena, &(*out)[i]);
	return SL_OK;
}

static sl_status
choose(struct sl_pg *pg, struct sl_arena *arena,
       const struct sl_stream_choice *choice, struct sl_rows **rows,
       struct sl_error *err)
{
	struct sl_params p;
	sl_status st;

	sl_params_init(&p, arena);
	sl_params_text(&p, choice->user_id);
	sl_params_text(&p, choice->connector);
	sl_params_text(&p, choice->key);
	sl_params_bool(&p, choice->enabled);
	st = sl_pg_query(pg, sl_sql_streams_choose, &p, rows, err);
	if (st != SL_OK || !choice->enabled)
		return st;
	sl_params_init(&p, arena);
	sl_params_text(&p, choice->user_id);
	sl_params_text(&p, choice->connector);
	return sl_pg_query(pg, sl_sql_streams_hurry, &p, NULL, err);
}

sl_status
sl_report_choose_stream(struct sl_pg *pg, const struct sl_stream_choice *choice,
			int64_t *changed, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_ROWS rows = NULL;
	bool unknown;
	sl_status st = sl_pg_begin(pg, SL_PG_GATEWAY, choice->user_id, err);

	if (st == SL_OK)
		st = choose(pg, arena, choice, &rows, err);
	if (st == SL_OK)
		st = sl_pg_commit(pg, &unknown, err);
	sl_pg_rollback(pg);
	if (st == SL_OK)
		*changed = sl_rows_affected(rows);
	return st;
}

static void
read_server(const struct sl_rows *rows, struct sl_arena *arena,
	    struct sl_server_info *out)
{
	*out = (struct sl_server_info){
		.version = sl_row_copy(arena, rows, 0, "version"),
		.database = sl_row_copy(arena, rows, 0, "database"),
		.login = sl_row_copy(arena, rows, 0, "login"),
		.encoding = sl_row_copy(arena, rows, 0, "encoding"),
		.now_us = sl_row_time(rows, 0, "now"),
		.bypasses_rls = sl_row_bool(rows, 0, "bypasses_rls"),
		.read_only = sl_row_bool(rows, 0, "read_only"),
		.gateway_exists = sl_row_bool(rows, 0, "gateway_exists"),
		.operator_exists = sl_row_bool(rows, 0, "operator_exists"),
		.gateway_member = sl_row_bool(rows, 0, "gateway_member"),
		.operator_member = sl_row_bool(rows, 0, "operator_member"),
		.supabase = sl_row_bool(rows, 0, "supabase"),
	};
}

sl_status
sl_report_server(struct sl_pg *pg, struct sl_arena *arena,
		 struct sl_server_info *out, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	const struct sl_question question = { .role = SL_PG_SELF,
					      .sql = sl_sql_doctor_server };
	sl_status st = sl_pg_ask(pg, &question, &rows, err);

	if (st == SL_OK)
		read_server(rows, arena, out);
	return st;
}
