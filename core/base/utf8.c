/* SPDX-License-Identifier: Apache-2.0 */
/*
 * UTF-8 as Unicode's table 3-7 defines it: what PostgreSQL and jansson accept,
 * without NUL, which neither takes.
 */
#include <endian.h>
#include <string.h>

#include "core/base/text.h"

static const char replacement[] = "\xef\xbf\xbd"; /* U+FFFD */
#define REPLACEMENT_LEN (sizeof(replacement) - 1)

/* What the second byte may be after a first byte of this range: three and
 * four bytes. After C2 to DF any one tail byte makes a code point. */
struct lead {
	unsigned char last; /* the first is behind the row before */
	unsigned char low, high;
	size_t length;
};

static const struct lead leads[] = {
	{ 0xe0, 0xa0, 0xbf, 3 }, { 0xec, 0x80, 0xbf, 3 },
	{ 0xed, 0x80, 0x9f, 3 }, { 0xef, 0x80, 0xbf, 3 },
	{ 0xf0, 0x90, 0xbf, 4 }, { 0xf3, 0x80, 0xbf, 4 },
	{ 0xf4, 0x80, 0x8f, 4 },
};

static bool
is_tail(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* Of a sequence that begins with E0 to F4. */
static size_t
long_length(const unsigned char *s, size_t len)
{
	const struct lead *lead = leads;

	while (s[0] > lead->last)
		lead++;
	if (len < lead->length || s[1] < lead->low || s[1] > lead->high)
		return 0;
	for (size_t i = 2; i < lead->length; i++) {
		if (!is_tail(s[i]))
			return 0;
	}
	return lead->length;
}

size_t
sl_utf8_length(const char *bytes, size_t len)
{
	const unsigned char *s = (const unsigned char *)bytes;

	if (len == 0 || s[0] == 0)
		return 0;
	if (s[0] < 0x80)
		return 1;
	if (s[0] < 0xc2 || s[0] > 0xf4 || len < 2)
		return 0;
	if (s[0] <= 0xdf)
		return is_tail(s[1]) ? 2 : 0;
	return long_length(s, len);
}

uint32_t
sl_utf8_point(const char *bytes, size_t n)
{
	static const unsigned char lead_bits[] = { 0, 0x7f, 0x1f, 0x0f, 0x07 };
	uint32_t point = (unsigned char)bytes[0] & lead_bits[n];

	for (size_t i = 1; i < n; i++)
		point = point << 6 | ((unsigned char)bytes[i] & 0x3fU);
	return point;
}

/*
 * How many bytes from the start are ASCII without NUL, by eights. In a word
 * read low byte first, a top bit is set where a byte is not ASCII or where a
 * zero byte borrowed; only bytes behind the first such one may mislead.
 */
static size_t
plain_run(const char *bytes, size_t len)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t tops = UINT64_C(0x8080808080808080);

	for (size_t i = 0; i + 8 <= len; i += 8) {
		uint64_t word, found;

		memcpy(&word, bytes + i, 8);
		word = le64toh(word);
		found = (word | (word - ones)) & tops;
		if (found != 0)
			return i + (size_t)__builtin_ctzll(found) / 8;
	}
	return len - len % 8;
}

/* Length of the valid prefix. */
static size_t
valid_run(const char *bytes, size_t len)
{
	size_t i = 0;

	while (i < len) {
		size_t n = plain_run(bytes + i, len - i);

		if (n == 0)
			n = sl_utf8_length(bytes + i, len - i);
		if (n == 0)
			break;
		i += n;
	}
	return i;
}

bool
sl_utf8_valid(const char *bytes, size_t len)
{
	return valid_run(bytes, len) == len;
}

static size_t
count_bad(const char *bytes, size_t len)
{
	size_t bad = 0;

	for (size_t i = 0; i < len; i++, bad++) {
		i += valid_run(bytes + i, len - i);
		if (i == len)
			break;
	}
	return bad;
}

char *
sl_utf8_repair(struct sl_arena *arena, const char *bytes, size_t len,
	       bool *repaired)
{
	size_t bad = count_bad(bytes, len);
	char *out = sl_arena_alloc(arena, len + bad * REPLACEMENT_LEN + 1);
	char *to = out;

	for (size_t i = 0; i < len; i++) {
		size_t n = valid_run(bytes + i, len - i);

		if (n > 0)
			memcpy(to, bytes + i, n);
		to += n;
		i += n;
		if (i == len)
			break;
		memcpy(to, replacement, REPLACEMENT_LEN);
		to += REPLACEMENT_LEN;
	}
	if (repaired != NULL)
		*repaired = bad > 0;
	return out;
}

size_t
sl_utf8_cut(const char *bytes, size_t len, size_t max)
{
	size_t at = max;

	if (len <= max)
		return len;
	/* A code point has at most three tail bytes; more are no UTF-8. */
	while (at > 0 && max - at < 3 && is_tail((unsigned char)bytes[at]))
		at--;
	return is_tail((unsigned char)bytes[at]) ? max : at;
}
