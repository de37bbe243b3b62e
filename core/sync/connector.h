/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connector asks and reads; it does no I/O.
 *
 * It is a constant record and three pure functions: no network, no database,
 * no clock, no memory but the arena it is given. The engine owns tokens,
 * pacing, retries, concurrency, transactions, logging and time. Everything
 * passed in is borrowed and constant for one call.
 *
 * A *stream* is what has a cursor of its own: a stream kind plus a key. A
 * *walk* is a complete listing, begun with no cursor; when a page says
 * walk_done the stream goes on with changes. docs/adding-a-connector.md
 * builds one from nothing.
 */
#ifndef SL_SYNC_CONNECTOR_H
#define SL_SYNC_CONNECTOR_H

#include <jansson.h>

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/option.h"

#include "core/sync/record.h"

struct sl_importer;
struct sl_provider;

/** A name and a value, unencoded; `name` NULL ends a list. */
struct sl_query {
	const char *name;
	const char *value;
};

struct sl_stream_kind {
	const char *name;      /* "events"; NULL ends the table              */
	const char *title;     /* for people                                 */
	const char *opened_by; /* kind whose pages open it; NULL = the
				* engine opens one with an empty key      */
	int map_version;       /* raise it when the mapping changes          */
	bool etag_counts;      /* metadata.etag says how much is held of an
				* item, and refs ask for it by that name: a row
				* where it alone differs is written          */
	bool lists_instances;  /* refs with `instances` may be asked: the
				* provider expands what we cannot            */
	int64_t horizon_days;  /* the provider tells changes of so many days
				* only: what is not synced before then is
				* lost; 0 = there is no such end              */
	bool follows;          /* it has no listing: its first page only takes
				* up a position from which it follows changes,
				* and opens the kind that walks. Nothing is
				* swept by it; other options or a resync leave
				* its position alone                         */
	const char *sweeps;    /* what its walks list in full: artifacts of this
			     * type; "" = nothing in full, nothing is swept;
			     * NULL = all of its key                       */
	bool pushed; /* its pages are brought by `import`: it is never asked */
	bool walk_only; /* nothing of it can be read by id: what an audit finds
			 * wrong is mended by a new walk                    */
	const char *holds; /* type of the artifacts that its pages bring; "" =
			    * none, people alone: there is nothing to be audited;
			    * NULL = any                                      */
};

/** Prices of requests in the provider's quota units, with their dates. */
struct sl_quota {
	const char *since; /* "YYYY-MM-DD", ascending; NULL ends the table */
	double user_per_minute;
	double client_per_minute;
	int at_once; /* requests of one user under way; 0 = no limit */
};

/** The words of reasons that have no row, as the provider makes up names. */
#define SL_CODE_OTHER "*"

/** One of the connector's own codes (why an item was filtered, why a stream is
 *  off, what is odd about an item), in one sentence for people. */
struct sl_code {
	const char *code; /* NULL ends the table */
	const char *words;
};

struct sl_stream {
	const char *kind;
	const char *key;         /* "" where there is one per account  */
	bool walking;            /* a walk is under way                */
	int64_t walk_started_us; /* SL_NO_TIME when not walking        */
};

/** What a connector is told. */
struct sl_turn {
	const struct sl_stream *stream;
	const json_t *settings;      /* object: every option of the table,
				      * checked, as text                  */
	const char *account;         /* the account's address or name     */
	const json_t *cursor;        /* last one; NULL = begin a walk     */
	const struct sl_ref *wanted; /* items to be read by id, or NULL   */
	int shrink;                  /* times the last answer was too large
				      * in a row: halve the page so often */
	int64_t now_us;              /* UTC                               */
	int64_t checked_us;   /* the stream rested last; SL_NO_TIME = never */
	int64_t connected_us; /* a person consented last; SL_NO_TIME        */
};

/** One request: always authorised by the engine with the account's token. */
struct sl_call {
	const char *method;   /* "GET" when NULL                            */
	const char *endpoint; /* name of an endpoint row of the provider    */
	const char *const *path;        /* segments, unencoded, NULL-ended */
	const struct sl_query *query;   /* NULL = none                     */
	const struct sl_query *headers; /* NULL = none                     */
	const char *wanted_id; /* the wanted item it reads; NULL = listing  */
	const char *const *wanted_also; /* more of them that the one answer
					 * holds, NULL-ended; or NULL       */
	int tag;             /* the connector's own; handed back          */
	size_t max_body;     /* cap on decoded bytes; 0 = SL_BODY_MAX     */
	double units;        /* quota units; 0 counts as 1                */
	bool tell_too_large; /* wanted items: an answer above max_body goes to
				* `read` as too_large, and is not asked again */
	bool tell_refused;   /* a listing: a refusal that `classify` calls
			    * SL_REJECTED with SL_ITEM goes to `read`, as that
			    * of a wanted item does: it is an answer, too  */
};

#define SL_BODY_MAX  (4u * 1024 * 1024)
#define SL_CALLS_MAX 100 /* calls of one ask */

struct sl_ask {
	struct sl_call *calls; /* on the arena */
	size_t count;          /* 0 = nothing to ask: the stream rests */
};

