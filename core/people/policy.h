/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who becomes a contact: pure functions from evidence to a decision, one for
 * meetings, one for mail and one for ties: connections and messages of a
 * network. They share what the address or the profile alone decides.
 *
 * The evidence is what is stored, gathered by the store in one query a page;
 * the same functions answer `explain`, so what is told is what was done.
 *
 * A decision makes contacts and never unmakes one: whoever became a contact
 * stays until the user deletes it, also when the meeting or the mail goes or
 * the rule is changed.
 */
#ifndef SL_PEOPLE_POLICY_H
#define SL_PEOPLE_POLICY_H

#include <stdbool.h>
#include <stdint.h>

enum sl_people_rule {
	SL_PEOPLE_MET,     /* meetings: met, or will have met once it began  */
	SL_PEOPLE_SENT,    /* mail, ties: whom the user wrote to             */
	SL_PEOPLE_REPLIED, /* mail, ties: who wrote to the user, too         */
	SL_PEOPLE_ALL,     /* every person named anywhere                    */
	SL_PEOPLE_NONE,
	SL_PEOPLE_CONNECTED, /* ties: connections, and whom the user wrote to */
};

/** The user's own answer to an invitation. */
enum sl_response_kind {
	SL_RESPONSE_NONE, /* not invited by an own address, or unknown */
	SL_RESPONSE_NEEDS_ACTION,
	SL_RESPONSE_ACCEPTED,
	SL_RESPONSE_TENTATIVE,
	SL_RESPONSE_DECLINED,
};

/** What is known of an address or a profile, whatever it took part in. */
struct sl_person_evidence {
	bool is_person;     /* not a room, group or generated  */
	bool is_own;        /* one of the user's own addresses */
	bool is_machine;    /* no-reply and the like           */
	bool is_contact;    /* already                         */
	bool is_suppressed; /* the user deleted this contact   */
	bool is_blocked;    /* by the settings: core/people/screen.h */
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
	struct sl_person_evidence who;
};

/** One message and one of those it names. */
struct sl_mail_evidence {
	bool gone;         /* deleted, in the trash, or spam            */
	bool draft;        /* not sent                                  */
	bool bulk;         /* by a list or a machine, or the user's own */
	int recipients;    /* different addresses in to, cc and bcc     */
	bool incomplete;   /* their list is                             */
	bool user_wrote;   /* from an own address                       */
	bool is_author;    /* the person: in from                       */
	bool is_recipient; /* the person: in to, cc or bcc              */
	bool other_way;    /* a message that counts went the other way: to
			     * the author by the user, or to the user by the
			     * recipient. Only SL_PEOPLE_REPLIED asks      */
	struct sl_person_evidence who;
};

/** What kind of thing a person and the user have in common on a network. */
enum sl_tie_kind {
	SL_TIE_CONNECTION,
	SL_TIE_MESSAGE,
	SL_TIE_OTHER, /* an invitation, or whatever else names the person */
};

/** One such thing and one of those it names. */
struct sl_tie_evidence {
	enum sl_tie_kind kind;
	bool has_profile; /* the person is known by more than a bare URN */
	/* of a message as of mail; of a connection `gone` alone, of anything
	 * else `gone` and the number of people */
	struct sl_mail_evidence message;
};

struct sl_people_options {
	enum sl_people_rule rule;
	int max_participants; /* of a meeting, recipients of mail; default 25 */
	const char *block;    /* addresses and domains, comma-separated;
			       * borrowed; NULL = none */
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

struct sl_people_decision
sl_people_decide_mail(const struct sl_people_options *options,
		      const struct sl_mail_evidence *evidence);

/** `evidence->message.who` tells of the person. */
struct sl_people_decision
sl_people_decide_tie(const struct sl_people_options *options,
		     const struct sl_tie_evidence *evidence);

/** Somebody who stands in an address book, and nowhere else. */
struct sl_people_decision
sl_people_decide_entry(const struct sl_people_options *options,
		       const struct sl_person_evidence *who);

/**
 * Could this message count the other way, for SL_PEOPLE_REPLIED? What decides
 * is the message alone, not the person.
 */
bool sl_people_mail_counts(const struct sl_people_options *options,
			   const struct sl_mail_evidence *evidence);

/** "met", "sent", "replied", "all", "none", "connected" */
bool sl_people_rule_parse(const char *text, enum sl_people_rule *rule);
const char *sl_people_rule_name(enum sl_people_rule rule);

/** "needsAction"/"accepted"/...; anything else is SL_RESPONSE_NONE. */
enum sl_response_kind sl_response_parse(const char *text);

#endif
