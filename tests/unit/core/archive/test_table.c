/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Headers behind notes, by any separator and spelling; cells by column.
 */
#include <string.h>

#include "core/base/arena.h"
#include "core/base/buf.h"

#include "core/archive/table.h"

#include "tests/support/unit.h"

static const char *const wanted[] = { "First Name", "Connected On", NULL };

struct file {
	struct sl_arena *arena;
	struct sl_csv_bytes bytes;
	struct sl_csv *csv;
	struct sl_table table;
};

static void
close_file(struct file *file)
{
	sl_csv_free(&file->csv);
	sl_arena_free(&file->arena);
}

#define AUTO_FILE SL_CLEANUP(close_file) struct file

static sl_status
open_file(struct file *file, const char *text, struct sl_error *err)
{
	*file = (struct file){ .arena = sl_arena_new(),
			       .bytes = { text, strlen(text) } };
	file->csv = sl_csv_new(sl_csv_read_bytes, &file->bytes);
	return sl_table_open(file->csv, wanted, file->arena, &file->table, err);
}

/* The cell of the next row, or "(none)", or "(end)". */
static const char *
next_cell(struct file *file, const char *name)
{
	struct sl_csv_row row;
	struct sl_error err;
	const char *cell;

	assert_int_equal(sl_csv_next(file->csv, file->arena, &row, &err),
			 SL_OK);
	if (row.kind == SL_CSV_END)
		return "(end)";
	assert_int_equal(row.kind, SL_CSV_ROW);
	cell = sl_table_cell(&file->table, &row,
			     sl_table_column(&file->table, name));
	return cell == NULL ? "(none)" : cell;
}

static void
headers_are_found(void **state SL_UNUSED)
{
	static const struct {
		const char *text;
		uint64_t line;
		char separator;
	} rows[] = {
		{ "First Name,Connected On\nAda,x\n", 1, ',' },
		{ "Connected On,Other,First Name\nx,y,Ada\n", 1, ',' },
		{ "Notes:\n\"a, b, \"\"c\"\"\"\n\n"
		  "First Name,Connected On\nAda,x\n",
		  4, ',' },
		{ "\"First Name\",\"Connected On\"\n\"Ada\",\"x\"\n", 1, ',' },
		{ " FIRST_NAME , connectedon \nAda,x\n", 1, ',' },
		{ "\xef\xbb\xbf"
		  "First Name,Connected On\r\nAda,x\r\n",
		  1, ',' },
		{ "First Name;Connected On\nAda;x\n", 1, ';' },
		{ "\"First Name\";\"Connected On\"\nAda;x\n", 1, ';' },
		{ "a, b, c, d, e\nFirst Name;Connected On\nAda;x,y,z\n", 2,
		  ';' },
		{ "sep=;\nFirst Name;Connected On\nAda;x\n", 2, ';' },
		{ "First Name\tConnected On\nAda\tx\n", 1, '\t' },
		{ "broken \"x\n\"y\" z\nFirst Name,Connected On\nAda,x\n", 3,
		  ',' },
		{ "First Name,Connected On\nAda,x\nFirst Name,Connected On\n",
		  1, ',' },
		{ "First Name,Connected On,First Name\nAda,x,Bob\n", 1, ',' },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		AUTO_FILE file;
		struct sl_error err;

		CHECK(rows[i].text,
		      open_file(&file, rows[i].text, &err) == SL_OK);
		CHECK(rows[i].text, file.table.line == rows[i].line);
		CHECK(rows[i].text, file.table.separator == rows[i].separator);
		CHECK(rows[i].text,
		      strcmp(next_cell(&file, "First Name"), "Ada") == 0);
	}
}

static void
what_has_no_header_is_refused(void **state SL_UNUSED)
{
	static const char *const texts[] = {
		"",
		"\n\n",
		"No conversations found",
		"First Name\nAda\n",
		"First Name and Connected On\n",
		"\"First Name,Connected On",
		"First Name;Connected On,x\n",
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(texts); i++) {
		AUTO_FILE file;
		struct sl_error err;

		CHECK(texts[i], open_file(&file, texts[i], &err) == SL_CONFIG);
		CHECK(texts[i], err.scope == SL_STREAM);
		CHECK(texts[i],
		      strstr(err.text, "First Name, Connected On") != NULL);
	}
}

