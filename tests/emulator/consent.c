/* SPDX-License-Identifier: Apache-2.0 */
#include "consent.h"

#include <stdlib.h>
#include <string.h>

#include "oauth.h"
#include "stats.h"

#define PREFIX "https://www.googleapis.com/auth/"

/* Google shows such errors to the person, not to the program. */
static void
error_page(struct emu_req *r, unsigned status, const char *error)
{
	struct emu_buf b = { 0 };

	emu_putf(&b,
		 "<!DOCTYPE html><html><head><title>Error</title></head><body>"
		 "<h1>Access blocked</h1><p>Error %u: %s</p></body></html>",
		 status, error);
	emu_reply_text(r, status, "text/html; charset=utf-8", b.data);
	emu_buf_free(&b);
}

static bool
is_loopback(const char *uri)
{
	static const char *const hosts[] = { "http://127.0.0.1", "http://[::1]",
					     "http://localhost" };

	for (size_t i = 0; i < EMU_COUNT(hosts); i++) {
		size_t len = strlen(hosts[i]);
		const char *p = uri + len;

		if (strncmp(uri, hosts[i], len) != 0)
			continue;
		if (*p == ':')
			p += 1 + strspn(p + 1, "0123456789");
		return (*p == '\0' || *p == '/' || *p == '?') &&
		       !strchr(p, '#');
	}
	return false;
}

static bool
redirect_ok(const struct emu_req *r, const char *uri)
{
	const struct emu_options *o = &r->world->options;

	if (!o->web_client)
		return is_loopback(uri);
	return o->redirect_uris && emu_scope_in(o->redirect_uris, uri);
}

static bool
scopes_ok(const char *scopes)
{
	while (*scopes) {
		size_t len = strcspn(scopes, " ");

		if (len && strncmp(scopes, PREFIX, strlen(PREFIX)) != 0 &&
		    !(len == 6 && memcmp(scopes, "openid", 6) == 0) &&
		    !(len == 5 && memcmp(scopes, "email", 5) == 0) &&
		    !(len == 7 && memcmp(scopes, "profile", 7) == 0) &&
		    strncmp(scopes, "https://mail.google.com/", 24) != 0)
			return false;
		scopes += len + (scopes[len] == ' ');
	}
	return true;
}

static bool
choices_ok(const struct emu_req *r)
{
	const char *method = emu_arg(r, "code_challenge_method");
	const char *prompt = emu_arg(r, "prompt");

	if (method && strcmp(method, "S256") && strcmp(method, "plain"))
		return false;
	return !prompt || !strstr(prompt, "none") || !strcmp(prompt, "none");
}

/* True when the parameters deserve a consent screen. */
static bool
request_ok(struct emu_req *r)
{
	const char *id = emu_arg(r, "client_id");
	const char *uri = emu_arg(r, "redirect_uri");
	const char *type = emu_arg(r, "response_type");
	const char *scope = emu_arg(r, "scope");

	if (!id || strcmp(id, r->world->options.client_id) != 0)
		error_page(r, 401, "invalid_client");
	else if (!uri || !redirect_ok(r, uri))
		error_page(r, 400, "redirect_uri_mismatch");
	else if (!type || strcmp(type, "code") != 0 || !scope || !*scope)
		error_page(r, 400, "invalid_request");
	else if (!scopes_ok(scope))
		error_page(r, 400, "invalid_scope");
	else if (!choices_ok(r))
		error_page(r, 400, "invalid_request");
	else
		return true;
	return false;
}

static void
note_manners(struct emu_req *r)
{
	const char *method = emu_arg(r, "code_challenge_method");
	const char *access = emu_arg(r, "access_type");

	if (!emu_arg(r, "state"))
		emu_stats_violation(r, "auth_without_state");
	if (!emu_arg(r, "code_challenge") || !method ||
	    strcmp(method, "S256") != 0)
		emu_stats_violation(r, "auth_without_pkce_s256");
	if (!access || strcmp(access, "offline") != 0)
		emu_stats_violation(r, "auth_without_offline");
}

static struct emu_account *
choose_account(const struct emu_req *r)
{
	struct emu_world *w = r->world;
	const char *hint = emu_arg(r, "login_hint");

	for (size_t i = 0; hint && i < w->account_count; i++)
		if (strcmp(w->accounts[i]->email, hint) == 0 ||
		    strcmp(w->accounts[i]->sub, hint) == 0)
			return w->accounts[i];
	return w->account_count ? w->accounts[0] : NULL;
}

