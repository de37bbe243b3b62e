/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/consent.h"

#include <string.h>

#include "core/auth/pkce.h"
#include "core/json/json.h"

#include "cli/env.h"
#include "cli/format.h"

/** Cap on the answer that tells who consented, in bytes. */
#define IDENTITY_BODY_MAX 65536

#define WHY_SHOWN 40

static size_t
count_texts(const char *const *texts)
{
	size_t n = 0;

	while (texts != NULL && texts[n] != NULL)
		n++;
	return n;
}

/* Identity scopes, then the connectors'. */
static const char *const *
wanted_scopes(const struct sl_consent *consent)
{
	const char *const *identity = consent->provider->identity_scopes;
	size_t most = count_texts(identity) + 1, n = 0;
	const char **all;

	for (size_t i = 0; consent->connectors[i] != NULL; i++)
		most += count_texts(consent->connectors[i]->scopes);
	all = SL_NEW_ARRAY(consent->cli->arena, most, const char *);
	for (size_t k = count_texts(identity); n < k; n++)
		all[n] = identity[n];
	for (size_t i = 0; consent->connectors[i] != NULL; i++) {
		const char *const *own = consent->connectors[i]->scopes;

		for (size_t k = 0; own[k] != NULL; k++)
			all[n++] = own[k];
	}
	return all;
}

static const struct sl_param *
to_params(struct sl_arena *arena, const struct sl_query *query)
{
	struct sl_param *params;
	size_t n = 0;

	while (query != NULL && query[n].name != NULL)
		n++;
	params = SL_NEW_ARRAY(arena, n + 1, struct sl_param);
	for (size_t i = 0; i < n; i++)
		params[i] = (struct sl_param){ query[i].name, query[i].value };
	return params;
}

static const struct sl_header *
to_headers(struct sl_arena *arena, const struct sl_query *headers)
{
	struct sl_header *copy;
	size_t n = 0;

	while (headers != NULL && headers[n].name != NULL)
		n++;
	copy = SL_NEW_ARRAY(arena, n + 1, struct sl_header);
	for (size_t i = 0; i < n; i++)
		copy[i] =
			(struct sl_header){ headers[i].name, headers[i].value };
	return copy;
}

sl_status
sl_consent_url(struct sl_consent *consent, const char *login_hint,
	       const char **url, struct sl_error *err)
{
	const struct sl_provider *provider = consent->provider;
	struct sl_arena *arena = consent->cli->arena;
	struct sl_auth_request request = {
		.auth_url = sl_env_endpoint(NULL, provider, SL_ENDPOINT_AUTH),
		.client_id = consent->client->client_id,
		.redirect_uri = consent->redirect_uri,
		.scopes = wanted_scopes(consent),
		.extra = to_params(arena, provider->auth_params),
		.state = &consent->state,
		.login_hint = provider->login_hint ? login_hint : NULL,
	};

	sl_random_token(consent->cli->rng, &consent->state);
	if (provider->pkce) {
		sl_random_token(consent->cli->rng, &consent->verifier);
		request.verifier = &consent->verifier;
	}
	return sl_oauth_auth_url(arena, &request, url, err);
}

/* POST a form that holds secrets; release the answer afterwards. */
static void
post(const struct sl_consent *consent, const char *endpoint,
     struct sl_form *form, struct sl_exchange *x)
{
	*x = (struct sl_exchange){
		.request = {
			.method = "POST",
			.url = sl_env_endpoint(NULL, consent->provider,
					       endpoint),
			.form = sl_form_body(form),
			.max_body = SL_OAUTH_BODY_MAX,
		},
	};
	sl_exchange_init(x);
	sl_transport_perform(consent->transport, x);
	sl_form_free(&form);
	x->request.form = NULL;
}

/* Who must do what, by the remedy. */
static const char *
code_advice(const struct sl_consent *consent, const struct sl_error *err)
{
	if (err->status == SL_RETRY)
		return "run connect again later";
	if (err->status == SL_REAUTH)
		return "run connect again";
	if (err->status == SL_CONFIG && err->http_status == 0)
		return "the connection is not to be trusted, nothing was sent: "
		       "ask who runs this network";
	if (err->status == SL_CONFIG && err->scope == SL_CLIENT)
		return sl_arena_printf(
			consent->cli->arena,
			"compare id, secret and "
			"redirect address (%s) with the console "
			"and run `%s`",
			consent->redirect_uri,
			sl_env_setup(consent->cli, consent->provider));
	return "run connect again; if it stays so, look at the client in the "
	       "provider's console";
}

