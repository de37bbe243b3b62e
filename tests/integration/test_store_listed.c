/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Listings of one type in full, by streams and by archives that come late; who
 * is in them with and without an address; and invitations that two roads told.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/road_kit.h"
// cmocka last
#include <cmocka.h>

#define PROFILES                                                               \
	"SELECT string_agg(value_norm, ' ' ORDER BY value_norm) AS v FROM "    \
	"public.artifact_participants WHERE user_id = $user"

static int64_t
version(int64_t ms)
{
	return sl_listing_version(ms * 1000);
}

static void
list(int64_t ms, const char *const *slugs)
{
	road_listing("people", ms);
	for (; *slugs != NULL; slugs++)
		(void)road_connection(*slugs, *slugs, version(ms));
	kit_commit(&road);
}

#define LIST(ms, ...) list(ms, (const char *const[]){ __VA_ARGS__, NULL })

/* The stream of an archive; it stays open. */
static struct sl_stream_row *
archive(const char *key)
{
	const struct sl_stream_key which = { .kind = "archive",
					     .key = key,
					     .title = "an archive" };
	struct sl_stream_row *row = SL_NEW(road.keep, struct sl_stream_row);

	assert_int_equal(road.store->open_stream(road.store,
						 &road.account.lease, &which,
						 road.keep, row, &road.err),
			 SL_OK);
	kit_reload(&road);
	return row;
}

static void
import(const char *key, int64_t ms, const char *sweeps,
       const char *const *slugs)
{
	struct sl_stream_row *row = archive(key);

	kit_page(&road, row);
	road.commit.starts_walk = true;
	road.commit.walk_done = true;
	road.commit.walk_started_us = road.now_us;
	road.commit.listed_version = version(ms);
	road.commit.items_key = "";
	road.commit.shares_key = true;
	road.commit.sweeps = sweeps;
	for (; *slugs != NULL; slugs++)
		(void)road_connection(*slugs, *slugs, version(ms));
	kit_commit(&road);
}

#define IMPORT(key, ms, ...)                                                   \
	import(key, ms, "kit_connection",                                      \
	       (const char *const[]){ __VA_ARGS__, NULL })

/* --- sweeping ------------------------------------------------------------------------ */

static void
one_type_is_swept(void **state)
{
	struct sl_artifact *a;

	(void)state;
	LIST(100, "ann", "bob");
	assert_int_equal(road_sweep("people"), 0);
	road_log();
	a = road_message(&road, "t", 0, "hello", ROAD_LOG(100));
	road_person(&road, a, ROAD_ANN, "from");
	kit_commit(&road);
	LIST(200, "ann", "cid");
	assert_int_equal(road_sweep("people"), 1);
	assert_string_equal(road_items("kit_connection"), "ann -bob cid");
	assert_string_equal(road_items("kit_message"), "hello");
	/* what lists nothing in full sweeps nothing, and notes nothing */
	road_listing("inbox", 300);
	kit_commit(&road);
	assert_int_equal(road.outcome.stream.sweep, SL_SWEEP_NONE);
	assert_int_equal(road_sweep("inbox"), 0);
	assert_int_equal(kit_count(&road, "public.sync_state",
				   "listed_version IS NOT NULL"),
			 1);
	assert_string_equal(road_items("kit_message"), "hello");
}

static void
an_older_archive_undoes_nothing(void **state)
{
	(void)state;
	LIST(200, "ann", "bob");
	assert_int_equal(road_sweep("people"), 0);
	LIST(300, "ann");
	assert_int_equal(road_sweep("people"), 1);
	/* bob was there then, and so was dan, whom nobody knew */
	IMPORT("a1", 250, "bob", "dan");
	assert_int_equal(road.outcome.stream.sweep, SL_SWEEP_NONE);
	assert_int_equal(road_sweep("archive"), 0);
	assert_string_equal(road_items("kit_connection"), "ann -bob -dan");
	assert_string_equal(
		road_value("SELECT string_agg(deleted_reason, ' ') AS v FROM "
			   "public.artifacts WHERE user_id = $user"),
		"not-listed not-listed");
	/* a newer one does */
	IMPORT("a2", 400, "ann", "bob");
	assert_int_equal(road_sweep("archive"), 0);
	assert_string_equal(road_items("kit_connection"), "ann bob -dan");
}

