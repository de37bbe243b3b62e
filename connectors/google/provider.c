/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Google as an OAuth provider: one consent may serve calendar and mail.
 *
 * include_granted_scopes is left out on purpose: a combined grant spans all
 * clients of a Cloud project, and revoking it would end all of them.
 *
 * Source: Google Identity, Using OAuth 2.0 for Web Server Applications and
 * for Desktop Apps, read 2026-11
 */
#include <string.h>

#include "core/json/json.h"

#include "connectors/google/google.h"

/** Longest stable account id that Google promises. */
#define SUBJECT_MAX 255

static const struct sl_endpoint endpoints[] = {
	{ SL_ENDPOINT_AUTH, "SLUICE_GOOGLE_AUTH_URL",
	  "https://accounts.google.com/o/oauth2/v2/auth" },
	{ SL_ENDPOINT_TOKEN, "SLUICE_GOOGLE_TOKEN_URL",
	  "https://oauth2.googleapis.com/token" },
	{ SL_GOOGLE_REVOKE, "SLUICE_GOOGLE_REVOKE_URL",
	  "https://oauth2.googleapis.com/revoke" },
	{ SL_GOOGLE_USERINFO, "SLUICE_GOOGLE_USERINFO_URL",
	  "https://openidconnect.googleapis.com/v1/userinfo" },
	{ SL_GOOGLE_CALENDAR, "SLUICE_GOOGLE_CALENDAR_URL",
	  "https://www.googleapis.com/calendar/v3" },
	{ SL_GOOGLE_GMAIL, "SLUICE_GMAIL_URL",
	  "https://gmail.googleapis.com/gmail/v1" },
	{ NULL, NULL, NULL },
};

/* A refresh token comes for certain only with both. */
static const struct sl_query auth_params[] = {
	{ "access_type", "offline" },
	{ "prompt", "consent" },
	{ NULL, NULL },
};

/* Source: Google Identity, Refresh token expiration, read 2026-11. Where it
 * tells an end of a week, the client is in testing; a person may choose others.
 */
static const struct sl_end_rule ends[] = {
	{ SL_END_TOLD, 8,
	  "the OAuth client is in testing, where a consent lasts seven days: "
	  "set its publishing status to \"In production\"" },
	{ SL_END_TOLD, 0, "access was allowed for a limited time" },
	{ SL_END_UNUSED, 180,
	  "a consent that is not used for six months ends" },
	{ .why = NULL },
};

static const char *const identity_scopes[] = { "openid", "email", NULL };

static void
identity_call(const char *scopes, struct sl_arena *arena, struct sl_call *call)
{
	static const char *const no_path[] = { NULL };

	(void)scopes;
	(void)arena;
	*call = (struct sl_call){ .endpoint = SL_GOOGLE_USERINFO,
				  .path = no_path };
}

/*
 * email_verified is not looked at: the account is known by its `sub`, and an
 * unverified address (an account under a foreign address) still names it.
 */
static sl_status
read_identity(const json_t *body, struct sl_arena *arena,
	      struct sl_identity *out, struct sl_error *err)
{
	const char *subject = sl_json_text(body, "sub");

	if (subject == NULL || *subject == '\0')
		return sl_fail(err, SL_RETRY, SL_GRANT,
			       "userinfo without \"sub\"");
	if (strlen(subject) > SUBJECT_MAX)
		return sl_fail(err, SL_RETRY, SL_GRANT,
			       "an account id longer than %d bytes",
			       SUBJECT_MAX);
	*out = (struct sl_identity){
		.subject = sl_arena_strdup(arena, subject),
		.email = sl_arena_strdup(arena, sl_json_text(body, "email")),
		.name = sl_arena_strdup(arena, sl_json_text(body, "name")),
	};
	return SL_OK;
}

static const char *const issuers[] = { "https://accounts.google.com",
				       "accounts.google.com", NULL };

/* Source: Google Identity, OAuth 2.0, Authorization errors, read 2026-11 */
static const struct sl_code refusals[] = {
	{ "admin_policy_enforced",
	  "the administrator of the account's Workspace blocks this client or "
	  "what it asks for; the administrator can allow it (Admin console, "
	  "API controls)" },
	{ "org_internal",
	  "the client's audience is \"Internal\" and this account is not of "
	  "its Workspace; set the audience to \"External\" in the console, or "
	  "choose an account of that Workspace" },
	{ "disallowed_useragent",
	  "Google consents in no embedded browser; open the address in a "
	  "browser of its own" },
	{ "deleted_client",
	  "the client was deleted in the Cloud project; restore it there "
	  "within 30 days, or make another and run setup again" },
	{ "rate_limit_exceeded",
	  "Google is asked for too many consents at present; run connect "
	  "again in some minutes" },
	{ NULL, NULL },
};

static const char setup_help[] =
	"In the Google Cloud console (https://console.cloud.google.com), in "
	"the project of this client:\n"
	"\n"
	"1. APIs & Services, Library: enable \"Google Calendar API\" and "
	"\"Gmail API\", or the one\n"
	"   of them that is to be synced.\n"
	"2. Google Auth Platform, Audience: set the publishing status to "
	"\"In production\".\n"
	"   In \"Testing\" every grant dies 7 days after its consent and only "
	"listed test users\n"
	"   may connect. Unverified is fine for up to 100 users: they see a "
	"warning once.\n"
	"   (Audience \"Internal\" has neither limit, within one Workspace.)\n"
	"3. Google Auth Platform, Data Access: add the scopes\n"
	"   https://www.googleapis.com/auth/calendar.readonly\n"
	"   https://www.googleapis.com/auth/gmail.readonly (mail; a "
	"\"restricted\" scope: an app for\n"
	"   the public needs Google's verification and a yearly assessment, "
	"one of your own does not)\n"
	"\n"
	"A newly enabled API may take a few minutes until it answers.\n";

const struct sl_provider sl_google = {
	.name = "google",
	.title = "Google",
	.endpoints = endpoints,
	.revokes_all = true,
	.revoke_help = "Google revokes for the whole Cloud project: every "
		       "client of it has lost this account.",
	.pkce = true,
	.auth_params = auth_params,
	.identity_scopes = identity_scopes,
	.login_hint = true,
	.issuers = issuers,
	.refusals = refusals,
	.ends = ends,
	.read_client_file = sl_google_read_client_file,
	.identity_call = identity_call,
	.read_identity = read_identity,
	.scope_granted = sl_google_scope_granted,
	.setup_help = setup_help,
};
