/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by store_judge.c and store_ties.c: one judgement under way.
 */
#ifndef SL_STATE_JUDGE_PRIVATE_H
#define SL_STATE_JUDGE_PRIVATE_H

#include "state/store_page.h"

/** How good a name is: messages are signed by their author, others write what
 *  they have in their address books. */
enum sl_name_rank {
	SL_NAME_NONE,
	SL_NAME_GIVEN,
	SL_NAME_OWN,
};

/** One person, over all rows of its address or profile. */
struct sl_judged {
	size_t from, to; /* rows */
	const char *norm;
	const char *address;
	const char *name; /* the best one; or NULL */
	enum sl_name_rank rank;
	const char *reason; /* of becoming a contact; NULL = none  */
	const char *artifact_id;
	int64_t first_us, last_us; /* seen at; SL_NO_TIME = not yet */
	bool is_contact;
	bool is_connection; /* one of the rows is a connection */
};

struct sl_judgement {
	const struct sl_page_work *w;
	const struct sl_rows *rows;
	enum sl_evidence_of of;
	const struct sl_people_memory *memory; /* NULL = none */
	struct sl_judged *persons;             /* sorted by norm */
	size_t count;
};

/** The columns that all contacts are made of: norm, as written, name, rule,
 *  reason, artifact; of those that have a reason. */
void sl_params_made(struct sl_params *p, const struct sl_judgement *j);

/* store_ties.c */
/** Make contacts of those that have a reason; *made gets the addresses that
 *  came to contacts by it. */
sl_status sl_ties_write(const struct sl_judgement *j, struct sl_page_work *w,
			struct sl_pg_array *made, bool *any,
			struct sl_error *err) SL_NODISCARD;

#endif
