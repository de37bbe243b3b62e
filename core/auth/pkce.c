/* SPDX-License-Identifier: Apache-2.0 */
#include "core/auth/pkce.h"

#include <openssl/evp.h>

#include "core/base/error.h"

#include "core/auth/digest.h"

#define TOKEN_BYTES  32
#define BASE64_CHARS 44 /* of 32 bytes, with one '=' */

_Static_assert(TOKEN_BYTES == SL_SHA256_BYTES, "one encoder serves both");
_Static_assert(SL_PKCE_CHALLENGE_TEXT == BASE64_CHARS, "'=' becomes NUL");

/** base64url without padding. */
static void
encode(const unsigned char bytes[TOKEN_BYTES], char out[BASE64_CHARS])
{
	unsigned char plain[BASE64_CHARS + 1];

	SL_ASSERT(EVP_EncodeBlock(plain, bytes, TOKEN_BYTES) == BASE64_CHARS);
	for (int i = 0; i < BASE64_CHARS - 1; i++) {
		out[i] = (char)plain[i];
		if (out[i] == '+')
			out[i] = '-';
		else if (out[i] == '/')
			out[i] = '_';
	}
	out[BASE64_CHARS - 1] = '\0';
	sl_wipe(plain, sizeof(plain));
}

void
sl_random_token(const struct sl_rng *rng, struct sl_secret *out)
{
	unsigned char bytes[TOKEN_BYTES];
	char text[BASE64_CHARS];

	rng->fill(rng->ctx, bytes, sizeof(bytes));
	encode(bytes, text);
	sl_secret_set(out, text, sizeof(text) - 1);
	sl_wipe(text, sizeof(text));
	sl_wipe(bytes, sizeof(bytes));
}

void
sl_pkce_challenge(const struct sl_secret *verifier,
		  char out[SL_PKCE_CHALLENGE_TEXT])
{
	unsigned char digest[SL_SHA256_BYTES];

	sl_sha256(verifier->bytes, verifier->len, digest);
	encode(digest, out);
}
