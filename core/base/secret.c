/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/secret.h"

#include <string.h>

#include "core/base/mem.h"

void
sl_wipe(void *bytes, size_t len)
{
	if (len > 0)
		explicit_bzero(bytes, len);
}

void
sl_secret_release(struct sl_secret *secret)
{
	if (secret->bytes != NULL)
		sl_wipe(secret->bytes, secret->len);
	sl_free(secret->bytes);
	*secret = (struct sl_secret){ .bytes = NULL };
}

void
sl_secret_set(struct sl_secret *secret, const void *bytes, size_t len)
{
	unsigned char *copy = NULL;

	/* Copied before the old value goes: `bytes` may be part of it. */
	if (bytes != NULL && len > 0) {
		copy = sl_alloc_array(len + 1, 1);
		memcpy(copy, bytes, len);
	}
	sl_secret_release(secret);
	secret->bytes = copy;
	secret->len = copy == NULL ? 0 : len;
}

void
sl_secret_copy(struct sl_secret *secret, const struct sl_secret *from)
{
	sl_secret_set(secret, from->bytes, from->len);
}

bool
sl_secret_is_set(const struct sl_secret *secret)
{
	return secret->bytes != NULL && secret->len > 0;
}

bool
sl_secret_equal(const struct sl_secret *a, const struct sl_secret *b)
{
	volatile unsigned char differs = 0;

	if (a->len != b->len)
		return false;
	for (size_t i = 0; i < a->len; i++)
		differs =
			(unsigned char)(differs | (a->bytes[i] ^ b->bytes[i]));
	return differs == 0;
}
