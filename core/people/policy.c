/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>

#include "core/base/attr.h"
#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/people/policy_private.h"

/* Every answer there is. `reason` is stable: views and scripts read it. */
const struct sl_people_decision
	sl_rule_none = { .reason = "rule-none",
			 .words = "The settings say that nobody becomes a "
				  "contact by itself." },
	sl_rule_all = { .contact = true,
			.reason = "rule-all",
			.words = "The settings say that everyone named becomes "
				 "a contact." };

static const struct sl_people_decision
	own_address = { .reason = "own-address",
			.words = "It is one of the user's own addresses or "
				 "profiles." },
	already_contact = { .contact = true,
			    .reason = "already-contact",
			    .words = "The person is a contact already." },
	not_a_person = { .reason = "not-a-person",
			 .words = "It is a room, a group or a generated "
				  "address, not a person." },
	machine_address = { .reason = "machine-address",
			    .words = "No person reads this mailbox." },
	suppressed = { .reason = "suppressed",
		       .words = "The user deleted this contact; it does not "
				"come back by itself." },
	blocked = { .reason = "blocked",
		    .words = "The settings block the address or its domain." },
	cancelled = { .reason = "cancelled",
		      .words = "The event was cancelled." },
	too_many = { .reason = "too-many-participants",
		     .words = "The event has more participants than the "
			      "settings allow, or their list is "
			      "incomplete." },
	declined = { .reason = "declined",
		     .words = "The user declined the invitation." },
	not_answered = { .reason = "not-answered",
			 .words = "The user has not answered, and the "
				  "organizer is not a contact." },
	user_not_there = { .reason = "user-not-there",
			   .words = "The user was not invited by an own "
				    "address." },
	no_time = { .reason = "no-time",
		    .words = "It is not known when the event begins." },
	not_begun = { .later = true,
		      .reason = "not-begun",
		      .words = "They will have met once the event has "
			       "begun." },
	met_organised = { .contact = true,
			  .reason = "met-organised",
			  .words = "The user organised the event and it has "
				   "begun." },
	met_accepted = { .contact = true,
			 .reason = "met-accepted",
			 .words = "The user accepted the invitation and the "
				  "event has begun." },
	met_tentative = { .contact = true,
			  .reason = "met-tentative",
			  .words = "The user accepted the invitation "
				   "tentatively and the event has begun." },
	met_known = { .contact = true,
		      .reason = "met-known-organizer",
		      .words = "A contact organised the event, the user did "
			       "not decline, and it has begun." };

/* Does the user's part in the event count as being there? */
static const struct sl_people_decision *
decide_presence(const struct sl_meeting_evidence *e)
{
	if (e->user_organises)
		return &met_organised;
	switch (e->user_response) {
	case SL_RESPONSE_ACCEPTED:
		return &met_accepted;
	case SL_RESPONSE_TENTATIVE:
		return &met_tentative;
	case SL_RESPONSE_NEEDS_ACTION:
		return e->organizer_is_contact ? &met_known : &not_answered;
	case SL_RESPONSE_DECLINED:
		return &declined;
	case SL_RESPONSE_NONE:
		break;
	}
	return &user_not_there;
}

static const struct sl_people_decision
	message_gone = { .reason = "message-gone",
			 .words = "The message is deleted, in the trash, or "
				  "spam." },
	draft = { .reason = "draft", .words = "The message was not sent." },
	bulk_mail = { .reason = "bulk-mail",
		      .words = "It is bulk mail, which makes nobody a "
			       "contact." },
	too_many_recipients = { .reason = "too-many-recipients",
				.words = "The message has more recipients "
					 "than the settings allow, or their "
					 "list is incomplete." },
	not_by_user = { .reason = "not-by-user",
			.words = "The user did not write the message." },
	not_a_recipient = { .reason = "not-a-recipient",
			    .words = "The user wrote the message, but not to "
				     "this address." },
	only_named = { .reason = "only-named",
		       .words = "Others wrote to each other; the message only "
				"names this address." },
	no_answer = { .reason = "no-answer",
		      .words = "The user wrote to this address, but has no "
			       "mail from it." },
	not_answered_by_user = { .reason = "not-written-to",
				 .words = "They wrote to the user, who has not "
					  "written to them." },
	written_to = { .contact = true,
		       .reason = "written-to",
		       .words = "The user wrote to this address." },
	correspondence = { .contact = true,
			   .reason = "correspondence",
			   .words = "The user wrote to this address and got "
				    "mail from it." };

static const struct sl_people_decision *
decide_met(const struct sl_people_options *options,
	   const struct sl_meeting_evidence *e)
{
	const struct sl_people_decision *presence;

	if (e->cancelled)
		return &cancelled;
	if (e->participants_incomplete ||
	    e->participants > options->max_participants)
		return &too_many;
	presence = decide_presence(e);
	if (!presence->contact)
		return presence;
	if (e->begins_us == SL_NO_TIME)
		return &no_time;
	return e->begins_us > e->now_us ? &not_begun : presence;
}

