/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The ledger of items that are not stored: which kind of refusal it was, when
 * an item is tried again, and what clears it. And the search for the refused
 * ones: as few statements as halving needs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"

#include "state/store_private.h"
#include "tests/support/store_kit.h"
// cmocka last
#include <cmocka.h>

#define MINUTE INT64_C(60)

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

/* The same run claims once more: everything is loaded anew. */
static struct sl_stream_row *
claim_again(const char *key)
{
	struct sl_owner owner = kit_owner();
	char run_id[SL_UUID_TEXT];
	struct sl_stream_row *row;
	bool busy = true;

	memcpy(run_id, kit.account.lease.run_id, sizeof(run_id));
	assert_int_equal(kit_try_claim(&kit, &owner, run_id, &busy), SL_OK);
	assert_false(busy);
	row = kit_stream(&kit, "events", key);
	assert_non_null(row);
	return row;
}

/* A calendar whose first walk is over. */
static struct sl_stream_row *
open_live(const char *key)
{
	struct sl_stream_row *s = kit_open(&kit, key);

	kit_page(&kit, s);
	kit_starts(&kit);
	kit_ends(&kit);
	kit_commit(&kit);
	return s;
}

static void
reject(struct sl_stream_row *s, const char *id, int64_t version, bool transient)
{
	struct sl_rejected *r;

	kit_page(&kit, s);
	r = sl_page_rejected(&kit.page);
	r->source_id = id;
	r->source_version = version;
	r->reason = "not today";
	r->transient = transient;
	r->raw = "{}";
	r->raw_len = 2;
	kit_commit(&kit);
}

static int64_t
items(const char *where)
{
	return kit_count(&kit, "public.sync_items", where);
}

static void
make_due(const char *key)
{
	sl_test_db_exec(kit.db,
			"UPDATE public.sync_items SET next_try_at = now() - "
			"interval '1 s' WHERE stream_key = '%s'",
			key);
}

static void
transient_items_are_tried_again_ever_later(void **state)
{
	static const int64_t minutes[] = { 15,  30,  60,   120,  240,
					   480, 960, 1440, 1440, 1440 };
	struct sl_stream_row *s = open_live("late");

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(minutes); i++) {
		reject(s, "x", 1, true);
		assert_int_equal(
			sl_test_db_i64(
				kit.db,
				"SELECT extract(epoch FROM next_try_at - "
				"seen_at)::bigint AS v FROM public.sync_items "
				"WHERE stream_key = 'late' AND class = "
				"'transient' AND attempts = %zu",
				i + 1),
			minutes[i] * MINUTE);
	}
	reject(s, "x", 1, false);
	assert_int_equal(items("stream_key = 'late' AND class = 'malformed' "
			       "AND next_try_at IS NULL"),
			 1);
}

static void
what_is_due_becomes_wanted_once(void **state)
{
	struct sl_stream_row *s = open_live("due");

	(void)state;
	reject(s, "due-1", 1, true);
	reject(s, "due-2", 1, true);
	reject(s, NULL, 1, true); /* known by its hash: not to be asked for */
	make_due("due");
	reject(s, "not-yet", 1, true);
	sl_test_db_exec(kit.db, "UPDATE public.sync_items SET next_try_at = "
				"now() + interval '1 h' WHERE source_id = "
				"'not-yet'");
	reject(s, "malformed", 1, false);
	for (int i = 0; i < 2; i++) {
		s = claim_again("due");
		assert_non_null(s->pending);
		assert_string_equal(s->pending->source_id, "due-1");
		assert_string_equal(s->pending->next->source_id, "due-2");
		assert_null(s->pending->next->next);
	}
}

static void
a_new_mapping_makes_malformed_items_due(void **state)
{
	struct sl_stream_row *s = open_live("map");

	(void)state;
	reject(s, "old-map", 1, false);
	reject(s, "new-map", 1, false);
	sl_test_db_exec(kit.db, "UPDATE public.sync_items SET map_version = 0 "
				"WHERE source_id = 'old-map'");
	s = claim_again("map");
	assert_non_null(s->pending);
	assert_string_equal(s->pending->source_id, "old-map");
	assert_null(s->pending->next);
	/* malformed as ever: it waits for the next mapping */
	reject(s, "old-map", 1, false);
	assert_int_equal(items("source_id = 'old-map' AND map_version = 1"), 1);
}

