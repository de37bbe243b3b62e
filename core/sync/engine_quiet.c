/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pages that hold nothing but a cursor, of accounts at rest: kept until the
 * run ends, and stored with its end. A run that is cut off before asks for the
 * same again; nothing is lost by that.
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/json/json.h"
#include "core/sync/engine_private.h"

static bool
is_still(const struct sl_run *run, const struct sl_stream_row *row)
{
	const struct sl_stream_kind *kind = sl_run_kind(run, row->kind);

	if (!kind || kind->pushed || !row->enabled ||
	    row->state == SL_STREAM_CLOSED)
		return true;
	return row->state == SL_STREAM_LIVE &&
	       row->rewalk_us <= row->walk_started_us &&
	       sl_text_equal(row->fingerprint, run->fingerprint);
}

/* Does every stream follow changes? Then the run is a short one. */
void
sl_run_see_rest(struct sl_run *run)
{
	const struct sl_account *a = &run->account;
	bool at_rest = run->engine->workers[0].store->takes_quiet && !a->resync;

	for (size_t i = 0; i < a->stream_count && at_rest; i++)
		at_rest = is_still(run, &a->streams[i]);
	pthread_mutex_lock(&run->engine->mutex);
	run->at_rest = at_rest;
	pthread_mutex_unlock(&run->engine->mutex);
}

static bool
is_at_rest(struct sl_run *run)
{
	bool at_rest;

	pthread_mutex_lock(&run->engine->mutex);
	at_rest = run->at_rest;
	pthread_mutex_unlock(&run->engine->mutex);
	return at_rest;
}

static bool
holds_nothing(const struct sl_step *step)
{
	return step->listing && !step->page.more && !step->page.walk_done &&
	       !step->walking && !step->flight->failed &&
	       sl_page_is_empty(&step->page);
}

/* Does its stream do nothing but follow changes? */
static bool
just_follows(const struct sl_task *task)
{
	const struct sl_stream_row *row = &task->row;

	return !task->starts_walk && !task->begins && !task->resynced &&
	       !task->passed && !task->pending &&
	       row->state == SL_STREAM_LIVE && row->sweep == SL_SWEEP_NONE &&
	       !row->series_due &&
	       !sl_kind_shares_key(task->run->connector->kinds, task->kind);
}

static void
count_page(struct sl_task *task, const struct sl_page *page)
{
	struct sl_run *run = task->run;

	pthread_mutex_lock(&run->engine->mutex);
	run->tally.pages++;
	run->tally.fetched += (int64_t)page->items;
	pthread_mutex_unlock(&run->engine->mutex);
}

bool
sl_task_keep_quiet(struct sl_task *task)
{
	struct sl_step *step = task->read;
	struct sl_quiet *q = &task->quiet;

	if (!holds_nothing(step) || !just_follows(task) ||
	    !is_at_rest(task->run))
		return false;
	task->read = NULL;
	sl_flight_leave_troubles(step->flight);
	q->kept = true;
	q->items += step->page.items;
	if (step->cursor_text) {
		sl_free(q->cursor);
		q->cursor = sl_strdup(step->cursor_text);
		json_incref(step->cursor);
		json_decref(task->cursor);
		task->cursor = step->cursor;
	}
	if (step->page.shown && !q->shown)
		q->shown = json_object();
	if (step->page.shown)
		(void)json_object_update(q->shown, step->page.shown);
	task->refused = 0;
	count_page(task, &step->page);
	step->flight->holds_page = false;
	sl_run_progress(task->run, task, 0);
	sl_step_free(&step);
	return true;
}

void
sl_quiet_drop(struct sl_quiet *quiet)
{
	sl_free(quiet->cursor);
	json_decref(quiet->shown);
	*quiet = (struct sl_quiet){ .kept = false };
}

/* As if it had just been read. */
static void
make_commit(struct sl_task *task, struct sl_arena *arena, struct sl_commit *out)
{
	struct sl_step *step = SL_NEW(arena, struct sl_step);

	sl_page_init(&step->page, arena);
	step->page.items = task->quiet.items;
	step->cursor_text = task->quiet.cursor;
	step->listing = true;
	sl_task_fill_commit(task, step, out);
	out->add = NULL;
}

size_t
sl_run_gather_quiet(struct sl_run *run, struct sl_arena *arena,
		    const struct sl_commit **out)
{
	struct sl_commit *commits;
	size_t count = 0, at = 0;

	for (struct sl_task *t = run->tasks; t; t = t->next)
		count += t->quiet.kept;
	commits = SL_NEW_ARRAY(arena, count, struct sl_commit);
	for (struct sl_task *t = run->tasks; t; t = t->next)
		if (t->quiet.kept)
			make_commit(t, arena, &commits[at++]);
	*out = commits;
	return count;
}
