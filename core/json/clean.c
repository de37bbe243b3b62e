/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One pass over the bytes. What is clean is not touched at all; from the first
 * repair on, clean stretches move down behind the write position, and once a
 * repair needs more room than has been read, everything goes to a second
 * buffer.
 */
#include "core/json/clean.h"

#include <endian.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"

#include "core/json/json.h"

#define ESCAPE_LEN 6 /* of a \u escape */

/* Fewer characters than this, without exponent, always fit. */
#define SHORT_NUMBER 19

struct pass {
	char *bytes;
	size_t len;
	size_t at;    /* next byte to look at                          */
	size_t clean; /* start of the stretch that is not written yet  */
	size_t wrote; /* bytes written in place                        */
	size_t depth;
	bool repaired;
	struct sl_buf *grown;
	bool moved; /* writing to `grown`                              */
};

static void
write_bytes(struct pass *p, const char *from, size_t len)
{
	if (p->moved) {
		sl_buf_add(p->grown, from, len);
	} else {
		if (p->bytes + p->wrote != from)
			memmove(p->bytes + p->wrote, from, len);
		p->wrote += len;
	}
}

static void
write_clean(struct pass *p, size_t end)
{
	write_bytes(p, p->bytes + p->clean, end - p->clean);
	p->clean = end;
}

/* Put `text` in place of the next `len` bytes. */
static void
replace(struct pass *p, size_t len, const char *text, size_t text_len)
{
	write_clean(p, p->at);
	p->at += len;
	if (!p->moved && p->wrote + text_len > p->at) {
		p->moved = true;
		sl_buf_add(p->grown, p->bytes, p->wrote);
	}
	write_bytes(p, text, text_len);
	p->clean = p->at;
	p->repaired = true;
}

/*
 * How many bytes from here are plain text inside a string, by eights. In a
 * word read low byte first, a top bit is set where a byte is not ASCII, or
 * where subtracting borrows: at a quote, a backslash, a control character. A
 * borrow only disturbs bytes behind the first such one, so that is exact.
 */
static size_t
plain_run(const char *bytes, size_t len)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	const uint64_t tops = UINT64_C(0x8080808080808080);

	for (size_t i = 0; i + 8 <= len; i += 8) {
		uint64_t word, quote, slash, found;

		memcpy(&word, bytes + i, 8);
		word = le64toh(word);
		quote = word ^ (ones * '"');
		slash = word ^ (ones * '\\');
		found = (word | (quote - ones) | (slash - ones) |
			 (word - ones * 0x20)) &
			tops;
		if (found != 0)
			return i + (size_t)__builtin_ctzll(found) / 8;
	}
	return len - len % 8;
}

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The code unit of a whole \u escape at `i`, or -1. */
static int
code_unit(const struct pass *p, size_t i)
{
	int unit = 0;

	if (p->len - i < ESCAPE_LEN || p->bytes[i] != '\\' ||
	    p->bytes[i + 1] != 'u')
		return -1;
	for (size_t k = 2; k < ESCAPE_LEN; k++) {
		int digit = hex_digit(p->bytes[i + k]);

		if (digit < 0)
			return -1;
		unit = unit * 16 + digit;
	}
	return unit;
}

static bool
is_between(int value, int low, int high)
{
	return value >= low && value <= high;
}

static void
pass_escape(struct pass *p)
{
	int unit = code_unit(p, p->at);
	size_t after = p->at + ESCAPE_LEN;

	if (unit < 0) {
		/* A backslash hides a quote or a backslash after it; anything
		 * else is looked at for its own sake. */
		bool hides =
			p->at + 1 < p->len && (p->bytes[p->at + 1] == '"' ||
					       p->bytes[p->at + 1] == '\\');

		p->at += hides ? 2 : 1;
	} else if (is_between(unit, 0xd800, 0xdbff) &&
		   is_between(code_unit(p, after), 0xdc00, 0xdfff)) {
		p->at += (size_t)2 * ESCAPE_LEN;
	} else if (unit == 0 || is_between(unit, 0xd800, 0xdfff)) {
		replace(p, ESCAPE_LEN, "\\ufffd", ESCAPE_LEN);
	} else {
		p->at += ESCAPE_LEN;
	}
}

/* A valid character of two bytes: most letters of most alphabets. */
static bool
is_two_bytes(const char *bytes, size_t len)
{
	unsigned char lead = (unsigned char)bytes[0];

	return len >= 2 && lead >= 0xc2 && lead <= 0xdf &&
	       ((unsigned char)bytes[1] & 0xc0) == 0x80;
}

/* How many bytes from here are valid characters beyond ASCII. */
static size_t
wide_run(const char *bytes, size_t len)
{
	size_t i = 0;
	size_t n = 1;

	while (n > 0 && i < len && (unsigned char)bytes[i] >= 0x80) {
		n = is_two_bytes(bytes + i, len - i)
			    ? 2
			    : sl_utf8_length(bytes + i, len - i);
		i += n;
	}
	return i;
}

