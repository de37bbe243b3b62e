/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is due, leased in batches: by the feeder's calls, against the database.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/text.h"

#include "state/ask.h"
#include "state/schedule.h"
#include "tests/support/store_kit.h"
// cmocka last
#include <cmocka.h>

#define ROOM 8

struct bench {
	struct sl_kit kit;
	struct sl_owner owner;
	struct sl_fake_clock clock;
	struct sl_schedule *schedule;
	struct sl_work work[ROOM];
	size_t count;
	int64_t wait_us;
	bool idle;
};

static void
open_schedule(struct bench *b)
{
	assert_int_equal(sl_schedule_open(sl_test_db_url(b->kit.db), &b->owner,
					  &b->clock.clock, &b->schedule,
					  &b->kit.err),
			 SL_OK);
}

static int
setup(void **state)
{
	static struct bench b;

	kit_init(&b.kit);
	b.owner = kit_owner();
	b.idle = true;
	sl_fake_clock_init(&b.clock, KIT_NOW);
	open_schedule(&b);
	*state = &b;
	return 0;
}

static int
teardown(void **state)
{
	struct bench *b = *state;

	sl_schedule_free(&b->schedule);
	kit_release(&b->kit);
	return 0;
}

static void
take(struct bench *b)
{
	const struct sl_room_of of = { .provider = "google_calendar",
				       .runs = ROOM };
	const struct sl_room room = { .runs = ROOM,
				      .backfills = 6,
				      .idle = b->idle,
				      .of = &of,
				      .of_count = 1 };

	sl_fake_clock_advance(&b->clock, SL_US_PER_S);
	if (sl_schedule_take(b->schedule, &room, 0, b->work, &b->count,
			     &b->wait_us, &b->kit.err) != SL_OK)
		fail_msg("%s", b->kit.err.text);
}

static sl_status
begin(struct bench *b, const struct sl_work *work)
{
	const struct sl_claim claim = { .target = &work->target,
					.connector = b->kit.connector,
					.owner = &b->owner,
					.trigger = work->trigger,
					.run_id = work->run_id,
					.fence = work->fence,
					.lane = work->lane };
	bool busy = true;
	sl_status status =
		b->kit.store->claim(b->kit.store, &claim, b->kit.keep,
				    &b->kit.account, &busy, &b->kit.err);

	if (status == SL_OK)
		assert_false(busy);
	return status;
}

/* In seconds from now; -1 = no walk is left. */
static sl_status
finish(struct bench *b, int64_t next_s, int64_t backfill_s)
{
	static const struct sl_tally none = { .requests = 1 };
	int64_t now = sl_test_db_i64(
		b->kit.db, "SELECT (extract(epoch FROM sluice.clock()) * "
			   "1000000)::bigint AS v");
	const struct sl_run_end end = {
		.lease = &b->kit.account.lease,
		.trigger = "schedule",
		.mode = "incremental",
		.status = "ok",
		.started_us = now,
		.finished_us = now,
		.add = &none,
		.not_before_us = SL_NO_TIME,
		.next_run_us = now + next_s * SL_US_PER_S,
		.backfill_us = backfill_s < 0 ? SL_NO_TIME
					      : now + backfill_s * SL_US_PER_S,
		.bucket_at_us = SL_NO_TIME,
	};

	return b->kit.store->finish(b->kit.store, &end, &b->kit.err);
}

static void
due(struct bench *b)
{
	sl_test_db_exec(b->kit.db,
			"UPDATE sluice.schedule SET next_run_at = now()");
}

static void
let_lapse(struct bench *b)
{
	sl_test_db_exec(b->kit.db, "UPDATE sluice.schedule SET lease_until = "
				   "now() WHERE lease_until IS NOT NULL");
}

