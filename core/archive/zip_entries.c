/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an entry may be.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "core/base/civil.h"
#include "core/base/clock.h"
#include "core/base/mem.h"
#include "core/base/text.h"

#include "core/archive/zip_private.h"

/* "UT": times of Unix, in UTC. */
#define EXTRA_TIME 0x5455

#define WANTED                                                                 \
	(ZIP_STAT_NAME | ZIP_STAT_SIZE | ZIP_STAT_COMP_METHOD |                \
	 ZIP_STAT_ENCRYPTION_METHOD)

const char *
zip_shown(struct sl_arena *arena, const char *name)
{
	size_t len = strlen(name);
	size_t cut = sl_utf8_cut(name, len, ZIP_SHOWN_MAX);

	return cut == len ? name
			  : sl_arena_printf(arena, "%.*s...", (int)cut, name);
}

/* There is no NUL: libzip makes it a blank. */
static bool
has_control(const char *name)
{
	for (; *name != '\0'; name++) {
		if ((unsigned char)*name < 0x20 || *name == 0x7f)
			return true;
	}
	return false;
}

static bool
is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Does it leave the folder that the archive would be unpacked to? */
static bool
climbs(const char *name)
{
	const char *part = name;

	if (name[0] == '/' || strchr(name, '\\') != NULL ||
	    (is_letter(name[0]) && name[1] == ':'))
		return true;
	while (part != NULL) {
		size_t len = strcspn(part, "/");

		if (len == 2 && memcmp(part, "..", 2) == 0)
			return true;
		part = part[len] == '\0' ? NULL : part + len + 1;
	}
	return false;
}

/* NULL, or what is wrong with it. */
static const char *
name_fault(const struct sl_zip *zip, const char *name)
{
	size_t len = strlen(name);

	if (len == 0)
		return "has no name";
	if (len > zip->caps.name_bytes)
		return "has a name that is too long";
	if (!sl_utf8_valid(name, len) || has_control(name))
		return "has a name with characters that no name has";
	return climbs(name) ? "would be unpacked elsewhere" : NULL;
}

/* Anything but files and folders: Unix keeps the kind in the upper half. */
static bool
is_special(const struct sl_zip *zip, size_t i)
{
	zip_uint8_t system;
	zip_uint32_t attributes;
	mode_t kind;

	if (zip_file_get_external_attributes(zip->archive, i, 0, &system,
					     &attributes) != 0)
		return true;
	if (system != ZIP_OPSYS_UNIX && system != ZIP_OPSYS_OS_X)
		return false;
	kind = (mode_t)(attributes >> 16) & S_IFMT;
	return kind != 0 && kind != S_IFREG && kind != S_IFDIR;
}

static const char *
content_fault(const struct sl_zip *zip, size_t i, const struct zip_stat *st)
{
	if (st->encryption_method != ZIP_EM_NONE)
		return "is encrypted";
	if (st->comp_method != ZIP_CM_STORE &&
	    st->comp_method != ZIP_CM_DEFLATE)
		return "is packed by a method but deflate";
	if (is_special(zip, i))
		return "is a link or a device, no file";
	return st->size > zip->caps.entry_bytes ? "would be too large unpacked"
						: NULL;
}

/* The archive's own UTC time, in seconds; false: it has none. */
static bool
extra_time(zip_t *archive, size_t i, int64_t *seconds)
{
	zip_uint16_t len = 0;
	const zip_uint8_t *extra = zip_file_extra_field_get_by_id(
		archive, i, EXTRA_TIME, 0, &len, ZIP_FL_CENTRAL);
	uint32_t value;

	if (extra == NULL || len < 5 || (extra[0] & 1) == 0)
		return false;
	value = (uint32_t)extra[1] | (uint32_t)extra[2] << 8 |
		(uint32_t)extra[3] << 16 | (uint32_t)extra[4] << 24;
	*seconds = (int32_t)value;
	return value != 0;
}

/*
 * The other time is local, two seconds exact, and of no zone. libzip reads it
 * by this host's zone; that is taken back, so that every host sees the same.
 * An archive without times has the first day that can be told, or none.
 */
