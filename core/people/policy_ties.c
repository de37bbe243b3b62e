/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A message of a network counts as mail does; a connection is what mail has
 * not. Nobody becomes a contact by a bare URN: who that is, is found out when
 * something names the URN and the profile.
 */
#include <stddef.h>

#include "core/people/policy_private.h"

static const struct sl_people_decision
	no_profile = { .reason = "no-profile",
		       .words = "Only an id of the person is known so far, no "
				"profile." },
	connection = { .contact = true,
		       .reason = "connection",
		       .words = "The person is a connection of the user." },
	connection_gone = { .reason = "connection-gone",
			    .words = "The person is no connection any more." },
	only_connected = { .reason = "only-connected",
			   .words = "The person is a connection, which the "
				    "settings do not count." },
	only_invited = { .reason = "only-invited",
			 .words = "An invitation alone makes nobody a "
				  "contact." },
	address_book_only = { .reason = "address-book-only",
			      .words = "The person stands in an address book "
				       "alone." };

static const struct sl_people_decision *
decide_all(const struct sl_people_options *options,
	   const struct sl_tie_evidence *e)
{
	const struct sl_people_decision * not ;

	if (e->kind == SL_TIE_CONNECTION)
		return e->message.gone ? &connection_gone : &sl_rule_all;
	not = sl_people_decide_message(options, &e->message);
	return not == NULL ? &sl_rule_all : not ;
}

/* By the rules that know who wrote to whom. */
static const struct sl_people_decision *
decide_message(const struct sl_people_options *options,
	       const struct sl_tie_evidence *e)
{
	const struct sl_people_decision * not ;

	if (e->kind == SL_TIE_CONNECTION)
		return e->message.gone ? &connection_gone : &only_connected;
	if (e->kind == SL_TIE_OTHER)
		return &only_invited;
	not = sl_people_decide_message(options, &e->message);
	if (not != NULL)
		return not ;
	return options->rule == SL_PEOPLE_REPLIED
		       ? sl_people_decide_replied(&e->message)
		       : sl_people_decide_sent(&e->message);
}

static const struct sl_people_decision *
decide_by_rule(const struct sl_people_options *options,
	       const struct sl_tie_evidence *e)
{
	switch (options->rule) {
	case SL_PEOPLE_ALL:
		return decide_all(options, e);
	case SL_PEOPLE_CONNECTED:
		if (e->kind == SL_TIE_CONNECTION && !e->message.gone)
			return &connection;
		return decide_message(options, e);
	case SL_PEOPLE_SENT:
	case SL_PEOPLE_REPLIED:
		return decide_message(options, e);
	case SL_PEOPLE_MET:
	case SL_PEOPLE_NONE:
		break;
	}
	return &sl_rule_none;
}

struct sl_people_decision
sl_people_decide_tie(const struct sl_people_options *options,
		     const struct sl_tie_evidence *evidence)
{
	const struct sl_people_decision *d =
		sl_people_decide_identity(&evidence->message.who);

	if (d == NULL)
		d = decide_by_rule(options, evidence);
	return d->contact && !evidence->has_profile &&
			       !evidence->message.who.is_contact
		       ? no_profile
		       : *d;
}

struct sl_people_decision
sl_people_decide_entry(const struct sl_people_options *options,
		       const struct sl_person_evidence *who)
{
	const struct sl_people_decision *d = sl_people_decide_identity(who);

	if (d == NULL)
		d = options->rule == SL_PEOPLE_ALL ? &sl_rule_all
						   : &address_book_only;
	return *d;
}
