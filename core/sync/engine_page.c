/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page is read: what the answers of a flight mean, and where the stream goes
 * on. engine_store.c brings it into the database.
 */
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/json/json.h"
#include "core/sync/engine_private.h"

#define CURSOR_TEXT_MAX 65536

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
read_page(struct sl_task *task, struct sl_step *step, struct sl_error *err)
{
	struct sl_flight *f = step->flight;
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
	step->cursor = step->page.cursor ? step->page.cursor : f->cursor;
	step->answered = sl_flight_answered(f);
	step->walking = f->stream.walking;
	step->listing = !f->turn.wanted;
	if (step->listing)
		task->listed_us = f->turn.now_us;
	/* what names items is gone on from, too, when they have been read */
	if (!step->listing || (!step->page.more && step->page.refs.count == 0))
		return SL_OK;
	return sl_trail_add(&task->trail, &step->page, text, err);
}

bool
sl_task_take_room(struct sl_task *task)
{
	struct sl_engine *e = task->run->engine;
	bool room;

	pthread_mutex_lock(&e->mutex);
	room = e->pages_held < e->worker_count;
	e->pages_held += room;
	task->waits_room = !room;
	pthread_mutex_unlock(&e->mutex);
	return room;
}

static void
give_room(struct sl_engine *e)
{
	pthread_mutex_lock(&e->mutex);
	e->pages_held--;
	for (struct sl_run *run = e->runs; run; run = run->next) {
		for (struct sl_task *t = run->tasks; t; t = t->next) {
			if (t->waits_room && !t->ended)
				sl_job_wake_locked(e, &t->job);
			t->waits_room = false;
		}
	}
	pthread_mutex_unlock(&e->mutex);
}

sl_status
sl_task_read(struct sl_task *task, struct sl_error *err)
{
	struct sl_step *step = sl_alloc(sizeof(*step));
	sl_status s;

	step->flight = task->flight;
	s = read_page(task, step, err);
	task->flight = NULL;
	if (s != SL_OK) {
		sl_step_free(&step);
		return s;
	}
	/* who keeps page sizes asks for twice of what went well */
	task->shrink = task->slow > 0;
	task->attempts = 0;
	task->not_before_us = 0;
	sl_page_prepare(&step->page);
	task->read = step;
	return SL_OK;
}

void
sl_step_free(struct sl_step **step)
{
	struct sl_step *s = *step;
	struct sl_engine *e;

	if (!s)
		return;
	e = s->flight->task->run->engine;
	sl_page_release(&s->page);
	sl_flight_free(&s->flight);
	sl_free(s);
	*step = NULL;
	give_room(e);
}
