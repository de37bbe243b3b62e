/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Zones against libc's own reading of the same files and rules, and files and
 * names that are none.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/arena.h"
#include "core/base/civil.h"
#include "core/base/clock.h"

#include "core/recur/posix_tz.h"
#include "core/recur/zone.h"

#include "tests/support/unit.h"

#define SAMPLES   400
#define QUARTER_S 900
#define HOUR_S    3600
#define DAY_S     86400

/* 1850 to 2150: before all changes, and long after the last listed one. */
#define FIRST_S (INT64_C(-3786912000))
#define RANGE_S (INT64_C(9467280000))

static int64_t
libc_offset(int64_t utc_s)
{
	time_t at = utc_s;
	struct tm tm;

	assert_non_null(localtime_r(&at, &tm));
	return tm.tm_gmtoff;
}

static void
set_libc_zone(const char *tz)
{
	assert_int_equal(setenv("TZ", tz, 1), 0);
	tzset();
}

static void
check_zone(const char *name, const struct sl_rng *rng)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const struct sl_zone *zone = sl_zone_load(arena, name);

	CHECK(name, zone != NULL);
	set_libc_zone(name);
	for (int i = 0; i < SAMPLES; i++) {
		int64_t at = FIRST_S + (int64_t)sl_rng_below(rng, RANGE_S);
		int64_t found = sl_zone_to_civil(zone, at) - at;

		if (found != libc_offset(at))
			fail_msg("%s at %ld: %ld, libc %ld", name, (long)at,
				 (long)found, (long)libc_offset(at));
	}
}

/* "Z name ..." and "L target name" of tzdata.zi. */
static bool
zone_of_line(char *line, char **name)
{
	char *space;

	line[strcspn(line, "\n")] = '\0';
	*name = line + 2;
	if (strncmp(line, "L ", 2) == 0) {
		space = strchr(line + 2, ' ');
		*name = space != NULL ? space + 1 : line + 2;
		return true;
	}
	space = strchr(line + 2, ' ');
	if (strncmp(line, "Z ", 2) != 0 || space == NULL)
		return false;
	*space = '\0';
	return true;
}

static void
every_zone_of_the_machine_is_as_libc_has_it(void **state)
{
	struct sl_seeded_rng seeded;
	char path[4096], line[512], *name;
	unsigned zones = 0;
	FILE *file;

	(void)state;
	sl_seeded_rng_init(&seeded, 7);
	(void)snprintf(path, sizeof(path), "%s/tzdata.zi", sl_zone_directory());
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) != NULL)
		if (zone_of_line(line, &name)) {
			check_zone(name, &seeded.rng);
			zones++;
		}
	(void)fclose(file);
	print_message("%u zones\n", zones);
	assert_true(zones > 400);
}

static void
rules_after_the_table_are_as_libc_reads_them(void **state)
{
	static const char *const rules[] = {
		"CET-1CEST,M3.5.0,M10.5.0/3",
		"EST5EDT,M3.2.0,M11.1.0",
		"UTC0",
		"<+0545>-5:45",
		"<+1030>-10:30<+11>-11,M10.1.0,M4.1.0",
		"IST-1GMT0,M10.5.0,M3.5.0/1",
		"<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
		"EET-2EEST,M3.4.4/50,M10.4.4/50",
		"XXX3YYY,J60/0,J300/24:30:30",
		"XXX3YYY2:30,59,299/1",
		"AAA-12BBB,M1.2.0/0,M12.4.6/23:59:59",
	};
	struct sl_seeded_rng seeded;

	(void)state;
	sl_seeded_rng_init(&seeded, 8);
	for (size_t i = 0; i < SL_ARRAY_LEN(rules); i++) {
		struct sl_posix_tz tz;

		CHECK(rules[i], sl_posix_tz_parse(rules[i], &tz));
		set_libc_zone(rules[i]);
		for (int n = 0; n < 5000; n++) {
			int64_t at =
				(int64_t)sl_rng_below(&seeded.rng, UINT32_MAX);
			struct sl_zone_span span = sl_posix_tz_span(&tz, at);

			CHECK(rules[i], span.offset_s == libc_offset(at));
			CHECK(rules[i], span.from_s <= at && at < span.to_s);
			CHECK(rules[i],
			      !tz.has_summer || libc_offset(span.to_s - 1) ==
							libc_offset(at));
		}
	}
}

