/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The answers of test_http_answers.c: canned bytes by path, and bodies and
 * headers of any size ("/size/N", "/gzip/N", "/headers/N", ...).
 */
#ifndef TESTS_UNIT_CORE_NET_ANSWERS_H
#define TESTS_UNIT_CORE_NET_ANSWERS_H

#include <stdlib.h>

#include "raw_gzip.h"
#include "raw_server.h"

struct canned {
	const char *path;
	const char *bytes;
	size_t len; /* 0 = a text */
	enum raw_after after;
};

#define OK_HEAD "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"

static const struct canned answers[] = {
	{ "/json",
	  "HTTP/1.1 200 OK\r\nContent-Type: Application/JSON; charset=UTF-8\r\n"
	  "Date: Sun, 06 Nov 1994 08:49:30 GMT\r\nContent-Length: 2\r\n\r\n{}",
	  0, RAW_KEEP },
	{ "/204", "HTTP/1.1 204 No Content\r\n\r\n", 0, RAW_KEEP },
	{ "/403", "HTTP/1.1 403 Forbidden\r\nContent-Length: 4\r\n\r\nstop", 0,
	  RAW_KEEP },
	{ "/429-seconds",
	  "HTTP/1.1 429 Slow\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", 0,
	  RAW_KEEP },
	{ "/429-date",
	  "HTTP/1.1 429 Slow\r\nretry-after: Sun, 06 Nov 1994 08:51:07 GMT\r\n"
	  "Content-Length: 0\r\n\r\n",
	  0, RAW_KEEP },
	{ "/503-junk",
	  "HTTP/1.1 503 No\r\nRetry-After: soon\r\nDate: yesterday\r\n"
	  "Content-Length: 0\r\n\r\n",
	  0, RAW_KEEP },
	{ "/302",
	  "HTTP/1.1 302 Found\r\nLocation: https://elsewhere.example/x\r\n"
	  "Content-Length: 0\r\n\r\n",
	  0, RAW_KEEP },
	{ "/200-location",
	  "HTTP/1.1 200 OK\r\nLocation: https://elsewhere.example/x\r\n"
	  "Content-Length: 0\r\n\r\n",
	  0, RAW_KEEP },
	{ "/chunked",
	  OK_HEAD "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 0,
	  RAW_KEEP },
	{ "/no-length", OK_HEAD "Connection: close\r\n\r\n{\"a\":", 0,
	  RAW_CLOSE },
	{ "/cut-length", OK_HEAD "Content-Length: 10\r\n\r\n{\"a\":", 0,
	  RAW_CLOSE },
	{ "/cut-chunk",
	  OK_HEAD "Transfer-Encoding: chunked\r\n\r\nff\r\n{\"a\":", 0,
	  RAW_CLOSE },
	{ "/cut-headers", "HTTP/1.1 200 OK\r\nContent-", 0, RAW_CLOSE },
	{ "/empty", "", 0, RAW_CLOSE },
	{ "/reset", "", 0, RAW_RESET },
	{ "/reset-body", OK_HEAD "Content-Length: 10\r\n\r\n{\"a\":", 0,
	  RAW_RESET },
	{ "/nul-header", "HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n", 27, RAW_CLOSE },
	{ "/http-0.9", "<html>\r\n\r\n", 0, RAW_CLOSE },
	{ "/bad-gzip",
	  OK_HEAD "Content-Encoding: gzip\r\nContent-Length: 9\r\n\r\nnot "
		  "gzip.",
	  0, RAW_KEEP },
	{ "/hang", "", 0, RAW_HOLD },
	{ "/slow", OK_HEAD "Content-Length: 10\r\n\r\n{", 0, RAW_HOLD },
};

static inline enum raw_after
send_gzip(int fd, const struct sl_buf *gzip, size_t len)
{
	SL_AUTO_BUF head;

	sl_buf_init(&head, 1024);
	sl_buf_addf(&head,
		    OK_HEAD "Content-Encoding: gzip\r\n"
			    "Content-Length: %zu\r\n\r\n",
		    len);
	(void)raw_send(fd, head.data, head.len);
	return raw_send(fd, gzip->data, len) ? RAW_KEEP : RAW_CLOSE;
}

