/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A log of changes that comes in any order: a message that is told, edited and
 * deleted ends the same, whatever page comes first.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/road_kit.h"
// cmocka last
#include <cmocka.h>

/* All that is kept of the one message, of its keys, and of the ledger. */
#define ROW                                                                    \
	"SELECT concat_ws(E'\\n', string_agg(concat_ws(' | ', a.content, "     \
	"a.deleted_at IS NOT NULL, a.deleted_reason, a.source_version, "       \
	"a.text_version, a.labels::text, encode(a.content_hash, 'hex'), "      \
	"a.ai_parsing_status), ' & '), (SELECT string_agg(concat_ws(' ', "     \
	"x.alias_kind, x.alias), ', ' ORDER BY x.alias_kind, x.alias) FROM "   \
	"public.artifact_aliases x WHERE x.user_id = max(a.user_id::text)"     \
	"::uuid), (SELECT count(*) FROM public.sync_items q WHERE q.user_id "  \
	"= max(a.user_id::text)::uuid)) AS v FROM public.artifacts a WHERE "   \
	"a.user_id = $user"

#define LEDGER                                                                 \
	"SELECT string_agg(concat_ws(' ', source_id, state, reason, "          \
	"convert_from(raw, 'UTF8')), ', ' ORDER BY source_id) AS v FROM "      \
	"public.sync_items WHERE user_id = $user"

enum { EVENTS = 4, ORDERS = 24 };

/* Bit i: a new page after event i. Of the first case both are tried. */
static const unsigned breaks[] = { 7, 0 };

struct event {
	char what; /* 'c'reate, 'u'pdate, 'd'elete */
	const char *text;
	int64_t ms;
};

static void
say(const struct event *e)
{
	if (e->what == 'c')
		(void)road_told(&road, "r", e->text, ROAD_LOG(e->ms));
	else if (e->what == 'u')
		road_edit("r", e->text, ROAD_LOG(e->ms));
	else
		road_delete("r", ROAD_LOG(e->ms));
}

/* The nth permutation of 0 .. EVENTS - 1. */
static void
permute(unsigned nth, size_t order[EVENTS])
{
	size_t left[EVENTS];

	for (size_t i = 0; i < EVENTS; i++)
		left[i] = i;
	for (size_t i = 0; i < EVENTS; i++) {
		size_t n = EVENTS - i, at = nth % n;

		nth /= (unsigned)n;
		order[i] = left[at];
		memmove(left + at, left + at + 1,
			(n - at - 1) * sizeof(left[0]));
	}
}

static const char *
row_after(const struct event *events, unsigned nth, unsigned pages)
{
	size_t order[EVENTS];

	permute(nth, order);
	for (size_t i = 0; i < EVENTS; i++) {
		if (i == 0 || (pages >> (i - 1) & 1))
			road_log();
		say(&events[order[i]]);
		if (i + 1 == EVENTS || (pages >> i & 1))
			kit_commit(&road);
	}
	return road_value(ROW);
}

static void
any_order(void **state)
{
	static const struct {
		struct event events[EVENTS];
		const char *items;
	} cases[] = {
		{ { { 'c', "one", 100 },
		    { 'u', "two", 200 },
		    { 'u', "three", 300 },
		    { 'd', NULL, 400 } },
		  "-three" },
		{ { { 'c', "one", 100 },
		    { 'u', "two", 200 },
		    { 'u', "three", 300 },
		    { 'u', "four", 400 } },
		  "four" },
		/* a log may tell one thing twice */
		{ { { 'c', "one", 100 },
		    { 'u', "two", 200 },
		    { 'u', "two", 200 },
		    { 'd', NULL, 300 } },
		  "-two" },
	};

	for (size_t c = 0; c < SL_ARRAY_LEN(cases); c++) {
		char first[2048] = "";

		for (unsigned n = 0; n < ORDERS * (c == 0 ? 2 : 1); n++) {
			const char *row;

			(void)road_setup(state);
			row = row_after(cases[c].events, n % ORDERS,
					breaks[n / ORDERS]);
			if (n == 0)
				(void)snprintf(first, sizeof(first), "%s", row);
			else if (strcmp(row, first) != 0)
				print_error("case %zu, order %u, breaks %u\n",
					    c, n % ORDERS, breaks[n / ORDERS]);
			assert_string_equal(row, first);
			assert_string_equal(road_items("kit_message"),
					    cases[c].items);
			(void)road_teardown(state);
		}
	}
}

