/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answers of the token endpoint: a token fit for a header, or a remedy
 * whose text holds nothing that may be a token; and of the revocation endpoint:
 * the token is dead, or such a remedy. The input is the status in two bytes,
 * then the body.
 *
 * covers: core/auth/oauth2_tokens.c core/auth/revoke.c
 */
#include "core/auth/oauth2.h"
#include "core/auth/revoke.h"

#include "tests/fuzz/kit.h"

#define DAY_US (INT64_C(86400) * SL_US_PER_S)

static bool
is_visible_ascii(const struct sl_secret *secret)
{
	for (size_t i = 0; i < secret->len; i++) {
		if (secret->bytes[i] < 0x21 || secret->bytes[i] > 0x7e)
			return false;
	}
	return true;
}

static void
check_tokens(const struct sl_tokens *tokens)
{
	SL_ASSERT(sl_secret_is_set(&tokens->access));
	SL_ASSERT(is_visible_ascii(&tokens->access));
	SL_ASSERT(is_visible_ascii(&tokens->refresh));
	SL_ASSERT(tokens->expires_us >= FUZZ_NOW_US + 60 * SL_US_PER_S);
	SL_ASSERT(tokens->expires_us <= FUZZ_NOW_US + 400 * DAY_US);
	SL_ASSERT(tokens->refresh_expires_us == SL_NO_TIME ||
		  (tokens->refresh_expires_us > FUZZ_NOW_US &&
		   tokens->refresh_expires_us <= FUZZ_NOW_US + 4000 * DAY_US));
	fuzz_check_text(tokens->scopes);
}

/* A word of 32 visible characters may be a token: none is repeated. */
static void
check_silence(const char *text)
{
	size_t run;

	for (; *text != '\0'; text += run > 0 ? run : 1) {
		run = strcspn(text, " \t\r\n\"'()<>,;:/");
		SL_ASSERT(run < 32);
	}
}

static void
answer(const uint8_t *data, size_t size, struct sl_response *out)
{
	*out = (struct sl_response){ .retry_after_ms = SL_NO_DELAY };
	out->http_status = 200 + (data[0] | data[1] << 8) % 400;
	sl_buf_init(&out->body, SL_OAUTH_BODY_MAX);
	sl_buf_add(&out->body, data + 2, size - 2);
}

static void
read_tokens(const uint8_t *data, size_t size)
{
	struct sl_response response;
	struct sl_tokens tokens = { .scopes = NULL };
	struct sl_error err;
	sl_status status;

	answer(data, size, &response);
	status = sl_oauth_read_tokens(fuzz_arena(), &response, FUZZ_NOW_US,
				      &tokens, &err);
	SL_ASSERT(response.body.data == NULL);
	if (status == SL_OK) {
		SL_ASSERT(response.http_status / 100 == 2);
		check_tokens(&tokens);
		sl_tokens_release(&tokens);
		return;
	}
	fuzz_check_error(&err, status);
	SL_ASSERT(status == SL_RETRY || status == SL_REAUTH ||
		  status == SL_CONFIG);
	SL_ASSERT(tokens.access.bytes == NULL);
	check_silence(err.text);
}

static void
read_revocation(const uint8_t *data, size_t size)
{
	struct sl_response response;
	struct sl_error err;
	bool already = false;
	sl_status status;

	answer(data, size, &response);
	status = sl_revoke_read(&response, &already, &err);
	SL_ASSERT(response.body.data == NULL);
	if (status == SL_OK)
		return;
	fuzz_check_error(&err, status);
	SL_ASSERT(status == SL_RETRY || status == SL_CONFIG);
	check_silence(err.text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 2)
		return 0;
	read_tokens(data, size);
	read_revocation(data, size);
	return 0;
}
