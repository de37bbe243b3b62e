/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the engine needs of a database; state/ implements it on PostgreSQL.
 *
 * One store is one connection and belongs to one thread at a time. Every call
 * is one transaction of its own, begun with the identity of the one user it
 * concerns, and none is open when a call returns. Calls are safe to repeat
 * after SL_RETRY: whether an unanswered commit took place is found out by the
 * store (it re-reads the cursor), never guessed.
 *
 * SL_RETRY	the database is away, busy or out of room: scope client
 * SL_LOST	another process holds the lease now: drop all of the run
 * SL_REJECTED	one record cannot be stored (scope item)
 * SL_SMALLER	commit: the page was not stored in time; half of it may be
 * SL_CONFIG	schema missing or of another version, no privileges
 */
#ifndef SL_SYNC_STORE_H
#define SL_SYNC_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/secret.h"

#include "core/people/policy.h"
#include "core/sync/account.h"
#include "core/sync/commit.h"
#include "core/sync/connector.h"
#include "core/sync/grants.h"
#include "core/sync/lease.h"
#include "core/sync/quota.h"
#include "core/sync/record.h"

/** Breaker: a sweep above both is not done without proof or consent. */
#define SL_BREAKER_ROWS    50
#define SL_BREAKER_PERCENT 20
#define SL_BREAKER_SAMPLES 10

/** Rows that one sweep transaction tombstones. */
#define SL_SWEEP_CHUNK 10000

/** Where a chunk of an erasure ended: a stream's key, an item's id, and a
 *  little between them. */
#define SL_ERASED_TO_MAX (SL_STREAM_KEY_MAX + SL_SOURCE_ID_MAX + 8)

struct sl_sweep_request {
	const struct sl_lease *lease;
	const struct sl_stream_row *stream;
	const char *items_key; /* as in sl_commit              */
	const char *sweeps;    /* of a walk that wrote nothing (a dry run, an
				* audit): as in sl_commit      */
	int64_t listed_version;
	bool accept; /* consent to pending deletions */
	int64_t now_us;
};

enum sl_sweep_answer {
	SL_SWEPT,       /* nothing is left to sweep        */
	SL_SWEEP_MORE,  /* a chunk was swept: call again   */
	SL_SWEEP_ASKS,  /* samples became pending: read them, then call again */
	SL_SWEEP_HOLDS, /* deletions wait for a person     */
};

struct sl_sweep_outcome {
	enum sl_sweep_answer answer;
	int64_t deleted;
	int64_t held;                 /* with SL_SWEEP_HOLDS */
	const struct sl_ref *pending; /* with SL_SWEEP_ASKS  */
};

/** Expand masters that are due: new, changed, or short of the window. Then
 *  judge stored mail again that a page left (another rule, another own
 *  address). */
struct sl_expand_request {
	const struct sl_lease *lease;
	const struct sl_stream_row *stream;
	bool lists_instances; /* of the stream's kind */
	int64_t now_us;
	struct sl_people_options people;
	const char *trigger, *mode; /* for the log row */
};

enum sl_expand_answer {
	SL_EXPANDED,    /* nothing is due any more                     */
	SL_EXPAND_MORE, /* a chunk was done: call again                */
	SL_EXPAND_ASKS, /* instances became pending: the provider knows */
};

struct sl_expand_outcome {
	enum sl_expand_answer answer;
	const struct sl_ref *pending; /* with SL_EXPAND_ASKS */
	int64_t contacts_created;     /* judged again; in the log row already */
};

/**
 * Some of what an account's settings forbid to keep: in its artifacts of all
 * streams, and what is kept raw of its quarantined items. Repeating it does no
 * harm; it is done when `more` is false. From the first chunk on no stream's
 * fingerprint is that of any options.
 */
struct sl_erase_request {
	const struct sl_lease *lease;
	const struct sl_erasure *erasure;
	const char *after; /* where the chunk before ended, as the store said;
			    * NULL = begin */
	int64_t now_us;
};

struct sl_erase_outcome {
	const char *after; /* for the next chunk; on the arena, at most
			    * SL_ERASED_TO_MAX bytes */
	bool more;
	int64_t erased; /* artifacts that lost something */
};

/** A stream that no page of another one opens. */
struct sl_stream_key {
	const char *kind;  /* pushed */
	const char *key;   /* at most SL_STREAM_KEY_MAX bytes */
	const char *title; /* for people, or NULL = as it is  */
};

struct sl_store {
	/** Integrations that match, without claiming; as the operator. */
	sl_status (*targets)(struct sl_store *s,
			     const struct sl_target_filter *filter,
			     struct sl_arena *arena, struct sl_target **out,
			     size_t *count, struct sl_error *err) SL_NODISCARD;

	/**
	 * Take the lease (a free one, an expired one, or one whose owner on
	 * this host is dead), open missing root streams, load everything. A
	 * run that the previous owner left open is closed as interrupted.
	 *
	 * busy		set true, and nothing else, when another one works
	 */
	sl_status (*claim)(struct sl_store *s, const struct sl_claim *claim,
			   struct sl_arena *arena, struct sl_account *out,
			   bool *busy, struct sl_error *err) SL_NODISCARD;

