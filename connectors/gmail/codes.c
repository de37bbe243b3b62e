/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What this connector's codes mean, for people.
 */
#include "connectors/gmail/private.h"

const struct sl_code sl_gmail_codes[] = {
	/* why a message is filtered */
	{ "draft", "It is a draft." },
	{ "chat", "It is a chat, not mail." },
	{ "before-since", "It is older than the setting since allows." },
	/* why a message is a tombstone */
	{ "deleted", "It was deleted for good at Google." },
	{ "trash", "It lies in the trash." },
	{ "spam", "It lies in spam." },
	{ "not-found", "Google no longer knows it." },
	/* why a message is in quarantine */
	{ "refused", "Google does not show it, though it lists it." },
	{ "unavailable", "Google fails again and again when it is asked for." },
	{ "item-unreadable", "It is larger than an answer may be, or no JSON, "
			     "even when only its headers are asked for." },
	/* why a message is taken for bulk mail */
	{ "list-id", "It came through a mailing list (List-Id)." },
	{ "list-post", "It came through a mailing list (List-Post)." },
	{ "precedence", "It says that it is bulk mail (Precedence)." },
	{ "auto-submitted", "A machine sent it (Auto-Submitted)." },
	{ "null-return-path",
	  "Nobody is to be told if it cannot be delivered: a machine's "
	  "report." },
	{ "feedback-id", "A mass mailer sent it (Feedback-ID)." },
	{ "auto-response-suppress",
	  "A machine sent it, and wants no automatic answers "
	  "(X-Auto-Response-Suppress)." },
	{ "category", "Gmail sorts it under promotions, social or forums." },
	{ "list-unsubscribe", "One may unsubscribe from it, and it answers "
			      "nothing (List-Unsubscribe)." },
	/* what is odd about a message */
	{ "too-large", "It is larger than an answer may be: only its headers "
		       "are stored." },
	{ "time-missing", "Google says no time of arrival that makes sense; "
			  "that of its Date counts, if it has one." },
	{ "date-malformed", "Its Date makes no sense as a time; the text is in "
			    "metadata.date.raw." },
	{ "message-id-missing", "It has no Message-ID." },
	{ "from-missing", "It does not say whom it is from." },
	{ "address-odd", "Some of its addresses could not be read; the lines "
			 "are in metadata.addresses_raw." },
	{ "recipients-cut", "It names more people than are stored." },
	{ "body-not-inline", "A part of its text is kept elsewhere and could "
			     "not be read." },
	{ "body-malformed", "A part of its text is not encoded as it must "
			    "be." },
	{ "charset-lossy", "Some characters of its text are lost: they are in "
			   "no charset that it names." },
	{ "html-cut", "Its HTML is longer than what is kept of it." },
	{ "parts-cut", "It has more parts than are looked at." },
	{ "text-damaged", "Somewhere in it stands U+FFFD for what could not be "
			  "kept: a NUL, half a character, nesting without "
			  "end." },
	{ .code = NULL },
};
