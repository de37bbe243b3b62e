/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Revoking the tokens that wait for it in sluice.revocations, one request
 * each. What fails stays, sealed, and is tried again later.
 */
#ifndef SL_CLI_REVOKE_H
#define SL_CLI_REVOKE_H

#include "core/auth/seal.h"
#include "core/net/transport.h"

#include "cli/cli.h"
#include "state/revocations.h"

struct sl_revoker {
	struct sl_cli *cli;
	struct sl_pg *pg;
	const struct sl_keyring *ring;
	struct sl_transport *transport;
};

struct sl_revoked {
	size_t done;   /* tokens that are dead now                 */
	size_t failed; /* that stay, to be tried again             */
	char why[SL_ERROR_TEXT_MAX]; /* of the last one that failed */
};

/**
 * Revoke what the filter lets through.
 *
 * The status is that of the database; what a provider does is in `out`.
 */
sl_status sl_revoke(const struct sl_revoker *revoker,
		    const struct sl_revocation_filter *filter,
		    struct sl_revoked *out, struct sl_error *err) SL_NODISCARD;

#endif
