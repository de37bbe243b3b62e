/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the store*.c files share.
 *
 * A commit is split by aggregate: store_commit.c leads, the others write their
 * part of the page inside the transaction that it began. Everything of one
 * try lives in `struct sl_page_work`, which is begun anew when the transaction
 * is tried again.
 *
 * Counters: a page that changed something (created, updated, deleted,
 * filtered, quarantined or contacts) adds its counts and `commit->add` to the
 * run's log row at once (outcome.logged). A page that did not leaves them to
 * the caller, so that a poll that finds nothing writes no log.
 */
#ifndef SL_STATE_STORE_PRIVATE_H
#define SL_STATE_STORE_PRIVATE_H

#include "core/base/text.h"

#include "core/sync/store.h"

#include "state/pg.h"

/** Tries of one transaction that deadlocks or serialisation fail. */
#define SL_TXN_TRIES 5

struct sl_pg_store {
	struct sl_store base; /* first: the engine holds a pointer to it */
	struct sl_pg *pg;
	/* A page whose COMMIT was not answered, until its fate is known. */
	char doubt_xid[24]; /* "" = none */
	char doubt_stream[SL_UUID_TEXT];
	struct sl_tally doubt_counts;
	unsigned pages; /* stored, to know when plans are out of date */
};

struct sl_pg_store *sl_pg_store_of(struct sl_store *store);

/** What to do in a transaction; may be done again after a rollback. */
typedef sl_status (*sl_txn_work)(struct sl_pg_store *s, void *ctx,
				 struct sl_error *err);

/**
 * Begin, do the work, commit; again after a deadlock. A failure rolls back.
 * An unanswered COMMIT is SL_RETRY: all that goes through here may be
 * repeated.
 */
sl_status sl_txn_run(struct sl_pg_store *s, const char *user_id,
		     sl_txn_work work, void *ctx, struct sl_error *err)
	SL_NODISCARD;

/** The same with statements that are all of the transaction: one round trip. */
sl_status sl_txn_calls(struct sl_pg_store *s, const char *user_id,
		       struct sl_pg_call *calls, size_t count,
		       struct sl_error *err) SL_NODISCARD;

/** 40001, 40P01: worth another try at once. */
bool sl_txn_again(const struct sl_error *err);

/** User and integration of the lease: $1 and $2 of most statements. */
void sl_params_lease(struct sl_params *p, struct sl_arena *arena,
		     const struct sl_lease *lease);

/** SL_LOST, with its words. */
sl_status sl_lease_lost(struct sl_error *err);

/** Run a statement that touches rows; how many it did. */
sl_status sl_pg_touch(struct sl_pg *pg, const char *sql,
		      const struct sl_params *params, int64_t *affected,
		      struct sl_error *err) SL_NODISCARD;

/** An identifier from a row into a fixed field. */
void sl_row_uuid(char out[SL_UUID_TEXT], const struct sl_rows *rows, size_t row,
		 const char *column);

/** Does the tally hold anything that makes a log row? */
bool sl_tally_changes(const struct sl_tally *tally);

void sl_tally_sum(struct sl_tally *sum, const struct sl_tally *add);

/* store_log.c */
struct sl_log_entry {
	const struct sl_lease *lease;
	const char *trigger, *mode, *status;
	int64_t started_us, finished_us; /* SL_NO_TIME = not known, not yet */
	const struct sl_error *error;    /* NULL = none */
	const char *detail;              /* JSON, or NULL */
	const struct sl_tally *add;
};

sl_status sl_log_book(struct sl_pg *pg, struct sl_arena *arena,
		      const struct sl_log_entry *entry, struct sl_error *err)
	SL_NODISCARD;

/* store_refs.c: the JSON of sync_state.pending */
sl_status sl_refs_parse(struct sl_arena *arena, const char *json,
			struct sl_ref **out, struct sl_error *err) SL_NODISCARD;
/** NULL for an empty list. */
const char *sl_refs_json(struct sl_arena *arena, const struct sl_ref *refs);

/* store_items.c */

/** Quarantined items of one stream that one run tries again. */
#define SL_DUE_MAX 100

/** Kinds, their map versions, and most items of one: $3 to $5 of items_due,
 *  $7 to $9 of claim_begin. */
void sl_params_due(struct sl_params *p, const struct sl_stream_kind *kinds,
		   struct sl_arena *arena);

/** Stream key of what a commit stores. */
static inline const char *
sl_items_key(const struct sl_commit *commit)
{
	return commit->items_key != NULL ? commit->items_key
					 : commit->stream->key;
}

/* store_streams.c */
enum sl_stream_state sl_stream_state_parse(const char *text);
enum sl_sweep_state sl_sweep_state_parse(const char *text);
/** The parameters of stream_load. */
void sl_params_streams(struct sl_params *p, const struct sl_lease *lease,
		       struct sl_arena *arena);
/** Its rows. */
sl_status sl_streams_take(const struct sl_rows *rows, struct sl_arena *arena,
			  struct sl_stream_row **out, size_t *count,
			  struct sl_error *err) SL_NODISCARD;
sl_status sl_streams_load(struct sl_pg *pg, const struct sl_lease *lease,
			  struct sl_arena *arena, struct sl_stream_row **out,
			  size_t *count, struct sl_error *err) SL_NODISCARD;

