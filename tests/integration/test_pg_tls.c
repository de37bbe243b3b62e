/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server, or a pooler, that speaks TLS in records of 16 KiB. libpq takes a
 * part of such a record, OpenSSL keeps the rest, and poll() knows nothing of
 * that: whoever waits for the socket alone waits for nothing.
 *
 * PostgreSQL 15 itself never fills a record; so a proxy does, in a thread.
 */
#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "state/pg.h"
#include "tests/unit/core/net/raw_tls.h"

#define RECORD  16384
#define SLOW_US 2000000

static SSL_CTX *tls;
static int listener, database;

/* As much as there is for a while, but a record at most. */
static size_t
fill(unsigned char *into)
{
	size_t have = 0;
	struct pollfd more = { .fd = database, .events = POLLIN };

	do {
		ssize_t n = read(database, into + have, RECORD - have);

		if (n <= 0)
			return have;
		have += (size_t)n;
	} while (have < RECORD && poll(&more, 1, 20) > 0);
	return have;
}

/* Both ways, until one of them hangs up. */
static void
pass(SSL *client)
{
	unsigned char bytes[RECORD];
	struct pollfd ends[] = {
		{ .fd = SSL_get_fd(client), .events = POLLIN },
		{ .fd = database, .events = POLLIN },
	};

	for (;;) {
		int n;

		if (SSL_pending(client) == 0 && poll(ends, 2, -1) < 0)
			return;
		if (SSL_pending(client) > 0 || ends[0].revents != 0) {
			n = SSL_read(client, bytes, sizeof(bytes));
			if (n <= 0 || write(database, bytes, (size_t)n) != n)
				return;
		}
		if (ends[1].revents != 0) {
			n = (int)fill(bytes);
			if (n == 0 || SSL_write(client, bytes, n) != n)
				return;
		}
	}
}

static void *
proxy(void *unused)
{
	unsigned char request[8];
	int client = accept(listener, NULL, NULL);
	SSL *ssl = SSL_new(tls);

	(void)unused;
	if (read(client, request, sizeof(request)) == sizeof(request) &&
	    write(client, "S", 1) == 1 && SSL_set_fd(ssl, client) == 1 &&
	    SSL_accept(ssl) == 1)
		pass(ssl);
	SSL_free(ssl);
	(void)close(client);
	return NULL;
}

static int
loopback(struct sockaddr_in *address, int port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	*address = (struct sockaddr_in){ .sin_family = AF_INET,
					 .sin_port = htons((uint16_t)port) };
	address->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return fd;
}

/* The port of a proxy in front of the server of the environment. */
static int
begin(pthread_t *thread, const struct party *party)
{
	struct sockaddr_in address;
	socklen_t size = sizeof(address);
	const char *named = getenv("PGPORT");
	int64_t port;

	assert_true(named != NULL && sl_parse_i64(named, &port));
	database = loopback(&address, (int)port);
	assert_int_equal(connect(database, (void *)&address, size), 0);
	listener = loopback(&address, 0);
	assert_int_equal(bind(listener, (void *)&address, size), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(getsockname(listener, (void *)&address, &size), 0);
	tls = SSL_CTX_new(TLS_server_method());
	assert_int_equal(SSL_CTX_use_certificate(tls, party->cert), 1);
	assert_int_equal(SSL_CTX_use_PrivateKey(tls, party->key), 1);
	assert_int_equal(pthread_create(thread, NULL, proxy, NULL), 0);
	return ntohs(address.sin_port);
}

/*
 * 17 rows that end short of two records. The first one ends in the middle of a
 * row, and of the second libpq has no room for as many bytes.
 */
static void
no_answer_waits_in_a_record(void **state)
{
	struct party own = certify("127.0.0.1", -60, YEAR_S, NULL);
	struct sl_error err;
	struct sl_pg *pg;
	pthread_t thread;
	char url[96], sql[96];
	int64_t slowest_us = 0;

	(void)state;
	(void)snprintf(url, sizeof(url),
		       "host=127.0.0.1 port=%d sslmode=require dbname=postgres",
		       begin(&thread, &own));
	assert_int_equal(sl_pg_connect(url, &pg, &err), SL_OK);
	for (int length = 1880; length < 1910; length += 5) {
		int64_t began_us = sl_mono_us(&sl_system_clock), took_us;

		(void)snprintf(sql, sizeof(sql),
			       "SELECT repeat('x', %d) FROM "
			       "generate_series(1, 17)",
			       length);
		assert_int_equal(sl_pg_begin(pg, SL_PG_SELF, NULL, &err),
				 SL_OK);
		assert_int_equal(sl_pg_query(pg, sql, NULL, NULL, &err), SL_OK);
		sl_pg_rollback(pg);
		took_us = sl_mono_us(&sl_system_clock) - began_us;
		slowest_us = took_us > slowest_us ? took_us : slowest_us;
		if (slowest_us > SLOW_US)
			break;
	}
	sl_pg_free(&pg);
	(void)pthread_join(thread, NULL);
	(void)close(database);
	(void)close(listener);
	SSL_CTX_free(tls);
	drop(&own);
	assert_true(slowest_us < SLOW_US);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_answer_waits_in_a_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
