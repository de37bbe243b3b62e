/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The pages of an import: some records of one file each, and an empty one that
 * ends the walk.
 */
#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"
#include "core/sync/engine_private.h"
#include "core/sync/import_private.h"

#define HEARTBEAT_US    (SL_LEASE_US / 3)
#define COMMIT_ATTEMPTS 8
#define COMMIT_PAUSE_US (SL_US_PER_S / 4)

/** Records of one chunk, and those of them that a page takes. */
struct chunk {
	struct sl_arena *arena;
	struct sl_import_record *records;
	size_t from, count;
};

sl_status
sl_import_go_on(struct sl_import_work *w, struct sl_error *err)
{
	const struct sl_import *import = w->import;
	int64_t now_us = sl_mono_us(import->clock);

	if (!import->observer.wait(import->observer.ctx, 0))
		return sl_fail(err, SL_CANCELLED, SL_INTEGRATION,
			       "it was stopped");
	if (now_us - w->beat_us < HEARTBEAT_US)
		return SL_OK;
	w->beat_us = now_us;
	return import->store->heartbeat(import->store, &w->account.lease, err);
}

static const struct sl_import_table *
table_of(const struct sl_import_work *w, size_t file)
{
	const struct sl_import *import = w->import;

	return &import->connector->importer->tables[import->files[file].table];
}

static const struct sl_stream_kind *
kind_of(const struct sl_import_work *w)
{
	const struct sl_connector *c = w->import->connector;
	const struct sl_stream_kind *k = c->kinds;

	while (k->name != NULL && strcmp(k->name, c->importer->kind) != 0)
		k++;
	SL_ASSERT(k->name != NULL && "an importer's kind is in the table");
	return k;
}

/* --- a page ----------------------------------------------------------------- */

static const char *
id_of(const struct sl_import_work *w, const struct sl_import_record *record,
      struct sl_arena *arena)
{
	return sl_arena_printf(arena, "%s:%llu",
			       w->import->files[w->place.file].name,
			       (unsigned long long)record->line);
}

static void
reject(struct sl_import_work *w, const struct sl_import_record *record,
       struct sl_page *page)
{
	struct sl_rejected *rejected = sl_page_rejected(page);

	rejected->source_id = id_of(w, record, page->arena);
	rejected->source_version =
		w->import->connector->importer->version(w->import->as_of_us);
	rejected->reason = record->reason;
	rejected->raw = record->raw;
	rejected->raw_len = record->raw_len;
	page->items++;
}

static sl_status
read_records(struct sl_import_work *w, const struct chunk *chunk,
	     struct sl_page *page, struct sl_error *err)
{
	const struct sl_import *import = w->import;
	const struct sl_import_turn turn = {
		.settings = w->settings,
		.table = import->files[w->place.file].table,
		.as_of_us = import->as_of_us,
		.now_us = sl_import_now_us(w),
	};
	struct sl_import_row *rows =
		SL_NEW_ARRAY(page->arena, chunk->count, struct sl_import_row);
	size_t n = 0;

	for (size_t i = 0; i < chunk->count; i++) {
		const struct sl_import_record *r =
			&chunk->records[chunk->from + i];

		if (r->cells == NULL) {
			reject(w, r, page);
			continue;
		}
		rows[n++] = (struct sl_import_row){
			.cells = r->cells,
			.line = r->line,
			.id = id_of(w, r, page->arena),
		};
	}
	return import->connector->importer->read(&turn, rows, n, page, err);
}

static sl_status
commit_with_patience(struct sl_import_work *w, const struct sl_commit *c,
		     struct sl_outcome *out, struct sl_error *err)
{
	struct sl_store *store = w->import->store;
	const struct sl_import_observer *o = &w->import->observer;
	sl_status status = SL_OK;

	for (int i = 0; i < COMMIT_ATTEMPTS; i++) {
		if (i > 0 && !o->wait(o->ctx, COMMIT_PAUSE_US << (i - 1)))
			break;
		status = store->commit(store, c, c->page->arena, out, err);
		if (status != SL_RETRY)
			break;
	}
	return status;
}

/* The place has moved. */
static void
adopt(struct sl_import_work *w, const struct sl_outcome *out,
      const struct sl_tally *add)
{
	struct sl_stream_row row = out->stream;

	memcpy(row.id, w->stream.id, sizeof(row.id));
	row.kind = w->stream.kind;
	row.key = w->stream.key;
	row.title = w->stream.title;
	row.cursor = row.fingerprint = NULL;
	row.pending = NULL;
	row.enabled = w->stream.enabled;
	w->stream = row;
	w->starts_walk = false;
	sl_tally_add(&w->tally, &out->counts);
	if (!out->logged) {
		w->unwritten = *add;
		sl_tally_add(&w->unwritten, &out->counts);
	}
}

/* A file that is not there, is empty, or could not be read as a whole, says of
 * nothing that it is gone. */
static bool
lists_in_full(const struct sl_import_work *w)
{
	bool listed = false;

	for (size_t i = 0; i < w->import->file_count; i++)
		listed = listed || table_of(w, i)->sweeps != NULL;
	return listed && !w->place.gaps;
}