static void
a_stream_that_is_off_is_left_alone(void **state)
{
	struct sl_stream_row *s = open_live("off");

	(void)state;
	reject(s, "x", 1, true);
	make_due("off");
	sl_test_db_exec(kit.db, "UPDATE public.sync_state SET enabled_choice = "
				"false WHERE key = 'off'");
	s = claim_again("off");
	assert_null(s->pending);
}

static void
nothing_is_written_while_nothing_is_due(void **state)
{
	static const char *const query =
		"SELECT string_agg(x, ',' ORDER BY x) AS v FROM (SELECT "
		"xmin::text || id AS x FROM public.sync_state UNION ALL SELECT "
		"xmin::text || id FROM public.sync_items) t";
	struct sl_stream_row *s = open_live("calm");
	char before[16384];

	(void)state;
	reject(s, "x", 1, true);
	sl_test_db_exec(kit.db, "UPDATE public.sync_items SET next_try_at = "
				"now() + interval '1 h' WHERE next_try_at IS "
				"NOT NULL");
	(void)snprintf(before, sizeof(before), "%s",
		       sl_test_db_text(kit.db, "%s", query));
	s = claim_again("calm");
	assert_null(s->pending);
	assert_string_equal(sl_test_db_text(kit.db, "%s", query), before);
}

static void
more_than_a_run_takes_waits_for_the_next(void **state)
{
	struct sl_stream_row *s = open_live("many");
	size_t n = 0;

	(void)state;
	kit_page(&kit, s);
	for (int i = 0; i < SL_DUE_MAX + 20; i++) {
		struct sl_rejected *r = sl_page_rejected(&kit.page);

		r->source_id = sl_arena_printf(kit.arena, "m%03d", i);
		r->reason = "not today";
		r->transient = true;
	}
	kit_commit(&kit);
	make_due("many");
	s = claim_again("many");
	for (const struct sl_ref *r = s->pending; r != NULL; r = r->next)
		n++;
	assert_int_equal(n, SL_DUE_MAX);
}

static void
an_answer_clears_or_postpones(void **state)
{
	static const char *const answered[] = { "good", "gone", "older",
						"filtered", NULL };
	struct sl_stream_row *s = open_live("ans");
	struct sl_filtered *f;

	(void)state;
	for (const char *const *id = answered; *id != NULL; id++)
		reject(s, *id, 5, true);
	make_due("ans");
	s = claim_again("ans");
	kit_page(&kit, s);
	kit.commit.answered = answered;
	(void)kit_event(&kit, "good", 5, "good", KIT_NOW);
	(void)kit_event(&kit, "older", 4, "older", KIT_NOW);
	kit_tombstone(&kit, "gone");
	f = sl_page_filtered(&kit.page);
	f->source_id = "filtered";
	f->reason = "event-type";
	kit.now_us += 100 * 365 * KIT_DAY; /* past the real now, too */
	kit.commit.now_us = kit.now_us;
	kit_commit(&kit);
	kit.now_us = KIT_NOW;
	assert_null(s->pending);
	assert_int_equal(items("stream_key = 'ans'"), 2);
	assert_int_equal(items("source_id = 'filtered' AND state = 'filtered' "
			       "AND next_try_at IS NULL"),
			 1);
	assert_int_equal(items("source_id = 'older' AND attempts = 2 AND "
			       "next_try_at > now()"),
			 1);
	sl_test_db_exec(kit.db, "UPDATE public.sync_items SET next_try_at = "
				"now() + interval '1 day' WHERE source_id = "
				"'older'");
	s = claim_again("ans");
	assert_null(s->pending);
	/* So far ahead only a clock was that has been set right since. */
	sl_test_db_exec(kit.db, "UPDATE public.sync_items SET next_try_at = "
				"now() + interval '1 year' WHERE source_id = "
				"'older'");
	s = claim_again("ans");
	assert_string_equal(s->pending->source_id, "older");
}

