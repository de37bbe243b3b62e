/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entries as they are inflated: whole, damaged, and bombs.
 */
#include <string.h>
#include <sys/resource.h>
#include <time.h>

#include "core/archive/zip.h"

#include "tests/support/unit.h"
#include "tests/support/zip_unit.h"

static void
text_is_read_in_pieces(void **state SL_UNUSED)
{
	char text[1000], read[1001], piece[7];
	AUTO_ZIP_KIT kit;
	SL_AUTO_ZIP zip = NULL;
	SL_AUTO_ZIP_READER reader = NULL;
	struct sl_error err;
	size_t len = 0, got;

	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 23);
	text[sizeof(text) - 1] = '\0';
	zip_kit_init(&kit);
	zip_kit_file(&kit, "x.csv", text);
	assert_int_equal(open_kit(&kit, NULL, &zip, &err), SL_OK);
	assert_int_equal(sl_zip_read_open(zip, 0, &reader, &err), SL_OK);
	do {
		assert_int_equal(sl_zip_read_csv(reader, piece, sizeof(piece),
						 &got, &err),
				 SL_OK);
		assert_true(len + got < sizeof(read));
		memcpy(read + len, piece, got);
		len += got;
	} while (got > 0);
	read[len] = '\0';
	assert_string_equal(read, text);
	assert_int_equal(sl_zip_read_done(reader), len);
	assert_int_equal(sl_zip_read(reader, piece, 1, &got, &err), SL_OK);
	assert_int_equal(got, 0);
}

/* Two entries at a time do not disturb each other. */
static void
entries_are_read_side_by_side(void **state SL_UNUSED)
{
	AUTO_ZIP_KIT kit;
	SL_AUTO_ZIP zip = NULL;
	SL_AUTO_ZIP_READER a = NULL;
	SL_AUTO_ZIP_READER b = NULL;
	struct sl_error err;
	char c;
	size_t got;

	zip_kit_init(&kit);
	zip_kit_file(&kit, "a", "aaa");
	zip_kit_file(&kit, "b", "bbb");
	assert_int_equal(open_kit(&kit, NULL, &zip, &err), SL_OK);
	assert_int_equal(sl_zip_read_open(zip, 0, &a, &err), SL_OK);
	assert_int_equal(sl_zip_read_open(zip, 1, &b, &err), SL_OK);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(sl_zip_read(a, &c, 1, &got, &err), SL_OK);
		assert_true(got == 1 && c == 'a');
		assert_int_equal(sl_zip_read(b, &c, 1, &got, &err), SL_OK);
		assert_true(got == 1 && c == 'b');
	}
	assert_int_equal(sl_zip_read(a, &c, 1, &got, &err), SL_OK);
	assert_int_equal(got, 0);
}

static void
check_damage(const char *why, struct zip_kit *kit, const char *text)
{
	SL_AUTO_ZIP zip = NULL;
	struct sl_error err;

	assert_int_equal(open_kit(kit, NULL, &zip, &err), SL_OK);
	check_refused(why, sl_zip_verify(zip, 0, NULL, NULL, &err), &err, text);
}