static void
an_archive_is_swept(void **state)
{
	struct sl_sweep_request request = { .lease = &road.account.lease,
					    .items_key = "",
					    .now_us = road.now_us };
	struct sl_sweep_outcome out;

	(void)state;
	LIST(100, "ann", "bob");
	IMPORT("a1", 200, "ann");
	assert_int_equal(
		kit_count(&road, "public.artifacts", "stream_key <> ''"), 0);
	request.stream = kit_stream(&road, "archive", "a1");
	assert_int_equal(road.store->sweep(road.store, &request, road.arena,
					   &out, &road.err),
			 SL_OK);
	assert_int_equal(out.deleted, 1);
	assert_string_equal(road_items("kit_connection"), "ann -bob");
	/* one with gaps is not, nor is it a listing */
	import("a2", 300, "", (const char *const[]){ "cid", NULL });
	assert_int_equal(road.outcome.stream.sweep, SL_SWEEP_NONE);
	assert_string_equal(road_value("SELECT max(listed_version)::text AS v "
				       "FROM public.sync_state "
				       "WHERE user_id = $user"),
			    "803");
	assert_string_equal(road_items("kit_connection"), "ann -bob cid");
}

static void
a_newer_listing_ends_a_sweep_that_waits(void **state)
{
	(void)state;
	LIST(100, "ann", "bob");
	LIST(200, "ann");
	/* before it is swept an archive shows that he is there */
	IMPORT("a1", 300, "ann", "bob");
	assert_int_equal(road_sweep("people"), 0);
	assert_string_equal(road_items("kit_connection"), "ann bob");
}

/* --- who it is --------------------------------------------------------------------------- */

static void
connect(const char *slug, int64_t ms)
{
	road_listing("people", ms);
	(void)road_connection(slug, "Ann", version(ms));
	kit_commit(&road);
}

static void
without_an_address_then_with(void **state)
{
	(void)state;
	connect(NULL, 100);
	assert_string_equal(road_value(PROFILES), "");
	connect("ann", 200);
	assert_string_equal(road_items("kit_connection"), "ann");
	assert_string_equal(road_value(PROFILES), "ann");
	connect("ann", 300);
	assert_int_equal(road.outcome.counts.unchanged, 1);
	/* another of that name and day */
	connect("ann-2", 400);
	assert_string_equal(road_items("kit_connection"), "ann ann-2");
}

static void
with_an_address_then_without(void **state)
{
	(void)state;
	connect("ann", 100);
	connect(NULL, 200);
	assert_int_equal(road.outcome.counts.fetched, 1);
	assert_int_equal(kit_count(&road, "public.artifacts", "true"), 1);
	assert_string_equal(road_value(PROFILES), "ann");
	/* it was seen, too */
	assert_int_equal(road_sweep("people"), 0);
	road_listing("people", 300);
	kit_commit(&road);
	assert_int_equal(road_sweep("people"), 1);
	connect(NULL, 400);
	assert_int_equal(
		kit_count(&road, "public.artifacts", "deleted_at IS NULL"), 1);
	assert_string_equal(road_value(PROFILES), "ann");
}

static void
two_of_one_name(void **state)
{
	(void)state;
	connect(NULL, 50);
	road_listing("people", 100);
	(void)road_connection("ann", "Ann", version(100));
	(void)road_connection("ann-2", "Ann", version(100));
	kit_commit(&road);
	assert_string_equal(road_items("kit_connection"), "ann ann-2");
	assert_string_equal(road_value(PROFILES), "ann ann-2");
	/* and of one listing: two, in whatever pages */
	road_listing("people", 200);
	(void)road_connection("bob", "Bob", version(200));
	kit_commit(&road);
	kit_page(&road, road_stream("people"));
	(void)road_connection(NULL, "Bob", version(200));
	kit_commit(&road);
	assert_string_equal(road_value(PROFILES), "ann ann-2 bob");
	assert_int_equal(kit_count(&road, "public.artifacts", "true"), 4);
}

/* --- invitations --------------------------------------------------------------------------- */

