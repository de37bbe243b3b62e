/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small ones: base64, dates, Content-Type.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/text.h"

#include "core/mail/base64.h"
#include "core/mail/content_type.h"
#include "core/mail/date.h"

#include "tests/support/unit.h"

static void
base64_of_both_alphabets_is_decoded(void **state SL_UNUSED)
{
	static const struct {
		const char *in, *out; /* NULL: refused */
	} rows[] = {
		{ "", "" },
		{ "SGkgQW5hIQ0K", "Hi Ana!\r\n" },
		{ "SGk=", "Hi" },
		{ "SGk", "Hi" },
		{ "SA==", "H" },
		{ "SA", "H" },
		{ "fn5-fj8_", "~~~~??" },
		{ "fn5+fj8/", "~~~~??" },
		{ "SR", "I" }, /* bits left over */
		{ NULL, NULL },
		{ "S", NULL },
		{ "SGkgS", NULL },
		{ "SA=", NULL },
		{ "SGk==", NULL },
		{ "SGkg=", NULL },
		{ "SGkg====", NULL },
		{ "====", NULL },
		{ "=", NULL },
		{ "S=Gk", NULL },
		{ "SA==SA==", NULL },
		{ "SG k", NULL },
		{ "SGk=\n", NULL },
		{ "SG\xc3\xb6k", NULL },
		{ "SGk.", NULL },
	};

	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_base64_bytes out = { 0 };
		bool good = sl_base64_decode(arena, rows[i].in, 100, &out);

		CHECK(rows[i].in, good == (rows[i].out != NULL));
		if (!good)
			continue;
		CHECK(rows[i].in, strcmp(out.bytes, rows[i].out) == 0);
		CHECK(rows[i].in, out.len == strlen(rows[i].out));
		CHECK(rows[i].in, !out.cut);
	}
}

static void
base64_is_decoded_as_far_as_is_wanted(void **state SL_UNUSED)
{
	static const char text[] = "SGkgQW5hIQ"; /* "Hi Ana!" */

	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t max = 0; max <= 8; max++) {
		struct sl_base64_bytes out = { 0 };

		assert_true(sl_base64_decode(arena, text, max, &out));
		assert_int_equal(out.len, max < 7 ? max : 7);
		assert_int_equal(out.cut, max < 7);
		assert_memory_equal(out.bytes, "Hi Ana!", out.len);
		assert_int_equal(out.bytes[out.len], '\0');
	}
}

static void
dates_are_moments_or_none(void **state SL_UNUSED)
{
	static const struct {
		const char *in, *out; /* NULL: none */
	} rows[] = {
		{ "Fri, 20 Nov 2026 11:00:00 +0100", "2026-11-20T10:00:00" },
		{ "20 Nov 2026 11:00:00 +0100", "2026-11-20T10:00:00" },
		{ "Fri, 20 Nov 2026 11:00 +0100", "2026-11-20T10:00:00" },
		{ "Fri,20 Nov 2026 11:00:00 -0330 (NST)",
		  "2026-11-20T14:30:00" },
		{ "Fri,\r\n 20 Nov 2026\r\n 11:00:00 +0000",
		  "2026-11-20T11:00:00" },
		{ "20 Nov (yes) 2026 11:00:00 GMT", "2026-11-20T11:00:00" },
		{ "20 Nov 2026 11:00:00 EST", "2026-11-20T16:00:00" },
		{ "20 Nov 2026 11:00:00 Nowhere", "2026-11-20T11:00:00" },
		{ "20 Nov 2026 11:00:00", "2026-11-20T11:00:00" },
		{ "20 Nov 97 11:00:00 +0000", "1997-11-20T11:00:00" },
		{ "20 Nov 26 11:00:00 +0000", "2026-11-20T11:00:00" },
		{ "1 Jan 1969 00:00:00 +0000", "1969-01-01T00:00:00" },
		{ "31 Dec 1968 23:59:59 +0000", NULL },
		{ "31 Dec 9999 23:59:59 +0000", "9999-12-31T23:59:59" },
		{ "31 Dec 9999 23:59:59 -0100", NULL },
		{ "1 Jan 10000 00:00:00 +0000", NULL },
		{ "1 Jan 99999999999999999999 00:00:00 +0000", NULL },
		{ "20 Nov -5 11:00:00 +0000", NULL },
		{ "40 Nov 2026 11:00:00 +0000", NULL },
		{ "30 Feb 2026 11:00:00 +0000", NULL },
		{ "20 Zzz 2026 11:00:00 +0000", NULL },
		{ "yesterday", NULL },
		{ "", NULL },
		{ "()", NULL },
		{ NULL, NULL },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		int64_t us = 42;
		char text[SL_RFC3339_TEXT];
		bool good = sl_mail_date(rows[i].in, &us);

		sl_rfc3339_format(us, text);
		if (good != (rows[i].out != NULL))
			printf("%s: %s\n", rows[i].in, text);
		CHECK(rows[i].in, good == (rows[i].out != NULL));
		if (good)
			CHECK(rows[i].in, strncmp(text, rows[i].out, 19) == 0);
		else
			CHECK(rows[i].in, us == 42);
	}
}

