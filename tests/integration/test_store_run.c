/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Leases, fences and how runs end.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/text.h"

#include "tests/support/store_kit.h"
// cmocka last
#include <cmocka.h>

static const char run_a[] = "aaaaaaaa-0000-4000-8000-000000000001";
static const char run_b[] = "bbbbbbbb-0000-4000-8000-000000000002";

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

static void
let_lapse(struct sl_kit *kit)
{
	sl_test_db_exec(kit->db, "UPDATE sluice.schedule SET lease_until = "
				 "now() - interval '1 s' WHERE lease_until IS "
				 "NOT NULL");
}

static sl_status
finish(struct sl_kit *kit, const char *status, bool changed,
       const struct sl_tally *add)
{
	const struct sl_run_end end = {
		.lease = &kit->account.lease,
		.trigger = "manual",
		.mode = "incremental",
		.status = status,
		.started_us = kit->now_us,
		.finished_us = kit->now_us + SL_US_PER_S,
		.add = add,
		.changed = changed,
		.next_run_us = SL_NO_TIME,
		.backfill_us = SL_NO_TIME,
	};

	return kit->store->finish(kit->store, &end, &kit->err);
}

static void
a_claim_loads_all_and_shuts_others_out(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_owner owner = kit_owner();
	struct sl_owner other = {
		.host = "elsewhere", .boot_id = "b", .pid = 1, .started_us = 1
	};
	struct sl_account first;
	bool busy = true;

	assert_int_equal(kit_try_claim(kit, &owner, run_a, &busy), SL_OK);
	assert_false(busy);
	first = kit->account;
	assert_string_equal(first.provider, "google_calendar");
	assert_string_equal(first.account, "me@example.com");
	assert_string_equal(first.settings, "{}");
	assert_string_equal(first.grant.id, "");
	assert_int_equal(first.stream_count, 1);
	assert_string_equal(first.streams[0].kind, "calendars");
	assert_int_equal(first.streams[0].state, SL_STREAM_NEW);
	assert_false(first.resync);
	assert_true(first.db_now_us > 0);

	assert_int_equal(kit_try_claim(kit, &other, run_b, &busy), SL_OK);
	assert_true(busy);
	assert_int_equal(kit->account.lease.fence, first.lease.fence);
	/* The same claim again: its answer was lost. */
	assert_int_equal(kit_try_claim(kit, &owner, run_a, &busy), SL_OK);
	assert_false(busy);
	assert_int_equal(kit->account.lease.fence, first.lease.fence + 1);
	let_lapse(kit);
}

static void
an_expired_lease_is_taken_and_the_old_run_closed(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_owner other = {
		.host = "elsewhere", .boot_id = "b", .pid = 1, .started_us = 1
	};
	bool busy = true;

	assert_int_equal(kit_try_claim(kit, &other, run_b, &busy), SL_OK);
	assert_false(busy);
	assert_int_equal(kit_count(kit, "public.sync_logs",
				   "id = 'aaaaaaaa-0000-4000-8000-000000000001'"
				   " AND status = 'interrupted' AND host = "
				   "'kit' AND finished_at IS NOT NULL"),
			 1);
	let_lapse(kit);
}

static void
a_dead_owner_of_this_host_is_taken_over_at_once(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_owner owner = kit_owner();
	struct sl_owner dead = owner;
	pid_t child = fork();
	bool busy = true;

	if (child == 0)
		_exit(0);
	assert_true(child > 0);
	dead.pid = child;
	dead.started_us = (int64_t)time(NULL) * SL_US_PER_S;
	/* Nobody has asked how it ended. */
	assert_int_equal(waitid(P_PID, (id_t)child, NULL, WEXITED | WNOWAIT),
			 0);
	assert_int_equal(kit_try_claim(kit, &dead, run_a, &busy), SL_OK);
	assert_int_equal(kit_try_claim(kit, &owner, run_b, &busy), SL_OK);
	assert_false(busy);
	let_lapse(kit);
	(void)waitpid(child, NULL, 0);
	assert_int_equal(kit_try_claim(kit, &dead, run_a, &busy), SL_OK);
	assert_int_equal(kit_try_claim(kit, &owner, run_b, &busy), SL_OK);
	assert_false(busy);
	/* A process that runs, but is not the one that took the lease. */
	let_lapse(kit);
	dead.pid = getppid();
	dead.started_us = owner.started_us;
	assert_int_equal(kit_try_claim(kit, &dead, run_a, &busy), SL_OK);
	assert_int_equal(kit_try_claim(kit, &owner, run_b, &busy), SL_OK);
	assert_false(busy);
	/* Another boot: nothing of it lives. */
	let_lapse(kit);
	dead.boot_id = "before";
	assert_int_equal(kit_try_claim(kit, &dead, run_a, &busy), SL_OK);
	assert_int_equal(kit_try_claim(kit, &owner, run_b, &busy), SL_OK);
	assert_false(busy);
	/* The same number on another host proves nothing. */
	let_lapse(kit);
	dead.host = "elsewhere";
	assert_int_equal(kit_try_claim(kit, &dead, run_a, &busy), SL_OK);
	assert_int_equal(kit_try_claim(kit, &owner, run_b, &busy), SL_OK);
	assert_true(busy);
	let_lapse(kit);
}

