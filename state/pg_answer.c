/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waiting for the server, with an end.
 *
 * The kernel tells of a peer that is gone (keepalives, tcp_user_timeout), the
 * server of a statement that takes too long. Neither tells of a server, a
 * pooler or a proxy that is frozen while its kernel goes on saying "yes":
 * libpq alone would wait for ever.
 */
#include <poll.h>
#include <sys/socket.h>

#include "core/base/clock.h"

#include "state/pg_private.h"

/* From now on the connection is lost, for libpq too. */
static void
give_up(PGconn *conn)
{
	(void)shutdown(PQsocket(conn), SHUT_RDWR);
	(void)PQconsumeInput(conn);
}

/* Until something can be read or (when some is unsent) written. */
static bool
wait_for(PGconn *conn, bool unsent, int64_t until_us)
{
	struct pollfd end = { .fd = PQsocket(conn),
			      .events = unsent ? POLLIN | POLLOUT : POLLIN };
	int64_t left_us = INT64_MAX;
	int ms = -1;

	if (until_us != 0) {
		left_us = until_us - sl_mono_us(&sl_system_clock);
		ms = left_us <= 0 ? 0 : (int)(left_us / 1000) + 1;
	}
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
		if (PQconsumeInput(conn) != 1)
			break;
		unsent = PQflush(conn);
	}
	return true; /* an answer, or a lost connection: the result tells */
}
