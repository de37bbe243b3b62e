/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/revoke.h"

#include <stdio.h>
#include <string.h>

#include "core/auth/revoke.h"
#include "core/net/retry.h"
#include "core/sync/provider.h"

#include "cli/env.h"
#include "connectors/registry.h"
#include "state/clients.h"

#define TIMEOUT_MS 15000

/* Nobody else takes it up meanwhile: longer than a request lasts. */
#define TAKEN_US (INT64_C(60) * SL_US_PER_S)

/* After the first failure within two minutes, in the end once a day. */
static const struct sl_retry_policy patience = {
	.base_ms = INT64_C(120) * 1000,
	.cap_ms = INT64_C(24) * 3600 * 1000,
	.max_attempts = 1,
	.wait_cap_ms = 0,
};
#define WAIT_MIN_MS (INT64_C(60) * 1000)

static const struct sl_provider *
find_provider(const char *name)
{
	const struct sl_provider *provider;

	for (size_t i = 0; (provider = sl_registry_provider(i)) != NULL; i++)
		if (strcmp(provider->name, name) == 0)
			return provider;
	return NULL;
}

static sl_status
open_token(const struct sl_revoker *r, const struct sl_revocation *one,
	   struct sl_secret *token, struct sl_error *err)
{
	const struct sl_seal_binding binding = {
		.user_id = one->user_id,
		.owner_id = one->grant_id,
		.purpose = one->purpose,
	};

	return sl_unseal(r->ring, &binding, &one->token, token, err);
}

static sl_status
open_client(const struct sl_revoker *r, const struct sl_revocation *one,
	    struct sl_oauth_client *client, struct sl_error *err)
{
	const struct sl_seal_binding binding = {
		.user_id = "",
		.owner_id = one->client_row,
		.purpose = SL_CLIENT_SECRET_PURPOSE,
	};

	if (one->client_row[0] == '\0')
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "the OAuth client of the token is gone");
	client->client_id = one->client_id;
	return sl_unseal(r->ring, &binding, &one->client_secret,
			 &client->client_secret, err);
}

static sl_status
make_form(const struct sl_revoker *r, const struct sl_revocation *one,
	  bool as_client, struct sl_form **form, struct sl_error *err)
{
	struct sl_oauth_client client = { .client_id = NULL };
	SL_AUTO_SECRET token = { NULL, 0 };
	sl_status st = open_token(r, one, &token, err);

	if (st == SL_OK && as_client)
		st = open_client(r, one, &client, err);
	if (st == SL_OK)
		*form = sl_revoke_form(as_client ? &client : NULL, &token);
	sl_secret_release(&client.client_secret);
	return st;
}

static sl_status
send(const struct sl_revoker *r, const char *url, const struct sl_form *form,
     bool *already, struct sl_error *err)
{
	struct sl_exchange x = {
		.request = {
			.method = "POST",
			.url = url,
			.form = sl_form_body(form),
			.max_body = SL_OAUTH_BODY_MAX,
			.timeout_ms = TIMEOUT_MS,
		},
	};
	sl_status st;

	sl_exchange_init(&x);
	sl_transport_perform(r->transport, &x);
	st = sl_revoke_read(&x.response, already, err);
	sl_exchange_release(&x);
	return st;
}

/* At the provider; SL_OK: the token is dead. */
static sl_status
revoke_one(const struct sl_revoker *r, const struct sl_revocation *one,
	   bool *already, struct sl_error *err)
{
	const struct sl_provider *provider = find_provider(one->provider);
	const char *url =
		provider == NULL
			? NULL
			: sl_env_endpoint(NULL, provider, SL_ENDPOINT_REVOKE);
	struct sl_form *form = NULL;
	sl_status st;

	if (url == NULL)
		return sl_fail(err, SL_CONFIG, SL_GRANT,
			       "this build cannot revoke tokens of %s",
			       one->provider);
	st = make_form(r, one, provider->revokes_as_client, &form, err);
	if (st == SL_OK)
		st = send(r, url, form, already, err);
	sl_form_free(&form);
	return st;
}

static int64_t
wait_us(const struct sl_revoker *r, const struct sl_revocation *one,
	const struct sl_error *cause)
{
	struct sl_retry_decision d =
		sl_retry_next(&patience, (int)(one->attempts % 1000),
			      cause->retry_after_ms, r->cli->rng);
	int64_t ms = d.delay_ms < WAIT_MIN_MS ? WAIT_MIN_MS : d.delay_ms;

	return ms * 1000;
}

static sl_status
book_failure(const struct sl_revoker *r, const struct sl_revocation *one,
	     const struct sl_error *cause, struct sl_revoked *out,
	     struct sl_error *err)
{
	out->failed++;
	(void)snprintf(out->why, sizeof(out->why), "%s", cause->text);
	sl_log(r->cli->log, SL_LOG_WARN, "revocation-failed",
	       (struct sl_field[]){ SL_F_TEXT("provider", one->provider),
				    SL_F_TEXT("grant", one->grant_id),
				    SL_F_TEXT("error", cause->text),
				    SL_F_END });
	return sl_revocation_failed(r->pg, one, cause->text,
				    wait_us(r, one, cause), err);
}

static sl_status
work_on(const struct sl_revoker *r, struct sl_revocation *one, bool now,
	struct sl_revoked *out, struct sl_error *err)
{
	struct sl_error cause = { .retry_after_ms = SL_NO_DELAY };
	bool taken = false, already = false;
	sl_status st = sl_revocation_take(r->pg, one, now, TAKEN_US,
					  r->cli->arena, &taken, err);

	if (st != SL_OK || !taken)
		return st;
	if (revoke_one(r, one, &already, &cause) != SL_OK)
		return book_failure(r, one, &cause, out, err);
	out->done++;
	sl_log(r->cli->log, SL_LOG_INFO, "token-revoked",
	       (struct sl_field[]){ SL_F_TEXT("provider", one->provider),
				    SL_F_TEXT("grant", one->grant_id),
				    SL_F_END });
	return sl_revocation_done(r->pg, one,
				  already ? "was dead already" : NULL, err);
}

sl_status
sl_revoke(const struct sl_revoker *revoker,
	  const struct sl_revocation_filter *filter, struct sl_revoked *out,
	  struct sl_error *err)
{
	struct sl_revocation *list = NULL;
	size_t count = 0;
	sl_status st;

	*out = (struct sl_revoked){ .done = 0 };
	st = sl_revocations_due(revoker->pg, filter, revoker->cli->arena, &list,
				&count, err);
	for (size_t i = 0; st == SL_OK && i < count; i++)
		st = work_on(revoker, &list[i], filter->now, out, err);
	return st;
}
