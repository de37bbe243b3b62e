/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the files of this folder: the cursors, the requests, the folding of
 * the history, the mapping of a message.
 */
#ifndef SL_CONNECTORS_GMAIL_PRIVATE_H
#define SL_CONNECTORS_GMAIL_PRIVATE_H

#include "core/sync/connector.h"

#define SL_GMAIL_CHANGES  "changes"
#define SL_GMAIL_BACKFILL "backfill"

#define SL_GMAIL_OPT_SINCE   "since"
#define SL_GMAIL_OPT_CONTENT "content"

/** Raise it when a message is mapped differently: all are read again. */
#define SL_GMAIL_MAP_VERSION 1

/** `tag` of a call. */
enum sl_gmail_tag {
	SL_GMAIL_PROFILE,
	SL_GMAIL_LABELS,
	SL_GMAIL_SEND_AS,
	SL_GMAIL_HISTORY,
	SL_GMAIL_LIST,
	SL_GMAIL_MESSAGE,
	SL_GMAIL_THREAD,
	SL_GMAIL_LIGHT,   /* a message too large: headers alone            */
	SL_GMAIL_MINIMAL, /* one that is no JSON even alone: does it exist? */
	SL_GMAIL_BODY,    /* a text that the message kept as an attachment  */
};

/** Google's largest page, of ids and of records of the history. */
#define SL_GMAIL_PAGE 500

/** Calls of one ask for wanted messages; fewer after too large an answer. The
 * last message may be two: itself and its text. */
#define SL_GMAIL_CALLS_MAX (SL_CALLS_MAX - 1)

/** Longest page token or attachment id accepted: they travel in the URL. */
#define SL_GMAIL_TOKEN_MAX 4096 /* bytes */

/** The user's own addresses are asked for again after so long. */
#define SL_GMAIL_IDENTITY_S INT64_C(86400)

/** Answers in a row that are behind our own position before it is dropped:
 *  replicas of one mailbox may lag a little. */
#define SL_GMAIL_BEHIND_MAX 3

/** Names of user labels shown. */
#define SL_GMAIL_LABELS_MAX 500

/* Caps of one message. What lies beyond is noted, never silently dropped. */
#define SL_GMAIL_DEPTH_MAX       64   /* parts inside parts             */
#define SL_GMAIL_PARTS_MAX       1000 /* parts looked at                */
#define SL_GMAIL_ATTACHMENTS_MAX 200  /* attachments told               */
#define SL_GMAIL_PEOPLE_MAX      500  /* participants stored            */
#define SL_GMAIL_LABELS_OF_ONE   200  /* labels stored                  */
#define SL_GMAIL_REFERENCES_MAX  8192 /* bytes of References kept       */
#define SL_GMAIL_HEADER_MAX      2048 /* bytes of other header values   */
#define SL_GMAIL_HTML_MAX        (256 * 1024) /* bytes of HTML kept       */

/** How much of a message an account keeps: the setting `content`. */
enum sl_gmail_mode {
	SL_GMAIL_FULL,          /* readable text, HTML, attachments' facts */
	SL_GMAIL_TEXT,          /* the same without HTML                   */
	SL_GMAIL_SUBJECT,       /* the subject                             */
	SL_GMAIL_METADATA_ONLY, /* people, times, labels, ids             */
};

/** The mode, and the name that refs and metadata.etag have for what a message
 *  read under it holds: "full/1". A ref of another name is read again. */
struct sl_gmail_fidelity {
	enum sl_gmail_mode mode;
	const char *version;
};

struct sl_gmail_fidelity sl_gmail_fidelity(const json_t *settings,
					   struct sl_arena *arena);

/** Versions of refs that ask for one message by itself. */
#define SL_GMAIL_SINGLE   "single" /* its thread was too large              */
#define SL_GMAIL_AS_LIGHT "light"  /* it was too large itself               */
/** ... and, with the attachment's id behind it, for its text, too. */
#define SL_GMAIL_WITH_BODY "body:"

/** Units of the calls whose price changed, from a date on. */
struct sl_gmail_prices {
	const char *since; /* "YYYY-MM-DD" */
	double message;    /* messages.get and attachments.get */
	double thread;     /* threads.get                      */
};

#define SL_GMAIL_UNITS_IDENTITY 1.0
#define SL_GMAIL_UNITS_HISTORY  2.0
#define SL_GMAIL_UNITS_LIST     5.0

/** What holds at a moment, UTC microseconds. */
const struct sl_gmail_prices *sl_gmail_prices(int64_t now_us);

