/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows in, records printed: for the tests of the tables.
 */
#ifndef SL_TESTS_LINKEDIN_ROWS_H
#define SL_TESTS_LINKEDIN_ROWS_H

#include "connectors/linkedin/rows.h"
#include "linkedin_print.h"

/** 2026-11-20T10:00:00Z as a version of a listing. */
#define LISTED "v7180675200003"

#define ROWS_MAX 16

struct kit_row {
	const char *why;
	enum sl_linkedin_table table;
	const char *rows; /* JSON array, ' for " */
	const char *want;
};

static inline void
kit_map(const struct kit_row *test)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	json_t *cells = kit_json(test->rows);
	struct sl_import_row rows[ROWS_MAX] = { 0 };
	struct sl_linkedin_listing listing = { test->table, KIT_NOW_US, NULL };
	struct sl_page page;
	struct sl_buf out;
	size_t count = json_array_size(cells);

	assert_true(count <= ROWS_MAX);
	for (size_t i = 0; i < count; i++)
		rows[i] = (struct sl_import_row){
			.cells = json_array_get(cells, i),
			.line = i + 1,
			.id = sl_arena_printf(arena, "row:%zu", i + 1),
		};
	sl_page_init(&page, arena);
	sl_linkedin_map_rows(&page, &listing, rows, count);
	json_decref(cells);
	if (test->table != SL_LINKEDIN_POSITIONS)
		assert_int_equal(page.items, count);
	kit_assert_counted(&page);
	sl_buf_init(&out, PRINT_MAX);
	print_records(&out, arena, &page);
	print_people(&out, arena, &page);
	kit_compare(test->why, sl_arena_strdup(arena, sl_buf_text(&out)),
		    test->want);
	sl_buf_release(&out);
	sl_page_release(&page);
}

#endif
