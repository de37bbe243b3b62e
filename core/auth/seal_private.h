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

struct sl_keyring {
	struct sl_key keys[SL_KEYS_MAX]; /* the first is the current one */
	size_t count;
};

/** The key of that id, or NULL. */
const struct sl_key *sl_keyring_find(const struct sl_keyring *ring,
				     const char *id);

#endif
