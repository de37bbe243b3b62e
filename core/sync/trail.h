/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The trail of a listing: where it has been, so that one that leads nowhere
 * is seen. A token that comes back is a loop at once. A provider may repeat a
 * page, or send empty ones; when it does nothing else for long, under tokens
 * that are ever new, that is a loop as well.
 */
#ifndef SL_SYNC_TRAIL_H
#define SL_SYNC_TRAIL_H

#include "core/base/error.h"

#include "core/sync/record.h"

struct sl_hashes {
	uint64_t *all;
	size_t count, room;
};

/** Zero is an empty one. */
struct sl_trail {
	struct sl_hashes cursors, pages;
	int stale_pages; /* in a row that were there before */
};

/**
 * One more page of a listing, after which there is to be another.
 *
 * cursor_text	where it goes on; NULL = where it was
 *
 * SL_RETRY	it goes round in a circle
 */
sl_status sl_trail_add(struct sl_trail *trail, const struct sl_page *page,
		       const char *cursor_text, struct sl_error *err)
	SL_NODISCARD;

/** The listing begins anew. */
void sl_trail_clear(struct sl_trail *trail);

void sl_trail_release(struct sl_trail *trail);

#endif
