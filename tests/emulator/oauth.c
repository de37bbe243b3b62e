/* SPDX-License-Identifier: Apache-2.0 */
/* The token side: /token, /revoke, /v1/userinfo and the bearer check. */
#include "oauth.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

#include "consent.h"
#include "stats.h"

#define PREFIX "https://www.googleapis.com/auth/"

static void
put_id_token(json_t *out, const struct emu_world *w,
	     const struct emu_account *a)
{
	int64_t now = emu_now_ms(w) / 1000;
	json_t *claims = json_pack(
		"{s:s,s:s,s:s,s:s,s:b,s:I,s:I}", "iss",
		"https://accounts.google.com", "aud", w->options.client_id,
		"sub", a->sub, "email", a->email, "email_verified", 1, "iat",
		(json_int_t)now, "exp", (json_int_t)now + 3600);
	char *text = json_dumps(claims, JSON_COMPACT);
	struct emu_buf b = { 0 };

	emu_put_base64(&b, "{\"alg\":\"RS256\",\"typ\":\"JWT\"}", 27, false);
	emu_putc(&b, '.');
	emu_put_base64(&b, text, strlen(text), false);
	EMU_LIT(&b, ".bm90LXNpZ25lZA");
	json_object_set_new(out, "id_token", json_string(b.data));
	emu_buf_free(&b);
	free(text);
	json_decref(claims);
}

/* What /token answers; the refresh token only where it belongs. */
static json_t *
token_answer(struct emu_world *w, struct emu_grant *g, bool with_refresh)
{
	struct emu_access *t = emu_access_new(w, g);
	json_t *out = json_pack("{s:s,s:I,s:s,s:s}", "access_token", t->text,
				"expires_in", (json_int_t)w->options.expires_in,
				"scope", g->scopes, "token_type", "Bearer");

	t->rotated = with_refresh;
	if (with_refresh && g->refresh && !w->options.omit_refresh) {
		json_object_set_new(out, "refresh_token",
				    json_string(g->refresh));
		if (w->options.refresh_expires_in)
			json_object_set_new(
				out, "refresh_token_expires_in",
				json_integer((json_int_t)w->options
						     .refresh_expires_in));
	}
	if (emu_scope_in(g->scopes, "openid"))
		put_id_token(out, w, g->account);
	return out;
}

json_t *
emu_oauth_mint(struct emu_world *w, struct emu_account *a, const char *scopes)
{
	char *normal = emu_scopes_normal(scopes);
	json_t *out = token_answer(w, emu_grant_new(w, a, normal, true), true);

	free(normal);
	return out;
}

static bool
pkce_holds(const struct emu_code *c, const char *verifier)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned len = 0;
	struct emu_buf b = { 0 };
	bool same;

	if (c->plain)
		return strcmp(verifier, c->challenge) == 0;
	if (!EVP_Digest(verifier, strlen(verifier), digest, &len, EVP_sha256(),
			NULL))
		abort();
	emu_put_base64(&b, digest, len, false);
	same = strcmp(b.data, c->challenge) == 0;
	emu_buf_free(&b);
	return same;
}

static void
exchange_code(struct emu_req *r)
{
	struct emu_world *w = r->world;
	char *text = emu_form(r, "code"), *uri = emu_form(r, "redirect_uri");
	char *verifier = emu_form(r, "code_verifier");
	struct emu_code *c = text ? emu_code_find(w, text) : NULL;

	if (!text)
		emu_oauth_error(r, 400, "invalid_request",
				"Missing required parameter: code");
	else if (!c)
		emu_oauth_error(r, 400, "invalid_grant",
				"Malformed auth code.");
	else if (c->used || emu_now_ms(w) > c->until_ms)
		emu_oauth_error(r, 400, "invalid_grant", "Bad Request");
	else if (!uri || strcmp(uri, c->redirect) != 0)
		emu_oauth_error(r, 400, "redirect_uri_mismatch", "Bad Request");
	else if (c->challenge && !verifier)
		emu_oauth_error(r, 400, "invalid_grant",
				"Missing code verifier.");
	else if (c->challenge && !pkce_holds(c, verifier))
		emu_oauth_error(r, 400, "invalid_grant",
				"Invalid code verifier.");
	else
		emu_reply_json(
			r, 200,
			token_answer(w,
				     emu_grant_new(w, c->account, c->scopes,
						   c->refresh),
				     true));
	if (c && r->reply.status == 200)
		c->used = true;
	emu_stats_count(
		r, r->reply.status == 200 ? "code_exchanges" : "code_refusals",
		1);
	free(text);
	free(uri);
	free(verifier);
}