/* store_claim.c */
/** Who holds the lease? Locks the row; busy: somebody who lives does. */
sl_status sl_claim_look(struct sl_pg *pg, const struct sl_claim *claim,
			struct sl_arena *arena, struct sl_rows **look,
			bool *busy, struct sl_error *err) SL_NODISCARD;
const char *sl_owner_json(struct sl_arena *arena, const struct sl_owner *owner);
/** Is the owner (host, boot_id, pid, started of the row) a process of this
 *  host that no longer runs? In doubt it lives. */
bool sl_owner_is_dead(const struct sl_owner *me, const struct sl_rows *rows,
		      size_t row);
/** A lease of this claim, without its fence. */
void sl_lease_init(struct sl_lease *lease, const struct sl_claim *claim);

/** Account, grant and streams of out->lease. */
sl_status sl_account_load(struct sl_pg *pg, struct sl_arena *arena,
			  struct sl_account *out, struct sl_error *err)
	SL_NODISCARD;

/* store_grant.c */
/** From the columns of grant_load, of the first row. */
void sl_grant_take(const struct sl_rows *rows, struct sl_arena *arena,
		   struct sl_grant *out);

/* store_run.c */
bool sl_end_found_nothing(const struct sl_run_end *end);
/** The end alone, without its quiet pages. */
sl_status sl_end_write(struct sl_pg_store *s, const struct sl_run_end *end,
		       struct sl_error *err) SL_NODISCARD;

/* The members of the vtable. */
sl_status sl_store_targets(struct sl_store *store,
			   const struct sl_target_filter *filter,
			   struct sl_arena *arena, struct sl_target **out,
			   size_t *count, struct sl_error *err);
sl_status sl_store_claim(struct sl_store *store, const struct sl_claim *claim,
			 struct sl_arena *arena, struct sl_account *out,
			 bool *busy, struct sl_error *err);
sl_status sl_store_streams(struct sl_store *store, const struct sl_lease *lease,
			   struct sl_arena *arena, struct sl_stream_row **out,
			   size_t *count, struct sl_error *err);
sl_status sl_store_open_stream(struct sl_store *store,
			       const struct sl_lease *lease,
			       const struct sl_stream_key *which,
			       struct sl_arena *arena,
			       struct sl_stream_row *out, struct sl_error *err);
sl_status sl_store_commit(struct sl_store *store,
			  const struct sl_commit *commit,
			  struct sl_arena *arena, struct sl_outcome *out,
			  struct sl_error *err);
sl_status sl_store_sweep(struct sl_store *store,
			 const struct sl_sweep_request *request,
			 struct sl_arena *arena, struct sl_sweep_outcome *out,
			 struct sl_error *err);
sl_status sl_store_expand(struct sl_store *store,
			  const struct sl_expand_request *request,
			  struct sl_arena *arena, struct sl_expand_outcome *out,
			  struct sl_error *err);
sl_status sl_store_erase(struct sl_store *store,
			 const struct sl_erase_request *request,
			 struct sl_arena *arena, struct sl_erase_outcome *out,
			 struct sl_error *err);
sl_status sl_store_fail_stream(struct sl_store *store,
			       const struct sl_lease *lease,
			       const struct sl_stream_row *stream,
			       const struct sl_error *cause,
			       int64_t not_before_us, struct sl_error *err);
sl_status sl_store_lease_grant(struct sl_store *store,
			       const struct sl_refresh_claim *claim,
			       struct sl_arena *arena,
			       enum sl_refresh_turn *turn,
			       struct sl_grant *grant, struct sl_error *err);
sl_status sl_store_unlease_grant(struct sl_store *store,
				 const struct sl_refresh_claim *claim,
				 struct sl_error *err);
sl_status sl_store_save_tokens(struct sl_store *store,
			       const struct sl_token_update *update, bool *won,
			       struct sl_error *err);
sl_status sl_store_grant_dead(struct sl_store *store,
			      const struct sl_grant_death *death,
			      struct sl_arena *arena,
			      struct sl_changes *changes, struct sl_error *err);
sl_status sl_store_warn_grant(struct sl_store *store,
			      const struct sl_lease *lease,
			      const char *grant_id, bool *due,
			      struct sl_error *err);
sl_status sl_store_heartbeat(struct sl_store *store,
			     const struct sl_lease *lease,
			     struct sl_error *err);
sl_status sl_store_finish(struct sl_store *store, const struct sl_run_end *end,
			  struct sl_error *err);
sl_status sl_store_unlease(struct sl_store *store, const struct sl_lease *lease,
			   enum sl_lane lane, struct sl_error *err)
	SL_NODISCARD;

/* store_quota.c */
sl_status sl_store_take_quota(struct sl_store *store,
			      const struct sl_quota_ask *ask,
			      struct sl_quota_grant *grant,
			      struct sl_error *err) SL_NODISCARD;
sl_status sl_store_block_quota(struct sl_store *store,
			       const struct sl_quota_block *block,
			       struct sl_error *err) SL_NODISCARD;

/* store_erase.c */

/** Artifacts of one chunk of an erasure. */
#define SL_ERASE_CHUNK 5000

/** Where a chunk ended, and back; NULL = nowhere. */
const char *sl_erase_place(struct sl_arena *arena, const char *key,
			   const char *id);
void sl_erase_after(struct sl_arena *arena, const char *place, const char **key,
		    const char **id);
/** An array literal of a NULL-ended list. */
const char *sl_erase_texts(struct sl_arena *arena, const char *const *texts);

#endif