static struct sl_artifact *
invitation(const char *id, int64_t hours, int64_t v)
{
	struct sl_artifact *a = kit_event(&road, id, v, "an invitation",
					  KIT_NOW + hours * 3600 * SL_US_PER_S);

	a->type = "kit_invitation";
	a->ends_us = a->reach_us = SL_NO_TIME;
	a->content = id;
	return a;
}

static void
told_invitation(const char *resource, int64_t hours)
{
	static const char *const pending[] = { "pending", NULL };
	struct sl_artifact *a;

	road_log();
	a = invitation(sl_arena_printf(road.arena, "i:%s", resource), hours,
		       ROAD_LOG(100));
	road_alias(&road, a, resource);
	road_person(&road, a, ROAD_ME_URN, "inviter")->self = true;
	road_person(&road, a, ROAD_ANN_URN, "invitee");
	a->labels = pending;
	a->keep_labels = true;
	kit_commit(&road);
}

static void
shown_invitation(const char *id, const char *invitee, int64_t hours)
{
	static const char *const sent[] = { "sent", NULL };
	struct sl_artifact *a;

	road_listing("inbox", 200);
	a = invitation(id, hours, version(200));
	road_person(&road, a, ROAD_ME, "inviter")->self = true;
	road_person(&road, a, invitee, "invitee");
	a->labels = sent;
	kit_commit(&road);
}

/* Both roads name the sender of one message. */
static void
become_known(void)
{
	road_log();
	(void)road_told(&road, "m", "hello", ROAD_LOG(100));
	kit_commit(&road);
	road_listing("inbox", 200);
	(void)road_shown("hello", version(200));
	kit_commit(&road);
}

static void
accepted(const char *resource)
{
	static const char *const label[] = { "accepted", NULL };

	road_log();
	road_edit(resource, NULL, ROAD_LOG(900));
	road.page.patches.first->added = label;
	kit_commit(&road);
}

#define INVITATIONS                                                            \
	"SELECT string_agg(concat_ws(' ', source_id, array_to_string(labels, " \
	"'+')), ', ' ORDER BY source_id) AS v FROM public.artifacts WHERE "    \
	"type = 'kit_invitation' AND user_id = $user"

static void
invitations_merge_when_a_link_is_learned(void **state)
{
	(void)state;
	told_invitation("r", 0);
	shown_invitation("i:out:ann:1", ROAD_ANN, 8);
	shown_invitation("i:out:bob:1", "linkedin.com/in/bob", 8);
	assert_int_equal(kit_count(&road, "public.artifacts", "true"), 3);
	become_known();
	assert_string_equal(road_value(INVITATIONS),
			    "i:out:ann:1 sent+pending, i:out:bob:1 sent");
	/* the other road goes on to find it */
	accepted("r");
	assert_string_equal(
		road_value(INVITATIONS),
		"i:out:ann:1 sent+pending+accepted, i:out:bob:1 sent");
	told_invitation("r", 0);
	assert_string_equal(
		road_value(INVITATIONS),
		"i:out:ann:1 sent+pending+accepted, i:out:bob:1 sent");
}

static void
invitations_merge_when_a_link_is_known(void **state)
{
	(void)state;
	become_known();
	told_invitation("r", 0);
	told_invitation("q", 100);
	shown_invitation("i:out:ann:1", ROAD_ANN, 8);
	assert_string_equal(road_value(INVITATIONS),
			    "i:out:ann:1 sent+pending, i:q pending");
	/* too far apart */
	shown_invitation("i:out:ann:2", ROAD_ANN, 137);
	assert_string_equal(
		road_value(INVITATIONS),
		"i:out:ann:1 sent+pending, i:out:ann:2 sent, i:q pending");
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, road_setup, road_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_type_is_swept),
		TEST(an_older_archive_undoes_nothing),
		TEST(an_archive_is_swept),
		TEST(a_newer_listing_ends_a_sweep_that_waits),
		TEST(without_an_address_then_with),
		TEST(with_an_address_then_without),
		TEST(two_of_one_name),
		TEST(invitations_merge_when_a_link_is_learned),
		TEST(invitations_merge_when_a_link_is_known),
	};

	return cmocka_run_group_tests(tests, road_setup_all, road_teardown_all);
}
