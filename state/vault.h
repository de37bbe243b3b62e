/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is sealed under which master key, over the whole installation. Opening
 * and sealing is the caller's: this code cannot do it.
 *
 * Ids and counts are of all users; ciphertexts are read and written under the
 * identity of the one user whose they are.
 */
#ifndef SL_STATE_VAULT_H
#define SL_STATE_VAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/error.h"
#include "core/base/secret.h"
#include "core/base/text.h"

#include "state/pg.h"

/** Of a key check; its owner is the key's id, its user "". */
#define SL_KEY_CHECK_PURPOSE "key_check"

#define SL_VAULT_BATCH 200 /* users that are asked for at once */

/** A master key that the database knows of. */
struct sl_vault_key {
	const char *id;
	bool used;              /* something is sealed under it            */
	struct sl_sealed check; /* the check's text; key_id "" = not known */
};

sl_status sl_vault_keys(struct sl_pg *pg, struct sl_arena *arena,
			struct sl_vault_key **out, size_t *count,
			struct sl_error *err) SL_NODISCARD;

/** Remember a key by its check; one that is known stays as it is. */
sl_status sl_vault_key_add(struct sl_pg *pg, const struct sl_sealed *check,
			   struct sl_error *err) SL_NODISCARD;

struct sl_vault_count {
	const char *key_id;
	int64_t tokens, clients, revocations;
	int64_t users; /* who have one of the tokens */
};

/** Keys that are known or used, in the order of their ids. */
sl_status sl_vault_counts(struct sl_pg *pg, struct sl_arena *arena,
			  struct sl_vault_count **out, size_t *count,
			  struct sl_error *err) SL_NODISCARD;

/**
 * Users who have something sealed under `key_id`, in order, SL_VAULT_BATCH of
 * them or the rest.
 *
 * after	the last user that was dealt with; NULL = from the first
 */
sl_status sl_vault_users(struct sl_pg *pg, const char *key_id,
			 const char *after, struct sl_arena *arena,
			 const char ***ids, size_t *count, struct sl_error *err)
	SL_NODISCARD;

struct sl_vault_row {
	const char *place; /* "token", "revocation", "client", "key" */
	const char *id;
	const char *owner_id; /* grant, client, key: what it is bound to */
	const char *purpose;  /* the same                              */
	struct sl_sealed sealed;
};

/** What is sealed under `key_id`: a user's, or for NULL the clients'. */
sl_status sl_vault_rows(struct sl_pg *pg, const char *user_id,
			const char *key_id, struct sl_arena *arena,
			struct sl_vault_row **out, size_t *count,
			struct sl_error *err) SL_NODISCARD;

/** Rows of a statement with the columns of vault_rows.sql; on the arena. What is
 *  no sealed value becomes one that does not open. */
void sl_vault_read(const struct sl_rows *rows, struct sl_arena *arena,
		   struct sl_vault_row **out, size_t *count);

/**
 * Store new[i] in the place of rows[i], by compare-and-swap on key id and IV:
 * a secret that was replaced meanwhile is never overwritten.
 *
 * done		how many were stored
 */
sl_status sl_vault_reseal(struct sl_pg *pg, const char *user_id,
			  const struct sl_vault_row *rows,
			  const struct sl_sealed *news, size_t count,
			  int64_t *done, struct sl_error *err) SL_NODISCARD;

/**
 * Delete what a user has sealed under a key that is lost.
 *
 * why		stored as the reason why grants need consent again
 * grants	of these there were
 */
sl_status sl_vault_forget(struct sl_pg *pg, const char *user_id,
			  const char *key_id, const char *why, int64_t *secrets,
			  int64_t *grants, struct sl_error *err) SL_NODISCARD;

/** Note that a secret did not open: sl_unseal's text says which and why.
 *  user and grant NULL for a client's secret. */
sl_status sl_vault_open_failed(struct sl_pg *pg, const char *user_id,
			       const char *grant_id, const char *text,
			       struct sl_error *err) SL_NODISCARD;

#endif
