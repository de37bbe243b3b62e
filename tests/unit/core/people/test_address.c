/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/text.h"

#include "core/people/address.h"

#include "tests/support/unit.h"

static void
addresses_are_normalised(void **state SL_UNUSED)
{
	static const struct {
		const char *in, *out, *why;
	} rows[] = {
		{ "a@example.com", "a@example.com", "as it is" },
		{ " A.B+Tag@Example.COM\r\n", "a.b+tag@example.com",
		  "case and outer space; dots and tags stay" },
		{ "mailto:a@b.c", "a@b.c", "a scheme" },
		{ "MAILTO: a@b.c?subject=x@y", "a@b.c", "and a query" },
		{ "<a@b.c>", "a@b.c", "angle brackets" },
		{ " < mailto:a@b.c > ", "a@b.c", "all of it" },
		{ "a@b.c.", "a@b.c", "the root's dot" },
		{ "root@localhost", "root@localhost", "no dot in the domain" },
		{ "a@sub_domain.x-y.com", "a@sub_domain.x-y.com",
		  "names of real servers" },
		{ "a@B\u00dccher.example", "a@xn--bcher-kva.example", "IDN" },
		{ "a@stra\u00dfe.de", "a@xn--strae-oqa.de",
		  "IDNA 2008 keeps the sharp s" },
		{ "a@XN--BCHER-KVA.example", "a@xn--bcher-kva.example",
		  "ASCII form in capitals" },
		{ "a@xn--0.example", "a@xn--0.example", "odd, but a name" },
		{ "a@b\u3002c", "a@b.c", "the ideographic dot" },
		{ "J\u00f6rg@b.c", "j\u00f6rg@b.c", "a UTF-8 local part" },
		{ "\u00c4@b.c", "\u00c4@b.c", "only ASCII is lowered" },
		{ "a..b@docomo.example", "a..b@docomo.example",
		  "against the RFC, but in use" },
		{ "\"a@b\"@c.d", "\"a@b\"@c.d", "a quoted @" },
		{ "\"a\\\"b\"@c.d", "\"a\\\"b\"@c.d", "an escaped quote" },
		{ "o'neil{}|~!#$%&*/=?^`@b.c", "o'neil{}|~!#$%&*/=?^`@b.c",
		  "every legal sign" },
	};

	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		char *out = sl_address_normalise(arena, rows[i].in);

		CHECK(rows[i].why, sl_text_equal(out, rows[i].out));
		CHECK(rows[i].why,
		      sl_text_equal(sl_address_normalise(arena, out), out));
	}
}

static void
what_is_no_mailbox_is_refused(void **state SL_UNUSED)
{
	static const struct {
		const char *in, *why;
	} rows[] = {
		{ NULL, "nothing" },
		{ "", "empty" },
		{ "  ", "space" },
		{ "a", "no @" },
		{ "@b.c", "no local part" },
		{ "a@", "no domain" },
		{ "a@.", "a dot is no domain" },
		{ "@", "nothing around it" },
		{ "a@b@c", "two @" },
		{ "a@b.c, d@e.f", "a list" },
		{ "a@b.c;d@e.f", "a list with semicolon" },
		{ "Jane <a@b.c>", "a display name" },
		{ "a(comment)@b.c", "a comment" },
		{ "friends: a@b.c;", "a group" },
		{ "a b@c.d", "space inside" },
		{ "a@b c.d", "space in the domain" },
		{ "a@b.c\nx", "line end inside" },
		{ "a\tb@c.d", "tab inside" },
		{ "a\x01@b.c", "control character" },
		{ "a\u00a0b@c.d", "no-break space" },
		{ "a\u200b@b.c", "zero-width space" },
		{ "a\u202e@b.c", "turned reading direction" },
		{ "a\xc2\x85@b.c", "a C1 control" },
		{ "a\xff@b.c", "no UTF-8" },
		{ "a@b..c", "an empty label" },
		{ "a@.b", "a dot first" },
		{ "a@b..", "two dots last" },
		{ "a@b!c.d", "a sign in the domain" },
		{ "a@[192.0.2.1]", "a domain literal" },
		{ "a@-b.c", "a hyphen first" },
		{ "a@b.c-", "a hyphen last" },
		{ "\"a b\"@c.d", "space in quotes" },
		{ "\"a\"b@c.d", "quotes end too early" },
		{ "\"a@b.c", "quotes do not end" },
		{ "\"a\\", "quotes end in a backslash" },
		{ "\"\"@b.c", "nothing in quotes" },
		{ "a@\u00fc\u2603\U0001f600.\u0338", "no IDN" },
		{ "a@\u00fc!.de", "a sign in an IDN" },
		{ "mailto:", "a scheme alone" },
		{ "<>", "the null sender" },
	};

	SL_AUTO_ARENA arena = sl_arena_new();

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		CHECK(rows[i].why,
		      sl_address_normalise(arena, rows[i].in) == NULL);
}

