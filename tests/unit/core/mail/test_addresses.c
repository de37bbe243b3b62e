/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"

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
	{ "<mailto:a@example.com>", "!" },
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
every_row_becomes_its_mailboxes(void **state)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	unsigned wrong = 0;

	(void)state;
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_becomes_its_mailboxes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
