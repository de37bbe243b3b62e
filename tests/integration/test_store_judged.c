/* SPDX-License-Identifier: Apache-2.0 */
/*
 * People are judged whenever what decides about them may have changed, and an
 * absurd address holds nobody up.
 */
#include <string.h>

#include "tests/support/store_kit.h"
#include "tests/support/unit.h"

static struct sl_kit kit;

static int
setup(void **state)
{
	(void)state;
	kit_init(&kit);
	kit_claim(&kit);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	kit_release(&kit);
	return 0;
}

static void
own(const char *address)
{
	kit_page(&kit, kit_stream(&kit, "calendars", ""));
	sl_page_own_address(&kit.page)->address = address;
	kit_commit(&kit);
}

static int64_t
contacts(const char *norm)
{
	return sl_test_db_i64(kit.db,
			      "SELECT count(*) AS v FROM public.contact_emails "
			      "WHERE address_norm = '%s'",
			      norm);
}

/* A page of one meeting that the user accepted; it began yesterday. */
static void
meeting(struct sl_stream_row *s, const char *id, int64_t version,
	const char *guest)
{
	struct sl_artifact *a;

	kit_page(&kit, s);
	a = kit_event(&kit, id, version, id, KIT_NOW - KIT_DAY);
	kit_person(&kit, a, guest, "organizer", "accepted");
	kit_person(&kit, a, "me@example.com", "attendee", "accepted");
}

static void
an_overlong_address_holds_no_page(void **state)
{
	static char absurd[1300];
	struct sl_stream_row *s = kit_open(&kit, "long");

	(void)state;
	own("me@example.com");
	memset(absurd, 'x', sizeof(absurd) - 81);
	memcpy(absurd, "mailto:evil@example.org?subject=", 32);
	meeting(s, "l1", 1, absurd);
	kit_commit(&kit);
	assert_int_equal(kit.outcome.counts.created, 1);
	assert_int_equal(sl_test_db_i64(kit.db,
					"SELECT count(*) AS v FROM "
					"public.contact_emails WHERE address = "
					"'evil@example.org'"),
			 1);
}

static void
a_walk_judges_what_is_stored_already(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "again");

	(void)state;
	own("me@example.com");
	meeting(s, "a1", 1, "later@example.org");
	kit.commit.people.rule = SL_PEOPLE_NONE;
	kit_starts(&kit);
	kit_ends(&kit);
	kit_commit(&kit);
	assert_int_equal(contacts("later@example.org"), 0);
	meeting(s, "a1", 1, "later@example.org");
	kit_starts(&kit);
	kit_ends(&kit);
	kit_commit(&kit);
	assert_int_equal(kit.outcome.counts.unchanged, 1);
	assert_int_equal(contacts("later@example.org"), 1);
}

static void
a_restored_meeting_makes_contacts(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "back");

	(void)state;
	own("me@example.com");
	meeting(s, "b1", 1, "back@example.org");
	kit.commit.people.rule = SL_PEOPLE_NONE;
	kit_commit(&kit);
	kit_page(&kit, s);
	kit_tombstone(&kit, "b1");
	kit_commit(&kit);
	meeting(s, "b1", 2, "back@example.org");
	kit_commit(&kit);
	assert_int_equal(kit.outcome.counts.updated, 1);
	assert_int_equal(contacts("back@example.org"), 1);
}

/* An invitation that the user has not answered; it began yesterday. */
static void
unanswered_at(struct sl_kit *k, struct sl_stream_row *s, const char *id,
	      const char *by, const char *guest)
{
	struct sl_artifact *a;

	kit_page(k, s);
	a = kit_event(k, id, 1, id, KIT_NOW - KIT_DAY);
	kit_person(k, a, by, "organizer", "accepted");
	kit_person(k, a, "me@example.com", "attendee", "needsAction");
	kit_person(k, a, guest, "attendee", "accepted");
	kit_commit(k);
}

static void
unanswered(struct sl_stream_row *s, const char *id, const char *by,
	   const char *guest)
{
	unanswered_at(&kit, s, id, by, guest);
}

/* Carol invited another account of the user; then this one meets her. */
static int64_t
guests_met_over(const char *settings, const char *carol, const char *guest)
{
	struct sl_stream_row *s = kit_open(&kit, carol);
	struct sl_kit other;

	kit_init_beside(&other, &kit, kit.user,
			sl_arena_printf(kit.keep, "of-%s", carol));
	sl_test_db_exec(kit.db,
			"UPDATE public.user_integrations SET settings = '%s' "
			"WHERE id = '%s'",
			settings, other.integration);
	kit_claim(&other);
	unanswered_at(&other, kit_open(&other, carol), carol, carol, guest);
	kit_release_beside(&other);
	assert_int_equal(contacts(guest), 0);
	meeting(s, carol, 1, carol);
	kit_commit(&kit);
	assert_int_equal(contacts(carol), 1);
	return contacts(guest);
}

static void
another_account_is_judged_only_by_its_own_settings(void **state)
{
	(void)state;
	own("me@example.com");
	assert_int_equal(
		guests_met_over("{}", "c1@example.org", "g1@example.org"), 1);
	assert_int_equal(guests_met_over("{\"contacts\":\"none\"}",
					 "c2@example.org", "g2@example.org"),
			 0);
	assert_int_equal(guests_met_over("{\"contact_max_participants\":2}",
					 "c3@example.org", "g3@example.org"),
			 0);
}

