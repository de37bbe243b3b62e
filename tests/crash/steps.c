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
static _Thread_local bool under_way;
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

	if (wait.fd < 0)
		return;
	if (sent)
		(void)poll(&wait, 1, -1);
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

static void
flush(PGconn *conn)
{
	while (PQflush(conn) > 0) {
		struct pollfd wait = { .fd = PQsocket(conn),
				       .events = POLLIN | POLLOUT };

		(void)poll(&wait, 1, -1);
		if ((wait.revents & POLLIN) && PQconsumeInput(conn) != 1)
			return;
	}
}

/* Only so that the log can name it; libpq's own calls end in PQgetResult. */
PGresult *
PQexec(PGconn *conn, const char *query)
{
	PGresult *(*exec)(PGconn *, const char *);
	PGresult *result;

	real("PQexec", &exec);
	named = query;
	result = exec(conn, query);
	named = NULL;
	return result;
}

/*
 * All results pass here, those of PQexec and PQexecParams as well: libpq
 * calls its exported functions by their names. A statement is under way from
 * the first call that finds the connection active until NULL, or the end of
 * the pipeline.
 */
PGresult *
PQgetResult(PGconn *conn)
{
	PGresult *(*next)(PGconn *);
	PGresult *result;
	bool piped = PQpipelineStatus(conn) == PQ_PIPELINE_ON;

	real("PQgetResult", &next);
	if (!under_way && PQtransactionStatus(conn) == PQTRANS_ACTIVE) {
		under_way = true;
		flush(conn);
		step(conn, "sent",
		     named ? named : (piped ? "BEGIN" : "statement"));
		await(conn);
		if (!piped)
			step(conn, "answered", named ? named : "statement");
	}
	result = next(conn);
	if (PQresultStatus(result) == PGRES_PIPELINE_SYNC)
		step(conn, "answered", "BEGIN");
	if (PQresultStatus(result) == PGRES_PIPELINE_SYNC ||
	    (!result && !piped) || PQstatus(conn) != CONNECTION_OK)
		under_way = false;
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
