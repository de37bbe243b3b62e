/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Directories as they come, and those for which an archive is refused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/base/text.h"

#include "core/archive/zip.h"

#include "tests/support/unit.h"
#include "tests/support/zip_unit.h"

/* The archive of one entry. */
static void
check_entry_refused(const char *why, const struct zip_kit_entry *entry,
		    const char *text)
{
	AUTO_ZIP_KIT kit;
	SL_AUTO_ZIP zip = NULL;
	struct sl_error err;

	zip_kit_init(&kit);
	zip_kit_add(&kit, entry);
	check_refused(why, open_kit(&kit, NULL, &zip, &err), &err, text);
	CHECK(why, zip == NULL);
	CHECK(why, strstr(err.text, "download the archive again") != NULL);
}

static void
good_archives_are_read(void **state SL_UNUSED)
{
	static const struct zip_kit_entry entries[] = {
		{ .name = "Basic/", .attributes = 0x41ed0010U },
		{ .name = "Basic/Connections.csv",
		  .data = "a,b\n1,2\n",
		  .len = 8,
		  .unix_time = 1772352930,
		  .attributes = 0x81a40000U },
		{ .name = "Basic/m\xc3\xa9langes.csv",
		  .data = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
		  .len = 48,
		  .deflate = true,
		  .flags = 1 << 11 },
		{ .name = "streamed.csv",
		  .data = "xxxxxxxxxxxxxxxxxxxxxxxx",
		  .len = 24,
		  .deflate = true,
		  .streamed = true },
		{ .name = "empty.csv", .data = "", .dos_time = 1 },
	};
	AUTO_ZIP_KIT kit;
	SL_AUTO_ZIP zip = NULL;
	struct sl_error err;

	zip_kit_init(&kit);
	for (size_t i = 0; i < SL_ARRAY_LEN(entries); i++)
		zip_kit_add(&kit, &entries[i]);
	assert_int_equal(open_kit(&kit, NULL, &zip, &err), SL_OK);
	assert_int_equal(sl_zip_count(zip), SL_ARRAY_LEN(entries));
	for (size_t i = 0; i < SL_ARRAY_LEN(entries); i++) {
		const struct sl_zip_entry *entry = sl_zip_entry(zip, i);

		CHECK(entry->name, strcmp(entry->name, entries[i].name) == 0);
		CHECK(entry->name, entry->size == entries[i].len);
		CHECK(entry->name, entry->is_dir == (i == 0));
		CHECK(entry->name,
		      sl_zip_verify(zip, i, NULL, NULL, &err) == SL_OK);
	}
}

static int64_t
time_of(const struct zip_kit_entry *entry, const char *zone)
{
	AUTO_ZIP_KIT kit;
	SL_AUTO_ZIP zip = NULL;
	struct sl_error err;

	setenv("TZ", zone, 1);
	tzset();
	zip_kit_init(&kit);
	zip_kit_add(&kit, entry);
	assert_int_equal(open_kit(&kit, NULL, &zip, &err), SL_OK);
	unsetenv("TZ");
	tzset();
	assert_true(sl_zip_newest_us(zip) == sl_zip_entry(zip, 0)->mtime_us);
	return sl_zip_entry(zip, 0)->mtime_us;
}

static void
times_are_the_same_on_every_host(void **state SL_UNUSED)
{
	static const char *const zones[] = { "UTC", "Asia/Kathmandu",
					     "America/New_York" };
	struct zip_kit_entry local = { .name = "a" };
	struct zip_kit_entry utc = { .name = "a", .unix_time = 1772352931 };
	struct zip_kit_entry none = { .name = "a", .dos_time = 1 };
	struct zip_kit_entry first = { .name = "a", .dos_time = 0x00210000 };
	int64_t us;

	assert_true(sl_rfc3339_parse("2026-03-01T08:15:30Z", &us));
	for (size_t i = 0; i < SL_ARRAY_LEN(zones); i++) {
		CHECK(zones[i], time_of(&local, zones[i]) == us);
		CHECK(zones[i], time_of(&utc, zones[i]) == us + SL_US_PER_S);
		CHECK(zones[i], time_of(&none, zones[i]) == SL_NO_TIME);
		CHECK(zones[i], time_of(&first, zones[i]) == SL_NO_TIME);
	}
}

