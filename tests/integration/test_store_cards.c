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

static struct sl_person *
entry(const char *id, const char *name)
{
	struct sl_person *x = sl_page_person(&ties.page);

	x->source_id = id;
	x->name = name;
	ties.page.items++;
	return x;
}

static void
links_give_a_contact_its_other_handles(void **state)
{
	(void)state;
	tie_connected(ANN, 4, "Ann", "Other");
	/* The same message by two roads: who is who. */
	tie_stored("m1", "urn:li:person:Ann", ME);
	tie_told("m1", ANN, ME);
	assert_int_equal(tie_contact("urn:li:person:Ann",
				     "h.kind = 'urn' AND c.given_name = 'Ann' "
				     "AND h.source = 'linkedin'"),
			 1);
	assert_int_equal(tie_contacts(), 1);
}

static void
whom_the_user_wrote_to_by_a_urn_becomes_a_contact_once_linked(void **state)
{
	(void)state;
	tie_stored("out", ME, "urn:li:person:Bob");
	assert_int_equal(tie_contacts(), 0);
	tie_stored("in", "urn:li:person:Bob", ME);
	tie_told("in", BOB, ME);
	assert_int_equal(tie_contact(BOB_N, "c.origin ->> 'reason' = "
					    "'written-to'"),
			 1);
	assert_int_equal(tie_contact("urn:li:person:Bob", "true"), 1);
	assert_int_equal(tie_contacts(), 1);
}

static void
what_is_linked_to_the_user_is_the_user(void **state)
{
	(void)state;
	tie_rule.rule = SL_PEOPLE_ALL;
	tie_stored("out", "https://www.linkedin.com/in/me", BOB);
	assert_int_equal(tie_contacts(), 2);
	tie_told("out", ME, BOB);
	assert_int_equal(tie_contact("linkedin.com/in/me", "c.is_self_contact"),
			 1);
	assert_int_equal(tie_contacts(), 1);
}

static void
the_user_speaks_of_itself(void **state)
{
	struct sl_person *x;

	(void)state;
	tie_page();
	x = entry("profile", "Me Myself");
	x->self = true;
	x->version = 8;
	x->given_name = "Me";
	x->title = "Boss";
	x->part = "profile";
	x->context = json_pack("{s:s}", "headline", "new");
	x = entry("positions", NULL);
	x->self = true;
	x->version = 8;
	x->part = "positions";
	x->context = json_pack("[s]", "Boss");
	kit_commit(&ties);
	assert_int_equal(ties.outcome.counts.updated, 2);
	assert_int_equal(
		kit_count(&ties, "public.contacts",
			  "is_self_contact AND given_name = 'Me' AND title = "
			  "'Boss' AND display_name = 'Me Myself' AND "
			  "professional_context = '{\"linkedin\": "
			  "{\"profile\": {\"headline\": \"new\"}, "
			  "\"positions\": [\"Boss\"]}}'"),
		1);
	for (int64_t version = 7; version < 11; version++) {
		tie_page();
		x = entry("profile", "Me Myself");
		x->self = true;
		x->version = version;
		x->part = "profile";
		x->context = json_pack("{s:s}", "headline",
				       version < 9 ? "older" : "newer");
		kit_commit(&ties);
		assert_int_equal(ties.outcome.counts.updated, version == 9);
		assert_int_equal(ties.outcome.counts.unchanged, version != 9);
		assert_int_equal(
			kit_count(&ties, "public.contacts",
				  version < 9
					  ? "professional_context #>> "
					    "'{linkedin,profile,headline}' = "
					    "'new'"
					  : "professional_context #>> "
					    "'{linkedin,profile,headline}' = "
					    "'newer'"),
			1);
	}
	assert_int_equal(kit_count(&ties, "public.contacts",
				   "professional_context #> "
				   "'{linkedin,positions}' IS NOT NULL"),
			 1);
}

static void
an_address_book_fills_what_a_contact_lacks(void **state)
{
	static const char *const addresses[] = { "Ann@Example.org", NULL };
	static const char *const handles[] = { ANN, NULL };
	struct sl_artifact *a;
	struct sl_person *x;

	(void)state;
	tie_page();
	a = tie_connection(ANN, 4, "Ann", "Other");
	tie_says(a, "company", "Acme");
	kit_commit(&ties);
	for (int turn = 0; turn < 2; turn++) {
		tie_page();
		x = entry("book:ann", "Annie");
		x->addresses = addresses;
		x->handles = handles;
		x->company = "Old";
		x->title = "Director";
		kit_commit(&ties);
		assert_int_equal(ties.outcome.counts.updated, turn == 0);
		assert_int_equal(ties.outcome.counts.unchanged, turn == 1);
	}
	assert_int_equal(tie_contact(ANN_N, "c.company = 'Acme' AND c.title = "
					    "'Director' AND c.display_name = "
					    "'Ann Other'"),
			 1);
	assert_int_equal(kit_count(&ties, "public.contact_emails",
				   "address_norm = 'ann@example.org'"),
			 1);
	/* What the connection does not say, it does not take away. */
	tie_page();
	a = tie_connection(ANN, 5, "Ann", "Other");
	tie_says(a, "company", "Bigger");
	kit_commit(&ties);
	assert_int_equal(tie_contact(ANN_N, "c.company = 'Bigger' AND c.title "
					    "= 'Director'"),
			 1);
}

