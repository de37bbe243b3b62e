/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One page, one transaction: what is stored, counted, kept and left alone.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#include "tests/support/store_kit.h"
// cmocka last
#include <cmocka.h>

static int
setup(void **state)
{
	static struct sl_kit kit;

	kit_init(&kit);
	kit_claim(&kit);
	*state = &kit;
	return 0;
}

static int
teardown(void **state)
{
	kit_release(*state);
	return 0;
}

static void
fill(struct sl_kit *kit, struct sl_stream_row *s, int count)
{
	char id[32];

	kit_page(kit, s);
	for (int i = 0; i < count; i++) {
		struct sl_artifact *a;

		(void)snprintf(id, sizeof(id), "e%03d", i);
		a = kit_event(kit, id, 1, id, KIT_NOW - KIT_DAY);
		kit_person(kit, a, "me@example.com", "organizer", "accepted");
		kit_person(kit, a, "ann@example.org", "attendee", "accepted");
	}
}

static void
counts_say_what_a_page_did(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_stream_row *s = kit_open(kit, "c1");
	const struct sl_tally *n = &kit->outcome.counts;

	fill(kit, s, 5);
	kit_starts(kit);
	kit_ends(kit);
	kit_commit(kit);
	assert_int_equal(n->created, 5);
	assert_int_equal(n->fetched, 5);
	assert_int_equal(n->pages, 1);
	assert_int_equal(kit_count(kit, "public.artifacts", "true"), 5);
	assert_int_equal(kit_count(kit, "public.artifact_participants", "true"),
			 10);
	assert_int_equal(s->state, SL_STREAM_LIVE);
	assert_int_equal(s->generation, 1);
	assert_int_equal(s->sweep, SL_SWEEP_NONE);

	fill(kit, s, 5);
	kit->commit.cursor = "{\"sync\": \"s2\"}";
	kit_commit(kit);
	assert_int_equal(n->created, 0);
	assert_int_equal(n->unchanged, 5);
	assert_string_equal(s->cursor, "{\"sync\": \"s2\"}");

	kit_page(kit, s);
	(void)kit_event(kit, "e001", 2, "moved", KIT_NOW);
	(void)kit_event(kit, "e100", 1, "new", KIT_NOW);
	kit_tombstone(kit, "e002");
	kit_tombstone(kit, "unknown");
	kit_commit(kit);
	assert_int_equal(n->created, 1);
	assert_int_equal(n->updated, 1);
	assert_int_equal(n->deleted, 1);
	assert_int_equal(n->unchanged, 1);
	assert_int_equal(n->fetched, 4);
}

static void
the_log_row_adds_up(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_stream_row *s = kit_open(kit, "log");
	const struct sl_tally add = { .requests = 3, .bytes = 100 };
	int64_t before = kit_count(kit, "public.sync_logs", "true");

	fill(kit, s, 3);
	kit->commit.add = &add;
	kit_commit(kit);
	assert_true(kit->outcome.logged);
	assert_int_equal(kit->outcome.counts.requests, 0);
	assert_int_equal(kit_count(kit, "public.sync_logs", "true"), before);
	assert_int_equal(
		sl_test_db_i64(kit->db,
			       "SELECT requests AS v FROM public.sync_logs "
			       "WHERE id = '%s' AND status = 'running'",
			       kit->account.lease.run_id),
		3);
	/* A page that changed nothing leaves its counts to the caller. */
	fill(kit, s, 3);
	kit->commit.add = &add;
	kit_commit(kit);
	assert_false(kit->outcome.logged);
	assert_int_equal(
		sl_test_db_i64(kit->db,
			       "SELECT requests AS v FROM public.sync_logs "
			       "WHERE id = '%s'",
			       kit->account.lease.run_id),
		3);
}

static void
unchanged_rows_are_not_even_locked(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_stream_row *s = kit_open(kit, "same");
	static const char mark[] =
		"SELECT md5(string_agg(ctid::text || xmin || xmax, ',' ORDER BY "
		"source_id)) AS v FROM public.artifacts WHERE user_id = '%s' "
		"AND stream_key = 'same'";
	char before[64];

	fill(kit, s, 20);
	kit_commit(kit);
	(void)snprintf(before, sizeof(before), "%s",
		       sl_test_db_text(kit->db, mark, kit->user));
	fill(kit, s, 20);
	kit_commit(kit);
	assert_int_equal(kit->outcome.counts.unchanged, 20);
	assert_string_equal(sl_test_db_text(kit->db, mark, kit->user), before);
}

