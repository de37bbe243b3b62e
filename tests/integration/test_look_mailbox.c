/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mailbox looked at: a dry run over its two streams counts what a run would
 * do, and an audit judges what is stored by the stream that lists.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"

#include "state/audit.h"
#include "state/look.h"
#include "tests/support/box_kit.h"
// cmocka last
#include <cmocka.h>

static struct sl_kit dry; /* the mailbox, only looked at */
static struct sl_look *look;
static struct sl_audit *audit;
static struct sl_buf told;

static void
tell_item(void *ctx, const struct sl_look_item *item)
{
	static const char *const words[] = {
		[SL_LOOK_CREATE] = "create",
		[SL_LOOK_UPDATE] = "update",
		[SL_LOOK_DELETE] = "delete",
		[SL_LOOK_OPEN] = "open",
	};
	const char *why = item->changed ? item->changed : item->reason;

	(void)ctx;
	sl_buf_addf(&told, "%s%s %s", told.len ? "|" : "", words[item->verb],
		    item->id);
	if (why)
		sl_buf_addf(&told, " (%s)", why);
}

static void
tell_finding(void *ctx, const struct sl_finding *f)
{
	static const char *const words[] = {
		[SL_FINDING_MISSING] = "missing",
		[SL_FINDING_EXTRA] = "extra",
		[SL_FINDING_STALE] = "stale",
	};

	(void)ctx;
	sl_buf_addf(&told, "%s%s %s (%s)", told.len ? "|" : "", words[f->kind],
		    f->id, f->why);
}

/* The mailbox through another store. */
static void
open_dry(struct sl_store_factory stores)
{
	struct sl_error err;

	dry = (struct sl_kit){ .db = box.db,
			       .connector = box.connector,
			       .now_us = box.now_us };
	memcpy(dry.user, box.user, sizeof(dry.user));
	memcpy(dry.integration, box.integration, sizeof(dry.integration));
	dry.arena = sl_arena_new();
	dry.keep = sl_arena_new();
	sl_page_init(&dry.page, dry.arena);
	assert_int_equal(stores.open(stores.ctx, &dry.store, &err), SL_OK);
	kit_claim(&dry);
	sl_buf_init(&told, 65536);
}

static void
close_dry(void)
{
	kit_release_beside(&dry);
	sl_buf_release(&told);
}

static struct sl_stream_row *
page_of(const char *kind)
{
	struct sl_stream_row *row = kit_stream(&dry, kind, "");

	kit_page(&dry, row);
	sl_buf_clear(&told);
	return row;
}

static void
ref(const char *id)
{
	sl_page_ref(&dry.page)->source_id = id;
	dry.page.items++;
}

static const char *
commit(void)
{
	kit_commit(&dry);
	return sl_buf_text(&told);
}

static void
store_two(void)
{
	kit_page(&box, box_changes());
	(void)box_mail("a", 1, box_inbox);
	(void)box_mail("b", 1, box_inbox);
	kit_commit(&box);
	box.now_us += KIT_HOUR;
}

static enum sl_sweep_answer
sweep(int64_t *deleted)
{
	struct sl_sweep_request request = {
		.lease = &dry.account.lease,
		.stream = kit_stream(&dry, "backfill", ""),
		.now_us = dry.now_us,
	};
	struct sl_sweep_outcome out;

	sl_buf_clear(&told);
	assert_int_equal(dry.store->sweep(dry.store, &request, dry.arena, &out,
					  &dry.err),
			 SL_OK);
	*deleted = out.deleted;
	return out.answer;
}

static void
patches_are_told_by_what_they_change(void **state)
{
	static const char *const work[] = { "work", NULL };

	(void)state;
	store_two();
	look = sl_look_new(sl_test_db_url(box.db), tell_item, NULL);
	open_dry(sl_look_factory(look));
	(void)page_of("changes");
	box_patch_in(&dry, "a", 9)->added = work;
	box_patch_in(&dry, "b", 9)->added = box_inbox;
	box_patch_in(&dry, "c", 9)->removed = work;
	assert_string_equal(commit(), "update a (labels)");
	assert_int_equal(dry.outcome.counts.updated, 1);
	assert_int_equal(dry.outcome.counts.unchanged, 2);
	close_dry();
	sl_look_free(&look);
}

static void
what_both_streams_read_is_told_once(void **state)
{
	static const char *const ids[] = { "new", NULL };

	(void)state;
	store_two();
	look = sl_look_new(sl_test_db_url(box.db), tell_item, NULL);
	open_dry(sl_look_factory(look));
	(void)page_of("changes");
	(void)box_in(&dry, "new", 9, box_inbox);
	assert_string_equal(commit(), "create new");
	(void)page_of("backfill");
	kit_starts(&dry);
	ref("new");
	ref("a");
	assert_string_equal(commit(), "");
	(void)page_of("backfill");
	dry.commit.answered = ids;
	(void)box_in(&dry, "new", 9, box_inbox);
	assert_string_equal(commit(), "");
	assert_int_equal(dry.outcome.counts.created, 0);
	assert_int_equal(dry.outcome.counts.unchanged, 1);
	close_dry();
	sl_look_free(&look);
}

static void
what_either_shows_would_not_be_swept(void **state)
{
	int64_t deleted;

	(void)state;
	store_two();
	look = sl_look_new(sl_test_db_url(box.db), tell_item, NULL);
	open_dry(sl_look_factory(look));
	(void)page_of("backfill");
	kit_starts(&dry);
	(void)commit();
	(void)page_of("changes");
	box_patch_in(&dry, "a", 9)->restore = true;
	(void)commit();
	(void)page_of("backfill");
	kit_ends(&dry);
	(void)commit();
	assert_int_equal(sweep(&deleted), SL_SWEPT);
	assert_string_equal(sl_buf_text(&told), "delete b (not-listed)");
	assert_int_equal(deleted, 1);
	close_dry();
	sl_look_free(&look);
}

static void
an_audit_lists_the_mailbox_once(void **state)
{
	int64_t extra;

	(void)state;
	store_two();
	box_leave_out(box_changes(), "draft");
	box_walk_begins();
	box_walk_ends();
	sl_test_db_exec(box.db,
			"UPDATE sluice.schedule SET lease_until = NULL WHERE "
			"integration_id = '%s'",
			box.integration);
	audit = sl_audit_new(sl_test_db_url(box.db), true, tell_finding, NULL);
	open_dry(sl_audit_factory(audit));
	assert_int_equal(dry.account.stream_count, 1);
	assert_string_equal(dry.account.streams[0].kind, "backfill");
	(void)page_of("backfill");
	kit_starts(&dry);
	kit_ends(&dry);
	ref("a");
	ref("draft"); /* left out by the other stream */
	ref("absent");
	assert_string_equal(commit(), "missing absent (not stored)");
	assert_int_equal(dry.outcome.counts.created, 1);
	assert_int_equal(dry.outcome.counts.unchanged, 1);
	assert_int_equal(dry.outcome.counts.filtered, 1);
	assert_int_equal(sweep(&extra), SL_SWEPT);
	assert_string_equal(sl_buf_text(&told),
			    "extra b (the provider does not list it)");
	assert_int_equal(extra, 1);
	close_dry();
	sl_audit_free(&audit);
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, box_setup, box_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(patches_are_told_by_what_they_change),
		TEST(what_both_streams_read_is_told_once),
		TEST(what_either_shows_would_not_be_swept),
		TEST(an_audit_lists_the_mailbox_once),
	};

	return cmocka_run_group_tests(tests, box_setup_all, box_teardown_all);
}
