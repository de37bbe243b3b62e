/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libmicrohttpd in external polling: its epoll descriptor and the paste
 * descriptor are waited for together.
 */
#include "cli/loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <microhttpd.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/buf.h"
#include "core/base/mem.h"

/** The browser gets this long to fetch the last page. */
#define LAST_PAGE_US (2 * SL_US_PER_S)

/** Longest sleep between two looks at the clock. */
#define TICK_MS 500

#define CONNECTIONS_MAX 16
#define IDLE_SECONDS    10

static const char page_done[] =
	"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	"<title>sluice</title></head><body>\n"
	"<p>sluice has the answer. You can close this window and go back to "
	"the terminal.</p>\n</body></html>\n";

static const char page_refused[] =
	"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
	"<title>sluice</title></head><body>\n"
	"<p>This is not the answer that sluice is waiting for. Open the "
	"address that the terminal shows.</p>\n</body></html>\n";

struct sl_loopback {
	struct MHD_Daemon *daemon; /* NULL: nothing is listened on */
	int epoll_fd;
	uint16_t port;
	const char *path; /* borrowed */
	const struct sl_loopback_wait *wait;
	bool accepted; /* the answer is there       */
	bool told;     /* and the browser knows     */
	struct sl_buf pasted;
	bool paste_ended;
};

static void
add_headers(struct MHD_Response *response)
{
	static const struct {
		const char *name, *value;
	} headers[] = {
		{ "Content-Type", "text/html; charset=utf-8" },
		{ "Referrer-Policy", "no-referrer" },
		{ "Cache-Control", "no-store" },
		{ "Content-Security-Policy", "default-src 'none'" },
		{ "X-Content-Type-Options", "nosniff" },
		{ "Connection", "close" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(headers); i++)
		(void)MHD_add_response_header(response, headers[i].name,
					      headers[i].value);
}

static enum MHD_Result
reply(struct MHD_Connection *connection, unsigned status, const char *page)
{
	/* The library takes no const, but changes nothing here. */
	struct MHD_Response *response = MHD_create_response_from_buffer(
		strlen(page), (void *)(uintptr_t)page, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result result;

	if (response == NULL)
		return MHD_NO;
	add_headers(response);
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

/* The address with its query, undecoded; freed in on_completed. */
static void *
on_uri(void *ctx, const char *uri, struct MHD_Connection *connection)
{
	(void)ctx;
	(void)connection;
	return sl_strdup(strlen(uri) < SL_LOOPBACK_URL_MAX ? uri : "");
}

static enum MHD_Result
on_request(void *ctx, struct MHD_Connection *connection, const char *path,
	   const char *method, const char *version, const char *upload,
	   size_t *upload_size, void **uri)
{
	struct sl_loopback *lo = ctx;

	(void)version;
	(void)upload;
	*upload_size = 0;
	if (strcmp(path, lo->path) != 0)
		return reply(connection, MHD_HTTP_NOT_FOUND, page_refused);
	if (strcmp(method, "GET") != 0)
		return reply(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
			     page_refused);
	if (lo->accepted || lo->wait == NULL ||
	    !lo->wait->accept(lo->wait->ctx, *uri))
		return reply(connection, MHD_HTTP_BAD_REQUEST, page_refused);
	lo->accepted = true;
	return reply(connection, MHD_HTTP_OK, page_done);
}

static void
on_completed(void *ctx, struct MHD_Connection *connection, void **uri,
	     enum MHD_RequestTerminationCode code)
{
	struct sl_loopback *lo = ctx;

	(void)connection;
	(void)code;
	sl_free(*uri);
	*uri = NULL;
	lo->told = lo->accepted;
}

static socklen_t
make_address(const struct sl_redirect *r, struct sockaddr_storage *out)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET,
				  .sin_port = htons(r->port) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
				   .sin6_port = htons(r->port) };

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, r->address, &v4.sin_addr) == 1) {
		memcpy(out, &v4, sizeof(v4));
		return sizeof(v4);
	}
	if (inet_pton(AF_INET6, r->address, &v6.sin6_addr) == 1)
		memcpy(out, &v6, sizeof(v6));
	return sizeof(v6);
}

static uint16_t
bound_port(int fd)
{
	struct sockaddr_storage bound;
	struct sockaddr_in v4;
	socklen_t len = sizeof(bound);

	memset(&bound, 0, sizeof(bound));
	if (getsockname(fd, (struct sockaddr *)&bound, &len) != 0)
		return 0;
	/* The port stands at the same place in both kinds. */
	memcpy(&v4, &bound, sizeof(v4));
	return ntohs(v4.sin_port);
}

static sl_status
bind_socket(const struct sl_redirect *r, int *out, struct sl_error *err)
{
	struct sockaddr_storage address;
	socklen_t len = make_address(r, &address);
	int fd = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int on = 1;

	if (fd >= 0)
		(void)setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) != 0 ||
	    listen(fd, CONNECTIONS_MAX) != 0) {
		(void)sl_fail(err, SL_CONFIG, SL_CLIENT,
			      "cannot listen on %s port %u: %s", r->address,
			      (unsigned)r->port, strerror(errno));
		if (fd >= 0)
			(void)close(fd);
		return err->status;
	}
	*out = fd;
	return SL_OK;
}

