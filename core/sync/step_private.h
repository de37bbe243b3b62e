/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A step: one page of a stream, from the answers of its flight into the
 * database.
 *
 * Pages are read and committed in their order, each in a transaction of its
 * own. While one is committed the next may be read, by another worker; it waits
 * until what the commit said has become the task's state. The engine holds no
 * more pages than it has workers, however many streams are at work.
 */
#ifndef SL_SYNC_STEP_PRIVATE_H
#define SL_SYNC_STEP_PRIVATE_H

#include "core/sync/record.h"
#include "core/sync/store.h"

struct sl_flight;
struct sl_task;
struct sl_worker;

/** A page on its way into the database, on the arena of its flight. */
struct sl_step {
	struct sl_flight *flight; /* where it came from; its own */
	struct sl_page page;
	const char *cursor_text; /* NULL = keep */
	json_t *cursor;          /* where the next ask goes on; borrowed */
	const char *const *answered;
	bool walking; /* this page belongs to a walk */
	bool listing; /* it came from a listing, not from wanted items */
	/* what the commit takes along and says */
	struct sl_tally add;
	struct sl_outcome out;
	sl_status status;
	struct sl_error error;
};

/* engine_page.c */
/** Room for one more page in memory. False: there will be; be woken. */
bool sl_task_take_room(struct sl_task *task);
/** The task's flight has landed, and there is room: it becomes `read`, or is
 *  gone, and the room with it. */
sl_status sl_task_read(struct sl_task *task, struct sl_error *err);
void sl_step_free(struct sl_step **step);

/* engine_store.c */

/** Tries of a commit while the database is away; the pause before the second,
 *  which doubles. */
#define SL_COMMIT_ATTEMPTS 8
#define SL_COMMIT_PAUSE_US (SL_US_PER_S / 4)

enum sl_page_verdict {
	SL_PAGE_GO_ON,    /* look again: ask for more, or wait for the flight */
	SL_PAGE_RESTS,    /* nothing more to ask now */
	SL_PAGE_UNSTORED, /* the database refused it: asking again does not help */
};

/** Commit `read`, while the requests for what comes next fly: it becomes
 *  `stored`. False: the worker has let the task go, and may not touch it. */
bool sl_task_store(struct sl_worker *worker, struct sl_task *task);
/** What the store is to do with a page of the task. */
void sl_task_fill_commit(struct sl_task *task, const struct sl_step *step,
			 struct sl_commit *out);
/** Is some worker at it? Then the next page may be read, and no more. */
bool sl_task_is_storing(struct sl_task *task);
/** What the commit said becomes the task's state. */
enum sl_page_verdict sl_task_settle(struct sl_task *task, struct sl_error *err);

/* engine_salvage.c */
/** The run ends, and what flew has landed: keep what came of it. False: there
 *  is no room for its page yet. */
bool sl_task_salvage(struct sl_worker *worker, struct sl_task *task);

#endif
