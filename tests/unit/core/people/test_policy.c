/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/attr.h"
#include "core/base/clock.h"

#include "core/people/policy.h"

#include "tests/support/unit.h"

#define NOW INT64_C(1000000)

/* A person whom the user met at a meeting of two that has begun. */
#define MET                                                                    \
	.begins_us = NOW, .now_us = NOW, .participants = 2,                    \
	.user_response = SL_RESPONSE_ACCEPTED, .who.is_person = true

struct row {
	struct sl_meeting_evidence evidence;
	bool contact, later;
	const char *reason, *why;
};

/* Later initialisers override what MET says: that is the point here. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"

static const struct row met_rows[] = {
	{ { MET }, true, false, "met-accepted", "begins this very moment" },
	{ { MET, .user_response = SL_RESPONSE_TENTATIVE },
	  true,
	  false,
	  "met-tentative",
	  "perhaps counts" },
	{ { MET, .user_response = SL_RESPONSE_NONE, .user_organises = true },
	  true,
	  false,
	  "met-organised",
	  "organisers need no answer" },
	{ { MET, .user_response = SL_RESPONSE_DECLINED,
	    .user_organises = true },
	  true,
	  false,
	  "met-organised",
	  "organising outweighs the answer" },
	{ { MET, .user_response = SL_RESPONSE_NEEDS_ACTION,
	    .organizer_is_contact = true },
	  true,
	  false,
	  "met-known-organizer",
	  "invited by a contact" },
	{ { MET, .user_response = SL_RESPONSE_NEEDS_ACTION },
	  false,
	  false,
	  "not-answered",
	  "invited by a stranger" },
	{ { MET, .user_response = SL_RESPONSE_DECLINED,
	    .organizer_is_contact = true },
	  false,
	  false,
	  "declined",
	  "even when a contact asked" },
	{ { MET, .user_response = SL_RESPONSE_NONE,
	    .organizer_is_contact = true },
	  false,
	  false,
	  "user-not-there",
	  "somebody else's meeting" },
	{ { MET, .begins_us = NOW + 1 },
	  false,
	  true,
	  "not-begun",
	  "one moment before" },
	{ { MET, .begins_us = NOW + 1, .user_organises = true },
	  false,
	  true,
	  "not-begun",
	  "own meetings wait too" },
	{ { MET, .begins_us = SL_NO_TIME },
	  false,
	  false,
	  "no-time",
	  "nobody knows when" },
	{ { MET, .begins_us = NOW + 1, .user_response = SL_RESPONSE_DECLINED },
	  false,
	  false,
	  "declined",
	  "no use in asking later" },
	{ { MET, .begins_us = NOW + 1,
	    .user_response = SL_RESPONSE_NEEDS_ACTION },
	  false,
	  false,
	  "not-answered",
	  "no use in asking later" },
	{ { MET, .begins_us = NOW + 1, .cancelled = true },
	  false,
	  false,
	  "cancelled",
	  "no use in asking later" },
	{ { MET, .begins_us = NOW + 1, .participants = 26 },
	  false,
	  false,
	  "too-many-participants",
	  "no use in asking later" },
	{ { MET, .cancelled = true, .user_organises = true },
	  false,
	  false,
	  "cancelled",
	  "did not take place" },
	{ { MET, .participants = 25 },
	  true,
	  false,
	  "met-accepted",
	  "exactly as many as allowed" },
	{ { MET, .participants = 26 },
	  false,
	  false,
	  "too-many-participants",
	  "one more" },
	{ { MET, .participants_incomplete = true },
	  false,
	  false,
	  "too-many-participants",
	  "unknown is too many" },
	{ { MET, .who.is_own = true },
	  false,
	  false,
	  "own-address",
	  "nobody meets himself" },
	{ { MET, .who.is_own = true, .who.is_contact = true },
	  false,
	  false,
	  "own-address",
	  "not by the self contact either" },
	{ { MET, .who.is_person = false },
	  false,
	  false,
	  "not-a-person",
	  "a room" },
	{ { MET, .who.is_machine = true },
	  false,
	  false,
	  "machine-address",
	  "no-reply" },
	{ { MET, .who.is_suppressed = true },
	  false,
	  false,
	  "suppressed",
	  "deleted by the user" },
	{ { MET, .who.is_blocked = true },
	  false,
	  false,
	  "blocked",
	  "on the block list" },
	{ { MET, .who.is_blocked = true, .who.is_contact = true },
	  true,
	  false,
	  "already-contact",
	  "a block list unmakes nobody" },
	{ { MET, .who.is_contact = true },
	  true,
	  false,
	  "already-contact",
	  "known already" },
	{ { MET, .who.is_contact = true, .cancelled = true },
	  true,
	  false,
	  "already-contact",
	  "a contact stays one" },
	{ { MET, .who.is_contact = true, .who.is_machine = true },
	  true,
	  false,
	  "already-contact",
	  "entered by hand" },
};

static const struct row all_rows[] = {
	{ { MET }, true, false, "rule-all", "everyone" },
	{ { MET, .begins_us = NOW + 1 },
	  true,
	  false,
	  "rule-all",
	  "at once, not when it begins" },
	{ { MET, .begins_us = SL_NO_TIME, .cancelled = true,
	    .participants = 500, .user_response = SL_RESPONSE_DECLINED },
	  true,
	  false,
	  "rule-all",
	  "whatever the event" },
	{ { MET, .who.is_own = true },
	  false,
	  false,
	  "own-address",
	  "not self" },
	{ { MET, .who.is_person = false },
	  false,
	  false,
	  "not-a-person",
	  "room" },
	{ { MET, .who.is_machine = true },
	  false,
	  false,
	  "machine-address",
	  "no-reply" },
	{ { MET, .who.is_suppressed = true },
	  false,
	  false,
	  "suppressed",
	  "deleted by the user" },
	{ { MET, .who.is_contact = true },
	  true,
	  false,
	  "already-contact",
	  "known already" },
};

static const struct row none_rows[] = {
	{ { MET }, false, false, "rule-none", "nobody" },
	{ { MET, .begins_us = NOW + 1 },
	  false,
	  false,
	  "rule-none",
	  "nobody later either" },
	{ { MET, .who.is_contact = true },
	  true,
	  false,
	  "already-contact",
	  "a contact stays one" },
	{ { MET, .who.is_own = true },
	  false,
	  false,
	  "own-address",
	  "not self" },
};

#pragma GCC diagnostic pop

static void
check_rows(enum sl_people_rule rule, const struct row *rows, size_t count)
{
	const struct sl_people_options options = { .rule = rule,
						   .max_participants = 25 };

	for (size_t i = 0; i < count; i++) {
		struct sl_people_decision d;

		d = sl_people_decide_meeting(&options, &rows[i].evidence);
		CHECK(rows[i].why, d.contact == rows[i].contact);
		CHECK(rows[i].why, d.later == rows[i].later);
		CHECK(rows[i].why, strcmp(d.reason, rows[i].reason) == 0);
		CHECK(rows[i].why, d.words[strlen(d.words) - 1] == '.');
	}
}

static void
met_takes_whom_the_user_met(void **state SL_UNUSED)
{
	check_rows(SL_PEOPLE_MET, met_rows, SL_ARRAY_LEN(met_rows));
}

static void
all_takes_every_person_at_once(void **state SL_UNUSED)
{
	check_rows(SL_PEOPLE_ALL, all_rows, SL_ARRAY_LEN(all_rows));
}

static void
none_takes_nobody(void **state SL_UNUSED)
{
	check_rows(SL_PEOPLE_NONE, none_rows, SL_ARRAY_LEN(none_rows));
}

static void
meetings_make_nobody_a_contact_by_rules_of_mail(void **state SL_UNUSED)
{
	check_rows(SL_PEOPLE_SENT, none_rows, SL_ARRAY_LEN(none_rows));
	check_rows(SL_PEOPLE_REPLIED, none_rows, SL_ARRAY_LEN(none_rows));
}

/* A message to one person that the user wrote, and one that was written to the
 * user. */
