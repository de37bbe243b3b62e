/* SPDX-License-Identifier: Apache-2.0 */
#include "state/listen.h"

#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/secret.h"
#include "core/base/text.h"

#include "sql.h"
#include "state/pg_private.h"

/** TLS may hold back what poll() does not see: look at least so often. */
#define SLICE_US 500000

/** The registration is renewed: a server behind the same address, or a frozen
 *  proxy, is found out. */
#define RENEW_US (60 * SL_US_PER_S)

#define PATIENCE_MS 10000

struct sl_listener {
	char *url; /* NULL = the environment */
	bool pooled;
	PGconn *conn; /* NULL = none */
	atomic_bool woken;
	int wake;         /* eventfd, or -1: woken is seen a little later */
	int64_t renew_us; /* monotonic   */
};

struct sl_listener *
sl_listener_new(const char *url, bool pooled)
{
	struct sl_listener *l = sl_alloc(sizeof(*l));

	l->url = sl_strdup(url);
	l->pooled = pooled;
	l->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	return l;
}

static void
hang_up(struct sl_listener *l)
{
	PQfinish(l->conn);
	l->conn = NULL;
}

void
sl_listener_free(struct sl_listener **listener)
{
	struct sl_listener *l = *listener;

	if (!l)
		return;
	hang_up(l);
	if (l->wake >= 0)
		(void)close(l->wake);
	if (l->url)
		sl_wipe(l->url, strlen(l->url));
	sl_free(l->url);
	sl_free(l);
	*listener = NULL;
}

void
sl_listener_wake(struct sl_listener *l)
{
	atomic_store(&l->woken, true);
	if (l->wake >= 0)
		(void)eventfd_write(l->wake, 1);
}

/* --- the session -------------------------------------------------------------- */

/* One statement; `result` may be NULL. A failure hangs up. */
static sl_status
ask(struct sl_listener *l, const char *sql, PGresult **result,
    struct sl_error *err)
{
	PGresult *first = NULL, *more;
	ExecStatusType got;
	sl_status s = SL_OK;

	if (PQsendQueryParams(l->conn, sql, 0, NULL, NULL, NULL, NULL, 0) ==
		    1 &&
	    sl_pg_await(l->conn, PATIENCE_MS))
		first = PQgetResult(l->conn);
	got = PQresultStatus(first);
	if (got != PGRES_TUPLES_OK && got != PGRES_COMMAND_OK)
		s = sl_pg_fail(l->conn, first, false, err);
	while (s == SL_OK && sl_pg_await(l->conn, PATIENCE_MS) &&
	       (more = PQgetResult(l->conn)) != NULL)
		PQclear(more);
	if (s == SL_OK && result)
		*result = first;
	else
		PQclear(first);
	if (s != SL_OK)
		hang_up(l);
	return s;
}

/* Whoever answers is not the process that said hello. */
static sl_status
is_pooled(struct sl_listener *l, bool *yes, struct sl_error *err)
{
	PGresult *result = NULL;
	int64_t pid = 0;
	sl_status s = ask(l, sl_sql_listen_backend, &result, err);

	if (s != SL_OK)
		return s;
	*yes = !sl_parse_i64(PQgetvalue(result, 0, 0), &pid) ||
	       pid != PQbackendPID(l->conn);
	PQclear(result);
	return SL_OK;
}

static sl_status
join(struct sl_listener *l, struct sl_error *err)
{
	l->renew_us = sl_mono_us(&sl_system_clock) + RENEW_US;
	return ask(l, sl_sql_listen, NULL, err);
}

static sl_status
dial(struct sl_listener *l, enum sl_news *news, struct sl_error *err)
{
	bool pooled = false;
	sl_status s = sl_pg_dial(l->url, &l->conn, err);

	if (s == SL_OK && !l->pooled)
		s = is_pooled(l, &pooled, err);
	if (s == SL_OK && pooled) {
		hang_up(l);
		*news = SL_NEWS_POOLED;
		return SL_OK;
	}
	if (s == SL_OK)
		s = join(l, err);
	*news = SL_NEWS_SOME;
	return s;
}

/* --- waiting ------------------------------------------------------------------ */

/* For something to read, a slice at most. True: somebody woke us. */
static bool
wait_for(struct sl_listener *l, int64_t left_us)
{
	struct pollfd ends[] = {
		{ .fd = l->wake, .events = POLLIN },
		{ .fd = l->conn ? PQsocket(l->conn) : -1, .events = POLLIN },
	};
	int64_t slice_us = left_us < SLICE_US ? left_us : SLICE_US;
	eventfd_t ignored;

	if (poll(ends, SL_ARRAY_LEN(ends), (int)(slice_us / 1000) + 1) > 0 &&
	    ends[0].revents != 0)
		(void)eventfd_read(l->wake, &ignored);
	return atomic_exchange(&l->woken, false);
}

/* What has come meanwhile; it is not looked at. */
static bool
take_news(PGconn *conn)
{
	PGnotify *note;
	bool some = false;

	while ((note = PQnotifies(conn)) != NULL) {
		PQfreemem(note);
		some = true;
	}
	return some;
}

/* Is the connection well? */
static sl_status
look(struct sl_listener *l, enum sl_news *news, struct sl_error *err)
{
	sl_status s = SL_OK;

	if (PQconsumeInput(l->conn) != 1) {
		s = sl_pg_fail(l->conn, NULL, false, err);
		hang_up(l);
		return s;
	}
	if (sl_mono_us(&sl_system_clock) >= l->renew_us)
		s = join(l, err);
	if (s == SL_OK && take_news(l->conn))
		*news = SL_NEWS_SOME;
	return s;
}

static int64_t
left_until(int64_t until_us)
{
	return until_us - sl_mono_us(&sl_system_clock);
}

sl_status
sl_listener_wait(struct sl_listener *l, int64_t timeout_us, enum sl_news *news,
		 struct sl_error *err)
{
	int64_t until_us = sl_mono_us(&sl_system_clock) + timeout_us;
	sl_status s;

	*news = SL_NEWS_NONE;
	if (!l->conn)
		return dial(l, news, err);
	do
		s = look(l, news, err);
	while (s == SL_OK && *news == SL_NEWS_NONE &&
	       left_until(until_us) > 0 && !wait_for(l, left_until(until_us)));
	return s;
}

void
sl_listener_pause(struct sl_listener *l, int64_t time_us)
{
	int64_t until_us = sl_mono_us(&sl_system_clock) + time_us;

	hang_up(l);
	while (left_until(until_us) > 0 && !wait_for(l, left_until(until_us)))
		continue;
}
