/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading ahead: while one worker commits a page, another reads the next one.
 * Nothing here waits for time: a commit is held until the engine has done what
 * the test looks for, or, where it must not, until it had every chance to.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json/json.h"
#include "core/sync/connector.h"

#include "tests/support/engine_bench.h"
#include "tests/support/unit.h"

#define PAGES       5
#define COMMITS_MAX (4 * PAGES)
#define CHANCES     20000 /* of another worker to do what it must not */

static struct ahead {
	pthread_mutex_t mutex;
	pthread_cond_t news;
	struct sl_connector connector;
	const struct sl_connector *registry[2];
	sl_status (*read)(const struct sl_turn *turn,
			  struct sl_answers *answers, struct sl_page *page,
			  struct sl_error *err);
	void (*idle)(void *ctx, int64_t us); /* of the clock */
	struct sl_engine **engine;
	int reads, commits; /* begun */
	int at_once;        /* commits under way */
	int done;           /* commits that ended */
	int most_held;      /* pages in memory, at least */
	int most_ahead;     /* pages read beyond those being committed */
	bool overlapped;    /* two commits at one time */
	int hold;           /* this commit waits ... */
	int until;          /* ... for so many reads */
	int junk;           /* this page is none, once */
	bool stops;         /* the held commit stops the engine */
	char cursors[COMMITS_MAX][32];
} ahead;

static sl_status
counting_read(const struct sl_turn *turn, struct sl_answers *answers,
	      struct sl_page *page, struct sl_error *err)
{
	sl_status s = ahead.read(turn, answers, page, err);

	pthread_mutex_lock(&ahead.mutex);
	ahead.reads++;
	if (ahead.reads - ahead.done > ahead.most_held)
		ahead.most_held = ahead.reads - ahead.done;
	if (ahead.reads - ahead.commits > ahead.most_ahead)
		ahead.most_ahead = ahead.reads - ahead.commits;
	if (ahead.reads == ahead.junk)
		s = sl_fail(err, SL_RETRY, SL_STREAM, "junk");
	pthread_cond_broadcast(&ahead.news);
	pthread_mutex_unlock(&ahead.mutex);
	return s;
}

/* Hold one commit until the page after it has been read, and see that the one
 * after that is not. */
static void
hold(void)
{
	while (ahead.reads < ahead.until)
		pthread_cond_wait(&ahead.news, &ahead.mutex);
	for (int i = 0; i < CHANCES; i++) {
		pthread_mutex_unlock(&ahead.mutex);
		(void)sched_yield();
		pthread_mutex_lock(&ahead.mutex);
	}
}

static void
on_commit(void *ctx, const struct sl_commit *c)
{
	(void)ctx;
	pthread_mutex_lock(&ahead.mutex);
	assert_true(ahead.commits < COMMITS_MAX);
	(void)snprintf(ahead.cursors[ahead.commits], sizeof(ahead.cursors[0]),
		       "%s", c->cursor);
	ahead.commits++;
	ahead.overlapped = ahead.overlapped || ahead.at_once > 0;
	ahead.at_once++;
	if (ahead.commits == ahead.hold)
		hold();
	ahead.at_once--;
	ahead.done++;
	pthread_mutex_unlock(&ahead.mutex);
	if (ahead.stops && ahead.commits == ahead.hold)
		sl_engine_stop(*ahead.engine);
}

/* The time stands still while something is committed. */
static void
idle(void *ctx, int64_t us)
{
	bool busy;

	pthread_mutex_lock(&ahead.mutex);
	busy = ahead.at_once > 0;
	pthread_mutex_unlock(&ahead.mutex);
	if (busy)
		(void)sched_yield();
	else
		ahead.idle(ctx, us);
}

/* Page n of PAGES: one item, and where the next one is. */
static void
pages(void *ctx, const struct sl_request *request, struct sl_response *response)
{
	const char *after = strstr(request->url, "after=p");
	long n = after ? strtol(after + strlen("after=p"), NULL, 10) : 1;
	char body[128];

	(void)ctx;
	(void)snprintf(body, sizeof(body),
		       "{\"items\":[\"i%ld\"],\"next\":\"p%ld\",\"more\":%s}",
		       n, n + 1, n < PAGES ? "true" : "false");
	fake_reply(response, 200, body);
}

