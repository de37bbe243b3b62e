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
#include "core/base/error.h"

#include "core/sync/connector.h"

/** An address that an environment variable may override. */
struct sl_endpoint {
	const char *name;     /* "auth", "token", "calendar"; NULL ends */
	const char *variable; /* "SLUICE_GOOGLE_TOKEN_URL"              */
	const char *url;      /* default                                */
};

/** Endpoint names that every provider has. */
#define SL_ENDPOINT_AUTH  "auth"
#define SL_ENDPOINT_TOKEN "token"

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

struct sl_provider {
	const char *name;                    /* in rows and commands */
	const char *title;                   /* for people */
	const struct sl_endpoint *endpoints; /* ends with .name == NULL */
	bool pkce;
	const struct sl_query *auth_params; /* access_type, prompt, ...  */
	const char *const *identity_scopes; /* always asked for, NULL-ended */

	/** Read a client file. SL_CONFIG says what is wrong with it. */
	sl_status (*read_client_file)(const json_t *document,
				      struct sl_arena *arena,
				      struct sl_client_file *out,
				      struct sl_error *err) SL_NODISCARD;

	/** The one request that tells who a token belongs to. */
	void (*identity_call)(struct sl_arena *arena, struct sl_call *call);
	sl_status (*read_identity)(const json_t *body, struct sl_arena *arena,
				   struct sl_identity *out,
				   struct sl_error *err) SL_NODISCARD;

	/** Does a granted scope string cover one wanted scope? Knows the
	 *  provider's short and long names. */
	bool (*scope_granted)(const char *granted, const char *wanted);

	/** What the operator must still do in the console; printed. */
	const char *setup_help;
};

#endif
