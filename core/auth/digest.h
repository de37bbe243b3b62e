/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 for content hashes and fingerprints (OpenSSL EVP).
 */
#ifndef SL_AUTH_DIGEST_H
#define SL_AUTH_DIGEST_H

#include <stddef.h>

#include "core/base/attr.h"

#define SL_SHA256_BYTES 32
#define SL_SHA256_HEX   65 /* with NUL */

void sl_sha256(const void *bytes, size_t len,
	       unsigned char out[SL_SHA256_BYTES]);
void sl_sha256_hex(const void *bytes, size_t len, char out[SL_SHA256_HEX]);

/** The same of what comes piece by piece. */
struct sl_hash;
struct sl_hash *sl_hash_new(void) SL_NODISCARD;
void sl_hash_add(struct sl_hash *hash, const void *bytes, size_t len);
/** Of all that was added; nothing can be added after. */
void sl_hash_hex(struct sl_hash *hash, char out[SL_SHA256_HEX]);
/** NULL inside is fine. */
void sl_hash_free(struct sl_hash **hash);

#endif
