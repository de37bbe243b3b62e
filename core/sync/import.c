/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A run over an archive: claim, read, finish. import_chunk.c commits.
 */
#include "core/sync/import.h"

#include <string.h>

#include "core/base/text.h"

#include "core/json/json.h"
#include "core/sync/engine_private.h"
#include "core/sync/import_private.h"

#define BUSY_WAIT_US    SL_US_PER_S
#define FINISH_ATTEMPTS 3
#define CURSOR_VERSION  1

/* --- where it is ------------------------------------------------------------ */

static sl_status
read_place(struct sl_import_work *w, struct sl_error *err)
{
	json_auto_t *cursor = NULL;
	int64_t file = -1, row = -1;

	w->place = (struct sl_import_place){ .file = 0 };
	if (w->stream.cursor == NULL)
		return SL_OK;
	if (sl_json_parse_own(w->stream.cursor, &cursor, err) != SL_OK ||
	    !sl_json_i64(cursor, "file", &file) ||
	    !sl_json_i64(cursor, "row", &row) || file < 0 || row < 0 ||
	    (size_t)file > w->import->file_count)
		return sl_fail(err, SL_CONFIG, SL_STREAM,
			       "the place in this archive is kept by another "
			       "version of sluice: --full begins it anew");
	w->place.file = (size_t)file;
	w->place.row = (uint64_t)row;
	w->place.gaps = sl_json_bool(cursor, "gaps");
	return SL_OK;
}

json_t *
sl_import_cursor(const struct sl_import_place *place)
{
	json_t *cursor = json_pack("{s:i, s:I, s:I, s:b}", "v", CURSOR_VERSION,
				   "file", (json_int_t)place->file, "row",
				   (json_int_t)place->row, "gaps", place->gaps);

	SL_ASSERT(cursor != NULL);
	return cursor;
}

static bool
is_ours(const struct sl_import *import, const struct sl_stream_row *row)
{
	return strcmp(row->kind, import->connector->importer->kind) == 0 &&
	       strcmp(row->key, import->key) == 0;
}

/* All of it was read, and what follows from that was done. */
static bool
is_done(const struct sl_stream_row *row)
{
	return row->state == SL_STREAM_LIVE && !row->series_due &&
	       (row->sweep == SL_SWEEP_NONE || row->sweep == SL_SWEEP_HELD);
}

/* --- the lease -------------------------------------------------------------- */

/* Was it imported before? Asked without a claim: nothing is written. */
static sl_status
look(struct sl_import_work *w, struct sl_error *err)
{
	const struct sl_import *import = w->import;
	struct sl_stream_row *rows = NULL;
	struct sl_lease lease = { .fence = 0 };
	size_t count = 0;
	sl_status status;

	memcpy(lease.integration_id, import->target->integration_id,
	       sizeof(lease.integration_id));
	memcpy(lease.user_id, import->target->user_id, sizeof(lease.user_id));
	status = import->store->streams(import->store, &lease, w->arena, &rows,
					&count, err);
	for (size_t i = 0; status == SL_OK && i < count; i++)
		w->done = w->done || (is_ours(import, &rows[i]) &&
				      is_done(&rows[i]) && !import->again);
	return status;
}

static sl_status
claim(struct sl_import_work *w, struct sl_error *err)
{
	const struct sl_import *import = w->import;
	const struct sl_import_observer *o = &import->observer;
	const struct sl_claim wish = {
		.target = import->target,
		.connector = import->connector,
		.owner = import->owner,
		.trigger = SL_IMPORT_TRIGGER,
		.run_id = sl_run_id_new(import->rng, w->arena),
		.pushes = true,
	};
	bool told = false, busy = true;
	sl_status status;

	while ((status = import->store->claim(import->store, &wish, w->arena,
					      &w->account, &busy, err)) ==
		       SL_OK &&
	       busy) {
		if (w->done)
			return SL_OK;
		if (!told)
			o->busy(o->ctx);
		told = true;
		if (!o->wait(o->ctx, BUSY_WAIT_US))
			return sl_fail(err, SL_CANCELLED, SL_INTEGRATION,
				       "stopped while another process works "
				       "on this account");
	}
	w->claimed = status == SL_OK;
	w->beat_us = sl_mono_us(import->clock);
	w->epoch_us = sl_now_us(import->clock) - w->beat_us;
	if (w->claimed && w->account.db_now_us != 0)
		w->epoch_us = w->account.db_now_us - w->beat_us;
	w->started_us = sl_import_now_us(w);
	return status;
}

int64_t
sl_import_now_us(const struct sl_import_work *w)
{
	return sl_mono_us(w->import->clock) + w->epoch_us;
}

static sl_status
begin(struct sl_import_work *w, struct sl_error *err)
{
	const struct sl_import *import = w->import;
	const struct sl_option *options = import->connector->options;
	const struct sl_stream_key which = {
		.kind = import->connector->importer->kind,
		.key = import->key,
		.title = import->title,
	};
	sl_status status = sl_settings_resolve(options, w->account.settings,
					       &w->settings, err);

	if (status != SL_OK)
		return status;
	sl_settings_fingerprint(options, w->settings, w->fingerprint);
	sl_settings_people(w->settings, &w->people);
	status = import->store->open_stream(import->store, &w->account.lease,
					    &which, w->arena, &w->stream, err);
	if (status != SL_OK)
		return status;
	w->starts_walk = w->stream.state == SL_STREAM_NEW ||
			 (import->again && w->stream.state == SL_STREAM_LIVE);
	if (w->starts_walk)
		w->stream.cursor = NULL;
	w->resumed = !w->starts_walk;
	return read_place(w, err);
}

