/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page into the database. The cursor moves only with the rows that it
 * covers, and pages of one stream are committed one after the other.
 *
 * What comes next is often known before: then its requests leave, and the
 * worker that commits lets the task go. Another one takes the answers as they
 * come and reads the next page meanwhile, no further.
 */
#include <string.h>

#include "core/json/json.h"
#include "core/sync/engine_private.h"

/* What comes after this page is known before it is committed: the rest of what
 * is wanted, or the next page of a listing that wants nothing. */
static bool
knows_next(const struct sl_step *step)
{
	if (step->flight->failed)
		return false;
	return !step->listing ||
	       (step->page.more && step->page.refs.count == 0);
}

/* The next requests leave while this page is committed. */
static struct sl_flight *
prefetch(struct sl_task *task, const struct sl_step *step)
{
	struct sl_aim aim = {
		.cursor = step->cursor,
		.wanted = step->listing ? NULL : task->pending,
		.except = step->answered,
		.walking = step->walking && !step->page.walk_done,
	};
	struct sl_flight *next;
	struct sl_error err;

	if (!knows_next(step) || sl_task_must_rewalk(task) ||
	    sl_run_stopped(task->run) || !sl_run_take_page(task->run))
		return NULL;
	next = sl_flight_new(task, &aim);
	if (next && sl_flight_advance(next, false, &err) != SL_FLIGHT_WAITS)
		sl_flight_free(&next); /* it is asked again, and fails there */
	return next;
}

/* What pages before it showed, and this one does not. */
static const char *
shown_text(const struct sl_task *task, const struct sl_page *page)
{
	const json_t *shown = page->shown ? page->shown : task->quiet.shown;

	if (page->shown && task->quiet.shown)
		(void)json_object_update_missing(page->shown,
						 task->quiet.shown);
	return shown ? sl_json_canonical(page->arena, shown) : NULL;
}

void
sl_task_fill_commit(struct sl_task *task, const struct sl_step *step,
		    struct sl_commit *c)
{
	struct sl_run *run = task->run;

	*c = (struct sl_commit){
		.lease = &run->account.lease,
		.stream = &task->row,
		.page = &step->page,
		.cursor = step->cursor_text,
		.shown = shown_text(task, &step->page),
		.fingerprint = run->fingerprint,
		.starts_walk = task->starts_walk,
		.resynced = task->resynced,
		.follows = task->kind->follows,
		.begins = task->begins,
		.walk_started_us = task->walk_started_us,
		.walk_done = step->page.walk_done && !task->kind->follows,
		.rests = !step->page.more && step->page.refs.count == 0,
		.asked_us = task->listed_us ? task->listed_us : run->started_us,
		.answered = step->answered,
		.map_version = task->kind->map_version,
		.etag_counts = task->kind->etag_counts,
		.lists_instances = task->kind->lists_instances,
		.shares_key =
			sl_kind_shares_key(run->connector->kinds, task->kind),
		.sweeps = step->page.gaps ? "" : task->kind->sweeps,
		.listed_version = sl_listing_version(task->walk_started_us),
		.now_us = sl_run_now_us(run),
		.people = run->people,
		.trigger = run->work->trigger,
		.mode = step->walking ? "full" : "incremental",
		.add = &step->add,
	};
}

/* The page is in memory: ride out a database that is away for a moment. */
static sl_status
commit_with_patience(struct sl_worker *worker, const struct sl_run *run,
		     const struct sl_commit *c, struct sl_step *step)
{
	struct sl_engine *e = run->engine;
	struct sl_store *store = worker->store;
	sl_status s = SL_OK;

	for (int i = 0; i < SL_COMMIT_ATTEMPTS; i++) {
		if (i > 0)
			sl_engine_pause(e, SL_COMMIT_PAUSE_US << (i - 1));
		s = store->commit(store, c, c->page->arena, &step->out,
				  &step->error);
		if (s != SL_RETRY || sl_engine_ending(e))
			break;
	}
	return s;
}

/* Copies of what outlives the page. */
static void
adopt_outcome(struct sl_task *task, const struct sl_outcome *out)
{
	struct sl_stream_row row = out->stream;
	struct sl_arena *arena = NULL;
	struct sl_ref *first = NULL, **tail = &first;

	memcpy(row.id, task->row.id, sizeof(row.id));
	row.kind = task->row.kind;
	row.key = task->row.key;
	row.title = task->row.title;
	row.cursor = row.fingerprint = NULL;
	row.pending = NULL;
	row.enabled = task->row.enabled;
	task->row = row;
	if (out->pending) {
		arena = sl_arena_new();
		for (const struct sl_ref *r = out->pending; r; r = r->next) {
			*tail = sl_ref_copy(arena, r);
			tail = &(*tail)->next;
		}
	}
	sl_arena_free(&task->pending_arena);
	task->pending_arena = arena;
	task->pending = task->row.pending = first;
}

