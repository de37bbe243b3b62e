/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mail/date.h"

#include <string.h>

#include "core/base/clock.h"

#include "core/mail/mail.h"
#include "core/mail/private.h"

#define YEAR_FIRST_S INT64_C(-62135596800) /* 0001-01-01 */
#define YEAR_LAST_S  INT64_C(253402300799) /* 9999-12-31T23:59:59 */

bool
sl_mail_date(const char *value, int64_t *out_us)
{
	GDateTime *date;
	int64_t s;

	if (value == NULL ||
	    strnlen(value, SL_MAIL_DATE_BYTES_MAX + 1) > SL_MAIL_DATE_BYTES_MAX)
		return false;
	sl_mail_init();
	date = g_mime_utils_header_decode_date(value);
	if (date == NULL)
		return false;
	s = g_date_time_to_unix(date);
	g_date_time_unref(date);
	if (s < YEAR_FIRST_S || s > YEAR_LAST_S)
		return false;
	*out_us = s * SL_US_PER_S;
	return true;
}