/* --- the end ---------------------------------------------------------------- */

static sl_status
sweep(struct sl_import_work *w, struct sl_error *err)
{
	const struct sl_import *import = w->import;
	struct sl_sweep_outcome out = { .answer = SL_SWEEP_MORE };
	const struct sl_sweep_request request = {
		.lease = &w->account.lease,
		.stream = &w->stream,
		.items_key = "",
		.accept = w->account.accept_deletions,
		.now_us = sl_import_now_us(w),
	};
	sl_status status = SL_OK;

	if (w->stream.sweep == SL_SWEEP_NONE)
		return SL_OK;
	while (status == SL_OK && out.answer == SL_SWEEP_MORE) {
		SL_AUTO_ARENA arena = sl_arena_new();

		status = sl_import_go_on(w, err);
		if (status != SL_OK)
			break;
		out = (struct sl_sweep_outcome){ 0 };
		status = import->store->sweep(import->store, &request, arena,
					      &out, err);
		w->tally.deleted += out.deleted;
		w->unwritten.deleted += out.deleted;
		w->held += out.held;
	}
	return status;
}

/* What is stored is judged again, where what the archive says of the owner
 * asks for it. */
static sl_status
expand(struct sl_import_work *w, struct sl_error *err)
{
	const struct sl_import *import = w->import;
	struct sl_expand_outcome out = { .answer = SL_EXPAND_MORE };
	const struct sl_expand_request request = {
		.lease = &w->account.lease,
		.stream = &w->stream,
		.now_us = sl_import_now_us(w),
		.people = w->people,
		.trigger = SL_IMPORT_TRIGGER,
		.mode = SL_IMPORT_MODE,
	};
	sl_status status = SL_OK;

	if (!w->stream.series_due)
		return SL_OK;
	while (status == SL_OK && out.answer == SL_EXPAND_MORE) {
		SL_AUTO_ARENA arena = sl_arena_new();

		status = sl_import_go_on(w, err);
		if (status == SL_OK)
			status = import->store->expand(import->store, &request,
						       arena, &out, err);
		if (status == SL_OK)
			w->tally.contacts_created += out.contacts_created;
	}
	return status;
}

static bool
changed(const struct sl_tally *t)
{
	return t->created > 0 || t->updated > 0 || t->deleted > 0 ||
	       t->filtered > 0 || t->quarantined > 0 || t->contacts_created > 0;
}

/* A run beside the provider's own: its deadline and its verdict stay. */
static void
finish(struct sl_import_work *w, struct sl_import_report *report)
{
	const struct sl_import *import = w->import;
	const struct sl_run_end end = {
		.lease = &w->account.lease,
		.trigger = SL_IMPORT_TRIGGER,
		.mode = SL_IMPORT_MODE,
		.status = report->status,
		.started_us = w->started_us,
		.finished_us = sl_import_now_us(w),
		.add = &w->unwritten,
		.changed = changed(&w->tally),
		.error = report->failed ? &report->error : NULL,
		.not_before_us = w->account.not_before_us,
		.next_run_us = sl_import_now_us(w),
		.bucket_at_us = SL_NO_TIME,
		.aside = true,
	};
	struct sl_error err;
	sl_status status = SL_OK;

	for (int i = 0; i < FINISH_ATTEMPTS; i++) {
		status = import->store->finish(import->store, &end, &err);
		if (status != SL_RETRY)
			break;
	}
	if (status == SL_OK || report->failed)
		return;
	report->failed = true;
	report->status = "failed";
	report->error = err;
}

static sl_status
work(struct sl_import_work *w, struct sl_error *err)
{
	sl_status status = claim(w, err);

	if (status != SL_OK || !w->claimed)
		return status;
	status = begin(w, err);
	if (status == SL_OK && w->stream.state == SL_STREAM_LIVE &&
	    !w->starts_walk)
		w->read = true; /* only what follows is left, if anything */
	if (status == SL_OK && !w->read)
		status = sl_import_read(w, err);
	if (status == SL_OK)
		status = sweep(w, err);
	if (status == SL_OK)
		status = expand(w, err);
	return status;
}

static void
tell(struct sl_import_work *w, sl_status status, const struct sl_error *err,
     struct sl_import_report *report)
{
	report->status = "ok";
	if (status == SL_CANCELLED) {
		report->status = "interrupted";
	} else if (status != SL_OK) {
		report->status = "failed";
		report->failed = true;
		report->error = *err;
	}
	report->resumed = w->resumed && !w->read;
	if (w->claimed)
		finish(w, report);
	report->tally = w->tally;
	report->held_deletions = w->held;
}

void
sl_import_run(const struct sl_import *import, struct sl_import_report *report)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_import_work w = { .import = import, .arena = arena };
	int64_t began_us = sl_mono_us(import->clock);
	struct sl_error err;
	sl_status status;

	*report = (struct sl_import_report){ .status = "ok" };
	status = look(&w, &err);
	report->already = w.done;
	if (status == SL_OK && (!w.done || import->left_open))
		status = work(&w, &err);
	tell(&w, status, &err, report);
	report->duration_us = sl_mono_us(import->clock) - began_us;
	if (report->failed)
		sl_log(import->log, SL_LOG_ERROR, "import-failed",
		       (struct sl_field[]){
			       SL_F_TEXT("integration",
					 import->target->integration_id),
			       SL_F_TEXT("provider", import->target->provider),
			       SL_F_TEXT("class",
					 sl_status_name(report->error.status)),
			       SL_F_TEXT("error", report->error.text),
			       SL_F_END });
	json_decref(w.settings);
}
