/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A library for LD_PRELOAD that counts the steps of a process between its
 * code and libpq or libcurl, and does something to the process after step n.
 *
 * Steps: a statement was sent (the server has it, the process has no answer),
 * a statement was answered (the answer has come, nobody has looked at it), an
 * exchange was begun, an exchange has ended. BEGIN and the identity that
 * travel in one pipeline are one statement. COMMIT is a statement like any
 * other, so "sent" is the moment between COMMIT and its answer.
 *
 *   STEPS_LOG=FILE   a line a step, "number kind text"
 *   STEPS_DO=WHAT    after step STEPS_AT:
 *     kill           SIGKILL
 *     stop           SIGSTOP: frozen until somebody continues it
 *     cut            the database connection is closed under it, the answer
 *                    lost although the server gave one; at an exchange, that
 *                    of the last statement
 *   STEPS_AT=N       1 is the first
 *
 * Without STEPS_DO it only counts. Nothing of this is in the product.
 */
#include <curl/curl.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TEXT_MAX    80
#define SECONDS_MAX 60

/* The macros of curl.h would get into the way of the functions' names. */
#undef curl_multi_info_read

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static long count;
static PGconn *last;

/* A worker's connection is a worker's, so a thread's. */
static _Thread_local enum { IDLE, SENT, ANSWERED } under_way;

static _Thread_local const char *named;

/* The function of that name that the process would have called. */
static void
real(const char *name, void *function)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (!found) {
		(void)fprintf(stderr, "steps: no %s\n", name);
		abort();
	}
	memcpy(function, &found, sizeof(found));
}

static void
note(long number, const char *kind, const char *text)
{
	const char *path = getenv("STEPS_LOG");
	size_t len = strcspn(text, "\n");
	int fd;

	if (!path)
		return;
	fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0 || dprintf(fd, "%ld %s %.*s\n", number, kind,
			      len < TEXT_MAX ? (int)len : TEXT_MAX, text) < 0)
		abort();
	(void)close(fd);
}

/* Wait until the whole answer is here, unread by the process. */
static void
await(PGconn *conn)
{
	while (PQstatus(conn) == CONNECTION_OK && PQisBusy(conn)) {
		struct pollfd wait = { .fd = PQsocket(conn), .events = POLLIN };

		(void)poll(&wait, 1, -1);
		if (PQconsumeInput(conn) != 1)
			return;
	}
}

/* After "sent" the server has done the work; its answer is never read. */
static void
cut(PGconn *conn, bool sent)
{
	struct pollfd wait = { .fd = PQsocket(conn), .events = POLLIN };
	char lost[4096];

	if (wait.fd < 0)
		return;
	if (sent)
		(void)poll(&wait, 1, -1);
	while (recv(wait.fd, lost, sizeof(lost), MSG_DONTWAIT) > 0)
		continue;
	(void)shutdown(wait.fd, SHUT_RDWR);
}

static void
act(const char *what, bool sent)
{
	if (strcmp(what, "kill") == 0)
		(void)kill(getpid(), SIGKILL);
	else if (strcmp(what, "stop") == 0)
		(void)kill(getpid(), SIGSTOP);
	else if (strcmp(what, "cut") == 0 && last)
		cut(last, sent);
}

/* Nothing here takes long: a process that hangs ends by SIGALRM. */
__attribute__((constructor)) static void
limit(void)
{
	(void)alarm(SECONDS_MAX);
}

static void
step(PGconn *conn, const char *kind, const char *text)
{
	const char *what = getenv("STEPS_DO"), *at = getenv("STEPS_AT");

	(void)pthread_mutex_lock(&mutex);
	count++;
	if (conn)
		last = conn;
	note(count, kind, text);
	if (what && at && strtol(at, NULL, 10) == count)
		act(what, strcmp(kind, "sent") == 0);
	(void)pthread_mutex_unlock(&mutex);
}

/* All of the statement has left. */
static void
sent(PGconn *conn)
{
	under_way = SENT;
	step(conn, "sent",
	     named                                      ? named
	     : PQpipelineStatus(conn) == PQ_PIPELINE_ON ? "BEGIN"
							: "statement");
}

/* Only so that the log can name it. */
int
PQsendQuery(PGconn *conn, const char *query)
{
	int (*send)(PGconn *, const char *);

	real("PQsendQuery", &send);
	named = query;
	return send(conn, query);
}

/* The process flushes before it waits: with the last byte a statement is sent,
 * and no answer was looked at. */
int
PQflush(PGconn *conn)
{
	int (*flush)(PGconn *);
	int left;

	real("PQflush", &flush);
	left = flush(conn);
	if (left == 0 && under_way == IDLE &&
	    PQtransactionStatus(conn) == PQTRANS_ACTIVE)
		sent(conn);
	return left;
}

/*
 * All results pass here. A statement is under way until NULL, or the end of
 * the pipeline.
 */
PGresult *
PQgetResult(PGconn *conn)
{
	PGresult *(*next)(PGconn *);
	PGresult *result;
	bool piped = PQpipelineStatus(conn) == PQ_PIPELINE_ON;

	real("PQgetResult", &next);
	if (under_way == SENT && !piped) {
		await(conn);
		under_way = ANSWERED;
		step(conn, "answered", named ? named : "statement");
	}
	result = next(conn);
	if (PQresultStatus(result) == PGRES_PIPELINE_SYNC)
		step(conn, "answered", "BEGIN");
	if (PQresultStatus(result) == PGRES_PIPELINE_SYNC ||
	    (!result && !piped) || PQstatus(conn) != CONNECTION_OK) {
		under_way = IDLE;
		named = NULL;
	}
	return result;
}

CURLMcode
curl_multi_add_handle(CURLM *multi, CURL *easy)
{
	CURLMcode (*add)(CURLM *, CURL *);
	CURLMcode code;

	real("curl_multi_add_handle", &add);
	code = add(multi, easy);
	step(NULL, "begun", "exchange");
	return code;
}

CURLMsg *
curl_multi_info_read(CURLM *multi, int *queued)
{
	CURLMsg *(*next)(CURLM *, int *);
	CURLMsg *message;

	real("curl_multi_info_read", &next);
	message = next(multi, queued);
	if (message)
		step(NULL, "ended", "exchange");
	return message;
}
