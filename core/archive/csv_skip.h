/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a record that is too long to be kept: quotes alone are followed.
 */
#ifndef SL_ARCHIVE_CSV_SKIP_H
#define SL_ARCHIVE_CSV_SKIP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct csv_skip {
	char separator;

	enum {
		SKIP_START, /* of a field: a quote opens it */
		SKIP_PLAIN,
		SKIP_QUOTED,
		SKIP_CLOSED, /* behind a quote: another one reopens */
	} where;

	bool behind_cr;
	uint64_t lines; /* line ends inside the record so far */
};

/**
 * Go over bytes of the record, from its beginning, in pieces of any size. The
 * result is where the line end is that ends it, or `len` when it is not among
 * them.
 */
size_t csv_skip(struct csv_skip *skip, const char *bytes, size_t len);

#endif
