/* SPDX-License-Identifier: Apache-2.0 */
#include "core/people/screen.h"

#include <string.h>
#include <strings.h>

#include "core/base/arena.h"
#include "core/base/text.h"

#include "core/people/address.h"
#include "core/people/handle.h"

#define BLANKS " \t\r\n"

/* The address and its domain's parents: "a@x.example.com" is blocked by
 * "example.com", but not by "ple.com". */
static bool
domain_covers(const char *entry, const char *norm)
{
	const char *domain = strrchr(norm, '@');
	size_t have, want = strlen(entry);

	if (domain == NULL)
		return false;
	domain++;
	have = strlen(domain);
	if (have < want || strcmp(domain + (have - want), entry) != 0)
		return false;
	return have == want || domain[have - want - 1] == '.';
}

static bool
entry_covers(struct sl_arena *arena, const char *entry, const char *norm)
{
	const char *address;

	if (*entry == '@')
		entry++;
	if (strchr(entry, '@') != NULL) {
		address = sl_address_normalise(arena, entry);
		return address != NULL && strcmp(address, norm) == 0;
	}
	address = sl_address_normalise(arena,
				       sl_arena_printf(arena, "x@%s", entry));
	return address != NULL && domain_covers(strchr(address, '@') + 1, norm);
}

static bool
handle_covers(struct sl_arena *arena, const char *entry, const char *norm)
{
	const char *handle = sl_handle_normalise(arena, entry);

	return handle != NULL && strcmp(handle, norm) == 0;
}

static bool
is_covered(const char *list, const char *norm,
	   bool (*covers)(struct sl_arena *arena, const char *entry,
			  const char *norm))
{
	SL_AUTO_ARENA arena = NULL;
	bool blocked = false;

	if (list == NULL || *list == '\0' || norm == NULL)
		return false;
	arena = sl_arena_new();
	while (!blocked && *list != '\0') {
		size_t len = strcspn(list, ",");
		size_t from = strspn(list, BLANKS);
		size_t to = len;

		while (to > from && strchr(BLANKS, list[to - 1]) != NULL)
			to--;
		if (to > from)
			blocked = covers(
				arena,
				sl_arena_strndup(arena, list + from, to - from),
				norm);
		list += len + (list[len] == ',');
	}
	return blocked;
}

bool
sl_people_is_blocked(const char *list, const char *norm)
{
	return is_covered(list, norm, entry_covers);
}

bool
sl_people_is_blocked_handle(const char *list, const char *norm)
{
	return is_covered(list, norm, handle_covers);
}

/* " via " in any capitals, with something before and behind it. */
static bool
says_via(const char *name)
{
	static const char via[] = " via ";
	size_t len = strlen(name);

	for (size_t i = 1; i + sizeof(via) <= len; i++)
		if (strncasecmp(name + i, via, sizeof(via) - 1) == 0)
			return true;
	return false;
}

bool
sl_people_is_name(const char *name)
{
	if (name == NULL)
		return false;
	name += strspn(name, BLANKS "\"'");
	if (*name == '\0')
		return false;
	if (strchr(name, '@') != NULL && strpbrk(name, BLANKS) == NULL)
		return false;
	return !says_via(name);
}