static void
who_stands_in_an_address_book_alone_is_left_out(void **state)
{
	static const char *const bob[] = { BOB, NULL };
	struct sl_person *x;

	(void)state;
	tie_page();
	x = entry("book:bob", "Bob B");
	x->handles = bob;
	(void)entry("book:nobody", "No Identity");
	kit_commit(&ties);
	assert_int_equal(ties.outcome.counts.filtered, 2);
	assert_int_equal(tie_contacts(), 0);
	assert_int_equal(kit_count(&ties, "public.sync_items",
				   "state = 'filtered' AND ((source_id = "
				   "'book:bob' AND reason = "
				   "'address-book-only') OR (source_id = "
				   "'book:nobody' AND reason = "
				   "'not-a-person'))"),
			 2);
	/* Known: the ledger forgets it. */
	tie_connected(BOB, 1, "Bob", "B");
	tie_page();
	x = entry("book:bob", "Bob B");
	x->handles = bob;
	x->title = "Builder";
	kit_commit(&ties);
	assert_int_equal(tie_contact(BOB_N, "c.title = 'Builder'"), 1);
	assert_int_equal(kit_count(&ties, "public.sync_items", "true"), 1);
}

static void
by_the_rule_all_an_address_book_makes_contacts(void **state)
{
	static const char *const bob[] = { BOB, NULL };
	static const char *const bobs[] = { "bob@example.org", NULL };
	static const char *const ann[] = { "ann@example.org", NULL };
	struct sl_person *x;

	(void)state;
	tie_rule.rule = SL_PEOPLE_ALL;
	tie_rule.block = "blocked.example";
	for (int turn = 0; turn < 2; turn++) {
		tie_page();
		x = entry("book:bob", "Bob B");
		x->handles = bob;
		x->addresses = bobs;
		x = entry("book:bob again", "Bob B");
		x->addresses = bobs;
		x->company = "Acme";
		x = entry("book:ann", "Ann");
		x->addresses = ann;
		kit_commit(&ties);
		assert_int_equal(ties.outcome.counts.contacts_created,
				 turn == 0 ? 2 : 0);
	}
	assert_int_equal(tie_contact(BOB_N, "c.display_name = 'Bob B' AND "
					    "c.company = 'Acme' AND c.origin "
					    "->> 'reason' = 'rule-all' AND "
					    "c.source = 'linkedin'"),
			 1);
	assert_int_equal(kit_count(&ties, "public.contact_emails", "true"), 2);
	sl_test_db_exec(ties.db,
			"DELETE FROM public.contacts WHERE user_id = '%s' AND "
			"NOT is_self_contact",
			ties.user);
	tie_page();
	x = entry("book:bob", "Bob B");
	x->handles = bob;
	kit_commit(&ties);
	assert_int_equal(tie_contacts(), 0);
	assert_int_equal(
		kit_count(&ties, "public.sync_items", "reason = 'suppressed'"),
		1);
}

static void
an_entry_of_two_contacts_suggests_to_merge_them(void **state)
{
	static const char *const both[] = { ANN, BOB, NULL };
	struct sl_person *x;

	(void)state;
	tie_connected(ANN, 1, "Ann", "Other");
	tie_connected(BOB, 1, "Bob", "B");
	for (int turn = 0; turn < 2; turn++) {
		tie_page();
		x = entry("book:both", "Both");
		x->handles = both;
		kit_commit(&ties);
		assert_int_equal(kit_count(&ties, "public.suggestions",
					   "kind = 'merge' AND proposal ->> "
					   "'handle' = '" BOB_N "'"),
				 1);
		assert_int_equal(kit_count(&ties, "public.suggestions", "true"),
				 1);
	}
	assert_int_equal(tie_contacts(), 2);
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
		T(links_give_a_contact_its_other_handles),
		T(whom_the_user_wrote_to_by_a_urn_becomes_a_contact_once_linked),
		T(what_is_linked_to_the_user_is_the_user),
		T(the_user_speaks_of_itself),
		T(an_address_book_fills_what_a_contact_lacks),
		T(who_stands_in_an_address_book_alone_is_left_out),
		T(by_the_rule_all_an_address_book_makes_contacts),
		T(an_entry_of_two_contacts_suggests_to_merge_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
