/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who becomes a contact by mail, as stored: direction, both ways, bulk, what
 * comes back, and all of it again when a rule or an own address changes.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#include "tests/support/store_kit.h"
#include "tests/support/unit.h"

#define ME "me@example.com"

static struct sl_kit kit;
static struct sl_stream_row *box;
static struct sl_people_options rule; /* of the next pages */

static void
page(void)
{
	kit_page(&kit, box);
	kit.commit.people = rule;
}

static void
own(const char *address)
{
	kit_page(&kit, kit_stream(&kit, "calendars", ""));
	kit.commit.people = rule;
	sl_page_own_address(&kit.page)->address = address;
	kit_commit(&kit);
}

static int
setup(void **state)
{
	(void)state;
	kit_init(&kit);
	kit_claim(&kit);
	box = kit_open(&kit, "box");
	rule = (struct sl_people_options){ .rule = SL_PEOPLE_SENT,
					   .max_participants = 25 };
	own(ME);
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	kit_release(&kit);
	return 0;
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

static int64_t
contacts(void)
{
	return kit_count(&kit, "public.contacts", "NOT is_self_contact");
}

static struct sl_artifact *
message(const char *id, const char *from, const char *to)
{
	struct sl_artifact *a =
		kit_event(&kit, id, 1, id, KIT_NOW - 2 * KIT_DAY);

	a->type = "email";
	a->ends_us = a->reach_us = SL_NO_TIME;
	kit_person(&kit, a, from, "from", NULL);
	if (to != NULL)
		kit_person(&kit, a, to, "to", NULL);
	return a;
}

/* A page of one message. */
static struct sl_artifact *
mail(const char *id, const char *from, const char *to)
{
	page();
	return message(id, from, to);
}

static void
stored(const char *id, const char *from, const char *to)
{
	(void)mail(id, from, to);
	kit_commit(&kit);
}

static void
is_bulk(struct sl_artifact *a)
{
	(void)json_object_set_new(a->metadata, "bulk", json_string("list-id"));
}

static void
last_name(struct sl_artifact *a, const char *name)
{
	struct sl_participant *p = a->participants;

	while (p->next != NULL)
		p = p->next;
	p->name = name;
}

static void
those_the_user_wrote_to_become_contacts(void **state)
{
	struct sl_artifact *a;

	(void)state;
	a = mail("s1", "Me@Example.com", "Ann@Example.org");
	last_name(a, "Ann Other");
	kit_person(&kit, a, "cc@example.org", "cc", NULL);
	kit_person(&kit, a, "bcc@example.org", "bcc", NULL);
	kit_person(&kit, a, "replies@example.org", "reply_to", NULL);
	kit_person(&kit, a, "no-reply@example.org", "to", NULL);
	kit_person(&kit, a, "list@example.org", "to", NULL);
	a->participants->next->next->next->next->next->next->not_person = true;
	a = message("s2", "stranger@example.org", ME);
	kit_person(&kit, a, "other@example.org", "cc", NULL);
	kit_commit(&kit);
	assert_int_equal(kit.outcome.counts.contacts_created, 3);
	assert_int_equal(contact("ann@example.org",
				 "c.display_name = 'Ann Other' AND e.address = "
				 "'Ann@Example.org' AND c.origin ->> 'reason' "
				 "= 'written-to' AND c.origin ->> 'rule' = "
				 "'sent' AND (c.origin ->> 'artifact')::uuid = "
				 "(SELECT id FROM public.artifacts WHERE "
				 "source_id = 's1') AND e.first_seen_at = "
				 "'2026-11-18 12:00:00Z'"),
			 1);
	assert_int_equal(contact("cc@example.org", "true"), 1);
	assert_int_equal(contact("bcc@example.org", "true"), 1);
}

static void
bulk_mail_and_crowds_make_no_contact(void **state)
{
	struct sl_artifact *a;
	char text[64];

	(void)state;
	is_bulk(mail("b1", ME, "reader@example.org"));
	kit_commit(&kit);
	a = mail("b2", ME, "crowd0@example.org");
	for (int i = 1; i < 26; i++) {
		(void)snprintf(text, sizeof(text), "crowd%d@example.org", i);
		kit_person(&kit, a, text, i % 2 ? "cc" : "bcc", NULL);
	}
	kit_commit(&kit);
	assert_int_equal(contacts(), 0);
	/* one address named twice is one recipient */
	a = mail("b3", ME, "crowd0@example.org");
	for (int i = 1; i < 25; i++) {
		(void)snprintf(text, sizeof(text), "crowd%d@example.org", i);
		kit_person(&kit, a, text, "cc", NULL);
	}
	kit_person(&kit, a, "Crowd1@Example.org", "bcc", NULL);
	kit_commit(&kit);
	assert_int_equal(contacts(), 25);
}

static void
drafts_are_not_sent(void **state)
{
	static const char *const labels[] = { "DRAFT", NULL };

	(void)state;
	mail("d1", ME, "later@example.org")->labels = labels;
	kit_commit(&kit);
	assert_int_equal(contacts(), 0);
}

static void
another_account_and_what_the_provider_calls_the_user_are_own(void **state)
{
	struct sl_artifact *a;
	struct sl_kit other;

	(void)state;
	kit_init_beside(&other, &kit, kit.user, "Work@example.net");
	stored("o1", "work@example.net", "ann@example.org");
	a = mail("o2", "m.e+tag@example.com", "ben@example.org");
	a->participants->self = true;
	kit_commit(&kit);
	assert_int_equal(contact("ann@example.org", "true"), 1);
	assert_int_equal(contact("ben@example.org", "true"), 1);
	assert_int_equal(contacts(), 2);
	kit_release_beside(&other);
}

static void
blocked_addresses_and_domains_stay_out(void **state)
{
	struct sl_artifact *a;

	(void)state;
	rule.block = "ann@example.org, corp.example";
	a = mail("k1", ME, "ann@example.org");
	kit_person(&kit, a, "ben@mail.corp.example", "to", NULL);
	kit_person(&kit, a, "cat@example.org", "to", NULL);
	kit_commit(&kit);
	kit_page(&kit, box);
	kit.commit.people.block = rule.block;
	a = kit_event(&kit, "k2", 1, "k2", KIT_NOW - KIT_DAY);
	kit_person(&kit, a, ME, "organizer", NULL);
	kit_person(&kit, a, "dan@corp.example", "attendee", NULL);
	kit_person(&kit, a, "eve@example.org", "attendee", NULL);
	kit_commit(&kit);
	assert_int_equal(contact("cat@example.org", "true"), 1);
	assert_int_equal(contact("eve@example.org", "true"), 1);
	assert_int_equal(contacts(), 2);
}

static void
replied_wants_both_ways_in_any_order(void **state)
{
	(void)state;
	rule.rule = SL_PEOPLE_REPLIED;
	stored("r1", ME, "ann@example.org");
	stored("r2", "ben@example.org", ME);
	stored("r3", ME, "lone@example.org");
	assert_int_equal(contacts(), 0);
	stored("r4", "ann@example.org", ME);
	assert_int_equal(kit.outcome.counts.contacts_created, 1);
	stored("r5", ME, "ben@example.org");
	assert_int_equal(kit.outcome.counts.contacts_created, 1);
	(void)mail("r6", ME, "cat@example.org");
	(void)message("r7", "cat@example.org", ME);
	kit_commit(&kit);
	assert_int_equal(contact("ann@example.org",
				 "c.origin ->> 'reason' = 'correspondence'"),
			 1);
	assert_int_equal(contact("cat@example.org", "true"), 1);
	assert_int_equal(contacts(), 3);
}

static void
replied_counts_only_what_counts(void **state)
{
	struct sl_artifact *a;
	char text[64];

	(void)state;
	rule.rule = SL_PEOPLE_REPLIED;
	rule.max_participants = 3;
	is_bulk(mail("c1", "news@example.org", ME));
	kit_commit(&kit);
	stored("c2", ME, "news@example.org");
	a = mail("c3", "loud@example.org", ME);
	for (int i = 0; i < 3; i++) {
		(void)snprintf(text, sizeof(text), "x%d@example.org", i);
		kit_person(&kit, a, text, "cc", NULL);
	}
	kit_commit(&kit);
	stored("c4", ME, "loud@example.org");
	stored("c5", "gone@example.org", ME);
	page();
	kit_tombstone(&kit, "c5");
	kit_commit(&kit);
	stored("c6", ME, "gone@example.org");
	/* in copy of somebody else's mail is not written to */
	a = mail("c7", "boss@example.org", ME);
	kit_person(&kit, a, "named@example.org", "cc", NULL);
	kit_commit(&kit);
	stored("c8", "named@example.org", ME);
	assert_int_equal(contacts(), 0);
}

static void
what_is_restored_counts_again(void **state)
{
	struct sl_patch *patch;

	(void)state;
	rule.rule = SL_PEOPLE_NONE;
	stored("p1", ME, "back@example.org");
	page();
	kit_tombstone(&kit, "p1");
	kit_commit(&kit);
	rule.rule = SL_PEOPLE_SENT;
	page();
	kit_commit(&kit); /* judged again: it is gone */
	assert_int_equal(contacts(), 0);
	page();
	patch = sl_page_patch(&kit.page);
	patch->source_id = "p1";
	patch->restore = true;
	kit_commit(&kit);
	assert_int_equal(contact("back@example.org", "true"), 1);
}

static void
a_contact_stays_when_its_mail_goes(void **state)
{
	(void)state;
	stored("g1", ME, "ann@example.org");
	page();
	kit_tombstone(&kit, "g1");
	kit_commit(&kit);
	assert_int_equal(contact("ann@example.org", "true"), 1);
}

static void
a_new_own_address_turns_stored_mail_round(void **state)
{
	(void)state;
	stored("n1", "alias@example.com", "ann@example.org");
	stored("n2", ME, "alias@example.com");
	assert_int_equal(contact("alias@example.com", "NOT is_self_contact"),
			 1);
	assert_int_equal(contacts(), 1);
	own("alias@example.com");
	assert_int_equal(contact("ann@example.org",
				 "c.origin ->> 'reason' = 'written-to'"),
			 1);
	assert_int_equal(contact("alias@example.com", "is_self_contact"), 1);
	assert_int_equal(contacts(), 1);
}

static void
a_changed_rule_judges_what_is_stored(void **state)
{
	(void)state;
	rule.rule = SL_PEOPLE_NONE;
	stored("t1", ME, "ann@example.org");
	stored("t2", "ben@example.org", ME);
	assert_int_equal(contacts(), 0);
	rule.rule = SL_PEOPLE_SENT;
	page();
	kit_commit(&kit);
	assert_int_equal(contacts(), 1);
	rule.rule = SL_PEOPLE_ALL;
	page();
	kit_commit(&kit);
	assert_int_equal(contact("ben@example.org",
				 "c.origin ->> 'reason' = 'rule-all'"),
			 1);
	assert_int_equal(
		kit_count(&kit, "sluice.people_judged", "after_id IS NULL"), 1);
}

static sl_status
expand(enum sl_expand_answer *answer)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const struct sl_expand_request request = {
		.lease = &kit.account.lease,
		.stream = box,
		.now_us = KIT_NOW,
		.people = rule,
		.trigger = "manual",
		.mode = "incremental",
	};
	struct sl_expand_outcome out = { .answer = SL_EXPANDED };
	sl_status status =
		kit.store->expand(kit.store, &request, arena, &out, &kit.err);

	*answer = out.answer;
	return status;
}