static void
a_lost_fence_stops_every_write(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_stream_row *s;
	const struct sl_tally none = { .pages = 0 };
	const struct sl_error cause = { .status = SL_RETRY };
	struct sl_sweep_request sweep = { .now_us = KIT_NOW };
	struct sl_sweep_outcome swept;

	kit_claim(kit);
	s = kit_open(kit, "c1");
	sl_test_db_exec(kit->db,
			"UPDATE sluice.schedule SET fence = fence + 1");
	kit_page(kit, s);
	kit->commit.rests = true;
	assert_int_equal(kit_try_commit(kit), SL_LOST);
	kit_page(kit, s);
	(void)kit_event(kit, "x", 1, "x", KIT_NOW);
	assert_int_equal(kit_try_commit(kit), SL_LOST);
	assert_int_equal(kit_count(kit, "public.artifacts", "true"), 0);
	sweep.lease = &kit->account.lease;
	sweep.stream = s;
	assert_int_equal(kit->store->sweep(kit->store, &sweep, kit->arena,
					   &swept, &kit->err),
			 SL_LOST);
	assert_int_equal(kit->store->fail_stream(kit->store,
						 &kit->account.lease, s, &cause,
						 SL_NO_TIME, &kit->err),
			 SL_LOST);
	assert_int_equal(kit->store->heartbeat(kit->store, &kit->account.lease,
					       &kit->err),
			 SL_LOST);
	assert_int_equal(finish(kit, "ok", false, &none), SL_LOST);
	let_lapse(kit);
}

static void
runs_that_find_nothing_share_a_row(void **state)
{
	struct sl_kit *kit = *state;
	const struct sl_tally add = { .requests = 2, .pages = 1, .fetched = 1 };
	int64_t before;

	kit_claim(kit);
	assert_int_equal(finish(kit, "ok", false, &add), SL_OK);
	sl_test_db_exec(kit->db, "DELETE FROM public.sync_logs");
	for (int i = 0; i < 3; i++) {
		kit_claim(kit);
		assert_int_equal(finish(kit, "ok", false, &add), SL_OK);
		/* Once more: only the answer was lost. */
		assert_int_equal(finish(kit, "ok", false, &add), SL_OK);
	}
	assert_int_equal(kit_count(kit, "public.sync_logs",
				   "runs = 3 AND requests = 6 AND fetched = 3 "
				   "AND status = 'ok' AND duration_ms = 3000"),
			 1);
	before = kit_count(kit, "public.sync_logs", "true");
	kit_claim(kit);
	assert_int_equal(finish(kit, "partial", false, &add), SL_OK);
	kit_claim(kit);
	assert_int_equal(finish(kit, "ok", false, &add), SL_OK);
	assert_int_equal(kit_count(kit, "public.sync_logs", "true"),
			 before + 2);
}

