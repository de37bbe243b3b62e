/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that a user has, as JSON lines. A file gets its name when it is
 * whole, and never takes another file's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/json/json.h"

#include "cli/commands.h"
#include "cli/env.h"
#include "cli/leave.h"
#include "state/export.h"

struct export
{
	struct sl_cli *cli;
	FILE *out;
	const char *path; /* NULL = stdout           */
	char *partial;    /* the name until it is whole */
	json_t *counts;
};

static int
cannot(const struct export *e, const char *path)
{
	return sl_cli_complain(e->cli, SL_EXIT_USAGE, "cannot write %s: %s",
			       path, strerror(errno));
}

static int
open_file(struct export *e)
{
	struct stat there;
	int fd;

	e->out = e->cli->out;
	if (e->path == NULL)
		return SL_EXIT_OK;
	if (lstat(e->path, &there) == 0)
		return sl_cli_complain(e->cli, SL_EXIT_USAGE,
				       "%s is there already: name a new file",
				       e->path);
	e->partial = sl_arena_printf(e->cli->arena, "%s.XXXXXX", e->path);
	fd = mkostemp(e->partial, O_CLOEXEC); /* O_EXCL, mode 0600 */
	if (fd < 0) {
		int status = cannot(e, e->path);

		e->partial = NULL;
		return status;
	}
	e->out = fchmod(fd, S_IRUSR | S_IWUSR) == 0 ? fdopen(fd, "w") : NULL;
	if (e->out != NULL)
		return SL_EXIT_OK;
	(void)close(fd);
	return cannot(e, e->path);
}

/* Where a file system cannot rename without replacing, a link does it. */
static bool
give_name(const struct export *e)
{
	if (renameat2(AT_FDCWD, e->partial, AT_FDCWD, e->path,
		      RENAME_NOREPLACE) == 0)
		return true;
	if (errno != EINVAL && errno != ENOSYS)
		return false;
	return link(e->partial, e->path) == 0 && unlink(e->partial) == 0;
}

static int
finish_file(struct export *e, int status)
{
	bool whole = status == SL_EXIT_OK;

	if (e->path == NULL || e->out == NULL || e->out == e->cli->out)
		return status;
	if (whole)
		whole = fflush(e->out) == 0 && ferror(e->out) == 0 &&
			fsync(fileno(e->out)) == 0;
	if (fclose(e->out) != 0)
		whole = false;
	if (whole && give_name(e)) {
		e->partial = NULL;
		return SL_EXIT_OK;
	}
	return status == SL_EXIT_OK ? cannot(e, e->path) : status;
}

static void
count(const struct export *e, const char *table)
{
	json_int_t n = json_integer_value(json_object_get(e->counts, table));

	(void)json_object_set_new(e->counts, table, json_integer(n + 1));
}

static sl_status
write_row(void *ctx, const char *table, const char *row, struct sl_error *err)
{
	const struct export *e = ctx;

	count(e, table);
	if (fprintf(e->out, "{\"table\": \"%s\", \"row\": %s}\n", table, row) <
	    0)
		return sl_fail(err, SL_REJECTED, SL_ITEM,
			       "cannot write all of the export: is the disk "
			       "full?");
	return SL_OK;
}

/* Without this line an export is not whole. */
static void
write_end(const struct export *e, const char *user_id)
{
	fprintf(e->out, "{\"export\": \"%s\", \"rows\": %s}\n", user_id,
		sl_json_canonical(e->cli->arena, e->counts));
}

static int
write_all(struct export *e, const struct sl_leave *leave)
{
	struct sl_error err;
	sl_status st =
		sl_export_user(leave->pg, leave->who.id, write_row, e, &err);

	if (st == SL_OK) {
		write_end(e, leave->who.id);
		return SL_EXIT_OK;
	}
	return sl_cli_fail(
		e->cli,
		st == SL_REJECTED ? SL_EXIT_FAILED : SL_EXIT_ENVIRONMENT, &err);
}

int
sl_cmd_export(struct sl_cli *cli)
{
	struct sl_leave leave = { .cli = cli };
	struct export e = { .cli = cli,
			    .path = cli->flags[SL_FLAG_OUTPUT],
			    .counts = json_object() };
	int status = sl_leave_open(&leave, "export");

	if (status == SL_EXIT_OK && leave.who.gone)
		status = sl_cli_complain(cli, SL_EXIT_FAILED,
					 "nothing is left of user %s to export "
					 "(sluice erase shows the receipt)",
					 leave.who.id);
	if (status == SL_EXIT_OK)
		status = open_file(&e);
	if (status == SL_EXIT_OK)
		status = write_all(&e, &leave);
	status = finish_file(&e, status);
	if (e.partial != NULL)
		(void)unlink(e.partial);
	json_decref(e.counts);
	sl_leave_close(&leave);
	return status;
}
