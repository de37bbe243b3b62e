/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One page on its way into the database, and what came of it: part of store.h.
 */
#ifndef SL_SYNC_COMMIT_H
#define SL_SYNC_COMMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/people/policy.h"
#include "core/sync/account.h"
#include "core/sync/record.h"

/**
 * The source_version of a listing that was complete at an instant, of
 * connectors that bring one item by several roads: milliseconds times four,
 * and the highest rank of that millisecond. SL_NO_TIME gives 0.
 */
static inline int64_t
sl_listing_version(int64_t as_of_us)
{
	return as_of_us == SL_NO_TIME ? 0 : as_of_us / 1000 * 4 + 3;
}

/** No record, no ref, nothing of a stream: at most a cursor, and what is
 *  shown. */
static inline bool
sl_page_is_empty(const struct sl_page *p)
{
	return p->artifacts.first == NULL && p->tombstones.first == NULL &&
	       p->patches.first == NULL && p->own_addresses.first == NULL &&
	       p->own_handles.first == NULL && p->persons.first == NULL &&
	       p->streams.first == NULL && p->filtered.first == NULL &&
	       p->rejected.first == NULL && p->refs.first == NULL &&
	       p->expansions.first == NULL;
}

/** One page and all that moves with it. */
struct sl_commit {
	const struct sl_lease *lease;
	const struct sl_stream_row *stream; /* as last known */
	const struct sl_page *page;         /* normalised, one record an item */
	const char *cursor; /* JSON text; NULL = keep             */
	const char *shown;  /* JSON text; NULL = keep             */
	const char *fingerprint;
	bool starts_walk; /* generation := stream->generation + 1, walk
			   * started now, cursor replaced, pending dropped  */
	bool resynced;    /* this walk answers a refused cursor            */
	int64_t walk_started_us; /* with starts_walk or begins             */
	bool walk_done;          /* stream becomes live, sweep due if rows
				  * were there before                      */
	bool rests; /* nothing more to ask now: checked_at := asked_us     */
	int64_t asked_us; /* when the listing that told so was asked for: later
			   * changes are not known; 0 = now              */
	const char *const *answered; /* wanted ids that were read,
				      * NULL-ended: leave pending          */
	int map_version;
	bool etag_counts;     /* of the stream's kind */
	bool lists_instances; /* of the stream's kind */
	bool follows;         /* of the stream's kind: it has no walk  */
	bool begins; /* follows: the position is taken up with this page, at
		      * walk_started_us. The stream is live, its pending and
		      * its generation stay                             */
	/* a stream of another kind holds the same items: what it changed
	 * meanwhile counts (sl_kind_shares_key) */
	bool shares_key;
	/* stream key of its artifacts and of its ledger; NULL = its own */
	const char *items_key;
	const char *sweeps; /* of the stream's kind, or "" when a walk turned
			     * out to have gaps                            */
	int64_t listed_version; /* source_version as of which the walk is
				 * complete; with a type in `sweeps`           */
	int64_t now_us;
	struct sl_people_options people;
	const char *trigger;        /* for the log row */
	const char *mode;           /* "full", "incremental" */
	const struct sl_tally *add; /* requests, bytes, retries since last */
};

struct sl_outcome {
	struct sl_tally counts; /* what this page changed, without add    */
	bool logged; /* counts and add are in the log row; false: the engine
		      * carries both on to the next commit or to finish   */
	const struct sl_ref *pending; /* what the stream wants now   */
	int opened; /* streams that became runnable: reload them */
	struct sl_stream_row stream; /* the row as committed          */
};

#endif
