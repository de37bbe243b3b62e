/* SPDX-License-Identifier: Apache-2.0 */
#include "core/auth/seal.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"

#include "core/auth/seal_private.h"

#define BINDING_MAX 4096 /* bytes of associated data */

/* It tells who asks, and asks for nothing at times. */
static void *
lib_malloc(size_t size, const char *file SL_UNUSED, int line SL_UNUSED)
{
	return size == 0 ? NULL : sl_lib_malloc(size);
}

static void *
lib_realloc(void *p, size_t size, const char *file SL_UNUSED,
	    int line SL_UNUSED)
{
	if (size == 0) {
		sl_free(p);
		return NULL;
	}
	return sl_lib_realloc(p, size);
}

static void
lib_free(void *p, const char *file SL_UNUSED, int line SL_UNUSED)
{
	sl_free(p);
}

void
sl_seal_init(void)
{
	int taken = CRYPTO_set_mem_functions(lib_malloc, lib_realloc, lib_free);

	SL_ASSERT(taken == 1); /* else something was allocated before */
}

static void
free_cipher(EVP_CIPHER_CTX **ctx)
{
	EVP_CIPHER_CTX_free(*ctx);
}

#define AUTO_CIPHER SL_CLEANUP(free_cipher) EVP_CIPHER_CTX *
#define AUTO_KEY    SL_CLEANUP(sl_key_release) struct sl_key

/** Length first, so that no two bindings give the same bytes. */
static void
add_part(struct sl_buf *out, const char *part)
{
	size_t len = strlen(part);

	for (int shift = 24; shift >= 0; shift -= 8)
		sl_buf_addc(out, (char)(unsigned char)(len >> shift & 0xff));
	sl_buf_add(out, part, len);
}

static bool
associated_data(const char *key_id, const struct sl_seal_binding *binding,
		struct sl_buf *out)
{
	sl_buf_init(out, BINDING_MAX);
	add_part(out, "sluice-seal-v1");
	add_part(out, key_id);
	add_part(out, binding->user_id);
	add_part(out, binding->owner_id);
	add_part(out, binding->purpose);
	return !out->overflow;
}

/** A context that knows key, IV and associated data, or NULL. */
static EVP_CIPHER_CTX *
start(const struct sl_key *key, const unsigned char iv[SL_SEAL_IV_BYTES],
      const struct sl_buf *aad, int encrypt)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int len = 0;

	_Static_assert(SL_SEAL_IV_BYTES == 12, "the default IV of GCM");
	if (ctx &&
	    EVP_CipherInit_ex(ctx, EVP_aes_256_gcm(), NULL, key->bytes.bytes,
			      iv, encrypt) == 1 &&
	    EVP_CipherUpdate(ctx, NULL, &len, (const unsigned char *)aad->data,
			     (int)aad->len) == 1)
		return ctx;
	EVP_CIPHER_CTX_free(ctx);
	return NULL;
}

/** Ciphertext and tag into `out`, which has room for both. */
static bool
encrypt(EVP_CIPHER_CTX *ctx, const struct sl_secret *plain, unsigned char *out)
{
	unsigned char *tag = out + plain->len;
	int len = 0;
	int rest = 0;

	return EVP_EncryptUpdate(ctx, out, &len, plain->bytes,
				 (int)plain->len) == 1 &&
	       (size_t)len == plain->len &&
	       EVP_EncryptFinal_ex(ctx, tag, &rest) == 1 && rest == 0 &&
	       EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_GET_TAG, SL_SEAL_TAG_BYTES,
				   tag) == 1;
}

sl_status
sl_seal(const struct sl_keyring *ring, const struct sl_rng *rng,
	const struct sl_seal_binding *binding, const struct sl_secret *plain,
	struct sl_arena *arena, struct sl_sealed *out, struct sl_error *err)
{
	struct sl_sealed sealed = { .key_id = "" };
	unsigned char *bytes;
	SL_AUTO_BUF aad;
	AUTO_KEY key = { .id = "" };
	AUTO_CIPHER ctx = NULL;
	bool taken = sl_keyring_take(ring, NULL, &key);