static void
a_new_contacts_older_invitations_are_judged_again(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "older");
	struct sl_stream_row *t = kit_open(&kit, "another");

	(void)state;
	own("me@example.com");
	unanswered(s, "o1", "carol@example.org", "dave@example.org");
	unanswered(s, "o2", "dave@example.org", "eve@example.org");
	unanswered(t, "o3", "eve@example.org", "frank@example.org");
	assert_int_equal(contacts("dave@example.org"), 0);
	meeting(s, "o4", 1, "carol@example.org");
	kit_commit(&kit);
	assert_int_equal(contacts("carol@example.org"), 1);
	assert_int_equal(contacts("dave@example.org"), 1);
	assert_int_equal(contacts("eve@example.org"), 1);
	assert_int_equal(contacts("frank@example.org"), 1);
	assert_int_equal(kit.outcome.counts.contacts_created, 4);
}

/* A mailbox of the same user. */
static void
mail_begins(struct sl_kit *mail)
{
	struct sl_kit as = kit;

	as.connector = &kit_mail_connector;
	kit_init_beside(mail, &as, kit.user, "me@example.com");
	kit_claim(mail);
}

static void
mail_to(struct sl_kit *mail, const char *id, const char *address)
{
	struct sl_artifact *a;

	kit_page(mail, kit_stream(mail, "changes", ""));
	mail->commit.people.rule = SL_PEOPLE_SENT;
	a = kit_event(mail, id, 1, id, KIT_NOW - KIT_DAY);
	a->type = "email";
	kit_person(mail, a, "me@example.com", "from", NULL);
	kit_person(mail, a, address, "to", NULL);
	kit_commit(mail);
}

static void
poll(struct sl_stream_row *s)
{
	kit_page(&kit, s);
	kit_commit(&kit);
}

static void
mail_that_makes_an_organizer_a_contact_has_events_judged(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "m");
	struct sl_kit mail;

	(void)state;
	own("me@example.com");
	unanswered(s, "m1", "carol@example.org", "dave@example.org");
	unanswered(s, "m2", "dave@example.org", "eve@example.org");
	mail_begins(&mail);
	mail_to(&mail, "w1", "carol@example.org");
	assert_int_equal(contacts("carol@example.org"), 1);
	/* the calendar's settings decide, and its next page heeds them */
	assert_int_equal(contacts("dave@example.org"), 0);
	poll(s);
	assert_int_equal(contacts("dave@example.org"), 1);
	assert_int_equal(contacts("eve@example.org"), 1);
	assert_int_equal(kit_count(&kit, "sluice.people_judged",
				   "basis = '' OR after_id IS NOT NULL"),
			 0);
	kit_release_beside(&mail);
}

static void
events_are_judged_by_own_addresses_that_come_later(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "alias");
	struct sl_artifact *a;
	struct sl_kit mail;

	(void)state;
	own("me@example.com");
	kit_page(&kit, s);
	a = kit_event(&kit, "x1", 1, "x1", KIT_NOW - KIT_DAY);
	kit_person(&kit, a, "guest@example.org", "organizer", "accepted");
	kit_person(&kit, a, "alias@example.com", "attendee", "accepted");
	kit_commit(&kit);
	assert_int_equal(contacts("guest@example.org"), 0);
	mail_begins(&mail);
	kit_page(&mail, kit_stream(&mail, "changes", ""));
	sl_page_own_address(&mail.page)->address = "alias@example.com";
	kit_commit(&mail);
	poll(s);
	assert_int_equal(contacts("guest@example.org"), 1);
	kit_release_beside(&mail);
}

static void
other_settings_decide_at_the_accounts_own_page(void **state)
{
	struct sl_stream_row *s, *t = kit_open(&kit, "t");
	struct sl_kit other;

	(void)state;
	own("me@example.com");
	kit_init_beside(&other, &kit, kit.user, "strict");
	sl_test_db_exec(kit.db,
			"UPDATE public.user_integrations SET settings = "
			"'{\"contact_max_participants\":30}' WHERE id = '%s'",
			other.integration);
	kit_claim(&other);
	s = kit_open(&other, "s");
	unanswered_at(&other, s, "s1", "carol@example.org", "dave@example.org");
	meeting(t, "t1", 1, "carol@example.org");
	kit_commit(&kit);
	assert_int_equal(contacts("carol@example.org"), 1);
	assert_int_equal(contacts("dave@example.org"), 0);
	kit_page(&other, s);
	kit_commit(&other);
	assert_int_equal(contacts("dave@example.org"), 1);
	kit_release_beside(&other);
}

static void
a_card_of_ones_own_becomes_the_self_contact(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "card");

	(void)state;
	sl_test_db_exec(kit.db,
			"WITH c AS (INSERT INTO public.contacts (user_id, "
			"display_name) VALUES ('%s', 'That is me') RETURNING "
			"id, user_id) INSERT INTO public.contact_emails "
			"(user_id, contact_id, address) SELECT user_id, id, "
			"'Me@Example.com' FROM c",
			kit.user);
	own("me@example.com");
	assert_int_equal(kit_count(&kit, "public.contacts",
				   "is_self_contact AND display_name = 'That "
				   "is me'"),
			 1);
	meeting(s, "c1", 1, "friend@example.org");
	kit_commit(&kit);
	assert_int_equal(contacts("friend@example.org"), 1);
	assert_int_equal(contacts("me@example.com"), 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_overlong_address_holds_no_page),
		T(a_walk_judges_what_is_stored_already),
		T(a_restored_meeting_makes_contacts),
		T(a_new_contacts_older_invitations_are_judged_again),
		T(another_account_is_judged_only_by_its_own_settings),
		T(mail_that_makes_an_organizer_a_contact_has_events_judged),
		T(events_are_judged_by_own_addresses_that_come_later),
		T(other_settings_decide_at_the_accounts_own_page),
		T(a_card_of_ones_own_becomes_the_self_contact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
