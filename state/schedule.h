/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fleet's schedule: what is due is leased in batches, for one process among
 * many. A connection of its own, of one thread.
 *
 * What a lease was taken for is begun by the store's claim, with its run and
 * fence, or given back (sl_store.unlease); else it lapses. A run that had begun
 * and whose lease lapsed, or whose owner died, is closed as interrupted and runs
 * alone the next time; a third one that lapses alone parks the account.
 */
#ifndef SL_STATE_SCHEDULE_H
#define SL_STATE_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

#include "core/base/clock.h"
#include "core/base/error.h"

#include "core/sync/engine.h"

struct sl_pg;
struct sl_schedule;

/**
 * url		as sl_pg_connect; connects with the first call
 * owner	of the leases; strings are borrowed, as `clock` is
 */
sl_status sl_schedule_open(const char *url, const struct sl_owner *owner,
			   const struct sl_clock *clock,
			   struct sl_schedule **out, struct sl_error *err)
	SL_NODISCARD;
void sl_schedule_free(struct sl_schedule **s);

/** Exchange the schedule's connection for this one; either may be NULL: none.
 *  To connect costs more than to ask whether anything is due. */
void sl_schedule_swap(struct sl_schedule *s, struct sl_pg **pg);

/** From now on lease accounts of this user alone; a uuid text. */
void sl_schedule_only(struct sl_schedule *s, const char *user_id);

/**
 * Lease what is due, at most as much as there is room for: new accounts and
 * those asked for first (of a batch that others wait for: half), then changes,
 * then backfills, each by the time it is due. The first are of the backfill
 * lane, too, since all of them is to be walked: its room holds for both, and a
 * quarter of a full batch is for it. Users that rest are left out.
 *
 * A solo run comes alone, and only when nothing is under way. One that waits
 * for two minutes makes a busy process take nothing until it is idle.
 *
 * At times it also looks after what others left: leases that lapsed, dead
 * owners on this host, log rows left open, clocks that went back.
 *
 * ahead_us	what will be due so soon is due (a cron line: it may not come
 *		exactly); 0
 * out		room->runs of them; strings live until the next call
 * wait_us	until more is due as far as is known, never below 0; INT64_MAX:
 *		nothing is scheduled
 *
 * SL_RETRY	the database is away; nothing was taken, or it lapses unbegun
 */
sl_status sl_schedule_take(struct sl_schedule *s, const struct sl_room *room,
			   int64_t ahead_us, struct sl_work *out, size_t *count,
			   int64_t *wait_us, struct sl_error *err) SL_NODISCARD;

#endif
