/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of any bytes as CSV: the same records in whatever pieces it comes;
 * texts can be stored, lines ascend, caps hold; what was read, written again
 * with quotes, is read the same. As a table, a header holds what was wanted.
 *
 * The input: separator and size of the pieces in one byte; then the file.
 *
 * covers: core/archive/csv.c core/archive/csv_input.c core/archive/csv_skip.c
 * covers: core/archive/table.c
 */
#include "core/base/buf.h"

#include "core/archive/csv.h"
#include "core/archive/table.h"

#include "tests/fuzz/kit.h"

#define OUT_MAX ((size_t)16 * 1024 * 1024)

static const char separators[] = { ',', ';', '\t', ',' };

struct pieces {
	struct sl_csv_bytes bytes;
	size_t size;
};

static sl_status
read_piece(void *ctx, void *buf, size_t cap, size_t *got, struct sl_error *err)
{
	struct pieces *pieces = ctx;

	return sl_csv_read_bytes(&pieces->bytes, buf,
				 cap < pieces->size ? cap : pieces->size, got,
				 err);
}

static void
next(struct sl_csv *csv, struct sl_arena *arena, struct sl_csv_row *row)
{
	struct sl_error err;

	SL_ASSERT(sl_csv_next(csv, arena, row, &err) == SL_OK);
}

static void
check_row(const struct sl_csv_row *row)
{
	SL_ASSERT(row->end_line >= row->line);
	if (row->kind == SL_CSV_ROW) {
		SL_ASSERT(row->count >= 1 && row->count <= SL_CSV_FIELDS_MAX);
		for (size_t i = 0; i < row->count; i++)
			fuzz_check_text(row->fields[i]);
	} else if (row->kind == SL_CSV_REJECTED) {
		SL_ASSERT(row->reason != NULL && row->raw != NULL);
		SL_ASSERT(row->raw_len > 0 && row->raw_len <= SL_CSV_RAW_MAX);
	}
}

static void
check_same(const struct sl_csv_row *a, const struct sl_csv_row *b)
{
	SL_ASSERT(a->kind == b->kind && a->number == b->number);
	SL_ASSERT(a->line == b->line && a->end_line == b->end_line);
	SL_ASSERT(a->count == b->count && a->repaired == b->repaired);
	for (size_t i = 0; i < a->count; i++)
		SL_ASSERT(strcmp(a->fields[i], b->fields[i]) == 0);
	SL_ASSERT(a->raw_len == b->raw_len && a->reason == b->reason);
	SL_ASSERT(a->raw_len == 0 || memcmp(a->raw, b->raw, a->raw_len) == 0);
}

static void
write_row(const struct sl_csv_row *row, char separator, struct sl_buf *out)
{
	for (size_t i = 0; i < row->count; i++) {
		if (i > 0)
			sl_buf_addc(out, separator);
		sl_buf_addc(out, '"');
		for (const char *c = row->fields[i]; *c != '\0'; c++) {
			if (*c == '"')
				sl_buf_addc(out, '"');
			sl_buf_addc(out, *c);
		}
		sl_buf_addc(out, '"');
	}
	sl_buf_addc(out, '\n');
}

/* Whole and in pieces; what is good of it goes into `out`. */
static void
check_pieces(struct sl_arena *arena, struct sl_csv_bytes whole,
	     struct pieces pieces, char separator, struct sl_buf *out)
{
	SL_AUTO_CSV a = sl_csv_new(sl_csv_read_bytes, &whole);
	SL_AUTO_CSV b = sl_csv_new(read_piece, &pieces);
	struct sl_csv_row row = { 0 };
	uint64_t end_line = 0;

	sl_csv_set_separator(a, separator);
	sl_csv_set_separator(b, separator);
	do {
		struct sl_csv_row same;

		next(a, arena, &row);
		next(b, arena, &same);
		check_row(&row);
		check_same(&row, &same);
		if (row.kind == SL_CSV_END)
			break;
		SL_ASSERT(row.line > end_line);
		end_line = row.end_line;
		if (row.kind == SL_CSV_ROW)
			write_row(&row, separator, out);
	} while (true);
}

static void
check_written(struct sl_arena *arena, struct sl_csv_bytes file,
	      struct sl_csv_bytes written, char separator)
{
	SL_AUTO_CSV a = sl_csv_new(sl_csv_read_bytes, &file);
	SL_AUTO_CSV b = sl_csv_new(sl_csv_read_bytes, &written);
	struct sl_csv_row row, again;

	sl_csv_set_separator(a, separator);
	sl_csv_set_separator(b, separator);
	for (;;) {
		do
			next(a, arena, &row);
		while (row.kind == SL_CSV_REJECTED);
		next(b, arena, &again);
		SL_ASSERT(row.kind == again.kind && row.count == again.count);
		if (row.kind == SL_CSV_END)
			break;
		SL_ASSERT(!again.repaired);
		for (size_t i = 0; i < row.count; i++)
			SL_ASSERT(strcmp(row.fields[i], again.fields[i]) == 0);
	}
}

static void
check_table(struct sl_arena *arena, struct pieces pieces)
{
	static const char *const wanted[] = { "a", "B c", NULL };
	SL_AUTO_CSV csv = sl_csv_new(read_piece, &pieces);
	struct sl_table table;
	struct sl_csv_row row;
	struct sl_error err;
	sl_status status = sl_table_open(csv, wanted, arena, &table, &err);
	size_t column;

	if (status != SL_OK) {
		fuzz_check_error(&err, status);
		return;
	}
	column = sl_table_column(&table, "b_C");
	SL_ASSERT(column < table.width);
	SL_ASSERT(sl_table_column(&table, "A") < table.width);
	do {
		next(csv, arena, &row);
		if (row.kind != SL_CSV_ROW)
			continue;
		fuzz_check_text(sl_table_cell(&table, &row, column));
		SL_ASSERT(sl_table_extra(&table, &row) <= row.count);
	} while (row.kind != SL_CSV_END);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	struct sl_csv_bytes whole;
	struct pieces pieces;
	SL_AUTO_BUF out;
	char separator;

	if (size < 1)
		return 0;
	sl_buf_init(&out, OUT_MAX);
	separator = separators[data[0] % 4];
	whole = (struct sl_csv_bytes){ (const char *)data + 1, size - 1 };
	pieces = (struct pieces){ whole, (size_t)data[0] / 4 + 1 };
	check_pieces(arena, whole, pieces, separator, &out);
	SL_ASSERT(!out.overflow);
	check_written(arena, whole,
		      (struct sl_csv_bytes){ sl_buf_text(&out), out.len },
		      separator);
	check_table(arena, pieces);
	return 0;
}
