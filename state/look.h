/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A store that only looks: what `sync --dry-run` gives to the engine.
 *
 * Pages are compared with the committed rows in transactions that PostgreSQL
 * itself holds to reading; cursors, opened streams, what a walk saw and what
 * was announced already live in memory. No lease is taken, no row is written,
 * but for refreshed tokens: those are real.
 *
 * Counts are those of the same run in earnest, with these gaps: what only a
 * constraint refuses is counted as stored, and the second of two versions of
 * one item in one run as unchanged. Contacts that only a restored item makes are
 * not told when a ref or a patch restores it.
 *
 * One look serves all workers of an engine; memory grows with the pages that
 * are looked at, so the caller bounds them (sl_engine_config.pages_max).
 */
#ifndef SL_STATE_LOOK_H
#define SL_STATE_LOOK_H

#include "core/sync/store.h"

enum sl_look_verb {
	SL_LOOK_CREATE,
	SL_LOOK_UPDATE,
	SL_LOOK_DELETE,     /* becomes a tombstone                       */
	SL_LOOK_HOLD,       /* not listed, but too many to delete at once */
	SL_LOOK_FILTER,     /* left out on purpose                       */
	SL_LOOK_QUARANTINE, /* cannot be stored                          */
	SL_LOOK_CONTACT,    /* a person becomes a contact; id = address  */
	SL_LOOK_ERASE,      /* of an account, once: title = how many items
			     * would lose what `changed` names   */
	SL_LOOK_OPEN,       /* a stream: will be pulled, or is off       */
	SL_LOOK_CLOSE,      /* a stream: gone at the provider            */
};

/** What would become of one item. All texts are borrowed for the call. */
struct sl_look_item {
	enum sl_look_verb verb;
	const struct sl_target *target;
	const char *stream_kind;
	const char *stream_key;
	const char *stream_title; /* or NULL */
	const char *id;           /* source_id, or a stream's key; or NULL */
	const char *title;        /* or NULL */
	int64_t occurred_us;      /* SL_NO_TIME = none */
	const char *reason;  /* why it is deleted, filtered, ...; or NULL */
	const char *changed; /* of an update: columns, "title, ends_at" */
};

struct sl_look;

/**
 * url		of the database; NULL = the PG* environment
 * item		called for each item once, by one thread at a time; may be NULL
 */
struct sl_look *sl_look_new(const char *url,
			    void (*item)(void *ctx,
					 const struct sl_look_item *item),
			    void *ctx);

/** Stores that look, for sl_engine. */
struct sl_store_factory sl_look_factory(struct sl_look *look);

/** After the engine is gone. */
void sl_look_free(struct sl_look **look);

#endif