static sl_status
no_tokens(const struct sl_consent *consent, struct sl_error *err)
{
	const struct sl_error why = *err;

	return sl_fail(err, why.status, why.scope,
		       "%s gave no tokens for the consent: %s; nothing is "
		       "stored: %s",
		       consent->provider->title, why.text,
		       code_advice(consent, &why));
}

sl_status
sl_consent_tokens(const struct sl_consent *consent,
		  const struct sl_secret *code, struct sl_tokens *tokens,
		  struct sl_error *err)
{
	bool pkce = sl_secret_is_set(&consent->verifier);
	struct sl_exchange x;
	sl_status st;

	post(consent, SL_ENDPOINT_TOKEN,
	     sl_oauth_code_form(consent->client, code, consent->redirect_uri,
				pkce ? &consent->verifier : NULL),
	     &x);
	st = sl_oauth_read_tokens(consent->cli->arena, &x.response,
				  sl_now_us(consent->cli->clock), tokens, err);
	sl_exchange_release(&x);
	return st == SL_OK ? st : no_tokens(consent, err);
}

static sl_status
read_introspection(const struct sl_consent *consent,
		   struct sl_response *response, struct sl_introspection *out,
		   struct sl_error *err)
{
	const struct sl_provider *provider = consent->provider;
	json_auto_t *body = NULL;
	sl_status st;

	if (response->failure != SL_NET_NONE)
		return sl_net_classify(response, err);
	if (response->http_status == 400 || response->http_status == 401)
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "%s refuses to look at it (HTTP %d): the token "
			       "must be of the app that setup was given, with "
			       "its secret of today (`%s`)",
			       provider->title, response->http_status,
			       sl_env_setup(consent->cli, provider));
	if (response->http_status != 200)
		return sl_fail(err, SL_RETRY, SL_GRANT,
			       "%s did not say whether it is good (HTTP %d): "
			       "run connect again later",
			       provider->title, response->http_status);
	st = sl_json_parse(response->body.data, response->body.len, NULL, &body,
			   err);
	if (st == SL_OK)
		st = provider->read_introspection(body, consent->cli->arena,
						  out, err);
	return st;
}

sl_status
sl_consent_introspect(const struct sl_consent *consent,
		      const struct sl_secret *token,
		      struct sl_introspection *out, struct sl_error *err)
{
	struct sl_form *form = sl_form_new();
	struct sl_exchange x;
	sl_status st;

	sl_form_add(form, "client_id", consent->client->client_id);
	sl_form_add_secret(form, "client_secret",
			   &consent->client->client_secret);
	sl_form_add_secret(form, "token", token);
	post(consent, SL_ENDPOINT_INTROSPECT, form, &x);
	st = read_introspection(consent, &x.response, out, err);
	sl_exchange_release(&x);
	if (st == SL_OK && !out->active)
		return sl_fail(err, SL_REAUTH, SL_GRANT,
			       "%s says that it is not good (%s): make a new "
			       "one in the console of the app %s",
			       consent->provider->title,
			       out->why != NULL
				       ? sl_format_clean(consent->cli->arena,
							 out->why, WHY_SHOWN)
				       : "expired, revoked, or of "
					 "another app",
			       consent->client->client_id);
	if (st == SL_OK && out->expires_us == SL_NO_TIME)
		return sl_fail(err, SL_RETRY, SL_GRANT,
			       "%s does not say when it ends",
			       consent->provider->title);
	return st;
}

bool
sl_consent_issuer_fits(const struct sl_consent *consent, const char *iss)
{
	const char *const *known = consent->provider->issuers;

	if (iss == NULL)
		return true;
	for (; known != NULL && *known != NULL; known++) {
		if (strcmp(*known, iss) == 0)
			return true;
	}
	return false;
}

/* Source: RFC 6749, section 4.1.2.1; OpenID Connect Core, section 3.1.2.6 */
static const struct sl_code refusals[] = {
	{ "access_denied",
	  "the account's owner said no; run connect again and allow it" },
	{ "admin_policy_enforced",
	  "an administrator blocks this client; the administrator can allow "
	  "it" },
	{ "invalid_client",
	  "the provider does not know this client; run setup again with a "
	  "client from the console" },
	{ "unauthorized_client",
	  "this client may not ask for consents; take one of the right type "
	  "from the console and run setup again" },
	{ "redirect_uri_mismatch",
	  "the client has not registered the redirect address; register it in "
	  "the console, byte for byte" },
	{ "invalid_scope",
	  "the client may not ask for what is needed; add the scopes in the "
	  "console (setup lists them)" },
	{ "login_required", "nobody signed in; run connect again and sign in" },
	{ "interaction_required",
	  "nobody consented; run connect again and do so" },
	{ "consent_required", "nobody consented; run connect again and do so" },
	{ "account_selection_required",
	  "no account was chosen; run connect again and choose one" },
	{ "server_error",
	  "the provider has trouble; run connect again in some minutes" },
	{ "temporarily_unavailable",
	  "the provider has trouble; run connect again in some minutes" },
	{ NULL, NULL },
};