const struct sl_people_decision *
sl_people_decide_identity(const struct sl_person_evidence *who)
{
	if (who->is_own)
		return &own_address;
	if (who->is_contact)
		return &already_contact;
	if (!who->is_person)
		return &not_a_person;
	if (who->is_machine)
		return &machine_address;
	if (who->is_suppressed)
		return &suppressed;
	if (who->is_blocked)
		return &blocked;
	return NULL;
}

struct sl_people_decision
sl_people_decide_meeting(const struct sl_people_options *options,
			 const struct sl_meeting_evidence *evidence)
{
	const struct sl_people_decision *known =
		sl_people_decide_identity(&evidence->who);

	if (known != NULL)
		return *known;
	switch (options->rule) {
	case SL_PEOPLE_MET:
		return *decide_met(options, evidence);
	case SL_PEOPLE_ALL:
		return sl_rule_all;
	case SL_PEOPLE_SENT:
	case SL_PEOPLE_REPLIED:
	case SL_PEOPLE_NONE:
	case SL_PEOPLE_CONNECTED:
		break;
	}
	return sl_rule_none;
}

const struct sl_people_decision *
sl_people_decide_message(const struct sl_people_options *options,
			 const struct sl_mail_evidence *e)
{
	if (e->gone)
		return &message_gone;
	if (e->draft)
		return &draft;
	if (e->bulk)
		return &bulk_mail;
	if (e->incomplete || e->recipients > options->max_participants)
		return &too_many_recipients;
	return NULL;
}

const struct sl_people_decision *
sl_people_decide_sent(const struct sl_mail_evidence *e)
{
	if (!e->user_wrote)
		return &not_by_user;
	return e->is_recipient ? &written_to : &not_a_recipient;
}

const struct sl_people_decision *
sl_people_decide_replied(const struct sl_mail_evidence *e)
{
	if (e->user_wrote && !e->is_recipient)
		return &not_a_recipient;
	if (!e->user_wrote && !e->is_author)
		return &only_named;
	if (e->other_way)
		return &correspondence;
	return e->user_wrote ? &no_answer : &not_answered_by_user;
}

static bool
is_about_mail(enum sl_people_rule rule)
{
	return rule == SL_PEOPLE_SENT || rule == SL_PEOPLE_REPLIED ||
	       rule == SL_PEOPLE_ALL;
}

struct sl_people_decision
sl_people_decide_mail(const struct sl_people_options *options,
		      const struct sl_mail_evidence *evidence)
{
	const struct sl_people_decision *known =
		sl_people_decide_identity(&evidence->who);

	if (known == NULL && is_about_mail(options->rule))
		known = sl_people_decide_message(options, evidence);
	if (known != NULL)
		return *known;
	switch (options->rule) {
	case SL_PEOPLE_SENT:
		return *sl_people_decide_sent(evidence);
	case SL_PEOPLE_REPLIED:
		return *sl_people_decide_replied(evidence);
	case SL_PEOPLE_ALL:
		return sl_rule_all;
	case SL_PEOPLE_MET:
	case SL_PEOPLE_NONE:
	case SL_PEOPLE_CONNECTED:
		break;
	}
	return sl_rule_none;
}

bool
sl_people_mail_counts(const struct sl_people_options *options,
		      const struct sl_mail_evidence *evidence)
{
	return sl_people_decide_message(options, evidence) == NULL;
}

static const char *const rule_names[] = {
	[SL_PEOPLE_MET] = "met",         [SL_PEOPLE_SENT] = "sent",
	[SL_PEOPLE_REPLIED] = "replied", [SL_PEOPLE_ALL] = "all",
	[SL_PEOPLE_NONE] = "none",       [SL_PEOPLE_CONNECTED] = "connected",
};

const char *
sl_people_rule_name(enum sl_people_rule rule)
{
	return rule_names[rule];
}

bool
sl_people_rule_parse(const char *text, enum sl_people_rule *rule)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(rule_names); i++) {
		if (sl_text_equal(text, rule_names[i])) {
			*rule = (enum sl_people_rule)i;
			return true;
		}
	}
	return false;
}

enum sl_response_kind
sl_response_parse(const char *text)
{
	static const char *const names[] = {
		[SL_RESPONSE_NEEDS_ACTION] = "needsAction",
		[SL_RESPONSE_ACCEPTED] = "accepted",
		[SL_RESPONSE_TENTATIVE] = "tentative",
		[SL_RESPONSE_DECLINED] = "declined",
	};

	for (size_t i = 1; i < SL_ARRAY_LEN(names); i++) {
		if (sl_text_equal(text, names[i]))
			return (enum sl_response_kind)i;
	}
	return SL_RESPONSE_NONE;
}
