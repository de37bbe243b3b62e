/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What begins, and when: the work that is given, or what a feed hands out.
 */
#ifndef SL_SYNC_INTAKE_PRIVATE_H
#define SL_SYNC_INTAKE_PRIVATE_H

#include "core/sync/engine.h"
#include "core/sync/job_private.h"

struct sl_run;

/** What is taken of the feed. (L) */
struct sl_intake {
	const struct sl_feed *feed; /* NULL = the work is given */
	struct sl_work *out;
	struct sl_room_of *of; /* what the feed is told; as the registry */
	size_t *under_way;     /* as the registry */
	size_t of_count;
	size_t backfills;    /* under way */
	bool alone;          /* what is under way is to run alone     */
	bool ask;            /* the feed may have more                */
	bool calling;        /* the feed looks just now */
	bool hurry;          /* ask for a little room, too            */
	bool dry;            /* there will be no more                 */
	struct sl_job again; /* time to ask */
	struct sl_job grace; /* time to hand back, while draining */
};

void sl_intake_init(struct sl_engine *e);
void sl_intake_release(struct sl_engine *e);
/** A run is over: there is room. Locked. */
void sl_intake_over(struct sl_engine *e, const struct sl_run *run);
/** The feed is being asked, or about to be: a clock that stands still does not
 *  move on. Locked. */
bool sl_intake_is_at_it(const struct sl_engine *e);
/** No run begins any more: ending, or draining. Locked. */
bool sl_engine_begins_no_more(const struct sl_engine *e);

#endif
