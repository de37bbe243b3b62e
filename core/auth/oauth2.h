/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OAuth 2.0 authorization code grant with refresh (RFC 6749, 7636, 8252).
 *
 * Requests are built and answers are read here; who sends them (engine or
 * command) is the caller's business. Knows no provider: endpoints and extra
 * parameters come in.
 */
#ifndef SL_AUTH_OAUTH2_H
#define SL_AUTH_OAUTH2_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/secret.h"

#include "core/net/transport.h"
#include "core/net/url.h"

/** Cap on a token endpoint's answer, in bytes. */
#define SL_OAUTH_BODY_MAX 65536

/** Refresh this long before an access token expires. */
#define SL_TOKEN_MARGIN_US (INT64_C(120) * 1000000)

/**
 * When an access token is to be refreshed: SL_TOKEN_MARGIN_US before its end,
 * but not before half its life is over, so that even one of a minute is of
 * use.
 *
 * issued_us	SL_NO_TIME = not known
 */
int64_t sl_token_refresh_us(int64_t issued_us, int64_t expires_us);

struct sl_oauth_client {
	const char *client_id;
	struct sl_secret client_secret;
};

struct sl_auth_request {
	const char *auth_url;
	const char *client_id;
	const char *redirect_uri;
	const char *const *scopes;    /* NULL-ended */
	const struct sl_param *extra; /* access_type, prompt, ...; or NULL */
	const struct sl_secret *state;
	const struct sl_secret *verifier; /* NULL = no PKCE */
	const char *login_hint;           /* or NULL        */
};

/** The page a person opens to consent. */
sl_status sl_oauth_auth_url(struct sl_arena *arena,
			    const struct sl_auth_request *request,
			    const char **url, struct sl_error *err)
	SL_NODISCARD;

/** What came back to the redirect address. */
struct sl_auth_reply {
	struct sl_secret code;
	const char *error;       /* "access_denied", ...; NULL on success   */
	const char *description; /* of the error, or NULL; as it came */
	const char *iss;         /* who answers (RFC 9207), or NULL           */
};

/**
 * Read the redirect (path and query, or the whole pasted URL). Texts are on
 * the arena.
 *
 * SL_REJECTED	no OAuth redirect at all, or `state` is not ours
 */
sl_status sl_oauth_read_redirect(struct sl_arena *arena, const char *url,
				 const struct sl_secret *state,
				 struct sl_auth_reply *reply,
				 struct sl_error *err) SL_NODISCARD;

/** Form body of a code exchange or of a refresh; free with sl_form_free. */
struct sl_form *sl_oauth_code_form(const struct sl_oauth_client *client,
				   const struct sl_secret *code,
				   const char *redirect_uri,
				   const struct sl_secret *verifier);
struct sl_form *sl_oauth_refresh_form(const struct sl_oauth_client *client,
				      const struct sl_secret *refresh_token);

struct sl_tokens {
	struct sl_secret access;
	struct sl_secret refresh;   /* unset when the answer had none     */
	int64_t expires_us;         /* UTC                                */
	int64_t refresh_expires_us; /* UTC, or SL_NO_TIME                 */
	char *scopes;               /* space-delimited as granted, or NULL;
				     * on the arena                        */
};

void sl_tokens_release(struct sl_tokens *tokens);

/** What a refusal of a refresh means for the person who consented; NULL: it
 *  does not concern a person. `code` is an sl_error's. */
const char *sl_oauth_refresh_words(const char *code);

/**
 * Read a token endpoint's answer. The body is wiped. A refusal that is known
 * has its code in the error.
 *
 * SL_RETRY	5xx, 429, network, or no JSON (grant)
 * SL_REAUTH	invalid_grant, admin_policy_enforced, access_denied (grant)
 * SL_CONFIG	invalid_client, unauthorized_client, ... (client); an error
 *		of a name nobody knows (grant)
 */
sl_status sl_oauth_read_tokens(struct sl_arena *arena,
			       struct sl_response *response, int64_t now_us,
			       struct sl_tokens *tokens, struct sl_error *err)
	SL_NODISCARD;

#endif
