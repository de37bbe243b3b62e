/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for news: it is heard at once, a connection that is lost is told and
 * made anew, whoever wakes is heard, and what others sent is left alone.
 */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <unistd.h>

#include "core/base/clock.h"

#include "state/listen.h"
#include "tests/support/db.h"
// cmocka last
#include <cmocka.h>

#define SECOND 1000000

static struct sl_test_db *db;
static struct sl_pg *pg;
static struct sl_listener *listener;
static enum sl_news news;
static struct sl_error err;

static int
setup(void **state)
{
	(void)state;
	db = sl_test_db_new();
	listener = sl_listener_new(sl_test_db_url(db), false);
	return sl_pg_connect(sl_test_db_url(db), &pg, &err) == SL_OK ? 0 : -1;
}

static int
teardown(void **state)
{
	(void)state;
	sl_listener_free(&listener);
	sl_pg_free(&pg);
	sl_test_db_free(&db);
	return 0;
}

static void
say(const char *sql)
{
	assert_int_equal(sl_pg_query(pg, sql, NULL, NULL, &err), SL_OK);
}

static void
listen_to_it(void)
{
	assert_int_equal(sl_listener_wait(listener, SECOND, &news, &err),
			 SL_OK);
	assert_int_equal(news, SL_NEWS_SOME); /* there may have been some */
}

static int64_t
waited(int64_t since_us)
{
	return sl_mono_us(&sl_system_clock) - since_us;
}

static void
news_is_heard_once(void **state)
{
	int64_t now = sl_mono_us(&sl_system_clock);

	(void)state;
	listen_to_it();
	say("NOTIFY other, 'x'");
	say("NOTIFY sluice, '11111111-1111-4111-8111-111111111111'");
	say("NOTIFY sluice, '22222222-2222-4222-8222-222222222222'");
	assert_int_equal(sl_listener_wait(listener, 9 * SECOND, &news, &err),
			 SL_OK);
	assert_int_equal(news, SL_NEWS_SOME);
	assert_true(waited(now) < 5 * SECOND);
	/* the second one may have come apart from the first */
	assert_int_equal(sl_listener_wait(listener, SECOND / 10, &news, &err),
			 SL_OK);
	assert_int_equal(sl_listener_wait(listener, SECOND / 10, &news, &err),
			 SL_OK);
	assert_int_equal(news, SL_NEWS_NONE);
}

static void
without_news_the_time_passes(void **state)
{
	int64_t now;

	(void)state;
	listen_to_it();
	now = sl_mono_us(&sl_system_clock);
	assert_int_equal(sl_listener_wait(listener, SECOND / 5, &news, &err),
			 SL_OK);
	assert_int_equal(news, SL_NEWS_NONE);
	assert_true(waited(now) >= SECOND / 5);
}

static void *
wake_later(void *arg)
{
	(void)usleep(100000);
	sl_listener_wake(arg);
	return NULL;
}

static void
whoever_wakes_is_heard(void **state)
{
	int64_t now = sl_mono_us(&sl_system_clock);
	pthread_t thread;

	(void)state;
	listen_to_it();
	assert_int_equal(pthread_create(&thread, NULL, wake_later, listener),
			 0);
	assert_int_equal(sl_listener_wait(listener, 60 * SECOND, &news, &err),
			 SL_OK);
	assert_int_equal(news, SL_NEWS_NONE);
	assert_int_equal(pthread_join(thread, NULL), 0);
	sl_listener_wake(listener); /* before anybody waits */
	sl_listener_pause(listener, 60 * SECOND);
	assert_true(waited(now) < 20 * SECOND);
}

static void
a_lost_connection_is_told_and_made_anew(void **state)
{
	(void)state;
	listen_to_it();
	say("SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
	    "WHERE datname = current_database() AND usename = current_user "
	    "AND pid <> pg_backend_pid()");
	assert_int_equal(sl_listener_wait(listener, 9 * SECOND, &news, &err),
			 SL_RETRY);
	listen_to_it();
	say("NOTIFY sluice");
	assert_int_equal(sl_listener_wait(listener, 9 * SECOND, &news, &err),
			 SL_OK);
	assert_int_equal(news, SL_NEWS_SOME);
}

static void
nobody_there_is_a_failure_to_retry(void **state)
{
	struct sl_listener *lonely =
		sl_listener_new("host=127.0.0.1 port=1 user=a", false);

	(void)state;
	assert_int_equal(sl_listener_wait(lonely, SECOND, &news, &err),
			 SL_RETRY);
	sl_listener_free(&lonely);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(news_is_heard_once, setup,
						teardown),
		cmocka_unit_test_setup_teardown(without_news_the_time_passes,
						setup, teardown),
		cmocka_unit_test_setup_teardown(whoever_wakes_is_heard, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			a_lost_connection_is_told_and_made_anew, setup,
			teardown),
		cmocka_unit_test(nobody_there_is_a_failure_to_retry),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
