/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who becomes a contact, as stored: the policy meets the database.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/store_kit.h"
// cmocka last
#include <cmocka.h>

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
own(struct sl_kit *k, const char *address, const char *name)
{
	struct sl_own_address *a = sl_page_own_address(&k->page);

	a->address = address;
	a->name = name;
}

static int64_t
contact(const char *norm, const char *where)
{
	return sl_test_db_i64(kit.db,
			      "SELECT count(*) AS v FROM public.contacts c "
			      "JOIN public.contact_emails e ON e.contact_id = "
			      "c.id WHERE e.address_norm = '%s' AND (%s)",
			      norm, where);
}

/* A page of one event that the user was invited to. */
static struct sl_artifact *
invited(struct sl_stream_row *s, const char *id, int64_t at, const char *by,
	const char *response)
{
	struct sl_artifact *a;

	kit_page(&kit, s);
	a = kit_event(&kit, id, 1, id, at);
	kit_person(&kit, a, by, "organizer", "accepted");
	kit_person(&kit, a, "me@example.com", "attendee", response);
	return a;
}

static void
own_addresses_make_the_self_contact_once(void **state)
{
	char mark[64];

	(void)state;
	for (int i = 0; i < 2; i++) {
		kit_page(&kit, kit_stream(&kit, "calendars", ""));
		own(&kit, "Me@Example.com", "Me Myself");
		own(&kit, "mailto:me@example.com", NULL);
		own(&kit, "me2@example.com", NULL);
		own(&kit, "no address", NULL);
		kit_commit(&kit);
		if (i == 0)
			(void)snprintf(
				mark, sizeof(mark), "%s",
				sl_test_db_text(kit.db,
						"SELECT md5(string_agg(xmin::"
						"text, ',' ORDER BY id)) AS v "
						"FROM public.contact_emails"));
	}
	assert_int_equal(kit_count(&kit, "public.contacts",
				   "is_self_contact AND display_name = 'Me "
				   "Myself'"),
			 1);
	assert_int_equal(contact("me@example.com", "c.is_self_contact AND "
						   "e.address = "
						   "'Me@Example.com'"),
			 1);
	assert_int_equal(contact("me2@example.com", "c.is_self_contact"), 1);
	assert_int_equal(kit_count(&kit, "public.contacts", "true"), 1);
	assert_string_equal(
		sl_test_db_text(kit.db, "SELECT md5(string_agg(xmin::text, ',' "
					"ORDER BY id)) AS v FROM "
					"public.contact_emails"),
		mark);
}

static void
an_accepted_meeting_that_began_makes_contacts(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "met");
	struct sl_artifact *a;

	(void)state;
	a = invited(s, "m1", KIT_NOW - KIT_DAY, "boss@example.org", "accepted");
	kit_person(&kit, a, "Ann <x", "attendee", NULL);
	kit_person(&kit, a, "Ann@Example.org", "attendee", "declined");
	a->participants->next->next->next->name = "Ann Other";
	kit_person(&kit, a, "no-reply@example.org", "attendee", NULL);
	kit_person(&kit, a, "room@example.org", "attendee", NULL);
	a->participants->next->next->next->next->next->not_person = true;
	kit_commit(&kit);
	assert_int_equal(kit.outcome.counts.contacts_created, 2);
	assert_int_equal(contact("ann@example.org",
				 "c.display_name = 'Ann Other' AND e.address = "
				 "'Ann@Example.org' AND c.source = "
				 "'google_calendar' AND c.origin ->> 'reason' "
				 "= 'met-accepted' AND c.origin ->> 'rule' = "
				 "'met' AND (c.origin ->> 'artifact')::uuid = "
				 "(SELECT id FROM public.artifacts WHERE "
				 "source_id = 'm1') AND e.last_seen_at = "
				 "'2026-11-19 12:00:00Z'"),
			 1);
	assert_int_equal(contact("boss@example.org", "c.display_name IS NULL"),
			 1);
}

static void
dates_move_with_whatever_was_seen_first_and_last(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "seen");

	(void)state;
	(void)invited(s, "s1", KIT_NOW - KIT_DAY + SL_US_PER_S,
		      "boss@example.org", "accepted");
	kit_commit(&kit);
	assert_int_equal(contact("boss@example.org",
				 "e.last_seen_at = '2026-11-19 12:00:01Z'"),
			 1);
	(void)invited(s, "s2", KIT_NOW - 30 * KIT_DAY, "boss@example.org",
		      "declined");
	kit_commit(&kit);
	(void)invited(s, "s3", KIT_NOW + KIT_DAY, "boss@example.org",
		      "accepted");
	kit_commit(&kit);
	assert_int_equal(contact("boss@example.org",
				 "e.last_seen_at = '2026-11-19 12:00:01Z' AND "
				 "e.first_seen_at = '2026-10-21 12:00:00Z'"),
			 1);
}

