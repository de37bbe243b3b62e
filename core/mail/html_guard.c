/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mail/html_guard.h"

#include <stdbool.h>
#include <string.h>

#include "core/mail/html.h"

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static bool
is_letter(char c)
{
	return ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_' || c == ':';
}

static const char *
skip_blanks(const char *at, const char *end)
{
	while (at < end && is_blank(*at))
		at++;
	return at;
}

static const char *
skip_word(const char *at, const char *end, bool value)
{
	while (at < end && !is_blank(*at) && *at != '>' &&
	       (value || *at != '='))
		at++;
	return at;
}

/* Behind one attribute and its value, as libxml2 reads them. */
static const char *
skip_attribute(const char *at, const char *end)
{
	const char *quote;

	/* A name does not begin with "=", but a loop must move on. */
	at = skip_word(at + 1, end, false);
	at = skip_blanks(at, end);
	if (at == end || *at != '=')
		return at;
	at = skip_blanks(at + 1, end);
	if (at == end || (*at != '"' && *at != '\''))
		return skip_word(at, end, true);
	quote = memchr(at + 1, *at, (size_t)(end - at - 1));
	return quote == NULL ? end : quote + 1;
}

/* Behind a tag's attributes; *over is where those begin that are too many. */
static const char *
skip_tag(const char *at, const char *end, const char **over)
{
	unsigned n = 0;

	*over = NULL;
	at = skip_blanks(skip_word(at, end, true), end);
	while (at < end && *at != '>') {
		if (n++ == SL_HTML_ATTRIBUTES_MAX)
			*over = at;
		at = skip_blanks(skip_attribute(at, end), end);
	}
	return at;
}

const char *
sl_html_guard(struct sl_arena *arena, const char *bytes, size_t len)
{
	const char *end = bytes + len;
	const char *at = bytes;
	char *copy = NULL;

	while ((at = memchr(at, '<', (size_t)(end - at))) != NULL) {
		const char *over;

		if (++at == end)
			break;
		if (!is_letter(*at))
			continue;
		at = skip_tag(at, end, &over);
		if (over == NULL)
			continue;
		if (copy == NULL)
			copy = sl_arena_strndup(arena, bytes, len);
		memset(copy + (over - bytes), ' ', (size_t)(at - over));
	}
	return copy == NULL ? bytes : copy;
}
