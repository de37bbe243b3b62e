/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka.h needs the four before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <endian.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "core/base/buf.h"

#include "core/auth/seal.h"
#include "core/auth/seal_private.h"

/* 32 times 'A', and 32 times 'B'. */
#define KEY_A "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE="
#define KEY_B "QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkI="
/* 64 characters: the longest id. */
#define ID_64 "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/** A directory of its own and one path in it. */
struct place {
	char dir[64];
	char path[80];
};

static int
make_place(void **state)
{
	static struct place place;

	memcpy(place.dir, "/tmp/sl_keyring_XXXXXX", 23);
	assert_non_null(mkdtemp(place.dir));
	assert_true(snprintf(place.path, sizeof(place.path), "%s/keys",
			     place.dir) < (int)sizeof(place.path));
	*state = &place;
	return 0;
}

static int
drop_place(void **state)
{
	const struct place *place = *state;

	(void)unlink(place->path);
	return rmdir(place->dir);
}

static void
write_file(const struct place *place, const char *bytes, size_t len,
	   mode_t mode)
{
	int fd;

	(void)unlink(place->path);
	fd = open(place->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	assert_int_equal(fchmod(fd, mode), 0);
	assert_int_equal(close(fd), 0);
}

static void
key_files_are_read_leniently_in_form(void **state)
{
	static const struct {
		const char *text;
		size_t count;
		const char *current;
		const char *why;
	} rows[] = {
		{ "k1:" KEY_A "\n", 1, "k1", "one line" },
		{ "k1:" KEY_A, 1, "k1", "no newline at the end" },
		{ "k1:" KEY_A "\r\nk2:" KEY_B "\r\n", 2, "k1", "CRLF" },
		{ "# comment\n\n  \t\nk2:" KEY_B "\n#k3:x\nk1:" KEY_A "\n\n", 2,
		  "k2", "the first key is the current one" },
		{ "  k1:" KEY_A "  \n", 1, "k1", "blanks around" },
		{ ID_64 ":" KEY_A "\n", 1, ID_64, "the longest id" },
		{ "A.b_c-9:" KEY_A "\n", 1, "A.b_c-9", "every kind of char" },
		{ "k1:" KEY_A "\nk2:" KEY_A "\n", 2, "k1",
		  "the same key under two ids is odd, not wrong" },
	};
	const struct place *place = *state;

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_keyring *ring = NULL;
		struct sl_error err = { 0 };

		write_file(place, rows[i].text, strlen(rows[i].text), 0600);
		if (sl_keyring_load(place->path, &ring, &err) != SL_OK)
			fail_msg("%s: %s", rows[i].why, err.text);
		assert_int_equal(sl_keyring_count(ring), rows[i].count);
		assert_string_equal(sl_keyring_current(ring), rows[i].current);
		assert_string_equal(sl_keyring_id(ring, 0), rows[i].current);
		assert_int_equal(ring->keys[0].bytes.len, SL_KEY_BYTES);
		sl_keyring_free(&ring);
		assert_null(ring);
	}
}

