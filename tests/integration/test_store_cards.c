/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a network says of contacts, and what a person wrote on their cards.
 */
#include "tests/support/tie_kit.h"
#include "tests/support/unit.h"

static void
a_card_that_the_user_wrote_for_a_profile_becomes_the_self_contact(void **state)
{
	(void)state;
	sl_test_db_exec(ties.db,
			"DELETE FROM public.contacts WHERE user_id = '%s'",
			ties.user);
	sl_test_db_exec(ties.db,
			"WITH c AS (INSERT INTO public.contacts (user_id, "
			"display_name) VALUES ('%s', 'I myself') RETURNING id, "
			"user_id) INSERT INTO public.contact_handles (user_id, "
			"contact_id, kind, value) SELECT user_id, id, 'site', "
			"'linkedin.com/in/me' FROM c",
			ties.user);
	tie_own("https://www.linkedin.com/in/me");
	assert_int_equal(kit_count(&ties, "public.contacts", "true"), 1);
	assert_int_equal(tie_contact("linkedin.com/in/me",
				     "c.is_self_contact AND c.display_name = "
				     "'I myself'"),
			 1);
}

static void
what_a_person_wrote_on_a_card_stays(void **state)
{
	struct sl_artifact *a;

	(void)state;
	tie_page();
	a = tie_connection(ANN, 1, "Ann", "Other");
	tie_says(a, "company", "Acme");
	tie_says(a, "position", "Director");
	kit_commit(&ties);
	sl_test_db_exec(ties.db,
			"UPDATE public.contacts SET company = 'By hand', "
			"given_name = NULL WHERE user_id = '%s' AND NOT "
			"is_self_contact",
			ties.user);
	tie_page();
	a = tie_connection(ANN, 2, "Anna", "New");
	tie_says(a, "company", "Bigger");
	tie_says(a, "position", "President");
	kit_commit(&ties);
	assert_int_equal(
		tie_contact(
			ANN_N,
			"c.company = 'By hand' AND c.given_name IS NULL AND "
			"c.family_name = 'New' AND c.title = 'President' AND "
			"c.display_name = 'Anna New' AND "
			"c.professional_context #>> '{linkedin,company}' = "
			"'Bigger'"),
		1);
	/* What the provider no longer says goes; what is by hand stays. */
	tie_connected(ANN, 3, "Anna", "New");
	assert_int_equal(
		tie_contact(ANN_N, "c.company = 'By hand' AND c.title IS NULL "
				   "AND NOT c.professional_context ? "
				   "'linkedin'"),
		1);
	tie_page();
	a = tie_connection(ANN, 4, "Anna", "New");
	tie_says(a, "position", "Guest");
	kit_commit(&ties);
	assert_int_equal(tie_contact(ANN_N, "c.title = 'Guest'"), 1);
}

static void
an_older_connection_undoes_nothing(void **state)
{
	struct sl_artifact *a;

	(void)state;
	tie_page();
	a = tie_connection(ANN, 9, "Ann", "Other");
	tie_says(a, "company", "Newer");
	kit_commit(&ties);
	tie_page();
	a = tie_connection(ANN, 3, "Ann", "Other");
	a->source_id = "another road";
	tie_says(a, "company", "Older");
	kit_commit(&ties);
	assert_int_equal(tie_contact(ANN_N, "c.company = 'Newer'"), 1);
}

static void
an_address_of_a_contact_joins_the_profile_to_it(void **state)
{
	struct sl_artifact *a;

	(void)state;
	sl_test_db_exec(ties.db,
			"WITH c AS (INSERT INTO public.contacts (user_id, "
			"display_name) VALUES ('%s', 'Annie') RETURNING id, "
			"user_id) INSERT INTO public.contact_emails (user_id, "
			"contact_id, address) SELECT user_id, id, "
			"'ann@example.org' FROM c",
			ties.user);
	tie_page();
	a = tie_connection(ANN, 1, "Ann", "Other");
	tie_has_email(a, "ANN@example.org");
	tie_has_email(a, "second@example.org");
	kit_commit(&ties);
	assert_int_equal(ties.outcome.counts.contacts_created, 0);
	assert_int_equal(tie_contacts(), 1);
	assert_int_equal(tie_contact(ANN_N,
				     "c.display_name = 'Annie' AND "
				     "c.given_name = 'Ann' AND c.source = "
				     "'manual'"),
			 1);
	assert_int_equal(kit_count(&ties, "public.contact_emails",
				   "address_norm LIKE '%@example.org'"),
			 2);
	assert_int_equal(kit_count(&ties, "public.suggestions", "true"), 0);
}

static void
two_contacts_of_one_address_make_one_suggestion_ever(void **state)
{
	struct sl_artifact *a;

	(void)state;
	sl_test_db_exec(ties.db,
			"WITH c AS (INSERT INTO public.contacts (user_id, "
			"display_name) VALUES ('%s', 'Annie') RETURNING id, "
			"user_id) INSERT INTO public.contact_emails (user_id, "
			"contact_id, address) SELECT user_id, id, "
			"'ann@example.org' FROM c",
			ties.user);
	tie_stored("out", ME, ANN);
	assert_int_equal(tie_contacts(), 2);
	for (int64_t version = 1; version < 4; version++) {
		tie_page();
		a = tie_connection(ANN, version, "Ann", "Other");
		tie_has_email(a, "ann@example.org");
		kit_commit(&ties);
		assert_int_equal(
			kit_count(&ties, "public.suggestions s",
				  "kind = 'merge' AND artifact_id IS NOT NULL "
				  "AND EXISTS (SELECT FROM "
				  "public.contact_handles h WHERE h.contact_id "
				  "= s.contact_id AND h.value_norm = '" ANN_N
				  "') AND EXISTS (SELECT FROM "
				  "public.contact_emails e WHERE "
				  "e.contact_id::text = s.proposal ->> "
				  "'contact_id')"),
			1);
		assert_int_equal(kit_count(&ties, "public.suggestions", "true"),
				 1);
		sl_test_db_exec(ties.db,
				"UPDATE public.suggestions SET status = "
				"'dismissed' WHERE user_id = '%s'",
				ties.user);
	}
	assert_int_equal(tie_contacts(), 2);
}

static void
an_address_that_the_user_took_away_does_not_come_back(void **state)
{
	struct sl_artifact *a;

	(void)state;
	for (int64_t version = 1; version < 3; version++) {
		tie_page();
		a = tie_connection(ANN, version, "Ann", "Other");
		tie_has_email(a, "ann@example.org");
		kit_commit(&ties);
		assert_int_equal(kit_count(&ties, "public.contact_emails",
					   "address_norm = 'ann@example.org'"),
				 version == 1);
		sl_test_db_exec(ties.db,
				"DELETE FROM public.contact_emails WHERE "
				"user_id = '%s'",
				ties.user);
	}
}

#define T(name) cmocka_unit_test_setup_teardown(name, tie_setup, tie_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(a_card_that_the_user_wrote_for_a_profile_becomes_the_self_contact),
		T(what_a_person_wrote_on_a_card_stays),
		T(an_older_connection_undoes_nothing),
		T(an_address_of_a_contact_joins_the_profile_to_it),
		T(two_contacts_of_one_address_make_one_suggestion_ever),
		T(an_address_that_the_user_took_away_does_not_come_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
