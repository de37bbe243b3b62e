/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What Google's connectors share: the provider record (endpoints, OAuth,
 * client files) and the one mapping of Google's HTTP errors.
 */
#ifndef SL_CONNECTORS_GOOGLE_H
#define SL_CONNECTORS_GOOGLE_H

#include "core/sync/provider.h"

/** Endpoint names besides auth and token. */
#define SL_GOOGLE_REVOKE   "revoke"
#define SL_GOOGLE_USERINFO "userinfo"
#define SL_GOOGLE_CALENDAR "calendar"
#define SL_GOOGLE_GMAIL    "gmail"

extern const struct sl_provider sl_google;

/** Milliseconds until a day's quota is given again: midnight in California. */
int64_t sl_google_reset_ms(int64_t now_us);

/**
 * Map one refusal of a Google API to a remedy and a scope; never SL_OK. What
 * one API means otherwise is its connector's.
 *
 * HTTP status and reason code decide, never the message. A reason is looked
 * for in error.errors[].reason, then error.details[].reason, then
 * error.status; a body that is not JSON is fine.
 *
 * SL_RESYNC	410 on a listing; 400 on a listing that carried a cursor
 * SL_REJECTED	scope SL_ITEM: the wanted item is gone (404, 410);
 *		scope SL_STREAM: this calendar (or the like) is out of reach
 * SL_REAUTH	scope SL_GRANT: 401; scope SL_INTEGRATION: a scope is missing
 * SL_CONFIG	API not enabled (SL_CLIENT), or a request that cannot succeed
 *
 * Source: Google Calendar API reference, Handle API errors, read 2026-11
 */
sl_status sl_google_classify(const struct sl_refusal *refusal,
			     struct sl_error *err) SL_NODISCARD;

/** Does the body of a refusal name this reason, in any of the places? */
bool sl_google_has_reason(const json_t *body, const char *reason);

/** Google's own words in the body of a refusal, or NULL. */
const char *sl_google_message(const json_t *body);

/**
 * Does a space-separated list of granted scopes cover one wanted scope?
 *
 * Google answers `email` and `profile` in their long forms, in any order, and
 * a user may grant a subset. Broader scopes cover narrower ones.
 *
 * Source: Google Identity, OAuth 2.0 scopes for Google APIs, read 2026-11
 */
bool sl_google_scope_granted(const char *granted, const char *wanted);

/** The `read_client_file` of sl_google: see provider.h. */
sl_status sl_google_read_client_file(const json_t *document,
				     struct sl_arena *arena,
				     struct sl_client_file *out,
				     struct sl_error *err) SL_NODISCARD;

#endif
