/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `explain` of people of a network, and what goes with their account.
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"

#include "state/erase.h"
#include "state/explain.h"
#include "tests/support/tie_kit.h"
#include "tests/support/unit.h"

static const char *const rules[] = { "connected", "none", NULL };
static const struct sl_option options[] = {
	{ .name = "contacts",
	  .type = SL_OPT_CHOICE,
	  .fallback = "connected",
	  .choices = rules,
	  .help = "Whom a network makes a contact." },
	{ .name = NULL },
};
static const struct sl_connector network = { .name = "linkedin",
					     .options = options };
static const struct sl_connector *const registry[] = { &network, NULL };

static struct sl_pg *pg;
static struct sl_arena *arena;

static int
setup(void **state)
{
	struct sl_error err;

	(void)tie_setup(state);
	arena = sl_arena_new();
	return sl_pg_connect(sl_test_db_url(ties.db), &pg, &err) == SL_OK ? 0
									  : -1;
}

static int
teardown(void **state)
{
	sl_pg_free(&pg);
	sl_arena_free(&arena);
	return tie_teardown(state);
}

/* The one person behind a handle; a new reference. */
static json_t *
person(const char *handle)
{
	const struct sl_explain x = { .pg = pg,
				      .user_id = ties.user,
				      .argument = handle,
				      .registry = registry,
				      .arena = arena };
	json_t *people = NULL, *one;
	struct sl_error err;

	if (sl_explain_people(&x, &people, &err) != SL_OK)
		fail_msg("%s: %s", handle, err.text);
	assert_int_equal(json_array_size(people), 1);
	one = json_incref(json_array_get(people, 0));
	json_decref(people);
	return one;
}

static void
is_told(const char *handle, const char *norm, const char *reason, bool contact)
{
	json_auto_t *who = person(handle);
	const json_t *verdict = sl_json_object(who, "verdict");

	CHECK(handle, sl_text_equal(sl_json_text(who, "norm"), norm));
	if (!sl_text_equal(sl_json_text(verdict, "reason"), reason))
		fail_msg("%s: %s", handle, sl_json_text(verdict, "reason"));
	CHECK(handle, sl_json_bool(verdict, "contact") == contact);
	CHECK(handle, (sl_json_object(who, "contact") != NULL) ==
			      (contact || sl_json_bool(who, "own")));
	CHECK(handle,
	      sl_json_object(who, "ties") != NULL || sl_json_bool(who, "own"));
}

static void
why_somebody_is_a_contact_is_what_the_store_did(void **state)
{
	(void)state;
	tie_connected(ANN, 1, "Ann", "Other");
	tie_stored("in", "urn:li:person:Bob", ME);
	tie_stored("bare", "urn:li:person:Bare", ME);
	tie_told("in", BOB, ME);
	tie_stored("to cat", ME, "https://l.example/in/cat");
	is_told(ANN, ANN_N, "connection", true);
	is_told("linkedin.com/in/ANN-other", ANN_N, "connection", true);
	is_told(BOB, BOB_N, "not-by-user", false);
	is_told("urn:li:person:Bob", BOB_N, "not-by-user", false);
	is_told("urn:li:person:Bare", "urn:li:person:Bare", "not-by-user",
		false);
	is_told("l.example/in/cat", "l.example/in/cat", "written-to", true);
	is_told(ME, ME, "own-address", false);
	kit_page(&ties, tie_box);
	kit_tombstone(&ties, "to cat");
	kit_commit(&ties);
	{
		json_auto_t *who = person("l.example/in/cat");

		assert_string_equal(
			sl_json_text(sl_json_object(who, "verdict"), "reason"),
			"message-gone");
		assert_non_null(sl_json_object(who, "contact"));
	}
}

static void
what_only_the_network_made_goes_with_it(void **state)
{
	struct sl_eraser eraser = { .user_id = ties.user,
				    .integration_id = ties.integration,
				    .connector = "linkedin" };
	struct sl_artifact *a;
	struct sl_error err;
	bool more = true;

	(void)state;
	tie_page();
	a = tie_connection(ANN, 1, "Ann", "Other");
	tie_has_email(a, "ann@example.org");
	kit_commit(&ties);
	tie_connected(ANN, 2, "Ann", "Renamed");
	tie_connected(BOB, 1, "Bob", "B");
	tie_stored("in", "urn:li:person:Ann", ME);
	tie_told("in", ANN, ME);
	assert_int_equal(tie_contact("urn:li:person:Ann", "true"), 1);
	sl_test_db_exec(ties.db,
			"UPDATE public.contacts SET notes = 'mine' WHERE "
			"given_name = 'Bob' AND user_id = '%s'",
			ties.user);
	sl_test_db_exec(ties.db,
			"UPDATE public.user_integrations SET status = "
			"'disconnected', grant_id = NULL WHERE id = '%s'",
			ties.integration);
	assert_int_equal(sl_erase_begin(pg, &eraser, &err), SL_OK);
	while (more)
		if (sl_erase_step(pg, &eraser, &more, &err) != SL_OK)
			fail_msg("%s", err.text);
	assert_int_equal(tie_contact(ANN_N, "true"), 0);
	assert_int_equal(tie_contact(BOB_N, "c.notes = 'mine'"), 1);
	assert_int_equal(tie_contacts(), 1);
	assert_int_equal(kit_count(&ties, "public.contact_emails",
				   "address_norm = 'ann@example.org'"),
			 0);
	assert_int_equal(kit_count(&ties, "sluice.handle_links", "true"), 0);
	assert_int_equal(kit_count(&ties, "sluice.erasures",
				   "(counts ->> 'sluice.handle_links')::bigint "
				   "= 1 AND (counts ->> "
				   "'public.contact_handles')::bigint >= 2"),
			 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			why_somebody_is_a_contact_is_what_the_store_did, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			what_only_the_network_made_goes_with_it, setup,
			teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