static sl_status
open_behind(size_t records, size_t bytes, struct sl_error *err)
{
	AUTO_FILE file;
	SL_AUTO_BUF text;

	sl_buf_init(&text, 2 * SL_CSV_PEEK_MAX);
	for (size_t i = 0; i < records; i++)
		sl_buf_adds(&text, "note\n");
	for (size_t i = 0; i < bytes; i++)
		sl_buf_addc(&text, 'x');
	sl_buf_adds(&text, "\nFirst Name,Connected On\n");
	return open_file(&file, sl_buf_text(&text), err);
}

static void
a_header_is_near_the_beginning(void **state SL_UNUSED)
{
	const size_t header = strlen("\nFirst Name,Connected On");
	struct sl_error err;

	assert_int_equal(open_behind(SL_TABLE_SCAN_MAX - 1, 0, &err), SL_OK);
	assert_int_equal(open_behind(SL_TABLE_SCAN_MAX, 0, &err), SL_CONFIG);
	assert_int_equal(open_behind(0, SL_CSV_PEEK_MAX - header, &err), SL_OK);
	assert_int_equal(open_behind(0, SL_CSV_PEEK_MAX - header + 1, &err),
			 SL_CONFIG);
}

static void
cells_are_found_by_column(void **state SL_UNUSED)
{
	AUTO_FILE file;
	struct sl_error err;

	assert_int_equal(open_file(&file,
				   "First Name,URL,Connected On,\n"
				   "Ada, u ,d,\n"
				   "Bob\n"
				   "Cyd,,\n"
				   "\n"
				   "Dee,u,d,,\n",
				   &err),
			 SL_OK);
	assert_int_equal(file.table.width, 4);
	assert_string_equal(file.table.names[0], "First Name");
	assert_string_equal(file.table.names[3], "");
	assert_true(sl_table_column(&file.table, "Email") == SL_TABLE_NONE);
	assert_int_equal(sl_table_column(&file.table, "url"), 1);
	assert_string_equal(next_cell(&file, "URL"), " u ");
	assert_string_equal(next_cell(&file, "URL"), "(none)");
	assert_string_equal(next_cell(&file, "URL"), "");
	assert_string_equal(next_cell(&file, "Email"), "(none)");
	assert_string_equal(next_cell(&file, "URL"), "(end)");
}

static void
cells_in_no_column_are_told(void **state SL_UNUSED)
{
	static const size_t extras[] = { 0, 0, 0, 2 };
	AUTO_FILE file;
	struct sl_csv_row row;
	struct sl_error err;

	assert_int_equal(open_file(&file,
				   "First Name,Connected On\n"
				   "a\n"
				   "a,b\n"
				   "a,b,,\n"
				   "a,b,c,,d\n",
				   &err),
			 SL_OK);
	for (size_t i = 0; i < SL_ARRAY_LEN(extras); i++) {
		assert_int_equal(sl_csv_next(file.csv, file.arena, &row, &err),
				 SL_OK);
		assert_int_equal(sl_table_extra(&file.table, &row), extras[i]);
		assert_null(sl_table_cell(&file.table, &row, 2));
	}
}

static void
names_are_compared_loosely(void **state SL_UNUSED)
{
	assert_true(sl_table_same_name("First Name", "first_name"));
	assert_true(sl_table_same_name("FirstName ", "\tFIRST NAME"));
	assert_true(sl_table_same_name("", " _"));
	assert_false(sl_table_same_name("First Name", "First Names"));
	assert_false(sl_table_same_name("First-Name", "First Name"));
	assert_false(sl_table_same_name("a", ""));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_are_found),
		cmocka_unit_test(what_has_no_header_is_refused),
		cmocka_unit_test(a_header_is_near_the_beginning),
		cmocka_unit_test(cells_are_found_by_column),
		cmocka_unit_test(cells_in_no_column_are_told),
		cmocka_unit_test(names_are_compared_loosely),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
