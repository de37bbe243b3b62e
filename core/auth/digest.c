/* SPDX-License-Identifier: Apache-2.0 */
#include "core/auth/digest.h"

#include <openssl/evp.h>

#include "core/base/error.h"
#include "core/base/mem.h"

struct sl_hash {
	EVP_MD_CTX *ctx;
};

void
sl_sha256(const void *bytes, size_t len, unsigned char out[SL_SHA256_BYTES])
{
	int ok = EVP_Digest(bytes, len, out, NULL, EVP_sha256(), NULL);

	SL_ASSERT(ok == 1);
}

static void
write_hex(const unsigned char digest[SL_SHA256_BYTES], char out[SL_SHA256_HEX])
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < SL_SHA256_BYTES; i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
	}
	out[2 * SL_SHA256_BYTES] = '\0';
}

void
sl_sha256_hex(const void *bytes, size_t len, char out[SL_SHA256_HEX])
{
	unsigned char digest[SL_SHA256_BYTES];

	sl_sha256(bytes, len, digest);
	write_hex(digest, out);
}

struct sl_hash *
sl_hash_new(void)
{
	struct sl_hash *hash = sl_alloc(sizeof(*hash));
	int ok;

	hash->ctx = EVP_MD_CTX_new();
	SL_ASSERT(hash->ctx != NULL);
	ok = EVP_DigestInit_ex(hash->ctx, EVP_sha256(), NULL);
	SL_ASSERT(ok == 1);
	return hash;
}

void
sl_hash_add(struct sl_hash *hash, const void *bytes, size_t len)
{
	int ok = EVP_DigestUpdate(hash->ctx, bytes, len);

	SL_ASSERT(ok == 1);
}

void
sl_hash_hex(struct sl_hash *hash, char out[SL_SHA256_HEX])
{
	unsigned char digest[SL_SHA256_BYTES];
	int ok = EVP_DigestFinal_ex(hash->ctx, digest, NULL);

	SL_ASSERT(ok == 1);
	write_hex(digest, out);
}

void
sl_hash_free(struct sl_hash **hash)
{
	if (*hash == NULL)
		return;
	EVP_MD_CTX_free((*hash)->ctx);
	sl_free(*hash);
	*hash = NULL;
}