/** "/gzip/N": N bytes; "/half/N": the first half of that stream. */
static inline enum raw_after
answer_gzip(int fd, size_t n, bool whole)
{
	SL_AUTO_BUF text;
	SL_AUTO_BUF gzip;

	sl_buf_init(&text, n);
	sl_buf_init(&gzip, 2 * n + 1024);
	for (size_t i = 0; i < n; i++)
		sl_buf_addc(&text, 'a');
	gzip_store(&gzip, text.data, n);
	return send_gzip(fd, &gzip, whole ? gzip.len : gzip.len / 2);
}

static inline enum raw_after
answer_bomb(int fd)
{
	SL_AUTO_BUF gzip;

	sl_buf_init(&gzip, 1 << 20);
	gzip_bomb(&gzip, 300000); /* 77 MB out of 490 kB */
	return send_gzip(fd, &gzip, gzip.len);
}

/** N bytes with their length, without it ("n == 0": for ever). */
static inline enum raw_after
answer_plain(int fd, size_t n, bool with_length)
{
	char bytes[4096];
	SL_AUTO_BUF head;

	memset(bytes, 'a', sizeof(bytes));
	sl_buf_init(&head, 1024);
	sl_buf_adds(&head, OK_HEAD);
	if (with_length)
		sl_buf_addf(&head, "Content-Length: %zu\r\n", n);
	sl_buf_adds(&head, "\r\n");
	(void)raw_send(fd, head.data, head.len);
	for (size_t left = n; n == 0 || left > 0;) {
		size_t part =
			n != 0 && left < sizeof(bytes) ? left : sizeof(bytes);

		if (!raw_send(fd, bytes, part))
			break;
		left -= part;
	}
	return with_length ? RAW_KEEP : RAW_CLOSE;
}

/** Headers of exactly N bytes, status line and empty line included. */
static inline enum raw_after
answer_headers(int fd, size_t n)
{
	static const char status[] = "HTTP/1.1 204 No Content\r\n";
	SL_AUTO_BUF head;

	sl_buf_init(&head, n);
	sl_buf_adds(&head, status);
	while (head.len < n - 2) {
		size_t line = n - 2 - head.len < 2000 ? n - 2 - head.len : 1000;

		sl_buf_adds(&head, "X: ");
		while (line-- > 5)
			sl_buf_addc(&head, 'x');
		sl_buf_adds(&head, "\r\n");
	}
	sl_buf_adds(&head, "\r\n");
	SL_ASSERT(head.len == n);
	return raw_send(fd, head.data, head.len) ? RAW_KEEP : RAW_CLOSE;
}

/** The number after a prefix of the path; false for other paths. */
static inline bool
path_number(const char *path, const char *prefix, size_t *n)
{
	size_t len = strlen(prefix);

	if (strncmp(path, prefix, len) != 0)
		return false;
	*n = strtoul(path + len, NULL, 10);
	return true;
}

static inline enum raw_after
answer(int fd, const char *path)
{
	size_t len = strcspn(path, "?");
	size_t n;

	for (size_t i = 0; i < SL_ARRAY_LEN(answers); i++) {
		const struct canned *row = &answers[i];

		if (strlen(row->path) == len &&
		    memcmp(path, row->path, len) == 0) {
			(void)raw_send(fd, row->bytes,
				       row->len ? row->len
						: strlen(row->bytes));
			return row->after;
		}
	}
	if (path_number(path, "/gzip/", &n))
		return answer_gzip(fd, n, true);
	if (path_number(path, "/half/", &n))
		return answer_gzip(fd, n, false);
	if (path_number(path, "/bomb", &n))
		return answer_bomb(fd);
	if (path_number(path, "/size/", &n))
		return answer_plain(fd, n, true);
	if (path_number(path, "/close/", &n))
		return answer_plain(fd, n, false);
	if (path_number(path, "/headers/", &n))
		return answer_headers(fd, n);
	return RAW_CLOSE;
}

#endif
