/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A ZIP archive from outside, read with suspicion (libzip lives here).
 *
 * Opening reads the directory alone and refuses the archive as a whole when
 * any of its entries is none that an export has: a name that climbs, one that
 * is there twice, a symbolic link, encryption, a method but stored and
 * deflated, more than the caps allow. Nothing is ever unpacked to disk.
 *
 * What the directory claims is no promise: bytes are counted as they are
 * inflated, and one more than claimed ends the reading. So neither memory nor
 * time depend on what a bomb would become.
 *
 * Every refusal is SL_CONFIG and SL_STREAM with one line that says what to do
 * and begins with a verb or with an entry's name: callers put the path before
 * it. One thread at a time.
 */
#ifndef SL_ARCHIVE_ZIP_H
#define SL_ARCHIVE_ZIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/attr.h"
#include "core/base/error.h"

/** Entries, folders among them. */
#define SL_ZIP_ENTRIES_MAX 10000

/** Bytes of a name, with its folders. */
#define SL_ZIP_NAME_MAX 1024

/** Bytes that one entry may inflate to, and all of them together. */
#define SL_ZIP_ENTRY_MAX (UINT64_C(1) << 30)
#define SL_ZIP_TOTAL_MAX (UINT64_C(4) << 30)

struct sl_zip_caps {
	size_t entries;
	size_t name_bytes;
	uint64_t entry_bytes;
	uint64_t total_bytes;
};

/** The constants above. */
extern const struct sl_zip_caps sl_zip_default_caps;

struct sl_zip;

struct sl_zip_entry {
	const char *name; /* valid UTF-8, no control character, no NUL, '/'
			   * between folders; one of a folder ends in '/' */
	uint64_t size;    /* inflated, as claimed; at most caps.entry_bytes */
	int64_t mtime_us; /* UTC where the archive says so, else the local time
			   * of who made it taken as UTC; SL_NO_TIME */
	bool is_dir;
};

/**
 * Read and judge the directory.
 *
 * path		a regular file, or a link to one
 * caps		NULL = sl_zip_default_caps
 * zip		set on SL_OK only; close it
 *
 * Names are twice the same also when only the case of ASCII letters differs.
 */
sl_status sl_zip_open(const char *path, const struct sl_zip_caps *caps,
		      struct sl_zip **zip, struct sl_error *err) SL_NODISCARD;

/** After all readers; NULL inside is fine, and it is NULL after. */
void sl_zip_close(struct sl_zip **zip);

size_t sl_zip_count(const struct sl_zip *zip);

/** Of 0 .. count-1, in the directory's order; lives as long as `zip`. */
const struct sl_zip_entry *sl_zip_entry(const struct sl_zip *zip, size_t i);

/** The latest time of a file, folders aside; SL_NO_TIME when none has any. */
int64_t sl_zip_newest_us(const struct sl_zip *zip);

/** `done` inflated bytes so far, of the entry; false cancels. */
typedef bool (*sl_zip_progress_fn)(void *ctx, uint64_t done);

/**
 * Inflate an entry to nowhere: it is whole when its length is the claimed one
 * and its checksum is right.
 *
 * progress	NULL = nobody looks; asked every 32 KiB
 *
 * SL_CANCELLED when `progress` said so; else a refusal as above.
 */
sl_status sl_zip_verify(struct sl_zip *zip, size_t i,
			sl_zip_progress_fn progress, void *ctx,
			struct sl_error *err) SL_NODISCARD;

struct sl_zip_reader;

/** Begin an entry; several may be read at a time. Close before the archive. */
sl_status sl_zip_read_open(struct sl_zip *zip, size_t i,
			   struct sl_zip_reader **reader, struct sl_error *err)
	SL_NODISCARD;

/**
 * The next bytes of the entry.
 *
 * cap		1 or more
 * got		1 .. cap; 0 only at the end, once length and checksum are right
 *
 * Bytes that came before a failure are of a damaged entry, perhaps.
 */
sl_status sl_zip_read(struct sl_zip_reader *reader, void *buf, size_t cap,
		      size_t *got, struct sl_error *err) SL_NODISCARD;

/** The same as an sl_csv_read_fn (core/archive/csv.h); ctx is the reader. */
sl_status sl_zip_read_csv(void *ctx, void *buf, size_t cap, size_t *got,
			  struct sl_error *err) SL_NODISCARD;

/** Bytes that came so far, for who shows how far it is. */
uint64_t sl_zip_read_done(const struct sl_zip_reader *reader);

/** NULL inside is fine, and it is NULL after. */
void sl_zip_read_close(struct sl_zip_reader **reader);

#define SL_AUTO_ZIP        SL_CLEANUP(sl_zip_close) struct sl_zip *
#define SL_AUTO_ZIP_READER SL_CLEANUP(sl_zip_read_close) struct sl_zip_reader *

#endif
