/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One message by two roads: a log tells it under an id, from a URN; a listing
 * shows it without any, from a profile. In any order it is one item.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/road_kit.h"
// cmocka last
#include <cmocka.h>

#include "state/pg.h"

#define ALIASES                                                                \
	"SELECT string_agg(alias_kind, ' ' ORDER BY alias_kind) AS v FROM "    \
	"public.artifact_aliases WHERE user_id = $user"

#define PEOPLE                                                                 \
	"SELECT string_agg(concat_ws(' ', p.role, p.value_norm), ', ' ORDER "  \
	"BY p.position) AS v FROM public.artifact_participants p "             \
	"WHERE p.user_id = $user"

#define LINKS                                                                  \
	"SELECT string_agg(concat_ws(' ', handle, profile), ', ' ORDER BY "    \
	"handle) AS v FROM sluice.handle_links WHERE user_id = $user"

#define LABELS                                                                 \
	"SELECT string_agg(array_to_string(labels, '+'), ' ') AS v FROM "      \
	"public.artifacts WHERE user_id = $user"

static int64_t
items(void)
{
	return kit_count(&road, "public.artifacts", "true");
}

static void
tell(const char *resource, const char *text, int64_t ms)
{
	road_log();
	(void)road_told(&road, resource, text, ROAD_LOG(ms));
	kit_commit(&road);
}

static void
show(const char *text, int64_t ms)
{
	road_listing("inbox", ms);
	(void)road_shown(text, sl_listing_version(ms * 1000));
	kit_commit(&road);
}

/* --- one message ------------------------------------------------------------------ */

static void
told_then_shown(void **state)
{
	(void)state;
	tell("r", "hello", 100);
	show("hello", 200);
	assert_int_equal(road.outcome.counts.updated, 1);
	assert_int_equal(items(), 1);
	assert_string_equal(road_value(ALIASES), "resource");
	assert_string_equal(road_value(PEOPLE),
			    "from " ROAD_ANN ", to " ROAD_ME);
	assert_string_equal(road_value(LINKS), ROAD_ANN_URN " " ROAD_ANN);
}

static void
shown_then_told(void **state)
{
	(void)state;
	show("hello", 100);
	tell("r", "hello", 200); /* a replay */
	assert_int_equal(road.outcome.counts.unchanged, 1);
	assert_int_equal(items(), 1);
	assert_string_equal(road_value(ALIASES), "resource");
	/* who is told without knowing all takes nobody away */
	assert_string_equal(road_value(PEOPLE),
			    "from " ROAD_ANN ", to " ROAD_ME);
	assert_string_equal(road_value(LINKS), ROAD_ANN_URN " " ROAD_ANN);
	assert_string_equal(road_value(LABELS), "INBOX");
}

static void
the_log_keeps_labels(void **state)
{
	static const char *const sent[] = { "SENT", NULL };
	struct sl_artifact *a;

	(void)state;
	road_log();
	a = road_told(&road, "r", "hello", ROAD_LOG(100));
	a->labels = sent;
	kit_commit(&road);
	road_log();
	(void)road_told(&road, "r", "hello", ROAD_LOG(101));
	kit_commit(&road);
	assert_int_equal(road.outcome.counts.unchanged, 1);
	assert_string_equal(road_value(LABELS), "SENT");
	show("hello", 200);
	assert_string_equal(road_value(LABELS), "INBOX");
	/* a rewrite that keeps */
	road_listing("inbox", 300);
	a = road_shown("hello", sl_listing_version(300000));
	a->title = "another";
	a->labels = sent;
	a->keep_labels = true;
	kit_commit(&road);
	assert_int_equal(road.outcome.counts.updated, 1);
	assert_string_equal(road_value(LABELS), "INBOX");
}

/* --- edits -------------------------------------------------------------------------- */

static void
edited_then_shown(void **state)
{
	(void)state;
	tell("r", "first", 100);
	road_log();
	road_edit("r", "before", ROAD_LOG(150));
	kit_commit(&road);
	assert_int_equal(road.outcome.counts.updated, 1);
	assert_string_equal(road_items("kit_message"), "before");
	show("before", 200);
	assert_string_equal(road_items("kit_message"), "before");
	/* an old archive knows the old text */
	show("first", 120);
	assert_string_equal(road_items("kit_message"), "before");
	assert_int_equal(items(), 1);
}

