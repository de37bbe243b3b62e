/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page: read the answers, prepare the records, let the next request leave,
 * commit. The cursor moves only with the rows that it covers.
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"
#include "core/sync/engine_private.h"

#define COMMIT_ATTEMPTS 8
#define COMMIT_PAUSE_US (SL_US_PER_S / 4)
#define CURSOR_TEXT_MAX 65536

/* What a page moves besides its records. */
struct step {
	struct sl_page page;
	const char *cursor_text; /* NULL = keep */
	json_t *cursor;          /* where the next ask goes on; borrowed */
	const char *const *answered;
	bool walking; /* this page belongs to a walk */
	bool listing; /* it came from a listing, not from wanted items */
};

/*
 * Wanted items whose answers are none, and were none before: one of them may be
 * the reason. Fewer are asked for, until it is alone and the connector can tell
 * what is wrong with it. Where no fewer can be, the provider has trouble.
 */
static bool
may_be_one_item(const struct sl_task *task, const struct sl_error *err)
{
	return task->flight->turn.wanted && err->status == SL_RETRY &&
	       err->scope == SL_STREAM &&
	       (task->attempts > 0 || task->shrink > 0) &&
	       task->shrink < SL_SHRINK_MAX;
}

static sl_status
read_answers(struct sl_task *task, struct sl_page *page, struct sl_error *err)
{
	struct sl_flight *f = task->flight;
	struct sl_flight_answers answers;
	sl_status s;

	sl_flight_answers_init(&answers, f);
	s = task->run->connector->read(&f->turn, &answers.base, page, err);
	sl_flight_answers_release(&answers);
	if (answers.broken) {
		*err = answers.error;
		s = err->status;
	}
	if (s != SL_OK && may_be_one_item(task, err))
		s = err->status = SL_SMALLER;
	return s;
}

static sl_status
read_page(struct sl_task *task, struct step *step, struct sl_error *err)
{
	struct sl_flight *f = task->flight;
	char *text = NULL;
	sl_status s;

	sl_page_init(&step->page, f->arena);
	s = read_answers(task, &step->page, err);
	if (s != SL_OK)
		return s;
	if (step->page.cursor)
		text = sl_json_canonical(f->arena, step->page.cursor);
	if (text && strlen(text) > CURSOR_TEXT_MAX)
		return sl_fail(err, SL_RETRY, SL_STREAM,
			       "the provider's cursor is too long");
	step->cursor_text = text;
	step->cursor = step->page.cursor ? step->page.cursor : task->cursor;
	step->answered = sl_flight_answered(f);
	step->walking = f->stream.walking;
	step->listing = !f->turn.wanted;
	/* what names items is gone on from, too, when they have been read */
	if (!step->listing || (!step->page.more && step->page.refs.count == 0))
		return SL_OK;
	return sl_trail_add(&task->trail, &step->page, text, err);
}

/* What comes after this page is known before it is committed: the rest of what
 * is wanted, or the next page of a listing that wants nothing. */
static bool
knows_next(const struct sl_task *task, const struct step *step)
{
	if (task->flight->failed)
		return false;
	return !step->listing ||
	       (step->page.more && step->page.refs.count == 0);
}

/* The next requests leave while this page is committed. */
static struct sl_flight *
prefetch(struct sl_task *task, const struct step *step)
{
	struct sl_aim aim = {
		.cursor = step->cursor,
		.wanted = step->listing ? NULL : task->pending,
		.except = step->answered,
		.walking = step->walking && !step->page.walk_done,
	};
	struct sl_flight *next;
	struct sl_error err;

	if (!knows_next(task, step) || sl_task_must_rewalk(task) ||
	    sl_run_stopped(task->run) || !sl_run_take_page(task->run))
		return NULL;
	next = sl_flight_new(task, &aim);
	if (next && sl_flight_advance(next, false, &err) != SL_FLIGHT_WAITS)
		sl_flight_free(&next); /* it is asked again, and fails there */
	return next;
}

