/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A token that its owner made in the provider's console: no browser, no
 * consent of ours. The provider tells what it is good for, and until when.
 */
#include "cli/connect_private.h"
#include "cli/secret_file.h"

/* An Authorization header takes no more (core/net). */
#define TOKEN_MAX 8192

static int
look_at_token(struct sl_connect *connect, const char *path)
{
	struct sl_tokens *tokens = &connect->tokens;
	struct sl_introspection seen = { .active = false };
	struct sl_error err;

	if (sl_consent_introspect(&connect->consent, &tokens->access, &seen,
				  &err) != SL_OK)
		return sl_cli_complain(connect->cli, SL_EXIT_FAILED,
				       "the token of %s: %s; nothing is stored",
				       path, err.text);
	tokens->expires_us = seen.expires_us;
	tokens->scopes = sl_arena_strdup(
		connect->cli->arena, seen.scopes != NULL ? seen.scopes : "");
	return SL_EXIT_OK;
}

int
sl_connect_take_token(struct sl_connect *connect)
{
	struct sl_cli *cli = connect->cli;
	const char *path = cli->flags[SL_FLAG_TOKEN_FILE];
	struct sl_error err;

	connect->by_hand = true;
	connect->tokens.refresh_expires_us = SL_NO_TIME;
	if (sl_secret_file_word(path, &connect->tokens.access, &err) != SL_OK)
		return sl_cli_fail(cli, SL_EXIT_USAGE, &err);
	if (connect->tokens.access.len > TOKEN_MAX)
		return sl_cli_complain(cli, SL_EXIT_USAGE,
				       "%s: longer than %d bytes: no token",
				       path, TOKEN_MAX);
	return look_at_token(connect, path);
}