static void
store_many(int count)
{
	char id[32], to[64];

	for (int at = 0; at < count;) {
		page();
		for (int i = 0; i < 300 && at < count; i++, at++) {
			(void)snprintf(id, sizeof(id), "many%04d", at);
			(void)snprintf(to, sizeof(to), "p%d@example.org", at);
			(void)message(id, ME, to);
		}
		kit_commit(&kit);
	}
}

static void
much_is_judged_in_chunks_that_outlive_a_run(void **state)
{
	enum sl_expand_answer answer = SL_EXPANDED;

	(void)state;
	rule.rule = SL_PEOPLE_NONE;
	store_many(1700);
	rule.rule = SL_PEOPLE_SENT;
	page();
	kit_commit(&kit);
	assert_int_equal(contacts(), 500);
	assert_true(kit.outcome.stream.series_due);
	assert_int_equal(expand(&answer), SL_OK);
	assert_int_equal(answer, SL_EXPAND_MORE);
	assert_int_equal(contacts(), 1000);
	assert_int_equal(kit_count(&kit, "sluice.people_judged",
				   "after_id = 'many0999'"),
			 1);
	/* here the process dies; another run goes on where it was */
	page();
	kit_commit(&kit);
	assert_int_equal(contacts(), 1500);
	assert_int_equal(expand(&answer), SL_OK);
	assert_int_equal(answer, SL_EXPANDED);
	assert_int_equal(contacts(), 1700);
	assert_int_equal(
		kit_count(&kit, "public.sync_logs", "contacts_created = 1700"),
		1);
	page();
	kit_commit(&kit);
	assert_int_equal(kit.outcome.counts.contacts_created, 0);
	assert_false(kit.outcome.logged);
}

