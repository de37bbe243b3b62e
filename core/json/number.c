/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Would jansson refuse this number? Decided on the digits: strtod() asks the
 * locale, and the answer must not.
 */
#include <stdint.h>
#include <string.h>

#include "core/json/clean.h"

#define INT_DIGITS   19 /* of 2^63 */
#define EXPONENT_CAP 1000000000

/* The value of DBL_MAX and a half unit more, where rounding gives infinity. */
#define REAL_MAGNITUDE 308
static const char real_limit[] = "179769313486231580793";
#define REAL_DIGITS (sizeof(real_limit) - 1)

/* A number taken apart; the pieces are digits only. */
struct number {
	bool negative, is_real;
	const char *whole, *fraction;
	size_t whole_len, fraction_len;
	int64_t exponent;
};

static size_t
digit_run(const char *at, const char *end)
{
	const char *start = at;

	while (at < end && *at >= '0' && *at <= '9')
		at++;
	return (size_t)(at - start);
}

static const char *
read_exponent(const char *at, const char *end, struct number *n)
{
	bool negative = at < end && *at == '-';
	size_t len;

	n->is_real = true;
	if (at < end && (*at == '-' || *at == '+'))
		at++;
	len = digit_run(at, end);
	for (size_t i = 0; i < len; i++) {
		if (n->exponent < EXPONENT_CAP)
			n->exponent = n->exponent * 10 + (at[i] - '0');
	}
	if (negative)
		n->exponent = -n->exponent;
	return len > 0 ? at + len : NULL;
}

/* From behind the point; NULL without digits there. */
static const char *
read_fraction(const char *at, const char *end, struct number *n)
{
	n->is_real = true;
	n->fraction = at;
	n->fraction_len = digit_run(at, end);
	return n->fraction_len > 0 ? at + n->fraction_len : NULL;
}

/* Behind the sign; NULL without digits, or with a zero before them. */
static const char *
read_whole(const char *at, const char *end, struct number *n)
{
	n->whole = at;
	n->whole_len = digit_run(at, end);
	if (n->whole_len == 0 || (n->whole_len > 1 && *at == '0'))
		return NULL;
	return at + n->whole_len;
}

/* JSON's grammar of a number, the whole token. */
static bool
take_apart(const char *at, const char *end, struct number *n)
{
	*n = (struct number){ .negative = at < end && *at == '-' };
	at = read_whole(n->negative ? at + 1 : at, end, n);
	if (at != NULL && at < end && *at == '.')
		at = read_fraction(at + 1, end, n);
	if (at != NULL && at < end && (*at == 'e' || *at == 'E'))
		at = read_exponent(at + 1, end, n);
	return at == end;
}

static bool
integer_fits(const struct number *n)
{
	const char *limit =
		n->negative ? "9223372036854775808" : "9223372036854775807";

	if (n->whole_len != INT_DIGITS)
		return n->whole_len < INT_DIGITS;
	return memcmp(n->whole, limit, INT_DIGITS) <= 0;
}

/* The i-th digit of whole and fraction put together, '0' past the end. */
static char
digit_at(const struct number *n, size_t i)
{
	if (i < n->whole_len)
		return n->whole[i];
	i -= n->whole_len;
	return i < n->fraction_len ? n->fraction[i] : '0';
}

static bool
real_fits(const struct number *n)
{
	size_t total = n->whole_len + n->fraction_len;
	size_t first = 0;
	int64_t magnitude; /* power of ten of the first digit that counts */

	while (first < total && digit_at(n, first) == '0')
		first++;
	if (first == total)
		return true;
	magnitude = (int64_t)n->whole_len - 1 - (int64_t)first + n->exponent;
	if (magnitude != REAL_MAGNITUDE)
		return magnitude < REAL_MAGNITUDE;
	for (size_t i = 0; i < REAL_DIGITS; i++) {
		char digit = digit_at(n, first + i);

		if (digit != real_limit[i])
			return digit < real_limit[i];
	}
	return false;
}

enum sl_json_number
sl_json_number_check(const char *token, size_t len)
{
	struct number n;

	if (!take_apart(token, token + len, &n))
		return SL_NUMBER_MALFORMED;
	if (n.is_real ? real_fits(&n) : integer_fits(&n))
		return SL_NUMBER_FITS;
	return SL_NUMBER_TOO_LARGE;
}