	SL_ASSERT(taken); /* a ring has a key */
	if (!associated_data(key.id, binding, &aad))
		return sl_fail(err, SL_BUG, SL_GRANT,
			       "what a secret is bound to is too long");
	if (!sl_secret_is_set(plain))
		return sl_fail(err, SL_BUG, SL_GRANT,
			       "an empty secret is not sealed");
	if (plain->len > SL_SEAL_TEXT_MAX)
		return sl_fail(err, SL_REJECTED, SL_GRANT,
			       "secret of %zu bytes is longer than %d",
			       plain->len, SL_SEAL_TEXT_MAX);
	rng->fill(rng->ctx, sealed.iv, sizeof(sealed.iv));
	sealed.ciphertext_len = plain->len + SL_SEAL_TAG_BYTES;
	bytes = sl_arena_alloc(arena, sealed.ciphertext_len);
	ctx = start(&key, sealed.iv, &aad, 1);
	if (!ctx || !encrypt(ctx, plain, bytes))
		return sl_fail(err, SL_BUG, SL_GRANT, "AES-256-GCM failed");
	sealed.ciphertext = bytes;
	memcpy(sealed.key_id, key.id, sizeof(sealed.key_id));
	*out = sealed;
	return SL_OK;
}

/** Into `out`, which is worth nothing before the tag has been checked. */
static bool
decrypt(EVP_CIPHER_CTX *ctx, const struct sl_sealed *sealed, unsigned char *out)
{
	size_t text_len = sealed->ciphertext_len - SL_SEAL_TAG_BYTES;
	unsigned char tag[SL_SEAL_TAG_BYTES];
	int len = 0;
	int rest = 0;

	memcpy(tag, sealed->ciphertext + text_len, sizeof(tag));
	return EVP_DecryptUpdate(ctx, out, &len, sealed->ciphertext,
				 (int)text_len) == 1 &&
	       (size_t)len == text_len &&
	       EVP_CIPHER_CTX_ctrl(ctx, EVP_CTRL_GCM_SET_TAG, sizeof(tag),
				   tag) == 1 &&
	       EVP_DecryptFinal_ex(ctx, out + text_len, &rest) == 1 &&
	       rest == 0;
}

/** Sealing makes no other lengths: at least one byte, at most the cap. */
static bool
has_sound_length(const struct sl_sealed *sealed)
{
	return sealed->ciphertext_len > SL_SEAL_TAG_BYTES &&
	       sealed->ciphertext_len <= SL_SEAL_TEXT_MAX + SL_SEAL_TAG_BYTES;
}

static bool
open_sealed(const struct sl_key *key, const struct sl_seal_binding *binding,
	    const struct sl_sealed *sealed, struct sl_secret *plain)
{
	SL_AUTO_BUF aad;
	SL_AUTO_SECRET text = { 0 };
	AUTO_CIPHER ctx = NULL;

	if (!associated_data(key->id, binding, &aad) ||
	    !has_sound_length(sealed))
		return false;
	ctx = start(key, sealed->iv, &aad, 0);
	/* Room for the text: any bytes of that length will do. */
	sl_secret_set(&text, sealed->ciphertext,
		      sealed->ciphertext_len - SL_SEAL_TAG_BYTES);
	if (!ctx || !decrypt(ctx, sealed, text.bytes))
		return false;
	sl_secret_release(plain);
	*plain = text;
	text = (struct sl_secret){ .bytes = NULL };
	return true;
}

sl_status
sl_unseal(const struct sl_keyring *ring, const struct sl_seal_binding *binding,
	  const struct sl_sealed *sealed, struct sl_secret *plain,
	  struct sl_error *err)
{
	AUTO_KEY key = { .id = "" };

	if (sealed->key_id[0] == '\0')
		return sl_fail(err, SL_CONFIG, SL_GRANT, "no %s is stored",
			       binding->purpose);
	if (!sl_keyring_take(ring, sealed->key_id, &key))
		(void)sl_fail(err, SL_CONFIG, SL_GRANT,
			      "%s is sealed with key %s, which is not in the "
			      "key file: put its line back",
			      binding->purpose, sealed->key_id);
	else if (!open_sealed(&key, binding, sealed, plain))
		(void)sl_fail(err, SL_CONFIG, SL_GRANT,
			      "%s does not open with key %s: the key is "
			      "another one, or the row was changed or copied",
			      binding->purpose, sealed->key_id);
	else
		return SL_OK;
	err->unopened = true;
	return SL_CONFIG;
}