static void
key_files_are_read_strictly_in_substance(void **state)
{
	static const struct {
		const char *text;
		const char *says;
		const char *why;
	} rows[] = {
		{ "", "no key", "empty" },
		{ "\n# k1:" KEY_A "\n", "no key", "comments only" },
		{ "k1\n", "line 1", "no colon" },
		{ "k1:\n", "line 1", "no key" },
		{ ":" KEY_A "\n", "line 1", "no id" },
		{ KEY_A "\n", "line 1", "a key alone" },
		{ "k 1:" KEY_A "\n", "line 1", "a blank in the id" },
		{ "k/1:" KEY_A "\n", "line 1", "a slash in the id" },
		{ "k\xc3\xa9:" KEY_A "\n", "line 1", "not ASCII" },
		{ ID_64 "0:" KEY_A "\n", "line 1", "an id of 65 characters" },
		{ "\n\nk1: " KEY_A "\n", "line 3", "a blank before the key" },
		{ "k1:" KEY_A "x\n", "line 1", "45 characters" },
		{ "k1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE\n", "line 1",
		  "no padding" },
		{ "k1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQQ==\n", "line 1",
		  "31 bytes" },
		{ "k1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB\n", "line 1",
		  "33 bytes" },
		{ "k1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUF=\n", "line 1",
		  "stray bits: two texts for one key" },
		{ "k1:QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQU_=\n", "line 1",
		  "base64url" },
		{ "k1:QUFBQUFBQUFB QUFBQUFBQUFBQUFBQUFBQUFBQUFBUU=\n", "line 1",
		  "a blank inside" },
		{ "k1:" KEY_A "\nk1:" KEY_B "\n", "line 2", "an id twice" },
		{ "k1:" KEY_A "\nk2:" KEY_B " # old\n", "line 2",
		  "a comment behind a key" },
	};
	const struct place *place = *state;

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_keyring *ring = NULL;
		struct sl_error err = { 0 };

		write_file(place, rows[i].text, strlen(rows[i].text), 0600);
		if (sl_keyring_load(place->path, &ring, &err) != SL_CONFIG ||
		    ring || !strstr(err.text, place->path) ||
		    !strstr(err.text, rows[i].says) ||
		    strstr(err.text, "QUFBQUFB"))
			fail_msg("%s: %s", rows[i].why, err.text);
	}
}

static void
a_nul_in_a_key_file_is_refused(void **state)
{
	static const char text[] = "k\0:" KEY_A "\n";
	const struct place *place = *state;
	struct sl_keyring *ring = NULL;
	struct sl_error err;

	write_file(place, text, sizeof(text) - 1, 0600);
	assert_int_equal(sl_keyring_load(place->path, &ring, &err), SL_CONFIG);
}

static void
a_key_file_is_private_or_refused(void **state)
{
	static const struct {
		mode_t mode;
		bool fine;
		const char *why;
	} rows[] = {
		{ 0600, true, "the mode we ask for" },
		{ 0400, true, "read-only" },
		{ 0700, true, "executable is odd, not leaky" },
		{ 0640, false, "group reads" },
		{ 0604, false, "others read" },
		{ 0620, false, "group writes" },
		{ 0602, false, "others write" },
		{ 0644, false, "the usual umask" },
	};
	const struct place *place = *state;

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		struct sl_keyring *ring = NULL;
		struct sl_error err = { 0 };
		sl_status status;

		write_file(place, "k1:" KEY_A "\n", 48, rows[i].mode);
		status = sl_keyring_load(place->path, &ring, &err);
		if ((status == SL_OK) != rows[i].fine ||
		    (!rows[i].fine && !strstr(err.text, "run chmod 600 /tmp/")))
			fail_msg("%s: %s", rows[i].why, err.text);
		sl_keyring_free(&ring);
	}
}

static void
what_is_no_file_is_refused(void **state)
{
	const struct place *place = *state;
	struct sl_keyring *ring = NULL;
	struct sl_error err;

	(void)unlink(place->path);
	assert_int_equal(sl_keyring_load(place->path, &ring, &err), SL_CONFIG);
	assert_non_null(strstr(err.text, "does not exist: create one with: "
					 "sluice keys generate >/tmp/"));
	assert_int_equal(sl_keyring_load(place->dir, &ring, &err), SL_CONFIG);
	assert_non_null(strstr(err.text, "not a regular file"));
	assert_int_equal(mkfifo(place->path, 0600), 0);
	assert_int_equal(sl_keyring_load(place->path, &ring, &err), SL_CONFIG);
	assert_non_null(strstr(err.text, "not a regular file"));
}

/** `comment` bytes of comment, then a key. */
static sl_status
load_sized(const struct place *place, size_t size, struct sl_error *err)
{
	static const char line[] = "\nk1:" KEY_A "\n";
	struct sl_keyring *ring = NULL;
	sl_status status;
	SL_AUTO_BUF text;

	sl_buf_init(&text, size);
	while (text.len < size - (sizeof(line) - 1))
		sl_buf_addc(&text, '#');
	sl_buf_adds(&text, line);
	assert_int_equal(text.len, size);
	write_file(place, text.data, text.len, 0600);
	status = sl_keyring_load(place->path, &ring, err);
	sl_keyring_free(&ring);
	return status;
}