static void
a_rule_must_be_one_to_its_end(void **state)
{
	static const char *const none[] = {
		"",
		"CET",
		"-1",
		"CET-1CEST",
		"CET-1CEST,M3.5.0",
		"CET-1CEST,M3.5.0,M10.5.0/3x",
		"CET-1CEST,M13.5.0,M10.5.0",
		"CET-1CEST,M3.6.0,M10.5.0",
		"CET-1CEST,M3.5.7,M10.5.0",
		"CET-1CEST,M3.0.0,M10.5.0",
		"CET-1CEST,J0,J1",
		"CET-1CEST,J366,J1",
		"CET-1CEST,366,1",
		"CET-25",
		"CET-1:60",
		"CET-1CEST,M3.5.0/168,M10.5.0",
		"<CET-1",
		"<C T>-1",
		"CET-99999999999999999999",
	};

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(none); i++) {
		struct sl_posix_tz tz;

		CHECK(none[i], !sl_posix_tz_parse(none[i], &tz));
	}
}

/* What RFC 5545, 3.3.5 says, by looking at every quarter of an hour. */
static int64_t
slow_to_utc(const struct sl_zone *zone, int64_t civil_s)
{
	int64_t before = civil_s - 26 * HOUR_S;

	for (int64_t at = before; at <= civil_s + 26 * HOUR_S;
	     at += QUARTER_S) {
		int64_t shown = sl_zone_to_civil(zone, at);

		if (shown == civil_s)
			return at;
		/* Later the clock may go back over what it passed by. */
		if (shown < civil_s)
			before = at;
	}
	return civil_s - (sl_zone_to_civil(zone, before) - before);
}

static void
skipped_and_repeated_times_are_found_by_looking_at_every_quarter(void **state)
{
	static const char *const zones[] = {
		"Europe/Berlin",     "America/New_York",    "Europe/Dublin",
		"Australia/Sydney",  "Australia/Lord_Howe", "Asia/Kathmandu",
		"Africa/Casablanca", "America/Sao_Paulo",   "Pacific/Apia",
		"Pacific/Kwajalein", "Asia/Pyongyang",      "America/Caracas",
		"Antarctica/Troll",  "America/Nuuk",        "Asia/Gaza",
		"Pacific/Chatham",
	};
	unsigned changes = 0;

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(zones); i++) {
		SL_AUTO_ARENA arena = sl_arena_new();
		const struct sl_zone *zone = sl_zone_load(arena, zones[i]);

		CHECK(zones[i], zone != NULL);
		for (int64_t day = 8700; day < 26000; day++) { /* 1993..2041 */
			int64_t at = day * DAY_S;

			if (sl_zone_to_civil(zone, at + DAY_S) - DAY_S ==
			    sl_zone_to_civil(zone, at))
				continue;
			changes++;
			for (int64_t civil = at - DAY_S; civil < at + 2 * DAY_S;
			     civil += QUARTER_S)
				if (sl_zone_to_utc(zone, civil) !=
				    slow_to_utc(zone, civil))
					fail_msg(
						"%s: civil %ld: %ld, not %ld",
						zones[i], (long)civil,
						(long)sl_zone_to_utc(zone,
								     civil),
						(long)slow_to_utc(zone, civil));
		}
	}
	print_message("%u changes\n", changes);
	assert_true(changes > 500);
}