static const char *
find_words(const struct sl_code *codes, const char *code)
{
	for (; codes != NULL && codes->code != NULL; codes++) {
		if (strcmp(codes->code, code) == 0)
			return codes->words;
	}
	return NULL;
}

const char *
sl_consent_refusal(const struct sl_consent *consent, const char *error)
{
	const char *words = find_words(consent->provider->refusals, error);

	if (words == NULL)
		words = find_words(refusals, error);
	return words != NULL ? words
			     : "run connect again; if it stays so, look at "
			       "the client in the provider's console";
}

static sl_status
parse_identity(const struct sl_consent *consent, struct sl_response *response,
	       struct sl_identity *out, struct sl_error *err)
{
	json_auto_t *body = NULL;
	sl_status st;

	if (response->failure != SL_NET_NONE)
		return sl_net_classify(response, err);
	if (response->http_status != 200)
		return sl_fail(err, SL_RETRY, SL_GRANT, "HTTP %d",
			       response->http_status);
	if (response->body.len == 0)
		return sl_fail(err, SL_RETRY, SL_GRANT, "an empty answer");
	st = sl_json_parse(response->body.data, response->body.len, NULL, &body,
			   err);
	if (st != SL_OK)
		return st;
	return consent->provider->read_identity(body, consent->cli->arena, out,
						err);
}

static sl_status
read_identity(const struct sl_consent *consent, struct sl_response *response,
	      struct sl_identity *out, struct sl_error *err)
{
	struct sl_error why;
	sl_status st = parse_identity(consent, response, out, &why);

	if (st == SL_OK)
		return st;
	return sl_fail(err, st, why.scope,
		       "%s did not say who consented (%s): nothing is stored; "
		       "run connect again",
		       consent->provider->title, why.text);
}

sl_status
sl_consent_identity(const struct sl_consent *consent,
		    const struct sl_tokens *tokens, struct sl_identity *out,
		    struct sl_error *err)
{
	const struct sl_provider *provider = consent->provider;
	struct sl_arena *arena = consent->cli->arena;
	struct sl_call call = { .method = NULL };
	struct sl_exchange x = { .request = { .bearer = &tokens->access } };
	sl_status st;

	provider->identity_call(sl_consent_scopes(consent, tokens), arena,
				&call);
	x.request.method = call.method == NULL ? "GET" : call.method;
	x.request.headers = to_headers(arena, call.headers);
	x.request.max_body =
		call.max_body == 0 ? IDENTITY_BODY_MAX : call.max_body;
	st = sl_url_build(arena, sl_env_endpoint(NULL, provider, call.endpoint),
			  call.path, to_params(arena, call.query),
			  &x.request.url, err);
	if (st != SL_OK)
		return st;
	sl_exchange_init(&x);
	sl_transport_perform(consent->transport, &x);
	st = read_identity(consent, &x.response, out, err);
	sl_exchange_release(&x);
	return st;
}

/* Some providers part them by commas. */
static const char *
part_by_blanks(struct sl_arena *arena, const char *scopes)
{
	char *copy = sl_arena_strdup(arena, scopes);

	for (char *c = copy; *c != '\0'; c++) {
		if (*c == ',')
			*c = ' ';
	}
	return copy;
}

const char *
sl_consent_scopes(const struct sl_consent *consent,
		  const struct sl_tokens *tokens)
{
	const char *all = "";

	if (tokens->scopes != NULL)
		return part_by_blanks(consent->cli->arena, tokens->scopes);
	for (const char *const *s = wanted_scopes(consent); *s != NULL; s++)
		all = sl_arena_printf(consent->cli->arena, "%s%s%s", all,
				      *all == '\0' ? "" : " ", *s);
	return all;
}

const char *
sl_consent_missing(const struct sl_consent *consent,
		   const struct sl_tokens *tokens,
		   const struct sl_connector *connector)
{
	const struct sl_provider *provider = consent->provider;
	const char *granted = sl_consent_scopes(consent, tokens);
	const char *missing = "";

	for (const char *const *s = connector->scopes; *s != NULL; s++) {
		if (!provider->scope_granted(granted, *s))
			missing = sl_arena_printf(
				consent->cli->arena, "%s%s%s", missing,
				*missing == '\0' ? "" : " ", *s);
	}
	return missing;
}
