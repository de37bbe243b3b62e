/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this connector's codes mean, for people.
 */
#include "connectors/linkedin/private.h"

const struct sl_code sl_linkedin_codes[] = {
	/* why a domain is off */
	{ "domain-off", "It is not among the setting domains." },
	/* why a row or an event is filtered */
	{ "draft", "It is a draft." },
	{ "hidden-member",
	  "Of this connection LinkedIn tells nothing but the date: its account "
	  "is hidden or closed." },
	{ "contact-without-address",
	  "This entry of the uploaded address book has neither an address nor "
	  "a profile." },
	{ "address-book-only",
	  "It stands in the uploaded address book alone, and the setting "
	  "contacts does not make such people contacts." },
	{ "unconfirmed", "This address of the member is not confirmed at "
			 "LinkedIn." },
	{ "unprocessable",
	  "LinkedIn could not process this event; it tells it again when it "
	  "can." },
	{ "not-stored",
	  "It changes something that is not stored: of before the consent, or "
	  "of a domain that is off." },
	{ "message-unchanged", "It changes nothing that is kept of a "
			       "message." },
	{ "invitation-other", "It says nothing new of an invitation." },
	/* resources of the changelog that become nothing here */
	{ "social-actions-comments", "A comment that the member wrote: such "
				     "events are counted, not stored." },
	{ "social-actions-likes", "A reaction of the member: such events are "
				  "counted, not stored." },
	{ "ugc-posts", "A post of the member: such events are counted, not "
		       "stored." },
	{ "original-articles", "An article of the member: such events are "
			       "counted, not stored." },
	{ "people", "A change of the member's profile: the snapshot of the "
		    "profile tells it." },
	{ "endorsement", "An endorsement: such events are counted, not "
			 "stored." },
	{ "recs", "A recommendation: such events are counted, not stored." },
	{ "rec-requests", "A request for a recommendation: such events are "
			  "counted, not stored." },
	{ "events", "An event at LinkedIn: such are counted, not stored." },
	{ "organizations", "A page of an organization: such events are "
			   "counted, not stored." },
	{ SL_CODE_OTHER, "An event of a kind that is not stored here: such are "
			 "counted." },
	{ "unknown-resource", "An event of the changelog that does not say "
			      "what it is about." },
	/* why something is a tombstone */
	{ "deleted", "It was deleted at LinkedIn." },
	{ "not-listed", "LinkedIn's latest complete list no longer has it." },
	/* what is odd about an artifact */
	{ "date-malformed", "Its date makes no sense; the text is in "
			    "metadata.connected_on_raw." },
	{ "from-missing", "It does not say whom it is from." },
	{ "partly-processed",
	  "LinkedIn could not process all of it; it tells it again when it "
	  "can." },
	/* why a message is taken for bulk mail */
	{ "sponsored", "It is an advertisement (a sponsored message)." },
	{ "spam-folder", "LinkedIn put it into the folder for spam." },
	{ .code = NULL },
};