	/** Streams again, after a page opened or closed some. */
	sl_status (*streams)(struct sl_store *s, const struct sl_lease *lease,
			     struct sl_arena *arena, struct sl_stream_row **out,
			     size_t *count, struct sl_error *err) SL_NODISCARD;

	/** The row of a stream of a pushed kind, made when there is none; a
	 *  closed one is opened again. What it holds is on the arena. */
	sl_status (*open_stream)(struct sl_store *s,
				 const struct sl_lease *lease,
				 const struct sl_stream_key *which,
				 struct sl_arena *arena,
				 struct sl_stream_row *out,
				 struct sl_error *err) SL_NODISCARD;

	/** One page, one transaction. */
	sl_status (*commit)(struct sl_store *s, const struct sl_commit *commit,
			    struct sl_arena *arena, struct sl_outcome *out,
			    struct sl_error *err) SL_NODISCARD;

	sl_status (*sweep)(struct sl_store *s,
			   const struct sl_sweep_request *request,
			   struct sl_arena *arena, struct sl_sweep_outcome *out,
			   struct sl_error *err) SL_NODISCARD;

	/** Some masters of a stream: instances kept for the window of now. */
	sl_status (*expand)(struct sl_store *s,
			    const struct sl_expand_request *request,
			    struct sl_arena *arena,
			    struct sl_expand_outcome *out, struct sl_error *err)
		SL_NODISCARD;

	/** A chunk of what may no longer be kept. */
	sl_status (*erase)(struct sl_store *s,
			   const struct sl_erase_request *request,
			   struct sl_arena *arena, struct sl_erase_outcome *out,
			   struct sl_error *err) SL_NODISCARD;

	/** Book a stream's failure; its cursor stays. */
	sl_status (*fail_stream)(struct sl_store *s,
				 const struct sl_lease *lease,
				 const struct sl_stream_row *stream,
				 const struct sl_error *cause,
				 int64_t not_before_us, struct sl_error *err)
		SL_NODISCARD;

	/**
	 * Whose turn is it to refresh? One short statement takes the lease, or
	 * keeps it; that of a dead process of this host is taken over at once.
	 *
	 * grant	written with SL_REFRESH_STALE only: as it is now
	 */
	sl_status (*lease_grant)(struct sl_store *s,
				 const struct sl_refresh_claim *claim,
				 struct sl_arena *arena,
				 enum sl_refresh_turn *turn,
				 struct sl_grant *grant, struct sl_error *err)
		SL_NODISCARD;

	/** Give that lease back: nothing was refreshed, nobody need wait. */
	sl_status (*unlease_grant)(struct sl_store *s,
				   const struct sl_refresh_claim *claim,
				   struct sl_error *err) SL_NODISCARD;

	/** Compare-and-swap on the version, the lease given back; `won` false =
	 *  somebody else refreshed meanwhile: load the grant again. Tokens of
	 *  a grant that was taken for dead meanwhile make it live again. */
	sl_status (*save_tokens)(struct sl_store *s,
				 const struct sl_token_update *update,
				 bool *won, struct sl_error *err) SL_NODISCARD;

	/** The grant is dead: it and its integrations become needs_reauth,
	 *  unless it has newer tokens than those that were refused.
	 *
	 *  changes	those that became so by this call; on the arena */
	sl_status (*grant_dead)(struct sl_store *s,
				const struct sl_grant_death *death,
				struct sl_arena *arena,
				struct sl_changes *changes,
				struct sl_error *err) SL_NODISCARD;

	/** Is a warning of the grant's end due? Once a day it is. */
	sl_status (*warn_grant)(struct sl_store *s,
				const struct sl_lease *lease,
				const char *grant_id, bool *due,
				struct sl_error *err) SL_NODISCARD;

	/** Keep the lease for another SL_LEASE_US. */
	sl_status (*heartbeat)(struct sl_store *s, const struct sl_lease *lease,
			       struct sl_error *err) SL_NODISCARD;

	/** Write the log row, plan the next run, give the lease back.
	 *
	 *  takes_quiet	it stores the end's quiet pages; else there must be
	 *		none */
	bool takes_quiet;
	sl_status (*finish)(struct sl_store *s, const struct sl_run_end *end,
			    struct sl_error *err) SL_NODISCARD;

	/** Give back what was leased for a batch and never begun: it is due as
	 *  before, and there was no run. NULL = it runs out. */
	sl_status (*unlease)(struct sl_store *s, const struct sl_lease *lease,
			     enum sl_lane lane, struct sl_error *err)
		SL_NODISCARD;

	/** A chunk of a client's quota, of which a minute has no more than is
	 *  published, for all processes together. No user's identity. NULL =
	 *  each process keeps to the quota by itself. */
	sl_status (*take_quota)(struct sl_store *s,
				const struct sl_quota_ask *ask,
				struct sl_quota_grant *grant,
				struct sl_error *err) SL_NODISCARD;

	/** The provider wants a client to wait: no process is granted any of
	 *  its quota until then. NULL as take_quota. */
	sl_status (*block_quota)(struct sl_store *s,
				 const struct sl_quota_block *block,
				 struct sl_error *err) SL_NODISCARD;

	void (*free)(struct sl_store **s);
};

/** Opens one more connection; called by each worker thread. */
struct sl_store_factory {
	sl_status (*open)(void *ctx, struct sl_store **out,
			  struct sl_error *err) SL_NODISCARD;
	void *ctx;
};

#endif
