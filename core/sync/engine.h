/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine: runs connectors against a transport and a store.
 *
 * Worker threads (one store each) claim integrations, ask connectors what to
 * request, read the answers and commit page by page; the transport's thread
 * does all network I/O, so no worker ever waits for a provider. A run is all
 * streams of one integration, or those of its lane; they progress side by
 * side. The engine does the work it is given, or is fed: then it runs on.
 *
 * The engine logs each failure once and reports each run once. It writes
 * nothing to stdout.
 */
#ifndef SL_SYNC_ENGINE_H
#define SL_SYNC_ENGINE_H

#include "core/base/clock.h"
#include "core/base/log.h"

#include "core/auth/seal.h"
#include "core/net/retry.h"
#include "core/net/transport.h"
#include "core/sync/connector.h"
#include "core/sync/provider.h"
#include "core/sync/store.h"

/** Decoded response bodies held at one time by the whole process. */
#define SL_BODY_BUDGET_DEFAULT ((size_t)16 * 1024 * 1024)

/** Pages in a row without anything new, after which a listing is a loop. */
#define SL_STALE_PAGES_MAX 200

/** Refused cursors in a row, without progress between, before giving up. */
#define SL_RESYNCS_MAX 2

/** Times an answer may be too large before the stream fails. */
#define SL_SHRINK_MAX 16

/** Times a page is halved because the database took too long to store it. */
#define SL_SLOW_MAX 3

/** How many runs of a connector at most are under way. */
struct sl_cap {
	const char *provider; /* connector name; NULL ends the table */
	int runs;
};

/** An account stopped: a person must see to it. */
struct sl_stop {
	const char *integration_id, *user_id;
	const char *provider; /* connector name */
	const char *account;
	const char *status; /* "needs_reauth" */
	const char *reason; /* one line, and what to do */
};

struct sl_engine_config {
	struct sl_transport *transport;
	struct sl_store_factory stores;
	const struct sl_connector *const *registry; /* NULL-ended */
	const struct sl_clock *clock;
	const struct sl_rng *rng;
	struct sl_log *log; /* may be NULL */
	const struct sl_keyring *keys;
	/** The URL of a provider's endpoint, overrides applied; NULL = none. */
	const char *(*endpoint)(void *ctx, const struct sl_provider *provider,
				const char *name);
	void *endpoint_ctx;
	/** Told once each time that an account stops, by worker threads, one
	 *  at a time; NULL = not wanted. Must not wait. */
	void (*stopped)(void *ctx, const struct sl_stop *stop);
	void *stopped_ctx;
	struct sl_owner owner;
	struct sl_retry_policy retry;
	int workers;         /* threads with a store each; 0 = 2      */
	int runs_at_once;    /* integrations under way; 0 = 8         */
	int streams_at_once; /* of one run; 0 = 4                     */
	size_t body_budget;  /* bytes; 0 = SL_BODY_BUDGET_DEFAULT     */
	bool quota;          /* pace requests by the published quotas */
	int64_t max_time_us; /* hand work back after this; 0 = never  */
	/* of runs that have a lane */
	int64_t slice_us;      /* each is handed back after this; 0 = never */
	int64_t patience_us;   /* one that would wait longer, for its quota or a
			      * provider's deadline, with nothing under way, is
			      * handed back until then; 0 = it waits */
	int backfills_at_once; /* 0 = three quarters of runs_at_once */
	const struct sl_cap *caps; /* NULL = none */
	int pages_max;             /* of one run, then it ends; 0 = no limit */
};

/** One run to do. */
struct sl_work {
	struct sl_target target;
	const char *trigger; /* "manual", "schedule", "resync", "connect" */
	bool full;
	bool accept_deletions;
	bool skip_busy;  /* --due: leave one that another process works on */
	char run_id[37]; /* leased already, by this and the fence; "" = the
			  * run takes the lease itself */
	int64_t fence;
	enum sl_lane lane;
	bool alone; /* its run ended a process, perhaps: nothing else is to be
		     * under way */
};

