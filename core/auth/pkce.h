/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PKCE (RFC 7636), method S256 only, and unguessable `state` values.
 */
#ifndef SL_AUTH_PKCE_H
#define SL_AUTH_PKCE_H

#include "core/base/clock.h"
#include "core/base/secret.h"

#define SL_PKCE_CHALLENGE_TEXT 44 /* base64url of SHA-256, with NUL */

/** 43 characters base64url of 32 random bytes: a verifier, or a state. */
void sl_random_token(const struct sl_rng *rng, struct sl_secret *out);

void sl_pkce_challenge(const struct sl_secret *verifier,
		       char out[SL_PKCE_CHALLENGE_TEXT]);

#endif
