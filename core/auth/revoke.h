/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Token revocation (RFC 7009): the request's form and what its answer means.
 * Who sends it is the caller's business.
 */
#ifndef SL_AUTH_REVOKE_H
#define SL_AUTH_REVOKE_H

#include "core/base/error.h"
#include "core/base/secret.h"

#include "core/auth/oauth2.h"

/**
 * The form that revokes a token; free with sl_form_free.
 *
 * client	NULL = the token alone, where the provider wants no more
 */
struct sl_form *sl_revoke_form(const struct sl_oauth_client *client,
			       const struct sl_secret *token);

/**
 * Read a revocation endpoint's answer; the body is wiped. SL_OK: the token is
 * dead, by this request or before.
 *
 * already	was it dead before? Written on SL_OK.
 *
 * SL_RETRY	it may pass: network, 5xx, 429, or an answer nobody knows
 * SL_CONFIG	the client was refused, or TLS (client)
 */
sl_status sl_revoke_read(struct sl_response *response, bool *already,
			 struct sl_error *err) SL_NODISCARD;

#endif
