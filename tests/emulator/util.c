/* SPDX-License-Identifier: Apache-2.0 */
#include "util.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN 0x9e3779b97f4a7c15ULL

void *
emu_alloc(size_t bytes)
{
	void *p = calloc(1, bytes ? bytes : 1);

	if (!p)
		abort();
	return p;
}

void *
emu_realloc(void *old, size_t bytes)
{
	void *p = realloc(old, bytes ? bytes : 1);

	if (!p)
		abort();
	return p;
}

char *
emu_strndup(const char *text, size_t len)
{
	char *copy = emu_alloc(len + 1);

	memcpy(copy, text, len);
	return copy;
}

char *
emu_strdup(const char *text)
{
	return emu_strndup(text, strlen(text));
}

void
emu_set_text(char **slot, const char *text)
{
	char *copy = text ? emu_strdup(text) : NULL;

	free(*slot);
	*slot = copy;
}

uint64_t
emu_mix(uint64_t x)
{
	x ^= x >> 30;
	x *= 0xbf58476d1ce4e5b9ULL;
	x ^= x >> 27;
	x *= 0x94d049bb133111ebULL;
	return x ^ (x >> 31);
}

uint64_t
emu_unmix(uint64_t x)
{
	x ^= (x >> 31) ^ (x >> 62);
	x *= 0x319642b2d24d8ec3ULL;
	x ^= (x >> 27) ^ (x >> 54);
	x *= 0x96de1b173f119089ULL;
	return x ^ (x >> 30) ^ (x >> 60);
}

uint64_t
emu_hash(const char *text)
{
	uint64_t h = 0xcbf29ce484222325ULL;

	for (; *text; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3ULL;
	return emu_mix(h);
}

uint64_t
emu_draw(uint64_t base, uint64_t purpose)
{
	return emu_mix(base + (purpose + 1) * GOLDEN);
}

uint64_t
emu_next(struct emu_rng *rng)
{
	rng->state += GOLDEN;
	return emu_mix(rng->state);
}

uint64_t
emu_below(struct emu_rng *rng, uint64_t n)
{
	return emu_next(rng) % n;
}

bool
emu_parse_u64(const char *text, uint64_t *out)
{
	char *end = NULL;

	if (*text < '0' || *text > '9')
		return false;
	errno = 0;
	*out = strtoull(text, &end, 10);
	return errno == 0 && *end == '\0';
}

void
emu_reserve(struct emu_buf *b, size_t more)
{
	size_t need = b->len + more + 1;

	if (need <= b->cap)
		return;
	b->cap = need > b->cap * 2 ? need + 64 : b->cap * 2;
	b->data = emu_realloc(b->data, b->cap);
}

void
emu_put(struct emu_buf *b, const char *text, size_t len)
{
	emu_reserve(b, len);
	memcpy(b->data + b->len, text, len);
	b->len += len;
	b->data[b->len] = '\0';
}

void
emu_puts(struct emu_buf *b, const char *text)
{
	emu_put(b, text, strlen(text));
}

void
emu_putc(struct emu_buf *b, char c)
{
	emu_put(b, &c, 1);
}

void
emu_put_u64(struct emu_buf *b, uint64_t n)
{
	char digits[20];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + n % 10);
		n /= 10;
	} while (n);
	emu_put(b, digits + i, sizeof(digits) - i);
}

void
emu_put_i64(struct emu_buf *b, int64_t n)
{
	if (n < 0)
		emu_putc(b, '-');
	emu_put_u64(b, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

void
emu_put_pad(struct emu_buf *b, uint64_t n, unsigned width)
{
	char digits[20];
	unsigned i = width;

	while (i) {
		digits[--i] = (char)('0' + n % 10);
		n /= 10;
	}
	emu_put(b, digits, width);
}

static void
put_escape(struct emu_buf *b, unsigned char c)
{
	static const char hex[] = "0123456789abcdef";
	char text[6] = { '\\', 'u', '0', '0', hex[c >> 4], hex[c & 15] };

	switch (c) {
	case '"':
		EMU_LIT(b, "\\\"");
		break;
	case '\\':
		EMU_LIT(b, "\\\\");
		break;
	case '\n':
		EMU_LIT(b, "\\n");
		break;
	case '\r':
		EMU_LIT(b, "\\r");
		break;
	case '\t':
		EMU_LIT(b, "\\t");
		break;
	default:
		emu_put(b, text, sizeof(text));
	}
}

void
emu_put_json_len(struct emu_buf *b, const char *text, size_t len)
{
	size_t from = 0;

	emu_reserve(b, len + 2);
	emu_putc(b, '"');
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c >= 0x20 && c != '"' && c != '\\')
			continue;
		emu_put(b, text + from, i - from);
		put_escape(b, c);
		from = i + 1;
	}
	emu_put(b, text + from, len - from);
	emu_putc(b, '"');
}

