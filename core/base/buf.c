/* SPDX-License-Identifier: Apache-2.0 */
#include "core/base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/mem.h"

#define FIRST_CAP ((size_t)64)

void
sl_buf_init(struct sl_buf *buf, size_t max)
{
	*buf = (struct sl_buf){ .max = max };
}

void
sl_buf_release(struct sl_buf *buf)
{
	sl_free(buf->data);
	*buf = (struct sl_buf){ .max = buf->max };
}

void
sl_buf_clear(struct sl_buf *buf)
{
	buf->len = 0;
	buf->overflow = false;
	if (buf->data != NULL)
		buf->data[0] = '\0';
}

/* Room for `len` more bytes and a NUL, or `overflow`. */
static bool
make_room(struct sl_buf *buf, size_t len)
{
	size_t need, cap;

	if (buf->overflow || len > buf->max - buf->len) {
		buf->overflow = true;
		return false;
	}
	SL_ASSERT(!__builtin_add_overflow(buf->len + len, 1, &need));
	if (need <= buf->cap)
		return true;
	cap = buf->cap < FIRST_CAP ? FIRST_CAP : buf->cap;
	while (cap < need)
		cap = cap > SIZE_MAX / 2 ? need : cap * 2;
	/* Never more than the maximum asks for. */
	if (cap - 1 > buf->max)
		cap = buf->max + 1;
	buf->data = sl_realloc(buf->data, cap, 1);
	buf->cap = cap;
	return true;
}

void
sl_buf_add(struct sl_buf *buf, const void *bytes, size_t len)
{
	if (!make_room(buf, len))
		return;
	if (len > 0)
		memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void
sl_buf_adds(struct sl_buf *buf, const char *text)
{
	if (text != NULL)
		sl_buf_add(buf, text, strlen(text));
}

void
sl_buf_addc(struct sl_buf *buf, char c)
{
	sl_buf_add(buf, &c, 1);
}

void
sl_buf_addf(struct sl_buf *buf, const char *fmt, ...)
{
	va_list args, again;
	int len;

	va_start(args, fmt);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	SL_ASSERT(len >= 0);
	if (make_room(buf, (size_t)len)) {
		(void)vsnprintf(buf->data + buf->len, (size_t)len + 1, fmt,
				again);
		buf->len += (size_t)len;
	}
	va_end(again);
}

const char *
sl_buf_text(const struct sl_buf *buf)
{
	return buf->data == NULL ? "" : buf->data;
}

char *
sl_buf_detach(struct sl_buf *buf)
{
	char *data = buf->data;

	sl_buf_init(buf, buf->max);
	return data == NULL ? sl_strdup("") : data;
}
