/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The value of an address header: every mailbox has an address and a clean
 * name, no more are taken than are wanted, fewer are the first of them. Who is
 * an identity for the contact policy is the one mailbox of a header of its
 * own.
 *
 * covers: core/mail/addresses.c
 */
#include "core/mail/addresses.h"
#include "core/people/address.h"

#include "tests/fuzz/kit.h"

#define MAX 6

static void
check_name(const char *name)
{
	size_t len;

	if (name == NULL)
		return;
	fuzz_check_text(name);
	len = strlen(name);
	SL_ASSERT(len > 0 && len <= SL_MAIL_NAME_MAX);
	SL_ASSERT(name[0] != ' ' && strstr(name, "  ") == NULL);
	SL_ASSERT(len == SL_MAIL_NAME_MAX || name[len - 1] != ' ');
	for (const char *c = name; *c != '\0'; c++)
		SL_ASSERT((unsigned char)*c >= ' ' && *c != 0x7f);
}

/* Alone, and with a name that holds all that separates. */
static void
check_identity(struct sl_arena *arena, const char *address)
{
	const char *name = "Ruiz, Ana; \"x\" (y) @ z: \\";
	struct sl_mailboxes alone, named;

	if (address == NULL)
		return;
	sl_mail_addresses(arena, address, MAX, &alone);
	SL_ASSERT(alone.count == 1 && !alone.odd && !alone.cut);
	SL_ASSERT(sl_text_equal(
		sl_address_normalise(arena, alone.first->address), address));
	/* Brackets and parentheses together are kept from GMime: odd. */
	if (strchr(address, '[') != NULL)
		return;
	sl_mail_addresses(
		arena,
		sl_arena_printf(arena,
				"\"Ruiz, Ana; \\\"x\\\" (y) @ z: \\\\\" <%s>",
				address),
		MAX, &named);
	SL_ASSERT(named.count == 1 && !named.odd);
	SL_ASSERT(sl_text_equal(named.first->name, name));
	SL_ASSERT(sl_text_equal(named.first->address, alone.first->address));
}

static void
check_prefix(const struct sl_mailboxes *all, const struct sl_mailboxes *few)
{
	const struct sl_mailbox *one = all->first;

	for (const struct sl_mailbox *box = few->first; box != NULL;
	     box = box->next, one = one->next) {
		SL_ASSERT(one != NULL);
		SL_ASSERT(sl_text_equal(box->address, one->address));
		SL_ASSERT(sl_text_equal(box->name, one->name));
	}
	SL_ASSERT(few->cut == (all->count > few->count));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	const char *text = fuzz_copy(arena, data, size);
	struct sl_mailboxes all, few;
	size_t n = 0;

	sl_mail_addresses(arena, text, size, &all);
	SL_ASSERT(!all.cut);
	for (const struct sl_mailbox *box = all.first; box != NULL;
	     box = box->next, n++) {
		fuzz_check_text(box->address);
		SL_ASSERT(strchr(box->address, '@') != NULL);
		check_name(box->name);
		check_identity(arena,
			       sl_address_normalise(arena, box->address));
	}
	SL_ASSERT(n == all.count);
	sl_mail_addresses(arena, text, 2, &few);
	SL_ASSERT(few.count <= 2);
	check_prefix(&all, &few);
	return 0;
}