static sl_status
start(struct sl_loopback *lo, int fd, struct sl_error *err)
{
	const union MHD_DaemonInfo *info;

	lo->port = bound_port(fd);
	lo->daemon = MHD_start_daemon(
		MHD_USE_EPOLL, 0, NULL, NULL, on_request, lo,
		MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_URI_LOG_CALLBACK,
		on_uri, NULL, MHD_OPTION_NOTIFY_COMPLETED, on_completed, lo,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)IDLE_SECONDS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT,
		(size_t)2 * SL_LOOPBACK_URL_MAX, MHD_OPTION_END);
	info = lo->daemon == NULL
		       ? NULL
		       : MHD_get_daemon_info(lo->daemon,
					     MHD_DAEMON_INFO_EPOLL_FD);
	if (info == NULL)
		return sl_fail(err, SL_CONFIG, SL_CLIENT,
			       "the listener for the redirect did not start");
	lo->epoll_fd = info->epoll_fd;
	return SL_OK;
}

sl_status
sl_loopback_open(const struct sl_redirect *redirect, struct sl_loopback **out,
		 struct sl_error *err)
{
	struct sl_loopback *lo = sl_alloc(sizeof(*lo));
	sl_status st = SL_OK;
	int fd = -1;

	lo->epoll_fd = -1;
	lo->path = redirect->path;
	sl_buf_init(&lo->pasted, SL_LOOPBACK_URL_MAX);
	if (redirect->listens)
		st = bind_socket(redirect, &fd, err);
	if (st == SL_OK && redirect->listens)
		st = start(lo, fd, err);
	if (st != SL_OK && fd >= 0 && lo->daemon == NULL)
		(void)close(fd);
	if (st == SL_OK)
		*out = lo;
	else
		sl_loopback_free(&lo);
	return st;
}

uint16_t
sl_loopback_port(const struct sl_loopback *loopback)
{
	return loopback->port;
}

static void
take_line(struct sl_loopback *lo)
{
	char *line = lo->pasted.data;

	if (lo->pasted.len == 0)
		return;
	line[strcspn(line, " \t\r\n")] = '\0';
	if (*line != '\0' && !lo->pasted.overflow &&
	    lo->wait->accept(lo->wait->ctx, line))
		lo->accepted = lo->told = true;
	sl_buf_clear(&lo->pasted);
}

static void
read_pasted(struct sl_loopback *lo)
{
	char bytes[1024];
	ssize_t n = read(lo->wait->paste_fd, bytes, sizeof(bytes));

	if (n <= 0) {
		lo->paste_ended = n == 0 || errno != EINTR;
		if (lo->paste_ended)
			take_line(lo);
		return;
	}
	for (ssize_t i = 0; i < n && !lo->accepted; i++) {
		if (bytes[i] == '\n')
			take_line(lo);
		else if (bytes[i] != '\0')
			sl_buf_addc(&lo->pasted, bytes[i]);
	}
}

static void
wait_once(struct sl_loopback *lo)
{
	bool pastes = lo->wait->paste_fd >= 0 && !lo->paste_ended;
	struct pollfd fds[2] = {
		{ .fd = lo->epoll_fd, .events = POLLIN },
		{ .fd = pastes ? lo->wait->paste_fd : -1, .events = POLLIN },
	};
	MHD_UNSIGNED_LONG_LONG mhd_ms;
	int ms = TICK_MS;

	if (lo->daemon != NULL &&
	    MHD_get_timeout(lo->daemon, &mhd_ms) == MHD_YES && mhd_ms < TICK_MS)
		ms = (int)mhd_ms;
	(void)poll(fds, 2, ms);
	if (lo->daemon != NULL)
		(void)MHD_run(lo->daemon);
	if (fds[1].revents != 0 && !lo->accepted)
		read_pasted(lo);
}

static bool
can_come(const struct sl_loopback *lo)
{
	return lo->daemon != NULL ||
	       (lo->wait->paste_fd >= 0 && !lo->paste_ended);
}

sl_status
sl_loopback_wait(struct sl_loopback *loopback,
		 const struct sl_loopback_wait *wait, struct sl_error *err)
{
	int64_t end = sl_mono_us(wait->clock) + wait->timeout_us;
	int64_t last;

	loopback->wait = wait;
	while (!loopback->accepted && can_come(loopback) &&
	       sl_mono_us(wait->clock) < end)
		wait_once(loopback);
	last = sl_mono_us(wait->clock) + LAST_PAGE_US;
	while (loopback->accepted && !loopback->told &&
	       sl_mono_us(wait->clock) < last)
		wait_once(loopback);
	loopback->wait = NULL;
	if (loopback->accepted)
		return SL_OK;
	return sl_fail(err, SL_CANCELLED, SL_GRANT,
		       "no consent came back%s: run connect again",
		       loopback->paste_ended && loopback->daemon == NULL
			       ? ""
			       : " in time");
}

void
sl_loopback_free(struct sl_loopback **loopback)
{
	struct sl_loopback *lo = *loopback;

	if (lo == NULL)
		return;
	if (lo->daemon != NULL)
		MHD_stop_daemon(lo->daemon);
	sl_buf_release(&lo->pasted);
	sl_free(lo);
	*loopback = NULL;
}
