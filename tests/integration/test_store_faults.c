/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The database fails in the middle: all of a page, or nothing, and the answer
 * is found out, never guessed. A small proxy stands between store and server
 * and cuts the line before or after COMMIT reaches it.
 */
#include <arpa/inet.h>
#include <netdb.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/text.h"

#include "state/store_pg.h"
#include "state/store_private.h"
#include "tests/support/store_kit.h"
// cmocka last
#include <cmocka.h>

enum cut { CUT_NOT, CUT_BEFORE, CUT_AFTER, CUT_AND_DOWN };

static atomic_int cut_next;
static atomic_bool is_down;
static int listener = -1;
static int port;

static int
dial_server(void)
{
	const char *host = getenv("PGHOST");
	const char *number = getenv("PGPORT");
	struct addrinfo hints = { .ai_family = AF_INET,
				  .ai_socktype = SOCK_STREAM };
	struct addrinfo *found;
	int fd;

	if (getaddrinfo(host == NULL || host[0] == '/' ? "127.0.0.1" : host,
			number == NULL ? "5432" : number, &hints, &found) != 0)
		return -1;
	fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
		(void)close(fd);
		fd = -1;
	}
	freeaddrinfo(found);
	return fd;
}

static bool
pass(int from, int to, bool client)
{
	static const char commit[] = "COMMIT";
	char bytes[65536];
	ssize_t n = read(from, bytes, sizeof(bytes));
	int cut = CUT_NOT;

	if (n <= 0)
		return false;
	if (client && memmem(bytes, (size_t)n, commit, sizeof(commit)) != NULL)
		cut = atomic_exchange(&cut_next, CUT_NOT);
	if (cut == CUT_BEFORE)
		return false;
	for (ssize_t at = 0; at < n;) {
		ssize_t sent = write(to, bytes + at, (size_t)(n - at));

		if (sent <= 0)
			return false;
		at += sent;
	}
	if (cut == CUT_NOT)
		return true;
	/* The server has answered: it is committed. */
	if (read(to, bytes, sizeof(bytes)) > 0)
		atomic_store(&is_down, cut == CUT_AND_DOWN);
	return false;
}

static void *
relay(void *ctx)
{
	int client = (int)(intptr_t)ctx;
	int server = atomic_load(&is_down) ? -1 : dial_server();
	struct pollfd fds[2] = { { .fd = client, .events = POLLIN },
				 { .fd = server, .events = POLLIN } };
	bool open = server >= 0;

	while (open && poll(fds, 2, -1) > 0) {
		if (fds[0].revents != 0)
			open = pass(client, server, true);
		else if (fds[1].revents != 0)
			open = pass(server, client, false);
	}
	(void)close(client);
	if (server >= 0)
		(void)close(server);
	return NULL;
}

static void *
accept_all(void *ctx)
{
	(void)ctx;
	for (;;) {
		pthread_t thread;
		int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0)
			return NULL;
		if (pthread_create(&thread, NULL, relay,
				   (void *)(intptr_t)fd) == 0)
			(void)pthread_detach(thread);
	}
}

static struct sl_kit kit;
static struct sl_stream_row *s;
static pthread_t proxy;

static int
setup(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(at);
	char url[256];

	(void)state;
	kit_init(&kit);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, len), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&at, &len),
			 0);
	port = ntohs(at.sin_port);
	assert_int_equal(pthread_create(&proxy, NULL, accept_all, NULL), 0);
	kit.store->free(&kit.store);
	(void)snprintf(url, sizeof(url),
		       "host=127.0.0.1 port=%d sslmode=disable %s", port,
		       sl_test_db_url(kit.db));
	assert_int_equal(sl_store_pg_open(url, &kit.store, &kit.err), SL_OK);
	kit_claim(&kit);
	s = kit_open(&kit, "c");
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	kit_release(&kit);
	(void)shutdown(listener, SHUT_RDWR);
	(void)close(listener);
	(void)pthread_join(proxy, NULL);
	return 0;
}

static void
page(const char *id, const char *cursor)
{
	static const struct sl_tally add = { .requests = 1 };
	struct sl_artifact *a;

	kit_page(&kit, s);
	a = kit_event(&kit, id, 1, id, KIT_NOW);
	kit_person(&kit, a, "a@example.org", "attendee", NULL);
	kit.commit.cursor = cursor;
	kit.commit.add = &add;
}

static int64_t
stored(const char *id)
{
	return sl_test_db_i64(kit.db,
			      "SELECT count(*) AS v FROM public.artifacts "
			      "WHERE source_id = '%s'",
			      id);
}

static int64_t
requests(void)
{
	return sl_test_db_i64(kit.db,
			      "SELECT coalesce(sum(requests), 0) AS v FROM "
			      "public.sync_logs WHERE id = '%s'",
			      kit.account.lease.run_id);
}

static void
a_commit_without_answer_that_took_place_is_done(void **state)
{
	int64_t before = requests();

	(void)state;
	page("after", "{\"c\":1}");
	atomic_store(&cut_next, CUT_AFTER);
	kit_commit(&kit);
	assert_int_equal(atomic_load(&cut_next), CUT_NOT);
	assert_int_equal(kit.outcome.counts.created, 1);
	assert_string_equal(s->cursor, "{\"c\": 1}");
	assert_int_equal(stored("after"), 1);
	assert_int_equal(requests(), before + 1);
}

