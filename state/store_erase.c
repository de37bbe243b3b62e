/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an account's settings forbid to keep goes, some rows at a time.
 */
#include <stdlib.h>
#include <string.h>

#include "sql.h"
#include "state/store_private.h"

struct erase_work {
	const struct sl_erase_request *request;
	struct sl_arena *arena;
	const char *after_key, *after_id; /* the chunk before ended there */
	struct sl_erase_outcome out;
};

/* "length of the key:key and id" */
const char *
sl_erase_place(struct sl_arena *arena, const char *key, const char *id)
{
	if (key == NULL)
		return NULL;
	return sl_arena_printf(arena, "%zu:%s%s", strlen(key), key, id);
}

void
sl_erase_after(struct sl_arena *arena, const char *place, const char **key,
	       const char **id)
{
	char *rest;
	size_t length;

	*key = *id = "";
	if (place == NULL)
		return;
	length = strtoul(place, &rest, 10);
	SL_ASSERT(*rest == ':' && length < strlen(rest));
	*key = sl_arena_strndup(arena, rest + 1, length);
	*id = rest + 1 + length;
}

const char *
sl_erase_texts(struct sl_arena *arena, const char *const *texts)
{
	struct sl_pg_array *array = sl_pg_array_new(arena);

	for (; texts != NULL && *texts != NULL; texts++)
		sl_pg_array_text(array, *texts);
	return sl_pg_array_done(array);
}

static void
chunk_params(struct sl_params *p, const struct erase_work *w)
{
	const struct sl_erasure *e = w->request->erasure;

	sl_params_lease(p, w->arena, w->request->lease);
	sl_params_i64(p, w->request->lease->fence);
	sl_params_text(p, w->after_key);
	sl_params_text(p, w->after_id);
	sl_params_i64(p, SL_ERASE_CHUNK);
	sl_params_bool(p, e->title);
	sl_params_bool(p, e->content);
	sl_params_text(p, sl_erase_texts(w->arena, e->metadata));
	sl_params_text(p, e->version);
	sl_params_text(p, sl_erase_texts(w->arena, e->richer));
}

static sl_status
erase_work(struct sl_pg_store *s, void *ctx, struct sl_error *err)
{
	struct erase_work *w = ctx;
	SL_AUTO_ROWS rows = NULL;
	struct sl_params p;
	sl_status status;

	chunk_params(&p, w);
	status = sl_pg_query(s->pg, sl_sql_artifacts_erase, &p, &rows, err);
	if (status != SL_OK)
		return status;
	if (sl_rows_count(rows) == 0)
		return sl_lease_lost(err);
	w->out = (struct sl_erase_outcome){
		.after = sl_erase_place(w->arena,
					sl_row_text(rows, 0, "stream_key"),
					sl_row_text(rows, 0, "source_id")),
		.more = sl_row_i64(rows, 0, "looked", 0) == SL_ERASE_CHUNK,
		.erased = sl_row_i64(rows, 0, "erased", 0),
	};
	if (w->request->after != NULL) /* done with the first chunk */
		return SL_OK;
	sl_params_lease(&p, w->arena, w->request->lease);
	status = sl_pg_query(s->pg, sl_sql_items_erase, &p, NULL, err);
	if (status != SL_OK)
		return status;
	sl_params_lease(&p, w->arena, w->request->lease);
	return sl_pg_query(s->pg, sl_sql_stream_erased, &p, NULL, err);
}

sl_status
sl_store_erase(struct sl_store *store, const struct sl_erase_request *request,
	       struct sl_arena *arena, struct sl_erase_outcome *out,
	       struct sl_error *err)
{
	struct erase_work w = { .request = request, .arena = arena };
	sl_status status;

	sl_erase_after(arena, request->after, &w.after_key, &w.after_id);
	status = sl_txn_run(sl_pg_store_of(store), request->lease->user_id,
			    erase_work, &w, err);
	if (status == SL_OK)
		*out = w.out;
	return status;
}