static void
an_older_version_never_replaces(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_stream_row *s = kit_open(kit, "old");

	kit_page(kit, s);
	(void)kit_event(kit, "x", 5, "five", KIT_NOW);
	kit_commit(kit);
	kit_page(kit, s);
	(void)kit_event(kit, "x", 4, "four", KIT_NOW);
	kit_commit(kit);
	assert_int_equal(kit->outcome.counts.unchanged, 1);
	assert_int_equal(kit_count(kit, "public.artifacts",
				   "stream_key = 'old' AND title = 'five'"),
			 1);
	kit_page(kit, s);
	kit_tombstone(kit, "x");
	kit->page.tombstones.first->source_version = 4;
	kit_commit(kit);
	assert_int_equal(kit->outcome.counts.deleted, 0);
	kit_page(kit, s);
	(void)kit_event(kit, "x", 0, "unknown version", KIT_NOW);
	kit_commit(kit);
	assert_int_equal(kit->outcome.counts.updated, 1);
	assert_int_equal(kit_count(kit, "public.artifacts",
				   "stream_key = 'old' AND source_version = 5"),
			 1);
}

static void
a_tombstone_keeps_content_and_can_be_undone(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_stream_row *s = kit_open(kit, "tomb");

	kit_page(kit, s);
	(void)kit_event(kit, "x", 1, "kept", KIT_NOW);
	kit_commit(kit);
	kit_page(kit, s);
	kit_tombstone(kit, "x");
	kit_commit(kit);
	assert_int_equal(kit->outcome.counts.deleted, 1);
	assert_int_equal(kit_count(kit, "public.artifacts",
				   "stream_key = 'tomb' AND title = 'kept' AND "
				   "deleted_at IS NOT NULL AND deleted_reason "
				   "= 'cancelled'"),
			 1);
	kit_page(kit, s);
	kit_tombstone(kit, "x");
	kit_commit(kit);
	assert_int_equal(kit->outcome.counts.deleted, 0);
	kit_page(kit, s);
	(void)kit_event(kit, "x", 1, "kept", KIT_NOW);
	kit_commit(kit);
	assert_int_equal(kit->outcome.counts.updated, 1);
	assert_int_equal(
		kit_count(kit, "public.artifacts",
			  "stream_key = 'tomb' AND deleted_at IS NULL"),
		1);
}

static void
a_cancelled_stub_is_a_tombstone_with_its_old_content(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_stream_row *s = kit_open(kit, "stub");
	struct sl_artifact *a;

	kit_page(kit, s);
	a = kit_event(kit, "x", 1, "kept", KIT_NOW);
	kit_person(kit, a, "ann@example.org", "attendee", NULL);
	kit_commit(kit);
	kit_page(kit, s);
	a = kit_event(kit, "x", 2, "", SL_NO_TIME);
	a->title = NULL;
	a->deleted = true;
	a->deleted_reason = "cancelled";
	a->participants_incomplete = true;
	kit_commit(kit);
	assert_int_equal(kit->outcome.counts.deleted, 1);
	assert_int_equal(kit_count(kit, "public.artifacts",
				   "stream_key = 'stub' AND title = 'kept' AND "
				   "deleted_at IS NOT NULL"),
			 1);
	assert_int_equal(
		kit_count(kit, "public.artifact_participants p",
			  "artifact_id = (SELECT id FROM public.artifacts "
			  "WHERE stream_key = 'stub')"),
		1);
}

static int64_t
people_of(struct sl_kit *kit, const char *where)
{
	return sl_test_db_i64(kit->db,
			      "SELECT count(*) AS v FROM "
			      "public.artifact_participants p JOIN "
			      "public.artifacts a ON a.id = p.artifact_id "
			      "WHERE a.stream_key = 'who' AND (%s)",
			      where);
}

