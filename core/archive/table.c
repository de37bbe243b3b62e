/* SPDX-License-Identifier: Apache-2.0 */
#include "core/archive/table.h"

#include <string.h>

#include "core/base/buf.h"

/* Commas first: a header that holds all names with them needs no other. */
static const char separators[] = { ',', ';', '\t' };

static bool
is_noise(char c)
{
	return c == ' ' || c == '\t' || c == '_';
}

static char
lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

bool
sl_table_same_name(const char *a, const char *b)
{
	for (;;) {
		while (is_noise(*a))
			a++;
		while (is_noise(*b))
			b++;
		if (lower(*a) != lower(*b))
			return false;
		if (*a == '\0')
			return true;
		a++;
		b++;
	}
}

static bool
has_name(const struct sl_csv_row *row, const char *name)
{
	for (size_t i = 0; i < row->count; i++) {
		if (sl_table_same_name(row->fields[i], name))
			return true;
	}
	return false;
}

static bool
has_all(const struct sl_csv_row *row, const char *const *required)
{
	if (row->kind != SL_CSV_ROW)
		return false;
	for (size_t i = 0; required[i] != NULL; i++) {
		if (!has_name(row, required[i]))
			return false;
	}
	return true;
}

/* `row` is the header, or the end. */
static sl_status
find_header(struct sl_csv *csv, const char *const *required,
	    struct sl_arena *arena, struct sl_csv_row *row,
	    struct sl_error *err)
{
	for (int i = 0; i < SL_TABLE_SCAN_MAX; i++) {
		sl_status status = sl_csv_next(csv, arena, row, err);

		if (status != SL_OK || row->kind == SL_CSV_END ||
		    has_all(row, required))
			return status;
	}
	row->kind = SL_CSV_END;
	return SL_OK;
}

/* Is there a header in the file's beginning, with this separator? */
static bool
separates(char separator, struct sl_csv_bytes bytes,
	  const char *const *required)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_CSV csv = sl_csv_new(sl_csv_read_bytes, &bytes);
	struct sl_csv_row row;
	struct sl_error err;

	sl_csv_set_separator(csv, separator);
	return find_header(csv, required, arena, &row, &err) == SL_OK &&
	       row.kind == SL_CSV_ROW;
}

static const char *
trimmed(struct sl_arena *arena, const char *text)
{
	size_t len;

	text += strspn(text, " \t");
	len = strlen(text);
	while (len > 0 && (text[len - 1] == ' ' || text[len - 1] == '\t'))
		len--;
	return sl_arena_strndup(arena, text, len);
}

static void
take_header(const struct sl_csv_row *row, struct sl_arena *arena,
	    struct sl_table *table)
{
	const char **names = SL_NEW_ARRAY(arena, row->count, const char *);

	for (size_t i = 0; i < row->count; i++)
		names[i] = trimmed(arena, row->fields[i]);
	table->names = names;
	table->width = row->count;
	table->line = row->line;
}

static sl_status
no_header(const char *const *required, struct sl_error *err)
{
	SL_AUTO_BUF names;

	sl_buf_init(&names, SL_ERROR_TEXT_MAX);
	for (size_t i = 0; required[i] != NULL; i++)
		sl_buf_addf(&names, "%s%s", i == 0 ? "" : ", ", required[i]);
	return sl_fail(err, SL_CONFIG, SL_STREAM,
		       "has no line with the column names %s: is it the file "
		       "that its name says, as it was exported?",
		       sl_buf_text(&names));
}

sl_status
sl_table_open(struct sl_csv *csv, const char *const *required,
	      struct sl_arena *arena, struct sl_table *table,
	      struct sl_error *err)
{
	SL_AUTO_ARENA scratch = sl_arena_new();
	struct sl_csv_bytes bytes;
	struct sl_csv_row row;
	size_t i = 0;
	sl_status status = sl_csv_peek(csv, &bytes.bytes, &bytes.len, err);

	if (status != SL_OK)
		return status;
	while (i < sizeof(separators) &&
	       !separates(separators[i], bytes, required))
		i++;
	if (i == sizeof(separators))
		return no_header(required, err);
	sl_csv_set_separator(csv, separators[i]);
	status = find_header(csv, required, scratch, &row, err);
	if (status != SL_OK)
		return status;
	if (row.kind != SL_CSV_ROW)
		return no_header(required, err);
	take_header(&row, arena, table);
	table->separator = separators[i];
	return SL_OK;
}

size_t
sl_table_column(const struct sl_table *table, const char *name)
{
	for (size_t i = 0; i < table->width; i++) {
		if (sl_table_same_name(table->names[i], name))
			return i;
	}
	return SL_TABLE_NONE;
}

const char *
sl_table_cell(const struct sl_table *table, const struct sl_csv_row *row,
	      size_t column)
{
	if (column >= table->width || column >= row->count)
		return NULL;
	return row->fields[column];
}

size_t
sl_table_extra(const struct sl_table *table, const struct sl_csv_row *row)
{
	size_t extra = 0;

	for (size_t i = table->width; i < row->count; i++)
		extra += row->fields[i][0] != '\0';
	return extra;
}
