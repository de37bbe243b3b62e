/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The store of an audit on a real database: what it judges of a page, what it
 * leaves alone, and how findings become wanted items.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/base/buf.h"

#include "state/audit.h"
#include "tests/support/store_kit.h"
// cmocka last
#include <cmocka.h>

static struct sl_kit kit;    /* writes */
static struct sl_kit audit;  /* the same account, audited */
static struct sl_kit repair; /* and repaired */
static struct sl_audit *state;
static struct sl_buf told; /* "missing a (why)|..." */

static const char *const words[] = {
	[SL_FINDING_MISSING] = "missing",
	[SL_FINDING_EXTRA] = "extra",
	[SL_FINDING_STALE] = "stale",
};

static void
tell(void *ctx, const struct sl_finding *f)
{
	(void)ctx;
	sl_buf_addf(&told, "%s%s %s (%s)", told.len ? "|" : "", words[f->kind],
		    f->id, f->why);
}

static void
open_kit(struct sl_kit *k, struct sl_store_factory stores)
{
	struct sl_error err;

	*k = (struct sl_kit){ .db = kit.db,
			      .connector = kit.connector,
			      .now_us = KIT_NOW };
	memcpy(k->user, kit.user, sizeof(k->user));
	memcpy(k->integration, kit.integration, sizeof(k->integration));
	k->arena = sl_arena_new();
	k->keep = sl_arena_new();
	sl_page_init(&k->page, k->arena);
	assert_int_equal(stores.open(stores.ctx, &k->store, &err), SL_OK);
}

static void
finish(struct sl_kit *k, const char *status)
{
	static const struct sl_tally none;
	const struct sl_run_end end = {
		.lease = &k->account.lease,
		.trigger = "manual",
		.mode = "full",
		.status = status,
		.started_us = KIT_NOW,
		.finished_us = KIT_NOW,
		.add = &none,
		.not_before_us = SL_NO_TIME,
		.next_run_us = SL_NO_TIME,
		.backfill_us = SL_NO_TIME,
	};

	assert_int_equal(k->store->finish(k->store, &end, &k->err), SL_OK);
}

static int
setup(void **s)
{
	(void)s;
	sl_buf_init(&told, 65536);
	kit_init(&kit);
	kit_claim(&kit);
	(void)kit_open(&kit, "k");
	state = sl_audit_new(sl_test_db_url(kit.db), true, tell, NULL);
	open_kit(&audit, sl_audit_factory(state));
	open_kit(&repair, sl_repair_factory(state));
	return 0;
}

static int
teardown(void **s)
{
	(void)s;
	kit_release_beside(&audit);
	kit_release_beside(&repair);
	sl_audit_free(&state);
	kit_release(&kit);
	sl_buf_release(&told);
	return 0;
}

/* Store a page of a walk that is complete. */
static void
store_walk(void (*fill)(struct sl_kit *k))
{
	kit_page(&kit, kit_stream(&kit, "events", "k"));
	fill(&kit);
	kit_starts(&kit);
	kit_ends(&kit);
	kit_commit(&kit);
}

/* One audited page that is the whole listing; `scope` as a walk's bound. */
static void
audit_walk(void (*fill)(struct sl_kit *k), int64_t scope_from_us)
{
	sl_buf_clear(&told);
	kit_claim(&audit);
	assert_int_equal(audit.account.stream_count, 1);
	kit_page(&audit, kit_stream(&audit, "events", "k"));
	fill(&audit);
	kit_starts(&audit);
	kit_ends(&audit);
	audit.page.scope_from_us = scope_from_us;
	kit_commit(&audit);
}

static int64_t
sweep(void)
{
	struct sl_sweep_request request = { .lease = &audit.account.lease,
					    .stream = kit_stream(&audit,
								 "events", "k"),
					    .now_us = KIT_NOW };
	struct sl_sweep_outcome out;

	assert_int_equal(request.stream->sweep, SL_SWEEP_DUE);
	assert_int_equal(audit.store->sweep(audit.store, &request, audit.keep,
					    &out, &audit.err),
			 SL_OK);
	assert_int_equal(out.answer, SL_SWEPT);
	return out.deleted;
}

