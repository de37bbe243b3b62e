/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for the server, with an end.
 *
 * The kernel tells of a peer that is gone (keepalives, tcp_user_timeout), the
 * server of a statement that takes too long. Neither tells of a server, a
 * pooler or a proxy that is frozen while its kernel goes on saying "yes":
 * libpq alone would wait for ever.
 *
 * Nor does poll() tell of what libpq holds itself: it has room for 8 KiB at a
 * time, TLS and GSSAPI decrypt up to 16 KiB at once, and keep the rest. Such
 * records come from poolers and proxies, and from servers newer than ours.
 */
#include <poll.h>
#include <sys/socket.h>

#include "core/base/clock.h"

#include "state/pg_private.h"

/* As long as something may be waiting inside libpq, and nobody tells. */
#define SLICE_US 20000

/* From now on the connection is lost, for libpq too. */
static void
give_up(PGconn *conn)
{
	(void)shutdown(PQsocket(conn), SHUT_RDWR);
	(void)PQconsumeInput(conn);
}

static bool
is_encrypted(PGconn *conn)
{
	return PQsslInUse(conn) == 1 || PQgssEncInUse(conn) == 1;
}

/* All of a record that has come, as a rule: half of it, then the rest. */
static bool
take_in(PGconn *conn)
{
	return PQconsumeInput(conn) == 1 &&
	       (!is_encrypted(conn) || PQisBusy(conn) == 0 ||
		PQconsumeInput(conn) == 1);
}

/* Until something can be read or (when some is unsent) written, or may be.
 * False: the time is over. */
static bool
wait_for(PGconn *conn, bool unsent, int64_t until_us)
{
	struct pollfd end = { .fd = PQsocket(conn),
			      .events = unsent ? POLLIN | POLLOUT : POLLIN };
	int64_t left_us = INT64_MAX, slice_us;
	int ms = -1;

	if (until_us != 0)
		left_us = until_us - sl_mono_us(&sl_system_clock);
	slice_us =
		is_encrypted(conn) && left_us > SLICE_US ? SLICE_US : left_us;
	if (slice_us != INT64_MAX)
		ms = slice_us <= 0 ? 0 : (int)(slice_us / 1000) + 1;
	return poll(&end, 1, ms) != 0 || left_us > 0;
}

bool
sl_pg_await(PGconn *conn, int64_t patience_ms)
{
	int64_t until_us = patience_ms == 0 ? 0
					    : sl_mono_us(&sl_system_clock) +
						      patience_ms * 1000;
	int unsent = PQflush(conn);

	while (unsent >= 0 && (unsent > 0 || PQisBusy(conn) == 1)) {
		if (!wait_for(conn, unsent > 0, until_us)) {
			give_up(conn);
			return false;
		}
		if (!take_in(conn))
			break;
		unsent = PQflush(conn);
	}
	return true; /* an answer, or a lost connection: the result tells */
}
