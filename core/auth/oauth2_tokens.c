/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The token endpoint's answers. Their error shape (RFC 6749 section 5.2: flat
 * texts) differs from that of the APIs, and every text in them is distrusted:
 * what looks like a token does not get into an error.
 */
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/auth/oauth2.h"
#include "core/json/json.h"

#define EXPIRES_DEFAULT_S INT64_C(3600)
#define EXPIRES_MIN_S     INT64_C(60)
/* Some providers issue tokens that live a year. */
#define EXPIRES_MAX_S   (INT64_C(400) * 86400)
#define DESCRIPTION_MAX 200 /* bytes of the provider's words */
#define TOKENLIKE_MIN   32  /* a word this long may be a token */
#define SECRETLIKE_MIN  16  /* one with a digit in it, too     */

#define SIGN_IN_AGAIN "the organisation wants its people to sign in again"

static const struct remedy {
	const char *error;
	sl_status status;
	sl_scope scope;
	const char *words; /* for the person who must consent again */
} remedies[] = {
	{ "invalid_grant", SL_REAUTH, SL_GRANT,
	  "it was withdrawn or has run out, or the account has changed "
	  "(password, suspension, too many consents); which, is not told" },
	{ "admin_policy_enforced", SL_REAUTH, SL_GRANT,
	  "an administrator of the organisation must allow this application "
	  "first" },
	{ "access_denied", SL_REAUTH, SL_GRANT, "access was denied" },
	{ "invalid_rapt", SL_REAUTH, SL_GRANT, SIGN_IN_AGAIN },
	{ "rapt_required", SL_REAUTH, SL_GRANT, SIGN_IN_AGAIN },
	{ "invalid_client", SL_CONFIG, SL_CLIENT, NULL },
	{ "unauthorized_client", SL_CONFIG, SL_CLIENT, NULL },
	{ "deleted_client", SL_CONFIG, SL_CLIENT, NULL },
	{ "disabled_client", SL_CONFIG, SL_CLIENT, NULL },
	{ "invalid_request", SL_CONFIG, SL_CLIENT, NULL },
	{ "unsupported_grant_type", SL_CONFIG, SL_CLIENT, NULL },
	{ "invalid_scope", SL_CONFIG, SL_CLIENT, NULL },
	{ "redirect_uri_mismatch", SL_CONFIG, SL_CLIENT, NULL },
	{ "org_internal", SL_CONFIG, SL_CLIENT, NULL },
	{ "server_error", SL_RETRY, SL_GRANT, NULL },
	{ "internal_failure", SL_RETRY, SL_GRANT, NULL },
	{ "temporarily_unavailable", SL_RETRY, SL_GRANT, NULL },
	{ "rate_limit_exceeded", SL_RETRY, SL_GRANT, NULL },
};

void
sl_tokens_release(struct sl_tokens *tokens)
{
	sl_secret_release(&tokens->access);
	sl_secret_release(&tokens->refresh);
}

int64_t
sl_token_refresh_us(int64_t issued_us, int64_t expires_us)
{
	int64_t margin = SL_TOKEN_MARGIN_US;

	if (issued_us != SL_NO_TIME && issued_us < expires_us &&
	    (expires_us - issued_us) / 2 < margin)
		margin = (expires_us - issued_us) / 2;
	return expires_us - margin;
}

static const struct remedy *
find_remedy(const char *error)
{
	for (size_t i = 0; i < SL_ARRAY_LEN(remedies); i++)
		if (sl_text_equal(error, remedies[i].error))
			return &remedies[i];
	return NULL;
}

const char *
sl_oauth_refresh_words(const char *code)
{
	const struct remedy *remedy = find_remedy(code);

	return remedy ? remedy->words : NULL;
}

static bool
is_tokenlike(const char *word, size_t len)
{
	if (len >= TOKENLIKE_MIN)
		return true;
	return len >= SECRETLIKE_MIN && strcspn(word, "0123456789") < len;
}

/** The provider's words, cut to `max` bytes, without anything token-like. */
static void
add_words(struct sl_buf *out, const char *text, size_t max)
{
	size_t left = sl_utf8_cut(text, strlen(text), max);

	while (left > 0) {
		size_t word = strcspn(text, " \t\r\n\"'()<>,;:");
		size_t step;

		/* Measured in the whole text: a cut token is one still. */
		if (is_tokenlike(text, word))
			sl_buf_adds(out, "[...]");
		else
			sl_buf_add(out, text, word < left ? word : left);
		step = word < left ? word : left;
		text += step;
		left -= step;
		if (left > 0) {
			sl_buf_addc(out, *text++);
			left--;
		}
	}
}

/** HTTP statuses that say nothing about grant or client. */
static bool
is_passing(int http_status)
{
	return http_status == 408 || http_status == 429 || http_status >= 500;
}

static sl_status
fail_with_error(const json_t *root, const char *error,
		const struct sl_response *response, struct sl_error *err)
{
	const char *description = sl_json_text(root, "error_description");
	const char *subtype = sl_json_text(root, "error_subtype");
	const struct remedy *remedy = find_remedy(subtype);
	/* An error nobody knows: one grant is hurt, a person must look. */
	sl_status status = SL_CONFIG;
	sl_scope scope = SL_GRANT;
	SL_AUTO_BUF text;

	if (!remedy)
		remedy = find_remedy(error);

	sl_buf_init(&text, SL_ERROR_TEXT_MAX);
	/* A broken server's word does not kill a grant. */
	if (is_passing(response->http_status)) {
		status = SL_RETRY;
	} else if (remedy) {
		status = remedy->status;
		scope = remedy->scope;
	}
	add_words(&text, error, 64);
	if (subtype) {
		sl_buf_adds(&text, "/");
		add_words(&text, subtype, 64);
	}
	if (description) {
		sl_buf_adds(&text, ": ");
		add_words(&text, description, DESCRIPTION_MAX);
	}
	(void)sl_fail(err, status, scope, "token endpoint says %s",
		      sl_buf_text(&text));
	err->http_status = response->http_status;
	err->code = remedy ? remedy->error : NULL;
	if (status == SL_RETRY)
		err->retry_after_ms = response->retry_after_ms;
	return status;
}

