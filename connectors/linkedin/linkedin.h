/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LinkedIn: as a provider (endpoints, OAuth, whose token it is), and the
 * connector that reads a member's own data.
 *
 * Source: LinkedIn, 3-Legged OAuth Flow, Token Introspection, Sign In with
 * LinkedIn using OpenID Connect, Member Data Portability, read 2026-11
 */
#ifndef SL_CONNECTORS_LINKEDIN_H
#define SL_CONNECTORS_LINKEDIN_H

#include "core/sync/connector.h"
#include "core/sync/provider.h"

/** Endpoint name besides auth, token, introspect and revoke. */
#define SL_LINKEDIN_API "api" /* paths begin with "v2" or "rest" */

/** Header LinkedIn-Version of everything under "rest": the only one that the
 *  Member Data Portability APIs take. */
#define SL_LINKEDIN_VERSION "202312"

extern const struct sl_provider sl_linkedin_provider;
extern const struct sl_connector sl_linkedin;

/**
 * Does a list of granted scopes, separated by blanks or commas, cover one
 * wanted scope?
 *
 * The portability scopes of LinkedIn's products (self_serve, member,
 * 3rd_party) open the same APIs, so that each covers the others.
 */
bool sl_linkedin_scope_granted(const char *granted, const char *wanted);

#endif
