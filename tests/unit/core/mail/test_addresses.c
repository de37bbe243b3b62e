/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/clock.h"

#include "core/mail/addresses.h"

#include "tests/support/unit.h"

#define MANY 1000

/* "name <address>|..." and, in the end, "!" for odd and "+" for cut. */
static const char *
listed(struct sl_arena *arena, const char *value, size_t max)
{
	struct sl_mailboxes boxes;
	struct sl_buf text;
	const char *copy;
	size_t n = 0;

	sl_mail_addresses(arena, value, max, &boxes);
	sl_buf_init(&text, 1 << 20);
	for (const struct sl_mailbox *box = boxes.first; box != NULL;
	     box = box->next, n++) {
		if (n > 0)
			sl_buf_adds(&text, "|");
		if (box->name != NULL)
			sl_buf_addf(&text, "%s ", box->name);
		sl_buf_addf(&text, "<%s>", box->address);
	}
	sl_buf_adds(&text, boxes.odd ? "!" : "");
	sl_buf_adds(&text, boxes.cut ? "+" : "");
	assert_int_equal(boxes.count, n);
	copy = sl_arena_strdup(arena, sl_buf_text(&text));
	sl_buf_release(&text);
	return copy;
}

static const struct {
	const char *value, *expected;
} rows[] = {
	{ NULL, "" },
	{ "", "" },
	{ " \r\n ", "" },
	{ ",", "" },
	{ " ; , ;", "" },
	{ "a@example.com", "<a@example.com>" },
	{ "<a@example.com>", "<a@example.com>" },
	{ "Ana <a@example.com>", "Ana <a@example.com>" },
	{ "Ana  Maria\r\n\tRuiz <a@example.com>",
	  "Ana Maria Ruiz <a@example.com>" },
	{ "a@example.com (Ana)", "Ana <a@example.com>" },
	{ "a@example.com, b@example.com", "<a@example.com>|<b@example.com>" },
	{ "a@example.com; b@example.com", "<a@example.com>|<b@example.com>" },
	{ "a@example.com,, b@example.com,", "<a@example.com>|<b@example.com>" },
	/* Quotes. */
	{ "\"Ruiz, Ana\" <a@example.com>, \"Ops; EU\" <o@example.com>",
	  "Ruiz, Ana <a@example.com>|Ops; EU <o@example.com>" },
	{ "\"Ana \\\"Ann\\\" Ruiz\" <a@example.com>",
	  "Ana \"Ann\" Ruiz <a@example.com>" },
	{ "\"a, b\"@example.com", "<\"a, b\"@example.com>" },
	{ "\"Ana <a@example.com>, b@example.com",
	  "Ana <a@example.com>|<b@example.com>" },
	{ "Ana \"Ann <a@example.com>", "Ana Ann <a@example.com>" },
	{ "\"<a@example.com>\"@xn--4oa.example",
	  "<\"<a@example.com>\"@\xca\x88.example>" },
	{ "\"<a@example.com> x\"@example.org",
	  "<\"<a@example.com> x\"@example.org>" },
	/* A display name that came decoded, without its quotes. */
	{ "Smith, John <j@example.com>", "Smith, John <j@example.com>" },
	{ "Smith, John, PhD <j@example.com>, b@example.com",
	  "Smith, John, PhD <j@example.com>|<b@example.com>" },
	{ "a@example.com, Smith, John <j@example.com>",
	  "<a@example.com>|Smith, John <j@example.com>" },
	{ "M\xc3\xbcller, J\xc3\xb6rg <j@example.com>",
	  "M\xc3\xbcller, J\xc3\xb6rg <j@example.com>" },
	{ "Ops; EU <o@example.com>", "Ops; EU <o@example.com>" },
	{ "Bob @ Acme <b@example.com>", "Bob @ Acme <b@example.com>" },
	{ "a@example.com via Forms <f@example.com>",
	  "a@example.com via Forms <f@example.com>" },
	{ "a@example.com <a@example.com>", "a@example.com <a@example.com>" },
	{ "Ann [Ext] <a@example.com>", "Ann [Ext] <a@example.com>" },
	{ "A \\ B <a@example.com>", "A \\ B <a@example.com>" },
	{ "Dr. St. John <a@example.com>", "Dr. St. John <a@example.com>" },
	{ "Smith, j@example.com", "<j@example.com>!" },
	{ "j@example.com, Smith", "<j@example.com>!" },
	/* Words. */
	{ "=?utf-8?Q?Smith=2C_J=C3=B6rg?= <j@example.com>",
	  "Smith, J\xc3\xb6rg <j@example.com>" },
	{ "=?iso-8859-1?Q?J=F6rg?= =?iso-8859-1?Q?_M=FCller?= <j@example.com>",
	  "J\xc3\xb6rg M\xc3\xbcller <j@example.com>" },
	{ "=?utf-8?Q?J=C3?= =?utf-8?Q?=B6rg?= <j@example.com>",
	  "J\xc3\xb6rg <j@example.com>" },
	{ "\"=?utf-8?Q?J=C3=B6rg?= M.\" <j@example.com>",
	  "J\xc3\xb6rg M. <j@example.com>" },
	{ "=? <j@example.com>", "=? <j@example.com>" },
	/* Groups. */
	{ "Undisclosed recipients:;", "" },
	{ "undisclosed-recipients:", "" },
	{ "Hidden (nobody): ;", "" },
	{ "Team: a@example.com, Bo <b@example.com>;",
	  "<a@example.com>|Bo <b@example.com>" },
	{ "Team: a@example.com;, c@example.com",
	  "<a@example.com>|<c@example.com>" },
	{ "One: a@example.com; Two: b@example.com; c@example.com",
	  "<a@example.com>|<b@example.com>|<c@example.com>" },
	{ "One: Two: b@example.com;;", "<b@example.com>" },
	/* Comments. */
	{ "Ana(A \\) b) <a(c)@example.com(d)>", "Ana <a@example.com>" },
	{ "a@example.com (x, y (z; <w@example.com>))",
	  "x, y (z; <w@example.com>) <a@example.com>" },
	{ "a@example.com (x, b@example.com", "<b@example.com>!" },
	/* Domains stay as written. */
	{ "<j\xc3\xb6rg@m\xc3\xbcller.example>",
	  "<j\xc3\xb6rg@m\xc3\xbcller.example>" },
	{ "J <a@xn--mller-kva.example>", "J <a@xn--mller-kva.example>" },
	{ "a@xn--exaxnle.example", "<a@xn--exaxnle.example>" },
	{ "a@example.com, J <A@XN--mller-kva.example>",
	  "<a@example.com>|J <A@XN--mller-kva.example>" },
	{ "J <A@Example.COM>", "J <A@Example.COM>" },
	{ "a@[192.0.2.1]", "<a@[192.0.2.1]>" },
	{ "a@b", "<a@b>" },
	/* Obsolete, or wrong and meant well. */
	{ "Mary <@node.example:mary@example.net>", "Mary <mary@example.net>" },
	{ "a@example  . com", "<a@example.com>" },
	{ "<a@example.com", "<a@example.com>" },
	{ "<<a@example.com>>", "<a@example.com>" },
	{ "a..b@example.com", "<a..b@example.com>" },
	{ "Ana <a.@example.com>, b@example.com",
	  "Ana <a.@example.com>|<b@example.com>" },
	{ "<mailto:a@example.com>", "<a@example.com>" },
	{ "Ana <MAILTO:a@example.com?subject=x>", "Ana <a@example.com>" },
	/* Neither an address nor nobody. */
	{ "root", "!" },
	{ "\"MAILER-DAEMON\" <>", "!" },
	{ "@", "!" },
	{ "a@", "!" },
	{ "@b", "!" },
	{ "@@@, a@example.com", "<a@example.com>!" },
	{ "\xff\xfe <a@example.com>",
	  "\xef\xbf\xbd\xef\xbf\xbd <a@example.com>" },
};

