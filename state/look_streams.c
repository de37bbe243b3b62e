/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streams that a page opens, changes or closes, in memory.
 */
#include <stdio.h>
#include <string.h>

#include "state/look_private.h"

static struct sl_look_stream *
find(struct sl_look_run *run, const char *kind, const char *key)
{
	for (struct sl_look_stream *s = run->streams; s != NULL; s = s->next)
		if (strcmp(s->row.kind, kind) == 0 &&
		    strcmp(s->row.key, key) == 0)
			return s;
	return NULL;
}

/* What the database says of the nth change; false: it has no such stream. */
static bool
stored(const struct sl_look_page *p, int64_t ord, char id[SL_UUID_TEXT],
       bool *enabled)
{
	for (size_t i = 0; i < sl_rows_count(p->streams); i++) {
		if (sl_row_i64(p->streams, i, "ord", 0) != ord)
			continue;
		sl_row_uuid(id, p->streams, i, "id");
		*enabled = sl_row_bool(p->streams, i, "enabled");
		return true;
	}
	return false;
}

static void
tell(struct sl_look_page *p, enum sl_look_verb verb, const char *key,
     const char *title, const char *reason)
{
	struct sl_look_item item = { .verb = verb,
				     .id = key,
				     .title = title,
				     .reason = reason,
				     .occurred_us = SL_NO_TIME };

	(void)sl_look_announce(p->look, p->run, p->stream, &item);
}

/* A stream that is not in memory: new, or closed until now. */
static void
open_stream(struct sl_look_page *p, const struct sl_stream_change *c,
	    int64_t ord)
{
	struct sl_stream_row row = {
		.kind = c->kind,
		.key = c->key,
		.title = c->title,
		.walk_started_us = SL_NO_TIME,
		.scope_from_us = SL_NO_TIME,
		.not_before_us = SL_NO_TIME,
		.rewalk_us = SL_NO_TIME,
		.enabled = c->enabled,
	};
	struct sl_look_stream *s;

	(void)stored(p, ord, row.id, &row.enabled);
	pthread_mutex_lock(&p->look->mutex);
	s = sl_look_stream_add(p->run, &row);
	s->listed = true;
	pthread_mutex_unlock(&p->look->mutex);
	p->out->opened += row.enabled;
	tell(p, SL_LOOK_OPEN, c->key, c->title, row.enabled ? NULL : c->reason);
}

static void
change_stream(struct sl_look_page *p, struct sl_look_stream *s,
	      const struct sl_stream_change *c, int64_t ord)
{
	char id[SL_UUID_TEXT];
	bool was = s->row.enabled, enabled = c->enabled;

	(void)stored(p, ord, id, &enabled);
	pthread_mutex_lock(&p->look->mutex);
	s->listed = true;
	s->row.enabled = enabled;
	if (c->rewalk)
		s->row.rewalk_us = p->work.commit->now_us;
	if (c->title != NULL)
		s->row.title = sl_arena_strdup(p->run->arena, c->title);
	pthread_mutex_unlock(&p->look->mutex);
	p->out->opened += enabled && !was;
}

static void
close_stream(struct sl_look_page *p, struct sl_look_stream *s,
	     const char *reason)
{
	if (s->closed)
		return;
	pthread_mutex_lock(&p->look->mutex);
	s->closed = true;
	pthread_mutex_unlock(&p->look->mutex);
	tell(p, SL_LOOK_CLOSE, s->row.key, s->row.title, reason);
}

static void
apply_unlisted(struct sl_look_page *p)
{
	size_t n = p->unlisted == NULL ? 0 : sl_rows_count(p->unlisted);

	for (size_t i = 0; i < n; i++) {
		struct sl_look_stream *s = sl_look_stream_find(
			p->look, p->run, sl_row_text(p->unlisted, i, "id"));

		if (!s->listed)
			close_stream(p, s, "not-listed");
	}
}

void
sl_look_apply_streams(struct sl_look_page *p)
{
	const struct sl_page *page = p->work.page;
	int64_t ord = 0;

	if (!p->work.commit->follows)
		p->out->counts.unchanged += (int64_t)page->streams.count;
	for (const struct sl_stream_change *c = page->streams.first; c != NULL;
	     c = c->next) {
		struct sl_look_stream *s = find(p->run, c->kind, c->key);

		ord++;
		if (c->close && s != NULL)
			close_stream(p, s, c->reason);
		else if (!c->close && (s == NULL || s->closed))
			open_stream(p, c, ord);
		else if (!c->close)
			change_stream(p, s, c, ord);
	}
	apply_unlisted(p);
}
