/* SPDX-License-Identifier: Apache-2.0 */
/* LinkedIn's OAuth 2.0 without PKCE, and introspection. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "consent.h"
#include "member.h"
#include "oauth.h"
#include "stats.h"

/* LinkedIn shows such errors to the person. */
static void
error_page(struct emu_req *r, const char *what)
{
	struct emu_buf b = { 0 };

	emu_putf(&b,
		 "<!DOCTYPE html><html><body><h1>Bummer, something went wrong."
		 "</h1><p>%s</p></body></html>",
		 what);
	emu_reply_text(r, 401, "text/html; charset=utf-8", b.data);
	emu_buf_free(&b);
}

static bool
all_in(const char *scopes, const char *mine)
{
	while (*scopes) {
		size_t len = strcspn(scopes, " ");
		char *one = emu_strndup(scopes, len);
		bool in = !len || (mine && emu_scope_in(mine, one));

		free(one);
		if (!in)
			return false;
		scopes += len + (scopes[len] == ' ');
	}
	return true;
}

/* --- the consent page ---------------------------------------------------- */

static struct emu_account *
choose_account(const struct emu_world *w)
{
	const char *email = w->options.linkedin_account;

	for (size_t i = 0; email && i < w->account_count; i++)
		if (strcmp(w->accounts[i]->email, email) == 0)
			return w->accounts[i];
	return w->account_count ? w->accounts[0] : NULL;
}

static bool
request_ok(struct emu_req *r)
{
	const struct emu_options *o = &r->world->options;
	const char *id = emu_arg(r, "client_id");
	const char *uri = emu_arg(r, "redirect_uri");
	const char *type = emu_arg(r, "response_type");
	const char *scope = emu_arg(r, "scope");

	if (!id || strcmp(id, o->linkedin_client_id) != 0)
		error_page(r, "The passed in client_id is invalid");
	else if (!uri || !o->linkedin_redirect_uris ||
		 !emu_scope_in(o->linkedin_redirect_uris, uri))
		error_page(r, "The redirect_uri does not match the registered "
			      "value");
	else if (!type || strcmp(type, "code") != 0 || !scope || !*scope)
		error_page(r, "A required parameter is missing");
	else
		return true;
	return false;
}

static void
consent(struct emu_req *r)
{
	const struct emu_options *o = &r->world->options;
	struct emu_account *a = choose_account(r->world);
	struct emu_code *c;

	if (!request_ok(r))
		return;
	if (!emu_arg(r, "state"))
		emu_stats_violation(r, "auth_without_state");
	if (emu_arg(r, "code_challenge"))
		emu_stats_violation(r, "linkedin_pkce");
	if (!all_in(emu_arg(r, "scope"), o->linkedin_scopes)) {
		emu_consent_return(r, NULL, "unauthorized_scope_error");
		return;
	}
	if (o->deny || o->auth_error || !a) {
		emu_consent_return(r, NULL, "user_cancelled_authorize");
		return;
	}
	c = emu_linkedin_code_new(r->world);
	c->account = a;
	emu_set_text(&c->redirect, emu_arg(r, "redirect_uri"));
	emu_set_text(&c->scopes, emu_arg(r, "scope"));
	c->refresh = o->linkedin_refresh;
	emu_consent_return(r, c, NULL);
}

/* --- tokens -------------------------------------------------------------- */

static void
missing(struct emu_req *r, const char *name)
{
	char text[100];

	(void)snprintf(text, sizeof(text),
		       "A required parameter \"%s\" is missing", name);
	emu_oauth_error(r, 400, "invalid_request", text);
}

/* A code_verifier makes it fail, whatever the secret. */
static bool
client_ok(struct emu_req *r)
{
	const struct emu_options *o = &r->world->options;
	char *id = emu_form(r, "client_id");
	char *secret = emu_form(r, "client_secret");
	char *verifier = emu_form(r, "code_verifier");
	bool ok = false;

	if (!id)
		missing(r, "client_id");
	else if (!secret)
		missing(r, "client_secret");
	else if (strcmp(id, o->linkedin_client_id) != 0)
		emu_oauth_error(r, 401, "invalid_client_id",
				"Client authentication failed");
	else if (verifier || strcmp(secret, o->linkedin_client_secret) != 0)
		emu_oauth_error(r, 401, "invalid_client",
				"Client authentication failed");
	else
		ok = true;
	if (verifier)
		emu_stats_violation(r, "linkedin_pkce");
	free(id);
	free(secret);
	free(verifier);
	return ok;
}

