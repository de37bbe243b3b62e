/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who becomes a contact by connections and messages of a network, as stored.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#include "tests/support/handles.h"
#include "tests/support/tie_kit.h"
#include "tests/support/unit.h"

static void
own_handles_belong_to_the_self_contact(void **state)
{
	(void)state;
	assert_int_equal(kit_count(&ties, "public.contacts", "is_self_contact"),
			 1);
	assert_int_equal(tie_contact(ME,
				     "c.is_self_contact AND h.kind = 'urn' AND "
				     "h.source = 'linkedin'"),
			 1);
	tie_own("https://www.linkedin.com/in/me/");
	assert_int_equal(tie_contact("linkedin.com/in/me",
				     "c.is_self_contact AND h.kind = "
				     "'profile_url' AND h.value = "
				     "'https://www.linkedin.com/in/me/'"),
			 1);
	/* Of one network: the same person. */
	assert_int_equal(kit_count(&ties, "sluice.handle_links",
				   "handle = '" ME "' AND profile = "
				   "'linkedin.com/in/me'"),
			 1);
	assert_int_equal(kit_count(&ties, "public.contacts", "true"), 1);
}

static void
an_own_handle_that_is_linked_is_kept_as_written(void **state)
{
	(void)state;
	tie_stored("out", "https://www.linkedin.com/in/me/", ANN);
	tie_link_handle(ME, "linkedin.com/in/me");
	tie_own(ME);
	assert_int_equal(tie_contact("linkedin.com/in/me",
				     "c.is_self_contact AND h.value = "
				     "'https://www.linkedin.com/in/me/'"),
			 1);
}

static void
connections_become_contacts(void **state)
{
	struct sl_artifact *a;

	(void)state;
	tie_page();
	a = tie_connection(ANN, 4, "Ann", "Other");
	tie_says(a, "company", "Acme");
	tie_says(a, "position", "Director");
	tie_has_email(a, "Ann@Example.org");
	a->occurred_us = KIT_NOW - 9 * KIT_DAY;
	kit_commit(&ties);
	assert_int_equal(ties.outcome.counts.contacts_created, 1);
	assert_int_equal(
		tie_contact(
			ANN_N,
			"c.display_name = 'Ann Other' AND c.given_name = 'Ann' "
			"AND c.family_name = 'Other' AND c.company = 'Acme' "
			"AND c.title = 'Director' AND c.source = 'linkedin' "
			"AND c.origin ->> 'reason' = 'connection' AND c.origin "
			"->> 'rule' = 'connected' AND h.kind = 'profile_url' "
			"AND h.value = '" ANN "' AND h.source = 'linkedin' AND "
			"h.first_seen_at = h.last_seen_at AND h.first_seen_at "
			"= timestamptz '2026-11-20 12:00Z' - interval '9 days' "
			"AND c.professional_context = '{\"linkedin\": "
			"{\"company\": \"Acme\", \"position\": "
			"\"Director\"}}'"),
		1);
	assert_int_equal(kit_count(&ties, "public.contact_emails",
				   "address_norm = 'ann@example.org' AND "
				   "address = 'Ann@Example.org' AND source = "
				   "'linkedin'"),
			 1);
	/* The same again writes nothing. */
	sl_test_db_exec(ties.db,
			"CREATE TABLE was AS SELECT xmin"
			"::text AS tx FROM public.contacts %s",
			"");
	tie_page();
	a = tie_connection(ANN, 5, "Ann", "Other");
	tie_says(a, "company", "Acme");
	tie_says(a, "position", "Director");
	tie_has_email(a, "Ann@Example.org");
	kit_commit(&ties);
	assert_int_equal(sl_test_db_i64(ties.db,
					"SELECT count(*) AS v FROM "
					"public.contacts c WHERE NOT EXISTS "
					"(SELECT FROM was w WHERE w.tx = "
					"c.xmin::text)"),
			 0);
}

