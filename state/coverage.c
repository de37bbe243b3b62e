/* SPDX-License-Identifier: Apache-2.0 */
#include "state/coverage.h"

#include <string.h>

#include "core/base/clock.h"

#include "sql.h"
#include "state/ask.h"

static sl_status
ask(struct sl_pg *pg, const char *sql, const struct sl_report_filter *filter,
    struct sl_arena *arena, struct sl_rows **rows, struct sl_error *err)
{
	struct sl_params p;
	const struct sl_question question = { .role = SL_PG_OPERATOR,
					      .sql = sql,
					      .params = &p };

	sl_params_init(&p, arena);
	sl_params_text(&p, filter->user_id);
	sl_params_text(&p, filter->connector);
	return sl_pg_ask(pg, &question, rows, err);
}

#define TEXT(name)   .name = sl_row_copy(arena, rows, i, #name)
#define NUMBER(name) .name = sl_row_i64(rows, i, #name, 0)
#define FLAG(name)   .name = sl_row_bool(rows, i, #name)

static void
read_row(const struct sl_rows *rows, size_t i, struct sl_arena *arena,
	 struct sl_coverage_row *out)
{
	*out = (struct sl_coverage_row){
		TEXT(stream_id),
		TEXT(user_id),
		TEXT(integration_id),
		TEXT(connector),
		TEXT(account),
		TEXT(kind),
		TEXT(key),
		TEXT(title),
		TEXT(state),
		FLAG(enabled),
		FLAG(complete),
		FLAG(unbounded),
		.complete_from_us = sl_row_time(rows, i, "complete_from"),
		.complete_to_us = sl_row_time(rows, i, "complete_to"),
		TEXT(gaps),
		NUMBER(listed),
		NUMBER(estimate),
		NUMBER(pending),
		.checked_us = sl_row_time(rows, i, "checked_at"),
		.walking_since_us = sl_row_time(rows, i, "walking_since"),
		NUMBER(walk_ms),
	};
}

sl_status
sl_coverage_list(struct sl_pg *pg, const struct sl_report_filter *filter,
		 struct sl_arena *arena, struct sl_coverage_row **out,
		 size_t *count, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	sl_status st = ask(pg, sl_sql_coverage_list, filter, arena, &rows, err);

	if (st != SL_OK)
		return st;
	*count = sl_rows_count(rows);
	*out = SL_NEW_ARRAY(arena, *count, struct sl_coverage_row);
	for (size_t i = 0; i < *count; i++)
		read_row(rows, i, arena, &(*out)[i]);
	return SL_OK;
}

int64_t
sl_coverage_left_us(const struct sl_coverage_row *row)
{
	int64_t done = row->listed - row->pending;
	int64_t left = row->estimate - row->listed + row->pending;

	if (row->walking_since_us == SL_NO_TIME || row->walk_ms <= 0 ||
	    done <= 0 || row->estimate < row->listed || left < 0)
		return SL_NO_TIME;
	return (int64_t)((double)row->walk_ms * 1000.0 * (double)left /
			 (double)done);
}

sl_status
sl_coverage_counts(struct sl_pg *pg, const struct sl_report_filter *filter,
		   struct sl_arena *arena, struct sl_coverage_count **out,
		   size_t *count, struct sl_error *err)
{
	SL_AUTO_ROWS rows = NULL;
	sl_status st =
		ask(pg, sl_sql_coverage_counts, filter, arena, &rows, err);

	if (st != SL_OK)
		return st;
	*count = sl_rows_count(rows);
	*out = SL_NEW_ARRAY(arena, *count, struct sl_coverage_count);
	for (size_t i = 0; i < *count; i++)
		(*out)[i] = (struct sl_coverage_count){
			TEXT(integration_id),
			NUMBER(streams),
			NUMBER(complete),
		};
	return SL_OK;
}