static void
names_that_lead_elsewhere_are_none(void **state)
{
	static const struct {
		const char *name;
		bool known;
	} rows[] = {
		{ "Europe/Berlin", true },
		{ "America/Argentina/Buenos_Aires", true },
		{ "America/Port-au-Prince", true },
		{ "Etc/GMT+12", true },
		{ "UTC", true },
		{ NULL, false },
		{ "", false },
		{ "/", false },
		{ "Europe", false }, /* a directory */
		{ "Europe/", false },
		{ "Europe//Berlin", false },
		{ "/Europe/Berlin", false },
		{ "./Europe/Berlin", false },
		{ "../zoneinfo/Europe/Berlin", false },
		{ "Europe/../Europe/Berlin", false },
		{ "Europe/./Berlin", false },
		{ "Europe/Berlin\n", false },
		{ "Europe/Berl\xc3\xadn", false },
		{ "%s%s%n", false },
		{ "/usr/share/zoneinfo/UTC", false },
		{ "localtime", false },  /* the host's own      */
		{ "posixrules", false }, /* likewise            */
		{ "tzdata.zi", false },  /* a file, but no zone */
		{ "right/UTC", false },  /* another time scale  */
		{ "W. Europe Standard Time", false },
		{ "GMT-03:00", false },
	};

	(void)state;
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		SL_AUTO_ARENA arena = sl_arena_new();

		CHECK(rows[i].name != NULL ? rows[i].name : "NULL",
		      (sl_zone_load(arena, rows[i].name) != NULL) ==
			      rows[i].known);
	}
}

/* A directory of zone files of our own. */
struct made {
	char dir[64];
	unsigned char berlin[SL_ZONE_FILE_MAX];
	size_t size;
};

static void
write_zone(const struct made *made, const char *name,
	   const unsigned char *bytes, size_t size)
{
	char path[256];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", made->dir, name);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, size, file), size);
	assert_int_equal(fclose(file), 0);
}

static bool
is_zone(const struct made *made, const unsigned char *bytes, size_t size)
{
	SL_AUTO_ARENA arena = sl_arena_new();

	write_zone(made, "Made", bytes, size);
	return sl_zone_load(arena, "Made") != NULL;
}

static int
make_directory(void **state)
{
	static struct made made;
	char path[4096];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/Europe/Berlin",
		       sl_zone_directory());
	file = fopen(path, "re");
	if (file == NULL)
		return -1;
	made.size = fread(made.berlin, 1, sizeof(made.berlin), file);
	(void)fclose(file);
	(void)snprintf(made.dir, sizeof(made.dir), "/tmp/sluice-zones-XXXXXX");
	*state = &made;
	return mkdtemp(made.dir) != NULL ? setenv("TZDIR", made.dir, 1) : -1;
}

static int
remove_directory(void **state)
{
	struct made *made = *state;
	char path[256];

	(void)unsetenv("TZDIR");
	(void)snprintf(path, sizeof(path), "%s/Made", made->dir);
	(void)unlink(path);
	(void)snprintf(path, sizeof(path), "%s/Pipe", made->dir);
	(void)unlink(path);
	for (int len = SL_ZONE_NAME_MAX; len <= SL_ZONE_NAME_MAX + 1; len++) {
		char name[SL_ZONE_NAME_MAX + 2] = { 0 };

		memset(name, 'A', (size_t)len);
		(void)snprintf(path, sizeof(path), "%s/%s", made->dir, name);
		(void)unlink(path);
	}
	return rmdir(made->dir);
}

static void
a_file_that_is_cut_anywhere_is_no_zone(void **state)
{
	const struct made *made = *state;

	assert_true(is_zone(made, made->berlin, made->size));
	for (size_t size = 0; size < made->size; size++)
		if (is_zone(made, made->berlin, size))
			fail_msg("cut after %zu of %zu bytes", size,
				 made->size);
}