static void
a_date_may_be_so_long(void **state SL_UNUSED)
{
	char text[SL_MAIL_DATE_BYTES_MAX + 2] = "";
	int64_t us;

	memset(text, ' ', SL_MAIL_DATE_BYTES_MAX);
	memcpy(text, "20 Nov 2026 11:00:00 +0000", 26);
	assert_true(sl_mail_date(text, &us));
	text[SL_MAIL_DATE_BYTES_MAX] = ' ';
	assert_false(sl_mail_date(text, &us));
}

static void
media_types_are_lowered_or_none(void **state SL_UNUSED)
{
	static const struct {
		const char *in, *out;
	} rows[] = {
		{ "text/plain", "text/plain" },
		{ "Text/HTML; charset=x", "text/html" },
		{ " text / plain ", "text/plain" },
		{ "\r\n multipart/mixed;\r\n boundary=x", "multipart/mixed" },
		{ "application/vnd.x+json", "application/vnd.x+json" },
		{ "text/plain (really)", "text/plain" },
		{ "text/plain charset=x", "text/plain" },
		{ "text", NULL },
		{ "text/", NULL },
		{ "/plain", NULL },
		{ ";", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};

	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		CHECK(rows[i].in,
		      sl_text_equal(sl_mail_media_type(arena, rows[i].in),
				    rows[i].out));
}

static void
parameters_are_found_and_decoded(void **state SL_UNUSED)
{
	static const struct {
		const char *in, *name, *out;
	} rows[] = {
		{ "text/plain; charset=utf-8", "charset", "utf-8" },
		{ "text/plain; charset=\"UTF-8\"", "charset", "UTF-8" },
		{ "text/plain;CHARSET = utf-8 ; format=flowed", "charset",
		  "utf-8" },
		{ "text/plain; charset=utf-8; format=flowed", "format",
		  "flowed" },
		{ "text/plain; charset=utf-8;", "Charset", "utf-8" },
		{ "attachment; filename=\"a; b.pdf\"", "filename", "a; b.pdf" },
		{ "attachment; filename=a b.pdf", "filename", "a b.pdf" },
		{ "attachment; filename*=utf-8''J%C3%B6rg.pdf", "filename",
		  "J\u00f6rg.pdf" },
		{ "attachment; filename*=iso-8859-1'de'J%F6rg.pdf", "filename",
		  "J\u00f6rg.pdf" },
		{ "attachment; filename*0=\"a\"; filename*1=\"b.pdf\"",
		  "filename", "ab.pdf" },
		{ "attachment; filename*0*=utf-8''J%C3%B6; filename*1=rg.pdf",
		  "filename", "J\u00f6rg.pdf" },
		{ "attachment; filename=\"=?utf-8?Q?J=C3=B6rg=2Epdf?=\"",
		  "filename", "J\u00f6rg.pdf" },
		{ "attachment; filename=\"J\u00f6rg.pdf\"", "filename",
		  "J\u00f6rg.pdf" },
		{ "text/plain", "charset", NULL },
		{ "text/plain;", "charset", NULL },
		{ "text/plain; charset", "charset", NULL },
		{ "text/plain; format=flowed", "charset", NULL },
		{ "; ;;=;x=;=y", "charset", NULL },
		{ "", "charset", NULL },
		{ NULL, "charset", NULL },
	};

	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		const char *out =
			sl_mail_parameter(arena, rows[i].in, rows[i].name);

		if (!sl_text_equal(out, rows[i].out))
			printf("%s: %s\n", rows[i].in, out);
		CHECK(rows[i].in, sl_text_equal(out, rows[i].out));
	}
}

static void
attachments_say_so(void **state SL_UNUSED)
{
	assert_true(sl_mail_is_attachment("attachment"));
	assert_true(sl_mail_is_attachment(" Attachment; filename=x"));
	assert_false(sl_mail_is_attachment("inline"));
	assert_false(sl_mail_is_attachment("attachments"));
	assert_false(sl_mail_is_attachment(""));
	assert_false(sl_mail_is_attachment(NULL));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(base64_of_both_alphabets_is_decoded),
		cmocka_unit_test(base64_is_decoded_as_far_as_is_wanted),
		cmocka_unit_test(dates_are_moments_or_none),
		cmocka_unit_test(a_date_may_be_so_long),
		cmocka_unit_test(media_types_are_lowered_or_none),
		cmocka_unit_test(parameters_are_found_and_decoded),
		cmocka_unit_test(attachments_say_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