static void
finish_completes_the_row_and_plans_the_next_run(void **state)
{
	struct sl_kit *kit = *state;
	const struct sl_tally add = { .requests = 5, .unchanged = 2 };
	struct sl_stream_row *s;

	kit_claim(kit);
	s = kit_open(kit, "fin");
	kit_page(kit, s);
	(void)kit_event(kit, "x", 1, "x", KIT_NOW);
	kit_commit(kit);
	assert_int_equal(finish(kit, "ok", true, &add), SL_OK);
	assert_int_equal(
		sl_test_db_i64(kit->db,
			       "SELECT requests * 100 + created * 10 + "
			       "unchanged AS v FROM public.sync_logs WHERE id "
			       "= '%s' AND status = 'ok' AND finished_at IS "
			       "NOT NULL",
			       kit->account.lease.run_id),
		512);
	assert_int_equal(kit_count(kit, "sluice.schedule",
				   "lease_until IS NULL AND run_id IS NULL AND "
				   "next_run_at > now() + interval '299 s' AND "
				   "next_run_at < now() + interval '301 s'"),
			 1);
}

static void
an_error_shows_once_at_the_integration(void **state)
{
	struct sl_kit *kit = *state;
	const struct sl_tally none = { .pages = 0 };
	struct sl_error cause;
	struct sl_run_end end = { .trigger = "schedule",
				  .mode = "incremental",
				  .status = "failed",
				  .started_us = KIT_NOW,
				  .finished_us = KIT_NOW,
				  .add = &none,
				  .error = &cause,
				  .next_run_us = SL_NO_TIME,
				  .backfill_us = SL_NO_TIME,
				  .integration_status = "error" };
	char mark[64];

	(void)sl_fail(&cause, SL_CONFIG, SL_CLIENT, "the API is off");
	for (int i = 0; i < 2; i++) {
		kit_claim(kit);
		end.lease = &kit->account.lease;
		assert_int_equal(
			kit->store->finish(kit->store, &end, &kit->err), SL_OK);
		assert_int_equal(kit_count(kit, "public.user_integrations",
					   "status = 'error' AND "
					   "last_error_class = 'config' AND "
					   "last_error_scope = 'client'"),
				 1);
		if (i == 0)
			(void)snprintf(
				mark, sizeof(mark), "%s",
				sl_test_db_text(kit->db,
						"SELECT xmin AS v FROM "
						"public.user_integrations"));
	}
	assert_string_equal(sl_test_db_text(kit->db,
					    "SELECT xmin AS v FROM "
					    "public.user_integrations"),
			    mark);
	assert_int_equal(kit_count(kit, "sluice.schedule", "failures = 2"), 1);
	kit_claim(kit);
	end.lease = &kit->account.lease;
	end.error = NULL;
	end.status = "ok";
	end.integration_status = "connected";
	assert_int_equal(kit->store->finish(kit->store, &end, &kit->err),
			 SL_OK);
	assert_int_equal(kit_count(kit, "public.user_integrations",
				   "status = 'connected' AND last_error_at IS "
				   "NULL"),
			 1);
}

/* By a clock that is `offset` off. */
static void
ask_resync(struct sl_kit *kit, const char *offset, bool accept)
{
	sl_test_db_exec(kit->db, "SET sluice.clock_offset = '%s'", offset);
	sl_test_db_exec(kit->db,
			"SELECT sluice.resync_accounts('%s', NULL, NULL, '0', "
			"%s)",
			kit->user, accept ? "true" : "false");
	sl_test_db_exec(kit->db, "RESET sluice.clock_offset");
}

static void
end_resync(struct sl_kit *kit, bool done)
{
	const struct sl_tally none = { .pages = 0 };
	const struct sl_run_end end = { .lease = &kit->account.lease,
					.trigger = "resync",
					.mode = "full",
					.status = "ok",
					.started_us = KIT_NOW,
					.finished_us = KIT_NOW,
					.add = &none,
					.resync_done = done,
					.next_run_us = SL_NO_TIME,
					.backfill_us = SL_NO_TIME };

	assert_int_equal(kit->store->finish(kit->store, &end, &kit->err),
			 SL_OK);
}

static void
a_request_for_a_resync_lives_until_it_is_done(void **state)
{
	struct sl_kit *kit = *state;

	ask_resync(kit, "0", true);
	assert_int_equal(
		kit_count(kit, "sluice.schedule", "next_run_at = '-infinity'"),
		1);
	for (int i = 0; i < 2; i++) {
		kit_claim(kit);
		assert_true(kit->account.resync);
		assert_int_equal(kit->account.resync_no, 1);
		assert_true(kit->account.accept_deletions);
		end_resync(kit, i == 1);
	}
	kit_claim(kit);
	assert_false(kit->account.resync);
	assert_false(kit->account.accept_deletions);
	end_resync(kit, false);
}

