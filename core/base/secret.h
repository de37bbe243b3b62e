/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Secrets: tokens, client secrets, keys.
 *
 * A secret is a type of its own, so that no formatter, logger or JSON writer
 * accepts it by accident. It wipes itself on release. The few places that
 * must see the bytes (the HTTP client, the sealer) name them through `bytes`.
 */
#ifndef SL_BASE_SECRET_H
#define SL_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/attr.h"

struct sl_secret {
	unsigned char *bytes; /* NUL-terminated for convenience; may be NULL */
	size_t len;
};

/** Copy `len` bytes in. Whatever the secret held before is wiped. */
void sl_secret_set(struct sl_secret *secret, const void *bytes, size_t len);

/** Take over a copy of `from`. */
void sl_secret_copy(struct sl_secret *secret, const struct sl_secret *from);

/** Wipe and free; the secret is empty afterwards. */
void sl_secret_release(struct sl_secret *secret);

bool sl_secret_is_set(const struct sl_secret *secret);

/** Constant-time comparison (for equal lengths). */
bool sl_secret_equal(const struct sl_secret *a, const struct sl_secret *b);

/**
 * Take the secret out of a text that somebody else wrote, in place: each time
 * it occurs, also cut off by the text's end, it becomes "[...]".
 */
void sl_secret_hide(const struct sl_secret *secret, char *text);

/** Overwrite memory so that the compiler cannot drop it. */
void sl_wipe(void *bytes, size_t len);

#define SL_AUTO_SECRET SL_CLEANUP(sl_secret_release) struct sl_secret

/*
 * A secret at rest: AES-256-GCM ciphertext with its tag at the end. Made and
 * opened by core/auth/seal; stored and loaded by state, which cannot open it.
 * All pointers are borrowed from the arena that the record came with.
 */
#define SL_SEAL_IV_BYTES  12
#define SL_SEAL_TAG_BYTES 16
#define SL_KEY_ID_MAX     64

struct sl_sealed {
	char key_id[SL_KEY_ID_MAX + 1]; /* "" = nothing stored */
	unsigned char iv[SL_SEAL_IV_BYTES];
	const unsigned char *ciphertext; /* tag in the last 16 bytes */
	size_t ciphertext_len;
};

#endif
