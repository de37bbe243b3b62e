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
	.user_response = SL_RESPONSE_ACCEPTED, .is_person = true

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
	{ { MET, .is_own = true },
	  false,
	  false,
	  "own-address",
	  "nobody meets himself" },
	{ { MET, .is_own = true, .is_contact = true },
	  false,
	  false,
	  "own-address",
	  "not by the self contact either" },
	{ { MET, .is_person = false }, false, false, "not-a-person", "a room" },
	{ { MET, .is_machine = true },
	  false,
	  false,
	  "machine-address",
	  "no-reply" },
	{ { MET, .is_suppressed = true },
	  false,
	  false,
	  "suppressed",
	  "deleted by the user" },
	{ { MET, .is_contact = true },
	  true,
	  false,
	  "already-contact",
	  "known already" },
	{ { MET, .is_contact = true, .cancelled = true },
	  true,
	  false,
	  "already-contact",
	  "a contact stays one" },
	{ { MET, .is_contact = true, .is_machine = true },
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
	{ { MET, .is_own = true }, false, false, "own-address", "not self" },
	{ { MET, .is_person = false }, false, false, "not-a-person", "room" },
	{ { MET, .is_machine = true },
	  false,
	  false,
	  "machine-address",
	  "no-reply" },
	{ { MET, .is_suppressed = true },
	  false,
	  false,
	  "suppressed",
	  "deleted by the user" },
	{ { MET, .is_contact = true },
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
	{ { MET, .is_contact = true },
	  true,
	  false,
	  "already-contact",
	  "a contact stays one" },
	{ { MET, .is_own = true }, false, false, "own-address", "not self" },
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
rules_have_names(void **state SL_UNUSED)
{
	enum sl_people_rule rule = SL_PEOPLE_MET;

	assert_true(sl_people_rule_parse("none", &rule));
	assert_int_equal(rule, SL_PEOPLE_NONE);
	assert_true(sl_people_rule_parse("met", &rule));
	assert_int_equal(rule, SL_PEOPLE_MET);
	assert_true(sl_people_rule_parse("all", &rule));
	assert_int_equal(rule, SL_PEOPLE_ALL);
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
		cmocka_unit_test(rules_have_names),
		cmocka_unit_test(answers_have_names),
	};

	return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