static int64_t
met(const char *where)
{
	return kit_count(&kit, "sluice.audit_items", where);
}

static void
as_stored(struct sl_kit *k)
{
	struct sl_artifact *a;

	(void)kit_event(k, "same", 5, "same", KIT_NOW);
	(void)kit_event(k, "title", 5, "title", KIT_NOW);
	(void)kit_event(k, "extra", 5, "extra", KIT_NOW);
	a = kit_event(k, "ended", 5, "ended", KIT_NOW - 9 * KIT_DAY);
	(void)a;
	(void)kit_event(k, "cancelled", 5, "cancelled", KIT_NOW);
	(void)kit_event(k, "tombstone", 5, "tombstone", KIT_NOW);
}

static void
as_listed(struct sl_kit *k)
{
	struct sl_artifact *a;
	struct sl_rejected *r;

	(void)kit_event(k, "same", 9, "same", KIT_NOW); /* newer, unchanged */
	(void)kit_event(k, "title", 6, "renamed", KIT_NOW);
	(void)kit_event(k, "missing", 5, "missing", KIT_NOW);
	(void)kit_event(k, "tombstone", 5, "tombstone", KIT_NOW);
	(void)kit_event(k, "in-ledger", 5, "in-ledger", KIT_NOW);
	a = kit_event(k, "cancelled", 6, "cancelled", KIT_NOW);
	a->deleted = true;
	a->deleted_reason = "cancelled";
	a = kit_event(k, "bad", 5, "bad", KIT_NOW);
	a->start_date = "2026-02-31";
	(void)kit_event(k, "same", 9, "same", KIT_NOW); /* once more */
	r = sl_page_rejected(&k->page);
	r->source_id = "odd";
	r->reason = "no id";
	sl_page_filtered(&k->page)->source_id = "left-out";
	k->page.filtered.first->reason = "event-type";
}

static const char wanted[] =
	"stale title (the provider's is newer, differs in title, metadata)|"
	"missing missing (not stored)|"
	"missing tombstone (stored as deleted)|"
	"extra cancelled (cancelled at the provider)|"
	"missing bad (cannot be stored: database error 22008: date/time field "
	"value out of range: \"2026-02-31\")|"
	"missing odd (cannot be stored, and is not in quarantine)";

static void
release_kit(void)
{
	finish(&kit, "ok");
	sl_test_db_exec(kit.db, "DELETE FROM public.sync_logs");
}

static void
a_page_is_judged_by_content(void **s)
{
	(void)s;
	store_walk(as_stored);
	kit_page(&kit, kit_stream(&kit, "events", "k"));
	kit_tombstone(&kit, "tombstone");
	sl_page_filtered(&kit.page)->source_id = "in-ledger";
	kit.page.filtered.first->reason = "old-rule";
	kit_commit(&kit);
	release_kit();

	audit_walk(as_listed, KIT_NOW - KIT_DAY);
	assert_string_equal(sl_buf_text(&told), wanted);
	assert_int_equal(audit.outcome.counts.created, 4);
	assert_int_equal(audit.outcome.counts.updated, 1);
	assert_int_equal(audit.outcome.counts.deleted, 1);
	assert_int_equal(audit.outcome.counts.unchanged, 1);
	assert_int_equal(audit.outcome.counts.filtered, 2);
	sl_buf_clear(&told);
	assert_int_equal(sweep(), 1); /* not what ended before the scope */
	assert_string_equal(sl_buf_text(&told),
			    "extra extra (the provider does not list it)");
	assert_int_equal(sl_audit_unfinished(state, kit.integration), 0);
	assert_int_equal(sl_audit_waiting(state, kit.integration), 7);
	/* Nothing of it is in the stream's row. */
	assert_int_equal(kit_count(&kit, "public.sync_state",
				   "key = 'k' AND state = 'live' AND "
				   "generation = 1 AND pending IS NULL AND "
				   "sweep_state = 'none'"),
			 1);
}