/* Whatever the clocks say: the request is an hour older than the run that it
 * came after, or as much younger than the one that answers it. */
static void
one_that_comes_during_a_run_waits_for_the_next(void **state)
{
	static const char *const offsets[] = { "0", "-1 hour", "1 hour" };
	struct sl_kit *kit = *state;

	for (size_t i = 0; i < SL_ARRAY_LEN(offsets); i++) {
		ask_resync(kit, "0", false);
		kit_claim(kit);
		ask_resync(kit, offsets[i], true);
		ask_resync(kit, offsets[i], false);
		end_resync(kit, true);
		assert_int_equal(kit_count(kit, "sluice.schedule",
					   "next_run_at <= now() + interval "
					   "'1 s'"),
				 1); /* at once */
		kit_claim(kit);
		assert_true(kit->account.resync);
		assert_true(kit->account.accept_deletions);
		end_resync(kit, true); /* both of them */
		kit_claim(kit);
		assert_false(kit->account.resync);
		assert_false(kit->account.accept_deletions);
		end_resync(kit, false);
	}
}

static void
a_walk_answers_the_requests_before_it(void **state)
{
	static const char *const offsets[] = { "-1 hour", "1 hour" };
	struct sl_kit *kit = *state;
	struct sl_stream_row *s;

	for (size_t i = 0; i < SL_ARRAY_LEN(offsets); i++) {
		ask_resync(kit, offsets[i], false);
		kit_claim(kit);
		s = kit_stream(kit, "calendars", "");
		assert_true(s->walk_resync_no < kit->account.resync_no);
		kit_page(kit, s); /* one of an older walk answers nothing */
		kit_commit(kit);
		kit_reload(kit);
		s = kit_stream(kit, "calendars", "");
		assert_true(s->walk_resync_no < kit->account.resync_no);
		kit_page(kit, s);
		kit_starts(kit);
		kit_commit(kit);
		kit_reload(kit);
		s = kit_stream(kit, "calendars", "");
		assert_int_equal(s->walk_resync_no, kit->account.resync_no);
		/* What comes now is for another walk, also of this run. */
		ask_resync(kit, offsets[i], false);
		kit_page(kit, s);
		kit_ends(kit);
		kit_commit(kit);
		end_resync(kit, true);
		kit_claim(kit);
		s = kit_stream(kit, "calendars", "");
		assert_true(kit->account.resync);
		assert_true(s->walk_resync_no < kit->account.resync_no);
		end_resync(kit, true);
	}
}

static void
targets_are_due_free_and_enabled(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_target_filter filter = { .due = true, .limit = 10 };
	struct sl_target *targets;
	size_t count;

	sl_test_db_exec(kit->db,
			"UPDATE sluice.schedule SET next_run_at = now(), "
			"lease_until = NULL, not_before = NULL");
	assert_int_equal(kit->store->targets(kit->store, &filter, kit->keep,
					     &targets, &count, &kit->err),
			 SL_OK);
	assert_int_equal(count, 1);
	assert_string_equal(targets[0].integration_id, kit->integration);
	assert_string_equal(targets[0].user_id, kit->user);
	filter.provider = "other";
	assert_int_equal(kit->store->targets(kit->store, &filter, kit->keep,
					     &targets, &count, &kit->err),
			 SL_OK);
	assert_int_equal(count, 0);
	filter.provider = NULL;
	sl_test_db_exec(kit->db, "UPDATE sluice.schedule SET not_before = "
				 "now() + interval '1 h'");
	assert_int_equal(kit->store->targets(kit->store, &filter, kit->keep,
					     &targets, &count, &kit->err),
			 SL_OK);
	assert_int_equal(count, 0);
	sl_test_db_exec(kit->db, "UPDATE sluice.schedule SET not_before = NULL;"
				 "UPDATE public.user_integrations SET status = "
				 "'paused'");
	assert_int_equal(kit->store->targets(kit->store, &filter, kit->keep,
					     &targets, &count, &kit->err),
			 SL_OK);
	assert_int_equal(count, 0);
	filter.due = false;
	filter.user_id = kit->user;
	assert_int_equal(kit->store->targets(kit->store, &filter, kit->keep,
					     &targets, &count, &kit->err),
			 SL_OK);
	assert_int_equal(count, 1);
	assert_string_equal(targets[0].status, "paused");
	sl_test_db_exec(kit->db, "UPDATE public.user_integrations SET status = "
				 "'connected'");
}

