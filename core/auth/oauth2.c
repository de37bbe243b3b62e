/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The browser's half of the grant: the consent page's address, what comes
 * back to the redirect address, and the forms for the token endpoint.
 */
#include "core/auth/oauth2.h"

#include <string.h>

#include "core/base/buf.h"

#include "core/auth/pkce.h"

#define SCOPES_MAX 8192 /* bytes of all scopes, space-delimited */
#define ERROR_MAX  64   /* bytes of an error code that are kept */

/* The parameters of ours, at most; extra ones follow. */
enum { OWN_PARAMS = 8 };

static size_t
count_params(const struct sl_param *params)
{
	size_t count = 0;

	while (params && params[count].name)
		count++;
	return count;
}

static const char *
join_scopes(struct sl_arena *arena, const char *const *scopes)
{
	SL_AUTO_BUF joined;

	sl_buf_init(&joined, SCOPES_MAX);
	for (; *scopes; scopes++) {
		if (joined.len > 0)
			sl_buf_addc(&joined, ' ');
		sl_buf_adds(&joined, *scopes);
	}
	SL_ASSERT(!joined.overflow); /* scopes come from constant tables */
	return sl_arena_strdup(arena, sl_buf_text(&joined));
}

sl_status
sl_oauth_auth_url(struct sl_arena *arena, const struct sl_auth_request *request,
		  const char **url, struct sl_error *err)
{
	size_t extra = count_params(request->extra);
	struct sl_param *query =
		SL_NEW_ARRAY(arena, OWN_PARAMS + extra + 1, struct sl_param);
	char challenge[SL_PKCE_CHALLENGE_TEXT];
	size_t n = 0;

	if (!sl_secret_is_set(request->state))
		return sl_fail(err, SL_BUG, SL_GRANT, "no state was given");
	query[n++] = (struct sl_param){ "client_id", request->client_id };
	query[n++] = (struct sl_param){ "redirect_uri", request->redirect_uri };
	query[n++] = (struct sl_param){ "response_type", "code" };
	query[n++] = (struct sl_param){ "scope",
					join_scopes(arena, request->scopes) };
	query[n++] = (struct sl_param){ "state",
					(const char *)request->state->bytes };
	if (request->verifier) {
		sl_pkce_challenge(request->verifier, challenge);
		query[n++] = (struct sl_param){ "code_challenge", challenge };
		query[n++] =
			(struct sl_param){ "code_challenge_method", "S256" };
	}
	if (request->login_hint)
		query[n++] =
			(struct sl_param){ "login_hint", request->login_hint };
	for (size_t i = 0; i < extra; i++)
		query[n++] = request->extra[i];
	return sl_url_build(arena, request->auth_url, NULL, query, url, err);
}

/** Copy with anything but the characters of RFC 6749 error codes as '?'. */
static const char *
clean_code(struct sl_arena *arena, const struct sl_secret *text)
{
	size_t len = text->len < ERROR_MAX ? text->len : ERROR_MAX;
	char *clean = sl_arena_alloc(arena, len + 1);

	for (size_t i = 0; i < len; i++) {
		unsigned char c = text->bytes[i];

		clean[i] = c >= 0x21 && c < 0x7f ? (char)c : '?';
	}
	return clean;
}

sl_status
sl_oauth_read_redirect(struct sl_arena *arena, const char *url,
		       const struct sl_secret *state,
		       struct sl_auth_reply *reply, struct sl_error *err)
{
	SL_AUTO_SECRET got_state = { 0 };
	SL_AUTO_SECRET error = { 0 };
	SL_AUTO_SECRET code = { 0 };
	bool has_state = sl_url_query_secret(url, "state", &got_state);
	bool has_error = sl_url_query_secret(url, "error", &error);
	bool has_code = sl_url_query_secret(url, "code", &code);

	if ((!has_code || code.len == 0) && (!has_error || error.len == 0))
		return sl_fail(err, SL_REJECTED, SL_GRANT,
			       "this address holds no answer to a request for "
			       "consent (neither code nor error)");
	if (!has_state || !sl_secret_is_set(state) ||
	    !sl_secret_equal(&got_state, state))
		return sl_fail(err, SL_REJECTED, SL_GRANT,
			       "this address answers another request for "
			       "consent (its state is not ours)");
	*reply = (struct sl_auth_reply){
		.iss = sl_url_query_get(arena, url, "iss"),
	};
	if (error.len > 0) {
		reply->error = clean_code(arena, &error);
		reply->description =
			sl_url_query_get(arena, url, "error_description");
	} else {
		sl_secret_copy(&reply->code, &code);
	}
	return SL_OK;
}

static struct sl_form *
client_form(const struct sl_oauth_client *client, const char *grant_type)
{
	struct sl_form *form = sl_form_new();

	sl_form_add(form, "grant_type", grant_type);
	sl_form_add(form, "client_id", client->client_id);
	if (sl_secret_is_set(&client->client_secret))
		sl_form_add_secret(form, "client_secret",
				   &client->client_secret);
	return form;
}

struct sl_form *
sl_oauth_code_form(const struct sl_oauth_client *client,
		   const struct sl_secret *code, const char *redirect_uri,
		   const struct sl_secret *verifier)
{
	struct sl_form *form = client_form(client, "authorization_code");

	sl_form_add_secret(form, "code", code);
	sl_form_add(form, "redirect_uri", redirect_uri);
	if (verifier)
		sl_form_add_secret(form, "code_verifier", verifier);
	return form;
}

struct sl_form *
sl_oauth_refresh_form(const struct sl_oauth_client *client,
		      const struct sl_secret *refresh_token)
{
	struct sl_form *form = client_form(client, "refresh_token");

	sl_form_add_secret(form, "refresh_token", refresh_token);
	return form;
}
