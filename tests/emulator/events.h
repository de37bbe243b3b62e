/* SPDX-License-Identifier: Apache-2.0 */
#ifndef EMU_EVENTS_H
#define EMU_EVENTS_H

#include "page.h"

/** events.list */
void emu_events_list(struct emu_req *r, struct emu_cal *c);
/** 410 fullSyncRequired */
void emu_gone(struct emu_req *r);
/** A series counts to the end of its last instance (INT64_MAX: endless). */
void emu_item_span(const struct emu_item *item, int64_t *start_ms,
		   int64_t *end_ms);
/** Is this instance stored by itself (edited or cancelled)? */
bool emu_is_stored(struct emu_cal *c, const char *id);

#endif
