/* SPDX-License-Identifier: Apache-2.0 */
/* One page of events being put together, bent by a fault if one applies. */
#ifndef EMU_PAGE_H
#define EMU_PAGE_H

#include "fault.h"
#include "token.h"

struct emu_page {
	struct emu_req *req;
	struct emu_cal *cal;
	const char *fields; /* of a partial response, or NULL */
	struct emu_buf items;
	size_t count, max;
	size_t *ends; /* where each item ends in `items` */
};

/** The parts of an item that `fields` names. */
void emu_item_partial(struct emu_buf *out, const char *fields,
		      const struct emu_item *item);
void emu_page_init(struct emu_page *p, struct emu_req *r, struct emu_cal *c,
		   size_t max);
bool emu_page_full(const struct emu_page *p);
void emu_page_add(struct emu_page *p, const struct emu_item *item);
/**
 * Writes the reply and releases the page.
 *
 * here		the token that would ask for this very page again
 * next		where the next page begins; NULL on the last one
 * sync		what the last page hands out; NULL for none
 */
void emu_page_send(struct emu_page *p, const struct emu_token *here,
		   const struct emu_token *next, const struct emu_token *sync);
/** True when a fault wants this page empty; it has been sent then. */
bool emu_page_emptied(struct emu_page *p, const struct emu_token *here);

/** maxResults within 1..most; false after replying 400. */
bool emu_max_results(struct emu_req *r, size_t otherwise, size_t most,
		     size_t *max);
/** "true" or "false"; `given` says whether it was there. 400 else. */
bool emu_bool_arg(struct emu_req *r, const char *name, bool *value,
		  bool *given);
/** An RFC 3339 parameter; INT64_MIN when absent. 400 when malformed. */
bool emu_time_arg(struct emu_req *r, const char *name, int64_t *ms);
void emu_bad_value(struct emu_req *r, const char *name);

#endif
