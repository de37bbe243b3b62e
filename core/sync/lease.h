/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How a run begins and ends: the lease taken, kept and given back.
 */
#ifndef SL_SYNC_LEASE_H
#define SL_SYNC_LEASE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"

#include "core/sync/account.h"

struct sl_commit;
struct sl_connector;

/** How long a lease lasts without a heartbeat. */
#define SL_LEASE_US (INT64_C(60) * 1000000)

/** A lease to be taken; or, with a fence, one that was taken for a batch: then
 *  its run begins. */
struct sl_claim {
	const struct sl_target *target;
	const struct sl_connector *connector; /* its root kinds are opened */
	const struct sl_owner *owner;
	const char *trigger; /* "manual", "schedule", "resync", "connect" */
	const char *run_id;  /* uuid text, fresh; or that it was leased by */
	int64_t fence;       /* 0 = take the lease                        */
	enum sl_lane lane;
	bool full;   /* --full: as if a resync had been requested */
	bool pushes; /* an import: no root is opened, nothing becomes wanted */
};

/** How a run ended. */
struct sl_run_end {
	const struct sl_lease *lease;
	const char *trigger;
	const char *mode;
	const char *status; /* "ok", "partial", "failed", "interrupted" */
	int64_t started_us, finished_us;
	const struct sl_tally *add;   /* not yet written                   */
	bool changed;                 /* anything but unchanged in the run */
	const struct sl_error *error; /* NULL = none                       */
	bool resync_done;             /* the request was fulfilled         */
	enum sl_lane lane;
	int64_t not_before_us; /* a provider's deadline, or SL_NO_TIME */
	int64_t next_run_us;   /* its changes are due; SL_NO_TIME = by the
				* interval. Who wants the next run at once, while
				* this one works, wins                        */
	int64_t backfill_us;   /* a slice of the walks that are left is due;
				* SL_NO_TIME = none is left                   */
	bool left_walks;       /* it left them to the other lane: the time that
				* is planned for them stays                    */
	int64_t bucket_units, bucket_at_us; /* as in sl_account */
	const char *integration_status; /* NULL = leave; "connected", "error",
					 * "needs_reauth"                  */
	const char *detail;             /* JSON object text, or NULL         */
	/* The last pages of streams at rest that hold nothing: stored with the
	 * end, in one transaction if there is no more to it. `add` does not
	 * count them; what storing them changed after all is added to `found` */
	const struct sl_commit *quiet;
	size_t quiet_count;
	struct sl_tally *found;
	bool aside; /* an import: what the provider's runs left stays, their
		     * failures in a row, the account's last error, and the
		     * walks that are left */
};

#endif
