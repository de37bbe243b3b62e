/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a run works on: the integration, its grant and its streams, as the
 * store hands them to the engine.
 */
#ifndef SL_SYNC_ACCOUNT_H
#define SL_SYNC_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/secret.h"

#include "core/sync/record.h"

/**
 * Which of an account's work a run does. Changes are due at an interval, and
 * walks, which may take days, in slices between: so each lane has a due time
 * of its own.
 */
enum sl_lane {
	SL_LANE_ALL,      /* a person asked: everything, to the end         */
	SL_LANE_CHANGES,  /* what does not walk. A new account, and one that is
			   * asked to resync, has no walk under way that would
			   * be another lane's: everything, for one slice   */
	SL_LANE_BACKFILL, /* everything, for one slice                      */
};

/** One integration that could be run. */
struct sl_target {
	char integration_id[37];
	char user_id[37];
	const char *provider; /* connector name */
	const char *account;
	const char *consent; /* what to connect to renew its consent: a
			      * connector or a provider; NULL = itself */
	const char *status;  /* of the integration */
};

struct sl_target_filter {
	const char *user_id;  /* NULL = all */
	const char *provider; /* connector name; NULL = all */
	bool due; /* only what is due, enabled and not leased, oldest first */
	size_t limit;
};

/** Who works: written into the lease so that a dead owner is recognised. */
struct sl_owner {
	const char *host;
	const char *boot_id;
	int64_t pid;
	int64_t started_us; /* of the process */
};

/** Right to work on one integration. Copied into every call. */
struct sl_lease {
	char integration_id[37];
	char user_id[37];
	char run_id[37];
	int64_t fence;
};

enum sl_stream_state {
	SL_STREAM_NEW,     /* never walked                 */
	SL_STREAM_WALKING, /* a walk is under way          */
	SL_STREAM_LIVE,    /* walked; changes are followed */
	SL_STREAM_CLOSED,  /* gone at the provider         */
};

enum sl_sweep_state {
	SL_SWEEP_NONE,
	SL_SWEEP_DUE,      /* a walk has ended, not yet swept         */
	SL_SWEEP_SAMPLING, /* the breaker fired; samples are read     */
	SL_SWEEP_HELD,     /* pending deletions wait for consent      */
};

/** One row of sync_state. */
struct sl_stream_row {
	char id[37];
	const char *kind;
	const char *key;
	const char *title; /* or NULL */
	enum sl_stream_state state;
	bool enabled;
	const char *cursor;      /* JSON text, or NULL              */
	const char *fingerprint; /* of the options, or NULL         */
	const struct sl_ref *pending;
	int generation;
	int64_t walk_started_us; /* SL_NO_TIME = no walk yet; of one that
				  * follows: when its position was taken up */
	int64_t rewalk_us;     /* a walk begun before does not do; SL_NO_TIME */
	int64_t scope_from_us; /* SL_NO_TIME = unbounded          */
	int64_t walk_resync_no; /* requests that had come when the last
				 * walk began                       */
	enum sl_sweep_state sweep;
	int resyncs;           /* refused cursors in a row          */
	int failures;          /* failed runs in a row              */
	int64_t not_before_us; /* SL_NO_TIME = at any time          */
	int64_t checked_us;    /* rested last; SL_NO_TIME = never   */
	bool series_due;       /* masters wait to be expanded, or mail
				* to be judged again: sl_store.expand */
};

/** One consent and its sealed tokens. */
struct sl_grant {
	char id[37];                /* "" = the integration has none */
	const char *status;         /* "active", "needs_reauth", ... */
	const char *purpose;        /* what was connected by it      */
	const char *last_error;     /* why it is dead, or NULL       */
	const char *scopes;         /* space-delimited, as granted   */
	int64_t version;            /* of the tokens                 */
	int64_t access_expires_us;  /* SL_NO_TIME = unknown          */
	int64_t refresh_expires_us; /* SL_NO_TIME = nobody said      */
	int64_t refreshed_us;       /* the tokens came; or SL_NO_TIME */
	struct sl_sealed access;    /* key_id "" = none       */
	struct sl_sealed refresh;
	char oauth_client_row[37];
	const char *client_id;
	struct sl_sealed client_secret;
};

/** What a run did so far, or since it was last written. */
struct sl_tally {
	int64_t requests, retries, bytes;
	int64_t pages;
	int64_t fetched; /* items in the provider's answers */
	int64_t created, updated, unchanged, deleted;
	int64_t filtered, quarantined, contacts_created;
};

/** All that a run starts from; on the arena given to claim. */
struct sl_account {
	struct sl_lease lease;
	int64_t db_now_us;    /* the database's time at the claim; 0 = host's */
	const char *provider; /* connector name */
	const char *account;
	const char *settings; /* JSON object text */
	const char *status;
	bool resync;             /* asked for by resync or --full  */
	int64_t resync_no;       /* requests so far: what was walked since
				* that many had come is done       */
	bool accept_deletions;   /* consent to pending deletions   */
	int64_t bucket_units;    /* left of the user's quota, ... */
	int64_t bucket_at_us;    /* ... then; SL_NO_TIME = not known */
	int64_t user_per_minute; /* of this installation; 0 = as published */
	int64_t not_before_us;   /* a deadline kept; SL_NO_TIME = none */
	int64_t interval_us;     /* between runs; 0 = not known    */
	int failures;            /* runs that failed in a row      */
	int64_t connected_us;    /* a person consented; SL_NO_TIME */
	struct sl_grant grant;
	struct sl_stream_row *streams;
	size_t stream_count;
};

#endif
