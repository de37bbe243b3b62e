/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two streams that hold the same items, one that follows and one that lists:
 * what either wants, and answers that come too late. And the same on two
 * connections at once.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#include "tests/support/box_kit.h"
// cmocka last
#include <cmocka.h>

/* --- what either wants ---------------------------------------------------------- */

static void
a_change_takes_what_the_other_wants(void **state)
{
	static const char *const listed[] = { "g", "p", "n", "m", "l", NULL };

	(void)state;
	box_walk_begins();
	box_list(listed);
	assert_string_equal(box_wants("backfill"), "g p n m l");
	kit_page(&box, box_changes());
	kit_tombstone(&box, "g");
	box_patch("p", 9)->labels = box_inbox;
	box_ref("n");
	(void)box_mail("m", 3, box_inbox);
	kit_commit(&box);
	/* gone; to be read again by who knows better, twice; here already */
	assert_string_equal(box_wants("backfill"), "l");
	assert_string_equal(box_wants("changes"), "n p");
}

static void
what_the_other_wants_is_not_wanted_twice(void **state)
{
	static const char *const listed[] = { "x", "y", NULL };

	(void)state;
	kit_page(&box, box_changes());
	box_ref("x");
	kit_commit(&box);
	box_walk_begins();
	box_list(listed);
	assert_string_equal(box_wants("backfill"), "y");
	assert_string_equal(box_wants("changes"), "x");
}

static void
late_answers_are_dropped(void **state)
{
	static const char *const ids[] = { "d", "a", "t", "r",
					   "f", "v", "w", NULL };
	struct sl_filtered *f;
	struct sl_rejected *r;

	(void)state;
	box_walk_begins();
	box_list(ids);
	kit_page(&box, box_changes());
	for (const char *const *id = ids; strcmp(*id, "w") != 0; id++)
		box_patch(*id, 9)->labels = box_none;
	kit_commit(&box);
	/* what was read before the change comes only now */
	box_answers(box_backfill(), ids);
	(void)box_mail("a", 3, box_inbox);
	(void)box_mail("w", 3, box_inbox);
	kit_tombstone(&box, "t");
	r = sl_page_rejected(&box.page);
	r->source_id = "r";
	r->reason = "odd";
	f = sl_page_filtered(&box.page);
	f->source_id = "f";
	f->reason = "odd";
	box_ref("v");
	kit_commit(&box);
	assert_string_equal(box_stored("a"), "absent");
	assert_string_equal(box_stored("w"), "INBOX 3");
	assert_string_equal(box_wants("backfill"), "");
	assert_string_equal(box_wants("changes"), "d a t r f v");
	assert_int_equal(kit_count(&box, "public.sync_items", "true"), 0);
	assert_int_equal(box.outcome.counts.created, 1);
	assert_int_equal(box.outcome.counts.unchanged, 5);
	/* and the one who took it reads it */
	box_answers(box_changes(), ids);
	(void)box_mail("a", 9, box_none);
	kit_commit(&box);
	assert_string_equal(box_stored("a"), " 9");
}

static void
unasked_answers_are_dropped_when_another_knows_better(void **state)
{
	static const char *const listed[] = { "asked", NULL };

	(void)state;
	box_walk_begins();
	box_list(listed);
	kit_page(&box, box_changes());
	kit_tombstone(&box, "gone");              /* not here yet */
	box_patch("moved", 9)->labels = box_none; /* the same */
	box_ref("wanted");
	kit_commit(&box);
	/* a thread that was read before that */
	box_answers(box_backfill(), listed);
	(void)box_mail("asked", 3, box_inbox);
	(void)box_mail("gone", 3, box_inbox);
	(void)box_mail("moved", 3, box_inbox);
	(void)box_mail("wanted", 3, box_inbox);
	(void)box_mail("older", 3, box_inbox);
	kit_commit(&box);
	assert_string_equal(box_stored("asked"), "INBOX 3");
	assert_string_equal(box_stored("older"), "INBOX 3");
	assert_string_equal(box_stored("gone"), "absent");
	assert_string_equal(box_stored("moved"), "absent");
	assert_string_equal(box_stored("wanted"), "absent");
	assert_int_equal(box.outcome.counts.unchanged, 3);
	/* the list goes on: what is there is named, and read */
	kit_page(&box, box_backfill());
	box_ref("moved");
	kit_commit(&box);
	box_answers(box_backfill(), (const char *const[]){ "moved", NULL });
	(void)box_mail("moved", 9, box_none);
	kit_commit(&box);
	assert_string_equal(box_stored("moved"), " 9");
}

static void
what_was_overtaken_is_forgotten_at_rest(void **state)
{
	static const char *const listed[] = { "x", NULL };

	(void)state;
	box_walk_begins();
	box_list(listed);
	kit_page(&box, box_changes());
	kit_tombstone(&box, "gone");
	kit_commit(&box);
	box_walk_ends();
	assert_int_equal(kit_count(&box, "sluice.overtaken", "true"), 1);
	box_answers(box_backfill(), listed);
	(void)box_mail("x", 1, box_inbox);
	kit_commit(&box);
	assert_int_equal(kit_count(&box, "sluice.overtaken", "true"), 0);
	/* nobody reads: nothing is noted */
	kit_page(&box, box_changes());
	kit_tombstone(&box, "gone-too");
	kit_commit(&box);
	assert_int_equal(kit_count(&box, "sluice.overtaken", "true"), 0);
	/* a walk that has read nothing: all of it was here */
	box_walk_begins();
	kit_page(&box, box_changes());
	kit_tombstone(&box, "gone");
	kit_commit(&box);
	assert_int_equal(kit_count(&box, "sluice.overtaken", "true"), 1);
	box_walk_ends();
	assert_int_equal(kit_count(&box, "sluice.overtaken", "true"), 0);
}

