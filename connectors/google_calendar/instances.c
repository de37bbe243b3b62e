/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The instances of a series whose rule is not expanded here. Only the slots
 * count: where an instance was moved to is told by its exception, which the
 * events themselves bring.
 */
#include "core/json/json.h"

#include "connectors/google_calendar/private.h"

/** Why there is no list; NULL = there is one. */
static const char *
failure(const struct sl_answer *answer)
{
	if (answer->http_status == 404 || answer->http_status == 410)
		return "not-found";
	if (answer->http_status != 200)
		return "refused";
	return answer->call->tag == SL_GCAL_LIGHT_INSTANCES ? "item-unreadable"
							    : NULL;
}

void
sl_gcal_map_instances(struct sl_page *page, const struct sl_ref *master,
		      const struct sl_answer *answer)
{
	struct sl_expansion *expansion = sl_page_expansion(page);
	const json_t *items = sl_json_array(answer->body, "items");
	const json_t *item;
	size_t i;

	expansion->source_id = sl_arena_strdup(page->arena, master->source_id);
	expansion->span = *master->instances;
	expansion->failure = failure(answer);
	if (expansion->failure != NULL)
		return;
	expansion->cut = sl_json_text(answer->body, "nextPageToken") != NULL;
	expansion->slots =
		SL_NEW_ARRAY(page->arena, json_array_size(items), int64_t);
	json_array_foreach (items, i, item) {
		int64_t us = sl_gcal_time_us(
			sl_json_object(item, "originalStartTime"));

		if (us != SL_NO_TIME && us >= expansion->span.from_us &&
		    us < expansion->span.to_us)
			expansion->slots[expansion->count++] = us;
	}
}