static void
an_audit_that_was_cut_off_is_cleaned_up(void **s)
{
	(void)s;
	assert_true(met("true") > 0);
	finish(&audit, "interrupted");
	assert_int_equal(met("true"), 0);
	audit_walk(as_listed, SL_NO_TIME); /* and this one is killed */
	assert_true(met("true") > 0);
	sl_test_db_exec(kit.db, "UPDATE sluice.schedule SET lease_until = "
				"now() - interval '1 h'");
	kit_claim(&audit);
	assert_int_equal(met("true"), 0);
	finish(&audit, "ok");
	assert_int_equal(
		kit_count(&kit, "sluice.schedule",
			  "lease_until IS NULL AND lease_owner IS NULL "
			  "AND run_id IS NULL"),
		1);
	assert_int_equal(kit_count(&kit, "public.sync_logs", "true"), 0);
}

static void
a_run_that_died_alone_is_charged(void **s)
{
	(void)s;
	sl_test_db_exec(kit.db,
			"UPDATE sluice.schedule SET lease_until = now() - "
			"interval '1 h', run_id = gen_random_uuid(), run_begun "
			"= true, run_alone = true, solo = true, charges = 1");
	kit_claim(&audit);
	finish(&audit, "ok");
	assert_int_equal(kit_count(&kit, "sluice.schedule",
				   "solo AND charges = 2 AND NOT run_begun "
				   "AND left_run_id IS NOT NULL"),
			 1);
	sl_test_db_exec(kit.db, "UPDATE sluice.schedule SET solo = false, "
				"charges = 0, left_run_id = NULL");
}

static void
who_lost_the_lease_judges_nothing(void **s)
{
	(void)s;
	kit_claim(&audit);
	sl_test_db_exec(kit.db, "UPDATE sluice.schedule SET fence = fence + 1");
	kit_page(&audit, kit_stream(&audit, "events", "k"));
	as_listed(&audit);
	kit_starts(&audit);
	sl_buf_clear(&told);
	assert_int_equal(kit_try_commit(&audit), SL_LOST);
	assert_string_equal(sl_buf_text(&told), "");
	assert_int_equal(met("true"), 0);
	assert_int_equal(audit.store->heartbeat(
				 audit.store, &audit.account.lease, &audit.err),
			 SL_LOST);
	sl_test_db_exec(kit.db,
			"UPDATE sluice.schedule SET lease_until = NULL");
}

static void
findings_become_wanted_items(void **s)
{
	struct sl_stream_row *row;
	const struct sl_ref *r;
	int n = 0;

	(void)s;
	audit_walk(as_listed, KIT_NOW - KIT_DAY);
	assert_int_equal(sweep(), 1);
	finish(&audit, "ok");
	assert_int_equal(met("finding IS NULL"), 0);
	assert_int_equal(met("true"), 7);
	kit_claim(&repair);
	row = kit_stream(&repair, "events", "k");
	for (r = row->pending; r != NULL; r = r->next)
		n++;
	assert_int_equal(n, 7);
	assert_int_equal(met("true"), 0);
	assert_int_equal(sl_audit_waiting(state, kit.integration), 0);
	/* What is read by id is written, although the row says the same. */
	assert_int_equal(kit_count(&kit, "public.artifacts",
				   "source_id IN ('title', 'extra', "
				   "'cancelled', 'tombstone') AND map_version "
				   "= 0 AND source_version = 0"),
			 4);
	kit_page(&repair, row);
	(void)kit_event(&repair, "tombstone", 5, "tombstone", KIT_NOW);
	repair.commit.answered = (const char *const[]){ "tombstone", NULL };
	kit_commit(&repair);
	assert_int_equal(repair.outcome.counts.updated, 1);
	assert_int_equal(kit_count(&kit, "public.artifacts",
				   "source_id = 'tombstone' AND deleted_at IS "
				   "NULL AND source_version = 5"),
			 1);
	finish(&repair, "ok");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_is_judged_by_content),
		cmocka_unit_test(an_audit_that_was_cut_off_is_cleaned_up),
		cmocka_unit_test(a_run_that_died_alone_is_charged),
		cmocka_unit_test(who_lost_the_lease_judges_nothing),
		cmocka_unit_test(findings_become_wanted_items),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
