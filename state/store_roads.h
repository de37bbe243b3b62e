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

/* store_match.c */

/** Which stored items are the records that may come by another road? Those take
 *  their source_id, in a copy of the page: w->page. */
sl_status sl_page_match(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
void sl_page_add_key(struct sl_page_work *w, const char *source_id,
		     const char *kind, const char *value);

/* store_roads.c */

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
