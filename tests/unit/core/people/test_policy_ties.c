/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/attr.h"

#include "core/people/policy.h"

#include "tests/support/unit.h"

struct row {
	struct sl_tie_evidence evidence;
	bool contact;
	const char *reason, *why;
};

#define PERSON    .has_profile = true, .message.who.is_person = true
#define CONNECTED PERSON, .kind = SL_TIE_CONNECTION
/* A message to one person that the user wrote, and one to the user. */
#define WROTE                                                                  \
	PERSON, .kind = SL_TIE_MESSAGE, .message.recipients = 1,               \
		.message.user_wrote = true, .message.is_recipient = true
#define GOT                                                                    \
	PERSON, .kind = SL_TIE_MESSAGE, .message.recipients = 1,               \
		.message.is_author = true
#define INVITED PERSON, .kind = SL_TIE_OTHER

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"

static const struct row connected_rows[] = {
	{ { CONNECTED }, true, "connection", "a connection" },
	{ { CONNECTED, .message.gone = true },
	  false,
	  "connection-gone",
	  "no more" },
	{ { CONNECTED, .has_profile = false },
	  false,
	  "no-profile",
	  "nobody knows who" },
	{ { WROTE }, true, "written-to", "whom the user wrote to" },
	{ { WROTE, .has_profile = false },
	  false,
	  "no-profile",
	  "not yet known who" },
	{ { WROTE, .message.recipients = 25 }, true, "written-to", "25" },
	{ { WROTE, .message.recipients = 26 },
	  false,
	  "too-many-recipients",
	  "a crowd" },
	{ { WROTE, .message.bulk = true }, false, "bulk-mail", "sponsored" },
	{ { WROTE, .message.draft = true }, false, "draft", "not sent" },
	{ { WROTE, .message.gone = true }, false, "message-gone", "deleted" },
	{ { WROTE, .message.is_recipient = false },
	  false,
	  "not-a-recipient",
	  "to others" },
	{ { GOT }, false, "not-by-user", "strangers write, too" },
	{ { GOT, .has_profile = false }, false, "not-by-user", "says more" },
	{ { INVITED }, false, "only-invited", "an invitation" },
	{ { CONNECTED, .message.who.is_own = true },
	  false,
	  "own-address",
	  "the user" },
	{ { CONNECTED, .message.who.is_suppressed = true },
	  false,
	  "suppressed",
	  "deleted by the user" },
	{ { CONNECTED, .message.who.is_blocked = true },
	  false,
	  "blocked",
	  "by the settings" },
	{ { CONNECTED, .message.who.is_person = false },
	  false,
	  "not-a-person",
	  "a page" },
	{ { GOT, .message.who.is_contact = true },
	  true,
	  "already-contact",
	  "a contact stays one" },
	{ { GOT, .has_profile = false, .message.who.is_contact = true },
	  true,
	  "already-contact",
	  "also by a URN" },
};

static const struct row sent_rows[] = {
	{ { CONNECTED }, false, "only-connected", "that does not count" },
	{ { CONNECTED, .message.gone = true },
	  false,
	  "connection-gone",
	  "nor this" },
	{ { WROTE }, true, "written-to", "whom the user wrote to" },
	{ { GOT }, false, "not-by-user", "strangers" },
	{ { INVITED }, false, "only-invited", "an invitation" },
};

static const struct row replied_rows[] = {
	{ { CONNECTED }, false, "only-connected", "that does not count" },
	{ { WROTE }, false, "no-answer", "nothing came back" },
	{ { GOT }, false, "not-written-to", "the user did not answer" },
	{ { WROTE, .message.other_way = true },
	  true,
	  "correspondence",
	  "both ways" },
	{ { GOT, .message.other_way = true },
	  true,
	  "correspondence",
	  "both ways" },
	{ { GOT, .message.is_author = false },
	  false,
	  "only-named",
	  "in a group" },
};

static const struct row all_rows[] = {
	{ { CONNECTED }, true, "rule-all", "connections" },
	{ { CONNECTED, .message.gone = true },
	  false,
	  "connection-gone",
	  "but gone ones" },
	{ { GOT }, true, "rule-all", "authors" },
	{ { GOT, .message.bulk = true }, false, "bulk-mail", "but of adverts" },
	{ { INVITED }, true, "rule-all", "who invites" },
	{ { INVITED, .message.gone = true },
	  false,
	  "message-gone",
	  "withdrawn" },
	{ { INVITED, .has_profile = false },
	  false,
	  "no-profile",
	  "by a bare URN" },
};