/* Scopes come parted by commas, and without a token_type. */
static json_t *
token_answer(struct emu_world *w, struct emu_grant *g, bool with_refresh)
{
	struct emu_access *t = emu_access_new(w, g);
	char *scopes = emu_strdup(g->scopes);
	json_t *out;

	for (char *p = scopes; *p; p++)
		if (*p == ' ')
			*p = ',';
	out = json_pack("{s:s,s:I,s:s}", "access_token", t->text, "expires_in",
			(json_int_t)w->options.linkedin_expires_in, "scope",
			scopes);
	free(scopes);
	if (with_refresh && g->refresh) {
		json_object_set_new(out, "refresh_token",
				    json_string(g->refresh));
		json_object_set_new(out, "refresh_token_expires_in",
				    json_integer(365 * 86400));
	}
	return out;
}

/* The data of a member is archived from the first grant on that lives. */
static struct emu_grant *
grant_new(struct emu_world *w, struct emu_account *a, const char *scopes,
	  bool refresh)
{
	if (strstr(scopes, "r_dma_portability_") &&
	    !emu_linkedin_portable(w, a))
		a->member->consent_ms = emu_now_ms(w);
	return emu_linkedin_grant_new(w, a, scopes, refresh);
}

json_t *
emu_linkedin_mint(struct emu_world *w, struct emu_account *a,
		  const char *scopes)
{
	return token_answer(w, grant_new(w, a, scopes, false), false);
}

static void
exchange_code(struct emu_req *r)
{
	struct emu_world *w = r->world;
	char *text = emu_form(r, "code"), *uri = emu_form(r, "redirect_uri");
	struct emu_code *c = text ? emu_linkedin_code_find(w, text) : NULL;
	bool good = false;

	if (!text)
		missing(r, "code");
	else if (!uri)
		missing(r, "redirect_uri");
	else if (!c || c->used)
		emu_oauth_error(r, 401, "invalid_request",
				"Unable to retrieve access token: "
				"authorization code not found");
	else if (emu_now_ms(w) > c->until_ms || strcmp(uri, c->redirect) != 0)
		emu_oauth_error(
			r, 400, "invalid_redirect_uri",
			"Unable to retrieve access token: appid/redirect "
			"uri/code verifier does not match authorization code. "
			"Or authorization code expired. Or external member "
			"binding exists");
	else
		good = true;
	if (good) {
		c->used = true;
		emu_reply_json(r, 200,
			       token_answer(w,
					    grant_new(w, c->account, c->scopes,
						      c->refresh),
					    true));
	}
	emu_stats_count(r, good ? "code_exchanges" : "code_refusals", 1);
	free(text);
	free(uri);
}

static void
refresh_access(struct emu_req *r)
{
	struct emu_world *w = r->world;
	char *text = emu_form(r, "refresh_token");
	struct emu_grant *g = text ? emu_linkedin_grant_find(w, text) : NULL;

	if (!text) {
		missing(r, "refresh_token");
	} else if (!g || g->revoked) {
		emu_stats_count(r, "refresh_refusals", 1);
		emu_oauth_error(r, 400, "invalid_request",
				"The provided authorization grant or refresh "
				"token is invalid, expired or revoked");
	} else {
		emu_stats_count(r, "token_refreshes", 1);
		emu_reply_json(r, 200, token_answer(w, g, true));
	}
	free(text);
}

static void
token_route(struct emu_req *r)
{
	char *grant = emu_form(r, "grant_type");

	if (!grant)
		missing(r, "grant_type");
	else if (!client_ok(r))
		;
	else if (strcmp(grant, "authorization_code") == 0)
		exchange_code(r);
	else if (strcmp(grant, "refresh_token") == 0)
		refresh_access(r);
	else
		emu_oauth_error(r, 400, "unsupported_grant_type",
				"Unsupported grant type");
	free(grant);
}

