/* SPDX-License-Identifier: Apache-2.0 */
#include "core/sync/trail.h"

#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/sync/engine.h"

#define FIRST_ROOM 64

/* Was it there before? It is, from now on. */
static bool
been_there(struct sl_hashes *set, uint64_t hash)
{
	for (size_t i = 0; i < set->count; i++)
		if (set->all[i] == hash)
			return true;
	if (set->count == set->room) {
		set->room = set->room ? set->room * 2 : FIRST_ROOM;
		set->all = sl_realloc(set->all, set->room, sizeof(uint64_t));
	}
	set->all[set->count++] = hash;
	return false;
}

static void
mix(uint64_t *hash, const char *text, int64_t number)
{
	const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);

	*hash = (*hash ^ sl_text_hash(text ? text : "")) * odd;
	*hash = (*hash ^ (uint64_t)number) * odd;
}

/* What the page holds: ids and versions, in their order. */
static uint64_t
hash_page(const struct sl_page *page)
{
	uint64_t hash = page->items;

	for (const struct sl_artifact *a = page->artifacts.first; a;
	     a = a->next)
		mix(&hash, a->source_id, a->source_version);
	for (const struct sl_tombstone *t = page->tombstones.first; t;
	     t = t->next)
		mix(&hash, t->source_id, t->source_version);
	for (const struct sl_patch *p = page->patches.first; p; p = p->next)
		mix(&hash, p->source_id, p->source_version);
	for (const struct sl_filtered *f = page->filtered.first; f; f = f->next)
		mix(&hash, f->source_id, 0);
	for (const struct sl_rejected *r = page->rejected.first; r; r = r->next)
		mix(&hash, r->source_id ? r->source_id : r->raw,
		    r->source_version);
	for (const struct sl_ref *r = page->refs.first; r; r = r->next)
		mix(&hash, r->source_id, 0);
	for (const struct sl_stream_change *s = page->streams.first; s;
	     s = s->next)
		mix(&hash, s->key, s->close);
	return hash;
}

sl_status
sl_trail_add(struct sl_trail *trail, const struct sl_page *page,
	     const char *cursor_text, struct sl_error *err)
{
	const char *place = page->place ? page->place : cursor_text;

	if (place && been_there(&trail->cursors, sl_text_hash(place)))
		return sl_fail(err, SL_RETRY, SL_STREAM,
			       "page loop: the provider sent a page token "
			       "for the second time");
	if (been_there(&trail->pages, hash_page(page)))
		trail->stale_pages++;
	else
		trail->stale_pages = 0;
	if (trail->stale_pages > SL_STALE_PAGES_MAX)
		return sl_fail(err, SL_RETRY, SL_STREAM,
			       "page loop: %d pages in a row brought nothing "
			       "new",
			       trail->stale_pages);
	return SL_OK;
}

void
sl_trail_clear(struct sl_trail *trail)
{
	trail->cursors.count = trail->pages.count = 0;
	trail->stale_pages = 0;
}

void
sl_trail_release(struct sl_trail *trail)
{
	sl_free(trail->cursors.all);
	sl_free(trail->pages.all);
}
