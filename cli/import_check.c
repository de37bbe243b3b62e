/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The check pass: everything about an archive that could end an import in the
 * middle is found before the first row is written.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/mem.h"
#include "core/base/text.h"

#include "cli/format.h"
#include "cli/import_private.h"

#define READ_BYTES ((size_t)64 * 1024)

/** Rows of a file that are looked at for whose archive it is. */
#define OWNER_ROWS 100

/** A date before this is what somebody's clock or tool made of none. */
#define OLDEST_US (INT64_C(946684800) * SL_US_PER_S) /* 2000-01-01 */
#define DAY_US    (INT64_C(86400) * SL_US_PER_S)

#define NAMES_SHOWN 60

struct check {
	struct sl_archive *archive;
	struct sl_painter *painter;
	const char *what; /* is going on */
	uint64_t done, total;
};

static int
refuse(const struct check *c, const struct sl_error *err)
{
	return sl_cli_complain(c->archive->cli, SL_EXIT_FAILED, "%s: %s",
			       c->archive->path, err->text);
}

static void
paint(struct check *c, uint64_t done)
{
	const struct sl_bar_view view = {
		.what = c->what,
		.done = c->done + done,
		.total = c->total,
	};

	sl_painter_bar(c->painter, &view);
}

/* --- its hash --------------------------------------------------------------- */

static int
hash_bytes(struct check *c, int fd, uint64_t size)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	char *bytes = sl_arena_alloc(arena, READ_BYTES);
	struct sl_hash *hash = sl_hash_new();
	uint64_t done = 0;
	ssize_t got;

	c->what = "reading";
	c->done = 0;
	c->total = size;
	while ((got = read(fd, bytes, READ_BYTES)) > 0) {
		sl_hash_add(hash, bytes, (size_t)got);
		done += (uint64_t)got;
		paint(c, done);
	}
	if (got == 0)
		sl_hash_hex(hash, c->archive->key);
	sl_hash_free(&hash);
	if (got == 0)
		return SL_EXIT_OK;
	return sl_cli_complain(c->archive->cli, SL_EXIT_FAILED,
			       "%s: cannot be read: %s", c->archive->path,
			       strerror(errno));
}

static int
hash_file(struct check *c)
{
	struct sl_archive *a = c->archive;
	int fd = open(a->path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat info;
	int status;

	if (fd < 0)
		return sl_cli_complain(a->cli, SL_EXIT_USAGE, "%s: %s", a->path,
				       strerror(errno));
	if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode))
		status = sl_cli_complain(a->cli, SL_EXIT_USAGE,
					 "%s: not a file: give the archive as "
					 "it was downloaded",
					 a->path);
	else
		status = hash_bytes(c, fd, (uint64_t)info.st_size);
	(void)close(fd);
	return status;
}

/* --- its files -------------------------------------------------------------- */

static int
compare_files(const void *a, const void *b)
{
	const struct sl_archive_file *x = a, *y = b;

	if (x->table != y->table)
		return x->table < y->table ? -1 : 1;
	return strcmp(x->path, y->path);
}

static const char *
known_tables(const struct sl_archive *a)
{
	const char *all = "";

	for (const struct sl_import_table *t = a->importer->tables;
	     t->title != NULL; t++)
		all = sl_arena_printf(a->cli->arena, "%s%s%s", all,
				      *all == '\0' ? "" : ", ", t->title);
	return all;
}

/* An empty file says nothing, not even that there is nothing. */
static int
find_files(struct check *c)
{
	struct sl_archive *a = c->archive;
	size_t entries = sl_zip_count(a->zip);

	a->files = SL_NEW_ARRAY(a->cli->arena, entries + 1,
				struct sl_archive_file);
	for (size_t i = 0; i < entries; i++) {
		const struct sl_zip_entry *e = sl_zip_entry(a->zip, i);
		int table = e->is_dir ? -1 : a->importer->table_of(e->name);

		c->total += e->size;
		if (table < 0 || e->size == 0)
			continue;
		a->size += e->size;
		a->files[a->count++] = (struct sl_archive_file){
			.entry = i,
			.path = e->name,
			.size = e->size,
			.table = table,
		};
	}
	if (a->count == 0)
		return sl_cli_complain(a->cli, SL_EXIT_FAILED,
				       "%s: holds no file of a %s (known are: "
				       "%s)",
				       a->path, a->importer->what,
				       known_tables(a));
	qsort(a->files, a->count, sizeof(*a->files), compare_files);
	return SL_EXIT_OK;
}

static bool
on_inflated(void *ctx, uint64_t done)
{
	paint(ctx, done);
	return true;
}

static int
inflate_all(struct check *c)
{
	struct sl_archive *a = c->archive;
	struct sl_error err;

	c->what = "checking";
	c->done = 0;
	for (size_t i = 0; i < sl_zip_count(a->zip); i++) {
		const struct sl_zip_entry *e = sl_zip_entry(a->zip, i);

		if (e->is_dir)
			continue;
		if (sl_zip_verify(a->zip, i, on_inflated, c, &err) != SL_OK)
			return refuse(c, &err);
		c->done += e->size;
	}
	return SL_EXIT_OK;
}

/* --- its tables ------------------------------------------------------------- */

static bool
is_known(const struct sl_archive *a, const char *address)
{
	for (size_t i = 0; i < a->address_count; i++)
		if (sl_ascii_iequal(a->addresses[i], address))
			return true;
	return false;
}

static void
note_owner(struct sl_archive *a, enum sl_owner_rank rank, const char *name,
	   enum sl_owner_rank *best)
{
	if (rank > *best) {
		a->owner = name;
		*best = rank;
	}
	if (rank == SL_OWNER_NAME && a->person == NULL)
		a->person = name;
	if (rank >= SL_OWNER_ADDRESS && a->address_count < OWNER_ROWS &&
	    !is_known(a, name))
		a->addresses[a->address_count++] = name;
}

