/* SPDX-License-Identifier: Apache-2.0 */
#include "core/sync/connector.h"

#include <string.h>

const char *
sl_turn_setting(const struct sl_turn *turn, const char *name)
{
	const char *text =
		json_string_value(json_object_get(turn->settings, name));

	SL_ASSERT(text != NULL);
	return text;
}

static bool
follows(const struct sl_stream_kind *kinds, const char *name)
{
	for (; kinds->name != NULL; kinds++)
		if (strcmp(kinds->name, name) == 0)
			return kinds->follows;
	return false;
}

bool
sl_kind_shares_key(const struct sl_stream_kind *kinds,
		   const struct sl_stream_kind *kind)
{
	return kind->follows ||
	       (kind->opened_by != NULL && follows(kinds, kind->opened_by));
}
