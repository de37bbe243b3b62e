/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The Date header (RFC 5322, and what is written instead of it).
 */
#ifndef SL_MAIL_DATE_H
#define SL_MAIL_DATE_H

#include <stdbool.h>
#include <stdint.h>

/** Bytes of a value that are read; a longer one is no date. */
#define SL_MAIL_DATE_BYTES_MAX 512

/**
 * UTC microseconds of a Date value. Obsolete zones and two-digit years as RFC
 * 5322, 4.3 has them; comments, folds, and a missing week day or seconds are
 * fine. A zone that nobody knows, or none, counts as UTC.
 *
 * false leaves `*out_us` alone: no date, or one outside the years that GMime
 * takes (1969 on) and core/base/text.h has (up to 9999).
 */
bool sl_mail_date(const char *value, int64_t *out_us);

#endif
