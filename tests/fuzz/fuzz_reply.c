/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The address that a browser brings back, or a person pastes: a code or an
 * error, and only with our own state in it.
 *
 * covers: core/auth/oauth2.c
 */
#include "core/auth/oauth2.h"

#include "tests/fuzz/kit.h"

static void
check_reply(const struct sl_auth_reply *reply)
{
	SL_ASSERT((reply->error == NULL) == sl_secret_is_set(&reply->code));
	SL_ASSERT(reply->error != NULL || reply->description == NULL);
	if (reply->error == NULL)
		return;
	SL_ASSERT(*reply->error != '\0');
	for (const char *c = reply->error; *c != '\0'; c++)
		SL_ASSERT(*c > 0x20 && *c < 0x7f);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	const char *url = fuzz_copy(arena, data, size);
	struct sl_auth_reply reply;
	SL_AUTO_SECRET state = { 0 };
	struct sl_error err;
	sl_status status;

	sl_secret_set(&state, "s1a2", 4);
	status = sl_oauth_read_redirect(arena, url, &state, &reply, &err);
	if (status != SL_OK) {
		fuzz_check_error(&err, status);
		SL_ASSERT(status == SL_REJECTED);
		return 0;
	}
	SL_ASSERT(sl_text_equal(sl_url_query_get(arena, url, "state"), "s1a2"));
	SL_ASSERT(
		sl_text_equal(sl_url_query_get(arena, url, "iss"), reply.iss));
	check_reply(&reply);
	sl_secret_release(&reply.code);
	return 0;
}
