/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by cmd_connect.c (asks and waits) and connect_save.c (checks and
 * stores what came).
 */
#ifndef SL_CLI_CONNECT_PRIVATE_H
#define SL_CLI_CONNECT_PRIVATE_H

#include "core/base/text.h"

#include "cli/consent.h"
#include "cli/env.h"
#include "cli/loopback.h"
#include "state/clients.h"

struct sl_connect {
	struct sl_cli *cli;
	const struct sl_connector *connector;
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
};

/** Account and scopes are what was wanted? Complains if not. */
int sl_connect_check(struct sl_connect *connect);

/** Seal the tokens and store everything, in one transaction. */
int sl_connect_save(struct sl_connect *connect);

#endif
