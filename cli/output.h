/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What commands print: aligned columns for people, JSON lines for programs.
 */
#ifndef SL_CLI_OUTPUT_H
#define SL_CLI_OUTPUT_H

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/cli.h"

#define SL_GRID_COLUMNS 10

/** Rows of cells, the first row being the head. */
struct sl_grid {
	struct sl_arena *arena;
	size_t columns;
	const char *(*rows)[SL_GRID_COLUMNS];
	size_t count, cap;
};

void sl_grid_init(struct sl_grid *grid, struct sl_arena *arena, size_t columns,
		  const char *const *head);

/** A new row of empty cells; set them, cleaned (sl_format_clean). */
const char **sl_grid_row(struct sl_grid *grid);

void sl_grid_print(const struct sl_grid *grid, FILE *out);

/** Did all that was printed arrive? A pipe whose reader has left is nobody's
 *  loss. */
bool sl_out_arrived(struct sl_cli *cli);

/** One object on one line; takes the reference. */
void sl_out_json(struct sl_cli *cli, json_t *object_owned);

/** A time as RFC 3339 text, or null. */
void sl_json_put_time(json_t *object, const char *key, int64_t us);

/** A text or null. */
void sl_json_put(json_t *object, const char *key, const char *text);

void sl_json_put_i64(json_t *object, const char *key, int64_t n);

void sl_json_put_bool(json_t *object, const char *key, bool value);

#endif
