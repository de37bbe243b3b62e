/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server on a loopback socket that answers what real servers should not:
 * exact bytes, then keep, close, reset or hold the connection. One thread a
 * connection; no sleeps. A header of functions, because each test program is
 * one file.
 */
#ifndef TESTS_UNIT_CORE_NET_RAW_SERVER_H
#define TESTS_UNIT_CORE_NET_RAW_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/error.h"

enum { RAW_CONNECTIONS_MAX = 256, RAW_REQUEST_MAX = 65536 };

/** What happens to the connection after an answer. */
enum raw_after { RAW_KEEP, RAW_CLOSE, RAW_RESET, RAW_HOLD };

struct raw_server;

/** Answer one request on `fd`. */
typedef enum raw_after (*raw_handler)(int fd, const char *path);

struct raw_connection {
	struct raw_server *server;
	pthread_t thread;
	int fd;
};

struct raw_server {
	raw_handler handler;
	int listener;
	uint16_t port;
	pthread_t thread;
	pthread_mutex_t mutex; /* guards all below */
	pthread_cond_t changed;
	struct raw_connection connections[RAW_CONNECTIONS_MAX];
	size_t accepted;
	size_t requests;
	char last[RAW_REQUEST_MAX]; /* the last request, head and body */
};

/** false when the peer has gone. */
static inline bool
raw_send(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t sent = send(fd, at, len, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		at += sent;
		len -= (size_t)sent;
	}
	return true;
}

static inline bool
raw_sends(int fd, const char *text)
{
	return raw_send(fd, text, strlen(text));
}

/** How many bytes of body the request's head announces. */
static inline size_t
raw_body_len(const char *head)
{
	const char *line = strcasestr(head, "\r\nContent-Length:");

	return line ? strtoul(line + 17, NULL, 10) : 0;
}

/** One whole request into `out`; false when the peer has gone. */
static inline bool
raw_receive(int fd, struct sl_buf *out)
{
	const char *head_end = NULL;
	char bytes[4096];

	sl_buf_clear(out);
	while (!head_end || out->len < (size_t)(head_end + 4 - out->data) +
					       raw_body_len(out->data)) {
		ssize_t got = recv(fd, bytes, sizeof(bytes), 0);

		if (got <= 0)
			return false;
		sl_buf_add(out, bytes, (size_t)got);
		head_end = strstr(sl_buf_text(out), "\r\n\r\n");
	}
	return true;
}

static inline void
raw_note(struct raw_server *server, const struct sl_buf *request)
{
	(void)pthread_mutex_lock(&server->mutex);
	server->requests++;
	SL_ASSERT(request->len < sizeof(server->last));
	memcpy(server->last, request->data, request->len + 1);
	(void)pthread_cond_broadcast(&server->changed);
	(void)pthread_mutex_unlock(&server->mutex);
}

/** Path and query of "GET /path HTTP/1.1". */
static inline void
raw_path(const struct sl_buf *request, struct sl_buf *path)
{
	const char *from = strchr(request->data, ' ');

	sl_buf_clear(path);
	if (from)
		sl_buf_add(path, from + 1, strcspn(from + 1, " \r"));
}

static inline void
raw_end(int fd, enum raw_after after)
{
	struct linger linger = { .l_onoff = 1, .l_linger = 0 };
	char byte;

	if (after == RAW_HOLD) {
		while (recv(fd, &byte, 1, 0) > 0)
			continue;
	}
	if (after == RAW_RESET)
		(void)setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger,
				 sizeof(linger));
	else
		(void)shutdown(fd, SHUT_RDWR);
}

static inline void *
raw_serve(void *arg)
{
	struct raw_connection *connection = arg;
	struct raw_server *server = connection->server;
	enum raw_after after = RAW_KEEP;
	struct sl_buf request, path;

	sl_buf_init(&request, RAW_REQUEST_MAX - 1);
	sl_buf_init(&path, RAW_REQUEST_MAX);
	while (after == RAW_KEEP && raw_receive(connection->fd, &request)) {
		raw_note(server, &request);
		raw_path(&request, &path);
		after = server->handler(connection->fd, sl_buf_text(&path));
	}
	raw_end(connection->fd, after);
	(void)pthread_mutex_lock(&server->mutex);
	(void)close(connection->fd);
	connection->fd = -1;
	(void)pthread_mutex_unlock(&server->mutex);
	sl_buf_release(&request);
	sl_buf_release(&path);
	return NULL;
}

static inline void *
raw_accept(void *arg)
{
	struct raw_server *server = arg;

	for (;;) {
		int fd = accept(server->listener, NULL, NULL);
		struct raw_connection *connection;

		if (fd < 0)
			return NULL; /* raw_stop() */
		(void)pthread_mutex_lock(&server->mutex);
		SL_ASSERT(server->accepted < RAW_CONNECTIONS_MAX);
		connection = &server->connections[server->accepted++];
		connection->server = server;
		connection->fd = fd;
		SL_ASSERT(pthread_create(&connection->thread, NULL, raw_serve,
					 connection) == 0);
		(void)pthread_mutex_unlock(&server->mutex);
	}
}

/** A loopback socket with a port of its own; it listens if asked to. */
static inline int
raw_bind(uint16_t *port, bool listening)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	SL_ASSERT(fd >= 0);
	SL_ASSERT(bind(fd, (struct sockaddr *)&address, len) == 0);
	SL_ASSERT(!listening || listen(fd, 256) == 0);
	SL_ASSERT(getsockname(fd, (struct sockaddr *)&address, &len) == 0);
	*port = ntohs(address.sin_port);
	return fd;
}

static inline void
raw_start(struct raw_server *server, raw_handler handler)
{
	memset(server, 0, sizeof(*server));
	server->handler = handler;
	(void)pthread_mutex_init(&server->mutex, NULL);
	(void)pthread_cond_init(&server->changed, NULL);
	server->listener = raw_bind(&server->port, true);
	SL_ASSERT(pthread_create(&server->thread, NULL, raw_accept, server) ==
		  0);
}

static inline void
raw_stop(struct raw_server *server)
{
	(void)shutdown(server->listener, SHUT_RDWR);
	(void)pthread_join(server->thread, NULL);
	(void)close(server->listener);
	(void)pthread_mutex_lock(&server->mutex);
	for (size_t i = 0; i < server->accepted; i++) {
		if (server->connections[i].fd >= 0)
			(void)shutdown(server->connections[i].fd, SHUT_RDWR);
	}
	(void)pthread_mutex_unlock(&server->mutex);
	for (size_t i = 0; i < server->accepted; i++)
		(void)pthread_join(server->connections[i].thread, NULL);
	(void)pthread_cond_destroy(&server->changed);
	(void)pthread_mutex_destroy(&server->mutex);
}

/** Wait until so many requests have arrived whole. */
static inline void
raw_await(struct raw_server *server, size_t requests)
{
	(void)pthread_mutex_lock(&server->mutex);
	while (server->requests < requests)
		(void)pthread_cond_wait(&server->changed, &server->mutex);
	(void)pthread_mutex_unlock(&server->mutex);
}

#endif