/* Back to the text of before: no older edit comes after it. */
static void
edited_back(void **state)
{
	static const struct event events[EVENTS] = {
		{ 'c', "one", 100 },
		{ 'u', "two", 200 },
		{ 'u', "one", 300 },
		{ 'd', NULL, 400 },
	};

	for (unsigned n = 0; n < ORDERS; n++) {
		(void)road_setup(state);
		(void)row_after(events, n, breaks[0]);
		assert_string_equal(road_items("kit_message"), "-one");
		(void)road_teardown(state);
	}
}

static void
to_the_same_text_is_unchanged(void **state)
{
	(void)state;
	road_log();
	(void)road_told(&road, "r", "one", ROAD_LOG(100));
	kit_commit(&road);
	road_log();
	road_edit("r", "one", ROAD_LOG(300));
	kit_commit(&road);
	assert_int_equal(road.outcome.counts.updated, 0);
	assert_int_equal(road.outcome.counts.unchanged, 1);
	road_log();
	road_edit("r", "two", ROAD_LOG(200));
	kit_commit(&road);
	assert_string_equal(road_items("kit_message"), "one");
}

static void
lives_again(void **state)
{
	(void)state;
	road_log();
	road_delete("r", ROAD_LOG(200));
	kit_commit(&road);
	road_log();
	(void)road_told(&road, "r", "one", ROAD_LOG(100));
	kit_commit(&road);
	assert_string_equal(road_items("kit_message"), "-one");
	road_listing("inbox", 500);
	(void)road_shown("one", sl_listing_version(500000));
	kit_commit(&road);
	/* what is older than the listing says nothing of its text */
	road_log();
	road_edit("r", "two", ROAD_LOG(150));
	kit_commit(&road);
	assert_string_equal(road_items("kit_message"), "one");
	assert_string_equal(
		road_value("SELECT coalesce(text_version::text, 'none') AS v "
			   "FROM public.artifacts WHERE user_id = $user"),
		"none");
}

/* A listing is newer than what waited for its message. */
static void
a_newer_listing_stands(void **state)
{
	(void)state;
	road_log();
	road_edit("r", "two", ROAD_LOG(200));
	road_delete("r", ROAD_LOG(300));
	kit_commit(&road);
	road_listing("inbox", 400);
	(void)road_shown("one", sl_listing_version(400000));
	kit_commit(&road);
	road_log();
	(void)road_told(&road, "r", "one", ROAD_LOG(100));
	kit_commit(&road);
	assert_string_equal(road_items("kit_message"), "one");
	assert_string_equal(road_value(LEDGER), "");
}

static void
labels_wait_too(void **state)
{
	static const char *const all[] = { "INBOX", "UNREAD", NULL };
	static const char *const one[] = { "KEPT", NULL };
	static const char *const read[] = { "UNREAD", NULL };

	(void)state;
	road_log();
	road_edit("r", NULL, ROAD_LOG(200));
	road.page.patches.first->labels = all;
	kit_commit(&road);
	road_log();
	road_edit("r", NULL, ROAD_LOG(300));
	road.page.patches.first->added = one;
	road.page.patches.first->removed = read;
	kit_commit(&road);
	road_log();
	(void)road_told(&road, "r", "one", ROAD_LOG(100));
	kit_commit(&road);
	assert_string_equal(
		road_value("SELECT array_to_string(labels, '+') AS v FROM "
			   "public.artifacts WHERE user_id = $user"),
		"INBOX+KEPT");
}

/* One that was restored after its deletion, before anybody told it. */
static void
restored_lives(void **state)
{
	(void)state;
	road_log();
	road_edit("r", "two", ROAD_LOG(300));
	road.page.patches.first->restore = true;
	kit_commit(&road);
	road_log();
	road_delete("r", ROAD_LOG(200));
	kit_commit(&road);
	road_log();
	(void)road_told(&road, "r", "one", ROAD_LOG(100));
	kit_commit(&road);
	assert_string_equal(road_items("kit_message"), "two");
}

