/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A look at the file of certificate authorities before the first request:
 * libcurl would say of each request, and only then, that it cannot be used.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/net/http_private.h"

#define MARK " CERTIFICATE-----" /* X509, trusted, or without a word */

static sl_status
refuse(struct sl_error *err, const char *path, const char *why)
{
	return sl_fail(err, SL_CONFIG, SL_CLIENT,
		       "file of certificate authorities %s: %s", path, why);
}

/** A piece keeps the end of the one before: a mark may lie across both. */
static bool
has_mark(int fd)
{
	char piece[4096];
	size_t kept = 0;

	for (;;) {
		ssize_t n = read(fd, piece + kept, sizeof(piece) - kept);
		size_t len;

		if (n <= 0)
			return false;
		len = kept + (size_t)n;
		if (memmem(piece, len, MARK, strlen(MARK)))
			return true;
		kept = len < strlen(MARK) ? len : strlen(MARK) - 1;
		memmove(piece, piece + len - kept, kept);
	}
}

sl_status
sl_http_check_authorities(const char *path, struct sl_error *err)
{
	/* O_NONBLOCK: a FIFO must be refused, not waited for. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat about;
	sl_status status = SL_OK;

	if (fd < 0)
		return refuse(err, path, strerror(errno));
	if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
		status = refuse(err, path, "is no regular file");
	else if (!has_mark(fd))
		status = refuse(err, path, "holds no certificate (PEM)");
	(void)close(fd);
	return status;
}
