/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Sealed secrets: a record from the database opens as it was sealed or not at
 * all. The first byte says which one byte of record or binding is changed, the
 * second how; the rest is the secret. With a first byte of 255 the rest is
 * the record itself: key id, IV and ciphertext of an attacker's choice.
 *
 * covers: core/auth/seal.c
 */
#include "core/base/mem.h"

#include "core/auth/seal.h"
#include "core/auth/seal_private.h"

#include "tests/fuzz/kit.h"

static const struct sl_seal_binding bound = { "user-1", "grant-1",
					      "refresh_token" };

static void
add_key(struct sl_keyring *ring, const char *id, unsigned char value)
{
	struct sl_key *key = &ring->keys[ring->count++];
	unsigned char bytes[SL_KEY_BYTES];

	memset(bytes, value, sizeof(bytes));
	memcpy(key->id, id, strlen(id));
	sl_secret_set(&key->bytes, bytes, sizeof(bytes));
}

static const struct sl_keyring *
the_ring(void)
{
	static struct sl_keyring *ring;

	if (ring == NULL) {
		ring = sl_alloc(sizeof(*ring));
		add_key(ring, "new", 1);
		add_key(ring, "old", 2);
	}
	return ring;
}

static void
check_stays_shut(const struct sl_seal_binding *binding,
		 const struct sl_sealed *sealed)
{
	SL_AUTO_SECRET plain = { 0 };
	struct sl_error err;
	sl_status status;

	sl_secret_set(&plain, "before", 6);
	status = sl_unseal(the_ring(), binding, sealed, &plain, &err);
	fuzz_check_error(&err, status);
	SL_ASSERT(status == SL_CONFIG && err.scope == SL_GRANT);
	SL_ASSERT(plain.len == 6 && memcmp(plain.bytes, "before", 6) == 0);
}

static void
check_hostile(const uint8_t *data, size_t size)
{
	struct sl_sealed sealed = { .key_id = "" };
	size_t id = size < 8 ? size : 8;

	memcpy(sealed.key_id, (data[0] & 1) != 0 ? "old" : "new", 3);
	if ((data[0] & 2) != 0)
		memcpy(sealed.key_id, data, id);
	size -= id;
	if (size >= SL_SEAL_IV_BYTES) {
		memcpy(sealed.iv, data + id, SL_SEAL_IV_BYTES);
		sealed.ciphertext = data + id + SL_SEAL_IV_BYTES;
		sealed.ciphertext_len = size - SL_SEAL_IV_BYTES;
	}
	check_stays_shut(&bound, &sealed);
}

/* Change one byte of what `sl_unseal` is given. */
static void
spoil(uint8_t where, uint8_t how, struct sl_sealed *sealed,
      unsigned char *ciphertext, char *owner)
{
	uint8_t change = how == 0 ? 1 : how;

	switch (where % 4) {
	case 0:
		ciphertext[where / 4 % sealed->ciphertext_len] ^= change;
		break;
	case 1:
		sealed->iv[where / 4 % SL_SEAL_IV_BYTES] ^= change;
		break;
	case 2:
		memcpy(sealed->key_id, "old", 4);
		break;
	default:
		/* Bound to texts: an early NUL makes another text, too. */
		owner[where / 4 % strlen(owner)] ^= (char)change;
		break;
	}
}

static void
check_round_trip(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	struct sl_seal_binding binding = bound;
	SL_AUTO_SECRET plain = { 0 };
	SL_AUTO_SECRET opened = { 0 };
	struct sl_seeded_rng rng;
	struct sl_sealed sealed;
	struct sl_error err;
	unsigned char *bytes;
	char *owner = sl_arena_strdup(arena, bound.owner_id);

	sl_seeded_rng_init(&rng, size);
	sl_secret_set(&plain, data + 2, size - 2);
	SL_ASSERT(sl_seal(the_ring(), &rng.rng, &bound, &plain, arena, &sealed,
			  &err) == SL_OK);
	SL_ASSERT(sl_unseal(the_ring(), &bound, &sealed, &opened, &err) ==
		  SL_OK);
	SL_ASSERT(sl_secret_equal(&plain, &opened));
	bytes = sl_arena_alloc(arena, sealed.ciphertext_len);
	memcpy(bytes, sealed.ciphertext, sealed.ciphertext_len);
	sealed.ciphertext = bytes;
	spoil(data[0], data[1], &sealed, bytes, owner);
	binding.owner_id = owner;
	check_stays_shut(&binding, &sealed);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size > 2 && data[0] == 255)
		check_hostile(data + 1, size - 1);
	else if (size > 2)
		check_round_trip(data, size);
	return 0;
}