static void
damage_is_found(void **state SL_UNUSED)
{
	static const struct {
		struct zip_kit_entry entry;
		const char *text;
	} rows[] = {
		{ { .name = "crc",
		    .data = "abc",
		    .len = 3,
		    .lies = true,
		    .claimed = 3,
		    .crc = 1 },
		  "crc is damaged (CRC error)" },
		{ { .name = "more",
		    .data = "abc",
		    .len = 3,
		    .lies = true,
		    .claimed = 2,
		    .crc = 0x352441c2 },
		  "more does not have the size" },
		{ { .name = "less",
		    .data = "abc",
		    .len = 3,
		    .lies = true,
		    .claimed = 4,
		    .crc = 0x352441c2 },
		  "less is damaged" },
		{ { .name = "bits",
		    .data = "abc",
		    .len = 3,
		    .method = 8,
		    .lies = true,
		    .claimed = 3,
		    .crc = 0x352441c2 },
		  "bits is damaged" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		AUTO_ZIP_KIT kit;

		zip_kit_init(&kit);
		zip_kit_add(&kit, &rows[i].entry);
		check_damage(rows[i].text, &kit, rows[i].text);
	}
}

/* Any byte of the content, deflated. */
static void
one_byte_of_damage_is_found(void **state SL_UNUSED)
{
	static const char text[] =
		"Invitations come and go, messages stay: a text that does "
		"not deflate to nothing at all, 1234567890 abcdefghij";
	AUTO_ZIP_KIT kit;
	struct sl_error err;

	zip_kit_init(&kit);
	zip_kit_file(&kit, "a", text);
	zip_kit_end(&kit, 0);
	for (size_t at = 31; at < 31 + 80; at++) {
		SL_AUTO_ZIP zip = NULL;

		kit.bytes.data[at] ^= 0x10;
		zip_kit_write(&kit, path);
		kit.bytes.data[at] ^= 0x10;
		CHECK("open", sl_zip_open(path, NULL, &zip, &err) == SL_OK);
		CHECK("verify",
		      sl_zip_verify(zip, 0, NULL, NULL, &err) == SL_CONFIG);
	}
}

static bool
count_bytes(void *ctx, uint64_t done)
{
	*(uint64_t *)ctx = done;
	return true;
}

static long
resident_kib(void)
{
	struct rusage usage;

	(void)getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

/* 10 GiB of zeros: owned up to, and claimed to be less. */
static void
bombs_are_stopped_at_once(void **state SL_UNUSED)
{
	static const struct zip_kit_entry honest = { .name = "bomb.csv" };
	static const struct zip_kit_entry liar = { .name = "bomb.csv",
						   .lies = true,
						   .claimed = 1000000 };
	AUTO_ZIP_KIT open, hidden;
	SL_AUTO_ZIP zip = NULL;
	struct sl_error err;
	uint64_t done = 0;
	clock_t began;
	long before;

	zip_kit_init(&open);
	zip_kit_zeros(&open, &honest, 640);
	check_refused("honest", open_kit(&open, NULL, &zip, &err), &err,
		      "bomb.csv would be too large unpacked");
	zip_kit_init(&hidden);
	zip_kit_zeros(&hidden, &liar, 640);
	assert_int_equal(open_kit(&hidden, NULL, &zip, &err), SL_OK);
	before = resident_kib();
	began = clock();
	check_refused("liar", sl_zip_verify(zip, 0, count_bytes, &done, &err),
		      &err, "does not have the size that the archive claims");
	assert_true(done <= 1000000);
	assert_true(clock() - began < CLOCKS_PER_SEC);
	assert_true(resident_kib() - before < 4096);
}

/* All of 128 MiB is inflated, and its false checksum found. */
static void
what_the_cap_allows_takes_no_memory(void **state SL_UNUSED)
{
	static const struct zip_kit_entry entry = {
		.name = "zeros", .lies = true, .claimed = GIB / 8, .crc = 1
	};
	AUTO_ZIP_KIT kit;
	SL_AUTO_ZIP zip = NULL;
	struct sl_error err;
	uint64_t done = 0;
	long before;

	zip_kit_init(&kit);
	zip_kit_zeros(&kit, &entry, 8);
	assert_int_equal(open_kit(&kit, NULL, &zip, &err), SL_OK);
	before = resident_kib();
	check_refused("crc", sl_zip_verify(zip, 0, count_bytes, &done, &err),
		      &err, "CRC error");
	assert_true(done == GIB / 8);
	assert_true(resident_kib() - before < 4096);
}

static bool
stop(void *ctx, uint64_t done SL_UNUSED)
{
	return --*(int *)ctx > 0;
}

static void
verifying_can_be_cancelled(void **state SL_UNUSED)
{
	static const struct zip_kit_entry entry = { .name = "zeros" };
	AUTO_ZIP_KIT kit;
	SL_AUTO_ZIP zip = NULL;
	struct sl_error err;
	int calls = 3;

	zip_kit_init(&kit);
	zip_kit_zeros(&kit, &entry, 1);
	assert_int_equal(open_kit(&kit, NULL, &zip, &err), SL_OK);
	assert_int_equal(sl_zip_verify(zip, 0, stop, &calls, &err),
			 SL_CANCELLED);
	assert_int_equal(calls, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text_is_read_in_pieces),
		cmocka_unit_test(entries_are_read_side_by_side),
		cmocka_unit_test(damage_is_found),
		cmocka_unit_test(one_byte_of_damage_is_found),
		cmocka_unit_test(bombs_are_stopped_at_once),
		cmocka_unit_test(what_the_cap_allows_takes_no_memory),
		cmocka_unit_test(verifying_can_be_cancelled),
	};

	return cmocka_run_group_tests(tests, make_folder, drop_folder);
}