/* It may still be one; but it is read within its bounds, and answers. */
static void
a_file_with_any_byte_changed_is_read_within_its_bounds(void **state)
{
	const struct made *made = *state;
	unsigned char bytes[SL_ZONE_FILE_MAX];

	for (size_t i = 0; i < made->size; i++) {
		SL_AUTO_ARENA arena = sl_arena_new();
		const struct sl_zone *zone;

		memcpy(bytes, made->berlin, made->size);
		bytes[i] ^= 0xff;
		write_zone(made, "Made", bytes, made->size);
		zone = sl_zone_load(arena, "Made");
		for (int64_t at = FIRST_S;
		     zone != NULL && at < FIRST_S + RANGE_S;
		     at += INT64_C(100) * DAY_S) {
			int64_t utc = sl_zone_to_utc(zone, at);

			assert_in_range(utc - at + 2 * DAY_S, 0, 4 * DAY_S);
		}
	}
}

static void
files_and_names_have_a_largest_size(void **state)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const struct made *made = *state;
	unsigned char bytes[SL_ZONE_FILE_MAX + 1] = { 0 };
	char name[SL_ZONE_NAME_MAX + 2] = { 0 };

	/* Bytes after the rule's line mean nothing. */
	memcpy(bytes, made->berlin, made->size);
	assert_true(is_zone(made, bytes, SL_ZONE_FILE_MAX));
	assert_false(is_zone(made, bytes, SL_ZONE_FILE_MAX + 1));
	memset(name, 'A', SL_ZONE_NAME_MAX);
	write_zone(made, name, made->berlin, made->size);
	assert_non_null(sl_zone_load(arena, name));
	name[SL_ZONE_NAME_MAX] = 'A';
	write_zone(made, name, made->berlin, made->size);
	assert_null(sl_zone_load(arena, name));
}

/* The least of a zone: one offset, two headers, and an empty rule. */
static size_t
least_zone(unsigned char *bytes, unsigned char leap_seconds)
{
	static const unsigned char block[] = { 0, 0, 14, 16, 0, 0, 'A' };
	size_t at = 0;

	memset(bytes, 0, 256);
	for (int part = 0; part < 2; part++) {
		memcpy(bytes + at, "TZif2", 5);
		bytes[at + 31] = part == 1 ? leap_seconds : 0;
		bytes[at + 39] = 1; /* types      */
		bytes[at + 43] = 1; /* characters */
		memcpy(bytes + at + 44, block, sizeof(block));
		at += 44 + sizeof(block);
	}
	at += 12u * leap_seconds;
	memcpy(bytes + at, "\n\n", 2);
	return at + 2;
}

static void
a_zone_that_counts_leap_seconds_is_another_time_scale(void **state)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const struct made *made = *state;
	unsigned char bytes[256];
	const struct sl_zone *zone;

	assert_true(is_zone(made, bytes, least_zone(bytes, 0)));
	zone = sl_zone_load(arena, "Made");
	assert_int_equal(sl_zone_to_civil(zone, 0), HOUR_S);
	assert_false(is_zone(made, bytes, least_zone(bytes, 1)));
}

static void
a_pipe_is_no_zone_and_does_not_block(void **state)
{
	SL_AUTO_ARENA arena = sl_arena_new();
	const struct made *made = *state;
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/Pipe", made->dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_null(sl_zone_load(arena, "Pipe"));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_zone_of_the_machine_is_as_libc_has_it),
		cmocka_unit_test(rules_after_the_table_are_as_libc_reads_them),
		cmocka_unit_test(a_rule_must_be_one_to_its_end),
		cmocka_unit_test(
			skipped_and_repeated_times_are_found_by_looking_at_every_quarter),
		cmocka_unit_test(names_that_lead_elsewhere_are_none),
		cmocka_unit_test_setup_teardown(
			a_file_that_is_cut_anywhere_is_no_zone, make_directory,
			remove_directory),
		cmocka_unit_test_setup_teardown(
			a_file_with_any_byte_changed_is_read_within_its_bounds,
			make_directory, remove_directory),
		cmocka_unit_test_setup_teardown(
			files_and_names_have_a_largest_size, make_directory,
			remove_directory),
		cmocka_unit_test_setup_teardown(
			a_zone_that_counts_leap_seconds_is_another_time_scale,
			make_directory, remove_directory),
		cmocka_unit_test_setup_teardown(
			a_pipe_is_no_zone_and_does_not_block, make_directory,
			remove_directory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
