/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs at rest: a leased one begins, and one that found nothing ends, in one
 * transaction and one round trip each.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#include "state/store_private.h"
#include "tests/support/store_kit.h"
// cmocka last
#include <cmocka.h>

/* role and claims, settings */
#define IDENTITY 2

static int
setup(void **state)
{
	static struct sl_kit kit;

	kit_init(&kit);
	*state = &kit;
	return 0;
}

static int
teardown(void **state)
{
	kit_release(*state);
	return 0;
}

static int64_t
statements(struct sl_kit *kit)
{
	return sl_pg_statements(sl_pg_store_of(kit->store)->pg);
}

/* End a run of two requests, with the pages that are given. */
static sl_status
end_run(struct sl_kit *kit, const struct sl_commit *quiet, size_t count,
	struct sl_tally *found)
{
	static const struct sl_tally add = { .requests = 2, .bytes = 100 };
	const struct sl_run_end end = {
		.lease = &kit->account.lease,
		.trigger = "manual",
		.mode = "incremental",
		.status = "ok",
		.started_us = kit->now_us - SL_US_PER_S / 1000,
		.finished_us = kit->now_us,
		.add = &add,
		.next_run_us = SL_NO_TIME,
		.backfill_us = SL_NO_TIME,
		.not_before_us = SL_NO_TIME,
		.bucket_at_us = SL_NO_TIME,
		.quiet = quiet,
		.quiet_count = count,
		.found = found,
	};

	return kit->store->finish(kit->store, &end, &kit->err);
}

/* An account whose one calendar has been walked. */
static struct sl_stream_row *
walked(struct sl_kit *kit, const char *key)
{
	struct sl_stream_row *s;

	kit_claim(kit);
	kit_page(kit, kit_stream(kit, "calendars", ""));
	kit_starts(kit);
	kit_ends(kit);
	kit_commit(kit);
	s = kit_open(kit, key);
	kit_page(kit, s);
	kit_starts(kit);
	kit_ends(kit);
	kit->commit.cursor = "{\"v\":0}";
	kit_commit(kit);
	return s;
}

static struct sl_commit
quiet_page(struct sl_kit *kit, struct sl_stream_row *s, const char *cursor)
{
	struct sl_commit page;

	kit_page(kit, s);
	page = kit->commit;
	page.cursor = cursor;
	page.rests = true;
	page.add = NULL;
	return page;
}

static sl_status
begin_leased(struct sl_kit *kit, int64_t fence)
{
	struct sl_target target = { .provider = kit->connector->name };
	struct sl_owner owner = kit_owner();
	char run[SL_UUID_TEXT];
	const struct sl_claim claim = { .target = &target,
					.connector = kit->connector,
					.owner = &owner,
					.trigger = "schedule",
					.run_id = run,
					.fence = fence };
	bool busy = true;
	sl_status status;

	memcpy(run, kit->account.lease.run_id, sizeof(run));
	memcpy(target.user_id, kit->user, sizeof(target.user_id));
	memcpy(target.integration_id, kit->integration,
	       sizeof(target.integration_id));
	status = kit->store->claim(kit->store, &claim, kit->keep, &kit->account,
				   &busy, &kit->err);
	assert_true(status != SL_OK || !busy);
	return status;
}

static void
a_leased_run_begins_in_one_round_trip(void **state)
{
	struct sl_kit *kit = *state;
	int64_t before, fence;

	kit_claim(kit);
	fence = kit->account.lease.fence;
	sl_test_db_exec(kit->db, "DELETE FROM public.sync_state");
	before = statements(kit);
	assert_int_equal(begin_leased(kit, fence), SL_OK);
	assert_int_equal(statements(kit) - before, IDENTITY + 3);
	assert_int_equal(kit->account.lease.fence, fence);
	assert_string_equal(kit->account.account, "me@example.com");
	assert_string_equal(kit->account.provider, "google_calendar");
	assert_true(kit->account.db_now_us > 0);
	assert_int_equal(kit->account.stream_count, 1); /* its root */
	assert_string_equal(kit->account.streams[0].kind, "calendars");
	assert_int_equal(begin_leased(kit, fence), SL_OK); /* an answer lost */
	assert_int_equal(begin_leased(kit, fence + 1), SL_LOST);
	assert_int_equal(end_run(kit, NULL, 0, NULL), SL_OK);
	assert_int_equal(begin_leased(kit, fence), SL_LOST);
}

