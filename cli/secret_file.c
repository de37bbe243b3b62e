/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/secret_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OTHERS (S_IRWXG | S_IRWXO)

static sl_status
fail_errno(struct sl_error *err, const char *path, int code)
{
	return sl_fail(err, SL_CONFIG, SL_CLIENT, "%s: %s", path,
		       strerror(code));
}

/* Not to wait for the writer of a pipe. */
static sl_status
open_file(const char *path, bool alone, int *out, struct sl_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return fail_errno(err, path, errno);
	if (fstat(fd, &st) != 0)
		(void)fail_errno(err, path, errno);
	else if (S_ISDIR(st.st_mode))
		(void)fail_errno(err, path, EISDIR);
	else if (!S_ISREG(st.st_mode))
		(void)sl_fail(err, SL_CONFIG, SL_CLIENT, "%s: no regular file",
			      path);
	else if (alone && (st.st_mode & OTHERS) != 0)
		(void)sl_fail(err, SL_CONFIG, SL_CLIENT,
			      "%s: others than its owner may read it (mode "
			      "%04o): chmod 600 %s",
			      path, (unsigned)(st.st_mode & 07777), path);
	else {
		*out = fd;
		return SL_OK;
	}
	(void)close(fd);
	return err->status;
}

/* Bytes read, at most one more than allowed; < 0 with errno. */
static ssize_t
read_all(int fd, char bytes[SL_SECRET_FILE_MAX + 1])
{
	size_t len = 0;

	while (len <= SL_SECRET_FILE_MAX) {
		ssize_t n = read(fd, bytes + len, SL_SECRET_FILE_MAX + 1 - len);

		if (n == 0)
			break;
		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0)
			len += (size_t)n;
	}
	return (ssize_t)len;
}

static sl_status
read_file(const char *path, bool alone, struct sl_secret *out,
	  struct sl_error *err)
{
	char bytes[SL_SECRET_FILE_MAX + 1];
	sl_status st;
	ssize_t len;
	int fd = -1;

	st = open_file(path, alone, &fd, err);
	if (st != SL_OK)
		return st;
	len = read_all(fd, bytes);
	if (len < 0)
		st = fail_errno(err, path, errno);
	else if (len > SL_SECRET_FILE_MAX)
		st = sl_fail(err, SL_CONFIG, SL_CLIENT,
			     "%s: larger than %d bytes", path,
			     SL_SECRET_FILE_MAX);
	else
		sl_secret_set(out, bytes, (size_t)len);
	sl_wipe(bytes, sizeof(bytes));
	(void)close(fd);
	return st;
}

sl_status
sl_secret_file_read(const char *path, struct sl_secret *out,
		    struct sl_error *err)
{
	return read_file(path, false, out, err);
}

static bool
is_visible(unsigned char c)
{
	return c > 0x20 && c < 0x7f;
}

sl_status
sl_secret_file_word(const char *path, struct sl_secret *out,
		    struct sl_error *err)
{
	SL_AUTO_SECRET whole = { NULL, 0 };
	size_t from = 0, end;
	sl_status st = read_file(path, true, &whole, err);

	if (st != SL_OK)
		return st;
	end = whole.len;
	while (end > 0 && memchr(" \t\r\n", whole.bytes[end - 1], 4) != NULL)
		end--;
	while (from < end && memchr(" \t\r\n", whole.bytes[from], 4) != NULL)
		from++;
	if (from == end)
		return sl_fail(err, SL_CONFIG, SL_CLIENT, "%s: empty", path);
	for (size_t i = from; i < end; i++) {
		if (!is_visible(whole.bytes[i]))
			return sl_fail(err, SL_CONFIG, SL_CLIENT,
				       "%s: must hold one word of visible "
				       "ASCII, and nothing else",
				       path);
	}
	sl_secret_set(out, whole.bytes + from, end - from);
	return SL_OK;
}
