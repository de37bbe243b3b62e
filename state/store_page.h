/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One try of one page's transaction, and the parts that write it.
 */
#ifndef SL_STATE_STORE_PAGE_H
#define SL_STATE_STORE_PAGE_H

#include "state/evidence.h"
#include "state/store_people.h"
#include "state/store_private.h"
#include "state/store_roads.h"

/** An artifact of the page that was written. */
struct sl_written {
	const struct sl_artifact *artifact;
	const char *id; /* uuid text */
	bool created;
	bool revived; /* it was a tombstone */
	bool people;  /* its participants must be written, and judged */
};

struct sl_page_work {
	struct sl_pg *pg;
	const struct sl_commit *commit;
	const struct sl_page *page;
	struct sl_arena *arena;
	bool careful; /* a record was refused: find it under savepoints */
	/* Counted by an earlier commit: leave the log alone, say the same. */
	const struct sl_tally *counted;

	const struct sl_artifact **artifacts; /* sorted by source_id */
	struct sl_written *written;
	size_t written_count;
	const char **judged; /* ids of rows whose people are judged again
			      * although their content is the same: there is
			      * room for each artifact, patch and ref */
	size_t judged_count, judged_room;

	/* store_match.c, store_roads.c, store_waiting.c */
	struct sl_item_key *keys; /* to be booked                        */
	struct sl_waiting *waiting;
	struct sl_due *due;
	struct sl_link *links; /* from sl_page_join_people on: those that
				   * were not known before this page     */

	char xid[24];
	bool walking; /* ids go into `seen` */
	bool had_rows;
	int generation;
	bool begun;      /* events have begun since the last page */
	bool series_due; /* masters are left to be expanded  */
	int64_t people_from_us;
	bool people_judged; /* it is kept by what the account's people were */
	bool people_due;    /* they would be judged by something else now   */

	/* store_siblings.c; none where no other kind has the key */
	struct sl_sibling *siblings;
	size_t sibling_count;

	const struct sl_ref *wanted;  /* what waited when the page came   */
	const struct sl_ref *pending; /* what the stream wants after it   */
	struct sl_tally counts;
	bool logged; /* counts and what came with them are in the log row */
	bool moved;  /* streams were opened, changed or closed */
	int opened;
	struct sl_stream_row stream;
};

/** User, integration and stream key: $1, $2, $3. */
void sl_params_page(struct sl_params *p, const struct sl_page_work *w);

/** User, integration, stream kind and key: $1 to $4. */
void sl_params_items(struct sl_params *p, const struct sl_page_work *w);

/** $1 to $32 of artifacts_upsert, for a range of artifacts. */
void sl_params_artifacts(struct sl_params *p, const struct sl_page_work *w,
			 struct sl_arena *scratch,
			 const struct sl_artifact *const *list, size_t count);

/** $1 to $14 of artifacts_participants, for artifacts that take their whole
 *  list; false: there is nothing to write. */
bool sl_params_participants(struct sl_params *p, const struct sl_page_work *w,
			    struct sl_arena *scratch,
			    const struct sl_written *written, size_t count);

/* store_artifacts.c */
sl_status sl_page_put_artifacts(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
/* store_participants.c */
sl_status sl_page_put_participants(struct sl_page_work *w,
				   const struct sl_written *written,
				   size_t count, struct sl_error *err)
	SL_NODISCARD;
/* store_series.c */
sl_status sl_page_put_series(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;

/* store_masters.c */
sl_status sl_page_put_occurrences(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;

/* store_items.c */
sl_status sl_page_put_tombstones(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
/** Some patches: $5 to $11 of artifacts_patch. */
void sl_params_patches(struct sl_params *p, const struct sl_page_work *w,
		       const struct sl_patch *const *list, size_t count);
/** The page's patches, in its order; on w->arena. */
const struct sl_patch **sl_page_patch_list(const struct sl_page_work *w);
sl_status sl_page_put_patches(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
sl_status sl_page_put_filtered(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
/** At the start of a walk under other options: what the old ones left out may
 *  be wanted now. */
sl_status sl_page_forget_filtered(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
sl_status sl_page_put_rejected(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
sl_status sl_page_quarantine(struct sl_page_work *w,
			     const struct sl_artifact *artifact,
			     const struct sl_error *refusal,
			     struct sl_error *err) SL_NODISCARD;
/** Quarantined items that were read again, and yet are there as before. */
sl_status sl_page_postpone(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
/** At the end of a walk: quarantined items that it did not meet. */
sl_status sl_page_drop_outdated(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
/* store_refs.c */
/** What a stream wants after a page: what waited (w->wanted) and was not
 *  answered, then the page's refs but those that are `known`, one flag each,
 *  then `more`. Every id once. */
const struct sl_ref *sl_refs_next(const struct sl_page_work *w,
				  const bool *known, const struct sl_ref *more);
/** A copy of one ref behind `tail`; the next tail. */
struct sl_ref **sl_refs_append(struct sl_arena *arena, struct sl_ref **tail,
			       const struct sl_ref *ref);
/** Tombstones from then on are no part of what a listing says: they were made
 *  since it began, or by a stream that only follows. SL_NO_TIME = none is. */
int64_t sl_refs_too_new_us(const struct sl_page_work *w);
sl_status sl_page_put_refs(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
sl_status sl_page_put_seen(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
/** What the page shows to exist was seen by a stream's walk. */
sl_status sl_page_book_seen(struct sl_page_work *w, const char *stream_id,
			    int generation, struct sl_error *err) SL_NODISCARD;

/* store_siblings.c */
/** Sorted ids. */
struct sl_ids {
	const char **list;
	size_t count;
};

void sl_ids_sort(struct sl_ids *ids);
bool sl_ids_has(const struct sl_ids *ids, const char *id);
struct sl_ids sl_ids_of_refs(struct sl_arena *arena, const struct sl_ref *refs);
struct sl_ids sl_ids_of_list(struct sl_arena *arena, const char *const *list);

/** Behind the fence: what waits is what the database says; what is too old
 *  leaves w->page. */
sl_status sl_page_meet_siblings(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
/** Is another stream of the key walking, or about to read items? */
bool sl_page_others_busy(const struct sl_page_work *w);
/** Refs of what a sibling wants need not be wanted twice. */
void sl_page_skip_wanted(struct sl_page_work *w, bool *known);
/** What siblings want no more; *mine: what this stream wants instead. */
sl_status sl_page_take(struct sl_page_work *w, const bool *known,
		       const struct sl_ref **mine, struct sl_error *err)
	SL_NODISCARD;
/** When w->pending is known. */
sl_status sl_page_tell_siblings(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
/* store_streams.c */
sl_status sl_page_put_streams(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
sl_status sl_page_move_stream(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;
/** Array literal of labels; NULL list = none. */
const char *sl_labels_literal(struct sl_arena *arena,
			      const char *const *labels);

#endif