static void
fill_commit(struct sl_task *task, const struct step *step,
	    const struct sl_tally *add, struct sl_commit *c)
{
	struct sl_run *run = task->run;

	*c = (struct sl_commit){
		.lease = &run->account.lease,
		.stream = &task->row,
		.page = &step->page,
		.cursor = step->cursor_text,
		.shown = step->page.shown ? sl_json_canonical(step->page.arena,
							      step->page.shown)
					  : NULL,
		.fingerprint = run->fingerprint,
		.starts_walk = task->starts_walk,
		.resynced = task->resynced,
		.follows = task->kind->follows,
		.begins = task->begins,
		.walk_started_us = task->walk_started_us,
		.walk_done = step->page.walk_done && !task->kind->follows,
		.rests = !step->page.more && step->page.refs.count == 0,
		.answered = step->answered,
		.map_version = task->kind->map_version,
		.etag_counts = task->kind->etag_counts,
		.lists_instances = task->kind->lists_instances,
		.shares_key =
			sl_kind_shares_key(run->connector->kinds, task->kind),
		.now_us = sl_run_now_us(run),
		.people = run->people,
		.trigger = run->work->trigger,
		.mode = step->walking ? "full" : "incremental",
		.add = add,
	};
}

/* The page is in memory: ride out a database that is away for a moment. */
static sl_status
commit_with_patience(struct sl_worker *worker, struct sl_task *task,
		     const struct sl_commit *c, struct sl_outcome *out,
		     struct sl_error *err)
{
	struct sl_engine *e = task->run->engine;
	struct sl_store *store = worker->store;
	sl_status s = SL_OK;

	for (int i = 0; i < COMMIT_ATTEMPTS; i++) {
		if (i > 0)
			sl_engine_pause(e, COMMIT_PAUSE_US << (i - 1));
		s = store->commit(store, c, c->page->arena, out, err);
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
log_page(struct sl_task *task, const struct step *step,
	 const struct sl_outcome *out)
{
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
count_page(struct sl_task *task, const struct step *step,
	   const struct sl_tally *add, const struct sl_outcome *out)
{
	struct sl_run *run = task->run;
	const struct sl_tally *c = &out->counts;

	pthread_mutex_lock(&run->engine->mutex);
	sl_tally_add(&run->tally, c);
	if (!out->logged) {
		sl_tally_add(&run->unwritten, add);
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

static sl_status
commit_page(struct sl_worker *worker, struct sl_task *task, struct step *step,
	    struct sl_error *err)
{
	struct sl_run *run = task->run;
	struct sl_outcome out = { 0 };
	struct sl_tally add;
	struct sl_commit c;
	sl_status s;

	pthread_mutex_lock(&run->engine->mutex);
	add = run->unwritten;
	run->unwritten = (struct sl_tally){ 0 };
	pthread_mutex_unlock(&run->engine->mutex);
	fill_commit(task, step, &add, &c);
	s = commit_with_patience(worker, task, &c, &out, err);
	if (s != SL_OK) {
		pthread_mutex_lock(&run->engine->mutex);
		sl_tally_add(&run->unwritten, &add);
		pthread_mutex_unlock(&run->engine->mutex);
		return s;
	}
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
	count_page(task, step, &add, &out);
	adopt_outcome(task, &out);
	log_page(task, step, &out);
	return SL_OK;
}

static bool
goes_on(const struct sl_task *task, const struct sl_page *page)
{
	return task->flight || page->more || task->pending;
}

enum sl_page_verdict
sl_task_page(struct sl_worker *worker, struct sl_task *task,
	     struct sl_error *err)
{
	struct sl_flight *current = task->flight;
	struct step step = { 0 };
	enum sl_page_verdict verdict = SL_PAGE_FAILED;

	if (read_page(task, &step, err) == SL_OK) {
		/* who keeps page sizes asks for twice of what went well */
		task->shrink = task->slow > 0;
		task->attempts = 0;
		task->not_before_us = 0;
		sl_page_prepare(&step.page);
		task->fell_short = current->failed;
		if (current->failed)
			task->failure = current->error;
		sl_flight_leave_troubles(current);
		task->flight = prefetch(task, &step);
		if (commit_page(worker, task, &step, err) != SL_OK) {
			verdict = SL_PAGE_UNSTORED;
		} else {
			current->holds_page = false;
			verdict = goes_on(task, &step.page) ? SL_PAGE_GO_ON
							    : SL_PAGE_RESTS;
		}
		sl_run_progress(task->run, task, 0);
	} else {
		task->flight = NULL;
	}
	sl_page_release(&step.page);
	sl_flight_free(&current);
	return verdict;
}