#define WROTE                                                                  \
	.recipients = 1, .user_wrote = true, .is_recipient = true,             \
	.who.is_person = true
#define GOT .recipients = 1, .is_author = true, .who.is_person = true

struct mail_row {
	struct sl_mail_evidence evidence;
	bool contact;
	const char *reason, *why;
};

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Woverride-init"

static const struct mail_row sent_rows[] = {
	{ { WROTE }, true, "written-to", "whom the user wrote to" },
	{ { WROTE, .recipients = 25 },
	  true,
	  "written-to",
	  "as many as allowed" },
	{ { WROTE, .recipients = 26 },
	  false,
	  "too-many-recipients",
	  "one more" },
	{ { WROTE, .incomplete = true },
	  false,
	  "too-many-recipients",
	  "unknown is too many" },
	{ { WROTE, .is_recipient = false },
	  false,
	  "not-a-recipient",
	  "replies are to go there" },
	{ { WROTE, .bulk = true },
	  false,
	  "bulk-mail",
	  "the user's newsletter" },
	{ { WROTE, .draft = true }, false, "draft", "never sent" },
	{ { WROTE, .gone = true }, false, "message-gone", "in the trash" },
	{ { GOT }, false, "not-by-user", "strangers write, too" },
	{ { GOT, .other_way = true },
	  false,
	  "not-by-user",
	  "the other message is judged by itself" },
	{ { GOT, .bulk = true }, false, "bulk-mail", "a newsletter" },
	{ { WROTE, .who.is_own = true },
	  false,
	  "own-address",
	  "a note to self" },
	{ { WROTE, .who.is_person = false }, false, "not-a-person", "a list" },
	{ { WROTE, .who.is_machine = true },
	  false,
	  "machine-address",
	  "no-reply" },
	{ { WROTE, .who.is_suppressed = true },
	  false,
	  "suppressed",
	  "deleted by the user" },
	{ { WROTE, .who.is_blocked = true },
	  false,
	  "blocked",
	  "by the settings" },
	{ { WROTE, .who.is_contact = true },
	  true,
	  "already-contact",
	  "known already" },
	{ { GOT, .bulk = true, .who.is_contact = true },
	  true,
	  "already-contact",
	  "a contact stays one" },
};

