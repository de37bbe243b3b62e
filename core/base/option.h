/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Typed option rows: what an account's settings may say, in one table that
 * parsing, validation, defaults, `--help` and the docs all come from.
 *
 * Values arrive as text (from a JSON settings document or a command line) and
 * are checked against the row once, at the border.
 */
#ifndef SL_BASE_OPTION_H
#define SL_BASE_OPTION_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"

enum sl_option_type {
	SL_OPT_TEXT,   /* any text up to max bytes                     */
	SL_OPT_NUMBER, /* decimal integer, min..max                    */
	SL_OPT_CHOICE, /* one of `choices`                             */
	SL_OPT_LIST,   /* comma-separated, each one of `choices`       */
	SL_OPT_DATE,   /* "YYYY-MM-DD", or "" for none                 */
};

/** What must happen to a stream when the option's value changes. */
enum sl_option_effect {
	SL_EFFECT_NOTHING, /* takes effect by itself                     */
	SL_EFFECT_REMAP,   /* stored items must be read and mapped again */
	SL_EFFECT_WIDEN,   /* a new walk, because more may be in scope   */
	SL_EFFECT_ERASE,   /* a new walk, and what is too much goes      */
};

struct sl_option {
	const char *name; /* NULL ends the table */
	enum sl_option_type type;
	const char *fallback;       /* default value, as text; never NULL */
	int64_t min, max;           /* NUMBER: value; TEXT: max bytes     */
	const char *const *choices; /* NULL-ended */
	enum sl_option_effect effect;
	const char *help; /* one sentence */
};

/** The row of that name, or NULL. */
const struct sl_option *sl_option_find(const struct sl_option *table,
				       const char *name);

/** Does `value` fit the row? The error names option, value and what fits. */
sl_status sl_option_check(const struct sl_option *option, const char *value,
			  struct sl_error *err) SL_NODISCARD;

/** Is `item` one of the entries of a checked LIST value? */
bool sl_option_list_has(const char *value, const char *item);

#endif
