/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Series and their exceptions, streams and what named them; and a refusal that is no item's fault.
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

static int64_t
live(const char *id)
{
	return sl_test_db_i64(kit.db,
			      "SELECT count(*) AS v FROM public.artifacts "
			      "WHERE source_id = '%s' AND deleted_at IS NULL",
			      id);
}

static void
exceptions_go_with_their_series_and_come_back(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "series");

	(void)state;
	kit_page(&kit, s);
	(void)kit_event(&kit, "m", 1, "master", KIT_NOW);
	kit_event(&kit, "m_1", 1, "moved", KIT_NOW)->parent_id = "m";
	(void)kit_event(&kit, "other", 1, "other", KIT_NOW);
	kit_commit(&kit);
	kit.now_us += SL_US_PER_S;
	kit_page(&kit, s);
	kit_tombstone(&kit, "m");
	kit_commit(&kit);
	assert_int_equal(kit.outcome.counts.deleted, 2);
	assert_int_equal(live("m") + live("m_1"), 0);
	assert_int_equal(live("other"), 1);
	kit.now_us += SL_US_PER_S;
	kit_page(&kit, s);
	(void)kit_event(&kit, "m", 2, "master again", KIT_NOW);
	kit_commit(&kit);
	assert_int_equal(live("m") + live("m_1"), 2);
	assert_int_equal(kit.outcome.counts.updated, 2);
}

static void
an_exception_told_with_its_cancelled_series_stays(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "split");

	(void)state;
	kit_page(&kit, s);
	(void)kit_event(&kit, "n", 1, "master", KIT_NOW);
	kit_commit(&kit);
	kit.now_us += SL_US_PER_S;
	kit_page(&kit, s);
	kit_tombstone(&kit, "n");
	kit_event(&kit, "n_1", 1, "kept by the provider", KIT_NOW)->parent_id =
		"n";
	kit_commit(&kit);
	assert_int_equal(live("n"), 0);
	assert_int_equal(live("n_1"), 1);
}

static void
a_fault_of_the_installation_is_no_items_fault(void **state)
{
	struct sl_stream_row *s = kit_open(&kit, "type");

	(void)state;
	kit_page(&kit, s);
	kit_event(&kit, "t1", 1, "no such type", KIT_NOW)->type = "unheard_of";
	kit.commit.cursor = "{\"sync\":\"lost\"}";
	assert_int_equal(kit_try_commit(&kit), SL_CONFIG);
	assert_int_equal(kit_count(&kit, "public.sync_state",
				   "key = 'type' AND cursor IS NULL"),
			 1);
	assert_int_equal(
		kit_count(&kit, "public.sync_items", "stream_key = 'type'"), 0);
}

static void
a_walk_closes_streams_that_it_did_not_name(void **state)
{
	struct sl_stream_row *root = kit_stream(&kit, "calendars", "");
	struct sl_stream_change *c;

	(void)state;
	for (int walk = 0; walk < 2; walk++) {
		kit_page(&kit, root);
		for (int i = walk; i < 2; i++) {
			c = sl_page_stream(&kit.page);
			c->kind = "events";
			c->key = i == 0 ? "w0" : "w1";
			c->enabled = true;
		}
		kit_starts(&kit);
		kit_ends(&kit);
		kit_commit(&kit);
	}
	assert_int_equal(kit_count(&kit, "public.sync_state",
				   "key = 'w0' AND state = 'closed' AND "
				   "disabled_reason = 'not-listed'"),
			 1);
	assert_int_equal(kit_count(&kit, "public.sync_state",
				   "key = 'w1' AND state = 'new'"),
			 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(exceptions_go_with_their_series_and_come_back),
		T(an_exception_told_with_its_cancelled_series_stays),
		T(a_walk_closes_streams_that_it_did_not_name),
		T(a_fault_of_the_installation_is_no_items_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