static void
a_failed_stream_keeps_its_cursor(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_stream_row *s;
	struct sl_error cause;

	kit_claim(kit);
	s = kit_open(kit, "sick");
	kit_page(kit, s);
	kit->commit.cursor = "{\"v\":1}";
	kit_commit(kit);
	(void)sl_fail(&cause, SL_RETRY, SL_STREAM, "503");
	assert_int_equal(kit->store->fail_stream(kit->store,
						 &kit->account.lease, s, &cause,
						 KIT_NOW + KIT_DAY, &kit->err),
			 SL_OK);
	kit_reload(kit);
	s = kit_stream(kit, "events", "sick");
	assert_int_equal(s->failures, 1);
	assert_int_equal(s->not_before_us, KIT_NOW + KIT_DAY);
	assert_string_equal(s->cursor, "{\"v\": 1}");
	kit_page(kit, s);
	kit_commit(kit);
	assert_int_equal(s->failures, 0);
	assert_int_equal(kit_count(kit, "public.sync_state",
				   "key = 'sick' AND failures = 0 AND "
				   "not_before IS NULL AND last_error_class IS "
				   "NULL"),
			 1);
	let_lapse(kit);
}

static void
nobody_reaches_into_another_users_rows(void **state)
{
	struct sl_kit *kit = *state;
	struct sl_kit other;
	struct sl_owner owner = kit_owner();
	struct sl_stream_row *s, *theirs;
	struct sl_lease forged;
	bool busy = false;

	kit_init_beside(&other, kit, NULL, "other@example.com");
	kit_claim(&other);
	theirs = kit_open(&other, "theirs");
	kit_claim(kit);
	s = kit_open(kit, "mine");

	/* Our identity with their integration, even with the right fence. */
	forged = other.account.lease;
	memcpy(forged.user_id, kit->user, sizeof(forged.user_id));
	kit_page(kit, s);
	kit->commit.lease = &forged;
	kit->commit.stream = theirs;
	(void)kit_event(kit, "x", 1, "x", KIT_NOW);
	assert_int_equal(kit_try_commit(kit), SL_LOST);
	assert_int_equal(kit->store->heartbeat(kit->store, &forged, &kit->err),
			 SL_LOST);
	assert_int_equal(kit->store->streams(kit->store, &forged, kit->keep,
					     &kit->account.streams,
					     &kit->account.stream_count,
					     &kit->err),
			 SL_OK);
	assert_int_equal(kit->account.stream_count, 0);
	assert_int_equal(kit_count(&other, "public.artifacts", "true"), 0);

	/* A claim under our name of their integration finds nothing. */
	memcpy(kit->integration, other.integration, sizeof(kit->integration));
	assert_int_equal(kit_try_claim(kit, &owner, run_a, &busy), SL_LOST);
	kit_release_beside(&other);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_claim_loads_all_and_shuts_others_out),
		cmocka_unit_test(
			an_expired_lease_is_taken_and_the_old_run_closed),
		cmocka_unit_test(
			a_dead_owner_of_this_host_is_taken_over_at_once),
		cmocka_unit_test(a_lost_fence_stops_every_write),
		cmocka_unit_test(runs_that_find_nothing_share_a_row),
		cmocka_unit_test(
			finish_completes_the_row_and_plans_the_next_run),
		cmocka_unit_test(an_error_shows_once_at_the_integration),
		cmocka_unit_test(a_request_for_a_resync_lives_until_it_is_done),
		cmocka_unit_test(
			one_that_comes_during_a_run_waits_for_the_next),
		cmocka_unit_test(a_walk_answers_the_requests_before_it),
		cmocka_unit_test(targets_are_due_free_and_enabled),
		cmocka_unit_test(a_failed_stream_keeps_its_cursor),
		cmocka_unit_test(nobody_reaches_into_another_users_rows),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