static void
the_newest_file_counts(void **state SL_UNUSED)
{
	static const struct zip_kit_entry entries[] = {
		{ .name = "a", .unix_time = 1000000 },
		{ .name = "b", .unix_time = 3000000 },
		{ .name = "c", .unix_time = 2000000 },
		{ .name = "d/", .unix_time = 9000000 },
	};
	AUTO_ZIP_KIT kit;
	SL_AUTO_ZIP zip = NULL;
	struct sl_error err;

	zip_kit_init(&kit);
	for (size_t i = 0; i < SL_ARRAY_LEN(entries); i++)
		zip_kit_add(&kit, &entries[i]);
	assert_int_equal(open_kit(&kit, NULL, &zip, &err), SL_OK);
	assert_true(sl_zip_newest_us(zip) == 3000000 * SL_US_PER_S);
}

static void
odd_names_are_refused(void **state SL_UNUSED)
{
	static const struct {
		const char *name;
		const char *text;
	} rows[] = {
		{ "../evil.csv", "would be unpacked elsewhere" },
		{ "a/../../evil.csv", "would be unpacked elsewhere" },
		{ "a/..", "would be unpacked elsewhere" },
		{ "..", "would be unpacked elsewhere" },
		{ "/etc/passwd", "would be unpacked elsewhere" },
		{ "a\\b.csv", "would be unpacked elsewhere" },
		{ "C:evil.csv", "would be unpacked elsewhere" },
		{ "a\nb.csv", "characters that no name has" },
		{ "a\x7f.csv", "characters that no name has" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct zip_kit_entry entry = { .name = rows[i].name };

		check_entry_refused(rows[i].name, &entry, rows[i].text);
	}
}

/* Once, as one entry of its own. */
static void
check_name(const struct zip_kit_entry *entry, const char *name)
{
	AUTO_ZIP_KIT kit;
	SL_AUTO_ZIP zip = NULL;
	struct sl_error err;

	zip_kit_init(&kit);
	zip_kit_add(&kit, entry);
	CHECK(name, open_kit(&kit, NULL, &zip, &err) == SL_OK);
	CHECK(name, strcmp(sl_zip_entry(zip, 0)->name, name) == 0);
}

static void
names_become_utf8(void **state SL_UNUSED)
{
	/* CP437 is what a name is in that is no UTF-8. */
	struct zip_kit_entry dos = { .name = "m\xe9langes.csv" };
	struct zip_kit_entry utf8 = { .name = "m\xc3\xa9langes.csv" };
	/* Not "a.csv", with an end that nobody sees. */
	struct zip_kit_entry nul = { .name = "a.csv\0.exe", .name_len = 10 };
	struct zip_kit_entry liar = { .name = "m\xe9langes.csv",
				      .flags = 1 << 11 };

	check_name(&dos, "m\u0398langes.csv");
	check_name(&utf8, "m\u00e9langes.csv");
	check_name(&nul, "a.csv .exe");
	nul.flags = 1 << 11;
	check_name(&nul, "a.csv .exe");
	check_entry_refused("not UTF-8", &liar, "broken directory");
}

static void
harmless_names_are_not(void **state SL_UNUSED)
{
	static const char *const names[] = { "..a/b..csv", "a/.../b", "a:b",
					     "./a" };

	for (size_t i = 0; i < SL_ARRAY_LEN(names); i++) {
		AUTO_ZIP_KIT kit;
		SL_AUTO_ZIP zip = NULL;
		struct sl_error err;

		zip_kit_init(&kit);
		zip_kit_file(&kit, names[i], "x");
		if (strcmp(names[i], "a:b") == 0)
			check_refused("a drive",
				      open_kit(&kit, NULL, &zip, &err), &err,
				      "elsewhere");
		else
			CHECK(names[i],
			      open_kit(&kit, NULL, &zip, &err) == SL_OK);
	}
}

static void
names_are_there_once(void **state SL_UNUSED)
{
	static const char *const pairs[][2] = {
		{ "messages.csv", "messages.csv" },
		{ "messages.csv", "Messages.CSV" },
		{ "a/b.csv", "A/b.csv" },
		{ "a", "A/" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(pairs); i++) {
		AUTO_ZIP_KIT kit;
		SL_AUTO_ZIP zip = NULL;
		struct sl_error err;

		zip_kit_init(&kit);
		zip_kit_file(&kit, pairs[i][0], "x");
		zip_kit_file(&kit, "between", "x");
		zip_kit_file(&kit, pairs[i][1], "y");
		check_refused(pairs[i][1], open_kit(&kit, NULL, &zip, &err),
			      &err, "is there twice");
	}
}

static void
odd_entries_are_refused(void **state SL_UNUSED)
{
	static const struct {
		struct zip_kit_entry entry;
		const char *text;
	} rows[] = {
		{ { .name = "x.csv", .data = "x", .len = 1, .flags = 1 },
		  "x.csv is encrypted" },
		{ { .name = "x.csv", .data = "x", .len = 1, .method = 12 },
		  "x.csv is packed by a method but deflate:" },
		{ { .name = "x.csv", .data = "x", .len = 1, .method = 14 },
		  "x.csv is packed by a method but deflate:" },
		{ { .name = "x.csv",
		    .data = "/etc/passwd",
		    .len = 11,
		    .attributes = 0xa1ff0000U },
		  "x.csv is a link" },
		{ { .name = "x.csv", .attributes = 0x11a40000U },
		  "x.csv is a link or a device" },
		{ { .name = "x.csv", .lies = true, .claimed = GIB + 1 },
		  "x.csv would be too large" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		check_entry_refused(rows[i].text, &rows[i].entry, rows[i].text);
}

static sl_status
open_with(const struct sl_zip_caps *caps, unsigned count, const char *name,
	  uint64_t claimed, struct sl_error *err)
{
	AUTO_ZIP_KIT kit;
	SL_AUTO_ZIP zip = NULL;

	zip_kit_init(&kit);
	for (unsigned i = 0; i < count; i++) {
		char numbered[64];
		struct zip_kit_entry entry = { .name = numbered,
					       .lies = claimed > 0,
					       .claimed = claimed };

		(void)snprintf(numbered, sizeof(numbered), "%s%03u", name, i);
		zip_kit_add(&kit, &entry);
	}
	return open_kit(&kit, caps, &zip, err);
}

static void
caps_hold_at_one_past_them(void **state SL_UNUSED)
{
	static const struct sl_zip_caps caps = { .entries = 10,
						 .name_bytes = 8,
						 .entry_bytes = 1000,
						 .total_bytes = 5000 };
	struct sl_error err;

	assert_int_equal(open_with(&caps, 10, "a", 0, &err), SL_OK);
	check_refused("entries", open_with(&caps, 11, "a", 0, &err), &err,
		      "more than 10 files");
	assert_int_equal(open_with(&caps, 1, "abcde", 0, &err), SL_OK);
	check_refused("name", open_with(&caps, 1, "abcdef", 0, &err), &err,
		      "too long");
	assert_int_equal(open_with(&caps, 5, "a", 1000, &err), SL_OK);
	check_refused("size", open_with(&caps, 1, "a", 1001, &err), &err,
		      "too large unpacked");
	assert_int_equal(open_with(&caps, 10, "a", 500, &err), SL_OK);
	check_refused("total", open_with(&caps, 10, "a", 501, &err), &err,
		      "more than 5000 bytes unpacked");
}

static void
the_usual_caps_hold_at_one_past_them(void **state SL_UNUSED)
{
	struct sl_error err;

	assert_int_equal(open_with(NULL, SL_ZIP_ENTRIES_MAX, "a", 0, &err),
			 SL_OK);
	check_refused("entries",
		      open_with(NULL, SL_ZIP_ENTRIES_MAX + 1, "a", 0, &err),
		      &err, "more than 10000 files");
	assert_int_equal(open_with(NULL, 4, "a", GIB, &err), SL_OK);
	check_refused("total", open_with(NULL, 5, "a", GIB, &err), &err,
		      "more than 4294967296 bytes");
}

/* The end says one; the directory has many. */
static void
a_modest_claim_does_not_help(void **state SL_UNUSED)
{
	static const struct sl_zip_caps caps = { 10, 64, 1000, 5000 };
	static const char name[] = "a-name-of-some-length-in-this-directory";
	AUTO_ZIP_KIT kit;
	SL_AUTO_ZIP zip = NULL;
	struct sl_error err;

	zip_kit_init(&kit);
	for (int i = 0; i < 1000; i++)
		zip_kit_file(&kit, name, "");
	zip_kit_end(&kit, 1);
	zip_kit_write(&kit, path);
	check_refused("directory", sl_zip_open(path, &caps, &zip, &err), &err,
		      "has a directory of");
}

static void
ends_are_not_tried_without_end(void **state SL_UNUSED)
{
	char ends[17 * 22] = "";
	AUTO_ZIP_KIT kit;
	SL_AUTO_ZIP zip = NULL;
	struct sl_error err;

	for (size_t i = 0; i < sizeof(ends); i += 22)
		memcpy(ends + i, "PK\5\6", 4);
	zip_kit_init(&kit);
	zip_kit_file(&kit, "a", "x");
	zip_kit_add(&kit, &(struct zip_kit_entry){ .name = "ends",
						   .data = ends,
						   .len = sizeof(ends) });
	check_refused("ends", open_kit(&kit, NULL, &zip, &err), &err,
		      "broken directory");
}

static void
what_is_no_archive_is_refused(void **state SL_UNUSED)
{
	static const struct {
		const char *bytes;
		const char *text;
	} rows[] = {
		{ "", "is empty" },
		{ "From,To\na,b\n", "is no ZIP archive" },
		{ "PK\3\4", "is no ZIP archive" },
	};

	SL_AUTO_ZIP zip = NULL;
	struct sl_error err;

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		FILE *file = fopen(path, "wb");

		fputs(rows[i].bytes, file);
		fclose(file);
		check_refused(rows[i].text, sl_zip_open(path, NULL, &zip, &err),
			      &err, rows[i].text);
	}
	check_refused("folder", sl_zip_open(folder, NULL, &zip, &err), &err,
		      "is a folder");
	check_refused("nothing",
		      sl_zip_open("/nonexistent/a.zip", NULL, &zip, &err), &err,
		      "cannot be opened: No such file");
	(void)unlink(path);
	assert_int_equal(mkfifo(path, 0600), 0);
	check_refused("pipe", sl_zip_open(path, NULL, &zip, &err), &err,
		      "is no file");
	(void)unlink(path);
}

static void
an_archive_of_nothing_is_refused(void **state SL_UNUSED)
{
	AUTO_ZIP_KIT kit;
	SL_AUTO_ZIP zip = NULL;
	struct sl_error err;

	zip_kit_init(&kit);
	check_refused("none", open_kit(&kit, NULL, &zip, &err), &err,
		      "holds no files");
}

/* Cut anywhere, at its end or its beginning, it is refused, or an entry is. */
static void
a_cut_archive_is_refused(void **state SL_UNUSED)
{
	AUTO_ZIP_KIT kit;
	struct sl_buf whole;
	struct sl_error err;

	zip_kit_init(&kit);
	zip_kit_file(&kit, "a.csv", "some text that is long enough for that");
	zip_kit_file(&kit, "b.csv", "b");
	zip_kit_end(&kit, 0);
	whole = kit.bytes;
	for (size_t cut = 1; cut < whole.len; cut++) {
		SL_AUTO_ZIP zip = NULL;

		kit.bytes.len = whole.len - cut;
		zip_kit_write(&kit, path);
		CHECK("end", sl_zip_open(path, NULL, &zip, &err) == SL_CONFIG);
	}
	for (size_t cut = 1; cut < whole.len - 1; cut++) {
		SL_AUTO_ZIP zip = NULL;
		sl_status status;

		kit.bytes.data = whole.data + cut;
		kit.bytes.len = whole.len - cut;
		zip_kit_write(&kit, path);
		status = sl_zip_open(path, NULL, &zip, &err);
		if (status == SL_OK)
			status = sl_zip_verify(zip, 0, NULL, NULL, &err);
		CHECK("beginning", status == SL_CONFIG);
	}
	kit.bytes = whole;
}

static void
long_names_are_shown_cut(void **state SL_UNUSED)
{
	char name[600];
	struct zip_kit_entry entry = { .name = name, .flags = 1 };

	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	check_entry_refused("long", &entry, "nnn... is encrypted");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(good_archives_are_read),
		cmocka_unit_test(times_are_the_same_on_every_host),
		cmocka_unit_test(the_newest_file_counts),
		cmocka_unit_test(odd_names_are_refused),
		cmocka_unit_test(names_become_utf8),
		cmocka_unit_test(harmless_names_are_not),
		cmocka_unit_test(names_are_there_once),
		cmocka_unit_test(odd_entries_are_refused),
		cmocka_unit_test(caps_hold_at_one_past_them),
		cmocka_unit_test(the_usual_caps_hold_at_one_past_them),
		cmocka_unit_test(a_modest_claim_does_not_help),
		cmocka_unit_test(ends_are_not_tried_without_end),
		cmocka_unit_test(what_is_no_archive_is_refused),
		cmocka_unit_test(an_archive_of_nothing_is_refused),
		cmocka_unit_test(a_cut_archive_is_refused),
		cmocka_unit_test(long_names_are_shown_cut),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