static void
refuse_refresh(struct emu_req *r, const struct emu_grant *g)
{
	const struct emu_cause *c = g ? g->cause : NULL;

	if (!c) {
		emu_oauth_error(r, 400, "invalid_grant",
				g ? "Token has been expired or revoked."
				  : "Bad Request");
		return;
	}
	emu_reply_json(r, 400,
		       json_pack("{s:s,s:s,s:s*}", "error", c->error,
				 "error_description", c->description,
				 "error_subtype", c->subtype));
}

static void
refresh_access(struct emu_req *r)
{
	struct emu_world *w = r->world;
	char *text = emu_form(r, "refresh_token");
	struct emu_grant *g = text ? emu_grant_find(w, text) : NULL;

	if (!text) {
		emu_oauth_error(r, 400, "invalid_request",
				"Missing required parameter: refresh_token");
	} else if (!g || g->revoked ||
		   (g->refresh_until_ms &&
		    emu_now_ms(w) > g->refresh_until_ms)) {
		emu_stats_count(r, "refresh_refusals", 1);
		refuse_refresh(r, g);
	} else {
		r->account = g->account;
		if (w->options.rotate && w->options.rotate_grace)
			emu_grant_grace(g, text);
		if (w->options.rotate)
			emu_grant_refresh(w, g);
		emu_stats_count(r, "token_refreshes", 1);
		emu_reply_json(r, 200, token_answer(w, g, w->options.rotate));
	}
	free(text);
}

static bool
client_ok(struct emu_req *r)
{
	const struct emu_options *o = &r->world->options;
	char *id = emu_form(r, "client_id");
	char *secret = emu_form(r, "client_secret");
	bool ok = false;

	if (!id)
		emu_oauth_error(r, 400, "invalid_request",
				"Could not determine client ID from request.");
	else if (strcmp(id, o->client_id) != 0)
		emu_oauth_error(r, 401, "invalid_client",
				"The OAuth client was not found.");
	else if (!secret)
		emu_oauth_error(r, 400, "invalid_request",
				"client_secret is missing.");
	else if (strcmp(secret, o->client_secret) != 0)
		emu_oauth_error(r, 401, "invalid_client",
				"The provided client secret is invalid.");
	else
		ok = true;
	free(id);
	free(secret);
	return ok;
}

static void
token_route(struct emu_req *r)
{
	const char *type = emu_header(r, "Content-Type");
	char *grant = emu_form(r, "grant_type");

	if (!type || !strstr(type, "application/x-www-form-urlencoded"))
		emu_oauth_error(r, 400, "invalid_request",
				"Form-encoded body wanted.");
	else if (!grant)
		emu_oauth_error(r, 400, "invalid_request",
				"Required parameter is missing: grant_type");
	else if (!client_ok(r))
		;
	else if (strcmp(grant, "authorization_code") == 0)
		exchange_code(r);
	else if (strcmp(grant, "refresh_token") == 0)
		refresh_access(r);
	else
		emu_oauth_error(r, 400, "unsupported_grant_type",
				"Invalid grant_type");
	free(grant);
}

/* Either token ends the grants of that account, whatever their scopes. */
static void
revoke_route(struct emu_req *r)
{
	struct emu_world *w = r->world;
	const char *arg = emu_arg(r, "token");
	char *text = arg ? emu_strdup(arg) : emu_form(r, "token");
	struct emu_grant *g = text ? emu_grant_find(w, text) : NULL;
	const struct emu_access *t = text ? emu_access_find(w, text) : NULL;

	if (t && !t->dead)
		g = t->grant;
	if (!g || g->revoked) {
		emu_oauth_error(r, 400, "invalid_token",
				"Token expired or revoked");
	} else {
		emu_oauth_expire(w, g->account, true);
		emu_reply_json(r, 200, json_object());
	}
	free(text);
}

static const char *
bearer(const struct emu_req *r)
{
	const char *h = emu_header(r, "Authorization");

	return h && strncmp(h, "Bearer ", 7) == 0 ? h + 7 : NULL;
}

struct emu_account *
emu_token_account(const struct emu_req *r)
{
	const char *text = bearer(r);
	const struct emu_access *t =
		text ? emu_access_find(r->world, text) : NULL;

	return t ? t->grant->account : NULL;
}