static void
shown_with_an_edit_that_nobody_told(void **state)
{
	(void)state;
	show("first", 100);
	show("before", 200);
	assert_string_equal(road_items("kit_message"), "before");
	/* and the first text once more, of long ago */
	show("first", 50);
	tell("r", "first", 60);
	assert_string_equal(road_items("kit_message"), "before");
	assert_int_equal(items(), 1);
	/* another id, another message */
	tell("q", "other", 300);
	assert_string_equal(road_items("kit_message"), "before other");
}

static void
an_edit_is_no_newer_than_what_is_there(void **state)
{
	(void)state;
	tell("r", "one", 100);
	show("three", 300);
	road_log();
	road_edit("r", "two", ROAD_LOG(200));
	kit_commit(&road);
	assert_int_equal(road.outcome.counts.unchanged, 1);
	assert_string_equal(road_items("kit_message"), "three");
	/* but its text is known */
	show("two", 210);
	assert_string_equal(road_items("kit_message"), "three");
}

static void
edits_of_one_page_follow_each_other(void **state)
{
	(void)state;
	road_log();
	road_edit("r", "three", ROAD_LOG(300));
	road_edit("r", "two", ROAD_LOG(200));
	(void)road_told(&road, "r", "one", ROAD_LOG(100));
	kit_commit(&road);
	assert_string_equal(road_items("kit_message"), "three");
	assert_string_equal(road_value(ALIASES), "key key resource");
}

static void
an_edit_is_parsed_again(void **state)
{
	static const char parsed[] =
		"SELECT ai_parsing_status AS v FROM public.artifacts "
		"WHERE user_id = $user";

	(void)state;
	tell("r", "one", 100);
	sl_test_db_exec(road.db,
			"UPDATE public.artifacts SET ai_parsing_status = "
			"'completed' WHERE user_id = '%s'",
			road.user);
	road_log();
	road_edit("r", "one", ROAD_LOG(110));
	kit_commit(&road);
	assert_string_equal(road_value(parsed), "completed");
	road_log();
	road_edit("r", "two", ROAD_LOG(120));
	kit_commit(&road);
	assert_string_equal(road_value(parsed), "pending");
}

/* --- what is gone -------------------------------------------------------------------- */

static void
deleted_stays_deleted(void **state)
{
	(void)state;
	tell("r", "hello", 100);
	road_log();
	road_delete("r", ROAD_LOG(200));
	kit_commit(&road);
	assert_int_equal(road.outcome.counts.deleted, 1);
	assert_string_equal(road_items("kit_message"), "-hello");
	show("hello", 150);
	assert_string_equal(road_items("kit_message"), "-hello");
	/* what is there later at its moment is another */
	show("goodbye", 300);
	assert_string_equal(road_items("kit_message"), "goodbye -hello");
	show("hello", 400);
	assert_string_equal(road_items("kit_message"), "goodbye hello");
}

static void
unknown_is_left_out(void **state)
{
	static const char ledger[] =
		"SELECT string_agg(concat_ws(' ', source_id, state, reason), "
		"', ' ORDER BY source_id) AS v FROM public.sync_items "
		"WHERE user_id = $user";

	(void)state;
	road_log();
	road_edit("r", "two", ROAD_LOG(200));
	road_delete("q", ROAD_LOG(200));
	kit_commit(&road);
	assert_int_equal(road.outcome.counts.filtered, 2);
	assert_string_equal(road_value(ledger),
			    "q filtered not-stored, r filtered not-stored");
	tell("r", "one", 100);
	assert_string_equal(road_value(ledger), "q filtered not-stored");
}

/* --- two messages --------------------------------------------------------------------- */

static void
two_of_one_second_in_one_page(void **state)
{
	(void)state;
	for (int64_t ms = 100; ms <= 200; ms += 100) {
		road_listing("inbox", ms);
		(void)road_shown("one", sl_listing_version(ms * 1000));
		(void)road_shown("two", sl_listing_version(ms * 1000));
		kit_commit(&road);
		assert_string_equal(road_items("kit_message"), "one two");
	}
	tell("r", "one", 50);
	tell("q", "two", 50);
	assert_string_equal(road_items("kit_message"), "one two");
}