static void
ask_owner(struct sl_archive *a, const struct sl_import_record *records,
	  size_t count, int table, enum sl_owner_rank *best)
{
	for (size_t i = 0; i < count; i++) {
		const char *name = NULL;
		enum sl_owner_rank rank;

		if (records[i].cells == NULL)
			continue;
		rank = a->importer->owner(table, records[i].cells,
					  a->cli->arena, &name);
		note_owner(a, rank, name, best);
	}
}

static sl_status
look_into(struct sl_archive *a, struct sl_import_source *source, size_t file,
	  enum sl_owner_rank *best, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const int table = a->files[file].table;
	struct sl_import_record *records =
		SL_NEW_ARRAY(arena, OWNER_ROWS, struct sl_import_record);
	size_t count = 0;
	sl_status st = source->begin(source->ctx, file, 0, err);

	if (st != SL_OK || !a->importer->tables[table].names_owner)
		return st;
	st = source->next(source->ctx, OWNER_ROWS, arena, records, &count, err);
	if (st == SL_OK)
		ask_owner(a, records, count, table, best);
	for (size_t i = 0; i < count; i++)
		json_decref(records[i].cells);
	return st;
}

static int
check_tables(struct check *c)
{
	struct sl_archive *a = c->archive;
	struct sl_archive_rows rows = { .archive = a };
	struct sl_import_source source = sl_archive_source(&rows);
	enum sl_owner_rank best = SL_OWNER_NONE;
	struct sl_error err;
	int status = SL_EXIT_OK;

	a->addresses = SL_NEW_ARRAY(a->cli->arena, OWNER_ROWS, const char *);
	for (size_t i = 0; i < a->count && status == SL_EXIT_OK; i++)
		if (look_into(a, &source, i, &best, &err) != SL_OK)
			status = refuse(c, &err);
	sl_archive_rows_release(&rows);
	return status;
}

/* --- its date --------------------------------------------------------------- */

static int
take_date(struct sl_archive *a, const char *text)
{
	int64_t now_us = sl_now_us(a->cli->clock);

	if (!sl_rfc3339_date_us(text, &a->as_of_us) &&
	    !sl_rfc3339_parse(text, &a->as_of_us))
		return sl_cli_complain(a->cli, SL_EXIT_USAGE,
				       "--as-of %s: a date, like 2026-11-20",
				       text);
	if (a->as_of_us > now_us || a->as_of_us < OLDEST_US)
		return sl_cli_complain(
			a->cli, SL_EXIT_USAGE, "--as-of %s: %s", text,
			a->as_of_us > now_us ? "that is yet to come"
					     : "no archive is that old");
	return SL_EXIT_OK;
}

/* The name says the day, the newest file the minute. Where they agree, as zones
 * allow, the minute counts: two archives of one day are not of one age. */
static int64_t
made_us(const struct sl_archive *a)
{
	int64_t named_us = a->importer->made_us(a->name);
	int64_t newest_us = sl_zip_newest_us(a->zip);

	if (named_us == SL_NO_TIME || named_us < OLDEST_US)
		return newest_us;
	if (newest_us != SL_NO_TIME && newest_us >= named_us - DAY_US &&
	    newest_us < named_us + 2 * DAY_US)
		return newest_us;
	return named_us;
}

/* By the option, else by what the archive says. */
static int
find_date(struct sl_archive *a)
{
	const char *text = a->cli->flags[SL_FLAG_AS_OF];
	int64_t now_us = sl_now_us(a->cli->clock);

	if (text != NULL)
		return take_date(a, text);
	a->as_of_us = made_us(a);
	if (a->as_of_us == SL_NO_TIME || a->as_of_us < OLDEST_US)
		return sl_cli_complain(a->cli, SL_EXIT_FAILED,
				       "%s: does not say when it was made: "
				       "give the day with --as-of YYYY-MM-DD",
				       a->path);
	if (a->as_of_us <= now_us)
		return SL_EXIT_OK;
	if (a->as_of_us > now_us + DAY_US) /* what zones cannot explain */
		(void)sl_cli_complain(
			a->cli, SL_EXIT_OK,
			"warning: %s is dated %s, which is yet to come: it is "
			"taken to be of now; --as-of says better",
			a->name, sl_format_minute(a->cli->arena, a->as_of_us));
	a->as_of_us = now_us;
	return SL_EXIT_OK;
}

/* --- all of it -------------------------------------------------------------- */

static int
open_zip(struct check *c)
{
	struct sl_archive *a = c->archive;
	struct sl_error err;

	c->total = 0;
	if (sl_zip_open(a->path, NULL, &a->zip, &err) != SL_OK)
		return refuse(c, &err);
	return find_files(c);
}

int
sl_archive_check(struct sl_archive *archive, struct sl_painter *painter)
{
	struct check c = { .archive = archive, .painter = painter };
	const char *slash = strrchr(archive->path, '/');
	int status;

	archive->name = slash == NULL ? archive->path : slash + 1;
	archive->name = sl_format_clean(archive->cli->arena, archive->name,
					NAMES_SHOWN);
	status = hash_file(&c);
	if (status == SL_EXIT_OK)
		status = open_zip(&c);
	if (status == SL_EXIT_OK)
		status = inflate_all(&c);
	if (status == SL_EXIT_OK)
		status = check_tables(&c);
	if (status == SL_EXIT_OK)
		status = find_date(archive);
	sl_painter_clear(painter);
	return status;
}

void
sl_archive_close(struct sl_archive *archive)
{
	sl_zip_close(&archive->zip);
}