static void
both_lanes_come_due(void **state)
{
	struct bench *b = *state;

	take(b);
	assert_int_equal(b->count, 1);
	assert_int_equal(b->work[0].lane, SL_LANE_BACKFILL);
	assert_false(b->work[0].alone);
	assert_string_equal(b->work[0].target.integration_id,
			    b->kit.integration);
	assert_string_equal(b->work[0].target.user_id, b->kit.user);
	assert_string_equal(b->work[0].target.account, "me@example.com");
	assert_string_equal(b->work[0].target.consent, "google_calendar");
	assert_string_equal(b->work[0].target.status, "connected");
	assert_string_equal(b->work[0].trigger, "schedule");
	assert_int_equal(begin(b, &b->work[0]), SL_OK);
	assert_int_equal(b->kit.account.lease.fence, b->work[0].fence);
	assert_int_equal(b->kit.account.stream_count, 1);
	take(b);
	assert_int_equal(b->count, 0);
	assert_in_range(b->wait_us, 50 * SL_US_PER_S, 60 * SL_US_PER_S);
	/* A walk is left: it goes on at once, changes are due later. */
	assert_int_equal(finish(b, 100, 0), SL_OK);
	take(b);
	assert_int_equal(b->count, 1);
	assert_int_equal(b->work[0].lane, SL_LANE_BACKFILL);
	assert_int_equal(begin(b, &b->work[0]), SL_OK);
	assert_int_equal(finish(b, 100, 200), SL_OK);
	take(b);
	assert_int_equal(b->count, 0);
	assert_in_range(b->wait_us, 90 * SL_US_PER_S, 100 * SL_US_PER_S);
	due(b);
	take(b);
	assert_int_equal(b->count, 1);
	assert_int_equal(b->work[0].lane, SL_LANE_CHANGES);
	assert_int_equal(begin(b, &b->work[0]), SL_OK);
	assert_int_equal(finish(b, 100, -1), SL_OK);
	assert_int_equal(kit_count(&b->kit, "sluice.schedule",
				   "backfill_at IS NULL AND lease_until IS "
				   "NULL AND NOT run_begun"),
			 1);
}

static void
what_never_began_leaves_no_trace(void **state)
{
	struct bench *b = *state;
	struct sl_lease lease;

	due(b);
	take(b);
	assert_int_equal(b->count, 1);
	lease = b->kit.account.lease;
	lease.fence = b->work[0].fence;
	memcpy(lease.run_id, b->work[0].run_id, sizeof(lease.run_id));
	assert_int_equal(b->kit.store->unlease(b->kit.store, &lease,
					       b->work[0].lane, &b->kit.err),
			 SL_OK);
	assert_int_equal(begin(b, &b->work[0]), SL_LOST);
	take(b);
	assert_int_equal(b->count, 1);
	let_lapse(b);
	take(b);
	assert_int_equal(b->count, 1);
	assert_int_equal(begin(b, &b->work[0]), SL_OK);
	/* What has begun is not given back. */
	assert_int_equal(b->kit.store->unlease(b->kit.store,
					       &b->kit.account.lease,
					       SL_LANE_CHANGES, &b->kit.err),
			 SL_OK);
	assert_int_equal(finish(b, 100, -1), SL_OK);
	assert_int_equal(kit_count(&b->kit, "sluice.schedule",
				   "NOT solo AND charges = 0 AND left_run_id "
				   "IS NULL"),
			 1);
	assert_int_equal(kit_count(&b->kit, "public.sync_logs",
				   "status = 'interrupted'"),
			 0);
}

/* Leased, begun, lapsed, found. */
static void
dies(struct bench *b, bool alone)
{
	due(b);
	take(b);
	assert_int_equal(b->count, 1);
	assert_int_equal(b->work[0].alone, alone);
	assert_int_equal(begin(b, &b->work[0]), SL_OK);
	let_lapse(b);
	sl_fake_clock_advance(&b->clock, 200 * SL_US_PER_S);
	b->idle = false; /* what runs alone is for others */
	take(b);
	b->idle = true;
	assert_int_equal(b->count, 0);
}

static int64_t
interrupted(struct bench *b)
{
	/* Upkeep is due every ten seconds. */
	sl_fake_clock_advance(&b->clock, 20 * SL_US_PER_S);
	b->idle = false;
	take(b);
	b->idle = true;
	return kit_count(&b->kit, "public.sync_logs",
			 "status = 'interrupted' AND host = 'kit'");
}

static void
three_that_die_alone_park_it(void **state)
{
	struct bench *b = *state;
	struct sl_lease lost;

	dies(b, false);
	lost = b->kit.account.lease;
	assert_int_equal(interrupted(b), 1);
	assert_int_equal(
		kit_count(&b->kit, "sluice.schedule", "solo AND charges = 0"),
		1);
	/* Frozen, not dead: it writes nothing more. */
	assert_int_equal(
		b->kit.store->heartbeat(b->kit.store, &lost, &b->kit.err),
		SL_LOST);
	dies(b, true);
	assert_int_equal(kit_count(&b->kit, "sluice.schedule", "charges = 1"),
			 1);
	/* One that ends takes it all back. */
	due(b);
	take(b);
	assert_true(b->count == 1 && b->work[0].alone);
	assert_int_equal(begin(b, &b->work[0]), SL_OK);
	assert_int_equal(finish(b, 100, -1), SL_OK);
	assert_int_equal(kit_count(&b->kit, "sluice.schedule",
				   "NOT solo AND charges = 0"),
			 1);
	dies(b, false);
	for (int i = 0; i < 3; i++)
		dies(b, true);
	assert_int_equal(interrupted(b), 6);
	assert_int_equal(kit_count(&b->kit, "sluice.schedule",
				   "parked_at IS NOT NULL AND charges = 3"),
			 1);
	due(b);
	take(b);
	assert_int_equal(b->count, 0);
	assert_int_equal(b->wait_us, INT64_MAX);
	/* A person may: and when that ends, it is not parked any more. */
	kit_claim(&b->kit);
	assert_int_equal(finish(b, 100, -1), SL_OK);
	assert_int_equal(kit_count(&b->kit, "sluice.schedule",
				   "parked_at IS NULL AND NOT solo"),
			 1);
}