static bool
local_time(time_t mtime, int64_t *seconds)
{
	struct tm tm;
	struct sl_date date;

	if (localtime_r(&mtime, &tm) == NULL)
		return false;
	date = (struct sl_date){ tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday };
	*seconds = sl_date_to_days(&date) * 86400 + tm.tm_hour * 3600 +
		   tm.tm_min * 60 + tm.tm_sec;
	return date.year > 1980 || (date.year == 1980 && tm.tm_yday > 0);
}

static int64_t
time_of(const struct sl_zip *zip, size_t i, const struct zip_stat *st)
{
	int64_t seconds;

	if (extra_time(zip->archive, i, &seconds) ||
	    ((st->valid & ZIP_STAT_MTIME) != 0 &&
	     local_time(st->mtime, &seconds)))
		return seconds * SL_US_PER_S;
	return SL_NO_TIME;
}

static sl_status
check_entry(struct sl_zip *zip, size_t i, struct sl_error *err)
{
	struct sl_zip_entry *entry = &zip->entries[i];
	struct zip_stat st;
	const char *fault;

	if (zip_stat_index(zip->archive, i, 0, &st) != 0 ||
	    (st.valid & WANTED) != WANTED)
		return sl_fail(
			err, SL_CONFIG, SL_STREAM,
			"has a broken directory, at entry %zu: " ZIP_AGAIN,
			i + 1);
	fault = name_fault(zip, st.name);
	if (fault == NULL)
		fault = content_fault(zip, i, &st);
	if (fault != NULL)
		return sl_fail(err, SL_CONFIG, SL_STREAM,
			       "%s %s: no export is made so, " ZIP_AGAIN,
			       zip_shown(zip->arena, st.name), fault);
	entry->name = sl_arena_strdup(zip->arena, st.name);
	entry->size = st.size;
	entry->mtime_us = time_of(zip, i, &st);
	entry->is_dir = entry->name[strlen(entry->name) - 1] == '/';
	return SL_OK;
}

static sl_status
check_total(const struct sl_zip *zip, struct sl_error *err)
{
	uint64_t total = 0;

	for (size_t i = 0; i < zip->count; i++) {
		if (__builtin_add_overflow(total, zip->entries[i].size,
					   &total) ||
		    total > zip->caps.total_bytes)
			return sl_fail(
				err, SL_CONFIG, SL_STREAM,
				"would be more than %" PRIu64
				" bytes unpacked: no export is, " ZIP_AGAIN,
				zip->caps.total_bytes);
	}
	return SL_OK;
}

static int
compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Folded, and a folder's slash gone: "A/" and "a" cannot both be. */
static const char *
folded(struct sl_arena *arena, const char *name)
{
	char *copy = sl_ascii_lower(arena, name);
	size_t len = strlen(copy);

	if (copy[len - 1] == '/')
		copy[len - 1] = '\0';
	return copy;
}

static sl_status
check_twice(const struct sl_zip *zip, struct sl_error *err)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const char **names = SL_NEW_ARRAY(arena, zip->count, const char *);

	for (size_t i = 0; i < zip->count; i++)
		names[i] = folded(arena, zip->entries[i].name);
	qsort(names, zip->count, sizeof(*names), compare_names);
	for (size_t i = 1; i < zip->count; i++) {
		if (strcmp(names[i - 1], names[i]) == 0)
			return sl_fail(err, SL_CONFIG, SL_STREAM,
				       "%s is there twice: no export is made "
				       "so, " ZIP_AGAIN,
				       zip_shown(arena, names[i]));
	}
	return SL_OK;
}

sl_status
zip_check_entries(struct sl_zip *zip, struct sl_error *err)
{
	sl_status status = SL_OK;

	zip->entries =
		SL_NEW_ARRAY(zip->arena, zip->count, struct sl_zip_entry);
	for (size_t i = 0; i < zip->count && status == SL_OK; i++)
		status = check_entry(zip, i, err);
	if (status == SL_OK)
		status = check_total(zip, err);
	return status == SL_OK ? check_twice(zip, err) : status;
}
