/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the files of this folder: the streams, their cursors, the requests,
 * the reading of what comes back.
 */
#ifndef SL_CONNECTORS_LINKEDIN_PRIVATE_H
#define SL_CONNECTORS_LINKEDIN_PRIVATE_H

#include "core/sync/connector.h"

#include "connectors/linkedin/rows.h"

#define SL_LINKEDIN_CHANGELOG "changelog"

#define SL_LINKEDIN_OPT_DOMAINS       "domains"
#define SL_LINKEDIN_OPT_SNAPSHOT_DAYS "snapshot_days"
#define SL_LINKEDIN_OPT_COUNT         "changelog_count"

/** Changes older than this are told nobody. */
#define SL_LINKEDIN_HORIZON_DAYS 28

#define SL_MS_PER_HOUR INT64_C(3600000)
#define SL_MS_PER_DAY  (24 * SL_MS_PER_HOUR)

/** A window begins so long behind the horizon, as that moves while its pages
 *  are read, and what it passes is no longer counted among them; so long when
 *  it has passed a window's beginning. */
#define SL_LINKEDIN_MARGIN_MS       SL_MS_PER_HOUR
#define SL_LINKEDIN_MARGIN_AGAIN_MS SL_MS_PER_DAY

/** Bytes of one answer; how many rows LinkedIn puts on a page nobody told. */
#define SL_LINKEDIN_BODY_MAX ((size_t)16 * 1024 * 1024)

/** Events of one moment whose names the cursor keeps. */
#define SL_LINKEDIN_KNOWN_MAX 1000

/** A domain that is empty or not ready is asked again after an hour, then
 *  twice as long, and so on. */
#define SL_LINKEDIN_WAIT_MIN_MS SL_MS_PER_HOUR
#define SL_LINKEDIN_WAIT_MAX_MS SL_MS_PER_DAY

/** `tag` of a call. */
enum sl_linkedin_tag {
	SL_LINKEDIN_EVENTS,
	SL_LINKEDIN_ROWS,
	SL_LINKEDIN_BY_ID, /* nothing can be read by id: see ask.c */
};

/** One domain of the snapshot and the stream that walks it. */
struct sl_linkedin_domain {
	const char *kind;   /* of the stream; NULL ends the table */
	const char *domain; /* LinkedIn's name: capitals count    */
	const char *title;
	enum sl_linkedin_table table;
};

extern const struct sl_linkedin_domain sl_linkedin_domains[];

/** The domain that a stream of this kind walks; NULL: it is the changelog. */
const struct sl_linkedin_domain *sl_linkedin_domain_of(const char *kind);

/** Where the changelog is followed. Times are LinkedIn's, in ms. */
struct sl_linkedin_window {
	bool begins;         /* no position was taken up before              */
	int64_t at;          /* all that was processed before is stored      */
	int64_t was;         /* ... as the cursor has it                     */
	int64_t start;       /* events of the window that are stored, or were */
	int64_t max;         /* latest that they were processed              */
	const json_t *known; /* array: names of the events at `at`      */
	const json_t *fresh; /* array: names of those at `max`          */
	int64_t verified;    /* an empty page ended a window then         */
	int64_t snapshots;   /* the snapshots were asked for then; 0      */
	int64_t connected;   /* ... under the consent of then             */
	const char *domains; /* as they were told; NULL: never            */
};

/** Where the walk of a domain is. */
struct sl_linkedin_walk {
	int64_t page;       /* to ask for, from 0                        */
	const char *hash;   /* of the rows of the page before; or NULL    */
	int64_t rows;       /* that were listed                          */
	int64_t tries;      /* in a row that page 0 was empty            */
	int64_t not_before; /* ms; asked for nothing until then          */
	bool done;          /* nothing to ask for                        */
	bool gaps;          /* some of it could not be read              */
	const json_t *positions; /* array of those so far; or NULL      */
};

/**
 * Read the cursor, or begin when there is none. `ask` and `read` of one turn
 * read the same.
 *
 * SL_RESYNC	the cursor is not one of ours
 */
sl_status sl_linkedin_window(const struct sl_turn *turn,
			     struct sl_linkedin_window *window,
			     struct sl_error *err) SL_NODISCARD;
sl_status sl_linkedin_walk(const struct sl_turn *turn,
			   struct sl_linkedin_walk *walk, struct sl_error *err)
	SL_NODISCARD;

/** New references. */
json_t *sl_linkedin_window_cursor(const struct sl_linkedin_window *window);
json_t *sl_linkedin_walk_cursor(const struct sl_linkedin_walk *walk);

/** What the codes mean; ends with .code == NULL. */
extern const struct sl_code sl_linkedin_codes[];

/** The functions of the connector: see connector.h. */
sl_status sl_linkedin_ask(const struct sl_turn *turn, struct sl_arena *arena,
			  struct sl_ask *ask, struct sl_error *err)
	SL_NODISCARD;
sl_status sl_linkedin_read(const struct sl_turn *turn,
			   struct sl_answers *answers, struct sl_page *page,
			   struct sl_error *err) SL_NODISCARD;
sl_status sl_linkedin_classify(const struct sl_refusal *refusal,
			       struct sl_error *err) SL_NODISCARD;

/** Is it LinkedIn's word for the end of pages, and for no page at all? */
bool sl_linkedin_says_no_data(const json_t *body);
/** ... for a LinkedIn-Version that it does not take any more? */
bool sl_linkedin_says_inactive(const json_t *body);
/** What that means. */
sl_status sl_linkedin_inactive(const json_t *body, struct sl_error *err);

/** Events that a page may hold; fewer after too large an answer. */
int64_t sl_linkedin_page_size(const struct sl_turn *turn);

/** One answer of a stream each becomes a page. */
sl_status sl_linkedin_read_events(const struct sl_turn *turn,
				  const struct sl_answer *answer,
				  struct sl_page *page, struct sl_error *err)
	SL_NODISCARD;
sl_status sl_linkedin_read_rows(const struct sl_turn *turn,
				const struct sl_answer *answer,
				struct sl_page *page, struct sl_error *err)
	SL_NODISCARD;

/** Open the streams of the domains, or begin their walks anew, when it is
 *  time; `window` hears of it. */
void sl_linkedin_open_domains(const struct sl_turn *turn,
			      struct sl_linkedin_window *window,
			      struct sl_page *page);

/** Has one of LinkedIn's lists a link to what follows? `strange` says that it
 *  leads elsewhere: none is ever followed. */
bool sl_linkedin_has_next(const json_t *body, const char *endpoint,
			  bool *strange);

/** One event becomes one record. */
void sl_linkedin_map_event(struct sl_page *page, const json_t *event);

#endif
