/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a text part, as UTF-8.
 *
 * A provider may convert parts to UTF-8 and leave their declaration as it was
 * (seen with ISO-2022-JP), and senders declare wrongly. So valid UTF-8 is
 * taken as such whatever is declared, unless escape sequences or NULs say that
 * it is one of the charsets that only look like ASCII.
 */
#ifndef SL_MAIL_CHARSET_H
#define SL_MAIL_CHARSET_H

#include <stddef.h>

#include "core/base/arena.h"

/** Longest name of a charset that is asked for. */
#define SL_CHARSET_NAME_MAX 64

enum sl_charset_way {
	SL_CHARSET_UTF8,     /* was valid UTF-8 already                      */
	SL_CHARSET_DECLARED, /* converted, all of it, from what was declared */
	SL_CHARSET_LOSSY,    /* bytes were no text and became U+FFFD         */
};

struct sl_charset_text {
	char *text; /* valid UTF-8, NUL-terminated, no NUL, no BOM at start */
	size_t len;
	enum sl_charset_way way;
};

/**
 * bytes	borrowed; may hold NULs, which go
 * declared	charset parameter of the part, any case; NULL = none. What is
 *		unknown here counts as none.
 *
 * The result is at most 6 times as long as the bytes: cap those.
 */
void sl_charset_to_utf8(struct sl_arena *arena, const char *bytes, size_t len,
			const char *declared, struct sl_charset_text *out);

/** "utf-8", "declared", "lossy": for metadata and logs. */
const char *sl_charset_way_name(enum sl_charset_way way);

#endif
