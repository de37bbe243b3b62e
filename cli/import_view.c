/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "cli/env.h"
#include "cli/format.h"
#include "cli/import_private.h"
#include "cli/output.h"

#define ACCOUNT_SHOWN 60
#define ERROR_SHOWN   400

/** Different reasons of one table that are told apart. */
#define REASONS_MAX 16

struct reason {
	const char *code; /* on the view's arena */
	int64_t count;
};

/** What became of one table's rows. */
struct part {
	int64_t read, created, updated, unchanged, deleted;
	int64_t filtered, quarantined;
	struct reason reasons[REASONS_MAX];
	size_t reason_count;
	bool there;
};

struct sl_import_view {
	const struct sl_archive *archive;
	const struct sl_archive_rows *rows;
	struct sl_painter *painter;
	struct sl_arena *arena;
	struct part *parts; /* by table */
	size_t count;
	int64_t items;
	int64_t started_us; /* monotonic */
};

struct sl_import_view *
sl_import_view_new(const struct sl_archive *archive,
		   const struct sl_archive_rows *rows,
		   struct sl_painter *painter)
{
	struct sl_import_view *view = sl_alloc(sizeof(*view));

	view->archive = archive;
	view->rows = rows;
	view->painter = painter;
	view->arena = sl_arena_new();
	while (archive->importer->tables[view->count].title != NULL)
		view->count++;
	view->parts = SL_NEW_ARRAY(view->arena, view->count, struct part);
	for (size_t i = 0; i < archive->count; i++)
		view->parts[archive->files[i].table].there = true;
	view->started_us = sl_mono_us(archive->cli->clock);
	return view;
}

void
sl_import_view_free(struct sl_import_view **view)
{
	if (*view == NULL)
		return;
	sl_arena_free(&(*view)->arena);
	sl_free(*view);
	*view = NULL;
}

/* --- counting --------------------------------------------------------------- */

static void
count_reason(struct sl_import_view *view, struct part *part, const char *code,
	     int64_t n)
{
	struct reason *r = part->reasons;

	for (size_t i = 0; i < part->reason_count; i++, r++) {
		if (strcmp(r->code, code) == 0) {
			r->count += n;
			return;
		}
	}
	if (part->reason_count == REASONS_MAX)
		return;
	part->reason_count++;
	*r = (struct reason){ sl_arena_strdup(view->arena, code), n };
}

/* Where the file is that is being read: those before it are through. */
static uint64_t
bytes_done(const struct sl_import_view *view, size_t file)
{
	uint64_t done = view->rows->bytes;

	for (size_t i = 0; i < file; i++)
		done += view->archive->files[i].size;
	return done;
}

void
sl_import_view_step(struct sl_import_view *view,
		    const struct sl_import_step *step)
{
	const struct sl_archive *a = view->archive;
	const int table = a->files[step->file].table;
	struct part *part = &view->parts[table];
	const struct sl_tally *t = step->counts;
	const struct sl_filtered *f = step->page->filtered.first;
	int64_t told = 0;
	struct sl_bar_view bar;

	part->read += (int64_t)step->records;
	part->created += t->created;
	part->updated += t->updated;
	part->unchanged += t->unchanged;
	part->deleted += t->deleted;
	part->filtered += t->filtered;
	part->quarantined += t->quarantined;
	for (; f != NULL; f = f->next, told++)
		count_reason(view, part, f->reason, 1);
	view->items += (int64_t)step->records;
	bar = (struct sl_bar_view){
		.what = a->importer->tables[table].title,
		.done = bytes_done(view, step->file),
		.total = a->size,
		.items = view->items,
		.elapsed_us = sl_mono_us(a->cli->clock) - view->started_us,
	};
	sl_painter_bar(view->painter, &bar);
}

/* --- for programs ----------------------------------------------------------- */

static json_t *
part_json(const struct sl_import_view *view, size_t i)
{
	const struct part *part = &view->parts[i];
	json_t *object = json_object();
	json_t *reasons = json_object();

	sl_json_put(object, "table", view->archive->importer->tables[i].title);
	sl_json_put_i64(object, "read", part->read);
	sl_json_put_i64(object, "created", part->created);
	sl_json_put_i64(object, "updated", part->updated);
	sl_json_put_i64(object, "unchanged", part->unchanged);
	sl_json_put_i64(object, "deleted", part->deleted);
	sl_json_put_i64(object, "filtered", part->filtered);
	for (size_t r = 0; r < part->reason_count; r++)
		sl_json_put_i64(reasons, part->reasons[r].code,
				part->reasons[r].count);
	(void)json_object_set_new(object, "reasons", reasons);
	sl_json_put_i64(object, "quarantined", part->quarantined);
	return object;
}

