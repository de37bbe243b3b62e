/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Growable byte buffer that is born with a maximum.
 *
 * Contents are always NUL-terminated (the NUL is not counted). A write that
 * would pass the maximum stores nothing more and sets `overflow`; the caller
 * checks once at the end instead of after each append.
 */
#ifndef SL_BASE_BUF_H
#define SL_BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/attr.h"

struct sl_buf {
	char *data; /* never NULL after the first append; "" before */
	size_t len;
	size_t cap;
	size_t max;
	bool overflow;
};

void sl_buf_init(struct sl_buf *buf, size_t max);
void sl_buf_release(struct sl_buf *buf); /* frees; reusable after init  */
void sl_buf_clear(struct sl_buf *buf);   /* empties, keeps the capacity */

void sl_buf_add(struct sl_buf *buf, const void *bytes, size_t len);
void sl_buf_adds(struct sl_buf *buf, const char *text); /* NULL adds nothing */
void sl_buf_addc(struct sl_buf *buf, char c);
void sl_buf_addf(struct sl_buf *buf, const char *fmt, ...) SL_PRINTF(2, 3);

/** The text so far; "" when empty; borrowed until the next change. */
const char *sl_buf_text(const struct sl_buf *buf);

/** Hand over the bytes (free with sl_free); the buffer is empty after. */
char *sl_buf_detach(struct sl_buf *buf) SL_NODISCARD;

#define SL_AUTO_BUF SL_CLEANUP(sl_buf_release) struct sl_buf

#endif