/** Where a run stands; after each committed page. */
struct sl_progress {
	const struct sl_target *target;
	const char *stream_title; /* or key, or kind */
	struct sl_tally tally;    /* of the run      */
	size_t streams_done, streams;
	int64_t wait_us; /* waiting for quota or backoff; else 0 */
};

/** How a run ended: what `sync --json` prints. */
struct sl_run_report {
	const struct sl_target *target;
	const char *trigger;
	const char *mode;   /* "full", "incremental" */
	const char *status; /* "ok", "partial", "failed", "interrupted",
			     * "busy" (skipped), "handed-back" */
	struct sl_tally tally;
	int64_t duration_us;
	const struct sl_error *error; /* NULL = none */
	size_t streams;               /* that were to be synced */
	size_t streams_failed;
	int64_t held_deletions; /* waiting for consent */
	bool limited;           /* it ended at pages_max, with more to ask */
	enum sl_lane lane;
};

/** What may begin of one connector. */
struct sl_room_of {
	const char *provider; /* connector name */
	size_t under_way;
	size_t runs; /* more of it; 0 also while its client's quota is used up */
};

/** What may begin now. */
struct sl_room {
	size_t runs;                 /* 1 or more */
	size_t backfills;            /* of them, of that lane */
	bool idle;                   /* nothing is under way */
	const struct sl_room_of *of; /* as the registry */
	size_t of_count;
	int64_t opens_us; /* until a quota that is used up is there again; the
			   * engine asks then. INT64_MAX = none is */
};

/** Where an engine that runs on takes its work from. */
struct sl_feed {
	/**
	 * What is to begin now; leased already. Called by the thread that is in
	 * sl_engine_serve, never under a lock: it may wait for the database. It
	 * is called when `wait_us` has passed, after a nudge, when there is
	 * room again after it had filled all, and when all it gave is over.
	 *
	 * out		room->runs of them; the engine copies, strings too. What
	 *		is to run alone comes as the only one, when idle
	 * wait_us	ask again after so long; below 0: there will be no more
	 *
	 * SL_RETRY	ask again after wait_us, if that is not below 0
	 */
	sl_status (*take)(void *ctx, const struct sl_room *room,
			  struct sl_work *out, size_t *count, int64_t *wait_us,
			  struct sl_error *err) SL_NODISCARD;
	void *ctx;
};

/** Called from worker threads, one call at a time. */
struct sl_observer {
	void (*progress)(void *ctx, const struct sl_progress *progress);
	void (*report)(void *ctx, const struct sl_run_report *report);
	void *ctx;
};

struct sl_engine;

/** Opens the stores and starts the workers. */
sl_status sl_engine_new(const struct sl_engine_config *config,
			struct sl_engine **out, struct sl_error *err)
	SL_NODISCARD;

/**
 * Do all of `work` and return when it is done, handed back or stopped. Each
 * item is reported exactly once. Returns the worst that prevented a run from
 * even starting (database away); failures of runs are in their reports.
 */
sl_status sl_engine_run(struct sl_engine *engine, const struct sl_work *work,
			size_t count, const struct sl_observer *observer,
			struct sl_error *err) SL_NODISCARD;

/**
 * Do what the feed hands out until it says that there is no more, or the engine
 * is drained or stopped; all is over when this returns. Each piece is reported
 * exactly once. Returns what the feed failed with.
 */
sl_status sl_engine_serve(struct sl_engine *engine, const struct sl_feed *feed,
			  const struct sl_observer *observer,
			  struct sl_error *err) SL_NODISCARD;

/** Ask the feed now: there is news. Any thread; not from a signal handler. */
void sl_engine_nudge(struct sl_engine *engine);

/**
 * Take no more; what is under way ends in its own time, and after `grace_us` it
 * is handed back. For good. Any thread; not from a signal handler.
 */
void sl_engine_drain(struct sl_engine *engine, int64_t grace_us);

/**
 * Ask to stop soon: pages under way are committed or rolled back, leases are
 * given back, runs end as interrupted. Any thread; not from a signal handler.
 */
void sl_engine_stop(struct sl_engine *engine);

void sl_engine_free(struct sl_engine **engine);

#endif
