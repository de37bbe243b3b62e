/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What changed settings would erase: counted, and told once an account.
 */
#include <inttypes.h>

#include "sql.h"
#include "state/look_private.h"

struct look_erase {
	const struct sl_erase_request *request;
	struct sl_arena *arena;
	struct sl_erase_outcome out;
};

static sl_status
count_chunk(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct look_erase *w = ctx;
	const struct sl_erasure *e = w->request->erasure;
	const char *key, *id;
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	sl_erase_after(w->arena, w->request->after, &key, &id);
	sl_params_lease(&p, w->arena, w->request->lease);
	sl_params_text(&p, key);
	sl_params_text(&p, id);
	sl_params_i64(&p, SL_ERASE_CHUNK);
	sl_params_bool(&p, e->title);
	sl_params_bool(&p, e->content);
	sl_params_text(&p, sl_erase_texts(w->arena, e->metadata));
	status = sl_pg_query(s->pg, sl_sql_look_erase, &p, &rows, err);
	if (status != SL_OK)
		return status;
	w->out = (struct sl_erase_outcome){
		.after = sl_erase_place(w->arena,
					sl_row_text(rows, 0, "stream_key"),
					sl_row_text(rows, 0, "source_id")),
		.more = sl_row_i64(rows, 0, "looked", 0) == SL_ERASE_CHUNK,
		.erased = sl_row_i64(rows, 0, "erased", 0),
	};
	return SL_OK;
}

/* "title, content, html" */
static const char *
what_goes(const struct look_erase *w)
{
	const struct sl_erasure *e = w->request->erasure;
	const char *text =
		sl_arena_printf(w->arena, "%s%s", e->title ? ", title" : "",
				e->content ? ", content" : "");

	for (const char *const *k = e->metadata; k != NULL && *k != NULL; k++)
		text = sl_arena_printf(w->arena, "%s, %s", text, *k);
	return *text == '\0' ? NULL : text + 2;
}

static void
tell(struct sl_look *look, struct sl_look_run *run, const struct look_erase *w)
{
	struct sl_look_item item = {
		.verb = SL_LOOK_ERASE,
		.target = &run->target,
		.stream_kind = "",
		.stream_key = "",
		.stream_title = run->target.account,
		.title = sl_arena_printf(w->arena, "%" PRId64 " items",
					 run->erasable),
		.occurred_us = SL_NO_TIME,
		.changed = what_goes(w),
	};

	if (look->item != NULL)
		look->item(look->ctx, &item);
}

sl_status
sl_look_erase(struct sl_store *store, const struct sl_erase_request *request,
	      struct sl_arena *arena, struct sl_erase_outcome *out,
	      struct sl_error *err)
{
	struct sl_look_store *s = sl_look_store_of(store);
	struct sl_look_run *run = sl_look_run_find(s->look, request->lease);
	struct look_erase w = { .request = request, .arena = arena };
	sl_status status =
		sl_look_txn(s, request->lease->user_id, count_chunk, &w, err);

	if (status != SL_OK)
		return status;
	pthread_mutex_lock(&s->look->mutex);
	run->erasure = request->erasure;
	run->erasable += w.out.erased;
	if (!w.out.more && run->erasable > 0)
		tell(s->look, run, &w);
	pthread_mutex_unlock(&s->look->mutex);
	*out = w.out;
	return SL_OK;
}
