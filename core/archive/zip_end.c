/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The record at the end of an archive (APPNOTE 4.3.14 to 4.3.16), of which
 * only claims are read that cost memory. libzip looks for it in the last
 * 64 KiB and takes one that fits; here all that are there must be modest.
 */
#include <endian.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"

#include "core/archive/zip_private.h"

#define END_BYTES     22 /* without its comment */
#define LOCATOR_BYTES 20
#define END64_BYTES   56
#define TAIL_BYTES    (65535 + END_BYTES + LOCATOR_BYTES)

/* An entry of the directory takes 46 bytes, its name and its extras. */
#define ENTRY_BYTES 512
#define SLACK_BYTES 65536

/* Each is tried, and costs the reading of a directory. More than one is there
 * when the last file is itself an archive and stored, or by malice. */
#define ENDS_MAX 16

struct claim {
	uint64_t entries;
	uint64_t bytes; /* of the directory */
};

static uint16_t
get16(const unsigned char *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return le16toh(v);
}

static uint32_t
get32(const unsigned char *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

static uint64_t
get64(const unsigned char *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

static uint64_t
larger(uint64_t a, uint64_t b)
{
	return a > b ? a : b;
}

/* All `len` bytes, or as many as there are. */
static ssize_t
read_at(int fd, void *buf, size_t len, off_t at)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(fd, (char *)buf + done, len - done,
				  at + (off_t)done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -1;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

/* What the ZIP64 record says that a locator points to; false: none there. */
static bool
claim64(int fd, const unsigned char *locator, struct claim *claim)
{
	unsigned char end[END64_BYTES];
	uint64_t at = get64(locator + 8);

	if (at > INT64_MAX ||
	    read_at(fd, end, sizeof(end), (off_t)at) != sizeof(end) ||
	    memcmp(end, "PK\6\6", 4) != 0)
		return false;
	claim->entries = larger(get64(end + 24), get64(end + 32));
	claim->bytes = get64(end + 40);
	return true;
}

static void
read_claim(int fd, const unsigned char *tail, size_t at, struct claim *claim)
{
	const unsigned char *end = tail + at;

	if (at >= LOCATOR_BYTES &&
	    memcmp(end - LOCATOR_BYTES, "PK\6\7", 4) == 0 &&
	    claim64(fd, end - LOCATOR_BYTES, claim))
		return;
	claim->entries = larger(get16(end + 8), get16(end + 10));
	claim->bytes = get32(end + 12);
}

static sl_status
check_tail(int fd, const unsigned char *tail, size_t len,
	   const struct sl_zip_caps *caps, struct sl_error *err)
{
	size_t ends = 0;

	for (size_t at = 0; at + END_BYTES <= len; at++) {
		struct claim claim;

		if (memcmp(tail + at, "PK\5\6", 4) != 0)
			continue;
		if (++ends > ENDS_MAX)
			return sl_fail(
				err, SL_CONFIG, SL_STREAM,
				"has a broken directory (too many ends): " ZIP_AGAIN);
		read_claim(fd, tail, at, &claim);
		if (claim.entries > caps->entries)
			return sl_fail(err, SL_CONFIG, SL_STREAM,
				       "holds more than %zu files: no export "
				       "does, " ZIP_AGAIN,
				       caps->entries);
		if (claim.bytes / ENTRY_BYTES >
		    caps->entries + SLACK_BYTES / ENTRY_BYTES)
			return sl_fail(err, SL_CONFIG, SL_STREAM,
				       "has a directory of %llu bytes: no "
				       "export has, " ZIP_AGAIN,
				       (unsigned long long)claim.bytes);
	}
	return SL_OK;
}

sl_status
zip_check_end(int fd, const struct sl_zip_caps *caps, struct sl_error *err)
{
	unsigned char *tail;
	struct stat st;
	off_t from;
	ssize_t got;
	sl_status status;

	if (fstat(fd, &st) != 0)
		return sl_fail(err, SL_CONFIG, SL_STREAM,
			       "cannot be looked at: %s", strerror(errno));
	from = st.st_size > TAIL_BYTES ? st.st_size - TAIL_BYTES : 0;
	tail = sl_alloc(TAIL_BYTES);
	got = read_at(fd, tail, TAIL_BYTES, from);
	status = got < 0 ? sl_fail(err, SL_CONFIG, SL_STREAM,
				   "cannot be read: %s", strerror(errno))
			 : check_tail(fd, tail, (size_t)got, caps, err);
	sl_free(tail);
	return status;
}
