/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What passes between engine and store about grants: whose turn it is to
 * refresh, the tokens that came of it, or that the grant is dead.
 */
#ifndef SL_SYNC_GRANTS_H
#define SL_SYNC_GRANTS_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/secret.h"

#include "core/sync/account.h"

/** How long one process alone may refresh a grant's tokens. */
#define SL_REFRESH_LEASE_US (INT64_C(30) * 1000000)

/** Who wants to refresh which tokens. */
struct sl_refresh_claim {
	const struct sl_lease *lease; /* of the run; it names the owner, too */
	const struct sl_owner *owner;
	const char *grant_id;
	int64_t version; /* of the tokens that ran out, or were refused */
};

enum sl_refresh_turn {
	SL_REFRESH_OURS,  /* for SL_REFRESH_LEASE_US: ask for new tokens   */
	SL_REFRESH_BUSY,  /* somebody else is at it: ask here again soon   */
	SL_REFRESH_STALE, /* newer tokens are stored, or the grant is dead */
};

/** Fresh tokens of a grant, sealed. */
struct sl_token_update {
	const char *user_id;
	const char *grant_id;
	int64_t version; /* the one they were refreshed from */
	const struct sl_sealed *access;
	const struct sl_sealed *refresh; /* NULL = keep the old one */
	int64_t access_expires_us;
	int64_t refresh_expires_us; /* SL_NO_TIME = keep */
	const char *scopes;         /* NULL = keep       */
};

/** A grant whose tokens were refused for good. */
struct sl_grant_death {
	const struct sl_lease *lease;
	const struct sl_grant *grant; /* with those tokens' version      */
	const char *text;             /* why, and what a person is to do */
};

/** Integrations whose status became needs_reauth just now. */
struct sl_change {
	char integration_id[37];
	const char *provider; /* connector name */
	const char *account;
};

struct sl_changes {
	struct sl_change *items;
	size_t count;
};

#endif
