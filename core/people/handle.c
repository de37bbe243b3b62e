/* SPDX-License-Identifier: Apache-2.0 */
#include "core/people/handle.h"

#include <string.h>
#include <strings.h>

#include "core/base/text.h"

/* Percent-encoding triples a text at most; longer input is never usable. */
#define INPUT_MAX ((size_t)4 * SL_HANDLE_MAX)

#define URN "urn:"

struct span {
	const char *start;
	size_t len;
};

static bool
is_space(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_blank_or_control(char c)
{
	return (unsigned char)c <= ' ' || c == 0x7f;
}

static struct span
trimmed(struct span s)
{
	while (s.len > 0 && is_space(s.start[0])) {
		s.start++;
		s.len--;
	}
	while (s.len > 0 && is_space(s.start[s.len - 1]))
		s.len--;
	return s;
}

static bool
skip(struct span *s, const char *prefix)
{
	size_t len = strlen(prefix);

	if (s->len < len || strncasecmp(s->start, prefix, len) != 0)
		return false;
	s->start += len;
	s->len -= len;
	return true;
}

static bool
has_blank(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (is_blank_or_control(s.start[i]))
			return true;
	return false;
}

static bool
is_alnum(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9');
}

/* Letters, digits, "-", "_" and at least one dot in it, then perhaps a port;
 * 0: none. */
static size_t
host_length(struct span s)
{
	size_t len = 0;
	bool dot = false;

	while (len < s.len && (is_alnum(s.start[len]) ||
			       strchr("-_.", s.start[len]) != NULL)) {
		dot = dot || (s.start[len] == '.' && len > 0);
		len++;
	}
	if (!dot || s.start[len - 1] == '.')
		return 0;
	if (len < s.len && s.start[len] == ':') {
		len++;
		while (len < s.len && s.start[len] >= '0' &&
		       s.start[len] <= '9')
			len++;
	}
	return len;
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

/* The byte that is percent-encoded here, if it means the same without that;
 * -1: leave it. */
static int
encoded(struct span s, size_t at)
{
	int high, low, byte;

	if (s.start[at] != '%')
		return -1;
	high = hex_digit(s.start[at + 1]);
	low = hex_digit(s.start[at + 2]);
	byte = high * 16 + low;
	if (byte >= 0x80 || is_alnum((char)byte) ||
	    (byte > ' ' && strchr("-._~", byte) != NULL))
		return byte;
	return -1;
}

/* Is every "%" followed by two digits? */
static bool
is_encoded(struct span s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.start[i] == '%' &&
		    (i + 2 >= s.len || hex_digit(s.start[i + 1]) < 0 ||
		     hex_digit(s.start[i + 2]) < 0))
			return false;
	return true;
}

/* As it is where that would be no UTF-8, or what is there is no encoding. */
static char *
decoded(struct sl_arena *arena, struct span s)
{
	char *out = sl_arena_strndup(arena, s.start, s.len);
	size_t len = 0;

	if (!is_encoded(s))
		return out;
	for (size_t i = 0; i < s.len; i++) {
		int byte = encoded(s, i);

		out[len++] = byte < 0 ? s.start[i] : (char)byte;
		i += byte < 0 ? 0 : 2;
	}
	out[len] = '\0';
	return sl_utf8_valid(out, len)
		       ? out
		       : sl_arena_strndup(arena, s.start, s.len);
}

static char *
normalised_url(struct sl_arena *arena, struct span s)
{
	size_t len = 0, host;

	if (!skip(&s, "https://"))
		(void)skip(&s, "http://");
	while (skip(&s, "www."))
		;
	while (len < s.len && s.start[len] != '?' && s.start[len] != '#')
		len++;
	s.len = len;
	while (s.len > 0 && s.start[s.len - 1] == '/')
		s.len--;
	host = host_length(s);
	if (host == 0 || host >= s.len || s.start[host] != '/')
		return NULL;
	return sl_ascii_lower(arena, decoded(arena, s));
}

char *
sl_handle_normalise(struct sl_arena *arena, const char *handle)
{
	struct span s = { .start = handle };
	char *out;

	if (handle == NULL)
		return NULL;
	s.len = strnlen(handle, INPUT_MAX + 1);
	if (s.len > INPUT_MAX)
		return NULL;
	s = trimmed(s);
	if (has_blank(s))
		return NULL;
	if (!skip(&s, URN))
		out = normalised_url(arena, s);
	else
		out = s.len == 0 ? NULL
				 : sl_arena_printf(arena, URN "%.*s",
						   (int)s.len, s.start);
	return out == NULL || strlen(out) > SL_HANDLE_MAX ? NULL : out;
}

bool
sl_handle_is_profile(const char *normalised)
{
	return normalised != NULL && strncmp(normalised, URN, strlen(URN)) != 0;
}
