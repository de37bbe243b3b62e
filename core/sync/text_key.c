/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/error.h"

#include "core/auth/digest.h"
#include "core/sync/record.h"

/* Texts come from bodies that are capped far below. */
#define KEY_TEXT_MAX (64u * 1024 * 1024)

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* CR LF and CR count as LF. */
static void
put_lines(struct sl_buf *buf, const char *text, size_t len)
{
	size_t from = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] != '\r')
			continue;
		sl_buf_add(buf, text + from, i - from);
		if (i + 1 == len || text[i + 1] != '\n')
			sl_buf_addc(buf, '\n');
		from = i + 1;
	}
	sl_buf_add(buf, text + from, len - from);
}

void
sl_text_key(const char *thread, int64_t occurred_us, const char *content,
	    char out[SL_TEXT_KEY])
{
	SL_AUTO_BUF buf = { 0 };
	size_t len = content == NULL ? 0 : strlen(content);

	while (len > 0 && is_blank(content[len - 1]))
		len--;
	sl_buf_init(&buf, KEY_TEXT_MAX);
	sl_buf_addf(&buf, "%zu:", strlen(thread));
	sl_buf_adds(&buf, thread);
	sl_buf_addf(&buf, ";%lld;", (long long)(occurred_us / SL_US_PER_S));
	if (len > 0)
		put_lines(&buf, content, len);
	SL_ASSERT(!buf.overflow);
	out[0] = 'm';
	out[1] = ':';
	sl_sha256_hex(sl_buf_text(&buf), buf.len, out + 2);
}

void
sl_fields_key(const char *const *fields, char out[SL_FIELDS_KEY])
{
	SL_AUTO_BUF buf = { 0 };

	sl_buf_init(&buf, KEY_TEXT_MAX);
	for (; *fields != NULL; fields++) {
		sl_buf_addf(&buf, "%zu:", strlen(*fields));
		sl_buf_adds(&buf, *fields);
	}
	SL_ASSERT(!buf.overflow);
	sl_sha256_hex(sl_buf_text(&buf), buf.len, out);
}
