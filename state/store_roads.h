/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items that come by several roads: part of store_page.h.
 */
#ifndef SL_STATE_STORE_ROADS_H
#define SL_STATE_STORE_ROADS_H

#include <stdint.h>

#include "core/base/error.h"

struct sl_page_work;

/** A further key of an item: a row of artifact_aliases. "key" is an id that a
 *  record of it had, "weak" one made of what it says. */
struct sl_item_key {
	struct sl_item_key *next;
	const char *source_id; /* under which it is stored */
	const char *kind, *value;
};

/** An opaque handle (a URN) is a profile's: a row of handle_links. */
struct sl_link {
	struct sl_link *next;
	const char *handle, *profile; /* normalised */
	int64_t version;              /* of what tells the profile */
};

/** What an alias names. */
struct sl_named {
	const char *source_id; /* NULL = nothing */
	const char *thread;
	int64_t occurred_us;
};

/** What a page says of an item that is not stored. */
struct sl_waiting {
	struct sl_waiting *next;
	const char *source_id; /* what the ledger calls it         */
	const char *event;     /* JSON: see state/sql/match_wait.sql */
};

/** What waited for an item that the page brought. */
struct sl_due {
	struct sl_due *next;
	struct sl_named item;
	const char *event;
};

struct sl_page;
struct sl_patch;
struct sl_tombstone;

/* store_match.c */

/** Which stored items are the records that may come by another road? Those take
 *  their source_id, in a copy of the page: w->page. */
sl_status sl_page_match(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
void sl_page_add_key(struct sl_page_work *w, const char *source_id,
		     const char *kind, const char *value);

/* store_waiting.c */

/** What names no item by its alias goes to w->waiting, */
void sl_page_wait_patch(struct sl_page_work *w, const struct sl_patch *patch);
void sl_page_wait_tombstone(struct sl_page_work *w,
			    const struct sl_tombstone *tombstone);
/** and that to the ledger. */
sl_status sl_page_put_waiting(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
/** w->due: on to the page, which is written after this. */
sl_status sl_page_put_due(struct sl_page_work *w, struct sl_page *page,
			  struct sl_error *err) SL_NODISCARD;

/* store_roads.c */

/** The text that a patch brings is a key of its item, whenever it was. */
void sl_page_learn_text(struct sl_page_work *w, const struct sl_patch *patch,
			const struct sl_named *item);
/** Once artifacts are written: book their further keys; patches and tombstones
 *  that name an item by an alias take its source_id, or are left out. */
sl_status sl_page_meet_aliases(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
/** Both, of what is stored already, without writing. */
sl_status sl_page_look_roads(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
/** Once participants are written, before people are judged: book w->links, say
 *  to whom the user wrote, merge invitations that were one. */
sl_status sl_page_join_people(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;

#endif
