/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The records of a page that may come by several roads, and the stored items
 * that they may be: what store_match.c and store_match_find.c share.
 */
#ifndef SL_STATE_STORE_MATCH_H
#define SL_STATE_STORE_MATCH_H

#include "state/store_page.h"

/* A stored item that the page may mean; or one that it brings itself. */
struct sl_match_item {
	const char *source_id;
	int64_t version;
	bool stored, deleted, emptied, incomplete, keyed, named;
	const char *sender;
	bool seen;  /* this walk has shown it */
	bool met;   /* some record is it      */
	int claims; /* leftover records that it may be by moment */
	struct sl_match_road *newest;
};

enum sl_match_how {
	SL_MATCH_ALIAS,
	SL_MATCH_ID,
	SL_MATCH_KEY,
	SL_MATCH_WEAK,
	SL_MATCH_MOMENT
};

struct sl_match_answer {
	struct sl_match_item *item;
	enum sl_match_how how;
	size_t road, nth;
};

/* A record that may come by another road, too. */
struct sl_match_road {
	const struct sl_artifact *record;
	struct sl_match_item *item; /* NULL = not known */
	bool exact;
	/* in the order in which they count */
	const struct sl_match_answer *answers;
	size_t count;
};

struct sl_match {
	struct sl_page_work *w;
	struct sl_match_road *roads;
	size_t count;
	enum sl_match_how *asked; /* of each question */
	struct sl_match_answer *answers;
	size_t answer_count;
	struct sl_rows *listings;
};

/** How many there are. */
size_t sl_match_aliases(const struct sl_artifact *a);
/** Does it say less of who it is than others do? */
bool sl_match_is_weak(const struct sl_artifact *a);

/** Ask for all that the records may be: roads[].answers. */
sl_status sl_match_find(struct sl_match *m, struct sl_error *err) SL_NODISCARD;

#endif