static bool
is_sign_in(const char *scope)
{
	return strcmp(scope, "openid") == 0 ||
	       strncmp(scope, PREFIX "userinfo.", strlen(PREFIX) + 9) == 0;
}

/* What was asked, less the boxes that were not ticked, plus earlier ones. */
static char *
granted_scopes(const struct emu_req *r, const struct emu_account *a)
{
	const struct emu_world *w = r->world;
	const char *more = emu_arg(r, "include_granted_scopes");
	char *asked = emu_scopes_normal(emu_arg(r, "scope"));
	struct emu_buf b = { 0 };
	char *all;

	for (const char *p = asked; *p;) {
		size_t len = strcspn(p, " ");
		char *one = emu_strndup(p, len);

		if (!w->options.grant_scopes || is_sign_in(one) ||
		    emu_scope_in(w->options.grant_scopes, one) ||
		    emu_scope_in(w->options.grant_scopes,
				 one + (strncmp(one, PREFIX, strlen(PREFIX))
						? 0
						: strlen(PREFIX))))
			emu_putf(&b, "%s ", one);
		free(one);
		p += len + (p[len] == ' ');
	}
	for (size_t i = 0;
	     more && strcmp(more, "true") == 0 && i < w->oauth->grant_count;
	     i++)
		if (w->oauth->grants[i]->account == a &&
		    !w->oauth->grants[i]->linkedin &&
		    !w->oauth->grants[i]->revoked)
			emu_putf(&b, "%s ", w->oauth->grants[i]->scopes);
	all = emu_scopes_normal(b.data ? b.data : "");
	emu_buf_free(&b);
	free(asked);
	return all;
}

static bool
had_grant(const struct emu_world *w, const struct emu_account *a)
{
	for (size_t i = 0; i < w->oauth->grant_count; i++)
		if (w->oauth->grants[i]->account == a &&
		    !w->oauth->grants[i]->linkedin &&
		    !w->oauth->grants[i]->revoked)
			return true;
	return false;
}

/* Installed clients always get one, web clients when they ask rightly. */
static bool
gets_refresh(const struct emu_req *r, const struct emu_account *a)
{
	const char *access = emu_arg(r, "access_type");
	const char *prompt = emu_arg(r, "prompt");

	if (!r->world->options.web_client)
		return true;
	return access && strcmp(access, "offline") == 0 &&
	       ((prompt && strstr(prompt, "consent")) ||
		!had_grant(r->world, a));
}

static struct emu_code *
make_code(struct emu_req *r, struct emu_account *a)
{
	struct emu_code *c = emu_code_new(r->world);
	const char *method = emu_arg(r, "code_challenge_method");

	c->account = a;
	emu_set_text(&c->redirect, emu_arg(r, "redirect_uri"));
	emu_set_text(&c->challenge, emu_arg(r, "code_challenge"));
	c->plain = !method || strcmp(method, "plain") == 0;
	c->scopes = granted_scopes(r, a);
	c->refresh = gets_refresh(r, a);
	return c;
}

static void
put_arg(struct emu_buf *b, const char *name, const char *value)
{
	if (!value)
		return;
	emu_putf(b, "%c%s=", strchr(b->data, '?') ? '&' : '?', name);
	emu_put_url(b, value);
}

void
emu_consent_return(struct emu_req *r, const struct emu_code *c,
		   const char *error)
{
	const struct emu_options *o = &r->world->options;
	struct emu_buf b = { 0 };

	emu_puts(&b, emu_arg(r, "redirect_uri"));
	put_arg(&b, "state", emu_arg(r, "state"));
	put_arg(&b, "iss", o->auth_issuer);
	if (c) {
		put_arg(&b, "code", c->text);
		if (r->route == EMU_ROUTE_AUTH) {
			put_arg(&b, "scope", c->scopes);
			EMU_LIT(&b, "&authuser=0&prompt=consent");
		}
	} else {
		put_arg(&b, "error", o->auth_error ? o->auth_error : error);
		put_arg(&b, "error_description", o->auth_description);
	}
	emu_reply_text(r, 302, "text/html; charset=utf-8", "Moved");
	emu_reply_header(r, "Location", b.data);
	emu_reply_header(r, "Cache-Control", "no-store");
	emu_buf_free(&b);
}

void
emu_consent(struct emu_req *r)
{
	struct emu_account *a = choose_account(r);

	if (!request_ok(r))
		return;
	note_manners(r);
	if (r->world->options.deny || r->world->options.auth_error || !a)
		emu_consent_return(r, NULL, "access_denied");
	else
		emu_consent_return(r, make_code(r, a), NULL);
}
