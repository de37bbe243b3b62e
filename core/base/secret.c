/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/secret.h"

#include <string.h>

#include "core/base/mem.h"

#define HIDE_MIN 8 /* bytes: a shorter beginning tells nothing */

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

/* How much of the secret stands here: all of it, or its beginning up to the
 * text's end; else 0. */
static size_t
told_here(const struct sl_secret *secret, const char *text)
{
	size_t left = strlen(text);
	size_t len = left < secret->len ? left : secret->len;

	if (len < HIDE_MIN || memcmp(secret->bytes, text, len) != 0)
		return 0;
	return len;
}

void
sl_secret_hide(const struct sl_secret *secret, char *text)
{
	static const char mark[] = "[...]";

	_Static_assert(sizeof(mark) <= HIDE_MIN, "the text never grows");
	if (!sl_secret_is_set(secret))
		return;
	for (; *text != '\0'; text++) {
		size_t len = told_here(secret, text);

		if (len == 0)
			continue;
		memcpy(text, mark, sizeof(mark) - 1);
		text += sizeof(mark) - 1;
		memmove(text, text + len - (sizeof(mark) - 1),
			strlen(text + len - (sizeof(mark) - 1)) + 1);
		text--;
	}
}
