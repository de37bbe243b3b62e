/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Does the provider know this OAuth client? Asked without anybody's consent.
 */
#ifndef SL_CLI_CLIENT_CHECK_H
#define SL_CLI_CLIENT_CHECK_H

#include "core/auth/oauth2.h"
#include "core/net/transport.h"
#include "core/sync/provider.h"

#include "cli/cli.h"

/**
 * Redeem a code that nobody was given: a provider looks at the client first,
 * and says which of the two it does not know.
 *
 * SL_CONFIG	it refuses the client
 * SL_RETRY	it did not say: away, or not the one who should answer
 */
sl_status sl_client_check(struct sl_cli *cli, struct sl_transport *transport,
			  const struct sl_provider *provider,
			  const struct sl_oauth_client *client,
			  const char *redirect_uri, struct sl_error *err)
	SL_NODISCARD;

#endif
