/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the files of this folder: the cursor, the requests, the mapping.
 */
#ifndef SL_CONNECTORS_GOOGLE_CALENDAR_PRIVATE_H
#define SL_CONNECTORS_GOOGLE_CALENDAR_PRIVATE_H

#include "core/sync/connector.h"

#define SL_GCAL_CALENDARS "calendars"
#define SL_GCAL_EVENTS    "events"

#define SL_GCAL_OPT_SINCE       "since"
#define SL_GCAL_OPT_EVENT_TYPES "event_types"

/** `tag` of a call. */
enum sl_gcal_tag {
	SL_GCAL_LISTING,
	SL_GCAL_ITEM,
	SL_GCAL_LIGHT_ITEM, /* asked for without its contents */
	SL_GCAL_INSTANCES,  /* of one recurring event         */
	SL_GCAL_LIGHT_INSTANCES,
};

/*
 * Page sizes, in items. Google's largest are 250 calendars and 2500 events;
 * a page should weigh between 1 and 2 MiB, well below SL_BODY_MAX.
 */
#define SL_GCAL_CALENDARS_PAGE 250
#define SL_GCAL_WALK_PAGE      500
#define SL_GCAL_CHANGES_PAGE   250
#define SL_GCAL_PAGE_MAX       2500
#define SL_GCAL_PAGE_BYTES_MIN (1024 * 1024)
#define SL_GCAL_PAGE_BYTES_MAX (2 * 1024 * 1024)

/** Instances of one series on one page: Google's largest. A full one is all
 *  that is kept; of shorter ones so many are read. */
#define SL_GCAL_INSTANCES_MAX      2500
#define SL_GCAL_INSTANCE_PAGES_MAX 10

/** Events read by id at one time. */
#define SL_GCAL_CALLS_MAX 16

/** Longest page or sync token accepted: they travel in the URL. */
#define SL_GCAL_TOKEN_MAX 4096 /* bytes */

/** Bytes kept of a date that could not be understood. */
#define SL_GCAL_RAW_DATE_MAX 128

/** Where a listing stands and what its next request asks for. */
struct sl_gcal_plan {
	bool events;       /* else the list of calendars                  */
	const char *token; /* sync token; NULL during a walk              */
	const char *page;  /* page token; NULL on the first page          */
	const char *since; /* RFC 3339 timeMin of the walk; NULL = none   */
	int64_t size;      /* items to ask for                            */
	bool light;        /* even one item is too large: ask for ids only */
};

/**
 * Read the cursor, or begin a walk when there is none.
 *
 * Deterministic: `ask` and `read` of one turn make the same plan.
 *
 * SL_RESYNC	the cursor is not one of ours
 */
sl_status sl_gcal_plan(const struct sl_turn *turn, struct sl_arena *arena,
		       struct sl_gcal_plan *plan, struct sl_error *err)
	SL_NODISCARD;

/** Is this the request that begins a walk? */
bool sl_gcal_begins_walk(const struct sl_gcal_plan *plan);

/** `count` halved `times` times, at least 1. */
int64_t sl_gcal_halved(int64_t count, int times);

/**
 * Set page->cursor, more, walk_done, scope and warning from the tokens of a
 * listing's answer.
 *
 * SL_RETRY	the page token does not move, or a token is absurdly long
 *
 * Source: Google Calendar API reference, Synchronize resources efficiently,
 * read 2026-11
 */
sl_status sl_gcal_advance(const struct sl_gcal_plan *plan,
			  const struct sl_answer *answer, size_t items,
			  struct sl_page *page, struct sl_error *err)
	SL_NODISCARD;

/** What the codes mean; ends with .code == NULL. */
extern const struct sl_code sl_gcal_codes[];

/** The `ask` and `read` of the connector: see connector.h. */
sl_status sl_gcal_ask(const struct sl_turn *turn, struct sl_arena *arena,
		      struct sl_ask *ask, struct sl_error *err) SL_NODISCARD;
sl_status sl_gcal_read(const struct sl_turn *turn, struct sl_answers *answers,
		       struct sl_page *page, struct sl_error *err) SL_NODISCARD;

/** One entry of the calendar list becomes a stream change. */
void sl_gcal_map_calendar(struct sl_page *page, const json_t *entry);

/**
 * One event becomes an artifact, a tombstone, or filtered, or rejected.
 * Returns the artifact, or NULL.
 *
 * types	setting `event_types`
 * wanted_id	the id it was asked for by, or NULL in a listing
 */
struct sl_artifact *sl_gcal_map_event(struct sl_page *page, const char *types,
				      const char *wanted_id,
				      const json_t *event);

/**
 * The answer to a question for instances becomes the master's slots; any
 * other answer than the list says that the provider does not tell.
 *
 * Source: Google Calendar API reference, Events: instances, read 2026-11
 */
void sl_gcal_map_instances(struct sl_page *page, const struct sl_ref *master,
			   const struct sl_answer *answer);

/** Start, date or dateTime, of a time member; SL_NO_TIME = none, or odd. */
int64_t sl_gcal_time_us(const json_t *value);

/** Put an item into quarantine. `id` NULL: it has no usable one; `item` NULL:
 *  it was not sent. */
struct sl_rejected *sl_gcal_reject(struct sl_page *page, const char *id,
				   const json_t *item, const char *reason);

/** `updated` in microseconds, 0 when it makes no sense. */
int64_t sl_gcal_version(const json_t *event);

/** Member `id` if it is a text of 1..SL_SOURCE_ID_MAX bytes, else NULL. */
const char *sl_gcal_usable_id(const json_t *item);

/** A copy of a text member; absent or empty gives NULL. */
char *sl_gcal_text(struct sl_page *page, const json_t *object, const char *key);

/** Times, dates, zone and reach; oddities become notes in the metadata. */
void sl_gcal_map_times(struct sl_page *page, struct sl_artifact *artifact,
		       const json_t *event);

/** Organizer and attendees; the creator is not a participant. */
void sl_gcal_map_people(struct sl_page *page, struct sl_artifact *artifact,
			const json_t *event);

/** Everything that has no column. Set first: the others add notes to it. */
void sl_gcal_map_metadata(struct sl_artifact *artifact, const json_t *event);

/** Append an oddity's code to metadata.notes. */
void sl_gcal_note(struct sl_artifact *artifact, const char *code);

#endif
