/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading results, by column name.
 */
#include <string.h>

#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "state/pg_private.h"

/* "294276-12-31 23:59:59.999999+00 BC" and then some */
#define TIME_TEXT 48

struct sl_rows *
sl_rows_new(PGresult *result)
{
	struct sl_rows *rows = sl_alloc(sizeof(*rows));

	rows->result = result;
	return rows;
}

void
sl_rows_free(struct sl_rows **rows)
{
	if (*rows == NULL)
		return;
	PQclear((*rows)->result);
	sl_free(*rows);
	*rows = NULL;
}

size_t
sl_rows_count(const struct sl_rows *rows)
{
	return (size_t)PQntuples(rows->result);
}

int64_t
sl_rows_affected(const struct sl_rows *rows)
{
	int64_t count = 0;

	if (!sl_parse_i64(PQcmdTuples(rows->result), &count))
		return 0;
	return count;
}

const char *
sl_row_text(const struct sl_rows *rows, size_t row, const char *column)
{
	int field = PQfnumber(rows->result, column);

	SL_ASSERT(field >= 0 && row < sl_rows_count(rows));
	if (PQgetisnull(rows->result, (int)row, field))
		return NULL;
	return PQgetvalue(rows->result, (int)row, field);
}

char *
sl_row_copy(struct sl_arena *arena, const struct sl_rows *rows, size_t row,
	    const char *column)
{
	return sl_arena_strdup(arena, sl_row_text(rows, row, column));
}

int64_t
sl_row_i64(const struct sl_rows *rows, size_t row, const char *column,
	   int64_t fallback)
{
	const char *text = sl_row_text(rows, row, column);
	int64_t value;

	if (text == NULL)
		return fallback;
	SL_ASSERT(sl_parse_i64(text, &value));
	return value;
}

bool
sl_row_bool(const struct sl_rows *rows, size_t row, const char *column)
{
	const char *text = sl_row_text(rows, row, column);

	return text != NULL && text[0] == 't';
}

/*
 * "2026-11-20 09:58:11.5+00": the identity statement fixes zone and style.
 * Times that our range does not hold are as good as endless.
 */
int64_t
sl_row_time(const struct sl_rows *rows, size_t row, const char *column)
{
	const char *text = sl_row_text(rows, row, column);
	char copy[TIME_TEXT + 4] = "";
	size_t len = text == NULL ? 0 : strlen(text);
	int64_t us;

	if (text == NULL || text[0] == '-' || strstr(text, "BC") != NULL)
		return SL_NO_TIME;
	if (strcmp(text, "infinity") == 0)
		return INT64_MAX;
	SL_ASSERT(len > 12 && len < TIME_TEXT);
	memcpy(copy, text, len);
	if (copy[10] == ' ')
		copy[10] = 'T';
	if (copy[len - 3] == '+' || copy[len - 3] == '-')
		memcpy(copy + len, ":00", 4);
	return sl_rfc3339_parse(copy, &us) ? us : INT64_MAX;
}

static unsigned
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return (unsigned)(c - '0');
	SL_ASSERT(c >= 'a' && c <= 'f');
	return (unsigned)(c - 'a') + 10;
}

const unsigned char *
sl_row_bytes(struct sl_arena *arena, const struct sl_rows *rows, size_t row,
	     const char *column, size_t *len)
{
	const char *text = sl_row_text(rows, row, column);
	unsigned char *bytes;

	*len = 0;
	if (text == NULL)
		return NULL;
	SL_ASSERT(text[0] == '\\' && text[1] == 'x');
	text += 2;
	*len = strlen(text) / 2;
	bytes = sl_arena_alloc(arena, *len + 1);
	for (size_t i = 0; i < *len; i++)
		bytes[i] = (unsigned char)(hex_digit(text[2 * i]) << 4 |
					   hex_digit(text[2 * i + 1]));
	return bytes;
}
