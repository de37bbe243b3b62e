/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Addresses as identities: normalising twice changes nothing more.
 *
 * covers: core/people/address.c
 */
#include "core/people/address.h"

#include "tests/fuzz/kit.h"

static void
check_normalised(struct sl_arena *arena, const char *address)
{
	const char *at = strrchr(address, '@');
	const char *again = sl_address_normalise(arena, address);

	SL_ASSERT(again != NULL && strcmp(again, address) == 0);
	SL_ASSERT(strlen(address) <= SL_ADDRESS_MAX);
	SL_ASSERT(at != NULL && at != address && at[1] != '\0');
	SL_ASSERT(at[1 + strspn(at + 1, "abcdefghijklmnopqrstuvwxyz"
					"0123456789-_.")] == '\0');
	for (const char *c = address; *c != '\0'; c++)
		SL_ASSERT(!(*c >= 'A' && *c <= 'Z') &&
			  ((unsigned char)*c >= 0x80 || *c > 0x20));
	fuzz_check_text(address);
}

/* In capitals, with a dot behind, as a link: it is the same. */
static void
check_written_otherwise(struct sl_arena *arena, const char *address)
{
	char *other = sl_arena_printf(arena, " mailto:%s. ", address);

	if (strchr(address, '?') != NULL)
		return; /* begins the query of a link */
	for (char *c = other + strlen(" mailto:"); *c != '\0'; c++)
		*c = (char)(*c >= 'a' && *c <= 'z' ? *c - 'a' + 'A' : *c);
	SL_ASSERT(sl_text_equal(sl_address_normalise(arena, other), address));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	const char *text = fuzz_copy(arena, data, size);
	const char *address = sl_address_normalise(arena, text);

	if (address != NULL) {
		check_normalised(arena, address);
		check_written_otherwise(arena, address);
	}
	(void)sl_address_is_machine(address);
	return 0;
}
