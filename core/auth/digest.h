/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 for content hashes and fingerprints (OpenSSL EVP).
 */
#ifndef SL_AUTH_DIGEST_H
#define SL_AUTH_DIGEST_H

#include <stddef.h>

#define SL_SHA256_BYTES 32
#define SL_SHA256_HEX   65 /* with NUL */

void sl_sha256(const void *bytes, size_t len,
	       unsigned char out[SL_SHA256_BYTES]);
void sl_sha256_hex(const void *bytes, size_t len, char out[SL_SHA256_HEX]);

#endif