void
emu_put_json(struct emu_buf *b, const char *text)
{
	emu_put_json_len(b, text, strlen(text));
}

void
emu_put_url(struct emu_buf *b, const char *text)
{
	static const char hex[] = "0123456789ABCDEF";

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		char esc[3] = { '%', hex[c >> 4], hex[c & 15] };

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		    (c >= 'A' && c <= 'Z') || strchr("-._~", c))
			emu_putc(b, *text);
		else
			emu_put(b, esc, sizeof(esc));
	}
}

void
emu_putf(struct emu_buf *b, const char *format, ...)
{
	va_list args;
	int need;

	va_start(args, format);
	need = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (need < 0)
		abort();
	emu_reserve(b, (size_t)need);
	va_start(args, format);
	if (vsnprintf(b->data + b->len, (size_t)need + 1, format, args) != need)
		abort();
	va_end(args);
	b->len += (size_t)need;
}

void
emu_buf_free(struct emu_buf *b)
{
	free(b->data);
	*b = (struct emu_buf){ 0 };
}

char *
emu_buf_take(struct emu_buf *b)
{
	char *data = b->data ? b->data : emu_strdup("");

	*b = (struct emu_buf){ 0 };
	return data;
}

void
emu_put_base64(struct emu_buf *b, const void *bytes, size_t len, bool padded)
{
	static const char abc[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqr"
				  "stuvwxyz0123456789-_";
	const unsigned char *in = bytes;

	for (size_t i = 0; i < len; i += 3) {
		size_t left = len - i;
		uint32_t v = (uint32_t)in[i] << 16;

		if (left > 1)
			v |= (uint32_t)in[i + 1] << 8;
		if (left > 2)
			v |= in[i + 2];
		emu_putc(b, abc[v >> 18]);
		emu_putc(b, abc[(v >> 12) & 63]);
		if (left > 1)
			emu_putc(b, abc[(v >> 6) & 63]);
		else if (padded)
			emu_putc(b, '=');
		if (left > 2)
			emu_putc(b, abc[v & 63]);
		else if (padded)
			emu_putc(b, '=');
	}
}

static int
base64_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	if (c == '-' || c == '+')
		return 62;
	return c == '_' || c == '/' ? 63 : -1;
}

bool
emu_base64_decode(const char *text, struct emu_buf *out)
{
	uint32_t bits = 0;
	unsigned held = 0;

	for (; *text && *text != '='; text++) {
		int v = base64_value(*text);

		if (v < 0)
			return false;
		bits = (bits << 6) | (uint32_t)v;
		held += 6;
		if (held < 8)
			continue;
		held -= 8;
		emu_putc(out, (char)((bits >> held) & 0xff));
	}
	return text[strspn(text, "=")] == '\0';
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool
emu_url_decode(char *text, bool plus_is_space)
{
	char *out = text;

	for (; *text; text++) {
		int hi, lo;

		if (*text == '+' && plus_is_space) {
			*out++ = ' ';
			continue;
		}
		if (*text != '%') {
			*out++ = *text;
			continue;
		}
		hi = hex_value(text[1]);
		lo = hi < 0 ? -1 : hex_value(text[2]);
		if (lo < 0 || (hi | lo) == 0)
			return false;
		*out++ = (char)(hi * 16 + lo);
		text += 2;
	}
	*out = '\0';
	return true;
}
