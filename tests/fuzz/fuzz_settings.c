/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An account's settings: what is resolved fits its table, and resolving it
 * again gives the same settings and fingerprint.
 *
 * covers: core/sync/settings.c
 * covers: core/base/option.c
 */
#include "core/base/option.h"

#include "core/sync/engine_private.h"

#include "connectors/google_calendar/google_calendar.h"
#include "tests/fuzz/kit.h"

static void
check_settings(const struct sl_option *table, const json_t *settings)
{
	struct sl_people_options people;

	for (; table->name != NULL; table++) {
		struct sl_error err;
		const char *text = sl_json_text(settings, table->name);

		SL_ASSERT(text != NULL);
		SL_ASSERT(sl_option_check(table, text, &err) == SL_OK);
	}
	sl_settings_people(settings, &people);
	SL_ASSERT(people.max_participants >= 2);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sl_option *table = sl_google_calendar.options;
	struct sl_arena *arena = fuzz_arena();
	json_auto_t *settings = NULL;
	json_auto_t *again = NULL;
	char print[65], same[65];
	struct sl_error err;
	sl_status status = sl_settings_resolve(
		table, fuzz_copy(arena, data, size), &settings, &err);

	if (status != SL_OK) {
		fuzz_check_error(&err, status);
		return 0;
	}
	check_settings(table, settings);
	status = sl_settings_resolve(table, sl_json_canonical(arena, settings),
				     &again, &err);
	SL_ASSERT(status == SL_OK && json_equal(settings, again));
	sl_settings_fingerprint(table, settings, print);
	sl_settings_fingerprint(table, again, same);
	SL_ASSERT(strcmp(print, same) == 0);
	return 0;
}
