/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/error.h"

#include "cli/import_private.h"

/* As the file inflates: how far it is. */
static sl_status
read_bytes(void *ctx, void *buf, size_t cap, size_t *got, struct sl_error *err)
{
	struct sl_archive_rows *rows = ctx;
	sl_status st = sl_zip_read_csv(rows->reader, buf, cap, got, err);

	if (st == SL_OK)
		rows->bytes += *got;
	return st;
}

static void
close_file(struct sl_archive_rows *rows)
{
	sl_csv_free(&rows->csv);
	sl_zip_read_close(&rows->reader);
	sl_arena_free(&rows->head);
	sl_arena_free(&rows->scratch);
	rows->bytes = 0;
}

static sl_status
open_file(struct sl_archive_rows *rows, const struct sl_archive_file *file,
	  struct sl_error *err)
{
	const struct sl_archive *a = rows->archive;
	sl_status st;

	rows->head = sl_arena_new();
	rows->scratch = sl_arena_new();
	st = sl_zip_read_open(a->zip, file->entry, &rows->reader, err);
	if (st != SL_OK)
		return st;
	rows->csv = sl_csv_new(read_bytes, rows);
	st = sl_table_open(rows->csv, a->importer->tables[file->table].required,
			   rows->head, &rows->table, err);
	return st == SL_OK ? SL_OK : sl_error_wrap(err, "%s", file->path);
}

static sl_status
begin(void *ctx, size_t file, uint64_t skip, struct sl_error *err)
{
	struct sl_archive_rows *rows = ctx;
	struct sl_csv_row row = { .kind = SL_CSV_ROW };
	sl_status st;

	close_file(rows);
	st = open_file(rows, &rows->archive->files[file], err);
	while (st == SL_OK && skip > 0 && row.kind != SL_CSV_END) {
		sl_arena_reset(rows->scratch);
		st = sl_csv_next(rows->csv, rows->scratch, &row, err);
		skip--;
	}
	return st;
}

/* Of columns with one name the first counts. */
static json_t *
cells_of(const struct sl_table *table, const struct sl_csv_row *row,
	 size_t *bytes)
{
	json_t *cells = json_object();

	for (size_t i = 0; i < row->count && i < table->width; i++) {
		const char *name = table->names[i];

		*bytes += strlen(row->fields[i]);
		if (*name == '\0' || json_object_get(cells, name) != NULL)
			continue;
		(void)json_object_set_new_nocheck(
			cells, name, json_string_nocheck(row->fields[i]));
	}
	return cells;
}

/* Its cells are not where its header says: what they mean is not known. */
static void
reject_wide(const struct sl_csv_row *row, struct sl_arena *arena,
	    struct sl_import_record *out)
{
	json_auto_t *fields = json_array();
	size_t len;
	char *raw;

	for (size_t i = 0; i < row->count; i++)
		(void)json_array_append_new(
			fields, json_string_nocheck(row->fields[i]));
	len = json_dumpb(fields, NULL, 0, JSON_COMPACT);
	raw = sl_arena_alloc(arena, len + 1);
	out->raw_len = json_dumpb(fields, raw, len, JSON_COMPACT);
	out->raw = raw;
	out->reason = "it has more cells than the header has columns";
}

static void
take_record(struct sl_archive_rows *rows, const struct sl_csv_row *row,
	    struct sl_arena *arena, struct sl_import_record *out, size_t *bytes)
{
	*out = (struct sl_import_record){ .line = row->line };
	if (row->kind == SL_CSV_REJECTED) {
		out->reason = row->reason;
		out->raw = sl_arena_strndup(arena, row->raw, row->raw_len);
		out->raw_len = row->raw_len;
		*bytes += row->raw_len;
	} else if (sl_table_extra(&rows->table, row) > 0) {
		reject_wide(row, arena, out);
		*bytes += out->raw_len;
	} else {
		out->cells = cells_of(&rows->table, row, bytes);
	}
}

static sl_status
next(void *ctx, size_t most, struct sl_arena *arena,
     struct sl_import_record *out, size_t *count, struct sl_error *err)
{
	struct sl_archive_rows *rows = ctx;
	size_t bytes = 0;

	for (*count = 0; *count < most && bytes < SL_IMPORT_BYTES; ++*count) {
		struct sl_csv_row row;
		sl_status st;

		sl_arena_reset(rows->scratch);
		st = sl_csv_next(rows->csv, rows->scratch, &row, err);
		if (st != SL_OK)
			return st;
		if (row.kind == SL_CSV_END)
			break;
		take_record(rows, &row, arena, &out[*count], &bytes);
	}
	return SL_OK;
}

struct sl_import_source
sl_archive_source(struct sl_archive_rows *rows)
{
	return (struct sl_import_source){ .begin = begin,
					  .next = next,
					  .ctx = rows };
}

void
sl_archive_rows_release(struct sl_archive_rows *rows)
{
	close_file(rows);
}