static json_t *
archive_json(const struct sl_import_view *view, const char *key,
	     const char *value)
{
	const struct sl_archive *a = view->archive;
	json_t *object = json_object();

	sl_json_put(object, key, value);
	sl_json_put(object, "file", a->name);
	sl_json_put(object, "archive", a->key);
	sl_json_put_time(object, "as_of", a->as_of_us);
	sl_json_put(object, "owner", a->owner);
	return object;
}

static void
put_error(json_t *object, const struct sl_import_report *r)
{
	json_t *error = json_null();

	if (r->failed) {
		error = json_object();
		sl_json_put(error, "class", sl_status_name(r->error.status));
		sl_json_put(error, "scope", sl_scope_name(r->error.scope));
		sl_json_put(error, "text", r->error.text);
	}
	(void)json_object_set_new(object, "error", error);
}

static void
report_json(const struct sl_import_view *view, const struct sl_target *target,
	    const struct sl_import_report *r)
{
	const struct sl_tally *t = &r->tally;
	json_t *object = archive_json(view, "import", r->status);
	json_t *tables = json_array();

	sl_json_put(object, "user", target->user_id);
	sl_json_put(object, "provider", target->provider);
	sl_json_put(object, "account", target->account);
	sl_json_put_bool(object, "already", r->already);
	sl_json_put_bool(object, "resumed", r->resumed);
	for (size_t i = 0; i < view->count; i++)
		if (view->parts[i].there)
			(void)json_array_append_new(tables, part_json(view, i));
	(void)json_object_set_new(object, "tables", tables);
	sl_json_put_i64(object, "read", t->fetched);
	sl_json_put_i64(object, "created", t->created);
	sl_json_put_i64(object, "updated", t->updated);
	sl_json_put_i64(object, "unchanged", t->unchanged);
	sl_json_put_i64(object, "deleted", t->deleted);
	sl_json_put_i64(object, "filtered", t->filtered);
	sl_json_put_i64(object, "quarantined", t->quarantined);
	sl_json_put_i64(object, "contacts_created", t->contacts_created);
	sl_json_put_i64(object, "held_deletions", r->held_deletions);
	sl_json_put_i64(object, "duration_ms", r->duration_us / 1000);
	put_error(object, r);
	sl_out_json(view->archive->cli, object);
}

/* --- for people ------------------------------------------------------------- */

static const char *
day(struct sl_arena *arena, int64_t us)
{
	char text[SL_RFC3339_TEXT];

	sl_rfc3339_format(us, text);
	return sl_arena_strndup(arena, text, strlen("2026-11-20"));
}

static const char *
head_line(const struct sl_import_view *view, const struct sl_target *target)
{
	const struct sl_archive *a = view->archive;

	return sl_arena_printf(
		view->arena, "%s of %s, made %s", a->importer->what,
		sl_format_clean(view->arena, target->account, ACCOUNT_SHOWN),
		day(view->arena, a->as_of_us));
}

static void
print_parts(const struct sl_import_view *view)
{
	static const char *const head[] = { "TABLE",      "READ",
					    "NEW",        "UPDATED",
					    "UNCHANGED",  "SKIPPED",
					    "QUARANTINED" };
	struct sl_arena *arena = view->arena;
	struct sl_grid grid;

	sl_grid_init(&grid, arena, SL_ARRAY_LEN(head), head);
	for (size_t i = 0; i < view->count; i++) {
		const struct part *part = &view->parts[i];
		const char **cells;

		if (!part->there)
			continue;
		cells = sl_grid_row(&grid);
		cells[0] = view->archive->importer->tables[i].title;
		cells[1] = sl_format_count(arena, part->read);
		cells[2] = sl_format_count(arena, part->created);
		cells[3] = sl_format_count(arena, part->updated);
		cells[4] = sl_format_count(arena, part->unchanged);
		cells[5] = sl_format_count(arena, part->filtered);
		cells[6] = sl_format_count(arena, part->quarantined);
	}
	sl_grid_print(&grid, view->archive->cli->out);
}

