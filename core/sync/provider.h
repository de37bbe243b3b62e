/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A provider: where its endpoints are and how its OAuth differs.
 *
 * A constant record shared by that provider's connectors (one consent may
 * serve several). Pure, like connectors.
 */
#ifndef SL_SYNC_PROVIDER_H
#define SL_SYNC_PROVIDER_H

#include <jansson.h>

#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/error.h"

#include "core/sync/connector.h"
#include "core/sync/ends.h"

/** An address that an environment variable may override. */
struct sl_endpoint {
	const char *name;     /* "auth", "token", "calendar"; NULL ends */
	const char *variable; /* "SLUICE_GOOGLE_TOKEN_URL"              */
	const char *url;      /* default                                */
};

/** Endpoint names that every provider has. */
#define SL_ENDPOINT_AUTH  "auth"
#define SL_ENDPOINT_TOKEN "token"

/** Of those that tell what a token is good for (read_introspection). */
#define SL_ENDPOINT_INTROSPECT "introspect"

/** Where a token is revoked (RFC 7009); a provider may have none. */
#define SL_ENDPOINT_REVOKE "revoke"

/** A client as the operator registered it, read from the provider's file. */
struct sl_client_file {
	const char *client_id;
	const char *client_secret; /* borrowed from the document: wipe that */
	const char *kind;          /* "installed", "web", ...               */
	const char *project;       /* or NULL                               */
	const char *const *redirect_uris; /* NULL-ended, may be empty       */
};

/** Who consented. */
struct sl_identity {
	const char *subject; /* stable id at the provider   */
	const char *email;   /* or NULL                     */
	const char *name;    /* or NULL                     */
};

/** What a provider says of a token. */
struct sl_introspection {
	bool active;
	const char *why;    /* it is not active: "expired", ...; or NULL */
	const char *scopes; /* as granted, or NULL                       */
	int64_t expires_us; /* UTC; SL_NO_TIME = not told                */
};

struct sl_provider {
	const char *name;                    /* in rows and commands */
	const char *title;                   /* for people */
	const struct sl_endpoint *endpoints; /* ends with .name == NULL */

	/** Revoking one token ends every consent that the account has given
	 *  to this installation. */
	bool revokes_all;
	/** Its revocation endpoint wants the client's id and secret, too. */
	bool revokes_as_client;
	/** What revoking ends, for people, in one sentence; or NULL. */
	const char *revoke_help;

	bool pkce;
	const struct sl_query *auth_params; /* access_type, prompt, ...  */
	const char *const *identity_scopes; /* always asked for, NULL-ended */
	const struct sl_end_rule *ends;     /* of consents; or NULL = never  */

	bool login_hint; /* its consent page takes the account's address */

	/** A consent may come without a refresh token: its access token lives
	 *  for weeks, and then a person consents again. */
	bool refresh_optional;

	/** `iss` of its answers to a consent (RFC 9207), NULL-ended; one of
	 *  another is another's answer. */
	const char *const *issuers;

	/** Errors of its consent page, and what they mean for a person, beside
	 *  those that every provider has; or NULL. */
	const struct sl_code *refusals;

	/** What its token endpoint calls a dead refresh token (HTTP 400) beside
	 *  invalid_grant; or NULL. */
	const char *dead_refresh;

	/** Errors of its token endpoint that blame the client, beside those
	 *  that every provider has, NULL-ended; or NULL. */
	const char *const *client_errors;

	/** Where a client that was given by id and secret is sent back to,
	 *  unless the operator says otherwise; NULL with read_client_file. */
	const char *redirect_uri;

	/** Read a client file. SL_CONFIG says what is wrong with it. NULL: it
	 *  has none, the operator gives id and secret. */
	sl_status (*read_client_file)(const json_t *document,
				      struct sl_arena *arena,
				      struct sl_client_file *out,
				      struct sl_error *err) SL_NODISCARD;

	/** The one request that tells who a token with these scopes belongs
	 *  to. */
	void (*identity_call)(const char *scopes, struct sl_arena *arena,
			      struct sl_call *call);
	sl_status (*read_identity)(const json_t *body, struct sl_arena *arena,
				   struct sl_identity *out,
				   struct sl_error *err) SL_NODISCARD;

	/** Read an answer of SL_ENDPOINT_INTROSPECT; NULL: it has none, and
	 *  no token can be given by hand. */
	sl_status (*read_introspection)(const json_t *body,
					struct sl_arena *arena,
					struct sl_introspection *out,
					struct sl_error *err) SL_NODISCARD;

	/** Does a granted scope string cover one wanted scope? Knows the
	 *  provider's short and long names. */
	bool (*scope_granted)(const char *granted, const char *wanted);

	/** What the operator must still do in the console; printed. */
	const char *setup_help;
};

#endif
