/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A page that was looked at, applied to memory: counted as a commit counts,
 * told of item by item, and the stream moved on.
 */
#include <string.h>

#include "state/look_private.h"

/* Count `n` of an item that is told for the first time, else unchanged. */
static void
tell(struct sl_look_page *p, struct sl_look_item *item, int64_t *counter)
{
	if (sl_look_announce(p->look, p->run, p->stream, item))
		(*counter)++;
	else
		p->out->counts.unchanged++;
}

static void
apply_artifact(struct sl_look_page *p, const struct sl_compared *c)
{
	struct sl_tally *counts = &p->out->counts;
	struct sl_look_item item = {
		.id = c->artifact->source_id,
		.title = c->artifact->title,
		.occurred_us = c->artifact->occurred_us,
	};

	if (c->refused != NULL) {
		item.verb = SL_LOOK_QUARANTINE;
		item.reason = c->refused;
		tell(p, &item, &counts->quarantined);
	} else if (!c->written) {
		counts->unchanged++;
	} else if (c->artifact->deleted && !c->was_deleted) {
		item.verb = SL_LOOK_DELETE;
		item.reason = c->artifact->deleted_reason;
		tell(p, &item, &counts->deleted);
	} else if (c->id == NULL) {
		item.verb = SL_LOOK_CREATE;
		tell(p, &item, &counts->created);
	} else {
		item.verb = SL_LOOK_UPDATE;
		item.changed = c->changed;
		tell(p, &item, &counts->updated);
	}
}

static const struct sl_tombstone *
nth_tombstone(const struct sl_page *page, int64_t n)
{
	const struct sl_tombstone *t = page->tombstones.first;

	while (--n > 0)
		t = t->next;
	return t;
}

static const struct sl_patch *
nth_patch(const struct sl_page *page, int64_t n)
{
	const struct sl_patch *x = page->patches.first;

	while (--n > 0)
		x = x->next;
	return x;
}

/* Title and time as stored: the provider tells only the id. */
static struct sl_look_item
stored_item(const struct sl_rows *rows, size_t i, enum sl_look_verb verb)
{
	return (struct sl_look_item){
		.verb = verb,
		.title = sl_row_text(rows, i, "title"),
		.occurred_us = sl_row_time(rows, i, "occurred_at"),
	};
}

static void
apply_tombstones(struct sl_look_page *p)
{
	struct sl_tally *counts = &p->out->counts;
	size_t hits = p->tombstones == NULL ? 0 : sl_rows_count(p->tombstones);

	counts->unchanged += (int64_t)(p->work.page->tombstones.count - hits);
	for (size_t i = 0; i < hits; i++) {
		struct sl_look_item item =
			stored_item(p->tombstones, i, SL_LOOK_DELETE);
		const struct sl_tombstone *t = nth_tombstone(
			p->work.page, sl_row_i64(p->tombstones, i, "ord", 1));

		item.id = t->source_id;
		item.reason = t->reason;
		tell(p, &item, &counts->deleted);
	}
}

static void
apply_orphans(struct sl_look_page *p)
{
	struct sl_tally *counts = &p->out->counts;
	size_t n = p->orphans == NULL ? 0 : sl_rows_count(p->orphans);

	for (size_t i = 0; i < n; i++) {
		bool gone = sl_row_bool(p->orphans, i, "gone");
		struct sl_look_item item = stored_item(
			p->orphans, i, gone ? SL_LOOK_DELETE : SL_LOOK_UPDATE);

		item.id = sl_row_text(p->orphans, i, "source_id");
		if (gone)
			item.reason = "series-gone";
		else
			item.changed = "deleted_at";
		if (sl_look_announce(p->look, p->run, p->stream, &item))
			*(gone ? &counts->deleted : &counts->updated) += 1;
	}
}

static void
apply_patches(struct sl_look_page *p)
{
	struct sl_tally *counts = &p->out->counts;
	size_t hits = p->patches == NULL ? 0 : sl_rows_count(p->patches);

	counts->unchanged += (int64_t)(p->work.page->patches.count - hits);
	for (size_t i = 0; i < hits; i++) {
		struct sl_look_item item =
			stored_item(p->patches, i, SL_LOOK_UPDATE);

		item.id = nth_patch(p->work.page,
				    sl_row_i64(p->patches, i, "ord", 1))
				  ->source_id;
		item.changed = sl_row_text(p->patches, i, "changed");
		tell(p, &item, &counts->updated);
	}
}

static void
apply_left_out(struct sl_look_page *p)
{
	struct sl_tally *counts = &p->out->counts;

	for (const struct sl_filtered *f = p->work.page->filtered.first;
	     f != NULL; f = f->next) {
		struct sl_look_item item = { .verb = SL_LOOK_FILTER,
					     .id = f->source_id,
					     .reason = f->reason,
					     .occurred_us = SL_NO_TIME };

		tell(p, &item, &counts->filtered);
	}
	for (const struct sl_rejected *r = p->work.page->rejected.first;
	     r != NULL; r = r->next) {
		struct sl_look_item item = { .verb = SL_LOOK_QUARANTINE,
					     .id = r->source_id,
					     .reason = r->reason,
					     .occurred_us = SL_NO_TIME };

		tell(p, &item, &counts->quarantined);
	}
}