static void
participants_are_replaced_unless_the_list_is_incomplete(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_stream_row *s = kit_open(kit, "who");
	struct sl_artifact *a;

	kit_page(kit, s);
	a = kit_event(kit, "x", 1, "x", KIT_NOW);
	kit_person(kit, a, "a@example.org", "organizer", NULL);
	kit_person(kit, a, "b@example.org", "attendee", "needsAction");
	kit_person(kit, a, "c@example.org", "attendee", "needsAction");
	kit_commit(kit);
	kit_page(kit, s);
	a = kit_event(kit, "x", 2, "x", KIT_NOW);
	kit_person(kit, a, "a@example.org", "organizer", NULL);
	kit_person(kit, a, "c@example.org", "attendee", "accepted");
	kit_commit(kit);
	assert_int_equal(people_of(kit, "true"), 2);
	assert_int_equal(people_of(kit, "value_norm = 'b@example.org'"), 0);
	kit_page(kit, s);
	a = kit_event(kit, "x", 3, "x", KIT_NOW);
	kit_person(kit, a, "C@example.org", "attendee", "declined");
	kit_person(kit, a, "d@example.org", "attendee", "accepted");
	a->participants_incomplete = true;
	kit_commit(kit);
	assert_int_equal(people_of(kit, "true"), 3);
	assert_int_equal(people_of(kit, "value_norm = 'a@example.org'"), 1);
	assert_int_equal(people_of(kit, "value_norm = 'c@example.org' AND "
					"response = 'declined'"),
			 1);
	assert_int_equal(people_of(kit, "value_norm = 'd@example.org' AND "
					"position = 2"),
			 1);
}

static void
labels_change_without_setting_the_parsing_back(void **state)
{
	static const char *const labels[] = { "a b", "{x,\"y\"}", NULL };
	struct sl_kit *kit = *state;
	struct sl_stream_row *s = kit_open(kit, "lab");
	struct sl_patch *patch;

	kit_page(kit, s);
	(void)kit_event(kit, "x", 1, "x", KIT_NOW);
	kit_commit(kit);
	sl_test_db_exec(kit->db,
			"UPDATE public.artifacts SET ai_parsing_status "
			"= 'completed' WHERE stream_key = 'lab'");
	kit_page(kit, s);
	kit_event(kit, "x", 1, "x", KIT_NOW)->labels = labels;
	kit_commit(kit);
	assert_int_equal(kit->outcome.counts.updated, 1);
	assert_int_equal(kit_count(kit, "public.artifacts",
				   "stream_key = 'lab' AND ai_parsing_status = "
				   "'completed' AND labels = "
				   "ARRAY['a b', '{x,\"y\"}']"),
			 1);
	kit_page(kit, s);
	patch = sl_page_patch(&kit->page);
	patch->source_id = "x";
	patch->labels = (const char *const[]){ "new", NULL };
	patch = sl_page_patch(&kit->page);
	patch->source_id = "absent";
	patch->restore = true;
	kit_commit(kit);
	assert_int_equal(kit->outcome.counts.updated, 1);
	assert_int_equal(kit->outcome.counts.unchanged, 1);
	assert_int_equal(kit_count(kit, "public.artifacts",
				   "stream_key = 'lab' AND labels = "
				   "ARRAY['new']"),
			 1);
}

static void
one_hostile_record_is_quarantined_alone(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_stream_row *s = kit_open(kit, "bad");
	static char thread[600];
	struct sl_artifact *a;
	json_t *sent;

	fill(kit, s, 17);
	a = kit_event(kit, "e0085", 1, "hostile date", KIT_NOW);
	a->all_day = true;
	a->start_date = "2026-02-30";
	a = kit_event(kit, "e0110", 1, "hostile text", KIT_NOW);
	a->content = "\xff\xfe";
	sent = json_pack("{s:s, s:{s:s}}", "id", "e0110", "unknown", "k", "v");
	sl_artifact_keep_sent(a, sent);
	json_decref(sent);
	a = kit_event(kit, "e0111", 1, "hostile thread", KIT_NOW);
	memset(thread, 't', sizeof(thread) - 1);
	a->thread = thread; /* longer than its column may be */
	kit->commit.cursor = "{\"sync\":\"after\"}";
	kit_commit(kit);
	assert_int_equal(kit->outcome.counts.created, 17);
	assert_int_equal(kit->outcome.counts.quarantined, 3);
	assert_int_equal(kit->outcome.counts.fetched, 20);
	assert_int_equal(
		kit_count(kit, "public.artifacts", "stream_key = 'bad'"), 17);
	assert_int_equal(
		kit_count(kit, "public.sync_items",
			  "stream_key = 'bad' AND state = 'quarantined' AND "
			  "class = 'malformed' AND detail LIKE 'database "
			  "error 2%%'"),
		3);
	assert_int_equal(kit_count(kit, "public.sync_items",
				   "source_id = 'e0085' AND detail LIKE "
				   "'%%22008%%' AND raw_bytes > 0"),
			 1);
	assert_int_equal(
		kit_count(kit, "public.sync_items",
			  "source_id = 'e0110' AND convert_from(raw, 'UTF8') = "
			  "'{\"id\":\"e0110\",\"unknown\":{\"k\":\"v\"}}'"),
		1);
	assert_string_equal(s->cursor, "{\"sync\": \"after\"}");

	/* A better version heals the entry. */
	kit_page(kit, s);
	(void)kit_event(kit, "e0085", 2, "good date", KIT_NOW);
	kit_tombstone(kit, "e0110");
	kit_commit(kit);
	assert_int_equal(kit_count(kit, "public.sync_items", "true"), 1);
}

