/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is stored about meetings, as evidence for the contact policy.
 *
 * The store judges the people of a page by it, `explain` one address at any
 * time: one statement (people_evidence) and one reader for both, so that what
 * is told is what was done.
 */
#ifndef SL_STATE_EVIDENCE_H
#define SL_STATE_EVIDENCE_H

#include "core/people/policy.h"

#include "state/pg.h"

/** Which meetings, and of whom. */
struct sl_evidence_query {
	const char *user_id;
	struct sl_pg_array *artifact_ids;
	/* and those of one stream that began after one time, up to another */
	const char *integration_id, *stream_key;
	int64_t from_us; /* SL_NO_TIME = none of them */
	int64_t now_us;
	/* One normalised address, also where it is an own one or no person;
	 * NULL = everybody else. */
	const char *address;
};

/** Rows: see people_evidence.sql. */
sl_status sl_evidence_load(struct sl_pg *pg, struct sl_arena *arena,
			   const struct sl_evidence_query *query,
			   struct sl_rows **rows, struct sl_error *err)
	SL_NODISCARD;

/**
 * One row, as the policy wants it. `is_contact` is left false: whether the
 * row of the contact counts is the caller's question.
 */
struct sl_meeting_evidence sl_evidence_read(const struct sl_rows *rows,
					    size_t row, int64_t now_us);

#endif