static void
every_row_becomes_its_mailboxes(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	unsigned wrong = 0;

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		const char *got = listed(arena, rows[i].value, MANY);

		if (strcmp(got, rows[i].expected) == 0)
			continue;
		printf("%s\n  is        %s\n  should be %s\n", rows[i].value,
		       got, rows[i].expected);
		wrong++;
	}
	assert_int_equal(wrong, 0);
}

/* `n` times `piece`, then `end`. */
static char *
many(struct sl_arena *arena, size_t n, const char *piece, const char *end)
{
	size_t len = strlen(piece);
	char *text = sl_arena_alloc(arena, n * len + strlen(end) + 1);

	for (size_t i = 0; i < n; i++)
		memcpy(text + i * len, piece, len);
	memcpy(text + n * len, end, strlen(end));
	return text;
}

static void
no_more_than_are_wanted_are_taken(void **state SL_UNUSED)
{
	static const struct {
		const char *value;
		size_t max;
		const char *expected;
	} cuts[] = {
		{ "a@b, c@d", 2, "<a@b>|<c@d>" },
		{ "a@b, c@d", 1, "<a@b>+" },
		{ "a@b, c@d, e@f", 2, "<a@b>|<c@d>+" },
		{ "a@b, ;", 1, "<a@b>" },
		{ "a@b", 0, "+" },
		{ "", 0, "" },
	};

	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(cuts); i++)
		CHECK(cuts[i].value,
		      strcmp(listed(arena, cuts[i].value, cuts[i].max),
			     cuts[i].expected) == 0);
}