static void
what_was_kept_stays_when_nothing_was_sent(void **state)
{
	struct sl_stream_row *s = open_live("raw");
	struct sl_rejected *r;

	(void)state;
	reject(s, "x", 1, false);
	kit_page(&kit, s);
	r = sl_page_rejected(&kit.page);
	r->source_id = "x";
	r->reason = "refused";
	r->transient = true;
	kit_commit(&kit);
	assert_int_equal(items("stream_key = 'raw' AND raw = '{}' AND raw_bytes"
			       " = 2 AND detail = 'refused'"),
			 1);
}

static void
a_walk_drops_what_it_does_not_meet(void **state)
{
	struct sl_stream_row *s = open_live("walk");
	struct sl_rejected *r;

	(void)state;
	reject(s, NULL, 0, false);
	reject(s, "gone", 1, false);
	reject(s, "still", 1, false);
	kit.now_us += KIT_DAY;
	kit_page(&kit, s);
	kit_starts(&kit);
	kit_commit(&kit);
	assert_int_equal(items("stream_key = 'walk'"), 3);
	kit_page(&kit, s);
	kit_ends(&kit);
	r = sl_page_rejected(&kit.page);
	r->source_id = "still";
	r->reason = "as before";
	kit_commit(&kit);
	kit.now_us = KIT_NOW;
	assert_int_equal(items("stream_key = 'walk'"), 1);
	assert_int_equal(items("stream_key = 'walk' AND source_id = 'still'"),
			 1);
}

/* A listing may name it without its contents: it exists as it was. */
static void
a_walk_meets_what_it_names_by_ref(void **state)
{
	struct sl_stream_row *s = open_live("named");
	struct sl_ref *ref;

	(void)state;
	reject(s, "named", 7, false);
	kit.now_us += KIT_DAY;
	kit_page(&kit, s);
	kit_starts(&kit);
	kit_ends(&kit);
	ref = sl_page_ref(&kit.page);
	ref->source_id = "named";
	ref->version = "7";
	kit_commit(&kit);
	kit.now_us = KIT_NOW;
	assert_null(kit.outcome.pending);
	assert_int_equal(items("stream_key = 'named'"), 1);
}

/* The instances of a series say nothing of the series itself. */
static void
an_answer_about_instances_postpones_nothing(void **state)
{
	static const char *const answered[] = { "series", NULL };
	struct sl_stream_row *s = open_live("inst");
	struct sl_expansion *e;

	(void)state;
	reject(s, "series", 1, true);
	make_due("inst");
	kit_page(&kit, s);
	kit.commit.answered = answered;
	kit.commit.now_us = KIT_NOW + 100 * 365 * KIT_DAY;
	e = sl_page_expansion(&kit.page);
	e->source_id = "series";
	e->failure = "refused";
	kit_commit(&kit);
	assert_int_equal(items("stream_key = 'inst' AND attempts = 1"), 1);
}

/* Which refusal is whose fault. */
static void
a_refusal_says_whether_waiting_helps(void **state)
{
	static const struct {
		const char *sqlstate, *class;
	} rows[] = {
		{ "22021", "malformed" }, { "23514", "malformed" },
		{ "23502", "malformed" }, { "54000", "malformed" },
		{ "54001", "malformed" }, { "23505", "transient" },
		{ "23P01", "transient" }, { "P0001", "transient" },
	};
	struct sl_stream_row *s = open_live("why");

	(void)state;
	sl_test_db_exec(
		kit.db,
		"CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE "
		"plpgsql AS $$ BEGIN IF NEW.title LIKE 'refuse %%' THEN RAISE "
		"EXCEPTION 'no' USING ERRCODE = substr(NEW.title, 8); END IF; "
		"RETURN NEW; END $$; CREATE TRIGGER refuse BEFORE INSERT ON "
		"public.artifacts FOR EACH ROW EXECUTE FUNCTION "
		"public.refuse()");
	kit_page(&kit, s);
	(void)kit_event(&kit, "first", 1, "neighbour", KIT_NOW);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		(void)kit_event(&kit, rows[i].sqlstate, 1,
				sl_arena_printf(kit.arena, "refuse %s",
						rows[i].sqlstate),
				KIT_NOW);
	(void)kit_event(&kit, "zlast", 1, "neighbour", KIT_NOW);
	kit_commit(&kit);
	sl_test_db_exec(kit.db, "DROP TRIGGER refuse ON public.artifacts");
	assert_int_equal(kit.outcome.counts.created, 2);
	assert_int_equal(kit.outcome.counts.quarantined, SL_ARRAY_LEN(rows));
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		assert_string_equal(
			sl_test_db_text(kit.db,
					"SELECT class AS v FROM "
					"public.sync_items WHERE source_id = "
					"'%s' AND detail LIKE '%%%s: no'",
					rows[i].sqlstate, rows[i].sqlstate),
			rows[i].class);
}

