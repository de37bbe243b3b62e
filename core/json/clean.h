/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cleaning pass before jansson, private to core/json.
 *
 * It knows just enough of JSON to tell strings and numbers apart and to count
 * nesting; whether the document is well-formed is for jansson to say.
 */
#ifndef SL_JSON_CLEAN_H
#define SL_JSON_CLEAN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/buf.h"

/** What is wrong with a number, if anything. */
enum sl_json_number {
	SL_NUMBER_FITS,
	SL_NUMBER_TOO_LARGE, /* well-formed, but past int64_t or double */
	SL_NUMBER_MALFORMED,
};

enum sl_json_number sl_json_number_check(const char *token, size_t len);

struct sl_json_cleaned {
	const char *text; /* in the caller's bytes, or in `grown` */
	size_t len;
	bool repaired;
	struct sl_buf grown; /* release it always; empty unless text grew  */
};

/** Clean `bytes` in place, or into `grown` where a repair does not fit. */
void sl_json_clean(char *bytes, size_t len, struct sl_json_cleaned *result);

#endif
