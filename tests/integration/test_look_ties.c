/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A dry run of a network tells the contacts that a run would make, and makes
 * none.
 */
#include <string.h>

#include "core/base/buf.h"

#include "state/look.h"
#include "tests/support/tie_kit.h"
#include "tests/support/unit.h"

static struct sl_kit dry; /* the same account, only looked at */
static struct sl_look *look;
static struct sl_buf told; /* "linkedin.com/in/bob connection|..." */

static void
tell(void *ctx, const struct sl_look_item *item)
{
	(void)ctx;
	if (item->verb == SL_LOOK_CONTACT)
		sl_buf_addf(&told, "%s%s %s", told.len ? "|" : "", item->id,
			    item->reason);
}

static int
setup(void **state)
{
	struct sl_store_factory stores;
	struct sl_owner owner = kit_owner();
	struct sl_error err;
	bool busy = true;

	(void)tie_setup(state);
	sl_buf_init(&told, 65536);
	look = sl_look_new(sl_test_db_url(ties.db), tell, NULL);
	stores = sl_look_factory(look);
	dry = (struct sl_kit){ .db = ties.db,
			       .connector = ties.connector,
			       .now_us = KIT_NOW };
	memcpy(dry.user, ties.user, sizeof(dry.user));
	memcpy(dry.integration, ties.integration, sizeof(dry.integration));
	dry.arena = sl_arena_new();
	dry.keep = sl_arena_new();
	sl_page_init(&dry.page, dry.arena);
	assert_int_equal(stores.open(stores.ctx, &dry.store, &err), SL_OK);
	assert_int_equal(kit_try_claim(&dry, &owner,
				       "00000000-0000-4000-8000-000000000001",
				       &busy),
			 SL_OK);
	return 0;
}

static int
teardown(void **state)
{
	const struct sl_run_end end = { .lease = &dry.account.lease };

	assert_int_equal(dry.store->finish(dry.store, &end, &dry.err), SL_OK);
	kit_release_beside(&dry);
	sl_look_free(&look);
	sl_buf_release(&told);
	return tie_teardown(state);
}

/* The kit of the words becomes the other one. */
static void
swap(void)
{
	struct sl_kit other = dry;

	dry = ties;
	ties = other;
	tie_box = kit_stream(&ties, "events", "box");
}

static void
fill(void)
{
	tie_page();
	(void)tie_connection(ANN, 1, "Ann", "Other");
	(void)tie_message("to bob", ME, BOB);
	(void)tie_message("from ann", ANN, ME);
	(void)tie_message("from stranger", "https://l.example/in/dan", ME);
	(void)tie_message("to bare", ME, "urn:li:person:Bare");
	kit_commit(&ties);
}

static void
contacts_of_a_page_are_foretold_and_not_made(void **state)
{
	(void)state;
	swap();
	fill();
	assert_string_equal(sl_buf_text(&told),
			    ANN_N " connection|" BOB_N " written-to");
	assert_int_equal(ties.outcome.counts.contacts_created, 2);
	assert_int_equal(tie_contacts(), 0);
	swap();
	fill();
	assert_int_equal(ties.outcome.counts.contacts_created, 2);
	assert_int_equal(tie_contacts(), 2);
	/* Who is one is not told again. */
	sl_buf_clear(&told);
	swap();
	fill();
	assert_string_equal(sl_buf_text(&told), "");
	swap();
}

static void
another_rule_is_foretold_of_what_is_stored(void **state)
{
	(void)state;
	tie_rule.rule = SL_PEOPLE_NONE;
	fill();
	assert_int_equal(tie_contacts(), 0);
	tie_rule.rule = SL_PEOPLE_CONNECTED;
	swap();
	tie_page();
	kit_commit(&ties);
	assert_string_equal(sl_buf_text(&told),
			    ANN_N " connection|" BOB_N " written-to");
	assert_int_equal(tie_contacts(), 0);
	swap();
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			contacts_of_a_page_are_foretold_and_not_made, setup,
			teardown),
		cmocka_unit_test_setup_teardown(
			another_rule_is_foretold_of_what_is_stored, setup,
			teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
