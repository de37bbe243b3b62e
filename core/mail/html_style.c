/* SPDX-License-Identifier: Apache-2.0 */
#include "core/mail/html_style.h"

#include <stddef.h>
#include <string.h>
#include <strings.h>

struct span {
	const char *start;
	size_t len;
};

static bool
is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct span
trimmed(const char *start, const char *end)
{
	while (start < end && is_blank(*start))
		start++;
	while (start < end && is_blank(end[-1]))
		end--;
	return (struct span){ .start = start, .len = (size_t)(end - start) };
}

static bool
equals(struct span s, const char *word)
{
	return s.len == strlen(word) && strncasecmp(s.start, word, s.len) == 0;
}

static bool
begins_with(struct span s, const char *word)
{
	return s.len >= strlen(word) &&
	       strncasecmp(s.start, word, strlen(word)) == 0;
}

/* "0", "0px", "0.0em"; neither "0.5em" nor "none". */
static bool
is_zero(struct span s)
{
	size_t i = 0;

	while (i < s.len && (s.start[i] == '0' || s.start[i] == '.'))
		i++;
	return i > 0 && (i == s.len || s.start[i] < '0' || s.start[i] > '9');
}

static bool
is_important(struct span value)
{
	return memchr(value.start, '!', value.len) != NULL;
}

struct reading {
	struct sl_style *style;
	bool display_gone, height_gone, opacity_gone;
	bool important; /* what is said of display */
};

static void
declare(struct reading *r, struct span name, struct span value)
{
	struct sl_style *style = r->style;

	if (equals(name, "display")) {
		if (r->important && !is_important(value))
			return;
		r->display_gone = begins_with(value, "none");
		r->important = is_important(value);
	} else if (equals(name, "visibility")) {
		style->unseen = begins_with(value, "hidden") ||
						begins_with(value, "collapse")
					? SL_STYLE_YES
					: SL_STYLE_NO;
	} else if (equals(name, "font-size")) {
		style->no_size = is_zero(value) ? SL_STYLE_YES : SL_STYLE_NO;
	} else if (equals(name, "max-height")) {
		r->height_gone = is_zero(value);
	} else if (equals(name, "opacity")) {
		r->opacity_gone = is_zero(value);
	}
}

void
sl_style_read(const char *style, struct sl_style *out)
{
	struct reading r = { .style = out };

	*out = (struct sl_style){ 0 };
	while (*style != '\0') {
		const char *end = style + strcspn(style, ";");
		const char *colon = memchr(style, ':', (size_t)(end - style));

		if (colon != NULL)
			declare(&r, trimmed(style, colon),
				trimmed(colon + 1, end));
		style = end + (*end == ';');
	}
	out->gone = r.display_gone || r.height_gone || r.opacity_gone;
}
