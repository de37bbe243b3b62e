/* SPDX-License-Identifier: Apache-2.0 */
#include "core/auth/digest.h"

#include <openssl/evp.h>

#include "core/base/error.h"

void
sl_sha256(const void *bytes, size_t len, unsigned char out[SL_SHA256_BYTES])
{
	int ok = EVP_Digest(bytes, len, out, NULL, EVP_sha256(), NULL);

	SL_ASSERT(ok == 1);
}

void
sl_sha256_hex(const void *bytes, size_t len, char out[SL_SHA256_HEX])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char digest[SL_SHA256_BYTES];

	sl_sha256(bytes, len, digest);
	for (size_t i = 0; i < sizeof(digest); i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
	}
	out[2 * sizeof(digest)] = '\0';
}
