/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The installation's OAuth clients: one active a provider, secret sealed.
 */
#ifndef SL_STATE_CLIENTS_H
#define SL_STATE_CLIENTS_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/secret.h"
#include "core/base/text.h"

#include "state/pg.h"

/** What a client secret's ciphertext is bound to, beside the row's id. */
#define SL_CLIENT_SECRET_PURPOSE "client_secret"

struct sl_client_row {
	char id[SL_UUID_TEXT];
	const char *provider;
	const char *client_id;
	const char *kind;                 /* "installed", "web", ... */
	const char *project;              /* or NULL                 */
	const char *const *redirect_uris; /* NULL-ended */
	struct sl_sealed secret;
};

/**
 * The id that this client's row has, or a fresh one: a secret is sealed to
 * its row before it is stored.
 */
sl_status sl_client_id(struct sl_pg *pg, const char *provider,
		       const char *client_id, char id[SL_UUID_TEXT],
		       struct sl_error *err) SL_NODISCARD;

/**
 * Store `client` and make it the provider's active one.
 *
 * created	was the row new?
 *
 * SL_RETRY	the same client was stored elsewhere under another id meanwhile
 */
sl_status sl_client_put(struct sl_pg *pg, const struct sl_client_row *client,
			bool *created, struct sl_error *err) SL_NODISCARD;

/** `*found` false: none is set up. */
sl_status sl_client_get(struct sl_pg *pg, const char *provider,
			struct sl_arena *arena, struct sl_client_row *out,
			bool *found, struct sl_error *err) SL_NODISCARD;

#endif