static void
size_and_number_of_keys_are_capped(void **state)
{
	const struct place *place = *state;
	struct sl_keyring *ring = NULL;
	struct sl_error err;
	SL_AUTO_BUF text;

	assert_int_equal(load_sized(place, SL_KEY_FILE_MAX, &err), SL_OK);
	assert_int_equal(load_sized(place, SL_KEY_FILE_MAX + 1, &err),
			 SL_CONFIG);
	sl_buf_init(&text, SL_KEY_FILE_MAX);
	for (int i = 0; i < SL_KEYS_MAX; i++)
		sl_buf_addf(&text, "k%d:" KEY_A "\n", i);
	write_file(place, text.data, text.len, 0600);
	assert_int_equal(sl_keyring_load(place->path, &ring, &err), SL_OK);
	assert_int_equal(sl_keyring_count(ring), SL_KEYS_MAX);
	assert_string_equal(sl_keyring_id(ring, SL_KEYS_MAX - 1), "k15");
	sl_keyring_free(&ring);
	sl_buf_adds(&text, "k16:" KEY_A "\n");
	write_file(place, text.data, text.len, 0600);
	assert_int_equal(sl_keyring_load(place->path, &ring, &err), SL_CONFIG);
	assert_non_null(strstr(err.text, "line 17"));
}

static void
a_generated_line_is_a_key_file(void **state)
{
	/* 2026-11-20T00:00:00Z */
	const int64_t now_us = INT64_C(1795132800) * SL_US_PER_S;
	const struct place *place = *state;
	struct sl_keyring *ring = NULL;
	SL_AUTO_SECRET line = { 0 };
	SL_AUTO_SECRET other = { 0 };
	struct sl_error err = { 0 };

	sl_key_generate(&sl_system_rng, now_us, &line);
	sl_key_generate(&sl_system_rng, now_us, &other);
	assert_false(sl_secret_equal(&line, &other));
	assert_memory_equal(line.bytes, "k20261120-", 10);
	assert_int_equal(line.bytes[line.len - 1], '\n');
	write_file(place, (const char *)line.bytes, line.len, 0600);
	assert_int_equal(sl_keyring_load(place->path, &ring, &err), SL_OK);
	assert_int_equal(strlen(sl_keyring_current(ring)), 18);
	sl_keyring_free(&ring);
}

static void
assert_current(const struct sl_keyring *ring, const char *id, const char *why)
{
	struct sl_key key = { .id = "" };

	if (!sl_keyring_take(ring, NULL, &key) || strcmp(key.id, id) != 0)
		fail_msg("%s: the current key is %s, not %s", why, key.id, id);
	sl_key_release(&key);
}

static unsigned char
first_byte(const struct sl_keyring *ring, const char *id)
{
	struct sl_key key = { .id = "" };
	unsigned char byte = 0;

	if (sl_keyring_take(ring, id, &key))
		byte = key.bytes.bytes[0];
	sl_key_release(&key);
	return byte;
}

static void
a_ring_follows_its_file(void **state)
{
	static const struct {
		const char *text;
		const char *current;
		unsigned char k1, k2, k3;
		const char *why;
	} rows[] = {
		{ "k1:" KEY_A "\n", "k1", 'A', 0, 0, "as it was loaded" },
		{ "k2:" KEY_B "\nk1:" KEY_A "\n", "k2", 'A', 'B', 0,
		  "a key put on top" },
		{ "k2:" KEY_B "\nk1:", "k2", 'A', 'B', 0,
		  "a file half written" },
		{ "k2:" KEY_B "\n", "k2", 'A', 'B', 0,
		  "what was loaded first stays known" },
		{ "k1:" KEY_B "\n", "k1", 'A', 0, 0,
		  "an id means what it meant first" },
		{ "k3:" KEY_B "\nk2:" KEY_A "\n", "k3", 'A', 'A', 'B',
		  "another file" },
	};
	const struct place *place = *state;
	struct sl_keyring *ring = NULL;
	struct sl_error err = { 0 };

	write_file(place, rows[0].text, strlen(rows[0].text), 0600);
	assert_int_equal(sl_keyring_load(place->path, &ring, &err), SL_OK);
	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		write_file(place, rows[i].text, strlen(rows[i].text), 0600);
		assert_current(ring, rows[i].current, rows[i].why);
		assert_int_equal(first_byte(ring, "k1"), rows[i].k1);
		assert_int_equal(first_byte(ring, "k2"), rows[i].k2);
		assert_int_equal(first_byte(ring, "k3"), rows[i].k3);
		assert_int_equal(first_byte(ring, "k4"), 0);
	}
	sl_keyring_free(&ring);
}

