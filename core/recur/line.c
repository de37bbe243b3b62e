/* SPDX-License-Identifier: Apache-2.0 */
#include "core/recur/line.h"

#include <string.h>

#include "core/recur/recur.h"

static const char malformed[] = "line-malformed";

/* Without folds, and without breaks and blanks at the end. */
static struct sl_slice
unfold(struct sl_arena *arena, const char *text, size_t len)
{
	char *out = sl_arena_strndup(arena, text, len);
	size_t n = 0;

	for (size_t i = 0; i < len; i++) {
		size_t eol = text[i] == '\r' && text[i + 1] == '\n' ? 2
			     : text[i] == '\n'                      ? 1
								    : 0;

		if (eol > 0 && (text[i + eol] == ' ' || text[i + eol] == '\t'))
			i += eol;
		else
			out[n++] = text[i];
	}
	while (n > 0 && strchr(" \t\r\n", out[n - 1]) != NULL)
		n--;
	return sl_slice_trim((struct sl_slice){ out, n });
}

static bool
has_control(struct sl_slice slice)
{
	for (size_t i = 0; i < slice.len; i++) {
		unsigned char c = (unsigned char)slice.at[i];

		if ((c < ' ' && c != '\t') || c == 0x7f)
			return true;
	}
	return false;
}

/* The first ':' outside of quotes ends name and parameters. */
static bool
split(struct sl_slice all, struct sl_slice *head, struct sl_slice *value)
{
	bool quoted = false;

	for (size_t i = 0; i < all.len; i++) {
		if (all.at[i] == '"')
			quoted = !quoted;
		if (all.at[i] == ':' && !quoted) {
			*head = (struct sl_slice){ all.at, i };
			*value = (struct sl_slice){ all.at + i + 1,
						    all.len - i - 1 };
			return true;
		}
	}
	return false;
}

static bool
read_kind(struct sl_slice name, enum sl_line_kind *kind)
{
	static const struct {
		const char *name;
		enum sl_line_kind kind;
	} kinds[] = {
		{ "RRULE", SL_LINE_RRULE },
		{ "EXRULE", SL_LINE_EXRULE },
		{ "RDATE", SL_LINE_RDATE },
		{ "EXDATE", SL_LINE_EXDATE },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(kinds); i++)
		if (sl_slice_is(name, kinds[i].name)) {
			*kind = kinds[i].kind;
			return true;
		}
	return false;
}

static bool
read_value_kind(struct sl_slice value, enum sl_line_value *kind)
{
	static const struct {
		const char *name;
		enum sl_line_value kind;
	} kinds[] = {
		{ "DATE", SL_LINE_DATE },
		{ "DATE-TIME", SL_LINE_DATE_TIME },
		{ "PERIOD", SL_LINE_PERIOD },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(kinds); i++)
		if (sl_slice_is(value, kinds[i].name)) {
			*kind = kinds[i].kind;
			return true;
		}
	return false;
}

static struct sl_slice
unquote(struct sl_slice slice)
{
	if (slice.len >= 2 && slice.at[0] == '"' &&
	    slice.at[slice.len - 1] == '"')
		return (struct sl_slice){ slice.at + 1, slice.len - 2 };
	return slice;
}

/* "VALUE=..." and "TZID=...", each once, and on lists of dates only. */
static const char *
read_parameter(struct sl_arena *arena, struct sl_slice text,
	       struct sl_line *line)
{
	struct sl_slice name, value = text;

	(void)sl_slice_next(&value, '=', &name);
	if (value.at == NULL)
		return malformed;
	value = unquote(sl_slice_trim(value));
	if (line->kind != SL_LINE_RDATE && line->kind != SL_LINE_EXDATE)
		return "line-parameter";
	if (sl_slice_is(name, "VALUE"))
		return line->value_kind == SL_LINE_ANY &&
				       read_value_kind(value, &line->value_kind)
			       ? NULL
			       : malformed;
	if (!sl_slice_is(name, "TZID"))
		return "line-parameter";
	if (line->zone != NULL)
		return malformed;
	line->zone = sl_arena_strndup(arena, value.at, value.len);
	return NULL;
}

const char *
sl_line_parse(struct sl_arena *arena, const char *text, struct sl_line *line)
{
	size_t len = strnlen(text, SL_RECUR_LINE_MAX + 1);
	struct sl_slice all, head, one;
	const char *why = NULL;

	*line = (struct sl_line){ .kind = SL_LINE_EMPTY };
	if (len > SL_RECUR_LINE_MAX)
		return "line-long";
	all = unfold(arena, text, len);
	if (all.len == 0)
		return NULL;
	if (has_control(all) || !split(all, &head, &line->value))
		return malformed;
	(void)sl_slice_next(&head, ';', &one);
	if (!read_kind(one, &line->kind))
		return "line-unknown";
	while (why == NULL && sl_slice_next(&head, ';', &one))
		why = read_parameter(arena, one, line);
	return why;
}
