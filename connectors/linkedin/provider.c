/* SPDX-License-Identifier: Apache-2.0 */
/*
 * LinkedIn as an OAuth provider. Its standard flow knows no PKCE: a
 * code_verifier makes the exchange fail. A refresh token comes for few clients;
 * an access token lives for 60 days, one of the developer portal up to a year:
 * only introspection tells.
 *
 * Asking for other scopes than before ends the earlier tokens of that member,
 * so that the scopes asked for must not change without need.
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "connectors/linkedin/linkedin.h"

/** Longest account id taken, in bytes. */
#define SUBJECT_MAX 255

/** An end after this, in epoch seconds, is none: the year 2242. */
#define EXPIRES_MAX_S (INT64_C(1) << 33)

/** "urn:li:person:ID" is the member whose `sub` is ID. */
#define PERSON "urn:li:person:"

static const struct sl_endpoint endpoints[] = {
	{ SL_ENDPOINT_AUTH, "SLUICE_LINKEDIN_AUTH_URL",
	  "https://www.linkedin.com/oauth/v2/authorization" },
	{ SL_ENDPOINT_TOKEN, "SLUICE_LINKEDIN_TOKEN_URL",
	  "https://www.linkedin.com/oauth/v2/accessToken" },
	{ SL_ENDPOINT_INTROSPECT, "SLUICE_LINKEDIN_INTROSPECT_URL",
	  "https://www.linkedin.com/oauth/v2/introspectToken" },
	{ SL_ENDPOINT_REVOKE, "SLUICE_LINKEDIN_REVOKE_URL",
	  "https://www.linkedin.com/oauth/v2/revoke" },
	{ SL_LINKEDIN_API, "SLUICE_LINKEDIN_API_URL",
	  "https://api.linkedin.com" },
	{ NULL, NULL, NULL },
};

static const char *const identity_scopes[] = { "openid", "profile", "email",
					       NULL };

/* The issuer of today, and the one until 2024. */
static const char *const issuers[] = { "https://www.linkedin.com/oauth",
				       "https://www.linkedin.com", NULL };

static const struct sl_code refusals[] = {
	{ "user_cancelled_login",
	  "nobody signed in to LinkedIn; run connect again and sign in" },
	{ "user_cancelled_authorize",
	  "the account's owner said no; run connect again and allow it" },
	{ "unauthorized_scope_error",
	  "the app lacks a product; request it in the developer portal, "
	  "Products (\"Sign In with LinkedIn using OpenID Connect\" for openid, "
	  "profile and email, \"Member Data Portability API (3rd Party)\" for "
	  "the data), then run connect again; who has the Member product alone "
	  "connects by a token: connect linkedin --token-file FILE" },
	{ NULL, NULL },
};

/* Source: LinkedIn, Refresh Tokens with OAuth 2.0, read 2026-11; the portal's
 * tokens were seen to live for a year. */
static const struct sl_end_rule ends[] = {
	{ SL_END_TOLD, 0,
	  "LinkedIn's consent lasts a year, however often it is used" },
	{ SL_END_ACCESS, 61,
	  "LinkedIn's access lasts 60 days, and nothing renews it" },
	{ SL_END_ACCESS, 0,
	  "a token of LinkedIn's developer portal lasts a year at most, and "
	  "nothing renews it" },
	{ .why = NULL },
};

static const char *const client_errors[] = { "invalid_client_id", NULL };

/* A token without the OpenID scopes may not ask userinfo. */
static void
identity_call(const char *scopes, struct sl_arena *arena, struct sl_call *call)
{
	static const char *const userinfo[] = { "v2", "userinfo", NULL };
	static const char *const consents[] = { "rest", "memberAuthorizations",
						NULL };
	static const struct sl_query query[] = {
		{ "q", "memberAndApplication" },
		{ NULL, NULL },
	};
	static const struct sl_query headers[] = {
		{ "LinkedIn-Version", SL_LINKEDIN_VERSION },
		{ NULL, NULL },
	};

	(void)arena;
	*call = (struct sl_call){ .endpoint = SL_LINKEDIN_API,
				  .path = userinfo };
	if (sl_linkedin_scope_granted(scopes, "openid"))
		return;
	call->path = consents;
	call->query = query;
	call->headers = headers;
}