static sl_status
fail_for_now(const struct sl_response *response, const char *what,
	     struct sl_error *err)
{
	(void)sl_fail(err, SL_RETRY, SL_GRANT, "token endpoint answered %d, %s",
		      response->http_status, what);
	err->http_status = response->http_status;
	err->retry_after_ms = response->retry_after_ms;
	return SL_RETRY;
}

static sl_status
fail_on_network(const struct sl_response *response, struct sl_error *err)
{
	sl_status status = sl_net_classify(response, err);

	/* There is no smaller token request to make. */
	if (status == SL_SMALLER)
		status = SL_RETRY;
	if (status == SL_RETRY)
		err->scope = SL_GRANT;
	err->status = status;
	return sl_error_wrap(err, "token endpoint");
}

/** It becomes a header's value: visible ASCII only. */
static bool
is_token(const char *text)
{
	if (!text || !*text)
		return false;
	for (; *text; text++) {
		if (*text < 0x21 || *text > 0x7e)
			return false;
	}
	return true;
}

static int64_t
lifetime_us(const json_t *root)
{
	int64_t seconds;

	if (!sl_json_i64(root, "expires_in", &seconds) || seconds <= 0)
		seconds = EXPIRES_DEFAULT_S;
	if (seconds < EXPIRES_MIN_S)
		seconds = EXPIRES_MIN_S;
	if (seconds > EXPIRES_MAX_S)
		seconds = EXPIRES_MAX_S;
	return seconds * SL_US_PER_S;
}

static int64_t
refresh_expiry_us(const json_t *root, int64_t now_us)
{
	int64_t seconds;

	if (!sl_json_i64(root, "refresh_token_expires_in", &seconds) ||
	    seconds <= 0)
		return SL_NO_TIME;
	if (seconds > 10 * EXPIRES_MAX_S)
		seconds = 10 * EXPIRES_MAX_S;
	return now_us + seconds * SL_US_PER_S;
}

static sl_status
read_success(struct sl_arena *arena, const json_t *root,
	     const struct sl_response *response, int64_t now_us,
	     struct sl_tokens *tokens, struct sl_error *err)
{
	const char *access = sl_json_text(root, "access_token");
	const char *refresh = sl_json_text(root, "refresh_token");
	const char *type = sl_json_text(root, "token_type");

	if (response->http_status / 100 == 4 &&
	    !is_passing(response->http_status)) {
		(void)sl_fail(err, SL_CONFIG, SL_GRANT,
			      "token endpoint answered %d without an OAuth "
			      "error: is it the right address?",
			      response->http_status);
		err->http_status = response->http_status;
		return SL_CONFIG;
	}
	if (response->http_status / 100 != 2)
		return fail_for_now(response, "without an OAuth error", err);
	if (!is_token(access))
		return fail_for_now(response, "without an access token", err);
	if (type && !sl_ascii_iequal(type, "bearer"))
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "token endpoint gives tokens of another type "
			       "than Bearer");
	*tokens = (struct sl_tokens){
		.expires_us = now_us + lifetime_us(root),
		.refresh_expires_us = refresh_expiry_us(root, now_us),
		.scopes = sl_arena_strdup(arena, sl_json_text(root, "scope")),
	};
	sl_secret_set(&tokens->access, access, strlen(access));
	if (is_token(refresh))
		sl_secret_set(&tokens->refresh, refresh, strlen(refresh));
	return SL_OK;
}

/** jansson frees texts as they are: overwrite them first. */
static void
wipe_texts(json_t *root)
{
	const char *key;
	json_t *value;

	json_object_foreach (root, key, value) {
		const char *text = json_string_value(value);

		if (text)
			sl_wipe((void *)(uintptr_t)text,
				json_string_length(value));
	}
}

static sl_status
read_document(struct sl_arena *arena, const json_t *root,
	      const struct sl_response *response, int64_t now_us,
	      struct sl_tokens *tokens, struct sl_error *err)
{
	const char *error = sl_json_text(root, "error");

	if (!json_is_object(root))
		return fail_for_now(response, "not a JSON object", err);
	if (error)
		return fail_with_error(root, error, response, err);
	return read_success(arena, root, response, now_us, tokens, err);
}

static sl_status
read_body(struct sl_arena *arena, struct sl_response *response, int64_t now_us,
	  struct sl_tokens *tokens, struct sl_error *err)
{
	struct sl_buf *body = &response->body;
	json_t *root = NULL;
	sl_status status;

	if (response->failure != SL_NET_NONE)
		return fail_on_network(response, err);
	if (body->len == 0 ||
	    sl_json_parse(body->data, body->len, NULL, &root, err) != SL_OK)
		return fail_for_now(response, "not in JSON", err);
	status = read_document(arena, root, response, now_us, tokens, err);
	wipe_texts(root);
	json_decref(root);
	return status;
}

sl_status
sl_oauth_read_tokens(struct sl_arena *arena, struct sl_response *response,
		     int64_t now_us, struct sl_tokens *tokens,
		     struct sl_error *err)
{
	struct sl_buf *body = &response->body;
	sl_status status = read_body(arena, response, now_us, tokens, err);

	if (body->data)
		sl_wipe(body->data, body->cap);
	sl_buf_release(body);
	return status;
}
