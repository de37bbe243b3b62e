/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Importing: files that somebody handed over, read by a connector's importer,
 * committed chunk by chunk. What `sync` is for a provider's API.
 *
 * Each chunk moves the place in the archive within its transaction. Stopped or
 * killed anywhere, the same archive goes on from there; once it is through, it
 * is not read again. Needs no network and no clock but the one it is given;
 * where the rows come from is the caller's.
 */
#ifndef SL_SYNC_IMPORT_H
#define SL_SYNC_IMPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/log.h"

#include "core/sync/importer.h"
#include "core/sync/store.h"

/** Rows of one chunk: one page, one transaction. */
#define SL_IMPORT_ROWS 500

/** Bytes of its cells, after which it takes no more rows. */
#define SL_IMPORT_BYTES ((size_t)2 * 1024 * 1024)

/** One file of the archive, in the order of reading. */
struct sl_import_file {
	const char *name; /* as people know it: "messages.csv" */
	int table;        /* of the importer                   */
};

/** One record of a file; texts on the arena. */
struct sl_import_record {
	json_t *cells;      /* new reference, as in sl_import_row; NULL: */
	const char *reason; /* why it cannot be read                     */
	const char *raw;    /* its beginning                             */
	size_t raw_len;
	uint64_t line;
};

/** Where records come from. Failures end the import as they are. */
struct sl_import_source {
	/** Begin a file, behind its first `skip` records. */
	sl_status (*begin)(void *ctx, size_t file, uint64_t skip,
			   struct sl_error *err);
	/**
	 * The next records: at most `most`, fewer when they get large.
	 *
	 * count	0 at the end of the file
	 */
	sl_status (*next)(void *ctx, size_t most, struct sl_arena *arena,
			  struct sl_import_record *out, size_t *count,
			  struct sl_error *err);
	void *ctx;
};

/** What one chunk did; its page is good until the call returns. */
struct sl_import_step {
	size_t file;
	size_t records; /* that it took                     */
	const struct sl_page *page;
	const struct sl_tally *counts;
};

struct sl_import_observer {
	/** A chunk was committed. */
	void (*step)(void *ctx, const struct sl_import_step *step);
	/** Another process works on the account: told once. */
	void (*busy)(void *ctx);
	/** Wait so long (0: not at all). False: it is to stop. */
	bool (*wait)(void *ctx, int64_t us);
	void *ctx;
};

struct sl_import {
	struct sl_store *store;
	const struct sl_connector *connector; /* it has an importer */
	const struct sl_target *target;
	const struct sl_owner *owner;
	const struct sl_clock *clock;
	const struct sl_rng *rng;
	struct sl_log *log; /* or NULL */
	const char *key;    /* SHA-256 of the archive, in hex */
	const char *title;  /* for people: its file's name    */
	int64_t as_of_us;
	const struct sl_import_file *files;
	size_t file_count;
	struct sl_import_source source;
	struct sl_import_observer observer;
	bool left_open; /* a run of the account works, or has been killed */
	bool again;     /* read it although it was read already */
};

struct sl_import_report {
	const char *status;     /* "ok", "failed", "interrupted" */
	bool already;           /* it had been imported: nothing was done */
	bool resumed;           /* it went on where it had been stopped   */
	struct sl_tally tally;  /* of this run                            */
	int64_t held_deletions; /* waiting for consent                    */
	int64_t duration_us;
	bool failed; /* then: */
	struct sl_error error;
};

/** Import. Whatever happens is in the report. */
void sl_import_run(const struct sl_import *import,
		   struct sl_import_report *report);

#endif
