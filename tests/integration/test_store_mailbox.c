/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a mailbox asks of the store: patches, refs of tombstones, a ledger and a
 * sweep over two streams.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#include "tests/support/box_kit.h"
// cmocka last
#include <cmocka.h>

/* --- patches ------------------------------------------------------------------ */

static void
labels_are_set_added_and_removed(void **state)
{
	static const char *const ab[] = { "a", "b", NULL };
	static const char *const b[] = { "b", NULL };
	static const char *const ca[] = { "c", "a", NULL };
	static const char *const aba[] = { "a", "b", "a", NULL };

	static const struct {
		const char *id;
		const char *const *labels, *const *added, *const *removed;
		const char *then;
		int64_t updated;
	} cases[] = {
		{ "all", ca, NULL, NULL, "c,a 7", 1 },
		{ "none", box_none, NULL, NULL, " 7", 1 },
		{ "same", ab, NULL, NULL, "a,b 1", 0 },
		{ "twice", aba, NULL, NULL, "a,b 1", 0 },
		{ "added", NULL, ca, NULL, "a,b,c 7", 1 },
		{ "there", NULL, b, NULL, "a,b 1", 0 },
		{ "removed", NULL, NULL, b, "a 7", 1 },
		{ "absent", NULL, NULL, ca, "b 7", 1 },
		{ "both", NULL, ca, b, "a,c 7", 1 },
		{ "nothing", NULL, NULL, NULL, "a,b 1", 0 },
		{ "whole", ca, b, NULL, "c,a,b 7", 1 },
	};

	(void)state;
	kit_page(&box, box_changes());
	for (size_t i = 0; i < SL_ARRAY_LEN(cases); i++)
		(void)box_mail(cases[i].id, 1, ab);
	kit_commit(&box);
	for (size_t i = 0; i < SL_ARRAY_LEN(cases); i++) {
		struct sl_patch *p;

		kit_page(&box, box_changes());
		p = box_patch(cases[i].id, 7);
		p->labels = cases[i].labels;
		p->added = cases[i].added;
		p->removed = cases[i].removed;
		kit_commit(&box);
		assert_string_equal(box_stored(cases[i].id), cases[i].then);
		assert_int_equal(box.outcome.counts.updated, cases[i].updated);
		assert_int_equal(box.outcome.counts.unchanged,
				 1 - cases[i].updated);
	}
}

static void
an_older_patch_does_nothing(void **state)
{
	(void)state;
	kit_page(&box, box_changes());
	(void)box_mail("old", 5, box_inbox);
	kit_commit(&box);
	kit_page(&box, box_changes());
	box_patch("old", 4)->labels = box_none;
	kit_commit(&box);
	assert_string_equal(box_stored("old"), "INBOX 5");
	assert_int_equal(box.outcome.counts.unchanged, 1);
	kit_page(&box, box_changes());
	box_patch("old", 0)->labels = box_none;
	kit_commit(&box);
	assert_string_equal(box_stored("old"), " 5");
}

static void
a_patch_without_effect_writes_nothing(void **state)
{
	static const char *const query =
		"SELECT xmin::text || synced_at AS v FROM public.artifacts "
		"WHERE source_id = 'calm'";
	char before[128];

	(void)state;
	kit_page(&box, box_changes());
	(void)box_mail("calm", 1, box_inbox);
	kit_commit(&box);
	(void)snprintf(before, sizeof(before), "%s",
		       sl_test_db_text(box.db, "%s", query));
	box.now_us += KIT_HOUR;
	kit_page(&box, box_changes());
	box_patch("calm", 9)->added = box_inbox;
	box_patch("unknown", 9)->labels = box_inbox;
	kit_commit(&box);
	assert_string_equal(sl_test_db_text(box.db, "%s", query), before);
	assert_int_equal(box.outcome.counts.updated, 0);
	assert_int_equal(box.outcome.counts.unchanged, 2);
	assert_string_equal(box_stored("unknown"), "absent");
}

/* People of what lives again are judged, whether a patch or a ref restored it. */
static void
restored(const char *id, const char *address, bool by_ref)
{
	char where[128];
	struct sl_artifact *a;

	(void)snprintf(where, sizeof(where), "address_norm = '%s'", address);
	kit_page(&box, box_changes());
	a = box_mail(id, 1, box_inbox);
	a->deleted = true;
	a->deleted_reason = "trash";
	kit_person(&box, a, box.account.account, "from", NULL);
	kit_person(&box, a, address, "to", NULL);
	box.commit.people.rule = SL_PEOPLE_SENT;
	kit_commit(&box);
	assert_int_equal(kit_count(&box, "public.contact_emails", where), 0);
	box.now_us += KIT_HOUR;
	if (by_ref) {
		box_walk_begins();
		kit_page(&box, box_backfill());
		box_ref(id);
	} else {
		kit_page(&box, box_changes());
		box_patch(id, 2)->restore = true;
	}
	box.commit.people.rule = SL_PEOPLE_SENT;
	kit_commit(&box);
	assert_string_equal(box_stored(id), by_ref ? "INBOX 1" : "INBOX 2");
	assert_int_equal(box.outcome.counts.updated, 1);
	assert_int_equal(kit_count(&box, "public.contact_emails", where), 1);
	assert_int_equal(box.outcome.counts.contacts_created, 1);
}