static void
whom_the_user_wrote_to_becomes_a_contact_and_strangers_do_not(void **state)
{
	struct sl_artifact *a;

	(void)state;
	tie_stored("in", BOB, ME);
	assert_int_equal(tie_contacts(), 0);
	tie_page();
	a = tie_message("out", ME, ANN);
	a->participants->next->name = "Ann Other";
	(void)tie_person(a, "urn:li:person:Bare", "to", "Somebody");
	kit_commit(&ties);
	assert_int_equal(ties.outcome.counts.contacts_created, 1);
	assert_int_equal(tie_contact(ANN_N,
				     "c.display_name = 'Ann Other' AND "
				     "c.origin ->> 'reason' = 'written-to'"),
			 1);
	assert_int_equal(tie_contacts(), 1);
	tie_page();
	a = tie_message("spam", ME, BOB);
	a->labels = (const char *const[]){ "SPAM", NULL };
	a = tie_message("advert", ME, BOB);
	(void)json_object_set_new(a->metadata, "bulk", json_true());
	(void)json_object_set_new(a->metadata, "bulk",
				  json_string("sponsored"));
	a = tie_thing("linkedin_invitation", "asks");
	(void)tie_person(a, ME, "inviter", NULL);
	(void)tie_person(a, BOB, "invitee", NULL);
	kit_commit(&ties);
	assert_int_equal(tie_contacts(), 1);
}

static void
rules_decide(void **state)
{
	(void)state;
	tie_rule.rule = SL_PEOPLE_SENT;
	tie_connected(ANN, 1, "Ann", "Other");
	assert_int_equal(tie_contacts(), 0);
	/* Facts of the connection that was there before. */
	tie_stored("out", ME, ANN);
	assert_int_equal(tie_contact(ANN_N, "c.family_name = 'Other'"), 1);
	tie_rule.rule = SL_PEOPLE_REPLIED;
	tie_stored("to bob", ME, BOB);
	assert_int_equal(tie_contacts(), 1);
	tie_stored("from bob", BOB, ME);
	assert_int_equal(tie_contact(BOB_N, "c.origin ->> 'reason' = "
					    "'correspondence'"),
			 1);
	tie_rule.rule = SL_PEOPLE_NONE;
	tie_connected("https://l.example/in/cat", 1, "Cat", "C");
	assert_int_equal(tie_contacts(), 2);
	tie_rule.rule = SL_PEOPLE_ALL;
	tie_stored("from dan", "https://l.example/in/dan", ME);
	assert_int_equal(tie_contact("l.example/in/dan", "true"), 1);
	/* and what the rule left is judged again, by and by */
	tie_page();
	kit_commit(&ties);
	tie_page();
	kit_commit(&ties);
	assert_int_equal(tie_contact("l.example/in/cat", "true"), 1);
}

static void
replied_sees_the_other_way_in_both_orders_and_through_links(void **state)
{
	(void)state;
	tie_rule.rule = SL_PEOPLE_REPLIED;
	tie_stored("from ann", "urn:li:person:Ann", ME);
	tie_link_handle("urn:li:person:Ann", ANN_N);
	tie_stored("to ann", ME, ANN);
	assert_int_equal(tie_contact(ANN_N, "true"), 1);
	assert_int_equal(tie_contact("urn:li:person:Ann", "h.kind = 'urn'"), 1);
	tie_stored("to bob", ME, "urn:li:person:Bob");
	tie_link_handle("urn:li:person:Bob", BOB_N);
	tie_stored("from bob", BOB, ME);
	assert_int_equal(tie_contact(BOB_N, "true"), 1);
	assert_int_equal(tie_contacts(), 2);
}

static void
who_was_deleted_stays_away_and_who_is_blocked_too(void **state)
{
	(void)state;
	tie_connected(ANN, 1, "Ann", "Other");
	assert_int_equal(tie_contacts(), 1);
	sl_test_db_exec(ties.db,
			"DELETE FROM public.contacts WHERE user_id = '%s' AND "
			"NOT is_self_contact",
			ties.user);
	tie_connected(ANN, 2, "Ann", "Other-Else");
	tie_stored("out", ME, ANN);
	assert_int_equal(tie_contacts(), 0);
	tie_rule.block = "www.linkedin.com/in/bob/";
	tie_connected(BOB, 1, "Bob", "B");
	assert_int_equal(tie_contacts(), 0);
}

