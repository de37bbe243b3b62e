/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka.h needs the four before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <stdlib.h>
#include <string.h>

#include "core/base/mem.h"

#include "core/auth/seal.h"
#include "core/auth/seal_private.h"

static const struct sl_seal_binding bound = { "user-1", "grant-1",
					      "refresh_token" };

/** A ring of one key made of one byte value; no file needed. */
static struct sl_keyring *
ring_of(const char *id, unsigned char value)
{
	struct sl_keyring *ring = sl_alloc(sizeof(*ring));
	unsigned char key[SL_KEY_BYTES];

	memset(key, value, sizeof(key));
	memcpy(ring->keys[0].id, id, strlen(id));
	sl_secret_set(&ring->keys[0].bytes, key, sizeof(key));
	ring->count = 1;
	return ring;
}

static struct sl_sealed
sealed_text(const struct sl_keyring *ring, struct sl_arena *arena,
	    const char *text, size_t len)
{
	struct sl_sealed sealed = { .key_id = "" };
	SL_AUTO_SECRET plain = { 0 };
	struct sl_error err = { 0 };

	sl_secret_set(&plain, text, len);
	assert_int_equal(sl_seal(ring, &sl_system_rng, &bound, &plain, arena,
				 &sealed, &err),
			 SL_OK);
	return sealed;
}

/** Must not open, must not touch the output, must not tell the text. */
static void
assert_stays_shut(const struct sl_keyring *ring,
		  const struct sl_seal_binding *binding,
		  const struct sl_sealed *sealed, const char *why)
{
	SL_AUTO_SECRET plain = { 0 };
	struct sl_error err = { 0 };

	sl_secret_set(&plain, "before", 6);
	if (sl_unseal(ring, binding, sealed, &plain, &err) != SL_CONFIG ||
	    err.scope != SL_GRANT ||
	    err.unopened != (sealed->key_id[0] != '\0') ||
	    strstr(err.text, "1//0g"))
		fail_msg("%s: %s", why, err.text);
	assert_string_equal((const char *)plain.bytes, "before");
}

static void
what_was_sealed_opens(void **state SL_UNUSED)
{
	static const size_t lens[] = { 1,  15,  16,   17,
				       31, 512, 4096, SL_SEAL_TEXT_MAX };
	struct sl_keyring *ring = ring_of("k1", 7);
	SL_AUTO_ARENA arena = sl_arena_new();
	char *text = sl_alloc(SL_SEAL_TEXT_MAX);

	for (size_t i = 0; i < SL_SEAL_TEXT_MAX; i++)
		text[i] = (char)(unsigned char)(i * 31 & 0xff);
	for (size_t i = 0; i < SL_ARRAY_LEN(lens); i++) {
		SL_AUTO_SECRET plain = { 0 };
		struct sl_error err = { 0 };
		struct sl_sealed sealed =
			sealed_text(ring, arena, text, lens[i]);

		assert_string_equal(sealed.key_id, "k1");
		assert_int_equal(sealed.ciphertext_len,
				 lens[i] + SL_SEAL_TAG_BYTES);
		assert_int_equal(sl_unseal(ring, &bound, &sealed, &plain, &err),
				 SL_OK);
		assert_int_equal(plain.len, lens[i]);
		assert_memory_equal(plain.bytes, text, lens[i]);
	}
	sl_free(text);
	sl_keyring_free(&ring);
}

static void
empty_and_overlong_secrets_are_not_sealed(void **state SL_UNUSED)
{
	struct sl_keyring *ring = ring_of("k1", 7);
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_sealed sealed = { .key_id = "untouched" };
	SL_AUTO_SECRET plain = { 0 };
	struct sl_error err = { 0 };
	char *text = sl_alloc(SL_SEAL_TEXT_MAX + 1);

	assert_int_equal(sl_seal(ring, &sl_system_rng, &bound, &plain, arena,
				 &sealed, &err),
			 SL_BUG);
	sl_secret_set(&plain, text, SL_SEAL_TEXT_MAX + 1);
	assert_int_equal(sl_seal(ring, &sl_system_rng, &bound, &plain, arena,
				 &sealed, &err),
			 SL_REJECTED);
	assert_string_equal(sealed.key_id, "untouched");
	sl_free(text);
	sl_keyring_free(&ring);
}

static void
a_ciphertext_opens_in_its_own_row_only(void **state SL_UNUSED)
{
	static const struct {
		struct sl_seal_binding binding;
		const char *why;
	} rows[] = {
		{ { "user-2", "grant-1", "refresh_token" }, "another user" },
		{ { "user-1", "grant-2", "refresh_token" }, "another grant" },
		{ { "user-1", "grant-1", "access_token" }, "another purpose" },
		{ { "", "grant-1", "refresh_token" }, "no user" },
		{ { "user-1g", "rant-1", "refresh_token" }, "parts shifted" },
		{ { "grant-1", "user-1", "refresh_token" }, "parts swapped" },
	};
	struct sl_keyring *ring = ring_of("k1", 7);
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_sealed sealed = sealed_text(ring, arena, "1//0g-token", 11);

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++)
		assert_stays_shut(ring, &rows[i].binding, &sealed, rows[i].why);
	sl_keyring_free(&ring);
}

static void
another_key_does_not_open(void **state SL_UNUSED)
{
	struct sl_keyring *ring = ring_of("k1", 7);
	struct sl_keyring *same_id = ring_of("k1", 8);
	struct sl_keyring *same_key = ring_of("k2", 7);
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_sealed sealed = sealed_text(ring, arena, "1//0g-token", 11);
	struct sl_sealed renamed = sealed;
	struct sl_sealed unset = { .key_id = "" };

	assert_stays_shut(same_id, &bound, &sealed, "key replaced");
	assert_stays_shut(same_key, &bound, &sealed, "id not in the ring");
	memcpy(renamed.key_id, "k2", 3);
	assert_stays_shut(same_key, &bound, &renamed, "the id is bound too");
	assert_stays_shut(ring, &bound, &unset, "nothing stored");
	sl_keyring_free(&ring);
	sl_keyring_free(&same_id);
	sl_keyring_free(&same_key);
}