static void
print_reasons(const struct sl_import_view *view)
{
	FILE *out = view->archive->cli->out;

	for (size_t i = 0; i < view->count; i++) {
		const struct part *part = &view->parts[i];

		for (size_t r = 0; r < part->reason_count; r++)
			fprintf(out, "%s %s: %s%s\n",
				r == 0 ? view->archive->importer->tables[i]
						 .title
				       : "",
				r == 0 ? "skipped" : "  ",
				part->reasons[r].code,
				sl_arena_printf(
					view->arena, " (%s)",
					sl_format_count(
						view->arena,
						part->reasons[r].count)));
	}
}

static void
print_rest(const struct sl_import_view *view, const struct sl_import_report *r)
{
	FILE *out = view->archive->cli->out;
	const struct sl_tally *t = &r->tally;

	if (t->contacts_created > 0)
		fprintf(out, "%s\n",
			sl_format_plural(view->arena, t->contacts_created,
					 "new contact"));
	if (t->deleted > 0)
		fprintf(out,
			"%s not in this archive any more: marked as "
			"deleted\n",
			sl_format_plural(view->arena, t->deleted, "item"));
	if (r->held_deletions > 0)
		fprintf(out,
			"%s held back: more are missing than a person usually "
			"removes\n",
			sl_format_plural(view->arena, r->held_deletions,
					 "deletion"));
	if (t->quarantined > 0)
		fputs("what could not be read: sluice status --quarantined\n",
		      out);
}

static void
print_report(const struct sl_import_view *view, const struct sl_target *target,
	     const struct sl_import_report *r)
{
	FILE *out = view->archive->cli->out;
	bool interrupted;

	if (r->already) {
		fprintf(out,
			"%s: this very archive has been imported before: "
			"nothing to do\n",
			head_line(view, target));
		return;
	}
	interrupted = strcmp(r->status, "interrupted") == 0;
	fprintf(out, "%s: %s%s %s %s%s\n", head_line(view, target),
		interrupted ? "stopped"
		: r->failed ? "failed"
			    : "imported",
		r->resumed ? ", going on where it had stopped," : "",
		interrupted ? "after" : "in",
		sl_format_duration(view->arena, r->duration_us),
		interrupted ? "; the same command goes on from here" : "");
	print_parts(view);
	print_reasons(view);
	print_rest(view, r);
}

void
sl_import_view_report(struct sl_import_view *view,
		      const struct sl_target *target,
		      const struct sl_import_report *report)
{
	struct sl_cli *cli = view->archive->cli;

	sl_painter_clear(view->painter);
	if (sl_cli_has(cli, SL_FLAG_JSON))
		report_json(view, target, report);
	else
		print_report(view, target, report);
	(void)fflush(cli->out);
	if (report->failed)
		(void)sl_cli_complain(cli, SL_EXIT_FAILED, "%s",
				      report->error.text);
}

/* --- --check ---------------------------------------------------------------- */

static json_t *
files_json(const struct sl_archive *a)
{
	json_t *files = json_array();

	for (size_t i = 0; i < a->count; i++) {
		json_t *object = json_object();

		sl_json_put(object, "table",
			    a->importer->tables[a->files[i].table].title);
		sl_json_put(object, "file", a->files[i].path);
		sl_json_put_i64(object, "bytes", (int64_t)a->files[i].size);
		(void)json_array_append_new(files, object);
	}
	return files;
}

void
sl_import_view_check(struct sl_import_view *view)
{
	const struct sl_archive *a = view->archive;
	FILE *out = a->cli->out;

	if (sl_cli_has(a->cli, SL_FLAG_JSON)) {
		json_t *object = archive_json(view, "check", "ok");

		(void)json_object_set_new(object, "files", files_json(a));
		sl_out_json(a->cli, object);
		return;
	}
	fprintf(out, "%s%s%s, made %s: it can be imported\n", a->importer->what,
		a->owner == NULL ? "" : " of ",
		a->owner == NULL
			? ""
			: sl_format_clean(view->arena, a->owner, ACCOUNT_SHOWN),
		day(view->arena, a->as_of_us));
	for (size_t i = 0; i < a->count; i++)
		fprintf(out, "  %s: %s (%s)\n",
			a->importer->tables[a->files[i].table].title,
			sl_format_clean(view->arena, a->files[i].path,
					ACCOUNT_SHOWN),
			sl_format_bytes(view->arena,
					(int64_t)a->files[i].size));
}