static sl_status
take_subject(const char *subject, struct sl_arena *arena,
	     struct sl_identity *out, struct sl_error *err)
{
	if (subject == NULL || *subject == '\0')
		return sl_fail(err, SL_RETRY, SL_GRANT,
			       "userinfo without \"sub\"");
	if (strlen(subject) > SUBJECT_MAX)
		return sl_fail(err, SL_RETRY, SL_GRANT,
			       "an account id longer than %d bytes",
			       SUBJECT_MAX);
	out->subject = sl_arena_strdup(arena, subject);
	return SL_OK;
}

/* What the member has allowed this app, of the portability APIs. */
static sl_status
read_consents(const json_t *elements, struct sl_arena *arena,
	      struct sl_identity *out, struct sl_error *err)
{
	const char *member =
		sl_json_text(sl_json_object(json_array_get(elements, 0),
					    "memberComplianceAuthorizationKey"),
			     "member");

	if (json_array_size(elements) == 0)
		return sl_fail(err, SL_REAUTH, SL_GRANT,
			       "no consent of this member to the portability "
			       "APIs; make a new token");
	if (member == NULL || strncmp(member, PERSON, strlen(PERSON)) != 0)
		return sl_fail(err, SL_RETRY, SL_GRANT,
			       "memberAuthorizations without a person");
	return take_subject(member + strlen(PERSON), arena, out, err);
}

static sl_status
read_identity(const json_t *body, struct sl_arena *arena,
	      struct sl_identity *out, struct sl_error *err)
{
	const json_t *elements = sl_json_array(body, "elements");
	sl_status st;

	*out = (struct sl_identity){ .subject = NULL };
	if (elements != NULL)
		return read_consents(elements, arena, out, err);
	st = take_subject(sl_json_text(body, "sub"), arena, out, err);
	out->email = sl_arena_strdup(arena, sl_json_text(body, "email"));
	out->name = sl_arena_strdup(arena, sl_json_text(body, "name"));
	return st;
}

/* `expires_at` is in seconds; LinkedIn answers 200 for any token. */
static sl_status
read_introspection(const json_t *body, struct sl_arena *arena,
		   struct sl_introspection *out, struct sl_error *err)
{
	int64_t expires_s;

	if (!json_is_boolean(json_object_get(body, "active")))
		return sl_fail(err, SL_RETRY, SL_GRANT,
			       "LinkedIn did not say whether the token is "
			       "good (introspection without \"active\")");
	*out = (struct sl_introspection){
		.active = sl_json_bool(body, "active"),
		.why = sl_arena_strdup(arena, sl_json_text(body, "status")),
		.scopes = sl_arena_strdup(arena, sl_json_text(body, "scope")),
		.expires_us = SL_NO_TIME,
	};
	if (sl_json_i64(body, "expires_at", &expires_s) && expires_s > 0 &&
	    expires_s < EXPIRES_MAX_S)
		out->expires_us = expires_s * SL_US_PER_S;
	return SL_OK;
}

static const char setup_help[] =
	"In LinkedIn's developer portal "
	"(https://www.linkedin.com/developers/apps), in this app:\n"
	"\n"
	"1. Products: \"Sign In with LinkedIn using OpenID Connect\" (who "
	"consents), and one of\n"
	"   \"Member Data Portability API (Member)\": your own data, EEA and "
	"Switzerland, given at once;\n"
	"   the app must be of the page \"Member Data Portability (Member) "
	"Default Company\"; or\n"
	"   \"Member Data Portability API (3rd Party)\": others' data, EEA, "
	"after a review by LinkedIn.\n"
	"2. Of the Member product: Docs and tools, OAuth Token Tools, Create "
	"token with\n"
	"   r_dma_portability_self_serve; put it in a file of mode 0600 and "
	"use\n"
	"   connect linkedin --token-file FILE.\n"
	"\n"
	"LinkedIn's consents end after 60 days, tokens of the portal after up "
	"to a year: then\n"
	"connect again.\n";

const struct sl_provider sl_linkedin_provider = {
	.name = "linkedin",
	.title = "LinkedIn",
	.endpoints = endpoints,
	.pkce = false,
	.revokes_as_client = true,
	.refresh_optional = true,
	.identity_scopes = identity_scopes,
	.issuers = issuers,
	.refusals = refusals,
	.ends = ends,
	.dead_refresh = "invalid_request",
	.client_errors = client_errors,
	.redirect_uri = "http://127.0.0.1:8765/callback",
	.identity_call = identity_call,
	.read_identity = read_identity,
	.read_introspection = read_introspection,
	.scope_granted = sl_linkedin_scope_granted,
	.setup_help = setup_help,
};
