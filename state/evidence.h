/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is stored about meetings, mail and ties, as evidence for the contact
 * policy.
 *
 * The store judges the people of a page by it, `explain` one address or one
 * message at any time: one statement each for meetings (people_evidence), mail
 * (people_mail) and ties (people_ties) and one reader for all, so that what is
 * told is what was done.
 *
 * What an artifact is evidence of: one type is mail; of all others those whose
 * people are handles are ties, and those whose people are addresses meetings.
 * The statements take of the artifacts they are given what is theirs: rows of
 * meetings are addresses, rows of ties handles.
 */
#ifndef SL_STATE_EVIDENCE_H
#define SL_STATE_EVIDENCE_H

#include "core/people/policy.h"
#include "core/sync/record.h"

#include "state/pg.h"

/** Type of the artifacts that are mail. */
#define SL_TYPE_MAIL "email"

enum sl_evidence_of {
	SL_OF_MEETINGS,
	SL_OF_MAIL,
	SL_OF_TIES,
};

/** Which of them an artifact is; one without people counts as a meeting. */
enum sl_evidence_of sl_evidence_of(const struct sl_artifact *artifact);

/** Which of them, and of whom. */
struct sl_evidence_query {
	enum sl_evidence_of of;
	const char *user_id;
	struct sl_pg_array *artifact_ids;
	/* and of one stream: the meetings that began after one time, up to
	 * another; the mail that the provider's ids name (NULL = none) */
	const char *integration_id, *stream_key;
	int64_t from_us; /* SL_NO_TIME = none of them */
	int64_t now_us;
	struct sl_pg_array *source_ids;
	/* One normalised address (ties: profile or URN), also where it is an
	 * own one or no person; NULL = everybody else. */
	const char *address;
	/* Mail, ties: by these it is decided what must be looked up. */
	const struct sl_people_options *options;
	bool thorough; /* all of it, for everybody: to be explained */
};

/** Rows: see people_evidence.sql, people_mail.sql, people_ties.sql. */
sl_status sl_evidence_load(struct sl_pg *pg, struct sl_arena *arena,
			   const struct sl_evidence_query *query,
			   struct sl_rows **rows, struct sl_error *err)
	SL_NODISCARD;

/**
 * One row, as the policy wants it. `is_contact` is left false: whether the
 * row of the contact counts is the caller's question.
 */
struct sl_meeting_evidence
sl_evidence_meeting(const struct sl_rows *rows, size_t row,
		    const struct sl_people_options *options, int64_t now_us);
struct sl_mail_evidence
sl_evidence_mail(const struct sl_rows *rows, size_t row,
		 const struct sl_people_options *options);
struct sl_tie_evidence sl_evidence_tie(const struct sl_rows *rows, size_t row,
				       const struct sl_people_options *options);

#endif