static void
names_are_those_that_people_sign_by(void **state)
{
	struct sl_artifact *a;

	(void)state;
	last_name(mail("q1", "ann@example.org", NULL), "Ann Signed");
	kit_commit(&kit);
	last_name(mail("q2", "ben@example.org", NULL), "Ben via Team");
	kit_commit(&kit);
	a = mail("q3", ME, "ann@example.org");
	last_name(a, "Annie (office)");
	kit_person(&kit, a, "ben@example.org", "to", NULL);
	last_name(a, "Ben Given");
	kit_person(&kit, a, "cat@example.org", "to", NULL);
	last_name(a, "cat@example.org");
	kit_commit(&kit);
	assert_int_equal(
		contact("ann@example.org", "c.display_name = 'Ann Signed'"), 1);
	assert_int_equal(
		contact("ben@example.org", "c.display_name = 'Ben Given'"), 1);
	assert_int_equal(contact("cat@example.org", "c.display_name IS NULL"),
			 1);
}

static void
mail_of_a_contact_moves_its_days_and_no_other_makes_it_twice(void **state)
{
	struct sl_artifact *a;

	(void)state;
	stored("e1", ME, "ann@example.org");
	a = mail("e2", "ann@example.org", ME);
	a->occurred_us = KIT_NOW - 9 * KIT_DAY;
	kit_commit(&kit);
	assert_int_equal(contact("ann@example.org",
				 "e.first_seen_at = '2026-11-11 12:00:00Z' AND "
				 "e.last_seen_at = '2026-11-18 12:00:00Z'"),
			 1);
	assert_int_equal(contacts(), 1);
}

