/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A connector's second road: files that a person downloads and hands over.
 *
 * Pure, as all of a connector: it says which files it knows and what their
 * rows mean. `sluice import` opens the archive, checks all of it first and then
 * reads table after table in the order given here, some rows at a time; each
 * chunk's records and the place in the archive commit in one transaction.
 */
#ifndef SL_SYNC_IMPORTER_H
#define SL_SYNC_IMPORTER_H

#include <jansson.h>

#include "core/base/arena.h"
#include "core/base/error.h"

#include "core/sync/record.h"

/** One kind of table that an archive may hold. */
struct sl_import_table {
	const char *title;           /* for people: "messages"; NULL ends    */
	const char *const *required; /* columns by which its header is known,
				      * NULL-ended; compared without case,
				      * blanks and underscores             */
	const char *sweeps; /* artifact type that it lists in full, as in its
			     * stream kind; or NULL                        */
	bool names_owner;   /* its first rows are shown to `owner` */
};

/** What the rows of one chunk are read under. */
struct sl_import_turn {
	const json_t *settings; /* as in sl_turn                            */
	int table;              /* index in `tables`                        */
	int64_t as_of_us;       /* when the archive was made, UTC           */
	int64_t now_us;
};

/** One row: an object of texts by column title, as the header has them. A row
 *  that is too short lacks the last ones. */
struct sl_import_row {
	const json_t *cells;
	uint64_t line;  /* where it begins in its file, from 1 */
	const char *id; /* for the ledger: "messages.csv:12"   */
};

/** By what the archive's owner may be called; a better name has a higher rank. */
enum sl_owner_rank {
	SL_OWNER_NONE,
	SL_OWNER_NAME,    /* "Mira Halvorsen"           */
	SL_OWNER_ADDRESS, /* one of the owner's own     */
	SL_OWNER_MAIN,    /* the one that comes first   */
};

struct sl_importer {
	const char *kind; /* stream kind of its archives (pushed); the key is
			   * the SHA-256 of the archive, in hex          */
	const char *what; /* for people: "LinkedIn data archive" */
	const struct sl_import_table *tables; /* in order of reading  */

	/** The table that a file holds, by its path in the archive: an index,
	 *  -1 none that is known. */
	int (*table_of)(const char *path);

	/**
	 * When the archive was made, by its file name; SL_NO_TIME: that does
	 * not say (then its newest file's time counts).
	 */
	int64_t (*made_us)(const char *file_name);

	/** The version of a listing as of then, on the scale of its records. */
	int64_t (*version)(int64_t as_of_us);

	/**
	 * What a row of a table with `names_owner` says of the archive's owner.
	 *
	 * name		on the arena; set unless the rank is SL_OWNER_NONE
	 */
	enum sl_owner_rank (*owner)(int table, const json_t *cells,
				    struct sl_arena *arena, const char **name);

	/**
	 * Turn rows into records. `page` is initialised; each row ends in one
	 * of its lists, one that cannot be read in `rejected`.
	 */
	sl_status (*read)(const struct sl_import_turn *turn,
			  const struct sl_import_row *rows, size_t count,
			  struct sl_page *page, struct sl_error *err)
		SL_NODISCARD;
};

#endif
