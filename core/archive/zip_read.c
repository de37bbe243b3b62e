/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An entry's bytes, counted as they come.
 */
#include "core/base/mem.h"

#include "core/archive/zip_private.h"

#define CHUNK ((size_t)32 * 1024)

struct sl_zip_reader {
	zip_file_t *file;
	const char *shown; /* its name */
	uint64_t size;     /* as claimed */
	uint64_t done;
};

static sl_status
refuse(const char *shown, zip_error_t *error, struct sl_error *err)
{
	int code = zip_error_code_zip(error);

	if (code == ZIP_ER_MEMORY)
		sl_out_of_memory();
	if (code == ZIP_ER_READ || code == ZIP_ER_SEEK)
		return sl_fail(
			err, SL_CONFIG, SL_STREAM,
			"%s cannot be read (%s): check the disk, or " ZIP_AGAIN,
			shown, zip_error_strerror(error));
	return sl_fail(err, SL_CONFIG, SL_STREAM,
		       "%s is damaged (%s): " ZIP_AGAIN, shown,
		       zip_error_strerror(error));
}

sl_status
sl_zip_read_open(struct sl_zip *zip, size_t i, struct sl_zip_reader **reader,
		 struct sl_error *err)
{
	const struct sl_zip_entry *entry = sl_zip_entry(zip, i);
	const char *shown = zip_shown(zip->arena, entry->name);
	zip_file_t *file = zip_fopen_index(zip->archive, i, 0);

	if (file == NULL)
		return refuse(shown, zip_get_error(zip->archive), err);
	*reader = sl_alloc(sizeof(**reader));
	(*reader)->file = file;
	(*reader)->shown = shown;
	(*reader)->size = entry->size;
	return SL_OK;
}

sl_status
sl_zip_read(struct sl_zip_reader *reader, void *buf, size_t cap, size_t *got,
	    struct sl_error *err)
{
	zip_int64_t n;

	SL_ASSERT(reader != NULL && cap > 0);
	n = zip_fread(reader->file, buf, cap);
	if (n < 0)
		return refuse(reader->shown, zip_file_get_error(reader->file),
			      err);
	reader->done += (uint64_t)n;
	if (reader->done > reader->size ||
	    (n == 0 && reader->done < reader->size))
		return sl_fail(err, SL_CONFIG, SL_STREAM,
			       "%s does not have the size that the archive "
			       "claims: " ZIP_AGAIN,
			       reader->shown);
	*got = (size_t)n;
	return SL_OK;
}

sl_status
sl_zip_read_csv(void *ctx, void *buf, size_t cap, size_t *got,
		struct sl_error *err)
{
	return sl_zip_read(ctx, buf, cap, got, err);
}

uint64_t
sl_zip_read_done(const struct sl_zip_reader *reader)
{
	return reader->done;
}

void
sl_zip_read_close(struct sl_zip_reader **reader)
{
	if (*reader == NULL)
		return;
	(void)zip_fclose((*reader)->file);
	sl_free(*reader);
	*reader = NULL;
}

sl_status
sl_zip_verify(struct sl_zip *zip, size_t i, sl_zip_progress_fn progress,
	      void *ctx, struct sl_error *err)
{
	SL_AUTO_ZIP_READER reader = NULL;
	char chunk[CHUNK];
	size_t got = 1;
	sl_status status = sl_zip_read_open(zip, i, &reader, err);

	while (status == SL_OK && got > 0) {
		status = sl_zip_read(reader, chunk, sizeof(chunk), &got, err);
		if (status == SL_OK && progress != NULL &&
		    !progress(ctx, reader->done))
			status = sl_fail(err, SL_CANCELLED, SL_STREAM,
					 "cancelled");
	}
	return status;
}