/* --- the ledger ------------------------------------------------------------------ */

static void
what_waits_is_kept_once(void **state)
{
	(void)state;
	for (int i = 0; i < 2; i++) {
		road_log();
		road_edit("r", "two", ROAD_LOG(200));
		kit_commit(&road);
		assert_int_equal(road.outcome.counts.filtered, 1);
	}
	road_log();
	road_delete("r", ROAD_LOG(300));
	kit_commit(&road);
	assert_string_equal(road_value(LEDGER),
			    "r filtered not-stored "
			    "[{\"v\": 801, \"text\": \"two\"}, "
			    "{\"v\": 1201, \"gone\": \"deleted\"}]");
}

/* A deletion stays, whatever was written before it. */
static void
what_is_too_long_is_not_kept(void **state)
{
	char *text = SL_NEW_ARRAY(road.keep, SL_RAW_MAX, char);

	(void)state;
	memset(text, 'x', 40000);
	for (int64_t ms = 100; ms <= 300; ms += 100) {
		road_log();
		road_edit("r", text, ROAD_LOG(ms));
		if (ms == 100)
			road_delete("r", ROAD_LOG(50));
		kit_commit(&road);
	}
	assert_string_equal(
		road_value("SELECT string_agg((e ->> 'v') || coalesce(e ->> "
			   "'gone', ''), ' ') AS v FROM public.sync_items q, "
			   "jsonb_array_elements(convert_from(q.raw, 'UTF8')"
			   "::jsonb) e WHERE q.user_id = $user"),
		"201deleted 1201");
	memset(text, 'x', SL_RAW_MAX - 1);
	road_log();
	road_edit("q", text, ROAD_LOG(100));
	kit_commit(&road);
	road_log();
	(void)road_told(&road, "q", "one", ROAD_LOG(50));
	kit_commit(&road);
	assert_string_equal(road_items("kit_message"), "one");
}

/* As an account's raw bytes go. */
static void
what_was_erased_is_forgotten(void **state)
{
	(void)state;
	road_log();
	road_edit("r", "two", ROAD_LOG(200));
	kit_commit(&road);
	sl_test_db_exec(road.db,
			"UPDATE public.sync_items SET raw = NULL WHERE "
			"user_id = '%s'",
			road.user);
	road_log();
	road_delete("q", ROAD_LOG(300));
	road_edit("r", "three", ROAD_LOG(150));
	kit_commit(&road);
	road_log();
	(void)road_told(&road, "r", "one", ROAD_LOG(100));
	kit_commit(&road);
	assert_string_equal(road_items("kit_message"), "three");
}

static void
a_walk_ends_waiting_after_a_month(void **state)
{
	static const char age[] = "UPDATE public.sync_items SET seen_at = "
				  "to_timestamp(%lld) WHERE user_id = '%s'";
	long long now = (long long)(road.now_us / SL_US_PER_S);

	(void)state;
	road_log();
	road_edit("r", "two", ROAD_LOG(200));
	kit_commit(&road);
	for (int days = 29; days <= 31; days += 2) {
		sl_test_db_exec(road.db, age, now - days * 86400LL, road.user);
		road_listing("inbox", road.now_us / 1000);
		road.commit.fingerprint = days == 29 ? "a" : "b";
		kit_commit(&road);
		assert_int_equal(kit_count(&road, "public.sync_items", "true"),
				 days == 29);
	}
}

#define TEST(name)                                                             \
	cmocka_unit_test_setup_teardown(name, road_setup, road_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_order),
		cmocka_unit_test(edited_back),
		TEST(to_the_same_text_is_unchanged),
		TEST(lives_again),
		TEST(a_newer_listing_stands),
		TEST(labels_wait_too),
		TEST(restored_lives),
		TEST(what_waits_is_kept_once),
		TEST(what_is_too_long_is_not_kept),
		TEST(what_was_erased_is_forgotten),
		TEST(a_walk_ends_waiting_after_a_month),
	};

	return cmocka_run_group_tests(tests, road_setup_all, road_teardown_all);
}
