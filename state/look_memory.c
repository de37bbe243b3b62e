/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a dry run remembers: accounts, streams, ids.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/mem.h"

#include "state/look_private.h"

#define SLOTS_MIN 64

static bool
insert(struct sl_idset *set, uint64_t hash)
{
	size_t at = (size_t)hash & (set->cap - 1);

	while (set->slots[at] != 0) {
		if (set->slots[at] == hash)
			return false;
		at = (at + 1) & (set->cap - 1);
	}
	set->slots[at] = hash;
	return true;
}

static void
grow(struct sl_idset *set)
{
	struct sl_idset bigger = { .cap = set->cap == 0 ? SLOTS_MIN
							: set->cap * 2 };

	bigger.slots = sl_alloc_array(bigger.cap, sizeof(*bigger.slots));
	for (size_t i = 0; i < set->cap; i++)
		if (set->slots[i] != 0)
			(void)insert(&bigger, set->slots[i]);
	sl_free(set->slots);
	set->slots = bigger.slots;
	set->cap = bigger.cap;
}

static uint64_t
hash_of(const char *id)
{
	uint64_t hash = sl_text_hash(id);

	return hash == 0 ? 1 : hash;
}

bool
sl_idset_add(struct sl_idset *set, const char *id)
{
	bool added;

	if ((set->count + 1) * 2 > set->cap)
		grow(set);
	added = insert(set, hash_of(id));
	set->count += added;
	return added;
}

bool
sl_idset_has(const struct sl_idset *set, const char *id)
{
	uint64_t hash = hash_of(id);
	size_t at;

	if (set->cap == 0)
		return false;
	for (at = (size_t)hash & (set->cap - 1); set->slots[at] != 0;
	     at = (at + 1) & (set->cap - 1))
		if (set->slots[at] == hash)
			return true;
	return false;
}

void
sl_idset_release(struct sl_idset *set)
{
	sl_free(set->slots);
	*set = (struct sl_idset){ .cap = 0 };
}

struct sl_look *
sl_look_new(const char *url,
	    void (*item)(void *ctx, const struct sl_look_item *item), void *ctx)
{
	struct sl_look *look = sl_alloc(sizeof(*look));

	look->url = url;
	look->item = item;
	look->ctx = ctx;
	pthread_mutex_init(&look->mutex, NULL);
	return look;
}

static void
run_free(struct sl_look_run *run)
{
	for (struct sl_look_stream *s = run->streams; s != NULL; s = s->next) {
		sl_idset_release(&s->seen);
		sl_idset_release(&s->own_announced);
	}
	sl_idset_release(&run->contacts);
	sl_idset_release(&run->written_to);
	sl_idset_release(&run->heard_from);
	sl_arena_free(&run->arena);
	sl_free(run);
}

void
sl_look_free(struct sl_look **look)
{
	struct sl_look *l = *look;

	if (l == NULL)
		return;
	while (l->runs != NULL) {
		struct sl_look_run *run = l->runs;

		l->runs = run->next;
		run_free(run);
	}
	pthread_mutex_destroy(&l->mutex);
	sl_free(l);
	*look = NULL;
}

struct sl_look_run *
sl_look_run_new(struct sl_look *look, const struct sl_target *target)
{
	struct sl_look_run *run = sl_alloc(sizeof(*run));

	run->arena = sl_arena_new();
	run->tail = &run->streams;
	run->target = *target;
	run->target.provider = sl_arena_strdup(run->arena, target->provider);
	run->target.account = sl_arena_strdup(run->arena, target->account);
	run->target.status = sl_arena_strdup(run->arena, target->status);
	pthread_mutex_lock(&look->mutex);
	run->next = look->runs;
	look->runs = run;
	pthread_mutex_unlock(&look->mutex);
	return run;
}

struct sl_look_run *
sl_look_run_find(struct sl_look *look, const struct sl_lease *lease)
{
	struct sl_look_run *run;

	pthread_mutex_lock(&look->mutex);
	for (run = look->runs; run != NULL; run = run->next)
		if (strcmp(run->target.integration_id, lease->integration_id) ==
		    0)
			break;
	pthread_mutex_unlock(&look->mutex);
	SL_ASSERT(run != NULL);
	return run;
}

void
sl_look_run_end(struct sl_look *look, const struct sl_lease *lease)
{
	struct sl_look_run *run = sl_look_run_find(look, lease);
	struct sl_look_run **at = &look->runs;

	pthread_mutex_lock(&look->mutex);
	while (*at != run)
		at = &(*at)->next;
	*at = run->next;
	pthread_mutex_unlock(&look->mutex);
	run_free(run);
}

struct sl_look_stream *
sl_look_stream_add(struct sl_look_run *run, const struct sl_stream_row *row)
{
	struct sl_look_stream *s = SL_NEW(run->arena, struct sl_look_stream);

	s->row = *row;
	s->row.kind = sl_arena_strdup(run->arena, row->kind);
	s->row.key = sl_arena_strdup(run->arena, row->key);
	s->row.title = sl_arena_strdup(run->arena, row->title);
	s->announced = &s->own_announced;
	for (struct sl_look_stream *o = run->streams; o != NULL; o = o->next)
		if (strcmp(o->row.key, s->row.key) == 0)
			s->announced = o->announced;
	/* a uuid that no row has */
	if (s->row.id[0] == '\0')
		(void)snprintf(s->row.id, sizeof(s->row.id),
			       "00000000-0000-0000-0000-%012d", ++run->opened);
	*run->tail = s;
	run->tail = &s->next;
	return s;
}

struct sl_look_stream *
sl_look_stream_find(struct sl_look *look, struct sl_look_run *run,
		    const char *id)
{
	struct sl_look_stream *s;

	pthread_mutex_lock(&look->mutex);
	for (s = run->streams; s != NULL; s = s->next)
		if (strcmp(s->row.id, id) == 0)
			break;
	pthread_mutex_unlock(&look->mutex);
	SL_ASSERT(s != NULL);
	return s;
}

bool
sl_look_announce(struct sl_look *look, struct sl_look_run *run,
		 struct sl_look_stream *stream, struct sl_look_item *item)
{
	bool first;

	item->target = &run->target;
	item->stream_kind = stream->row.kind;
	item->stream_key = stream->row.key;
	item->stream_title = stream->row.title;
	pthread_mutex_lock(&look->mutex);
	first = item->id == NULL || sl_idset_add(stream->announced, item->id);
	if (first && look->item != NULL)
		look->item(look->ctx, item);
	pthread_mutex_unlock(&look->mutex);
	return first;
}