static void
a_file_that_is_lost_or_open_changes_nothing(void **state)
{
	const struct place *place = *state;
	struct sl_keyring *ring = NULL;
	struct sl_error err = { 0 };

	write_file(place, "k1:" KEY_A "\n", 48, 0600);
	assert_int_equal(sl_keyring_load(place->path, &ring, &err), SL_OK);
	write_file(place, "k2:" KEY_B "\n", 48, 0644);
	assert_current(ring, "k1", "readable by all");
	assert_int_equal(unlink(place->path), 0);
	assert_current(ring, "k1", "gone");
	write_file(place, "k2:" KEY_B "\n", 48, 0600);
	assert_current(ring, "k2", "back again");
	sl_keyring_free(&ring);
}

/* An access list as the kernel takes it: tag, permissions, id. */
static bool
set_list(const struct place *place, const uint32_t (*rows)[3], size_t count)
{
	struct {
		uint32_t version;

		struct {
			uint16_t tag, perm;
			uint32_t id;
		} rows[8];
	} list = { .version = htole32(2) };

	for (size_t i = 0; i < count; i++) {
		list.rows[i].tag = htole16((uint16_t)rows[i][0]);
		list.rows[i].perm = htole16((uint16_t)rows[i][1]);
		list.rows[i].id = htole32(rows[i][2]);
	}
	return setxattr(place->path, "system.posix_acl_access", &list,
			sizeof(list.version) + count * sizeof(list.rows[0]),
			0) == 0;
}

static void
a_list_may_let_us_in_and_nobody_else(void **state)
{
	enum { OWNER = 1, USER = 2, GROUP = 4, MASK = 16, OTHER = 32 };

	const uint32_t us = geteuid(), none = UINT32_MAX;

	const struct {
		uint32_t user, user_perm, group_perm;
		bool fine;
	} rows[] = {
		{ us, 4, 0, true }, /* a credential of systemd */
		{ us + 1, 4, 0, false },
		{ us + 1, 0, 0, true },
		{ us, 4, 4, false },
	};
	const struct place *place = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const uint32_t list[][3] = {
			{ OWNER, 4, none },
			{ USER, rows[i].user_perm, rows[i].user },
			{ GROUP, rows[i].group_perm, none },
			{ MASK, 4, none },
			{ OTHER, 0, none },
		};
		struct sl_keyring *ring = NULL;
		struct sl_error err;
		struct stat st;

		write_file(place, "k1:" KEY_A "\n", 48, 0400);
		if (!set_list(place, list, 5))
			skip(); /* a file system without lists */
		assert_int_equal(stat(place->path, &st), 0);
		assert_int_equal(st.st_mode & 0777, 0440);
		if ((sl_keyring_load(place->path, &ring, &err) == SL_OK) !=
		    rows[i].fine)
			fail_msg("list %zu", i);
		sl_keyring_free(&ring);
		assert_int_equal(unlink(place->path), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(key_files_are_read_leniently_in_form),
		cmocka_unit_test(key_files_are_read_strictly_in_substance),
		cmocka_unit_test(a_nul_in_a_key_file_is_refused),
		cmocka_unit_test(a_key_file_is_private_or_refused),
		cmocka_unit_test(a_list_may_let_us_in_and_nobody_else),
		cmocka_unit_test(what_is_no_file_is_refused),
		cmocka_unit_test(size_and_number_of_keys_are_capped),
		cmocka_unit_test(a_generated_line_is_a_key_file),
		cmocka_unit_test(a_ring_follows_its_file),
		cmocka_unit_test(a_file_that_is_lost_or_open_changes_nothing),
	};

	return cmocka_run_group_tests(tests, make_place, drop_place);
}