bool
emu_linkedin_access_good(const struct emu_world *w, const struct emu_access *t)
{
	return t && !t->dead && !t->grant->revoked &&
	       emu_now_ms(w) < t->until_ms;
}

/* A token of another app is "not active", and nothing else is said. */
static json_t *
describe(const struct emu_world *w, const struct emu_access *t)
{
	bool expired = t && emu_now_ms(w) >= t->until_ms;
	char *scopes;
	json_t *out;

	if (!t)
		return json_pack("{s:b}", "active", 0);
	scopes = emu_strdup(t->grant->scopes);
	for (char *p = scopes; *p; p++)
		if (*p == ' ')
			*p = ',';
	out = json_pack("{s:b,s:s,s:s,s:s,s:I,s:s}", "active",
			emu_linkedin_access_good(w, t), "status",
			emu_linkedin_access_good(w, t) ? "active"
			: expired                      ? "expired"
						       : "revoked",
			"scope", scopes, "client_id",
			w->options.linkedin_client_id, "expires_at",
			(json_int_t)(t->until_ms / 1000), "auth_type", "3L");
	free(scopes);
	return out;
}

static void
introspect(struct emu_req *r)
{
	const struct emu_options *o = &r->world->options;
	char *id = emu_form(r, "client_id");
	char *secret = emu_form(r, "client_secret");
	char *text = emu_form(r, "token");

	if (!id || !text || strcmp(id, o->linkedin_client_id) != 0)
		emu_oauth_error(r, 400, "invalid_request",
				"Invalid client id or token");
	else if (!secret || strcmp(secret, o->linkedin_client_secret) != 0)
		emu_oauth_error(r, 401, "invalid_client",
				"Client authentication failed");
	else
		emu_reply_json(r, 200,
			       describe(r->world, emu_linkedin_access_find(
							  r->world, text)));
	free(id);
	free(secret);
	free(text);
}

static void
revoke_route(struct emu_req *r)
{
	char *text = emu_form(r, "token");
	struct emu_access *t =
		text ? emu_linkedin_access_find(r->world, text) : NULL;
	struct emu_grant *g =
		text ? emu_linkedin_grant_find(r->world, text) : NULL;

	if (!client_ok(r)) {
		free(text);
		return;
	}
	if (t)
		t->dead = true;
	if (g)
		g->revoked = true;
	if (t || g)
		emu_reply_json(r, 200, json_object());
	else
		emu_oauth_error(r, 400, "invalid_request", "Invalid token");
	free(text);
}

void
emu_linkedin_route(struct emu_req *r)
{
	static const struct {
		enum emu_route route;
		const char *method;
		void (*answer)(struct emu_req *r);
	} routes[] = {
		{ EMU_ROUTE_LINKEDIN_AUTH, "GET", consent },
		{ EMU_ROUTE_LINKEDIN_TOKEN, "POST", token_route },
		{ EMU_ROUTE_LINKEDIN_INTROSPECT, "POST", introspect },
		{ EMU_ROUTE_LINKEDIN_REVOKE, "POST", revoke_route },
		{ EMU_ROUTE_LINKEDIN_USERINFO, "GET", emu_linkedin_userinfo },
		{ EMU_ROUTE_LINKEDIN_CONSENTS, "GET", emu_linkedin_consents },
		{ EMU_ROUTE_LINKEDIN_SNAPSHOT, "GET", emu_member_snapshot },
		{ EMU_ROUTE_LINKEDIN_LOG, "GET", emu_member_log },
		{ EMU_ROUTE_LINKEDIN_STRANGE, "GET", emu_linkedin_strange },
	};

	for (size_t i = 0; i < EMU_COUNT(routes); i++) {
		if (r->route == routes[i].route &&
		    emu_is(r, routes[i].method)) {
			routes[i].answer(r);
			return;
		}
	}
	emu_reply_text(r, 405, "text/plain", "method not allowed");
}