#define PAGE_ITEMS 64
#define PAGE_DEPTH 6 /* its logarithm */

/* One page with `hostile` of its items refused; the statements it took. */
static int64_t
send_page(struct sl_stream_row *s, const bool *hostile)
{
	struct sl_pg *pg = sl_pg_store_of(kit.store)->pg;
	int64_t before;

	kit_page(&kit, s);
	for (int i = 0; i < PAGE_ITEMS; i++) {
		struct sl_artifact *a =
			kit_event(&kit, sl_arena_printf(kit.arena, "i%02d", i),
				  1, "title", KIT_NOW);

		kit_person(&kit, a, "ann@example.org", "attendee", "accepted");
		if (hostile[i])
			a->content = "\xff";
	}
	before = sl_pg_statements(pg);
	kit_commit(&kit);
	return sl_pg_statements(pg) - before;
}

static void
exactly_the_hostile_ones_are_found_by_halving(void **state)
{
	uint64_t seed = UINT64_C(0x9e3779b97f4a7c15);
	bool hostile[PAGE_ITEMS] = { false };
	int64_t clean;

	(void)state;
	clean = send_page(open_live("none"), hostile);
	for (int k = 1; k <= PAGE_ITEMS; k += k < 4 ? 1 : k) {
		char key[16];
		int64_t statements;

		memset(hostile, 0, sizeof(hostile));
		for (int left = k; left > 0;) {
			size_t at;

			seed = seed * UINT64_C(6364136223846793005) + 1;
			at = (size_t)(seed >> 33) % PAGE_ITEMS;
			left -= !hostile[at];
			hostile[at] = true;
		}
		(void)snprintf(key, sizeof(key), "k%d", k);
		statements = send_page(open_live(key), hostile);
		assert_int_equal(kit.outcome.counts.quarantined, k);
		assert_int_equal(kit.outcome.counts.created, PAGE_ITEMS - k);
		for (int i = 0; i < PAGE_ITEMS; i++)
			assert_int_equal(
				sl_test_db_i64(
					kit.db,
					"SELECT count(*) AS v FROM public.%s "
					"WHERE stream_key = '%s' AND source_id "
					"= 'i%02d'",
					hostile[i] ? "sync_items" : "artifacts",
					key, i),
				1);
		/*
		 * Each hostile item fails once a level and leaves a good half
		 * beside it: savepoint, upsert, undo (2) and savepoint, upsert,
		 * participants, release; then its row in the ledger. The whole
		 * page was tried once before.
		 */
		assert_true(statements <=
			    2 * clean + k * (8 * (PAGE_DEPTH + 1) + 1));
		print_message("# %d hostile of %d: %d statements\n", k,
			      PAGE_ITEMS, (int)statements);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(transient_items_are_tried_again_ever_later),
		cmocka_unit_test(what_is_due_becomes_wanted_once),
		cmocka_unit_test(a_new_mapping_makes_malformed_items_due),
		cmocka_unit_test(a_stream_that_is_off_is_left_alone),
		cmocka_unit_test(nothing_is_written_while_nothing_is_due),
		cmocka_unit_test(more_than_a_run_takes_waits_for_the_next),
		cmocka_unit_test(an_answer_clears_or_postpones),
		cmocka_unit_test(what_was_kept_stays_when_nothing_was_sent),
		cmocka_unit_test(a_walk_drops_what_it_does_not_meet),
		cmocka_unit_test(a_walk_meets_what_it_names_by_ref),
		cmocka_unit_test(an_answer_about_instances_postpones_nothing),
		cmocka_unit_test(a_refusal_says_whether_waiting_helps),
		cmocka_unit_test(exactly_the_hostile_ones_are_found_by_halving),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
