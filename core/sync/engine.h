/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The engine: runs connectors against a transport and a store.
 *
 * Worker threads (one store each) claim integrations, ask connectors what to
 * request, read the answers and commit page by page; the transport's thread
 * does all network I/O, so no worker ever waits for a provider. A run is all
 * streams of one integration; its streams progress side by side.
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
	int pages_max;       /* of one run, then it ends; 0 = no limit */
};

/** One run to do. */
struct sl_work {
	struct sl_target target;
	const char *trigger; /* "manual", "schedule", "resync", "connect" */
	bool full;
	bool accept_deletions;
	bool skip_busy; /* --due: leave one that another process works on */
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
 * Ask to stop soon: pages under way are committed or rolled back, leases are
 * given back, runs end as interrupted. Any thread; not from a signal handler.
 */
void sl_engine_stop(struct sl_engine *engine);

void sl_engine_free(struct sl_engine **engine);

#endif