/* --- two connections ------------------------------------------------------------- */

/* A page that is committed by a thread of its own. */
struct racer {
	struct sl_kit kit;
	pthread_t thread;
	sl_status status;
};

static void *
race(void *arg)
{
	struct racer *r = arg;

	r->status = kit_try_commit(&r->kit);
	return NULL;
}

static void
starts_racing(struct racer *r)
{
	assert_int_equal(pthread_create(&r->thread, NULL, race, r), 0);
}

/* Until so many sessions of the login wait for a lock. */
static void
until_waiting(int64_t sessions)
{
	while (sl_test_db_i64(box.db,
			      "SELECT count(*) AS v FROM pg_stat_activity "
			      "WHERE datname = current_database() AND "
			      "wait_event_type = 'Lock'") < sessions)
		;
}

/* Whoever writes people waits for us. */
static void
hold_people(struct sl_pg *pg)
{
	struct sl_error err;
	char sql[256];

	assert_int_equal(sl_pg_begin(pg, SL_PG_SELF, NULL, &err), SL_OK);
	(void)snprintf(sql, sizeof(sql),
		       "SELECT pg_advisory_xact_lock(hashtextextended("
		       "'sluice.people:%s', 0))",
		       box.user);
	assert_int_equal(sl_pg_query(pg, sql, NULL, NULL, &err), SL_OK);
}

static void
pages_of_one_key_go_one_after_the_other(bool change_first)
{
	static const char *const ids[] = { "keep", "label", "drop", NULL };
	struct racer change = { .status = SL_BUG };
	struct racer answer = { .status = SL_BUG };
	struct racer *first = change_first ? &change : &answer;
	struct racer *second = change_first ? &answer : &change;
	struct sl_error err;
	struct sl_pg *pg;
	struct sl_artifact *a;

	box_walk_begins();
	box_list(ids);
	kit_init_twin(&change.kit, &box);
	kit_init_twin(&answer.kit, &box);
	kit_page(&change.kit, kit_stream(&change.kit, "changes", ""));
	kit_tombstone(&change.kit, "drop");
	box_patch_in(&change.kit, "label", 9)->labels = box_none;
	a = box_in(&change.kit, "new", 9, box_inbox);
	kit_person(&change.kit, a, "ann@example.com", "attendee", NULL);
	kit_page(&answer.kit, kit_stream(&answer.kit, "backfill", ""));
	answer.kit.commit.answered = ids;
	for (const char *const *id = ids; *id != NULL; id++) {
		a = box_in(&answer.kit, *id, 3, box_inbox);
		kit_person(&answer.kit, a, "ann@example.com", "attendee", NULL);
	}
	assert_int_equal(sl_pg_connect(sl_test_db_url(box.db), &pg, &err),
			 SL_OK);
	hold_people(pg); /* the first one stops where it has written all */
	starts_racing(first);
	until_waiting(1);
	starts_racing(second);
	until_waiting(2);
	sl_pg_rollback(pg);
	(void)pthread_join(first->thread, NULL);
	(void)pthread_join(second->thread, NULL);
	assert_int_equal(first->status, SL_OK);
	assert_int_equal(second->status, SL_OK);
	sl_pg_free(&pg);
	kit_release_beside(&change.kit);
	kit_release_beside(&answer.kit);
}

static void
a_change_before_the_answer(void **state)
{
	(void)state;
	pages_of_one_key_go_one_after_the_other(true);
	assert_string_equal(box_stored("new"), "INBOX 9");
	assert_string_equal(box_stored("keep"), "INBOX 3");
	assert_string_equal(box_stored("drop"), "absent");
	assert_string_equal(box_stored("label"), "absent");
	assert_string_equal(box_wants("changes"), "label");
	assert_string_equal(box_wants("backfill"), "");
}

static void
a_change_after_the_answer(void **state)
{
	(void)state;
	pages_of_one_key_go_one_after_the_other(false);
	assert_string_equal(box_stored("new"), "INBOX 9");
	assert_string_equal(box_stored("keep"), "INBOX 3");
	assert_string_equal(box_stored("drop"), "-INBOX 3");
	assert_string_equal(box_stored("label"), " 9");
	assert_string_equal(box_wants("changes"), "");
	assert_string_equal(box_wants("backfill"), "");
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, box_setup, box_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_change_takes_what_the_other_wants),
		TEST(what_the_other_wants_is_not_wanted_twice),
		TEST(late_answers_are_dropped),
		TEST(unasked_answers_are_dropped_when_another_knows_better),
		TEST(what_was_overtaken_is_forgotten_at_rest),
		TEST(a_change_before_the_answer),
		TEST(a_change_after_the_answer),
	};

	return cmocka_run_group_tests(tests, box_setup_all, box_teardown_all);
}
