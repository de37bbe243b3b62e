/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of any bytes as a ZIP archive: refused, or entries with usable names
 * and sizes within the caps, each there once, of which each inflates to just
 * the size that it claims, or is refused; in pieces of any size the same.
 *
 * covers: core/archive/zip.c core/archive/zip_end.c core/archive/zip_entries.c
 * covers: core/archive/zip_read.c
 */
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/archive/zip.h"

#include "tests/fuzz/kit.h"

static const struct sl_zip_caps caps = { .entries = 16,
					 .name_bytes = 64,
					 .entry_bytes = 1 << 20,
					 .total_bytes = 3 << 20 };

/* A file in memory; its path is good as long as it is open. */
static int
open_file(const uint8_t *data, size_t size, char path[64])
{
	int fd = memfd_create("zip", MFD_CLOEXEC);

	SL_ASSERT(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	(void)snprintf(path, 64, "/proc/self/fd/%d", fd);
	return fd;
}

static void
check_entry(const struct sl_zip_entry *entry)
{
	size_t len = strlen(entry->name);

	fuzz_check_text(entry->name);
	SL_ASSERT(len > 0 && len <= caps.name_bytes);
	SL_ASSERT(entry->name[0] != '/' && strchr(entry->name, '\\') == NULL);
	SL_ASSERT(strncmp(entry->name, "../", 3) != 0);
	SL_ASSERT(strstr(entry->name, "/../") == NULL);
	SL_ASSERT(strpbrk(entry->name, "\n\r\x1b\x7f") == NULL);
	SL_ASSERT(entry->is_dir == (entry->name[len - 1] == '/'));
	SL_ASSERT(entry->size <= caps.entry_bytes);
}

static void
check_names(const struct sl_zip *zip)
{
	for (size_t i = 0; i < sl_zip_count(zip); i++) {
		for (size_t k = 0; k < i; k++)
			SL_ASSERT(!sl_ascii_iequal(sl_zip_entry(zip, i)->name,
						   sl_zip_entry(zip, k)->name));
	}
}

static sl_status
read_pieces(struct sl_zip *zip, size_t i, uint64_t *done)
{
	SL_AUTO_ZIP_READER reader = NULL;
	struct sl_error err;
	char piece[97];
	size_t got = 1;
	sl_status status = sl_zip_read_open(zip, i, &reader, &err);

	while (status == SL_OK && got > 0) {
		status = sl_zip_read(reader, piece, sizeof(piece), &got, &err);
		if (status == SL_OK)
			*done += got;
	}
	if (status != SL_OK)
		fuzz_check_error(&err, status);
	return status;
}

static void
check_content(struct sl_zip *zip, size_t i)
{
	struct sl_error err;
	uint64_t done = 0;
	sl_status status = sl_zip_verify(zip, i, NULL, NULL, &err);

	if (status != SL_OK)
		fuzz_check_error(&err, status);
	SL_ASSERT(read_pieces(zip, i, &done) == status);
	SL_ASSERT(done <= sl_zip_entry(zip, i)->size);
	SL_ASSERT(status != SL_OK || done == sl_zip_entry(zip, i)->size);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	SL_AUTO_ZIP zip = NULL;
	struct sl_error err;
	char path[64];
	int fd = open_file(data, size, path);
	sl_status status = sl_zip_open(path, &caps, &zip, &err);

	if (status == SL_OK) {
		SL_ASSERT(sl_zip_count(zip) > 0 &&
			  sl_zip_count(zip) <= caps.entries);
		check_names(zip);
		for (size_t i = 0; i < sl_zip_count(zip); i++) {
			check_entry(sl_zip_entry(zip, i));
			check_content(zip, i);
		}
	} else {
		fuzz_check_error(&err, status);
	}
	(void)close(fd);
	return 0;
}
