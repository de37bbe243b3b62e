/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Answers on the bare socket. Every connection has a thread of its own, so
 * a handler may write, wait and hang as it likes; returning MHD_NO then
 * makes libmicrohttpd close what is left of the connection.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "http.h"

static atomic_bool stopping;

void
emu_stop_sleepers(void)
{
	stopping = true;
}

bool
emu_sleep_ms(uint64_t ms)
{
	while (ms && !stopping) {
		uint64_t step = ms < 100 ? ms : 100;
		struct timespec t = { .tv_nsec = (long)step * 1000000 };

		nanosleep(&t, NULL);
		ms -= step;
	}
	return !stopping;
}

static int
socket_of(struct emu_req *r)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(
		r->conn, MHD_CONNECTION_INFO_CONNECTION_FD);

	if (!info)
		abort();
	return info->connect_fd;
}

bool
emu_raw_write(struct emu_req *r, const char *data, size_t len)
{
	int fd = socket_of(r);

	r->reply.sent = true;
	while (len && !stopping) {
		ssize_t n = send(fd, data, len, MSG_NOSIGNAL);

		if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
			struct pollfd p = { .fd = fd, .events = POLLOUT };

			(void)poll(&p, 1, 100);
			continue;
		}
		if (n < 0)
			return false;
		data += n;
		len -= (size_t)n;
	}
	return len == 0;
}

void
emu_raw_head(struct emu_req *r, unsigned status, int64_t length,
	     const char *more_headers)
{
	struct emu_buf b = { 0 };

	emu_putf(&b, "HTTP/1.1 %u Emulated\r\n", status);
	emu_putf(&b, "Content-Type: %s\r\n",
		 r->reply.type ? r->reply.type : "application/json");
	if (length >= 0)
		emu_putf(&b, "Content-Length: %lld\r\n", (long long)length);
	emu_puts(&b, more_headers);
	for (size_t i = 0; i < r->reply.header_count; i++)
		emu_putf(&b, "%s: %s\r\n", r->reply.headers[i][0],
			 r->reply.headers[i][1]);
	EMU_LIT(&b, "Connection: close\r\n\r\n");
	(void)emu_raw_write(r, b.data, b.len);
	emu_buf_free(&b);
}

void
emu_raw_close(struct emu_req *r)
{
	r->reply.sent = true;
	(void)shutdown(socket_of(r), SHUT_RDWR);
}

/* Linux: dissolving the association sends RST at once. */
void
emu_raw_reset(struct emu_req *r)
{
	struct sockaddr none = { .sa_family = AF_UNSPEC };

	r->reply.sent = true;
	(void)connect(socket_of(r), &none, sizeof(none));
}