/* To the next byte of a string that needs a decision, or near the end. */
static void
pass_text(struct pass *p)
{
	size_t n;

	do {
		p->at += plain_run(p->bytes + p->at, p->len - p->at);
		n = wide_run(p->bytes + p->at, p->len - p->at);
		p->at += n;
	} while (n > 0);
}

/* From behind the opening quote to behind the closing one, or to the end. */
static void
pass_string(struct pass *p)
{
	for (pass_text(p); p->at < p->len; pass_text(p)) {
		unsigned char c = (unsigned char)p->bytes[p->at];

		if (c == '"') {
			p->at++;
			return;
		}
		if (c == '\\')
			pass_escape(p);
		else if (c == '\0' || c >= 0x80)
			replace(p, 1, "\xef\xbf\xbd", 3);
		else if (c < 0x20)
			replace(p, 1, " ", 1);
		else
			p->at++;
	}
}

static bool
is_number_char(char c)
{
	return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' ||
	       c == 'e' || c == 'E';
}

/* A number is no key: quoting it there would heal what is not JSON. */
static bool
is_before_colon(const struct pass *p, size_t i)
{
	while (i < p->len && strchr(" \t\r\n", p->bytes[i]) != NULL &&
	       p->bytes[i] != '\0')
		i++;
	return i < p->len && p->bytes[i] == ':';
}

static void
quote_number(struct pass *p, size_t len)
{
	const char *token = p->bytes + p->at;
	SL_AUTO_BUF quoted = { .max = len + 2 };

	sl_buf_addc(&quoted, '"');
	sl_buf_add(&quoted, token, len);
	sl_buf_addc(&quoted, '"');
	replace(p, len, quoted.data, quoted.len);
}

static void
pass_number(struct pass *p)
{
	const char *token = p->bytes + p->at;
	size_t left = p->len - p->at;
	size_t len = 0;
	bool exponent = false;

	while (len < left && is_number_char(token[len])) {
		exponent = exponent || token[len] == 'e' || token[len] == 'E';
		len++;
	}
	if ((exponent || len >= SHORT_NUMBER) &&
	    sl_json_number_check(token, len) == SL_NUMBER_TOO_LARGE &&
	    !is_before_colon(p, p->at + len))
		quote_number(p, len);
	else
		p->at += len;
}

/* Behind the string that begins here, or the end. */
static size_t
skip_string(const struct pass *p, size_t i)
{
	for (i++; i < p->len && p->bytes[i] != '"'; i++)
		i += p->bytes[i] == '\\';
	return i < p->len ? i + 1 : p->len;
}

/* Behind the container that begins here, or the end. */
static size_t
skip_container(const struct pass *p, size_t i)
{
	size_t depth = 0;

	do {
		char c = p->bytes[i];

		if (c == '"') {
			i = skip_string(p, i);
			continue;
		}
		depth += c == '[' || c == '{';
		depth -= c == ']' || c == '}';
		i++;
	} while (depth > 0 && i < p->len);
	return i;
}

/* One that is never closed takes the rest along: the document is cut. */
static void
cut_container(struct pass *p)
{
	static const char mark[] = "\"\xef\xbf\xbd\"";

	replace(p, skip_container(p, p->at) - p->at, mark, sizeof(mark) - 1);
}

static void
pass_mark(struct pass *p)
{
	switch (p->bytes[p->at]) {
	case '[':
	case '{':
		if (p->depth == SL_JSON_DEPTH_MAX) {
			cut_container(p);
			return;
		}
		p->depth++;
		break;
	case ']':
	case '}':
		p->depth -= p->depth > 0 ? 1 : 0;
		break;
	case '\0':
		/* jansson skips a NUL behind a number: make it see one. */
		replace(p, 1, "\xef\xbf\xbd", 3);
		return;
	default:
		break;
	}
	p->at++;
}

/* One token outside of strings. */
static void
pass_token(struct pass *p)
{
	char c = p->bytes[p->at];

	if (c == '"') {
		p->at++;
		pass_string(p);
	} else if (c == '-' || (c >= '0' && c <= '9')) {
		pass_number(p);
	} else {
		pass_mark(p);
	}
}

void
sl_json_clean(char *bytes, size_t len, struct sl_json_cleaned *result)
{
	struct pass p = { .bytes = bytes, .len = len, .grown = &result->grown };

	*result = (struct sl_json_cleaned){ .repaired = false };
	/* One byte becomes at most three, a number of n becomes n + 2. */
	sl_buf_init(&result->grown, len > SIZE_MAX / 3 ? SIZE_MAX : len * 3);
	while (p.at < p.len)
		pass_token(&p);
	write_clean(&p, p.len);
	result->repaired = p.repaired;
	result->text = p.moved ? sl_buf_text(&result->grown) : bytes;
	result->len = p.moved ? result->grown.len : p.wrote;
	SL_ASSERT(!result->grown.overflow);
}
