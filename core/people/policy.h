/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who becomes a contact: one pure function from evidence to a decision.
 *
 * The evidence is what is stored, gathered by the store in one query a page;
 * the same function answers `explain`, so what is told is what was done.
 */
#ifndef SL_PEOPLE_POLICY_H
#define SL_PEOPLE_POLICY_H

#include <stdbool.h>
#include <stdint.h>

enum sl_people_rule {
	SL_PEOPLE_MET, /* met, or will have met once the event has begun */
	SL_PEOPLE_ALL, /* every person named anywhere                    */
	SL_PEOPLE_NONE,
};

/** The user's own answer to an invitation. */
enum sl_response_kind {
	SL_RESPONSE_NONE, /* not invited by an own address, or unknown */
	SL_RESPONSE_NEEDS_ACTION,
	SL_RESPONSE_ACCEPTED,
	SL_RESPONSE_TENTATIVE,
	SL_RESPONSE_DECLINED,
};

/** One event and one of its participants. */
struct sl_meeting_evidence {
	int64_t begins_us; /* SL_NO_TIME = unknown            */
	int64_t now_us;
	bool cancelled;
	int participants; /* people, the user included       */
	bool participants_incomplete;
	bool user_organises; /* by an own address               */
	enum sl_response_kind user_response;
	bool organizer_is_contact;
	/* the participant */
	bool is_person;     /* not a room, group or generated  */
	bool is_own;        /* one of the user's own addresses */
	bool is_machine;    /* no-reply and the like           */
	bool is_contact;    /* already                         */
	bool is_suppressed; /* the user deleted this contact   */
};

struct sl_people_options {
	enum sl_people_rule rule;
	int max_participants; /* default 25 */
};

struct sl_people_decision {
	bool contact;       /* is, or shall become, a contact             */
	bool later;         /* not yet: ask again when the event begins   */
	const char *reason; /* stable kebab-case code, e.g. "met-organised" */
	const char *words;  /* the same for people, one sentence          */
};

struct sl_people_decision
sl_people_decide_meeting(const struct sl_people_options *options,
			 const struct sl_meeting_evidence *evidence);

/** "met", "all", "none" */
bool sl_people_rule_parse(const char *text, enum sl_people_rule *rule);

/** "needsAction"/"accepted"/...; anything else is SL_RESPONSE_NONE. */
enum sl_response_kind sl_response_parse(const char *text);

#endif