/** One final answer; `body` is borrowed until the next one is taken. */
struct sl_answer {
	const struct sl_call *call;
	int http_status;    /* 2xx; or of a wanted item (and of a listing with
			     * tell_refused) an item-scoped refusal (404), or
			     * of a wanted item 5xx again and again while others
			     * are answered: reject that one as transient */
	const json_t *body; /* parsed and repaired; NULL when not JSON    */
	size_t body_bytes;  /* decoded size: what page sizes adapt to     */
	bool repaired;      /* the text needed repair before parsing      */
	bool too_large;     /* above max_body (tell_too_large); no body   */
};

/**
 * The answers of one ask, one at a time, each body parsed when it is taken
 * and freed when the next one is: NULL at the end. Calls for wanted items that
 * were deferred (quota, time, budget) are simply not among them; their items
 * stay wanted. Of a listing's calls none is missing.
 */
struct sl_answers;
const struct sl_answer *sl_answers_next(struct sl_answers *answers);

/** A response that is not plainly good, for `classify`. */
struct sl_refusal {
	const struct sl_call *call;
	int http_status;
	const json_t *body;     /* NULL when not JSON                     */
	int64_t retry_after_ms; /* SL_NO_DELAY = none                     */
	bool had_cursor;        /* the request carried a cursor           */
	int64_t now_us;         /* UTC; deadlines may be told in words    */
};

/** What stored artifacts of an account may no longer hold. */
struct sl_erasure {
	bool title, content;
	const char *const *metadata; /* keys that go, NULL-ended; or NULL    */
	/** What refs name from now on, and which of their former versions hold
	 *  no less: an artifact of one of those takes the new one, and is not
	 *  read again; of any other it is. NULL = none (of both) */
	const char *version;
	const char *const *richer; /* NULL-ended */
};

/** The option that every connector's table has: sluice.tombstone_days() reads
 *  it. */
#define SL_OPTION_TOMBSTONES                                                   \
	{                                                                      \
		.name = "tombstone_retention", .type = SL_OPT_NUMBER,          \
		.fallback = "30", .min = 1, .max = 3650,                       \
		.effect = SL_EFFECT_NOTHING,                                   \
		.help = "Days until an item that is gone at the provider "     \
			"loses its content here.",                             \
	}

struct sl_connector {
	const char *name;  /* of the integration, in rows and commands */
	const char *title; /* for people                                */
	const struct sl_provider *provider;
	const char *const *scopes;          /* OAuth, NULL-ended        */
	const struct sl_stream_kind *kinds; /* ends with .name == NULL  */
	const struct sl_option *options;    /* ends with .name == NULL  */
	const struct sl_quota *quotas;      /* ends with .since == NULL */
	const struct sl_code *codes;        /* for `explain`; or NULL   */
	int64_t default_interval_s;

	/**
	 * Say which requests come next: the wanted items first (one or a
	 * bounded batch), else the next listing.
	 *
	 * ask		on the arena; calls may be answered in any order
	 *
	 * SL_RESYNC	the stored cursor makes no sense
	 */
	sl_status (*ask)(const struct sl_turn *turn, struct sl_arena *arena,
			 struct sl_ask *ask, struct sl_error *err) SL_NODISCARD;

	/**
	 * Turn the answers into one page: facts only. `page` is initialised
	 * by the engine.
	 *
	 * SL_RESYNC	the answers show that the cursor is useless
	 * SL_RETRY	a body of the wrong shape (a portal, a proxy)
	 */
	sl_status (*read)(const struct sl_turn *turn,
			  struct sl_answers *answers, struct sl_page *page,
			  struct sl_error *err) SL_NODISCARD;

	/**
	 * Map one refusal (any status but 2xx) to a remedy and a scope.
	 * Never SL_OK. SL_REJECTED with scope SL_ITEM passes the answer on
	 * to `read`, for wanted items that are gone, and for listings whose end
	 * is told so (tell_refused). 5xx is SL_RETRY with scope
	 * SL_STREAM: whether it is one item's trouble the engine finds out.
	 */
	sl_status (*classify)(const struct sl_refusal *refusal,
			      struct sl_error *err) SL_NODISCARD;

	/**
	 * What these settings forbid to keep: false = nothing. Asked when the
	 * options of a stream have changed (what they were is not known), and
	 * done before the provider is asked for anything. NULL: there is no
	 * option with SL_EFFECT_ERASE.
	 */
	bool (*erase)(const json_t *settings, struct sl_arena *arena,
		      struct sl_erasure *out);

	/** Its second road: core/sync/importer.h. NULL = none. */
	const struct sl_importer *importer;
};

/**
 * Do streams of this kind hold the items of another kind's streams, under the
 * same key? One that follows and the one that it opens do: whoever reads an
 * item stores it, and what either learns of it counts for both.
 */
bool sl_kind_shares_key(const struct sl_stream_kind *kinds,
			const struct sl_stream_kind *kind);

/** The text of one setting; the table guarantees that it is there. */
const char *sl_turn_setting(const struct sl_turn *turn, const char *name);

#endif
