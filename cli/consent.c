/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/consent.h"

#include "core/auth/pkce.h"
#include "core/json/json.h"

#include "cli/env.h"

/** Cap on the answer that tells who consented, in bytes. */
#define IDENTITY_BODY_MAX 65536

static size_t
count_texts(const char *const *texts)
{
	size_t n = 0;

	while (texts != NULL && texts[n] != NULL)
		n++;
	return n;
}

static const struct sl_provider *
provider_of(const struct sl_consent *consent)
{
	return consent->connectors[0]->provider;
}

/* Identity scopes, then the connectors'. */
static const char *const *
wanted_scopes(const struct sl_consent *consent)
{
	const char *const *identity = provider_of(consent)->identity_scopes;
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

sl_status
sl_consent_url(struct sl_consent *consent, const char *login_hint,
	       const char **url, struct sl_error *err)
{
	const struct sl_provider *provider = provider_of(consent);
	struct sl_arena *arena = consent->cli->arena;
	struct sl_auth_request request = {
		.auth_url = sl_env_endpoint(NULL, provider, SL_ENDPOINT_AUTH),
		.client_id = consent->client->client_id,
		.redirect_uri = consent->redirect_uri,
		.scopes = wanted_scopes(consent),
		.extra = to_params(arena, provider->auth_params),
		.state = &consent->state,
		.login_hint = login_hint,
	};

	sl_random_token(consent->cli->rng, &consent->state);
	if (provider->pkce) {
		sl_random_token(consent->cli->rng, &consent->verifier);
		request.verifier = &consent->verifier;
	}
	return sl_oauth_auth_url(arena, &request, url, err);
}

sl_status
sl_consent_tokens(const struct sl_consent *consent,
		  const struct sl_secret *code, struct sl_tokens *tokens,
		  struct sl_error *err)
{
	const struct sl_provider *provider = provider_of(consent);
	struct sl_form *form = sl_oauth_code_form(
		consent->client, code, consent->redirect_uri,
		sl_secret_is_set(&consent->verifier) ? &consent->verifier
						     : NULL);
	struct sl_exchange x = {
		.request = {
			.method = "POST",
			.url = sl_env_endpoint(NULL, provider,
					       SL_ENDPOINT_TOKEN),
			.form = sl_form_body(form),
			.max_body = SL_OAUTH_BODY_MAX,
		},
	};
	sl_status st;

	sl_exchange_init(&x);
	sl_transport_perform(consent->transport, &x);
	st = sl_oauth_read_tokens(consent->cli->arena, &x.response,
				  sl_now_us(consent->cli->clock), tokens, err);
	sl_exchange_release(&x);
	sl_form_free(&form);
	if (st != SL_OK)
		return sl_error_wrap(err, "%s refused the consent's code",
				     provider->title);
	return SL_OK;
}

static sl_status
read_identity(const struct sl_consent *consent, struct sl_response *response,
	      struct sl_identity *out, struct sl_error *err)
{
	const struct sl_provider *provider = provider_of(consent);
	json_auto_t *body = NULL;
	sl_status st;

	if (response->failure != SL_NET_NONE)
		return sl_net_classify(response, err);
	if (response->http_status != 200)
		return sl_fail(err, SL_RETRY, SL_GRANT,
			       "%s did not say who consented (HTTP %d): run "
			       "connect again",
			       provider->title, response->http_status);
	st = sl_json_parse(response->body.data, response->body.len, NULL, &body,
			   err);
	if (st == SL_OK)
		st = provider->read_identity(body, consent->cli->arena, out,
					     err);
	return st;
}

sl_status
sl_consent_identity(const struct sl_consent *consent,
		    const struct sl_tokens *tokens, struct sl_identity *out,
		    struct sl_error *err)
{
	const struct sl_provider *provider = provider_of(consent);
	struct sl_arena *arena = consent->cli->arena;
	struct sl_call call = { .method = NULL };
	struct sl_exchange x = { .request = { .bearer = &tokens->access } };
	sl_status st;

	provider->identity_call(arena, &call);
	x.request.method = call.method == NULL ? "GET" : call.method;
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

const char *
sl_consent_scopes(const struct sl_consent *consent,
		  const struct sl_tokens *tokens)
{
	const char *all = "";

	if (tokens->scopes != NULL)
		return tokens->scopes;
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
	const struct sl_provider *provider = provider_of(consent);
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
