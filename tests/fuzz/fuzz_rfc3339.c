/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Times and dates: what is read is what glibc's calendar says, and prints
 * back to itself.
 *
 * covers: core/base/rfc3339.c
 */
#include <time.h>

#include "tests/fuzz/kit.h"

static void
check_time(const char *text, int64_t us)
{
	char shown[SL_RFC3339_TEXT];
	int64_t again;

	sl_rfc3339_format(us, shown);
	SL_ASSERT(strlen(shown) == SL_RFC3339_TEXT - 1);
	SL_ASSERT(sl_rfc3339_parse(shown, &again) && again == us);
	/* In UTC the date says the same, but for second 60. */
	if (text[strlen(text) - 1] == 'Z' && strncmp(text + 17, "60", 2) != 0)
		SL_ASSERT(strncmp(shown, text, 10) == 0 &&
			  strncmp(shown + 11, text + 11, 8) == 0);
}

static int
two_digits(const char *at)
{
	return (at[0] - '0') * 10 + (at[1] - '0');
}

static void
check_date(const char *text, int64_t us)
{
	struct tm tm = {
		.tm_year = two_digits(text) * 100 + two_digits(text + 2) - 1900,
		.tm_mon = two_digits(text + 5) - 1,
		.tm_mday = two_digits(text + 8),
	};

	SL_ASSERT(strlen(text) == 10);
	SL_ASSERT((int64_t)timegm(&tm) * SL_US_PER_S == us);
	/* A day that did not exist would have been moved on. */
	SL_ASSERT(tm.tm_mday == two_digits(text + 8));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = fuzz_copy(fuzz_arena(), data, size);
	int64_t us = 0, any;
	char shown[SL_RFC3339_TEXT];

	if (sl_rfc3339_parse(text, &us))
		check_time(text, us);
	if (sl_rfc3339_date_us(text, &us))
		check_date(text, us);
	SL_ASSERT(sl_rfc3339_is_date(text) == sl_rfc3339_date_us(text, &any));
	if (size >= sizeof(any)) {
		memcpy(&any, data, sizeof(any));
		sl_rfc3339_format(any, shown);
		SL_ASSERT(sl_rfc3339_parse(shown, &us));
	}
	return 0;
}