/* What the stream wants now; known refs are counted. */
static void
apply_refs(struct sl_look_page *p)
{
	struct sl_arena *arena = p->work.arena;
	bool *here = SL_NEW_ARRAY(arena, p->work.page->refs.count, bool);
	size_t at = 0;

	for (const struct sl_ref *r = p->work.page->refs.first; r != NULL;
	     r = r->next, at++) {
		const struct sl_known_ref *known = &p->refs[at];
		bool lives_again = known->known && known->was_deleted;
		struct sl_look_item item = { .verb = SL_LOOK_UPDATE,
					     .id = r->source_id,
					     .title = known->title,
					     .occurred_us = known->occurred_us,
					     .changed = "deleted_at" };

		here[at] = known->known;
		if (lives_again)
			tell(p, &item, &p->out->counts.updated);
		else if (known->known)
			p->out->counts.unchanged++;
	}
	p->out->pending = sl_refs_next(&p->work, here, NULL);
}

/* As sl_page_book_seen: all that exists, filtered items not. */
static void
book_seen(const struct sl_page *page, struct sl_idset *seen)
{
	for (const struct sl_artifact *a = page->artifacts.first; a != NULL;
	     a = a->next)
		(void)sl_idset_add(seen, a->source_id);
	for (const struct sl_rejected *r = page->rejected.first; r != NULL;
	     r = r->next)
		if (r->source_id != NULL)
			(void)sl_idset_add(seen, r->source_id);
	for (const struct sl_patch *x = page->patches.first; x != NULL;
	     x = x->next)
		(void)sl_idset_add(seen, x->source_id);
	for (const struct sl_ref *r = page->refs.first; r != NULL; r = r->next)
		(void)sl_idset_add(seen, r->source_id);
}

/* For this stream's sweep, and those of others that hold the same items. */
static void
apply_seen(struct sl_look_page *p)
{
	const struct sl_commit *c = p->work.commit;

	pthread_mutex_lock(&p->look->mutex);
	if (c->starts_walk)
		sl_idset_release(&p->stream->seen);
	if (p->work.walking || c->stream->sweep != SL_SWEEP_NONE)
		book_seen(p->work.page, &p->stream->seen);
	for (struct sl_look_stream *s = p->run->streams;
	     c->shares_key && s != NULL; s = s->next)
		if (s != p->stream && strcmp(s->row.key, c->stream->key) == 0 &&
		    (s->row.state == SL_STREAM_WALKING ||
		     s->row.sweep != SL_SWEEP_NONE))
			book_seen(p->work.page, &s->seen);
	pthread_mutex_unlock(&p->look->mutex);
}

static void
move_stream(struct sl_look_page *p)
{
	const struct sl_commit *c = p->work.commit;
	struct sl_look_stream *s = p->stream;
	struct sl_stream_row *row = &s->row;

	if (c->starts_walk) {
		row->generation++;
		row->state = SL_STREAM_WALKING;
		row->walk_started_us = c->walk_started_us;
		row->walk_resync_no = INT64_MAX; /* this look began with it */
		row->scope_from_us = c->page->scope_from_us;
		row->resyncs += c->resynced;
		s->fresh_walk = true;
	} else if (c->begins) {
		row->state = SL_STREAM_LIVE;
		row->walk_started_us = c->walk_started_us;
		row->resyncs += c->resynced;
	} else if (!p->work.walking) {
		row->resyncs = 0;
	}
	s->had_rows = p->had_rows;
	s->people_us = c->now_us;
	s->asked = true;
	if (c->walk_done) {
		row->state = SL_STREAM_LIVE;
		row->sweep = p->had_rows ? SL_SWEEP_DUE : SL_SWEEP_NONE;
	} else if (c->starts_walk) {
		row->sweep = SL_SWEEP_NONE;
	}
	row->failures = 0;
	row->not_before_us = SL_NO_TIME;
	p->out->stream = *row;
	p->out->stream.pending = p->out->pending;
}

void
sl_look_apply(struct sl_look_page *p)
{
	*p->out = (struct sl_outcome){
		.counts = { .pages = 1,
			    .fetched = (int64_t)p->work.page->items },
		.logged = true, /* there is no log row to carry it to */
	};
	for (size_t i = 0; i < p->work.page->artifacts.count; i++)
		apply_artifact(p, &p->artifacts[i]);
	apply_tombstones(p);
	apply_orphans(p);
	apply_patches(p);
	apply_left_out(p);
	apply_refs(p);
	apply_seen(p);
	sl_look_apply_streams(p);
	sl_look_apply_people(p);
	move_stream(p);
}