static void
a_busy_process_waits_for_one_that_runs_alone(void **state)
{
	struct bench *b = *state;
	char other[37];

	dies(b, false);
	sl_test_db_exec(b->kit.db,
			"UPDATE sluice.schedule SET next_run_at = now() - "
			"interval '3 minutes'");
	sl_test_db_integration(b->kit.db, b->kit.user, "google_calendar",
			       "other@example.com", other);
	b->idle = false;
	take(b);
	assert_int_equal(b->count, 0); /* though another one is due */
	assert_true(b->wait_us < SL_US_PER_S);
	b->idle = true;
	take(b);
	assert_int_equal(b->count, 1);
	assert_true(b->work[0].alone);
	assert_string_equal(b->work[0].target.integration_id,
			    b->kit.integration);
	/* Those that run alone have a minute, then it is the others' turn. */
	let_lapse(b);
	take(b);
	assert_int_equal(b->count, 1);
	assert_true(b->work[0].alone);
	let_lapse(b);
	sl_fake_clock_advance(&b->clock, 60 * SL_US_PER_S);
	take(b);
	assert_int_equal(b->count, 1);
	assert_false(b->work[0].alone);
	assert_string_equal(b->work[0].target.integration_id, other);
	sl_test_db_exec(b->kit.db,
			"DELETE FROM public.user_integrations WHERE id = '%s'; "
			"UPDATE sluice.schedule SET solo = false, lease_until "
			"= NULL",
			other);
}

static void
the_dead_of_this_host_are_found(void **state)
{
	struct bench *b = *state;
	struct sl_schedule *mine = b->schedule;
	struct sl_owner alive = b->owner;
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	assert_true(child > 0);
	(void)waitpid(child, NULL, 0);
	due(b);
	b->owner.pid = child;
	open_schedule(b);
	take(b);
	sl_schedule_free(&b->schedule);
	assert_int_equal(b->count, 1);
	assert_int_equal(begin(b, &b->work[0]), SL_OK);
	b->schedule = mine;
	b->owner = alive;
	sl_fake_clock_advance(&b->clock, 200 * SL_US_PER_S);
	take(b);
	assert_int_equal(b->count, 1);
	assert_true(b->work[0].alone);
	assert_int_equal(begin(b, &b->work[0]), SL_OK);
	assert_int_equal(finish(b, 100, -1), SL_OK);
	/* On another host the same number proves nothing. */
	due(b);
	take(b);
	assert_int_equal(begin(b, &b->work[0]), SL_OK);
	sl_test_db_exec(b->kit.db,
			"UPDATE sluice.schedule SET lease_owner = jsonb_build_"
			"object('host', 'elsewhere', 'boot_id', 'boot', 'pid', "
			"%d, 'started', 1)",
			(int)child);
	sl_fake_clock_advance(&b->clock, 200 * SL_US_PER_S);
	take(b);
	assert_int_equal(b->count, 0);
	assert_int_equal(finish(b, 100, -1), SL_OK);
}

static void
a_resync_asked_for_meanwhile_comes_next(void **state)
{
	struct bench *b = *state;

	due(b);
	take(b);
	assert_int_equal(begin(b, &b->work[0]), SL_OK);
	sl_test_db_exec(b->kit.db,
			"UPDATE sluice.schedule SET next_run_at = '-infinity', "
			"resync_no = resync_no + 1");
	take(b);
	assert_int_equal(b->count, 0);
	assert_int_equal(finish(b, 100, -1), SL_OK);
	take(b);
	assert_int_equal(b->count, 1);
	assert_string_equal(b->work[0].trigger, "resync");
	assert_int_equal(begin(b, &b->work[0]), SL_OK);
	assert_true(b->kit.account.resync);
	assert_int_equal(finish(b, 100, -1), SL_OK);
}

