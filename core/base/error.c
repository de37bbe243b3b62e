/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Error records: text is formatted into a scratch buffer first, so that an
 * argument may point into the record itself, then copied as one clean line.
 */
#include "core/base/error.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

/* Room for two full texts with ": " between: longer than what is kept. */
#define SCRATCH_BYTES (2 * SL_ERROR_TEXT_MAX + 2)

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */

/* C0, DEL, C1 and the two Unicode line separators would break the line. */
static bool
is_control(uint32_t point)
{
	return point < 0x20 || (point >= 0x7f && point <= 0x9f) ||
	       point == 0x2028 || point == 0x2029;
}

static void
clean_line(char out[SL_ERROR_TEXT_MAX], const char *in, size_t len, bool cut)
{
	size_t at = 0;
	size_t n;

	for (size_t i = 0; i < len; i += n) {
		const char *piece = in + i;
		size_t piece_len;

		n = sl_utf8_length(in + i, len - i);
		piece_len = n;
		if (n == 0) {
			n = 1;
			piece = replacement;
			piece_len = sizeof(replacement) - 1;
		} else if (is_control(sl_utf8_point(piece, n))) {
			piece = " ";
			piece_len = 1;
		}
		if (at + piece_len > SL_ERROR_TEXT_MAX - 1) {
			cut = true;
			break;
		}
		memcpy(out + at, piece, piece_len);
		at += piece_len;
	}
	if (cut) {
		at = sl_utf8_cut(out, at, SL_ERROR_TEXT_MAX - 4);
		memcpy(out + at, "...", 3);
		at += 3;
	}
	out[at] = '\0';
}

sl_status
sl_fail(struct sl_error *err, sl_status status, sl_scope scope, const char *fmt,
	...)
{
	char scratch[SCRATCH_BYTES] = "";
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(scratch, sizeof(scratch), fmt, args);
	va_end(args);

	err->status = status;
	err->scope = scope;
	err->http_status = 0;
	err->retry_after_ms = SL_NO_DELAY;
	err->code = NULL;
	err->unopened = false;
	memset(err->sqlstate, 0, sizeof(err->sqlstate));
	clean_line(err->text, scratch, strlen(scratch), len >= SCRATCH_BYTES);
	return status;
}

sl_status
sl_error_wrap(struct sl_error *err, const char *fmt, ...)
{
	char doing[SL_ERROR_TEXT_MAX] = "";
	char scratch[SCRATCH_BYTES];
	va_list args;

	/* A prefix cut here is too long to be kept whole anyway. */
	va_start(args, fmt);
	(void)vsnprintf(doing, sizeof(doing), fmt, args);
	va_end(args);

	(void)snprintf(scratch, sizeof(scratch), "%s: %s", doing, err->text);
	clean_line(err->text, scratch, strlen(scratch), false);
	return err->status;
}

const char *
sl_status_name(sl_status status)
{
	switch (status) {
	case SL_OK:
		return "ok";
	case SL_RETRY:
		return "retry";
	case SL_RESYNC:
		return "resync";
	case SL_REAUTH:
		return "reauth";
	case SL_SMALLER:
		return "smaller";
	case SL_REJECTED:
		return "rejected";
	case SL_CONFIG:
		return "config";
	case SL_CANCELLED:
		return "cancelled";
	case SL_LOST:
		return "lost";
	case SL_BUG:
		return "bug";
	}
	return "unknown";
}

const char *
sl_scope_name(sl_scope scope)
{
	switch (scope) {
	case SL_ITEM:
		return "item";
	case SL_STREAM:
		return "stream";
	case SL_INTEGRATION:
		return "integration";
	case SL_GRANT:
		return "grant";
	case SL_CLIENT:
		return "client";
	}
	return "unknown";
}

void
sl_bug(const char *file, int line, const char *what)
{
	(void)fprintf(stderr, "sluice: bug: %s:%d: %s\n", file, line, what);
	abort();
}
