/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One content line of a series: its name, its parameters, its value.
 */
#ifndef SL_RECUR_LINE_H
#define SL_RECUR_LINE_H

#include <stdbool.h>

#include "core/base/arena.h"
#include "core/base/attr.h"

#include "core/recur/value.h"

enum sl_line_kind {
	SL_LINE_EMPTY,
	SL_LINE_RRULE,
	SL_LINE_EXRULE,
	SL_LINE_RDATE,
	SL_LINE_EXDATE,
};

/** What a VALUE parameter says of the values. */
enum sl_line_value {
	SL_LINE_ANY, /* nothing: each value shows what it is */
	SL_LINE_DATE,
	SL_LINE_DATE_TIME,
	SL_LINE_PERIOD,
};

struct sl_line {
	enum sl_line_kind kind;
	enum sl_line_value value_kind;
	const char *zone; /* of TZID, on the arena; else NULL */
	struct sl_slice value;
};

/**
 * Read one line; folds (a line break, then a space or a tab) are undone, a line
 * break at the end is dropped.
 *
 * arena	owns what `line` points at
 *
 * Returns NULL, or the constant code of why it cannot be read.
 */
const char *sl_line_parse(struct sl_arena *arena, const char *text,
			  struct sl_line *line) SL_NODISCARD;

#endif
