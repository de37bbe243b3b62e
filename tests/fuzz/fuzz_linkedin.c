/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who consented at LinkedIn (two answers), what introspection says of a
 * token, and which scopes were granted.
 *
 * covers: connectors/linkedin/provider.c
 * covers: connectors/linkedin/scopes.c
 */
#include "connectors/linkedin/linkedin.h"
#include "tests/fuzz/kit.h"

#define PORTABILITY "r_dma_portability_3rd_party"

/* More granted covers no less; blanks and commas are the same. */
static void
check_scopes(struct sl_arena *arena, const char *granted)
{
	bool covers = sl_linkedin_scope_granted(granted, PORTABILITY);
	const char *more = sl_arena_printf(arena, "%s,openid", granted);
	char *blanks = sl_arena_strdup(arena, granted);

	for (char *c = blanks; *c != '\0'; c++)
		if (*c == ',')
			*c = ' ';
	SL_ASSERT(sl_linkedin_scope_granted(blanks, PORTABILITY) == covers);
	SL_ASSERT(!covers || sl_linkedin_scope_granted(more, PORTABILITY));
	SL_ASSERT(sl_linkedin_scope_granted(more, "openid"));
}

static void
check_identity(struct sl_arena *arena, const json_t *body)
{
	struct sl_identity who;
	struct sl_error err;
	sl_status status =
		sl_linkedin_provider.read_identity(body, arena, &who, &err);

	if (status != SL_OK) {
		fuzz_check_error(&err, status);
		return;
	}
	SL_ASSERT(who.subject[0] != '\0' && strlen(who.subject) <= 255);
	fuzz_check_text(who.subject);
	fuzz_check_text(who.email);
	fuzz_check_text(who.name);
}

static void
check_introspection(struct sl_arena *arena, const json_t *body)
{
	struct sl_introspection seen;
	struct sl_error err;
	sl_status status = sl_linkedin_provider.read_introspection(body, arena,
								   &seen, &err);

	if (status != SL_OK) {
		fuzz_check_error(&err, status);
		return;
	}
	SL_ASSERT(seen.expires_us == SL_NO_TIME || seen.expires_us > 0);
	fuzz_check_text(seen.scopes);
	fuzz_check_text(seen.why);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sl_arena *arena = fuzz_arena();
	json_auto_t *body = fuzz_json(arena, data, size);

	check_scopes(arena, fuzz_copy(arena, data, size));
	if (body == NULL)
		return 0;
	check_identity(arena, body);
	check_introspection(arena, body);
	return 0;
}
