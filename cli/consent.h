/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From an authorization code to tokens and to the account they belong to.
 */
#ifndef SL_CLI_CONSENT_H
#define SL_CLI_CONSENT_H

#include "core/auth/oauth2.h"
#include "core/net/transport.h"
#include "core/sync/provider.h"

#include "cli/cli.h"

struct sl_consent {
	struct sl_cli *cli;
	struct sl_transport *transport;
	const struct sl_provider *provider;
	const struct sl_connector *const *connectors; /* its, NULL-ended */
	const struct sl_oauth_client *client;
	const char *redirect_uri;
	struct sl_secret state;
	struct sl_secret verifier; /* unset: the provider knows no PKCE */
};

/** New state and verifier, and the page to open. */
sl_status sl_consent_url(struct sl_consent *consent, const char *login_hint,
			 const char **url, struct sl_error *err) SL_NODISCARD;

/** Exchange the code. */
sl_status sl_consent_tokens(const struct sl_consent *consent,
			    const struct sl_secret *code,
			    struct sl_tokens *tokens, struct sl_error *err)
	SL_NODISCARD;

/** What does the provider say of this token, which nobody consented to here?
 *  SL_REAUTH: it is not good. */
sl_status sl_consent_introspect(const struct sl_consent *consent,
				const struct sl_secret *token,
				struct sl_introspection *out,
				struct sl_error *err) SL_NODISCARD;

/** Is this who answers (RFC 9207) the provider? NULL: it does not say. */
bool sl_consent_issuer_fits(const struct sl_consent *consent, const char *iss);

/** What an error of the consent page means, and what to do. */
const char *sl_consent_refusal(const struct sl_consent *consent,
			       const char *error);

/** Whose tokens are they? */
sl_status sl_consent_identity(const struct sl_consent *consent,
			      const struct sl_tokens *tokens,
			      struct sl_identity *out, struct sl_error *err)
	SL_NODISCARD;

/** The scopes as granted, separated by blanks: what the provider said, else
 *  what was asked for. */
const char *sl_consent_scopes(const struct sl_consent *consent,
			      const struct sl_tokens *tokens);

/** Scopes that the connector needs and that were not granted, separated by
 *  blanks; "" = none. */
const char *sl_consent_missing(const struct sl_consent *consent,
			       const struct sl_tokens *tokens,
			       const struct sl_connector *connector);

#endif
