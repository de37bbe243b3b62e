/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/output.h"

#include <poll.h>
#include <string.h>

#include "core/base/text.h"

#include "cli/format.h"

#define FIRST_ROWS ((size_t)16)

/** Longest line of complaint, in characters. */
#define COMPLAINT_MAX 1000

int
sl_cli_complain(struct sl_cli *cli, enum sl_exit status, const char *fmt, ...)
{
	va_list args;
	char *text;
	int len;

	va_start(args, fmt);
	len = vsnprintf(NULL, 0, fmt, args);
	va_end(args);
	SL_ASSERT(len >= 0);
	text = sl_arena_alloc(cli->arena, (size_t)len + 1);
	va_start(args, fmt);
	(void)vsnprintf(text, (size_t)len + 1, fmt, args);
	va_end(args);
	(void)fflush(cli->out);
	fprintf(cli->err, "sluice: %s\n",
		sl_format_clean(cli->arena, text, COMPLAINT_MAX));
	return (int)status;
}

int
sl_cli_fail(struct sl_cli *cli, enum sl_exit status, const struct sl_error *err)
{
	return sl_cli_complain(cli, status, "%s", err->text);
}

void
sl_grid_init(struct sl_grid *grid, struct sl_arena *arena, size_t columns,
	     const char *const *head)
{
	const char **row;

	SL_ASSERT(columns <= SL_GRID_COLUMNS);
	*grid = (struct sl_grid){ .arena = arena, .columns = columns };
	row = sl_grid_row(grid);
	for (size_t i = 0; i < columns; i++)
		row[i] = head[i];
}

const char **
sl_grid_row(struct sl_grid *grid)
{
	if (grid->count == grid->cap) {
		size_t cap = grid->cap == 0 ? FIRST_ROWS : 2 * grid->cap;
		const char *(*rows)[SL_GRID_COLUMNS] =
			sl_arena_array(grid->arena, cap, sizeof(*rows));

		if (grid->count > 0)
			memcpy(rows, grid->rows, grid->count * sizeof(*rows));
		grid->rows = rows;
		grid->cap = cap;
	}
	for (size_t i = 0; i < SL_GRID_COLUMNS; i++)
		grid->rows[grid->count][i] = "";
	return grid->rows[grid->count++];
}

void
sl_grid_print(const struct sl_grid *grid, FILE *out)
{
	size_t widths[SL_GRID_COLUMNS] = { 0 };

	for (size_t r = 0; r < grid->count; r++) {
		for (size_t c = 0; c < grid->columns; c++) {
			size_t width = sl_format_width(grid->rows[r][c]);

			if (width > widths[c])
				widths[c] = width;
		}
	}
	for (size_t r = 0; r < grid->count; r++) {
		for (size_t c = 0; c < grid->columns; c++) {
			const char *cell = grid->rows[r][c];
			size_t pad = widths[c] + 2 - sl_format_width(cell);

			fputs(cell, out);
			if (c + 1 < grid->columns)
				fprintf(out, "%*s", (int)pad, "");
		}
		fputc('\n', out);
	}
}

/* DEL, or the first byte of a C1 control: U+0080 to U+009F. */
static bool
is_control(const unsigned char *at, size_t len)
{
	return *at == 0x7f ||
	       (*at == 0xc2 && len > 1 && at[1] >= 0x80 && at[1] <= 0x9f);
}

/* JSON leaves these as they are, and a terminal may obey them. They stand in
 * texts only, where an escape means the same. */
static int
print_piece(const char *piece, size_t len, void *out)
{
	const unsigned char *bytes = (const unsigned char *)piece;
	size_t from = 0;

	for (size_t i = 0; i < len; i++) {
		bool is_c1 = bytes[i] == 0xc2;

		if (!is_control(bytes + i, len - i))
			continue;
		(void)fwrite(piece + from, 1, i - from, out);
		i += is_c1 ? 1 : 0;
		fprintf(out, "\\u%04x", (unsigned)bytes[i]);
		from = i + 1;
	}
	(void)fwrite(piece + from, 1, len - from, out);
	return 0;
}

bool
sl_out_arrived(struct sl_cli *cli)
{
	struct pollfd end = { .fd = fileno(cli->out), .events = POLLOUT };
	bool lost = fflush(cli->out) != 0;

	if (!lost && ferror(cli->out) == 0)
		return true;
	return poll(&end, 1, 0) == 1 && (end.revents & POLLERR) != 0;
}

void
sl_out_json(struct sl_cli *cli, json_t *object_owned)
{
	/* A pipe that is closed is nobody's loss. */
	(void)json_dump_callback(object_owned, print_piece, cli->out,
				 JSON_COMPACT);
	fputc('\n', cli->out);
	(void)fflush(cli->out);
	json_decref(object_owned);
}

static void
put(json_t *object, const char *key, json_t *value_owned)
{
	int failed = json_object_set_new(object, key, value_owned);

	SL_ASSERT(failed == 0);
}

void
sl_json_put(json_t *object, const char *key, const char *text)
{
	put(object, key, text == NULL ? json_null() : json_string(text));
}

void
sl_json_put_i64(json_t *object, const char *key, int64_t n)
{
	put(object, key, json_integer(n));
}

void
sl_json_put_bool(json_t *object, const char *key, bool value)
{
	put(object, key, json_boolean(value));
}

void
sl_json_put_time(json_t *object, const char *key, int64_t us)
{
	char text[SL_RFC3339_TEXT];

	if (us == SL_NO_TIME) {
		put(object, key, json_null());
		return;
	}
	sl_rfc3339_format(us, text);
	put(object, key, json_string(text));
}