static sl_status
commit(struct sl_import_work *w, struct sl_page *page, struct sl_outcome *out,
       struct sl_error *err)
{
	const struct sl_importer *importer = w->import->connector->importer;
	const struct sl_stream_kind *kind = kind_of(w);
	const struct sl_tally add = w->unwritten;
	const struct sl_commit c = {
		.lease = &w->account.lease,
		.stream = &w->stream,
		.page = page,
		.cursor = sl_json_canonical(page->arena, page->cursor),
		.shown = page->shown
				 ? sl_json_canonical(page->arena, page->shown)
				 : NULL,
		.fingerprint = w->fingerprint,
		.starts_walk = w->starts_walk,
		.walk_started_us = sl_import_now_us(w),
		.walk_done = page->walk_done,
		.rests = page->walk_done,
		.items_key = "",
		.sweeps = page->walk_done && !lists_in_full(w) ? ""
							       : kind->sweeps,
		.listed_version = importer->version(w->import->as_of_us),
		.shares_key = true,
		.map_version = kind->map_version,
		.now_us = sl_import_now_us(w),
		.people = w->people,
		.trigger = SL_IMPORT_TRIGGER,
		.mode = SL_IMPORT_MODE,
		.add = &add,
	};
	sl_status status;

	sl_page_prepare(page);
	w->unwritten = (struct sl_tally){ 0 };
	status = commit_with_patience(w, &c, out, err);
	if (status == SL_OK)
		adopt(w, out, &add);
	else
		w->unwritten = add;
	return status;
}

/* One transaction for some records of the chunk. */
static sl_status
put_records(struct sl_import_work *w, const struct chunk *chunk,
	    struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const struct sl_import_observer *o = &w->import->observer;
	struct sl_import_place place = w->place;
	struct sl_page page;
	struct sl_outcome out;
	sl_status status;

	sl_page_init(&page, arena);
	page.more = true;
	status = read_records(w, chunk, &page, err);
	if (status == SL_OK) {
		place.row += chunk->count;
		place.gaps = place.gaps ||
			     (table_of(w, place.file)->sweeps != NULL &&
			      page.rejected.count > 0);
		page.cursor = sl_import_cursor(&place);
		status = commit(w, &page, &out, err);
	}
	if (status == SL_OK) {
		const struct sl_import_step step = {
			.file = place.file,
			.records = chunk->count,
			.page = &page,
			.counts = &out.counts,
		};

		w->place = place;
		o->step(o->ctx, &step);
	}
	sl_page_release(&page);
	return status;
}

/* Halved, where the database takes too long for it. */
static sl_status
put_chunk(struct sl_import_work *w, struct chunk *chunk, struct sl_error *err)
{
	const size_t total = chunk->count;
	size_t most = total;
	sl_status status = SL_OK;

	while (status == SL_OK && chunk->from < total) {
		chunk->count = total - chunk->from;
		if (chunk->count > most)
			chunk->count = most;
		status = put_records(w, chunk, err);
		if (status == SL_OK)
			chunk->from += chunk->count;
		if (status == SL_SMALLER && chunk->count > 1) {
			most = chunk->count / 2;
			status = SL_OK;
		}
		if (status == SL_OK)
			status = sl_import_go_on(w, err);
	}
	return status;
}

static sl_status
next_chunk(struct sl_import_work *w, struct chunk *chunk, struct sl_error *err)
{
	const struct sl_import_source *source = &w->import->source;

	chunk->from = chunk->count = 0;
	chunk->records = SL_NEW_ARRAY(chunk->arena, SL_IMPORT_ROWS,
				      struct sl_import_record);
	return source->next(source->ctx, SL_IMPORT_ROWS, chunk->arena,
			    chunk->records, &chunk->count, err);
}

static sl_status
read_file(struct sl_import_work *w, struct sl_error *err)
{
	const struct sl_import_source *source = &w->import->source;
	struct chunk chunk = { .arena = sl_arena_new() };
	size_t count = 0;
	sl_status status =
		source->begin(source->ctx, w->place.file, w->place.row, err);

	while (status == SL_OK) {
		sl_arena_reset(chunk.arena);
		status = next_chunk(w, &chunk, err);
		count = chunk.count;
		if (count == 0)
			break;
		if (status == SL_OK)
			status = put_chunk(w, &chunk, err);
		for (size_t i = 0; i < count; i++)
			json_decref(chunk.records[i].cells);
	}
	sl_arena_free(&chunk.arena);
	return status;
}

/* --- the end ---------------------------------------------------------------- */

/* An archive is of a moment: nothing follows it. */
static json_t *
shown(const struct sl_import_work *w)
{
	char as_of[SL_RFC3339_TEXT];

	sl_rfc3339_format(w->import->as_of_us, as_of);
	return json_pack("{s:s, s:s?}", "complete_to", as_of, "incomplete",
			 w->place.gaps ? "some of its rows could not be read"
				       : NULL);
}

static sl_status
end_walk(struct sl_import_work *w, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_page page;
	struct sl_outcome out;
	sl_status status;

	sl_page_init(&page, arena);
	page.walk_done = true;
	page.shown = shown(w);
	page.cursor = sl_import_cursor(&w->place);
	status = commit(w, &page, &out, err);
	sl_page_release(&page);
	return status;
}

sl_status
sl_import_read(struct sl_import_work *w, struct sl_error *err)
{
	sl_status status = SL_OK;

	while (status == SL_OK && w->place.file < w->import->file_count) {
		status = sl_import_go_on(w, err);
		if (status == SL_OK)
			status = read_file(w, err);
		if (status != SL_OK)
			break;
		/* a header alone is no list of nothing */
		w->place.gaps = w->place.gaps ||
				(table_of(w, w->place.file)->sweeps != NULL &&
				 w->place.row == 0);
		w->place.file++;
		w->place.row = 0;
	}
	return status == SL_OK ? end_walk(w, err) : status;
}