static void
messages_are_judged_again_when_an_own_profile_becomes_known(void **state)
{
	(void)state;
	tie_connected(BOB, 1, "Bob", "B");
	tie_stored("out", "https://www.linkedin.com/in/me", ANN);
	assert_int_equal(tie_contacts(), 1);
	tie_own("https://www.linkedin.com/in/me");
	tie_page();
	kit_commit(&ties);
	assert_int_equal(tie_contact(ANN_N, "c.origin ->> 'reason' = "
					    "'written-to'"),
			 1);
	assert_int_equal(tie_contacts(), 2);
}

static void
a_contact_that_turns_out_to_be_the_user_goes(void **state)
{
	(void)state;
	tie_rule.rule = SL_PEOPLE_ALL;
	tie_stored("in", BOB, "https://www.linkedin.com/in/me");
	assert_int_equal(tie_contacts(), 2);
	tie_own("https://www.linkedin.com/in/me");
	assert_int_equal(tie_contacts(), 1);
	assert_int_equal(tie_contact("linkedin.com/in/me", "c.is_self_contact"),
			 1);
}

static void
another_user_sees_nothing_of_it(void **state)
{
	struct sl_kit other;

	(void)state;
	tie_connected(ANN, 1, "Ann", "Other");
	tie_link_handle("urn:li:person:Ann", ANN_N);
	kit_init_beside(&other, &ties, NULL, "you@example.com");
	kit_claim(&other);
	assert_int_equal(kit_count(&other, "public.contacts", "true"), 0);
	{
		struct sl_kit mine = ties;

		ties = other;
		tie_box = kit_open(&ties, "box");
		tie_own("urn:li:person:You");
		tie_stored("out", "urn:li:person:You", "urn:li:person:Ann");
		assert_int_equal(tie_contacts(), 0);
		tie_stored("in", "urn:li:person:You", ANN);
		assert_int_equal(tie_contacts(), 1);
		other = ties;
		ties = mine;
	}
	assert_int_equal(tie_contacts(), 1);
	kit_release_beside(&other);
}

/* Hexadecimal digits: the database refuses what is no UTF-8 in a literal. */
static const char *
hex(const char *text)
{
	static char out[1024];
	size_t len = strlen(text);

	SL_ASSERT(2 * len < sizeof(out));
	out[0] = '\0';
	for (size_t i = 0; i < len; i++)
		(void)snprintf(out + 2 * i, 3, "%02x", (unsigned char)text[i]);
	return out;
}

static void
the_database_compares_handles_as_the_gateway_does(void **state)
{
	(void)state;
	for (const struct sl_handle_row *r = sl_handle_rows; r->in; r++)
		CHECK(r->in,
		      sl_text_equal(sl_test_db_text(ties.db,
						    "SELECT sluice.handle_norm("
						    "convert_from(decode('%s', "
						    "'hex'), 'UTF8')) AS v",
						    hex(r->in)),
				    r->out));
	CHECK("512 bytes",
	      sl_test_db_i64(ties.db, "SELECT (length(sluice.handle_norm("
				      "'a.example/' || repeat('%%78', "
				      "502))) = 512)::integer AS v"));
	CHECK("one more",
	      sl_test_db_i64(ties.db,
			     "SELECT (sluice.handle_norm('a.example/' "
			     "|| repeat('%%78', 503)) IS NULL)::integer"
			     " AS v"));
}

#define T(name) cmocka_unit_test_setup_teardown(name, tie_setup, tie_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(own_handles_belong_to_the_self_contact),
		T(an_own_handle_that_is_linked_is_kept_as_written),
		T(connections_become_contacts),
		T(whom_the_user_wrote_to_becomes_a_contact_and_strangers_do_not),
		T(rules_decide),
		T(replied_sees_the_other_way_in_both_orders_and_through_links),
		T(who_was_deleted_stays_away_and_who_is_blocked_too),
		T(messages_are_judged_again_when_an_own_profile_becomes_known),
		T(a_contact_that_turns_out_to_be_the_user_goes),
		T(another_user_sees_nothing_of_it),
		T(the_database_compares_handles_as_the_gateway_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
