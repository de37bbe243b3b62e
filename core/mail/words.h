/* SPDX-License-Identifier: Apache-2.0 */
/*
 * RFC 2047: words like =?utf-8?Q?J=C3=B6rg?= in header values.
 */
#ifndef SL_MAIL_WORDS_H
#define SL_MAIL_WORDS_H

#include <stddef.h>

#include "core/base/arena.h"

/** Bytes of a header value that are read, cut between characters. */
#define SL_MAIL_WORDS_BYTES_MAX ((size_t)64 * 1024)

/**
 * The text of an unstructured header value (Subject, a file name): complete
 * words =?charset?B|Q?...?= are decoded, also inside other text; anything
 * else stays as it is, so a value that came decoded does too. The bytes of
 * adjacent words of one charset are joined before conversion, and the white
 * space between them goes. Line folds become spaces, white space around the
 * value goes. What a charset cannot say becomes U+FFFD or "?".
 *
 * NULL gives NULL.
 */
char *sl_mail_words(struct sl_arena *arena, const char *value) SL_NODISCARD;

#endif