static void
a_meeting_counts_once_it_has_begun(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "later");

	(void)state;
	(void)invited(s, "l1", KIT_NOW + KIT_DAY, "later@example.org",
		      "accepted");
	kit_commit(&kit);
	assert_int_equal(kit.outcome.counts.contacts_created, 0);
	kit.now_us += KIT_DAY / 2;
	kit_page(&kit, s);
	kit.commit.rests = true;
	kit_commit(&kit);
	assert_int_equal(contact("later@example.org", "true"), 0);
	kit.now_us += KIT_DAY;
	kit_page(&kit, s);
	kit.commit.rests = true;
	kit_commit(&kit);
	assert_int_equal(kit.outcome.counts.contacts_created, 1);
	assert_int_equal(contact("later@example.org", "true"), 1);
	kit.now_us = KIT_NOW;
}

static void
an_unanswered_invitation_counts_by_its_organizer(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "known");
	struct sl_artifact *a;

	(void)state;
	/* z organises m0; only m1 makes z a contact, in the same page. */
	a = invited(s, "k0", KIT_NOW - KIT_DAY, "z@example.org", "needsAction");
	kit_person(&kit, a, "guest@example.org", "attendee", NULL);
	a = kit_event(&kit, "k1", 1, "k1", KIT_NOW - KIT_DAY);
	kit_person(&kit, a, "me@example.com", "organizer", NULL);
	kit_person(&kit, a, "z@example.org", "attendee", NULL);
	a = kit_event(&kit, "k2", 1, "k2", KIT_NOW - KIT_DAY);
	kit_person(&kit, a, "stranger@example.org", "organizer", NULL);
	kit_person(&kit, a, "me@example.com", "attendee", "needsAction");
	kit_commit(&kit);
	assert_int_equal(contact("z@example.org",
				 "c.origin ->> 'reason' = 'met-organised'"),
			 1);
	assert_int_equal(contact("guest@example.org", "c.origin ->> 'reason' = "
						      "'met-known-organizer'"),
			 1);
	assert_int_equal(contact("stranger@example.org", "true"), 0);
}

static void
the_days_of_a_new_contact_are_those_of_all_that_is_stored(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "days");

	(void)state;
	/* declined: seen, but nobody's contact for that */
	(void)invited(s, "y1", KIT_NOW - 3 * KIT_DAY, "day@example.org",
		      "declined");
	kit_commit(&kit);
	assert_int_equal(contact("day@example.org", "true"), 0);
	(void)invited(s, "y2", KIT_NOW - 2 * KIT_DAY, "day@example.org",
		      "accepted");
	kit_commit(&kit);
	assert_int_equal(contact("day@example.org",
				 "e.first_seen_at = '2026-11-17 12:00:00Z' AND "
				 "e.last_seen_at = '2026-11-18 12:00:00Z'"),
			 1);
}

static void
what_the_user_deleted_does_not_come_back(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "gone");

	(void)state;
	(void)invited(s, "g1", KIT_NOW - KIT_DAY, "ex@example.org", "accepted");
	kit_commit(&kit);
	assert_int_equal(contact("ex@example.org", "true"), 1);
	sl_test_db_exec(kit.db,
			"BEGIN; SELECT set_config('request.jwt.claims', "
			"'{\"sub\":\"%s\"}', true), set_config('role', "
			"'authenticated', true); DELETE FROM public.contacts "
			"WHERE id IN (SELECT contact_id FROM "
			"public.contact_emails WHERE address_norm = "
			"'ex@example.org'); COMMIT",
			kit.user);
	(void)invited(s, "g2", KIT_NOW - KIT_DAY, "ex@example.org", "accepted");
	kit_commit(&kit);
	assert_int_equal(kit.outcome.counts.contacts_created, 0);
	assert_int_equal(contact("ex@example.org", "true"), 0);
}

static void
an_own_address_leaves_the_contact_that_sync_made(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "alias");

	(void)state;
	(void)invited(s, "a1", KIT_NOW - KIT_DAY, "alias@example.org",
		      "accepted");
	kit_commit(&kit);
	assert_int_equal(contact("alias@example.org", "NOT c.is_self_contact"),
			 1);
	sl_test_db_exec(kit.db,
			"WITH c AS (INSERT INTO public.contacts (user_id) "
			"VALUES ('%s') RETURNING id, user_id) INSERT INTO "
			"public.contact_emails (user_id, contact_id, address, "
			"address_norm) SELECT user_id, id, 'typed@example.org',"
			" 'typed@example.org' FROM c",
			kit.user);
	kit_page(&kit, kit_stream(&kit, "calendars", ""));
	own(&kit, "alias@example.org", NULL);
	own(&kit, "typed@example.org", NULL);
	kit_commit(&kit);
	assert_int_equal(contact("alias@example.org", "c.is_self_contact"), 1);
	assert_int_equal(contact("typed@example.org", "NOT c.is_self_contact"),
			 1);
	assert_int_equal(kit_count(&kit, "public.contacts c",
				   "NOT EXISTS (SELECT FROM "
				   "public.contact_emails e WHERE e.contact_id "
				   "= c.id)"),
			 0);
}

