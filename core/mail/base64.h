/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Base64 of RFC 4648, both alphabets, padded or not.
 */
#ifndef SL_MAIL_BASE64_H
#define SL_MAIL_BASE64_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"
#include "core/base/attr.h"

struct sl_base64_bytes {
	char *bytes; /* a NUL follows them, not counted */
	size_t len;
	bool cut; /* the first `max` bytes of more */
};

/**
 * Decode a whole text, at most `max` bytes of it.
 *
 * false, and nothing written, when it is no base64: a foreign character (white
 * space too), a length that none can have, padding that is not at the end or
 * not exactly what is missing. Bits that are left over are ignored. NULL is
 * false; "" is no bytes.
 */
bool sl_base64_decode(struct sl_arena *arena, const char *text, size_t max,
		      struct sl_base64_bytes *out) SL_NODISCARD;

#endif
