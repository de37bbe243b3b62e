/* SPDX-License-Identifier: Apache-2.0 */
#include "core/recur/value.h"

#include <string.h>
#include <strings.h>

#include "core/base/civil.h"

#define DATE_LEN 8  /* 20261231        */
#define TIME_LEN 15 /* 20261231T090000 */
#define DAY_S    86400

struct sl_slice
sl_slice_trim(struct sl_slice slice)
{
	while (slice.len > 0 && (*slice.at == ' ' || *slice.at == '\t')) {
		slice.at++;
		slice.len--;
	}
	while (slice.len > 0 && (slice.at[slice.len - 1] == ' ' ||
				 slice.at[slice.len - 1] == '\t'))
		slice.len--;
	return slice;
}

bool
sl_slice_is(struct sl_slice slice, const char *word)
{
	return strlen(word) == slice.len &&
	       strncasecmp(slice.at, word, slice.len) == 0;
}

bool
sl_slice_next(struct sl_slice *rest, char separator, struct sl_slice *part)
{
	const char *end;

	if (rest->at == NULL)
		return false;
	end = memchr(rest->at, separator, rest->len);
	part->at = rest->at;
	part->len = end != NULL ? (size_t)(end - rest->at) : rest->len;
	rest->at = end != NULL ? end + 1 : NULL;
	rest->len -= part->len + (end != NULL ? 1 : 0);
	*part = sl_slice_trim(*part);
	return true;
}

static bool
digits(const char *at, size_t len, int high, int *value)
{
	int64_t sum = 0;

	if (len == 0)
		return false;
	for (size_t i = 0; i < len; i++) {
		if (at[i] < '0' || at[i] > '9')
			return false;
		sum = sum * 10 + (at[i] - '0');
		if (sum > high)
			return false;
	}
	*value = (int)sum;
	return true;
}

bool
sl_slice_number(struct sl_slice slice, int low, int high, int *value)
{
	bool minus = slice.len > 0 && *slice.at == '-';
	size_t sign = minus || (slice.len > 0 && *slice.at == '+') ? 1 : 0;
	int number;

	if (!digits(slice.at + sign, slice.len - sign, INT32_MAX, &number))
		return false;
	number = minus ? -number : number;
	if (number < low || number > high)
		return false;
	*value = number;
	return true;
}

/* A leap second, 60, counts as the next minute. */
static bool
read_clock(const char *at, int64_t *second_s)
{
	int hour, minute, second;

	if (!digits(at, 2, 23, &hour) || !digits(at + 2, 2, 59, &minute) ||
	    !digits(at + 4, 2, 60, &second))
		return false;
	*second_s += hour * 3600 + minute * 60 + second;
	return true;
}

bool
sl_slice_stamp(struct sl_slice slice, struct sl_stamp *stamp)
{
	struct sl_stamp found = { .kind = SL_STAMP_DATE };
	struct sl_date date;
	const char *at = slice.at;

	if (slice.len < DATE_LEN || !digits(at, 4, 9999, &date.year) ||
	    !digits(at + 4, 2, 12, &date.month) ||
	    !digits(at + 6, 2, 31, &date.day) || !sl_date_exists(&date))
		return false;
	found.second_s = sl_date_to_days(&date) * DAY_S;
	if (slice.len > DATE_LEN) {
		if (slice.len < TIME_LEN || (at[8] != 'T' && at[8] != 't') ||
		    !read_clock(at + 9, &found.second_s))
			return false;
		found.kind = SL_STAMP_LOCAL;
	}
	if (slice.len > TIME_LEN) {
		if (slice.len != TIME_LEN + 1 ||
		    (at[TIME_LEN] != 'Z' && at[TIME_LEN] != 'z'))
			return false;
		found.kind = SL_STAMP_UTC;
	}
	*stamp = found;
	return true;
}