/** Where a stream stands and what its next request asks for. */
struct sl_gmail_plan {
	bool changes;     /* else the backfill                           */
	const char *page; /* page token; NULL on the first page          */
	int64_t size;     /* items to ask for                            */
	/* changes */
	int64_t history; /* read what follows; 0 = nothing is known yet */
	int64_t next;    /* the mailbox's id as the first page told; 0  */
	int64_t told_s;  /* own addresses were told then; 0 = never     */
	int64_t behind;  /* answers in a row below `history`            */
	/* backfill */
	int64_t since_s; /* only messages since then; 0 = all           */
	int64_t listed;  /* messages that the walk has listed           */
	int64_t read_s;  /* the oldest of those that it has read; 0     */
	bool done;       /* the walk is over: nothing to ask            */
};

/**
 * Read the cursor, or begin when there is none. Deterministic: `ask` and
 * `read` of one turn make the same plan.
 *
 * SL_RESYNC	the cursor is not one of ours
 */
sl_status sl_gmail_plan(const struct sl_turn *turn, struct sl_gmail_plan *plan,
			struct sl_error *err) SL_NODISCARD;

/** Are the user's own addresses to be asked for? */
bool sl_gmail_wants_identity(const struct sl_turn *turn,
			     const struct sl_gmail_plan *plan);

/** The first moment inside the scope; SL_NO_TIME = it has no bound. */
int64_t sl_gmail_since_us(const json_t *settings);

/** The cursor of `changes` as the plan says. */
json_t *sl_gmail_changes_cursor(const struct sl_gmail_plan *plan);

/**
 * Move on after a page of the history: `plan` is where it was asked from, and
 * says afterwards where the next one is.
 *
 * SL_RESYNC	the mailbox's position is, and stays, before ours
 * SL_RETRY	a page token that does not move, or is absurdly long
 */
sl_status sl_gmail_advance_changes(struct sl_gmail_plan *plan,
				   const json_t *body, struct sl_page *page,
				   struct sl_error *err) SL_NODISCARD;

/** The cursor of `backfill` as the plan says. */
json_t *sl_gmail_backfill_cursor(const struct sl_gmail_plan *plan);

/** The same for a page of `count` messages of the listing. */
sl_status sl_gmail_advance_backfill(struct sl_gmail_plan *plan,
				    const json_t *body, size_t count,
				    struct sl_page *page, struct sl_error *err)
	SL_NODISCARD;

/** Does the next request begin a walk of the mailbox? */
bool sl_gmail_begins_walk(const struct sl_gmail_plan *plan);

/** What the codes mean; ends with .code == NULL. */
extern const struct sl_code sl_gmail_codes[];

/** The functions of the connector: see connector.h. */
sl_status sl_gmail_ask(const struct sl_turn *turn, struct sl_arena *arena,
		       struct sl_ask *ask, struct sl_error *err) SL_NODISCARD;
sl_status sl_gmail_read(const struct sl_turn *turn, struct sl_answers *answers,
			struct sl_page *page, struct sl_error *err)
	SL_NODISCARD;
sl_status sl_gmail_classify(const struct sl_refusal *refusal,
			    struct sl_error *err) SL_NODISCARD;
bool sl_gmail_erase(const json_t *settings, struct sl_arena *arena,
		    struct sl_erasure *out);

/** The requests for wanted items; at least one, a bounded batch. */
void sl_gmail_ask_wanted(const struct sl_turn *turn, struct sl_arena *arena,
			 struct sl_ask *ask);

/**
 * One of the answers that say who the user is: the profile (its historyId
 * goes to the plan where there is none yet), the labels, the addresses that
 * mail may be sent from.
 *
 * Source: Gmail API reference, users.getProfile, users.labels.list,
 * users.settings.sendAs.list, read 2026-11
 */
struct sl_gmail_who {
	int told;      /* answers of it that came                  */
	json_t *shown; /* for people: email, messages_total, labels */
};

/** Questions that it takes. */
#define SL_GMAIL_WHO 3

sl_status sl_gmail_read_identity(const struct sl_answer *answer,
				 struct sl_gmail_plan *plan,
				 struct sl_gmail_who *who, struct sl_page *page,
				 struct sl_error *err) SL_NODISCARD;

/**
 * The records of one page of the history, folded to one final action for each
 * message that they name: nothing of what is undone on the same page is read.
 *
 * fidelity	the version of refs
 *
 * Source: Gmail API reference, users.history.list, read 2026-11
 */
void sl_gmail_fold(struct sl_page *page, const json_t *records,
		   const char *fidelity);

#endif
