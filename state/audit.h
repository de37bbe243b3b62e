/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An audit: what the provider lists against what is stored.
 *
 * The store of an audit makes the engine walk every stream that is live, from
 * the beginning and under the account's lease, so that nothing moves under it.
 * A page is compared with its rows by content, not by version (decision 0003:
 * a version without a change is not written); its ids go into
 * sluice.audit_items, so memory does not grow with the account. Cursors,
 * walks, sweeps, log and plan stay as they are.
 *
 * In the run's report `created` counts what is missing, `updated` what is
 * stale, `deleted` what is extra, `unchanged` what agrees.
 *
 * To repair, findings are kept until runs with the store of a repair have made
 * them wanted items of their streams: each is read by id in an otherwise
 * normal run.
 */
#ifndef SL_STATE_AUDIT_H
#define SL_STATE_AUDIT_H

#include "core/sync/store.h"

/** Findings of one stream that one repairing run reads: at most a page. */
#define SL_REPAIR_MAX 500

enum sl_finding_kind {
	SL_FINDING_MISSING, /* the provider has it; neither stored nor filtered
			     * nor in quarantine */
	SL_FINDING_EXTRA,   /* stored as live; the provider does not list it */
	SL_FINDING_STALE,   /* stored, with another content */
};

/** All texts are borrowed for the call. */
struct sl_finding {
	enum sl_finding_kind kind;
	const struct sl_target *target;
	const char *stream_kind;
	const char *stream_key;
	const char *stream_title; /* or NULL */
	const char *id;
	const char *title;   /* or NULL */
	int64_t occurred_us; /* SL_NO_TIME = none */
	const char *why;
};

/** A stream that could not be listed; lives as long as the audit. */
struct sl_audit_failure {
	const struct sl_audit_failure *next;
	const char *stream_kind;
	const char *stream_key;
	const char *stream_title; /* or NULL */
	const char *error;
};

struct sl_audit;

/**
 * url		of the database; NULL = the PG* environment
 * keep		keep what is found wrong, to be repaired
 * found	called for each finding, by one thread at a time; may be NULL
 */
struct sl_audit *sl_audit_new(const char *url, bool keep,
			      void (*found)(void *ctx,
					    const struct sl_finding *finding),
			      void *ctx);

/** Stores that audit, for sl_engine. */
struct sl_store_factory sl_audit_factory(struct sl_audit *audit);

/** Stores of normal runs that begin with findings as wanted items. */
struct sl_store_factory sl_repair_factory(struct sl_audit *audit);

/** Streams of an account that were left out: not walked yet, or in a walk. */
size_t sl_audit_left_out(struct sl_audit *audit, const char *integration_id);

/** Streams whose walk did not come to its end: nothing is known of extra rows. */
size_t sl_audit_unfinished(struct sl_audit *audit, const char *integration_id);

/** Streams of an account that could not be listed; NULL = none. */
const struct sl_audit_failure *sl_audit_failures(struct sl_audit *audit,
						 const char *integration_id);

/** Findings of an account that wait for another repairing run. */
int64_t sl_audit_waiting(struct sl_audit *audit, const char *integration_id);

/** After the engine is gone. */
void sl_audit_free(struct sl_audit **audit);

#endif