static void
a_quiet_end_moves_cursors_in_one_round_trip(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_stream_row *s = walked(kit, "still");
	struct sl_commit pages[2];
	int64_t before;

	assert_int_equal(end_run(kit, NULL, 0, NULL), SL_OK);
	sl_test_db_exec(kit->db, "DELETE FROM public.sync_logs");
	for (int i = 0; i < 2; i++) {
		kit_claim(kit);
		kit->now_us += SL_US_PER_S;
		s = kit_stream(kit, "events", "still");
		pages[0] =
			quiet_page(kit, kit_stream(kit, "calendars", ""), NULL);
		pages[1] = quiet_page(kit, s, "{\"v\":1}");
		pages[1].shown = "{\"seen\":1}";
		before = statements(kit);
		assert_int_equal(end_run(kit, pages, 2, NULL), SL_OK);
		assert_int_equal(statements(kit) - before, IDENTITY + 1);
		/* Its answer was lost: nothing is counted twice. */
		assert_int_equal(end_run(kit, pages, 2, NULL), SL_OK);
	}
	assert_int_equal(kit_count(kit, "public.sync_state",
				   "key = 'still' AND cursor = '{\"v\":1}' AND "
				   "shown ->> 'seen' = '1' AND checked_at = "
				   "people_at - interval '1 ms'"),
			 1);
	assert_int_equal(
		kit_count(kit, "public.sync_state", "checked_at IS NOT NULL"),
		2);
	assert_int_equal(kit_count(kit, "public.sync_logs", "true"), 1);
	assert_int_equal(kit_count(kit, "public.sync_logs",
				   "runs = 2 AND requests = 4 AND pages = 4 "
				   "AND bytes = 200 AND status = 'ok'"),
			 1);
	assert_int_equal(kit_count(kit, "sluice.schedule",
				   "lease_until IS NULL AND run_id IS NULL AND "
				   "failures = 0"),
			 1);
}

static void
without_its_lease_a_quiet_end_writes_nothing(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_commit page;

	(void)walked(kit, "lost");
	page = quiet_page(kit, kit_stream(kit, "events", "lost"), "{\"v\":2}");
	kit->account.lease.fence--;
	assert_int_equal(end_run(kit, &page, 1, NULL), SL_LOST);
	kit->account.lease.fence++;
	assert_int_equal(kit_count(kit, "public.sync_state",
				   "key = 'lost' AND cursor = '{\"v\":0}'"),
			 1);
	assert_int_equal(end_run(kit, &page, 1, NULL), SL_OK);
}

static void
an_event_that_has_begun_is_not_missed(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_stream_row *s = walked(kit, "busy");
	struct sl_tally found = { .pages = 0 };
	struct sl_commit page;
	struct sl_artifact *a;

	kit_page(kit, s);
	a = kit_event(kit, "soon", 1, "soon", kit->now_us + KIT_DAY);
	kit_person(kit, a, "met@example.org", "organizer", "accepted");
	kit_person(kit, a, "me@example.com", "attendee", "accepted");
	kit_commit(kit);
	assert_int_equal(end_run(kit, NULL, 0, NULL), SL_OK);
	assert_int_equal(kit_count(kit, "public.contact_emails",
				   "address_norm = 'met@example.org'"),
			 0);

	kit_claim(kit);
	kit->now_us += 2 * KIT_DAY;
	page = quiet_page(kit, kit_stream(kit, "events", "busy"), "{\"v\":3}");
	assert_int_equal(end_run(kit, &page, 1, &found), SL_OK);
	assert_int_equal(found.contacts_created, 1);
	assert_int_equal(kit_count(kit, "public.contact_emails",
				   "address_norm = 'met@example.org'"),
			 1);
	assert_int_equal(kit_count(kit, "public.sync_state",
				   "key = 'busy' AND cursor = '{\"v\":3}'"),
			 1);
	assert_int_equal(kit_count(kit, "public.sync_logs",
				   "contacts_created = 1 AND requests = 2 AND "
				   "pages = 1 AND status = 'ok'"),
			 1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_leased_run_begins_in_one_round_trip),
		cmocka_unit_test(a_quiet_end_moves_cursors_in_one_round_trip),
		cmocka_unit_test(without_its_lease_a_quiet_end_writes_nothing),
		cmocka_unit_test(an_event_that_has_begun_is_not_missed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
