/* SPDX-License-Identifier: Apache-2.0 */
/* cmocka.h needs the four before it. */
/* clang-format off */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
/* clang-format on */

#include <string.h>

#include "core/base/attr.h"

#include "core/auth/digest.h"
#include "core/auth/pkce.h"

static void
sha256_matches_the_published_vectors(void **state SL_UNUSED)
{
	static const struct {
		const char *text;
		const char *expect;
		const char *why;
	} rows[] = {
		{ "",
		  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b785"
		  "2b855",
		  "empty" },
		{ "abc",
		  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20"
		  "015ad",
		  "FIPS 180-2 B.1" },
		{ "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419d"
		  "b06c1",
		  "FIPS 180-2 B.2: two blocks" },
	};

	for (size_t i = 0; i < SL_ARRAY_LEN(rows); i++) {
		char hex[SL_SHA256_HEX];

		sl_sha256_hex(rows[i].text, strlen(rows[i].text), hex);
		if (strcmp(hex, rows[i].expect) != 0)
			fail_msg("%s: %s", rows[i].why, hex);
	}
}

static void
pieces_hash_as_the_whole(void **state SL_UNUSED)
{
	static const char text[] = "abcdbcdecdefdefgefghfghighijhijkijkl";
	char whole[SL_SHA256_HEX], pieces[SL_SHA256_HEX];

	sl_sha256_hex(text, strlen(text), whole);
	for (size_t cut = 0; cut <= strlen(text); cut++) {
		struct sl_hash *hash = sl_hash_new();

		sl_hash_add(hash, text, cut);
		sl_hash_add(hash, text + cut, strlen(text) - cut);
		sl_hash_hex(hash, pieces);
		sl_hash_free(&hash);
		assert_null(hash);
		assert_string_equal(pieces, whole);
	}
}

static void
the_challenge_matches_rfc_7636_appendix_b(void **state SL_UNUSED)
{
	static const char verifier[] =
		"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
	SL_AUTO_SECRET secret = { 0 };
	char challenge[SL_PKCE_CHALLENGE_TEXT];

	sl_secret_set(&secret, verifier, strlen(verifier));
	sl_pkce_challenge(&secret, challenge);
	assert_string_equal(challenge,
			    "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
}

/** The 32 bytes of RFC 7636 appendix B. */
static void
fill_from_rfc(void *ctx SL_UNUSED, void *bytes, size_t len)
{
	static const unsigned char rfc[] = {
		116, 24,  223, 180, 151, 153, 224, 37,  79,  250, 96,
		125, 216, 173, 187, 186, 22,  212, 37,  77,  105, 214,
		191, 240, 91,  88,  5,   88,  83,  132, 141, 121,
	};

	assert_int_equal(len, sizeof(rfc));
	memcpy(bytes, rfc, len);
}

static void
a_random_token_is_base64url_of_32_bytes(void **state SL_UNUSED)
{
	const struct sl_rng rng = { .fill = fill_from_rfc };
	SL_AUTO_SECRET token = { 0 };

	sl_random_token(&rng, &token);
	assert_int_equal(token.len, 43);
	assert_string_equal((const char *)token.bytes,
			    "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
}

static void
random_tokens_differ_and_hold_url_characters_only(void **state SL_UNUSED)
{
	SL_AUTO_SECRET before = { 0 };

	for (int i = 0; i < 1000; i++) {
		SL_AUTO_SECRET token = { 0 };

		sl_random_token(&sl_system_rng, &token);
		assert_int_equal(strspn((const char *)token.bytes,
					"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
					"abcdefghijklmnopqrstuvwxyz"
					"0123456789-_"),
				 43);
		assert_false(sl_secret_equal(&token, &before));
		sl_secret_copy(&before, &token);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sha256_matches_the_published_vectors),
		cmocka_unit_test(pieces_hash_as_the_whole),
		cmocka_unit_test(the_challenge_matches_rfc_7636_appendix_b),
		cmocka_unit_test(a_random_token_is_base64url_of_32_bytes),
		cmocka_unit_test(
			random_tokens_differ_and_hold_url_characters_only),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
