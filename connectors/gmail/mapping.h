/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the files of this folder that map one message: its header lines,
 * people, parts, and the record that they become.
 */
#ifndef SL_CONNECTORS_GMAIL_MAPPING_H
#define SL_CONNECTORS_GMAIL_MAPPING_H

#include "connectors/gmail/private.h"

/** A text that comes in an answer of its own. */
struct sl_gmail_late {
	struct sl_gmail_late *next;
	struct sl_artifact *artifact;
	const char *body_ref;
	const char *charset; /* as the part declared it, or NULL */
	bool html;
};

/** Where messages are mapped to. */
struct sl_gmail_context {
	struct sl_page *page;
	struct sl_gmail_fidelity fidelity;
	const char *account;  /* the account's address                  */
	int64_t since_us;     /* earlier ones are outside; SL_NO_TIME   */
	const char *body_ref; /* version of the ref that the next message is
			       * read for, when its text is read, too      */
	struct sl_gmail_late *late; /* such texts, still to come         */
};

/** Why a message is outside; NULL = it is inside. */
const char *sl_gmail_bin(const char *const *labels);      /* trash, spam  */
const char *sl_gmail_left_out(const char *const *labels); /* draft, chat */

/**
 * One message becomes an artifact, a tombstone (trash, spam), filtered or
 * rejected.
 *
 * wanted_id	the id it was asked for by; NULL = a member of its thread that
 *		nobody asked for: outside the scope it leaves no record
 * whole	how it came: false = headers alone, because it is too large
 * bytes	of the answer it came in
 */
void sl_gmail_map(struct sl_gmail_context *context, const json_t *message,
		  const char *wanted_id, bool whole, size_t bytes);

/** A text fetched as an attachment completes its message. */
void sl_gmail_map_late(struct sl_gmail_context *context, const char *id,
		       const json_t *attachment);

/** The version of a message: its historyId, 0 when it makes no sense. */
int64_t sl_gmail_version(const json_t *message);

/** Member `id` if it is a text of 1..SL_SOURCE_ID_MAX bytes, else NULL. */
const char *sl_gmail_usable_id(const json_t *message);

/** `labelIds` copied, NULL-ended, at most SL_GMAIL_LABELS_OF_ONE. */
const char *const *sl_gmail_labels(struct sl_arena *arena,
				   const json_t *message);

/** Is the label there? */
bool sl_gmail_has_label(const char *const *labels, const char *label);

/** Put a message into quarantine. */
struct sl_rejected *sl_gmail_reject(struct sl_page *page, const char *id,
				    const json_t *message, const char *reason);

/** The same; as it was sent it is kept only where all of it is wanted. */
struct sl_rejected *sl_gmail_reject_message(struct sl_gmail_context *context,
					    const char *id,
					    const json_t *message,
					    const char *reason);

/** Header lines that are looked at. */
enum sl_gmail_header {
	SL_GMAIL_H_FROM,
	SL_GMAIL_H_SENDER,
	SL_GMAIL_H_REPLY_TO,
	SL_GMAIL_H_TO,
	SL_GMAIL_H_CC,
	SL_GMAIL_H_BCC,
	SL_GMAIL_H_SUBJECT,
	SL_GMAIL_H_DATE,
	SL_GMAIL_H_MESSAGE_ID,
	SL_GMAIL_H_IN_REPLY_TO,
	SL_GMAIL_H_REFERENCES,
	SL_GMAIL_H_LIST_ID,
	SL_GMAIL_H_LIST_UNSUBSCRIBE,
	SL_GMAIL_H_LIST_POST,
	SL_GMAIL_H_PRECEDENCE,
	SL_GMAIL_H_AUTO_SUBMITTED,
	SL_GMAIL_H_FEEDBACK_ID,
	SL_GMAIL_H_AUTO_RESPONSE_SUPPRESS,
	SL_GMAIL_H_RETURN_PATH,
	SL_GMAIL_HEADERS, /* how many */
};

/** One line; a name may have several. */
struct sl_gmail_line {
	struct sl_gmail_line *next;
	const char *value; /* borrowed from the message; never empty */
};

/** The lines of a message by name, in their order. */
struct sl_gmail_lines {
	struct sl_gmail_line *of[SL_GMAIL_HEADERS];
};

/** The names, NULL-ended, in the order of the enum. */
extern const char *const sl_gmail_header_names[];

void sl_gmail_read_lines(struct sl_arena *arena, const json_t *payload,
			 struct sl_gmail_lines *lines);

/** The first line of that name, or NULL. */
const char *sl_gmail_line(const struct sl_gmail_lines *lines,
			  enum sl_gmail_header header);

/** Who wrote to whom; the account's own address in any spelling is `self`. */
void sl_gmail_map_people(struct sl_page *page, struct sl_artifact *artifact,
			 const struct sl_gmail_lines *lines,
			 const char *account);

/**
 * Is an address the account's own? Capitals do not count; at gmail.com and
 * googlemail.com, one mailbox by two names, neither do dots and "+tags". Other
 * domains of Google's do tell them apart.
 */
bool sl_gmail_is_own(const char *account, const char *address);

/**
 * The strongest sign that a machine sent it to many, as a code; NULL = there
 * is none. List-Unsubscribe alone counts only in mail that answers nothing:
 * tools that track letters of one person put it there, too.
 */
const char *sl_gmail_bulk(const struct sl_gmail_lines *lines,
			  const char *const *labels);

struct sl_gmail_leaf;

/** What the tree of parts holds; on the arena but for its JSON. */
struct sl_gmail_body {
	struct sl_gmail_leaf *texts; /* to be read, in order              */
	struct sl_gmail_leaf *html;  /* the first of them; or NULL        */
	const char *kept_as; /* attachment id of a text that is not here  */
	json_t *attachments;
	json_t *charsets; /* those that texts were converted from; or NULL */
	bool lossy, malformed, cut;
};

/** Walk the tree. The payload is borrowed until sl_gmail_drop_payload(). */
void sl_gmail_read_payload(struct sl_arena *arena, const json_t *payload,
			   struct sl_gmail_body *body);
void sl_gmail_drop_payload(struct sl_gmail_body *body);

/** Text, HTML and attachments into the artifact, as the mode has it. */
void sl_gmail_put_payload(struct sl_gmail_context *context,
			  struct sl_artifact *artifact,
			  struct sl_gmail_body *body);

/** Append an oddity's code to metadata.notes, once. */
void sl_gmail_note(struct sl_artifact *artifact, const char *code);

#endif