static void
filtered_and_rejected_items_are_in_the_ledger(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_stream_row *s = kit_open(kit, "led");
	struct sl_filtered *f;
	struct sl_rejected *r;
	static char raw[SL_RAW_MAX + 100];

	memset(raw, 'x', sizeof(raw) - 1);
	for (int i = 0; i < 2; i++) {
		kit_page(kit, s);
		f = sl_page_filtered(&kit->page);
		f->source_id = "f1";
		f->reason = "event-type";
		r = sl_page_rejected(&kit->page);
		r->source_id = "r1";
		r->reason = "start: not a date";
		r->raw = raw;
		r->raw_len = sizeof(raw) - 1;
		r = sl_page_rejected(&kit->page);
		r->reason = "no id";
		r->raw = "{}";
		r->raw_len = 2;
		kit->page.items = 3;
		kit_commit(kit);
		assert_int_equal(kit->outcome.counts.filtered, 1);
		assert_int_equal(kit->outcome.counts.quarantined, 2);
	}
	assert_int_equal(
		kit_count(kit, "public.sync_items", "stream_key = 'led'"), 3);
	assert_int_equal(kit_count(kit, "public.sync_items",
				   "source_id = 'r1' AND octet_length(raw) = "
				   "65536 AND raw_bytes = 65635 AND attempts "
				   "= 2"),
			 1);
	assert_int_equal(kit_count(kit, "public.sync_items",
				   "source_id = 'sha256:' || "
				   "encode(sha256('{}'::bytea), 'hex')"),
			 1);
}

static void
refs_are_known_or_wanted(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_stream_row *s = kit_open(kit, "ref");
	static const char *const answered[] = { "new", NULL };
	struct sl_ref *r;

	kit_page(kit, s);
	(void)kit_event(kit, "known", 7, "known", KIT_NOW);
	(void)kit_event(kit, "gone", 7, "gone", KIT_NOW);
	kit_commit(kit);
	kit_page(kit, s);
	kit_tombstone(kit, "gone");
	kit_commit(kit);
	kit_page(kit, s);
	sl_page_ref(&kit->page)->source_id = "known";
	sl_page_ref(&kit->page)->source_id = "gone";
	r = sl_page_ref(&kit->page);
	r->source_id = "new";
	r->group = "g";
	r = sl_page_ref(&kit->page);
	r->source_id = "known";
	r->version = "8";
	kit_commit(kit);
	assert_int_equal(kit->outcome.counts.updated, 1);
	assert_int_equal(kit->outcome.counts.unchanged, 1);
	assert_non_null(s->pending);
	assert_string_equal(s->pending->source_id, "new");
	assert_string_equal(s->pending->next->source_id, "known");
	assert_null(s->pending->next->next);
	kit_reload(kit);
	s = kit_stream(kit, "events", "ref");
	assert_string_equal(s->pending->group, "g");

	kit_page(kit, s);
	kit->commit.answered = answered;
	(void)kit_event(kit, "new", 1, "new", KIT_NOW);
	kit_commit(kit);
	assert_string_equal(s->pending->source_id, "known");
	assert_null(s->pending->next);
}

