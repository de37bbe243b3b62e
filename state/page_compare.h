/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page's artifacts against the stored rows, without writing: what a dry run
 * tells and what an audit judges by.
 */
#ifndef SL_STATE_PAGE_COMPARE_H
#define SL_STATE_PAGE_COMPARE_H

#include "state/store_page.h"

/** One artifact of the page and its row. */
struct sl_compared {
	const struct sl_artifact *artifact;
	const char *id;   /* of the row; NULL = not stored            */
	bool was_deleted; /* the row is a tombstone                   */
	bool same;        /* hash and mapping are                     */
	bool written;     /* a commit would write it                  */
	int64_t stored_version;
	const char *ledger;  /* state of the item in sync_items, or NULL */
	const char *changed; /* columns that differ, "a, b"; "" = none   */
	const char *refused; /* the database refuses it: why; else NULL  */
};

/**
 * Compare all artifacts of the page, in its order, inside a transaction.
 * w->careful: under savepoints, so that what the database refuses is found.
 *
 * out		one row an artifact, on w->arena
 */
sl_status sl_page_compare(struct sl_page_work *w, struct sl_compared **out,
			  struct sl_error *err) SL_NODISCARD;

/** What is needed of a work that only reads: artifacts in page order. */
void sl_page_work_read(struct sl_page_work *w, struct sl_pg *pg,
		       const struct sl_commit *commit, struct sl_arena *arena);

/** Then: its records that may come by several roads take the ids under which
 *  their items are stored; w->page is a copy. */
sl_status sl_page_work_roads(struct sl_page_work *w, struct sl_error *err)
	SL_NODISCARD;

/** Is a ref of a page here already, as the listing has it, and as a tombstone?
 *  Or stored at all? */
struct sl_known_ref {
	bool known, stored, was_deleted;
	bool quarantined; /* in the ledger, whatever is stored */
	const char *title;
	int64_t occurred_us;
};

/** What else is known. */
struct sl_known_by {
	int64_t too_new_us; /* as sl_refs_too_new_us; SL_NO_TIME = no tombstone */
	bool filtered;      /* those that were left out, too */
	/* what holds one of these versions will be erased to the ref's; NULL */
	const struct sl_erasure *erasure;
};

/** Which refs of a page are here already; one row a ref. */
sl_status sl_page_known_refs(struct sl_page_work *w,
			     const struct sl_known_by *by,
			     struct sl_known_ref *out, struct sl_error *err)
	SL_NODISCARD;

#endif
