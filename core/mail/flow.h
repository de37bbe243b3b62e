/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A writer of readable text, private to core/mail: it collapses white space,
 * drops what has no width, and puts line breaks, quote marks and separators
 * before the text that follows them, so that none is ever left over.
 */
#ifndef SL_MAIL_FLOW_H
#define SL_MAIL_FLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/buf.h"

struct sl_flow {
	struct sl_buf buf; /* release it */
	size_t max;
	bool cut;            /* text did not fit */
	unsigned quote;      /* "> " before each line */
	bool pre;            /* white space is kept */
	unsigned breaks;     /* line ends before what follows */
	unsigned spaces;     /* blanks before what follows */
	unsigned was_quoted; /* `quote` of the line before the breaks */
	bool cell;           /* " | " before what follows */
	bool item;           /* "- " before what follows */
	uint32_t joiner;     /* U+200C or U+200D if what follows needs it */
	bool wide;           /* what was written last is not ASCII */
};

void sl_flow_init(struct sl_flow *flow, size_t max);

/** UTF-8 text; what is no UTF-8 is dropped. */
void sl_flow_text(struct sl_flow *flow, const char *bytes, size_t len);

/** Marks of quotes before one line, at most. */
#define SL_FLOW_QUOTE_MAX 16

/** Right behind the text so far, before all that is pending. */
void sl_flow_join(struct sl_flow *flow, const char *bytes, size_t len);

/** A code point of at most 0x10ffff as UTF-8; returns its bytes. */
size_t sl_flow_encode(uint32_t point, char out[4]);

/** At least so many line ends, 1 or 2, before the next text. */
void sl_flow_break(struct sl_flow *flow, unsigned breaks);

/** One more line end. */
void sl_flow_line(struct sl_flow *flow);

/** Another cell of the row on this line, if it has any before. */
void sl_flow_cell(struct sl_flow *flow);

#endif
