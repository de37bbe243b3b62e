/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by cmd_connect.c (asks and waits), connect_token.c (takes a token
 * instead) and connect_save.c (checks and stores what came).
 */
#ifndef SL_CLI_CONNECT_PRIVATE_H
#define SL_CLI_CONNECT_PRIVATE_H

#include "core/base/text.h"

#include "cli/consent.h"
#include "cli/env.h"
#include "cli/loopback.h"
#include "state/clients.h"
#include "state/connections.h"

struct sl_connect {
	struct sl_cli *cli;
	const struct sl_provider *provider;
	const char *what; /* as it was asked for: a connector, or a provider
			   * for all of its connectors; the grant's purpose */
	const struct sl_connector *const *wanted; /* NULL-ended; none: this
						   * build reads nothing of
						   * the provider yet      */
	const struct sl_connector **granted; /* of those, what may be read */
	struct sl_keyring *ring;
	struct sl_pg *pg;
	struct sl_http *http;
	struct sl_loopback *loopback;
	char user_id[SL_UUID_TEXT];
	struct sl_client_row client;
	struct sl_oauth_client oauth;
	struct sl_redirect redirect;
	struct sl_consent consent;
	struct sl_auth_reply answer;
	struct sl_tokens tokens;
	struct sl_identity identity;
	bool by_hand; /* a token was given: no consent, no refresh token, and
		       * its end is a date of the provider's               */
	struct sl_account_name *accounts; /* that the user has already */
	size_t account_count;
};

/** Read the token of --token-file, and what the provider says of it. */
int sl_connect_take_token(struct sl_connect *connect);

/** Is the account the one that was wanted, and what of it may be read? Complains
 *  if it is another one, or nothing. */
int sl_connect_check(struct sl_connect *connect);

/** Seal the tokens and store everything, in one transaction. */
int sl_connect_save(struct sl_connect *connect);

#endif
