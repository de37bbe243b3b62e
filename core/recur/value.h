/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The small texts of RFC 5545: words, numbers, dates and times. Borrowed
 * stretches of a line; case does not matter, spaces around them neither.
 */
#ifndef SL_RECUR_VALUE_H
#define SL_RECUR_VALUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Part of a text; not NUL-terminated. */
struct sl_slice {
	const char *at;
	size_t len;
};

/** Without spaces and tabs at both ends. */
struct sl_slice sl_slice_trim(struct sl_slice slice);

/** ASCII case-insensitive. */
bool sl_slice_is(struct sl_slice slice, const char *word);

/**
 * Cut off what stands before the first `separator`, trimmed; `*rest` is what
 * stands after it, or nothing. false when `*rest` was used up.
 */
bool sl_slice_next(struct sl_slice *rest, char separator,
		   struct sl_slice *part);

/** Digits with a sign or none, all of the slice, low..high. */
bool sl_slice_number(struct sl_slice slice, int low, int high, int *value);

enum sl_stamp_kind {
	SL_STAMP_DATE,  /* 20261231         */
	SL_STAMP_LOCAL, /* 20261231T090000  */
	SL_STAMP_UTC,   /* 20261231T090000Z */
};

/** A date, or a date with a time. */
struct sl_stamp {
	enum sl_stamp_kind kind;
	int64_t second_s; /* of the civil day's midnight, for a date */
};

/** One that exists, all of the slice. */
bool sl_slice_stamp(struct sl_slice slice, struct sl_stamp *stamp);

#endif