/* One call more in this window of the clock; false when over the limit. */
static bool
count_call(const struct emu_world *w, uint64_t calls[2], uint64_t limit)
{
	uint64_t span = w->options.quota_window_s * 1000;
	uint64_t window = (uint64_t)emu_now_ms(w) / (span ? span : 1);

	if (calls[0] != window) {
		calls[0] = window;
		calls[1] = 0;
	}
	return ++calls[1] <= limit || limit == 0;
}

static bool
within_quota(struct emu_req *r)
{
	struct emu_world *w = r->world;
	const struct emu_options *o = &w->options;
	bool user, project;

	pthread_mutex_lock(&w->quota_lock);
	project = count_call(w, w->project_calls, o->quota_project);
	user = count_call(w, r->account->calls, o->quota_user);
	pthread_mutex_unlock(&w->quota_lock);
	if (user && project)
		return true;
	emu_stats_count(r, "quota_refusals", 1);
	emu_api_error(r, (unsigned)o->quota_status, "usageLimits",
		      o->quota_reason ? o->quota_reason
		      : user          ? "rateLimitExceeded"
				      : "userRateLimitExceeded",
		      "Rate Limit Exceeded", NULL);
	if (o->quota_retry_after)
		emu_reply_header(r, "Retry-After", o->quota_retry_after);
	return false;
}

bool
emu_authorize(struct emu_req *r)
{
	const char *text = bearer(r);
	const struct emu_access *t =
		text ? emu_access_find(r->world, text) : NULL;

	if (emu_arg(r, "access_token"))
		emu_stats_violation(r, "token_in_url");
	if (!text) {
		emu_stats_violation(r, "no_bearer");
		emu_api_error(r, 401, "global", "required", "Login Required.",
			      "Authorization");
		return false;
	}
	if (!t || t->dead || t->grant->revoked ||
	    emu_now_ms(r->world) >= t->until_ms) {
		emu_stats_count(r, "stale_tokens", 1);
		emu_api_error(r, 401, "global", "authError",
			      "Invalid Credentials", "Authorization");
		return false;
	}
	if (t->rotated)
		atomic_store(&t->grant->grace, false);
	r->account = t->grant->account;
	return within_quota(r);
}

bool
emu_has_scope(const struct emu_req *r, const char *scope)
{
	const char *text = bearer(r);
	const struct emu_access *t =
		text ? emu_access_find(r->world, text) : NULL;

	return t && emu_scope_in(t->grant->scopes, scope);
}

bool
emu_need_scope(struct emu_req *r, const char *const *scopes)
{
	for (; *scopes; scopes++)
		if (emu_has_scope(r, *scopes))
			return true;
	emu_api_error(r, 403, "global", "insufficientPermissions",
		      "Request had insufficient authentication scopes.", NULL);
	emu_api_error_info(r, "ACCESS_TOKEN_SCOPE_INSUFFICIENT");
	return false;
}

static void
userinfo_route(struct emu_req *r)
{
	static const char *const any[] = { "openid", PREFIX "userinfo.email",
					   PREFIX "userinfo.profile", NULL };
	const char *other = r->world->options.userinfo_email;
	json_t *out;

	if (!emu_authorize(r) || !emu_need_scope(r, any))
		return;
	out = json_pack("{s:s}", "sub", r->account->sub);
	if (other) /* as if somebody else had consented */
		json_object_set_new(out, "sub", json_string("999000111"));
	if (emu_has_scope(r, PREFIX "userinfo.email")) {
		json_object_set_new(
			out, "email",
			json_string(other ? other : r->account->email));
		json_object_set_new(out, "email_verified", json_true());
	}
	if (emu_has_scope(r, PREFIX "userinfo.profile"))
		json_object_set_new(out, "name", json_string(r->account->name));
	emu_reply_json(r, 200, out);
}

void
emu_oauth_route(struct emu_req *r)
{
	bool post = emu_is(r, "POST");

	if (r->route == EMU_ROUTE_AUTH && emu_is(r, "GET"))
		emu_consent(r);
	else if (r->route == EMU_ROUTE_TOKEN && post)
		token_route(r);
	else if (r->route == EMU_ROUTE_REVOKE && post)
		revoke_route(r);
	else if (r->route == EMU_ROUTE_USERINFO && emu_is(r, "GET"))
		userinfo_route(r);
	else
		emu_reply_text(r, 405, "text/plain", "method not allowed");
}
