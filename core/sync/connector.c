/* SPDX-License-Identifier: Apache-2.0 */
#include "core/sync/connector.h"

const char *
sl_turn_setting(const struct sl_turn *turn, const char *name)
{
	const char *text =
		json_string_value(json_object_get(turn->settings, name));

	SL_ASSERT(text != NULL);
	return text;
}
