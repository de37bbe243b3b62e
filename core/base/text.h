/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text from outside: UTF-8 repair, strict numbers, RFC 3339 times.
 *
 * Nothing here depends on the locale or on the host's time zone.
 */
#ifndef SL_BASE_TEXT_H
#define SL_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/arena.h"

/** Is it valid UTF-8 (no overlong forms, no surrogates, no NUL)? */
bool sl_utf8_valid(const char *bytes, size_t len);

/**
 * Bytes of the one valid code point at the start, 1 to 4; 0 when the bytes do
 * not start with one (or with NUL, or are none).
 */
size_t sl_utf8_length(const char *bytes, size_t len);

/** The code point of a valid sequence of `n` bytes, 1 to 4. */
uint32_t sl_utf8_point(const char *bytes, size_t n);

/**
 * A copy in which every byte that is not part of valid UTF-8, and every NUL,
 * became U+FFFD. `*repaired` (may be NULL) tells whether anything changed.
 */
char *sl_utf8_repair(struct sl_arena *arena, const char *bytes, size_t len,
		     bool *repaired) SL_NODISCARD;

/** Largest prefix length <= max that ends on a code point boundary. */
size_t sl_utf8_cut(const char *bytes, size_t len, size_t max);

/** Whole string is a decimal integer in range; no spaces, one sign. */
bool sl_parse_i64(const char *text, int64_t *value);
bool sl_parse_u64(const char *text, uint64_t *value);

/**
 * A length of time: digits and one unit, "90s", "4m", "2h", "7d"; a bare
 * number is seconds. Result in microseconds, 0 or more.
 */
bool sl_parse_duration(const char *text, int64_t *us);

/** "8-4-4-4-12" hexadecimal digits, any case. */
bool sl_is_uuid(const char *text);

/** Length of a uuid's text form with its NUL. */
#define SL_UUID_TEXT 37

/**
 * RFC 3339 date-time with offset ("2026-11-20T10:00:00.5+01:00") to UTC
 * microseconds. Years 0001 to 9999; second 60 counts as the next minute;
 * digits past microseconds are dropped. false leaves `*us` alone.
 */
bool sl_rfc3339_parse(const char *text, int64_t *us);

/** RFC 3339 full-date, "2026-12-01", of a day that exists, 0001..9999. */
bool sl_rfc3339_is_date(const char *text);

/** Midnight UTC of such a date, in microseconds. */
bool sl_rfc3339_date_us(const char *text, int64_t *us);

/** Room for "2026-11-20T09:58:11.000000Z" with its NUL. */
#define SL_RFC3339_TEXT 28

/** Always UTC with six digits and "Z". Years outside 0001..9999: clamped. */
void sl_rfc3339_format(int64_t us, char out[SL_RFC3339_TEXT]);

/** ASCII-only lower case copy; other bytes untouched. */
char *sl_ascii_lower(struct sl_arena *arena, const char *text) SL_NODISCARD;

/** ASCII case-insensitive equality; NULL equals only NULL. */
bool sl_ascii_iequal(const char *a, const char *b);

/**
 * Lines become one: a line that ends without a stop gets "; ", other blanks
 * become one space, and none is left at the ends. What does not fit is cut, at
 * any byte.
 */
void sl_text_one_line(char *out, size_t size, const char *text);

/** FNV-1a of the bytes: for hash tables in memory, not for secrets. */
uint64_t sl_text_hash(const char *text);

/** Equality that accepts NULL on either side. */
bool sl_text_equal(const char *a, const char *b);

/** Does `text` end with `suffix`, ASCII case ignored? */
bool sl_text_iends(const char *text, const char *suffix);

#endif