static void
who_is_in_what_is_restored_is_judged_again(void **state)
{
	(void)state;
	restored("by-patch", "ann@example.com", false);
	restored("by-ref", "bob@example.com", true);
}

/* --- refs of tombstones ----------------------------------------------------------- */

static void
a_tombstone_since_the_walk_began_is_read(void **state)
{
	static const char *const both[] = { "before", "since", NULL };

	(void)state;
	kit_page(&box, box_changes());
	(void)box_mail("before", 1, box_inbox);
	(void)box_mail("since", 1, box_inbox);
	kit_commit(&box);
	kit_page(&box, box_changes());
	kit_tombstone(&box, "before");
	kit_commit(&box);
	box.now_us += KIT_HOUR;
	box_walk_begins();
	box.now_us += KIT_HOUR;
	kit_page(&box, box_changes());
	kit_tombstone(&box, "since");
	kit_commit(&box);
	box_list(both);
	assert_string_equal(box_stored("before"), "INBOX 1");
	assert_string_equal(box_stored("since"), "-INBOX 1");
	assert_string_equal(box_wants("backfill"), "since");
	assert_int_equal(box.outcome.counts.updated, 1);
	/* who follows has listed nothing: every tombstone is read */
	kit_page(&box, box_changes());
	kit_tombstone(&box, "before");
	kit_commit(&box);
	box.now_us += KIT_HOUR;
	kit_page(&box, box_changes());
	box_ref("before");
	kit_commit(&box);
	assert_string_equal(box_stored("before"), "-INBOX 1");
	assert_string_equal(box_wants("changes"), "before");
}

static void
a_patch_restores_before_the_ref_is_looked_at(void **state)
{
	(void)state;
	kit_page(&box, box_changes());
	(void)box_mail("back", 1, box_inbox);
	kit_commit(&box);
	kit_page(&box, box_changes());
	kit_tombstone(&box, "back");
	kit_commit(&box);
	kit_page(&box, box_changes());
	box_patch("back", 2)->restore = true;
	box_ref("back");
	box_patch("new", 2)->restore = true;
	box_ref("new");
	kit_commit(&box);
	assert_string_equal(box_stored("back"), "INBOX 2");
	assert_string_equal(box_wants("changes"), "new");
	assert_int_equal(box.outcome.counts.updated, 1);
	assert_int_equal(box.outcome.counts.unchanged, 2);
}

/* --- the ledger ---------------------------------------------------------------- */

static void
either_heals_what_the_other_noted(void **state)
{
	struct sl_stream_row *(*const streams[])(void) = { box_changes,
							   box_backfill };

	(void)state;
	box_walk_begins();
	for (size_t i = 0; i < SL_ARRAY_LEN(streams); i++) {
		struct sl_stream_row *one = streams[i]();
		struct sl_stream_row *other = streams[1 - i]();

		box_reject(one, "stored");
		box_reject(one, "gone");
		box_reject(one, "out");
		box_leave_out(one, "in");
		assert_string_equal(box_ledger("out"),
				    i == 0 ? "changes quarantined"
					   : "backfill quarantined");
		kit_page(&box, other);
		(void)box_mail("stored", 1, box_inbox);
		kit_tombstone(&box, "gone");
		kit_commit(&box);
		box_leave_out(other, "out");
		box_reject(other, "in");
		assert_string_equal(box_ledger("stored"), "");
		assert_string_equal(box_ledger("gone"), "");
		assert_string_equal(box_ledger("out"),
				    i == 0 ? "backfill filtered"
					   : "changes filtered");
		assert_string_equal(box_ledger("in"),
				    i == 0 ? "backfill quarantined"
					   : "changes quarantined");
		sl_test_db_exec(box.db, "DELETE FROM public.sync_items");
	}
}

static void
what_one_left_out_the_other_knows(void **state)
{
	static const char *const listed[] = { "out", "odd", "new", NULL };

	(void)state;
	box_leave_out(box_changes(), "out");
	box_reject(box_changes(), "odd");
	box_reject(box_changes(), "vanished");
	box.now_us += KIT_HOUR;
	box_walk_begins();
	box_list(listed);
	/* transient: it may do now */
	assert_string_equal(box_wants("backfill"), "odd new");
	box_walk_ends();
	/* met, so it is still there; the other one is not */
	assert_string_equal(box_ledger("odd"), "changes quarantined");
	assert_string_equal(box_ledger("vanished"), "");
	assert_string_equal(box_ledger("out"), "changes filtered");
}