static void
log_page(struct sl_task *task, const struct sl_step *step)
{
	const struct sl_outcome *out = &step->out;
	struct sl_log *log = task->run->engine->config.log;

	if (step->page.warning)
		sl_log(log, SL_LOG_WARN, "page-odd",
		       (struct sl_field[]){
			       SL_F_TEXT("stream", task->row.id),
			       SL_F_TEXT("warning", step->page.warning),
			       SL_F_END });
	sl_log(log, SL_LOG_DEBUG, "page-committed",
	       (struct sl_field[]){
		       SL_F_TEXT("stream", task->row.id),
		       SL_F_NUM("items", step->page.items),
		       SL_F_NUM("created", out->counts.created),
		       SL_F_NUM("updated", out->counts.updated),
		       SL_F_NUM("unchanged", out->counts.unchanged),
		       SL_F_NUM("deleted", out->counts.deleted), SL_F_END });
}

static void
count_page(struct sl_task *task, const struct sl_step *step)
{
	struct sl_run *run = task->run;
	const struct sl_outcome *out = &step->out;
	const struct sl_tally *c = &out->counts;

	pthread_mutex_lock(&run->engine->mutex);
	sl_tally_add(&run->tally, c);
	if (!out->logged) {
		sl_tally_add(&run->unwritten, &step->add);
		sl_tally_add(&run->unwritten, c);
	}
	run->changed = run->changed || c->created || c->updated || c->deleted ||
		       c->filtered || c->quarantined || c->contacts_created;
	run->full = run->full || step->walking;
	if (out->opened || step->page.streams.count > 0) {
		run->reload = true;
		sl_job_wake_locked(run->engine, &run->job);
	}
	pthread_mutex_unlock(&run->engine->mutex);
}

/* Take what is to be written into the log row; all of it comes back when the
 * page is not stored. */
static void
begin_storing(struct sl_worker *worker, struct sl_task *task, bool let_go)
{
	struct sl_run *run = task->run;
	struct sl_step *step = task->read;

	task->read = NULL;
	task->stored = step;
	pthread_mutex_lock(&run->engine->mutex);
	step->add = run->unwritten;
	run->unwritten = (struct sl_tally){ 0 };
	task->storing = true;
	if (let_go)
		sl_job_let_go_locked(worker);
	pthread_mutex_unlock(&run->engine->mutex);
}

bool
sl_task_store(struct sl_worker *worker, struct sl_task *task)
{
	struct sl_engine *e = task->run->engine;
	struct sl_step *step = task->read;
	bool lets_go;
	struct sl_commit c;

	sl_flight_leave_troubles(step->flight);
	task->flight = prefetch(task, step);
	lets_go = task->flight != NULL;
	sl_task_fill_commit(task, step, &c);
	begin_storing(worker, task, lets_go);
	step->status = commit_with_patience(worker, task->run, &c, step);
	pthread_mutex_lock(&e->mutex);
	task->storing = false;
	if (lets_go)
		sl_job_wake_locked(e, &task->job);
	pthread_mutex_unlock(&e->mutex);
	return !lets_go;
}

bool
sl_task_is_storing(struct sl_task *task)
{
	struct sl_engine *e = task->run->engine;
	bool storing;

	pthread_mutex_lock(&e->mutex);
	storing = task->storing;
	pthread_mutex_unlock(&e->mutex);
	return storing;
}

/* The cursor has moved. */
static void
adopt(struct sl_task *task, const struct sl_step *step)
{
	json_incref(step->cursor);
	json_decref(task->cursor);
	task->cursor = step->cursor;
	if (step->listing && !task->begins)
		task->refused = 0;
	if (step->listing)
		task->passed = false;
	else
		task->passes = 0;
	task->starts_walk = task->begins = task->resynced = false;
	sl_quiet_drop(&task->quiet);
	count_page(task, step);
	adopt_outcome(task, &step->out);
	log_page(task, step);
	task->fell_short = step->flight->failed;
	if (step->flight->failed)
		task->failure = step->flight->error;
	step->flight->holds_page = false;
}

static bool
goes_on(const struct sl_task *task, const struct sl_page *page)
{
	return task->flight || task->read || task->misread || page->more ||
	       task->pending;
}

enum sl_page_verdict
sl_task_settle(struct sl_task *task, struct sl_error *err)
{
	struct sl_step *step = task->stored;
	struct sl_run *run = task->run;
	enum sl_page_verdict verdict = SL_PAGE_UNSTORED;

	task->stored = NULL;
	if (step->status == SL_OK) {
		adopt(task, step);
		verdict = goes_on(task, &step->page) ? SL_PAGE_GO_ON
						     : SL_PAGE_RESTS;
	} else {
		*err = step->error;
		pthread_mutex_lock(&run->engine->mutex);
		sl_tally_add(&run->unwritten, &step->add);
		pthread_mutex_unlock(&run->engine->mutex);
	}
	sl_run_progress(run, task, 0);
	sl_step_free(&step);
	return verdict;
}