static void
hears_from(const char *id, const char *address, const char *name)
{
	struct sl_artifact *a = mail(id, address, ME);

	/* later and later */
	a->occurred_us = KIT_NOW - KIT_DAY + (id[1] - '0') * SL_US_PER_S;
	a->participants->name = name;
	kit_commit(&kit);
}

static void
a_name_may_come_later_unless_the_card_was_written_on(void **state)
{
	(void)state;
	stored("z1", ME, "ann@example.org");
	stored("z2", ME, "ben@example.org");
	stored("z3", ME, "alias@example.com");
	sl_test_db_exec(kit.db,
			"UPDATE public.contacts c SET notes = 'x' FROM "
			"public.contact_emails e WHERE e.contact_id = c.id AND "
			"e.address_norm = 'ben@example.org'");
	hears_from("y1", "ann@example.org", "Ann Lee");
	hears_from("y2", "ben@example.org", "Ben");
	hears_from("y3", "alias@example.com", "Me too");
	assert_int_equal(
		contact("ann@example.org", "c.display_name = 'Ann Lee'"), 1);
	assert_int_equal(contact("ben@example.org", "c.display_name IS NULL"),
			 1);
	/* the first name stays */
	hears_from("y4", "ann@example.org", "Ann Lee-Smith");
	assert_int_equal(
		contact("ann@example.org", "c.display_name = 'Ann Lee'"), 1);
	/* it was the user: a card with nothing but a name goes */
	assert_int_equal(contacts(), 3);
	own("alias@example.com");
	assert_int_equal(contacts(), 2);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(those_the_user_wrote_to_become_contacts),
		T(bulk_mail_and_crowds_make_no_contact),
		T(drafts_are_not_sent),
		T(another_account_and_what_the_provider_calls_the_user_are_own),
		T(blocked_addresses_and_domains_stay_out),
		T(replied_wants_both_ways_in_any_order),
		T(replied_counts_only_what_counts),
		T(what_is_restored_counts_again),
		T(a_contact_stays_when_its_mail_goes),
		T(a_new_own_address_turns_stored_mail_round),
		T(a_changed_rule_judges_what_is_stored),
		T(much_is_judged_in_chunks_that_outlive_a_run),
		T(names_are_those_that_people_sign_by),
		T(a_name_may_come_later_unless_the_card_was_written_on),
		T(mail_of_a_contact_moves_its_days_and_no_other_makes_it_twice),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
