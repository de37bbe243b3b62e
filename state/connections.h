/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Connecting an account: the grant, its sealed tokens and the integration
 * that uses it, written in one transaction under the user's identity.
 */
#ifndef SL_STATE_CONNECTIONS_H
#define SL_STATE_CONNECTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/secret.h"
#include "core/base/text.h"

#include "state/pg.h"

/** Purposes of a grant's secrets, as the engine reads them. */
#define SL_REFRESH_TOKEN_PURPOSE "refresh_token"
#define SL_ACCESS_TOKEN_PURPOSE  "access_token"

/** Which consent: one grant a user, purpose and account. */
struct sl_grant_key {
	const char *user_id;
	const char *purpose; /* what was connected: "google_calendar",
			      * or "google" for all of a provider     */
	const char *subject; /* the account's stable id               */
};

struct sl_grant_found {
	char id[SL_UUID_TEXT]; /* of the grant, or a fresh one          */
	bool exists;
	bool has_refresh; /* with the client named; worth keeping  */
	int64_t now_us;   /* the database's time: runs go by it    */
};

/** Tokens are sealed to their grant's id, so that comes first. */
sl_status sl_connection_find(struct sl_pg *pg, const struct sl_grant_key *key,
			     const char *client_row, struct sl_grant_found *out,
			     struct sl_error *err) SL_NODISCARD;

/** An account that a user has. */
struct sl_account_name {
	const char *account; /* as shown to people     */
	const char *subject; /* its stable id          */
};

/**
 * The user's accounts of these connectors, the oldest first; disconnected
 * ones are not among them.
 *
 * connectors	NULL-ended
 * out		on the arena, `count` of them
 */
sl_status sl_connection_accounts(struct sl_pg *pg, const char *user_id,
				 const char *const *connectors,
				 struct sl_arena *arena,
				 struct sl_account_name **out, size_t *count,
				 struct sl_error *err) SL_NODISCARD;

/** A connector that a consent serves. */
struct sl_connection_use {
	const char *connector; /* NULL ends a list         */
	int64_t interval_s;    /* of a new integration     */
};

/** A connector that it was to serve and does not. */
struct sl_connection_lost {
	const char *connector; /* NULL ends a list */
	const char *why;       /* for people       */
};

struct sl_connection {
	struct sl_grant_key key;
	const char *grant_id;
	const char *client_row;               /* id in sluice.oauth_clients   */
	const char *provider;                 /* who is asked for consent    */
	const struct sl_connection_use *uses; /* at least one   */
	/* What used this grant and is not allowed any more; or NULL */
	const struct sl_connection_lost *lost;
	const char *email;  /* or NULL                      */
	const char *name;   /* or NULL                      */
	const char *scopes; /* as granted, space-delimited  */
	const struct sl_sealed *access;
	const struct sl_sealed *refresh; /* NULL = keep the old one */
	bool no_refresh;                 /* there is none: the old one goes  */
	int64_t access_expires_us;
	int64_t refresh_expires_us; /* SL_NO_TIME = not known   */
};

struct sl_connected {
	char integration_id[SL_UUID_TEXT];
	bool created; /* false: reconnected; settings, streams, cursors stay */
	bool adopted; /* it had been imported into, and never connected      */
	/* What was imported and seems to be another person's: its account, as
	 * much as fits; "" = none */
	char left_archive[128];
};

/**
 * Write the grant, and an integration for each use, all of one grant.
 *
 * out		one for each use, in their order
 *
 * SL_RETRY	the same account is being connected elsewhere: try again
 */
sl_status sl_connection_save(struct sl_pg *pg,
			     const struct sl_connection *connection,
			     struct sl_connected *out, struct sl_error *err)
	SL_NODISCARD;

#endif