static void
a_commit_that_never_arrived_is_tried_again(void **state)
{
	int64_t before = requests();

	(void)state;
	page("before", "{\"c\":2}");
	atomic_store(&cut_next, CUT_BEFORE);
	/* The server may still be at its rollback: that is a retry, too. */
	assert_int_equal(kit_try_commit(&kit), SL_RETRY);
	assert_int_equal(stored("before"), 0);
	for (int tries = 0; kit_try_commit(&kit) != SL_OK; tries++)
		assert_true(tries < 10000);
	assert_int_equal(kit.outcome.counts.created, 1);
	assert_int_equal(stored("before"), 1);
	assert_int_equal(requests(), before + 1);
}

static void
a_question_that_nobody_could_answer_is_asked_later(void **state)
{
	int64_t before = requests();

	(void)state;
	page("doubt", "{\"c\":3}");
	atomic_store(&cut_next, CUT_AND_DOWN);
	assert_int_equal(kit_try_commit(&kit), SL_RETRY);
	assert_int_equal(kit_try_commit(&kit), SL_RETRY);
	assert_int_equal(stored("doubt"), 1);
	atomic_store(&is_down, false);
	kit_commit(&kit);
	/* Counted by the commit whose answer was lost. */
	assert_int_equal(kit.outcome.counts.created, 1);
	assert_true(kit.outcome.logged);
	assert_string_equal(s->cursor, "{\"c\": 3}");
	assert_int_equal(requests(), before + 1);
}

static void
a_backend_killed_in_the_middle_leaves_nothing(void **state)
{
	(void)state;
	sl_test_db_exec(
		kit.db,
		"CREATE FUNCTION public.die() RETURNS trigger LANGUAGE plpgsql "
		"SECURITY DEFINER AS $$ BEGIN PERFORM "
		"pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(5); "
		"RETURN NEW; END $$;"
		"CREATE TRIGGER die AFTER UPDATE ON public.sync_state FOR EACH "
		"ROW EXECUTE FUNCTION public.die()");
	page("killed", "{\"c\":4}");
	assert_int_equal(kit_try_commit(&kit), SL_RETRY);
	assert_int_equal(kit.err.scope, SL_CLIENT);
	assert_int_equal(stored("killed"), 0);
	sl_test_db_exec(kit.db, "DROP TRIGGER die ON public.sync_state");
	assert_string_equal(sl_test_db_text(kit.db,
					    "SELECT cursor AS v FROM "
					    "public.sync_state WHERE key = "
					    "'c'"),
			    "{\"c\": 3}");
	kit_commit(&kit);
	assert_int_equal(stored("killed"), 1);
}

static void
a_deadlock_is_tried_again_at_once(void **state)
{
	(void)state;
	sl_test_db_exec(
		kit.db,
		"CREATE SEQUENCE public.tries;"
		"CREATE FUNCTION public.lock_up() RETURNS trigger LANGUAGE "
		"plpgsql SECURITY DEFINER AS $$ BEGIN IF "
		"nextval('public.tries') < 4 THEN RAISE EXCEPTION 'deadlock' "
		"USING ERRCODE = '40P01'; END IF; RETURN NEW; END $$;"
		"CREATE TRIGGER lock_up AFTER INSERT ON public.artifacts FOR "
		"EACH ROW EXECUTE FUNCTION public.lock_up()");
	page("locked", "{\"c\":5}");
	kit_commit(&kit);
	assert_int_equal(kit.outcome.counts.created, 1);
	/* Five times in a row is enough. */
	sl_test_db_exec(kit.db,
			"ALTER SEQUENCE public.tries MINVALUE -9 RESTART -9");
	page("locked too", "{\"c\":6}");
	assert_int_equal(kit_try_commit(&kit), SL_RETRY);
	assert_string_equal(kit.err.sqlstate, "40P01");
	assert_int_equal(
		sl_test_db_i64(kit.db,
			       "SELECT last_value AS v FROM public.tries"),
		-9 + SL_TXN_TRIES - 1);
	sl_test_db_exec(kit.db, "DROP TRIGGER lock_up ON public.artifacts");
}

static void
an_unused_connection_that_died_is_replaced(void **state)
{
	(void)state;
	sl_test_db_exec(kit.db, "SELECT pg_terminate_backend(pid) FROM "
				"pg_stat_activity WHERE usename = "
				"'sluice_login' AND datname = "
				"current_database()");
	page("idle", "{\"c\":6}");
	kit_commit(&kit);
	assert_int_equal(stored("idle"), 1);
}

static void
an_empty_page_sends_five_commands_in_three_round_trips(void **state)
{
	struct sl_pg *pg = sl_pg_store_of(kit.store)->pg;
	int64_t before;

	(void)state;
	kit_page(&kit, s);
	kit.commit.rests = true;
	before = sl_pg_statements(pg);
	kit_commit(&kit);
	assert_int_equal(sl_pg_statements(pg) - before, 5);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_commit_without_answer_that_took_place_is_done),
		cmocka_unit_test(a_commit_that_never_arrived_is_tried_again),
		cmocka_unit_test(
			a_question_that_nobody_could_answer_is_asked_later),
		cmocka_unit_test(a_backend_killed_in_the_middle_leaves_nothing),
		cmocka_unit_test(a_deadlock_is_tried_again_at_once),
		cmocka_unit_test(an_unused_connection_that_died_is_replaced),
		cmocka_unit_test(
			an_empty_page_sends_five_commands_in_three_round_trips),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
