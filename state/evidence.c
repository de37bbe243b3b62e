/* SPDX-License-Identifier: Apache-2.0 */
#include "state/evidence.h"

#include "core/base/text.h"

#include "core/people/address.h"
#include "core/people/handle.h"
#include "core/people/screen.h"

#include "sql.h"

static sl_status
load_meetings(struct sl_pg *pg, struct sl_arena *arena,
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

/* Only what the user wrote counts by the rule `sent`: whether other mail is
 * bulk decides nothing then, and is not read. */
static sl_status
load_mail(struct sl_pg *pg, struct sl_arena *arena,
	  const struct sl_evidence_query *query, struct sl_rows **rows,
	  struct sl_error *err)
{
	const struct sl_people_options *o = query->options;
	struct sl_params p;

	sl_params_init(&p, arena);
	sl_params_text(&p, query->user_id);
	sl_params_text(&p, query->integration_id);
	sl_params_text(&p, query->stream_key);
	sl_params_text(&p, sl_pg_array_done(query->artifact_ids));
	sl_params_text(&p, query->source_ids == NULL
				   ? "{}"
				   : sl_pg_array_done(query->source_ids));
	sl_params_text(&p, query->address);
	sl_params_bool(&p, o->rule == SL_PEOPLE_REPLIED);
	sl_params_i64(&p, o->max_participants);
	sl_params_bool(&p, query->thorough || o->rule == SL_PEOPLE_REPLIED ||
				   o->rule == SL_PEOPLE_ALL);
	sl_params_bool(&p, query->thorough);
	return sl_pg_query(pg, sl_sql_people_mail, &p, rows, err);
}

static sl_status
load_ties(struct sl_pg *pg, struct sl_arena *arena,
	  const struct sl_evidence_query *query, struct sl_rows **rows,
	  struct sl_error *err)
{
	const struct sl_people_options *o = query->options;
	struct sl_params p;

	sl_params_init(&p, arena);
	sl_params_text(&p, query->user_id);
	sl_params_text(&p, sl_pg_array_done(query->artifact_ids));
	sl_params_text(&p, query->address);
	sl_params_bool(&p, o->rule == SL_PEOPLE_REPLIED);
	sl_params_i64(&p, o->max_participants);
	sl_params_bool(&p, query->thorough);
	return sl_pg_query(pg, sl_sql_people_ties, &p, rows, err);
}

enum sl_evidence_of
sl_evidence_of(const struct sl_artifact *artifact)
{
	if (sl_text_equal(artifact->type, SL_TYPE_MAIL))
		return SL_OF_MAIL;
	return artifact->participants != NULL && artifact->participants->kind ==
							 SL_IDENTITY_HANDLE
		       ? SL_OF_TIES
		       : SL_OF_MEETINGS;
}

sl_status
sl_evidence_load(struct sl_pg *pg, struct sl_arena *arena,
		 const struct sl_evidence_query *query, struct sl_rows **rows,
		 struct sl_error *err)
{
	switch (query->of) {
	case SL_OF_MEETINGS:
		break;
	case SL_OF_MAIL:
		return load_mail(pg, arena, query, rows, err);
	case SL_OF_TIES:
		return load_ties(pg, arena, query, rows, err);
	}
	return load_meetings(pg, arena, query, rows, err);
}

static struct sl_person_evidence
read_person(const struct sl_rows *rows, size_t row,
	    const struct sl_people_options *options)
{
	const char *norm = sl_row_text(rows, row, "norm");

	return (struct sl_person_evidence){
		.is_person = sl_row_bool(rows, row, "is_person"),
		.is_own = sl_row_bool(rows, row, "is_own"),
		.is_machine = sl_address_is_machine(norm),
		.is_suppressed = sl_row_bool(rows, row, "is_suppressed"),
		.is_blocked = sl_people_is_blocked(options->block, norm),
	};
}

struct sl_meeting_evidence
sl_evidence_meeting(const struct sl_rows *rows, size_t row,
		    const struct sl_people_options *options, int64_t now_us)
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
		.who = read_person(r, row, options),
	};
}

struct sl_mail_evidence
sl_evidence_mail(const struct sl_rows *rows, size_t row,
		 const struct sl_people_options *options)
{
	const struct sl_rows *r = rows;

	return (struct sl_mail_evidence){
		.gone = sl_row_bool(r, row, "cancelled"),
		.draft = sl_row_bool(r, row, "draft"),
		.bulk = sl_row_bool(r, row, "bulk"),
		.recipients = (int)sl_row_i64(r, row, "people", 0),
		.incomplete = sl_row_bool(r, row, "participants_incomplete"),
		.user_wrote = sl_row_bool(r, row, "user_wrote"),
		.is_author = sl_row_bool(r, row, "is_author"),
		.is_recipient = sl_row_bool(r, row, "is_recipient"),
		.other_way = sl_row_text(r, row, "other_way") != NULL,
		.who = read_person(r, row, options),
	};
}

struct sl_tie_evidence
sl_evidence_tie(const struct sl_rows *rows, size_t row,
		const struct sl_people_options *options)
{
	const struct sl_rows *r = rows;
	const char *norm = sl_row_text(r, row, "norm");
	enum sl_tie_kind kind = SL_TIE_OTHER;

	if (sl_row_bool(r, row, "is_connection"))
		kind = SL_TIE_CONNECTION;
	else if (sl_row_bool(r, row, "is_message"))
		kind = SL_TIE_MESSAGE;
	return (struct sl_tie_evidence){
		.kind = kind,
		.has_profile = sl_handle_is_profile(norm),
		.message = {
			.gone = sl_row_bool(r, row, "cancelled"),
			.draft = sl_row_bool(r, row, "draft"),
			.bulk = sl_row_bool(r, row, "bulk"),
			.recipients = (int)sl_row_i64(r, row, "people", 0),
			.user_wrote = sl_row_bool(r, row, "user_wrote"),
			.is_author = sl_row_bool(r, row, "is_author"),
			.is_recipient = sl_row_bool(r, row, "is_recipient"),
			.other_way = sl_row_text(r, row, "other_way") != NULL,
			.who = {
				.is_person = sl_row_bool(r, row, "is_person"),
				.is_own = sl_row_bool(r, row, "is_own"),
				.is_suppressed =
					sl_row_bool(r, row, "is_suppressed"),
				.is_blocked = sl_people_is_blocked_handle(
					options->block, norm),
			},
		},
	};
}
