/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who consented (userinfo), and which scopes were granted.
 *
 * covers: connectors/google/provider.c
 * covers: connectors/google/scopes.c
 */
#include "connectors/google/google.h"
#include "tests/fuzz/kit.h"

#define READONLY "https://www.googleapis.com/auth/calendar.readonly"

/* A scope covers itself; more granted covers no less. */
static void
check_scopes(struct sl_arena *arena, const char *granted)
{
	bool covers = sl_google.scope_granted(granted, READONLY);
	const char *more = sl_arena_printf(arena, "%s email", granted);

	if (*granted != '\0' && strchr(granted, ' ') == NULL)
		SL_ASSERT(sl_google.scope_granted(granted, granted));
	SL_ASSERT(!covers || sl_google.scope_granted(more, READONLY));
	SL_ASSERT(sl_google.scope_granted(more, "email"));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	json_auto_t *body = fuzz_json(arena, data, size);
	struct sl_identity identity;
	struct sl_error err;
	sl_status status;

	check_scopes(arena, fuzz_copy(arena, data, size));
	if (body == NULL)
		return 0;
	status = sl_google.read_identity(body, arena, &identity, &err);
	if (status != SL_OK) {
		fuzz_check_error(&err, status);
		return 0;
	}
	SL_ASSERT(identity.subject[0] != '\0');
	SL_ASSERT(strlen(identity.subject) <= 255);
	fuzz_check_text(identity.subject);
	fuzz_check_text(identity.email);
	fuzz_check_text(identity.name);
	return 0;
}
