/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GMime knows what a charset's name means to iconv; iconv converts.
 */
#include "core/mail/charset.h"

#include <errno.h>
#include <string.h>

#include "core/base/buf.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/mail/mail.h"
#include "core/mail/private.h"

#define ESCAPE      '\x1b'
#define REPLACEMENT "\xef\xbf\xbd"
#define BOM         "\xef\xbb\xbf"
#define GROWTH_MAX  6

/* Bytes of the smallest unit: what is skipped when one is wrong. */
static size_t
unit_of(const char *name)
{
	if (strncasecmp(name, "utf-16", 6) == 0 ||
	    strncasecmp(name, "ucs-2", 5) == 0)
		return 2;
	if (strncasecmp(name, "utf-32", 6) == 0 ||
	    strncasecmp(name, "ucs-4", 5) == 0)
		return 4;
	return 1;
}

static bool
is_name(const char *name)
{
	size_t len = strnlen(name, SL_CHARSET_NAME_MAX + 1);

	/* "//" would begin iconv's options. */
	return len > 0 && len <= SL_CHARSET_NAME_MAX &&
	       name[strspn(name, "abcdefghijklmnopqrstuvwxyz"
				 "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789-_.:+()")] == '\0';
}

/*
 * What mails call US-ASCII or ISO-8859-1 is Windows-1252 wherever they differ
 * (the WHATWG's encoding standard says so too). NULL: nothing to convert from.
 */
static const char *
source_of(const char *declared)
{
	static const char *const plain[] = { "us-ascii", "ascii", "iso-8859-1",
					     "latin1" };
	static const char *const none[] = { "utf-8", "utf8",
					    "unicode-1-1-utf-8" };

	if (declared == NULL || !is_name(declared))
		return NULL;
	for (size_t i = 0; i < SL_ARRAY_LEN(none); i++) {
		if (sl_ascii_iequal(declared, none[i]))
			return NULL;
	}
	for (size_t i = 0; i < SL_ARRAY_LEN(plain); i++) {
		if (sl_ascii_iequal(declared, plain[i]))
			return "windows-1252";
	}
	return declared;
}

struct conversion {
	iconv_t cd;
	struct sl_buf buf;
	size_t unit;
	bool lossy;
};

/* One call of iconv; false when the bytes are used up. */
static bool
step(struct conversion *c, char **from, size_t *left)
{
	char chunk[4096];
	char *to = chunk;
	size_t room = sizeof(chunk);
	size_t result = iconv(c->cd, from, left, &to, &room);
	int why = result == (size_t)-1 ? errno : 0;
	size_t skip;

	sl_buf_add(&c->buf, chunk, sizeof(chunk) - room);
	if (why == 0)
		return false;
	if (why == E2BIG)
		return !c->buf.overflow;
	c->lossy = true;
	sl_buf_adds(&c->buf, REPLACEMENT);
	skip = why == EILSEQ && c->unit < *left ? c->unit : *left;
	*from += skip;
	*left -= skip;
	return *left > 0 && !c->buf.overflow;
}

/* false when the charset is not known. */
static bool
convert(const char *bytes, size_t len, const char *source,
	struct conversion *out)
{
	char *from = (char *)(uintptr_t)bytes; /* iconv does not write there */
	size_t left = len;
	char rest[64];
	char *to = rest;
	size_t room = sizeof(rest);

	sl_mail_init();
	out->cd = g_mime_iconv_open("utf-8", source);
	if (out->cd == (iconv_t)-1) {
		if (errno == ENOMEM)
			sl_out_of_memory();
		return false;
	}
	out->unit = unit_of(source);
	sl_buf_init(&out->buf, GROWTH_MAX * len + sizeof(rest));
	while (left > 0 && step(out, &from, &left))
		continue;
	if (iconv(out->cd, NULL, NULL, &to, &room) != (size_t)-1)
		sl_buf_add(&out->buf, rest, sizeof(rest) - room);
	g_mime_iconv_close(out->cd);
	return true;
}

/* Those that are no half of a character. */
static const char *
without_nuls(struct sl_arena *arena, const char *bytes, size_t *len)
{
	char *copy = sl_arena_alloc(arena, *len + 1);
	size_t n = 0;

	for (size_t i = 0; i < *len; i++) {
		if (bytes[i] != '\0')
			copy[n++] = bytes[i];
	}
	*len = n;
	return copy;
}

/* A copy without byte order mark and NULs; true when it had to be repaired. */
static bool
finish(struct sl_arena *arena, const char *bytes, size_t len,
       struct sl_charset_text *out)
{
	bool repaired = false;

	if (len >= strlen(BOM) && memcmp(bytes, BOM, strlen(BOM)) == 0) {
		bytes += strlen(BOM);
		len -= strlen(BOM);
	}
	if (len > 0 && memchr(bytes, '\0', len) != NULL)
		bytes = without_nuls(arena, bytes, &len);
	if (sl_utf8_valid(bytes, len))
		out->text = sl_arena_strndup(arena, bytes, len);
	else
		out->text = sl_utf8_repair(arena, bytes, len, &repaired);
	out->len = repaired ? strlen(out->text) : len;
	return repaired;
}

/* Escape sequences mean something in ISO-2022 only. */
static bool
is_utf8_as_it_is(const char *bytes, size_t len, const char *source)
{
	if (source != NULL && strncasecmp(source, "iso-2022", 8) == 0 &&
	    memchr(bytes, ESCAPE, len) != NULL)
		return false;
	return sl_utf8_valid(bytes, len);
}

void
sl_charset_to_utf8(struct sl_arena *arena, const char *bytes, size_t len,
		   const char *declared, struct sl_charset_text *out)
{
	const char *source = source_of(declared);
	struct conversion c = { 0 };

	if (len > 0 && (source == NULL || unit_of(source) == 1) &&
	    memchr(bytes, '\0', len) != NULL)
		bytes = without_nuls(arena, bytes, &len);
	if (len == 0 || source == NULL ||
	    is_utf8_as_it_is(bytes, len, source) ||
	    !convert(bytes, len, source, &c)) {
		out->way = finish(arena, bytes, len, out) ? SL_CHARSET_LOSSY
							  : SL_CHARSET_UTF8;
		return;
	}
	c.lossy |= finish(arena, sl_buf_text(&c.buf), c.buf.len, out);
	out->way = c.lossy || c.buf.overflow ? SL_CHARSET_LOSSY
					     : SL_CHARSET_DECLARED;
	sl_buf_release(&c.buf);
}

const char *
sl_charset_way_name(enum sl_charset_way way)
{
	switch (way) {
	case SL_CHARSET_UTF8:
		return "utf-8";
	case SL_CHARSET_DECLARED:
		return "declared";
	case SL_CHARSET_LOSSY:
		break;
	}
	return "lossy";
}
