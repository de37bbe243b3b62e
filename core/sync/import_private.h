/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Shared by import.c (the run) and import_chunk.c (its pages).
 */
#ifndef SL_SYNC_IMPORT_PRIVATE_H
#define SL_SYNC_IMPORT_PRIVATE_H

#include "core/sync/import.h"

#define SL_IMPORT_TRIGGER "import"
#define SL_IMPORT_MODE    "full"

/** How far the archive was read: the cursor. */
struct sl_import_place {
	size_t file;
	uint64_t row; /* records of that file */
	bool gaps;    /* of what a table lists in full a record was not read:
		       * nothing is missing for not being there */
};

struct sl_import_work {
	const struct sl_import *import;
	struct sl_arena *arena; /* of the run */
	struct sl_account account;
	bool done; /* it was imported before: only a run that was killed
		       * may have to be closed */
	bool claimed;
	json_t *settings;
	char fingerprint[65];
	struct sl_people_options people;
	struct sl_stream_row stream;
	bool starts_walk; /* with the next page */
	bool resumed, read;
	struct sl_import_place place;
	struct sl_tally tally, unwritten;
	int64_t held;
	int64_t beat_us;  /* monotonic */
	int64_t epoch_us; /* the database's time minus the monotonic one */
	int64_t started_us;
};

json_t *sl_import_cursor(const struct sl_import_place *place);

int64_t sl_import_now_us(const struct sl_import_work *w);

/** Keep the lease. SL_CANCELLED: it is to stop. */
sl_status sl_import_go_on(struct sl_import_work *w, struct sl_error *err)
	SL_NODISCARD;

/** All files from the place on, and the end of the walk. */
sl_status sl_import_read(struct sl_import_work *w, struct sl_error *err)
	SL_NODISCARD;

#endif
