/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inside the audit.
 */
#ifndef SL_STATE_AUDIT_PRIVATE_H
#define SL_STATE_AUDIT_PRIVATE_H

#include <pthread.h>

#include "state/audit.h"
#include "state/page_compare.h"
#include "state/store_private.h"

/** One account, as far as reports need it. */
struct sl_audit_account {
	struct sl_audit_account *next;
	struct sl_target target; /* strings on the audit's arena */
	size_t left_out, unfinished;
	int64_t waiting;
	const struct sl_audit_failure *failures; /* on the audit's arena */
};

struct sl_audit {
	const char *url;
	bool keep;
	void (*found)(void *ctx, const struct sl_finding *finding);
	void *ctx;
	pthread_mutex_t mutex;
	struct sl_arena *arena;
	struct sl_audit_account *accounts;
};

/** A store of an audit, or of a repair: the real one with other members. */
struct sl_audit_store {
	struct sl_store base; /* first */
	struct sl_store *real;
	struct sl_audit *audit;
};

struct sl_audit_store *sl_audit_store_of(struct sl_store *store);

/** The account's entry; made by the first claim. */
struct sl_audit_account *sl_audit_account(struct sl_audit *audit,
					  const struct sl_target *target);
struct sl_audit_account *sl_audit_account_find(struct sl_audit *audit,
					       const char *integration_id);

/** SL_LOST unless the lease is still ours; until the transaction ends. */
sl_status sl_audit_fence(struct sl_pg *pg, struct sl_arena *arena,
			 const struct sl_lease *lease, struct sl_error *err)
	SL_NODISCARD;

void sl_audit_tell(struct sl_audit *audit, const struct sl_lease *lease,
		   const struct sl_stream_row *stream,
		   struct sl_finding *finding);

/** One more stream of the account was walked to its end. */
void sl_audit_walked(struct sl_audit *audit, const struct sl_lease *lease);

/* audit_claim.c */
sl_status sl_audit_claim(struct sl_store *store, const struct sl_claim *claim,
			 struct sl_arena *arena, struct sl_account *out,
			 bool *busy, struct sl_error *err);
sl_status sl_repair_claim(struct sl_store *store, const struct sl_claim *claim,
			  struct sl_arena *arena, struct sl_account *out,
			  bool *busy, struct sl_error *err);
/** Forget what audits have met: all of it, or all but findings. */
sl_status sl_audit_forget(struct sl_audit_store *s,
			  const struct sl_lease *lease, bool keep,
			  struct sl_error *err) SL_NODISCARD;

/* audit_page.c */
sl_status sl_audit_commit(struct sl_store *store,
			  const struct sl_commit *commit,
			  struct sl_arena *arena, struct sl_outcome *out,
			  struct sl_error *err);
sl_status sl_audit_sweep(struct sl_store *store,
			 const struct sl_sweep_request *request,
			 struct sl_arena *arena, struct sl_sweep_outcome *out,
			 struct sl_error *err);

#endif
