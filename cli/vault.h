/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The key file against the database: does it open what is stored there?
 */
#ifndef SL_CLI_VAULT_H
#define SL_CLI_VAULT_H

#include <stdbool.h>

#include "core/auth/seal.h"

#include "cli/cli.h"
#include "state/vault.h"

/** Which keys that something is sealed under need not be in the ring. */
enum sl_vault_missing {
	SL_VAULT_NONE_MISSES,
	SL_VAULT_CLIENTS_MISS, /* of nothing but clients' secrets: for setup,
				* which seals them anew                    */
	SL_VAULT_ANY_MISSES,   /* to look only: nothing is remembered      */
};

/**
 * The self-test before any work: each key must be the one that this database
 * knows by that id, and each id that something is sealed under must be in the
 * ring. Nothing is written before all of that holds; then the current key is
 * remembered if it is new. Complains.
 */
int sl_vault_check(struct sl_cli *cli, struct sl_pg *pg,
		   const struct sl_keyring *ring,
		   enum sl_vault_missing missing);

/**
 * Would sl_vault_check be content, and write nothing? For an installation that
 * has all sealed under the ring's current key.
 *
 * rows		as of sl_idle: checks of keys, secrets of clients
 */
bool sl_vault_fits(const struct sl_keyring *ring,
		   const struct sl_vault_row *rows, size_t count);

/** Open one row; `user_id` NULL for a client's. As sl_unseal. */
sl_status sl_vault_open(const struct sl_keyring *ring, const char *user_id,
			const struct sl_vault_row *row, struct sl_secret *plain,
			struct sl_error *err) SL_NODISCARD;

/** What a row's ciphertext is bound to. */
struct sl_seal_binding sl_vault_binding(const char *user_id,
					const struct sl_vault_row *row);

/** "3 tokens of 2 users, 1 client secret" */
const char *sl_vault_cost(struct sl_arena *arena,
			  const struct sl_vault_count *count);

#endif