static void
two_of_one_second_in_two_pages(void **state)
{
	(void)state;
	road_listing_begins("inbox", 100);
	(void)road_shown("one", sl_listing_version(100000));
	kit_commit(&road);
	road_listing_ends("inbox", 100);
	(void)road_shown("two", sl_listing_version(100000));
	kit_commit(&road);
	assert_string_equal(road_items("kit_message"), "one two");
}

/* It gives the one another version: the other is no former text of it. */
static void
an_edit_between_two_pages(void **state)
{
	(void)state;
	tell("r", "one", 50);
	road_listing_begins("inbox", 100);
	(void)road_shown("one", sl_listing_version(100000));
	kit_commit(&road);
	road_log();
	road_edit("r", "uno", ROAD_LOG(150));
	kit_commit(&road);
	road_listing_ends("inbox", 100);
	(void)road_shown("two", sl_listing_version(100000));
	kit_commit(&road);
	assert_string_equal(road_items("kit_message"), "two uno");
	/* the next walk shows each once more */
	road_listing("inbox", 200);
	(void)road_shown("uno", sl_listing_version(200000));
	(void)road_shown("two", sl_listing_version(200000));
	kit_commit(&road);
	assert_string_equal(road_items("kit_message"), "two uno");
}

static void
two_that_the_log_tells(void **state)
{
	(void)state;
	tell("r", "one", 100);
	tell("q", "two", 101);
	assert_string_equal(road_items("kit_message"), "one two");
	/* one id is one message, whatever it says */
	road_log();
	road_told(&road, "p", "a", ROAD_LOG(102))->occurred_us += KIT_DAY;
	road_told(&road, "p", "b", ROAD_LOG(103))->occurred_us += KIT_DAY;
	kit_commit(&road);
	assert_string_equal(road_items("kit_message"), "b one two");
}

/* Each is told the same message under the same id. */
static void
two_accounts_of_one_user(void **state)
{
	static const struct sl_alias alias = { .kind = "resource",
					       .value = "r" };
	struct sl_kit second;
	struct sl_patch *x;

	(void)state;
	tell("r", "hello", 100);
	kit_init_beside(&second, &road, road.user, "second@example.com");
	kit_claim(&second);
	kit_page(&second, kit_stream(&second, "log", ""));
	second.commit.begins = true;
	second.commit.walk_started_us = second.now_us;
	(void)road_told(&second, "r", "hello", ROAD_LOG(100));
	kit_commit(&second);
	kit_reload(&second);
	kit_page(&second, kit_stream(&second, "log", ""));
	x = sl_page_patch(&second.page);
	x->source_id = "r";
	x->alias = &alias;
	x->content = "adieu";
	x->source_version = ROAD_LOG(200);
	kit_commit(&second);
	assert_int_equal(second.outcome.counts.updated, 1);
	assert_string_equal(road_items("kit_message"), "adieu hello");
	assert_string_equal(road_value(ALIASES), "key resource resource");
	kit_release_beside(&second);
}

/* --- who is who ------------------------------------------------------------------------- */

static void
an_edit_proves_nobody(void **state)
{
	(void)state;
	tell("r", "one", 100);
	show("two", 200);
	assert_int_equal(items(), 1);
	assert_string_equal(road_value(LINKS), "");
}

static void
the_newest_word_links(void **state)
{
	struct sl_artifact *a;

	(void)state;
	tell("r", "one", 100);
	show("one", 300);
	road_log();
	a = road_message(&road, "u", 5, "more", ROAD_LOG(100));
	road_person(&road, a, ROAD_ANN_URN, "from");
	a->participants_incomplete = true;
	kit_commit(&road);
	road_listing("inbox", 200);
	a = road_message(&road, "u", 5, "more", sl_listing_version(200000));
	road_person(&road, a, "linkedin.com/in/older", "from");
	kit_commit(&road);
	assert_string_equal(road_value(LINKS), ROAD_ANN_URN " " ROAD_ANN);
}

