/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A dry run and an audit of an account whose items come by two roads: what is
 * there under another id is not new, and one type alone would be swept.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"

#include "state/audit.h"
#include "state/look.h"
#include "tests/support/road_kit.h"
// cmocka last
#include <cmocka.h>

static struct sl_kit real; /* as stored */
static struct sl_buf told;

static void
tell_item(void *ctx, const struct sl_look_item *item)
{
	static const char *const words[] = {
		[SL_LOOK_CREATE] = "create",
		[SL_LOOK_UPDATE] = "update",
		[SL_LOOK_DELETE] = "delete",
		[SL_LOOK_FILTER] = "filter",
	};

	(void)ctx;
	sl_buf_addf(&told, "%s%s", told.len ? " " : "", words[item->verb]);
}

static void
tell_finding(void *ctx, const struct sl_finding *f)
{
	(void)ctx;
	sl_buf_addf(&told, "%s%s", told.len ? " " : "", f->why);
}

/* The kit's words speak to another store. */
static void
open_other(struct sl_store_factory stores)
{
	real = road;
	road = (struct sl_kit){ .db = real.db,
				.connector = real.connector,
				.now_us = real.now_us };
	memcpy(road.user, real.user, sizeof(road.user));
	memcpy(road.integration, real.integration, sizeof(road.integration));
	road.arena = sl_arena_new();
	road.keep = sl_arena_new();
	sl_page_init(&road.page, road.arena);
	assert_int_equal(stores.open(stores.ctx, &road.store, &road.err),
			 SL_OK);
	kit_claim(&road);
	sl_buf_init(&told, 65536);
}

static void
close_other(void)
{
	kit_release_beside(&road);
	sl_buf_release(&told);
	road = real;
}

static void
store_both(void)
{
	road_log();
	(void)road_told(&road, "r", "hello", ROAD_LOG(100));
	kit_commit(&road);
	road_listing("people", 100);
	(void)road_connection("ann", "Ann", sl_listing_version(100000));
	(void)road_connection(NULL, "Bob", sl_listing_version(100000));
	(void)road_connection("cid", "Cid", sl_listing_version(100000));
	kit_commit(&road);
}

/* Ann without her address, Bob with his: nobody is new; Cid is gone. */
static void
list_again(void)
{
	road_listing("people", 200);
	(void)road_connection(NULL, "Ann", sl_listing_version(200000));
	(void)road_connection("bob", "Bob", sl_listing_version(200000));
	kit_commit(&road);
}

static int64_t
sweep_listing(void)
{
	struct sl_sweep_request request = {
		.lease = &road.account.lease,
		.stream = road_stream("people"),
		.sweeps = "kit_connection",
		.listed_version = sl_listing_version(200000),
		.now_us = road.now_us,
	};
	struct sl_sweep_outcome out;

	assert_int_equal(road.store->sweep(road.store, &request, road.arena,
					   &out, &road.err),
			 SL_OK);
	return out.deleted;
}

static void
a_dry_run_finds_what_is_there(void **state)
{
	struct sl_look *look;

	(void)state;
	store_both();
	look = sl_look_new(sl_test_db_url(road.db), tell_item, NULL);
	open_other(sl_look_factory(look));
	road_log();
	road_edit("r", "hullo", ROAD_LOG(150));
	road_delete("q", ROAD_LOG(150));
	kit_commit(&road);
	assert_string_equal(sl_buf_text(&told), "update filter");
	sl_buf_clear(&told);
	road_listing("inbox", 200);
	(void)road_shown("hallo", sl_listing_version(200000));
	kit_commit(&road);
	assert_int_equal(road.outcome.counts.created, 0);
	assert_int_equal(road.outcome.stream.sweep, SL_SWEEP_NONE);
	sl_buf_clear(&told);
	list_again();
	assert_string_equal(sl_buf_text(&told), "update");
	assert_int_equal(sweep_listing(), 1);
	assert_string_equal(sl_buf_text(&told), "update delete");
	close_other();
	sl_look_free(&look);
	assert_string_equal(road_items("kit_message"), "hello");
	assert_int_equal(
		kit_count(&road, "public.artifacts", "deleted_at IS NULL"), 4);
}

static void
an_audit_finds_what_is_there(void **state)
{
	struct sl_audit *audit;

	(void)state;
	store_both();
	sl_test_db_exec(road.db,
			"UPDATE sluice.schedule SET lease_until = NULL WHERE "
			"integration_id = '%s'",
			road.integration);
	audit = sl_audit_new(sl_test_db_url(road.db), false, tell_finding,
			     NULL);
	open_other(sl_audit_factory(audit));
	list_again();
	sl_buf_clear(&told); /* of Bob's address */
	assert_int_equal(sweep_listing(), 1);
	assert_string_equal(sl_buf_text(&told),
			    "the provider does not list it");
	close_other();
	sl_audit_free(&audit);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, road_setup, road_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_dry_run_finds_what_is_there),
		TEST(an_audit_finds_what_is_there),
	};

	return cmocka_run_group_tests(tests, road_setup_all, road_teardown_all);
}
