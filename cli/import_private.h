/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by cmd_import.c (the command), import_check.c (opens an archive and
 * checks all of it), import_rows.c (reads it again, for core/sync/import.h) and
 * import_view.c (what is told).
 */
#ifndef SL_CLI_IMPORT_PRIVATE_H
#define SL_CLI_IMPORT_PRIVATE_H

#include "core/archive/csv.h"
#include "core/archive/table.h"
#include "core/archive/zip.h"
#include "core/auth/digest.h"
#include "core/sync/import.h"

#include "cli/cli.h"
#include "cli/progress.h"

/** A file of the archive that is known. */
struct sl_archive_file {
	size_t entry;     /* of the zip       */
	const char *path; /* in it            */
	uint64_t size;    /* inflated         */
	int table;        /* of the importer  */
};

/** An archive that was checked. */
struct sl_archive {
	struct sl_cli *cli;
	const struct sl_importer *importer;
	const char *path; /* as it was given */
	const char *name; /* its last part   */
	char key[SL_SHA256_HEX];
	struct sl_zip *zip;
	struct sl_archive_file *files; /* in the order of reading */
	size_t count;
	uint64_t size;          /* of those files together */
	int64_t as_of_us;       /* when it was made */
	const char *owner;      /* whose it is; or NULL: it does not say */
	const char *person;     /* ... by the name alone; or NULL        */
	const char **addresses; /* of the owner, `address_count` of them */
	size_t address_count;
};

/** Open, and check everything that can be checked without reading rows.
 *  Writes nothing but progress and what is wrong; the exit status. */
int sl_archive_check(struct sl_archive *archive, struct sl_painter *painter);

/** NULL inside is fine. */
void sl_archive_close(struct sl_archive *archive);

/** Reads the rows of an archive: an sl_import_source. */
struct sl_archive_rows {
	const struct sl_archive *archive;
	/* private */
	struct sl_zip_reader *reader;
	struct sl_csv *csv;
	struct sl_arena *head;    /* the table's names */
	struct sl_arena *scratch; /* of one record     */
	struct sl_table table;
	uint64_t bytes; /* of this file, inflated so far */
};

struct sl_import_source sl_archive_source(struct sl_archive_rows *rows);
void sl_archive_rows_release(struct sl_archive_rows *rows);

/** Counts, tells. */
struct sl_import_view;
struct sl_import_view *sl_import_view_new(const struct sl_archive *archive,
					  const struct sl_archive_rows *rows,
					  struct sl_painter *painter);
void sl_import_view_free(struct sl_import_view **view);
void sl_import_view_step(struct sl_import_view *view,
			 const struct sl_import_step *step);
/** The end of it, for people or as JSON. */
void sl_import_view_report(struct sl_import_view *view,
			   const struct sl_target *target,
			   const struct sl_import_report *report);
/** What --check found. */
void sl_import_view_check(struct sl_import_view *view);

#endif
