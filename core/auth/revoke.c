/* SPDX-License-Identifier: Apache-2.0 */
#include "core/auth/revoke.h"

#include <string.h>

#include "core/base/buf.h"
#include "core/base/text.h"

#include "core/json/json.h"

struct sl_form *
sl_revoke_form(const struct sl_oauth_client *client,
	       const struct sl_secret *token)
{
	struct sl_form *form = sl_form_new();

	sl_form_add_secret(form, "token", token);
	if (client == NULL)
		return form;
	sl_form_add(form, "client_id", client->client_id);
	if (sl_secret_is_set(&client->client_secret))
		sl_form_add_secret(form, "client_secret",
				   &client->client_secret);
	return form;
}

static sl_status
fail_on_network(const struct sl_response *response, struct sl_error *err)
{
	sl_status status = sl_net_classify(response, err);

	/* There is no smaller request to make. */
	if (status == SL_SMALLER)
		status = SL_RETRY;
	err->status = status;
	return sl_error_wrap(err, "revocation endpoint");
}

/* Answers that say of a token that it is none, or none any more. */
static bool
says_dead(const char *error)
{
	return sl_text_equal(error, "invalid_token") ||
	       sl_text_equal(error, "invalid_grant");
}

static bool
blames_client(const char *error)
{
	return sl_text_equal(error, "invalid_client") ||
	       sl_text_equal(error, "unauthorized_client");
}

static sl_status
refused(const struct sl_response *response, const char *error,
	struct sl_error *err)
{
	sl_status status = blames_client(error) ? SL_CONFIG : SL_RETRY;

	/* The provider's words may hold anything: they are not repeated. */
	(void)sl_fail(err, status, status == SL_CONFIG ? SL_CLIENT : SL_GRANT,
		      "revocation endpoint answered %d%s",
		      response->http_status,
		      status == SL_CONFIG ? " (invalid client)" : "");
	err->http_status = response->http_status;
	err->retry_after_ms = response->retry_after_ms;
	return status;
}

static sl_status
read_answer(const struct sl_response *response, bool *already,
	    struct sl_error *err)
{
	json_auto_t *root = NULL;
	struct sl_error ignored;
	const char *error = NULL;

	if (response->failure != SL_NET_NONE)
		return fail_on_network(response, err);
	*already = false;
	if (response->http_status / 100 == 2)
		return SL_OK;
	if (response->body.len > 0 &&
	    sl_json_parse(response->body.data, response->body.len, NULL, &root,
			  &ignored) == SL_OK)
		error = sl_json_text(root, "error");
	if (response->http_status / 100 == 4 && says_dead(error)) {
		*already = true;
		return SL_OK;
	}
	return refused(response, error, err);
}

sl_status
sl_revoke_read(struct sl_response *response, bool *already,
	       struct sl_error *err)
{
	struct sl_buf *body = &response->body;
	sl_status status = read_answer(response, already, err);

	if (body->data)
		sl_wipe(body->data, body->cap);
	sl_buf_release(body);
	return status;
}
