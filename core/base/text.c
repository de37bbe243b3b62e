/* SPDX-License-Identifier: Apache-2.0 */
/* Strict numbers and ASCII comparisons; none of it asks the locale. */
#include "core/base/text.h"

#include <string.h>

#include "core/base/clock.h"

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* Leading digits; NULL when there are none or the value is too large. */
static const char *
read_digits(const char *text, uint64_t *value)
{
	uint64_t sum = 0;

	if (!is_digit(*text))
		return NULL;
	for (; is_digit(*text); text++) {
		uint64_t digit = (uint64_t)(*text - '0');

		if (__builtin_mul_overflow(sum, UINT64_C(10), &sum) ||
		    __builtin_add_overflow(sum, digit, &sum))
			return NULL;
	}
	*value = sum;
	return text;
}

bool
sl_parse_u64(const char *text, uint64_t *value)
{
	uint64_t number;
	const char *end;

	if (text == NULL)
		return false;
	end = read_digits(*text == '+' ? text + 1 : text, &number);
	if (end == NULL || *end != '\0')
		return false;
	*value = number;
	return true;
}

bool
sl_parse_i64(const char *text, int64_t *value)
{
	uint64_t size;
	bool negative;

	if (text == NULL)
		return false;
	negative = *text == '-';
	if (negative && text[1] == '+')
		return false;
	if (!sl_parse_u64(negative ? text + 1 : text, &size))
		return false;
	if (size > (uint64_t)INT64_MAX + (negative ? 1 : 0))
		return false;
	if (negative && size > 0)
		*value = -(int64_t)(size - 1) - 1;
	else
		*value = (int64_t)size;
	return true;
}

static int64_t
unit_seconds(const char *unit)
{
	static const struct {
		const char *name;
		int64_t seconds;
	} units[] = {
		{ "", 1 },        { "s", 1 },     { "m", 60 },
		{ "h", 60 * 60 }, { "d", 86400 },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(units); i++) {
		if (strcmp(unit, units[i].name) == 0)
			return units[i].seconds;
	}
	return 0;
}

bool
sl_parse_duration(const char *text, int64_t *us)
{
	uint64_t count;
	const char *unit;
	int64_t seconds, result;

	unit = text == NULL ? NULL : read_digits(text, &count);
	if (unit == NULL)
		return false;
	seconds = unit_seconds(unit);
	if (seconds == 0)
		return false;
	if (__builtin_mul_overflow(count, seconds * SL_US_PER_S, &result))
		return false;
	*us = result;
	return true;
}

static bool
is_hex(char c)
{
	return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f');
}

bool
sl_is_uuid(const char *text)
{
	static const char shape[SL_UUID_TEXT] =
		"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

	if (text == NULL)
		return false;
	for (size_t i = 0; i < SL_UUID_TEXT; i++) {
		bool fits =
			shape[i] == 'x' ? is_hex(text[i]) : text[i] == shape[i];

		if (!fits) /* also where the text ends too early */
			return false;
	}
	return true;
}

char *
sl_ascii_lower(struct sl_arena *arena, const char *text)
{
	char *copy = sl_arena_strdup(arena, text);

	for (char *c = copy; c != NULL && *c != '\0'; c++)
		*c = lower(*c);
	return copy;
}

bool
sl_ascii_iequal(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	while (*a != '\0' && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return *a == '\0' && *b == '\0';
}

uint64_t
sl_text_hash(const char *text)
{
	uint64_t h = UINT64_C(1469598103934665603);

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
	return h;
}

bool
sl_text_equal(const char *a, const char *b)
{
	if (a == NULL || b == NULL)
		return a == b;
	return strcmp(a, b) == 0;
}

bool
sl_text_iends(const char *text, const char *suffix)
{
	size_t len, end;

	if (text == NULL || suffix == NULL)
		return false;
	len = strlen(text);
	end = strlen(suffix);
	return len >= end && sl_ascii_iequal(text + len - end, suffix);
}

/* Between two words: does a line end there that has no stop of its own? */
static const char *
joint(char before, bool line)
{
	return line && strchr(".,;:!?", before) == NULL ? "; " : " ";
}

void
sl_text_one_line(char *out, size_t size, const char *text)
{
	bool blank = false, line = false;
	size_t at = 0;

	for (; *text != '\0'; text++) {
		if (strchr(" \t\r\n", *text) != NULL) {
			blank = at > 0;
			line = line || *text == '\n';
			continue;
		}
		for (const char *j = blank ? joint(out[at - 1], line) : "";
		     *j != '\0' && at + 1 < size; j++)
			out[at++] = *j;
		if (at + 1 >= size)
			break;
		blank = line = false;
		out[at++] = *text;
	}
	out[at] = '\0';
}