static void
who_follows_reads_what_was_left_out(void **state)
{
	static const char *const sent[] = { "draft", NULL };

	(void)state;
	box_leave_out(box_changes(), "draft");
	kit_page(&box, box_changes());
	box_ref("draft"); /* it is one no more */
	kit_commit(&box);
	assert_string_equal(box_wants("changes"), "draft");
	box_answers(box_changes(), sent);
	(void)box_mail("draft", 9, box_inbox);
	kit_commit(&box);
	assert_string_equal(box_stored("draft"), "INBOX 9");
	assert_string_equal(box_ledger("draft"), "");
}

static void
begins_under(const char *options)
{
	kit_page(&box, box_backfill());
	kit_starts(&box);
	box.commit.fingerprint = options;
	kit_commit(&box);
}

static void
other_options_may_want_what_was_left_out(void **state)
{
	static const char *const ids[] = { "old", NULL };

	(void)state;
	begins_under("since 2026");
	box_leave_out(box_changes(), "old");
	box_list(ids);
	assert_string_equal(box_wants("backfill"), "");
	box_walk_ends();
	begins_under("since 2026");
	box_list(ids);
	assert_string_equal(box_wants("backfill"), "");
	begins_under("since 2020");
	box_list(ids);
	assert_string_equal(box_wants("backfill"), "old");
}

/* --- following, walking, sweeping ------------------------------------------------ */

static void
who_follows_is_live_at_once(void **state)
{
	(void)state;
	assert_int_equal(box_changes()->state, SL_STREAM_LIVE);
	assert_int_equal(box_changes()->sweep, SL_SWEEP_NONE);
	assert_int_equal(box_backfill()->state, SL_STREAM_NEW);
	/* again, with rows: a history that expired */
	kit_page(&box, box_changes());
	(void)box_mail("a", 1, box_inbox);
	kit_commit(&box);
	kit_page(&box, box_changes());
	box_ref("w");
	kit_commit(&box);
	box_begin();
	assert_int_equal(box_changes()->state, SL_STREAM_LIVE);
	assert_int_equal(kit_count(&box, "public.sync_state",
				   "kind = 'changes' AND sweep_state = 'none' "
				   "AND NOT walk_had_rows AND coverage_from IS "
				   "NULL AND coverage_to IS NULL AND walked_at "
				   "IS NULL"),
			 1);
	assert_int_equal(kit_count(&box, "sluice.seen", "true"), 0);
	assert_string_equal(box_wants("changes"), "w");
}

static enum sl_sweep_answer
sweep(void)
{
	struct sl_sweep_request request = { .lease = &box.account.lease,
					    .stream = box_backfill(),
					    .now_us = box.now_us };
	struct sl_sweep_outcome out;

	assert_int_equal(box.store->sweep(box.store, &request, box.arena, &out,
					  &box.err),
			 SL_OK);
	return out.answer;
}

static void
a_sweep_covers_what_either_wrote(void **state)
{
	static const char *const listed[] = { "listed", NULL };

	(void)state;
	kit_page(&box, box_changes());
	(void)box_mail("listed", 1, box_inbox);
	(void)box_mail("unlisted", 1, box_inbox);
	(void)box_mail("shown", 1, box_inbox);
	(void)box_mail("named", 1, box_inbox);
	(void)box_mail("written", 1, box_inbox);
	kit_commit(&box);
	box.now_us += KIT_HOUR;
	box_walk_begins();
	box_list(listed);
	box.now_us += KIT_HOUR;
	/* out of the trash behind the list's back: nothing to write, but there */
	kit_page(&box, box_changes());
	box_patch("shown", 9)->restore = true;
	box_ref("named");
	box_patch("written", 9)->labels = box_none;
	(void)box_mail("new", 9, box_inbox);
	kit_commit(&box);
	box_walk_ends();
	assert_int_equal(box_backfill()->sweep, SL_SWEEP_DUE);
	assert_int_equal(sweep(), SL_SWEPT);
	assert_string_equal(box_stored("listed"), "INBOX 1");
	assert_string_equal(box_stored("unlisted"), "-INBOX 1");
	assert_string_equal(box_stored("shown"), "INBOX 1");
	assert_string_equal(box_stored("named"), "INBOX 1");
	assert_string_equal(box_stored("written"), " 9");
	assert_string_equal(box_stored("new"), "INBOX 9");
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, box_setup, box_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(labels_are_set_added_and_removed),
		TEST(an_older_patch_does_nothing),
		TEST(a_patch_without_effect_writes_nothing),
		TEST(who_is_in_what_is_restored_is_judged_again),
		TEST(a_tombstone_since_the_walk_began_is_read),
		TEST(a_patch_restores_before_the_ref_is_looked_at),
		TEST(either_heals_what_the_other_noted),
		TEST(what_one_left_out_the_other_knows),
		TEST(who_follows_reads_what_was_left_out),
		TEST(other_options_may_want_what_was_left_out),
		TEST(who_follows_is_live_at_once),
		TEST(a_sweep_covers_what_either_wrote),
	};

	return cmocka_run_group_tests(tests, box_setup_all, box_teardown_all);
}