static char *
address_of_length(struct sl_arena *arena, size_t len)
{
	char *text = sl_arena_alloc(arena, len + 1);

	memset(text, 'x', len);
	memcpy(text + len - 8, "@abc.def", 8);
	return text;
}

static void
length_is_capped(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	char *longest = address_of_length(arena, SL_ADDRESS_MAX);
	char *longer = address_of_length(arena, SL_ADDRESS_MAX + 1);
	char *huge = address_of_length(arena, 130000);

	assert_string_equal(sl_address_normalise(arena, longest), longest);
	assert_null(sl_address_normalise(arena, longer));
	assert_null(sl_address_normalise(arena, huge));
}

static void
labels_are_capped(void **state SL_UNUSED)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	char *fits = sl_arena_printf(arena, "a@%063d.com", 1);
	char *over = sl_arena_printf(arena, "a@%064d.com", 1);

	assert_string_equal(sl_address_normalise(arena, fits), fits);
	assert_null(sl_address_normalise(arena, over));
}

static void
machines_are_known_by_their_local_part(void **state SL_UNUSED)
{
	static const struct {
		const char *address;
		bool machine;
		const char *why;
	} rows[] = {
		{ "no-reply@x.y", true, "whole" },
		{ "noreply@x.y", true, "whole" },
		{ "no.reply@x.y", true, "another separator" },
		{ "do_not_reply@x.y", true, "another separator" },
		{ "donotreply@x.y", true, "whole" },
		{ "noreply+abc@x.y", true, "with a tag" },
		{ "calendar-no-reply@x.y", true, "as the last token" },
		{ "noreply-apps@x.y", true, "as the first token" },
		{ "mailer-daemon@x.y", true, "whole" },
		{ "postmaster@x.y", true, "whole" },
		{ "bounce@x.y", true, "whole" },
		{ "bounces+12-me=b.c@x.y", true, "VERP" },
		{ "list-bounces@x.y", true, "a mailing list" },
		{ "notifications@x.y", true, "whole" },
		{ "x.notification.y@x.y", true, "in the middle" },
		{ "jane@x.y", false, "a person" },
		{ "noreplying@x.y", false, "only the start of a word" },
		{ "bouncer@x.y", false, "another word" },
		{ "trampolinebounce@x.y", false, "only the end of a word" },
		{ "reply@x.y", false, "somebody replies" },
		{ "jane@noreply.example", false, "the domain does not count" },
		{ "jane@bounces", false, "the domain does not count" },
		{ "no-repl", false, "no address" },
		{ "", false, "empty" },
		{ NULL, false, "nothing" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		CHECK(rows[i].why, sl_address_is_machine(rows[i].address) ==
					   rows[i].machine);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(addresses_are_normalised),
		cmocka_unit_test(what_is_no_mailbox_is_refused),
		cmocka_unit_test(length_is_capped),
		cmocka_unit_test(labels_are_capped),
		cmocka_unit_test(machines_are_known_by_their_local_part),
	};

	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