static const struct mail_row replied_rows[] = {
	{ { WROTE, .other_way = true }, true, "correspondence", "both ways" },
	{ { GOT, .other_way = true }, true, "correspondence", "both ways" },
	{ { WROTE }, false, "no-answer", "nothing came back" },
	{ { GOT }, false, "not-written-to", "the user did not answer" },
	{ { WROTE, .is_recipient = false, .other_way = true },
	  false,
	  "not-a-recipient",
	  "replies are to go there" },
	{ { GOT, .is_author = false, .is_recipient = true, .other_way = true },
	  false,
	  "only-named",
	  "in copy of others' mail" },
	{ { GOT, .bulk = true, .other_way = true },
	  false,
	  "bulk-mail",
	  "newsletters do not answer" },
	{ { WROTE, .recipients = 26, .other_way = true },
	  false,
	  "too-many-recipients",
	  "a crowd is no correspondence" },
	{ { WROTE, .gone = true, .other_way = true },
	  false,
	  "message-gone",
	  "deleted" },
	{ { WROTE, .other_way = true, .who.is_machine = true },
	  false,
	  "machine-address",
	  "no-reply" },
};

static const struct mail_row all_mail_rows[] = {
	{ { WROTE }, true, "rule-all", "recipients" },
	{ { GOT }, true, "rule-all", "authors" },
	{ { GOT, .is_author = false }, true, "rule-all", "whoever is named" },
	{ { GOT, .bulk = true }, false, "bulk-mail", "but by no newsletter" },
	{ { GOT, .recipients = 26 },
	  false,
	  "too-many-recipients",
	  "nor by a crowd" },
	{ { GOT, .gone = true }, false, "message-gone", "nor by spam" },
	{ { GOT, .draft = true }, false, "draft", "nor by a draft" },
	{ { GOT, .who.is_machine = true },
	  false,
	  "machine-address",
	  "no-reply" },
	{ { GOT, .who.is_blocked = true },
	  false,
	  "blocked",
	  "by the settings" },
};

static const struct mail_row none_mail_rows[] = {
	{ { WROTE }, false, "rule-none", "nobody" },
	{ { WROTE, .bulk = true }, false, "rule-none", "whatever the mail" },
	{ { WROTE, .who.is_contact = true },
	  true,
	  "already-contact",
	  "a contact stays one" },
};

#pragma GCC diagnostic pop

static void
check_mail(enum sl_people_rule rule, const struct mail_row *rows, size_t count)
{
	const struct sl_people_options options = { .rule = rule,
						   .max_participants = 25 };

	for (size_t i = 0; i < count; i++) {
		struct sl_people_decision d;

		d = sl_people_decide_mail(&options, &rows[i].evidence);
		CHECK(rows[i].why, d.contact == rows[i].contact);
		CHECK(rows[i].why, !d.later);
		CHECK(rows[i].why, strcmp(d.reason, rows[i].reason) == 0);
		CHECK(rows[i].why, d.words[strlen(d.words) - 1] == '.');
	}
}

static void
sent_takes_whom_the_user_wrote_to(void **state SL_UNUSED)
{
	check_mail(SL_PEOPLE_SENT, sent_rows, SL_ARRAY_LEN(sent_rows));
}