static void
the_rules_all_and_none(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "rules");

	(void)state;
	(void)invited(s, "r1", KIT_NOW - KIT_DAY, "none@example.org",
		      "accepted");
	kit.commit.people.rule = SL_PEOPLE_NONE;
	kit_commit(&kit);
	assert_int_equal(contact("none@example.org", "true"), 0);
	(void)invited(s, "r2", KIT_NOW + KIT_DAY, "all@example.org",
		      "declined");
	kit.commit.people.rule = SL_PEOPLE_ALL;
	kit_commit(&kit);
	assert_int_equal(contact("all@example.org",
				 "c.origin ->> 'reason' = 'rule-all'"),
			 1);
}

#define MEET_PAGES  30
#define MEET_PEOPLE 40

struct meeter {
	struct sl_kit kit;
	struct sl_stream_row *s;
	bool backwards;
	int failed;
	int64_t created;
};

/* Pages of events with the same people, named in opposite orders. */
static void *
meet(void *ctx)
{
	struct meeter *m = ctx;
	char text[64];

	for (int page = 0; page < MEET_PAGES; page++) {
		kit_page(&m->kit, m->s);
		for (int i = 0; i < MEET_PEOPLE; i++) {
			int n = page * 20 +
				(m->backwards ? MEET_PEOPLE - 1 - i : i);
			struct sl_artifact *a;

			(void)snprintf(text, sizeof(text), "p%d-%d", page, i);
			a = kit_event(&m->kit, text, 1, text,
				      KIT_NOW - (page + 2) * KIT_DAY);
			kit_person(&m->kit, a, "me@example.com", "organizer",
				   NULL);
			(void)snprintf(text, sizeof(text), "crowd%d@x.org", n);
			kit_person(&m->kit, a, text, "attendee", NULL);
		}
		if (kit_try_commit(&m->kit) != SL_OK)
			m->failed++;
		m->created += m->kit.outcome.counts.contacts_created;
	}
	return NULL;
}

static void
two_connections_meet_the_same_people_without_deadlock(void **state)
{
	static struct meeter m[2];
	pthread_t threads[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		kit_init_beside(&m[i].kit, &kit, kit.user,
				i == 0 ? "one@example.com" : "two@example.com");
		kit_claim(&m[i].kit);
		m[i].s = kit_open(&m[i].kit, "crowd");
		m[i].backwards = i == 1;
	}
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, meet, &m[i]),
				 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	assert_int_equal(m[0].failed + m[1].failed, 0);
	assert_int_equal(m[0].created + m[1].created,
			 MEET_PAGES * 20 + MEET_PEOPLE - 20);
	assert_int_equal(kit_count(&kit, "public.contact_emails",
				   "address_norm LIKE 'crowd%%'"),
			 m[0].created + m[1].created);
	/* Neither overlooked when the other one saw them. */
	assert_int_equal(
		sl_test_db_i64(
			kit.db,
			"SELECT count(*) AS v FROM public.contact_emails e "
			"JOIN (SELECT p.value_norm, min(a.occurred_at) AS "
			"first, max(a.occurred_at) AS last FROM "
			"public.artifact_participants p JOIN public.artifacts "
			"a ON a.id = p.artifact_id GROUP BY p.value_norm) w "
			"ON w.value_norm = e.address_norm WHERE "
			"e.address_norm LIKE 'crowd%%' AND (e.first_seen_at "
			"<> w.first OR e.last_seen_at <> w.last)"),
		0);
	for (int i = 0; i < 2; i++)
		kit_release_beside(&m[i].kit);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(own_addresses_make_the_self_contact_once),
		cmocka_unit_test(an_accepted_meeting_that_began_makes_contacts),
		cmocka_unit_test(
			dates_move_with_whatever_was_seen_first_and_last),
		cmocka_unit_test(a_meeting_counts_once_it_has_begun),
		cmocka_unit_test(
			an_unanswered_invitation_counts_by_its_organizer),
		cmocka_unit_test(
			the_days_of_a_new_contact_are_those_of_all_that_is_stored),
		cmocka_unit_test(what_the_user_deleted_does_not_come_back),
		cmocka_unit_test(
			an_own_address_leaves_the_contact_that_sync_made),
		cmocka_unit_test(the_rules_all_and_none),
		cmocka_unit_test(
			two_connections_meet_the_same_people_without_deadlock),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
