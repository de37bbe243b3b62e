/* SPDX-License-Identifier: Apache-2.0 */
#include "state/evidence.h"

#include "core/people/address.h"

#include "sql.h"

sl_status
sl_evidence_load(struct sl_pg *pg, struct sl_arena *arena,
		 const struct sl_evidence_query *query, struct sl_rows **rows,
		 struct sl_error *err)
{
	struct sl_params p;

	sl_params_init(&p, arena);
	sl_params_text(&p, query->user_id);
	sl_params_text(&p, query->integration_id);
	sl_params_text(&p, query->stream_key);
	sl_params_text(&p, sl_pg_array_done(query->artifact_ids));
	sl_params_time(&p, query->from_us);
	sl_params_time(&p, query->now_us);
	sl_params_text(&p, query->address);
	return sl_pg_query(pg, sl_sql_people_evidence, &p, rows, err);
}

struct sl_meeting_evidence
sl_evidence_read(const struct sl_rows *rows, size_t row, int64_t now_us)
{
	const struct sl_rows *r = rows;

	return (struct sl_meeting_evidence){
		.begins_us = sl_row_time(r, row, "occurred_at"),
		.now_us = now_us,
		.cancelled = sl_row_bool(r, row, "cancelled"),
		.participants = (int)sl_row_i64(r, row, "people", 0),
		.participants_incomplete =
			sl_row_bool(r, row, "participants_incomplete"),
		.user_organises = sl_row_bool(r, row, "user_organises"),
		.user_response =
			sl_response_parse(sl_row_text(r, row, "user_response")),
		.organizer_is_contact =
			sl_row_bool(r, row, "organizer_is_contact"),
		.is_person = sl_row_bool(r, row, "is_person"),
		.is_own = sl_row_bool(r, row, "is_own"),
		.is_machine =
			sl_address_is_machine(sl_row_text(r, row, "norm")),
		.is_suppressed = sl_row_bool(r, row, "is_suppressed"),
	};
}