static void
replied_takes_whoever_wrote_both_ways(void **state SL_UNUSED)
{
	check_mail(SL_PEOPLE_REPLIED, replied_rows, SL_ARRAY_LEN(replied_rows));
}

static void
all_takes_whoever_mail_names_but_bulk(void **state SL_UNUSED)
{
	check_mail(SL_PEOPLE_ALL, all_mail_rows, SL_ARRAY_LEN(all_mail_rows));
}

static void
mail_makes_nobody_a_contact_by_none_or_by_the_rule_of_meetings(
	void **state SL_UNUSED)
{
	check_mail(SL_PEOPLE_NONE, none_mail_rows,
		   SL_ARRAY_LEN(none_mail_rows));
	check_mail(SL_PEOPLE_MET, none_mail_rows, SL_ARRAY_LEN(none_mail_rows));
}

static void
a_message_counts_by_itself_whoever_is_judged(void **state SL_UNUSED)
{
	const struct sl_people_options options = { .rule = SL_PEOPLE_REPLIED,
						   .max_participants = 2 };
	struct sl_mail_evidence e = { .recipients = 2, .who.is_own = true };

	assert_true(sl_people_mail_counts(&options, &e));
	e.recipients = 3;
	assert_false(sl_people_mail_counts(&options, &e));
	e = (struct sl_mail_evidence){ .bulk = true };
	assert_false(sl_people_mail_counts(&options, &e));
	e = (struct sl_mail_evidence){ .gone = true };
	assert_false(sl_people_mail_counts(&options, &e));
}

static void
rules_have_names(void **state SL_UNUSED)
{
	enum sl_people_rule rule = SL_PEOPLE_MET;

	assert_true(sl_people_rule_parse("none", &rule));
	assert_int_equal(rule, SL_PEOPLE_NONE);
	assert_true(sl_people_rule_parse("met", &rule));
	assert_int_equal(rule, SL_PEOPLE_MET);
	assert_true(sl_people_rule_parse("all", &rule));
	assert_int_equal(rule, SL_PEOPLE_ALL);
	assert_true(sl_people_rule_parse("sent", &rule));
	assert_int_equal(rule, SL_PEOPLE_SENT);
	assert_true(sl_people_rule_parse("replied", &rule));
	assert_int_equal(rule, SL_PEOPLE_REPLIED);
	assert_string_equal(sl_people_rule_name(rule), "replied");
	assert_true(sl_people_rule_parse("connected", &rule));
	assert_int_equal(rule, SL_PEOPLE_CONNECTED);
	assert_true(sl_people_rule_parse("all", &rule));
	assert_false(sl_people_rule_parse("ALL", &rule));
	assert_false(sl_people_rule_parse("", &rule));
	assert_false(sl_people_rule_parse(NULL, &rule));
	assert_int_equal(rule, SL_PEOPLE_ALL);
}

static void
answers_have_names(void **state SL_UNUSED)
{
	assert_int_equal(sl_response_parse("needsAction"),
			 SL_RESPONSE_NEEDS_ACTION);
	assert_int_equal(sl_response_parse("accepted"), SL_RESPONSE_ACCEPTED);
	assert_int_equal(sl_response_parse("tentative"), SL_RESPONSE_TENTATIVE);
	assert_int_equal(sl_response_parse("declined"), SL_RESPONSE_DECLINED);
	assert_int_equal(sl_response_parse("maybe"), SL_RESPONSE_NONE);
	assert_int_equal(sl_response_parse(""), SL_RESPONSE_NONE);
	assert_int_equal(sl_response_parse(NULL), SL_RESPONSE_NONE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(met_takes_whom_the_user_met),
		cmocka_unit_test(all_takes_every_person_at_once),
		cmocka_unit_test(none_takes_nobody),
		cmocka_unit_test(
			meetings_make_nobody_a_contact_by_rules_of_mail),
		cmocka_unit_test(sent_takes_whom_the_user_wrote_to),
		cmocka_unit_test(replied_takes_whoever_wrote_both_ways),
		cmocka_unit_test(all_takes_whoever_mail_names_but_bulk),
		cmocka_unit_test(
			mail_makes_nobody_a_contact_by_none_or_by_the_rule_of_meetings),
		cmocka_unit_test(a_message_counts_by_itself_whoever_is_judged),
		cmocka_unit_test(rules_have_names),
		cmocka_unit_test(answers_have_names),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
