/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What seal.c knows of a keyring; keyring.c makes it.
 */
#ifndef SL_AUTH_SEAL_PRIVATE_H
#define SL_AUTH_SEAL_PRIVATE_H

#include "core/auth/seal.h"

struct sl_key {
	char id[SL_KEY_ID_MAX + 1];
	struct sl_secret bytes; /* SL_KEY_BYTES */
};

struct sl_key_file; /* where it came from, and what stands there now */

struct sl_keyring {
	struct sl_key keys[SL_KEYS_MAX]; /* the first is the current one */
	size_t count;
	struct sl_key_file *file; /* NULL: made by hand, in tests */
};

/** The key of that id as it was loaded, or NULL. */
const struct sl_key *sl_keyring_find(const struct sl_keyring *ring,
				     const char *id);

/**
 * A copy of the key of that id, or of the current one for NULL. Looks into
 * the file again when it has changed. Thread-safe.
 *
 * False: there is none.
 */
bool sl_keyring_take(const struct sl_keyring *ring, const char *id,
		     struct sl_key *out);
void sl_key_release(struct sl_key *key);

#endif
