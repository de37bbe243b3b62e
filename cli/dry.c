/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Items of a dry run, as people and programs read them.
 */
#include <stdio.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/text.h"

#include "cli/format.h"
#include "cli/output.h"
#include "cli/sync_private.h"

#define TITLE_SHOWN  60
#define ID_SHOWN     60
#define REASON_SHOWN 200

/** "2026-11-30 12:00" */

static const char *const verbs[] = {
	[SL_LOOK_CREATE] = "would-create",
	[SL_LOOK_UPDATE] = "would-update",
	[SL_LOOK_DELETE] = "would-delete",
	[SL_LOOK_HOLD] = "would-hold-back",
	[SL_LOOK_FILTER] = "filtered",
	[SL_LOOK_QUARANTINE] = "would-quarantine",
	[SL_LOOK_CONTACT] = "would-add-contact",
	[SL_LOOK_ERASE] = "would-erase",
	[SL_LOOK_OPEN] = "would-open",
	[SL_LOOK_CLOSE] = "would-close",
};

void
sl_dry_print(FILE *out, struct sl_arena *arena, const struct sl_look_item *item)
{
	const char *why = item->changed != NULL ? item->changed : item->reason;
	const char *stream = sl_format_stream(
		item->stream_title, item->stream_key, item->stream_kind);

	fprintf(out, "  %-17s %-16s %s%s(%s) in %s%s%s\n", verbs[item->verb],
		sl_format_minute(arena, item->occurred_us),
		sl_format_clean(arena, item->title, TITLE_SHOWN),
		item->title == NULL ? "" : " ",
		sl_format_clean(arena, item->id, ID_SHOWN),
		sl_format_clean(arena, stream, TITLE_SHOWN),
		why == NULL ? "" : ": ",
		sl_format_clean(arena, why, REASON_SHOWN));
}

static json_t *
columns(const char *changed)
{
	json_t *list = json_array();

	while (changed != NULL && *changed != '\0') {
		size_t len = strcspn(changed, ",");

		(void)json_array_append_new(list, json_stringn(changed, len));
		changed += len;
		changed += strspn(changed, ", ");
	}
	return list;
}

json_t *
sl_dry_json(const struct sl_look_item *item)
{
	json_t *object = json_object();

	sl_json_put(object, "item", verbs[item->verb]);
	sl_json_put(object, "user", item->target->user_id);
	sl_json_put(object, "provider", item->target->provider);
	sl_json_put(object, "account", item->target->account);
	sl_json_put(object, "stream", item->stream_key);
	sl_json_put(object, "stream_title", item->stream_title);
	sl_json_put(object, "id", item->id);
	sl_json_put(object, "title", item->title);
	sl_json_put_time(object, "occurred_at", item->occurred_us);
	sl_json_put(object, "reason", item->reason);
	if (item->verb == SL_LOOK_UPDATE || item->verb == SL_LOOK_ERASE)
		(void)json_object_set_new(object, "changed",
					  columns(item->changed));
	return object;
}
