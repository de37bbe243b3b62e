/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Values of Content-Type and Content-Disposition.
 */
#ifndef SL_MAIL_CONTENT_TYPE_H
#define SL_MAIL_CONTENT_TYPE_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/arena.h"

/** Bytes of a value that are read; the rest counts as absent. */
#define SL_MAIL_CONTENT_TYPE_BYTES_MAX 8192

/**
 * "type/subtype" in lower case without parameters; NULL when the value is
 * NULL or none ("text" alone, an empty half).
 */
char *sl_mail_media_type(struct sl_arena *arena, const char *value)
	SL_NODISCARD;

/**
 * One parameter of a Content-Type or Content-Disposition value, NULL when it
 * is not there: RFC 2231 pieces and charsets put together, RFC 2047 words
 * decoded (forbidden there, and common). `name` in any case.
 */
char *sl_mail_parameter(struct sl_arena *arena, const char *value,
			const char *name) SL_NODISCARD;

/** Does a Content-Disposition value say "attachment"? NULL does not. */
bool sl_mail_is_attachment(const char *disposition);

#endif