static void
streams_open_close_and_open_again(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_stream_row *root = kit_stream(kit, "calendars", "");
	struct sl_stream_change *c;

	kit_page(kit, root);
	c = sl_page_stream(&kit->page);
	c->kind = "events";
	c->key = "o1";
	c->enabled = true;
	c->shown = json_pack("{s:s}", "title", "One");
	c = sl_page_stream(&kit->page);
	c->kind = "events";
	c->key = "o2";
	c->reason = "not-selected";
	kit_commit(kit);
	json_decref(kit->page.streams.first->shown);
	kit->page.streams.first->shown = NULL;
	assert_int_equal(kit->outcome.opened, 1);
	kit_reload(kit);
	assert_true(kit_stream(kit, "events", "o1")->enabled);
	assert_false(kit_stream(kit, "events", "o2")->enabled);

	kit_page(kit, kit_stream(kit, "events", "o1"));
	kit->commit.cursor = "{\"a\":1}";
	kit_commit(kit);
	kit_page(kit, root);
	c = sl_page_stream(&kit->page);
	c->kind = "events";
	c->key = "o1";
	c->close = true;
	c->reason = "gone";
	kit_commit(kit);
	assert_int_equal(kit->outcome.opened, 0);
	assert_int_equal(kit_count(kit, "public.sync_state",
				   "key = 'o1' AND state = 'closed' AND cursor "
				   "IS NULL AND disabled_reason = 'gone'"),
			 1);
	kit_reload(kit);
	assert_null(kit_stream(kit, "events", "o1"));
	(void)kit_open(kit, "o1");
	assert_int_equal(kit_stream(kit, "events", "o1")->state, SL_STREAM_NEW);
}

static void
an_empty_page_costs_three_round_trips(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_stream_row *s = kit_open(kit, "idle");

	kit_page(kit, s);
	kit_starts(kit);
	kit_ends(kit);
	kit_commit(kit);
	kit->now_us += KIT_DAY;
	kit_page(kit, s);
	kit->commit.rests = true;
	kit->commit.asked_us = kit->now_us - 7 * SL_US_PER_S;
	kit_commit(kit);
	assert_int_equal(
		sl_test_db_i64(kit->db,
			       "SELECT extract(epoch FROM checked_at)::bigint "
			       "AS v FROM public.sync_state WHERE key = "
			       "'idle'"),
		(KIT_NOW + KIT_DAY) / SL_US_PER_S - 7);
	assert_int_equal(kit_count(kit, "public.sync_state",
				   "key = 'idle' AND changed_at IS NULL"),
			 1);
	kit->now_us = KIT_NOW;
}

static void
resyncs_count_refused_cursors_in_a_row(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_stream_row *s = kit_open(kit, "res");

	for (int i = 1; i <= 2; i++) {
		kit_page(kit, s);
		kit_starts(kit);
		kit->commit.resynced = true;
		kit_commit(kit);
		assert_int_equal(s->resyncs, i);
		assert_int_equal(s->state, SL_STREAM_WALKING);
		assert_null(s->cursor);
	}
	kit_page(kit, s);
	kit_ends(kit);
	kit_commit(kit);
	assert_int_equal(s->resyncs, 2);
	kit_page(kit, s);
	kit_commit(kit);
	assert_int_equal(s->resyncs, 0);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_say_what_a_page_did),
		cmocka_unit_test(the_log_row_adds_up),
		cmocka_unit_test(unchanged_rows_are_not_even_locked),
		cmocka_unit_test(an_older_version_never_replaces),
		cmocka_unit_test(a_tombstone_keeps_content_and_can_be_undone),
		cmocka_unit_test(
			a_cancelled_stub_is_a_tombstone_with_its_old_content),
		cmocka_unit_test(
			participants_are_replaced_unless_the_list_is_incomplete),
		cmocka_unit_test(
			labels_change_without_setting_the_parsing_back),
		cmocka_unit_test(one_hostile_record_is_quarantined_alone),
		cmocka_unit_test(filtered_and_rejected_items_are_in_the_ledger),
		cmocka_unit_test(refs_are_known_or_wanted),
		cmocka_unit_test(streams_open_close_and_open_again),
		cmocka_unit_test(an_empty_page_costs_three_round_trips),
		cmocka_unit_test(resyncs_count_refused_cursors_in_a_row),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
