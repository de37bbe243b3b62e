/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/client_check.h"

#include <string.h>

#include "core/json/json.h"

#include "cli/env.h"
#include "cli/format.h"

/** A code that no provider gives. */
#define NO_CODE "sluice-setup-asks-for-the-client-alone"

#define ERROR_SHOWN 64

/* What blames the client, by RFC 6749 and by what providers say beside it. */
static const char *const client_errors[] = {
	"invalid_client",  "unauthorized_client", "deleted_client",
	"disabled_client", "invalid_client_type", NULL,
};

static bool
is_among(const char *const *list, const char *text)
{
	for (; list != NULL && *list != NULL; list++) {
		if (strcmp(*list, text) == 0)
			return true;
	}
	return false;
}

static sl_status
no_answer(const struct sl_provider *provider, const struct sl_response *r,
	  struct sl_error *err)
{
	return sl_fail(err, SL_RETRY, SL_CLIENT,
		       "%s's token endpoint answered %d, and no OAuth error",
		       provider->title, r->http_status);
}

static sl_status
judge(struct sl_cli *cli, const struct sl_provider *provider,
      const struct sl_response *r, const char *error, struct sl_error *err)
{
	if (error == NULL || r->http_status / 100 != 4 || r->http_status == 429)
		return no_answer(provider, r, err);
	if (!is_among(client_errors, error) &&
	    !is_among(provider->client_errors, error))
		return SL_OK; /* it is the code that it refused */
	return sl_fail(err, SL_CONFIG, SL_CLIENT,
		       "%s refuses this client (%s): its id or secret is "
		       "wrong, or it was deleted",
		       provider->title,
		       sl_format_clean(cli->arena, error, ERROR_SHOWN));
}

static sl_status
read_answer(struct sl_cli *cli, const struct sl_provider *provider,
	    struct sl_response *r, struct sl_error *err)
{
	json_auto_t *body = NULL;
	struct sl_error why;

	if (r->failure != SL_NET_NONE)
		return sl_fail(err, SL_RETRY, SL_CLIENT, "%s", r->text);
	if (r->body.len == 0 || sl_json_parse(r->body.data, r->body.len, NULL,
					      &body, &why) != SL_OK)
		return no_answer(provider, r, err);
	return judge(cli, provider, r, sl_json_text(body, "error"), err);
}

sl_status
sl_client_check(struct sl_cli *cli, struct sl_transport *transport,
		const struct sl_provider *provider,
		const struct sl_oauth_client *client, const char *redirect_uri,
		struct sl_error *err)
{
	SL_AUTO_SECRET code = { NULL, 0 };
	struct sl_exchange x = {
		.request = { .method = "POST",
			     .url = sl_env_endpoint(NULL, provider,
						    SL_ENDPOINT_TOKEN),
			     .max_body = SL_OAUTH_BODY_MAX },
	};
	struct sl_form *form;
	sl_status st;

	sl_secret_set(&code, NO_CODE, strlen(NO_CODE));
	form = sl_oauth_code_form(client, &code, redirect_uri, NULL);
	x.request.form = sl_form_body(form);
	sl_exchange_init(&x);
	sl_transport_perform(transport, &x);
	st = read_answer(cli, provider, &x.response, err);
	sl_exchange_release(&x);
	sl_form_free(&form);
	return st;
}
