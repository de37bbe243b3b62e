/* SPDX-License-Identifier: Apache-2.0 */
#include "core/archive/zip.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/mem.h"

#include "core/archive/zip_private.h"

const struct sl_zip_caps sl_zip_default_caps = {
	.entries = SL_ZIP_ENTRIES_MAX,
	.name_bytes = SL_ZIP_NAME_MAX,
	.entry_bytes = SL_ZIP_ENTRY_MAX,
	.total_bytes = SL_ZIP_TOTAL_MAX,
};

/* A regular file; what is no file must not make us wait either. */
static sl_status
open_file(const char *path, int *fd, struct sl_error *err)
{
	int opened = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	const char *fault = NULL;

	if (opened < 0)
		return sl_fail(err, SL_CONFIG, SL_STREAM,
			       "cannot be opened: %s", strerror(errno));
	if (fstat(opened, &st) != 0)
		fault = "cannot be looked at: " ZIP_AGAIN;
	else if (S_ISDIR(st.st_mode))
		fault = "is a folder: name the archive as it was downloaded, "
			"not unpacked";
	else if (!S_ISREG(st.st_mode))
		fault = "is no file: name the archive as it was downloaded";
	else if (st.st_size == 0)
		fault = "is empty: " ZIP_AGAIN;
	if (fault != NULL) {
		(void)close(opened);
		return sl_fail(err, SL_CONFIG, SL_STREAM, "%s", fault);
	}
	*fd = opened;
	return SL_OK;
}

static sl_status
refuse(zip_error_t *error, struct sl_error *err)
{
	int code = zip_error_code_zip(error);

	if (code == ZIP_ER_MEMORY)
		sl_out_of_memory();
	if (code == ZIP_ER_NOZIP)
		return sl_fail(err, SL_CONFIG, SL_STREAM,
			       "is no ZIP archive, or its end is missing: name "
			       "the file as it was downloaded, or " ZIP_AGAIN);
	return sl_fail(err, SL_CONFIG, SL_STREAM,
		       "has a broken directory (%s): " ZIP_AGAIN,
		       zip_error_strerror(error));
}

/* The file is libzip's from here on, also when it fails. */
static zip_t *
give_file(FILE *file, zip_error_t *error)
{
	zip_source_t *source = zip_source_filep_create(file, 0, -1, error);
	zip_t *archive;

	if (source == NULL) {
		(void)fclose(file);
		return NULL;
	}
	archive = zip_open_from_source(source, ZIP_RDONLY, error);
	if (archive == NULL)
		zip_source_free(source);
	return archive;
}

/* `fd` is closed, or the archive's. */
static sl_status
open_archive(struct sl_zip *zip, int fd, struct sl_error *err)
{
	sl_status status = zip_check_end(fd, &zip->caps, err);
	zip_error_t error;
	FILE *file;

	if (status != SL_OK) {
		(void)close(fd);
		return status;
	}
	file = fdopen(fd, "rb");
	if (file == NULL)
		sl_out_of_memory(); /* nothing else can be wrong with it */
	zip_error_init(&error);
	zip->archive = give_file(file, &error);
	if (zip->archive == NULL)
		status = refuse(&error, err);
	zip_error_fini(&error);
	return status;
}

static sl_status
check_archive(struct sl_zip *zip, struct sl_error *err)
{
	zip_int64_t count = zip_get_num_entries(zip->archive, 0);

	if (count <= 0)
		return sl_fail(err, SL_CONFIG, SL_STREAM,
			       "holds no files: " ZIP_AGAIN);
	zip->count = (size_t)count;
	/* What the end claimed may be less than what was found. */
	if (zip->count > zip->caps.entries)
		return sl_fail(
			err, SL_CONFIG, SL_STREAM,
			"holds more than %zu files: no export does, " ZIP_AGAIN,
			zip->caps.entries);
	return zip_check_entries(zip, err);
}

sl_status
sl_zip_open(const char *path, const struct sl_zip_caps *caps,
	    struct sl_zip **zip, struct sl_error *err)
{
	SL_AUTO_ZIP opened = NULL;
	int fd = -1;
	sl_status status = open_file(path, &fd, err);

	if (status != SL_OK)
		return status;
	opened = sl_alloc(sizeof(*opened));
	opened->arena = sl_arena_new();
	opened->caps = caps == NULL ? sl_zip_default_caps : *caps;
	status = open_archive(opened, fd, err);
	if (status == SL_OK)
		status = check_archive(opened, err);
	if (status != SL_OK)
		return status;
	*zip = opened;
	opened = NULL;
	return SL_OK;
}

void
sl_zip_close(struct sl_zip **zip)
{
	if (*zip == NULL)
		return;
	if ((*zip)->archive != NULL)
		zip_discard((*zip)->archive);
	sl_arena_free(&(*zip)->arena);
	sl_free(*zip);
	*zip = NULL;
}

size_t
sl_zip_count(const struct sl_zip *zip)
{
	return zip->count;
}

const struct sl_zip_entry *
sl_zip_entry(const struct sl_zip *zip, size_t i)
{
	SL_ASSERT(i < zip->count);
	return &zip->entries[i];
}

int64_t
sl_zip_newest_us(const struct sl_zip *zip)
{
	int64_t newest = SL_NO_TIME;

	for (size_t i = 0; i < zip->count; i++) {
		const struct sl_zip_entry *entry = &zip->entries[i];

		if (!entry->is_dir && entry->mtime_us > newest)
			newest = entry->mtime_us;
	}
	return newest;
}
