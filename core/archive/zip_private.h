/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of this reader share.
 */
#ifndef SL_ARCHIVE_ZIP_PRIVATE_H
#define SL_ARCHIVE_ZIP_PRIVATE_H

#include <zip.h>

#include "core/base/arena.h"
#include "core/base/attr.h"
#include "core/base/error.h"

#include "core/archive/zip.h"

struct sl_zip {
	zip_t *archive;
	struct sl_arena *arena;
	struct sl_zip_caps caps;
	struct sl_zip_entry *entries;
	size_t count;
};

/** Bytes of a name that are shown. */
#define ZIP_SHOWN_MAX 80

/** A name for a message: its beginning when it is long. */
const char *zip_shown(struct sl_arena *arena, const char *name);

/** Every refusal ends in what can be done. */
#define ZIP_AGAIN "download the archive again"

/**
 * Look at how many entries the archive's end claims and how long it says that
 * they are, before libzip believes it: it makes room for each. SL_OK also for
 * what is no archive at all; libzip says so.
 */
sl_status zip_check_end(int fd, const struct sl_zip_caps *caps,
			struct sl_error *err) SL_NODISCARD;

/** Fill in and judge every entry; `archive` and `count` are set. */
sl_status zip_check_entries(struct sl_zip *zip, struct sl_error *err)
	SL_NODISCARD;

#endif
