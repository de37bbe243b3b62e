/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The room is used by several workers at once: what comes out does not depend
 * on who else is at work. Run under the sanitizers and valgrind too.
 */
#include <pthread.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/text.h"

#include "core/mail/addresses.h"
#include "core/mail/base64.h"
#include "core/mail/charset.h"
#include "core/mail/content_type.h"
#include "core/mail/date.h"
#include "core/mail/html.h"
#include "core/mail/words.h"

#include "tests/support/unit.h"

#define THREADS 8
#define ROUNDS  100

/* One of everything; how many came out right. */
static unsigned
one_of_each(struct sl_arena *arena)
{
	static const char html[] = "<p>J&ouml;rg <a href=\"https://a.example/"
				   "\">x</a><p style=\"display:none\">y";
	struct sl_mailboxes boxes;
	struct sl_charset_text text;
	struct sl_base64_bytes bytes;
	struct sl_html_text shown;
	int64_t us = 0;
	unsigned right = 0;

	sl_mail_addresses(arena, "=?utf-8?Q?J=C3=B6rg?= <j@b.org>, T: a@b.org;",
			  9, &boxes);
	right +=
		boxes.count == 2 && strcmp(boxes.first->name, "J\u00f6rg") == 0;
	right += strcmp(sl_mail_words(arena, "=?iso-2022-jp?B?GyRCJCIbKEI=?="),
			"\u3042") == 0;
	sl_charset_to_utf8(arena, "\xd0\xd2\xc9", 3, "koi8-r", &text);
	right += strcmp(text.text, "\u043f\u0440\u0438") == 0;
	right += sl_base64_decode(arena, "SGk", 9, &bytes) && bytes.len == 2;
	right += sl_mail_date("Fri, 20 Nov 2026 11:00:00 EST", &us) &&
		 us == INT64_C(1795190400000000);
	right += sl_text_equal(sl_mail_parameter(arena,
						 "text/plain; charset=\"x\"",
						 "charset"),
			       "x");
	sl_html_to_text(arena, html, strlen(html), 100, &shown);
	right += strcmp(shown.text, "J\u00f6rg x (https://a.example/)") == 0;
	right += sl_text_equal(sl_html_unescape(arena, "&amp;"), "&");
	return right;
}

static void *
work(void *context)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	unsigned *right = context;

	for (unsigned i = 0; i < ROUNDS; i++) {
		sl_arena_reset(arena);
		*right += one_of_each(arena);
	}
	return NULL;
}

/* Nobody called sl_mail_init() before: the threads meet at that, too. */
static void
threads_do_not_hear_of_one_another(void **state SL_UNUSED)
{
	pthread_t threads[THREADS];
	unsigned right[THREADS] = { 0 };

	for (unsigned i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, work, &right[i]), 0);
	for (unsigned i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(right[i], 8 * ROUNDS);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(threads_do_not_hear_of_one_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