static void
recipients_are_those_of_the_thread(void **state)
{
	struct sl_artifact *a;

	(void)state;
	road_log();
	a = road_message(&road, "t", 9, "mine", ROAD_LOG(100));
	road_person(&road, a, ROAD_ME_URN, "from")->self = true;
	a->participants_incomplete = true;
	kit_commit(&road);
	assert_string_equal(road_value(PEOPLE), "from " ROAD_ME_URN);
	tell("r", "hello", 101);
	assert_string_equal(road_value(PEOPLE " AND p.role = 'to'"),
			    "to " ROAD_ANN_URN);
	/* once, whatever comes */
	tell("q", "again", 102);
	show("hello", 200);
	assert_int_equal(kit_count(&road, "public.artifact_participants",
				   "role = 'to' AND NOT is_self"),
			 1);
}

/* --- two connections ----------------------------------------------------------------------- */

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
until_waiting(int64_t sessions)
{
	while (sl_test_db_i64(road.db,
			      "SELECT count(*) AS v FROM pg_stat_activity "
			      "WHERE datname = current_database() AND "
			      "wait_event_type = 'Lock'") < sessions)
		;
}

/* The first page stops when it has stored the message, before its alias. */
static void
two_pages_at_once(void **state)
{
	struct racer log = { .status = SL_BUG };
	struct racer list = { .status = SL_BUG };
	struct sl_error err;
	struct sl_artifact *a;
	struct sl_pg *pg;

	(void)state;
	road_listing("inbox", 50);
	(void)road_message(&road, "z", 0, "other", sl_listing_version(50000));
	kit_commit(&road);
	kit_init_twin(&log.kit, &road);
	kit_init_twin(&list.kit, &road);
	kit_page(&log.kit, kit_stream(&log.kit, "log", ""));
	(void)road_told(&log.kit, "r", "hello", ROAD_LOG(100));
	kit_page(&list.kit, kit_stream(&list.kit, "inbox", ""));
	/* its text differs: only the stored moment tells that it is the same */
	a = road_message(&list.kit, "t", 0, "hallo",
			 sl_listing_version(200000));
	road_person(&list.kit, a, ROAD_ANN, "from");
	assert_int_equal(sl_pg_connect(sl_test_db_url(road.db), &pg, &err),
			 SL_OK);
	assert_int_equal(sl_pg_begin(pg, SL_PG_GATEWAY, road.user, &err),
			 SL_OK);
	/* whoever books a key waits */
	assert_int_equal(sl_pg_query(pg,
				     "LOCK TABLE public.artifact_aliases IN "
				     "SHARE MODE",
				     NULL, NULL, &err),
			 SL_OK);
	assert_int_equal(pthread_create(&log.thread, NULL, race, &log), 0);
	until_waiting(1);
	assert_int_equal(pthread_create(&list.thread, NULL, race, &list), 0);
	until_waiting(2);
	sl_pg_rollback(pg);
	(void)pthread_join(log.thread, NULL);
	(void)pthread_join(list.thread, NULL);
	assert_int_equal(log.status, SL_OK);
	assert_int_equal(list.status, SL_OK);
	sl_pg_free(&pg);
	kit_release_beside(&log.kit);
	kit_release_beside(&list.kit);
	assert_string_equal(road_items("kit_message"), "hallo other");
}

static void
pages_of_one_road_ask_nothing(void **state)
{
	(void)state;
	road_log();
	(void)kit_event(&road, "plain", 1, "plain", KIT_NOW);
	kit_commit(&road);
	assert_string_equal(road_value(ALIASES), "");
	assert_int_equal(items(), 1);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, road_setup, road_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(told_then_shown),
		TEST(shown_then_told),
		TEST(the_log_keeps_labels),
		TEST(edited_then_shown),
		TEST(shown_with_an_edit_that_nobody_told),
		TEST(an_edit_is_no_newer_than_what_is_there),
		TEST(edits_of_one_page_follow_each_other),
		TEST(an_edit_is_parsed_again),
		TEST(deleted_stays_deleted),
		TEST(unknown_is_left_out),
		TEST(two_of_one_second_in_one_page),
		TEST(two_of_one_second_in_two_pages),
		TEST(an_edit_between_two_pages),
		TEST(two_accounts_of_one_user),
		TEST(two_that_the_log_tells),
		TEST(an_edit_proves_nobody),
		TEST(the_newest_word_links),
		TEST(recipients_are_those_of_the_thread),
		TEST(two_pages_at_once),
		TEST(pages_of_one_road_ask_nothing),
	};

	return cmocka_run_group_tests(tests, road_setup_all, road_teardown_all);
}
