/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A CSV file whose columns have names.
 *
 * The header is the first record that holds all required names, so what stands
 * before it (notes, blank lines) is passed over. Names are compared without
 * regard to ASCII case, blanks and underscores: "First Name", "first_name" and
 * "FirstName" are one. A file that was saved again with semicolons or tabs is
 * read with those: the separator is the one with which a header is found.
 *
 *	static const char *const required[] = { "From", "Sent At", NULL };
 *
 *	status = sl_table_open(csv, required, arena, &table, err);
 *	from = sl_table_column(&table, "From");
 *	while ((status = sl_csv_next(csv, page, &row, err)) == SL_OK &&
 *	       row.kind != SL_CSV_END)
 *		use(sl_table_cell(&table, &row, from));
 */
#ifndef SL_ARCHIVE_TABLE_H
#define SL_ARCHIVE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"
#include "core/base/attr.h"
#include "core/base/error.h"

#include "core/archive/csv.h"

/** Records among which the header must be, all in SL_CSV_PEEK_MAX bytes. */
#define SL_TABLE_SCAN_MAX 50

/** "There is no such column." */
#define SL_TABLE_NONE SIZE_MAX

struct sl_table {
	const char *const *names; /* as in the file, trimmed; "" may be one,
				   * and a name may come again           */
	size_t width;             /* of them                             */
	uint64_t line;            /* where the header is                 */
	char separator;           /* ',', ';' or '\t'                    */
};

/**
 * Find the header; then sl_csv_next gives the first record behind it.
 *
 * csv		new: nothing was read of it
 * required	names, NULL-ended, one or more
 * arena	owns what `table` points to
 * table	set on SL_OK only
 *
 * SL_CONFIG and SL_STREAM when there is none: the text says which were wanted.
 */
sl_status sl_table_open(struct sl_csv *csv, const char *const *required,
			struct sl_arena *arena, struct sl_table *table,
			struct sl_error *err) SL_NODISCARD;

/** The first column of that name, or SL_TABLE_NONE. */
size_t sl_table_column(const struct sl_table *table, const char *name);

/**
 * The cell, not trimmed; NULL when the row is too short for it, or the column
 * is SL_TABLE_NONE. Of an SL_CSV_ROW.
 */
const char *sl_table_cell(const struct sl_table *table,
			  const struct sl_csv_row *row, size_t column);

/** Cells behind the last column that hold something: they are in no column. */
size_t sl_table_extra(const struct sl_table *table,
		      const struct sl_csv_row *row);

/** Are they the same name? */
bool sl_table_same_name(const char *a, const char *b);

#endif