static const struct row none_rows[] = {
	{ { CONNECTED }, false, "rule-none", "nobody" },
	{ { WROTE }, false, "rule-none", "nobody" },
	{ { CONNECTED, .message.who.is_contact = true },
	  true,
	  "already-contact",
	  "a contact stays one" },
};

#pragma GCC diagnostic pop

static void
check(enum sl_people_rule rule, const struct row *rows, size_t count)
{
	const struct sl_people_options options = { .rule = rule,
						   .max_participants = 25 };

	for (size_t i = 0; i < count; i++) {
		struct sl_people_decision d;

		d = sl_people_decide_tie(&options, &rows[i].evidence);
		CHECK(rows[i].why, d.contact == rows[i].contact);
		CHECK(rows[i].why, !d.later);
		CHECK(rows[i].why, strcmp(d.reason, rows[i].reason) == 0);
		CHECK(rows[i].why, d.words[strlen(d.words) - 1] == '.');
	}
}

static void
connected_takes_connections_and_whom_the_user_wrote_to(void **state SL_UNUSED)
{
	check(SL_PEOPLE_CONNECTED, connected_rows,
	      SL_ARRAY_LEN(connected_rows));
}

static void
sent_takes_whom_the_user_wrote_to_alone(void **state SL_UNUSED)
{
	check(SL_PEOPLE_SENT, sent_rows, SL_ARRAY_LEN(sent_rows));
}

static void
replied_takes_whoever_wrote_both_ways(void **state SL_UNUSED)
{
	check(SL_PEOPLE_REPLIED, replied_rows, SL_ARRAY_LEN(replied_rows));
}

static void
all_takes_whoever_is_named(void **state SL_UNUSED)
{
	check(SL_PEOPLE_ALL, all_rows, SL_ARRAY_LEN(all_rows));
}

static void
none_and_the_rule_of_meetings_take_nobody(void **state SL_UNUSED)
{
	check(SL_PEOPLE_NONE, none_rows, SL_ARRAY_LEN(none_rows));
	check(SL_PEOPLE_MET, none_rows, SL_ARRAY_LEN(none_rows));
}

static void
the_rule_of_ties_takes_nobody_elsewhere(void **state SL_UNUSED)
{
	const struct sl_people_options options = { .rule = SL_PEOPLE_CONNECTED,
						   .max_participants = 25 };
	const struct sl_mail_evidence mail = { .recipients = 1,
					       .user_wrote = true,
					       .is_recipient = true,
					       .who.is_person = true };
	const struct sl_meeting_evidence meeting = { .user_organises = true,
						     .who.is_person = true };

	assert_string_equal(sl_people_decide_mail(&options, &mail).reason,
			    "rule-none");
	assert_string_equal(sl_people_decide_meeting(&options, &meeting).reason,
			    "rule-none");
}

static void
an_address_book_alone_makes_contacts_by_all_only(void **state SL_UNUSED)
{
	struct sl_people_options options = { .rule = SL_PEOPLE_ALL };
	struct sl_person_evidence who = { .is_person = true };

	assert_true(sl_people_decide_entry(&options, &who).contact);
	who.is_suppressed = true;
	assert_string_equal(sl_people_decide_entry(&options, &who).reason,
			    "suppressed");
	who.is_suppressed = false;
	options.rule = SL_PEOPLE_CONNECTED;
	assert_false(sl_people_decide_entry(&options, &who).contact);
	assert_string_equal(sl_people_decide_entry(&options, &who).reason,
			    "address-book-only");
	options.rule = SL_PEOPLE_NONE;
	assert_false(sl_people_decide_entry(&options, &who).contact);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			connected_takes_connections_and_whom_the_user_wrote_to),
		cmocka_unit_test(sent_takes_whom_the_user_wrote_to_alone),
		cmocka_unit_test(replied_takes_whoever_wrote_both_ways),
		cmocka_unit_test(all_takes_whoever_is_named),
		cmocka_unit_test(none_and_the_rule_of_meetings_take_nobody),
		cmocka_unit_test(the_rule_of_ties_takes_nobody_elsewhere),
		cmocka_unit_test(
			an_address_book_alone_makes_contacts_by_all_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