static void
a_value_is_read_as_far_as_its_last_whole_address(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_mailboxes boxes;
	const size_t n = SL_MAIL_ADDRESSES_BYTES_MAX / 8;
	const struct sl_mailbox *last;
	char *value = many(arena, n, "a@b.org,", "");

	sl_mail_addresses(arena, value, 2 * n, &boxes);
	assert_int_equal(boxes.count, n);
	assert_false(boxes.cut);

	value = many(arena, n - 1, "a@b.org,", "a@b.organisation.example");
	sl_mail_addresses(arena, value, 2 * n, &boxes);
	assert_int_equal(boxes.count, n - 1);
	assert_true(boxes.cut);
	for (last = boxes.first; last->next != NULL;)
		last = last->next;
	assert_string_equal(last->address, "a@b.org");
}

static void
an_address_and_its_name_may_be_so_long(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const char *end = " <a@example.com>";
	const size_t rest = SL_MAIL_ADDRESS_BYTES_MAX - strlen(end);
	struct sl_mailboxes boxes;

	sl_mail_addresses(arena, many(arena, rest, "n", end), 2, &boxes);
	assert_int_equal(boxes.count, 1);
	assert_false(boxes.odd);
	assert_int_equal(strlen(boxes.first->name), SL_MAIL_NAME_MAX);

	sl_mail_addresses(arena, many(arena, rest + 1, "n", end), 2, &boxes);
	assert_int_equal(boxes.count, 0);
	assert_true(boxes.odd);

	sl_mail_addresses(arena,
			  many(arena, SL_MAIL_NAME_MAX / 2 + 1, "\u00e9", end),
			  2, &boxes);
	assert_int_equal(strlen(boxes.first->name), SL_MAIL_NAME_MAX);
}

static void
comments_may_be_so_deep(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_mailboxes boxes;
	const size_t deep = SL_MAIL_COMMENT_DEPTH_MAX;

	/* A comma in a comment separates nothing, unless it is too deep. */
	sl_mail_addresses(arena,
			  sl_arena_printf(arena, "a@b.org %s,x@y.org%s",
					  many(arena, deep, "(", ""),
					  many(arena, deep, ")", "")),
			  9, &boxes);
	assert_int_equal(boxes.count, 1);
	sl_mail_addresses(arena,
			  sl_arena_printf(arena, "a@b.org %s,x@y.org%s",
					  many(arena, deep + 1, "(", ""),
					  many(arena, deep + 1, ")", "")),
			  9, &boxes);
	assert_true(boxes.odd);
}

static void
no_value_takes_noticeable_time(void **state SL_UNUSED)
{
	static const char *const pieces[] = {
		"(",    "\"",   "<",       ">",
		"a:",   "a@b,", "=?",      "=?utf-8?q?a?= ",
		"a@",   "\\",   "a b ",    "[",
		";",    ":;",   "@",       "(\"",
		"\"(",  "a,",   "a <a@b>", "(a) ",
		"a@b ", ".",    "\"a\" ",  "<a@b> ",
	};

	SL_AUTO_ARENA arena = sl_arena_new();
	const size_t bytes = SL_MAIL_ADDRESSES_BYTES_MAX;

	for (size_t i = 0; i < SL_ARRAY_LEN(pieces); i++) {
		struct sl_mailboxes boxes;
		int64_t began = sl_mono_us(&sl_system_clock);
		const char *value =
			many(arena, bytes / strlen(pieces[i]), pieces[i], "");

		sl_mail_addresses(arena, value, bytes, &boxes);
		/* Seconds, where a machine is slow and watched; hours would be
		 * the square of it. */
		CHECK(pieces[i],
		      sl_mono_us(&sl_system_clock) - began < 10 * SL_US_PER_S);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_becomes_its_mailboxes),
		cmocka_unit_test(no_more_than_are_wanted_are_taken),
		cmocka_unit_test(
			a_value_is_read_as_far_as_its_last_whole_address),
		cmocka_unit_test(an_address_and_its_name_may_be_so_long),
		cmocka_unit_test(comments_may_be_so_deep),
		cmocka_unit_test(no_value_takes_noticeable_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