static void
every_flipped_bit_is_noticed(void **state SL_UNUSED)
{
	struct sl_keyring *ring = ring_of("k1", 7);
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_sealed sealed = sealed_text(ring, arena, "1//0g-token", 11);
	unsigned char *bytes = sl_arena_alloc(arena, sealed.ciphertext_len);

	memcpy(bytes, sealed.ciphertext, sealed.ciphertext_len);
	sealed.ciphertext = bytes;
	for (size_t bit = 0; bit < sealed.ciphertext_len * 8; bit++) {
		bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
		assert_stays_shut(ring, &bound, &sealed, "ciphertext or tag");
		bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < sizeof(sealed.iv) * 8; bit++) {
		sealed.iv[bit / 8] ^= (unsigned char)(1u << bit % 8);
		assert_stays_shut(ring, &bound, &sealed, "IV");
		sealed.iv[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	sl_keyring_free(&ring);
}

static void
records_of_other_lengths_stay_shut(void **state SL_UNUSED)
{
	struct sl_keyring *ring = ring_of("k1", 7);
	SL_AUTO_ARENA arena = sl_arena_new();
	struct sl_sealed sealed = sealed_text(ring, arena, "1//0g-token", 11);
	const size_t whole = sealed.ciphertext_len;
	const size_t most = SL_SEAL_TEXT_MAX + SL_SEAL_TAG_BYTES;

	for (size_t len = 0; len < whole; len++) {
		sealed.ciphertext_len = len;
		assert_stays_shut(ring, &bound, &sealed, "short");
	}
	sealed.ciphertext = sl_arena_alloc(arena, most + 1);
	sealed.ciphertext_len = most + 1;
	assert_stays_shut(ring, &bound, &sealed, "past the cap");
	sealed.ciphertext = NULL;
	sealed.ciphertext_len = 0;
	assert_stays_shut(ring, &bound, &sealed, "no bytes");
	sl_keyring_free(&ring);
}

static int
by_iv(const void *a, const void *b)
{
	return memcmp(a, b, SL_SEAL_IV_BYTES);
}

/* A million, and fewer where each is slow (scripts/test, under valgrind). */
static size_t
how_many(void)
{
	const char *given = getenv("SEALS");

#ifdef __SANITIZE_ADDRESS__
	if (!given)
		given = "100000";
#endif
	return given ? strtoul(given, NULL, 10) : 1000000;
}

static void
no_iv_is_used_twice(void **state SL_UNUSED)
{
	const size_t many = how_many();
	struct sl_keyring *ring = ring_of("k1", 7);
	SL_AUTO_ARENA arena = sl_arena_new();
	unsigned char(*ivs)[SL_SEAL_IV_BYTES] =
		sl_alloc_array(many, sizeof(*ivs));

	for (size_t i = 0; i < many; i++) {
		struct sl_sealed sealed = sealed_text(ring, arena, "x", 1);

		memcpy(ivs[i], sealed.iv, sizeof(ivs[i]));
		sl_arena_reset(arena);
	}
	qsort(ivs, many, sizeof(*ivs), by_iv);
	for (size_t i = 1; i < many; i++)
		assert_memory_not_equal(ivs[i - 1], ivs[i], sizeof(ivs[i]));
	sl_free(ivs);
	sl_keyring_free(&ring);
}

static void
fill_iv(void *ctx SL_UNUSED, void *bytes, size_t len)
{
	memset(bytes, 0, len);
}

/* Key 32 x 07, IV 12 x 00; computed with Python's `cryptography`, so that a
 * later version still opens what this one sealed. */
static void
the_format_of_version_1_does_not_change(void **state SL_UNUSED)
{
	static const unsigned char expect[] = {
		0x50, 0xf7, 0x8b, 0x82, 0x9c, 0xbf, 0x7f, 0x87, 0x8a,
		0x62, 0xe1, 0x32, 0xbf, 0x37, 0x34, 0xdc, 0x6f, 0x87,
		0x98, 0x24, 0xb2, 0xb1, 0x41, 0xa0, 0x4a, 0x76, 0x22
	};
	const struct sl_rng zeros = { .fill = fill_iv };
	struct sl_keyring *ring = ring_of("k1", 7);
	SL_AUTO_ARENA arena = sl_arena_new();
	SL_AUTO_SECRET plain = { 0 };
	struct sl_error err = { 0 };
	struct sl_sealed sealed;

	sl_secret_set(&plain, "1//0g-token", 11);
	assert_int_equal(
		sl_seal(ring, &zeros, &bound, &plain, arena, &sealed, &err),
		SL_OK);
	assert_int_equal(sealed.ciphertext_len, sizeof(expect));
	assert_memory_equal(sealed.ciphertext, expect, sizeof(expect));
	sl_keyring_free(&ring);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_sealed_opens),
		cmocka_unit_test(empty_and_overlong_secrets_are_not_sealed),
		cmocka_unit_test(a_ciphertext_opens_in_its_own_row_only),
		cmocka_unit_test(another_key_does_not_open),
		cmocka_unit_test(every_flipped_bit_is_noticed),
		cmocka_unit_test(records_of_other_lengths_stay_shut),
		cmocka_unit_test(no_iv_is_used_twice),
		cmocka_unit_test(the_format_of_version_1_does_not_change),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
