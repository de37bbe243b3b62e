/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Opening a connection: the caller's string, our defaults under it.
 *
 * libpq quotes parts of the string in some of its messages, and a password
 * with an unescaped "@" or "/" ends up in what it takes for the host or the
 * port: such strings are refused here, in words of our own.
 */
#include <string.h>

#include "core/base/mem.h"

#include "state/pg_private.h"

#define OPTIONS_MAX 80

struct setting {
	const char *keyword;
	const char *value;
	bool always; /* wins over what the caller gave */
};

static const struct setting settings[] = {
	{ "client_encoding", "UTF8", true },
	{ "fallback_application_name", "sluice", true },
	{ "connect_timeout", "10", false },
	{ "keepalives", "1", false },
	{ "keepalives_idle", "30", false },
	{ "keepalives_interval", "10", false },
	{ "keepalives_count", "3", false },
	{ "tcp_user_timeout", "60000", false },
};

struct words {
	const char *keywords[OPTIONS_MAX + 1];
	const char *values[OPTIONS_MAX + 1];
	int count;
};

static void
add(struct words *w, const char *keyword, const char *value)
{
	SL_ASSERT(w->count < OPTIONS_MAX);
	w->keywords[w->count] = keyword;
	w->values[w->count] = value;
	w->count++;
	w->keywords[w->count] = NULL;
	w->values[w->count] = NULL;
}

static const char *
value_of(const PQconninfoOption *options, const char *keyword)
{
	for (const PQconninfoOption *o = options;
	     o != NULL && o->keyword != NULL; o++) {
		if (strcmp(o->keyword, keyword) == 0)
			return o->val;
	}
	return NULL;
}

/* Could a piece of the password have slipped into host or port? */
static bool
is_torn(const PQconninfoOption *options)
{
	const char *host = value_of(options, "host");
	const char *port = value_of(options, "port");

	if (host != NULL && host[0] != '@' && strchr(host, '@') != NULL)
		return true;
	return port != NULL && strspn(port, "0123456789,") != strlen(port);
}

static void
fill(struct words *w, const PQconninfoOption *given,
     const PQconninfoOption *environment)
{
	for (const PQconninfoOption *o = given; o != NULL && o->keyword != NULL;
	     o++) {
		if (o->val != NULL &&
		    strcmp(o->keyword, "client_encoding") != 0)
			add(w, o->keyword, o->val);
	}
	for (size_t i = 0; i < SL_ARRAY_LEN(settings); i++) {
		const struct setting *s = &settings[i];

		if (s->always || (value_of(given, s->keyword) == NULL &&
				  value_of(environment, s->keyword) == NULL))
			add(w, s->keyword, s->value);
	}
}

static void
ignore_notice(void *ctx, const PGresult *result)
{
	(void)ctx;
	(void)result;
}

static sl_status
open_with(const struct words *w, PGconn **out, struct sl_error *err)
{
	PGconn *conn = PQconnectdbParams(w->keywords, w->values, 0);

	if (conn == NULL)
		return sl_fail(err, SL_RETRY, SL_CLIENT,
			       "database: out of memory while connecting");
	if (PQstatus(conn) != CONNECTION_OK) {
		char why[SL_ERROR_TEXT_MAX];

		(void)sl_fail(
			err, SL_RETRY, SL_CLIENT,
			"cannot connect to the database: %s (is "
			"SLUICE_DATABASE_URL right? 'sluice doctor' looks "
			"closer)",
			sl_pg_said(conn, why));
		PQfinish(conn);
		return err->status;
	}
	(void)PQsetNoticeReceiver(conn, ignore_notice, NULL);
	(void)PQsetnonblocking(conn, 1); /* sl_pg_await sees to sending */
	*out = conn;
	return SL_OK;
}

/* libpq tells of lack of memory as of a string that it cannot read: by no
 * reason at all, or by these words. */
static bool
no_room(const char *why)
{
	return why == NULL || strstr(why, "out of memory") != NULL;
}

sl_status
sl_pg_dial(const char *url, PGconn **out, struct sl_error *err)
{
	PQconninfoOption *given = NULL;
	PQconninfoOption *environment = PQconndefaults();
	char *why = NULL;
	struct words w = { .count = 0 };
	sl_status status;

	if (url != NULL)
		given = PQconninfoParse(url, &why);
	if (environment == NULL ||
	    (url != NULL && given == NULL && no_room(why)))
		sl_out_of_memory();
	PQfreemem(why);
	if (url != NULL && given == NULL) {
		status = sl_fail(err, SL_CONFIG, SL_CLIENT,
				 "the database URL cannot be read (is it "
				 "postgresql://USER:PASSWORD@HOST:PORT/DB?)");
	} else if (is_torn(given)) {
		status = sl_fail(err, SL_CONFIG, SL_CLIENT,
				 "the database URL's host or port is odd "
				 "(write @, / and : of a password as %%40, "
				 "%%2F and %%3A)");
	} else {
		fill(&w, given, environment);
		status = open_with(&w, out, err);
	}
	PQconninfoFree(given);
	PQconninfoFree(environment);
	return status;
}
