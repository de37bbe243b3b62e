/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Bytes and values of mails as text: RFC 2047 words, charsets, base64,
 * Content-Type, Date. The first byte chooses a charset.
 *
 * covers: core/mail/words.c core/mail/charset.c core/mail/base64.c
 * covers: core/mail/content_type.c core/mail/date.c core/mail/mail.c
 */
#include "core/mail/base64.h"
#include "core/mail/charset.h"
#include "core/mail/content_type.h"
#include "core/mail/date.h"
#include "core/mail/words.h"

#include "tests/fuzz/kit.h"

static void
check_words(struct sl_arena *arena, const char *text)
{
	const char *words = sl_mail_words(arena, text);

	fuzz_check_text(words);
	SL_ASSERT(strpbrk(words, "\r\n") == NULL || strstr(text, "=?") != NULL);
	if (strstr(words, "=?") == NULL)
		SL_ASSERT(sl_text_equal(words, sl_mail_words(arena, words)));
}

static void
check_charset(struct sl_arena *arena, const char *bytes, size_t len,
	      const char *declared)
{
	struct sl_charset_text once, again;

	sl_charset_to_utf8(arena, bytes, len, declared, &once);
	fuzz_check_text(once.text);
	SL_ASSERT(strlen(once.text) == once.len);
	SL_ASSERT(once.len <= 6 * len + 64);
	if (once.way != SL_CHARSET_DECLARED)
		SL_ASSERT(once.len <= 3 * len || declared != NULL);
	if (once.way == SL_CHARSET_UTF8)
		SL_ASSERT(once.len <= len);
	/* What is UTF-8 now needs no charset. */
	sl_charset_to_utf8(arena, once.text, once.len, NULL, &again);
	SL_ASSERT(again.way == SL_CHARSET_UTF8);
	SL_ASSERT(sl_text_equal(again.text, once.text) ||
		  strncmp(once.text, "\ufeff", 3) == 0);
}

static void
check_base64(struct sl_arena *arena, const char *text, size_t max)
{
	struct sl_base64_bytes whole, less;
	bool good = sl_base64_decode(arena, text, strlen(text), &whole);

	SL_ASSERT(sl_base64_decode(arena, text, max, &less) == good);
	if (!good)
		return;
	SL_ASSERT(strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstu"
			       "vwxyz0123456789+/-_=") == strlen(text));
	SL_ASSERT(!whole.cut && whole.len <= strlen(text) * 3 / 4);
	SL_ASSERT(less.len == (whole.len < max ? whole.len : max));
	SL_ASSERT(less.cut == (less.len < whole.len));
	SL_ASSERT(memcmp(whole.bytes, less.bytes, less.len) == 0);
}

static void
check_content_type(struct sl_arena *arena, const char *text)
{
	const char *type = sl_mail_media_type(arena, text);

	if (type != NULL) {
		const char *slash = strchr(type, '/');

		SL_ASSERT(slash != NULL && slash != type && slash[1] != '\0');
		SL_ASSERT(sl_text_equal(type, sl_ascii_lower(arena, type)));
		SL_ASSERT(sl_text_equal(type, sl_mail_media_type(arena, type)));
	}
	fuzz_check_text(sl_mail_parameter(arena, text, "charset"));
	fuzz_check_text(sl_mail_parameter(arena, text, "filename"));
	(void)sl_mail_is_attachment(text);
}

static void
check_date(const char *text)
{
	int64_t us = FUZZ_NOW_US, again;
	char printed[SL_RFC3339_TEXT];

	if (!sl_mail_date(text, &us)) {
		SL_ASSERT(us == FUZZ_NOW_US);
		return;
	}
	sl_rfc3339_format(us, printed);
	SL_ASSERT(sl_rfc3339_parse(printed, &again) && again == us);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const charsets[] = {
		NULL,           "utf-8",     "us-ascii",    "iso-8859-1",
		"iso-2022-jp",  "shift_jis", "euc-kr",      "gb18030",
		"big5",         "utf-7",     "utf-16",      "utf-16le",
		"utf-32",       "koi8-r",    "iso-2022-kr", "hz-gb-2312",
		"windows-1255", "x-nobody",  "tcvn",        "big5-hkscs",
	};
	struct sl_arena *arena = fuzz_arena();
	const char *text;

	if (size == 0)
		return 0;
	text = fuzz_copy(arena, data + 1, size - 1);
	check_charset(arena, text, size - 1,
		      charsets[data[0] % SL_ARRAY_LEN(charsets)]);
	check_charset(arena, "\xf6", 1, text);
	check_words(arena, text);
	check_base64(arena, text, data[0] % 16);
	check_content_type(arena, text);
	check_date(text);
	return 0;
}