static struct bench *
set_up(void **state, int workers)
{
	struct bench *b = *state;

	ahead = (struct ahead){ .mutex = PTHREAD_MUTEX_INITIALIZER,
				.news = PTHREAD_COND_INITIALIZER,
				.connector = *b->config.registry[0],
				.engine = &b->engine };
	ahead.read = ahead.connector.read;
	ahead.connector.read = counting_read;
	ahead.registry[0] = &ahead.connector;
	b->config.registry = ahead.registry;
	b->config.workers = workers;
	ahead.idle = b->clock.clock.idle;
	b->clock.clock.idle = idle;
	b->store.on_commit = on_commit;
	b->store.account.grant.access_expires_us = INT64_MAX / 2;
	b->net.answer = pages;
	(void)fake_store_stream(&b->store, "items", "k", NULL);
	return b;
}

static void
assert_cursors(int count)
{
	char expected[32];

	assert_int_equal(ahead.commits, count);
	for (int i = 0; i < count; i++) {
		(void)snprintf(expected, sizeof(expected),
			       "{\"after\":\"p%d\"}", i + 2);
		assert_string_equal(ahead.cursors[i], expected);
	}
	assert_false(ahead.overlapped);
}

static void
the_next_page_is_read_while_one_is_committed(void **state)
{
	struct bench *b = set_up(state, 2);

	ahead.hold = 2;
	ahead.until = 3;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_cursors(PAGES);
	assert_int_equal(ahead.reads, PAGES);
	assert_int_equal(ahead.most_ahead, 1);
	assert_int_equal(b->report.tally.created, PAGES);
}

static void
one_worker_does_one_thing_after_the_other(void **state)
{
	struct bench *b = set_up(state, 1);

	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_cursors(PAGES);
	assert_int_equal(ahead.most_ahead, 1);
}

static void
a_page_that_is_not_stored_takes_the_one_after_it_along(void **state)
{
	struct bench *b = set_up(state, 2);

	ahead.hold = 1;
	ahead.until = 2;
	b->store.commit_fails = SL_CONFIG;
	b->store.commit_fail_times = 1;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "failed");
	assert_cursors(1);
	assert_int_equal(ahead.reads, 2);
	assert_int_equal(b->report.tally.created, 0);
}

static void
a_useless_answer_read_ahead_is_asked_for_again(void **state)
{
	struct bench *b = set_up(state, 2);

	ahead.hold = 1;
	ahead.until = 2;
	ahead.junk = 2;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_cursors(PAGES);
	assert_int_equal(ahead.reads, PAGES + 1);
	assert_int_equal(b->report.tally.created, PAGES);
}

static void
what_was_read_ahead_is_kept_when_the_engine_stops(void **state)
{
	struct bench *b = set_up(state, 2);

	ahead.hold = 1;
	ahead.until = 2;
	ahead.stops = true;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "interrupted");
	assert_cursors(2);
	assert_int_equal(ahead.reads, 2);
	assert_int_equal(b->report.tally.created, 2);
}

static void
a_limit_of_pages_counts_what_is_read_ahead(void **state)
{
	struct bench *b = set_up(state, 2);

	b->config.pages_max = 3;
	ahead.hold = 2;
	ahead.until = 3;
	bench_run(b, "manual");
	assert_cursors(3);
	assert_int_equal(ahead.reads, 3);
	assert_true(b->report.limited);
}

static void
streams_together_hold_no_more_pages_than_there_are_workers(void **state)
{
	struct bench *b = set_up(state, 2);

	(void)fake_store_stream(&b->store, "items", "l", NULL);
	(void)fake_store_stream(&b->store, "items", "m", NULL);
	ahead.hold = 1;
	ahead.until = 2;
	bench_run(b, "manual");
	assert_string_equal(b->report_status, "ok");
	assert_int_equal(ahead.commits, 3 * PAGES);
	assert_int_equal(ahead.most_held, 2);
	assert_int_equal(b->report.tally.created, 3 * PAGES);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			the_next_page_is_read_while_one_is_committed,
			bench_setup, bench_teardown),
		cmocka_unit_test_setup_teardown(
			streams_together_hold_no_more_pages_than_there_are_workers,
			bench_setup, bench_teardown),
		cmocka_unit_test_setup_teardown(
			one_worker_does_one_thing_after_the_other, bench_setup,
			bench_teardown),
		cmocka_unit_test_setup_teardown(
			a_page_that_is_not_stored_takes_the_one_after_it_along,
			bench_setup, bench_teardown),
		cmocka_unit_test_setup_teardown(
			a_useless_answer_read_ahead_is_asked_for_again,
			bench_setup, bench_teardown),
		cmocka_unit_test_setup_teardown(
			what_was_read_ahead_is_kept_when_the_engine_stops,
			bench_setup, bench_teardown),
		cmocka_unit_test_setup_teardown(
			a_limit_of_pages_counts_what_is_read_ahead, bench_setup,
			bench_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
