/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Disconnecting accounts: runs lose their lease, the integration rests, and
 * consents that nobody uses any more go, each leaving its sealed token for
 * revocation. One transaction; under the user's identity.
 */
#ifndef SL_STATE_LEAVING_H
#define SL_STATE_LEAVING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/text.h"

#include "state/pg.h"

/** Who leaves: a user, or what is left of one. */
struct sl_leaver {
	char id[SL_UUID_TEXT];
	bool gone; /* only a receipt or a token to be revoked is left */
};

/**
 * By uuid or e-mail address; also one that is deleted softly or banned.
 *
 * SL_REJECTED	there is nobody, or more than one: the text says so
 */
sl_status sl_leaver_find(struct sl_pg *pg, const char *who,
			 struct sl_leaver *out, struct sl_error *err)
	SL_NODISCARD;

struct sl_leaving_account {
	char id[SL_UUID_TEXT]; /* of the integration */
	const char *connector, *account, *subject;
	const char *status;
	bool granted; /* it has a consent */
};

struct sl_leaving_filter {
	const char *user_id;
	const char *const *connectors; /* NULL-ended; NULL = all         */
	const char *account;           /* address or subject; NULL = any */
};

sl_status sl_leaving_accounts(struct sl_pg *pg,
			      const struct sl_leaving_filter *filter,
			      struct sl_arena *arena,
			      struct sl_leaving_account **out, size_t *count,
			      struct sl_error *err) SL_NODISCARD;

/** Integrations of one account at one provider. */
struct sl_leaving {
	const char *user_id;
	const struct sl_leaving_account *accounts;
	size_t count; /* at least one */
	const char *provider;
	bool revokes_all; /* revoking one consent ends all of the account's */
};

/** What became of it; texts name connectors, on the arena. */
struct sl_left {
	int64_t running;      /* runs that were stopped               */
	int64_t gone;         /* consents that went, to be revoked    */
	const char *kept;     /* who goes on using a consent, or NULL */
	const char *withheld; /* whose consent revoking would end, so that it
			       * was not: the token alone is deleted; or NULL */
};

sl_status sl_leaving_disconnect(struct sl_pg *pg,
				const struct sl_leaving *leaving,
				struct sl_arena *arena, struct sl_left *out,
				struct sl_error *err) SL_NODISCARD;

/**
 * The same for all that a user has, inside a transaction that is open.
 *
 * grants, secrets	rows that went
 */
sl_status sl_leaving_stop_user(struct sl_pg *pg, const char *user_id,
			       int64_t *grants, int64_t *secrets,
			       struct sl_error *err) SL_NODISCARD;

#endif
