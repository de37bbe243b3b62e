/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of a CSV file as UTF-8, of which a window is held: it begins where
 * the reader says and grows behind.
 */
#ifndef SL_ARCHIVE_CSV_INPUT_H
#define SL_ARCHIVE_CSV_INPUT_H

#include <iconv.h>
#include <stdbool.h>
#include <stddef.h>

#include "core/base/attr.h"
#include "core/base/error.h"

#include "core/archive/csv.h"

struct csv_input {
	sl_csv_read_fn read;
	void *ctx;
	bool began; /* the byte order mark was looked for */
	bool ended;
	iconv_t cd; /* of UTF-16; NO_DECODER else */

	char rest[4]; /* half a character of UTF-16 */
	size_t rest_len;

	char *data; /* the window is [from, to) */
	size_t from, to, size;
};

void csv_input_init(struct csv_input *in, sl_csv_read_fn read, void *ctx);
void csv_input_release(struct csv_input *in);

/** More bytes in the window, or `ended`; moves what is there to the front. */
sl_status csv_input_fill(struct csv_input *in, struct sl_error *err)
	SL_NODISCARD;

#endif
