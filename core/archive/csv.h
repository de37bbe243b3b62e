/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CSV as a bounded iterator of records (libcsv lives here).
 *
 * RFC 4180, read leniently where that is unambiguous: fields quoted or not,
 * doubled quotes, line breaks inside quotes, CRLF, LF or CR, no newline at the
 * end, a byte order mark, UTF-16 with one. Blanks around a field belong to it.
 * A quote inside an unquoted field is a quote. Lines of nothing or blanks only
 * are no records.
 *
 * A record that cannot be taken is reported as such and reading goes on:
 * - past a cap: skipped to its end.
 * - text behind a closing quote, or a quote that never closes: the line where
 *   it began is rejected, and the next line begins a record. So a stray quote
 *   takes one line and not the rest of the file; of a broken record of many
 *   lines the other ones come as records that are too short. Where a file has
 *   so much of it that reading again would take long, more lines are rejected
 *   at a time: time is linear in the file's length.
 *
 * Memory: no more than five times SL_CSV_ROW_MAX here, and in the arena at
 * most three times SL_CSV_ROW_MAX a record and a pointer a field, however long
 * file and lines are. Who collects records caps the arena (sl_arena_used).
 */
#ifndef SL_ARCHIVE_CSV_H
#define SL_ARCHIVE_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/attr.h"
#include "core/base/error.h"

/** Bytes of a record as UTF-8, quotes and all, without its line end. */
#define SL_CSV_ROW_MAX ((size_t)1024 * 1024)

/** Bytes of a field, without its quotes. */
#define SL_CSV_FIELD_MAX ((size_t)256 * 1024)

/** Fields of a record. */
#define SL_CSV_FIELDS_MAX ((size_t)256)

/** Bytes kept of a rejected record, from its beginning. */
#define SL_CSV_RAW_MAX ((size_t)4096)

/** Bytes that can be looked at before the first record. */
#define SL_CSV_PEEK_MAX ((size_t)64 * 1024)

/**
 * Where the bytes come from: as sl_zip_read_csv. `*got` 0 is the end; a
 * failure comes back from sl_csv_next as it is.
 */
typedef sl_status (*sl_csv_read_fn)(void *ctx, void *buf, size_t cap,
				    size_t *got, struct sl_error *err);

/** Bytes in memory as a source: sl_csv_new(sl_csv_read_bytes, &bytes). */
struct sl_csv_bytes {
	const char *bytes;
	size_t len; /* what is left; both move on */
};

sl_status sl_csv_read_bytes(void *ctx, void *buf, size_t cap, size_t *got,
			    struct sl_error *err) SL_NODISCARD;

struct sl_csv;

enum sl_csv_kind {
	SL_CSV_ROW,
	SL_CSV_REJECTED, /* reason and raw say what of it     */
	SL_CSV_END,      /* nothing more; asked again as well */
};

/** One record; everything in it is the arena's. */
struct sl_csv_row {
	enum sl_csv_kind kind;
	uint64_t number;   /* of this record: 1, 2, ..., rejected ones too;
			    * at the end: how many there were         */
	uint64_t line;     /* where it began, 1 for the file's first  */
	uint64_t end_line; /* the last one that belongs to it         */

	/* SL_CSV_ROW */
	const char *const *fields; /* valid UTF-8 without NUL, "" when empty */
	size_t count;              /* 1 .. SL_CSV_FIELDS_MAX                 */
	bool repaired; /* what was no UTF-8, or NUL, became U+FFFD           */

	/* SL_CSV_REJECTED */
	const char *reason; /* one line, a constant */
	const char *raw;    /* the first bytes as they are, NUL-terminated */
	size_t raw_len;     /* at most SL_CSV_RAW_MAX */
};

/** Comma-separated, from the beginning; ctx must outlive it. */
struct sl_csv *sl_csv_new(sl_csv_read_fn read, void *ctx) SL_NODISCARD;

/** NULL inside is fine, and it is NULL after. */
void sl_csv_free(struct sl_csv **csv);

/** ',', ';' or '\t', before the first record is read. */
void sl_csv_set_separator(struct sl_csv *csv, char separator);

/**
 * The file's beginning as UTF-8, before the first record is read; nothing of
 * it is used up. `*len` is SL_CSV_PEEK_MAX, or less where the file is shorter.
 * Borrowed until the next call.
 */
sl_status sl_csv_peek(struct sl_csv *csv, const char **bytes, size_t *len,
		      struct sl_error *err) SL_NODISCARD;

/**
 * The next record, rejected one, or the end. Fails only as `read` does; after
 * that there is nothing more to be had.
 */
sl_status sl_csv_next(struct sl_csv *csv, struct sl_arena *arena,
		      struct sl_csv_row *row, struct sl_error *err)
	SL_NODISCARD;

#define SL_AUTO_CSV SL_CLEANUP(sl_csv_free) struct sl_csv *

#endif