static void
an_accounts_quota_is_the_installations(void **state)
{
	struct bench *b = *state;

	sl_test_db_exec(b->kit.db,
			"INSERT INTO sluice.quota_limits (api, since, "
			"user_per_minute) VALUES "
			"('google_calendar', '2026-01-01', 70), "
			"('google_calendar', '2126-01-01', 71), "
			"('gmail', '2026-01-02', 72)");
	due(b);
	take(b);
	assert_int_equal(b->count, 1);
	assert_int_equal(begin(b, &b->work[0]), SL_OK);
	assert_int_equal(b->kit.account.user_per_minute, 70);
	assert_int_equal(finish(b, 100, -1), SL_OK);
	sl_test_db_exec(b->kit.db,
			"INSERT INTO sluice.quota_limits (api, since) VALUES "
			"('google_calendar', '2026-01-02')");
	kit_claim(&b->kit);
	assert_int_equal(b->kit.account.user_per_minute, 0);
	assert_int_equal(finish(b, 100, -1), SL_OK);
	sl_test_db_exec(b->kit.db, "DELETE FROM sluice.quota_limits");
}

/* Another process looks after it, and has not committed. */
static sl_status
while_another_does(struct sl_pg *other, void *ctx, struct sl_error *err)
{
	struct bench *b = ctx;
	SL_AUTO_ROWS rows = NULL;
	sl_status status = sl_pg_query(
		other, "SELECT sluice.keep_fleet('{gmail}') AS kept", NULL,
		&rows, err);

	assert_int_equal(status, SL_OK);
	assert_true(sl_row_bool(rows, 0, "kept"));
	dies(b, false);
	assert_int_equal(interrupted(b), 0);
	return SL_OK;
}

static void
one_process_at_a_time_is_enough(void **state)
{
	struct bench *b = *state;
	struct sl_pg *other = NULL;

	sl_test_db_exec(b->kit.db, "DELETE FROM public.sync_logs");
	assert_int_equal(
		sl_pg_connect(sl_test_db_url(b->kit.db), &other, &b->kit.err),
		SL_OK);
	assert_int_equal(
		sl_pg_transact(other, NULL, while_another_does, b, &b->kit.err),
		SL_OK);
	sl_pg_free(&other);
	assert_int_equal(interrupted(b), 1);
}

static void
a_clients_quota_is_shared(void **state)
{
	struct bench *b = *state;
	struct sl_quota_ask ask = { .api = "google_calendar",
				    .per_minute = 600,
				    .least = 1,
				    .most = 60 };
	struct sl_quota_block block = { .api = "google_calendar",
					.for_us = 90 * SL_US_PER_S };
	struct sl_quota_grant grant;
	int64_t got = 0;
	char client[37];

	(void)snprintf(client, sizeof(client), "%s",
		       sl_test_db_text(
			       b->kit.db,
			       "INSERT INTO sluice.oauth_clients (provider, "
			       "client_id, kind, secret_ciphertext, secret_iv, "
			       "secret_key_id) VALUES ('google', 'c', 'web', "
			       "decode(repeat('ab', 40), 'hex'), "
			       "decode(repeat('00', 12), 'hex'), 'k') "
			       "RETURNING id AS v"));
	ask.oauth_client_row = block.oauth_client_row = client;
	for (int i = 0; i < 20; i++) {
		assert_int_equal(b->kit.store->take_quota(b->kit.store, &ask,
							  &grant, &b->kit.err),
				 SL_OK);
		assert_in_range(grant.units, 0, 60);
		assert_in_range(grant.for_us, 1, 60 * SL_US_PER_S);
		got += grant.units;
	}
	assert_in_range(got, 60, 1200); /* a minute may end meanwhile */
	assert_int_equal(sl_test_db_i64(b->kit.db,
					"SELECT sum(units)::bigint AS v FROM "
					"sluice.quota_usage"),
			 got);
	assert_int_equal(sl_test_db_i64(b->kit.db,
					"SELECT count(*) AS v FROM "
					"sluice.quota_usage WHERE units > 600"),
			 0);
	assert_int_equal(
		b->kit.store->block_quota(b->kit.store, &block, &b->kit.err),
		SL_OK);
	block.for_us = SL_US_PER_S; /* the longer one holds */
	assert_int_equal(
		b->kit.store->block_quota(b->kit.store, &block, &b->kit.err),
		SL_OK);
	assert_int_equal(b->kit.store->take_quota(b->kit.store, &ask, &grant,
						  &b->kit.err),
			 SL_OK);
	assert_int_equal(grant.units, 0);
	assert_in_range(grant.for_us, 60 * SL_US_PER_S, 90 * SL_US_PER_S);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_lanes_come_due),
		cmocka_unit_test(what_never_began_leaves_no_trace),
		cmocka_unit_test(three_that_die_alone_park_it),
		cmocka_unit_test(a_busy_process_waits_for_one_that_runs_alone),
		cmocka_unit_test(the_dead_of_this_host_are_found),
		cmocka_unit_test(a_resync_asked_for_meanwhile_comes_next),
		cmocka_unit_test(a_clients_quota_is_shared),
		cmocka_unit_test(an_accounts_quota_is_the_installations),
		cmocka_unit_test(one_process_at_a_time_is_enough),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
